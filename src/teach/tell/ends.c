/* What stands behind each link: its entries put together as a matrix, the parts of several ways, the
 * examples that share a parameter. */
#include <assert.h>

#include "teach/tell/routes.h"

void ends_part(teller *t, const link *l, const char *remarks) {
    node_id n = link_back(t, l, true);
    if (!n) return;
    n = node_without_ones(t, n);
    const char *shapes = doc_shapes(t->doc, n, false);
    if (remarks[0]) shapes = doc_text(t->doc, "%s, %s", shapes, remarks);
    block *b = doc_add_line(t->doc, 3, "this way's part, as a matrix:", 0, n, shapes);
    if (node_short(t, n) != n) doc_add_node(t->doc, b, node_short(t, n), false);
}

void add_by_rules(teller *t, const link *l, const char *remarks) {
    if (l->to->n_through == 1) add_rewrites(t, l->to, remarks);
    else ends_part(t, l, remarks);
}

/* Behind the last of several ways: dU is the sum of their parts. */
static void add_all_parts(teller *t, const link *l) {
    const gradient *v = l->to;
    if (v->n_through == 1 || !link_is_last(t, l)) return;
    if (v->symmetric) {
        const char *s = doc_name(t->doc, v->var), *ds = doc_name(t->doc, v->grad);
        doc_say(t->doc, 3,
                "%s[i,j] and %s[j,i] are one number, so they change together, each by half: %s is half the "
                "sum of that and of its transpose:",
                s, s, ds);
    } else
        doc_say(t->doc, 3, "these %u ways are all there are, so %s is the sum of their parts:", v->n_through,
                doc_name(t->doc, v->grad));
    add_rewrites(t, v, "chain rule, sum over paths");
}

/* ------------------------------------------------ examples that share a parameter */

/* One example's part of a parameter is told by a proof, and the examples are added up behind it. */
static bool is_shared(const teller *t, const link *l) {
    return t->d->m->examples && l->from && t->doc->small[l->s->var] && !t->doc->small[l->to->var] &&
           link_is_indexed(t, l);
}

/* By the kind of proof: an entry of the parameter, and the sum over the examples that its gradient is. */
static const struct {
    const char *of, *sum;
} shared_sums[PROOF_ENTRY_ROW + 1] = {
    [PROOF_WEIGHT_LEFT] = {"a[i,j]", "sum(t, dy[i,t] * b[j,t])"},
    [PROOF_TURNED_LEFT] = {"a[i,j]", "sum(t, dy[i,t] * b[j,t])"},
    [PROOF_WEIGHT_RIGHT] = {"b[i,j]", "sum(t, a[t,i] * dy[t,j])"},
    [PROOF_TURNED_RIGHT] = {"b[i,j]", "sum(t, a[t,i] * dy[t,j])"},
    [PROOF_BIAS_COLUMN] = {"b[i,1]", "sum(t, dy[i,t])"},
    [PROOF_BIAS_ROW] = {"b[1,i]", "sum(t, dy[t,i])"},
};

/* The sum over the examples in indices: what the product really adds up. */
static void tell_sum(teller *t, const link *l, node_id whole) {
    const char *sum = shared_sums[l->kind].sum;
    index_style all = t->doc->style;
    all.example = 0;
    all.loss = ir_var_name(t->g, t->d->m->cost);
    if (!sum) return;
    const char *loss = l->to->n_through == 1 ? doc_text(t->doc, "DL(%s) = ", shared_sums[l->kind].of) : "";
    const char *share = l->from->scale != l->to->scale ? "1/m * " : "";
    proof_add_line(t, l, doc_text(t->doc, "%s%s%s", loss, share, sum), whole, &all);
}

/* Why dZ has neither the sum over the examples nor the 1/m. */
static void tell_not_shared(teller *t, const link *l, bool share) {
    document   *doc = t->doc;
    const char *m = doc_examples(doc), *cost = doc_name(doc, t->d->m->cost),
               *of = doc_name(doc, l->from->var);
    const char *dz = doc_name(doc, l->from->grad), *dw = doc_name(doc, l->to->grad);
    const char *lines = proof_is_rows(l->kind) ? "Rows" : "Columns";
    bool        interact = t->d->examples_interact;
    if (share && interact)
        doc_say(doc, 3, "No 1/%s is in %s: it differentiates the sum of the losses, %s differentiates %s.", m,
                dz, dw, cost);
    else if (share)
        doc_say(doc, 3,
                "%s of %s are not shared, so %s has no such sum, and no 1/%s: it differentiates the loss l, "
                "%s differentiates %s.",
                lines, of, dz, m, dw, cost);
    else if (!interact) doc_say(doc, 3, "%s of %s are not shared, so %s has no such sum.", lines, of, dz);
    if (share)
        doc_say(doc, 3,
                "Where every gradient differentiates %s, the 1/%s is in %s already and not here; %s is the "
                "same in both.",
                cost, m, dz, dw);
    else if (!t->d->why_dj)
        doc_say(doc, 3,
                "The 1/%s of %s is in %s already; in the course's convention it is here instead, and %s is "
                "the same.",
                m, cost, dz, dw);
}

/* What the sum over the examples is as a matrix. */
static const char *sum_words(teller *t, const link *l, node_id part) {
    if (proof_is_bias(l->kind))
        return proof_is_rows(l->kind) ? "axis=0 runs along the examples" : "axis=1 runs along the examples";
    if (link_is_indexed(t, l)) return "the product is the sum over the examples";
    const char *sums = sums_in(t, part);
    return sums[0] ? sums + 2 : "";
}

void ends_examples(teller *t, const link *l) {
    document       *doc = t->doc;
    const gradient *v = l->to;
    const char     *m = doc_examples(doc), *w = doc_name(doc, v->var), *cost = doc_name(doc, t->d->m->cost);
    bool            share = l->from->scale != v->scale, one = v->n_through == 1;
    node_id         part = one ? gradient_formula(v) : node_short(t, link_back(t, l, true));
    const char     *add =
        share ? doc_text(doc,
                         "%s examples share %s, and their losses stand in %s as a sum, times 1/%s: "
                         "add up the examples, times 1/%s",
                         m, w, cost, m, m)
              : doc_text(doc, "%s examples share %s: add them up", m, w);
    doc_add(doc, BLOCK_SECTION, 0, add);
    if (!part) return;
    if (link_is_indexed(t, l)) tell_sum(t, l, part);
    else entries_add_examples(t, l);
    doc_add_line(doc, one ? 5 : 3,
                 one ? "" : "this way's part, as a matrix:", one ? ir_var(t->g, v->grad)->leaf : 0, part,
                 sum_words(t, l, part));
    if (link_is_last(t, l)) tell_not_shared(t, l, share);
}

void ends_tell(teller *t, const link *l, bool with_matrices) {
    assert(l->to);
    if (with_matrices && l->to->n_through > 1) ends_part(t, l, "");
    else if (with_matrices) add_matrices(t, l);
    kinks_tell(t, l);
    if (is_shared(t, l)) ends_examples(t, l);
    add_all_parts(t, l);
}
