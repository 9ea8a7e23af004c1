/* Memory runs out, at every allocation of a training that has all there is, of one that goes on, and of
 * predicting. What is noticed on the way has a test of its own (test_no_memory_lessons.c). */
#include "train/no_memory.h"

static train_options all_there_is(const everything *x) {
    train_options opt = {.epochs = 2, .batch = 4, .every = 1, .standardize = true, .split = 0.3};
    opt.rule = (rule_options){
        .optimizer = "adam", .schedule = "exponential", .warmup = 1, .clip = 0.1, .decay = 0.1};
    opt.file = x->file;
    opt.checkpoint = opt.patience = 1;
    return opt;
}

static dfoo_status train(fixture *f, const everything *x, const train_options *opt, dfoo_arrays *run,
                         dfoo_arrays *out) {
    train_result result;
    train_input  in = {.data = {.name = "data", .arrays = x->data}, .from = x->from, .from_name = "from"};
    return train_run(&f->m, &f->p, &in, opt, run, out, &result);
}

static dfoo_status begin(fixture *f, const everything *x, dfoo_arrays *run, dfoo_arrays *out) {
    train_options opt = all_there_is(x);
    unlink(x->file);
    return train(f, x, &opt, run, out);
}

static void copy_file(const char *from, const char *to) {
    char   bytes[1 << 16];
    FILE  *in = fopen(from, "rb"), *out = fopen(to, "wb");
    size_t n = in ? fread(bytes, 1, sizeof bytes, in) : 0;
    assert_true(out && n > 0 && n < sizeof bytes);
    assert_int_equal(fwrite(bytes, 1, n, out), n);
    fclose(in);
    fclose(out);
}

static dfoo_status go_on(fixture *f, const everything *x, dfoo_arrays *run, dfoo_arrays *out) {
    train_options opt = all_there_is(x);
    copy_file(x->begun, x->file);
    opt.epochs = 3;
    opt.resume = true;
    return train(f, x, &opt, run, out);
}

/* The file is looked at only: a run that has ended is begun anew. */
static dfoo_status begin_anew_and_predict(fixture *f, const everything *x, dfoo_arrays *run,
                                          dfoo_arrays *out) {
    train_score   score;
    const char  **columns;
    feed_source   data = {.name = "data", .arrays = x->data};
    train_options opt = {.epochs = 1, .file = x->file, .standardize = true};
    copy_file(x->begun, x->file);
    DFOO_TRY(train(f, x, &opt, run, out));
    DFOO_TRY(train_predict(&f->m, &f->p, run, &data, &opt.feed, out, &score, NULL, NULL));
    return train_table(&f->m, run, arrays_get(out, "A"), &f->a, out, &columns);
}

static dfoo_status run_begin(const dfoo_allocator *mem, void *user) {
    return run_work(mem, begin, user);
}

static dfoo_status run_go_on(const dfoo_allocator *mem, void *user) {
    return run_work(mem, go_on, user);
}

static dfoo_status run_predict(const dfoo_allocator *mem, void *user) {
    return run_work(mem, begin_anew_and_predict, user);
}

static void new_file(char path[64]) {
    strcpy(path, "/tmp/dfoo-test-XXXXXX");
    close(mkstemp(path));
}

static void with_data(dfoo_status part(const dfoo_allocator *mem, void *user)) {
    dfoo_allocator mem = mem_default();
    dfoo_arrays   *data = new_arrays(), *from = new_arrays();
    double        *y = add_vector(data, "Y", 20);
    everything     x = {.text = SOFTMAX, .data = data, .from = from};
    fill(add_matrix(data, "X", 3, 20), 60, 1.3);
    for (int j = 0; j < 20; j++) y[j] = j % 3;
    fill(add_vector(from, "b", 3), 3, 1); /* W is missing: a warning */
    new_file(x.file);
    new_file(x.begun);
    assert_int_equal(run_begin(&mem, &x), DFOO_OK);
    copy_file(x.file, x.begun);
    fail_every_call(part, &x);
    unlink(x.file);
    unlink(x.begun);
    arrays_free(data);
    arrays_free(from);
}

static void every_allocation_of_a_run_may_fail(void **state) {
    (void)state;
    with_data(run_begin);
}

static void every_allocation_of_going_on_may_fail(void **state) {
    (void)state;
    with_data(run_go_on);
}

static void every_allocation_of_predicting_may_fail(void **state) {
    (void)state;
    with_data(run_predict);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_allocation_of_a_run_may_fail),
        cmocka_unit_test(every_allocation_of_going_on_may_fail),
        cmocka_unit_test(every_allocation_of_predicting_may_fail),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
