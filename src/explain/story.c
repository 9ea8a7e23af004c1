/* From a derivation to the document that explains one gradient.
 *
 * A link is a statement that the variable goes through on its way to the cost. The story
 * starts at the nearest gradients that `derive` shows under their own names and goes link
 * by link; each link has a kind, and each kind its paragraph in proofs.def. What no kind
 * fits is shown as the rule of its operation. */
#include <string.h>

#include "explain/teller.h"

/* -------------------------------------------------------------- paragraphs */

static const char *equation(teller *t, const stmt *s) {
    return doc_formula(t, "%s = %s", doc_name(t, s->var), doc_node(t, s->node, false));
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
    else if (function && !seen[x->op]) text = doc_slope(t, (op_id)x->op);
    else if (x->op == OP_POW && ir_is_number(t->g, x->arg[1], &power)) text = power_slope(t, power);
    else if (x->op == OP_SUB && x->arg[1] == ir_var(t->g, l->to->var)->leaf)
        text = doc_formula(t, "∂(%s)/∂%s = -1", doc_node(t, n, false), doc_name(t, l->to->var));
    seen[x->op] = true;
    return text ? text : "";
}

/* The functions that a gradient passes through, with their derivatives: log'(a) = 1/a. */
static const char *derivative_remarks(teller *t, const link *l) {
    buf       b;
    node_list need = {{0}};
    bool      seen[OP_COUNT] = {false};
    buf_init(&b, t->a->mem);
    if (ir_reach(t->g, t->a, &l->s->node, 1, &need) != DFOO_OK) return doc_take(t, &b);
    for (uint32_t i = 0; i < need.list.n; i++) {
        const char *text = derivative_remark(t, l, need.list.at[i], seen);
        if (text[0]) buf_printf(&b, "%s%s", b.len ? "; " : "", text);
    }
    return doc_take(t, &b);
}

/* The steps of the simplification: before = after, with the rule's name. */
static void add_rewrites(teller *t, const gradient *v, const char *remarks) {
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

static void tell_link(teller *t, const link *l) {
    bool entrywise = link_is_entrywise(t, l->s->node) && shape_equal(ir_var(t->g, l->to->var)->sh, ir_var(t->g, l->s->var)->sh);
    bool indexed = link_is_indexed(t, l);
    block *section = doc_add(t, BLOCK_SECTION, 0, arena_format(t->a, "through %s%s", equation(t, l->s), entrywise && !indexed ? ", entry by entry" : ""));
    section->about = l->s;
    if (indexed && l->to->n_through > 1) doc_say(t, 3, "the part of %s that comes this way (the parts are added at the end):", doc_name(t, l->to->grad));
    if (indexed) {
        proof_tell(t, l);
        return;
    }
    const node *x = ir_node(t->g, l->s->node);
    if (!entrywise && op_table[x->op].grad[0][0] && !op_elementwise((op_id)x->op))
        doc_say(t, 3, "the rule of %s, for y = %s of a:   %s", op_table[x->op].name[0] ? op_table[x->op].name : "the function",
            op_table[x->op].name, doc_formula(t, "da = %s", op_table[x->op].grad[link_is_operand(t, x->arg[0], l->to->var) ? 0 : op_table[x->op].arity > 1]));
    uint32_t others = 0;
    for (uint32_t i = 0; i < t->links.n; i++) others += t->links.at[i].to == l->to && &t->links.at[i] > l;
    if (others) doc_say(t, 3, "one of the paths of %s: its part is added below", doc_name(t, l->to->var));
    else if (l->to->n_through > 1) doc_say(t, 3, "the last of the paths of %s: all parts together are", doc_name(t, l->to->var));
    if (!others) add_rewrites(t, l->to, derivative_remarks(t, l));
}

/* ------------------------------------------------------------- the m examples */

static void tell_all_examples(teller *t) {
    const gradient *v = t->goal;
    const model    *m = t->d->m;
    const char     *side_name = m->examples_are_columns ? "column" : "row";
    doc_add(t, BLOCK_SECTION, 0, arena_format(t->a, "%s examples", symbols_name(t->g->names, dim_name(m->examples))));
    if (t->d->examples_interact)
        doc_say(t, 3, "examples affect each other in this model; the formula counts the effect on the loss of all of them:");
    else
        doc_say(t, 3, "a %s of %s affects only its own example's loss, and every line above works %s by %s%s:", side_name, doc_name(t, v->var), side_name, side_name,
            v->n_through > 1 ? "; the paths add" : "");
    block *b = doc_add(t, BLOCK_LINE, 5, "");
    doc_add_node(t, b, ir_var(t->g, v->grad)->leaf, false);
    doc_add_node(t, b, v->whole, false);
    b->tail = doc_shapes(t, v->whole, false);
}

/* The sum over the examples in indices: what the product really adds up. */
static void tell_sum(teller *t) {
    const link *l = &t->links.at[0];
    index_style all = t->doc->style;
    const char *text = NULL;
    if (t->links.n != 1 || !l->product || t->d->used != CONVENTION_COURSE) return;
    all.example = 0;
    all.loss = ir_var_name(t->g, t->d->m->cost);
    if (l->kind == PROOF_WEIGHT_LEFT || l->kind == PROOF_TURNED_LEFT) text = "DL(a[i,j]) = 1/m * sum(t, dy[i,t] * b[j,t])";
    if (l->kind == PROOF_WEIGHT_RIGHT || l->kind == PROOF_TURNED_RIGHT) text = "DL(b[i,j]) = 1/m * sum(t, a[t,i] * dy[t,j])";
    if (l->kind == PROOF_BIAS_COLUMN) text = "DL(b[i,1]) = 1/m * sum(t, dy[i,t])";
    if (l->kind == PROOF_BIAS_ROW) text = "DL(b[1,i]) = 1/m * sum(t, dy[t,i])";
    if (text) proof_add_line(t, l, text, &all);
}

/* Where the sum over the examples and the 1/m come from. */
static void tell_parameter(teller *t) {
    const gradient *v = t->goal;
    const model    *m = t->d->m;
    const char     *examples = symbols_name(t->g->names, dim_name(m->examples));
    const char     *w = doc_name(t, v->var), *cost = doc_name(t, m->cost);
    const link     *l = &t->links.at[0];
    const char     *z = l->from ? doc_name(t, l->from->grad) : "";
    doc_add(t, BLOCK_SECTION, 0, arena_format(t->a, "%s examples share %s, and %s is %s: add them up%s", examples, w, cost,
                                          t->d->used == CONVENTION_COURSE ? arena_format(t->a, "1/%s times the sum of their losses", examples) : "made of all of them",
                                          t->d->used == CONVENTION_COURSE ? arena_format(t->a, ", times 1/%s", examples) : ""));
    tell_sum(t);
    block *b = doc_add(t, BLOCK_LINE, 5, "");
    doc_add_node(t, b, ir_var(t->g, v->grad)->leaf, false);
    doc_add_node(t, b, v->whole, false);
    bool bias = l->kind == PROOF_BIAS_COLUMN || l->kind == PROOF_BIAS_ROW;
    b->tail = bias ? "the sum along the examples" : "the product is the sum over the examples";
    if (t->d->used != CONVENTION_COURSE || !l->from || l->from->scale != SCALE_DATA) return;
    const char *lines = m->examples_are_columns ? "Columns" : "Rows";
    doc_say(t, 3, "%s of %s are not shared, so %s has no such sum, and no 1/%s: it differentiates the loss l, %s differentiates %s.", lines,
        doc_name(t, l->from->var), z, examples, doc_name(t, v->grad), cost);
    doc_say(t, 3, "With the 1/%s in %s already (--convention dJ) it is not here, and %s is the same.", examples, z, doc_name(t, v->grad));
}

/* -------------------------------------------------------------- beginnings */

/* Z1 -> A1 -> Z2 -> .. -> J if there is one path; how many paths there are. */
static double count_paths(teller *t, var_id v, buf *out) {
    double *paths = arena_new(t->a, t->g->vars.n * sizeof *paths);
    if (!paths) return 1;
    paths[t->d->m->cost] = 1;
    for (uint32_t i = t->d->forward.list.n; i-- > 0;) {
        node_list leaves = {{0}};
        const stmt *s = &t->d->forward.list.at[i];
        if (ir_reach(t->g, t->a, &s->node, 1, &leaves) != DFOO_OK) return 1;
        for (uint32_t k = 0; k < leaves.list.n; k++) {
            const node *x = ir_node(t->g, leaves.list.at[k]);
            if (x->op == OP_VAR && derivation_find(t->d, s->var)) paths[x->ref] += paths[s->var];
        }
    }
    double count = paths[v];
    buf_printf(out, "%s", doc_name(t, v));
    for (uint32_t steps = 0; v != t->d->m->cost && count == 1 && steps < t->d->forward.list.n; steps++) {
        for (uint32_t i = 0; i < t->d->forward.list.n; i++) {
            const stmt *s = &t->d->forward.list.at[i];
            if (!link_uses(t, s, v) || !derivation_find(t->d, s->var)) continue;
            v = s->var;
            if (steps < 9) buf_printf(out, " -> %s", doc_name(t, v));
            else if (steps == 9) buf_puts(out, " -> ..");
            break;
        }
    }
    return count;
}

static const char *count_word(uint32_t n) {
    static const char *const words[] = {"no link remains", "one link remains", "two links remain", "three links remain", "four links remain"};
    return n < 5 ? words[n] : NULL;
}

static void tell_path(teller *t) {
    buf path, known;
    buf_init(&path, t->a->mem);
    buf_init(&known, t->a->mem);
    double      count = count_paths(t, t->goal->var, &path);
    const char *cost = doc_name(t, t->d->m->cost), *v = doc_name(t, t->goal->var), *way = doc_take(t, &path);
    for (uint32_t i = 0, n = 0; i < t->links.n; i++) {
        const gradient *from = t->links.at[i].from;
        bool            trivial = !from || !from->whole || op_table[ir_node(t->g, from->whole)->op].arity == 0;
        if (trivial || !from->shown || (i && t->links.at[i - 1].from == from)) continue;
        buf_printf(&known, "%s%s", n++ ? ", " : "", doc_name(t, from->grad));
    }
    const char *names_known = doc_take(t, &known), *words = count_word(t->links.n);
    const char *remain = words ? words : arena_format(t->a, "%u links remain", t->links.n);
    const char *start = names_known[0] ? arena_format(t->a, "  %s %s known (explain %s); %s.", names_known, strchr(names_known, ',') ? "are" : "is", names_known, remain) : "";
    if (count == 1) doc_say(t, 0, "%s reaches %s along one path of variables:  %s.%s", v, cost, way, start);
    else doc_say(t, 0, "%s reaches %s along %.0f paths: their contributions add.%s", v, cost, count, start);
}

static void tell_example(teller *t) {
    buf list;
    var_id first = 0;
    buf_init(&list, t->a->mem);
    if (!t->d->m->examples || !t->doc->style.example) return;
    for (uint32_t i = t->links.n; i-- > 0;) {
        const link *l = &t->links.at[i];
        if (t->doc->small[l->to->var] && (list.len == 0 || l->to != t->links.at[i + 1].to)) buf_printf(&list, "%s%s", list.len ? ", " : "", doc_small_name(t, l->to->var));
    }
    const link *l = &t->links.at[0];
    if (l->from && t->doc->small[l->s->var]) {
        first = l->s->var;
        buf_printf(&list, "%s%s", list.len ? ", " : "", doc_small_name(t, first));
    }
    const char *text = doc_take(t, &list), *z = first ? doc_small_name(t, first) : "";
    if (first)
        doc_say(t, 0, "ONE example first; %s %s.  %s is the name of %s.", text,
            strchr(text, ',') ? (t->d->m->examples_are_columns ? "are columns" : "are rows") : (t->d->m->examples_are_columns ? "is a column" : "is a row"),
            doc_formula(t, "d%s[i]", z), doc_formula(t, "∂%s/∂%s[i]", t->doc->style.loss, z));
}

/* "dz[1] = W[2].T dz[2] * g[1]'(z[1])" where the names are spelled like the slides'. */
static const char *layer(teller *t, var_id v, bool small) {
    buf b;
    buf_init(&b, t->a->mem);
    print_name(t->g, v, small && t->doc->small[v] && t->doc->style.example, &b);
    const char *text = doc_take(t, &b);
    size_t      len = strcspn(text, "0123456789");
    return text[len] && len ? arena_format(t->a, "%.*s[%s]", (int)len, text, text + len) : NULL;
}

static void tell_slide(teller *t) {
    const link *first = t->links.n == 2 ? &t->links.at[0] : NULL, *second = first ? &t->links.at[1] : NULL;
    if (!first || (first->kind != PROOF_RIGHT && first->kind != PROOF_RIGHT_ONE) || second->kind != PROOF_ENTRY) return;
    const node *p = ir_node(t->g, first->product), *f = ir_node(t->g, second->s->node);
    if (ir_node(t->g, p->arg[0])->op != OP_VAR) return;
    const char *w = layer(t, ir_node(t->g, p->arg[0])->ref, false), *z2 = layer(t, first->s->var, true);
    const char *z1 = layer(t, t->goal->var, true);
    if (!w || !z1 || !z2) return;
    const char *number = strchr(z1, '[');
    doc_say(t, 0, "on the slide: %s, here with %s", doc_slide(t, "d%s = %s.T d%s * g%s'(%s)", z1, w, z2, number, z1),
            doc_slide(t, "g%s = %s", number, op_table[f->op].name));
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

static dfoo_status tell(teller *t) {
    bool any_index = false;
    DFOO_TRY(link_find(t));
    for (uint32_t i = 0; i < t->links.n; i++) any_index = any_index || link_is_indexed(t, &t->links.at[i]);
    tell_title(t);
    if (t->links.n == 0) {
        doc_say(t, 0, "%s is the cost itself: it changes with itself one to one.", doc_name(t, t->goal->var));
        return arena_status(t->a);
    }
    tell_slide(t);
    doc_say(t, 0, "%s", "");
    tell_path(t);
    if (any_index) tell_example(t);
    doc_say(t, 0, "%s", "");
    for (uint32_t i = 0; i < t->links.n; i++) tell_link(t, &t->links.at[i]);
    tell_cancelled(t);
    bool data = t->doc->small[t->goal->var];
    if (any_index && t->d->m->examples && data) tell_all_examples(t);
    if (any_index && t->d->m->examples && !data) tell_parameter(t);
    if (any_index && !t->d->m->examples) {
        block *b = doc_add(t, BLOCK_LINE, 3, "together:");
        doc_add_node(t, b, ir_var(t->g, t->goal->grad)->leaf, false);
        doc_add_node(t, b, t->goal->shown ? t->goal->whole : t->goal->local, false);
        b->tail = doc_shapes(t, t->goal->shown ? t->goal->whole : t->goal->local, false);
    }
    return arena_status(t->a);
}

/* Which variables have an entry for each example, and how they are called for one. */
static dfoo_status choose_style(document *doc) {
    const derivation *d = doc->d;
    const model      *m = d->m;
    doc->small = arena_new(doc->a, m->g.vars.n);
    if (!doc->small) return DFOO_ENOMEM;
    for (var_id k = 1; k < m->g.vars.n && m->examples; k++) {
        shape s = ir_var(&m->g, k)->sh;
        doc->small[k] = s.rows == m->examples || s.cols == m->examples;
    }
    bool per_example = m->examples && !d->examples_interact;
    doc->style = (index_style){.small = doc->small, .example = per_example ? 't' : 0, .loss = d->used == CONVENTION_COURSE ? "l" : "J"};
    return DFOO_OK;
}

dfoo_status story_tell(document *doc, ir *g) {
    teller t = {.doc = doc, .d = doc->d, .g = g, .a = doc->a, .goal = derivation_find(doc->d, doc->goal)};
    if (!t.goal) return DFOO_EINPUT;
    DFOO_TRY(choose_style(doc));
    return tell(&t);
}
