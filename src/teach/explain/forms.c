/* Forms: made, turned and written. */
#include "teach/explain/forms.h"

static const form *make(teller *t, form f) {
    form *own = arena_new(t->a, sizeof *own);
    if (own) *own = f;
    return own;
}

const form *form_node(teller *t, node_id n) {
    return n ? make(t, (form){.kind = FORM_NODE, .n = n}) : NULL;
}

const form *form_diag(teller *t, node_id n) {
    return n ? make(t, (form){.kind = FORM_DIAG, .n = n}) : NULL;
}

const form *form_identity(teller *t, node_id n) {
    return n ? make(t, (form){.kind = FORM_IDENTITY, .n = n}) : NULL;
}

const form *form_turn(teller *t, const form *a) {
    return a ? make(t, (form){.kind = FORM_TURN, .a = a}) : NULL;
}

static const form *both(teller *t, form_kind kind, const form *a, const form *b) {
    return a && b ? make(t, (form){.kind = (uint8_t)kind, .a = a, .b = b}) : NULL;
}

const form *form_product(teller *t, const form *a, const form *b) {
    if (a && b && a->kind == FORM_IDENTITY) return b;
    if (a && b && b->kind == FORM_IDENTITY) return a;
    return both(t, FORM_PRODUCT, a, b);
}

const form *form_sum(teller *t, const form *a, const form *b) {
    return both(t, FORM_SUM, a, b);
}

const form *form_minus(teller *t, const form *a, const form *b) {
    return both(t, FORM_MINUS, a, b);
}

const form *form_partial(teller *t, var_id v, var_id u) {
    return make(t, (form){.kind = FORM_PARTIAL, .v = v, .u = u});
}

const form *form_loss(teller *t, var_id v) {
    return make(t, (form){.kind = FORM_LOSS, .v = v});
}

const form *form_turned(teller *t, const form *a) {
    const node *x;
    if (!a) return NULL;
    switch ((form_kind)a->kind) {
    case FORM_NODE:
        x = ir_node(t->g, a->n);
        if (x->op == OP_NEG && ir_node(t->g, x->arg[0])->op == OP_TRANSPOSE) return form_node(t, ir_op1(t->g, OP_NEG, ir_node(t->g, x->arg[0])->arg[0]));
        return form_node(t, x->op == OP_TRANSPOSE ? x->arg[0] : ir_op1(t->g, OP_TRANSPOSE, a->n));
    case FORM_DIAG: case FORM_IDENTITY: return a;
    case FORM_TURN: return a->a;
    case FORM_PRODUCT: return form_product(t, form_turned(t, a->b), form_turned(t, a->a));
    case FORM_SUM: case FORM_MINUS: return both(t, (form_kind)a->kind, form_turned(t, a->a), form_turned(t, a->b));
    case FORM_PARTIAL: case FORM_LOSS: break;
    }
    return form_turn(t, a);
}

/* ------------------------------------------------------------------ shapes */

static shape of_one(const teller *t, shape s) {
    dim m = t->d->m->examples;
    if (m && s.rows == m) s.rows = dim_literal(1);
    if (m && s.cols == m) s.cols = dim_literal(1);
    return shape_is_scalar(s) ? shape_of(dim_literal(1), dim_literal(1)) : s;
}

/* How many entries one example has: a column's rows, a row's columns. */
static dim length_of(const teller *t, shape s) {
    s = of_one(t, s);
    return s.rows == dim_literal(1) ? s.cols : s.rows;
}

shape form_shape(const teller *t, const form *f) {
    shape a, b;
    if (!f) return shape_scalar();
    switch ((form_kind)f->kind) {
    case FORM_NODE: return of_one(t, ir_shape(t->g, f->n));
    case FORM_DIAG: case FORM_IDENTITY: return shape_of(length_of(t, ir_shape(t->g, f->n)), length_of(t, ir_shape(t->g, f->n)));
    case FORM_TURN:
        a = form_shape(t, f->a);
        return shape_of(a.cols, a.rows);
    case FORM_PRODUCT:
        a = form_shape(t, f->a);
        b = form_shape(t, f->b);
        return shape_of(a.rows, b.cols);
    case FORM_SUM: case FORM_MINUS: return form_shape(t, f->a);
    case FORM_PARTIAL: return shape_of(length_of(t, ir_var(t->g, f->v)->sh), length_of(t, ir_var(t->g, f->u)->sh));
    case FORM_LOSS: return shape_of(dim_literal(1), length_of(t, ir_var(t->g, f->v)->sh));
    }
    return shape_scalar();
}

/* ----------------------------------------------------------------- writing */

enum { PREC_SUM, PREC_PRODUCT, PREC_TIGHT };

static const char *text_of(teller *t, const form *f, int least);

static const char *infix(teller *t, const form *f, int prec, const char *sign, int least) {
    const char *a = text_of(t, f->a, prec), *b = text_of(t, f->b, f->kind == FORM_MINUS ? prec + 1 : prec);
    return arena_format(t->a, prec < least ? "(%s%s%s)" : "%s%s%s", a, sign, b);
}

/* Does a node need brackets beside an @ or a .T? */
static bool is_compound(const teller *t, node_id n) {
    const node *x = ir_node(t->g, n);
    return (op_table[x->op].flags & OP_FLAG_INFIX) && x->op != OP_MATMUL;
}

/* Derivatives are multiplied with a dot, as calculus books do; matrices with @. */
static bool is_derivative(const form *f) {
    if (f->kind == FORM_PRODUCT || f->kind == FORM_SUM) return is_derivative(f->a) || is_derivative(f->b);
    return f->kind == FORM_PARTIAL || f->kind == FORM_LOSS;
}

static const char *written(teller *t, const form *f, int least) {
    const char *d;
    switch ((form_kind)f->kind) {
    case FORM_NODE: return arena_format(t->a, least > PREC_SUM && is_compound(t, f->n) ? "(%s)" : "%s", doc_node(t, f->n, true));
    case FORM_DIAG: return arena_format(t->a, "diag(%s)", doc_node(t, f->n, true));
    case FORM_IDENTITY: return "I";
    case FORM_TURN: return arena_format(t->a, f->a->kind >= FORM_PARTIAL ? "(%s).T" : "%s.T", text_of(t, f->a, PREC_TIGHT));
    case FORM_PRODUCT: return infix(t, f, PREC_PRODUCT, is_derivative(f) ? " · " : " @ ", least);
    case FORM_SUM: return infix(t, f, PREC_SUM, " + ", least);
    case FORM_MINUS: return infix(t, f, PREC_SUM, " - ", least);
    case FORM_PARTIAL: return arena_format(t->a, "∂%s/∂%s", doc_small_name(t, f->v), doc_small_name(t, f->u));
    case FORM_LOSS:
        d = t->doc->style.loss;
        return arena_format(t->a, "∂%s/∂%s", d, doc_small_name(t, f->v));
    }
    return "";
}

static const char *text_of(teller *t, const form *f, int least) {
    const char *text = written(t, f, least);
    return text ? text : "";
}

void doc_add_form(teller *t, block *b, const form *f) {
    if (f) doc_add_value(t, b, text_of(t, f, PREC_SUM), (value){.form = f});
}
