/* The table of a CSV file, row by row: which columns hold numbers and which words, whether the
 * first row holds names, and what to say about a field that does not fit. */
#include "host/data/csv_table.h"

#include <assert.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

/* Not a number, but made of what numbers are made of, with separators: 1,5 or 1 2 3. Taken for
 * a word it would make a class of every number in the file. */
static bool is_several_numbers(const csv_field *f) {
    double x;
    size_t n = strspn(f->text, "0123456789+-.eE"), all = strspn(f->text, "0123456789+-.eE,;|\t ");
    return n > 0 && n < f->len && all == f->len && csv_number(f->text, n, &x);
}

/* ---------------------------------------------------------------- messages */

static const char *shown(const csv_build *b, const char *text) {
    return data_shown(b->d->a, text, strlen(text));
}

/* The name of a column for messages, as far as one can tell: " 'age'", or "". */
static const char *column_label(const csv_build *b, size_t k) {
    double x;
    if (b->first_is_data || b->header == DATA_HEADER_NO || b->first[k].len == 0) return "";
    if (b->header == DATA_HEADER_AUTO && csv_number(b->first[k].text, b->first[k].len, &x)) return "";
    const char *label = arena_format(b->d->a, " '%s'", shown(b, b->first[k].text));
    return label ? label : "";
}

/* file:line:column, or NULL. */
static const char *place(const csv_build *b, size_t line, size_t k) {
    return arena_format(b->d->a, "%s:%zu:%zu", b->file, line, k + 1);
}

static dfoo_status bad_field(const csv_build *b, size_t line, size_t k, const char *text, const char *what) {
    const char *where = place(b, line, k);
    if (!where) return DFOO_ENOMEM;
    return data_bad(b->d, where, "column %zu%s: '%s' %s", k + 1, column_label(b, k), shown(b, text), what);
}

/* A column of numbers with a word in it, whichever came first: the word is reported. */
static dfoo_status mixed(const csv_build *b, const csv_field *f, size_t k, bool is_number) {
    const csv_column *c = &b->columns[k];
    size_t            line = is_number ? c->line : f->line, other_line = is_number ? f->line : c->line;
    const char       *what = arena_format(b->d->a,
                                          "is not a number, but line %zu has %s: a column holds numbers "
                                          "only or words only",
                                          other_line, shown(b, is_number ? f->text : c->text));
    return what ? bad_field(b, line, k, is_number ? c->text : f->text, what) : DFOO_ENOMEM;
}

static dfoo_status ragged(const csv_build *b, const csv_field *fields, size_t n) {
    const char *where = arena_format(b->d->a, "%s:%zu", b->file, fields[0].line);
    if (!where) return DFOO_ENOMEM;
    return data_bad(b->d, where, "%zu field%s, but line %zu has %zu", n, n == 1 ? "" : "s", b->first[0].line,
                    b->n_cols);
}

/* -------------------------------------------------------------------- rows */

static dfoo_status check_text(const csv_build *b, const csv_field *f, size_t k) {
    if (strlen(f->text) == f->len) return DFOO_OK;
    return bad_field(b, f->line, k, f->text, "is followed by a zero byte: this is not a text file");
}

static dfoo_status keep_first(csv_build *b, const csv_field *fields, size_t n) {
    b->n_cols = n;
    b->columns = arena_new(b->scratch, n * sizeof *b->columns);
    csv_field *first = arena_new(b->scratch, n * sizeof *first);
    if (!first || !b->columns) return DFOO_ENOMEM;
    for (size_t k = 0; k < n; k++) {
        first[k] = fields[k];
        first[k].text = arena_text(b->scratch, fields[k].text, fields[k].len);
        if (!first[k].text) return DFOO_ENOMEM;
    }
    b->first = first;
    for (size_t k = 0; k < n; k++) DFOO_TRY(check_text(b, &first[k], k));
    return DFOO_OK;
}

static bool is_number_field(const csv_build *b, const csv_field *f) {
    double      x;
    csv_written w;
    return csv_number(f->text, f->len, &x) || csv_written_number(f->text, f->len, b->commas, &w);
}

static bool all_numbers(const csv_build *b, const csv_field *fields, size_t n) {
    for (size_t k = 0; k < n; k++)
        if (!is_number_field(b, &fields[k])) return false;
    return true;
}

static dfoo_status decide_kind(csv_build *b, const csv_field *f, size_t k, bool is_number,
                               const char *unit) {
    csv_column *c = &b->columns[k];
    c->kind = is_number ? COLUMN_NUMBERS : COLUMN_WORDS;
    c->unit = unit;
    c->line = f->line;
    c->text = data_shown(b->scratch, f->text, f->len);
    if (!is_number) symbols_init(&c->words, b->scratch);
    return arena_status(b->scratch);
}

static dfoo_status remember_sign(csv_build *b, const csv_field *f, csv_sign *sign) {
    if (sign->text) return DFOO_OK;
    *sign = (csv_sign){data_shown(b->scratch, f->text, f->len), f->line};
    return sign->text ? DFOO_OK : DFOO_ENOMEM;
}

/* 1.234 is one number in a file where 1,5 is, and another where 1.5 is: in one with both nobody knows. */
static dfoo_status note_signs(csv_build *b, const csv_field *f, size_t k, bool comma, bool point) {
    if (comma) DFOO_TRY(remember_sign(b, f, &b->comma));
    if (point) DFOO_TRY(remember_sign(b, f, &b->point));
    if (!b->comma.text || !b->point.text || !(comma || point)) return DFOO_OK;
    const csv_sign *other = comma ? &b->point : &b->comma;
    const char     *what = arena_format(b->d->a,
                                        "has another decimal sign than %s in line %zu, and a file has one: "
                                        "write all decimals as 1.5, or all as 1,5",
                                        other->text, other->line);
    return what ? bad_field(b, f->line, k, f->text, what) : DFOO_ENOMEM;
}

/* A number as people write it; of a column the first one is told. */
static dfoo_status take_written(csv_build *b, const csv_field *f, size_t k, const csv_written *w) {
    csv_column *c = &b->columns[k];
    DFOO_TRY(note_signs(b, f, k, w->decimal_comma, w->decimal_point));
    if (c->written) return DFOO_OK;
    c->written = data_shown(b->scratch, f->text, f->len);
    c->value = w->value;
    return c->written ? DFOO_OK : DFOO_ENOMEM;
}

/* The number of a field; where there may be gaps, also of one. */
static dfoo_status number_of(csv_build *b, const csv_field *f, size_t k, double *out, const char **unit,
                             bool *is_number) {
    csv_written w;
    *unit = "";
    *is_number = csv_number(f->text, f->len, out);
    if (*is_number) {
        bool open = b->commas && (!b->point.text || b->comma.text);
        return open && memchr(f->text, '.', f->len) ? note_signs(b, f, k, false, true) : DFOO_OK;
    }
    *out = NAN;
    *is_number = b->gaps && f->len == 3 && memcmp(f->text, "nan", 3) == 0;
    if (*is_number || !csv_written_number(f->text, f->len, b->commas, &w)) return DFOO_OK;
    if (b->columns[k].kind == COLUMN_WORDS) return DFOO_OK;
    *is_number = true;
    *out = w.value;
    *unit = w.unit;
    return take_written(b, f, k, &w);
}

static dfoo_status other_unit(const csv_build *b, const csv_field *f, size_t k) {
    const csv_column *c = &b->columns[k];
    const char       *what = arena_format(b->d->a, "has another unit than %s in line %zu: a column has one",
                                          shown(b, c->text), c->line);
    return what ? bad_field(b, f->line, k, f->text, what) : DFOO_ENOMEM;
}

static bool same_letters(const char *a, const char *b) {
    while (*a && (*a | 0x20) == (*b | 0x20)) a++, b++;
    return !*a && !*b;
}

/* A value that is missing, as tables say so. */
static bool is_missing(const csv_field *f) {
    static const char *const words[] = {"na", "n/a", "#n/a", "nan", "null", "none", "?"};
    if (strspn(f->text, " \t") == f->len) return true;
    for (size_t i = 0; i < sizeof words / sizeof *words; i++)
        if (f->len == strlen(words[i]) && same_letters(f->text, words[i])) return true;
    return false;
}

/* A field of data: its number, or that of its word. */
static dfoo_status field_value(csv_build *b, const csv_field *f, size_t k, double *out) {
    csv_column *c = &b->columns[k];
    bool        is_number;
    const char *unit;
    DFOO_TRY(number_of(b, f, k, out, &unit, &is_number));
    if (b->missing && !is_number && is_missing(f)) return DFOO_OK;
    if (strspn(f->text, " \t") == f->len)
        return bad_field(b, f->line, k, f->text, "is empty, where a value is needed");
    if (!is_number) {
        DFOO_TRY(check_text(b, f, k));
        if (is_several_numbers(f))
            return bad_field(b, f->line, k, f->text,
                             "is not one number: decimals are written 1.5, or 1,5 where columns are "
                             "separated by semicolons or tabs");
    }
    if (c->kind == COLUMN_UNKNOWN) DFOO_TRY(decide_kind(b, f, k, is_number, unit));
    if ((c->kind == COLUMN_NUMBERS) != is_number) return mixed(b, f, k, is_number);
    if (is_number && !isnan(*out) && strcmp(unit, c->unit) != 0) return other_unit(b, f, k);
    if (!is_number) *out = symbols_add(&c->words, f->text, f->len);
    return arena_status(b->scratch);
}

/* A block is as large as half of all before it: large ones go back to the system when the table is done, and
 * little is taken that is not used. */
static csv_block *new_block(csv_build *b) {
    enum { LEAST = 1 << 15, MOST = 1 << 23 }; /* numbers */
    assert(b->n_cols);
    size_t least = b->n_cols < LEAST ? LEAST / b->n_cols : 1, most = b->n_cols < MOST ? MOST / b->n_cols : 1;
    size_t rows = b->n_rows / 2 < least ? least : b->n_rows / 2 < most ? b->n_rows / 2 : most;
    double *at = arena_new(b->scratch, rows * b->n_cols * sizeof *at);
    vec_push(b->scratch, &b->blocks, (csv_block){at, 0, rows});
    return arena_status(b->scratch) == DFOO_OK ? &b->blocks.at[b->blocks.n - 1] : NULL;
}

static double *next_row(csv_build *b) {
    csv_block *last = b->blocks.n ? &b->blocks.at[b->blocks.n - 1] : NULL;
    if (!last || !last->left) last = new_block(b);
    if (!last) return NULL;
    last->left--;
    b->n_rows++;
    return last->at + last->n++ * b->n_cols;
}

dfoo_status csv_build_row(csv_build *b, const csv_field *fields, size_t n) {
    if (!b->first) {
        DFOO_TRY(keep_first(b, fields, n));
        b->first_is_data = b->header == DATA_HEADER_NO;
        if (b->header == DATA_HEADER_AUTO) b->first_is_data = all_numbers(b, fields, n);
        if (!b->first_is_data) return DFOO_OK;
    }
    if (n != b->n_cols) return ragged(b, fields, n);
    double *row = next_row(b);
    if (!row) return DFOO_ENOMEM;
    for (size_t k = 0; k < n; k++) DFOO_TRY(field_value(b, &fields[k], k, &row[k]));
    return DFOO_OK;
}

/* ------------------------------------------------------------------- table */

/* Does the first row, which is not all numbers, stand for data? It does if it has numbers and
 * words exactly where the rows below have them (and some numbers, or all of it may be names). */
static bool first_fits(const csv_build *b) {
    bool any = false;
    for (size_t k = 0; k < b->n_cols; k++) {
        bool is_number = is_number_field(b, &b->first[k]);
        if (b->missing && is_missing(&b->first[k])) continue;
        if (b->first[k].len == 0 || is_number != (b->columns[k].kind == COLUMN_NUMBERS)) return false;
        any |= is_number;
    }
    return any;
}

/* A name such as 5.1 is more likely to be a number of a row with a slip in it. */
static const char *suspicious_name(const csv_build *b) {
    double x;
    for (size_t k = 0; k < b->n_cols; k++) {
        const csv_field *f = &b->first[k];
        if (csv_number(f->text, f->len, &x) && strpbrk(f->text, ".eE-")) return f->text;
    }
    return NULL;
}

/* 0, 1, 2, .. as the first row: the names that pandas gives to columns without any. */
static bool counts_up(const csv_build *b) {
    double x;
    for (size_t k = 0; k < b->n_cols; k++)
        if (!csv_number(b->first[k].text, b->first[k].len, &x) || x != (double)k) return false;
    return b->n_cols > 2;
}

static dfoo_status decide_header(csv_build *b, bool *extra_row) {
    *extra_row = false;
    const span nowhere = span_at(0, 0);
    if (b->first_is_data && b->header == DATA_HEADER_AUTO && counts_up(b)) {
        diag_warn(b->d, NULL, nowhere,
                  "%s:%zu: this line is read as data, though it counts the columns: are these their names?",
                  b->file, b->first[0].line);
        diag_note(b->d, "`dfoo train` and `dfoo predict` read them so with --header yes");
    }
    if (b->first_is_data || b->header == DATA_HEADER_YES) return arena_status(b->d->a);
    const char *name = suspicious_name(b);
    *extra_row = b->n_rows > 0 && first_fits(b);
    if (*extra_row)
        diag_warn(b->d, NULL, nowhere,
                  "%s:%zu: this line is read as data, not as column names: its numbers and words stand where "
                  "those below stand",
                  b->file, b->first[0].line);
    else if (name && b->n_rows > 0)
        diag_warn(b->d, NULL, nowhere, "%s:%zu: this line is read as column names, though '%s' is a number",
                  b->file, b->first[0].line, shown(b, name));
    b->first_is_data = *extra_row;
    return arena_status(b->d->a);
}

static dfoo_status copy_names(const csv_build *b, arena *a, data_table *t) {
    symbols seen;
    symbols_init(&seen, b->scratch);
    t->names = arena_new(a, b->n_cols * sizeof *t->names);
    if (!t->names) return DFOO_ENOMEM;
    for (size_t k = 0; k < b->n_cols; k++) {
        const csv_field *f = &b->first[k];
        if (f->len && symbols_find(&seen, f->text, f->len))
            return bad_field(b, f->line, k, f->text, "names two columns");
        if (f->len) symbols_add(&seen, f->text, f->len);
        t->names[k] = arena_text(a, f->text, f->len);
    }
    return arena_status(b->scratch) == DFOO_OK ? arena_status(a) : DFOO_ENOMEM;
}

static int compare_words(const void *left, const void *right) {
    const char *const *l = left, *const *r = right;
    return strcmp(*l, *r);
}

/* Sorts the words of column k; its values, numbers in the order of appearance, follow. */
static dfoo_status sort_classes(const csv_build *b, size_t k, arena *a, data_table *t) {
    const symbols *words = &b->columns[k].words;
    data_classes  *c = &t->classes[k];
    double        *rank = arena_new(b->scratch, words->names.n * sizeof *rank);
    c->n = words->names.n - 1;
    c->names = arena_new(a, c->n * sizeof *c->names);
    if (!rank || !c->names) return DFOO_ENOMEM;
    for (uint32_t i = 0; i < c->n; i++) {
        const char *word = words->names.at[i + 1];
        c->names[i] = arena_text(a, word, strlen(word));
        if (!c->names[i]) return DFOO_ENOMEM;
    }
    qsort(c->names, c->n, sizeof *c->names, compare_words);
    for (uint32_t i = 0; i < c->n; i++)
        rank[symbols_find(words, c->names[i], strlen(c->names[i]))] = i;
    for (size_t i = 0; i < t->n_rows; i++) {
        double *value = &t->values[i * t->n_cols + k];
        if (!isnan(*value)) *value = rank[(size_t)*value];
    }
    return DFOO_OK;
}

static void copy_rows(const csv_build *b, double *to) {
    for (uint32_t i = 0; i < b->blocks.n; i++) {
        const csv_block *block = &b->blocks.at[i];
        memcpy(to, block->at, block->n * b->n_cols * sizeof *to);
        to += block->n * b->n_cols;
    }
}

/* "'$1,250' is read as 1250, .." */
static void tell_written(const csv_build *b) {
    enum { MOST = 3 };
    const char *text = NULL;
    size_t      n = 0;
    for (size_t k = 0; k < b->n_cols; k++) {
        const csv_column *c = &b->columns[k];
        if (!c->written || n++ >= MOST) continue;
        text = arena_format(b->scratch, "%s%s'%s' in column %zu%s is read as %.10g", text ? text : "",
                            text ? ", " : "", c->written, k + 1, column_label(b, k), c->value);
    }
    if (text) diag_tell(b->d, "%s: %s%s", b->file, text, n > MOST ? ", .." : "");
}

dfoo_status csv_build_table(csv_build *b, arena *a, data_table *t) {
    bool extra;
    if (!b->first) return data_bad(b->d, b->file, "holds no rows");
    DFOO_TRY(decide_header(b, &extra));
    t->n_rows = b->n_rows + extra;
    t->n_cols = b->n_cols;
    if (t->n_rows == 0) return data_bad(b->d, b->file, "holds column names, but no rows");
    t->classes = arena_new(a, t->n_cols * sizeof *t->classes);
    t->values = arena_new(a, t->n_rows * t->n_cols * sizeof *t->values);
    if (!t->classes || !t->values) return DFOO_ENOMEM;
    if (!b->first_is_data) DFOO_TRY(copy_names(b, a, t));
    for (size_t k = 0; extra && k < t->n_cols; k++)
        DFOO_TRY(field_value(b, &b->first[k], k, &t->values[k]));
    copy_rows(b, t->values + (extra ? t->n_cols : 0));
    for (size_t k = 0; k < t->n_cols; k++)
        if (b->columns[k].kind == COLUMN_WORDS) DFOO_TRY(sort_classes(b, k, a, t));
    tell_written(b);
    return DFOO_OK;
}
