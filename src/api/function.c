/* The public interface: compiled functions.
 *
 * Binding decides, a run only computes: where an input is dense the execution reads the caller's memory, any
 * other is gathered into room that binding made; an output is written where it is wanted, or scattered to it.
 * What changes with the number of examples is decided in the first run of that number. */
#include <assert.h>
#include <string.h>

#include "api/function.h"

/* ------------------------------------------------------------------ matrices */

static size_t entry_size(const dfoo_function *f) {
    return f->type == EXEC_F32 ? sizeof(float) : sizeof(double);
}

static bool is_dense(size_t rows, size_t cols, ptrdiff_t row_step, ptrdiff_t col_step) {
    return (cols == 1 || col_step == 1) && (rows == 1 || row_step == (ptrdiff_t)cols);
}

/* Entries of `size` bytes from one place to another, both with steps. */
static void copy_matrix(size_t rows, size_t cols, size_t size, char *to, const ptrdiff_t *to_step,
                        const char *from,
                        const ptrdiff_t *from_step) {
    ptrdiff_t each = (ptrdiff_t)size;
    for (size_t i = 0; i < rows; i++) {
        char       *y = to + (ptrdiff_t)i * to_step[0] * each;
        const char *x = from + (ptrdiff_t)i * from_step[0] * each;
        if (to_step[1] == 1 && from_step[1] == 1) memcpy(y, x, cols * size);
        else
            for (size_t k = 0; k < cols; k++, y += to_step[1] * each, x += from_step[1] * each)
                memcpy(y, x, size);
    }
}

static double number_at(const dfoo_function *f, const void *at) {
    float  small;
    double large;
    if (f->type == EXEC_F32) memcpy(&small, at, sizeof small);
    else memcpy(&large, at, sizeof large);
    return f->type == EXEC_F32 ? (double)small : large;
}

static void put_number(const dfoo_function *f, void *at, double value) {
    float small = (float)value;
    if (f->type == EXEC_F32) memcpy(at, &small, sizeof small);
    else memcpy(at, &value, sizeof value);
}

/* The size of a dimension in a run with so many examples; `otherwise`: of a name that is not known. */
static size_t size_of(const dfoo_function *f, dim d, size_t examples) {
    dim m = f->w.m.g.examples;
    return m ? sizes_get_with(&f->s, d, dim_name(m), examples) : sizes_get(&f->s, d);
}

/* ------------------------------------------------------------------- opening */

/* Are all sizes known but the number of examples? */
static bool sizes_known(const dfoo_function *f) {
    for (buffer_id b = 1; b < f->p->buffers.n; b++) {
        shape sh = f->p->buffers.at[b].sh;
        if (!shape_is_scalar(sh) && (!size_of(f, sh.rows, 1) || !size_of(f, sh.cols, 1))) return false;
    }
    for (uint32_t i = 0; i < f->p->code.n; i++)
        for (uint32_t k = 0; k < f->p->code.at[i].steps.n; k++) {
            const plan_step *s = &f->p->code.at[i].steps.at[k];
            if (s->kind == STEP_SIZE && !size_of(f, s->size, 1)) return false;
        }
    return true;
}

/* A mask that is not given drops nothing. */
static dfoo_status fill_masks(dfoo_function *f) {
    dfoo_status status = DFOO_OK;
    for (uint32_t i = 0; i < f->in.list.n && status == DFOO_OK; i++) {
        const port *x = &f->in.list.at[i];
        size_t      n = size_of(f, x->sh.rows, f->most) * size_of(f, x->sh.cols, f->most);
        if (x->at || ir_var(&f->w.m.g, x->var)->kind != VAR_MASK || !f->p->of_var[x->var]) continue;
        double *ones = mem_new(&f->d->mem, n * sizeof *ones);
        for (size_t k = 0; ones && k < n; k++) ones[k] = 1;
        status = ones ? exec_set(f->e, x->var, ones) : DFOO_ENOMEM;
        mem_free(&f->d->mem, ones, n * sizeof *ones);
    }
    return status;
}

static dfoo_status open_exec(dfoo_function *f) {
    assert(f->most > 0 && sizes_known(f));
    dim examples = f->w.m.g.examples;
    if (examples) f->s.of[dim_name(examples)] = f->most;
    exec_close(f->e);
    DFOO_TRY(exec_open(f->p, &f->w.m.g, &f->d->mem, f->type, f->d->isa, &f->s, &f->e));
    dfoo_status status = f->threads > 1 ? exec_threads(f->e, f->threads) : DFOO_OK;
    if (status == DFOO_OK && examples) status = exec_vary(f->e, examples);
    if (status == DFOO_OK) status = fill_masks(f);
    if (status == DFOO_OK) return status;
    exec_close(f->e);
    f->e = NULL;
    return status;
}

dfoo_status function_make_room(dfoo_function *f, size_t examples) {
    bool more = examples > f->most;
    if (more) f->most = examples;
    if ((f->e && !more) || !f->most || !sizes_known(f)) return DFOO_OK;
    const char *wrong = lang_misfit(&f->w.m, &f->w.a, &f->s);
    if (wrong) return messages_say(f->d, DFOO_EINPUT, "%s", wrong);
    dfoo_status status = open_exec(f);
    if (status == DFOO_EINPUT) return messages_say(f->d, status, "these sizes are too large");
    return status;
}

/* ------------------------------------------------------------------- binding */

static port *find_port(port_list *list, const char *name) {
    for (uint32_t i = 0; i < list->list.n; i++)
        if (strcmp(list->list.at[i].name, name) == 0) return &list->list.at[i];
    return NULL;
}

/* How many examples a matrix has; 0: it is not said by it. */
static size_t examples_of(const dfoo_function *f, const port *x, size_t rows, size_t cols) {
    dim examples = f->w.m.g.examples;
    if (!examples || shape_is_scalar(x->sh)) return 0;
    return x->sh.cols == examples ? cols : x->sh.rows == examples ? rows : 0;
}

static bool fits_dim(const dfoo_function *f, dim d, size_t n) {
    if (!dim_is_named(d)) return d == n;
    if (d == f->w.m.g.examples) return !f->most_given || n <= f->most;
    return !sizes_get(&f->s, d) || sizes_get(&f->s, d) == n;
}

static bool fits(const dfoo_function *f, const port *x, size_t rows, size_t cols) {
    if (shape_is_scalar(x->sh)) return rows == 1 && cols == 1;
    return rows && cols && fits_dim(f, x->sh.rows, rows) && fits_dim(f, x->sh.cols, cols);
}

/* " with n0 = 30, m up to 500" */
static void tell_sizes(const dfoo_function *f, const port *x, buf *b) {
    const dim   dims[] = {x->sh.rows, x->sh.cols};
    const char *between = " with ";
    for (int i = 0; i < 2 && !shape_is_scalar(x->sh); i++) {
        bool   examples = dims[i] == f->w.m.g.examples;
        size_t n = examples ? (f->most_given ? f->most : 0) : sizes_get(&f->s, dims[i]);
        if (!dim_is_named(dims[i]) || !n || (i && dims[0] == dims[1])) continue;
        buf_printf(b, "%s%s%s%zu", between, symbols_name(&f->w.names, dim_name(dims[i])), examples ? " up to "
                   : " = ", n);
        between = ", ";
    }
}

static dfoo_status refuse_shape(dfoo_function *f, const port *x, size_t rows, size_t cols) {
    buf text;
    buf_init(&text, f->d->mem);
    buf_printf(&text, "%s is (%zu, %zu), and ", x->name, rows, cols);
    if (shape_is_scalar(x->sh)) buf_puts(&text, "a number");
    else print_shape(&f->w.m.g, x->sh, &text);
    tell_sizes(f, x, &text);
    buf_puts(&text, " is expected");
    if (rows != cols && fits(f, x, cols, rows)) buf_puts(&text, ": it is the other way round");
    dfoo_status status = buf_status(&text);
    if (status == DFOO_OK) status = messages_say(f->d, DFOO_EINPUT, "%s", text.text);
    buf_free(&text);
    return status;
}

static dfoo_status refuse_name(dfoo_function *f, const char *what, const port_list *list, const char *name) {
    buf names;
    buf_init(&names, f->d->mem);
    for (uint32_t i = 0; i < list->list.n; i++)
        buf_printf(&names, "%s%s", i ? ", " : "", list->list.at[i].name);
    dfoo_status status = buf_status(&names);
    if (status == DFOO_OK)
        status = messages_say(f->d, DFOO_EINPUT, "the function has no %s '%s'; there are: %s", what, name,
                              names.text);
    buf_free(&names);
    return status;
}

/* Memory where an input that is not dense is gathered, for as many examples as are bound. */
static dfoo_status make_gathering_room(dfoo_function *f, port *x, size_t rows, size_t cols) {
    size_t size = rows * cols * entry_size(f);
    if (x->room_size >= size) return DFOO_OK;
    mem_free(&f->d->mem, x->room, x->room_size);
    x->room = mem_new(&f->d->mem, size);
    x->room_size = x->room ? size : 0;
    return x->room ? DFOO_OK : DFOO_ENOMEM;
}

static void learn_sizes(dfoo_function *f, const port *x, size_t rows, size_t cols) {
    const dim    dims[] = {x->sh.rows, x->sh.cols};
    const size_t n[] = {rows, cols};
    for (int i = 0; i < 2 && !shape_is_scalar(x->sh); i++)
        if (dim_is_named(dims[i]) && dims[i] != f->w.m.g.examples) sizes_set(&f->s, dim_name(dims[i]), n[i]);
}

static void set_port(port *x, void *data, size_t rows, size_t cols, ptrdiff_t row_step, ptrdiff_t col_step) {
    x->at = data;
    x->rows = rows;
    x->cols = cols;
    x->row_step = row_step;
    x->col_step = col_step;
}

static dfoo_status bind_input(dfoo_function *f, const char *name, const void *data, size_t rows, size_t cols,
                              ptrdiff_t row_step, ptrdiff_t col_step) {
    port *x = find_port(&f->in, name);
    if (!x) return refuse_name(f, "input", &f->in, name);
    if (!fits(f, x, rows, cols)) return refuse_shape(f, x, rows, cols);
    if (!is_dense(rows, cols, row_step, col_step)) DFOO_TRY(make_gathering_room(f, x, rows, cols));
    learn_sizes(f, x, rows, cols);
    DFOO_TRY(function_make_room(f, examples_of(f, x, rows, cols)));
    set_port(x, (void *)data, rows, cols, row_step, col_step); /* it is only read */
    x->waits = false;
    f->now = 0;
    return DFOO_OK;
}

dfoo_status dfoo_function_bind_strided(dfoo_function *f, const char *name, const void *data, size_t rows,
                                       size_t cols,
                                       ptrdiff_t row_step, ptrdiff_t col_step) {
    NEED(NULL, f);
    NEED(f->d, name);
    NEED(f->d, data);
    return bind_input(f, name, data, rows, cols, row_step, col_step);
}

dfoo_status dfoo_function_bind(dfoo_function *f, const char *name, const void *data, size_t rows,
                               size_t cols) {
    NEED(NULL, f);
    NEED(f->d, name);
    NEED(f->d, data);
    return bind_input(f, name, data, rows, cols, (ptrdiff_t)cols, 1);
}

static dfoo_status bind_output(dfoo_function *f, const char *name, void *data, size_t rows, size_t cols,
                               ptrdiff_t row_step, ptrdiff_t col_step) {
    port *x = find_port(&f->out, name);
    if (!x) return refuse_name(f, "output", &f->out, name);
    if (data && !fits(f, x, rows, cols)) return refuse_shape(f, x, rows, cols);
    set_port(x, data, rows, cols, row_step, col_step);
    f->now = 0;
    return DFOO_OK;
}

dfoo_status dfoo_function_bind_output_strided(dfoo_function *f, const char *name, void *data, size_t rows,
                                              size_t cols,
                                              ptrdiff_t row_step, ptrdiff_t col_step) {
    NEED(NULL, f);
    NEED(f->d, name);
    return bind_output(f, name, data, rows, cols, row_step, col_step);
}

dfoo_status dfoo_function_bind_output(dfoo_function *f, const char *name, void *data, size_t rows,
                                      size_t cols) {
    NEED(NULL, f);
    NEED(f->d, name);
    return bind_output(f, name, data, rows, cols, (ptrdiff_t)cols, 1);
}

/* ------------------------------------------------------------------- running */

/* Does the variable have fewer examples than a run wants, or is there no room for them? */
static dfoo_status check_input(dfoo_function *f, const port *x, size_t examples) {
    size_t bound = x->at ? examples_of(f, x, x->rows, x->cols) : 0;
    if (x->waits) return use_wrong(f->d, "dfoo_function_run: %s is not bound", x->name);
    if (bound && bound < examples)
        return use_wrong(f->d, "dfoo_function_run: %s is bound with %zu examples, and the run is of %zu",
                         x->name, bound,
                         examples);
    return DFOO_OK;
}

/* The first examples of what is bound, as the execution reads them. */
static dfoo_status place_input(dfoo_function *f, port *x, size_t examples) {
    size_t rows = size_of(f, x->sh.rows, examples), cols = size_of(f, x->sh.cols, examples);
    if (!x->at || shape_is_scalar(x->sh)) return DFOO_OK;
    bool dense = is_dense(rows, cols, x->row_step, x->col_step);
    if (!dense && !x->room)
        return use_wrong(f->d,
                         "dfoo_function_run: the first %zu examples of %s do not lie together; "
                         "bind them, or with steps",
                         examples, x->name);
    exec_bind(f->e, x->var, dense ? x->at : x->room);
    return DFOO_OK;
}

static void place_output(dfoo_function *f, port *x, size_t examples) {
    size_t rows = size_of(f, x->sh.rows, examples), cols = size_of(f, x->sh.cols, examples);
    bool   there = x->at && !shape_is_scalar(x->sh) && is_dense(rows, cols, x->row_step, x->col_step);
    exec_bind_result(f->e, x->var, there ? x->at : NULL);
}

/* The number of examples that is meant by "all": the fewest that something is bound with. */
static size_t all_examples(const dfoo_function *f) {
    size_t all = 0;
    for (uint32_t i = 0; i < f->in.list.n; i++) {
        const port *x = &f->in.list.at[i];
        size_t      n = x->at && f->p->of_var[x->var] ? examples_of(f, x, x->rows, x->cols) : 0;
        if (n && (!all || n < all)) all = n;
    }
    return all ? all : 1;
}

/* Decides what depends on the number of examples. */
static dfoo_status prepare(dfoo_function *f, size_t examples) {
    for (uint32_t i = 0; i < f->in.list.n; i++) DFOO_TRY(check_input(f, &f->in.list.at[i], examples));
    if (!f->e)
        return use_wrong(f->d, "dfoo_function_run: not all sizes are known; dfoo_model_set gives them");
    if (examples > f->most && f->w.m.g.examples)
        return use_wrong(f->d, "dfoo_function_run: %zu examples, and there is room for %zu", examples,
                         f->most);
    f->now = 0;
    if (f->w.m.g.examples) exec_fit(f->e, examples);
    for (uint32_t i = 0; i < f->in.list.n; i++) DFOO_TRY(place_input(f, &f->in.list.at[i], examples));
    for (uint32_t i = 0; i < f->out.list.n; i++) place_output(f, &f->out.list.at[i], examples);
    f->now = examples;
    return DFOO_OK;
}

/* What no binding does once and for all: numbers, and matrices that are not dense. */
static void read_input(dfoo_function *f, port *x) {
    if (!x->at) return;
    if (shape_is_scalar(x->sh)) {
        double value = number_at(f, x->at);
        exec_set(f->e, x->var, &value);
        return;
    }
    size_t rows = size_of(f, x->sh.rows, f->now), cols = size_of(f, x->sh.cols, f->now);
    if (is_dense(rows, cols, x->row_step, x->col_step)) return;
    assert(x->room && x->room_size >= rows * cols * entry_size(f));
    const ptrdiff_t from[] = {x->row_step, x->col_step}, to[] = {(ptrdiff_t)cols, 1};
    copy_matrix(rows, cols, entry_size(f), x->room, to, x->at, from);
}

static void write_output(dfoo_function *f, port *x) {
    size_t rows = 1, cols = 1;
    double value = 0;
    if (shape_is_scalar(x->sh)) {
        exec_get(f->e, x->var, &value);
        put_number(f, x->at ? x->at : (void *)&x->cell, value);
        return;
    }
    const void     *lies = x->at ? exec_data(f->e, x->var, &rows, &cols) : NULL;
    const ptrdiff_t to[] = {x->row_step, x->col_step}, from[] = {(ptrdiff_t)cols, 1};
    if (x->at && lies != x->at) copy_matrix(rows, cols, entry_size(f), x->at, to, lies, from);
}

dfoo_status dfoo_function_run(dfoo_function *f, size_t examples) {
    NEED(NULL, f);
    if (!examples) examples = f->now ? f->now : all_examples(f);
    if (examples != f->now) DFOO_TRY(prepare(f, examples));
    for (uint32_t i = 0; i < f->in.list.n; i++) read_input(f, &f->in.list.at[i]);
    exec_run(f->e);
    for (uint32_t i = 0; i < f->out.list.n; i++) write_output(f, &f->out.list.at[i]);
    return DFOO_OK;
}

/* ------------------------------------------------------------------- reading */

const void *dfoo_function_get(const dfoo_function *f, const char *name) {
    size_t      rows, cols;
    const port *x = f && name && f->now ? find_port((port_list *)&f->out, name) : NULL;
    if (!x) return NULL;
    if (x->at) return x->at;
    return shape_is_scalar(x->sh) ? (const void *)&x->cell : exec_data(f->e, x->var, &rows, &cols);
}

dfoo_status dfoo_function_shape(dfoo_function *f, const char *name, size_t *rows, size_t *cols) {
    NEED(NULL, f);
    NEED(f->d, name);
    NEED(f->d, rows);
    NEED(f->d, cols);
    const port *x = find_port(&f->out, name);
    if (!x) x = find_port(&f->in, name);
    if (!x) return refuse_name(f, "output", &f->out, name);
    *rows = size_of(f, x->sh.rows, f->now);
    *cols = size_of(f, x->sh.cols, f->now);
    if (shape_is_scalar(x->sh)) *rows = *cols = 1;
    return *rows && *cols ? DFOO_OK : messages_say(f->d, DFOO_EINPUT, "the size of %s is not known yet",
                                                   name);
}

/* ------------------------------------------------------------------- lifetime */

dfoo_status function_open(const dfoo_model *model, dfoo_dtype dtype, dfoo_function **out) {
    dfoo_function *f = *out = mem_new(&model->d->mem, sizeof *f);
    if (!f) return DFOO_ENOMEM;
    f->d = model->d;
    f->type = dtype == DFOO_F32 ? EXEC_F32 : EXEC_F64;
    DFOO_TRY(work_open(&f->w, model->d, model));
    return sizes_init(&f->s, &f->w.a, &f->w.names);
}

dfoo_status dfoo_compile(dfoo_model *model, const dfoo_compile_options *options, dfoo_function **out) {
    dfoo_compile_options how;
    if (out) *out = NULL;
    NEED(NULL, model);
    NEED(model->d, out);
    TAKE(model->d, dfoo_compile_options, options, how);
    KNOWN(model->d, how.convention, DFOO_DJ);
    KNOWN(model->d, how.dtype, DFOO_F32);
    dfoo_function *f;
    dfoo_status    status = function_open(model, how.dtype, &f);
    if (!f) return status;
    f->threads = how.threads;
    f->most = how.max_examples;
    f->most_given = f->most > 0;
    if (status == DFOO_OK) status = function_compile(f, &how);
    if (status == DFOO_OK) status = function_make_room(f, f->w.m.g.examples ? 0 : 1);
    status = work_pause(&f->w, status);
    if (status == DFOO_OK) *out = f;
    else dfoo_function_free(f);
    return status;
}

void dfoo_function_free(dfoo_function *f) {
    if (!f) return;
    dfoo_allocator mem = f->d->mem;
    exec_close(f->e);
    for (uint32_t i = 0; i < f->in.list.n; i++)
        mem_free(&mem, f->in.list.at[i].room, f->in.list.at[i].room_size);
    arena_free(&f->w.a);
    mem_free(&mem, f, sizeof *f);
}
