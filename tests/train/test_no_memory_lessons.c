/* Memory runs out while lessons are measured and told. */
#include "train/no_memory.h"

static dfoo_status teach(fixture *f, const everything *x, dfoo_arrays *run, dfoo_arrays *out) {
    train_result  result;
    train_input   in = {.data = {.name = "data", .arrays = x->data}};
    train_options opt = {.epochs = 6};
    return train_run(&f->m, &f->p, &in, &opt, run, out, &result);
}

static dfoo_status run_lessons(const dfoo_allocator *mem, void *user) {
    return run_work(mem, teach, user);
}

/* A run that teaches many lessons: equal units, inputs far from 1, a label of 3, and relus. */
static void every_allocation_of_the_lessons_may_fail(void **state) {
    static const char text[] =
        "input X : (n0, m)\nlabel Y : (1, m)\nparam W1 : (3, n0) ~ zeros\nparam W2 : (3, 3) ~ zeros\n"
        "param w : (1, 3) ~ zeros\nA1 = relu(W1 @ X)\nA2 = tanh(W2 @ A1)\nA = sigmoid(w @ A2)\n"
        "J = -1/m * sum(Y * log(A) + (1 - Y) * log(1 - A))\nminimize J\npredict A\n";
    dfoo_arrays *data = new_arrays();
    double      *x = add_matrix(data, "X", 2, 20), *y = add_vector(data, "Y", 20);
    everything   given = {.text = text, .data = data};
    (void)state;
    for (int j = 0; j < 40; j++) x[j] = 1000 * sin(j);
    for (int j = 0; j < 20; j++) y[j] = 3 * (j % 2);
    fail_every_call(run_lessons, &given);
    arrays_free(data);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_allocation_of_the_lessons_may_fail),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
