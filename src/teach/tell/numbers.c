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
    doc_say(f->t->doc, 5, "%s", doc_formula(f->t->doc, "%s = %s", doc_node(f->t->doc, n, false), matrix_text(f->t, m)));
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

static double cost_when(prover *p, double *at, double value) {
    double old = *at;
    *at = value;
    double cost = differences_cost(p);
    *at = old;
    return cost;
}

/* Where there is no derivative: the slopes to both sides, between which the formula chooses. */
static void show_kink(figures *f, double *at, double h, double times, const char *entry, const char *formula) {
    double here = differences_cost(f->p), right = times * (cost_when(f->p, at, *at + h) - here) / h, left = times * (here - cost_when(f->p, at, *at - h)) / h;
    doc_say(f->t->doc, 3, "one entry against differences: %s moved by %.0e to either side alone", doc_formula(f->t->doc, "%s", entry), h);
    doc_say(f->t->doc, 5, "the slope is %.6g to the left and %.6g to the right: there is no derivative here, and the formula says %s", left, right, formula);
}

/* The largest entry of the gradient where the variable is not so near to 0 that a step is large beside it: log
 * may have no value there any more. If there is none, the largest of all. */
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
    teller     *t = f->t;
    prover     *p = f->p;
    const gradient *v = t->goal;
    matrix      d = eval_node(&p->e, ir_var(t->g, v->grad)->leaf), at = eval_var(&p->network, v->var);
    if (!d.at || !at.at) return;
    size_t   best = entry_to_move(d, at);
    double  *x = &at.at[best], value = d.at[best] == 0 ? 0 : d.at[best], h = 1e-5 * fmax(1, fabs(*x)), error; /* no -0 */
    double   times = v->scale == SCALE_DATA ? (double)sizes_get(&p->s, t->d->m->examples) : 1;
    measured cost = {.value = differences_cost, .user = p};
    bool     one = d.rows * d.cols == 1;
    const char *dw = doc_name(t->doc, v->grad), *w = doc_name(t->doc, v->var), *j = doc_name(t->doc, t->d->m->cost);
    const char *place = one ? "" : doc_text(t->doc, "[%zu,%zu]", best / d.cols + 1, best % d.cols + 1);
    const char *m = v->scale == SCALE_DATA ? doc_text(t->doc, "%s * ", doc_examples(t->doc)) : "";
    const char *formula = doc_formula(t->doc, "%s%s = %.6g", dw, place, value);
    double  best_slope = times * measure_slope(&cost, x, &error);
    double  up = cost_when(p, x, *x + h), down = cost_when(p, x, *x - h);
    if (!isfinite(up) || !isfinite(down)) {
        doc_say(t->doc, 3, "%s is not finite near %s: this draw is too near the edge for a difference", j, doc_formula(t->doc, "%s%s", w, place));
        return;
    }
    if (isnan(best_slope)) {
        show_kink(f, x, h, times, doc_text(t->doc, "%s%s", w, place), formula);
        return;
    }
    double slope = times * (up - down) / (2 * h);
    for (int smaller = 0; smaller < 2 && fabs(slope - best_slope) > 1e-5 * fabs(best_slope); smaller++) { /* where the cost bends much */
        h /= 10;
        up = cost_when(p, x, *x + h);
        down = cost_when(p, x, *x - h);
        slope = times * (up - down) / (2 * h);
    }
    doc_say(t->doc, 3, "one entry against a difference: %s moved by %.0e to both sides", doc_formula(t->doc, "%s%s", w, place), h);
    doc_say(t->doc, 5, "%s and the formula says %s", doc_formula(t->doc, "%s(%.9g - %.9g) / (2 * %.0e) = %.6g", m, up, down, h, slope), formula);
    r->n_derivatives++;
    double off = fabs(best_slope - value), scale = fmax(1e-300, fmax(fabs(best_slope), fabs(value)));
    if (off < 4 * times * error) off = fmin(off, 1e-9 * scale);
    r->worst_derivative = fmax(r->worst_derivative, off / scale);
    if (!(off < 1e-4 * scale)) r->n_failed++;
    doc_say(t->doc, 5, "%s is %.9g and %.9g there", j, up, down);
}

/* ----------------------------------------------------------------- equal rows */

static bool rows_are_equal(matrix m) {
    for (size_t i = 1; i < m.rows; i++)
        for (size_t k = 0; k < m.cols; k++)
            if (m.at[i * m.cols + k] != m.at[k]) return false;
    return m.at && m.rows > 1;
}

static bool columns_are_equal(matrix m) {
    for (size_t i = 0; i < m.rows; i++)
        for (size_t k = 1; k < m.cols; k++)
            if (m.at[i * m.cols + k] != m.at[i * m.cols]) return false;
    return m.at && m.cols > 1;
}

static bool is_zero(matrix m) {
    for (size_t i = 0; i < m.rows * m.cols; i++)
        if (m.at[i] != 0) return false;
    return m.at != NULL;
}

/* The variables that lead to the gradient, among those whose values pass. */
static const char *names_where(figures *f, bool (*pass)(matrix m), bool gradients, bool params) {
    teller  *t = f->t;
    buf      b;
    uint32_t n = 0;
    buf_init(&b, t->a->mem);
    for (var_id v = 1; v < t->g->vars.n; v++) {
        const variable *x = ir_var(t->g, v);
        bool            kind = gradients ? x->kind == VAR_GRADIENT : params ? x->kind == VAR_PARAM : x->kind == VAR_DEFINED;
        matrix          m = x->leaf < f->p->e.n_nodes ? eval_node(&f->p->e, x->leaf) : (matrix){0};
        bool            near = gradients ? v != t->goal->grad && ir_var(t->g, x->of)->kind == VAR_DEFINED : v != t->goal->var;
        if (kind && near && m.at && pass(m)) buf_printf(&b, "%s%s", n++ ? ", " : "", doc_name(t->doc, v));
    }
    return doc_take(t->doc, &b);
}

/* Whether units are alike, and why they stay so. */
static void show_equal_rows(figures *f) {
    teller     *t = f->t;
    bool        columns = t->d->m->examples_are_columns;
    matrix      d = eval_node(&f->p->e, ir_var(t->g, t->goal->grad)->leaf), w = eval_node(&f->p->e, ir_var(t->g, t->goal->var)->leaf);
    const char *line = columns ? "rows" : "columns", *other = columns ? "columns" : "rows", *dw = doc_name(t->doc, t->goal->grad), *name = doc_name(t->doc, t->goal->var);
    bool (*alike)(matrix) = columns ? rows_are_equal : columns_are_equal;
    if (ir_var(t->g, t->goal->var)->kind != VAR_PARAM || !d.at || !w.at) return;
    if (is_zero(d)) {
        const char *zero = names_where(f, is_zero, false, true), *values = names_where(f, is_zero, false, false), *back = names_where(f, is_zero, true, false);
        doc_say(t->doc, 3, "%s is 0: no step of this kind moves %s", dw, name);
        if (zero[0]) doc_say(t->doc, 5, "parameters that are 0: %s", zero);
        if (values[0]) doc_say(t->doc, 5, "hence on the way forward 0: %s", values);
        if (back[0]) doc_say(t->doc, 5, "and on the way back 0, since a factor of each is: %s", back);
    }
    if (!alike(d) || !alike(w)) return;
    doc_say(t->doc, 3, "all %s of %s are equal, and so are all %s of %s: the units behind them are one and the same", line, name, line, dw);
    doc_say(t->doc, 5, "forward, equal %s give equal %s: %s", line, line, names_where(f, alike, false, false));
    if (names_where(f, columns ? columns_are_equal : rows_are_equal, false, true)[0])
        doc_say(t->doc, 5, "what they feed treats them alike, equal %s: %s", other, names_where(f, columns ? columns_are_equal : rows_are_equal, false, true));
    doc_say(t->doc, 5, "so their gradients are equal: %s", names_where(f, alike, true, false));
    doc_say(t->doc, 5, "a step %s leaves the %s of %s equal again, and every step after it: only different beginnings make different units",
            doc_formula(t->doc, "%s = %s - alpha * %s", name, name, dw), line, name);
}

/* ------------------------------------------------------------------- values */

/* Drawn, then what is given put in; everything computed. */
static dfoo_status run_values(prover *p, const program *run, const tell_options *opt) {
    DFOO_TRY(eval_random(&p->e, opt->seed, 0, p->doc->d->m->examples));
    for (var_id v = 1; opt->given && v < opt->n_given; v++) {
        matrix to = ir_var(p->doc->g, v)->leaf < p->e.n_nodes ? eval_node(&p->e, ir_var(p->doc->g, v)->leaf) : (matrix){0};
        for (size_t i = 0; to.at && opt->given[v].at && i < to.rows * to.cols; i++) to.at[i] = opt->given[v].at[i];
    }
    (void)run;
    eval_run(&p->e);
    return DFOO_OK;
}

static const char *sizes_text(figures *f) {
    const model *m = f->t->d->m;
    buf          b;
    buf_init(&b, f->t->a->mem);
    for (uint32_t i = 0; i < m->size_names.n && i < 8; i++)
        buf_printf(&b, "%s%s", i ? ", " : "",
                   doc_formula(f->t->doc, "%s = %zu", symbols_name(f->t->g->names, m->size_names.at[i]), sizes_get(&f->p->s, dim_named(m->size_names.at[i]))));
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
    prover    p = {.doc = t->doc, .a = t->a, .goal = t->goal->var};
    figures   f = {.t = t, .p = &p};
    node_list formulas = {{0}};
    p.local = arena_new(p.a, t->g->vars.n * sizeof *p.local);
    p.has_local = arena_new(p.a, t->g->vars.n);
    if (!p.local || !p.has_local) return DFOO_ENOMEM;
    if (opt->sizes) p.s = *opt->sizes;
    else DFOO_TRY(model_try_sizes(t->d->m, p.a, 0, &p.s));
    add_formulas(t, &formulas);
    DFOO_TRY(eval_init(&p.e, t->g, p.a, &p.s));
    DFOO_TRY(eval_add_program(&p.e, run));
    for (uint32_t i = 0; i < formulas.list.n; i++) DFOO_TRY(eval_add_node(&p.e, formulas.list.at[i]));
    for (uint32_t i = 0; i < t->doc->stages.n; i++) {
        if (t->doc->stages.at[i].known) DFOO_TRY(eval_add_node(&p.e, t->doc->stages.at[i].known));
        if (t->doc->stages.at[i].times) DFOO_TRY(eval_add_node(&p.e, t->doc->stages.at[i].times));
    }
    DFOO_TRY(run_values(&p, run, opt));
    DFOO_TRY(differences_open(&p));
    doc_add(t->doc, BLOCK_SECTION, 0, doc_text(t->doc, "in numbers, %s with %s", opt->given ? "at the given values" : "at a random draw", sizes_text(&f)));
    vec_push(t->a, &f.seen, formulas.list.at[formulas.list.n - 1]); /* stands under its name */
    for (uint32_t i = 0; i < formulas.list.n; i++) show_formula(&f, formulas.list.at[i]);
    show(&f, ir_var(t->g, t->goal->grad)->leaf);
    if (t->goal->var != t->d->m->cost) show_entry(&f, r);
    show_equal_rows(&f);
    return arena_status(t->a);
}
