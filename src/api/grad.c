/* The public interface: values and gradients from whatever arrays were given. */
#include <math.h>
#include <string.h>

#include "api/function.h"

/* Values and gradients from whatever was given: a function that is compiled for it and run once. */
typedef struct grad_call {
    dfoo_function     *f;
    work              *w; /* the function's */
    const dfoo_arrays *in, *directions; /* the second may be NULL */
    bool              *moves;      /* by var_id: along one of the directions */
    bool              *given;      /* by var_id, gradients among them: stands in `in` */
    bool              *known;      /* by var_id: given or computed */
    program            run;        /* what can be computed */
    VEC(stmt)          twice;      /* given variables computed again, to compare: (copy, node) */
    VEC(var_id)        twice_of;
    VEC(var_id)        keep;
    VEC(var_id)        skipped;
} grad_call;

static const char *var_text(grad_call *c, var_id v) {
    return ir_var_name(&c->w->m.g, v);
}

/* One dimension of a given array: binds its name, or compares. */
static bool fits_dim(grad_call *c, dim d, size_t n, bool bind) {
    size_t is = dim_is_named(d) ? sizes_get(&c->f->s, d) : d;
    if (!is && bind) return sizes_set(&c->f->s, dim_name(d), n);
    return !is || is == n;
}

/* The array as rows x columns of the variable's shape: matrices as they are, a vector where
 * one of the dimensions is 1, a single value for a number. */
static bool as_shape(const variable *v, const dfoo_array *x, size_t *rows, size_t *cols) {
    size_t n = array_entries(x);
    *rows = *cols = 1;
    if (shape_is_scalar(v->sh)) return n == 1;
    if (x->ndim == 2) {
        *rows = x->dim[0];
        *cols = x->dim[1];
        return true;
    }
    if (x->ndim > 2) return false;
    if (v->sh.cols == dim_literal(1)) *rows = n;
    else if (v->sh.rows == dim_literal(1) || n != 1) *cols = n;
    return x->ndim == 0 ? n == 1 : v->sh.cols == dim_literal(1) || v->sh.rows == dim_literal(1);
}

/* Is the array the variable's transpose? */
static bool is_turned(grad_call *c, const variable *v, size_t rows, size_t cols) {
    return fits_dim(c, v->sh.rows, cols, false) && fits_dim(c, v->sh.cols, rows, false);
}

static dfoo_status refuse_turned(grad_call *c, var_id v, const dfoo_array *x) {
    work *w = c->w;
    return diag_alone(&w->messages, "%s is %s, and %s is expected: it is the other way round", var_text(c, v),
                      arrays_dims_text(&w->a, x->ndim, x->dim),
                      print_shape_text(&w->m.g, &w->a, ir_var(&w->m.g, v)->sh));
}

/* With the sizes that are known, "n1 = 4". */
static dfoo_status refuse_array(grad_call *c, var_id v, const dfoo_array *x) {
    shape     sh = ir_var(&c->w->m.g, v)->sh;
    const dim dims[] = {sh.rows, sh.cols};
    work_unfit(c->w, v, x);
    for (int i = 0; i < 2 && !shape_is_scalar(sh); i++)
        if (dim_is_named(dims[i]) && sizes_get(&c->f->s, dims[i]))
            diag_note(&c->w->messages, "%s = %zu", symbols_name(&c->w->names, dim_name(dims[i])),
                      sizes_get(&c->f->s, dims[i]));
    return DFOO_EINPUT;
}

static dfoo_status bind_one(grad_call *c, var_id v, const dfoo_array *x) {
    const variable *var = ir_var(&c->w->m.g, v);
    size_t          rows, cols;
    if (!as_shape(var, x, &rows, &cols) || !rows || !cols) return refuse_array(c, v, x);
    if (shape_is_scalar(var->sh)) return DFOO_OK;
    if (fits_dim(c, var->sh.rows, rows, true) && fits_dim(c, var->sh.cols, cols, true))
        return model_check_symmetric(&c->w->m, v, NULL, x->data, rows);
    return is_turned(c, var, rows, cols) ? refuse_turned(c, v, x) : refuse_array(c, v, x);
}

static dfoo_status bind_all(grad_call *c) {
    dfoo_status status = DFOO_OK;
    for (size_t i = 0; i < arrays_count(c->in); i++) {
        const dfoo_array *x = arrays_at(c->in, i);
        sym               name = symbols_find(&c->w->names, x->name, strlen(x->name));
        var_id            v = ir_find_var(&c->w->m.g, name);
        if (strncmp(x->name, "dfoo.", 5) == 0) continue; /* what a run keeps for predicting */
        if (!v) {
            diag_warn(&c->w->messages, NULL, span_at(0, 0),
                      "the model has no variable '%s': this array is not used", x->name);
            continue;
        }
        if (bind_one(c, v, x) != DFOO_OK) status = DFOO_EINPUT;
        c->given[v] = true;
    }
    DFOO_TRY(function_sizes(c->f)); /* what the data did not say */
    return status;
}

/* The array that is given for a variable; a direction bears its own name, or that of what moves. */
static const dfoo_array *array_of(const grad_call *c, var_id v) {
    const ir         *g = &c->w->m.g;
    bool              moves = ir_var(g, v)->kind == VAR_DIRECTION;
    const dfoo_array *x = arrays_get(moves ? c->directions : c->in, ir_var_name(g, v));
    return x || !moves ? x : arrays_get(c->directions, ir_var_name(g, ir_var(g, v)->of));
}

/* The variable that a direction is named after: W1 of W1_dot, or of W1; 0: there is none. */
static var_id mover_of(grad_call *c, const char *name) {
    static const char end[] = "_dot";
    size_t            len = strlen(name), n = sizeof end - 1;
    var_id v = ir_find_var(&c->w->m.g, symbols_find(&c->w->names, name, len));
    if (v || len <= n || strcmp(name + len - n, end) != 0) return v;
    return ir_find_var(&c->w->m.g, symbols_find(&c->w->names, name, len - n));
}

/* What moves: parameters and inputs, and gradients that are given. */
static dfoo_status find_movers(grad_call *c) {
    dfoo_status status = DFOO_OK;
    c->moves = work_flags(c->w);
    if (!c->moves) return DFOO_ENOMEM;
    for (size_t i = 0; i < arrays_count(c->directions); i++) {
        const char *name = arrays_at(c->directions, i)->name;
        var_id      v = mover_of(c, name);
        uint8_t     kind = v ? ir_var(&c->w->m.g, v)->kind : VAR_CONST;
        if (kind == VAR_INPUT || kind == VAR_PARAM) c->moves[v] = true;
        else if (kind != VAR_GRADIENT || !c->given[v])
            status = diag_alone(&c->w->messages,
                                "the direction %s is of no parameter and no input of the model", name);
    }
    return status;
}

/* The rows of the Hessian that are asked for: those of all parameters and of what moves. */
static dfoo_status find_goals(grad_call *c, bool **out) {
    const ir *g = &c->w->m.g;
    *out = work_flags(c->w);
    if (!*out) return DFOO_ENOMEM;
    for (var_id v = 1; v < g->vars.n; v++) (*out)[v] = c->moves[v] || ir_var(g, v)->kind == VAR_PARAM;
    return DFOO_OK;
}

static dfoo_status bind_directions(grad_call *c) {
    dfoo_status status = DFOO_OK;
    for (var_id v = 1; v < c->w->m.g.vars.n; v++) {
        const dfoo_array *x = ir_var(&c->w->m.g, v)->kind == VAR_DIRECTION ? array_of(c, v) : NULL;
        if (!x) continue;
        if (bind_one(c, v, x) != DFOO_OK) status = DFOO_EINPUT;
        c->given[v] = true;
    }
    return status;
}

/* Is everything there that an expression needs, sizes included? */
static bool can_compute(grad_call *c, node_id n) {
    node_list need = {{0}};
    if (ir_reach(&c->w->m.g, &c->w->a, &n, 1, &need) != DFOO_OK) return false;
    for (uint32_t i = 0; i < need.list.n; i++) {
        const node *x = ir_node(&c->w->m.g, need.list.at[i]);
        bool        sized = shape_is_scalar(x->sh) || (sizes_get(&c->f->s, x->sh.rows) &&
                                                       sizes_get(&c->f->s, x->sh.cols));
        if (x->op == OP_SIZE && !sizes_get(&c->f->s, x->ref)) return false;
        if (!sized || (x->op == OP_VAR && !c->known[x->ref])) return false;
    }
    return true;
}

/* A given variable's own equation goes into a copy, which is compared with what was given. */
static dfoo_status compute_twice(grad_call *c, const stmt *s) {
    const char *name = arena_format(&c->w->a, "%s (computed)", var_text(c, s->var));
    if (!name) return DFOO_ENOMEM;
    variable copy = {.name = symbols_add(&c->w->names, name, strlen(name)), .kind = VAR_DEFINED,
                     .sh = ir_var(&c->w->m.g, s->var)->sh};
    var_id   v = ir_add_var(&c->w->m.g, copy);
    if (!v) return DFOO_ENOMEM;
    vec_push(&c->w->a, &c->twice_of, s->var);
    vec_push(&c->w->a, &c->keep, v);
    vec_push(&c->w->a, &c->twice, (stmt){.var = v, .node = s->node});
    return program_add(&c->w->m.g, &c->run, v, s->node, s->at);
}

/* Keeps the statements that can be computed, in order. */
static dfoo_status choose_program(grad_call *c, const program *all) {
    ir *g = &c->w->m.g;
    for (var_id v = 1; v < g->vars.n; v++)
        c->known[v] = c->given[v] || ir_var(g, v)->kind == VAR_CONST || ir_var(g, v)->kind == VAR_MASK;
    for (uint32_t i = 0; i < all->list.n; i++) {
        const stmt *s = &all->list.at[i];
        bool        can = can_compute(c, s->node);
        if (c->given[s->var]) {
            if (can) DFOO_TRY(compute_twice(c, s));
            continue;
        }
        if (!can) {
            vec_push(&c->w->a, &c->skipped, s->var);
            continue;
        }
        c->known[s->var] = true;
        vec_push(&c->w->a, &c->keep, s->var);
        DFOO_TRY(program_add(g, &c->run, s->var, s->node, s->at));
    }
    return arena_status(&c->w->a);
}

static dfoo_status tell_differences(grad_call *c) {
    for (uint32_t i = 0; i < c->twice_of.n; i++) {
        const dfoo_array *x = array_of(c, c->twice_of.at[i]);
        size_t            n = array_entries(x);
        double           *y = arena_new(&c->w->a, n * sizeof *y), most = 0, scale = 1e-300;
        if (!y) return DFOO_ENOMEM;
        exec_get(c->f->e, c->twice.at[i].var, y);
        for (size_t k = 0; k < n; k++) {
            most = fmax(most, fabs(x->data[k] - y[k]));
            scale = fmax(scale, fmax(fabs(x->data[k]), fabs(y[k])));
        }
        if (most / scale > 1e-5)
            diag_warn(&c->w->messages, NULL, span_at(0, 0),
                      "%s is given and does not agree with its equation (they differ by %.2g of its "
                      "largest entry); it is used as given",
                      x->name, most / scale);
    }
    return DFOO_OK;
}

static dfoo_status tell_skipped(grad_call *c) {
    buf list;
    buf_init(&list, c->w->a.mem);
    for (uint32_t i = 0; i < c->skipped.n; i++)
        buf_printf(&list, "%s%s", i ? ", " : "", var_text(c, c->skipped.at[i]));
    if (list.text) diag_warn(&c->w->messages, NULL, span_at(0, 0),
                             "not computed, since what they need was not given: %s", list.text);
    dfoo_status status = buf_status(&list);
    buf_free(&list);
    return status;
}

static bool is_copy(const grad_call *c, var_id v) {
    for (uint32_t i = 0; i < c->twice.n; i++)
        if (c->twice.at[i].var == v) return true;
    return false;
}

static dfoo_status collect(grad_call *c, dfoo_arrays *out) {
    for (uint32_t i = 0; i < c->keep.n; i++) {
        var_id v = c->keep.at[i];
        shape  s = ir_var(&c->w->m.g, v)->sh;
        size_t dim[2] = {sizes_get(&c->f->s, s.rows), sizes_get(&c->f->s, s.cols)};
        if (is_copy(c, v)) continue;
        dfoo_array *x;
        DFOO_TRY(arrays_add(out, var_text(c, v), shape_is_scalar(s) ? 0 : 2, dim, NULL, &x));
        exec_get(c->f->e, v, x->data);
    }
    return DFOO_OK;
}

/* A mask that is not given drops nothing, as when predicting. */
static dfoo_status set_mask(grad_call *c, exec *e, var_id v) {
    shape   s = ir_var(&c->w->m.g, v)->sh;
    size_t  n = sizes_get(&c->f->s, s.rows) * sizes_get(&c->f->s, s.cols);
    double *ones = arena_new(&c->w->a, n * sizeof *ones);
    for (size_t i = 0; ones && i < n; i++) ones[i] = 1;
    return ones ? exec_set(e, v, ones) : DFOO_ENOMEM;
}

static dfoo_status tell_masks(grad_call *c) {
    const ir   *g = &c->w->m.g;
    const char *list = NULL;
    for (var_id v = 1; v < g->vars.n; v++)
        if (ir_var(g, v)->kind == VAR_MASK && !c->given[v])
            list = list ? arena_format(&c->w->a, "%s, %s", list, var_text(c, v)) : var_text(c, v);
    if (list)
        diag_warn(&c->w->messages, NULL, span_at(0, 0),
                  "dropout drops nothing here, since its mask was not given: %s "
                  "(0 or 1/keep in each entry)", list);
    return arena_status(&c->w->a);
}

static dfoo_status set_leaves(void *user, exec *e, const plan *p) {
    grad_call *c = user;
    for (var_id v = 1; v < p->n_vars; v++) {
        const dfoo_array *x = p->of_var[v] && c->given[v] ? array_of(c, v) : NULL;
        if (x) DFOO_TRY(exec_set(e, v, x->data));
        else if (ir_var(&c->w->m.g, v)->kind == VAR_MASK && p->of_var[v]) DFOO_TRY(set_mask(c, e, v));
    }
    return DFOO_OK;
}

/* The cost and what is learned: other values may be infinite on the way without harm. */
static bool should_be_finite(const grad_call *c, var_id v) {
    const variable *x = ir_var(&c->w->m.g, v);
    if (x->kind == VAR_CHANGE) x = ir_var(&c->w->m.g, x->of);
    return v == c->w->m.cost || (x->kind == VAR_GRADIENT && ir_var(&c->w->m.g, x->of)->kind == VAR_PARAM);
}

/* Says where the first value that is not finite comes from. */
static dfoo_status tell_not_finite(grad_call *c, const dfoo_arrays *out) {
    for (uint32_t i = 0; i < c->keep.n; i++) {
        const dfoo_array *x =
            should_be_finite(c, c->keep.at[i]) ? arrays_get(out, var_text(c, c->keep.at[i])) : NULL;
        bool              finite = true;
        for (size_t k = 0; x && k < array_entries(x); k++) finite = finite && isfinite(x->data[k]);
        finite_request r = {.m = &c->w->m, .a = &c->w->a, .p = &c->run, .result = c->keep.at[i],
                            .type = c->f->type,
                            .s = &c->f->s, .set_leaves = set_leaves, .user = c};
        if (!finite) return finite_report(&r);
    }
    return DFOO_OK;
}

/* The entries of an array in the function's type. */
static const void *in_type(grad_call *c, const dfoo_array *x) {
    size_t n = array_entries(x);
    if (c->f->type == EXEC_F64) return x->data;
    float *small = arena_new(&c->w->a, n * sizeof *small);
    for (size_t i = 0; small && i < n; i++) small[i] = (float)x->data[i];
    return small;
}

/* What is given and read is bound. */
static dfoo_status bind_inputs(grad_call *c) {
    for (uint32_t i = 0; i < c->f->in.list.n; i++) {
        const port       *x = &c->f->in.list.at[i];
        bool              read = c->given[x->var] && c->f->p->of_var[x->var];
        const dfoo_array *from = read ? array_of(c, x->var) : NULL;
        if (!from) continue;
        const void *data = in_type(c, from);
        size_t      rows = 1, cols = 1;
        if (!data) return DFOO_ENOMEM;
        as_shape(ir_var(&c->w->m.g, x->var), from, &rows, &cols);
        DFOO_TRY(dfoo_function_bind(c->f, x->name, data, rows, cols));
    }
    return DFOO_OK;
}

/* As many examples as the arrays have. */
static dfoo_status run(grad_call *c) {
    dim    examples = c->w->m.g.examples;
    size_t n = examples ? sizes_get(&c->f->s, examples) : 0;
    DFOO_TRY(function_make_room(c->f, n ? n : 1));
    DFOO_TRY(bind_inputs(c));
    return dfoo_function_run(c->f, c->f->most);
}

static dfoo_status compile(grad_call *c, dfoo_convention convention) {
    program all = {{0}};
    bool   *goals = NULL;
    DFOO_TRY(work_name(c->w));
    c->given = work_flags(c->w);
    c->known = work_flags(c->w);
    if (!c->given || !c->known) return DFOO_ENOMEM;
    DFOO_TRY(bind_all(c));
    if (c->directions) {
        DFOO_TRY(find_movers(c));
        DFOO_TRY(find_goals(c, &goals));
    }
    work_options how = {.convention = convention, .given = c->given, .wanted = goals};
    DFOO_TRY(work_derive(c->w, &how));
    if (c->directions) {
        DFOO_TRY(work_along(c->w, c->moves, goals));
        DFOO_TRY(bind_directions(c));
    }
    DFOO_TRY(work_program(c->w, &(program_options){.all = true, .digits = true, .given = c->given}, &all));
    DFOO_TRY(choose_program(c, &all));
    if (!c->keep.n) return diag_alone(&c->w->messages, "nothing can be computed from what was given");
    return function_plan(c->f, c->given, &c->run, c->keep.at, c->keep.n);
}

static dfoo_status grad(grad_call *c, const dfoo_grad_options *opt, dfoo_arrays *out) {
    DFOO_TRY(compile(c, opt->convention));
    DFOO_TRY(run(c));
    DFOO_TRY(collect(c, out));
    DFOO_TRY(tell_differences(c));
    DFOO_TRY(tell_not_finite(c, out));
    DFOO_TRY(tell_masks(c));
    return tell_skipped(c);
}

dfoo_status dfoo_grad(dfoo_model *model, const dfoo_arrays *in, const dfoo_grad_options *options,
                      dfoo_arrays **out) {
    dfoo_grad_options how;
    dfoo_function    *f;
    dfoo_arrays      *result = NULL, *plain = NULL, *plain_directions = NULL;
    if (out) *out = NULL;
    NEED(NULL, model);
    NEED(model->d, in);
    NEED(model->d, out);
    TAKE(model->d, dfoo_grad_options, options, how);
    KNOWN(model->d, how.convention, DFOO_DJ);
    KNOWN(model->d, how.dtype, DFOO_F32);
    dfoo_status status = function_open(model, how.dtype, &f);
    if (!f) return status;
    if (status == DFOO_OK) status = set_new(model->d, &result);
    if (status == DFOO_OK) status = set_plain(model->d, &in, &plain);
    if (status == DFOO_OK) status = set_plain(model->d, &how.directions, &plain_directions);
    grad_call call = {.f = f, .w = &f->w, .in = in, .directions = how.directions};
    if (status == DFOO_OK) status = grad(&call, &how, result);
    status = work_pause(&f->w, status);
    dfoo_function_free(f);
    arrays_free(plain);
    arrays_free(plain_directions);
    if (status == DFOO_OK) *out = result;
    else arrays_free(result);
    return status;
}

/* ------------------------------------------------------------------ one entry */

/* The formula of a value or a gradient; 0: it has none, or is given. */
static node_id formula_of(grad_call *c, var_id v) {
    const variable *x = ir_var(&c->w->m.g, v);
    if (c->given[v]) return 0;
    const gradient *d = x->kind == VAR_GRADIENT ? derivation_find(&c->w->dv, x->of) : NULL;
    const stmt     *s = d ? NULL : program_find(&c->w->dv.forward, v);
    return d ? gradient_formula(d) : s ? s->node : 0;
}

static dfoo_status refuse_entry(grad_call *c, const char *name, size_t row, size_t col) {
    return diag_alone(&c->w->messages, "there is no entry %s[%zu,%zu] with these sizes", name, row, col);
}

/* `row` and `col` are counted from 0. */
static dfoo_status write_entry(grad_call *c, var_id v, size_t row, size_t col, buf *out) {
    char      fresh[] = "kpqrsuvwntij";
    const ir *g = &c->w->m.g;
    index_env env = {.g = g, .a = &c->w->a, .fresh = fresh};
    node_id   n = formula_of(c, v);
    if (!n || row >= INDEX_MOST || col >= INDEX_MOST) return DFOO_NO;
    char              i = INDEX_FIXED(row), j = INDEX_FIXED(col);
    const index_tree *left = index_entry(&env, v, i, j);
    const index_tree *right = index_spell(&env, index_of_node(&env, n, i, j), &c->f->s);
    index_style       plain = {.loss = ""};
    DFOO_TRY(arena_status(&c->w->a));
    if (!left || !right) return DFOO_NO;
    index_print(g, left, &plain, out);
    buf_puts(out, " = ");
    index_print(g, right, &plain, out);
    return DFOO_OK;
}

static dfoo_status entry(grad_call *c, const char *name, size_t row, size_t col, dfoo_convention convention,
                         buf *out) {
    DFOO_TRY(compile(c, convention));
    const ir *g = &c->w->m.g;
    var_id    v = ir_find_var(g, symbols_find(&c->w->names, name, strlen(name)));
    if (!v) return diag_alone(&c->w->messages, "the model has no variable '%s'", name);
    shape  sh = ir_var(g, v)->sh;
    bool   one = shape_is_scalar(sh);
    size_t rows = one ? 1 : sizes_get(&c->f->s, sh.rows), cols = one ? 1 : sizes_get(&c->f->s, sh.cols);
    if (!row || !col || row > rows || col > cols) return refuse_entry(c, name, row, col);
    return write_entry(c, v, row - 1, col - 1, out);
}

dfoo_status dfoo_entry(dfoo_model *model, const dfoo_arrays *in, const char *name, size_t row, size_t col,
                       const dfoo_grad_options *options, char **text) {
    dfoo_grad_options how;
    dfoo_function    *f;
    dfoo_arrays      *plain = NULL;
    buf               b;
    if (text) *text = NULL;
    NEED(NULL, model);
    NEED(model->d, in);
    NEED(model->d, name);
    NEED(model->d, text);
    TAKE(model->d, dfoo_grad_options, options, how);
    KNOWN(model->d, how.convention, DFOO_DJ);
    KNOWN(model->d, how.dtype, DFOO_F32);
    dfoo_status status = function_open(model, how.dtype, &f);
    if (!f) return status;
    buf_init(&b, model->d->mem);
    if (status == DFOO_OK) status = set_plain(model->d, &in, &plain);
    grad_call call = {.f = f, .w = &f->w, .in = in};
    if (status == DFOO_OK) status = entry(&call, name, row, col, how.convention, &b);
    status = work_text(work_pause(&f->w, status), &b, text);
    dfoo_function_free(f);
    arrays_free(plain);
    return status;
}
