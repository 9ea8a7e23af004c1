/* From a derivation to the document that explains one gradient.
 *
 * A link is a statement that the variable goes through on its way to the cost. The story
 * starts at the nearest gradients that `derive` shows under their own names and goes link
 * by link; each link has a kind, and each kind its paragraph in proofs.def. What no kind
 * fits is told by its entries (entries.c). */
#include <string.h>

#include "teach/explain/routes.h"

/* -------------------------------------------------------------- paragraphs */

/* Is it told by what the rules of matrices make of it alone? One formula, entry by entry. */
static bool is_by_rule(teller *t, const link *l) {
    return link_is_entrywise(t, l->s->node) && shape_equal(ir_var(t->g, l->to->var)->sh, ir_var(t->g, l->s->var)->sh) && l->to->n_through == 1;
}

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
    block *b = doc_add(t, BLOCK_LINE, 3, "this way's part, as a matrix:");
    doc_add_node(t, b, n, false);
    if (node_short(t, n) != n) doc_add_node(t, b, node_short(t, n), false);
    b->tail = doc_shapes(t, n, false);
}

/* Behind the last of several ways: dU is the sum of their parts. */
static void add_all_parts(teller *t, const link *l) {
    const gradient *v = l->to;
    if (v->n_through == 1 || !is_last_way(t, l)) return;
    doc_say(t, 3, "these %u ways are all there are, so %s is the sum of their parts:", v->n_through, doc_name(t, v->grad));
    add_rewrites(t, v, "chain rule, sum over paths");
}

static void tell_shared(teller *t, const link *l);
static bool is_shared(const teller *t, const link *l);

/* Behind a link's entries: all of them as a matrix, this way's part where there are several, and the
 * examples that share a parameter. */
void story_end_link(teller *t, const link *l, bool with_matrices) {
    bool several = l->to->n_through > 1;
    if (with_matrices && several) add_part(t, l);
    else if (with_matrices) add_matrices(t, l);
    kinks_tell(t, l);
    if (is_shared(t, l)) tell_shared(t, l);
    add_all_parts(t, l);
}

/* One example's part of a parameter is told by a proof, and the examples are added up behind it. */
static bool is_shared(const teller *t, const link *l) {
    return t->d->m->examples && l->from && t->doc->small[l->s->var] && !t->doc->small[l->to->var] && link_is_indexed(t, l);
}

static void tell_link(teller *t, const link *l) {
    bool by_rule = is_by_rule(t, l), indexed = link_is_indexed(t, l), several = l->to->n_through > 1;
    block *section = doc_add(t, BLOCK_SECTION, 0, arena_format(t->a, "through %s%s", doc_equation(t, l->s), by_rule && !indexed ? ", entry by entry" : ""));
    section->about = l->s;
    if (several) doc_say(t, 3, "one of the %u ways in which %s sets out for %s; its part of %s:", l->to->n_through, doc_name(t, l->to->var), doc_name(t, t->d->m->cost), doc_name(t, l->to->grad));
    bool entries = !indexed && !by_rule && entries_tell(t, l);
    if (indexed) proof_tell(t, l);
    else if (!entries) add_rewrites(t, l->to, derivative_remarks(t, l));
    story_end_link(t, l, entries);
}

/* ------------------------------------------------------------- the m examples */

static void tell_all_examples(teller *t) {
    const gradient *v = t->goal;
    const model    *m = t->d->m;
    const char     *side_name = m->examples_are_columns ? "column" : "row";
    doc_add(t, BLOCK_SECTION, 0, arena_format(t->a, "%s examples", symbols_name(t->g->names, dim_name(m->examples))));
    if (t->d->examples_interact)
        doc_say(t, 3, "examples affect each other in this model; the formula counts the effect on the loss of all of them:");
    else if (t->d->why_dj)
        doc_say(t, 3, "every line above holds for each %s, so for all of them at once%s:", side_name, v->n_through > 1 ? "; the paths add" : "");
    else
        doc_say(t, 3, "a %s of %s affects only its own example's loss, and every line above works %s by %s%s:", side_name, doc_name(t, v->var), side_name, side_name,
            v->n_through > 1 ? "; the paths add" : "");
    block *b = doc_add(t, BLOCK_LINE, 5, "");
    doc_add_node(t, b, ir_var(t->g, v->grad)->leaf, false);
    doc_add_node(t, b, v->whole, false);
    b->tail = doc_shapes(t, v->whole, false);
}

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
    const char *line = arena_format(t->a, "%s%s%s%s", one ? "DL(" : "", one ? of : "", one ? ") = " : "", share ? "1/m * " : "");
    if (line) proof_add_line(t, l, arena_format(t->a, "%s%s", line, text), whole, &all);
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
    const char  *examples = symbols_name(t->g->names, dim_name(m->examples)), *cost = doc_name(t, m->cost);
    const char  *z = doc_name(t, l->from->grad), *dw = doc_name(t, l->to->grad);
    const char  *lines = m->examples_are_columns ? "Columns" : "Rows";
    bool         interact = t->d->examples_interact;
    if (share && interact) doc_say(t, 3, "No 1/%s is in %s: it differentiates the sum of the losses, %s differentiates %s.", examples, z, dw, cost);
    else if (share)
        doc_say(t, 3, "%s of %s are not shared, so %s has no such sum, and no 1/%s: it differentiates the loss l, %s differentiates %s.", lines,
                doc_name(t, l->from->var), z, examples, dw, cost);
    else if (!interact) doc_say(t, 3, "%s of %s are not shared, so %s has no such sum.", lines, doc_name(t, l->from->var), z);
    if (share) doc_say(t, 3, "With --convention dJ the 1/%s is in %s already and not here; %s is the same in both.", examples, z, dw);
    else if (!t->d->why_dj) doc_say(t, 3, "The 1/%s of %s is in %s already; in the course's convention it is here instead, and %s is the same.", examples, cost, z, dw);
}

/* Where the sum over the examples and the 1/m come from. */
static void tell_shared(teller *t, const link *l) {
    const gradient *v = l->to;
    const model    *m = t->d->m;
    const char     *examples = symbols_name(t->g->names, dim_name(m->examples));
    const char     *w = doc_name(t, v->var), *cost = doc_name(t, m->cost);
    bool            share = l->from->scale != v->scale, one = v->n_through == 1;
    node_id         part = one ? (v->shown ? v->whole : v->local) : shared_part(t, l);
    if (share)
        doc_add(t, BLOCK_SECTION, 0, arena_format(t->a, "%s examples share %s, and their losses stand in %s as a sum, times 1/%s: add up the examples, times 1/%s", examples, w, cost, examples, examples));
    else
        doc_add(t, BLOCK_SECTION, 0, arena_format(t->a, "%s examples share %s: add them up", examples, w));
    if (!part) return;
    tell_sum(t, l, part);
    block *b = doc_add(t, BLOCK_LINE, one ? 5 : 3, one ? "" : "this way's part, as a matrix:");
    if (one) doc_add_node(t, b, ir_var(t->g, v->grad)->leaf, false);
    doc_add_node(t, b, part, false);
    bool bias = l->kind == PROOF_BIAS_COLUMN || l->kind == PROOF_BIAS_ROW;
    b->tail = bias ? m->examples_are_columns ? "axis=1 runs along the examples" : "axis=0 runs along the examples" : "the product is the sum over the examples";
    tell_not_shared(t, l, share);
}

/* -------------------------------------------------------------- beginnings */

/* What a variable is for one example. */
static bool is_number(const teller *t, var_id v) {
    shape s = ir_var(t->g, v)->sh;
    return t->d->m->examples_are_columns ? s.rows == dim_literal(1) : s.cols == dim_literal(1);
}

typedef struct name_list {
    buf      b;
    uint32_t n;
    VEC(var_id) seen;
} name_list;

static void list_one(teller *t, name_list *list, var_id v) {
    for (uint32_t i = 0; i < list->seen.n; i++)
        if (list->seen.at[i] == v) return;
    vec_push(t->a, &list->seen, v);
    buf_printf(&list->b, "%s%s", list->n++ ? ", " : "", doc_small_name(t, v));
}

/* "z1, a1 are columns", "z is a number": those of one kind. */
static const char *list_text(teller *t, bool numbers, name_list *list) {
    buf_init(&list->b, t->a->mem);
    for (uint32_t i = t->links.n; i-- > 0;) {
        const link *l = &t->links.at[i];
        if (t->doc->small[l->to->var] && is_number(t, l->to->var) == numbers) list_one(t, list, l->to->var);
        if (t->doc->small[l->s->var] && is_number(t, l->s->var) == numbers) list_one(t, list, l->s->var);
    }
    return doc_take(t, &list->b);
}

static const char *kind_of_names(const teller *t, bool numbers, bool several) {
    if (numbers) return several ? "are numbers" : "is a number";
    if (t->d->m->examples_are_columns) return several ? "are columns" : "is a column";
    return several ? "are rows" : "is a row";
}

static void tell_example(teller *t) {
    name_list   list[2] = {{.n = 0}, {.n = 0}};
    const char *known = "", *vectors, *numbers;
    if (!t->d->m->examples || !t->doc->style.example) return;
    for (uint32_t i = t->links.n; i-- > 0;) {
        const link *l = &t->links.at[i];
        if (!l->from || !t->doc->small[l->s->var] || link_gradient(t, l) != ir_var(t->g, l->from->grad)->leaf || !l->from->shown) continue;
        const char *z = doc_small_name(t, l->s->var), *at = is_number(t, l->s->var) ? "" : "[i]";
        known = arena_format(t->a, "  %s is the name of %s.", doc_formula(t, "d%s%s", z, at), doc_formula(t, "∂%s/∂%s%s", t->doc->style.loss, z, at));
    }
    vectors = list_text(t, false, &list[0]);
    numbers = list_text(t, true, &list[1]);
    const char *first = list[0].n ? arena_format(t->a, "%s %s", vectors, kind_of_names(t, false, list[0].n > 1)) : "";
    const char *second = list[1].n ? arena_format(t->a, "%s%s %s", list[0].n ? ", " : "", numbers, kind_of_names(t, true, list[1].n > 1)) : "";
    if (first && second && known) doc_say(t, 0, "ONE example first; %s%s.%s", first, second, known);
}

/* "dz[1] = W[2].T dz[2] * g[1]'(z[1])" where the names are spelled like the slides'. */
static const char *layer(teller *t, var_id v, bool small) {
    buf b;
    buf_init(&b, t->a->mem);
    print_name(t->g, v, small && t->doc->lower[v] && t->doc->style.example, &b);
    const char *text = doc_take(t, &b);
    size_t      len = strcspn(text, "0123456789");
    return text[len] && len ? arena_format(t->a, "%.*s[%s]", (int)len, text, text + len) : NULL;
}

static void tell_slide(teller *t) {
    const link *first = t->links.n == 2 ? &t->links.at[0] : NULL, *second = first ? &t->links.at[1] : NULL;
    if (!first || (first->kind != PROOF_RIGHT && first->kind != PROOF_RIGHT_ONE) || (second->kind != PROOF_ENTRY && ir_node(t->g, second->s->node)->op != OP_OPEN)) return;
    const node *p = ir_node(t->g, first->product), *f = ir_node(t->g, second->s->node);
    if (ir_node(t->g, p->arg[0])->op != OP_VAR) return;
    const char *w = layer(t, ir_node(t->g, p->arg[0])->ref, false), *z2 = layer(t, first->s->var, true);
    const char *z1 = layer(t, t->goal->var, true);
    if (!w || !z1 || !z2) return;
    const char *number = strchr(z1, '[');
    doc_say(t, 0, "on the slide: %s, here with %s", doc_slide(t, "d%s = %s.T d%s * g%s'(%s)", z1, w, z2, number, z1),
            doc_slide(t, "g%s = %s", number, f->op == OP_OPEN ? symbols_name(t->g->names, f->ref) : op_table[f->op].name));
}

static void tell_title(teller *t) {
    block *b = doc_add(t, BLOCK_TITLE, 0, "");
    doc_add_node(t, b, ir_var(t->g, t->goal->grad)->leaf, false);
    doc_add_node(t, b, t->goal->shown ? t->goal->whole : t->goal->local, false);
    b->tail = doc_shape(t, ir_var(t->g, t->goal->var)->sh, false);
}

/* ------------------------------------------------------------------- whole */

static void tell_cancelled(teller *t) {
    const gradient *v = t->goal;
    const link     *l = t->links.n ? &t->links.at[t->links.n - 1] : NULL;
    if (!l || (l->kind != PROOF_ENTRY && l->kind != PROOF_ENTRY_ROW) || link_is_indexed(t, l)) return;
    bool cancelled = false;
    for (uint32_t i = 0; i < t->d->trail.n; i++) {
        const step *s = &t->d->trail.at[i];
        cancelled = cancelled || (s->kind == TRAIL_REWRITE && s->goal == v->var && s->out == v->whole && strstr(s->rule, "cancel"));
    }
    if (!cancelled) return;
    doc_say(t, 3, "The derivative of %s cancels for this loss; in a hidden layer the factor g' stays.", op_table[ir_node(t->g, l->s->node)->op].name);
    if (l->from) doc_say(t, 3, "Programs that start at %s and programs that start at %s compute the same: this is the step between them.", doc_name(t, l->from->grad), doc_name(t, v->grad));
}

static void tell_links(teller *t) {
    doc_say(t, 0, "%s", "");
    for (uint32_t i = 0; i < t->links.n; i++) tell_link(t, &t->links.at[i]);
    tell_cancelled(t);
}

/* The statements of all links, for what is measured. */
static void note_stages(teller *t) {
    for (uint32_t i = 0; i < t->d->forward.list.n; i++) {
        const stmt *s = &t->d->forward.list.at[i];
        for (uint32_t k = 0; k < t->links.n; k++) {
            const link *l = &t->links.at[k];
            if (l->s->var != s->var) continue;
            bool goes_on = false;
            for (uint32_t j = 0; j < t->links.n; j++) goes_on = goes_on || t->links.at[j].to == l->from;
            scale from = (scale)l->from->scale, to = (scale)t->goal->scale;
            node_id m = from != to ? ir_size(t->g, t->d->m->examples) : 0;
            node_id times = !m || from == SCALE_COST ? m : ir_op2(t->g, OP_DIV, ir_number(t->g, 1), m);
            vec_push(t->a, &t->doc->stages, (stage){l->s, goes_on ? 0 : link_gradient(t, l), times});
            break;
        }
    }
}

static dfoo_status tell(teller *t, explain_way way) {
    bool any_index = way == BY_JACOBIAN;
    DFOO_TRY(link_find(t));
    note_stages(t);
    for (uint32_t i = 0; i < t->links.n; i++) any_index = any_index || !is_by_rule(t, &t->links.at[i]) || link_is_indexed(t, &t->links.at[i]);
    tell_title(t);
    if (t->links.n == 0) {
        doc_say(t, 0, "%s is the cost itself: it changes with itself one to one.", doc_name(t, t->goal->var));
        return arena_status(t->a);
    }
    tell_slide(t);
    doc_say(t, 0, "%s", "");
    paths_tell(t);
    if (way == BY_DIFFERENTIAL) {
        differential_tell(t);
        return arena_status(t->a);
    }
    if (any_index) tell_example(t);
    if (t->d->m->examples && t->d->examples_interact && t->d->used == CONVENTION_COURSE)
        doc_say(t, 0, "Examples affect each other here: l is the sum of all their losses, and nothing is done one example at a time.");
    if (way == BY_JACOBIAN) jacobian_tell(t);
    else tell_links(t);
    bool data = t->doc->small[t->goal->var];
    if (any_index && t->d->m->examples && data) tell_all_examples(t);
    if (any_index && !t->d->m->examples) {
        block *b = doc_add(t, BLOCK_LINE, 3, "together:");
        doc_add_node(t, b, ir_var(t->g, t->goal->grad)->leaf, false);
        doc_add_node(t, b, t->goal->shown ? t->goal->whole : t->goal->local, false);
        b->tail = doc_shapes(t, t->goal->shown ? t->goal->whole : t->goal->local, false);
    }
    return arena_status(t->a);
}

/* Is a name in lower case that of a size or of another variable? N1 is not to be n1 beside 1/n1. */
static bool is_taken(const document *doc, var_id v) {
    const model *m = doc->d->m;
    const char  *name = ir_var_name(&m->g, v);
    buf          lower;
    bool         taken = false;
    buf_init(&lower, doc->a->mem);
    print_name(&m->g, v, true, &lower);
    const char *text = lower.text ? lower.text : "";
    for (uint32_t i = 0; i < m->size_names.n; i++) taken = taken || strcmp(text, symbols_name(m->g.names, m->size_names.at[i])) == 0;
    for (var_id k = 1; k < m->g.vars.n; k++) taken = taken || (k != v && strcmp(text, ir_var_name(&m->g, k)) == 0);
    taken = taken && strcmp(text, name) != 0;
    if (lower.failed) doc->a->failed = true;
    buf_free(&lower);
    return taken;
}

/* A gradient is called as what it is the gradient of. */
static void choose_names(document *doc) {
    const ir *g = &doc->d->m->g;
    for (var_id k = 1; k < g->vars.n; k++) {
        var_id of = ir_var(g, k)->kind == VAR_GRADIENT ? ir_var(g, k)->of : k;
        doc->lower[k] = doc->small[k] && !is_taken(doc, of);
    }
}

/* Which variables have an entry for each example, and how they are called for one. */
static dfoo_status choose_style(document *doc) {
    const derivation *d = doc->d;
    const model      *m = d->m;
    doc->small = arena_new(doc->a, 2 * (size_t)m->g.vars.n + 1); /* changes (δZ1) get names later */
    doc->lower = arena_new(doc->a, 2 * (size_t)m->g.vars.n + 1);
    if (!doc->small || !doc->lower) return DFOO_ENOMEM;
    for (var_id k = 1; k < m->g.vars.n && m->examples; k++) {
        shape s = ir_var(&m->g, k)->sh;
        doc->small[k] = s.rows == m->examples || s.cols == m->examples;
    }
    bool per_example = m->examples && !d->examples_interact;
    for (var_id k = 1; k < m->g.vars.n && m->examples; k++) { /* an entry for each pair of examples */
        shape s = ir_var(&m->g, k)->sh;
        per_example = per_example && !(s.rows == m->examples && s.cols == m->examples);
    }
    choose_names(doc);
    doc->style = (index_style){.small = doc->small, .lower = doc->lower, .example = per_example ? 't' : 0, .loss = d->used == CONVENTION_COURSE ? "l" : "J"};
    return DFOO_OK;
}

dfoo_status story_explain(document *doc, ir *g, const program *run, const explain_options *opt, explain_result *result) {
    teller t = {.doc = doc, .d = doc->d, .g = g, .a = doc->a, .goal = derivation_find(doc->d, doc->goal), .how = opt->how, .edit = opt->edit};
    if (!t.goal) return DFOO_EINPUT;
    DFOO_TRY(choose_style(doc));
    DFOO_TRY(tell(&t, opt->way));
    add_all_rewrites(&t, opt->steps);
    DFOO_TRY(arena_status(t.a));
    DFOO_TRY(arena_status(g->a)); /* nodes and names are made there */
    DFOO_TRY(prove_document(doc, doc->goal, run, opt->seed, result));
    return opt->numbers ? numbers_tell(&t, run, opt, result) : DFOO_OK;
}
