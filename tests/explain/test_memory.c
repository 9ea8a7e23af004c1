/* Through the public interface: a model is opened, derived and explained while the n-th request
 * for memory is denied, for every n. What was taken is given back, and the status says why. */
#include "failing_allocator.h"

#include "core/base/mem.h"
#include "times.h"

static const char small[] = "input X : (n, m)\nlabel Y : (1, m)\nparam w : (n, 1)\nparam b : (1, 1)\n"
                            "Z = w.T @ X + b\nA = sigmoid(Z)\n"
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
    job jobs[] = {
        {derive, NULL},        {derive, "deep"},   {derive_run, NULL},    {explain_z, NULL},        {explain_w, NULL},
        {explain_page, NULL},  {explain_all, NULL}, {explain_latex, NULL}, {explain_function, NULL}, {show, NULL},
        {explain_jacobian, NULL}, {explain_differential, NULL}, {explain_softmax, "softmax"},
    };
    for (size_t i = 0; i < sizeof jobs / sizeof *jobs; i++) fail_every_call(use, &jobs[i]);
}

/* One explanation of a model, with options. */
typedef struct asked {
    const char          *model, *name;
    dfoo_explain_options how;
} asked;

static dfoo_status answer(const dfoo_allocator *mem, void *user) {
    asked      *x = user;
    dfoo       *d;
    dfoo_model *model;
    char       *text = NULL;
    DFOO_TRY(dfoo_open(mem, &d));
    dfoo_status status = dfoo_model_read(d, x->model, &model);
    if (status == DFOO_OK) status = dfoo_explain(model, x->name, &x->how, &text);
    assert_int_equal(status == DFOO_OK, text != NULL);
    dfoo_text_free(d, text);
    dfoo_model_free(model);
    dfoo_close(d);
    return status;
}

/* All ways in all formats, with steps and numbers: in the quick suite every 97th call fails, another one for each
 * of them, with DFOO_TIMES=97 every one. */
static void every_way_in_every_format(void **state) {
    static const char *const names[][2] = {{"two_layer", "dW1"}, {"two_layer", "dZ1"}, {"softmax", "dZ2"}, {"deep", "db2"}};
    static const dfoo_format formats[] = {DFOO_TEXT,  DFOO_ASCII,    DFOO_HTML, DFOO_LATEX,
                                          DFOO_TYPST, DFOO_MARKDOWN, DFOO_JSON};
    (void)state;
    size_t stride = (96 + times_count(1)) / times_count(1), first = 0;
    for (size_t i = 0; i < sizeof names / sizeof *names; i++)
        for (int by = DFOO_BY_INDEX; by <= DFOO_BY_DIFFERENTIAL; by++)
            for (size_t k = i % times_every(3); k < sizeof formats / sizeof *formats; k += times_every(3)) {
                asked x = {names[i][0], names[i][1], DFOO_INIT(dfoo_explain_options)};
                x.how.format = formats[k];
                x.how.by = (dfoo_explain_way)by;
                x.how.steps = x.how.numbers = 1;
                first = (first + 13) % stride;
                fail_calls(answer, &x, first + 1, stride, false);
                fail_calls(answer, &x, first + 1, stride, true);
            }
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
        cmocka_unit_test(every_way_in_every_format),
        cmocka_unit_test(every_allocation_may_fail_for_a_wrong_model),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
