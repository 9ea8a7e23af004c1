/* Pieces are tickets of one counter, which also says whose they are, so that nobody takes one of work that
 * is done. Between two instructions of a plan lie less than a microsecond, between two steps of training
 * some microseconds; to fall asleep and wake up takes longer. So whoever waits looks for a while, and
 * sleeps then. */
#include "run/exec/team.h"

#include <assert.h>
#include <stdatomic.h>

#include "host/host.h"

enum { LOOKS = 1000 }; /* a pause takes some 10 to 50 ns */

typedef struct member {
    team      *t;
    unsigned   number;
    os_thread *thread;
} member;

struct team {
    dfoo_allocator mem;
    unsigned       n, n_started;
    member        *members; /* n, the first one is the owner */
    os_bell       *called;  /* helpers sleep here */
    os_bell       *done;    /* the owner does */
    team_work      work;    /* of the work at hand, like what follows: to be read by who has a ticket of it */
    void          *arg;
    size_t         n_pieces;
    char           apart1[64]; /* what is written often has cache lines of its own */
    atomic_ullong  tickets;    /* the number of the work, and 32 bits: how many pieces nobody has taken yet */
    char           apart2[64];
    atomic_uint    left;       /* so many pieces are not done */
    char           apart3[64];
    /* Who goes to sleep says so and looks again then; who has something to say looks here behind it. */
    atomic_uint    asleep;     /* helpers */
    atomic_bool    owner_asleep, ended;
};

static uint32_t untaken(unsigned long long tickets) {
    return (uint32_t)tickets;
}

/* Does one piece, if there is one. */
static bool do_piece(team *t, unsigned number) {
    unsigned long long now = atomic_load_explicit(&t->tickets, memory_order_acquire);
    do {
        if (!untaken(now)) return false;
    } while (!atomic_compare_exchange_weak_explicit(&t->tickets, &now, now - 1, memory_order_acq_rel,
                                                    memory_order_acquire));
    t->work(t->arg, number, t->n_pieces - untaken(now));
    if (atomic_fetch_sub(&t->left, 1) == 1 && atomic_load(&t->owner_asleep)) os_bell_ring(t->done);
    return true;
}

/* ----------------------------------------------------------------- helpers */

static bool is_called(team *t) {
    return untaken(atomic_load(&t->tickets)) || atomic_load(&t->ended);
}

static void wait_for_work(team *t) {
    for (unsigned i = 0; i < LOOKS; i++) {
        if (is_called(t)) return;
        os_thread_pause();
    }
    unsigned count = os_bell_count(t->called);
    atomic_fetch_add(&t->asleep, 1);
    if (!is_called(t)) os_bell_wait(t->called, count);
    atomic_fetch_sub(&t->asleep, 1);
}

static void member_main(void *arg) {
    member *m = arg;
    while (!atomic_load(&m->t->ended))
        if (!do_piece(m->t, m->number)) wait_for_work(m->t);
}

/* --------------------------------------------------------------- the owner */

static void wait_until_done(team *t) {
    for (unsigned i = 0; i < LOOKS; i++) {
        if (!atomic_load_explicit(&t->left, memory_order_acquire)) return;
        os_thread_pause();
    }
    unsigned count = os_bell_count(t->done);
    atomic_store(&t->owner_asleep, true);
    while (atomic_load(&t->left)) {
        os_bell_wait(t->done, count);
        count = os_bell_count(t->done);
    }
    atomic_store(&t->owner_asleep, false);
}

void team_share(team *t, size_t n_pieces, team_work work, void *arg) {
    unsigned long long number = atomic_load_explicit(&t->tickets, memory_order_relaxed) >> 32;
    assert(n_pieces > 0 && n_pieces <= UINT32_MAX);
    t->work = work;
    t->arg = arg;
    t->n_pieces = n_pieces;
    atomic_store_explicit(&t->left, (unsigned)n_pieces, memory_order_relaxed);
    atomic_store(&t->tickets, (number + 1) << 32 | n_pieces);
    if (atomic_load(&t->asleep)) os_bell_ring(t->called);
    while (do_piece(t, 0)) continue;
    wait_until_done(t);
}

/* ------------------------------------------------------------------- start */

static dfoo_status start_members(team *t) {
    DFOO_TRY(os_bell_new(&t->mem, &t->called));
    DFOO_TRY(os_bell_new(&t->mem, &t->done));
    t->members = mem_new(&t->mem, t->n * sizeof *t->members);
    if (!t->members) return DFOO_ENOMEM;
    for (; t->n_started < t->n; t->n_started++) {
        member *m = &t->members[t->n_started];
        *m = (member){.t = t, .number = t->n_started};
        DFOO_TRY(os_thread_start(&t->mem, member_main, m, &m->thread));
    }
    return DFOO_OK;
}

dfoo_status team_open(const dfoo_allocator *mem, unsigned n, team **out) {
    assert(n > 0);
    team *t = *out = mem_new(mem, sizeof *t);
    if (!t) return DFOO_ENOMEM;
    t->mem = *mem;
    t->n = n;
    t->n_started = 1;
    dfoo_status status = start_members(t);
    if (status == DFOO_OK) return DFOO_OK;
    team_close(t);
    *out = NULL;
    return status;
}

void team_close(team *t) {
    if (!t) return;
    atomic_store(&t->ended, true);
    if (t->called) os_bell_ring(t->called);
    for (unsigned i = 1; i < t->n_started; i++) os_thread_join(t->members[i].thread);
    os_bell_free(t->called);
    os_bell_free(t->done);
    dfoo_allocator mem = t->mem;
    mem_free(&mem, t->members, t->n * sizeof *t->members);
    mem_free(&mem, t, sizeof *t);
}
