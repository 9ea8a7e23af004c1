/* Lessons about inputs: their scale as the network gets them, and entries that never change. */
#include <float.h>
#include <math.h>

#include "run/lessons/look.h"

/* An input in the sample: what each entry is like. */
typedef struct moments {
    double mean, sd, size; /* size: the root of the mean square */
    double least, most;
    bool   whole;
} moments;

typedef struct input {
    var_id         var;
    size_t         entries;
    const moments *at;
} input;

static const char *entry_name(const watched *w, arena *a, var_id v, size_t i) {
    const char *name = memo_entry_name(memos_find(w->memos, v), a, i);
    return name ? name : "";
}

static moments measure(const seen *x, size_t entry) {
    moments m = {.least = DBL_MAX, .most = -DBL_MAX, .whole = true};
    double  squares = 0;
    for (size_t j = 0; j < x->n; j++) {
        double y = seen_at(x, entry, j);
        m.mean += y / (double)x->n;
        squares += y * y / (double)x->n;
        m.least = y < m.least ? y : m.least;
        m.most = y > m.most ? y : m.most;
        m.whole = m.whole && y == floor(y);
    }
    for (size_t j = 0; j < x->n; j++) {
        double y = seen_at(x, entry, j) - m.mean;
        m.sd += y * y / (double)x->n;
    }
    m.sd = m.least == m.most ? 0 : sqrt(m.sd);
    m.size = sqrt(squares);
    return m;
}

static bool is_feature(const look *k, var_id v) {
    return ir_var(&k->w->m->g, v)->kind == VAR_INPUT && k->l->probe.features[v];
}

/* The i-th of the inputs in the sample; false behind the last, or without memory. */
static bool input_at(const look *k, uint32_t i, input *out) {
    const examples *all = &k->sample.in;
    for (uint32_t j = 0; j < all->list.n; j++) {
        const example_values *x = &all->list.at[j];
        if (!is_feature(k, x->var) || !x->by_example || i--) continue;
        seen     values = {all->type, x->values, all->n, x->entries, k->w->m->examples_are_columns};
        moments *at = arena_new(k->a, (x->entries + 1) * sizeof *at);
        for (size_t e = 0; at && e < x->entries; e++) at[e] = measure(&values, e);
        *out = (input){x->var, x->entries, at};
        return at != NULL;
    }
    return false;
}

static void name_entry(const look *k, const input *x, size_t i, finding *f) {
    f->found = true;
    f->where = x->var;
    finding_word(f, "var", "%s", ir_var_name(&k->w->m->g, x->var));
    finding_word(f, "entries", "%zu", x->entries);
    finding_word(f, "name", "%s", entry_name(k->w, k->a, x->var, i));
    finding_word(f, "mean", "%.3g", x->at[i].mean);
    finding_word(f, "sd", "%.3g", x->at[i].sd);
}

static size_t largest(const input *x, double (*of)(const moments *)) {
    size_t best = 0;
    for (size_t i = 1; i < x->entries; i++)
        if (of(&x->at[i]) > of(&x->at[best])) best = i;
    return best;
}

static double size_of(const moments *m) {
    return m->size;
}

static double sd_of(const moments *m) {
    return m->sd;
}

/* -------------------------------------------------------------------- pixels */

static bool are_pixels(const input *x, double *least, double *most) {
    *least = DBL_MAX, *most = -DBL_MAX;
    for (size_t i = 0; i < x->entries; i++) {
        if (!x->at[i].whole) return false;
        *least = fmin(*least, x->at[i].least);
        *most = fmax(*most, x->at[i].most);
    }
    return x->entries >= 16 && *least >= 0 && *most > 100 && *most <= 255;
}

dfoo_status lesson_pixels(const look *k, finding *f) {
    input  x;
    double least, most;
    for (uint32_t i = 0; !f->found && input_at(k, i, &x); i++) {
        if (!are_pixels(&x, &least, &most)) continue;
        name_entry(k, &x, 0, f);
        finding_word(f, "least", "%g", least);
        finding_word(f, "most", "%g", most);
    }
    return DFOO_OK;
}

/* --------------------------------------------------------------------- scale */

dfoo_status lesson_large_inputs(const look *k, finding *f) {
    input x;
    if (k->l->told[LESSON_pixels]) return DFOO_OK;
    for (uint32_t i = 0; !f->found && input_at(k, i, &x); i++) {
        size_t count = 0;
        for (size_t e = 0; e < x.entries; e++) count += x.at[e].size > 10;
        if (!count) continue;
        name_entry(k, &x, largest(&x, size_of), f);
        finding_word(f, "count", "%zu", count);
        finding_word(f, "are", "%s", count == 1 ? "is" : "are");
    }
    return DFOO_OK;
}

dfoo_status lesson_small_inputs(const look *k, finding *f) {
    input x;
    for (uint32_t i = 0; !f->found && input_at(k, i, &x); i++) {
        size_t big = largest(&x, size_of);
        if (x.at[big].size > 0 && x.at[big].size < 0.01) name_entry(k, &x, big, f);
    }
    return DFOO_OK;
}

dfoo_status lesson_uneven_inputs(const look *k, finding *f) {
    input x;
    if (k->l->told[LESSON_large_inputs] || k->l->told[LESSON_pixels]) return DFOO_OK;
    for (uint32_t i = 0; !f->found && input_at(k, i, &x); i++) {
        size_t big = largest(&x, sd_of), other = big, count = 0;
        for (size_t e = 0; e < x.entries; e++) {
            if (x.at[e].sd == 0 || x.at[e].sd * 1000 >= x.at[big].sd) continue;
            count++;
            other = e;
        }
        if (!count || 4 * count < x.entries) continue;
        name_entry(k, &x, big, f);
        finding_word(f, "other", "%s", entry_name(k->w, k->a, x.var, other));
        finding_word(f, "other_sd", "%.3g", x.at[other].sd);
    }
    return DFOO_OK;
}

/* ----------------------------------------------------------------- constants */

/* In the source, in all examples. */
static bool never_changes(const watched *w, const view *v, size_t i, double *value) {
    *value = view_entry(v, w->pick[0], i);
    for (size_t j = 1; j < w->n; j++)
        if (view_entry(v, w->pick[j], i) != *value) return false;
    return true;
}

dfoo_status lesson_constant_input(const look *k, finding *f) {
    const watched *w = k->w;
    for (uint32_t n = 0; n < w->data->views.n && w->n > 1; n++) {
        const view *v = &w->data->views.at[n];
        double      value;
        if (!is_feature(k, v->var) || !v->by_example) continue;
        for (size_t i = 0; i < v->entries; i++) {
            if (!never_changes(w, v, i, &value) || value == 0 || value == 1) continue;
            f->found = true;
            f->where = v->var;
            finding_word(f, "var", "%s", ir_var_name(&w->m->g, v->var));
            finding_word(f, "name", "%s", entry_name(w, k->a, v->var, i));
            finding_word(f, "value", "%g", value);
            finding_word(f, "examples", "%zu", w->n);
            return DFOO_OK;
        }
    }
    return DFOO_OK;
}
