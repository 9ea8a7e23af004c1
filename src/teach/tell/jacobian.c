/* The Jacobian way, in the layout of calculus books: the derivative of a number by a column is a
 * row, of a column by a column a matrix whose row says which output and whose column which input.
 *
 * Each link gives one such matrix for one example; their product is the row ∂l/∂u, and turning it
 * reverses the product. What no matrix holds, a parameter with two indices or examples that
 * affect each other, is told entry by entry. */
#include "teach/doc/forms.h"
#include "teach/tell/routes.h"

/* ------------------------------------------------------ one link as a matrix */

static bool is_small(const teller *t, node_id n) {
    node_list need = {{0}};
    if (ir_reach(t->g, t->a, &n, 1, &need) != DFOO_OK) return true;
    for (uint32_t i = 0; i < need.list.n; i++) {
        const node *x = ir_node(t->g, need.list.at[i]);
        if (x->op == OP_VAR && t->doc->small[x->ref]) return true;
    }
    return false;
}

static bool is_columns(const teller *t) {
    return !t->d->m->examples || t->d->m->examples_are_columns;
}

/* A column or a row for each example, or all of what there is one of. */
static bool is_vector(const teller *t, shape s) {
    dim m = t->d->m->examples, one = dim_literal(1);
    if (shape_is_scalar(s)) return true;
    return is_columns(t) ? s.cols == one || (m && s.cols == m) : s.rows == one || (m && s.rows == m);
}

/* The column of ones, as long as one example of a node. */
static node_id ones_of(teller *t, node_id n) {
    shape s = ir_shape(t->g, n);
    if (t->d->m->examples && s.cols == t->d->m->examples) s.cols = dim_literal(1);
    if (t->d->m->examples && s.rows == t->d->m->examples) s.rows = dim_literal(1);
    return ir_ones(t->g, s);
}

static node_id stretched(teller *t, node_id f, node_id like) {
    shape s = ir_shape(t->g, like);
    return shape_equal(ir_shape(t->g, f), s) ? f : node_times(t, f, ir_ones(t->g, s));
}

/* The column of a node for one example: itself, or its transpose where examples are rows. */
static const form *column(teller *t, node_id n) {
    return is_columns(t) ? form_node(t->doc, n) : form_turned(t->doc, form_node(t->doc, n));
}

static const form *entry_jacobian(teller *t, const hop *h) {
    double value;
    shape  from = ir_shape(t->g, h->n), to = ir_shape(t->g, h->to);
    bool   one = is_columns(t) ? to.rows == dim_literal(1) && from.rows != dim_literal(1) : to.cols == dim_literal(1) && from.cols != dim_literal(1);
    if (shape_is_scalar(to) && !shape_is_scalar(from)) return NULL;
    if (one) return column(t, stretched(t, h->factor, h->n)); /* one entry that all take part in */
    if (ir_is_number(t->g, h->factor, &value) && value == 1) return form_identity(t->doc, h->to);
    return form_diag(t->doc, stretched(t, h->factor, h->n));
}

static const form *softmax_jacobian(teller *t, const hop *h) {
    if (ir_node(t->g, h->n)->attr != (is_columns(t) ? AXIS_0 : AXIS_1)) return NULL;
    const form *y = column(t, h->kind == HOP_SOFTMAX ? h->y : ir_op1(t->g, OP_EXP, h->y));
    if (h->kind == HOP_SOFTMAX) return form_both(t->doc, FORM_MINUS, form_diag(t->doc, h->y), form_both(t->doc, FORM_PRODUCT, y, form_turned(t->doc, y)));
    return form_both(t->doc, FORM_MINUS, form_identity(t->doc, h->n), form_both(t->doc, FORM_PRODUCT, column(t, ones_of(t, h->n)), form_turned(t->doc, y)));
}

/* A sum over the entries of one example: a row of ones, shared out for a mean. */
static const form *sum_jacobian(teller *t, const hop *h) {
    const node *x = ir_node(t->g, h->n);
    shape       s = ir_shape(t->g, h->to);
    if (x->attr != (is_columns(t) ? AXIS_0 : AXIS_1)) return NULL;
    node_id ones = ones_of(t, h->to);
    if (h->kind == HOP_MEAN) ones = ir_op2(t->g, OP_MUL, ir_op2(t->g, OP_DIV, ir_number(t->g, 1), ir_size(t->g, x->attr == AXIS_0 ? s.rows : s.cols)), ones);
    return is_columns(t) ? form_turned(t->doc, form_node(t->doc, ones)) : form_node(t->doc, ones);
}

/* NULL: one example's part is no column by column, or it takes other examples in. */
static const form *hop_jacobian(teller *t, const hop *h) {
    if (!is_vector(t, ir_shape(t->g, h->n)) || !is_vector(t, ir_shape(t->g, h->to))) return NULL;
    node_id a = ir_node(t->g, h->n)->arg[0], b = ir_node(t->g, h->n)->arg[1];
    switch ((hop_kind)h->kind) {
    case HOP_ENTRY: return entry_jacobian(t, h);
    case HOP_RIGHT: return is_columns(t) && !is_small(t, a) ? form_node(t->doc, a) : NULL;
    case HOP_LEFT: return !is_columns(t) && !is_small(t, b) ? form_turned(t->doc, form_node(t->doc, b)) : NULL;
    case HOP_SUM: case HOP_MEAN: return sum_jacobian(t, h);
    case HOP_SOFTMAX: case HOP_LOG_SOFTMAX: return softmax_jacobian(t, h);
    case HOP_TURN: case HOP_MAX: break;
    }
    return NULL;
}

static const form *route_jacobian(teller *t, const route *r) {
    const form *out = NULL;
    for (uint32_t k = 0; k < r->n; k++) {
        const form *f = hop_jacobian(t, &r->at[k]);
        if (!f) return NULL;
        out = out ? form_both(t->doc, FORM_PRODUCT, out, f) : f;
    }
    return out;
}

/* ∂v/∂u of a link as a matrix, NULL if it has none. */
static const form *link_jacobian(teller *t, const link *l) {
    routes     *r = arena_new(t->a, sizeof *r);
    const form *sum = NULL;
    bool        one = !t->d->m->examples || (t->doc->style.example && t->doc->small[l->s->var]);
    if (!r || !one || !routes_find(t, l, r)) return NULL;
    if (!is_vector(t, ir_var(t->g, l->to->var)->sh) || !is_vector(t, ir_var(t->g, l->s->var)->sh)) return NULL;
    for (uint32_t i = 0; i < r->n; i++) {
        const form *f = route_jacobian(t, &r->at[i]);
        if (!f) return NULL;
        sum = sum ? form_both(t->doc, FORM_SUM, sum, f) : f;
    }
    return sum;
}

/* ------------------------------------------------------------------- telling */

typedef struct told {
    const form *known;  /* ∂v/∂u by its formula; NULL: told by entries */
    bool        direct; /* known is the row ∂l/∂u: v is what the loss is made of */
} told;

static const char *reason_of(const teller *t, const form *f) {
    if (f->kind == FORM_MINUS) return "the diagonal comes from the numerator, the product from the denominator";
    if (f->kind == FORM_NODE && form_shape(t->doc, f).rows != dim_literal(1)) return is_columns(t) ? "no transpose here" : "";
    if (f->kind == FORM_DIAG) return "all else is 0: an entry depends on its own entry only";
    if (f->kind == FORM_IDENTITY) return "ones on the diagonal: a change is passed on as it is";
    return "";
}

static const char *tail_of(teller *t, const form *f) {
    const char *reason = reason_of(t, f), *s = doc_shape(t->doc, form_shape(t->doc, f), true);
    return reason[0] ? doc_text(t->doc, "%s, %s", s, reason) : s;
}

static bool has_one_entry(const teller *t, var_id v) {
    shape s = ir_var(t->g, v)->sh;
    return is_columns(t) ? s.rows == dim_literal(1) : s.cols == dim_literal(1);
}

/* The last link to a loss whose own gradient is a number: the row itself. */
static bool tell_direct(teller *t, const link *l, told *out) {
    node_id    d = l->to->local;
    const char *u = doc_small_name(t->doc, l->to->var);
    if (!t->doc->small[l->to->var] || link_gradient(t, l) == ir_var(t->g, l->from->grad)->leaf || l->to->n_through != 1 ||
        !is_vector(t, ir_var(t->g, l->to->var)->sh)) return false;
    if (l->s->var != t->d->m->cost && !has_one_entry(t, l->s->var)) doc_say(t->doc, 3, "the loss of the example is the sum of the entries of %s; it is a number, so its derivative by %s is a row:", doc_small_name(t->doc, l->s->var), u);
    else if (link_rescale(t, l))
        doc_say(t->doc, 3, "%s is what the example adds to %s; it is a number, so its derivative by %s is a row:", t->doc->style.loss,
                doc_formula(t->doc, "%s*%s", doc_examples(t->doc), doc_name(t->doc, t->d->m->cost)), u);
    else doc_say(t->doc, 3, "%s is a number, so its derivative by %s is a row:", t->doc->style.loss, u);
    entries_add_partial(t, l, "");
    block *b = doc_add(t->doc, BLOCK_LINE, 5, "");
    *out = (told){is_columns(t) ? form_turned(t->doc, form_node(t->doc, d)) : form_node(t->doc, d), true};
    doc_add_form(t->doc, b, form_loss(t->doc, l->to->var));
    doc_add_form(t->doc, b, out->known);
    const char *remarks = derivative_remarks(t, l);
    b->tail = remarks[0] ? remarks : doc_shape(t->doc, form_shape(t->doc, out->known), true);
    return true;
}

static bool is_shared(const teller *t, const link *l) {
    return t->d->m->examples && t->doc->style.example && !t->doc->small[l->to->var] && t->doc->small[l->s->var];
}

static const form *row_of(teller *t, const gradient *v) {
    node_id leaf = ir_var(t->g, v->grad)->leaf;
    return is_columns(t) ? form_turned(t->doc, form_node(t->doc, leaf)) : form_node(t->doc, leaf);
}

/* What one example hands to a parameter that all share: a row, whose transpose has its shape. */
static void add_shared_row(teller *t, const link *l, const form *f) {
    const form *row = form_both(t->doc, FORM_PRODUCT, row_of(t, l->from), f);
    block      *b = doc_add(t->doc, BLOCK_LINE, 5, "");
    doc_add_form(t->doc, b, form_both(t->doc, FORM_PRODUCT, form_loss(t->doc, l->s->var), form_partial(t->doc, l->s->var, l->to->var)));
    doc_add_form(t->doc, b, row);
    const form *turned = is_columns(t) ? form_turned(t->doc, row) : NULL;
    if (!turned) return;
    if (row->kind == FORM_NODE) {
        doc_say(t->doc, 3, "as a column, the shape of %s, this is %s", doc_small_name(t->doc, l->to->var), doc_node(t->doc, turned->n, true));
        return;
    }
    b = doc_add(t->doc, BLOCK_LINE, 3, "as a column:");
    doc_add_form(t->doc, b, form_turn(t->doc, row));
    doc_add_form(t->doc, b, turned);
}

static bool tell_matrix(teller *t, const link *l, told *out) {
    const form *f = link_jacobian(t, l);
    if (!f) return false;
    const char *u = doc_small_name(t->doc, l->to->var), *v = doc_small_name(t->doc, l->s->var);
    doc_say(t->doc, 3, "row: which entry of %s, column: which entry of %s", v, u);
    entries_add_partial(t, l, "");
    block *b = doc_add(t->doc, BLOCK_LINE, 5, "");
    doc_add_form(t->doc, b, form_partial(t->doc, l->s->var, l->to->var));
    doc_add_form(t->doc, b, f);
    b->tail = tail_of(t, f);
    *out = (told){f, false};
    if (is_shared(t, l)) add_shared_row(t, l, f);
    return true;
}

/* True: the entries are still to be put together as matrices. */
static bool tell_entries(teller *t, const link *l) {
    const char *u = doc_small_name(t->doc, l->to->var), *v = doc_small_name(t->doc, l->s->var);
    bool        matrix = !is_vector(t, ir_var(t->g, l->to->var)->sh), interact = t->d->m->examples && !t->doc->style.example;
    if (interact) doc_say(t->doc, 3, "examples affect each other, so which entry of %s changes with which of %s takes four indices: no matrix has them, the entries do:", v, u);
    else if (shape_is_scalar(ir_var(t->g, l->s->var)->sh)) doc_say(t->doc, 3, "%s is a number: its derivative has an entry for each entry of %s:", v, u);
    else if (matrix) doc_say(t->doc, 3, "%s has two indices, so ∂%s/∂%s would need three: no matrix has them. One entry at a time:", u, v, u);
    else doc_say(t->doc, 3, "entry by entry:");
    if ((is_shared(t, l) || !t->d->m->examples) && entries_tell_shared(t, l)) {
        if (matrix && l->kind != PROOF_NONE) proof_outer(t, l);
        return false;
    }
    if (entries_tell(t, l)) return true;
    add_rewrites(t, l->to, derivative_remarks(t, l));
    return false;
}

static void tell_one(teller *t, const link *l, told *out) {
    doc_add(t->doc, BLOCK_SECTION, 0, doc_text(t->doc, "through %s", doc_equation(t->doc, l->s)))->about = l->s;
    *out = (told){NULL, false};
    bool entries = !tell_direct(t, l, out) && !tell_matrix(t, l, out) && tell_entries(t, l);
    ends_tell(t, l, entries);
}

/* ----------------------------------------------------------------- the chain */

/* ∂l/∂v · ∂v/∂u by names, and by formulas; the row of a link. */
static const form *row_by_name(teller *t, const link *l, const told *x) {
    return x->direct ? NULL : form_both(t->doc, FORM_PRODUCT, form_loss(t->doc, l->s->var), form_partial(t->doc, l->s->var, l->to->var));
}

static const form *row_by_formula(teller *t, const link *l, const told *x) {
    return x->direct ? x->known : form_both(t->doc, FORM_PRODUCT, row_of(t, l->from), x->known);
}

/* The factors of a product from the left, diagonals made * where a column or row meets them. */
static void add_turned(teller *t, const gradient *v, const form *row) {
    node_id     leaf = ir_var(t->g, v->grad)->leaf, last = v == t->goal ? gradient_formula(v) : v->local;
    block      *b = doc_add(t->doc, BLOCK_LINE, 5, "");
    const form *all = is_columns(t) ? form_turned(t->doc, row) : row;
    if (!all) return;
    doc_add_node(t->doc, b, leaf, true);
    if (all->kind == FORM_NODE) {
        doc_add_node(t->doc, b, last, true);
        b->tail = doc_shapes(t->doc, last, true);
        return;
    }
    if (is_columns(t)) {
        doc_add_form(t->doc, b, form_turn(t->doc, row));
        if (row->kind == FORM_PRODUCT || row->kind == FORM_SUM) {
            b = doc_add(t->doc, BLOCK_LINE, 5, "");
            b->hanging = true;
            doc_add_form(t->doc, b, form_turn(t->doc, row));
            doc_add_form(t->doc, b, all);
            b->tail = "transposing a product reverses it";
        }
    } else {
        doc_add_form(t->doc, b, row);
    }
    b = doc_add(t->doc, BLOCK_LINE, 5, "");
    b->hanging = true;
    doc_add_form(t->doc, b, all);
    doc_add_node(t->doc, b, last, true);
    b->tail = row->kind == FORM_PRODUCT ? is_columns(t) ? "a diagonal matrix times a column is *" : "a row times a diagonal matrix is *" : "";
    bool diagonal = false;
    for (const form *f = row; f; f = f->kind == FORM_PRODUCT ? f->a : NULL)
        diagonal = diagonal || f->kind == FORM_DIAG || (f->b && f->b->kind == FORM_DIAG);
    if (!diagonal) b->tail = doc_shapes(t->doc, last, true);
}

/* One chain of links from the goal to a known gradient: the whole product at once. */
static bool is_chain(const teller *t, const told *x) {
    for (uint32_t i = 0; i < t->links.n; i++) {
        const link *l = &t->links.at[i];
        if (!x[i].known || l->to->n_through != 1) return false;
        if (i && l->from != t->links.at[i - 1].to) return false;
        if (i && x[i].direct) return false;
    }
    return true;
}

static const char *chain_shapes(teller *t, const form *by_name) {
    if (by_name->kind != FORM_PRODUCT) return doc_shape(t->doc, form_shape(t->doc, by_name), true);
    return doc_formula(t->doc, "%s · %s", chain_shapes(t, by_name->a), doc_shape(t->doc, form_shape(t->doc, by_name->b), true));
}

static void tell_chain(teller *t, const told *x) {
    const form *name = x[0].direct ? form_loss(t->doc, t->links.at[0].to->var) : row_by_name(t, &t->links.at[0], &x[0]);
    const form *row = row_by_formula(t, &t->links.at[0], &x[0]);
    for (uint32_t i = 1; i < t->links.n; i++) {
        name = form_both(t->doc, FORM_PRODUCT, name, form_partial(t->doc, t->links.at[i].s->var, t->links.at[i].to->var));
        row = form_both(t->doc, FORM_PRODUCT, row, x[i].known);
    }
    if (!name || !row) return;
    block *b = doc_add(t->doc, BLOCK_LINE, 5, "");
    doc_add_form(t->doc, b, form_loss(t->doc, t->goal->var));
    if (name->kind == FORM_PRODUCT) doc_add_form(t->doc, b, name);
    b->tail = doc_text(t->doc, "%s = %s", doc_shape(t->doc, form_shape(t->doc, form_loss(t->doc, t->goal->var)), true), chain_shapes(t, name));
    const char *dz = doc_node(t->doc, ir_var(t->g, t->goal->grad)->leaf, true), *z = doc_small_name(t->doc, t->goal->var);
    if (is_columns(t)) doc_say(t->doc, 3, "dfoo keeps %s as a column, the shape of %s, so that one can be subtracted from the other: %s", dz, z, doc_formula(t->doc, "%s = (∂%s/∂%s).T", dz, t->doc->style.loss, z));
    else doc_say(t->doc, 3, "%s is a row here, and so is %s: nothing is left to transpose", z, doc_formula(t->doc, "∂%s/∂%s = %s", t->doc->style.loss, z, dz));
    add_turned(t, t->goal, row);
}

/* Several ways: for every variable, the sum over the links that start at it. */
static void tell_sum(teller *t, const gradient *v, const told *x) {
    const form *name = NULL, *row = NULL;
    for (uint32_t i = 0; i < t->links.n; i++) {
        const link *l = &t->links.at[i];
        if (l->to != v) continue;
        if (!x[i].known) return; /* told by entries, which are added there */
        const form *n = x[i].direct ? form_loss(t->doc, v->var) : row_by_name(t, l, &x[i]), *r = row_by_formula(t, l, &x[i]);
        name = name ? form_both(t->doc, FORM_SUM, name, n) : n;
        row = row ? form_both(t->doc, FORM_SUM, row, r) : r;
    }
    if (!name || !row) return;
    block *b = doc_add(t->doc, BLOCK_LINE, 5, "");
    doc_add_form(t->doc, b, form_loss(t->doc, v->var));
    if (name->kind != FORM_LOSS) doc_add_form(t->doc, b, name);
    add_turned(t, v, row);
}

static bool is_told(const teller *t, uint32_t i) {
    for (uint32_t k = 0; k < i; k++)
        if (t->links.at[k].to == t->links.at[i].to) return true;
    return false;
}

void jacobian_tell(teller *t) {
    told *x = arena_new(t->a, t->links.n * sizeof *x);
    bool  any = false;
    if (!x) return;
    doc_say(t->doc, 0, "The derivative of a number by a column is a row; of a column by a column a matrix (row: which output, column: which input).");
    doc_say(t->doc, 0, "%s", "");
    for (uint32_t i = 0; i < t->links.n; i++) {
        tell_one(t, &t->links.at[i], &x[i]);
        any = any || x[i].known;
    }
    bool shared = t->d->m->examples && !t->doc->small[t->goal->var];
    if (!any || shared) return;
    doc_add(t->doc, BLOCK_SECTION, 0, is_chain(t, x) ? "the chain of them" : "the chains of them, added where ways meet");
    if (is_chain(t, x)) {
        tell_chain(t, x);
        return;
    }
    for (uint32_t i = 0; i < t->links.n; i++)
        if (!is_told(t, i)) tell_sum(t, t->links.at[i].to, x);
}
