/* Rows that are equal in the gradient and in its variable, with what that means: units that are one and the
 * same; and a gradient of zeros, with where they come from. */
#include "teach/tell/figures.h"

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
        matrix m = x->leaf < f->p->e->n_nodes ? eval_node(f->p->e, x->leaf) : (matrix){0};
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
void figures_alike(figures *f) {
    teller     *t = f->t;
    document   *doc = t->doc;
    bool        columns = t->d->m->examples_are_columns;
    const char *line = columns ? "rows" : "columns", *other = columns ? "columns" : "rows";
    const char *dw = doc_name(doc, t->goal->grad), *w = doc_name(doc, t->goal->var);
    bool (*alike)(matrix) = columns ? rows_are_equal : columns_are_equal;
    matrix d = eval_node(f->p->e, ir_var(t->g, t->goal->grad)->leaf),
           at = eval_node(f->p->e, ir_var(t->g, t->goal->var)->leaf);
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

enum { STEPS = 3 };

/* One step of every parameter, everything computed again. */
static void step_once(figures *f) {
    const derivation *d = f->t->d;
    for (uint32_t i = 0; i < d->list.n; i++) {
        const gradient *v = &d->list.at[i];
        if (ir_var(f->t->g, v->var)->kind != VAR_PARAM || !v->whole) continue;
        matrix at = eval_var(f->p->e, v->var), dv = eval_node(f->p->e, ir_var(f->t->g, v->grad)->leaf);
        for (size_t k = 0; at.at && dv.at && k < at.rows * at.cols; k++) at.at[k] -= dv.at[k];
    }
    eval_run(f->p->e);
}

/* W1 = [0.5 0.5; 0.5 0.5], as it is shown now. */
static void add_value(figures *f, node_id name, matrix m, const char *words) {
    block *b = doc_add(f->t->doc, BLOCK_LINE, 5, words);
    doc_add_formula(f->t->doc, b, doc_node(f->t->doc, name, false));
    doc_add_formula(f->t->doc, b, figures_matrix(f, m));
}

void figures_steps(figures *f) {
    teller     *t = f->t;
    document   *doc = t->doc;
    const char *w = doc_name(doc, t->goal->var);
    bool        columns = t->d->m->examples_are_columns, same = true;
    bool (*alike)(matrix) = columns ? rows_are_equal : columns_are_equal;
    node_id     leaf = ir_var(t->g, t->goal->var)->leaf, slope = ir_var(t->g, t->goal->grad)->leaf;
    if (ir_var(t->g, t->goal->var)->kind != VAR_PARAM) return;
    doc_say(doc, 3, "a few steps of gradient descent with alpha = 1, of all parameters at once:");
    for (int i = 1; i <= STEPS; i++) {
        step_once(f);
        matrix at = eval_node(f->p->e, leaf), dv = eval_node(f->p->e, slope);
        add_value(f, leaf, at, doc_text(doc, "after step %d:", i));
        add_value(f, slope, dv, "");
        same = same && alike(at);
    }
    if (same)
        doc_say(doc, 3,
                "the %s of %s, one for each unit, are still equal: the units compute the same, and "
                "together no more than one",
                columns ? "rows" : "columns", w);
}
