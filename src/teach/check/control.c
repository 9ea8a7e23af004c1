/* The negative control: the derivation is broken on purpose, one step at a time, and the comparison with
 * the differences must notice. What changes no gradient by more than rounding explains is no mistake and
 * is left out. One that goes unnoticed is tried on other instances, which are made when they are needed:
 * on one a change may be too small beside the differences, or lie at a kink. */
#include <assert.h>
#include <math.h>

#include "core/core.h"
#include "teach/check/mistakes.h"

/* An instance with what was measured there. */
typedef struct bench {
    instance         *in;
    const differences_list *q;
    gradient_values   right;
    bool             *vague; /* by number in q: nothing can be said of changes */
    double          **blur;  /* of an entry: how small a change is not seen; infinite: none is */
} bench;

enum { MOST_BENCHES = 4 };

typedef struct runner {
    const subject *s;
    arena         *a;
    uint32_t       max_entries;
    bench          bench[MOST_BENCHES];
    uint32_t       n;
} runner;

/* By more than a thousand-millionth of an entry, than rounding, and than what differences tell there? What
 * is missing is 0. rounding: NULL if it is not known. */
static bool differs(const bench *w, uint32_t i, matrix x, const double *rounding_x) {
    const differences *q = &w->q->list.at[i];
    matrix             y = w->right.of[q->number];
    const double      *rounding_y = w->right.rounding[q->number];
    assert(!x.at || !y.at || (x.rows == y.rows && x.cols == y.cols));
    for (size_t k = 0; k < q->rows * q->cols; k++) {
        double a = x.at ? x.at[k] : 0, b = y.at ? y.at[k] : 0;
        double few = 1e-9 * fmax(fabs(a), fabs(b)) + (rounding_x ? rounding_x[k] : 0);
        if (y.at) few += rounding_y[k];
        if (isfinite(w->blur[i][k]) && !(fabs(a - b) <= few + 2 * w->blur[i][k])) return true;
    }
    return false;
}

static void compare(const bench *w, const gradient_values *got, bool *changed, bool *noticed) {
    *changed = *noticed = false;
    for (uint32_t i = 0; i < w->q->list.n; i++) {
        const differences *q = &w->q->list.at[i];
        if (!q->of) continue;
        uint32_t n = q->number;
        judged   j = judge(q, got->of[n], got->rounding[n], got->misfit[n]);
        bool     seen = !verdict_ok(j.verdict);
        *noticed = *noticed || seen;
        *changed = *changed || seen ||
                   (!w->vague[i] && differs(w, i, got->of[n], got->rounding[n]));
    }
}

/* What the roundings of the broken program are is asked only if it matters. */
static dfoo_status try_on(const bench *w, arena *a, const program *p, bool *changed, bool *noticed) {
    gradient_values got;
    DFOO_TRY(instance_gradients(w->in, a, p, false, &got));
    compare(w, &got, changed, noticed);
    if (!*changed || *noticed) return DFOO_OK;
    DFOO_TRY(instance_gradients(w->in, a, p, true, &got));
    compare(w, &got, changed, noticed);
    return DFOO_OK;
}

static dfoo_status note_blur(const runner *w, bench *at, uint32_t i) {
    const differences *q = &at->q->list.at[i];
    double            *blur = at->blur[i] = arena_new(w->a, q->rows * q->cols * sizeof *blur);
    for (size_t k = 0; blur && k < q->rows * q->cols; k++) blur[k] = ERRORS * q->error;
    for (uint32_t k = 0; blur && k < q->list.n; k++) {
        const difference *d = &q->list.at[k];
        if (d->at != ALONG) blur[d->at] = d->judged ? ERRORS * d->error : INFINITY;
    }
    return arena_status(w->a);
}

static dfoo_status ready(const runner *w, bench *at) {
    at->right = at->in->raw;
    at->vague = arena_new(w->a, at->q->list.n + 1);
    at->blur = arena_new(w->a, (at->q->list.n + 1) * sizeof *at->blur);
    if (!at->vague || !at->blur) return DFOO_ENOMEM;
    for (uint32_t i = 0; i < at->q->list.n; i++) {
        const differences *q = &at->q->list.at[i];
        if (!q->of) continue;
        verdict v = judge(q, at->right.of[q->number], at->right.rounding[q->number], false).verdict;
        at->vague[i] = v == VERDICT_ROUNDING || v == VERDICT_VAGUE || v == VERDICT_UNTOLD;
        DFOO_TRY(note_blur(w, at, i));
    }
    return DFOO_OK;
}

/* Another instance, with its differences. */
static dfoo_status add_bench(runner *w) {
    bench            *at = &w->bench[w->n];
    differences_list *q = arena_new(w->a, sizeof *q);
    at->in = arena_new(w->a, sizeof *at->in);
    if (!q || !at->in) return DFOO_ENOMEM;
    DFOO_TRY(instance_random(at->in, w->s, w->a, w->bench[0].in->seed, w->n * 100));
    if (at->in->finite) DFOO_TRY(differences_all(at->in, w->max_entries, q));
    at->q = q;
    w->n++;
    return ready(w, at);
}

static dfoo_status try_everywhere(runner *w, arena *a, const program *p, bool *changed, bool *noticed) {
    *changed = *noticed = false;
    for (uint32_t i = 0; i < MOST_BENCHES && !*noticed; i++) {
        bool here = false;
        if (i == w->n) DFOO_TRY(add_bench(w));
        DFOO_TRY(try_on(&w->bench[i], a, p, &here, noticed));
        *changed = *changed || here;
        if (!*changed) break;
    }
    return DFOO_OK;
}

static dfoo_status try_plant(runner *w, const plant *what, bool *changed, bool *noticed) {
    arena   scratch;
    program p = {{0}};
    arena_init(&scratch, w->a->mem);
    dfoo_status status = mistakes_program(w->s, &scratch, what, &p);
    if (status == DFOO_OK) status = try_everywhere(w, &scratch, &p, changed, noticed);
    arena_free(&scratch);
    return status;
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

static dfoo_status start(runner *w, control *out) {
    out->by_group = arena_new(w->a, GROUP_COUNT * sizeof *out->by_group);
    out->of_row = arena_new(w->a, mistake_count);
    return out->by_group && out->of_row ? ready(w, &w->bench[0]) : DFOO_ENOMEM;
}

dfoo_status control_run(const subject *s, instance *in, const differences_list *q, uint32_t max_mistakes,
                        uint32_t max_entries, arena *a, control *out) {
    runner w = {.s = s, .a = a, .max_entries = max_entries, .bench = {{.in = in, .q = q}}, .n = 1};
    plants all = {{0}};
    *out = (control){0};
    DFOO_TRY(mistakes_apply(s, a, &all));
    DFOO_TRY(start(&w, out));
    uint32_t  most = affordable(in, max_mistakes), n = all.list.n < most ? all.list.n : most;
    uint32_t *order = arena_new(a, (all.list.n + 1) * sizeof *order);
    if (!order) return DFOO_ENOMEM;
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
