/* The mistake by name: rows of the catalogue that give the answer's numbers on every instance. */
#include <math.h>
#include <string.h>

#include "teach/diagnosis/inside.h"

/* It is kept as long as the side is. */
static dfoo_status broken_by(side *x, uint32_t number, const program **out) {
    if (!x->broken[number]) {
        program *made = arena_new(x->s.a, sizeof *made);
        if (!made) return DFOO_ENOMEM;
        DFOO_TRY(mistakes_program(&x->s, x->s.a, &x->plants.list.at[number], made));
        x->broken[number] = made;
    }
    *out = x->broken[number];
    return arena_status(x->s.a);
}

static bool is_named(const diagnosed *d, const mistake *what) {
    for (uint32_t i = 0; i < d->names.n; i++)
        if (d->names.at[i].what == what) return true;
    return false;
}

/* ----------------------------------------------------- a part of the examples */

/* A copy in which those examples are 0 that a row of the catalogue leaves out. */
static matrix cut_examples(arena *a, matrix x, bool columns, const mistake *row) {
    matrix out = {x.rows, x.cols, arena_new(a, x.rows * x.cols * sizeof(double))};
    size_t n = columns ? x.cols : x.rows;
    for (size_t i = 0; out.at && i < x.rows; i++)
        for (size_t j = 0; j < x.cols; j++) {
            size_t t = columns ? j : i;
            bool   stays = mistake_keeps(row, t, n);
            out.at[i * x.cols + j] = stays ? x.at[i * x.cols + j] : 0;
        }
    return out;
}

/* What is known, cut; what is not known yet is the right one, cut. */
static dfoo_status cut_known(const judging *w, const side *x, uint32_t k, const mistake *row, arena *a,
                             matrix *out) {
    dim m = w->m->examples;
    for (uint32_t u = 0; u < x->s.right.list.n; u++) {
        shape  sh = ir_var(x->s.g, x->s.right.list.at[u].var)->sh;
        matrix y = x->known[k][u].at ? x->known[k][u] : x->right[k].of[u];
        bool   columns = sh.cols == m;
        out[u] = x->known[k][u];
        if (!y.at || (!columns && sh.rows != m)) continue;
        out[u] = cut_examples(a, y, columns, row);
        if (!out[u].at) return DFOO_ENOMEM;
    }
    return DFOO_OK;
}

/* Up to the number by which it is divided. */
static dfoo_status try_examples(judging *w, side *x, const mistake *row, uint32_t i, uint32_t goal,
                                bool *same) {
    arena       scratch;
    dfoo_status status = DFOO_OK;
    *same = w->m->examples && ir_var(x->s.g, x->s.right.list.at[goal].var)->kind == VAR_PARAM;
    arena_init(&scratch, w->a->mem);
    for (uint32_t k = 0; k < w->out->n_instances && *same && status == DFOO_OK; k++) {
        matrix *known = arena_new(&scratch, (x->s.right.list.n + 1) * sizeof *known), got = {0};
        status = known ? cut_known(w, x, k, row, &scratch, known) : DFOO_ENOMEM;
        if (status == DFOO_OK) status = follow(x, k, &scratch, &x->s.raw, known, goal, &got);
        *same = status == DFOO_OK && matrix_factor(w->answers[k].list.at[i].value, got, 10 * w->same) > 0;
    }
    arena_free(&scratch);
    return status;
}

/* ------------------------------------------------------------------ all rows */

/* How closely the answer is what a plant makes of it. */
typedef enum { FIT_NONE, FIT_FACTOR, FIT_SAME } fit;

/* factor: by which number it is that on the first instance; FIT_FACTOR: on all, the same or one that goes
 * with sizes. */
static dfoo_status try_plant(judging *w, side *x, uint32_t number, uint32_t i, uint32_t goal, fit *how,
                             double *factor) {
    const program *p;
    arena          scratch;
    DFOO_TRY(broken_by(x, number, &p));
    arena_init(&scratch, w->a->mem);
    dfoo_status status = DFOO_OK;
    *how = leads_elsewhere(x, &scratch, p, x->known[0], goal) ? FIT_SAME : FIT_NONE;
    for (uint32_t k = 0; k < w->out->n_instances && *how && status == DFOO_OK; k++) {
        const answer *mine = &w->answers[k].list.at[i];
        matrix        got;
        status = follow(x, k, &scratch, p, x->known[k], goal, &got);
        if (status == DFOO_OK && is_answer(w, mine, got, NULL)) continue;
        double c = status == DFOO_OK ? matrix_factor(mine->value, got, 10 * w->same) : 0;
        bool   single = got.rows * got.cols == 1; /* everything is a multiple of everything */
        if (k == 0) *factor = c;
        *how = c != 0 && !single && fabs(c - *factor) <= 1e-6 * fabs(c) ? FIT_FACTOR : FIT_NONE;
    }
    arena_free(&scratch);
    return status;
}

static uint32_t goal_of(const side *x, const char *name) {
    uint32_t goal = 0;
    while (strcmp(ir_var_name(x->s.g, x->s.right.list.at[goal].grad), name) != 0) goal++;
    return goal;
}

static dfoo_status name_parts(judging *w, side *x, uint32_t i, uint32_t goal, diagnosed *d) {
    for (uint32_t row = 0; row < mistake_count; row++) {
        const mistake *what = &mistake_table[row];
        bool           same;
        if (what->place != AT_EXAMPLES) continue;
        DFOO_TRY(try_examples(w, x, what, i, goal, &same));
        if (same) vec_push(w->a, &d->names, (named){what, x->s.right.list.at[goal].var});
    }
    return arena_status(w->a);
}

/* Two at once, if one of them is no more than a factor; only where nothing fits as it is. */
typedef struct second_best {
    named  what;
    double factor;
} second_best;

static dfoo_status name_plants(judging *w, side *x, uint32_t i, uint32_t goal, diagnosed *d,
                               second_best *other) {
    for (uint32_t n = 0; n < x->plants.list.n; n++) {
        const plant *what = &x->plants.list.at[n];
        uint32_t     at = x->s.right.trail.at[what->step].stmt;
        named        found = {&mistake_table[what->row], x->s.right.forward.list.at[at].var};
        double       factor = 0;
        fit          how;
        if (is_named(d, found.what)) continue;
        DFOO_TRY(try_plant(w, x, n, i, goal, &how, &factor));
        if (how == FIT_SAME) vec_push(w->a, &d->names, found);
        else if (how == FIT_FACTOR && !other->what.what) *other = (second_best){found, factor};
    }
    return arena_status(w->a);
}

/* Of rows that make the same numbers the one that stands first in the catalogue is said first. */
static void sort_names(diagnosed *d) {
    for (uint32_t i = 1; i < d->names.n; i++)
        for (uint32_t k = i; k && d->names.at[k].what < d->names.at[k - 1].what; k--) {
            named later = d->names.at[k];
            d->names.at[k] = d->names.at[k - 1];
            d->names.at[k - 1] = later;
        }
}

dfoo_status name_mistakes(judging *w, uint32_t i, int c, const matrix *expected, diagnosed *d) {
    side       *x = &w->side[c];
    uint32_t    goal = goal_of(x, d->is.of);
    second_best other = {{0}, 0};
    DFOO_TRY(name_plants(w, x, i, goal, d, &other));
    if (!d->names.n) DFOO_TRY(name_parts(w, x, i, goal, d));
    sort_names(d);
    bool alone = matrix_factor(d->is.value, expected[0], 10 * w->same) != 0; /* nothing but a factor */
    if (d->names.n || alone || !other.what.what) return DFOO_OK;
    vec_push(w->a, &d->names, other.what);
    d->besides = other.factor;
    return arena_status(w->a);
}
