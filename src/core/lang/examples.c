/* Which dimension is the examples'. The model says so (`examples m`, `examples none`); or it divides a sum
 * over it, as in 1/m * sum(L); or it is called m. It is one that data have, once and all in the same place,
 * and that no parameter has: a square matrix, a column of weights for each row of the data, what is
 * factorised have none, and the pages say so. */
#include "core/lang/reader.h"

#include <assert.h>
#include <string.h>

/* Where the data have a dimension. */
enum { IN_ROWS = 1, IN_COLUMNS = 2, IN_BOTH = 4, NOT_IN_ALL = 8, IN_PARAMETER = 16 };

static bool is_data(const variable *x) {
    return x->kind == VAR_INPUT || x->kind == VAR_LABEL;
}

static int place_in(const variable *x, dim d) {
    bool rows = x->sh.rows == d, columns = x->sh.cols == d;
    if (x->kind == VAR_PARAM) return rows || columns ? IN_PARAMETER : 0;
    if (!is_data(x)) return 0;
    return rows && columns ? IN_BOTH : rows ? IN_ROWS : columns ? IN_COLUMNS : NOT_IN_ALL;
}

static int places_of(const reader *r, dim d) {
    int places = 0;
    for (var_id v = 1; v < r->g->vars.n; v++) places |= place_in(ir_var(r->g, v), d);
    return places;
}

static bool in_one_place(int places) {
    int where = places & (IN_ROWS | IN_COLUMNS | IN_BOTH);
    return where == IN_ROWS || where == IN_COLUMNS;
}

/* The first variable with a dimension at such a place. */
static const char *name_with(const reader *r, dim d, int place) {
    for (var_id v = 1; v < r->g->vars.n; v++)
        if (place_in(ir_var(r->g, v), d) == place) return ir_var_name(r->g, v);
    return "";
}

/* Why a dimension that examples could have is not theirs; NULL: it may be. */
static const char *why_not(reader *r, dim d) {
    int         places = places_of(r, d);
    const char *name = symbols_name(r->p.names, dim_name(d));
    if (places & IN_PARAMETER)
        return arena_format(r->a, "%s is a dimension of the parameter %s", name,
                            name_with(r, d, IN_PARAMETER));
    if (places & IN_BOTH)
        return arena_format(r->a, "%s is both dimensions of %s", name, name_with(r, d, IN_BOTH));
    if (!in_one_place(places))
        return arena_format(r->a, "%s counts the columns of %s and the rows of %s", name,
                            name_with(r, d, IN_COLUMNS), name_with(r, d, IN_ROWS));
    return NULL;
}

/* ------------------------------------------------ what divides a sum over itself */

typedef struct division {
    const ir *g;
    dim       d;
    bool     *sized;   /* by node_id: does d stand in it as a number? */
    bool      sums;    /* something is summed over d */
    bool      divides; /* and d stands below a line */
    bool      mean;    /* or a mean is taken over it */
} division;

/* Does a reduction along this axis join entries along d? */
static bool joins(const division *k, const node *x) {
    shape s = ir_shape(k->g, x->arg[0]);
    return (x->attr != AXIS_1 && s.rows == k->d) || (x->attr != AXIS_0 && s.cols == k->d);
}

static bool is_sized(const division *k, const node *x) {
    bool sized = x->op == OP_SIZE && x->ref == k->d;
    for (int i = 0; i < op_table[x->op].arity; i++) sized = sized || k->sized[x->arg[i]];
    return sized;
}

/* Does d stand below the line of a quotient, or in a power like m**-1? */
static bool is_divided(const division *k, const node *x) {
    double power;
    if (x->op == OP_DIV) return k->sized[x->arg[1]];
    return x->op == OP_POW && k->sized[x->arg[0]] && ir_is_number(k->g, x->arg[1], &power) && power < 0;
}

static void look_at_node(division *k, node_id n) {
    const node *x = ir_node(k->g, n);
    k->sized[n] = is_sized(k, x);
    k->divides = k->divides || is_divided(k, x);
    if (x->op == OP_SUM) k->sums = k->sums || joins(k, x);
    if (x->op == OP_MEAN) k->mean = k->mean || joins(k, x);
    if (x->op == OP_MATMUL) k->sums = k->sums || ir_shape(k->g, x->arg[0]).cols == k->d;
}

/* Does d divide a sum over d, as a number that is written (1/m), or as a mean does? */
static bool divides_a_sum(reader *r, dim d, bool written) {
    division  k = {.g = r->g, .d = d, .sized = arena_new(r->a, r->g->nodes.n)};
    node_list need = {{0}};
    VEC(node_id) roots = {0};
    for (uint32_t i = 0; i < r->m->forward.list.n; i++) vec_push(r->a, &roots, r->m->forward.list.at[i].node);
    if (!k.sized || !roots.n || ir_reach(r->g, r->a, roots.at, roots.n, &need) != DFOO_OK) return false;
    for (uint32_t i = 0; i < need.list.n; i++) look_at_node(&k, need.list.at[i]);
    return (k.sums && k.divides) || (!written && k.mean);
}

/* ------------------------------------------------------------------ candidates */

typedef VEC(dim) dims;

static void add_dim(reader *r, dims *found, dim d) {
    if (!dim_is_named(d)) return;
    for (uint32_t i = 0; i < found->n; i++)
        if (found->at[i] == d) return;
    vec_push(r->a, found, d);
}

/* The names that stand as dimensions of data, each once. */
static dims dims_of_data(reader *r) {
    dims found = {0};
    for (var_id v = 1; v < r->g->vars.n; v++) {
        if (!is_data(ir_var(r->g, v))) continue;
        add_dim(r, &found, ir_var(r->g, v)->sh.rows);
        add_dim(r, &found, ir_var(r->g, v)->sh.cols);
    }
    return found;
}

static bool is_called_m(const reader *r, dim d) {
    return strcmp(symbols_name(r->p.names, dim_name(d)), "m") == 0;
}

/* Of several that may be: m, else the one that all data have, else none. */
static dim better_of(const reader *r, dim a, dim b) {
    if (!a || is_called_m(r, b)) return b;
    bool all_a = !(places_of(r, a) & NOT_IN_ALL), all_b = !(places_of(r, b) & NOT_IN_ALL);
    return is_called_m(r, a) || (all_a && !all_b) ? a : all_b && !all_a ? b : 0;
}

static dim found_by_division(reader *r, const dims *all) {
    dim found = 0;
    for (uint32_t i = 0; i < all->n; i++)
        if (!why_not(r, all->at[i]) && divides_a_sum(r, all->at[i], false))
            found = better_of(r, found, all->at[i]);
    return found;
}

static dim called_m(const reader *r, const dims *all) {
    for (uint32_t i = 0; i < all->n; i++)
        if (is_called_m(r, all->at[i])) return all->at[i];
    return 0;
}

/* The one dimension that every input and label has, in the same place, and that divides a sum: it is the
 * examples' even if a parameter has it, and that is a mistake. 0: none is so certain. */
static dim certain(reader *r, const dims *all) {
    dim found = 0;
    for (uint32_t i = 0; i < all->n; i++) {
        int places = places_of(r, all->at[i]);
        if (!divides_a_sum(r, all->at[i], true)) continue;
        if (found || !in_one_place(places) || (places & NOT_IN_ALL)) return 0;
        found = all->at[i];
    }
    return found;
}

static void settle(reader *r, dim d) {
    r->m->examples = d;
    r->m->examples_are_columns = !d || !(places_of(r, d) & IN_ROWS);
}

void lang_guess_examples(reader *r) {
    dims all = dims_of_data(r);
    dim  m = called_m(r, &all);
    settle(r, r->said == EXAMPLES_NAMED ? r->said_examples : r->said || !m || why_not(r, m) ? 0 : m);
}

void lang_find_examples(reader *r) {
    dims all = dims_of_data(r);
    dim  m = called_m(r, &all), found = 0;
    r->m->examples_said = r->said;
    if (r->said) {
        settle(r, r->said == EXAMPLES_NAMED ? r->said_examples : 0);
        return;
    }
    found = found_by_division(r, &all);
    if (!found && m && !why_not(r, m)) found = m;
    if (!found) found = certain(r, &all);
    settle(r, found);
    if (!found && m) r->m->why_no_examples = why_not(r, m);
}

/* ---------------------------------------------------------------- what is wrong */

/* `examples k` of a k that no data have, or not all in the same place. */
static dfoo_status check_said(reader *r) {
    dim         d = r->said_examples;
    const char *name = symbols_name(r->p.names, dim_name(d));
    int         places = places_of(r, d);
    if (in_one_place(places)) return DFOO_OK;
    if (!(places & (IN_ROWS | IN_COLUMNS | IN_BOTH))) {
        diag_error(r->d, &r->m->src, r->said_at, "no input and no label has the dimension %s", name);
        diag_note(r->d, "a model without examples says: examples none");
        return DFOO_EINPUT;
    }
    diag_error(r->d, &r->m->src, r->said_at, "the examples are not all columns or all rows: %s",
               why_not(r, d));
    diag_note(r->d, "a model whose data are no examples, one beside the other, says: examples none");
    return DFOO_EINPUT;
}

/* A parameter for each example trains beautifully and predicts nothing. */
static dfoo_status check_parameters(reader *r) {
    dfoo_status status = DFOO_OK;
    dim         d = r->m->examples;
    for (var_id v = 1; v < r->g->vars.n && d; v++) {
        const variable *x = ir_var(r->g, v);
        const char     *name = ir_var_name(r->g, v), *examples = symbols_name(r->p.names, dim_name(d));
        if (place_in(x, d) != IN_PARAMETER) continue;
        dim other = x->sh.cols == d ? x->sh.rows : x->sh.cols;
        status = diag_error(r->d, &r->m->src, x->at, "the parameter %s has the examples' dimension %s", name,
                            examples);
        diag_note(r->d, "a parameter is shared by all examples; one for each would learn them by heart and "
                        "predict nothing");
        diag_note(r->d, "%s : %s would fit here", name,
                  lang_shape_text(r, r->m->examples_are_columns ? shape_of(other, 1) : shape_of(1, other)));
        if (!r->said)
            diag_note(r->d, "if %s does not count examples, as in a factorisation: examples none", examples);
    }
    return status;
}

static dfoo_status check_sizes(reader *r) {
    dfoo_status status = DFOO_OK;
    for (uint32_t i = 0; i < r->m->size_values.n; i++) {
        const size_value *s = &r->m->size_values.at[i];
        if (dim_named(s->name) != r->m->examples) continue;
        status =
            diag_error(r->d, &r->m->src, s->at, "%s is the number of examples, which comes from the data",
                       symbols_name(r->p.names, s->name));
        diag_note(r->d, "leave this size out");
    }
    return status;
}

dfoo_status lang_check_examples(reader *r) {
    dfoo_status said = r->said == EXAMPLES_NAMED ? check_said(r) : DFOO_OK;
    DFOO_TRY(said);
    dfoo_status status = check_parameters(r);
    return check_sizes(r) == DFOO_OK ? status : DFOO_EINPUT;
}
