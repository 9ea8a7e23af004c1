/* Forms: made, turned and written. */
#include "teach/doc/forms.h"

#include <assert.h>

const form *form_new(document *doc, form f) {
    bool one = f.kind >= FORM_TURN && f.kind <= FORM_MINUS,
         two = f.kind >= FORM_PRODUCT && f.kind <= FORM_MINUS;
    if ((f.kind < FORM_TURN && !f.n) || (one && !f.a) || (two && !f.b)) return NULL;
    form *own = arena_new(doc->a, sizeof *own);
    if (own) *own = f;
    return own;
}

const form *form_both(document *doc, form_kind kind, const form *a, const form *b) {
    bool product = kind == FORM_PRODUCT && a && b;
    assert(kind >= FORM_PRODUCT && kind <= FORM_MINUS);
    if (product && a->kind == FORM_IDENTITY) return b;
    if (product && b->kind == FORM_IDENTITY) return a;
    return form_new(doc, (form){.kind = (uint8_t)kind, .a = a, .b = b});
}

const form *form_turned(document *doc, const form *a) {
    const node *x;
    if (!a) return NULL;
    switch ((form_kind)a->kind) {
    case FORM_NODE:
        x = ir_node(doc->g, a->n);
        if (x->op == OP_NEG && ir_node(doc->g, x->arg[0])->op == OP_TRANSPOSE)
            return form_node(doc, ir_op1(doc->g, OP_NEG, ir_node(doc->g, x->arg[0])->arg[0]));
        return form_node(doc, x->op == OP_TRANSPOSE ? x->arg[0] : ir_op1(doc->g, OP_TRANSPOSE, a->n));
    case FORM_DIAG: case FORM_IDENTITY: return a;
    case FORM_TURN: return a->a;
    case FORM_PRODUCT: return form_both(doc, FORM_PRODUCT, form_turned(doc, a->b), form_turned(doc, a->a));
    case FORM_SUM: case FORM_MINUS:
        return form_both(doc, (form_kind)a->kind, form_turned(doc, a->a), form_turned(doc, a->b));
    case FORM_PARTIAL: case FORM_LOSS: break;
    }
    return form_turn(doc, a);
}

/* ------------------------------------------------------------------ shapes */

static shape of_one(const document *doc, shape s) {
    dim m = doc->d->m->examples;
    if (m && s.rows == m) s.rows = dim_literal(1);
    if (m && s.cols == m) s.cols = dim_literal(1);
    return shape_is_scalar(s) ? shape_of(dim_literal(1), dim_literal(1)) : s;
}

/* How many entries one example has: a column's rows, a row's columns. */
static dim length_of(const document *doc, shape s) {
    s = of_one(doc, s);
    return s.rows == dim_literal(1) ? s.cols : s.rows;
}

shape form_shape(const document *doc, const form *f) {
    shape a, b;
    if (!f) return shape_scalar();
    switch ((form_kind)f->kind) {
    case FORM_NODE: return of_one(doc, ir_shape(doc->g, f->n));
    case FORM_DIAG: case FORM_IDENTITY:
        a.rows = length_of(doc, ir_shape(doc->g, f->n));
        return shape_of(a.rows, a.rows);
    case FORM_TURN:
        a = form_shape(doc, f->a);
        return shape_of(a.cols, a.rows);
    case FORM_PRODUCT:
        a = form_shape(doc, f->a);
        b = form_shape(doc, f->b);
        return shape_of(a.rows, b.cols);
    case FORM_SUM: case FORM_MINUS: return form_shape(doc, f->a);
    case FORM_PARTIAL:
        return shape_of(length_of(doc, ir_var(doc->g, f->v)->sh), length_of(doc, ir_var(doc->g, f->u)->sh));
    case FORM_LOSS: return shape_of(dim_literal(1), length_of(doc, ir_var(doc->g, f->v)->sh));
    }
    return shape_scalar();
}

/* ----------------------------------------------------------------- writing */

enum { PREC_SUM, PREC_PRODUCT, PREC_TIGHT };

static const char *text_of(document *doc, const form *f, int least);

static const char *infix(document *doc, const form *f, int prec, const char *sign, int least) {
    const char *a = text_of(doc, f->a, prec),
               *b = text_of(doc, f->b, f->kind == FORM_MINUS ? prec + 1 : prec);
    return doc_text(doc, prec < least ? "(%s%s%s)" : "%s%s%s", a, sign, b);
}

/* Does a node need brackets beside an @ or a .T? */
static bool is_compound(const document *doc, node_id n) {
    const node *x = ir_node(doc->g, n);
    return (op_table[x->op].flags & OP_FLAG_INFIX) && x->op != OP_MATMUL;
}

/* Derivatives are multiplied with a dot, as calculus books do; matrices with @. */
static bool is_derivative(const form *f) {
    if (f->kind == FORM_PRODUCT || f->kind == FORM_SUM) return is_derivative(f->a) || is_derivative(f->b);
    return f->kind == FORM_PARTIAL || f->kind == FORM_LOSS;
}

static const char *text_of(document *doc, const form *f, int least) {
    switch ((form_kind)f->kind) {
    case FORM_NODE:
        return doc_text(doc, least > PREC_SUM && is_compound(doc, f->n) ? "(%s)" : "%s",
                        doc_node(doc, f->n, true));
    case FORM_DIAG: return doc_text(doc, "diag(%s)", doc_node(doc, f->n, true));
    case FORM_IDENTITY: return "I";
    case FORM_TURN:
        return doc_text(doc, f->a->kind >= FORM_PARTIAL ? "(%s).T" : "%s.T", text_of(doc, f->a, PREC_TIGHT));
    case FORM_PRODUCT: return infix(doc, f, PREC_PRODUCT, is_derivative(f) ? " · " : " @ ", least);
    case FORM_SUM: return infix(doc, f, PREC_SUM, " + ", least);
    case FORM_MINUS: return infix(doc, f, PREC_SUM, " - ", least);
    case FORM_PARTIAL: return doc_text(doc, "∂%s/∂%s", doc_small_name(doc, f->v), doc_small_name(doc, f->u));
    case FORM_LOSS: return doc_text(doc, "∂%s/∂%s", doc->style.loss, doc_small_name(doc, f->v));
    }
    return "";
}

void doc_add_form(document *doc, block *b, const form *f) {
    if (f) doc_add_value(doc, b, text_of(doc, f, PREC_SUM), (value){.form = f});
}
