/* The columns of a table -> the inputs and labels that have no arrays.
 *
 * Each column gets an owner: by the names that training remembered, or by --labels, or by its place
 * (labels are the last columns). The views read the table where it lies, a row per example. */
#include <assert.h>
#include <string.h>

#include "run/feed/classes.h"
#include "run/feed/table.h"

/* An input or label that waits for columns. */
typedef struct part {
    var_id   var;
    bool     label, absent;
    size_t   width; /* columns; 0: not known yet */
    uint32_t n;     /* that it has got */
    size_t  *column;
} part;

typedef struct splitter {
    const bind_request *r;
    const data_table   *t;
    const place        *places; /* by var_id */
    sizing             *z;
    bound              *out;
    VEC(part) parts;
    bool *taken; /* by column */
} splitter;

static dfoo_status add_part(splitter *k, var_id v) {
    const variable *x = ir_var(&k->r->m->g, v);
    if (!by_example(k->r->m, x)) return DFOO_OK;
    part p = {
        .var = v, .label = x->kind == VAR_LABEL, .column = arena_new(k->r->a, k->t->n_cols * sizeof(size_t))};
    p.width = x->onehot ? 1 : sizes_get(&k->z->s, entries_dim(k->r->m, x));
    vec_push(k->r->a, &k->parts, p);
    return arena_status(k->r->a);
}

static dfoo_status find_parts(splitter *k) {
    const ir *g = &k->r->m->g;
    k->taken = arena_new(k->r->a, k->t->n_cols);
    if (!k->taken) return DFOO_ENOMEM;
    for (var_id v = 1; v < g->vars.n; v++)
        if (is_data(g, v) && !bound_find(k->out, v)) DFOO_TRY(add_part(k, v));
    return DFOO_OK;
}

static void give(splitter *k, part *p, size_t column) {
    assert(!k->taken[column] && p->n < k->t->n_cols);
    p->column[p->n++] = column;
    k->taken[column] = true;
}

/* ------------------------------------------------------------------ by name */

static dfoo_status missing_column(const splitter *k, const char *name, const char *why) {
    return diag_alone(k->r->m->g.d, "%s: there is no column '%s'%s; there are %s", source_name(k->r), name,
                      why, text_list(k->r->a, k->t->names, k->t->n_cols));
}

/* Labels may be missing as a whole. */
static dfoo_status give_remembered(splitter *k, part *p, const memo *known) {
    p->width = known->n_columns;
    for (uint32_t i = 0; i < known->n_columns; i++) {
        size_t column = find_column(k->t, known->columns[i]);
        if (column < k->t->n_cols) {
            give(k, p, column);
        } else if (p->label && i == 0 && !k->r->needed[p->var]) {
            p->absent = true;
            return DFOO_OK;
        } else {
            return missing_column(k, known->columns[i], ", which training had");
        }
    }
    return DFOO_OK;
}

/* The columns that a map names. */
static dfoo_status give_mapped(splitter *k, part *p) {
    const place *at = &k->places[p->var];
    for (uint32_t i = 0; i < at->n_columns; i++) {
        size_t column = find_column(k->t, at->columns[i]);
        if (k->taken[column])
            return diag_alone(k->r->m->g.d, "%s: the column '%s' is mapped twice", source_name(k->r),
                              at->columns[i]);
        give(k, p, column);
    }
    if (p->n) p->width = p->n;
    return DFOO_OK;
}

static bool all_remembered(const splitter *k) {
    if (!k->r->remembered || !k->t->names) return false;
    for (uint32_t i = 0; i < k->parts.n; i++) {
        const memo *known = memos_find(k->r->memos, k->parts.at[i].var);
        if (!k->parts.at[i].n && (!known || !known->n_columns)) return false;
    }
    return true;
}

static bool is_open_label(const part *p) {
    return p->label && !p->n;
}

/* How many of the `rest` columns a label takes; a single one whose width is not known takes them all. */
static size_t wanted_columns(const splitter *k, const part *p, size_t rest, bool single) {
    if (single && (p->width == 0 || ir_var(&k->r->m->g, p->var)->onehot)) return rest;
    return p->width ? p->width : 1;
}

static dfoo_status give_label(splitter *k, part *p, const char *const *names, size_t n) {
    for (p->width = n; p->n < n;) {
        const char *name = names[p->n];
        size_t      column = find_column(k->t, name);
        if (column == k->t->n_cols) return missing_column(k, name, " for --labels");
        if (k->taken[column]) return diag_alone(k->r->m->g.d, "--labels: '%s' stands there twice", name);
        give(k, p, column);
    }
    return DFOO_OK;
}

/* The labels share the named columns in order. */
static dfoo_status give_named(splitter *k, const char *const *names, uint32_t n_names) {
    diags *d = k->r->m->g.d;
    size_t next = 0, n_labels = 0;
    if (!k->t->names)
        return diag_alone(
            d, "%s has no line of column names, so --labels finds nothing: labels are the last columns",
            source_name(k->r));
    for (uint32_t i = 0; i < k->parts.n; i++) n_labels += is_open_label(&k->parts.at[i]);
    for (uint32_t i = 0; i < k->parts.n; i++) {
        part  *p = &k->parts.at[i];
        size_t rest = n_names - next, want = is_open_label(p) ? wanted_columns(k, p, rest, n_labels == 1) : 0;
        if (!is_open_label(p)) continue;
        if (!want || want > rest)
            return diag_alone(d, "--labels: %s takes %zu column%s, and %u are named", var_name(k->r, p->var),
                              want, want == 1 ? "" : "s", n_names);
        DFOO_TRY(give_label(k, p, names + next, want));
        next += want;
    }
    if (next == n_names) return DFOO_OK;
    return diag_alone(d, "--labels: %u columns are named, and the labels take %zu", n_names, next);
}

/* ----------------------------------------------------------------- by place */

/* "X takes 30, Y 1" */
static const char *widths_text(const splitter *k) {
    const char *text = "";
    for (uint32_t i = 0; i < k->parts.n && text; i++) {
        const part *p = &k->parts.at[i];
        const char *width = p->width ? arena_format(k->r->a, "%zu", p->width) : "the rest";
        text = arena_format(k->r->a, "%s%s%s takes %s", text, i ? ", " : "", var_name(k->r, p->var),
                            width ? width : "");
    }
    return text ? text : "";
}

static dfoo_status does_not_fit(const splitter *k, size_t open) {
    dfoo_status status = diag_alone(k->r->m->g.d, "%s has %zu columns, and they cannot be shared out: %s",
                                    source_name(k->r), k->t->n_cols, widths_text(k));
    if (open > 1)
        diag_note(k->r->m->g.d,
                  "state the sizes (`size n0 = 30`, --set n0=30), or give arrays by name in an NPZ file");
    return status;
}

/* What has no columns yet: how many columns are free, how many are wanted by inputs and by labels, and whose
 * width is open. */
typedef struct waiting {
    size_t free, inputs, labels, open;
    part  *rest; /* an open one */
    bool   labels_needed;
} waiting;

static bool is_waiting(const part *p) {
    return !p->n && !p->absent;
}

static waiting count_waiting(splitter *k) {
    waiting w = {.free = 0};
    for (size_t i = 0; i < k->t->n_cols; i++) w.free += !k->taken[i];
    for (uint32_t i = 0; i < k->parts.n; i++) {
        part *p = &k->parts.at[i];
        if (!is_waiting(p)) continue;
        if (p->label && !p->width) p->width = 1;
        *(p->label ? &w.labels : &w.inputs) += p->width;
        w.labels_needed |= p->label && k->r->needed[p->var];
        w.open += !p->width;
        if (!p->width) w.rest = p;
    }
    return w;
}

/* Settles the widths of what has no columns yet. Where only the inputs fit, no label is there. */
static dfoo_status settle_widths(splitter *k) {
    waiting w = count_waiting(k);
    size_t  wanted = w.inputs + w.labels;
    if (w.open == 1 && w.free > wanted) {
        w.rest->width = w.free - wanted;
        return DFOO_OK;
    }
    if (!w.open && (!wanted || w.free == wanted)) return DFOO_OK;
    if (w.open || w.free != w.inputs || w.labels_needed) return does_not_fit(k, w.open);
    for (uint32_t i = 0; i < k->parts.n; i++) k->parts.at[i].absent |= is_open_label(&k->parts.at[i]);
    return DFOO_OK;
}

/* Inputs first, labels behind them. */
static dfoo_status give_places(splitter *k) {
    size_t next = 0;
    DFOO_TRY(settle_widths(k));
    for (int label = 0; label < 2; label++) {
        for (uint32_t i = 0; i < k->parts.n; i++) {
            part *p = &k->parts.at[i];
            if (p->label != (label == 1) || !is_waiting(p)) continue;
            while (p->n < p->width) {
                while (k->taken[next]) next++;
                give(k, p, next);
            }
        }
    }
    return DFOO_OK;
}

static dfoo_status share_out(splitter *k) {
    for (uint32_t i = 0; i < k->parts.n; i++) DFOO_TRY(give_mapped(k, &k->parts.at[i]));
    if (all_remembered(k)) {
        for (uint32_t i = 0; i < k->parts.n; i++)
            if (!k->parts.at[i].n)
                DFOO_TRY(give_remembered(k, &k->parts.at[i], memos_find(k->r->memos, k->parts.at[i].var)));
        return DFOO_OK;
    }
    if (k->r->opt->n_labels) DFOO_TRY(give_named(k, k->r->opt->labels, k->r->opt->n_labels));
    return give_places(k);
}

/* -------------------------------------------------------------------- views */

/* Names that find each column again; none if one is empty or stands there twice. */
static dfoo_status remember(const splitter *k, const part *p) {
    const data_table *t = k->t;
    memo             *known = memos_get(k->r->memos, k->r->a, p->var);
    const char      **names = arena_new(k->r->a, p->n * sizeof *names);
    if (!known || !names) return DFOO_ENOMEM;
    for (uint32_t i = 0; i < p->n; i++) {
        names[i] = t->names ? t->names[p->column[i]] : "";
        if (!names[i][0] || find_column(t, names[i]) != p->column[i]) return DFOO_OK;
    }
    known->n_columns = p->n;
    known->columns = text_copies(k->r->a, names, p->n);
    return arena_status(k->r->a);
}

static dfoo_status refuse_words(const splitter *k, const part *p) {
    diags *d = k->r->m->g.d;
    for (uint32_t i = 0; i < p->n; i++) {
        const data_classes *words = &k->t->classes[p->column[i]];
        if (!words->n) continue;
        const char *column = k->t->names ? arena_format(k->r->a, "'%s'", k->t->names[p->column[i]])
                                         : arena_format(k->r->a, "%zu", p->column[i] + 1);
        if (!column) return DFOO_ENOMEM;
        diag_alone(d, "%s: column %s holds words (%s), and %s wants numbers", source_name(k->r), column,
                   text_list(k->r->a, words->names, words->n), var_name(k->r, p->var));
        diag_note(d, "is it the label? --labels NAME says so");
        return d->a->failed ? DFOO_ENOMEM : DFOO_EINPUT;
    }
    return DFOO_OK;
}

static dfoo_status bind_part(const splitter *k, const part *p) {
    const data_classes *words = &k->t->classes[p->column[0]];
    bool                across = k->r->m->examples_are_columns, onehot = ir_var(&k->r->m->g, p->var)->onehot;
    view                v = {.var = p->var,
                             .by_example = true,
                             .at = k->t->values,
                             .step = k->t->n_cols,
                             .n = k->t->n_rows,
                             .entries = p->n,
                             .offset = p->column,
                             .promised = onehot};
    if (p->label && p->n == 1 && (onehot || words->n))
        DFOO_TRY(bind_classes(k->r, k->z, &v, words->n ? words : NULL));
    else
        DFOO_TRY(refuse_words(k, p));
    if (!k->r->remembered) DFOO_TRY(remember(k, p));
    size_item item = {.var = p->var,
                      .rows = across ? v.entries : v.n,
                      .cols = across ? v.n : v.entries,
                      .from = source_name(k->r)};
    vec_push(k->r->a, &k->z->items, item);
    vec_push(k->r->a, &k->out->views, v);
    return arena_status(k->r->a);
}

dfoo_status bind_table(const bind_request *r, const place *places, sizing *z, bound *out) {
    splitter k = {.r = r, .t = r->source->table, .places = places, .z = z, .out = out};
    DFOO_TRY(find_parts(&k));
    if (!k.parts.n && !r->m->examples)
        return diag_alone(r->m->g.d,
                          "%s: the model has no dimension for examples, so a table does not fit it: give "
                          "arrays by name in an NPZ file",
                          source_name(r));
    if (!k.parts.n) return DFOO_OK;
    if (!k.t->n_rows) return diag_alone(r->m->g.d, "%s holds no examples", source_name(r));
    DFOO_TRY(share_out(&k));
    for (uint32_t i = 0; i < k.parts.n; i++)
        if (!k.parts.at[i].absent) DFOO_TRY(bind_part(&k, &k.parts.at[i]));
    return DFOO_OK;
}
