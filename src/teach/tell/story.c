/* From a derivation to the document that explains one gradient.
 *
 * A link is a statement that the variable goes through on its way to the cost. The story
 * starts at the nearest gradients that `derive` shows under their own names and goes link
 * by link; each link has a kind, and each kind its paragraph in proofs.def. What no kind
 * fits is told by its entries (entries.c). */
#include <string.h>

#include "teach/tell/routes.h"
#include "teach/verify/verify.h"

/* -------------------------------------------------------------- paragraphs */

/* Is it told by what the rules of matrices make of it alone? One formula, entry by entry. */
static bool is_by_rule(teller *t, const link *l) {
    return link_is_entrywise(t, l->s->node) && shape_equal(ir_var(t->g, l->to->var)->sh, ir_var(t->g, l->s->var)->sh) && l->to->n_through == 1;
}

static void tell_link(teller *t, const link *l) {
    bool by_rule = is_by_rule(t, l), indexed = link_is_indexed(t, l), several = l->to->n_through > 1;
    block *section = doc_add(t->doc, BLOCK_SECTION, 0, doc_text(t->doc, "through %s%s", doc_equation(t->doc, l->s), by_rule && !indexed ? ", entry by entry" : ""));
    section->about = l->s;
    if (several) doc_say(t->doc, 3, "one of the %u ways in which %s sets out for %s; its part of %s:", l->to->n_through, doc_name(t->doc, l->to->var), doc_name(t->doc, t->d->m->cost), doc_name(t->doc, l->to->grad));
    bool entries = !indexed && !by_rule && entries_tell(t, l);
    if (indexed) proof_tell(t, l);
    else if (!entries) add_rewrites(t, l->to, derivative_remarks(t, l));
    ends_tell(t, l, entries);
}

/* ------------------------------------------------------------- the m examples */

static void tell_all_examples(teller *t) {
    const gradient *v = t->goal;
    const model    *m = t->d->m;
    const char     *side_name = m->examples_are_columns ? "column" : "row";
    doc_add(t->doc, BLOCK_SECTION, 0, doc_text(t->doc, "%s examples", doc_examples(t->doc)));
    if (t->d->examples_interact)
        doc_say(t->doc, 3, "examples affect each other in this model; the formula counts the effect on the loss of all of them:");
    else if (t->d->why_dj)
        doc_say(t->doc, 3, "every line above holds for each %s, so for all of them at once%s:", side_name, v->n_through > 1 ? "; the paths add" : "");
    else
        doc_say(t->doc, 3, "a %s of %s affects only its own example's loss, and every line above works %s by %s%s:", side_name, doc_name(t->doc, v->var), side_name, side_name,
            v->n_through > 1 ? "; the paths add" : "");
    block *b = doc_add(t->doc, BLOCK_LINE, 5, "");
    doc_add_node(t->doc, b, ir_var(t->g, v->grad)->leaf, false);
    doc_add_node(t->doc, b, v->whole, false);
    b->tail = doc_shapes(t->doc, v->whole, false);
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
    buf_printf(&list->b, "%s%s", list->n++ ? ", " : "", doc_small_name(t->doc, v));
}

/* "z1, a1 are columns", "z is a number": those of one kind. */
static const char *list_text(teller *t, bool numbers, name_list *list) {
    buf_init(&list->b, t->a->mem);
    for (uint32_t i = t->links.n; i-- > 0;) {
        const link *l = &t->links.at[i];
        if (t->doc->small[l->to->var] && is_number(t, l->to->var) == numbers) list_one(t, list, l->to->var);
        if (t->doc->small[l->s->var] && is_number(t, l->s->var) == numbers) list_one(t, list, l->s->var);
    }
    return doc_take(t->doc, &list->b);
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
        const char *z = doc_small_name(t->doc, l->s->var), *at = is_number(t, l->s->var) ? "" : "[i]";
        known = doc_text(t->doc, "  %s is the name of %s.", doc_formula(t->doc, "d%s%s", z, at), doc_formula(t->doc, "∂%s/∂%s%s", t->doc->style.loss, z, at));
    }
    vectors = list_text(t, false, &list[0]);
    numbers = list_text(t, true, &list[1]);
    const char *first = list[0].n ? doc_text(t->doc, "%s %s", vectors, kind_of_names(t, false, list[0].n > 1)) : "";
    const char *second = list[1].n ? doc_text(t->doc, "%s%s %s", list[0].n ? ", " : "", numbers, kind_of_names(t, true, list[1].n > 1)) : "";
    if (first && second && known) doc_say(t->doc, 0, "ONE example first; %s%s.%s", first, second, known);
}

/* "dz[1] = W[2].T dz[2] * g[1]'(z[1])" where the names are spelled like the slides'. */
static const char *layer(teller *t, var_id v, bool small) {
    buf b;
    buf_init(&b, t->a->mem);
    print_name(t->g, v, small && t->doc->lower[v] && t->doc->style.example, &b);
    const char *text = doc_take(t->doc, &b);
    size_t      len = strcspn(text, "0123456789");
    return text[len] && len ? doc_text(t->doc, "%.*s[%s]", (int)len, text, text + len) : NULL;
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
    doc_say(t->doc, 0, "on the slide: %s, here with %s", doc_slide(t->doc, "d%s = %s.T d%s * g%s'(%s)", z1, w, z2, number, z1),
            doc_slide(t->doc, "g%s = %s", number, f->op == OP_OPEN ? symbols_name(t->g->names, f->ref) : op_table[f->op].name));
}

static void tell_title(teller *t) {
    block *b = doc_add(t->doc, BLOCK_TITLE, 0, "");
    doc_add_node(t->doc, b, ir_var(t->g, t->goal->grad)->leaf, false);
    doc_add_node(t->doc, b, gradient_formula(t->goal), false);
    b->tail = doc_shape(t->doc, ir_var(t->g, t->goal->var)->sh, false);
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
    doc_say(t->doc, 3, "The derivative of %s cancels for this loss; in a hidden layer the factor g' stays.", op_table[ir_node(t->g, l->s->node)->op].name);
    if (l->from) doc_say(t->doc, 3, "Programs that start at %s and programs that start at %s compute the same: this is the step between them.", doc_name(t->doc, l->from->grad), doc_name(t->doc, v->grad));
}

static void tell_links(teller *t) {
    doc_say(t->doc, 0, "%s", "");
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

static dfoo_status tell_all(teller *t, explain_way way) {
    bool any_index = way == BY_JACOBIAN;
    DFOO_TRY(link_find(t));
    note_stages(t);
    for (uint32_t i = 0; i < t->links.n; i++) any_index = any_index || !is_by_rule(t, &t->links.at[i]) || link_is_indexed(t, &t->links.at[i]);
    tell_title(t);
    if (t->links.n == 0) {
        doc_say(t->doc, 0, "%s is the cost itself: it changes with itself one to one.", doc_name(t->doc, t->goal->var));
        return arena_status(t->a);
    }
    tell_slide(t);
    doc_say(t->doc, 0, "%s", "");
    paths_tell(t);
    if (way == BY_DIFFERENTIAL) {
        differential_tell(t);
        return arena_status(t->a);
    }
    if (any_index) tell_example(t);
    if (t->d->m->examples && t->d->examples_interact && t->d->used == CONVENTION_COURSE)
        doc_say(t->doc, 0, "Examples affect each other here: l is the sum of all their losses, and nothing is done one example at a time.");
    if (way == BY_JACOBIAN) jacobian_tell(t);
    else tell_links(t);
    bool data = t->doc->small[t->goal->var];
    if (any_index && t->d->m->examples && data) tell_all_examples(t);
    if (any_index && !t->d->m->examples) {
        block *b = doc_add(t->doc, BLOCK_LINE, 3, "together:");
        doc_add_node(t->doc, b, ir_var(t->g, t->goal->grad)->leaf, false);
        doc_add_node(t->doc, b, gradient_formula(t->goal), false);
        b->tail = doc_shapes(t->doc, gradient_formula(t->goal), false);
    }
    return arena_status(t->a);
}

dfoo_status tell_gradient(document *doc, const program *run, const tell_options *opt, explain_result *result) {
    ir    *g = doc->g;
    teller t = {.doc = doc, .d = doc->d, .g = g, .a = doc->a, .goal = derivation_find(doc->d, doc->goal), .how = opt->how, .edit = opt->edit};
    if (!t.goal) return DFOO_EINPUT;
    DFOO_TRY(doc_open(doc));
    DFOO_TRY(tell_all(&t, opt->way));
    add_all_rewrites(&t, opt->steps);
    DFOO_TRY(arena_status(t.a));
    DFOO_TRY(arena_status(g->a)); /* nodes and names are made there */
    DFOO_TRY(prove_document(doc, doc->goal, run, opt->seed, result));
    return opt->numbers ? numbers_tell(&t, run, opt, result) : DFOO_OK;
}
