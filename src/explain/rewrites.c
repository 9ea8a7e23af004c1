/* The steps that simplification made of a gradient, with their names, and the derivatives of
 * the functions that a link passes through. */
#include "explain/teller.h"

/* "log'(a) = 1/a" */
static const char *slope(teller *t, op_id op) {
    buf b;
    buf_init(&b, t->a->mem);
    explain_slope(op, &b);
    return doc_formula(t, "%s", doc_take(t, &b));
}

/* "(a**3)' = 3*a**2" */
static const char *power_slope(teller *t, double power) {
    buf b;
    buf_init(&b, t->a->mem);
    buf_puts(&b, "(a**");
    buf_number(&b, power);
    buf_puts(&b, ")' = ");
    buf_number(&b, power);
    buf_puts(&b, power == 2 ? "*a" : "*a**");
    if (power != 2) buf_number(&b, power - 1);
    return doc_formula(t, "%s", doc_take(t, &b));
}

/* What there is to say of one operation on the way; "": nothing. */
static const char *derivative_remark(teller *t, const link *l, node_id n, bool *seen) {
    const node    *x = ir_node(t->g, n);
    const op_info *info = &op_table[x->op];
    bool           function = op_elementwise((op_id)x->op) && !(info->flags & OP_FLAG_INFIX) && info->arity == 1;
    double         power;
    const char    *text = "";
    if (x->op == OP_DROPOUT)
        text = arena_format(t->a, "%s is %s: what is dropped has no effect, what is kept is scaled", doc_node(t, n, false),
                            doc_formula(t, "%s * %s", doc_node(t, x->arg[0], false), doc_node(t, x->arg[1], false)));
    else if (function && !seen[x->op]) text = slope(t, (op_id)x->op);
    else if (x->op == OP_POW && ir_is_number(t->g, x->arg[1], &power)) text = power_slope(t, power);
    else if (x->op == OP_SUB && x->arg[1] == ir_var(t->g, l->to->var)->leaf)
        text = doc_formula(t, "∂(%s)/∂%s = -1", doc_node(t, n, false), doc_name(t, l->to->var));
    seen[x->op] = true;
    return text ? text : "";
}

static bool has_node(teller *t, node_id n, node_id part) {
    node_list need = {{0}};
    if (ir_reach(t->g, t->a, &n, 1, &need) != DFOO_OK) return false;
    for (uint32_t i = 0; i < need.list.n; i++)
        if (need.list.at[i] == part) return true;
    return false;
}

/* The functions that a gradient passes through, with their derivatives: log'(a) = 1/a. */
const char *derivative_remarks(teller *t, const link *l) {
    buf       b;
    node_list need = {{0}};
    bool      seen[OP_COUNT] = {false};
    buf_init(&b, t->a->mem);
    if (ir_reach(t->g, t->a, &l->s->node, 1, &need) != DFOO_OK) return doc_take(t, &b);
    for (uint32_t i = 0; i < need.list.n; i++) {
        if (!has_node(t, need.list.at[i], ir_var(t->g, l->to->var)->leaf)) continue; /* it does not move */
        const char *text = derivative_remark(t, l, need.list.at[i], seen);
        if (text[0]) buf_printf(&b, "%s%s", b.len ? "; " : "", text);
    }
    return doc_take(t, &b);
}

/* The steps of the simplification: before = after, with the rule's name. */
void add_rewrites(teller *t, const gradient *v, const char *remarks) {
    node_id leaf = ir_var(t->g, v->grad)->leaf, last = 0;
    for (uint32_t i = 0; i < t->d->trail.n; i++) {
        const step *s = &t->d->trail.at[i];
        if (s->kind != TRAIL_REWRITE || s->goal != v->var || s->out == last) continue;
        if (s->out == v->whole && !v->shown && last && s->in != last && s->out != v->local) continue;
        block *b = doc_add(t, BLOCK_LINE, 3, "");
        if (last) b->hanging = true;
        doc_add_node(t, b, last ? last : leaf, false);
        doc_add_node(t, b, s->out, false);
        b->tail = last ? s->rule : remarks;
        b->rule = s->rule;
        last = s->out;
    }
    if (last == v->local || (v->shown && last == v->whole)) return;
    block *b = doc_add(t, BLOCK_LINE, 3, "");
    if (last) b->hanging = true;
    doc_add_node(t, b, last ? last : leaf, false);
    doc_add_node(t, b, v->shown ? v->whole : v->local, false);
    b->tail = last ? "" : remarks;
}

/* Which sums stand for the sums over indices. */
static const char *sums_in(teller *t, node_id n) {
    node_list need = {{0}};
    bool      down = false, along = false, all = false, product = false;
    if (ir_reach(t->g, t->a, &n, 1, &need) != DFOO_OK) return "";
    for (uint32_t i = 0; i < need.list.n; i++) {
        const node *x = ir_node(t->g, need.list.at[i]);
        bool        sum = x->op == OP_SUM;
        down = down || (sum && x->attr == AXIS_0);
        along = along || (sum && x->attr == AXIS_1);
        all = all || (sum && x->attr == AXIS_ALL);
        product = product || x->op == OP_MATMUL;
    }
    if (product) return "the product adds up over the index that its factors share";
    if (down && along) return "axis=0 adds down the columns, axis=1 along the rows";
    if (down) return "axis=0: down each column";
    if (along) return "axis=1: along each row";
    return all ? "the sum over all entries" : "";
}

void add_matrices(teller *t, const link *l) {
    const char *sums = sums_in(t, l->to->local), *remarks = derivative_remarks(t, l);
    doc_say(t, 3, "all entries at once%s%s:", sums[0] ? "; " : "", sums);
    add_rewrites(t, l->to, remarks);
}

const char *rewrite_names(teller *t, const gradient *v) {
    const char *names = "";
    for (uint32_t i = 0; i < t->d->trail.n; i++) {
        const step *s = &t->d->trail.at[i];
        if (s->kind == TRAIL_REWRITE && s->goal == v->var && s->out == v->whole) names = s->rule;
    }
    return names;
}
