/* The columns of a table -> the inputs and labels that have no arrays.
 *
 * Each column gets an owner: by the names that training remembered, or by --labels, or by its place
 * (labels are the last columns). The views read the table where it lies, a row per example. */
#include <string.h>

#include "run/train/internal.h"

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

static const char *name_of(const splitter *k, var_id v) {
    return ir_var_name(&k->r->m->g, v);
}

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
        if ((ir_var(g, v)->kind == VAR_INPUT || ir_var(g, v)->kind == VAR_LABEL) && !bound_find(k->out, v))
            DFOO_TRY(add_part(k, v));
    return DFOO_OK;
}

static void give(splitter *k, part *p, size_t column) {
    p->column[p->n++] = column;
    k->taken[column] = true;
}

/* ------------------------------------------------------------------ by name */

size_t table_column(const data_table *t, const char *name) {
    size_t k = 0;
    while (k < t->n_cols && strcmp(t->names[k], name) != 0) k++;
    return k;
}

static dfoo_status missing_column(const splitter *k, const char *name, const char *why) {
    return diag_alone(k->r->m->g.d, "%s: there is no column '%s'%s; there are %s", source_name(k->r), name,
                     why, train_list_text(k->r->a, k->t->names, k->t->n_cols));
}

/* Labels may be missing as a whole. */
static dfoo_status give_remembered(splitter *k, part *p, const memo *known) {
    p->width = known->n_columns;
    for (uint32_t i = 0; i < known->n_columns; i++) {
        size_t column = table_column(k->t, known->columns[i]);
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
    if (!at->n_columns) return DFOO_OK;
    p->column = arena_new(k->r->a, at->n_columns * sizeof *p->column);
    if (!p->column) return DFOO_ENOMEM;
    for (uint32_t i = 0; i < at->n_columns; i++) {
        size_t column = table_column(k->t, at->columns[i]);
        if (k->taken[column])
            return diag_alone(k->r->m->g.d, "%s: the column '%s' is mapped twice", source_name(k->r), at->columns[i]);
        give(k, p, column);
    }
    p->width = p->n;
    return DFOO_OK;
}

static bool all_remembered(const splitter *k) {
    if (!k->r->remembered || !k->t->names) return false;
    for (uint32_t i = 0; i < k->parts.n; i++) {
        const memo *known = memos_find(k->r->memos, k->parts.at[i].var);
        if (k->parts.at[i].n) continue;
        if (!known || !known->n_columns) return false;
    }
    return true;
}

/* The labels share the named columns in order; a single one takes them all. */
static dfoo_status give_named(splitter *k, const char *const *names, uint32_t n_names) {
    const model *m = k->r->m;
    uint32_t     next = 0, n_labels = 0;
    if (!k->t->names)
        return diag_alone(
            m->g.d, "%s has no line of column names, so --labels finds nothing: labels are the last columns",
            source_name(k->r));
    for (uint32_t i = 0; i < k->parts.n; i++) n_labels += k->parts.at[i].label && !k->parts.at[i].n;
    for (uint32_t i = 0; i < k->parts.n; i++) {
        part *p = &k->parts.at[i];
        if (!p->label || p->n) continue;
        size_t rest = n_names - next;
        bool   all = n_labels == 1 && (p->width == 0 || ir_var(&m->g, p->var)->onehot);
        size_t want = all ? rest : p->width ? p->width : 1;
        if (!want || want > rest)
            return diag_alone(m->g.d, "--labels: %s takes %zu column%s, and %u are named", name_of(k, p->var),
                             want, want == 1 ? "" : "s", n_names);
        for (p->width = want; want; want--) {
            size_t column = table_column(k->t, names[next]);
            if (column == k->t->n_cols) return missing_column(k, names[next], " for --labels");
            if (k->taken[column]) return diag_alone(m->g.d, "--labels: '%s' stands there twice", names[next]);
            give(k, p, column);
            next++;
        }
    }
    return next == n_names
               ? DFOO_OK
               : diag_alone(m->g.d, "--labels: %u columns are named, and the labels take %u", n_names, next);
}

/* ----------------------------------------------------------------- by place */

/* "X takes 30, Y 1" */
static const char *widths_text(const splitter *k) {
    const char *text = "";
    for (uint32_t i = 0; i < k->parts.n && text; i++) {
        const part *p = &k->parts.at[i];
        if (p->width)
            text =
                arena_format(k->r->a, "%s%s%s takes %zu", text, i ? ", " : "", name_of(k, p->var), p->width);
        else
            text = arena_format(k->r->a, "%s%s%s takes the rest", text, i ? ", " : "", name_of(k, p->var));
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

/* Settles the widths of what has no columns yet. Without labels: none of them is there. */
static dfoo_status settle_widths(splitter *k) {
    size_t free = 0, inputs = 0, labels = 0, open = 0, waiting = 0;
    part  *rest = NULL;
    bool   optional = true;
    for (size_t i = 0; i < k->t->n_cols; i++) free += !k->taken[i];
    for (uint32_t i = 0; i < k->parts.n; i++) {
        part *p = &k->parts.at[i];
        if (p->n || p->absent) continue;
        waiting++;
        if (p->label && !p->width) p->width = 1;
        if (p->label && k->r->needed[p->var]) optional = false;
        if (p->label)
            labels += p->width;
        else
            inputs += p->width;
        if (p->width) continue;
        open++;
        rest = p;
    }
    if (open == 1 && free > inputs + labels) {
        rest->width = free - inputs - labels;
        return DFOO_OK;
    }
    if (!waiting || (!open && free == inputs + labels)) return DFOO_OK;
    if (open || free != inputs || !optional) return does_not_fit(k, open);
    for (uint32_t i = 0; i < k->parts.n; i++)
        if (k->parts.at[i].label && !k->parts.at[i].n) k->parts.at[i].absent = true;
    return DFOO_OK;
}

/* Inputs first, labels behind them. */
static dfoo_status give_places(splitter *k) {
    size_t next = 0;
    DFOO_TRY(settle_widths(k));
    for (int label = 0; label < 2; label++) {
        for (uint32_t i = 0; i < k->parts.n; i++) {
            part *p = &k->parts.at[i];
            if (p->label != (label == 1) || p->absent || p->n) continue;
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
        const char *name = t->names ? t->names[p->column[i]] : "";
        names[i] = arena_text(k->r->a, name, strlen(name));
        if (!name[0] || table_column(t, name) != p->column[i]) return arena_status(k->r->a);
    }
    known->n_columns = p->n;
    known->columns = names;
    return arena_status(k->r->a);
}

static dfoo_status refuse_words(const splitter *k, const part *p) {
    for (uint32_t i = 0; i < p->n; i++) {
        const data_classes *words = &k->t->classes[p->column[i]];
        if (!words->n) continue;
        const char *column = k->t->names ? arena_format(k->r->a, "'%s'", k->t->names[p->column[i]])
                                         : arena_format(k->r->a, "%zu", p->column[i] + 1);
        diag_alone(k->r->m->g.d, "%s: column %s holds words (%s), and %s wants numbers", source_name(k->r),
                  column ? column : "", train_list_text(k->r->a, words->names, words->n), name_of(k, p->var));
        diag_note(k->r->m->g.d, "is it the label? --labels NAME says so");
        return arena_status(k->r->m->g.d->a) == DFOO_OK && column ? DFOO_EINPUT : DFOO_ENOMEM;
    }
    return DFOO_OK;
}

static dfoo_status bind_part(const splitter *k, const part *p) {
    const model        *m = k->r->m;
    const data_classes *words = &k->t->classes[p->column[0]];
    bool onehot = ir_var(&m->g, p->var)->onehot, classes = p->label && p->n == 1 && (onehot || words->n);
    view v = {.var = p->var, .by_example = true, .at = k->t->values, .step = k->t->n_cols, .n = k->t->n_rows};
    v.entries = p->n;
    v.offset = p->column;
    v.promised = onehot;
    if (classes)
        DFOO_TRY(bind_classes(k->r, k->z, &v, words->n ? words : NULL));
    else
        DFOO_TRY(refuse_words(k, p));
    if (!k->r->remembered) DFOO_TRY(remember(k, p));
    size_item item = {.var = p->var,
                      .rows = m->examples_are_columns ? v.entries : v.n,
                      .cols = m->examples_are_columns ? v.n : v.entries,
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
