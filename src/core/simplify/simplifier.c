/* A simplifier made ready: what its names stand for, which of them may be zero on a whole region, and
 * which come down to exp; and how one is asked. */
#include <assert.h>

#include "core/simplify/engine.h"

/* What may be zero on a whole region: a relu's output may, what is multiplied with it or made from
 * it by a product, and a sum of pieces, as abs(x) + x. */
typedef struct region {
    bool kinked; /* it comes from a function in pieces, entry by entry */
    bool flat;   /* it may be zero on a whole region */
} region;

/* What an operation's result has from its operands; all others have what ops.def says of them. */
enum { KINKED_A = 1, KINKED_B = 2, FLAT_A = 4, FLAT_B = 8, FLAT_IF_KINKED = 16 };

static const uint8_t handed_on[OP_COUNT] = {
    [OP_ADD] = KINKED_A | KINKED_B | FLAT_IF_KINKED,
    [OP_SUB] = KINKED_A | KINKED_B | FLAT_IF_KINKED,
    [OP_MUL] = KINKED_A | KINKED_B | FLAT_A | FLAT_B,
    [OP_DIV] = KINKED_A | KINKED_B | FLAT_A,
    [OP_NEG] = KINKED_A | FLAT_A,
    [OP_POW] = KINKED_A | FLAT_A,
    [OP_TRANSPOSE] = FLAT_A,
    [OP_MATMUL] = FLAT_A | FLAT_B,
};

static region region_of_node(const simplifier *w, const node *x, const region *at) {
    assert(x->op != OP_VAR || x->ref < w->s.n_flat_var);
    uint8_t on = handed_on[x->op];
    region  a = at[x->arg[0]], b = at[x->arg[1]], out;
    if (x->op == OP_VAR) return (region){w->s.kinked_var[x->ref], w->s.flat_var[x->ref]};
    if (!on) {
        bool pieces = (op_table[x->op].flags & OP_FLAG_FLAT) != 0;
        return (region){pieces || op_table[x->op].kink[0], pieces};
    }
    out.kinked = (on & KINKED_A && a.kinked) || (on & KINKED_B && b.kinked);
    out.flat = (on & FLAT_A && a.flat) || (on & FLAT_B && b.flat) || (on & FLAT_IF_KINKED && out.kinked);
    return out;
}

/* `at`: by node_id. */
static dfoo_status learn_region(simplifier *w, const stmt *s, region *at, bool *kinked, bool *flat) {
    node_list need = {{0}};
    DFOO_TRY(ir_reach(w->g, w->a, &s->node, 1, &need));
    for (uint32_t i = 0; i < need.list.n; i++)
        at[need.list.at[i]] = region_of_node(w, ir_node(w->g, need.list.at[i]), at);
    kinked[s->var] = at[s->node].kinked;
    flat[s->var] = at[s->node].flat;
    return DFOO_OK;
}

/* Elementwise all the way down to names, not too long, and not a mere name. */
static bool is_elementwise(simplifier *w, node_id n) {
    node_list need = {{0}};
    if (ir_reach(w->g, w->a, &n, 1, &need) != DFOO_OK || need.list.n > MOST_ORDER) return false;
    return op_table[ir_node(w->g, n)->op].arity > 0 && !ir_some(w->g, w->a, n, engine_joins_entries, NULL);
}

static bool has_exp(const void *user, const ir *g, const node *x) {
    const simplifier *w = user;
    const op_info    *info = &op_table[x->op];
    bool              smooth = info->definition[0] && !info->kink[0];
    (void)g;
    return x->op == OP_EXP || smooth || (x->op == OP_VAR && x->ref < w->n_vars && w->has_exp[x->ref]);
}

static void add_uses(simplifier *w, var_id v) {
    node_list atoms = {{0}};
    if (form_atoms(&w->s, w->def[v], &atoms) != DFOO_OK) return;
    for (uint32_t i = 0; i < atoms.list.n && engine_sync(w); i++)
        if (!shape_is_scalar(ir_shape(w->g, atoms.list.at[i])))
            vec_push(w->a, &w->uses.at[atoms.list.at[i]].list, v);
}

static void learn_name(simplifier *w, const stmt *s) {
    node_id leaf = ir_var(w->g, s->var)->leaf;
    bool    elementwise = is_elementwise(w, s->node);
    engine_convert(w, s->node);
    if (w->a->failed) return;
    const entry e = *engine_entry(w, s->node);
    w->meaning[s->var] = e.f;
    if (elementwise) {
        w->has_exp[s->var] = ir_some(w->g, w->a, s->node, has_exp, w);
        w->def[s->var] = e.f;
        add_uses(w, s->var);
    }
    if (op_table[ir_node(w->g, s->node)->op].arity == 0 || w->name_of.at[s->node]) return;
    const node_id keys[3] = {s->node, e.best, e.tidy};
    for (int i = 0; i < 3; i++) {
        if (!keys[i] || op_table[ir_node(w->g, keys[i])->op].arity == 0 || w->name_of.at[keys[i]]) continue;
        w->name_of.at[keys[i]] = leaf;
        w->memo.at[keys[i]] = (entry){0};
    }
}

static const engine_above above = {engine_improve,     engine_join_powers,  engine_broken_power,
                                   engine_add_roots, engine_find_quotients, engine_sums_to_zero};

dfoo_status simplifier_init(simplifier *w, ir *g, arena *a, const derivation *d) {
    *w = (simplifier){.g = g, .a = a, .up = &above, .n_vars = g->vars.n};
    w->examples = d->m->examples;
    w->examples_are_columns = d->m->examples_are_columns;
    algebra_init(&w->s, g, a);
    w->b = (builder){.s = &w->s, .g = g};
    DFOO_TRY(rules_init(&w->r, g, STAGE_TIDY));
    bool *flat = arena_new(a, w->n_vars), *kinked = arena_new(a, w->n_vars);
    w->def = arena_new(a, w->n_vars * sizeof *w->def);
    w->meaning = arena_new(a, w->n_vars * sizeof *w->meaning);
    w->has_exp = arena_new(a, w->n_vars);
    if (!flat || !kinked || !w->def || !w->meaning || !w->has_exp || !engine_sync(w)) return DFOO_ENOMEM;
    region *at = arena_new(a, program_end(&d->forward) * sizeof *at);
    if (!at) return DFOO_ENOMEM;
    w->s.flat_var = flat;
    w->s.kinked_var = kinked;
    w->s.n_flat_var = w->n_vars;
    for (uint32_t i = 0; i < d->forward.list.n; i++) {
        const stmt *s = &d->forward.list.at[i];
        DFOO_TRY(learn_region(w, s, at, kinked, flat));
        learn_name(w, s);
    }
    w->s.n_written = w->s.polys.n;
    return arena_status(a);
}

node_id simplifier_run(simplifier *w, node_id n, uint32_t *used) {
    engine_convert(w, n);
    engine_improve(w, n);
    if (w->a->failed || n >= w->memo.n) return 0;
    *used |= engine_entry(w, n)->used;
    return engine_entry(w, n)->best;
}

node_id simplifier_tidy(simplifier *w, node_id n) {
    engine_convert(w, n);
    return w->a->failed || n >= w->memo.n ? 0 : engine_entry(w, n)->tidy;
}
