/* The columns of a table -> the inputs and labels that have no arrays.
 *
 * Each column gets an owner: by the names that training remembered, or by --labels, or by its place
 * (labels are the last columns). The views read the table where it lies, a row per example; columns that are
 * prepared (prepare.h) are read where they become numbers. */
#include <assert.h>
#include <math.h>
#include <string.h>

#include "run/feed/classes.h"
#include "run/feed/split.h"
#include "run/feed/table.h"

/* An input or label that waits for columns. */
typedef struct part {
    var_id   var;
    bool     label, absent;
    size_t   width;   /* columns; 0: not known yet */
    size_t   entries; /* of an example, as the model's sizes say; 0: not known yet */
    uint32_t n;       /* columns that it has got */
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

/* Do rules say what becomes of its columns? */
static bool is_prepared(const splitter *k, const part *p) {
    const memo *known = memos_find(k->r->memos, p->var);
    if (p->label) return false;
    return k->r->remembered ? known && known->n_rules : k->r->opt->prepare;
}

static dfoo_status add_part(splitter *k, var_id v) {
    const variable *x = ir_var(&k->r->m->g, v);
    if (!by_example(k->r->m, x) || v == k->r->opt->weight) return DFOO_OK;
    part p = {
        .var = v, .label = x->kind == VAR_LABEL, .column = arena_new(k->r->a, k->t->n_cols * sizeof(size_t))};
    p.entries = x->onehot ? 1 : sizes_get(&k->z->s, entries_dim(k->r->m, x));
    p.width = is_prepared(k, &p) && k->r->remembered ? memos_find(k->r->memos, v)->n_rules : p.entries;
    vec_push(k->r->a, &k->parts, p);
    return arena_status(k->r->a);
}

/* How many columns become the entries of a single input is for its rules to say. */
static void free_width(splitter *k) {
    part    *input = NULL;
    uint32_t n = 0;
    for (uint32_t i = 0; i < k->parts.n; i++) {
        if (k->parts.at[i].label) continue;
        input = &k->parts.at[i];
        n++;
    }
    if (n == 1 && is_prepared(k, input) && !k->r->remembered) input->width = 0;
}

static dfoo_status find_parts(splitter *k) {
    const ir *g = &k->r->m->g;
    k->taken = arena_new(k->r->a, k->t->n_cols);
    if (!k->taken) return DFOO_ENOMEM;
    for (var_id v = 1; v < g->vars.n; v++)
        if (is_data(g, v) && !bound_find(k->out, v)) DFOO_TRY(add_part(k, v));
    free_width(k);
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

static dfoo_status add_view(const splitter *k, view v) {
    bool      across = k->r->m->examples_are_columns;
    size_item item = {.var = v.var,
                      .rows = across ? v.entries : v.n,
                      .cols = across ? v.n : v.entries,
                      .from = source_name(k->r)};
    vec_push(k->r->a, &k->z->items, item);
    vec_push(k->r->a, &k->out->views, v);
    return arena_status(k->r->a);
}

static view view_of(const splitter *k, const part *p) {
    return (view){.var = p->var,
                  .by_example = true,
                  .at = k->t->values,
                  .step = k->t->n_cols,
                  .n = k->t->n_rows,
                  .entries = p->n,
                  .offset = p->column,
                  .promised = ir_var(&k->r->m->g, p->var)->onehot};
}

static dfoo_status bind_part(const splitter *k, const part *p) {
    const data_classes *words = &k->t->classes[p->column[0]];
    view                v = view_of(k, p);
    if (p->label && p->n == 1 && (v.promised || words->n))
        DFOO_TRY(bind_classes(k->r, k->z, &v, words->n ? words : NULL));
    else
        DFOO_TRY(refuse_words(k, p));
    if (!k->r->remembered) DFOO_TRY(remember(k, p));
    return add_view(k, v);
}

/* ----------------------------------------------------------------- prepared */

/* The columns of a part that are used, and the rule of each. */
typedef struct used {
    column_rule *rules;
    size_t      *column;
    uint32_t     n;
} used;

static dfoo_status use(const splitter *k, const part *p, const column_rule *rules, uint32_t n, used *out) {
    out->rules = arena_new(k->r->a, (n + 1) * sizeof *out->rules);
    out->column = arena_new(k->r->a, (n + 1) * sizeof *out->column);
    out->n = 0;
    if (!out->rules || !out->column) return DFOO_ENOMEM;
    for (uint32_t i = 0; i < n; i++) {
        if (rules[i].kind == PREPARE_LEFT) continue;
        if (out->n < p->n) out->column[out->n] = p->column[p->n == n ? i : out->n];
        out->rules[out->n++] = rules[i];
    }
    if (p->n == n || p->n == out->n) return DFOO_OK;
    return diag_alone(k->r->m->g.d, "%s: %s gets %u column%s, and training had %u", source_name(k->r),
                      var_name(k->r, p->var), p->n, p->n == 1 ? "" : "s", out->n);
}

static prepare_request preparing(const splitter *k) {
    const feed_options *opt = k->r->opt;
    const division     *parts = k->r->divide;
    bool                divided = parts && parts->order;
    return (prepare_request){.d = k->r->m->g.d,
                             .a = k->r->a,
                             .from = source_name(k->r),
                             .t = k->t,
                             .pick = divided ? parts->order + parts->n_test : NULL,
                             .n = divided ? parts->n : k->t->n_rows,
                             .said = opt->rules,
                             .n_said = opt->n_rules,
                             .as_is = opt->as_is,
                             .finds_log = true};
}

/* The training examples' values in n columns, one after the other: the table is gone through once. */
static void collect(const prepare_request *how, const size_t *columns, size_t n, double *to) {
    for (size_t j = 0; j < how->n; j++) {
        const double *row = how->t->values + (how->pick ? how->pick[j] : j) * how->t->n_cols;
        for (size_t i = 0; i < n; i++) to[i * how->n + j] = row[columns[i]];
    }
}

static dfoo_status find_rules(const splitter *k, const part *p, bool keep_all, column_rule **out) {
    enum { AT_ONCE = 8, MOST = 1 << 21 }; /* columns, as many as a cache line has; numbers */
    prepare_request how = preparing(k);
    size_t          most = how.n < MOST / AT_ONCE ? AT_ONCE : how.n < MOST ? MOST / how.n : 1;
    size_t          size = (most * how.n + 1) * sizeof(double);
    double         *room = mem_new(&k->r->a->mem, size);
    dfoo_status     status = room ? DFOO_OK : DFOO_ENOMEM;
    how.keep_all = keep_all;
    *out = arena_new(k->r->a, (p->n + 1) * sizeof **out);
    for (size_t i = 0; *out && i < p->n && status == DFOO_OK; i++) {
        size_t n = p->n - i < most ? p->n - i : most;
        if (i % most == 0) collect(&how, p->column + i, n, room);
        how.values = room + i % most * how.n;
        status = prepare_find(&how, p->column[i], &(*out)[i]);
    }
    mem_free(&k->r->a->mem, room, size);
    return *out ? status : DFOO_ENOMEM;
}

static dfoo_status refuse_entries(const splitter *k, const part *p, size_t entries) {
    diags *d = k->r->m->g.d;
    if (!entries)
        diag_alone(d, "%s: none of its %u columns says anything for %s", source_name(k->r), p->n,
                   var_name(k->r, p->var));
    else
        diag_alone(d, "%s: %u columns make %zu entries for %s, and the model has %zu: %s", source_name(k->r),
                   p->n, entries, var_name(k->r, p->var), p->entries,
                   print_shape_text(&k->r->m->g, k->r->a, ir_var(&k->r->m->g, p->var)->sh));
    for (uint32_t i = 0; entries && i < p->n; i++) {
        const data_classes *words = &k->t->classes[p->column[i]];
        const char         *name = prepare_column_name(k->r->a, k->t, p->column[i]);
        if (!words->n || !name) continue;
        diag_note(d, "'%s' holds %u words, each of which is an entry; let the size follow from the data",
                  name, words->n);
        break;
    }
    return d->a->failed || k->r->a->failed ? DFOO_ENOMEM : DFOO_EINPUT;
}

/* Rules for its columns: where the model says how many entries there are, none is left out for its sake. */
static dfoo_status settle_rules(const splitter *k, const part *p, memo *known) {
    column_rule *rules;
    DFOO_TRY(find_rules(k, p, false, &rules));
    size_t entries = prepare_entries(rules, p->n);
    if (!entries || (p->entries && entries != p->entries)) {
        DFOO_TRY(find_rules(k, p, true, &rules));
        entries = prepare_entries(rules, p->n);
    }
    if (!entries || (p->entries && entries != p->entries)) return refuse_entries(k, p, entries);
    return memo_set_rules(known, k->r->a, rules, p->n);
}

/* Can its numbers be read where they lie? */
static bool are_plain(const splitter *k, const used *x) {
    for (uint32_t i = 0; i < x->n; i++)
        if (x->rules[i].kind != PREPARE_NUMBER || x->rules[i].indicator || x->rules[i].days ||
            x->rules[i].log > 0 || k->t->classes[x->column[i]].n)
            return false;
    for (size_t j = 0; j < k->t->n_rows; j++)
        for (uint32_t i = 0; i < x->n; i++)
            if (isnan(k->t->values[j * k->t->n_cols + x->column[i]])) return false;
    return true;
}

static dfoo_status expand(const splitter *k, const used *x, view *v) {
    double *raw;
    size_t  entries = prepare_entries(x->rules, x->n), rows = k->t->n_rows;
    DFOO_TRY(prepare_values(k->r->m->g.d, k->r->a, source_name(k->r), k->t, x->rules, x->column, x->n,
                            k->r->remembered, &raw));
    double *at =
        rows < SIZE_MAX / sizeof *at / (entries + 1) ? arena_new(k->r->a, rows * entries * sizeof *at) : NULL;
    size_t *offset = arena_new(k->r->a, entries * sizeof *offset);
    if (!at || !offset) return DFOO_ENOMEM;
    for (size_t j = 0; j < rows; j++) prepare_expand(x->rules, x->n, raw + j * x->n, at + j * entries);
    for (size_t i = 0; i < entries; i++) offset[i] = i;
    v->at = at;
    v->step = v->entries = entries;
    v->offset = offset;
    return DFOO_OK;
}

static dfoo_status bind_prepared(const splitter *k, const part *p) {
    memo *known = memos_get(k->r->memos, k->r->a, p->var);
    used  x;
    view  v = view_of(k, p);
    if (!known) return DFOO_ENOMEM;
    if (!k->r->remembered) DFOO_TRY(settle_rules(k, p, known));
    DFOO_TRY(use(k, p, known->rules, known->n_rules, &x));
    part kept = *p;
    kept.column = x.column;
    kept.n = x.n;
    if (!k->r->remembered) DFOO_TRY(remember(k, &kept));
    v.offset = x.column;
    v.entries = x.n;
    if (!are_plain(k, &x)) DFOO_TRY(expand(k, &x, &v));
    return add_view(k, v);
}

/* -------------------------------------------------------------------- labels */

static bool is_unlabelled(const data_table *t, const part *p, size_t row) {
    for (uint32_t i = 0; i < p->n; i++)
        if (isnan(t->values[row * t->n_cols + p->column[i]])) return true;
    return false;
}

/* Marks the rows that lack a label; how many there are. */
static size_t mark_unlabelled(const splitter *k, const part *p, bool *marked) {
    size_t n = 0;
    for (size_t j = 0; j < k->t->n_rows; j++) {
        if (marked[j] || !is_unlabelled(k->t, p, j)) continue;
        marked[j] = true;
        n++;
    }
    return n;
}

/* The table without the rows that are marked. */
static dfoo_status leave_rows(splitter *k, const bool *marked, size_t n_marked) {
    const data_table *all = k->t;
    data_table       *own = arena_new(k->r->a, sizeof *own);
    size_t            n = all->n_rows - n_marked;
    if (!own) return DFOO_ENOMEM;
    *own = *all;
    own->n_rows = 0;
    own->values = arena_new(k->r->a, (n + 1) * all->n_cols * sizeof *own->values);
    if (!own->values) return DFOO_ENOMEM;
    for (size_t j = 0; j < all->n_rows; j++)
        if (!marked[j])
            memcpy(own->values + own->n_rows++ * all->n_cols, all->values + j * all->n_cols,
                   all->n_cols * sizeof *own->values);
    k->t = own;
    return DFOO_OK;
}

/* Examples without a label teach nothing; where the label is only for a score, it is as if it were not there.
 */
static dfoo_status look_at_labels(splitter *k) {
    bool  *marked = arena_new(k->r->a, k->t->n_rows);
    size_t n = 0;
    diags *d = k->r->m->g.d;
    if (!marked) return DFOO_ENOMEM;
    for (uint32_t i = 0; i < k->parts.n; i++) {
        part *p = &k->parts.at[i];
        if (!p->label || p->absent) continue;
        size_t own = mark_unlabelled(k, p, marked);
        if (own && !k->r->needed[p->var]) {
            p->absent = true;
            diag_tell(d, "%s: %zu of %zu examples have no %s, so there is no score", source_name(k->r), own,
                      k->t->n_rows, var_name(k->r, p->var));
            continue;
        }
        n += own;
    }
    if (!n) return DFOO_OK;
    if (n == k->t->n_rows) return diag_alone(d, "%s: no row has a label", source_name(k->r));
    diag_tell(d, "%s: %zu of %zu rows have no label, and are left out", source_name(k->r), n, k->t->n_rows);
    return leave_rows(k, marked, n);
}

static bool are_examples_of_all(const splitter *k) {
    for (uint32_t i = 0; i < k->out->views.n; i++)
        if (k->out->views.at[i].by_example && k->out->views.at[i].n != k->t->n_rows) return false;
    return true;
}

/* What is said of a label that is scaled. */
typedef struct targets {
    const column_rule *rules;
    uint32_t           n;
} targets;

/* A label of measured values may be brought to deviation 1, each of its columns for itself. */
static dfoo_status scale_target(const splitter *k, const part *p, targets *out) {
    const view *v = bound_find(k->out, p->var);
    if (!v || v->class_of || v->promised || view_classes(k->r->m, v)) return DFOO_OK;
    prepare_request how = preparing(k);
    column_rule    *rules = arena_new(k->r->a, (p->n + 1) * sizeof *rules);
    memo           *known = memos_get(k->r->memos, k->r->a, p->var);
    if (!rules || !known) return DFOO_ENOMEM;
    bool scaled = false;
    for (uint32_t i = 0; i < p->n; i++) {
        DFOO_TRY(prepare_find_target(&how, p->column[i], &rules[i]));
        scaled |= !rules[i].as_is;
    }
    if (!scaled) return DFOO_OK;
    *out = (targets){rules, p->n};
    return memo_set_rules(known, k->r->a, rules, p->n);
}

static dfoo_status check_said(const splitter *k) {
    const feed_options *opt = k->r->opt;
    for (uint32_t i = 0; i < opt->n_rules; i++) {
        bool there = false;
        for (size_t c = 0; c < k->t->n_cols && !there; c++) {
            const char *name = prepare_column_name(k->r->a, k->t, c);
            if (!name) return DFOO_ENOMEM;
            there = strcmp(name, opt->rules[i].name) == 0;
        }
        if (!there)
            return diag_alone(k->r->m->g.d, "--prepare: %s has no column '%s'", source_name(k->r),
                              opt->rules[i].name);
    }
    return DFOO_OK;
}

static dfoo_status bind_kind(const splitter *k, bool labels) {
    for (uint32_t i = 0; i < k->parts.n; i++) {
        const part *p = &k->parts.at[i];
        if (p->absent || p->label != labels) continue;
        DFOO_TRY(is_prepared(k, p) ? bind_prepared(k, p) : bind_part(k, p));
    }
    return DFOO_OK;
}

/* Has every training example the same label? */
static void look_for_constant(const splitter *k, const part *p) {
    const view     *v = bound_find(k->out, p->var);
    prepare_request all = preparing(k);
    if (!v || v->entries != 1 || all.n < 2) return;
    double first = view_entry(v, all.pick ? all.pick[0] : 0, 0);
    for (size_t j = 1; j < all.n; j++)
        if (view_entry(v, all.pick ? all.pick[j] : j, 0) != first) return;
    diag_warn(k->r->m->g.d, NULL, span_at(0, 0),
              "%s: '%s' is the same in all %zu training examples: there is nothing to learn",
              source_name(k->r), prepare_column_name(k->r->a, k->t, p->column[0]), all.n);
    diag_note(k->r->m->g.d, "is it the column that was meant? --labels NAME says which one is");
}

/* The training examples, on which rules are found, are known once the labels are. */
static dfoo_status divide_and_scale(const splitter *k, targets *target) {
    if (are_examples_of_all(k)) DFOO_TRY(divide_examples(k->r, k->out, k->t->n_rows));
    for (uint32_t i = 0; i < k->parts.n; i++)
        if (k->parts.at[i].label && !k->parts.at[i].absent) look_for_constant(k, &k->parts.at[i]);
    for (uint32_t i = 0; i < k->parts.n; i++)
        if (k->parts.at[i].label && k->parts.at[i].var == k->r->opt->target)
            DFOO_TRY(scale_target(k, &k->parts.at[i], target));
    return DFOO_OK;
}

static void tell_rules(const splitter *k, targets target) {
    for (uint32_t i = 0; i < k->parts.n; i++) {
        const memo *known = memos_find(k->r->memos, k->parts.at[i].var);
        if (k->parts.at[i].label || !known || !known->n_rules) continue;
        prepare_tell(k->r->m->g.d, k->r->a, source_name(k->r), preparing(k).n, known->rules, known->n_rules,
                     target.rules, target.n);
        target.n = 0;
    }
}

static dfoo_status bind_parts(const splitter *k) {
    targets target = {NULL, 0};
    bool    finds = k->r->opt->prepare && !k->r->remembered;
    DFOO_TRY(bind_kind(k, true));
    if (finds) DFOO_TRY(divide_and_scale(k, &target));
    DFOO_TRY(bind_kind(k, false));
    if (finds) tell_rules(k, target);
    return DFOO_OK;
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
    DFOO_TRY(check_said(&k));
    DFOO_TRY(share_out(&k));
    DFOO_TRY(look_at_labels(&k));
    return bind_parts(&k);
}
