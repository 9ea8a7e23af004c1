/* The values of a look at the numbers: whole numbers and halves, drawn until the gradient is not zero, no
 * entry stands at a kink, and few digits are enough for every line to hold as it is shown. */
#include <math.h>
#include <stdio.h>
#include <stdlib.h>

#include "teach/tell/figures.h"

enum { FEWEST_DIGITS = 4, MOST_DIGITS = 12, MOST_DRAWS = 40, POSITIVE_FROM = 28 };

/* ----------------------------------------------------------------- drawing */

static double pick(rng *r, const double *from, uint32_t n) {
    return from[rng_below(r, n)];
}

static double simple_entry(const ir *g, var_id v, rng *r) {
    static const double params[] = {-1, -0.5, 0.5, 1}, data[] = {-1, 1, 2};
    uint8_t             kind = ir_var(g, v)->kind;
    if (kind == VAR_LABEL) return rng_below(r, 2);
    if (kind == VAR_MASK) return rng_mask(r, ir_keep(g, v));
    return kind == VAR_PARAM ? pick(r, params, 4) : pick(r, data, 3);
}

/* One 1 in each column, or row, else 0. */
static void draw_classes(matrix m, bool columns, rng *r) {
    size_t n = columns ? m.cols : m.rows, classes = columns ? m.rows : m.cols;
    for (size_t i = 0; i < m.rows * m.cols; i++) m.at[i] = 0;
    for (size_t i = 0; i < n; i++) {
        size_t k = rng_below(r, (uint32_t)classes);
        m.at[columns ? k * m.cols + i : i * m.cols + k] = 1;
    }
}

static void draw_variable(const ir *g, var_id v, matrix m, uint32_t draw, rng *r) {
    if (ir_var(g, v)->onehot) {
        draw_classes(m, ir_class_axis(g, ir_var(g, v)->sh) == AXIS_0, r);
        return;
    }
    for (size_t i = 0; i < m.rows * m.cols; i++) {
        m.at[i] = simple_entry(g, v, r);
        if (draw >= POSITIVE_FROM && ir_var(g, v)->kind <= VAR_PARAM) m.at[i] = 0.5 + fabs(m.at[i]);
    }
    if (ir_var(g, v)->symmetric) matrix_symmetrise(m);
}

/* Everything computed at a draw, but for what is given. */
static dfoo_status run_draw(figures *f, uint32_t draw) {
    const tell_options *opt = f->opt;
    const ir           *g = f->t->g;
    evaluation         *e = f->p->e;
    for (var_id v = 1; v < g->vars.n; v++) {
        const variable *x = ir_var(g, v);
        if ((x->kind > VAR_PARAM && x->kind != VAR_MASK) || x->leaf >= e->n_nodes) continue;
        matrix m = eval_var(e, v);
        if (!m.at) return DFOO_ENOMEM;
        rng    r = rng_start(opt->seed, RNG_CHECK, (UINT32_C(1) << 29) + draw * 4096 + v);
        draw_variable(g, v, m, draw, &r);
        for (size_t i = 0; opt->start && x->kind == VAR_PARAM && i < m.rows * m.cols; i++)
            m.at[i] = opt->start == START_ZEROS ? 0 : 0.5;
        bool given = opt->given && v < opt->n_given && opt->given[v].at;
        for (size_t i = 0; given && i < m.rows * m.cols; i++) m.at[i] = opt->given[v].at[i];
    }
    eval_run(e);
    return DFOO_OK;
}

/* ------------------------------------------------------------------ digits */

double figures_shown(const figures *f, matrix m, size_t i) {
    char   text[40];
    double most = 0;
    for (size_t k = 0; k < m.rows * m.cols; k++) most = fmax(most, fabs(m.at[k]));
    if (fabs(m.at[i]) <= 1e-13 * most) return 0; /* rounding, and no -0 */
    snprintf(text, sizeof text, "%.*g", f->digits, m.at[i]);
    return strtod(text, NULL);
}

const char *figures_matrix(figures *f, matrix m) {
    buf    b;
    size_t rows = m.rows < MOST_SHOWN ? m.rows : MOST_SHOWN, cols = m.cols < MOST_SHOWN ? m.cols : MOST_SHOWN;
    bool   one = m.rows * m.cols == 1;
    buf_init(&b, f->t->a->mem);
    buf_puts(&b, one ? "" : "[");
    for (size_t i = 0; i < rows; i++) {
        buf_puts(&b, i ? "; " : "");
        for (size_t k = 0; k < cols; k++) {
            buf_puts(&b, k ? " " : "");
            buf_number(&b, figures_shown(f, m, i * m.cols + k));
        }
        buf_puts(&b, cols < m.cols ? " .." : "");
    }
    if (!one) buf_puts(&b, rows < m.rows ? "; ..]" : "]");
    return doc_take(f->t->doc, &b);
}

/* How far a matrix is from what its formula gives, beyond what is allowed; each entry counts, those that are
 * tiny beside the others less. */
static bool agrees(matrix shown, matrix computed) {
    double most = 0;
    for (size_t i = 0; i < shown.rows * shown.cols; i++) most = fmax(most, fabs(shown.at[i]));
    for (size_t i = 0; i < shown.rows * shown.cols; i++) {
        double off = fabs(shown.at[i] - computed.at[i]);
        if (!(off <= 5e-4 * fabs(shown.at[i]) + 1e-4 * most)) return false;
    }
    return true;
}

/* Does every line hold for the digits that are shown of its names? */
static bool lines_hold(figures *f) {
    evaluation *hand = &f->by_hand;
    for (var_id v = 1; v < f->t->g->vars.n; v++) {
        node_id leaf = ir_var(f->t->g, v)->leaf;
        if (leaf >= hand->n_nodes || leaf >= f->p->e->n_nodes) continue;
        matrix to = hand->value[leaf], from = f->p->e->value[leaf];
        for (size_t i = 0; to.at && from.at && i < to.rows * to.cols; i++)
            to.at[i] = figures_shown(f, from, i);
    }
    eval_run(hand);
    for (uint32_t i = 0; i < f->lines.n; i++) {
        node_id n = f->lines.at[i].formula ? f->lines.at[i].formula : f->lines.at[i].n;
        matrix  is = eval_node(f->p->e, f->lines.at[i].n), computed = eval_node(hand, n);
        if (is.at && computed.at && !agrees(is, computed)) return false;
    }
    return true;
}

static void choose_digits(figures *f) {
    f->digits = FEWEST_DIGITS;
    while (!lines_hold(f) && f->digits < MOST_DIGITS) f->digits++;
}

/* ----------------------------------------------------------------- choosing */

static bool is_finite(const evaluation *e, node_id n) {
    matrix m = eval_node(e, n);
    for (size_t i = 0; m.at && i < m.rows * m.cols; i++)
        if (!isfinite(m.at[i])) return false;
    return true;
}

/* What is there to be said against a matrix: its entries are all alike where they could differ, or all 0, or
 * so large or small that nobody likes to compute with them. */
static int faults_in(const ir *g, node_id n, matrix m) {
    const node *x = ir_node(g, n);
    bool        drawn = x->op == OP_VAR && ir_var(g, x->ref)->kind <= VAR_PARAM, alike = true;
    double      most = 0;
    int         extreme = 0;
    for (size_t i = 0; m.at && i < m.rows * m.cols; i++) {
        double size = fabs(m.at[i]);
        alike = alike && m.at[i] == m.at[0];
        most = fmax(most, size);
        extreme = extreme || size >= 100 || (size > 0 && size < 1e-3);
    }
    return extreme + (m.rows * m.cols > 1 && (most == 0 || (drawn && alike)));
}

/* How far a draw is from what a reader would like; 0 is the best. */
static int faults_of(figures *f) {
    const evaluation *e = f->p->e;
    matrix            d = eval_node(e, ir_var(f->t->g, f->t->goal->grad)->leaf);
    size_t            zeros = 0, n = d.at ? d.rows * d.cols : 0;
    int               faults = 0;
    for (uint32_t i = 0; i < f->lines.n; i++) {
        if (!is_finite(e, f->lines.at[i].n)) return 1000;
        faults += faults_in(f->t->g, f->lines.at[i].n, eval_node(e, f->lines.at[i].n));
    }
    if (!is_finite(e, ir_var(f->t->g, f->t->d->m->cost)->leaf)) return 1000;
    for (size_t i = 0; i < n; i++) zeros += fabs(d.at[i]) < 1e-12;
    choose_digits(f);
    return 4 * (f->digits - FEWEST_DIGITS) + (zeros == n ? 100 : 2 * zeros > n ? 2 : 0) + faults;
}

/* Is there a derivative at the entry that will be moved? */
static bool has_slope(figures *f) {
    double   error;
    measured cost = {.value = differences_cost, .user = f->p};
    matrix   at = eval_var(&f->p->network, f->t->goal->var);
    return !at.at || !isnan(measure_slope(&cost, &at.at[figures_entry(f)], &error));
}

dfoo_status figures_draw(figures *f) {
    uint32_t most = f->opt->given || f->p->network.order.n > 100 ? 4 : MOST_DRAWS, best = 0;
    int      least = 10000;
    for (uint32_t draw = 0; draw < most && least > 0; draw++) {
        DFOO_TRY(run_draw(f, draw));
        int faults = faults_of(f);
        if (faults >= least) continue;
        DFOO_TRY(differences_open(f->p, true));
        if (faults < 1000 && !has_slope(f)) faults += 50;
        if (faults >= least) continue;
        least = faults;
        best = draw;
    }
    DFOO_TRY(run_draw(f, best));
    choose_digits(f);
    return differences_open(f->p, true);
}
