/* The gradient in numbers: the matrices of each step at given values or at a small random draw,
 * one entry against a difference, and rows that are equal, with what that means. */
#include "teach/verify/prover.h"

#include <math.h>

#include "teach/tell/routes.h"

enum { MOST_SHOWN = 4, MOST_LINES = 16 };

typedef struct figures {
    teller      *t;
    prover      *p;
    VEC(node_id) seen;
    uint32_t     n_lines;
} figures;

/* ---------------------------------------------------------------- matrices */

static void put_number(buf *b, double x) {
    if (x == 0) x = 0; /* no sign */
    if (x != 0 && (fabs(x) < 1e-3 || fabs(x) >= 1e5)) buf_printf(b, "%.2e", x);
    else buf_printf(b, "%.3g", x);
}

/* [0.31 -1.2; 0.07 2.1 ..]: the first rows and columns. */
static const char *matrix_text(teller *t, matrix m) {
    buf    b;
    size_t rows = m.rows < MOST_SHOWN ? m.rows : MOST_SHOWN, cols = m.cols < MOST_SHOWN ? m.cols : MOST_SHOWN;
    buf_init(&b, t->a->mem);
    if (m.rows * m.cols == 1) {
        put_number(&b, m.at[0]);
        return doc_take(t->doc, &b);
    }
    buf_puts(&b, "[");
    for (size_t i = 0; i < rows; i++) {
        if (i) buf_puts(&b, "; ");
        for (size_t k = 0; k < cols; k++) {
            if (k) buf_puts(&b, " ");
            put_number(&b, m.at[i * m.cols + k]);
        }
        if (cols < m.cols) buf_puts(&b, " ..");
    }
    buf_puts(&b, rows < m.rows ? "; ..]" : "]");
    return doc_take(t->doc, &b);
}

static bool is_new(figures *f, node_id n) {
    for (uint32_t i = 0; i < f->seen.n; i++)
        if (f->seen.at[i] == n) return false;
    vec_push(f->t->a, &f->seen, n);
    return f->n_lines < MOST_LINES;
}

static void show(figures *f, node_id n) {
    matrix m = eval_node(&f->p->e, n);
    if (!m.at || !is_new(f, n)) return;
    f->n_lines++;
    doc_say(f->t->doc, 5, "%s",
            doc_formula(f->t->doc, "%s = %s", doc_node(f->t->doc, n, false), matrix_text(f->t, m)));
}

/* The names in a formula, then the formula's parts that are matrices of their own, then all. */
static void show_formula(figures *f, node_id root) {
    ir       *g = f->t->g;
    node_list need = {{0}};
    if (ir_reach(g, f->t->a, &root, 1, &need) != DFOO_OK) return;
    for (uint32_t i = 0; i < need.list.n; i++)
        if (ir_node(g, need.list.at[i])->op == OP_VAR) show(f, need.list.at[i]);
    for (uint32_t i = 0; i < need.list.n; i++) {
        const node *x = ir_node(g, need.list.at[i]);
        bool        part = x->op == OP_MATMUL || (!shape_is_scalar(x->sh) && op_elementwise((op_id)x->op));
        if (part) show(f, need.list.at[i]);
    }
}

/* ------------------------------------------------------------------ one entry */

/* One entry of the goal, which is moved by h, and its part of the formula, `value`; `times` the cost is what
 * the gradient differentiates. */
typedef struct moved {
    double     *at, h, times, value, up, down;
    const char *entry, *formula;
} moved;

static double cost_when(prover *p, double *at, double value) {
    double old = *at;
    *at = value;
    double cost = differences_cost(p);
    *at = old;
    return cost;
}

/* The slope over h to both sides. */
static double slope_over(prover *p, moved *x, double h) {
    x->h = h;
    x->up = cost_when(p, x->at, *x->at + h);
    x->down = cost_when(p, x->at, *x->at - h);
    return x->times * (x->up - x->down) / (2 * h);
}

/* Where there is no derivative: the slopes to both sides, between which the formula chooses. */
static void show_kink(figures *f, const moved *x) {
    double here = differences_cost(f->p), right = x->times * (x->up - here) / x->h,
           left = x->times * (here - x->down) / x->h;
    doc_say(f->t->doc, 3, "one entry against differences: %s moved by %.0e to either side alone", x->entry,
            x->h);
    doc_say(
        f->t->doc, 5,
        "the slope is %.6g to the left and %.6g to the right: there is no derivative here, and the formula "
        "says %s",
        left, right, x->formula);
}

/* What the difference says, and how far the formula is from the best that was measured. */
static void show_slope(figures *f, const moved *x, double slope, double best, double error,
                       explain_result *r) {
    document   *doc = f->t->doc;
    const char *m = f->t->goal->scale == SCALE_DATA ? doc_text(doc, "%s * ", doc_examples(doc)) : "";
    const char *quotient =
        doc_formula(doc, "%s(%.9g - %.9g) / (2 * %.0e) = %.6g", m, x->up, x->down, x->h, slope);
    double      off = fabs(best - x->value), scale = fmax(1e-300, fmax(fabs(best), fabs(x->value)));
    doc_say(doc, 3, "one entry against a difference: %s moved by %.0e to both sides", x->entry, x->h);
    doc_say(doc, 5, "%s and the formula says %s", quotient, x->formula);
    r->n_derivatives++;
    if (off < 4 * x->times * error) off = fmin(off, 1e-9 * scale);
    r->worst_derivative = fmax(r->worst_derivative, off / scale);
    if (!(off < 1e-4 * scale)) r->n_failed++;
    doc_say(doc, 5, "%s is %.9g and %.9g there", doc_name(doc, f->t->d->m->cost), x->up, x->down);
}

/* The largest entry of the gradient where the variable is not so near to 0 that a step is large beside it:
 * log may have no value there any more. If there is none, the largest of all. */
static size_t entry_to_move(matrix d, matrix at) {
    size_t best = 0;
    for (int near = 0; near < 2; near++) {
        bool found = false;
        for (size_t i = 0; i < d.rows * d.cols; i++) {
            if (!near && fabs(at.at[i]) < 1e-2) continue;
            if (!found || fabs(d.at[i]) > fabs(d.at[best])) best = i;
            found = true;
        }
        if (found && d.at[best] != 0) return best;
    }
    return best;
}

/* An entry of the gradient, and what the cost does when its variable moves there. */
static void show_entry(figures *f, explain_result *r) {
    teller         *t = f->t;
    document       *doc = t->doc;
    const gradient *v = t->goal;
    matrix d = eval_node(&f->p->e, ir_var(t->g, v->grad)->leaf), at = eval_var(&f->p->network, v->var);
    if (!d.at || !at.at) return;
    size_t      best = entry_to_move(d, at);
    const char *place =
        d.rows * d.cols == 1 ? "" : doc_text(doc, "[%zu,%zu]", best / d.cols + 1, best % d.cols + 1);
    moved       x = {.at = &at.at[best], .value = d.at[best] == 0 ? 0 : d.at[best] /* no -0 */};
    measured    cost = {.value = differences_cost, .user = f->p};
    double      error;
    x.times = v->scale == SCALE_DATA ? (double)sizes_get(&f->p->s, t->d->m->examples) : 1;
    x.entry = doc_formula(doc, "%s%s", doc_name(doc, v->var), place);
    x.formula = doc_formula(doc, "%s%s = %.6g", doc_name(doc, v->grad), place, x.value);
    double best_slope = x.times * measure_slope(&cost, x.at, &error),
           slope = slope_over(f->p, &x, 1e-5 * fmax(1, fabs(*x.at)));
    if (!isfinite(x.up) || !isfinite(x.down)) {
        doc_say(doc, 3, "%s is not finite near %s: this draw is too near the edge for a difference",
                doc_name(doc, t->d->m->cost), x.entry);
        return;
    }
    if (isnan(best_slope)) {
        show_kink(f, &x);
        return;
    }
    for (int smaller = 0; smaller < 2 && fabs(slope - best_slope) > 1e-5 * fabs(best_slope); smaller++)
        slope = slope_over(f->p, &x, x.h / 10); /* where the cost bends much */
    show_slope(f, &x, slope, best_slope, error, r);
}

/* ----------------------------------------------------------------- equal rows */

static bool rows_are_equal(matrix m) {
    for (size_t i = m.cols; m.at && i < m.rows * m.cols; i++)
        if (m.at[i] != m.at[i % m.cols]) return false;
    return m.at && m.rows > 1;
}

static bool columns_are_equal(matrix m) {
    for (size_t i = 0; m.at && i < m.rows * m.cols; i++)
        if (m.at[i] != m.at[i - i % m.cols]) return false;
    return m.at && m.cols > 1;
}

static bool is_zero(matrix m) {
    for (size_t i = 0; m.at && i < m.rows * m.cols; i++)
        if (m.at[i] != 0) return false;
    return m.at != NULL;
}

/* The variables of a kind whose values pass, but the goal and its gradient; of gradients those of what is
 * computed. */
static const char *names_where(figures *f, bool (*pass)(matrix m), var_kind kind) {
    teller  *t = f->t;
    buf      b;
    uint32_t n = 0;
    buf_init(&b, t->a->mem);
    for (var_id v = 1; v < t->g->vars.n; v++) {
        const variable *x = ir_var(t->g, v);
        bool   other = v != t->goal->var && v != t->goal->grad;
        bool   computed = kind != VAR_GRADIENT || ir_var(t->g, x->of)->kind == VAR_DEFINED;
        matrix m = x->leaf < f->p->e.n_nodes ? eval_node(&f->p->e, x->leaf) : (matrix){0};
        if (x->kind == kind && other && computed && pass(m))
            buf_printf(&b, "%s%s", n++ ? ", " : "", doc_name(t->doc, v));
    }
    return doc_take(t->doc, &b);
}

/* Where the gradient is 0, what makes it so. */
static void show_zeros(figures *f, const char *dw, const char *w) {
    document   *doc = f->t->doc;
    const char *zero = names_where(f, is_zero, VAR_PARAM), *values = names_where(f, is_zero, VAR_DEFINED);
    const char *back = names_where(f, is_zero, VAR_GRADIENT);
    doc_say(doc, 3, "%s is 0: no step of this kind moves %s", dw, w);
    if (zero[0]) doc_say(doc, 5, "parameters that are 0: %s", zero);
    if (values[0]) doc_say(doc, 5, "hence on the way forward 0: %s", values);
    if (back[0]) doc_say(doc, 5, "and on the way back 0, since a factor of each is: %s", back);
}

/* Whether units are alike, and why they stay so. */
static void show_equal_rows(figures *f) {
    teller     *t = f->t;
    document   *doc = t->doc;
    bool        columns = t->d->m->examples_are_columns;
    const char *line = columns ? "rows" : "columns", *other = columns ? "columns" : "rows";
    const char *dw = doc_name(doc, t->goal->grad), *w = doc_name(doc, t->goal->var);
    bool (*alike)(matrix) = columns ? rows_are_equal : columns_are_equal;
    matrix d = eval_node(&f->p->e, ir_var(t->g, t->goal->grad)->leaf),
           at = eval_node(&f->p->e, ir_var(t->g, t->goal->var)->leaf);
    if (ir_var(t->g, t->goal->var)->kind != VAR_PARAM || !d.at || !at.at) return;
    if (is_zero(d)) show_zeros(f, dw, w);
    if (!alike(d) || !alike(at)) return;
    const char *fed = names_where(f, columns ? columns_are_equal : rows_are_equal, VAR_PARAM);
    doc_say(doc, 3,
            "all %s of %s are equal, and so are all %s of %s: the units behind them are one and the same",
            line, w, line, dw);
    doc_say(doc, 5, "forward, equal %s give equal %s: %s", line, line, names_where(f, alike, VAR_DEFINED));
    if (fed[0]) doc_say(doc, 5, "what they feed treats them alike, equal %s: %s", other, fed);
    doc_say(doc, 5, "so their gradients are equal: %s", names_where(f, alike, VAR_GRADIENT));
    doc_say(doc, 5,
            "a step %s leaves the %s of %s equal again, and every step after it: only different beginnings "
            "make different "
            "units",
            doc_formula(doc, "%s = %s - alpha * %s", w, w, dw), line, w);
}

/* ------------------------------------------------------------------- values */

/* Drawn, then what is given put in; everything computed. */
static dfoo_status run_values(prover *p, const tell_options *opt) {
    DFOO_TRY(eval_random(&p->e, opt->seed, 0));
    for (var_id v = 1; opt->given && v < opt->n_given; v++) {
        node_id leaf = ir_var(p->doc->g, v)->leaf;
        matrix  to = leaf < p->e.n_nodes ? eval_node(&p->e, leaf) : (matrix){0};
        for (size_t i = 0; to.at && opt->given[v].at && i < to.rows * to.cols; i++)
            to.at[i] = opt->given[v].at[i];
    }
    eval_run(&p->e);
    return DFOO_OK;
}

static const char *sizes_text(figures *f) {
    const model *m = f->t->d->m;
    buf          b;
    buf_init(&b, f->t->a->mem);
    for (uint32_t i = 0; i < m->size_names.n && i < 8; i++) {
        sym         name = m->size_names.at[i];
        const char *text = symbols_name(f->t->g->names, name);
        const char *size = doc_formula(f->t->doc, "%s = %zu", text, sizes_get(&f->p->s, dim_named(name)));
        buf_printf(&b, "%s%s", i ? ", " : "", size);
    }
    return doc_take(f->t->doc, &b);
}

/* Every formula of the story, each once: the gradients between, then the goal. */
static void add_formulas(teller *t, node_list *out) {
    for (uint32_t i = 0; i < t->links.n; i++) {
        const gradient *v = t->links.at[i].to;
        if (v != t->goal) vec_push(t->a, &out->list, v->local);
    }
    vec_push(t->a, &out->list, gradient_formula(t->goal));
}

dfoo_status numbers_tell(teller *t, const program *run, const tell_options *opt, explain_result *r) {
    prover    p;
    figures   f = {.t = t, .p = &p};
    node_list formulas = {{0}};
    add_formulas(t, &formulas);
    DFOO_TRY(prover_open(&p, t->doc, t->goal->var, run, opt->sizes));
    for (uint32_t i = 0; i < formulas.list.n; i++) DFOO_TRY(eval_add_node(&p.e, formulas.list.at[i]));
    DFOO_TRY(run_values(&p, opt));
    DFOO_TRY(differences_open(&p));
    const char *where = opt->given ? "at the given values" : "at a random draw";
    doc_add(t->doc, BLOCK_SECTION, 0, doc_text(t->doc, "in numbers, %s with %s", where, sizes_text(&f)));
    vec_push(t->a, &f.seen, formulas.list.at[formulas.list.n - 1]); /* stands under its name */
    for (uint32_t i = 0; i < formulas.list.n; i++) show_formula(&f, formulas.list.at[i]);
    show(&f, ir_var(t->g, t->goal->grad)->leaf);
    if (t->goal->var != t->d->m->cost) show_entry(&f, r);
    show_equal_rows(&f);
    return arena_status(t->a);
}
