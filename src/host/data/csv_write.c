/* A matrix, with a column of texts behind it or without, as CSV. */
#include "host/data/internal.h"

#include <string.h>

/* A spreadsheet would compute what begins so, unless it is a sign alone. */
static bool is_formula(const char *name) {
    return name[0] && strchr("=+-@", name[0]) && name[1];
}

/* A name, in quotes only where it needs them; a quote in it is doubled, control characters are shown. */
static dfoo_status put_name(FILE *file, buf *text, const char *name) {
    text->len = 0;
    buf_visible(text, name, strlen(name));
    DFOO_TRY(buf_status(text));
    name = text->len ? text->text : "";
    bool plain = name[0] && !strpbrk(name, ",;\t\"\n\r") && name[0] != ' ' && name[strlen(name) - 1] != ' ';
    if (!plain) fputc('"', file);
    if (is_formula(name)) fputc('\'', file);
    for (; *name; name++) {
        if (*name == '"') fputc('"', file);
        fputc(*name, file);
    }
    if (!plain) fputc('"', file);
    return DFOO_OK;
}

static dfoo_status write_header(const char *const *columns, size_t n, const data_texts *last, buf *line,
                                FILE *file) {
    for (size_t k = 0; k < n; k++) {
        if (k) fputc(',', file);
        DFOO_TRY(put_name(file, line, columns[k]));
    }
    if (last) fputc(',', file);
    if (last) DFOO_TRY(put_name(file, line, last->name));
    fputc('\n', file);
    return DFOO_OK;
}

static dfoo_status write_row(const double *x, size_t n, buf *line, FILE *file) {
    line->len = 0;
    for (size_t k = 0; k < n; k++) {
        if (k) buf_puts(line, ",");
        buf_number(line, x[k]);
    }
    DFOO_TRY(buf_status(line));
    fwrite(line->text, 1, line->len, file);
    return DFOO_OK;
}

/* What is written: the matrix, and a column of texts behind it or NULL. */
typedef struct sheet {
    const double      *x;
    size_t             rows, cols;
    const char *const *columns; /* NULL: no header */
    const data_texts  *last;
} sheet;

static dfoo_status write_rows(const sheet *s, buf *line, FILE *file) {
    for (size_t i = 0; i < s->rows && !ferror(file); i++) {
        DFOO_TRY(write_row(s->x + i * s->cols, s->cols, line, file));
        if (s->last) fputc(',', file);
        if (s->last) DFOO_TRY(put_name(file, line, s->last->texts[i]));
        fputc('\n', file);
    }
    return DFOO_OK;
}

static dfoo_status write_csv(target *t, const sheet *s) {
    FILE        *file;
    buf          line;
    point_locale locale;
    DFOO_TRY(point_locale_begin(&locale));
    dfoo_status status = target_open(t, &file);
    if (status == DFOO_OK) {
        buf_init(&line, t->d->a->mem);
        if (s->columns) status = write_header(s->columns, s->cols, s->last, &line, file);
        if (status == DFOO_OK) status = write_rows(s, &line, file);
        status = target_close(t, file, status);
        buf_free(&line);
    }
    point_locale_end(&locale);
    return status;
}

dfoo_status data_write_table(const char *path, const dfoo_array *x, const char *const *columns,
                             const data_texts *last, diags *d) {
    target t;
    sheet  s = {.x = x->data, .columns = columns, .last = last};
    if (!array_as_matrix(x, &s.rows, &s.cols))
        return data_bad(d, path, "array '%s' has %d dimensions; CSV holds a matrix", x->name, x->ndim);
    DFOO_TRY(target_begin(&t, path, d));
    return target_end(&t, write_csv(&t, &s));
}

dfoo_status data_write_csv(const char *path, const dfoo_array *x, const char *const *columns,
                           diags *d) {
    return data_write_table(path, x, columns, NULL, d);
}
