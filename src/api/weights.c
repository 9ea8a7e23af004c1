/* Weights of examples: an input of the model beside the loss in the cost's sum, so that the equations show
 * what they do. */
#include <string.h>

#include "api/load.h"

typedef struct weigher {
    work       *w;
    const char *line; /* of the cost, */
    const char *at;   /* and the sum in it, */
    size_t      len;  /* of so many letters */
    bool        mean; /* it is a mean */
    var_id      loss;
    const char *name; /* of the weights */
} weigher;

static bool is_letter(char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_';
}

static bool is_counted(const model *m, const variable *v) {
    return m->examples && (m->examples_are_columns ? v->sh.cols : v->sh.rows) == m->examples;
}

/* The line `J = ..`; NULL: there is none. */
static const char *cost_line(const char *text, const char *cost) {
    size_t n = strlen(cost);
    for (const char *line = text; line; line = strchr(line, '\n')) {
        line += *line == '\n';
        const char *p = line + strspn(line, " \t");
        const char *behind = p + n + strspn(strncmp(p, cost, n) == 0 ? p + n : "", " \t");
        if (strncmp(p, cost, n) == 0 && !is_letter(p[n]) && *behind == '=') return line;
    }
    return NULL;
}

/* sum(L) or mean(L) at p, of a variable with an entry for each example. */
static bool is_sum(weigher *x, const char *p) {
    const model *m = &x->w->m;
    bool         sum = strncmp(p, "sum(", 4) == 0, mean = strncmp(p, "mean(", 5) == 0;
    if (!sum && !mean) return false;
    const char *name = p + (sum ? 4 : 5);
    size_t      len = 0;
    while (is_letter(name[len])) len++;
    sym    s = name[len] == ')' ? symbols_find(m->g.names, name, len) : 0;
    var_id v = s ? ir_find_var(&m->g, s) : 0;
    if (!v || !is_counted(m, ir_var(&m->g, v))) return false;
    x->at = p;
    x->len = (size_t)(name + len + 1 - p);
    x->mean = mean;
    x->loss = v;
    return true;
}

static dfoo_status refuse_cost(const weigher *x) {
    diags *d = &x->w->messages;
    diag_alone(d, "--class-weight: weights stand beside the loss in the cost's sum, and there is no one "
                  "place for them");
    diag_note(d, "the cost should be like J = 1/m * sum(L) with a line of its own for L");
    return d->a->failed ? DFOO_ENOMEM : DFOO_EINPUT;
}

static dfoo_status find_sum(weigher *x, const char *text) {
    const model *m = &x->w->m;
    uint32_t     found = 0;
    x->line = m->cost ? cost_line(text, ir_var_name(&m->g, m->cost)) : NULL;
    const char *first = NULL;
    for (const char *p = x->line; p && *p && *p != '\n' && *p != '#'; p++)
        if ((p == x->line || !is_letter(p[-1])) && is_sum(x, p)) {
            found++;
            first = first ? first : p;
        }
    return found == 1 ? DFOO_OK : refuse_cost(x);
}

static bool is_taken(const model *m, const char *name) {
    sym s = symbols_find(m->g.names, name, strlen(name));
    if (!s) return false;
    for (uint32_t i = 0; i < m->size_names.n; i++)
        if (m->size_names.at[i] == s) return true;
    return ir_find_var(&m->g, s) != 0 || model_function(m, s) != NULL;
}

static const char *free_name(const weigher *x) {
    const char *name = "w";
    if (is_taken(&x->w->m, name)) name = "weight";
    for (uint32_t i = 2; name && is_taken(&x->w->m, name); i++) name = arena_format(&x->w->a, "weight_%u", i);
    return name;
}

/* Behind the last line that declares an input or a label. */
static size_t declarations_end(const char *text) {
    size_t end = 0;
    for (const char *line = text; *line;) {
        size_t      len = strcspn(line, "\n");
        const char *p = line + strspn(line, " \t");
        if (strncmp(p, "input ", 6) == 0 || strncmp(p, "label ", 6) == 0) end = (size_t)(line - text) + len;
        line += len + (line[len] == '\n');
    }
    return end;
}

/* What a mean divides by. */
static void put_count(const weigher *x, const char *m, buf *out) {
    const model    *model = &x->w->m;
    const variable *v = ir_var(&model->g, x->loss);
    dim             other = model->examples_are_columns ? v->sh.rows : v->sh.cols;
    if (!x->mean) return;
    if (other == 1)
        buf_printf(out, "1/%s * ", m);
    else if (dim_is_named(other))
        buf_printf(out, "1/(%s * %s) * ", m, symbols_name(model->g.names, dim_name(other)));
    else
        buf_printf(out, "1/(%s * %u) * ", m, other);
}

static void write_weighted(const weigher *x, const char *text, buf *out) {
    const model *model = &x->w->m;
    const char  *m = symbols_name(model->g.names, dim_name(model->examples));
    bool         across = model->examples_are_columns;
    size_t       at = declarations_end(text), place = (size_t)(x->at - text);
    buf_put(out, text, at);
    buf_printf(out, "\ninput %s  : (%s, %s)   # how much an example counts; 1 on average", x->name,
               across ? "1" : m, across ? m : "1");
    buf_put(out, text + at, place - at);
    put_count(x, m, out);
    buf_printf(out, "sum(%s * %s)", x->name, ir_var_name(&model->g, x->loss));
    buf_puts(out, x->at + x->len);
}

static dfoo_status weigh(work *w, const dfoo_model *model, dfoo_model **out, const char **name) {
    weigher x = {.w = w};
    buf     text;
    if (!w->m.examples || !dim_is_named(w->m.examples))
        return diag_alone(&w->messages, "--class-weight: the model has no dimension of examples");
    DFOO_TRY(find_sum(&x, model->text));
    x.name = free_name(&x);
    if (!x.name) return DFOO_ENOMEM;
    buf_init(&text, w->d->mem);
    write_weighted(&x, model->text, &text);
    dfoo_status status = buf_status(&text);
    if (status == DFOO_OK) status = model_new(w->d, model->name, text.text, text.len, out);
    buf_free(&text);
    DFOO_TRY(status);
    for (uint32_t i = 0; i < model->overrides.n; i++) {
        override o = model->overrides.at[i];
        o.name = arena_text(&(*out)->a, o.name, strlen(o.name));
        vec_push(&(*out)->a, &(*out)->overrides, o);
    }
    *name = arena_text(&(*out)->a, x.name, strlen(x.name));
    return arena_status(&(*out)->a);
}

dfoo_status weights_model(const dfoo_model *model, dfoo_model **out, const char **name) {
    work w;
    *out = NULL;
    dfoo_status status = work_open(&w, model->d, model);
    if (status == DFOO_OK) status = weigh(&w, model, out, name);
    status = work_close(&w, status);
    if (status == DFOO_OK) return status;
    dfoo_model_free(*out);
    *out = NULL;
    return status;
}
