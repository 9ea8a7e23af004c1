/* The differential way: what a small change of the variable does to the loss, to the first order.
 *
 * <P, Q> is the sum of all entries of P * Q. dV is what stands beside δV in <dV, δV>; the
 * statement says what δV is when U moves, and one operation after the other is moved across
 * the < , > until δU stands alone. What is then beside it is dU. */
#include <string.h>

#include "teach/tell/routes.h"

/* ------------------------------------------------------------------ changes */

/* δU, a variable of U's shape; made at the first call, of this explanation or of another. */
static node_id change_of(teller *t, var_id v) {
    document *doc = t->doc;
    for (uint32_t i = 0; i < doc->changes.n; i++)
        if (doc->changes.at[i].of == v) return ir_var(t->g, doc->changes.at[i].change)->leaf;
    const char *name = doc_text(doc, "δ%s", ir_var_name(t->g, v));
    variable    one = {
        .name = symbols_add(t->g->names, name, strlen(name)), .kind = VAR_DEFINED, .sh = ir_var(t->g, v)->sh};
    var_id      d = ir_find_var(t->g, one.name);
    if (!d && !t->a->failed) d = ir_add_var(t->g, one);
    if (!d) return 0;
    vec_push(t->a, &doc->changes, (change){d, v});
    return ir_var(t->g, d)->leaf;
}

/* J, or what the data's gradients differentiate: sum(L), where the cost is a mean of it and of
 * nothing else that depends on the data; else m*J. */
static const char *differentiated(teller *t, uint8_t scale) {
    const model *m = t->d->m;
    const stmt  *s = program_find(&t->d->forward, m->cost);
    node_list    need = {{0}};
    node_id      sum = 0;
    uint32_t     n_data = 0;
    if (scale == SCALE_COST || !s || ir_reach(t->g, t->a, &s->node, 1, &need) != DFOO_OK)
        return doc_name(t->doc, m->cost);
    for (uint32_t i = 0; i < need.list.n; i++) {
        const node *x = ir_node(t->g, need.list.at[i]),
                   *of = x->op == OP_SUM ? ir_node(t->g, x->arg[0]) : NULL;
        n_data += x->op == OP_VAR && (t->doc->small[x->ref] || t->d->scale_of[x->ref] == SCALE_DATA);
        if (of && x->attr == AXIS_ALL && of->op == OP_VAR && t->doc->small[of->ref]) sum = need.list.at[i];
    }
    if (sum && n_data == 1) return doc_node(t->doc, sum, false);
    return doc_formula(t->doc, "(%s*%s)", doc_examples(t->doc), doc_name(t->doc, m->cost));
}

/* The sign of a change, in front of a name or a formula. */
static const char *change_text(teller *t, const char *of) {
    return doc_formula(t->doc, "δ%s", of);
}

/* ------------------------------------------------------------------- lines */

static const char *entry_reason(const teller *t, const hop *h) {
    if (shape_equal(ir_shape(t->g, h->n), ir_shape(t->g, h->to)))
        return "a factor by * moves over as it is: every pair of entries has its own";
    shape s = ir_shape(t->g, h->to);
    if (shape_is_single(s)) return "one entry stands in all places: what is beside it there adds up";
    if (shape_is_scalar(s)) return "one number stands in all places: what is beside it there adds up";
    return s.cols == dim_literal(1)
               ? "the same entry stands all along a row: what is beside it there adds up"
               : "the same entry stands all down a column: what is beside it there adds up";
}

static const char *reason_of(const teller *t, const hop *h) {
    switch ((hop_kind)h->kind) {
    case HOP_LEFT: return "a factor on the right of @ moves across < , > as its transpose";
    case HOP_RIGHT: return "a factor on the left of @ moves across < , > as its transpose";
    case HOP_TURN: return "the same pairs of entries, listed the other way round";
    case HOP_SUM: return "every entry of what was summed gets the weight of its sum";
    case HOP_MEAN: return "every entry gets the weight of its mean, shared among them";
    case HOP_MAX: return "only the largest entry passes its change on";
    case HOP_SOFTMAX:
    case HOP_LOG_SOFTMAX:
        return "the change stands there alone and inside the sum: both are collected";
    case HOP_OTHER: return "";
    case HOP_TABLE: return op_table[ir_node(t->g, h->n)->op].moves;
    case HOP_ENTRY: break;
    }
    return entry_reason(t, h);
}

/* <P, what>, times a number if there is one. */
static void add_product(teller *t, block *b, const char *what, value v) {
    const char *times = v.times ? doc_text(t->doc, "%s * ", doc_node(t->doc, v.times, false)) : "";
    doc_add_value(t->doc, b, doc_text(t->doc, "%s<%s, %s>", times, doc_node(t->doc, v.left, false), what), v);
}

static void add_inner(teller *t, block *b, node_id scale, node_id p, node_id q) {
    if (p && q) add_product(t, b, doc_node(t->doc, q, false), (value){.left = p, .right = q, .times = scale});
}

static void add_change(teller *t, block *b, const char *of, value v) {
    doc_add_value(t->doc, b, doc_text(t->doc, "δ%s", of), v);
}

/* δU at the foot of a route, as its hops hand it up to hop number k. */
static node_id change_at(teller *t, const route *r, uint32_t k, node_id delta) {
    for (uint32_t i = r->n; i-- > k && delta;) delta = hop_forward(t, &r->at[i], delta);
    return delta;
}

/* A hop that changes nothing on either side needs no line. */
static bool is_plain_hop(const teller *t, const hop *h) {
    double one;
    return h->kind == HOP_ENTRY && ir_is_number(t->g, h->factor, &one) && one == 1 &&
           shape_equal(ir_shape(t->g, h->n), ir_shape(t->g, h->to));
}

/* <dV, δV> = <dV, f * δU> = <dV * f, δU>, one move a line; what is left beside δU. `only`: the
 * route is all of δV. */
static node_id tell_moves(teller *t, const link *l, const route *r, node_id delta, node_id dv, bool only) {
    node_id scale = link_rescale(t, l), p = dv, q = change_at(t, r, 0, delta);
    block  *b = doc_add(t->doc, BLOCK_LINE, 5, "");
    if (only) /* what V really does when U moves */
        add_product(t, b, doc_text(t->doc, "δ%s", doc_name(t->doc, l->s->var)),
                    (value){.left = p, .times = scale, .change_of = l->s->var, .when = l->to->var});
    add_inner(t, b, scale, p, q);
    bool begun = b->n_sides > 1;
    for (uint32_t k = 0; k < r->n && p; k++) {
        node_id next = hop_back(t, &r->at[k], p), rest = change_at(t, r, k + 1, delta);
        if (!next || !rest) return 0;
        if (!is_plain_hop(t, &r->at[k])) {
            if (begun) {
                b = doc_add(t->doc, BLOCK_LINE, 5, "");
                b->hanging = true;
                add_inner(t, b, scale, p, q);
            }
            add_inner(t, b, scale, next, rest);
            b->tail = reason_of(t, &r->at[k]);
            begun = true;
        }
        p = next;
        q = rest;
    }
    return p;
}

/* The terms that the routes make δV of, added. */
static node_id whole_change(teller *t, const routes *r, node_id delta) {
    node_id sum = 0;
    for (uint32_t i = 0; i < r->n; i++) {
        node_id one = change_at(t, &r->at[i], 0, delta);
        sum = i && one ? ir_op2(t->g, OP_ADD, sum, one) : one;
        if (!sum) return 0;
    }
    return sum;
}

/* dU as it stands beside δU, simplified as derive shows it. */
static void add_result(teller *t, const link *l, node_id beside) {
    const gradient *v = l->to;
    bool            one = v->n_through == 1;
    node_id         scale = link_rescale(t, l), leaf = ir_var(t->g, v->grad)->leaf;
    node_id         part = node_without_ones(t, scale ? node_times(t, scale, beside) : beside);
    if (!part) return;
    node_id shorter = one ? v->local : node_short(t, part);
    block  *b = doc_add_line(t->doc, 5, one ? "" : "the part of this way:", one ? leaf : 0, part, "");
    if (shorter && shorter != part) doc_add_node(t->doc, b, shorter, false);
    b->tail = doc_shapes(t->doc, shorter ? shorter : part, false);
    if (one && v->shown && v->whole != v->local)
        doc_add_line(t->doc, 5, "", leaf, v->whole, rewrite_names(t, v));
}

static void tell_one(teller *t, const link *l, node_id delta) {
    document   *doc = t->doc;
    routes     *r = arena_new(t->a, sizeof *r);
    const char *u = doc_name(doc, l->to->var), *v = doc_name(doc, l->s->var);
    const char *du = doc_name(doc, l->to->grad), *dv_name = doc_name(doc, l->from->grad);
    node_id     dv = link_gradient(t, l), beside = 0, scale = link_rescale(t, l);
    if (!r || !routes_find(t, l, r)) {
        doc_say(doc, 3,
                "its formula is too long to follow operation by operation; the rules of its operations "
                "together give:");
        add_by_rules(t, l, derivative_remarks(t, l));
        return;
    }
    block *b = doc_add(doc, BLOCK_LINE, 3, doc_text(doc, "when %s moves:", u));
    add_change(t, b, v, (value){.change_of = l->s->var, .when = l->to->var});
    doc_add_node(doc, b, whole_change(t, r, delta), false);
    b->tail = derivative_remarks(t, l);
    if (dv != ir_var(t->g, l->from->grad)->leaf)
        doc_say(doc, 3, "%s is %s:", dv_name, doc_node(doc, dv, false));
    if (scale)
        doc_say(doc, 3, "%s differentiates %s, and %s differentiates %s: hence the factor %s", dv_name,
                differentiated(t, l->from->scale), du, differentiated(t, l->to->scale),
                doc_node(doc, scale, false));
    if (r->n > 1) doc_say(doc, 3, "%u terms; the sum %s splits with them:", r->n, doc_formula(doc, "< , >"));
    for (uint32_t i = 0; i < r->n; i++) {
        node_id one = tell_moves(t, l, &r->at[i], delta, dv, r->n == 1);
        beside = beside && one ? ir_op2(t->g, OP_ADD, beside, one) : one;
    }
    doc_say(doc, 3, "what stands beside %s is %s:", change_text(t, u),
            l->to->n_through == 1 ? du : "this way's part of its gradient");
    add_result(t, l, beside);
}

/* Where several ways end: their parts added. */
static void add_parts(teller *t, const link *l) {
    const gradient *v = l->to;
    if (v->n_through == 1 || !link_is_last(t, l)) return;
    if (v->symmetric)
        doc_say(t->doc, 3,
                "%s is symmetric, so only the symmetric part of that counts: half the sum of it and its "
                "transpose:",
                doc_name(t->doc, v->var));
    else doc_say(t->doc, 3, "the %u parts of %s together:", v->n_through, doc_name(t->doc, v->grad));
    block *b = doc_add_line(t->doc, 5, "", ir_var(t->g, v->grad)->leaf, v->local,
                            doc_shapes(t->doc, v->local, false));
    if (v->shown && v->whole != v->local) doc_add_node(t->doc, b, v->whole, false);
}

/* "measured: Z1 moved, and what follows computed again up to dZ2" */
static const char *measured_how(teller *t) {
    uint32_t    count;
    const char *names = links_known(t, &count);
    if (!count) return "the left side measured on the network";
    return doc_text(t->doc, "the left side measured: %s moved, all computed again up to where %s %s known",
                    doc_name(t->doc, t->goal->var), names, count > 1 ? "are" : "is");
}

void differential_tell(teller *t) {
    document       *doc = t->doc;
    const gradient *v = t->goal;
    node_id         leaf = ir_var(t->g, v->grad)->leaf, formula = gradient_formula(v);
    const char     *u = doc_name(doc, v->var), *du = doc_name(doc, v->grad), *s = differentiated(t, v->scale);
    const char     *of = v->scale == SCALE_DATA ? doc_text(doc, " %s", s) : s;
    doc_say(doc, 0,
            "%s is the sum of all entries of %s; %s is a small change of %s, and = between changes leaves "
            "out what is "
            "much smaller.",
            doc_formula(doc, "<P, Q>"), doc_formula(doc, "P * Q"), change_text(t, u), u);
    doc_say(doc, 0, "%s is what stands beside %s in  %s.", du, change_text(t, u),
            doc_formula(doc, "δ%s = <%s, δ%s>", of, du, u));
    doc_say(doc, 0, "%s", "");
    for (uint32_t i = 0; i < t->links.n; i++) {
        const link *l = &t->links.at[i];
        doc_add(doc, BLOCK_SECTION, 0, link_way(t, l))->about = l->s;
        link_tell_call(t, l);
        node_id delta = change_of(t, l->to->var);
        if (delta) tell_one(t, l, delta);
        kinks_tell(t, l);
        add_parts(t, l);
    }
    doc_add(doc, BLOCK_SECTION, 0, "together");
    block *b = doc_add(doc, BLOCK_LINE, 5, "");
    add_change(t, b, of, (value){.change_of = t->d->m->cost, .when = v->var, .total = true});
    add_inner(t, b, 0, leaf, change_of(t, v->var));
    b->tail = measured_how(t);
    doc_add_line(doc, 5, "", leaf, formula, doc_shapes(doc, formula, false));
}
