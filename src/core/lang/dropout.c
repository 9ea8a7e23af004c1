/* dropout(A1, 0.8): the operand times a mask, which is a variable of its own with a name that
 * is still free, so that the gradient has a line of its own: dA1 = W2.T @ dZ2 * M1. */
#include <assert.h>
#include <string.h>

#include "core/lang/reader.h"

/* ------------------------------------------------------------------- names */

/* Does some line of the file declare or define this name? */
static bool is_taken(reader *r, sym name) {
    uint32_t before = r->p.next;
    bool     taken = false;
    for (uint32_t i = 0; i + 1 < r->in.list.n && !taken; i++) {
        const token *t = &r->in.list.at[i];
        span         at;
        if ((i && t[-1].kind != TOKEN_END) || t->kind != TOKEN_NAME) continue;
        r->p.next = i + (t[1].kind == TOKEN_NAME); /* behind a word such as input */
        taken = syntax_layer_name(&r->p, &at) == name;
    }
    r->p.next = before;
    return taken;
}

static sym free_name(reader *r, const char *text) {
    sym name = text ? symbols_add(r->p.names, text, strlen(text)) : 0;
    bool free = name && !ir_find_var(r->g, name) && !lang_is_size_name(r, name) &&
                !model_function(r->m, name) && !is_taken(r, name);
    return free ? name : 0;
}

static const char *number_of(const char *name) {
    return name + strcspn(name, "0123456789");
}

/* M3 for the mask in D3 = dropout(A1, ..), M1 for that of A1 inside of a formula (where A1 has no
 * number, that of the formula's name), or the first free one. */
static sym mask_name(reader *r, const ast *x) {
    assert(r->defining && x->arg);
    const char *left = number_of(symbols_name(r->p.names, r->defining));
    const char *own = number_of(x->arg->kind == AST_NAME ? symbols_name(r->p.names, x->arg->name) : "");
    const char *digits = (x == r->whole && *left) || !*own ? left : own;
    sym name = free_name(r, arena_format(r->a, "M%s", digits));
    for (unsigned i = 1; !name && !r->a->failed; i++) name = free_name(r, arena_format(r->a, "M%u", i));
    return name;
}

/* -------------------------------------------------------------------- mask */

/* How much is kept: a number, or a constant of the model. */
static bool read_keep(reader *r, const ast *x, variable *mask) {
    assert(x->value);
    const node *n = ir_node(r->g, x->value);
    bool        constant = n->op == OP_VAR && ir_var(r->g, n->ref)->kind == VAR_CONST;
    if (constant) mask->of = n->ref;
    if (constant) mask->value = ir_var(r->g, n->ref)->value;
    if (!constant && !ir_is_number(r->g, x->value, &mask->value)) {
        lang_refuse(r, x,
                    "the part that dropout keeps is a number or a constant here, as in dropout(A1, 0.8)");
        return false;
    }
    if (mask->value > 0 && mask->value <= 1) return true;
    diag_error(r->d, &r->m->src, x->at,
               "dropout keeps a part of the entries: more than 0 and at most 1, not %g", mask->value);
    return false;
}

/* In the forward pass only, and not inside a function, which works on one entry. */
static bool may_stand_here(reader *r, const ast *x) {
    if (r->minimized) {
        lang_refuse(
            r, x, "behind `minimize` the mask is written by its name: each dropout draws a mask of its own");
        diag_note(r->d, "`dfoo derive` says what the masks are called");
    } else if (r->n_formals) {
        lang_refuse(r, x,
                    "dropout stands in a definition, not in a function: each of its uses would have a mask "
                    "of its own");
    } else {
        return true;
    }
    return false;
}

node_id lang_read_dropout(reader *r, const ast *x) {
    const ast *operand = x->arg, *keep = operand ? operand->next : NULL;
    variable   mask = {.kind = VAR_MASK, .given_name = true, .at = x->at};
    for (const ast *a = operand; a; a = a->next)
        if (!a->value && a->kind != AST_KEYWORD) return 0;
    if (!keep || keep->next || operand->kind == AST_KEYWORD || keep->kind == AST_KEYWORD)
        return lang_refuse(r, x, "dropout takes a value and the part that is kept, as in dropout(A1, 0.8)");
    if (!may_stand_here(r, x) || !read_keep(r, keep, &mask)) return 0;
    mask.sh = ir_shape(r->g, operand->value);
    if (shape_is_scalar(mask.sh)) return lang_refuse(r, operand, "this needs a matrix, and it is a number");
    mask.name = mask_name(r, x);
    var_id v = mask.name ? ir_add_var(r->g, mask) : 0;
    return v ? ir_op2(r->g, OP_DROPOUT, operand->value, ir_var(r->g, v)->leaf) : 0;
}
