/* The examples as a picture needs them: one or two of the features, the means of the others, and the labels;
 * and inputs that vary these features.
 *
 * A feature is an entry of an input, in order of declaration. Values are those of the source: what was
 * learned for standardising is applied when the model runs, as always. */
#include <math.h>
#include <string.h>

#include "run/train/recall.h"
#include "run/train/score.h"

typedef struct reader {
    recalled      r;
    train_points *out;
    const char  **names; /* of the features */
    double       *mean;
} reader;

/* Example number j of those that are asked for. */
static size_t place(const reader *k, size_t j) {
    return k->r.pick ? k->r.pick[j] : j;
}

/* ------------------------------------------------------------------ features */

static bool is_feature(const model *m, var_id v) {
    return ir_var(&m->g, v)->kind == VAR_INPUT && by_example(m, ir_var(&m->g, v));
}

/* What the column of the table is called that an entry comes from; or that the training data had for
 * it. NULL: there is no such name. */
static const char *column_name(const reader *k, const view *v, size_t entry) {
    const data_table *t = k->r.data->table;
    const memo       *known = memos_find(&k->r.memos, v->var);
    if (t && t->names && v->at == t->values && t->names[v->offset[entry]][0])
        return t->names[v->offset[entry]];
    if (known && known->n_rules && ir_var(&k->r.m->g, v->var)->kind == VAR_INPUT)
        return prepare_plain_name(k->r.a, known->rules, known->n_rules, entry);
    return known && entry < known->n_columns ? known->columns[entry] : NULL;
}

static dfoo_status name_features(reader *k, const view *v, uint32_t from) {
    const char *var = ir_var_name(&k->r.m->g, v->var);
    for (size_t i = 0; i < v->entries; i++) {
        const char *column = column_name(k, v, i);
        k->names[from + i] = column            ? column
                             : v->entries == 1 ? var
                                               : arena_format(k->r.a, "%s_%zu", var, i + 1);
    }
    return arena_status(k->r.a);
}

static void take_means(reader *k, const view *v, uint32_t from) {
    for (size_t j = 0; j < v->n; j++)
        for (size_t i = 0; i < v->entries; i++) k->mean[from + i] += view_entry(v, j, i) / (double)v->n;
}

static dfoo_status list_features(reader *k) {
    const ir *g = &k->r.m->g;
    size_t    n = 0;
    for (uint32_t i = 0; i < k->r.bound.views.n; i++)
        if (is_feature(k->r.m, k->r.bound.views.at[i].var)) n += k->r.bound.views.at[i].entries;
    k->names = arena_new(k->r.a, (n + 1) * sizeof *k->names);
    k->mean = arena_new(k->r.a, (n + 1) * sizeof *k->mean);
    if (!k->names || !k->mean) return DFOO_ENOMEM;
    k->out->features = k->names;
    k->out->mean = k->mean;
    k->out->n_entries = (var_id)g->vars.n;
    size_t *entries = arena_new(k->r.a, g->vars.n * sizeof *entries);
    if (!entries) return DFOO_ENOMEM;
    k->out->entries = entries;
    for (var_id v = 1; v < g->vars.n; v++) {
        const view *x = is_feature(k->r.m, v) ? bound_find(&k->r.bound, v) : NULL;
        if (!x) continue;
        DFOO_TRY(name_features(k, x, k->out->n_features));
        take_means(k, x, k->out->n_features);
        entries[v] = x->entries;
        k->out->n_features += (uint32_t)x->entries;
    }
    return DFOO_OK;
}

static dfoo_status no_feature(const reader *k, const char *name) {
    const char *best = NULL;
    for (uint32_t i = 0; i < k->out->n_features; i++)
        if (!best || text_distance(name, k->names[i]) < text_distance(name, best)) best = k->names[i];
    dfoo_status status = diag_alone(k->r.m->g.d, "there is no feature '%s'; there are %s", name,
                                    text_list(k->r.a, k->names, k->out->n_features));
    if (best && text_distance(name, best) <= 2 + strlen(name) / 2)
        diag_note(k->r.m->g.d, "did you mean '%s'?", best);
    return status;
}

static dfoo_status pick_features(reader *k, const char *const *wanted, uint32_t n_wanted) {
    train_points *p = k->out;
    if (!p->n_features)
        return diag_alone(
            k->r.m->g.d,
            "the model has no inputs with an entry for each example, so there is nothing to show it over");
    if (!n_wanted && p->n_features > 2) {
        dfoo_status status = diag_alone(
            k->r.m->g.d, "the model has %u features, and a picture shows one or two of them", p->n_features);
        diag_note(k->r.m->g.d,
                  "--features NAME,NAME varies two and holds the others at their means; there are %s",
                  text_list(k->r.a, k->names, p->n_features));
        return status;
    }
    if (n_wanted > 2)
        return diag_alone(k->r.m->g.d, "--features names %u features, and a picture shows one or two",
                          n_wanted);
    p->n_picked = n_wanted ? n_wanted : p->n_features;
    for (uint32_t i = 0; i < p->n_picked; i++) {
        uint32_t f = n_wanted ? 0 : i;
        while (n_wanted && f < p->n_features && strcmp(k->names[f], wanted[i]) != 0) f++;
        if (f == p->n_features) return no_feature(k, wanted[i]);
        if (i && f == p->picked[0]) return diag_alone(k->r.m->g.d, "--features names '%s' twice", wanted[i]);
        p->picked[i] = f;
    }
    return DFOO_OK;
}

static dfoo_status read_feature(reader *k, uint32_t feature, const double **out) {
    const ir *g = &k->r.m->g;
    double   *x = arena_new(k->r.a, (k->out->n + 1) * sizeof *x);
    if (!x) return DFOO_ENOMEM;
    for (var_id v = 1; v < g->vars.n; v++) {
        const view *from = is_feature(k->r.m, v) ? bound_find(&k->r.bound, v) : NULL;
        if (!from) continue;
        if (feature < from->entries) {
            for (size_t j = 0; j < k->out->n; j++) x[j] = view_entry(from, place(k, j), feature);
            break;
        }
        feature -= (uint32_t)from->entries;
    }
    *out = x;
    return DFOO_OK;
}

/* -------------------------------------------------------------------- labels */

static dfoo_status read_classes(reader *k, var_id label, const view *y, uint32_t n) {
    k->out->n_classes = n;
    k->out->classes = memos_classes(&k->r.memos, k->r.a, label, n);
    if (!k->out->classes) return DFOO_ENOMEM;
    size_t    count = k->out->n;
    uint32_t *class_of = y ? arena_new(k->r.a, (count + 1) * sizeof *class_of) : NULL;
    for (size_t j = 0; class_of && j < count; j++) class_of[j] = (uint32_t)view_class(y, place(k, j));
    k->out->class_of = class_of;
    return arena_status(k->r.a);
}

static dfoo_status read_values(reader *k, const view *y) {
    double *value = arena_new(k->r.a, (k->out->n + 1) * sizeof *value);
    for (size_t j = 0; value && j < k->out->n; j++) value[j] = view_entry(y, place(k, j), 0);
    k->out->value = value;
    return arena_status(k->r.a);
}

static dfoo_status read_label(reader *k) {
    const model *m = k->r.m;
    var_id       label = score_label(m, &k->r.z.s);
    if (!label) return DFOO_OK;
    const view *y = bound_find(&k->r.bound, label);
    const memo *known = memos_find(&k->r.memos, label);
    bool        one = y ? y->class_of || y->entries == 1 : known && known->n_columns == 1;
    // cppcheck-suppress nullPointerRedundantCheck ; where one is true one of them is there
    const char *column = !one ? NULL : y ? column_name(k, y, 0) : known->columns[0];
    k->out->label = column ? column : ir_var_name(&m->g, label);
    if (k->out->outputs > 1) return read_classes(k, label, y, k->out->outputs);
    if (y ? view_is_binary(y) : known && known->n_classes == 2) return read_classes(k, label, y, 2);
    return y ? read_values(k, y) : DFOO_OK;
}

static dfoo_status check_prediction(reader *k) {
    const model    *m = k->r.m;
    const variable *x = ir_var(&m->g, m->predict.at[0]);
    const char     *name = ir_var_name(&m->g, m->predict.at[0]);
    if (!by_example(m, x))
        return diag_alone(
            m->g.d, "%s has no entry for each example, so there is nothing to show over the features", name);
    k->out->prediction = m->predict.at[0];
    k->out->outputs = (uint32_t)sizes_get(&k->r.z.s, entries_dim(m, x));
    if (k->out->outputs == 1 || score_label(m, &k->r.z.s)) return DFOO_OK;
    dfoo_status status =
        diag_alone(m->g.d, "%s has %u values for each example, and a picture shows one value or classes",
                   name, k->out->outputs);
    diag_note(m->g.d, "they are classes if there is a label of this shape that is declared onehot");
    return status;
}

dfoo_status train_points_read(model *m, const program *p, const dfoo_arrays *run, const feed_source *data,
                              const feed_options *opt, const char *const *wanted, uint32_t n_wanted, arena *a,
                              train_points *out) {
    scorer scorer;
    reader k = {.out = out};
    *out = (train_points){.n = 0};
    k.r = (recalled){.m = m, .a = a, .opt = opt, .run = run, .data = data};
    DFOO_TRY(recalled_check(&k.r));
    DFOO_TRY(scorer_plan(&scorer, m, a, p, false));
    DFOO_TRY(recalled_bind(&k.r, scorer.p));
    out->n = k.r.n;
    DFOO_TRY(check_prediction(&k));
    DFOO_TRY(list_features(&k));
    DFOO_TRY(pick_features(&k, wanted, n_wanted));
    for (uint32_t i = 0; i < out->n_picked; i++) DFOO_TRY(read_feature(&k, out->picked[i], &out->at[i]));
    DFOO_TRY(read_label(&k));
    return arena_status(a);
}

/* ------------------------------------------------------------------- varying */

/* The entries of one input, which are the features from number `first` on. */
static dfoo_status vary_input(const model *m, const train_points *p, var_id v, uint32_t first, size_t entries,
                              const double *const at[2], size_t n, dfoo_arrays *out) {
    bool        across = m->examples_are_columns;
    dfoo_array *x;
    DFOO_TRY(
        arrays_add_matrix(out, ir_var_name(&m->g, v), across ? entries : n, across ? n : entries, NULL, &x));
    for (size_t i = 0; i < entries; i++) {
        const double *picked = NULL;
        for (uint32_t k = 0; k < p->n_picked; k++)
            if (p->picked[k] == first + i) picked = at[k];
        for (size_t j = 0; j < n; j++)
            x->data[across ? i * n + j : j * entries + i] = picked ? picked[j] : p->mean[first + i];
    }
    return DFOO_OK;
}

static dfoo_status copy_input(const model *m, var_id v, const feed_source *data, dfoo_arrays *out) {
    const dfoo_array *x = data->arrays ? arrays_get(data->arrays, ir_var_name(&m->g, v)) : NULL;
    return x ? arrays_add(out, x->name, x->ndim, x->dim, x->data, NULL) : DFOO_OK;
}

dfoo_status train_points_vary(const model *m, const train_points *points, const feed_source *data,
                              const double *const at[2], size_t n, dfoo_arrays *out) {
    uint32_t first = 0;
    for (var_id v = 1; v < m->g.vars.n; v++) {
        if (ir_var(&m->g, v)->kind != VAR_INPUT) continue;
        if (!by_example(m, ir_var(&m->g, v))) {
            DFOO_TRY(copy_input(m, v, data, out));
            continue;
        }
        size_t entries = v < points->n_entries ? points->entries[v] : 0;
        if (!entries) continue;
        DFOO_TRY(vary_input(m, points, v, first, entries, at, n, out));
        first += (uint32_t)entries;
    }
    return DFOO_OK;
}
