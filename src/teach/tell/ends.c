/* What stands behind each link: its entries put together as a matrix, the parts of several ways, the
 * examples that share a parameter. */
#include "teach/tell/routes.h"

static bool is_last_way(const teller *t, const link *l) {
    for (uint32_t i = 0; i < t->links.n; i++)
        if (t->links.at[i].to == l->to && &t->links.at[i] > l) return false;
    return true;
}

/* What one way contributes, as a matrix. */
static void add_part(teller *t, const link *l) {
    routes *r = arena_new(t->a, sizeof *r);
    node_id n = r && routes_find(t, l, r) ? routes_back(t, l, r, link_gradient(t, l)) : 0;
    if (!n) return;
    n = node_without_ones(t, n);
    block *b = doc_add(t->doc, BLOCK_LINE, 3, "this way's part, as a matrix:");
    doc_add_node(t->doc, b, n, false);
    if (node_short(t, n) != n) doc_add_node(t->doc, b, node_short(t, n), false);
    b->tail = doc_shapes(t->doc, n, false);
}

/* Behind the last of several ways: dU is the sum of their parts. */
static void add_all_parts(teller *t, const link *l) {
    const gradient *v = l->to;
    if (v->n_through == 1 || !is_last_way(t, l)) return;
    doc_say(t->doc, 3, "these %u ways are all there are, so %s is the sum of their parts:", v->n_through, doc_name(t->doc, v->grad));
    add_rewrites(t, v, "chain rule, sum over paths");
}

/* One example's part of a parameter is told by a proof, and the examples are added up behind it. */
static bool is_shared(const teller *t, const link *l) {
    return t->d->m->examples && l->from && t->doc->small[l->s->var] && !t->doc->small[l->to->var] && link_is_indexed(t, l);
}

/* ------------------------------------------------ examples that share a parameter */

/* The sum over the examples in indices: what the product really adds up. */
static void tell_sum(teller *t, const link *l, node_id whole) {
    index_style all = t->doc->style;
    const char *text = NULL;
    bool        share = l->from->scale != l->to->scale; /* 1/m times the examples' sum */
    all.example = 0;
    all.loss = ir_var_name(t->g, t->d->m->cost);
    if (l->kind == PROOF_WEIGHT_LEFT || l->kind == PROOF_TURNED_LEFT) text = "sum(t, dy[i,t] * b[j,t])";
    if (l->kind == PROOF_WEIGHT_RIGHT || l->kind == PROOF_TURNED_RIGHT) text = "sum(t, a[t,i] * dy[t,j])";
    if (l->kind == PROOF_BIAS_COLUMN) text = "sum(t, dy[i,t])";
    if (l->kind == PROOF_BIAS_ROW) text = "sum(t, dy[t,i])";
    bool left = l->kind == PROOF_WEIGHT_LEFT || l->kind == PROOF_TURNED_LEFT || l->kind == PROOF_BIAS_COLUMN;
    bool bias = l->kind == PROOF_BIAS_COLUMN || l->kind == PROOF_BIAS_ROW;
    const char *of = l->kind == PROOF_BIAS_COLUMN ? "b[i,1]" : bias ? "b[1,i]" : left ? "a[i,j]" : "b[i,j]";
    if (!text) return;
    bool        one = l->to->n_through == 1;
    const char *line = doc_text(t->doc, "%s%s%s%s", one ? "DL(" : "", one ? of : "", one ? ") = " : "", share ? "1/m * " : "");
    if (line) proof_add_line(t, l, doc_text(t->doc, "%s%s", line, text), whole, &all);
}

/* What a parameter that is shared by the examples gets through one statement, as a matrix. */
static node_id shared_part(teller *t, const link *l) {
    routes *r = arena_new(t->a, sizeof *r);
    node_id n = r && routes_find(t, l, r) ? routes_back(t, l, r, link_gradient(t, l)) : 0;
    return n ? node_short(t, n) : 0;
}

/* Why dZ has neither the sum over the examples nor the 1/m. */
static void tell_not_shared(teller *t, const link *l, bool share) {
    const model *m = t->d->m;
    const char  *examples = doc_examples(t->doc), *cost = doc_name(t->doc, m->cost);
    const char  *z = doc_name(t->doc, l->from->grad), *dw = doc_name(t->doc, l->to->grad);
    const char  *lines = m->examples_are_columns ? "Columns" : "Rows";
    bool         interact = t->d->examples_interact;
    if (share && interact) doc_say(t->doc, 3, "No 1/%s is in %s: it differentiates the sum of the losses, %s differentiates %s.", examples, z, dw, cost);
    else if (share)
        doc_say(t->doc, 3, "%s of %s are not shared, so %s has no such sum, and no 1/%s: it differentiates the loss l, %s differentiates %s.", lines,
                doc_name(t->doc, l->from->var), z, examples, dw, cost);
    else if (!interact) doc_say(t->doc, 3, "%s of %s are not shared, so %s has no such sum.", lines, doc_name(t->doc, l->from->var), z);
    if (share) doc_say(t->doc, 3, "With --convention dJ the 1/%s is in %s already and not here; %s is the same in both.", examples, z, dw);
    else if (!t->d->why_dj) doc_say(t->doc, 3, "The 1/%s of %s is in %s already; in the course's convention it is here instead, and %s is the same.", examples, cost, z, dw);
}

/* Where the sum over the examples and the 1/m come from. */
static void tell_shared(teller *t, const link *l) {
    const gradient *v = l->to;
    const model    *m = t->d->m;
    const char     *examples = doc_examples(t->doc);
    const char     *w = doc_name(t->doc, v->var), *cost = doc_name(t->doc, m->cost);
    bool            share = l->from->scale != v->scale, one = v->n_through == 1;
    node_id         part = one ? gradient_formula(v) : shared_part(t, l);
    if (share)
        doc_add(t->doc, BLOCK_SECTION, 0, doc_text(t->doc, "%s examples share %s, and their losses stand in %s as a sum, times 1/%s: add up the examples, times 1/%s", examples, w, cost, examples, examples));
    else
        doc_add(t->doc, BLOCK_SECTION, 0, doc_text(t->doc, "%s examples share %s: add them up", examples, w));
    if (!part) return;
    tell_sum(t, l, part);
    block *b = doc_add(t->doc, BLOCK_LINE, one ? 5 : 3, one ? "" : "this way's part, as a matrix:");
    if (one) doc_add_node(t->doc, b, ir_var(t->g, v->grad)->leaf, false);
    doc_add_node(t->doc, b, part, false);
    bool bias = l->kind == PROOF_BIAS_COLUMN || l->kind == PROOF_BIAS_ROW;
    b->tail = bias ? m->examples_are_columns ? "axis=1 runs along the examples" : "axis=0 runs along the examples" : "the product is the sum over the examples";
    tell_not_shared(t, l, share);
}

/* Behind a link's entries: all of them as a matrix, this way's part where there are several, and the
 * examples that share a parameter. */
void ends_tell(teller *t, const link *l, bool with_matrices) {
    bool several = l->to->n_through > 1;
    if (with_matrices && several) add_part(t, l);
    else if (with_matrices) add_matrices(t, l);
    kinks_tell(t, l);
    if (is_shared(t, l)) tell_shared(t, l);
    add_all_parts(t, l);
}
