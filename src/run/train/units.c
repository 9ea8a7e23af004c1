/* A model that learns a target in units of its deviation, and tells costs and predictions in the target's
 * own.
 *
 * That is possible where the cost depends on the data through P - Y alone, as squared and absolute errors do,
 * and where P can be any number: parameters are added to it, or are a factor of a product. Behind the forward
 * pass of the program there stand, then, P in the target's units, and the cost of sd * (P - Y): they are what
 * is predicted and told, while the gradients are those of the cost as it was. */
#include <math.h>
#include <string.h>

#include "run/train/train.h"
#include "run/train/units.h"

typedef struct finder {
    model         *m;
    ir            *g;
    const program *p;
    arena          a;
    var_id         prediction, label;
    bool           meets; /* there is a P - Y */
} finder;

static const node *node_at(const finder *f, node_id n) {
    return ir_node(f->g, n);
}

static bool is_leaf_of(const finder *f, node_id n, var_id v) {
    return node_at(f, n)->op == OP_VAR && node_at(f, n)->ref == v;
}

/* P - Y or Y - P. */
static bool is_difference(const finder *f, node_id n) {
    const node *x = node_at(f, n);
    if (x->op != OP_SUB) return false;
    return (is_leaf_of(f, x->arg[0], f->prediction) && is_leaf_of(f, x->arg[1], f->label)) ||
           (is_leaf_of(f, x->arg[1], f->prediction) && is_leaf_of(f, x->arg[0], f->label));
}

static const stmt *statement_of(const finder *f, node_id n) {
    const node *x = node_at(f, n);
    return x->op == OP_VAR && ir_var(f->g, x->ref)->kind == VAR_DEFINED ? program_find(f->p, x->ref) : NULL;
}

static bool is_parameter(const finder *f, node_id n) {
    if (node_at(f, n)->op == OP_TRANSPOSE) n = node_at(f, n)->arg[0];
    return node_at(f, n)->op == OP_VAR && ir_var(f->g, node_at(f, n)->ref)->kind == VAR_PARAM;
}

/* Can the prediction be any number? */
static bool is_unbounded(finder *f) {
    VEC(node_id) rest = {0};
    vec_push(&f->a, &rest, ir_var(f->g, f->prediction)->leaf);
    while (rest.n) {
        node_id     n = rest.at[--rest.n];
        const node *x = node_at(f, n);
        const stmt *s = statement_of(f, n);
        if (is_parameter(f, n)) return true;
        if (x->op == OP_MATMUL && (is_parameter(f, x->arg[0]) || is_parameter(f, x->arg[1]))) return true;
        if (s) vec_push(&f->a, &rest, s->node);
        if (x->op == OP_ADD || x->op == OP_SUB || x->op == OP_NEG || x->op == OP_TRANSPOSE)
            for (int k = 0; k < op_table[x->op].arity; k++) vec_push(&f->a, &rest, x->arg[k]);
        if (f->a.failed) return false;
    }
    return false;
}

/* What one summand of the cost is computed from, beside P - Y. */
typedef struct summand {
    bool data, params;
} summand;

static dfoo_status look_at(finder *f, node_id root, summand *out) {
    VEC(node_id) rest = {0};
    bool *seen = arena_new(&f->a, f->g->nodes.n);
    *out = (summand){0};
    vec_push(&f->a, &rest, root);
    while (seen && rest.n) {
        node_id     n = rest.at[--rest.n];
        const node *x = node_at(f, n);
        const stmt *s = statement_of(f, n);
        if (seen[n]) continue;
        seen[n] = true;
        if (is_difference(f, n)) {
            f->meets = true;
            continue;
        }
        if (s) vec_push(&f->a, &rest, s->node);
        for (int k = 0; k < op_table[x->op].arity; k++)
            if (x->arg[k]) vec_push(&f->a, &rest, x->arg[k]);
        if (x->op != OP_VAR) continue;
        out->data |= is_data(f->g, x->ref);
        out->params |= ir_var(f->g, x->ref)->kind == VAR_PARAM || x->ref == f->prediction;
        if (x->ref == f->label) out->data = out->params = true; /* beside P - Y */
    }
    return arena_status(&f->a);
}

/* Summand by summand: a penalty on parameters does not stand in the way. */
static dfoo_status depends_on_difference(finder *f, bool *out) {
    VEC(node_id) rest = {0};
    *out = true;
    vec_push(&f->a, &rest, ir_var(f->g, f->m->cost)->leaf);
    while (rest.n && *out) {
        node_id     n = rest.at[--rest.n];
        const node *x = node_at(f, n);
        const stmt *s = statement_of(f, n);
        summand     part;
        if (s && shape_is_scalar(ir_shape(f->g, n))) {
            vec_push(&f->a, &rest, s->node);
            continue;
        }
        if (x->op == OP_ADD || x->op == OP_SUB) {
            vec_push(&f->a, &rest, x->arg[0]);
            vec_push(&f->a, &rest, x->arg[1]);
            continue;
        }
        DFOO_TRY(look_at(f, n, &part));
        *out = !(part.data && part.params);
    }
    *out = *out && f->meets;
    return arena_status(&f->a);
}

/* The label that has the shape of the first prediction. */
static bool find_pair(finder *f) {
    if (!f->m->predict.n) return false;
    f->prediction = f->m->predict.at[0];
    const variable *p = ir_var(f->g, f->prediction);
    for (var_id v = 1; v < f->g->vars.n && !f->label; v++)
        if (ir_var(f->g, v)->kind == VAR_LABEL && shape_equal(ir_var(f->g, v)->sh, p->sh)) f->label = v;
    return f->label && by_example(f->m, p) && !ir_var(f->g, f->label)->onehot && p->kind == VAR_DEFINED &&
           program_find(f->p, f->prediction);
}

/* ------------------------------------------------------------------ program */

static const char *const names[2] = {"sd", "mean"};

/* A number for each entry of the label. */
static shape one_for_each(const model *m, const variable *label) {
    dim entries = entries_dim(m, label), one = dim_literal(1);
    if (entries == one) return shape_scalar();
    return m->examples_are_columns ? shape_of(entries, one) : shape_of(one, entries);
}

/* sd(Y), mean(Y): numbers that are set once the data is known. */
static var_id own_number(model *m, var_id label, int which, bool make) {
    ir         *g = &m->g;
    const char *name = arena_format(g->a, "%s(%s)", names[which], ir_var_name(g, label));
    sym         own = name ? symbols_add(g->names, name, strlen(name)) : 0;
    var_id      v = own ? ir_find_var(g, own) : 0;
    if (v || !own || !make) return v;
    return ir_add_var(g, (variable){.name = own,
                                    .kind = VAR_CONST,
                                    .given_name = true,
                                    .sh = one_for_each(m, ir_var(g, label)),
                                    .value = which == 0});
}

/* The variable's name goes to a new one, which stands for it from now on. */
static var_id replace(ir *g, var_id v) {
    variable    old = *ir_var(g, v);
    const char *name = arena_format(g->a, "scaled(%s)", ir_var_name(g, v));
    sym         own = name ? symbols_add(g->names, name, strlen(name)) : 0;
    if (!own || ir_rename(g, v, own) != DFOO_OK) return 0;
    return ir_add_var(g, (variable){.name = old.name, .kind = VAR_DEFINED, .sh = old.sh, .at = old.at});
}

typedef struct copier {
    finder  *f;
    node_id  sd;
    node_id *of_var; /* by var_id: what stands for it; 0: itself */
} copier;

static node_id copy(void *user, ir *g, node_id n, const node_id *args) {
    copier *c = user;
    if (is_difference(c->f, n)) return ir_op2(g, OP_MUL, c->sd, n);
    const node *x = ir_node(g, n);
    if (x->op == OP_VAR && c->of_var[x->ref]) return c->of_var[x->ref];
    return ir_rebuild(g, n, args);
}

/* The cost as a formula of sd * (P - Y). */
static node_id cost_in_units(finder *f, node_id sd) {
    ir     *g = f->g;
    copier  c = {f, sd, arena_new(&f->a, g->vars.n * sizeof(node_id))};
    bool   *from = arena_new(&f->a, g->vars.n);
    node_id made = 0;
    if (!c.of_var || !from) return 0;
    from[f->prediction] = from[f->label] = true;
    if (program_spread(g, &f->a, f->p, from) != DFOO_OK) return 0;
    for (uint32_t i = 0; i < f->p->list.n; i++) {
        stmt s = f->p->list.at[i];
        if (!from[s.var] || s.var == f->prediction || ir_var(g, s.var)->kind != VAR_DEFINED) continue;
        made = ir_map(g, &f->a, s.node, copy, &c);
        if (!made) return 0;
        c.of_var[s.var] = made;
        if (s.var == f->m->cost) return made;
    }
    return 0;
}

static dfoo_status add_units(finder *f, program *p) {
    ir     *g = f->g;
    model  *m = f->m;
    var_id  number[2];
    node_id leaf[2];
    for (int i = 0; i < 2; i++) {
        number[i] = own_number(m, f->label, i, true);
        if (!number[i]) return DFOO_ENOMEM;
        leaf[i] = ir_var(g, number[i])->leaf;
    }
    node_id cost = cost_in_units(f, leaf[0]);
    node_id scaled = ir_op2(g, OP_MUL, ir_var(g, f->prediction)->leaf, leaf[0]);
    node_id told = ir_op2(g, OP_ADD, scaled, leaf[1]);
    span    at = program_find(p, m->cost)->at, at_p = program_find(p, f->prediction)->at;
    var_id  j = cost && told ? replace(g, m->cost) : 0, y = j ? replace(g, f->prediction) : 0;
    if (!y) return DFOO_ENOMEM;
    DFOO_TRY(program_add(g, p, y, told, at_p));
    DFOO_TRY(program_add(g, p, j, cost, at));
    m->cost = j;
    m->predict.at[0] = y;
    return arena_status(g->a);
}

dfoo_status train_target(model *m, program *p, var_id *label) {
    finder f = {.m = m, .g = &m->g, .p = p};
    bool   is = false;
    *label = 0;
    if (!m->cost || !find_pair(&f)) return DFOO_OK;
    arena_init(&f.a, m->g.a->mem);
    dfoo_status status = is_unbounded(&f) ? depends_on_difference(&f, &is) : DFOO_OK;
    if (status == DFOO_OK && is) status = add_units(&f, p);
    if (status == DFOO_OK && is) *label = f.label;
    if (f.a.failed) status = DFOO_ENOMEM;
    arena_free(&f.a);
    return status;
}

/* Everything that the cost is computed from is looked at. */
static dfoo_status find_difference(finder *f) {
    summand part;
    return program_find(f->p, f->m->cost) ? look_at(f, ir_var(f->g, f->m->cost)->leaf, &part) : DFOO_OK;
}

dfoo_status units_compared(model *m, const program *p, var_id *label) {
    finder f = {.m = m, .g = &m->g, .p = p};
    *label = 0;
    if (!m->cost || !find_pair(&f)) return DFOO_OK;
    f.meets = own_number(m, f.label, 0, false) != 0; /* then the difference is that of the scaled ones */
    arena_init(&f.a, m->g.a->mem);
    dfoo_status status = f.meets ? DFOO_OK : find_difference(&f);
    if (f.meets) *label = f.label;
    arena_free(&f.a);
    return status;
}

target_units units_of(const memos *all, var_id label) {
    const memo *known = label ? memos_find(all, label) : NULL;
    if (!known || !known->n_rules || !known->mean) return (target_units){0};
    return (target_units){known->entries, known->mean, known->sd};
}

dfoo_status units_set(model *m, var_id label, target_units units) {
    const double *from[2] = {units.sd, units.mean};
    for (int i = 0; i < 2 && label && units.n; i++) {
        var_id  v = own_number(m, label, i, false);
        double *own = v ? arena_new(m->g.a, units.n * sizeof *own) : NULL;
        if (!v) continue;
        if (!own) return DFOO_ENOMEM;
        memcpy(own, from[i], units.n * sizeof *own);
        variable *x = &m->g.vars.at[v];
        x->value = own[0];
        x->values = own;
        x->n_values = units.n;
    }
    return DFOO_OK;
}

dfoo_status units_check(const model *m, const sizes *s) {
    for (var_id v = 1; v < m->g.vars.n; v++) {
        const variable *x = ir_var(&m->g, v);
        size_t          n = sizes_get(s, x->sh.rows) * sizes_get(s, x->sh.cols);
        if (x->kind == VAR_CONST && x->values && x->n_values != n)
            return diag_alone(m->g.d, "the run is damaged: it has %s for %zu columns of %zu",
                              ir_var_name(&m->g, v), x->n_values, n);
    }
    return DFOO_OK;
}

dfoo_status train_target_of(model *m, program *p, const dfoo_arrays *run) {
    memos  known;
    var_id label = 0;
    arena  a;
    arena_init(&a, m->g.a->mem);
    dfoo_status status = memos_recall(m, &a, run, &known);
    for (uint32_t i = 0; status == DFOO_OK && i < known.list.n && !label; i++) {
        const memo *x = &known.list.at[i];
        if (ir_var(&m->g, x->var)->kind != VAR_LABEL || !x->n_rules || !x->mean) continue;
        status = train_target(m, p, &label);
        if (status == DFOO_OK && label) status = units_set(m, label, units_of(&known, label));
    }
    arena_free(&a);
    return status;
}
