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
    bool same = shape_equal(ir_var(t->g, l->to->var)->sh, ir_var(t->g, l->s->var)->sh);
    return same && l->to->n_through == 1 && link_is_entrywise(t, l->s->node);
}

static void tell_link(teller *t, const link *l) {
    document *doc = t->doc;
    bool      by_rule = is_by_rule(t, l), indexed = link_is_indexed(t, l);
    const char *way = link_way(t, l);
    doc_add(doc, BLOCK_SECTION, 0, by_rule && !indexed ? doc_text(doc, "%s, entry by entry", way) : way)
        ->about = l->s;
    link_tell_call(t, l);
    if (l->to->symmetric)
        doc_say(doc, 3, "with the entries of %s as if each could change alone; this part of %s:",
                doc_name(doc, l->to->var), doc_name(doc, l->to->grad));
    else if (l->to->n_through > 1)
        doc_say(doc, 3, "one of the %u ways in which %s sets out for %s; its part of %s:", l->to->n_through,
                doc_name(doc, l->to->var), doc_name(doc, t->d->m->cost), doc_name(doc, l->to->grad));
    bool entries = !indexed && !by_rule && entries_tell(t, l);
    if (indexed) proof_tell(t, l);
    else if (!entries) add_by_rules(t, l, derivative_remarks(t, l));
    ends_tell(t, l, entries);
}

/* ------------------------------------------------------------- the m examples */

void story_goal(teller *t, uint8_t indent, const char *words) {
    node_id n = gradient_formula(t->goal);
    doc_add_line(t->doc, indent, words, ir_var(t->g, t->goal->grad)->leaf, n, doc_shapes(t->doc, n, false));
}

static void tell_all_examples(teller *t) {
    document       *doc = t->doc;
    const gradient *v = t->goal;
    const char     *line = ir_var(t->g, v->var)->sh.cols == t->d->m->examples ? "column" : "row",
               *add = v->n_through > 1 ? "; the paths add" : "";
    doc_add(doc, BLOCK_SECTION, 0, doc_text(doc, "%s examples", doc_examples(doc)));
    if (!t->d->examples_interact) proof_two_examples(t, &t->links.at[0]);
    if (t->d->examples_interact)
        doc_say(doc, 3,
                "examples affect each other in this model; the formula counts the effect on the loss of all "
                "of them:");
    else if (t->d->why_dj)
        doc_say(doc, 3, "every line above holds for each %s, so for all of them at once%s:", line, add);
    else
        doc_say(doc, 3,
                "a %s of %s affects only its own example's loss, and every line above works %s by %s%s:",
                line, doc_name(doc, v->var), line, line, add);
    story_goal(t, 5, "");
}

/* -------------------------------------------------------------- beginnings */

/* What a variable is for one example. */
typedef enum { ONE_NUMBER, ONE_COLUMN, ONE_ROW } one_kind;

static one_kind one_of(const teller *t, var_id v) {
    shape s = ir_var(t->g, v)->sh;
    bool  columns = s.cols == t->d->m->examples;
    if ((columns ? s.rows : s.cols) == dim_literal(1)) return ONE_NUMBER;
    return columns ? ONE_COLUMN : ONE_ROW;
}

/* "z1, a1 are columns", "z is a number": the names of one kind, each once; "": there are none. */
static const char *list_names(teller *t, one_kind kind) {
    static const char *const kinds[][2] = {{"is a number", "are numbers"},
                                           {"is a column", "are columns"},
                                           {"is a row", "are rows"}};
    buf      b;
    uint32_t n = 0;
    bool    *seen = arena_new(t->a, t->g->vars.n);
    if (!seen) return "";
    buf_init(&b, t->a->mem);
    for (uint32_t i = t->links.n; i-- > 0;) {
        const var_id both[2] = {t->links.at[i].to->var, t->links.at[i].s->var};
        for (int k = 0; k < 2; k++) {
            if (seen[both[k]] || !t->doc->small[both[k]] || one_of(t, both[k]) != kind) continue;
            seen[both[k]] = true;
            buf_printf(&b, "%s%s", n++ ? ", " : "", doc_small_name(t->doc, both[k]));
        }
    }
    const char *names = doc_take(t->doc, &b);
    return n ? doc_text(t->doc, "%s %s", names, kinds[kind][n > 1]) : "";
}

/* "dz2[i] is the name of ∂l/∂z2[i].": of the known gradient that is nearest to the goal. */
static const char *known_name(teller *t) {
    document *doc = t->doc;
    for (uint32_t i = 0; i < t->links.n; i++) {
        const link *l = &t->links.at[i];
        bool shown = l->from && l->from->shown && link_gradient(t, l) == ir_var(t->g, l->from->grad)->leaf;
        if (!shown || !doc->small[l->s->var]) continue;
        const char *z = doc_small_name(doc, l->s->var), *at = one_of(t, l->s->var) == ONE_NUMBER ? "" : "[i]";
        return doc_text(doc, "  %s is the name of %s.", doc_formula(doc, "d%s%s", z, at),
                        doc_formula(doc, "∂%s/∂%s%s", doc->style.loss, z, at));
    }
    return "";
}

static void tell_example(teller *t) {
    if (!t->d->m->examples || !t->doc->style.example) return;
    buf b;
    buf_init(&b, t->a->mem);
    for (int kind = 0; kind < 3; kind++) {
        static const one_kind order[] = {ONE_COLUMN, ONE_ROW, ONE_NUMBER};
        const char           *names = list_names(t, order[kind]);
        if (names[0]) buf_printf(&b, "%s%s", b.len ? ", " : "", names);
    }
    const char *names = doc_take(t->doc, &b);
    if (names[0]) doc_say(t->doc, 0, "ONE example first; %s.%s", names, known_name(t));
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

/* The weights of Z2 = W2 @ A1 + b2, by name, where the first link goes through that; 0: it does not. */
static var_id weights_of(const teller *t, const link *l) {
    if (l->kind != PROOF_RIGHT && l->kind != PROOF_RIGHT_ONE) return 0;
    const node *w = ir_node(t->g, ir_node(t->g, l->product)->arg[0]);
    return w->op == OP_VAR ? w->ref : 0;
}

static void tell_slide(teller *t) {
    const link *l = t->links.at;
    var_id      weights = t->links.n == 2 ? weights_of(t, &l[0]) : 0;
    const node *f = weights ? ir_node(t->g, l[1].s->node) : NULL;
    if (!f || (l[1].kind != PROOF_ENTRY && f->op != OP_OPEN)) return;
    const char *w = layer(t, weights, false), *z2 = layer(t, l[0].s->var, true),
               *z1 = layer(t, t->goal->var, true);
    if (!w || !z1 || !z2) return;
    const char *number = strchr(z1, '['),
               *name = f->op == OP_OPEN ? symbols_name(t->g->names, f->ref) : op_table[f->op].name;
    doc_say(t->doc, 0, "on the slide: %s, here with %s",
            doc_slide(t->doc, "d%s = %s.T d%s * g%s'(%s)", z1, w, z2, number, z1),
            doc_slide(t->doc, "g%s = %s", number, name));
}

static void tell_title(teller *t) {
    const char *s = doc_shape(t->doc, ir_var(t->g, t->goal->var)->sh, false);
    doc_add_line(t->doc, 0, "", ir_var(t->g, t->goal->grad)->leaf, gradient_formula(t->goal), s)->kind =
        BLOCK_TITLE;
}

enum { MOST_LAYERS = 4 };

/* The line of all layers, and what it says for each of them. */
static void tell_layers_of(teller *t, const tell_layers *all) {
    document *doc = t->doc;
    uint32_t  n = all->n < MOST_LAYERS ? all->n : MOST_LAYERS;
    unsigned  here = 0;
    for (uint32_t i = 0; i < all->n; i++)
        if (all->of[i] == t->goal->var) here = all->l[i];
    doc_say(doc, 0, "for any layer: %s.  Here %s%s", doc_slide(doc, "%s", all->line),
            doc_formula(doc, "l = %u", here), all->n > 1 ? "; for each of them:" : ".");
    for (uint32_t i = 0; i < n && all->n > 1; i++) {
        const gradient *v = derivation_find(t->d, all->of[i]);
        const char *note = doc_formula(doc, "l = %u", all->l[i]), *g = op_table[all->function[i]].name;
        if (all->function[i])
            note = doc_text(doc, "%s, %s", note, doc_slide(doc, "g[%u] = %s", all->l[i], g));
        doc_add_line(doc, 3, "", ir_var(t->g, v->grad)->leaf, gradient_formula(v), note);
    }
    if (all->n > n) doc_say(doc, 3, "and %u more", all->n - n);
}

/* ------------------------------------------------------------------- whole */

bool story_has_cancelled(const teller *t, const gradient *v) {
    const step *s = NULL;
    while ((s = outline_rewrite(t->o, t->d, v->var, s)))
        if (s->out == v->whole && strstr(s->rule, "cancel")) return true;
    return false;
}

static void tell_cancelled(teller *t) {
    const gradient *v = t->goal;
    const link     *l = t->links.n ? &t->links.at[t->links.n - 1] : NULL;
    if (!l || !proof_is_entry(l->kind) || link_is_indexed(t, l) || !story_has_cancelled(t, v)) return;
    doc_say(t->doc, 3, "The derivative of %s cancels for this loss; in a hidden layer the factor g' stays.",
            op_table[ir_node(t->g, l->s->node)->op].name);
    if (l->from)
        doc_say(t->doc, 3,
                "Programs that start at %s and programs that start at %s compute the same: this is the step "
                "between "
                "them.",
                doc_name(t->doc, l->from->grad), doc_name(t->doc, v->grad));
}

void story_links(teller *t) {
    doc_say(t->doc, 0, "%s", "");
    for (uint32_t i = 0; i < t->links.n; i++) tell_link(t, &t->links.at[i]);
    tell_cancelled(t);
}

/* 1/m or m where what a link hands back and the goal's gradient differentiate different things. */
static node_id stage_times(const teller *t, const link *l) {
    if (l->from->scale == t->goal->scale) return 0;
    node_id m = ir_size(t->g, t->d->m->examples);
    return l->from->scale == SCALE_COST ? m : ir_op2(t->g, OP_DIV, ir_number(t->g, 1), m);
}

/* The link whose statement comes next in the program behind one; NULL: there is none. */
static const link *next_stage(const teller *t, const stmt *behind) {
    const link *out = NULL;
    for (const link *l = t->links.at; l < t->links.at + t->links.n; l++)
        if ((!behind || l->s > behind) && (!out || l->s < out->s)) out = l;
    return out;
}

void story_stages(teller *t) {
    enum { FAR = 100 };
    for (const link *l = next_stage(t, NULL); l; l = next_stage(t, l->s)) {
        bool goes_on = false;
        for (const link *k = t->links.at; k < t->links.at + t->links.n; k++)
            goes_on = goes_on || k->to == l->from;
        vec_push(t->a, &t->doc->stages, (stage){l->s, goes_on ? 0 : link_gradient(t, l), stage_times(t, l)});
    }
    t->doc->far = t->o->far[t->goal->var] > FAR;
}

/* Is anything told of one example, and not of the sum over all of them? */
static bool is_of_one(teller *t, explain_way way) {
    for (uint32_t i = 0; i < t->links.n; i++) {
        const link *l = &t->links.at[i];
        bool        shared = t->doc->small[l->s->var] && !t->doc->small[l->to->var];
        bool        summed = l->s->var == t->d->m->cost || (shared && !link_is_indexed(t, l));
        if (way == BY_JACOBIAN || (!summed && !(is_by_rule(t, l) && !link_is_indexed(t, l)))) return true;
    }
    return false;
}

/* Is anything told with indices? */
static bool has_indices(teller *t, explain_way way) {
    bool any = way == BY_JACOBIAN;
    for (uint32_t i = 0; i < t->links.n; i++)
        any = any || !is_by_rule(t, &t->links.at[i]) || link_is_indexed(t, &t->links.at[i]);
    return any;
}

/* Does the last line end in the first, letter for letter? */
static bool is_ended(const teller *t) {
    const block *all = t->doc->blocks.at, *title = all;
    uint32_t     n = t->doc->blocks.n;
    while (n && all[n - 1].kind != BLOCK_LINE) n--;
    const block *last = n ? &all[n - 1] : NULL, *head = last;
    if (!last || last->n_sides < 2 || title->n_sides < 2) return false;
    while (head > all && head->hanging) head--;
    return head->n_sides && strcmp(head->sides[0].shown, title->sides[0].shown) == 0 &&
           strcmp(last->sides[last->n_sides - 1].shown, title->sides[1].shown) == 0;
}

/* By index or by Jacobian: one example first, then all of them. */
static void tell_by_example(teller *t, explain_way way) {
    bool indices = has_indices(t, way);
    if (indices && is_of_one(t, way)) tell_example(t);
    if (t->d->m->examples && t->d->examples_interact && t->d->used == CONVENTION_COURSE)
        doc_say(t->doc, 0,
                "Examples affect each other here: l is the sum of all their losses, and nothing is done one "
                "example at "
                "a time.");
    if (way == BY_JACOBIAN) jacobian_tell(t);
    else story_links(t);
    if (indices && t->d->m->examples && t->doc->small[t->goal->var]) tell_all_examples(t);
    if (!is_ended(t)) story_goal(t, 3, "together:");
}

static dfoo_status tell_all(teller *t, explain_way way, const tell_layers *all) {
    DFOO_TRY(link_find(t));
    story_stages(t);
    tell_title(t);
    if (t->links.n == 0) {
        doc_say(t->doc, 0, "%s is the cost itself: it changes with itself one to one.",
                doc_name(t->doc, t->goal->var));
        return arena_status(t->a);
    }
    if (all) tell_layers_of(t, all);
    tell_slide(t);
    doc_say(t->doc, 0, "%s", "");
    paths_tell(t);
    if (way == BY_DIFFERENTIAL) differential_tell(t);
    else tell_by_example(t, way);
    return arena_status(t->a);
}

dfoo_status story_open(teller *t, document *doc, const tell_options *opt) {
    *t = (teller){.doc = doc,
                  .d = doc->d,
                  .g = doc->g,
                  .a = doc->a,
                  .goal = derivation_find(doc->d, doc->goal),
                  .how = opt->how,
                  .edit = opt->edit};
    if (!t->goal) return DFOO_EINPUT;
    if (!doc->small) DFOO_TRY(doc_open(doc));
    if (!doc->outline) DFOO_TRY(tell_outline(doc->d, doc->g, doc->a, &doc->outline));
    t->o = doc->outline;
    return DFOO_OK;
}

dfoo_status tell_gradient(document *doc, const program *run, const tell_options *opt,
                          explain_result *result) {
    ir    *g = doc->g;
    teller t;
    DFOO_TRY(story_open(&t, doc, opt));
    DFOO_TRY(tell_all(&t, opt->way, opt->layers));
    add_all_rewrites(&t, opt->steps);
    DFOO_TRY(arena_status(t.a));
    DFOO_TRY(arena_status(g->a)); /* nodes and names are made there */
    DFOO_TRY(prove_document(doc, doc->goal, run, opt->seed, result));
    return opt->numbers ? numbers_tell(&t, run, opt, result) : DFOO_OK;
}
