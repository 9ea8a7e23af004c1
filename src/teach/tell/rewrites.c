/* The steps that simplification made of a gradient, with their names, and the derivatives of
 * the functions that a link passes through. */
#include <string.h>

#include "teach/tell/routes.h"

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
    return doc_formula(t->doc, "%s", doc_take(t->doc, &b));
}

static bool has_node(teller *t, node_id n, node_id part) {
    node_list need = {{0}};
    if (ir_reach(t->g, t->a, &n, 1, &need) != DFOO_OK) return false;
    for (uint32_t i = 0; i < need.list.n; i++)
        if (need.list.at[i] == part) return true;
    return false;
}

/* What there is to say of one operation on the way; "": nothing. */
static const char *derivative_remark(teller *t, const link *l, node_id n, bool *seen) {
    const node    *x = ir_node(t->g, n);
    const op_info *info = &op_table[x->op];
    bool           function = op_elementwise((op_id)x->op) && !(info->flags & OP_FLAG_INFIX) && info->arity == 1;
    double         power;
    node_id        leaf = ir_var(t->g, l->to->var)->leaf;
    const char    *text = "";
    if (x->op == OP_DROPOUT)
        text = doc_text(t->doc, "%s is %s: what is dropped has no effect, what is kept is scaled", doc_node(t->doc, n, false),
                            doc_formula(t->doc, "%s * %s", doc_node(t->doc, x->arg[0], false), doc_node(t->doc, x->arg[1], false)));
    else if (function && !seen[x->op]) text = doc_slope(t->doc, (op_id)x->op);
    else if (x->op == OP_POW && ir_is_number(t->g, x->arg[1], &power)) text = power_slope(t, power);
    else if (x->op == OP_SUB && x->arg[1] == ir_var(t->g, l->to->var)->leaf)
        text = doc_formula(t->doc, "∂(%s)/∂%s = -1", doc_node(t->doc, n, false), doc_name(t->doc, l->to->var));
    else if (x->op == OP_OPEN) text = doc_text(t->doc, "%s' is the derivative of %s, whatever it is", symbols_name(t->g->names, x->ref), symbols_name(t->g->names, x->ref));
    else if (x->op == OP_MUL && has_node(t, x->arg[0], leaf) && has_node(t, x->arg[1], leaf)) text = "product rule";
    else if (x->op == OP_DIV && has_node(t, x->arg[1], leaf)) text = "quotient rule";
    else if (x->op == OP_ADD && (x->arg[0] == leaf || x->arg[1] == leaf)) text = doc_formula(t->doc, "∂(%s)/∂%s = 1", doc_node(t->doc, n, false), doc_name(t->doc, l->to->var));
    seen[x->op] = true;
    return text ? text : "";
}

/* The functions that a gradient passes through, with their derivatives: log'(a) = 1/a. */
const char *derivative_remarks(teller *t, const link *l) {
    buf       b;
    node_list need = {{0}};
    bool      seen[OP_COUNT] = {false};
    buf_init(&b, t->a->mem);
    if (ir_reach(t->g, t->a, &l->s->node, 1, &need) != DFOO_OK) return doc_take(t->doc, &b);
    for (uint32_t i = 0; i < need.list.n; i++) {
        if (!has_node(t, need.list.at[i], ir_var(t->g, l->to->var)->leaf)) continue; /* it does not move */
        const char *text = derivative_remark(t, l, need.list.at[i], seen);
        if (text[0]) buf_printf(&b, "%s%s", b.len ? "; " : "", text);
    }
    return doc_take(t->doc, &b);
}

/* ------------------------------------------------------------------- lines */

static void add_line(teller *t, node_id from, bool hanging, node_id to, const char *tail, const char *rule) {
    from = node_without_ones(t, from);
    to = node_without_ones(t, to);
    if (from == to) return;
    block *b = doc_add(t->doc, BLOCK_LINE, 3, "");
    b->hanging = hanging;
    doc_add_node(t->doc, b, from, false);
    doc_add_node(t->doc, b, to, false);
    b->tail = tail;
    b->rule = rule;
}

/* The gradients that stand in `from` and no more in what it became. */
static const char *written_out(teller *t, node_id from, node_id to) {
    buf       b;
    node_list need = {{0}};
    uint32_t  n = 0;
    buf_init(&b, t->a->mem);
    if (ir_reach(t->g, t->a, &from, 1, &need) != DFOO_OK) return doc_take(t->doc, &b);
    for (uint32_t i = 0; i < need.list.n; i++) {
        const node *x = ir_node(t->g, need.list.at[i]);
        bool        gradient = x->op == OP_VAR && ir_var(t->g, x->ref)->kind == VAR_GRADIENT;
        if (gradient && !has_node(t, to, need.list.at[i])) buf_printf(&b, "%s%s", n++ ? " and " : "", doc_name(t->doc, x->ref));
    }
    if (n) buf_puts(&b, " written out");
    return doc_take(t->doc, &b);
}

static bool is_short(teller *t, node_id n) {
    buf b;
    buf_init(&b, t->a->mem);
    print_node(t->g, n, &b);
    bool fits = b.len < 90;
    if (b.failed) t->a->failed = true;
    buf_free(&b);
    return fits;
}

/* Names that were written out, and what is left before the labels' sums are put in. */
static node_id add_between(teller *t, node_id last, const step *s) {
    const char *names = last ? written_out(t, last, s->in) : "";
    if (last && s->in != last && names[0] && is_short(t, s->in)) {
        add_line(t, last, true, s->in, names, NULL);
        last = s->in;
    }
    bool    labels = t->how && strstr(s->rule, "sum to 1") != NULL;
    node_id before = labels ? t->how->any_labels(t->how->user, s->in) : 0;
    if (last && before && before != s->out && before != last && shape_equal(ir_shape(t->g, before), ir_shape(t->g, s->out))) {
        add_line(t, last, true, before, "cancel", NULL);
        last = before;
    }
    return last;
}

/* The rule's names; of several, only the labels' where the others had a line of their own. */
static const char *names_of(const teller *t, const step *s, node_id last) {
    bool labels = strstr(s->rule, "sum to 1") != NULL && last != s->in;
    return labels ? t->d->m->examples_are_columns ? "each column of the labels sums to 1" : "each row of the labels sums to 1" : s->rule;
}

void add_rewrites(teller *t, const gradient *v, const char *remarks) {
    node_id leaf = ir_var(t->g, v->grad)->leaf, last = 0;
    for (uint32_t i = 0; i < t->d->trail.n; i++) {
        const step *s = &t->d->trail.at[i];
        if (s->kind != TRAIL_REWRITE || s->goal != v->var || s->out == last) continue;
        if (s->out == v->whole && !v->shown && last && s->in != last && s->out != v->local) continue;
        node_id now = add_between(t, last, s);
        add_line(t, now ? now : leaf, last != 0, s->out, last ? names_of(t, s, now) : remarks, s->rule);
        last = s->out;
    }
    node_id end = gradient_formula(v);
    if (last == v->local || last == end) return;
    if (!last && v->local != end) { /* over the gradients between first */
        add_line(t, leaf, false, v->local, remarks, NULL);
        last = v->local;
    }
    add_line(t, last ? last : leaf, last != 0, end, last ? written_out(t, last, end) : remarks, NULL);
}

const char *rewrite_names(teller *t, const gradient *v) {
    const char *names = "";
    for (uint32_t i = 0; i < t->d->trail.n; i++) {
        const step *s = &t->d->trail.at[i];
        if (s->kind == TRAIL_REWRITE && s->goal == v->var && s->out == v->whole) names = s->rule;
    }
    return names[0] ? names : written_out(t, v->local, v->whole);
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
    doc_say(t->doc, 3, "all entries at once%s%s:", sums[0] ? "; " : "", sums);
    add_rewrites(t, l->to, remarks);
}

/* -------------------------------------------------- all that was simplified */

typedef struct counting {
    teller  *t;
    uint32_t n;
    bool     show;
    node_id  now; /* what the expression has become so far */
} counting;

typedef struct replacement {
    node_id old, by;
} replacement;

static node_id replace(void *user, ir *g, node_id n, const node_id *args) {
    const replacement *r = user;
    return n == r->old ? r->by : ir_rebuild(g, n, args);
}

static void list_rule(counting *c, const char *rule, const char *sentence, node_id before, node_id after) {
    teller *t = c->t;
    c->n++;
    if (!c->show) return;
    block *b = doc_add(t->doc, BLOCK_LINE, 5, "");
    doc_add_node(t->doc, b, before, false);
    doc_add_node(t->doc, b, after, false);
    b->tail = doc_text(t->doc, "%s: %s", rule, sentence);
    if (!b->tail) b->tail = rule;
    b->rule = rule;
}

/* A rule that was tried on a form which was not taken does not change the expression, and is left out. */
static void on_rule(void *user, const char *rule, const char *sentence, node_id before, node_id after) {
    counting   *c = user;
    replacement r = {before, after};
    node_id     next = c->now ? ir_map(c->t->g, c->t->a, c->now, replace, &r) : 0;
    if (!next || next == c->now) return;
    c->now = next;
    list_rule(c, rule, sentence, before, after);
}

static bool is_told(const teller *t, var_id v) {
    for (uint32_t i = 0; i < t->links.n; i++)
        if (t->links.at[i].to->var == v) return true;
    return false;
}

/* One rewrite of the trail: the table's rules one by one, or the names of what was done. */
static void add_rewrite(counting *c, const step *s) {
    teller *t = c->t;
    bool    table = strcmp(s->rule, "signs, 0 and 1") == 0;
    if (!table) {
        list_rule(c, s->rule, t->how->sentences(t->how->user, s->rule), s->in, s->out);
        return;
    }
    c->now = s->in;
    t->how->rules(t->how->user, s->in, on_rule, c);
    if (c->now != s->out) list_rule(c, "known under a name", "a formula that has a name is written by its name, factors are put in order", c->now, s->out);
}

void add_all_rewrites(teller *t, bool show) {
    counting c = {.t = t, .show = show};
    bool     any = false;
    for (uint32_t i = 0; i < t->d->trail.n && t->how; i++) {
        const step *s = &t->d->trail.at[i];
        if (s->kind != TRAIL_REWRITE || !is_told(t, s->goal)) continue;
        if (show && !any) doc_add(t->doc, BLOCK_SECTION, 0, "all simplifications, in their order");
        any = true;
        add_rewrite(&c, s);
    }
    if (!show && c.n) doc_say(t->doc, 0, "%u simplification%s on the way; --steps shows %s", c.n, c.n == 1 ? "" : "s", c.n == 1 ? "it" : "them");
}
