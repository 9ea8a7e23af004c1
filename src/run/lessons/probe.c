/* The probe: which functions of the forward pass are worth watching, and their slopes for some of the
 * training examples.
 *
 * The slopes are derivatives from the rules of the operations, built as nodes and planned with the
 * forward pass: what is dead or saturated is found for every function alike, those of the model's
 * own too. */
#include <assert.h>
#include <string.h>

#include "run/feed/machine.h"
#include "run/feed/sizing.h"
#include "run/lessons/origins.h"
#include "run/lessons/probe.h"

typedef struct searcher {
    model    *m;
    ir       *g;
    probe    *out;
    arena    *kept, a; /* as long as the probe; scratch */
    program   p;       /* the forward pass without dropout, then the slopes */
    uint32_t  n_vars;
    origins   from;
    bool     *needed, *before; /* by var_id; before: parameters come behind it */
    uint32_t *uses;
} searcher;

static dfoo_status searcher_open(searcher *s, model *m, const program *p, arena *kept, probe *out) {
    *s = (searcher){.m = m, .g = &m->g, .out = out, .kept = kept, .n_vars = m->g.vars.n};
    *out = (probe){.p = NULL};
    arena_init(&s->a, kept->mem);
    DFOO_TRY(model_without_dropout(s->g, p, &s->p));
    s->needed = arena_new(&s->a, s->n_vars);
    s->uses = arena_new(&s->a, s->n_vars * sizeof *s->uses);
    out->features = s->before = arena_new(kept, s->n_vars);
    DFOO_TRY(origins_find(s->g, &s->p, &s->a, &s->from));
    return s->before ? arena_status(&s->a) : DFOO_ENOMEM;
}

/* Backwards from the cost and the predictions. */
static dfoo_status find_needed(searcher *s) {
    s->needed[s->m->cost] = true;
    for (uint32_t i = 0; i < s->m->predict.n; i++) s->needed[s->m->predict.at[i]] = true;
    for (uint32_t i = s->p.list.n; i-- > 0;) {
        var_list vars;
        if (!s->needed[s->p.list.at[i].var]) continue;
        DFOO_TRY(origins_mentioned(s->g, &s->a, s->p.list.at[i].node, &vars));
        for (uint32_t k = 0; k < vars.list.n; k++) s->needed[vars.list.at[k]] = true;
    }
    return DFOO_OK;
}

static dfoo_status count_uses(searcher *s) {
    for (uint32_t i = 0; i < s->p.list.n; i++) {
        var_list vars;
        if (!s->needed[s->p.list.at[i].var]) continue;
        DFOO_TRY(origins_mentioned(s->g, &s->a, s->p.list.at[i].node, &vars));
        for (uint32_t k = 0; k < vars.list.n; k++) s->uses[vars.list.at[k]]++;
    }
    return DFOO_OK;
}

static void mark_before(searcher *s, const var_list *vars) {
    for (uint32_t k = 0; k < vars->list.n; k++)
        if (s->from.from_data[vars->list.at[k]]) s->before[vars->list.at[k]] = true;
}

/* What is multiplied with parameters by a product comes before them, and so does all that it is from. */
static dfoo_status find_before(searcher *s) {
    for (uint32_t i = s->p.list.n; i-- > 0;) {
        const stmt *x = &s->p.list.at[i];
        node_list   need = {{0}};
        var_list    vars[2];
        if (!s->needed[x->var]) continue;
        DFOO_TRY(ir_reach(s->g, &s->a, &x->node, 1, &need));
        for (uint32_t k = 0; k < need.list.n; k++) {
            const node *n = ir_node(s->g, need.list.at[k]);
            if (n->op != OP_MATMUL) continue;
            for (int side = 0; side < 2; side++)
                DFOO_TRY(origins_mentioned(s->g, &s->a, n->arg[side], &vars[side]));
            for (int side = 0; side < 2; side++)
                if (origins_has_parameter(&s->from, &vars[side])) mark_before(s, &vars[1 - side]);
        }
        DFOO_TRY(origins_mentioned(s->g, &s->a, x->node, &vars[0]));
        if (s->before[x->var]) mark_before(s, &vars[0]);
    }
    return DFOO_OK;
}

/* ------------------------------------------------------------------- slopes */

/* slope(A1), a variable of training's own. */
static var_id slope_var(searcher *s, var_id y, var_id z) {
    const char *name = arena_format(&s->a, "slope(%s,%s)", ir_var_name(s->g, y), ir_var_name(s->g, z));
    sym         own = name ? symbols_add(s->g->names, name, strlen(name)) : 0;
    var_id      v = own ? ir_find_var(s->g, own) : 0;
    if (v || !own) return v;
    return ir_add_var(
        s->g, (variable){.name = own, .kind = VAR_DEFINED, .given_name = true, .sh = ir_var(s->g, z)->sh});
}

/* Does an expression depend on z, and on nothing else that data or parameters are in? */
static dfoo_status of_one_variable(searcher *s, node_id n, var_id z, bool *is, bool *step) {
    node_list need = {{0}};
    bool      has = false;
    *is = *step = false;
    DFOO_TRY(ir_reach(s->g, &s->a, &n, 1, &need));
    for (uint32_t i = 0; i < need.list.n; i++) {
        const node *x = ir_node(s->g, need.list.at[i]);
        *step |= (op_table[x->op].flags & OP_FLAG_FLAT) != 0;
        if (x->op != OP_VAR) continue;
        if (x->ref != z && (x->ref >= s->n_vars || s->from.from_param[x->ref] || s->from.from_data[x->ref]))
            return DFOO_OK;
        has |= x->ref == z;
    }
    *is = has;
    return DFOO_OK;
}

static bool may_be_watched(const searcher *s, const stmt *x, var_id z) {
    const variable *v = ir_var(s->g, z);
    return v->kind == VAR_DEFINED && s->uses[z] == 1 && s->from.from_param[z] && s->from.from_data[z] &&
           by_example(s->m, v) && shape_equal(v->sh, ir_var(s->g, x->var)->sh);
}

static dfoo_status watch(searcher *s, stmt x, var_id z) {
    bool    is, step;
    node_id d = ir_derivative(s->g, &s->a, x.node, ir_var(s->g, z)->leaf);
    if (!d || !shape_equal(ir_shape(s->g, d), ir_var(s->g, z)->sh)) return arena_status(&s->a);
    DFOO_TRY(of_one_variable(s, d, z, &is, &step));
    if (!is) return DFOO_OK;
    var_id slope = slope_var(s, x.var, z);
    if (!slope) return DFOO_ENOMEM;
    vec_push(s->kept, &s->out->units, (unit_watch){x.var, z, slope, step, s->before[x.var]});
    return program_add(s->g, &s->p, slope, d, x.at);
}

static dfoo_status find_watches(searcher *s) {
    for (uint32_t i = 0, n = s->p.list.n; i < n; i++) {
        stmt     x = s->p.list.at[i];
        var_list vars;
        if (!s->needed[x.var]) continue;
        DFOO_TRY(origins_mentioned(s->g, &s->a, x.node, &vars));
        for (uint32_t k = 0; k < vars.list.n; k++)
            if (may_be_watched(s, &x, vars.list.at[k])) DFOO_TRY(watch(s, x, vars.list.at[k]));
    }
    return DFOO_OK;
}

static dfoo_status make_plan(searcher *s) {
    const model *m = s->m;
    probe       *out = s->out;
    var_id      *keep = arena_new(&s->a, (m->predict.n + 2 * out->units.n + 1) * sizeof *keep);
    uint32_t     n = 0;
    if (!keep) return DFOO_ENOMEM;
    for (uint32_t i = 0; i < m->predict.n; i++) keep[n++] = m->predict.at[i];
    for (uint32_t i = 0; i < out->units.n; i++) {
        keep[n++] = out->units.at[i].z;
        keep[n++] = out->units.at[i].slope;
    }
    keep[n++] = m->cost;
    return machine_plan(m, s->kept, &s->p, keep, n, &out->p);
}

dfoo_status probe_plan(model *m, const program *p, arena *a, probe *out) {
    searcher    s;
    dfoo_status status = searcher_open(&s, m, p, a, out);
    if (status == DFOO_OK) status = find_needed(&s);
    if (status == DFOO_OK) status = count_uses(&s);
    if (status == DFOO_OK) status = find_before(&s);
    if (status == DFOO_OK) status = find_watches(&s);
    if (status == DFOO_OK) status = make_plan(&s);
    arena_free(&s.a);
    return status;
}

/* -------------------------------------------------------------------- running */

/* Parameters are read where the step has them; those that it does not know stay as they started. */
static dfoo_status set_parameters(const watched *w, exec *e) {
    const ir *g = &w->m->g;
    size_t    rows, cols;
    for (var_id v = 1; v < g->vars.n; v++) {
        if (ir_var(g, v)->kind != VAR_PARAM) continue;
        const void       *data = exec_data(w->step, v, &rows, &cols);
        const dfoo_array *start = arrays_get(w->start, ir_var_name(g, v));
        if (data)
            exec_bind(e, v, data);
        else if (start)
            DFOO_TRY(exec_set(e, v, start->data));
    }
    return DFOO_OK;
}

dfoo_status probe_run(const probe *p, const watched *w, arena *a, const uint32_t *pick, size_t n,
                      probed *out) {
    examples_request r = {
        .m = w->m, .a = a, .from = w->data, .memos = w->memos, .pick = pick, .n = n, .type = w->type};
    sizes s;
    *out = (probed){.e = NULL};
    r.in_order = true;
    DFOO_TRY(sizes_for(w->m, a, w->s, n, &s));
    DFOO_TRY(examples_open(&r, &out->in));
    DFOO_TRY(machine_open(p->p, w->m, w->type, w->machine, &s, &out->e));
    DFOO_TRY(set_parameters(w, out->e));
    examples_bind(&out->in, out->e);
    exec_run(out->e);
    return DFOO_OK;
}

dfoo_status probe_all(const probe *p, const watched *w, probe_visit visit, void *user) {
    dfoo_status status = DFOO_OK;
    bool        more = true;
    for (size_t at = 0; at < w->n && more && status == DFOO_OK; at += PROBE_SAMPLE) {
        size_t n = w->n - at < PROBE_SAMPLE ? w->n - at : PROBE_SAMPLE;
        probed part;
        arena  a;
        arena_init(&a, w->a->mem);
        status = probe_run(p, w, &a, w->pick + at, n, &part);
        if (status == DFOO_OK) more = visit(user, w, &part);
        probe_close(&part);
        arena_free(&a);
    }
    return status;
}

void probe_close(probed *x) {
    examples_close(&x->in);
    exec_close(x->e);
    x->e = NULL;
}

bool probe_see(const watched *w, const probed *x, var_id v, seen *out) {
    size_t      rows, cols;
    const void *at = by_example(w->m, ir_var(&w->m->g, v)) ? exec_data(x->e, v, &rows, &cols) : NULL;
    if (!at) return false;
    bool across = w->m->examples_are_columns;
    *out = (seen){w->type, at, across ? cols : rows, across ? rows : cols, across};
    return true;
}

double seen_at(const seen *x, size_t unit, size_t example) {
    assert(unit < x->units && example < x->n);
    size_t i = x->across ? unit * x->n + example : example * x->units + unit;
    return x->type == EXEC_F32 ? (double)((const float *)x->at)[i] : ((const double *)x->at)[i];
}
