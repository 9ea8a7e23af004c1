/* Through the public interface: a model is opened, derived and explained while the n-th request
 * for memory is denied, for every n. What was taken is given back, and the status says why. */
#include "failing_allocator.h"

#include "core/base/mem.h"

static const char small[] = "input X : (n, m)\nlabel Y : (1, m)\nparam w : (n, 1)\nparam b : (1, 1)\nZ = w.T @ X + b\nA = sigmoid(Z)\n"
                            "L = -(Y * log(A) + (1 - Y) * log(1 - A))\nJ = 1/m * sum(L)\nminimize J\n";

typedef dfoo_status call(dfoo *d, dfoo_model *model, char **text);

static dfoo_status derive(dfoo *d, dfoo_model *model, char **text) {
    (void)d;
    return dfoo_derive(model, DFOO_WITH(dfoo_derive_options, .steps = 1), text);
}

static dfoo_status derive_run(dfoo *d, dfoo_model *model, char **text) {
    (void)d;
    return dfoo_derive(model, DFOO_WITH(dfoo_derive_options, .run = 1), text);
}

static dfoo_status explain_z(dfoo *d, dfoo_model *model, char **text) {
    (void)d;
    return dfoo_explain(model, "dZ", NULL, text);
}

static dfoo_status explain_w(dfoo *d, dfoo_model *model, char **text) {
    (void)d;
    return dfoo_explain(model, "dw", DFOO_WITH(dfoo_explain_options, .format = DFOO_ASCII), text);
}

static dfoo_status explain_jacobian(dfoo *d, dfoo_model *model, char **text) {
    (void)d;
    return dfoo_explain(model, "dZ", DFOO_WITH(dfoo_explain_options, .by = DFOO_BY_JACOBIAN, .steps = 1),
                        text);
}

static dfoo_status explain_differential(dfoo *d, dfoo_model *model, char **text) {
    (void)d;
    return dfoo_explain(model, "dw", DFOO_WITH(dfoo_explain_options, .by = DFOO_BY_DIFFERENTIAL, .numbers = 1),
                        text);
}

static dfoo_status explain_softmax(dfoo *d, dfoo_model *model, char **text) {
    (void)d;
    return dfoo_explain(model, "dZ2", NULL, text);
}

static dfoo_status explain_page(dfoo *d, dfoo_model *model, char **text) {
    (void)d;
    return dfoo_explain(model, "dZ", DFOO_WITH(dfoo_explain_options, .format = DFOO_HTML), text);
}

static dfoo_status explain_all(dfoo *d, dfoo_model *model, char **text) {
    (void)d;
    return dfoo_explain(model, NULL, DFOO_WITH(dfoo_explain_options, .format = DFOO_JSON), text);
}

static dfoo_status explain_latex(dfoo *d, dfoo_model *model, char **text) {
    (void)d;
    return dfoo_explain(model, "dw", DFOO_WITH(dfoo_explain_options, .format = DFOO_LATEX, .standalone = 1),
                        text);
}

static dfoo_status explain_function(dfoo *d, dfoo_model *model, char **text) {
    (void)model;
    return dfoo_explain_function(d, "swish", DFOO_WITH(dfoo_explain_options, .format = DFOO_MARKDOWN), text);
}

static dfoo_status show(dfoo *d, dfoo_model *model, char **text) {
    (void)d;
    return dfoo_show(model, NULL, text);
}

typedef struct job {
    call       *call;
    const char *builtin; /* NULL: the small model above */
} job;

static dfoo_status use(const dfoo_allocator *mem, void *user) {
    job        *j = user;
    dfoo       *d;
    dfoo_model *model;
    char       *text = NULL;
    DFOO_TRY(dfoo_open(mem, &d));
    dfoo_status status = j->builtin ? dfoo_model_read(d, j->builtin, &model) : dfoo_model_parse(d, "small.eq", small, sizeof small - 1, &model);
    if (status == DFOO_OK) {
        status = j->call(d, model, &text);
        assert_int_equal(status == DFOO_OK, text != NULL);
        dfoo_text_free(d, text);
        dfoo_model_free(model);
    } else {
        assert_null(model);
    }
    dfoo_close(d);
    return status;
}

static void every_allocation_may_fail(void **state) {
    (void)state;
    job jobs[] = {{derive, NULL}, {derive, "deep"}, {derive_run, NULL}, {explain_z, NULL}, {explain_w, NULL}, {explain_page, NULL}, {explain_all, NULL}, {explain_latex, NULL}, {explain_function, NULL}, {show, NULL}, {explain_jacobian, NULL}, {explain_differential, NULL}, {explain_softmax, "softmax"}};
    for (size_t i = 0; i < sizeof jobs / sizeof *jobs; i++) fail_every_call(use, &jobs[i]);
}

/* A wrong model is wrong whatever memory there is, or there is not enough to say so. */
static dfoo_status use_wrong(const dfoo_allocator *mem, void *user) {
    (void)user;
    static const char wrong[] = "input X : (n, m)\nparam W : (k, k)\nZ = W @ X + sigmoidd (X)\nminimize J\n";
    dfoo       *d;
    dfoo_model *model;
    DFOO_TRY(dfoo_open(mem, &d));
    dfoo_status status = dfoo_model_parse(d, "wrong.eq", wrong, sizeof wrong - 1, &model);
    assert_null(model);
    assert_non_null(dfoo_messages(d));
    dfoo_close(d);
    return status == DFOO_EINPUT ? DFOO_OK : status;
}

static void every_allocation_may_fail_for_a_wrong_model(void **state) {
    (void)state;
    fail_every_call(use_wrong, NULL);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_allocation_may_fail),
        cmocka_unit_test(every_allocation_may_fail_for_a_wrong_model),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
