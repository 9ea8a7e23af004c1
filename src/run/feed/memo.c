/* What a run remembers beside its parameters, as arrays whose names begin with "dfoo.": a text is
 * an array of its bytes. Numbers in it are exact in float64 files. */
#include <math.h>
#include <string.h>

#include "run/feed/memo.h"
#include "run/feed/view.h"

memo *memos_get(memos *all, arena *a, var_id v) {
    for (uint32_t i = 0; i < all->list.n; i++)
        if (all->list.at[i].var == v) return &all->list.at[i];
    vec_push(a, &all->list, (memo){.var = v});
    return a->failed ? NULL : &all->list.at[all->list.n - 1];
}

const memo *memos_find(const memos *all, var_id v) {
    for (uint32_t i = 0; i < all->list.n; i++)
        if (all->list.at[i].var == v) return &all->list.at[i];
    return NULL;
}

dfoo_status memo_set_rules(memo *x, arena *a, const column_rule *rules, uint32_t n) {
    bool    scaled = false;
    size_t  entries = prepare_entries(rules, n);
    double *moments = arena_new(a, (entries + 1) * 2 * sizeof *moments);
    if (!moments) return DFOO_ENOMEM;
    x->n_rules = n;
    x->rules = rules;
    for (uint32_t i = 0; i < n; i++)
        scaled |= !rules[i].as_is && (rules[i].kind == PREPARE_NUMBER || rules[i].kind == PREPARE_TARGET);
    if (!scaled) return DFOO_OK;
    prepare_moments(rules, n, moments, moments + entries);
    x->entries = entries;
    x->mean = moments;
    x->sd = moments + entries;
    return DFOO_OK;
}

const char *memo_entry_name(const memo *x, arena *a, size_t entry) {
    if (x && x->n_rules) return prepare_entry_name(a, x->rules, x->n_rules, entry);
    return x && entry < x->n_columns ? arena_format(a, "'%s'", x->columns[entry])
                                     : arena_format(a, "entry %zu", entry + 1);
}

const char *const *memo_classes(const memo *x, size_t n) {
    return x->n_names == n ? x->names : x->n_classes == n ? x->classes : NULL;
}

const char *const *memos_classes(const memos *all, arena *a, var_id label, uint32_t n) {
    const memo *known = memos_find(all, label);
    if (known && memo_classes(known, n)) return memo_classes(known, n);
    if (known && known->n_columns == n && n > 1) return known->columns;
    const char **names = arena_new(a, n * sizeof *names);
    for (uint32_t i = 0; names && i < n; i++) names[i] = arena_format(a, "%u", i);
    return a->failed ? NULL : names;
}

/* ----------------------------------------------------------------------- put */

/* dfoo.mean.X; NULL without memory. */
static const char *own_name(arena *a, const char *what, const char *of) {
    return arena_format(a, "dfoo.%s%s%s", what, of[0] ? "." : "", of);
}

static dfoo_status put(dfoo_arrays *run, const char *name, const double *data, size_t n) {
    return name ? arrays_add(run, name, 1, &n, data, NULL) : DFOO_ENOMEM;
}

dfoo_status run_put_texts(dfoo_arrays *run, const char *name, const char *const *texts, uint32_t n_texts) {
    size_t      n = 0;
    dfoo_array *out;
    for (uint32_t i = 0; i < n_texts; i++) n += strlen(texts[i]) + 1;
    if (!name) return DFOO_ENOMEM;
    DFOO_TRY(arrays_add(run, name, 1, &n, NULL, &out));
    for (uint32_t i = 0, at = 0; i < n_texts; i++)
        for (const char *p = texts[i];; p++) {
            out->data[at++] = (unsigned char)*p;
            if (!*p) break;
        }
    return DFOO_OK;
}

/* The texts of a memo, by the name that they have in the run. */
typedef struct memo_texts {
    const char         *what;
    uint32_t           *n;
    const char *const **texts;
} memo_texts;

enum { MEMO_TEXTS = 5 };

static void list_texts(memo *x, memo_texts out[MEMO_TEXTS]) {
    out[0] = (memo_texts){"columns", &x->n_columns, &x->columns};
    out[1] = (memo_texts){"classes", &x->n_classes, &x->classes};
    out[2] = (memo_texts){"names", &x->n_names, &x->names};
    out[3] = (memo_texts){"map", &x->n_map, &x->map};
    out[4] = (memo_texts){"test_map", &x->n_test_map, &x->test_map};
}

static dfoo_status put_shape(const memo *x, const char *name, dfoo_arrays *run) {
    double dim[DFOO_MAX_DIMS];
    for (int i = 0; i < x->n_dims; i++) dim[i] = (double)x->dim[i];
    return put(run, name, dim, (size_t)x->n_dims);
}

/* A line for each rule. */
static dfoo_status put_rules(const memo *x, const char *name, arena *a, dfoo_arrays *run) {
    const char **lines = arena_new(a, (x->n_rules + 1) * sizeof *lines);
    for (uint32_t i = 0; lines && i < x->n_rules; i++) lines[i] = prepare_line(a, &x->rules[i]);
    DFOO_TRY(arena_status(a));
    return run_put_texts(run, name, lines, x->n_rules);
}

static dfoo_status put_one(const model *m, const memo *from, arena *a, dfoo_arrays *run) {
    const char  *var = ir_var_name(&m->g, from->var);
    const double scale[2] = {from->times, from->over};
    memo         own = *from, *x = &own;
    memo_texts   texts[MEMO_TEXTS];
    list_texts(x, texts);
    for (int i = 0; i < MEMO_TEXTS; i++)
        if (*texts[i].n)
            DFOO_TRY(run_put_texts(run, own_name(a, texts[i].what, var), *texts[i].texts, *texts[i].n));
    if (x->n_dims) DFOO_TRY(put_shape(x, own_name(a, "shape", var), run));
    if (x->over != 0) DFOO_TRY(put(run, own_name(a, "scale", var), scale, 2));
    if (x->n_rules) return put_rules(x, own_name(a, "prepare", var), a, run);
    if (!x->mean) return DFOO_OK;
    DFOO_TRY(put(run, own_name(a, "mean", var), x->mean, x->entries));
    return put(run, own_name(a, "sd", var), x->sd, x->entries);
}

dfoo_status memos_put(const memos *all, const model *m, dfoo_arrays *run) {
    arena a;
    arena_init(&a, m->g.a->mem);
    dfoo_status status = DFOO_OK;
    for (uint32_t i = 0; i < all->list.n && status == DFOO_OK; i++)
        status = put_one(m, &all->list.at[i], &a, run);
    arena_free(&a);
    return status;
}

/* -------------------------------------------------------------------- recall */

static dfoo_status damaged(const model *m, const char *name) {
    return diag_alone(m->g.d, "the run is damaged: %s is not what training wrote", name);
}

/* Bytes with a zero byte behind each text. */
dfoo_status run_read_texts(const model *m, arena *a, const dfoo_array *x, const char *const **out,
                           uint32_t *n_out) {
    size_t n = array_entries(x);
    char  *text = arena_new(a, n + 1);
    VEC(const char *) list = {0};
    if (!text) return DFOO_ENOMEM;
    for (size_t i = 0, start = 0; i < n; i++) {
        double byte = x->data[i];
        if (!(byte >= 0 && byte <= 255) || byte != floor(byte)) return damaged(m, x->name);
        text[i] = (char)(unsigned char)byte;
        if (text[i]) continue;
        vec_push(a, &list, text + start);
        start = i + 1;
    }
    if (n && text[n - 1]) return damaged(m, x->name);
    *out = list.at;
    *n_out = list.n;
    return arena_status(a);
}

static const dfoo_array *look(const dfoo_arrays *run, arena *a, const char *what, const char *var) {
    const char *name = own_name(a, what, var);
    return name ? arrays_get(run, name) : NULL;
}

static dfoo_status recall_scale(const model *m, arena *a, const dfoo_array *mean, const dfoo_array *sd,
                                memo *out) {
    size_t  n = array_entries(mean);
    double *own = arena_new(a, (n + 1) * 2 * sizeof *own);
    if (!own) return DFOO_ENOMEM;
    if (!sd || array_entries(sd) != n) return damaged(m, mean->name);
    for (size_t i = 0; i < n; i++) {
        own[i] = mean->data[i];
        own[n + i] = sd->data[i];
        if (!isfinite(own[i]) || !isfinite(own[n + i]) || own[n + i] <= 0) return damaged(m, mean->name);
    }
    out->entries = n;
    out->mean = own;
    out->sd = own + n;
    return DFOO_OK;
}

/* How an input is multiplied and divided. */
static dfoo_status recall_factor(const model *m, const dfoo_array *scale, memo *out) {
    if (array_entries(scale) != 2 || !isfinite(scale->data[0]) || !isfinite(scale->data[1]) ||
        scale->data[1] == 0)
        return damaged(m, scale->name);
    out->times = scale->data[0];
    out->over = scale->data[1];
    return DFOO_OK;
}

static dfoo_status recall_shape(const model *m, const dfoo_array *dims, memo *out) {
    size_t n = array_entries(dims);
    if (n >= DFOO_MAX_DIMS) return damaged(m, dims->name);
    for (size_t i = 0; i < n; i++) {
        double x = dims->data[i];
        if (!(x >= 0 && x < 1e15) || x != floor(x)) return damaged(m, dims->name);
        out->dim[i] = (size_t)x;
    }
    out->n_dims = (int)n;
    return DFOO_OK;
}

static dfoo_status recall_rules(const model *m, arena *a, const dfoo_array *x, memo *out) {
    const char *const *lines;
    uint32_t           n;
    DFOO_TRY(run_read_texts(m, a, x, &lines, &n));
    column_rule *rules = arena_new(a, (n + 1) * sizeof *rules);
    if (!rules) return DFOO_ENOMEM;
    for (uint32_t i = 0; i < n; i++) {
        column_rule *r = &rules[i];
        DFOO_TRY(prepare_read_line(m->g.d, a, x->name, i + 1, lines[i], r));
        bool scaled = !r->as_is && (r->kind == PREPARE_NUMBER || r->kind == PREPARE_TARGET);
        if (!r->name || (scaled && !(r->sd > 0 && isfinite(r->mean)))) return damaged(m, x->name);
        if (r->kind == PREPARE_NUMBER && !isfinite(r->median)) return damaged(m, x->name);
    }
    return memo_set_rules(out, a, rules, n);
}

static bool is_empty(const memo *x) {
    return !x->n_rules && !x->n_columns && !x->n_classes && !x->n_names && !x->n_map && !x->n_test_map &&
           !x->n_dims && x->over == 0 && !x->mean;
}

static dfoo_status recall_one(const model *m, arena *a, const dfoo_arrays *run, var_id v, memos *out) {
    const char       *var = ir_var_name(&m->g, v);
    const dfoo_array *mean = look(run, a, "mean", var), *sd = look(run, a, "sd", var);
    const dfoo_array *shape = look(run, a, "shape", var), *scale = look(run, a, "scale", var);
    const dfoo_array *rules = look(run, a, "prepare", var);
    memo              found = {.var = v};
    memo_texts        texts[MEMO_TEXTS];
    list_texts(&found, texts);
    for (int i = 0; i < MEMO_TEXTS; i++) {
        const dfoo_array *x = look(run, a, texts[i].what, var);
        if (x) DFOO_TRY(run_read_texts(m, a, x, texts[i].texts, texts[i].n));
    }
    if (shape) DFOO_TRY(recall_shape(m, shape, &found));
    if (scale) DFOO_TRY(recall_factor(m, scale, &found));
    if (mean) DFOO_TRY(recall_scale(m, a, mean, sd, &found));
    if (rules) DFOO_TRY(recall_rules(m, a, rules, &found));
    if (is_empty(&found)) return arena_status(a);
    memo *x = memos_get(out, a, v);
    if (x) *x = found;
    return x ? DFOO_OK : DFOO_ENOMEM;
}

dfoo_status memos_recall(const model *m, arena *a, const dfoo_arrays *run, memos *out) {
    *out = (memos){{0}};
    for (var_id v = 1; v < m->g.vars.n; v++)
        if (is_data(&m->g, v)) DFOO_TRY(recall_one(m, a, run, v, out));
    return arena_status(a);
}
