/* Lessons about the units of a layer: those that are all equal, saturated ones, dead ones. */
#include <math.h>

#include "run/lessons/look.h"

/* ------------------------------------------------------------ units that are alike */

/* Units are counted by a size that no data has: the rows or columns of parameters. */
static bool is_of_data(const model *m, dim d) {
    for (var_id v = 1; v < m->g.vars.n; v++) {
        const variable *x = ir_var(&m->g, v);
        if ((x->kind == VAR_INPUT || x->kind == VAR_LABEL) && (x->sh.rows == d || x->sh.cols == d))
            return true;
    }
    return d == m->examples;
}

/* The largest difference between the first and any other row (column) of a matrix. */
static double spread(const double *x, size_t rows, size_t cols, bool by_rows) {
    double most = 0;
    for (size_t i = 0; i < rows; i++)
        for (size_t j = 0; j < cols; j++) {
            double d = fabs(x[i * cols + j] - x[by_rows ? j : i * cols]);
            if (d > most) most = d;
        }
    return most;
}

static double distance(const double *x, const double *y, size_t n) {
    double most = 0;
    for (size_t i = 0; i < n; i++)
        if (fabs(x[i] - y[i]) > most) most = fabs(x[i] - y[i]);
    return most;
}

/* A parameter that has the dimension d. */
static bool counts(const ir *g, var_id v, dim d) {
    const variable *x = ir_var(g, v);
    return x->kind == VAR_PARAM && (x->sh.rows == d || x->sh.cols == d);
}

static double spread_along(const variable *x, dim d, const dfoo_array *shape_of, const double *values) {
    size_t rows = shape_of->dim[0], cols = shape_of->dim[1];
    double most = x->sh.rows == d ? spread(values, rows, cols, true) : 0;
    double other = x->sh.cols == d ? spread(values, rows, cols, false) : 0;
    return most > other ? most : other;
}

static bool starts_alike(const watched *w, dim d) {
    const ir *g = &w->m->g;
    for (var_id v = 1; v < g->vars.n; v++) {
        if (!counts(g, v, d)) continue;
        const dfoo_array *start = arrays_get(w->start, ir_var_name(g, v));
        if (spread_along(ir_var(g, v), d, start, start->data) > 0) return false;
    }
    return true;
}

static dfoo_status try_dim(const watched *w, dim d, lessons *l) {
    for (uint32_t i = 0; i < l->alike.n; i++)
        if (l->alike.at[i] == d) return DFOO_OK;
    if (sizes_get(w->s, d) > 1 && !is_of_data(w->m, d) && starts_alike(w, d))
        vec_push(w->a, &l->alike, d);
    return arena_status(w->a);
}

dfoo_status lesson_find_alike(const watched *w, lessons *l) {
    const ir *g = &w->m->g;
    for (var_id v = 1; v < g->vars.n; v++) {
        if (ir_var(g, v)->kind != VAR_PARAM) continue;
        DFOO_TRY(try_dim(w, ir_var(g, v)->sh.rows, l));
        DFOO_TRY(try_dim(w, ir_var(g, v)->sh.cols, l));
    }
    return DFOO_OK;
}

/* Units that go one way are apart by what rounding did to them; a thousandth of the way is far more than
 * that, and where the start is not known any more (a checkpoint was written) their size tells. */
static dfoo_status compare(const look *k, var_id v, dim d, bool *alike) {
    const watched    *w = k->w;
    const dfoo_array *start = arrays_get(w->start, ir_var_name(&w->m->g, v));
    size_t            n = array_entries(start), rows, cols;
    if (!exec_data(w->step, v, &rows, &cols)) return DFOO_OK;
    double *now = mem_new(&k->a->mem, n * sizeof *now);
    if (!now) return DFOO_ENOMEM;
    exec_get(w->step, v, now);
    double apart = spread_along(ir_var(&w->m->g, v), d, start, now);
    double rounding = (w->type == EXEC_F32 ? 1e-6 : 1e-14) * fabs(now[0]);
    *alike = apart <= fmax(1e-3 * distance(now, start->data, n), rounding);
    mem_free(&k->a->mem, now, n * sizeof *now);
    return DFOO_OK;
}

static dfoo_status stay_alike(const look *k, dim d, bool *alike) {
    const ir *g = &k->w->m->g;
    *alike = true;
    for (var_id v = 1; v < g->vars.n && *alike; v++)
        if (counts(g, v, d)) DFOO_TRY(compare(k, v, d, alike));
    return DFOO_OK;
}

static dfoo_status tell_alike(const look *k, dim d, finding *f) {
    const ir    *g = &k->w->m->g;
    const char **names = arena_new(k->a, g->vars.n * sizeof *names);
    uint32_t     n = 0;
    if (!names) return DFOO_ENOMEM;
    for (var_id v = 1; v < g->vars.n; v++) {
        if (!counts(g, v, d)) continue;
        names[n++] = ir_var_name(g, v);
        if (!f->where) f->where = v;
    }
    const variable *x = ir_var(g, f->where);
    finding_word(f, "units", "%zu", sizes_get(k->w->s, d));
    finding_word(f, "lines", "%s", x->sh.rows == d ? "rows" : "columns");
    finding_word(f, "var", "%s", ir_var_name(g, f->where));
    finding_word(f, "shape", "%s", print_shape_text(g, k->a, x->sh));
    finding_word(f, "params", "%s", text_list(k->a, names, n));
    finding_word(f, "steps", "%d", (int)(k->w->steps));
    f->found = true;
    return arena_status(k->a);
}

dfoo_status lesson_equal_units(const look *k, finding *f) {
    for (uint32_t i = 0; i < k->l->alike.n && !f->found; i++) {
        bool alike;
        DFOO_TRY(stay_alike(k, k->l->alike.at[i], &alike));
        if (alike) DFOO_TRY(tell_alike(k, k->l->alike.at[i], f));
    }
    return DFOO_OK;
}

/* --------------------------------------------------------- units that learn nothing */

/* The formula of a watched function, as the model has it: relu(Z1). */
static dfoo_status name_function(const look *k, const unit_watch *w, finding *f) {
    const ir   *g = &k->w->m->g;
    const stmt *s = program_find(&k->w->m->forward, w->y);
    buf         b;
    buf_init(&b, k->a->mem);
    if (s) print_node(g, s->node, &b);
    finding_word(f, "formula", "%s", s && b.text && b.len < 60 ? b.text : ir_var_name(g, w->y));
    finding_word(f, "var", "%s", ir_var_name(g, w->y));
    finding_word(f, "z", "%s", ir_var_name(g, w->z));
    f->where = w->y;
    dfoo_status status = buf_status(&b);
    buf_free(&b);
    return status;
}

static void name_count(finding *f, size_t count, size_t units) {
    if (count == units)
        finding_word(f, "count", "all");
    else
        finding_word(f, "count", "%zu", count);
    finding_word(f, "units", "%zu", units);
}

/* For 95 examples of a hundred; how large its z is on average. What has learned to tell examples apart
 * may be flat on both sides: after training only one side counts. */
static bool is_saturated(const seen *z, const seen *slope, size_t unit, bool one_side, double *size) {
    size_t flat[2] = {0, 0};
    double sum = 0;
    for (size_t j = 0; j < z->n; j++) {
        double x = seen_at(z, unit, j);
        sum += fabs(x);
        flat[x > 0] += fabs(x) > 3 && fabs(seen_at(slope, unit, j)) < 1e-3;
    }
    *size = sum / (double)z->n;
    size_t most = flat[0] > flat[1] ? flat[0] : flat[1];
    return (double)(one_side ? most : flat[0] + flat[1]) >= 0.95 * (double)z->n;
}

static const char *saturation_advice(const look *k) {
    if (k->when == AT_END)
        return "a smaller --learning-rate, or a penalty that keeps the weights small; relu is not flat on "
               "its right";
    return k->w->standardized ? "weights that start smaller: ~ xavier"
                                  : "weights that start smaller, ~ xavier, and inputs near 1: --standardize";
}

static dfoo_status find_saturated(const look *k, const unit_watch *w, finding *f) {
    seen   z, slope;
    size_t count = 0;
    double sum = 0;
    if (!probe_see(k->w, &k->sample, w->z, &z) || !probe_see(k->w, &k->sample, w->slope, &slope))
        return DFOO_OK;
    for (size_t i = 0; i < z.units; i++) {
        double size;
        if (!is_saturated(&z, &slope, i, k->when == AT_END, &size)) continue;
        count++;
        sum += size;
    }
    if (!count || 2 * count < z.units) return DFOO_OK;
    DFOO_TRY(name_function(k, w, f));
    name_count(f, count, z.units);
    finding_word(f, "size", "%.3g", sum / (double)count);
    finding_word(f, "advice", "%s", saturation_advice(k));
    f->found = true;
    return DFOO_OK;
}

dfoo_status lesson_saturated_units(const look *k, finding *f) {
    const probe *p = &k->l->probe;
    for (uint32_t i = 0; i < p->units.n && !f->found; i++)
        if (p->units.at[i].hidden && !p->units.at[i].step) DFOO_TRY(find_saturated(k, &p->units.at[i], f));
    return DFOO_OK;
}

/* The units of a layer that have had no slope so far. */
typedef struct dead_units {
    const unit_watch *w;
    bool             *dead;
    size_t            count, units;
} dead_units;

static bool is_many(const dead_units *d) {
    return d->count && 2 * d->count >= d->units;
}

static void keep_dead(dead_units *d, const seen *slope) {
    d->count = 0;
    for (size_t i = 0; i < d->units; i++) {
        for (size_t j = 0; j < slope->n && d->dead[i]; j++) d->dead[i] = seen_at(slope, i, j) == 0;
        d->count += d->dead[i];
    }
}

static bool visit_dead(void *user, const watched *w, const probed *part) {
    dead_units *d = user;
    seen        slope;
    if (probe_see(w, part, d->w->slope, &slope)) keep_dead(d, &slope);
    return is_many(d);
}

static dfoo_status find_dead(const look *k, const unit_watch *w, finding *f) {
    seen slope;
    if (!probe_see(k->w, &k->sample, w->slope, &slope)) return DFOO_OK;
    dead_units d = {.w = w, .dead = arena_new(k->a, slope.units), .units = slope.units};
    if (!d.dead) return DFOO_ENOMEM;
    for (size_t i = 0; i < d.units; i++) d.dead[i] = true;
    keep_dead(&d, &slope);
    /* The sample may have missed the examples that a unit is for. */
    if (is_many(&d) && k->n < k->w->n) DFOO_TRY(probe_all(&k->l->probe, k->w, visit_dead, &d));
    if (!is_many(&d)) return DFOO_OK;
    DFOO_TRY(name_function(k, w, f));
    name_count(f, d.count, d.units);
    finding_word(f, "examples", "%zu", k->w->n);
    finding_rates(f, k->w);
    f->found = true;
    return DFOO_OK;
}

dfoo_status lesson_dead_units(const look *k, finding *f) {
    const probe *p = &k->l->probe;
    if (k->l->told[LESSON_equal_units]) return DFOO_OK;
    for (uint32_t i = 0; i < p->units.n && !f->found; i++)
        if (p->units.at[i].step) DFOO_TRY(find_dead(k, &p->units.at[i], f));
    return DFOO_OK;
}
