/* Messages for operands that do not fit: the rule that is broken, the operands with where
 * they come from, and what would fit instead. */
#include <assert.h>
#include <stdio.h>
#include <string.h>

#include "core/lang/reader.h"
#include "core/notation/notation.h"

const char *lang_shape_text(reader *r, shape s) {
    return print_shape_text(r->g, r->a, s);
}

const char *lang_source_text(reader *r, span at) {
    assert(at.start <= at.end && at.end <= r->m->src.len);
    const char *text = arena_text(r->a, r->m->src.text + at.start, at.end - at.start);
    return text ? text : "?";
}

/* "W1 : (n1, n0)   declared at line 6", the columns as wide as asked. */
static void note_operand(reader *r, const ast *x, node_id n, int name_width, int shape_width) {
    assert(n);
    const char *text = lang_source_text(r, x->at), *sh = lang_shape_text(r, ir_shape(r->g, n));
    var_id      v = x->kind == AST_NAME ? ir_find_var(r->g, x->name) : 0;
    uint32_t    line, column;
    if (!v || ir_var(r->g, v)->leaf != n) {
        diag_note(r->d, "%-*s : %s", name_width, text, sh);
        return;
    }
    uint8_t kind = ir_var(r->g, v)->kind;
    if (kind == VAR_GRADIENT) {
        diag_note(r->d, "%-*s : %-*s   the gradient of %s", name_width, text, shape_width, sh,
                  ir_var_name(r->g, ir_var(r->g, v)->of));
        return;
    }
    source_place(&r->m->src, ir_var(r->g, v)->at.start, &line, &column);
    const char *how = kind == VAR_DEFINED ? "defined" : kind == VAR_MASK ? "drawn" : "declared";
    diag_note(r->d, "%-*s : %-*s   %s at line %u", name_width, text, shape_width, sh, how, line);
}

static void note_operands(reader *r, const ast *xa, node_id a, const ast *xb, node_id b) {
    size_t name_a = strlen(lang_source_text(r, xa->at)), name_b = strlen(lang_source_text(r, xb->at));
    size_t shape_a = strlen(lang_shape_text(r, ir_shape(r->g, a))),
           shape_b = strlen(lang_shape_text(r, ir_shape(r->g, b)));
    int names = (int)(name_a > name_b ? name_a : name_b),
        shapes = (int)(shape_a > shape_b ? shape_a : shape_b);
    note_operand(r, xa, a, names, shapes);
    note_operand(r, xb, b, names, shapes);
}

static bool is_name(reader *r, const ast *x, const char *name) {
    return x->kind == AST_NAME && strcmp(symbols_name(r->p.names, x->name), name) == 0;
}

/* Variables that could stand in the place of an operand of this shape, but for both of x's own. */
static void note_what_fits(reader *r, shape wanted, const ast *x) {
    char list[160] = "";
    int  len = 0;
    for (var_id i = 1; i < r->g->vars.n; i++) {
        const variable *v = ir_var(r->g, i);
        const char     *name = ir_var_name(r->g, i);
        if (v->kind == VAR_GRADIENT || v->kind == VAR_CONST || v->kind == VAR_MASK ||
            !shape_equal(v->sh, wanted))
            continue;
        if (is_name(r, x->arg, name) || is_name(r, x->arg->next, name)) continue;
        if ((size_t)len + strlen(name) + 3 > sizeof list) break;
        len += snprintf(list + len, sizeof list - (size_t)len, "%s%s", len ? ", " : "", name);
    }
    if (len) diag_note(r->d, "%s : %s would fit here", list, lang_shape_text(r, wanted));
}

static bool product_fits(reader *r, node_id a, node_id b) {
    shape s[3] = {ir_shape(r->g, a), ir_shape(r->g, b), {0, 0}}, out;
    return ir_fits(r->g, OP_MATMUL, 0, s, &out);
}

static shape turned(shape s) {
    return shape_of(s.cols, s.rows);
}

/* X.T for X, and X for X.T. */
static const char *turned_text(reader *r, const ast *x) {
    if (x->kind == AST_TRANSPOSE) return lang_source_text(r, x->arg->at);
    const char *text = arena_format(r->a, "%s.T", lang_source_text(r, x->at));
    return text ? text : "?";
}

static void note_transposes(reader *r, const ast *x, shape a, shape b) {
    const char *left = lang_source_text(r, x->arg->at), *right = lang_source_text(r, x->arg->next->at);
    if (a.cols == b.cols) diag_note(r->d, "%s @ %s would fit", left, turned_text(r, x->arg->next));
    else if (a.rows == b.rows) diag_note(r->d, "%s @ %s would fit", turned_text(r, x->arg), right);
    else if (a.rows == b.cols) diag_note(r->d, "%s @ %s would fit", right, left);
}

node_id lang_mismatch_product(reader *r, const ast *x, node_id left, node_id right) {
    assert(left && right && !product_fits(r, left, right));
    shape       a = ir_shape(r->g, left), b = ir_shape(r->g, right), both;
    const ast  *xa = x->arg, *xb = x->arg->next;
    const char *sign = x->sign == SIGN_ADJACENT ? "" : "@ ";
    if (shape_is_scalar(a) || shape_is_scalar(b)) {
        diag_error(r->d, &r->m->src, x->at, "the matrix product @ needs two matrices, and %s is a number",
                   lang_source_text(r, shape_is_scalar(a) ? xa->at : xb->at));
        diag_note(r->d, "a number times a matrix is written *");
        return 0;
    }
    diag_error(r->d, &r->m->src, x->at, "inner dimensions differ: %s %s%s needs %s = %s",
               lang_shape_text(r, a), sign, lang_shape_text(r, b), print_dim_text(r->g, r->a, a.cols),
               print_dim_text(r->g, r->a, b.rows));
    note_operands(r, xa, left, xb, right);
    if (x->sign == SIGN_ADJACENT)
        diag_note(r->d, "two operands side by side mean the matrix product");
    if (shape_broadcast(a, b, &both))
        diag_note(r->d, "did you mean *? the elementwise product %s * %s fits", lang_source_text(r, xa->at),
                  lang_source_text(r, xb->at));
    if (xb->kind == AST_NAME) note_what_fits(r, shape_of(a.cols, b.cols), x);
    else if (xa->kind == AST_NAME) note_what_fits(r, shape_of(a.rows, b.rows), x);
    note_transposes(r, x, a, b);
    return 0;
}

node_id lang_mismatch_elementwise(reader *r, const ast *x, node_id left, node_id right) {
    assert(left && right);
    shape       a = ir_shape(r->g, left), b = ir_shape(r->g, right), both;
    const ast  *xa = x->arg, *xb = x->arg->next;
    const char *sign = x->kind == AST_BINARY && x->sign == '*' ? "*" /* which may be written · or × */
                       : x->kind == AST_BINARY
                           ? lang_source_text(r, span_at(x->at.point, x->at.point + 1 + (x->sign > 255)))
                           : "and";
    diag_error(r->d, &r->m->src, x->at, "shapes do not fit: %s %s %s, entry by entry", lang_shape_text(r, a),
               sign, lang_shape_text(r, b));
    note_operands(r, xa, left, xb, right);
    if (x->sign == '*' && product_fits(r, left, right))
        diag_note(r->d, "did you mean @? the matrix product %s @ %s fits", lang_source_text(r, xa->at),
                  lang_source_text(r, xb->at));
    if (shape_broadcast(a, turned(b), &both)) diag_note(r->d, "%s would fit", turned_text(r, xb));
    if (xb->kind == AST_NAME) note_what_fits(r, a, x);
    return 0;
}
