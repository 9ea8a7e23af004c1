/* The steps that simplification made of a gradient, with their names, and the derivatives of
 * the functions that a link passes through. */
#include <string.h>

#include "teach/tell/routes.h"

/* "(z**3)' = 3*z**2": a power of a name, or of what is called u. */
static const char *power_slope(teller *t, const node *x, double power) {
    bool        name = ir_node(t->g, x->arg[0])->op == OP_VAR;
    const char *u = name ? doc_node(t->doc, x->arg[0], false) : "u";
    buf         b;
    buf_init(&b, t->a->mem);
    buf_printf(&b, "(%s**", u);
    buf_number(&b, power);
    buf_puts(&b, ")' = ");
    buf_number(&b, power);
    buf_printf(&b, power == 2 ? "*%s" : "*%s**", u);
    if (power != 2) buf_number(&b, power - 1);
    return doc_formula(t->doc, "%s", doc_take(t->doc, &b));
}

/* "log'(A2) = 1/A2": a function's derivative in the model's own letters, where what it is taken of is short;
 * the function itself by its name, if it has one. */
static const char *own_slope(teller *t, const link *l, node_id n) {
    node         x = *ir_node(t->g, n);
    node_id      y = n == l->s->node ? ir_var(t->g, l->s->var)->leaf : n;
    const node  *of = ir_node(t->g, x.arg[0]);
    bool         simple = true;
    template_env env = {.arg = {x.arg[0], 0, 0}, .y = y};
    for (int k = 0; k < op_table[of->op].arity; k++)
        simple = simple && op_table[ir_node(t->g, of->arg[k])->op].arity == 0;
    node_id rule = simple ? template_build(t->g, ir_grad(t->g, (op_id)x.op, 0), &env) : 0;
    if (rule && t->how) rule = t->how->tidy(t->how->user, rule);
    if (!rule) return doc_slope(t->doc, (op_id)x.op);
    return doc_formula(t->doc, "%s'(%s) = %s", op_table[x.op].name, doc_node(t->doc, x.arg[0], false),
                       doc_node(t->doc, rule, false));
}

/* Where the variable of a link stands in one operation: as an operand itself, or somewhere below it. */
typedef struct passing {
    bool is[2], below[2];
} passing;

static passing passing_of(teller *t, const link *l, const node *x) {
    node_id leaf = ir_var(t->g, l->to->var)->leaf;
    passing out = {{false}, {false}};
    for (int k = 0; k < 2 && k < op_table[x->op].arity; k++) {
        out.is[k] = x->arg[k] == leaf;
        out.below[k] = node_has(t, x->arg[k], leaf);
    }
    return out;
}

/* The slope of a sum or difference by the variable, where it is one of the operands. */
static const char *sum_slope(teller *t, const link *l, node_id n, const char *slope) {
    return doc_formula(t->doc, "∂(%s)/∂%s = %s", doc_node(t->doc, n, false), doc_name(t->doc, l->to->var),
                       slope);
}

static bool is_function(const node *x) {
    const op_info *info = &op_table[x->op];
    return op_elementwise((op_id)x->op) && !(info->flags & OP_FLAG_INFIX) && info->arity == 1;
}

/* What there is to say of a sum, a difference, a product or a quotient, by where the variable stands in it.
 * */
static const char *infix_remark(teller *t, const link *l, node_id n) {
    const node *x = ir_node(t->g, n);
    passing     v = passing_of(t, l, x);
    if (x->op == OP_SUB && v.is[1]) return sum_slope(t, l, n, "-1");
    if (x->op == OP_ADD && (v.is[0] || v.is[1])) return sum_slope(t, l, n, "1");
    if (x->op == OP_MUL && v.below[0] && v.below[1]) return "product rule";
    return x->op == OP_DIV && v.below[1] ? "quotient rule" : "";
}

/* What there is to say of one operation on the way; "": nothing. */
static const char *derivative_remark(teller *t, const link *l, node_id n, const bool *seen) {
    const node *x = ir_node(t->g, n);
    double      power;
    const char *name = symbols_name(t->g->names, x->op == OP_OPEN ? x->ref : 0);
    switch ((op_id)x->op) {
    case OP_DROPOUT:
        return doc_text(t->doc, "%s is %s: what is dropped has no effect, what is kept is scaled",
                        doc_node(t->doc, n, false),
                        doc_formula(t->doc, "%s * %s", doc_node(t->doc, x->arg[0], false),
                                    doc_node(t->doc, x->arg[1], false)));
    case OP_OPEN: return doc_text(t->doc, "%s' is the derivative of %s, whatever it is", name, name);
    case OP_POW: return ir_is_number(t->g, x->arg[1], &power) ? power_slope(t, x, power) : "";
    case OP_ADD: case OP_SUB: case OP_MUL: case OP_DIV: return infix_remark(t, l, n);
    default: return is_function(x) && !seen[x->op] ? own_slope(t, l, n) : "";
    }
}

/* The functions that a gradient passes through, with their derivatives: log'(A2) = 1/A2. */
const char *derivative_remarks(teller *t, const link *l) {
    buf       b;
    node_list need = {{0}};
    bool      seen[OP_COUNT] = {false};
    buf_init(&b, t->a->mem);
    if (ir_reach(t->g, t->a, &l->s->node, 1, &need) != DFOO_OK) return "";
    for (uint32_t i = 0; i < need.list.n; i++) {
        node_id n = need.list.at[i];
        if (!node_has(t, n, ir_var(t->g, l->to->var)->leaf)) continue; /* it does not move */
        const char *text = derivative_remark(t, l, n, seen);
        if (text[0]) buf_printf(&b, "%s%s", b.len ? "; " : "", text);
        seen[ir_node(t->g, n)->op] = true;
    }
    return doc_take(t->doc, &b);
}

/* ------------------------------------------------------------------- lines */

static void add_line(teller *t, node_id from, bool hanging, node_id to, const char *tail, const char *rule) {
    from = node_without_ones(t, from);
    to = node_without_ones(t, to);
    if (from == to) return;
    block *b = doc_add_line(t->doc, 3, "", from, to, tail);
    b->hanging = hanging;
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
        if (gradient && !node_has(t, to, need.list.at[i]))
            buf_printf(&b, "%s%s", n++ ? " and " : "", doc_name(t->doc, x->ref));
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

static const char labels_rule[] = "sum to 1"; /* the end of its name: columns, or rows, of the labels do */

/* What a step's expression is before the labels' sums are put in; 0: that is nothing of its own. */
static node_id before_labels(teller *t, const step *s) {
    bool    labels = t->how && strstr(s->rule, labels_rule);
    node_id n = labels ? t->how->any_labels(t->how->user, s->in) : 0;
    return n && n != s->out && shape_equal(ir_shape(t->g, n), ir_shape(t->g, s->out)) ? n : 0;
}

/* Names that were written out, and what is left before the labels' sums are put in. */
static node_id add_between(teller *t, node_id last, const step *s) {
    if (!last) return 0;
    const char *names = written_out(t, last, s->in);
    if (s->in != last && names[0] && is_short(t, s->in)) {
        add_line(t, last, true, s->in, names, NULL);
        last = s->in;
    }
    node_id before = before_labels(t, s);
    if (!before || before == last) return last;
    add_line(t, last, true, before, "cancel", NULL);
    return before;
}

/* The rule's names; of several, only the labels' where the others had a line of their own. */
static const char *names_of(const teller *t, const step *s, node_id last) {
    bool columns = t->d->m->examples_are_columns;
    if (!strstr(s->rule, labels_rule) || last == s->in) return s->rule;
    return columns ? "each column of the labels sums to 1" : "each row of the labels sums to 1";
}

/* A rewrite that leads to the form which is not shown, where the one that is comes first. */
static bool is_aside(const gradient *v, const step *s, node_id last) {
    return s->out == v->whole && !v->shown && last && s->in != last && s->out != v->local;
}

void add_rewrites(teller *t, const gradient *v, const char *remarks) {
    node_id leaf = ir_var(t->g, v->grad)->leaf, last = 0, end = gradient_formula(v);
    const step *s = NULL;
    while ((s = outline_rewrite(t->o, t->d, v->var, s))) {
        if (s->out == last || is_aside(v, s, last)) continue;
        node_id now = add_between(t, last, s);
        add_line(t, now ? now : leaf, last != 0, s->out, last ? names_of(t, s, now) : remarks, s->rule);
        last = s->out;
    }
    if (last == v->local || last == end) return;
    if (!last && v->local != end) { /* over the gradients between first */
        add_line(t, leaf, false, v->local, remarks, NULL);
        last = v->local;
    }
    add_line(t, last ? last : leaf, last != 0, end, last ? written_out(t, last, end) : remarks, NULL);
}

const char *rewrite_names(teller *t, const gradient *v) {
    const char *names = "";
    const step *s = NULL;
    while ((s = outline_rewrite(t->o, t->d, v->var, s)))
        if (s->out == v->whole) names = s->rule;
    return names[0] ? names : written_out(t, v->local, v->whole);
}

/* Which sums stand for the sums over indices. */
const char *sums_in(teller *t, node_id n) {
    node_list need = {{0}};
    bool      product = false, along[AXIS_ALL + 1] = {false};
    if (ir_reach(t->g, t->a, &n, 1, &need) != DFOO_OK) return "";
    for (uint32_t i = 0; i < need.list.n; i++) {
        const node *x = ir_node(t->g, need.list.at[i]);
        product = product || x->op == OP_MATMUL;
        if (x->op == OP_SUM) along[x->attr] = true;
    }
    if (product) return "; the product adds up over the index that its factors share";
    if (along[AXIS_0] && along[AXIS_1]) return "; axis=0 adds down the columns, axis=1 along the rows";
    if (along[AXIS_0]) return "; axis=0: down each column";
    if (along[AXIS_1]) return "; axis=1: along each row";
    return along[AXIS_ALL] ? "; the sum over all entries" : "";
}

void add_matrices(teller *t, const link *l) {
    const char *remarks = derivative_remarks(t, l);
    doc_say(t->doc, 3, "all entries at once%s:", sums_in(t, l->to->local));
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
    document *doc = c->t->doc;
    c->n++;
    if (c->show)
        doc_add_line(doc, 5, "", before, after, doc_text(doc, "%s: %s", rule, sentence))->rule = rule;
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

/* One rewrite of the trail: the table's rules one by one, or the names of what was done. */
static void add_rewrite(counting *c, const step *s) {
    const explain_how *how = c->t->how;
    if (strcmp(s->rule, "signs, 0 and 1") != 0) {
        list_rule(c, s->rule, how->sentences(how->user, s->rule), s->in, s->out);
        return;
    }
    c->now = s->in;
    how->rules(how->user, s->in, on_rule, c);
    if (c->now == s->out) return;
    list_rule(c, "known under a name",
              "a formula that has a name is written by its name, factors are put in order", c->now, s->out);
}

/* The first rewrite of the trail behind one, of what is told; NULL: there is none. */
static const step *next_told(const teller *t, const step *behind) {
    const step *out = NULL;
    for (uint32_t i = 0; i < t->links.n; i++) {
        const step *s = outline_rewrite(t->o, t->d, t->links.at[i].to->var, NULL);
        while (s && behind && s <= behind) s = outline_rewrite(t->o, t->d, 0, s);
        if (s && (!out || s < out)) out = s;
    }
    return out;
}

void add_all_rewrites(teller *t, bool show) {
    counting c = {.t = t, .show = show};
    bool     any = false;
    for (const step *s = t->how ? next_told(t, NULL) : NULL; s; s = next_told(t, s)) {
        if (show && !any) doc_add(t->doc, BLOCK_SECTION, 0, "all simplifications, in their order");
        any = true;
        add_rewrite(&c, s);
    }
    if (show || !c.n) return;
    const char *words = c.n == 1 ? "1 simplification on the way; --steps shows it"
                                 : doc_text(t->doc, "%u simplifications on the way; --steps shows them", c.n);
    doc_add(t->doc, BLOCK_WORDS, 0, words)->of_options = true;
}
