/* Tokens -> expression trees, by operator precedence with two explicit stacks: operands,
 * and what is still open (operators, brackets, calls). Precedence and associativity are
 * Python's; two operands side by side have the precedence of `*`. */
#include <assert.h>
#include <string.h>

#include "core/syntax/syntax.h"

typedef enum { OPEN_BINARY, OPEN_NEGATE, OPEN_BRACKET, OPEN_CALL, OPEN_INDEX, OPEN_SLICE } open_kind;

typedef struct open {
    uint8_t  kind;
    uint8_t  precedence; /* of an operator */
    uint32_t sign;
    span     at;
    ast     *call;    /* the node whose operands are being read */
    ast     *last;    /* its last operand so far */
    ast     *keyword; /* the keyword in front of the operand at hand; of a slice the range that has begun */
} open;

typedef struct state {
    parser *p;
    VEC(ast *) operands;
    VEC(open) stack;
} state;

enum { PREC_COMPARE = 1, PREC_SUM, PREC_PRODUCT, PREC_NEGATE, PREC_POWER };

static uint8_t precedence(uint32_t sign) {
    switch (sign) {
    case '<': case '>': case SIGN_LE: case SIGN_GE: case SIGN_EQ: case SIGN_NE: return PREC_COMPARE;
    case '+': case '-': return PREC_SUM;
    case '*': case '/': case '@': case SIGN_ADJACENT: return PREC_PRODUCT;
    case SIGN_POWER: return PREC_POWER;
    default: return 0;
    }
}

static const token *peek_at(const parser *p, uint32_t ahead) {
    uint32_t i = p->next + ahead;
    return &p->in->list.at[i < p->in->list.n ? i : p->in->list.n - 1];
}

bool syntax_is(const parser *p, uint32_t sign) {
    const token *t = syntax_peek(p);
    return t->kind == TOKEN_SIGN && t->sign == sign;
}

bool syntax_accept(parser *p, uint32_t sign) {
    if (!syntax_is(p, sign)) return false;
    p->next++;
    return true;
}

bool syntax_word(const parser *p, const char *word) {
    const token *t = syntax_peek(p);
    return t->kind == TOKEN_NAME && strcmp(symbols_name(p->names, t->name), word) == 0;
}

uint32_t ast_count(const ast *first) {
    uint32_t n = 0;
    for (; first; first = first->next) n++;
    return n;
}

static ast *node(state *s, ast_kind kind, span at) {
    ast *x = arena_new(s->p->a, sizeof *x);
    if (x) {
        x->kind = (uint8_t)kind;
        x->at = at;
    }
    return x;
}

static bool push_operand(state *s, ast *x) {
    if (!x) return false;
    vec_push(s->p->a, &s->operands, x);
    return !s->p->a->failed;
}

static ast *pop_operand(state *s) {
    return s->operands.n ? s->operands.at[--s->operands.n] : NULL;
}

static bool error_here(state *s, span at, const char *message) {
    diag_error(s->p->d, s->p->in->src, at, "%s", message);
    return false;
}

/* Closes the operator on top of the stack: its operands become one. */
static bool close_operator(state *s) {
    assert(s->stack.n && s->stack.at[s->stack.n - 1].kind <= OPEN_NEGATE);
    open top = s->stack.at[--s->stack.n];
    ast *right = pop_operand(s);
    ast *left = top.kind == OPEN_BINARY ? pop_operand(s) : NULL;
    assert(right && (left || top.kind == OPEN_NEGATE));
    span at = left ? span_join(left->at, right->at) : span_join(top.at, right->at);
    at.point = top.at.start;
    ast *x = node(s, top.kind == OPEN_BINARY ? AST_BINARY : AST_NEGATE, at);
    if (!x) return false;
    x->sign = top.sign;
    x->arg = left ? left : right;
    if (left) left->next = right;
    return push_operand(s, x);
}

static bool top_is_operator(const state *s) {
    return s->stack.n && s->stack.at[s->stack.n - 1].kind <= OPEN_NEGATE;
}

/* Closes operators that bind at least as tightly as `least`. */
static bool close_operators(state *s, uint8_t least) {
    while (top_is_operator(s) && s->stack.at[s->stack.n - 1].precedence >= least)
        if (!close_operator(s)) return false;
    return true;
}

static bool open_operator(state *s, uint32_t sign, span at) {
    assert(precedence(sign));
    uint8_t prec = precedence(sign);
    if (!close_operators(s, sign == SIGN_POWER ? (uint8_t)(prec + 1) : prec)) return false;
    if (prec == PREC_COMPARE && s->operands.n) {
        const ast *left = s->operands.at[s->operands.n - 1];
        if (left->kind == AST_BINARY && !left->bracketed && precedence(left->sign) == PREC_COMPARE)
            return error_here(s, at, "comparisons do not chain: put one of them in brackets");
    }
    vec_push(s->p->a, &s->stack, (open){.kind = OPEN_BINARY, .precedence = prec, .sign = sign, .at = at});
    return !s->p->a->failed;
}

static void add_operand(open *o, ast *x) {
    assert(x && o->call && (!o->last || !o->last->next));
    if (o->keyword) {
        o->keyword->arg = x;
        o->keyword->at = span_join(o->keyword->at, x->at);
        x = o->keyword;
        o->keyword = NULL;
    }
    if (o->last) o->last->next = x;
    else o->call->arg = x;
    o->last = x;
}

/* `name =` at the start of an operand of a call. */
static void read_keyword(state *s) {
    open        *o = &s->stack.at[s->stack.n - 1];
    const token *name = peek_at(s->p, 0), *sign = peek_at(s->p, 1);
    if (o->kind != OPEN_CALL || name->kind != TOKEN_NAME || sign->kind != TOKEN_SIGN || sign->sign != '=')
        return;
    o->keyword = node(s, AST_KEYWORD, name->at);
    if (o->keyword) o->keyword->name = name->name;
    s->p->next += 2;
}

static bool open_call(state *s, ast *call, open_kind kind, ast *first) {
    if (!call) return false;
    open o = {.kind = (uint8_t)kind, .at = peek_at(s->p, 0)->at, .call = call};
    s->p->next++;
    if (first) {
        first->next = NULL;
        add_operand(&o, first);
    }
    vec_push(s->p->a, &s->stack, o);
    if (s->p->a->failed) return false;
    read_keyword(s);
    return true;
}

sym syntax_layer_name(parser *p, span *at) {
    assert(peek_at(p, 0)->kind == TOKEN_NAME);
    const token *name = peek_at(p, 0), *open_sign = peek_at(p, 1), *number = peek_at(p, 2),
                *close = peek_at(p, 3);
    *at = name->at;
    p->next++;
    if (open_sign->kind != TOKEN_SIGN || open_sign->sign != '[' || open_sign->spaced ||
        number->kind != TOKEN_NUMBER || close->kind != TOKEN_SIGN || close->sign != ']')
        return name->name;
    p->next += 3;
    at->end = close->at.end;
    const char *layer = p->in->src->text + number->at.start;
    char *text = arena_format(p->a, "%s%.*s", symbols_name(p->names, name->name),
                              (int)(number->at.end - number->at.start), layer);
    return text ? symbols_add(p->names, text, strlen(text)) : 0;
}

/* May a name stand where it is not called? A bracket right behind it would call it. */
static bool may_stand_alone(state *s, const ast *x, bool function, bool bracket) {
    parser *p = s->p;
    if (x->primes)
        return error_here(s, x->at,
                          "a prime is a derivative and stands on a function that is called, as in g1'(Z1); "
                          "the transpose is written .T");
    if (function) return error_here(s, x->at, "this is a function: it needs its operands in brackets");
    if (!bracket || syntax_peek(p)->spaced) return true;
    p->not_function(p->user, x->name, x->at);
    return false;
}

/* A name, and the call or index list that it may open. */
static bool read_name(state *s, bool *operand_done) {
    parser      *p = s->p;
    const token *t = peek_at(p, 0);
    ast         *x = node(s, AST_NAME, t->at);
    if (!x) return false;
    if (p->indices) {
        x->name = t->name;
        p->next++;
    } else {
        x->name = syntax_layer_name(p, &x->at);
    }
    if (peek_at(p, 0)->kind == TOKEN_PRIMES) {
        x->primes = peek_at(p, 0)->primes;
        x->at.end = peek_at(p, 0)->at.end;
        p->next++;
    }
    bool bracket = syntax_is(p, '('), function = !p->is_function || p->is_function(p->user, x->name);
    *operand_done = false;
    if (bracket && function) {
        x->kind = AST_CALL;
        return open_call(s, x, OPEN_CALL, NULL);
    }
    if (!may_stand_alone(s, x, p->is_function && function, bracket)) return false;
    if (p->indices && syntax_is(p, '[')) return open_call(s, x, OPEN_INDEX, NULL);
    *operand_done = true;
    return push_operand(s, x);
}

/* The first token of an operand. */
static bool read_operand(state *s, bool *operand_done) {
    parser      *p = s->p;
    const token *t = peek_at(p, 0);
    *operand_done = false;
    if (t->kind == TOKEN_NUMBER) {
        ast *x = node(s, AST_NUMBER, t->at);
        if (!x) return false;
        x->number = t->number;
        p->next++;
        *operand_done = true;
        return push_operand(s, x);
    }
    if (t->kind == TOKEN_NAME) return read_name(s, operand_done);
    if (syntax_is(p, '+')) {
        p->next++;
        return true;
    }
    if (syntax_is(p, '-') || syntax_is(p, '(')) {
        open_kind kind = t->sign == '-' ? OPEN_NEGATE : OPEN_BRACKET;
        vec_push(p->a, &s->stack,
                 (open){.kind = (uint8_t)kind, .precedence = PREC_NEGATE, .sign = '-', .at = t->at});
        p->next++;
        return !p->a->failed;
    }
    if (t->kind == TOKEN_END) return error_here(s, t->at, "the line ends where a value is expected");
    return error_here(s, t->at, "a value is expected here: a name, a number, a call or an opening bracket");
}

/* `.T` or `.dot(` behind an operand. */
static bool read_postfix(state *s, bool *operand_done) {
    parser      *p = s->p;
    const token *name = peek_at(p, 1);
    const char  *text = name->kind == TOKEN_NAME ? symbols_name(p->names, name->name) : "";
    bool         is_dot = strcmp(text, "dot") == 0 || strcmp(text, "sum") == 0 || strcmp(text, "mean") == 0;
    ast         *inner = pop_operand(s);
    assert(inner);
    if (strcmp(text, "T") == 0) {
        ast *x = node(s, AST_TRANSPOSE, span_join(inner->at, name->at));
        if (!x) return false;
        x->arg = inner;
        p->next += 2;
        return push_operand(s, x);
    }
    if (!is_dot || !(peek_at(p, 2)->kind == TOKEN_SIGN && peek_at(p, 2)->sign == '('))
        return error_here(s, span_join(peek_at(p, 0)->at, name->at),
                          "behind a value the notation knows .T, .dot(..), .sum(..) and .mean(..)");
    ast *x = node(s, AST_CALL, span_join(inner->at, name->at));
    if (!x) return false;
    x->name = name->name;
    p->next += 2;
    *operand_done = false;
    return open_call(s, x, OPEN_CALL, inner);
}

/* `[` behind an operand: rows and columns of it are taken. */
static bool open_slice(state *s) {
    ast *inner = pop_operand(s), *x = inner ? node(s, AST_SLICE, inner->at) : NULL;
    if (!x || !open_call(s, x, OPEN_SLICE, inner)) return false;
    x->at.point = s->stack.at[s->stack.n - 1].at.start;
    return true;
}

/* The operand that has just been read ends a range, or begins one: in front of `:`. */
static bool add_range(state *s, bool begins) {
    open *o = &s->stack.at[s->stack.n - 1];
    ast  *x = pop_operand(s), *range = o->keyword;
    if (range && begins) return error_here(s, syntax_peek(s->p)->at, "a slice is from:to, without a step");
    if (!range) range = node(s, AST_RANGE, x->at);
    if (!range) return false;
    if (range->arg) range->arg->next = x;
    else range->arg = x;
    range->at = span_join(range->at, x->at);
    o->keyword = begins ? range : NULL;
    if (begins) return true;
    o->last->next = range;
    o->last = range;
    return true;
}

static bool is_slice_open(const state *s) {
    return s->stack.n && s->stack.at[s->stack.n - 1].kind == OPEN_SLICE;
}

/* Where an end of a range is not written, before `:`, `,` or `]`. */
static bool lacks_bound(const state *s) {
    return is_slice_open(s) && (syntax_is(s->p, ':') || syntax_is(s->p, ',') || syntax_is(s->p, ']'));
}

static bool read_colon(state *s) {
    if (!close_operators(s, 0)) return false;
    if (!is_slice_open(s))
        return error_here(s, syntax_peek(s->p)->at, "a colon stands in a slice: Z[0:3, :]");
    if (!add_range(s, true)) return false;
    s->p->next++;
    return true;
}

/* `,` inside a call or an index list. */
static bool read_comma(state *s) {
    if (!close_operators(s, 0)) return false;
    open *o = s->stack.n ? &s->stack.at[s->stack.n - 1] : NULL;
    if (!o || !o->call)
        return error_here(s, syntax_peek(s->p)->at, "a comma stands between the operands of a function");
    if (o->kind == OPEN_SLICE) {
        s->p->next++;
        return add_range(s, false);
    }
    add_operand(o, pop_operand(s));
    s->p->next++;
    read_keyword(s);
    return true;
}

/* `)` or `]`; `empty` when no operand stands before it, which only a call allows. */
static bool read_close(state *s, bool empty) {
    assert(s->stack.n && (empty || s->operands.n));
    const token *t = syntax_peek(s->p);
    if (!empty && !close_operators(s, 0)) return false;
    open o = s->stack.at[s->stack.n - 1];
    if ((o.kind >= OPEN_INDEX) != (t->sign == ']'))
        return error_here(s, t->at, "this is not the bracket that is open");
    if (o.kind == OPEN_SLICE && !add_range(s, false)) return false;
    s->p->next++;
    s->stack.n--;
    if (o.kind == OPEN_BRACKET) {
        ast *inner = s->operands.at[s->operands.n - 1];
        inner->bracketed = true;
        inner->at.start = o.at.start;
        inner->at.end = t->at.end;
        return true;
    }
    if (!empty && o.kind != OPEN_SLICE) add_operand(&o, pop_operand(s));
    o.call->at.end = t->at.end;
    return push_operand(s, o.call);
}

/* Is a bracket, a call or an index list open? */
static bool is_inside(const state *s) {
    for (uint32_t i = s->stack.n; i-- > 0;)
        if (s->stack.at[i].kind > OPEN_NEGATE) return true;
    return false;
}

static bool starts_operand(const token *t) {
    return t->kind == TOKEN_NAME || t->kind == TOKEN_NUMBER || (t->kind == TOKEN_SIGN && t->sign == '(');
}

/* A sign behind which another operand stands: of a slice, or of a list. */
static bool is_slice_sign(const state *s, const token *t) {
    if (t->kind != TOKEN_SIGN) return false;
    return t->sign == '[' ? !s->p->indices : (t->sign == ':' || t->sign == ',') && is_inside(s);
}

/* One token behind a finished operand; `done` when the expression ends before it. */
static bool read_operator(state *s, bool *operand_done, bool *done) {
    const token *t = syntax_peek(s->p);
    if (t->kind == TOKEN_SIGN && t->sign == '.') return read_postfix(s, operand_done);
    if (is_slice_sign(s, t)) {
        *operand_done = false;
        return t->sign == '[' ? open_slice(s) : t->sign == ':' ? read_colon(s) : read_comma(s);
    }
    if (t->kind == TOKEN_SIGN && (t->sign == ')' || t->sign == ']') && is_inside(s))
        return read_close(s, false);
    if (t->kind == TOKEN_SIGN && precedence(t->sign)) {
        *operand_done = false;
        s->p->next++;
        return open_operator(s, t->sign, t->at);
    }
    if (t->kind == TOKEN_PRIMES)
        return error_here(s, t->at, "a prime is a derivative and stands on a function, as in g1'(Z1); "
                                    "the transpose is written .T");
    if (starts_operand(t)) {
        *operand_done = false;
        return open_operator(s, SIGN_ADJACENT, span_at(t->at.start, t->at.start));
    }
    *done = true;
    return true;
}

static bool closes_empty_call(const state *s) {
    const open *o = s->stack.n ? &s->stack.at[s->stack.n - 1] : NULL;
    return o && o->kind == OPEN_CALL && !o->keyword && syntax_is(s->p, ')');
}

ast *syntax_expression(parser *p) {
    state s = {.p = p};
    bool  operand_done = false, done = false;
    while (!done) {
        bool ok;
        if (operand_done) {
            ok = read_operator(&s, &operand_done, &done);
        } else if (lacks_bound(&s)) {
            uint32_t here = syntax_peek(p)->at.start;
            ok = push_operand(&s, node(&s, AST_ABSENT, span_at(here, here)));
            operand_done = true;
        } else if (closes_empty_call(&s)) {
            ok = read_close(&s, true);
            operand_done = true;
        } else {
            ok = read_operand(&s, &operand_done);
        }
        if (!ok || p->a->failed) return NULL;
    }
    if (!close_operators(&s, 0)) return NULL;
    if (s.stack.n) {
        error_here(&s, s.stack.at[s.stack.n - 1].at, "this bracket is not closed");
        return NULL;
    }
    return pop_operand(&s);
}

ast *syntax_read(arena *a, symbols *names, diags *d, const char *text, bool indices) {
    source *src = arena_new(a, sizeof *src);
    if (!src) return NULL;
    *src = (source){.name = "table", .text = text, .len = strlen(text)};
    tokens *in = arena_new(a, sizeof *in);
    if (!in) return NULL;
    syntax_lex(src, a, names, d, in);
    if (a->failed) return NULL;
    parser p = {.a = a, .names = names, .d = d, .in = in, .indices = indices};
    ast   *x = syntax_expression(&p);
    if (x && syntax_peek(&p)->kind != TOKEN_END) {
        diag_error(d, src, syntax_peek(&p)->at, "the expression ends before this");
        return NULL;
    }
    return x;
}

dfoo_status ast_postorder(ast *root, arena *a, ast_list *out) {
    assert(root);
    ast_list stack = {{0}};
    vec_push(a, &stack.list, root);
    while (stack.list.n) { /* parents before operands; turned round below */
        ast *x = stack.list.at[--stack.list.n];
        vec_push(a, &out->list, x);
        for (ast *arg = x->arg; arg; arg = arg->next) vec_push(a, &stack.list, arg);
    }
    for (uint32_t i = 0, k = out->list.n; i + 1 < k; i++) {
        ast *t = out->list.at[i];
        out->list.at[i] = out->list.at[--k];
        out->list.at[k] = t;
    }
    return arena_status(a);
}
