/* The gradient in numbers: every step on the way as a matrix, from values that are small enough to compute
 * with, one entry written out, and one against a difference. */
#include <string.h>

#include "teach/tell/figures.h"

enum { MOST_LINES = 30 };

/* ------------------------------------------------------------------- lines */

/* name = formula = value. */
static void show(figures *f, const figure *x) {
    document *doc = f->t->doc;
    matrix    m = eval_node(f->p->e, x->n);
    if (!m.at) return;
    block *b = doc_add(doc, BLOCK_LINE, 5, "");
    doc_add_node(doc, b, x->n, false);
    if (x->formula) doc_add_node(doc, b, x->formula, false);
    doc_add_formula(doc, b, figures_matrix(f, m));
}

/* --------------------------------------------------------- what is shown */

static bool is_listed(const figures *f, node_id n) {
    for (uint32_t i = 0; i < f->lines.n; i++)
        if (f->lines.at[i].n == n || f->lines.at[i].formula == n) return true;
    return false;
}

static void list(figures *f, node_id n, node_id formula) {
    if (!is_listed(f, n)) vec_push(f->t->a, &f->lines, (figure){n, formula});
}

/* The names in a formula, those that are not listed yet. */
static dfoo_status list_names(figures *f, node_id formula) {
    node_list need = {{0}};
    DFOO_TRY(ir_reach(f->t->g, f->t->a, &formula, 1, &need));
    for (uint32_t i = 0; i < need.list.n; i++)
        if (ir_node(f->t->g, need.list.at[i])->op == OP_VAR) list(f, need.list.at[i], 0);
    return DFOO_OK;
}

/* The parts of a formula that are matrices of their own. */
static dfoo_status list_parts(figures *f, node_id formula) {
    ir       *g = f->t->g;
    node_list need = {{0}};
    DFOO_TRY(ir_reach(g, f->t->a, &formula, 1, &need));
    for (uint32_t i = 0; i < need.list.n; i++) {
        node_id     n = need.list.at[i];
        const node *x = ir_node(g, n);
        bool scaled = x->op == OP_MUL && shape_is_scalar(ir_shape(g, x->arg[0])); /* 1/m * dZ2 */
        bool part = x->op == OP_MATMUL ||
                    (!shape_is_scalar(x->sh) && op_elementwise((op_id)x->op) && x->op != OP_NEG && !scaled);
        if (part && n != formula) list(f, n, 0);
    }
    return DFOO_OK;
}

static dfoo_status list_forward(figures *f) {
    const program *p = &f->t->d->forward;
    for (uint32_t i = 0; i < p->list.n; i++) DFOO_TRY(list_names(f, p->list.at[i].node));
    f->lines.n = 0; /* what is computed comes behind what is given */
    for (var_id v = 1; v < f->t->g->vars.n; v++)
        if (ir_var(f->t->g, v)->kind <= VAR_MASK && derivation_find(f->t->d, v))
            list(f, ir_var(f->t->g, v)->leaf, 0);
    for (uint32_t i = 0; i < p->list.n; i++) {
        DFOO_TRY(list_names(f, p->list.at[i].node)); /* labels and constants */
        list(f, ir_var(f->t->g, p->list.at[i].var)->leaf, p->list.at[i].node);
    }
    return arena_status(f->t->a);
}

/* The gradients that a formula is made of, as far back as they are, the cost's side first. */
static dfoo_status list_backward(figures *f, node_id formula) {
    const derivation *d = f->t->d;
    ir               *g = f->t->g;
    bool             *need = arena_new(f->t->a, g->vars.n);
    VEC(node_id) open = {0};
    if (!need) return DFOO_ENOMEM;
    vec_push(f->t->a, &open, formula);
    for (uint32_t i = 0; i < open.n; i++) {
        node_list names = {{0}};
        DFOO_TRY(ir_names(g, f->t->a, open.at[i], &names));
        for (uint32_t k = 0; k < names.list.n; k++) {
            const variable *x = ir_var(g, ir_node(g, names.list.at[k])->ref);
            const gradient *v = x->kind == VAR_GRADIENT ? derivation_find(d, x->of) : NULL;
            if (!v || v->given || need[v->var] || !gradient_formula(v)) continue;
            need[v->var] = true;
            vec_push(f->t->a, &open, gradient_formula(v));
        }
    }
    for (uint32_t i = 0; i < d->list.n; i++) {
        const gradient *v = &d->list.at[i];
        if (need[v->var] && v != f->t->goal) list(f, ir_var(g, v->grad)->leaf, gradient_formula(v));
    }
    return arena_status(f->t->a);
}

/* Every formula of the story, each once and behind what it is made of: the gradients between, the goal. */
static dfoo_status list_story(figures *f) {
    teller *t = f->t;
    node_id whole = gradient_formula(t->goal), leaf = ir_var(t->g, t->goal->grad)->leaf;
    for (uint32_t i = 0; i < t->links.n; i++) {
        const gradient *v = t->links.at[i].to;
        if (v == t->goal || !v->local) continue;
        if (f->forward) DFOO_TRY(list_backward(f, v->local));
        DFOO_TRY(list_names(f, v->local));
        list(f, ir_var(t->g, v->grad)->leaf, v->local);
    }
    if (f->forward) DFOO_TRY(list_backward(f, whole));
    DFOO_TRY(list_names(f, whole));
    DFOO_TRY(list_parts(f, whole));
    list(f, leaf, whole);
    return arena_status(t->a);
}

/* ------------------------------------------------------------------- telling */

static const char *sizes_text(figures *f) {
    const model *m = f->t->d->m;
    buf          b;
    buf_init(&b, f->t->a->mem);
    for (uint32_t i = 0; i < m->size_names.n && i < 8; i++) {
        sym         name = m->size_names.at[i];
        const char *text = symbols_name(f->t->g->names, name);
        const char *size = doc_formula(f->t->doc, "%s = %zu", text, sizes_get(&f->p->s, dim_named(name)));
        buf_printf(&b, "%s%s", i ? ", " : " with ", size);
    }
    return doc_take(f->t->doc, &b);
}

/* One entry of the gradient with the numbers in its formula, if that is more than the line above. */
static void show_entry(figures *f) {
    document   *doc = f->t->doc;
    node_id     whole = gradient_formula(f->t->goal);
    matrix      d = eval_node(f->p->e, ir_var(f->t->g, f->t->goal->grad)->leaf);
    size_t      best = figures_entry(f);
    if (!d.at || d.rows * d.cols == 1) return;
    const index_tree *x = figures_spelled(f, whole, best / d.cols, best % d.cols);
    if (!x || !x->a) return;
    const char *entry = doc_text(doc, "%s[%zu,%zu]", doc_name(doc, f->t->goal->grad), best / d.cols + 1,
                                 best % d.cols + 1);
    index_style all = {.loss = ""};
    block      *b = doc_add(doc, BLOCK_LINE, 3, "one entry of it:");
    doc_add_formula(doc, b, entry);
    doc_add_index(doc, b, x, &all);
    buf value;
    buf_init(&value, f->t->a->mem);
    buf_number(&value, figures_shown(f, d, best));
    doc_add_formula(doc, b, doc_take(doc, &value));
}

/* Is every matrix shown whole? */
static bool is_small(const figures *f) {
    const ir *g = f->t->g;
    for (uint32_t i = 0; i < f->t->d->m->size_names.n; i++)
        if (sizes_get(&f->p->s, dim_named(f->t->d->m->size_names.at[i])) > MOST_SHOWN) return false;
    for (var_id v = 1; v < g->vars.n; v++) {
        shape s = ir_var(g, v)->sh;
        if (sizes_get(&f->p->s, s.rows) > MOST_SHOWN) return false;
        if (sizes_get(&f->p->s, s.cols) > MOST_SHOWN) return false;
    }
    return true;
}

/* From the data on where that is not too long, else what the formulas name. */
static dfoo_status list_all(figures *f) {
    uint32_t n = f->t->d->forward.list.n;
    f->forward = f->opt->forward && n <= MOST_LINES && is_small(f);
    if (f->forward) DFOO_TRY(list_forward(f));
    DFOO_TRY(list_story(f));
    if (f->forward && f->lines.n > MOST_LINES) {
        f->forward = false;
        f->lines.n = 0;
        DFOO_TRY(list_story(f));
    }
    DFOO_TRY(eval_init(&f->by_hand, f->t->g, f->t->a, &f->p->s));
    for (uint32_t i = 0; i < f->lines.n; i++) {
        const figure *x = &f->lines.at[i];
        node_id       n = x->formula ? x->formula : x->n;
        DFOO_TRY(eval_add_node(f->p->e, n));
        DFOO_TRY(eval_add_node(&f->by_hand, n));
    }
    return DFOO_OK;
}

dfoo_status numbers_tell(teller *t, const program *run, const tell_options *opt, explain_result *r) {
    prover  p;
    figures f = {.t = t, .p = &p, .opt = opt};
    DFOO_TRY(prover_open(&p, t->doc, t->goal->var, run, opt->sizes));
    DFOO_TRY(list_all(&f));
    DFOO_TRY(figures_draw(&f));
    static const char *const starts[] = {"", ", all parameters 0", ", all parameters equal"};
    const char *where =
        doc_text(t->doc, "at %s%s", opt->given ? "the given values" : "simple values", starts[opt->start]);
    doc_add(t->doc, BLOCK_SECTION, 0, doc_text(t->doc, "in numbers, %s%s", where, sizes_text(&f)));
    doc_say(t->doc, 3, "every number is rounded to %d digits; the lines hold for the digits that are shown",
            f.digits);
    for (uint32_t i = 0; i < f.lines.n; i++) show(&f, &f.lines.at[i]);
    if (t->goal->var != t->d->m->cost && !opt->start) {
        show_entry(&f);
        figures_moved(&f, r);
    }
    figures_alike(&f);
    if (opt->start) figures_steps(&f);
    return arena_status(t->a);
}
