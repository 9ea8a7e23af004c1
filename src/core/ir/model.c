/* Questions that several rooms ask of a model. */
#include "core/ir/model.h"

#include <assert.h>
#include <math.h>

const function *model_function(const model *m, sym name) {
    for (uint32_t i = 0; i < m->functions.n; i++)
        if (m->functions.at[i].name == name) return &m->functions.at[i];
    return NULL;
}

/* Are all data single columns, or all single rows? */
static bool is_one_example(const model *m) {
    uint32_t n = 0, columns = 0, rows = 0;
    for (var_id v = 1; v < m->g.vars.n; v++) {
        const variable *x = ir_var(&m->g, v);
        if (x->kind != VAR_INPUT && x->kind != VAR_LABEL) continue;
        n++;
        columns += x->sh.cols == dim_literal(1);
        rows += x->sh.rows == dim_literal(1);
    }
    return n && (columns == n || rows == n);
}

void model_put_examples(const model *m, buf *out) {
    if (m->examples)
        buf_printf(out, "examples are %s, %s of them", m->examples_are_columns ? "columns" : "rows",
                   symbols_name(m->g.names, dim_name(m->examples)));
    else
        buf_puts(out, is_one_example(m) ? "one example" : "no dimension is the examples'");
    if (m->why_no_examples) buf_printf(out, " (%s)", m->why_no_examples);
}

/* Is a node larger than each of its operands, entry by entry? */
static bool is_row_and_column(const ir *g, const node *x) {
    if (!op_elementwise((op_id)x->op)) return false;
    for (int k = 0; k < op_table[x->op].arity; k++)
        if (shape_equal(ir_shape(g, x->arg[k]), x->sh)) return false;
    return !shape_is_scalar(x->sh);
}

node_id model_row_and_column(const model *m, arena *scratch) {
    for (uint32_t i = 0; i < m->forward.list.n; i++) {
        node_list need = {{0}};
        if (ir_reach(&m->g, scratch, &m->forward.list.at[i].node, 1, &need) != DFOO_OK) return 0;
        for (uint32_t k = 0; k < need.list.n; k++)
            if (is_row_and_column(&m->g, ir_node(&m->g, need.list.at[k]))) return need.list.at[k];
    }
    return 0;
}

dfoo_status model_data_dependent(const model *m, arena *scratch, bool **out) {
    const ir *g = &m->g;
    bool     *by_var = arena_new(scratch, g->vars.n);
    if (!by_var) return DFOO_ENOMEM;
    *out = by_var;
    for (var_id v = 1; v < g->vars.n; v++)
        by_var[v] = ir_var(g, v)->kind == VAR_INPUT || ir_var(g, v)->kind == VAR_LABEL;
    return program_spread(g, scratch, &m->forward, by_var);
}

dfoo_status model_check_symmetric(const model *m, var_id v, const char *from, const double *at, size_t n) {
    const char *name = ir_var_name(&m->g, v), *colon = from ? ": " : "";
    double      most = 0;
    if (!ir_var(&m->g, v)->symmetric) return DFOO_OK;
    for (size_t i = 0; i < n * n; i++) most = fmax(most, fabs(at[i]));
    for (size_t i = 0; i < n; i++)
        for (size_t j = 0; j < i; j++)
            if (fabs(at[i * n + j] - at[j * n + i]) > 1e-6 * most)
                return diag_alone(m->g.d,
                                  "%s%s%s is declared symmetric, and entry [%zu,%zu] is %.7g, [%zu,%zu] is "
                                  "%.7g",
                                  from ? from : "", colon, name, j + 1, i + 1, at[j * n + i], i + 1, j + 1,
                                  at[i * n + j]);
    return DFOO_OK;
}

static node_id without_dropout(void *user, ir *g, node_id n, const node_id *args) {
    (void)user;
    return ir_node(g, n)->op == OP_DROPOUT ? args[0] : ir_rebuild(g, n, args);
}

dfoo_status model_without_dropout(ir *g, const program *p, program *out) {
    arena scratch;
    arena_init(&scratch, g->a->mem);
    dfoo_status status = DFOO_OK;
    for (uint32_t i = 0; i < p->list.n && status == DFOO_OK; i++) {
        stmt s = p->list.at[i];
        s.node = ir_map(g, &scratch, s.node, without_dropout, NULL);
        status = s.node ? program_add(g, out, s.var, s.node, s.at) : DFOO_ENOMEM;
    }
    arena_free(&scratch);
    return status;
}

enum { LARGEST_OWN = 8, LARGEST_TRY = 12 }; /* what is evaluated stays cheap */

typedef struct trial {
    sizes *out;
    bool   used[LARGEST_TRY + 1]; /* by value */
} trial;

static void set_size(trial *t, sym name, size_t value) {
    assert(value >= 2 && value <= LARGEST_TRY);
    sizes_set(t->out, name, value);
    t->used[value] = true;
}

/* The model's own sizes, but for those that would hide a mistake: 1, and one that another has. */
static void take_own_sizes(trial *t, const model *m) {
    for (uint32_t i = 0; i < m->size_values.n; i++) {
        const size_value *own = &m->size_values.at[i];
        bool              fits = own->value >= 2 && own->value <= LARGEST_OWN && !t->used[own->value];
        if (fits && dim_named(own->name) != m->examples) set_size(t, own->name, own->value);
    }
}

/* Numbers that stand as dimensions: a name of another one has another value. */
static void avoid_literals(trial *t, const model *m) {
    for (var_id v = 1; v < m->g.vars.n; v++) {
        const shape sh = ir_var(&m->g, v)->sh;
        const dim   both[2] = {sh.rows, sh.cols};
        for (int k = 0; k < 2; k++)
            if (!dim_is_named(both[k]) && both[k] <= LARGEST_TRY) t->used[both[k]] = true;
    }
}

/* The first value from `from` on that no dimension has yet; where all are used values repeat. */
static size_t free_value(const trial *t, size_t from) {
    for (size_t n = from; n <= LARGEST_TRY; n++)
        if (!t->used[n]) return n;
    for (size_t n = 2; n < from; n++)
        if (!t->used[n]) return n;
    return from;
}

dfoo_status model_try_sizes(const model *m, arena *a, uint32_t draw, sizes *out) {
    DFOO_TRY(sizes_init(out, a, m->g.names));
    trial t = {.out = out};
    take_own_sizes(&t, m);
    avoid_literals(&t, m);
    size_t next = 2 + draw % 2;
    for (uint32_t i = 0; i < m->size_names.n; i++) {
        sym name = m->size_names.at[i];
        if (dim_named(name) == m->examples || out->of[name]) continue;
        size_t n = free_value(&t, next);
        set_size(&t, name, n);
        next = n + 1 + (draw + i) % 2;
        if (next > 9) next = 2 + (i + draw) % 3;
    }
    if (m->examples) set_size(&t, dim_name(m->examples), free_value(&t, next + 1));
    return model_move_sizes(m, a, out);
}

static const size_value *own_size(const model *m, sym name) {
    for (uint32_t i = 0; i < m->size_values.n; i++)
        if (m->size_values.at[i].name == name) return &m->size_values.at[i];
    return NULL;
}

/* How many variables have this dimension beside another one that is n. */
static uint32_t n_square(const model *m, const sizes *s, sym name, size_t n) {
    uint32_t count = 0;
    for (var_id v = 1; v < m->g.vars.n; v++) {
        shape sh = ir_var(&m->g, v)->sh;
        dim   own = dim_named(name), other = sh.rows == own ? sh.cols : sh.rows;
        bool  has = sh.rows == own || sh.cols == own, counts = dim_is_named(other) && other != m->examples;
        if (has && counts && s->of[dim_name(other)] == n) count++;
    }
    return count;
}

dfoo_status model_hand_sizes(const model *m, arena *a, size_t examples, sizes *out) {
    enum { FEW = 2, MORE = 3 };
    DFOO_TRY(sizes_init(out, a, m->g.names));
    for (uint32_t i = 0; i < m->size_values.n; i++)
        if (m->size_values.at[i].set) sizes_set(out, m->size_values.at[i].name, m->size_values.at[i].value);
    if (m->examples && !out->of[dim_name(m->examples)]) sizes_set(out, dim_name(m->examples), examples);
    for (uint32_t i = 0; i < m->size_names.n; i++) {
        sym               name = m->size_names.at[i];
        const size_value *own = own_size(m, name);
        uint32_t          few = n_square(m, out, name, FEW), more = n_square(m, out, name, MORE);
        size_t            n = few < more || (few == more && !(own && own->value > FEW)) ? FEW : MORE;
        if (out->of[name]) continue;
        sizes_set(out, name, own && own->value < n ? own->value : n);
    }
    return DFOO_OK;
}
