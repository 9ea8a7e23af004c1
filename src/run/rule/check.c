/* What the names of a rule stand for, and everything that is wrong with them. */
#include <string.h>

#include "run/rule/check.h"

/* The line that gives a name its value, looking back from line `before`; or -1. */
static int line_of(const rule *r, sym name, uint32_t before) {
    while (before-- > 0)
        if (r->lines.at[before].target == name) return (int)before;
    return -1;
}

static dfoo_status find_states(rule *r) {
    for (uint32_t i = 0; i < r->lines.n; i++) {
        const ast_list *order = &r->lines.at[i].order;
        for (uint32_t k = 0; k < order->list.n; k++) {
            sym name = order->list.at[k]->name;
            if (order->list.at[k]->kind != AST_NAME || rule_own_of(r, name) >= 0 || rule_is_state(r, name))
                continue;
            if (line_of(r, name, i) < 0 && line_of(r, name, r->lines.n) >= 0)
                vec_push(r->a, &r->states, name);
        }
    }
    return arena_status(r->a);
}

static dfoo_status unknown_name(const rule *r, const rule_line *l, const ast *x) {
    const char *close = rule_closest_name(r, x->name);
    diag_error(r->d, l->src, x->at, "unknown name '%s'", rule_name(r, x->name));
    if (close) {
        diag_note(r->d, "did you mean %s?", close);
    } else {
        diag_note(
            r->d,
            "there are w, g, alpha, t, epoch, epochs, steps, norm and pi, constants (const beta = 0.9), "
            "and what stands on the left of a line");
    }
    return DFOO_EINPUT;
}

/* Also tells whether the name is one number for all parameters. */
static dfoo_status check_name(rule *r, uint32_t i, const ast *x, bool *shared) {
    const rule_line *l = &r->lines.at[i];
    int              own = rule_own_of(r, x->name), line = line_of(r, x->name, i);
    if (own >= 0) {
        r->uses[own] = true;
        *shared = rule_own_names[own].shared;
        if (!rule_is_rate(r, x->name) || rule_const_of(r, x->name) >= 0) return DFOO_OK;
        diag_error(r->d, l->src, x->at, "the learning rate has no value");
        diag_note(r->d, "write const alpha = 0.1, or another number");
        return DFOO_EINPUT;
    }
    *shared = true;
    if (rule_const_of(r, x->name) >= 0) return DFOO_OK;
    *shared = !rule_is_state(r, x->name) && line >= 0 && r->lines.at[line].shared;
    return line >= 0 || rule_is_state(r, x->name) ? DFOO_OK : unknown_name(r, l, x);
}

static dfoo_status check_keyword(const rule *r, const rule_line *l, const ast *x) {
    const char *name = rule_name(r, x->name);
    const ast  *value = x->arg;
    bool        one = value->kind == AST_NUMBER && value->number == 1;
    if (strcmp(name, "axis") == 0 && (one || (value->kind == AST_NUMBER && value->number == 0)))
        return DFOO_OK;
    if (strcmp(name, "keepdims") == 0 && one) return DFOO_OK;
    diag_error(r->d, l->src, x->at, "this is not known here");
    diag_note(r->d, "there are axis=0, axis=1 and keepdims=True, for sum, mean and max");
    return DFOO_EINPUT;
}

static uint32_t count_operands(const ast *x) {
    uint32_t n = 0;
    for (const ast *a = x->arg; a; a = a->next) n += a->kind != AST_KEYWORD;
    return n;
}

static dfoo_status check_call(const rule *r, const rule_line *l, const ast *x) {
    const char *name = rule_name(r, x->name);
    op_id       op = op_find(name);
    uint32_t    n = count_operands(x);
    bool        reduced = op_table[op].rule == SHAPE_REDUCED;
    if (!op || op == OP_DROPOUT || !(reduced || op_elementwise(op)) || x->primes) {
        diag_error(r->d, l->src, x->at, "%s cannot stand in an optimiser", name);
        diag_note(r->d, "there are functions that work entry by entry, such as sqrt, and sum, mean and max");
        return DFOO_EINPUT;
    }
    if (n != op_table[op].arity)
        return diag_error(r->d, l->src, x->at, "%s takes %u operand%s, not %u", name, op_table[op].arity,
                          op_table[op].arity == 1 ? "" : "s", n);
    if (!reduced && n != ast_count(x->arg))
        return diag_error(r->d, l->src, x->at, "%s works entry by entry and has no axis", name);
    return DFOO_OK;
}

static dfoo_status check_target(const rule *r, const rule_line *l) {
    int         own = rule_own_of(r, l->target);
    const char *name = rule_name(r, l->target);
    span        at = span_at(l->at.start, l->at.start + (uint32_t)strlen(name));
    if (own >= 0 && own != RULE_w && own != RULE_g && own != RULE_alpha) {
        diag_error(r->d, l->src, at, "'%s' cannot be set", name);
        diag_note(r->d, "%s", rule_own_names[own].what);
        return DFOO_EINPUT;
    }
    if (own >= 0 || rule_const_of(r, l->target) < 0) return DFOO_OK;
    diag_error(r->d, l->src, at, "'%s' is a constant and cannot be set", name);
    diag_note(r->d, "what a step changes is given no value by const: it starts at 0");
    return DFOO_EINPUT;
}

static dfoo_status refuse_rate(const rule *r, const rule_line *l, const ast *x) {
    diag_error(r->d, l->src, x->at, "the learning rate is one number for all parameters, and '%s' is not",
               rule_name(r, x->name));
    diag_note(r->d, "there are constants, alpha0, t, epoch, epochs, steps and norm");
    return DFOO_EINPUT;
}

static dfoo_status check_line(rule *r, uint32_t i) {
    rule_line *l = &r->lines.at[i];
    int        own = rule_own_of(r, l->target);
    DFOO_TRY(check_target(r, l));
    l->shared = own != RULE_w && own != RULE_g && !rule_is_state(r, l->target);
    for (uint32_t k = 0; k < l->order.list.n; k++) {
        const ast *x = l->order.list.at[k];
        bool       shared = true;
        if (x->kind == AST_NAME) DFOO_TRY(check_name(r, i, x, &shared));
        if (x->kind == AST_CALL) DFOO_TRY(check_call(r, l, x));
        if (x->kind == AST_KEYWORD) DFOO_TRY(check_keyword(r, l, x));
        if (x->kind == AST_SLICE)
            return diag_error(r->d, l->src, x->at,
                              "an optimiser takes no rows or columns: it is about all entries");
        if (!shared && own == RULE_alpha) return refuse_rate(r, l, x);
        l->shared = l->shared && shared;
    }
    return DFOO_OK;
}

dfoo_status rule_check(rule *r) {
    dfoo_status status = find_states(r);
    for (uint32_t i = 0; i < r->lines.n; i++) {
        dfoo_status one = check_line(r, i);
        if (one != DFOO_OK) status = one;
    }
    return r->a->failed || r->d->a->failed ? DFOO_ENOMEM : status;
}
