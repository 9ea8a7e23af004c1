/* Predictions as CSV: a header, then a line per example, with the digits that read back as the
 * same numbers. */
#include "cli.h"

#include <errno.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

/* An array by examples and features; entry (t, i) is data[t * example_step + i * feature_step]. */
typedef struct view {
    const double *data;
    size_t        examples, features, example_step, feature_step;
} view;

/* x has at most two dimensions. */
static view view_of(const dfoo_array *x, bool examples_are_rows) {
    size_t rows = x->ndim > 0 ? x->dim[0] : 1, cols = x->ndim > 1 ? x->dim[1] : 1;
    if (examples_are_rows || x->ndim < 2) return (view){x->data, rows, cols, cols, 1};
    return (view){x->data, cols, rows, 1, cols};
}

static void put_number(FILE *to, double x, dfoo_dtype type) {
    char text[32];
    int  most = type == DFOO_F32 ? 9 : 17;
    for (int digits = most - 3; digits <= most; digits++) {
        snprintf(text, sizeof text, "%.*g", digits, x);
        double back = strtod(text, NULL);
        if (type == DFOO_F32 ? (float)back == (float)x : back == x) break;
    }
    fputs(isnan(x) ? "nan" : text, to);
}

/* A2, or A2_1,A2_2,.. where it has several features. */
static void put_header(FILE *to, const dfoo_arrays *set, bool examples_are_rows) {
    for (size_t k = 0; k < dfoo_arrays_count(set); k++) {
        const dfoo_array *x = dfoo_arrays_at(set, k);
        view              v = view_of(x, examples_are_rows);
        for (size_t i = 0; i < v.features; i++) {
            fprintf(to, "%s%s", k + i ? "," : "", x->name);
            if (v.features > 1) fprintf(to, "_%zu", i + 1);
        }
    }
    fputc('\n', to);
}

static void put_example(FILE *to, const dfoo_arrays *set, bool examples_are_rows, size_t t, dfoo_dtype type) {
    for (size_t k = 0; k < dfoo_arrays_count(set); k++) {
        view v = view_of(dfoo_arrays_at(set, k), examples_are_rows);
        for (size_t i = 0; i < v.features; i++) {
            if (k + i) fputc(',', to);
            put_number(to, v.data[t * v.example_step + i * v.feature_step], type);
        }
    }
    fputc('\n', to);
}

/* 0, or errno. */
static int put_all(FILE *to, const dfoo_arrays *set, bool examples_are_rows, size_t examples,
                   dfoo_dtype type) {
    put_header(to, set, examples_are_rows);
    for (size_t t = 0; t < examples && !ferror(to); t++) put_example(to, set, examples_are_rows, t, type);
    if (fflush(to) == 0 && !ferror(to)) return 0;
    return errno ? errno : EIO;
}

static dfoo_status count_examples(const dfoo_arrays *set, bool examples_are_rows, size_t *examples) {
    for (size_t k = 0; k < dfoo_arrays_count(set); k++) {
        const dfoo_array *x = dfoo_arrays_at(set, k);
        size_t            n = x->ndim <= 2 ? view_of(x, examples_are_rows).examples : 0;
        if (x->ndim > 2 || (k && n != *examples))
            return wrong("%s does not fit into a CSV of a line per example; -o FILE.npz takes it", x->name);
        *examples = n;
    }
    return DFOO_OK;
}

dfoo_status csv_write(const char *path, const dfoo_arrays *set, bool examples_are_rows, dfoo_dtype type) {
    size_t      examples = 0;
    dfoo_status status = count_examples(set, examples_are_rows, &examples);
    if (status != DFOO_OK) return status;
    if (strcmp(path, "-") == 0) {
        put_all(stdout, set, examples_are_rows, examples, type); /* output_close asks whether it worked */
        return DFOO_OK;
    }
    errno = 0;
    FILE *to = fopen(path, "w");
    if (!to) return failed("write", path, errno);
    int error = put_all(to, set, examples_are_rows, examples, type);
    if (fclose(to) != 0 && !error) error = errno ? errno : EIO;
    return error ? failed("write", path, error) : DFOO_OK;
}
