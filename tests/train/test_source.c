/* Training and prediction from files through dfoo.h: one file or several, arrays under other names, tables,
 * flattened and scaled examples, names of classes. */
#include "data/files.h"

#include <math.h>

static const char net[] =
    "input X : (n0, m)\nlabel Y : (k, m) onehot\nparam W : (k, n0) ~ zeros\nparam b : (k, 1)\n"
    "A = softmax(W @ X + b)\nJ = -1/m * sum(Y * log(A))\nminimize J\npredict A\n";

/* Six images of (2, 2) in 0 to 255, and their classes. */
static const double images[24] = {255, 0,   0, 9, 0, 255, 7,   0, 250, 0, 3,   0,
                                  0,   240, 0, 1, 0, 0,   255, 0, 2,   0, 255, 0},
                    classes[6] = {0, 1, 0, 1, 2, 2};

static dfoo_status write_images(const dfoo_allocator *mem) {
    dfoo        *d = NULL;
    dfoo_arrays *x = NULL, *y = NULL;
    const size_t dims[3] = {6, 2, 2}, six = 6;
    dfoo_status  status = dfoo_open(mem, &d);
    if (status == DFOO_OK) status = dfoo_arrays_new(d, &x);
    if (status == DFOO_OK) status = dfoo_arrays_new(d, &y);
    if (status == DFOO_OK) status = dfoo_arrays_add(x, "images", 3, dims, images, NULL);
    if (status == DFOO_OK) status = dfoo_arrays_add(y, "classes of them", 1, &six, classes, NULL);
    if (status == DFOO_OK) status = dfoo_arrays_write(d, at("x.npz"), x, DFOO_F64);
    if (status == DFOO_OK) status = dfoo_arrays_write(d, at("y.npz"), y, DFOO_F64);
    dfoo_arrays_free(x);
    dfoo_arrays_free(y);
    dfoo_close(d);
    return status;
}

static void write_table(void) {
    FILE *names = fopen(at("names.txt"), "w"), *table = fopen(at("table.csv"), "w"),
         *labels = fopen(at("labels.csv"), "w");
    assert_true(names && table && labels);
    fputs("red\ngreen\n\"blue, dark\"\n", names);
    fputs("p,q,r,s\n", table);
    fputs("class\n", labels);
    for (int j = 0; j < 6; j++) {
        for (int i = 0; i < 4; i++) fprintf(table, "%g%s", images[j * 4 + i], i < 3 ? "," : "\n");
        fprintf(labels, "%g\n", classes[j]);
    }
    fclose(names);
    fclose(table);
    fclose(labels);
}

/* Trains, predicts from the first file alone, writes a CSV. W, unless NULL, gets the parameters. */
static dfoo_status train_and_predict(const dfoo_allocator *mem, const dfoo_train_options *how, double *W,
                                     char *said, size_t size) {
    dfoo                *d = NULL;
    dfoo_model          *model = NULL;
    dfoo_arrays         *run = NULL, *out = NULL;
    dfoo_predict_options use = {.size = sizeof use, .data = how->data, .csv = at("predicted.csv")};
    dfoo_status          status = dfoo_open(mem, &d);
    if (status == DFOO_OK) status = dfoo_model_parse(d, "net.eq", net, strlen(net), &model);
    if (status == DFOO_OK) status = dfoo_train(model, how, &run, NULL);
    if (status == DFOO_OK) status = dfoo_predict(model, run, &use, &out, NULL);
    if (status == DFOO_OK && W) memcpy(W, dfoo_arrays_get(run, "W")->data, 12 * sizeof *W);
    if (d && said) snprintf(said, size, "%s", dfoo_messages(d));
    dfoo_arrays_free(run);
    dfoo_arrays_free(out);
    dfoo_model_free(model);
    dfoo_close(d);
    return status;
}

/* The files, and the lists of what stands beside the first. */
typedef struct paths {
    char        x[300], y[300], table[300], labels[300], names[300];
    const char *arrays[2], *tables[2];
} paths;

static void write_files(paths *p) {
    *p = (paths){.arrays = {p->y}, .tables = {p->labels}};
    assert_int_equal(write_images(NULL), DFOO_OK);
    write_table();
    snprintf(p->x, sizeof p->x, "%s", at("x.npz"));
    snprintf(p->y, sizeof p->y, "%s", at("y.npz"));
    snprintf(p->table, sizeof p->table, "%s", at("table.csv"));
    snprintf(p->labels, sizeof p->labels, "%s", at("labels.csv"));
    snprintf(p->names, sizeof p->names, "%s", at("names.txt"));
}

static dfoo_train_options options(const char *first, const char *const *more) {
    return (dfoo_train_options){.size = sizeof(dfoo_train_options), .data = first,
                                .more_data = more,
                                .scale = "X=1/255",
                                .flatten = 1,
                                .epochs = 3,
                                .learning_rate = 5,
                                .threads = 1};
}

static void files_of_all_kinds_train_alike(void **state) {
    paths  p;
    char   said[2000], csv[2000];
    double first[12], second[12];
    (void)state;
    write_files(&p);

    dfoo_train_options how = options(p.x, p.arrays);
    how.map = "X=images,Y=classes of them";
    how.classes = p.names;
    if (train_and_predict(NULL, &how, first, said, sizeof said) != DFOO_OK) fail_msg("%s", said);
    assert_string_equal(said, "");
    size_t         len;
    unsigned char *bytes = get(at("predicted.csv"), &len);
    snprintf(csv, sizeof csv, "%.*s", (int)len, (const char *)bytes);
    free(bytes);
    assert_non_null(strstr(csv, "red,green,\"blue, dark\",class\n"));
    assert_non_null(strstr(csv, ",red\n"));
    assert_non_null(strstr(csv, ",\"blue, dark\"\n"));

    how = options(p.table, p.tables);
    if (train_and_predict(NULL, &how, second, said, sizeof said) != DFOO_OK) fail_msg("%s", said);
    for (int i = 0; i < 12; i++) assert_true(fabs(first[i] - second[i]) < 1e-15);

    how = options(p.x, NULL);
    assert_int_equal(train_and_predict(NULL, &how, NULL, said, sizeof said), DFOO_EINPUT);
    assert_non_null(strstr(said, "the label Y : (k, m) is not there"));
}

static dfoo_status everything(const dfoo_allocator *mem, void *user) {
    return train_and_predict(mem, user, NULL, NULL, 0);
}

static void every_allocation_may_fail(void **state) {
    paths p;
    (void)state;
    write_files(&p);
    dfoo_train_options how = options(p.x, p.arrays);
    how.classes = p.names;
    how.epochs = 1;
    how.flatten = 0;
    fail_every_call(everything, &how); /* taken in order, with notes */
    how.map = "X=images,Y=classes of them";
    fail_every_call(everything, &how);
    how = options(p.table, p.tables);
    how.classes = "a,b,c";
    how.map = "X=q,p,r,s";
    how.epochs = 1;
    fail_every_call(everything, &how);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(files_of_all_kinds_train_alike),
        cmocka_unit_test(every_allocation_may_fail),
    };
    return cmocka_run_group_tests(tests, files_start, files_done);
}
