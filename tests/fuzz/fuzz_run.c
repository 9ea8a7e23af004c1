/* The arrays of a run, changed as the bytes say: it is shown, predicts and trains on, or is refused with a reason.
 *
 * A change is five bytes: which array, what is done to it, and three that say how. Of the file around the arrays fuzz_data.c
 * takes care. */
#include <math.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "dfoo.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

enum { MOST_CHANGES = 12, BYTES = 5, MOST_NUMBERS = 4096 };

static const char table[] = "age,town,income,y\n31,a,2000,0\n45,b,3100,1\n28,a,,0\n52,c,2900,1\n39,b,2500,1\n"
                            "23,a,1800,0\n61,c,4000,1\n35,b,2200,0\n47,c,3300,1\n26,a,1900,0\n";

static char  folder[] = "/tmp/dfoo-fuzz-run-XXXXXX", csv[64], npz[64];
static dfoo *d;

static void clean_up(void) {
    remove(csv);
    remove(npz);
    rmdir(folder);
}

static void fail(const char *what, dfoo_status status) {
    fprintf(stderr, "%s: %s\n%s\n", what, dfoo_status_text(status), dfoo_messages(d));
    abort();
}

/* Done, or refused with a reason. */
static bool expect(const char *what, dfoo_status status) {
    bool said = dfoo_message_count(d) > 0;
    if (status != DFOO_OK && (status != DFOO_EINPUT || !said)) fail(what, status);
    dfoo_messages_clear(d);
    return status == DFOO_OK;
}

/* One that was trained on the table, with everything that a run knows. */
static dfoo_arrays *trained(void) {
    dfoo_model  *model = NULL;
    dfoo_arrays *run = NULL;
    if (!mkdtemp(folder)) abort();
    atexit(clean_up);
    snprintf(csv, sizeof csv, "%s/t.csv", folder);
    snprintf(npz, sizeof npz, "%s/r.npz", folder);
    FILE *file = fopen(csv, "w");
    if (!file || fputs(table, file) < 0 || fclose(file) != 0) abort();
    dfoo_status status = dfoo_open(NULL, &d);
    if (status == DFOO_OK) status = dfoo_model_read(d, "two_layer", &model);
    if (status == DFOO_OK)
        status = dfoo_train(model, DFOO_WITH(dfoo_train_options, .data = csv, .split = 0.3, .epochs = 2, .patience = 2, .optimizer = "adam", .file = npz), &run, NULL);
    if (status != DFOO_OK) fail("the run", status);
    dfoo_model_free(model);
    dfoo_messages_clear(d);
    return run;
}

/* ------------------------------------------------------------------- changes */

typedef struct array {
    char   name[64];
    int    ndim;
    size_t dim[DFOO_MAX_DIMS], n;
    double at[MOST_NUMBERS];
} array;

static void change_number(array *x, const uint8_t *how) {
    static const double numbers[] = {NAN, INFINITY, -INFINITY, 0, -1, 0.5, 1e300, 1e-310, 9007199254740993.0, 2, 10, 32, 48, 1e6};
    if (x->n) x->at[(how[0] * 256u + how[1]) % x->n] = numbers[how[2] % (sizeof numbers / sizeof *numbers)];
}

static void change_letter(array *x, const uint8_t *how) {
    if (x->n) x->at[(how[0] * 256u + how[1]) % x->n] = how[2];
}

/* Other dimensions, and as many numbers as they say: some are left out, others are 0. */
static void change_shape(array *x, const uint8_t *how) {
    size_t n = 1, dim[3] = {how[1] % 20u, how[2] % 20u, how[1] % 3u};
    x->ndim = how[0] % 4;
    for (int k = 0; k < x->ndim; k++) n *= x->dim[k] = dim[k];
    for (size_t i = x->n; i < n; i++) x->at[i] = 0;
    x->n = n;
}

/* A part of it stands twice, or is cut out. */
static void change_length(array *x, const uint8_t *how) {
    size_t from = x->n ? (how[0] * 256u + how[1]) % x->n : 0, len = how[2] % 64u;
    if (x->ndim != 1 || from + len > x->n) return;
    if (how[2] & 64 && x->n + len <= MOST_NUMBERS) {
        memmove(x->at + from + len, x->at + from, (x->n - from) * sizeof *x->at);
        x->n += len;
    } else {
        memmove(x->at + from, x->at + from + len, (x->n - from - len) * sizeof *x->at);
        x->n -= len;
    }
    x->dim[0] = x->n;
}

static void change_name(array *x, const uint8_t *how) {
    size_t len = strlen(x->name);
    if (len) x->name[how[0] % len] = (char)(how[1] % 94 + 33);
}

static void changed(const dfoo_array *from, const uint8_t *data, size_t size, size_t i, size_t n_arrays, array *x, bool *dropped) {
    *dropped = false;
    snprintf(x->name, sizeof x->name, "%s", from->name);
    x->ndim = from->ndim;
    x->n = 1;
    for (int k = 0; k < from->ndim; k++) x->n *= x->dim[k] = from->dim[k];
    if (x->n > MOST_NUMBERS) abort();
    memcpy(x->at, from->data, x->n * sizeof *x->at);
    for (size_t c = 0; c + BYTES <= size && c < MOST_CHANGES * BYTES; c += BYTES) {
        static void (*const changes[])(array *, const uint8_t *) = {change_number, change_letter, change_shape, change_length, change_name};
        enum { N = sizeof changes / sizeof *changes };
        if (data[c] % n_arrays != i) continue;
        if (data[c + 1] % (N + 1) == N) *dropped = true;
        else changes[data[c + 1] % (N + 1)](x, data + c + 2);
    }
}

static dfoo_arrays *change(const dfoo_arrays *run, const uint8_t *data, size_t size) {
    static array x;
    dfoo_arrays *out;
    bool         dropped;
    size_t       n = dfoo_arrays_count(run);
    if (dfoo_arrays_new(d, &out) != DFOO_OK) abort();
    for (size_t i = 0; i < n; i++) {
        changed(dfoo_arrays_at(run, i), data, size, i, n, &x, &dropped);
        if (!dropped && dfoo_arrays_add(out, x.name, x.ndim, x.dim, x.at, NULL) != DFOO_OK) abort();
    }
    return out;
}

/* ----------------------------------------------------------------------- uses */

static void show(const dfoo_arrays *run) {
    char *text = NULL;
    if (expect("show", dfoo_show_run(d, run, &text)) && !text) abort();
    dfoo_text_free(d, text);
}

static void predict_one(const dfoo_arrays *run) {
    dfoo_predictor *p;
    double          x[64] = {30}, y[64];
    if (!expect("predictor", dfoo_predictor_new(d, run, DFOO_F64, &p))) return;
    if (dfoo_predictor_inputs(p) <= 64 && dfoo_predictor_outputs(p) <= 64) expect("one prediction", dfoo_predictor_run(p, x, 1, y));
    dfoo_predictor_close(p);
}

static void predict_table(dfoo_model *model, const dfoo_arrays *run) {
    dfoo_arrays *out = NULL;
    if (expect("predict", dfoo_predict(model, run, DFOO_WITH(dfoo_predict_options, .data = csv), &out, NULL))) dfoo_arrays_free(out);
    out = NULL;
    if (expect("predict a part", dfoo_predict(model, run, DFOO_WITH(dfoo_predict_options, .data = csv, .part = DFOO_PART_TEST), &out, NULL))) dfoo_arrays_free(out);
}

static void go_on(dfoo_model *model, const dfoo_arrays *run) {
    dfoo_trainer *t;
    if (!expect("write", dfoo_arrays_write(d, npz, run, DFOO_F64))) return;
    if (!expect("resume", dfoo_trainer_open(model, DFOO_WITH(dfoo_train_options, .data = csv, .split = 0.3, .epochs = 4, .patience = 2, .optimizer = "adam", .file = npz, .resume = 1), &t)))
        return;
    dfoo_trainer_close(t);
    dfoo_messages_clear(d);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
    static dfoo_arrays *run;
    dfoo_model         *model;
    if (!run) run = trained();
    dfoo_arrays *other = change(run, data, size);
    show(other);
    predict_one(other);
    if (expect("model", dfoo_model_from_run(d, other, &model))) {
        predict_table(model, other);
        dfoo_model_free(model);
    }
    if (dfoo_model_read(d, "two_layer", &model) != DFOO_OK) abort();
    go_on(model, other);
    dfoo_model_free(model);
    dfoo_arrays_free(other);
    return 0;
}
