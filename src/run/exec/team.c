/* Threads that wait by spinning for a while, then by yielding, then asleep.
 *
 * Between two instructions of a plan lie less than a microsecond, between two steps of
 * training some microseconds; to go to sleep and wake up takes longer. Where there are
 * fewer processors than threads, yielding lets the others come. */
#include "run/exec/team.h"

#include <assert.h>
#include <stdatomic.h>

#include "host/host.h"

enum { SPINS = 200, YIELDS = 200 }; /* a pause takes some 10 to 50 ns */

typedef struct member {
    team      *t;
    unsigned   number;
    os_thread *thread;
} member;

struct team {
    dfoo_allocator mem;
    unsigned       n, n_started;
    member        *members; /* n, the first one is the caller */
    void         (*work)(void *arg, unsigned number); /* NULL: the end */
    void          *arg;
    os_bell       *rounds;  /* counts team_run */
    char        apart1[64]; /* what is written often has cache lines of its own */
    atomic_uint arrived;    /* at the barrier */
    char        apart2[64];
    atomic_uint phase;      /* counts barriers */
    char        apart3[64];
};

static void rest(unsigned spin) {
    if (spin < SPINS) os_thread_pause();
    else os_thread_yield();
}

void team_barrier(team *t) {
    unsigned phase = atomic_load_explicit(&t->phase, memory_order_relaxed);
    if (atomic_fetch_add_explicit(&t->arrived, 1, memory_order_acq_rel) + 1 == t->n) {
        atomic_store_explicit(&t->arrived, 0, memory_order_relaxed);
        atomic_store_explicit(&t->phase, phase + 1, memory_order_release);
        return;
    }
    for (unsigned spin = 0; atomic_load_explicit(&t->phase, memory_order_acquire) == phase; spin++)
        rest(spin < SPINS ? spin : SPINS);
}

/* Waits for a round after `last`, and returns its number. */
static unsigned next_round(team *t, unsigned last) {
    for (unsigned spin = 0; spin < SPINS + YIELDS; spin++) {
        unsigned round = os_bell_count(t->rounds);
        if (round != last) return round;
        rest(spin);
    }
    os_bell_wait(t->rounds, last);
    return os_bell_count(t->rounds);
}

static void member_main(void *arg) {
    member *m = arg;
    team   *t = m->t;
    for (unsigned round = 0;;) {
        round = next_round(t, round);
        if (!t->work) return;
        t->work(t->arg, m->number);
        team_barrier(t);
    }
}

void team_run(team *t, void (*work)(void *arg, unsigned number), void *arg) {
    assert(work);
    t->work = work;
    t->arg = arg;
    os_bell_ring(t->rounds);
    work(arg, 0);
    team_barrier(t);
}

static dfoo_status start_members(team *t) {
    DFOO_TRY(os_bell_new(&t->mem, &t->rounds));
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
    t->work = NULL;
    if (t->rounds) os_bell_ring(t->rounds);
    for (unsigned i = 1; i < t->n_started; i++) os_thread_join(t->members[i].thread);
    os_bell_free(t->rounds);
    dfoo_allocator mem = t->mem;
    mem_free(&mem, t->members, t->n * sizeof *t->members);
    mem_free(&mem, t, sizeof *t);
}
