/* The negative control: the derivation is broken on purpose, one step at a time, and the
 * comparison with the differences must notice. What changes no gradient is no mistake and is
 * left out. */
#include <assert.h>
#include <math.h>

#include "core/core.h"
#include "teach/check/mistakes.h"

typedef struct runner {
    const subject        *s;
    const instance       *in;
    const differences_list *q;
    gradient_values       right;
    bool                 *vague; /* by number in q: 0 but for rounding, so nothing can be said of changes */
} runner;

/* The edit: at one call it hands out another outcome. */
typedef struct planting {
    const plant *what;
    uint32_t     calls;
} planting;

static node_id apply(void *user, ir *g, const step *s) {
    planting *p = user;
    (void)g;
    (void)s;
    return p->calls++ == p->what->step ? p->what->node : 0;
}

static dfoo_status broken_program(const runner *w, arena *a, const plant *what, program *out) {
    planting   p = {.what = what};
    trail_edit edit = {apply, &p};
    derivation d;
    DFOO_TRY(w->s->engine->derive(w->s->engine->user, w->s->m, a, &edit, &d));
    for (uint32_t i = 0; i < d.list.n; i++)
        if (d.list.at[i].raw)
            vec_push(a, &out->list, (stmt){.var = d.list.at[i].grad, .node = d.list.at[i].raw});
    return arena_status(a);
}

/* By more than rounding? */
static bool differs(matrix x, matrix y) {
    assert(!x.at || !y.at || (x.rows == y.rows && x.cols == y.cols));
    if (!x.at || !y.at) return x.at || y.at;
    double largest = matrix_largest(y);
    for (size_t i = 0; i < x.rows * x.cols; i++)
        if (!(fabs(x.at[i] - y.at[i]) <= 1e-9 * largest)) return true;
    return false;
}

static void compare(const runner *w, const gradient_values *got, bool *changed, bool *noticed) {
    *changed = *noticed = false;
    for (uint32_t i = 0; i < w->q->list.n; i++) {
        const differences *q = &w->q->list.at[i];
        if (!q->of) continue;
        judged j = judge(q, got->of[q->number], got->misfit[q->number]);
        bool   seen = !verdict_ok(j.verdict);
        *noticed = *noticed || seen;
        *changed = *changed || seen || (!w->vague[i] && differs(got->of[q->number], w->right.of[q->number]));
    }
}

static dfoo_status try_plant(const runner *w, const plant *what, bool *changed, bool *noticed) {
    arena           scratch;
    program         p = {{0}};
    gradient_values got;
    arena_init(&scratch, w->in->a->mem);
    dfoo_status status = broken_program(w, &scratch, what, &p);
    if (status == DFOO_OK) status = instance_gradients(w->in, &scratch, &p, &got);
    if (status == DFOO_OK) compare(w, &got, changed, noticed);
    arena_free(&scratch);
    return status;
}

static dfoo_status judge_right(runner *w, arena *a) {
    DFOO_TRY(instance_gradients(w->in, a, &w->s->raw, &w->right));
    w->vague = arena_new(a, w->q->list.n + 1);
    if (!w->vague) return DFOO_ENOMEM;
    for (uint32_t i = 0; i < w->q->list.n; i++) {
        const differences *q = &w->q->list.at[i];
        if (q->of) w->vague[i] = judge(q, w->right.of[q->number], false).verdict == VERDICT_ROUNDING;
    }
    return DFOO_OK;
}

/* The first n of a random order, each row of the table once before one comes twice. */
static dfoo_status draw_sample(const plants *all, uint32_t n, uint64_t seed, arena *a, uint32_t *order) {
    assert(n <= all->list.n);
    uint32_t *mixed = arena_new(a, all->list.n * sizeof *mixed);
    bool     *taken = arena_new(a, mistake_count), *used = arena_new(a, all->list.n);
    rng       r = rng_start(seed, RNG_CHECK, 1u << 26);
    uint32_t  count = 0;
    if (!mixed || !taken || !used) return DFOO_ENOMEM;
    for (uint32_t i = 0; i < all->list.n; i++) mixed[i] = i;
    if (n < all->list.n) rng_shuffle(&r, mixed, all->list.n);
    for (int round = 0; round < 2; round++)
        for (uint32_t i = 0; i < all->list.n && count < n; i++) {
            uint32_t row = all->list.at[mixed[i]].row;
            if (used[i] || (round == 0 && taken[row])) continue;
            used[i] = taken[row] = true;
            order[count++] = mixed[i];
        }
    return DFOO_OK;
}

static uint32_t affordable(const instance *in, uint32_t max_mistakes) {
    assert(in->work > 0);
    const double total = 1.5e8; /* multiplications or so, three times the forward pass each */
    double       most = total / (3 * in->work);
    return most < 50             ? (max_mistakes < 50 ? max_mistakes : 50)
           : most < max_mistakes ? (uint32_t)most
                                 : max_mistakes;
}

dfoo_status control_run(const subject *s, const instance *in, const differences_list *q,
                        uint32_t max_mistakes, arena *a, control *out) {
    runner w = {.s = s, .in = in, .q = q};
    plants all = {{0}};
    *out = (control){0};
    DFOO_TRY(mistakes_apply(s, a, &all));
    DFOO_TRY(judge_right(&w, a));
    uint32_t  most = affordable(in, max_mistakes), n = all.list.n < most ? all.list.n : most;
    uint32_t *order = arena_new(a, (all.list.n + 1) * sizeof *order);
    out->by_group = arena_new(a, GROUP_COUNT * sizeof *out->by_group);
    out->of_row = arena_new(a, mistake_count);
    if (!order || !out->by_group || !out->of_row) return DFOO_ENOMEM;
    DFOO_TRY(draw_sample(&all, n, in->seed, a, order));
    out->n_found = all.list.n;
    out->n_tried = n;
    for (uint32_t i = 0; i < n; i++) {
        const plant *what = &all.list.at[order[i]];
        bool         changed, noticed;
        DFOO_TRY(try_plant(&w, what, &changed, &noticed));
        if (!changed) continue;
        out->n_planted++;
        out->n_noticed += noticed;
        out->by_group[mistake_table[what->row].group]++;
        out->of_row[what->row] = true;
        planted which = {&mistake_table[what->row], s->right.trail.at[what->step].stmt};
        if (!noticed) vec_push(a, &out->unnoticed, which);
    }
    return arena_status(a);
}
