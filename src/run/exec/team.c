/* Threads that wait by spinning for a while, then by yielding, then asleep.
 *
 * Between two instructions of a plan lie less than a microsecond, between two steps of
 * training some microseconds; to go to sleep and wake up takes longer. Where there are
 * fewer processors than threads, yielding lets the others come. */
#include "run/exec/team.h"

#include <pthread.h>
#include <sched.h>
#include <stdatomic.h>

enum { SPINS = 200, YIELDS = 200 }; /* a pause takes some 10 to 50 ns */

typedef struct member {
    team     *t;
    unsigned  number;
    pthread_t thread;
} member;

struct team {
    dfoo_allocator  mem;
    unsigned        n, n_started;
    member         *members; /* n, the first one is the caller */
    void          (*work)(void *arg, unsigned number); /* NULL: the end */
    void           *arg;
    pthread_mutex_t lock;
    pthread_cond_t  wake;
    char        apart1[64]; /* what is written often has cache lines of its own */
    atomic_uint round;      /* counts team_run */
    char        apart2[64];
    atomic_uint arrived;    /* at the barrier */
    char        apart3[64];
    atomic_uint phase;      /* counts barriers */
    char        apart4[64];
};

static void rest(unsigned spin) {
    if (spin >= SPINS) sched_yield();
#if defined(__x86_64__)
    else __builtin_ia32_pause();
#endif
}

void team_barrier(team *t) {
    unsigned phase = atomic_load_explicit(&t->phase, memory_order_relaxed);
    if (atomic_fetch_add_explicit(&t->arrived, 1, memory_order_acq_rel) + 1 == t->n) {
        atomic_store_explicit(&t->arrived, 0, memory_order_relaxed);
        atomic_store_explicit(&t->phase, phase + 1, memory_order_release);
        return;
    }
    for (unsigned spin = 0; atomic_load_explicit(&t->phase, memory_order_acquire) == phase; spin++) rest(spin < SPINS ? spin : SPINS);
}

/* Waits for a round after `last`, and returns its number. */
static unsigned next_round(team *t, unsigned last) {
    unsigned round = last;
    for (unsigned spin = 0; spin < SPINS + YIELDS; spin++) {
        round = atomic_load_explicit(&t->round, memory_order_acquire);
        if (round != last) return round;
        rest(spin);
    }
    pthread_mutex_lock(&t->lock);
    while ((round = atomic_load_explicit(&t->round, memory_order_acquire)) == last) pthread_cond_wait(&t->wake, &t->lock);
    pthread_mutex_unlock(&t->lock);
    return round;
}

static void *member_main(void *arg) {
    member *m = arg;
    team   *t = m->t;
    for (unsigned round = 0;;) {
        round = next_round(t, round);
        if (!t->work) return NULL;
        t->work(t->arg, m->number);
        team_barrier(t);
    }
}

/* The lock makes sure that nobody falls asleep between its look at `round` and its wait. */
static void start_round(team *t) {
    pthread_mutex_lock(&t->lock);
    atomic_fetch_add_explicit(&t->round, 1, memory_order_release);
    pthread_cond_broadcast(&t->wake);
    pthread_mutex_unlock(&t->lock);
}

void team_run(team *t, void (*work)(void *arg, unsigned number), void *arg) {
    t->work = work;
    t->arg = arg;
    start_round(t);
    work(arg, 0);
    team_barrier(t);
}

dfoo_status team_open(const dfoo_allocator *mem, unsigned n, team **out) {
    *out = NULL;
    team *t = mem_new(mem, sizeof *t);
    if (!t) return DFOO_ENOMEM;
    t->mem = *mem;
    t->n = n;
    t->n_started = 1;
    pthread_mutex_init(&t->lock, NULL);
    pthread_cond_init(&t->wake, NULL);
    t->members = mem_new(mem, n * sizeof *t->members);
    for (unsigned i = 1; t->members && i < n; i++) {
        t->members[i] = (member){.t = t, .number = i};
        if (pthread_create(&t->members[i].thread, NULL, member_main, &t->members[i]) != 0) break;
        t->n_started++;
    }
    if (t->n_started < n) {
        team_close(t);
        return DFOO_ENOMEM;
    }
    *out = t;
    return DFOO_OK;
}

void team_close(team *t) {
    if (!t) return;
    t->work = NULL;
    start_round(t);
    for (unsigned i = 1; i < t->n_started; i++) pthread_join(t->members[i].thread, NULL);
    pthread_cond_destroy(&t->wake);
    pthread_mutex_destroy(&t->lock);
    dfoo_allocator mem = t->mem;
    mem_free(&mem, t->members, t->n * sizeof *t->members);
    mem_free(&mem, t, sizeof *t);
}
