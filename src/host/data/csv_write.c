/* A matrix, with a column of texts behind it or without, as CSV. */
#include "host/data/internal.h"

#include <string.h>

/* A column's name, in quotes only where it needs them; a quote in it is doubled. */
static void put_name(FILE *file, const char *name) {
    bool plain = name[0] && !strpbrk(name, ",;\t\"\n\r") && name[0] != ' ' && name[strlen(name) - 1] != ' ';
    if (!plain) fputc('"', file);
    for (; *name; name++) {
        if (*name == '"') fputc('"', file);
        fputc(*name, file);
    }
    if (!plain) fputc('"', file);
}

static void write_header(const char *const *columns, size_t n, const data_texts *last, FILE *file) {
    for (size_t k = 0; k < n; k++) {
        if (k) fputc(',', file);
        put_name(file, columns[k]);
    }
    if (last) fputc(',', file);
    if (last) put_name(file, last->name);
    fputc('\n', file);
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
        if (s->last) put_name(file, s->last->texts[i]);
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
        if (s->columns) write_header(s->columns, s->cols, s->last, file);
        status = target_close(t, file, write_rows(s, &line, file));
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
