/* The Jacobian way, in the layout of calculus books: the derivative of a number by a column is a
 * row, of a column by a column a matrix whose row says which output and whose column which input.
 *
 * Each link gives one such matrix for one example; their product is the row ∂l/∂u, and turning it
 * reverses the product. What no matrix holds, a parameter with two indices or examples that
 * affect each other, is told entry by entry. */
#include "teach/doc/forms.h"
#include "teach/tell/routes.h"

/* ------------------------------------------------------ one link as a matrix */

static bool is_small_variable(const void *user, const ir *g, const node *x) {
    (void)g;
    return x->op == OP_VAR && ((const bool *)user)[x->ref];
}

/* Does a node have entries for each example? */
static bool is_small(const teller *t, node_id n) {
    return ir_some(t->g, t->a, n, is_small_variable, t->doc->small) || t->a->failed;
}

static bool is_columns(const teller *t) {
    return !t->d->m->examples || t->d->m->examples_are_columns;
}

/* A column or a row for each example, or all of what there is one of. */
static bool is_vector(const teller *t, shape s) {
    dim  m = t->d->m->examples, one = dim_literal(1);
    bool columns = is_columns(t);
    if (shape_is_scalar(s)) return true;
    if (m && (columns ? s.rows : s.cols) == m) return false; /* what stands along it is examples */
    return columns ? s.cols == one || (m && s.cols == m) : s.rows == one || (m && s.rows == m);
}

/* The shape of one example. */
static shape of_one(const teller *t, shape s) {
    dim m = t->d->m->examples;
    if (m && s.cols == m) s.cols = dim_literal(1);
    if (m && s.rows == m) s.rows = dim_literal(1);
    return s;
}

/* The column of ones, as long as one example of a node. */
static node_id ones_of(teller *t, node_id n) {
    return ir_ones(t->g, of_one(t, ir_shape(t->g, n)));
}

/* Has one example of this shape one entry? */
static bool has_one_entry(const teller *t, shape s) {
    return (is_columns(t) ? s.rows : s.cols) == dim_literal(1);
}

/* The axis that runs along the entries of one example. */
static bool is_within(const teller *t, const hop *h) {
    return ir_node(t->g, h->n)->attr == (is_columns(t) ? AXIS_0 : AXIS_1);
}

static node_id stretched(teller *t, node_id f, node_id like) {
    shape s = ir_shape(t->g, like);
    return shape_equal(ir_shape(t->g, f), s) ? f : node_times(t, f, ir_ones(t->g, s));
}

/* The column of a node for one example: itself, or its transpose where examples are rows; and the row. */
static const form *column(teller *t, node_id n) {
    return is_columns(t) ? form_node(t->doc, n) : form_turned(t->doc, form_node(t->doc, n));
}

static const form *row(teller *t, node_id n) {
    return is_columns(t) ? form_turned(t->doc, form_node(t->doc, n)) : form_node(t->doc, n);
}

static const form *product(teller *t, const form *a, const form *b) {
    return form_both(t->doc, FORM_PRODUCT, a, b);
}

static const form *entry_jacobian(teller *t, const hop *h) {
    double value;
    shape  from = ir_shape(t->g, h->n), to = ir_shape(t->g, h->to);
    if (shape_is_scalar(to) && !shape_is_scalar(from)) return NULL;
    if (has_one_entry(t, to) && !has_one_entry(t, from))
        return column(t, stretched(t, h->factor, h->n)); /* all take part in it */
    if (ir_is_number(t->g, h->factor, &value) && value == 1) return form_identity(t->doc, h->to);
    return form_diag(t->doc, stretched(t, h->factor, h->n));
}

static const form *softmax_jacobian(teller *t, const hop *h) {
    bool        plain = h->kind == HOP_SOFTMAX;
    const form *y = is_within(t, h) ? column(t, plain ? h->y : ir_op1(t->g, OP_EXP, h->y)) : NULL;
    if (!y) return NULL;
    const form *numerator = plain ? form_diag(t->doc, h->y) : form_identity(t->doc, h->n);
    const form *left = plain ? y : column(t, ones_of(t, h->n));
    return form_both(t->doc, FORM_MINUS, numerator, product(t, left, form_turned(t->doc, y)));
}

/* A sum over the entries of one example: a row of ones, shared out for a mean. */
static const form *sum_jacobian(teller *t, const hop *h) {
    shape s = ir_shape(t->g, h->to);
    if (!is_within(t, h)) return NULL;
    node_id ones = ones_of(t, h->to), n = ir_size(t->g, is_columns(t) ? s.rows : s.cols);
    if (h->kind == HOP_MEAN) ones = ir_op2(t->g, OP_MUL, ir_op2(t->g, OP_DIV, ir_number(t->g, 1), n), ones);
    return row(t, ones);
}

/* W @ x, or x @ W where examples are rows: the factor that is the same for all examples. */
static const form *product_jacobian(teller *t, const hop *h) {
    bool    right = h->kind == HOP_RIGHT;
    node_id other = ir_node(t->g, h->n)->arg[right ? 0 : 1];
    return right == is_columns(t) && !is_small(t, other) ? column(t, other) : NULL;
}

/* NULL: one example's part is no column by column, or it takes other examples in. */
static const form *hop_jacobian(teller *t, const hop *h) {
    if (!is_vector(t, ir_shape(t->g, h->n)) || !is_vector(t, ir_shape(t->g, h->to))) return NULL;
    switch ((hop_kind)h->kind) {
    case HOP_ENTRY: return entry_jacobian(t, h);
    case HOP_RIGHT: case HOP_LEFT: return product_jacobian(t, h);
    case HOP_SUM: case HOP_MEAN: return sum_jacobian(t, h);
    case HOP_SOFTMAX: case HOP_LOG_SOFTMAX: return softmax_jacobian(t, h);
    case HOP_TURN: case HOP_MAX: case HOP_TABLE: case HOP_OTHER: break;
    }
    return NULL;
}

static const form *route_jacobian(teller *t, const route *r) {
    const form *out = NULL;
    for (uint32_t k = 0; k < r->n; k++) {
        const form *f = hop_jacobian(t, &r->at[k]);
        if (!f) return NULL;
        out = out ? product(t, out, f) : f;
    }
    return out;
}

/* ∂v/∂u of a link as a matrix, NULL if it has none. */
static const form *link_jacobian(teller *t, const link *l) {
    routes     *r = arena_new(t->a, sizeof *r);
    const form *sum = NULL;
    bool        one = !t->d->m->examples || (t->doc->style.example && t->doc->small[l->s->var]);
    if (!r || !one || !routes_find(t, l, r)) return NULL;
    if (!is_vector(t, ir_var(t->g, l->to->var)->sh) || !is_vector(t, ir_var(t->g, l->s->var)->sh))
        return NULL;
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
    if (f->kind == FORM_MINUS)
        return "the diagonal comes from the numerator, the product from the denominator";
    if (f->kind == FORM_NODE && form_shape(t->doc, f).rows != dim_literal(1))
        return is_columns(t) ? "no transpose here" : "";
    if (f->kind == FORM_DIAG) return "all else is 0: an entry depends on its own entry only";
    if (f->kind == FORM_IDENTITY) return "ones on the diagonal: a change is passed on as it is";
    return "";
}

static const char *tail_of(teller *t, const form *f) {
    const char *reason = reason_of(t, f), *s = doc_shape(t->doc, form_shape(t->doc, f), true);
    return reason[0] ? doc_text(t->doc, "%s, %s", s, reason) : s;
}

/* A line a = b of forms. */
static block *add_forms(teller *t, uint8_t indent, const char *words, const form *a, const form *b) {
    block *line = doc_add(t->doc, BLOCK_LINE, indent, words);
    doc_add_form(t->doc, line, a);
    doc_add_form(t->doc, line, b);
    return line;
}

/* What the last variable is to the loss, a number, whose derivative is a row. */
static void say_direct(teller *t, const link *l) {
    static const char row[] = "it is a number, so its derivative by";
    document   *doc = t->doc;
    const char       *u = doc_small_name(doc, l->to->var), *loss = doc->style.loss,
               *cost = doc_name(doc, t->d->m->cost);
    if (l->s->var != t->d->m->cost && !has_one_entry(t, ir_var(t->g, l->s->var)->sh))
        doc_say(doc, 3, "the loss of the example is the sum of the entries of %s; %s %s is a row:",
                doc_small_name(doc, l->s->var), row, u);
    else if (link_rescale(t, l))
        doc_say(doc, 3, "%s is what the example adds to %s; %s %s is a row:", loss,
                doc_formula(doc, "%s*%s", doc_examples(doc), cost), row, u);
    else doc_say(doc, 3, "%s is a number, so its derivative by %s is a row:", loss, u);
}

/* The last link to a loss whose own gradient is a number: the row itself. */
static bool tell_direct(teller *t, const link *l, told *out) {
    if (!t->doc->small[l->to->var] || link_gradient(t, l) == ir_var(t->g, l->from->grad)->leaf ||
        l->to->n_through != 1 || !is_vector(t, ir_var(t->g, l->to->var)->sh))
        return false;
    say_direct(t, l);
    entries_add_partial(t, l, "");
    *out = (told){row(t, l->to->local), true};
    const char *remarks = derivative_remarks(t, l);
    if (!remarks[0]) remarks = doc_shape(t->doc, form_shape(t->doc, out->known), true);
    add_forms(t, 5, "", form_loss(t->doc, l->to->var), out->known)->tail = remarks;
    return true;
}

static bool is_shared(const teller *t, const link *l) {
    return t->d->m->examples && t->doc->style.example && !t->doc->small[l->to->var] &&
           t->doc->small[l->s->var];
}

static const form *row_of(teller *t, const gradient *v) {
    return row(t, ir_var(t->g, v->grad)->leaf);
}

/* ∂l/∂v · ∂v/∂u by names. */
static const form *row_by_name(teller *t, const link *l) {
    return product(t, form_loss(t->doc, l->s->var), form_partial(t->doc, l->s->var, l->to->var));
}

/* What one example hands to a parameter that all share: a row, whose transpose has its shape. */
static void add_shared_row(teller *t, const link *l, const form *f) {
    const form *handed = product(t, row_of(t, l->from), f);
    add_forms(t, 5, "", row_by_name(t, l), handed);
    const form *turned = is_columns(t) ? form_turned(t->doc, handed) : NULL;
    if (turned && handed->kind == FORM_NODE)
        doc_say(t->doc, 3, "as a column, the shape of %s, this is %s", doc_small_name(t->doc, l->to->var),
                doc_node(t->doc, turned->n, true));
    else if (turned) add_forms(t, 3, "as a column:", form_turn(t->doc, handed), turned);
}

static bool tell_matrix(teller *t, const link *l, told *out) {
    const form *f = link_jacobian(t, l);
    if (!f) return false;
    const char *u = doc_small_name(t->doc, l->to->var), *v = doc_small_name(t->doc, l->s->var);
    doc_say(t->doc, 3, "row: which entry of %s, column: which entry of %s", v, u);
    entries_add_partial(t, l, "");
    add_forms(t, 5, "", form_partial(t->doc, l->s->var, l->to->var), f)->tail = tail_of(t, f);
    *out = (told){f, false};
    if (is_shared(t, l)) add_shared_row(t, l, f);
    return true;
}

/* Is it one number for one example? */
static bool has_one_number(const teller *t, var_id v) {
    shape s = of_one(t, ir_var(t->g, v)->sh);
    return shape_is_scalar(s) || (s.rows == dim_literal(1) && s.cols == dim_literal(1));
}

/* Why there is no matrix. */
static void say_entries(teller *t, const link *l, bool matrix) {
    document   *doc = t->doc;
    const char *u = doc_small_name(doc, l->to->var), *v = doc_small_name(doc, l->s->var);
    if (t->d->m->examples && !doc->style.example)
        doc_say(
            doc, 3,
            "examples affect each other, so which entry of %s changes with which of %s takes four indices: "
            "no matrix has them, the entries do:",
            v, u);
    else if (has_one_number(t, l->s->var))
        doc_say(doc, 3, "%s is a number: its derivative has an entry for each entry of %s:", v, u);
    else if (matrix)
        doc_say(doc, 3,
                "%s has two indices, so ∂%s/∂%s would need three: no matrix has them. One entry at a time:",
                u, v, u);
    else doc_say(doc, 3, "entry by entry:");
}

/* True: the entries are still to be put together as matrices. */
static bool tell_entries(teller *t, const link *l) {
    bool matrix = !is_vector(t, ir_var(t->g, l->to->var)->sh);
    say_entries(t, l, matrix);
    if ((is_shared(t, l) || !t->d->m->examples) && entries_tell_shared(t, l)) {
        if (matrix && l->kind != PROOF_NONE) proof_outer(t, l);
        return false;
    }
    if (entries_tell(t, l)) return true;
    add_by_rules(t, l, derivative_remarks(t, l));
    return false;
}

static void tell_one(teller *t, const link *l, told *out) {
    doc_add(t->doc, BLOCK_SECTION, 0, link_way(t, l))->about = l->s;
    link_tell_call(t, l);
    *out = (told){NULL, false};
    bool entries = !tell_direct(t, l, out) && !tell_matrix(t, l, out) && tell_entries(t, l);
    if (!entries && is_shared(t, l) && !link_is_indexed(t, l)) ends_examples(t, l);
    ends_tell(t, l, entries);
}

/* ----------------------------------------------------------------- the chain */

/* A link's row ∂l/∂u by names and by formulas. */
static const form *name_of(teller *t, const link *l, const told *x) {
    return x->direct ? form_loss(t->doc, l->to->var) : row_by_name(t, l);
}

static const form *row_by_formula(teller *t, const link *l, const told *x) {
    return x->direct ? x->known : product(t, row_of(t, l->from), x->known);
}

static bool has_diagonal(const form *row) {
    for (const form *f = row; f; f = f->kind == FORM_PRODUCT ? f->a : NULL)
        if (f->kind == FORM_DIAG || (f->b && f->b->kind == FORM_DIAG)) return true;
    return false;
}

static block *add_hanging(teller *t, const form *a, const form *b, const char *tail) {
    block *line = add_forms(t, 5, "", a, b);
    line->hanging = true;
    line->tail = tail;
    return line;
}

/* The factors of a product from the left, diagonals made * where a column or row meets them. */
static void add_turned(teller *t, const gradient *v, const form *row) {
    document   *doc = t->doc;
    bool        columns = is_columns(t);
    node_id     last = v == t->goal ? gradient_formula(v) : v->local;
    const form *all = columns ? form_turned(doc, row) : row;
    block      *b = doc_add(doc, BLOCK_LINE, 5, "");
    if (!all) return;
    doc_add_node(doc, b, ir_var(t->g, v->grad)->leaf, true);
    if (all->kind == FORM_NODE) {
        doc_add_node(doc, b, last, true);
        b->tail = doc_shapes(doc, last, true);
        return;
    }
    doc_add_form(doc, b, columns ? form_turn(doc, row) : row);
    if (columns && (row->kind == FORM_PRODUCT || row->kind == FORM_SUM))
        add_hanging(t, form_turn(doc, row), all, "transposing a product reverses it");
    const char *meets =
        columns ? "a diagonal matrix times a column is *" : "a row times a diagonal matrix is *";
    const char *tail = !has_diagonal(row)          ? doc_shapes(doc, last, true)
                       : row->kind == FORM_PRODUCT ? meets
                                                   : "";
    doc_add_node(doc, add_hanging(t, all, NULL, tail), last, true);
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
    return doc_formula(t->doc, "%s · %s", chain_shapes(t, by_name->a),
                       doc_shape(t->doc, form_shape(t->doc, by_name->b), true));
}

/* ∂l/∂u = its factors. */
static block *add_names(teller *t, const gradient *v, const form *name) {
    return add_forms(t, 5, "", form_loss(t->doc, v->var), name->kind == FORM_LOSS ? NULL : name);
}

static void tell_chain(teller *t, const told *x) {
    document   *doc = t->doc;
    const link *l = t->links.at;
    const form *name = name_of(t, l, x), *row = row_by_formula(t, l, x);
    for (uint32_t i = 1; i < t->links.n; i++) {
        name = product(t, name, form_partial(doc, l[i].s->var, l[i].to->var));
        row = product(t, row, x[i].known);
    }
    if (!name || !row) return;
    const char *shapes = doc_shape(doc, form_shape(doc, form_loss(doc, t->goal->var)), true);
    block      *b = add_names(t, t->goal, name);
    b->tail = doc_text(doc, "%s = %s", shapes, chain_shapes(t, name));
    const char *dz = doc_node(doc, ir_var(t->g, t->goal->grad)->leaf, true),
               *z = doc_small_name(doc, t->goal->var);
    const char *loss = doc->style.loss;
    if (is_columns(t))
        doc_say(
            doc, 3,
            "dfoo keeps %s as a column, the shape of %s, so that one can be subtracted from the other: %s",
            dz, z, doc_formula(doc, "%s = (∂%s/∂%s).T", dz, loss, z));
    else
        doc_say(doc, 3, "%s is a row here, and so is %s: nothing is left to transpose", z,
                doc_formula(doc, "∂%s/∂%s = %s", loss, z, dz));
    add_turned(t, t->goal, row);
}

/* Several ways: for every variable, the sum over the links that start at it. */
static void tell_sum(teller *t, const gradient *v, const told *x) {
    const form *name = NULL, *row = NULL;
    for (uint32_t i = 0; i < t->links.n; i++) {
        const link *l = &t->links.at[i];
        if (l->to != v) continue;
        if (!x[i].known) return; /* told by entries, which are added there */
        const form *n = name_of(t, l, &x[i]), *r = row_by_formula(t, l, &x[i]);
        name = name ? form_both(t->doc, FORM_SUM, name, n) : n;
        row = row ? form_both(t->doc, FORM_SUM, row, r) : r;
    }
    if (!name || !row) return;
    add_names(t, v, name);
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
    doc_say(t->doc, 0,
            "The derivative of a number by a column is a row; of a column by a column a matrix (row: which "
            "output, "
            "column: which input).");
    doc_say(t->doc, 0, "%s", "");
    for (uint32_t i = 0; i < t->links.n; i++) {
        tell_one(t, &t->links.at[i], &x[i]);
        any = any || x[i].known;
    }
    bool shared = t->d->m->examples && !t->doc->small[t->goal->var];
    if (!any || shared) return;
    doc_add(t->doc, BLOCK_SECTION, 0,
            is_chain(t, x) ? "the chain of them" : "the chains of them, added where ways meet");
    if (is_chain(t, x)) {
        tell_chain(t, x);
        return;
    }
    for (uint32_t i = 0; i < t->links.n; i++)
        if (!is_told(t, i)) tell_sum(t, t->links.at[i].to, x);
}
