/* The emitting room: every operation can be written, at any depth, and without memory it says so. */
#include "reading.h"

#include "ship/emit/emit.h"
#include "ship/emit/numpy.h"

/* ------------------------------------------------------ the table of operations */

/* What both writers spell themselves. */
static bool is_spelled(op_id op) {
    return op_table[op].arity == 0 || (op_table[op].flags & OP_FLAG_INFIX) || op == OP_TRANSPOSE || op == OP_OPEN ||
           op == OP_DROPOUT;
}

static void test_every_operation_has_a_spelling(void **state) {
    (void)state;
    for (int op = 1; op < OP_COUNT; op++) {
        if (!is_spelled((op_id)op) && !numpy_call((op_id)op)[0]) fail_msg("numpy has no word for %s", op_table[op].id);
    }
}

static void test_functions_bring_what_they_call(void **state) {
    (void)state;
    numpy p = {0};
    numpy_use(&p, OP_SWISH);
    assert_true(p.used[OP_SWISH] && p.used[OP_SIGMOID]);
    assert_false(p.used[OP_SOFTPLUS] || p.used[OP_ERF] || numpy_needs_math(&p));
    numpy_use(&p, OP_GELU); /* math.erfc is no erfc */
    assert_false(p.used[OP_ERFC]);
    assert_true(numpy_needs_math(&p));
}

/* --------------------------------------------------------------------- depth */

/* J = sum(sin(sin(.. W ..))): brackets as deep as the text is long. */
static char *deep_model(uint32_t depth) {
    char *text = malloc(depth * 5 + 200), *at = text;
    at += sprintf(at, "input X : (n, m)\nparam W : (n, n)\nZ = W @ X\nJ = 1/m * sum(");
    for (uint32_t i = 0; i < depth; i++) at += sprintf(at, "sin(");
    at += sprintf(at, "Z");
    for (uint32_t i = 0; i < depth; i++) *at++ = ')';
    sprintf(at, ")\nminimize J\n");
    return text;
}

static emit_function *const emitters[] = {emit_numpy, emit_latex, emit_typst, emit_json};

static void test_depth_is_no_limit(void **state) {
    (void)state;
    char   *text = deep_model(300);
    reading r;
    reading_open(&r, text);
    reading_derive(&r, CONVENTION_COURSE);
    for (size_t i = 0; i < sizeof emitters / sizeof *emitters; i++) {
        buf out;
        buf_init(&out, mem_default());
        assert_int_equal(emitters[i](&r.dv, NULL, "# head\n", &(emit_how){.standalone = true}, &out), DFOO_OK);
        assert_true(out.len > 1000);
        buf_free(&out);
    }
    reading_close(&r);
    free(text);
}

/* -------------------------------------------------------------------- memory */

typedef struct attempt {
    const reading *r;
    emit_function *emit;
} attempt;

static dfoo_status try_emit(const dfoo_allocator *mem, void *user) {
    const attempt *x = user;
    buf            out;
    buf_init(&out, *mem);
    dfoo_status status = x->emit(&x->r->dv, NULL, "# head\n#   of two lines\n", &(emit_how){.standalone = true}, &out);
    buf_free(&out);
    return status;
}

static void test_every_allocation_may_fail(void **state) {
    (void)state;
    reading r;
    reading_open(&r, "input X : (n0, m)\nlabel Y : (n1, m)\nparam W : (n1, n0)\nparam s_q : (n1, 1)\nconst lambda = 1e-8\n"
                     "function g1\nsize k = 3\nZ = W @ X\nA = g1(Z) + softmax(Z) * abs(s_q)\n"
                     "J = 1/m * sum((A - Y)**2) + k * lambda * sum(W**2)\nminimize J\npredict A\n");
    reading_derive(&r, CONVENTION_COURSE);
    for (size_t i = 0; i < sizeof emitters / sizeof *emitters; i++) {
        attempt x = {&r, emitters[i]};
        fail_every_call(try_emit, &x);
    }
    reading_close(&r);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_every_operation_has_a_spelling),
        cmocka_unit_test(test_functions_bring_what_they_call),
        cmocka_unit_test(test_depth_is_no_limit),
        cmocka_unit_test(test_every_allocation_may_fail),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
