/* Second derivatives: how every line of a derived program changes when variables move.
 *
 * Each variable V that moves has a direction V_dot of its own. Statements are gone through in the order in
 * which they are run, forward and backward lines alike, and how fast each changes follows from the rules of
 * ops.def that the reverse sweep uses: entry by entry the factor dy/da, else how y changes with a. How the
 * gradient of a goal V changes is HV: the rows of the Hessian that belong to V, times the direction. */
#include <assert.h>
#include <string.h>

#include "core/diff/diff.h"

typedef struct along {
    model                *m;
    ir                   *g;
    arena                *a;
    const derivation     *first;
    const along_options  *opt;
    derivation           *out;
    node_id              *dot; /* by var_id: the name of its change; 0: it does not move */
    program               constant; /* gradients that are numbers: of goals they have a line, and no name */
    uint32_t              n_dot;
} along;

/* ------------------------------------------------------------------- names */

static bool is_size(const model *m, sym name) {
    for (uint32_t i = 0; i < m->size_names.n; i++)
        if (m->size_names.at[i] == name) return true;
    return false;
}

static bool is_goal(const along *w, var_id v) {
    const variable *x = ir_var(w->g, v);
    return x->kind == VAR_GRADIENT && w->opt->goals[x->of];
}

/* HW1 of the gradient dW1 of a goal, else Z1_dot of Z1, in which no name of the model may be hidden. */
static dfoo_status name_change(along *w, var_id v, var_kind kind) {
    const variable *x = ir_var(w->g, v);
    const char     *own = is_goal(w, v) ? arena_format(w->g->a, "H%s", ir_var_name(w->g, x->of))
                                        : arena_format(w->g->a, "%s_dot", ir_var_name(w->g, v));
    if (!own) return DFOO_ENOMEM;
    sym name = symbols_add(w->g->names, own, strlen(own));
    if (ir_find_var(w->g, name) || model_function(w->m, name) || is_size(w->m, name) || op_find(own))
        return diag_alone(w->g->d, "%s has a name %s of its own, and second derivatives need it: rename it",
                          w->m->src.name, own);
    variable change = {.name = name, .kind = (uint8_t)kind, .of = v, .sh = x->sh, .symmetric = x->symmetric};
    var_id   id = ir_add_var(w->g, change);
    if (!id) return DFOO_ENOMEM;
    w->dot[v] = ir_var(w->g, id)->leaf;
    return DFOO_OK;
}

/* ------------------------------------------------------------- expressions */

/* What y's change has from that of its operand k. */
static node_id change_by(along *w, node_id y, int k, node_id da) {
    node         x = *ir_node(w->g, y); /* a copy: what is built moves the store */
    const char  *text = op_table[x.op].grad[k];
    template_env env = template_operands(w->g, y, k);
    env.y = y;
    env.change = da;
    if (!op_elementwise((op_id)x.op)) return template_build(w->g, ir_change(w->g, (op_id)x.op, k), &env);
    if (strcmp(text, "1") == 0) return da;
    if (strcmp(text, "-1") == 0) return ir_op1(w->g, OP_NEG, da);
    return ir_op2(w->g, OP_MUL, template_build(w->g, ir_grad(w->g, (op_id)x.op, k), &env), da);
}

/* The sum over the operands, which may have to be stretched to y's shape. */
static node_id change_of_node(along *w, node_id y, const node_list *need, const node_id *of) {
    node    x = *ir_node(w->g, y);
    node_id sum = 0;
    if (x.op == OP_VAR) return x.ref < w->n_dot ? w->dot[x.ref] : 0;
    for (int k = 0; k < op_table[x.op].arity; k++) {
        node_id da = op_table[x.op].grad[k][0] ? of[node_list_place(need, x.arg[k])] : 0;
        if (!da) continue;
        node_id more = change_by(w, y, k, da);
        sum = sum ? ir_op2(w->g, OP_ADD, sum, more) : more;
    }
    if (!sum || shape_equal(ir_shape(w->g, sum), x.sh)) return sum;
    return ir_op2(w->g, OP_MUL, sum, ir_ones(w->g, x.sh));
}

/* How an expression changes, unsimplified; *out 0: it does not. */
static dfoo_status change_of(along *w, node_id root, node_id *out) {
    node_list need = {{0}};
    DFOO_TRY(ir_reach(w->g, w->a, &root, 1, &need));
    node_id *of = arena_new(w->a, need.list.n * sizeof *of);
    if (!of) return DFOO_ENOMEM;
    for (uint32_t i = 0; i < need.list.n; i++) of[i] = change_of_node(w, need.list.at[i], &need, of);
    *out = of[need.list.n - 1];
    return arena_status(w->g->a);
}

/* -------------------------------------------------------------- statements */

/* How many of the names in an expression move. */
static dfoo_status count_movers(along *w, node_id root, uint32_t *out) {
    node_list names = {{0}};
    DFOO_TRY(ir_names(w->g, w->a, root, &names));
    for (uint32_t i = 0; i < names.list.n; i++) {
        var_id v = ir_node(w->g, names.list.at[i])->ref;
        *out += v < w->n_dot && w->dot[v];
    }
    return DFOO_OK;
}

/* A goal that does not change has a line all the same. */
static dfoo_status add_line(along *w, stmt s, uint32_t number) {
    bool     goal = is_goal(w, s.var);
    gradient line = {.var = s.var, .stmt = number, .part = goal ? PART_GOAL : PART_STEP};
    DFOO_TRY(change_of(w, s.node, &line.raw));
    if (!line.raw && !goal) return DFOO_OK;
    if (!line.raw)
        line.raw = ir_op2(w->g, OP_MUL, ir_number(w->g, 0), ir_ones(w->g, ir_var(w->g, s.var)->sh));
    DFOO_TRY(count_movers(w, s.node, &line.n_through));
    DFOO_TRY(name_change(w, s.var, VAR_CHANGE));
    line.grad = ir_node(w->g, w->dot[s.var])->ref;
    vec_push(w->a, &w->out->list, line);
    return arena_status(w->a);
}

/* Lines that no goal needs are left out. */
static dfoo_status keep_needed(along *w) {
    bool    *needed = arena_new(w->a, w->g->vars.n);
    uint32_t n = w->out->list.n, kept = n;
    if (!needed) return DFOO_ENOMEM;
    for (uint32_t i = n; i-- > 0;) {
        const gradient line = w->out->list.at[i];
        node_list      names = {{0}};
        if (line.part != PART_GOAL && !needed[line.grad]) continue;
        DFOO_TRY(ir_names(w->g, w->a, line.raw, &names));
        for (uint32_t k = 0; k < names.list.n; k++) needed[ir_node(w->g, names.list.at[k])->ref] = true;
        w->out->list.at[--kept] = line;
    }
    w->out->list.n = 0;
    for (uint32_t i = kept; i < n; i++) vec_push(w->a, &w->out->list, w->out->list.at[i]);
    return arena_status(w->a);
}

/* Is a gradient the same wherever the model is? Its name says nothing then that the number does not. */
static dfoo_status is_constant(along *w, const gradient *v, bool *out) {
    node_list names = {{0}};
    DFOO_TRY(ir_names(w->g, w->a, v->whole, &names));
    *out = !names.list.n;
    return DFOO_OK;
}

/* The forward pass, then the gradients that stand under their own names, those that lead to a goal. */
static dfoo_status derived_program(along *w) {
    const derivation *first = w->first;
    bool             *needed = arena_new(w->a, w->g->vars.n);
    program           backward = {{0}};
    if (!needed) return DFOO_ENOMEM;
    for (uint32_t i = 0; i < first->forward.list.n; i++)
        vec_push(w->a, &w->out->forward.list, first->forward.list.at[i]);
    for (uint32_t i = 0; i < first->list.n; i++) {
        const gradient *v = &first->list.at[i];
        needed[v->grad] = w->opt->goals[v->var];
        bool constant = false;
        if (!v->shown || v->given) continue;
        DFOO_TRY(is_constant(w, v, &constant));
        program *to = constant ? &w->constant : &backward;
        vec_push(w->a, &to->list, (stmt){.var = v->grad, .node = v->whole});
    }
    DFOO_TRY(program_needs(w->g, w->a, &backward, needed));
    for (uint32_t i = 0; i < backward.list.n; i++)
        if (needed[backward.list.at[i].var])
            vec_push(w->a, &w->out->forward.list, backward.list.at[i]);
    return arena_status(w->a);
}

/* What moves by itself: along a direction; a gradient that is given, as the caller says. */
static dfoo_status name_directions(along *w) {
    for (var_id v = 1; v < w->n_dot; v++)
        if (w->opt->moves[v] && derivation_find(w->first, v)) DFOO_TRY(name_change(w, v, VAR_DIRECTION));
    for (uint32_t i = 0; i < w->first->list.n; i++)
        if (w->first->list.at[i].given) DFOO_TRY(name_change(w, w->first->list.at[i].grad, VAR_DIRECTION));
    return DFOO_OK;
}

dfoo_status diff_along(const derivation *first, model *m, arena *a, const along_options *opt,
                       derivation *out) {
    along w = {.m = m, .g = &m->g, .a = a, .first = first, .opt = opt, .out = out, .n_dot = m->g.vars.n};
    *out = (derivation){.m = m, .asked = first->asked, .used = first->used, .why_dj = first->why_dj,
                        .scale_of = first->scale_of, .reached = first->reached,
                        .examples_interact = first->examples_interact, .n_places = w.n_dot};
    w.dot = arena_new(a, w.n_dot * sizeof *w.dot);
    out->place = arena_new(a, w.n_dot * sizeof *out->place);
    if (!w.dot || !out->place) return DFOO_ENOMEM;
    DFOO_TRY(derived_program(&w));
    DFOO_TRY(name_directions(&w));
    for (uint32_t i = 0; i < out->forward.list.n; i++) DFOO_TRY(add_line(&w, out->forward.list.at[i], i));
    for (uint32_t i = 0; i < w.constant.list.n; i++)
        if (is_goal(&w, w.constant.list.at[i].var))
            DFOO_TRY(add_line(&w, w.constant.list.at[i], out->forward.list.n));
    DFOO_TRY(keep_needed(&w));
    for (uint32_t i = 0; i < out->list.n; i++) out->place[out->list.at[i].var] = i + 1;
    return arena_status(a);
}
