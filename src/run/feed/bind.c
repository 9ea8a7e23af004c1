/* Named arrays -> the inputs and labels of a model, as views of the arrays' own memory.
 *
 * Where each variable is, find.c knows. Matrices come first: they settle the sizes. Vectors, arrays of more
 * dimensions and classes are then read as the sizes tell; a table (table.c) comes last. What fits only
 * the other way round has been turned by then (sizes.c). At the end every value has been looked
 * at once: what is not finite is refused here, where its row and column are known. */
#include <float.h>
#include <math.h>
#include <string.h>

#include "run/feed/bind.h"
#include "run/feed/classes.h"
#include "run/feed/flatten.h"
#include "run/feed/scale.h"
#include "run/feed/split.h"
#include "run/feed/table.h"
#include "run/feed/weigh.h"

/* ------------------------------------------------------------------ vectors */

/* Would the variable be (rows, cols), as far as sizes are known? */
static bool could_be(const sizing *z, var_id v, size_t rows, size_t cols) {
    shape  sh = ir_var(&z->m->g, v)->sh;
    size_t known_rows = sizes_get(&z->s, sh.rows), known_cols = sizes_get(&z->s, sh.cols);
    return (!known_rows || known_rows == rows) && (!known_cols || known_cols == cols);
}

/* A vector of n as a column or a row. */
static dfoo_status vector_item(sizing *z, var_id v, size_t n, const char *from) {
    const variable *x = ir_var(&z->m->g, v);
    bool            column = could_be(z, v, n, 1), row = could_be(z, v, 1, n);
    bool            data = by_example(z->m, x);
    if (column && row && n > 1 && !data) {
        const char *name = ir_var_name(&z->m->g, v);
        return diag_alone(z->m->g.d,
                          "%s: %s has one dimension, %zu, and could be (%zu, 1) or (1, %zu): give it both",
                          from, name, n, n, n);
    }
    /* One value per example, unless the sizes speak of one example of n entries. */
    if (data && column == row) column = !z->m->examples_are_columns;
    vec_push(z->a, &z->items,
             (size_item){.var = v, .rows = column ? n : 1, .cols = column ? 1 : n, .from = from});
    return arena_status(z->a);
}

static bool is_parameter(const ir *g, var_id v) {
    return ir_var(g, v)->kind == VAR_PARAM;
}

static dfoo_status parameter_items(sizing *z, const dfoo_arrays *set, const char *from, bool vectors) {
    const ir *g = &z->m->g;
    for (var_id v = 1; v < g->vars.n; v++) {
        const dfoo_array *x = is_parameter(g, v) ? arrays_get(set, ir_var_name(g, v)) : NULL;
        size_t            rows, cols;
        if (!x || (x->ndim == 1) != vectors) continue;
        if (!array_as_matrix(x, &rows, &cols))
            return diag_alone(g->d, "%s: %s has %d dimensions, and a parameter has two", from, x->name,
                              x->ndim);
        if (vectors)
            DFOO_TRY(vector_item(z, v, rows, from));
        else
            vec_push(z->a, &z->items,
                     (size_item){.var = v, .rows = rows, .cols = cols, .from = from, .turns = true});
    }
    return arena_status(z->a);
}

dfoo_status bind_parameters(sizing *z, const dfoo_arrays *set, const char *name) {
    DFOO_TRY(parameter_items(z, set, name, false));
    DFOO_TRY(sizing_solve(z));
    DFOO_TRY(parameter_items(z, set, name, true));
    return sizing_solve(z);
}

/* ------------------------------------------------------------------- arrays */

typedef struct binder {
    const bind_request *r;
    sizing             *z;
    bound              *out;
    const char         *from;
    place              *places; /* by var_id */
} binder;

/* Doubles, or floats. */
typedef struct numbers {
    const void *values;
    bool        narrow;
} numbers;

static numbers numbers_of(const dfoo_array *x) { return (numbers){x->values, x->dtype == DFOO_F32}; }

/* A matrix whose rows and columns are `row` and `col` apart. */
static view strided_view(const binder *b, var_id v, numbers at, size_t rows, size_t cols, size_t row,
                         size_t col) {
    const model    *m = b->r->m;
    const variable *x = ir_var(&m->g, v);
    bool            each = by_example(m, x), across = m->examples_are_columns;
    size_t          n = across ? cols : rows, entries = across ? rows : cols, entry = across ? row : col;
    view out = {.var = v, .by_example = each, .promised = x->onehot, .step = across ? col : row};
    out.at = at.values;
    out.narrow = at.narrow;
    out.n = each ? n : 1;
    out.entries = each ? entries : rows * cols;
    size_t *offset =
        out.entries < SIZE_MAX / sizeof *offset ? arena_new(b->r->a, out.entries * sizeof *offset) : NULL;
    if (!offset) b->r->a->failed = true;
    for (size_t i = 0; offset && i < out.entries; i++)
        offset[i] = each ? i * entry : i / cols * row + i % cols * col;
    out.offset = offset;
    return out;
}

/* A matrix in the model's own layout. */
static view matrix_view(const binder *b, var_id v, numbers at, size_t rows, size_t cols) {
    return strided_view(b, v, at, rows, cols, cols, 1);
}

/* n examples of so many entries, one after the other. */
static view sequence_view(const binder *b, var_id v, numbers at, size_t n, size_t entries) {
    if (b->r->m->examples_are_columns) return strided_view(b, v, at, entries, n, 1, entries);
    return strided_view(b, v, at, n, entries, entries, 1);
}

/* What is read example by example says how many there are, and of how many entries. */
static void add_item(const binder *b, const view *v) {
    bool   columns = b->r->m->examples_are_columns;
    size_t rows = columns ? v->entries : v->n, cols = columns ? v->n : v->entries;
    vec_push(b->r->a, &b->z->items, (size_item){.var = v->var, .rows = rows, .cols = cols, .from = b->from});
}

/* One number per example for a onehot label of several entries: (m,), (1, m) or (m, 1). What stands along
 * the other dimension is one example's whole label if its size, or a single example, says so. */
static bool holds_classes(const binder *b, const variable *v, const dfoo_array *x) {
    const model *m = b->r->m;
    size_t       rows, cols;
    if (v->kind != VAR_LABEL || !v->onehot || !by_example(m, v) || !array_as_matrix(x, &rows, &cols))
        return false;
    size_t entries = sizes_get(&b->z->s, entries_dim(m, v));
    if (entries == 1) return false;
    if (x->ndim < 2 || (m->examples_are_columns ? rows : cols) == 1) return true;
    if ((m->examples_are_columns ? cols : rows) != 1) return false;
    return (m->examples_are_columns ? rows : cols) != entries && sizes_get(&b->z->s, m->examples) != 1;
}

/* May it? Not known before the sizes are. */
static bool may_hold_classes(const binder *b, const variable *v, const dfoo_array *x) {
    size_t rows, cols;
    return v->kind == VAR_LABEL && v->onehot && by_example(b->r->m, v) && array_as_matrix(x, &rows, &cols) &&
           (rows == 1 || cols == 1);
}

static dfoo_status bind_matrix(const binder *b, var_id v, const dfoo_array *x) {
    size_t rows, cols;
    array_as_matrix(x, &rows, &cols);
    vec_push(b->r->a, &b->z->items,
             (size_item){.var = v, .rows = rows, .cols = cols, .from = b->from, .turns = true, .data = true});
    vec_push(b->r->a, &b->out->views, matrix_view(b, v, numbers_of(x), rows, cols));
    return arena_status(b->r->a);
}

static dfoo_status bind_class_values(const binder *b, var_id v, numbers at, size_t n,
                                     const data_classes *words) {
    view out = sequence_view(b, v, at, n, 1);
    DFOO_TRY(arena_status(b->r->a));
    DFOO_TRY(bind_classes(b->r, b->z, &out, words));
    add_item(b, &out);
    vec_push(b->r->a, &b->out->views, out);
    return arena_status(b->r->a);
}

static dfoo_status bind_texts(const binder *b, var_id v, const data_texts *x) {
    const model  *m = b->r->m;
    const double *values;
    data_classes  words;
    if (ir_var(&m->g, v)->kind != VAR_LABEL || !by_example(m, ir_var(&m->g, v)))
        return diag_alone(m->g.d, "%s: %s holds text, and %s wants numbers", b->from, x->name,
                          ir_var_name(&m->g, v));
    DFOO_TRY(classes_of_texts(b->r->a, x, &words, &values));
    return bind_class_values(b, v, (numbers){.values = values}, x->n, &words);
}

/* n examples of a shape of their own, one after the other. */
static dfoo_status bind_tensor(const binder *b, var_id v, const dfoo_array *x) {
    size_t n;
    DFOO_TRY(flatten(b->r, v, x, &n));
    view out = sequence_view(b, v, numbers_of(x), n, n ? array_entries(x) / n : 0);
    add_item(b, &out);
    vec_push(b->r->a, &b->out->views, out);
    return arena_status(b->r->a);
}

static dfoo_status bind_vector(const binder *b, var_id v, const dfoo_array *x) {
    DFOO_TRY(vector_item(b->z, v, x->dim[0], b->from));
    const size_item *item = &b->z->items.at[b->z->items.n - 1];
    vec_push(b->r->a, &b->out->views, matrix_view(b, v, numbers_of(x), item->rows, item->cols));
    return arena_status(b->r->a);
}

/* Matrices settle the sizes that the rest is read by. */
static dfoo_status bind_arrays(const binder *b, bool matrices) {
    const ir *g = &b->r->m->g;
    for (var_id v = 1; v < g->vars.n; v++) {
        const dfoo_array *x = b->places[v].array;
        if (b->places[v].texts && !matrices) DFOO_TRY(bind_texts(b, v, b->places[v].texts));
        if (!x || bound_find(b->out, v)) continue;
        bool flat = !flatten_is_due(b->r, v, x);
        if (flat && x->ndim != 1 && !may_hold_classes(b, ir_var(g, v), x))
            DFOO_TRY(bind_matrix(b, v, x));
        else if (matrices)
            continue;
        else if (!flat)
            DFOO_TRY(bind_tensor(b, v, x));
        else if (holds_classes(b, ir_var(g, v), x))
            DFOO_TRY(bind_class_values(b, v, numbers_of(x), array_entries(x), NULL));
        else if (x->ndim == 1)
            DFOO_TRY(bind_vector(b, v, x));
        else
            DFOO_TRY(bind_matrix(b, v, x));
    }
    return sizing_solve(b->z);
}

/* The views of what was turned; rows and cols of an item are the file's. */
static dfoo_status turn_views(const binder *b) {
    for (uint32_t i = 0; i < b->z->items.n; i++) {
        const size_item *x = &b->z->items.at[i];
        for (uint32_t k = 0; x->turned && k < b->out->views.n; k++) {
            view *v = &b->out->views.at[k];
            numbers at = {v->at, v->narrow};
            if (v->var == x->var) *v = strided_view(b, x->var, at, x->cols, x->rows, 1, x->cols);
        }
    }
    return arena_status(b->r->a);
}

/* -------------------------------------------------------------------- checks */

static bool was_turned(const binder *b, var_id v) {
    for (uint32_t i = 0; i < b->z->items.n; i++)
        if (b->z->items.at[i].var == v) return b->z->items.at[i].turned;
    return false;
}

/* Where entry i of example j stands in the source: "row 3 of the data, column 'age'". */
static const char *place_text(const binder *b, const view *v, size_t j, size_t i) {
    arena            *a = b->r->a;
    const data_table *t = b->r->source->table;
    const char       *name = var_name(b->r, v->var);
    bool              from_table = t && t->values && v->at == t->values;
    if (from_table && t->names)
        return arena_format(a, "row %zu of the data, column '%s'", j + 1, t->names[v->offset[i]]);
    if (from_table) return arena_format(a, "row %zu, column %zu", j + 1, v->offset[i] + 1);
    if (!v->by_example) return arena_format(a, "%s: entry %zu", name, i + 1);
    if (b->r->m->examples_are_columns != was_turned(b, v->var))
        return arena_format(a, "%s: row %zu, column %zu (its example)", name, i + 1, j + 1);
    return arena_format(a, "%s: row %zu (its example), column %zu", name, j + 1, i + 1);
}

static dfoo_status refuse_value(const binder *b, const view *v, size_t j, size_t i, double x) {
    const char *what = isfinite(x) ? "too large for float32" : "not a finite number",
               *where = place_text(b, v, j, i);
    return diag_alone(b->r->m->g.d, v->by_example ? "%s: %s: %g is %s" : "%s: %s is %g, %s", b->from,
                      where ? where : "", x, what);
}

/* In blocks, so that both layouts are read along the cache lines. */
static dfoo_status check_finite(const binder *b, const view *v) {
    enum { BLOCK = 64 };
    double most = b->r->opt->dtype == EXEC_F32 ? (double)FLT_MAX : DBL_MAX;
    for (size_t first = 0; first < v->n; first += BLOCK) {
        size_t end = first + BLOCK < v->n ? first + BLOCK : v->n;
        for (size_t i = 0; i < v->entries; i++) {
            for (size_t j = first; j < end; j++) {
                double x = view_number(v, j, i);
                if (!(fabs(x) <= most)) return refuse_value(b, v, j, i, x);
            }
        }
    }
    return DFOO_OK;
}

static dfoo_status check_promise(const binder *b, const view *v) {
    for (size_t j = 0; j < v->n; j++) {
        double sum = 0;
        for (size_t i = 0; i < v->entries; i++) sum += view_entry(v, j, i);
        if (fabs(sum - 1) > 1e-6)
            return diag_alone(b->r->m->g.d,
                              "%s: %s is declared onehot, and the entries of example %zu sum to %g, not to 1",
                              b->from, ir_var_name(&b->r->m->g, v->var), j + 1, sum);
    }
    return DFOO_OK;
}

/* A symmetric matrix has no dimension of examples: it is one "example" of n * n entries. */
static dfoo_status check_symmetric(const binder *b, const view *v) {
    double *at;
    size_t  n = sizes_get(&b->z->s, ir_var(&b->r->m->g, v->var)->sh.rows);
    if (!ir_var(&b->r->m->g, v->var)->symmetric || v->n * v->entries != n * n) return DFOO_OK;
    at = arena_new(b->r->a, n * n * sizeof *at);
    if (!at) return DFOO_ENOMEM;
    for (size_t i = 0; i < n * n; i++) at[i] = view_entry(v, i / v->entries, i % v->entries);
    return model_check_symmetric(b->r->m, v->var, b->from, at, n);
}

static dfoo_status check_values(const binder *b, const view *v) {
    if (v->class_of) return DFOO_OK;
    DFOO_TRY(check_finite(b, v));
    DFOO_TRY(check_symmetric(b, v));
    return v->promised && v->by_example ? check_promise(b, v) : DFOO_OK;
}

static dfoo_status check_present(const binder *b) {
    const ir *g = &b->r->m->g;
    for (var_id v = 1; v < g->vars.n; v++)
        if (is_data(g, v) && b->r->needed[v] && !bound_find(b->out, v)) return find_nothing(b->r, v);
    return DFOO_OK;
}

static dfoo_status check_all(const binder *b) {
    const model *m = b->r->m;
    for (uint32_t i = 0; i < b->out->views.n; i++) DFOO_TRY(check_values(b, &b->out->views.at[i]));
    b->out->n = m->examples ? sizes_get(&b->z->s, m->examples) : 1;
    if (b->out->n >= UINT32_MAX)
        return diag_alone(m->g.d, "%s: more than %u examples are too many", b->from, UINT32_MAX - 1);
    return DFOO_OK;
}

dfoo_status bind_data(const bind_request *r, sizing *z, bound *out) {
    binder b = {.r = r, .z = z, .out = out, .from = source_name(r)};
    *out = (bound){0};
    b.places = arena_new(r->a, r->m->g.vars.n * sizeof *b.places);
    if (!b.places) return DFOO_ENOMEM;
    DFOO_TRY(sizing_solve(z));
    DFOO_TRY(find_places(r, b.places));
    DFOO_TRY(bind_arrays(&b, true));
    DFOO_TRY(bind_arrays(&b, false));
    if (r->source->table && r->source->table->n_cols) DFOO_TRY(bind_table(r, b.places, z, out));
    DFOO_TRY(bind_weights(r, z, out));
    DFOO_TRY(check_present(&b));
    DFOO_TRY(sizing_solve(z));
    DFOO_TRY(sizing_complete(z));
    DFOO_TRY(turn_views(&b));
    DFOO_TRY(check_all(&b));
    DFOO_TRY(divide_examples(r, out, out->n));
    if (r->remembered) return DFOO_OK;
    DFOO_TRY(bind_scales(r, out));
    return bind_class_names(r, out);
}
