/* Texts -> a rule: its constants and lines. Names are looked at when all texts are there (check.c), shapes
 * for each parameter (build.c). */
#include <assert.h>
#include <math.h>
#include <string.h>

#include "run/rule/read.h"

typedef struct reader {
    rule         *r;
    const source *src;
    tokens        in;
    parser        p;
} reader;

static const token *peek(const reader *x) {
    return syntax_peek(&x->p);
}

static dfoo_status error_at(const reader *x, span at, const char *message) {
    return diag_error(x->r->d, x->src, at, "%s", message);
}

static bool is_function(void *user, sym name) {
    const rule *r = ((const reader *)user)->r;
    op_id       op = op_find(rule_name(r, name));
    return op && !(op_may_be_hidden(op) && (rule_own_of(r, name) >= 0 || rule_const_of(r, name) >= 0));
}

/* A known name before a bracket was meant as a factor; another may be mistyped. */
static void not_function(void *user, sym name, span at) {
    const reader *x = user;
    const rule   *r = x->r;
    const char   *text = rule_name(r, name), *close = rule_closest_function(r, name);
    if (rule_own_of(r, name) >= 0 || rule_const_of(r, name) >= 0 || !close) {
        diag_error(r->d, x->src, at, "'%s' is not a function", text);
        diag_note(r->d, "for a product put a space before the bracket: %s (..)", text);
        return;
    }
    diag_error(r->d, x->src, at, "unknown function '%s'", text);
    diag_note(r->d, "did you mean %s?", close);
}

/* A name in front of `=`. */
static dfoo_status read_target(reader *x, sym *name, span *at) {
    if (peek(x)->kind != TOKEN_NAME)
        return error_at(x, peek(x)->at,
                        "a line is `name = expression`, or const with names and their values");
    *name = syntax_layer_name(&x->p, at);
    const char *text = rule_name(x->r, *name);
    if (op_find(text) && !op_may_be_hidden(op_find(text)))
        return diag_error(x->r->d, x->src, *at, "'%s' is the name of a function", text);
    if (syntax_accept(&x->p, '=')) return DFOO_OK;
    error_at(x, peek(x)->at, "= is expected here: a line is `name = expression`");
    if (syntax_is(&x->p, '(')) diag_note(x->r->d, "an optimiser defines no functions of its own");
    return DFOO_EINPUT;
}

static dfoo_status expect_end(const reader *x) {
    return peek(x)->kind == TOKEN_END ? DFOO_OK : error_at(x, peek(x)->at, "the line should end here");
}

/* The operation that a tree node stands for, if it makes a number of numbers. */
static op_id number_op(const rule *r, const ast *x) {
    op_id op = x->kind == AST_CALL     ? op_find(rule_name(r, x->name))
               : x->kind == AST_NEGATE ? OP_NEG
               : x->kind == AST_BINARY ? op_infix(x->sign == SIGN_ADJACENT ? '*' : x->sign)
                                       : OP_NONE;
    bool  fits =
        op && op_elementwise(op) && op != OP_DROPOUT && !x->primes && ast_count(x->arg) == op_table[op].arity;
    return fits ? op : OP_NONE;
}

/* A constant that stands further up, or pi. */
static bool named_number(const rule *r, ast *n) {
    int known = rule_const_of(r, n->name);
    if (rule_own_of(r, n->name) == RULE_pi)
        n->number = IR_PI;
    else if (known >= 0)
        n->number = r->consts.at[known].value;
    else
        return false;
    return true;
}

/* An operation on numbers; its operands have their values. */
static bool computed_number(const rule *r, ast *n) {
    op_id      op = number_op(r, n);
    if (!op) return false;
    assert(n->arg);
    const ast *b = n->arg->next, *c = b ? b->next : NULL;
    n->number = eval_scalar(op, n->arg->number, b ? b->number : 0, c ? c->number : 0);
    return true;
}

/* The value of a tree of numbers and constants, kept in the tree. */
static dfoo_status read_number(reader *x, ast *root, double *out) {
    ast_list order = {{0}};
    DFOO_TRY(ast_postorder(root, x->r->a, &order));
    for (uint32_t i = 0; i < order.list.n; i++) {
        ast *n = order.list.at[i];
        bool known =
            n->kind == AST_NUMBER || (n->kind == AST_NAME ? named_number(x->r, n) : computed_number(x->r, n));
        if (!known)
            return error_at(x, n->at, "a number is expected here, or constants that stand further up");
    }
    *out = root->number;
    return isfinite(*out) ? DFOO_OK : error_at(x, root->at, "this is not a finite number");
}

static dfoo_status check_const_name(const reader *x, sym name, span at) {
    const rule *r = x->r;
    const char *text = rule_name(r, name);
    int         own = rule_own_of(r, name);
    if (own >= 0 && !rule_is_rate(r, name)) {
        diag_error(r->d, x->src, at, "'%s' cannot be a constant", text);
        diag_note(r->d, "%s", rule_own_names[own].what);
        return DFOO_EINPUT;
    }
    int other = rule_const_of(r, name);
    if (other < 0) return DFOO_OK;
    uint32_t line, column;
    source_place(r->consts.at[other].src, r->consts.at[other].at.start, &line, &column);
    diag_error(r->d, x->src, at, "'%s' is a constant already", text);
    diag_note(r->d, "it stands in line %u of %s", line, r->consts.at[other].src->name);
    return DFOO_EINPUT;
}

/* const beta = 0.9, epsilon = 1e-8 */
static dfoo_status read_consts(reader *x) {
    x->p.next++;
    do {
        rule_const c = {.src = x->src};
        DFOO_TRY(read_target(x, &c.name, &c.at));
        DFOO_TRY(check_const_name(x, c.name, c.at));
        ast *value = syntax_expression(&x->p);
        if (!value) return DFOO_EINPUT;
        DFOO_TRY(read_number(x, value, &c.value));
        vec_push(x->r->a, &x->r->consts, c);
    } while (syntax_accept(&x->p, ','));
    return expect_end(x);
}

/* True behind keepdims= is no name. */
static void read_true(const rule *r, const ast_list *order) {
    for (uint32_t i = 0; i < order->list.n; i++) {
        ast *value = order->list.at[i]->kind == AST_KEYWORD ? order->list.at[i]->arg : NULL;
        if (!value || value->kind != AST_NAME || strcmp(rule_name(r, value->name), "True") != 0) continue;
        value->kind = AST_NUMBER;
        value->number = 1;
    }
}

static dfoo_status read_line(reader *x) {
    rule_line l = {.src = x->src};
    DFOO_TRY(read_target(x, &l.target, &l.at));
    l.right = syntax_expression(&x->p);
    if (!l.right) return DFOO_EINPUT;
    DFOO_TRY(expect_end(x));
    l.at.end = x->in.list.at[x->p.next - 1].at.end;
    l.at.point = l.at.start;
    DFOO_TRY(ast_postorder(l.right, x->r->a, &l.order));
    read_true(x->r, &l.order);
    vec_push(x->r->a, &x->r->lines, l);
    return DFOO_OK;
}

dfoo_status rule_add(rule *r, const source *src) {
    reader   x = {.r = r, .src = src};
    uint32_t n_errors = r->d->n_errors;
    syntax_lex(src, r->a, r->names, r->d, &x.in);
    if (r->a->failed) return DFOO_ENOMEM;
    x.p = (parser){.a = r->a,
                   .names = r->names,
                   .d = r->d,
                   .in = &x.in,
                   .is_function = is_function,
                   .not_function = not_function};
    x.p.user = &x;
    vec_push(r->a, &r->texts, src);
    while (x.p.next + 1 < x.in.list.n && !r->a->failed) {
        dfoo_status status = syntax_word(&x.p, "const") ? read_consts(&x) : read_line(&x);
        if (status == DFOO_ENOMEM) return status;
        while (peek(&x)->kind != TOKEN_END) x.p.next++;
        if (x.p.next + 1 < x.in.list.n) x.p.next++;
    }
    if (r->a->failed || r->d->a->failed) return DFOO_ENOMEM;
    return r->d->n_errors == n_errors ? DFOO_OK : DFOO_EINPUT;
}
