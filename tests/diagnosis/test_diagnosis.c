/* The diagnosis: every row of the catalogue, planted in ten networks, is found and named, given as equations and as
 * arrays; nobody who is right is accused. docs/lines.md has the rates that this test prints. */
#include "teach/diagnosis/diagnosis.h"
#include "reading.h"
#include "times.h"

#define DATA "input X : (n0, m)\nlabel Y : (n2, m)\n"
#define PARAMS "param W1 : (n1, n0)\nparam b1 : (n1, 1)\nparam W2 : (n2, n1)\nparam b2 : (n2, 1)\n"
#define NET(G, HEAD, LOSS) \
    DATA PARAMS "Z1 = W1 @ X + b1\nA1 = " G "\nZ2 = W2 @ A1 + b2\nA2 = " HEAD "\nL = " LOSS "\n"
#define ENTROPY "-(Y * log(A2) + (1 - Y) * log(1 - A2))"
#define MEAN "J = 1/m * sum(L)\nminimize J\n"

static const char *const networks[] = {
    "input X : (n0, m)\nlabel Y : (1, m)\nparam W : (1, n0)\nparam b : (1, 1)\nZ = W @ X + b\nA = sigmoid(Z)\n"
    "L = -(Y * log(A) + (1 - Y) * log(1 - A))\n" MEAN,
    NET("tanh(Z1)", "sigmoid(Z2)", ENTROPY) MEAN,
    NET("relu(Z1)", "sigmoid(Z2)", ENTROPY) MEAN,
    NET("leaky_relu(Z1)", "softmax(Z2)", "-sum(Y * log(A2), axis=0)") MEAN,
    NET("sigmoid(Z1)", "sigmoid(Z2)", "1/2 * (A2 - Y)**2") MEAN,
    "const lambda = 0.7\n" NET("tanh(Z1)", "sigmoid(Z2)", ENTROPY)
        "J = 1/m * sum(L) + lambda/(2*m) * (sum(W1**2) + sum(W2**2))\nminimize J\n",
    DATA PARAMS "Z1 = W1 @ X + b1\nA1 = relu(Z1)\nD1 = dropout(A1, 0.8)\nZ2 = W2 @ D1 + b2\nA2 = sigmoid(Z2)\nL = " ENTROPY
        "\n" MEAN,
    "input X : (m, n0)\nlabel Y : (m, n2)\nparam W1 : (n0, n1)\nparam b1 : (1, n1)\nparam W2 : (n1, n2)\n"
    "Z1 = X @ W1 + b1\nA1 = tanh(Z1)\nZ2 = A1 @ W2\nA2 = sigmoid(Z2)\nL = " ENTROPY "\n" MEAN,
    "input X : (n, m)\nlabel Y : (1, m)\nparam W1 : (n, n)\nparam b1 : (n, 1)\nparam W2 : (n, n)\nparam b2 : (n, 1)\n"
    "param W3 : (1, n)\nZ1 = W1 @ X + b1\nA1 = relu(Z1)\nZ2 = W2 @ A1 + b2\nA2 = tanh(Z2)\nZ3 = W3 @ A2\n"
    "A3 = sigmoid(Z3)\nL = -(Y * log(A3) + (1 - Y) * log(1 - A3))\n" MEAN,
    "input X : (n0, m)\nlabel Y : (n2, m)\nparam W1 : (n1, n0)\nparam W2 : (n1, n1)\nparam W3 : (n2, n1)\n"
    "H1 = tanh(W1 @ X)\nH2 = relu(W2 @ H1) + H1\nA2 = softmax(W3 @ H2)\nL = -sum(Y * log(A2), axis=0)\n" MEAN,
};
enum { N_NETWORKS = sizeof networks / sizeof *networks };

/* ------------------------------------------------------------------ harness */

static dfoo_status derive(const void *user, model *m, arena *a, const trail_edit *edit, derivation *out) {
    diff_options opt = {.convention = *(const convention *)user, .edit = edit};
    return diff_run(m, a, &opt, out);
}

static convention   conventions[2] = {CONVENTION_COURSE, CONVENTION_DJ};
static check_engine engines[2] = {{derive, &conventions[0]}, {derive, &conventions[1]}};

/* A network with all plants of a convention. */
typedef struct bed {
    reading  r;
    subject  s;
    plants   all;
    instance in;
} bed;

static void bed_open(bed *b, const char *text, int c) {
    reading_open(&b->r, text);
    reading_derive(&b->r, conventions[c]);
    b->all = (plants){{0}};
    assert_int_equal(subject_init(&b->s, &b->r.m, &b->r.a, &engines[c]), DFOO_OK);
    assert_int_equal(mistakes_apply(&b->s, &b->r.a, &b->all), DFOO_OK);
    assert_int_equal(instance_random(&b->in, &b->s, &b->r.a, 3, 0), DFOO_OK);
}

static void broken_by(bed *b, int c, const plant *what, derivation *out) {
    dfoo_status status = what ? mistakes_derive(&b->s, &b->r.a, what, out)
                              : derive(&conventions[c], &b->r.m, &b->r.a, NULL, out);
    assert_int_equal(status, DFOO_OK);
}

/* The lines of a derivation as claims, each over those before it. */
static void claim_all(bed *b, const derivation *d) {
    model *m = &b->r.m;
    m->claims.n = 0;
    for (uint32_t i = 0; i < d->list.n; i++) {
        if (!d->list.at[i].raw || d->list.at[i].var == m->cost) continue;
        vec_push(&b->r.a, &m->claims,
                 (claim){d->list.at[i].grad, d->list.at[i].raw, span_at(0, 0), i + 1, "a line"});
    }
}

static void diagnose_claims(bed *b, diagnosis *out) {
    answer_source     source = source_claims(&b->r.m);
    diagnosis_options opt = {.seed = 1};
    if (diagnose(&b->r.m, &b->r.a, engines, &source, &opt, out) != DFOO_OK) reading_fail(&b->r, "no diagnosis");
}

/* ------------------------------------------------------------------- counting */

typedef struct rates {
    uint32_t judged, named, line;
} rates;

static bool has_name(const diagnosed *x, const char *name) {
    for (uint32_t i = 0; i < x->names.n; i++)
        if (strcmp(x->names.at[i].what->name, name) == 0) return true;
    return false;
}

/* A 1/m at a line that is right in the other convention is not yet wrong: those that do not go with it are. */
static bool begins_the_other(const diagnosis *d, const derivation *broken, const bed *b) {
    for (uint32_t k = 0; k < d->first_wrong; k++)
        for (uint32_t i = 0; i < broken->list.n; i++) {
            const gradient *right = &b->s.right.list.at[i];
            bool            same = strcmp(ir_var_name(&b->r.m.g, right->grad), d->list.at[k].is.of) == 0;
            if (same && broken->list.at[i].raw != right->raw && d->list.at[k].verdict == ANSWER_RIGHT) return true;
        }
    return false;
}

/* The first wrong line is one that the plant changed. */
static void count(rates *n, bed *b, const diagnosis *d, const derivation *broken, const mistake *row, const char *text) {
    if (!d->n_wrong) return; /* it changes nothing */
    const diagnosed *x = &d->list.at[d->first_wrong];
    bool             line = false;
    for (uint32_t i = 0; i < broken->list.n; i++) {
        const gradient *right = &b->s.right.list.at[i];
        if (strcmp(ir_var_name(&b->r.m.g, right->grad), x->is.of) == 0) line = broken->list.at[i].raw != right->raw;
    }
    bool named = has_name(x, row->name);
    if (!line && begins_the_other(d, broken, b)) line = named = x->names.n > 0;
    n->judged++;
    n->line += line;
    n->named += named;
    if (getenv("DFOO_VERBOSE") && (!line || !named))
        printf("%s: '%s' (%s) is told as %s '%s'\n%s\n", line ? "name" : "line", row->name, row->text, x->is.of,
               x->names.n ? x->names.at[0].what->name : "-", text);
}

static void report(const char *what, const rates *n) {
    printf("%s: %u judged, right line %.2f %%, named %.2f %%\n", what, n->judged, 100.0 * n->line / n->judged,
           100.0 * n->named / n->judged);
}

/* --------------------------------------------------------------------- tests */

static void every_row_as_equations(void **state) {
    (void)state;
    rates n = {0};
    for (int i = 0; i < N_NETWORKS; i++)
        for (int c = 0; c < 2; c++) {
            bed b;
            bed_open(&b, networks[i], c);
            for (uint32_t k = 0; k < b.all.list.n; k += (1u + 2u * (uint32_t)c) * times_every(5)) { /* half of them in the other convention */
                derivation broken;
                diagnosis  d;
                broken_by(&b, c, &b.all.list.at[k], &broken);
                claim_all(&b, &broken);
                diagnose_claims(&b, &d);
                count(&n, &b, &d, &broken, &mistake_table[b.all.list.at[k].row], networks[i]);
            }
            reading_close(&b.r);
        }
    report("equations", &n);
    assert_true(n.judged > 1500 / times_every(5));
    assert_true(n.line >= 0.99 * n.judged);
    assert_true(n.named >= 0.95 * n.judged);
}

static void add(dfoo_arrays *set, const char *name, matrix x) {
    dfoo_array *out;
    assert_int_equal(arrays_add_matrix(set, name, x.rows, x.cols, x.at, &out), DFOO_OK);
}

/* The instance's data and parameters, and what a derivation makes of them. */
static void as_arrays(bed *b, const derivation *d, dfoo_arrays *values, dfoo_arrays *answers) {
    const ir       *g = &b->r.m.g;
    program         p = {{0}};
    gradient_values x;
    for (var_id v = 1; v < g->vars.n; v++)
        if (ir_var(g, v)->kind <= VAR_PARAM || ir_var(g, v)->kind == VAR_MASK)
            add(values, ir_var_name(g, v), b->in.e.value[ir_var(g, v)->leaf]);
    for (uint32_t i = 0; i < d->list.n; i++)
        if (d->list.at[i].raw)
            vec_push(&b->r.a, &p.list, (stmt){.var = d->list.at[i].grad, .node = d->list.at[i].raw});
    assert_int_equal(instance_gradients(&b->in, &b->r.a, &p, false, &x), DFOO_OK);
    for (uint32_t i = 0; i < x.n; i++)
        if (x.of[i].at && d->list.at[i].var != b->r.m.cost) add(answers, ir_var_name(g, d->list.at[i].grad), x.of[i]);
}

static void diagnose_arrays(bed *b, const derivation *broken, diagnosis *out) {
    dfoo_allocator mem = mem_default();
    dfoo_arrays   *values, *answers;
    assert_int_equal(arrays_new(&mem, &values), DFOO_OK);
    assert_int_equal(arrays_new(&mem, &answers), DFOO_OK);
    as_arrays(b, broken, values, answers);
    answer_source     source = source_arrays(answers);
    diagnosis_options opt = {.values = {values}, .n_values = 1};
    if (diagnose(&b->r.m, &b->r.a, engines, &source, &opt, out) != DFOO_OK) reading_fail(&b->r, "no diagnosis");
    arrays_free(values);
    for (uint32_t i = 0; i < out->list.n; i++) out->list.at[i].is.of = arena_text(&b->r.a, out->list.at[i].is.of, strlen(out->list.at[i].is.of));
    arrays_free(answers);
}

static void every_row_as_arrays(void **state) {
    (void)state;
    rates n = {0};
    for (int i = 0; i < N_NETWORKS; i++) {
        bed b;
        bed_open(&b, networks[i], 0);
        for (uint32_t k = 0; k < b.all.list.n; k += 2 * times_every(5)) {
            derivation broken;
            diagnosis  d;
            broken_by(&b, 0, &b.all.list.at[k], &broken);
            diagnose_arrays(&b, &broken, &d);
            count(&n, &b, &d, &broken, &mistake_table[b.all.list.at[k].row], networks[i]);
        }
        reading_close(&b.r);
    }
    report("arrays", &n);
    assert_true(n.line >= 0.99 * n.judged);
    assert_true(n.named >= 0.90 * n.judged);
}

/* The derivation itself, as it is derived, as it is shown, and mixed, in both conventions. */
static void nobody_who_is_right_is_accused(void **state) {
    (void)state;
    uint32_t judged = 0;
    for (int i = 0; i < N_NETWORKS; i++)
        for (int c = 0; c < 2; c++)
            for (int form = 0; form < 4; form++) {
                bed       b;
                diagnosis d;
                bed_open(&b, networks[i], c);
                b.r.m.claims.n = 0;
                for (uint32_t k = 0; k < b.r.dv.list.n; k++) {
                    const gradient *v = &b.r.dv.list.at[k];
                    int             way = form == 3 ? (int)(k % 3) : form;
                    node_id         line = way == 0 ? v->raw : way == 1 ? v->local : v->whole;
                    if (line && v->var != b.r.m.cost)
                        vec_push(&b.r.a, &b.r.m.claims, (claim){v->grad, line, span_at(0, 0), k + 1, "a line"});
                }
                diagnose_claims(&b, &d);
                if (d.n_wrong)
                    fail_msg("%s\naccused: %s", networks[i], d.list.at[d.first_wrong].is.name);
                judged += d.list.n;
                reading_close(&b.r);
            }
    printf("right lines: %u judged, 0 accused\n", judged);
}

/* ------------------------------------------------------- one text at a time */

static char *judge_text(reading *r, const char *claims, const report_options *how) {
    diagnosis         d;
    diagnosis_options opt = {.seed = 1};
    buf               out;
    buf_init(&out, mem_default());
    reading_open(r, networks[1]);
    assert_int_equal(lang_read_claims(&r->m, &r->a, &r->names, &r->d, "mine.eq", claims, strlen(claims)), DFOO_OK);
    reading_derive(r, CONVENTION_COURSE);
    answer_source  source = source_claims(&r->m);
    report_options copy = *how;
    copy.derived = &r->dv;
    copy.source = "mine.eq";
    assert_int_equal(diagnose(&r->m, &r->a, engines, &source, &opt, &d), DFOO_OK);
    diagnosis_report(&d, &copy, &out);
    return buf_take(&out);
}

static void expect(const char *claims, int hint, const char *const *says, const char *const *silent) {
    reading r;
    char   *text = judge_text(&r, claims, &(report_options){.hint = hint});
    for (; says && *says; says++)
        if (!strstr(text, *says)) fail_msg("'%s' is not in\n%s", *says, text);
    for (; silent && *silent; silent++)
        if (strstr(text, *silent)) fail_msg("'%s' is in\n%s", *silent, text);
    free(text);
    reading_close(&r);
}
#define LIST(...) ((const char *const[]){__VA_ARGS__, NULL})

static const char two_mistakes[] = "dZ2 = A2 - Y\ndW2 = dZ2 @ A1.T\ndZ1 = W2.T @ dZ2 * (1 - A1)\ndW1 = 1/m * dZ1 @ X.T\n"
                                   "db1 = 1/m * sum(dZ1, axis=1)\ndb2 = 1/m * sum(dZ2, axis=1)\n";

static void two_mistakes_are_two(void **state) {
    (void)state;
    expect(two_mistakes, 3, LIST("the first mistake: line 2, dW2", "no 1/m", "line 3, dZ1: 1 - A is not", "dW1   right so far", "= m times"),
           LIST("the right line", "1 - A1**2", "missing"));
}

static void hints_tell_no_more_than_is_asked(void **state) {
    (void)state;
    expect(two_mistakes, 1, LIST("dW2   wrong", "dZ1   wrong"), LIST("no 1/m", "scale", "1 - A is"));
    expect(two_mistakes, 2, LIST("look at: scale", "look at: activation derivative"), LIST("no 1/m", "1 - A is"));
    expect(two_mistakes, 4, LIST("the right line: dW2 = 1/m * dZ2 @ A1.T", "dfoo explain test.eq dW2"), NULL);
}

/* The 1/m in a hidden dZ is a mistake of that line alone: the convention is that of the lines before. */
static void conventions_are_not_mixed(void **state) {
    (void)state;
    expect("dZ2 = A2 - Y\ndZ1 = 1/m * W2.T @ dZ2 * (1 - A1**2)\ndW1 = 1/m * dZ1 @ X.T\ndb1 = 1/m * sum(dZ1, axis=1)\n", 3,
           LIST("one mistake: line 2, dZ1", "1/m in dZ too", "dW1   right so far"), NULL);
    expect("dZ2 = 1/m * (A2 - Y)\ndW2 = dZ2 @ A1.T\ndZ1 = W2.T @ dZ2 * (1 - A1**2)\ndW1 = dZ1 @ X.T\n", 3,
           LIST("dZ2   right, other convention", "right: 4 of 4"), LIST("wrong"));
    expect("dZ2 = 1/m * (Y - A2)\ndW2 = dZ2 @ A1.T\ndW1 = W2.T @ dZ2 * (1 - A1**2) @ X.T\n", 3,
           LIST("one mistake: line 1, dZ2", "negated"), NULL);
}

static void what_has_no_name_is_measured(void **state) {
    (void)state;
    expect("dW2 = W2 + 3\ndb2 = -17/m * sum(A2 - Y, axis=1)\n", 3,
           LIST("none of the known mistakes: ", "entries differ, most at [", "cosine ", "of the other sign"), NULL);
    expect("dW2 = 1/m * (A2 - Y) @ A1.T\n", 3, LIST("missing: db2, dW1, db1"), LIST("wrong"));
}

/* A mistake and a factor in one line. */
static void a_mistake_besides_a_factor(void **state) {
    (void)state;
    expect("dZ2 = A2 - Y\ndZ1 = 3 * W2.T @ dZ2 * (1 - A1)\n", 3, LIST("1 - A, and besides every entry is 3 times"), NULL);
}

static void every_format(void **state) {
    (void)state;
    const report_kind kinds[] = {REPORT_TEXT, REPORT_MARKDOWN, REPORT_HTML, REPORT_JSON};
    const char *const says[] = {"line 3, dZ1", "| dZ1 | wrong |", "<td>1 - A: ", "\"name\": \"1 - A\""};
    for (int i = 0; i < 4; i++) {
        reading r;
        char   *text = judge_text(&r, two_mistakes, &(report_options){.kind = kinds[i], .show = true});
        if (!strstr(text, says[i])) fail_msg("%s", text);
        free(text);
        reading_close(&r);
    }
}

/* A message is a sentence for learners: it does not say the formula. The rule of an operation is one. */
static void sentences_keep_the_formula(void **state) {
    (void)state;
    const char *const formulas[] = {"1 - A**2", "A * (1 - A)", "dZ @ A.T", "W.T", "1/(2*", "b * a**", "= 1/z"};
    for (uint32_t i = 0; i < mistake_count; i++)
        for (size_t k = 0; k < sizeof formulas / sizeof *formulas; k++)
            if (strstr(mistake_table[i].sentence, formulas[k]))
                fail_msg("%s: %s", mistake_table[i].name, mistake_table[i].sentence);
}

/* Only some of the examples. */
static void a_part_of_the_examples(void **state) {
    (void)state;
    const char *const texts[] = {"only the first example", "the last example left out"};
    for (int i = 0; i < 2; i++) {
        bed       b;
        diagnosis d;
        bed_open(&b, networks[1], 0);
        dfoo_allocator mem = mem_default();
        dfoo_arrays   *values, *answers;
        assert_int_equal(arrays_new(&mem, &values), DFOO_OK);
        assert_int_equal(arrays_new(&mem, &answers), DFOO_OK);
        as_arrays(&b, &b.s.right, values, answers);
        dfoo_array *dW2 = arrays_get(answers, "dW2"), *dZ2 = arrays_get(answers, "dZ2");
        matrix      A1 = instance_value(&b.in, "A1");
        size_t      m = A1.cols, from = i ? 0 : 0, to = i ? m - 1 : 1;
        for (size_t r = 0; r < dW2->dim[0]; r++)
            for (size_t c = 0; c < A1.rows; c++) {
                double sum = 0;
                for (size_t t = from; t < to; t++) sum += dZ2->data[r * m + t] * A1.at[c * m + t];
                dW2->data[r * A1.rows + c] = sum / (double)m;
            }
        answer_source     source = source_arrays(answers);
        diagnosis_options opt = {.values = {values}, .n_values = 1};
        assert_int_equal(diagnose(&b.r.m, &b.r.a, engines, &source, &opt, &d), DFOO_OK);
        assert_int_equal(d.n_wrong, 1);
        assert_string_equal(d.list.at[d.first_wrong].is.of, "dW2");
        assert_true(has_name(&d.list.at[d.first_wrong], texts[i]));
        arrays_free(values);
        arrays_free(answers);
        reading_close(&b.r);
    }
}

static dfoo_status run_diagnosis(const dfoo_allocator *mem, void *user) {
    reading           r;
    diagnosis         d;
    diagnosis_options opt = {.seed = 1};
    report_options    how = {.kind = *(const report_kind *)user, .show = true, .derived = &r.dv, .hint = HINT_ANSWER};
    const char       *mine = "dZ = Y - A\ndW = dZ @ X.T\n";
    buf               out;
    buf_init(&out, *mem);
    dfoo_status status = reading_try(&r, *mem, networks[0]);
    if (status == DFOO_OK)
        status = lang_read_claims(&r.m, &r.a, &r.names, &r.d, "mine.eq", mine, strlen(mine));
    if (status == DFOO_OK) status = reading_try_derive(&r, CONVENTION_COURSE);
    answer_source source = source_claims(&r.m);
    if (status == DFOO_OK) status = diagnose(&r.m, &r.a, engines, &source, &opt, &d);
    if (status == DFOO_OK) diagnosis_report(&d, &how, &out);
    if (status == DFOO_OK) status = buf_status(&out);
    buf_free(&out);
    reading_close(&r);
    return status;
}

static void every_allocation_may_fail(void **state) {
    (void)state;
    report_kind kinds[] = {REPORT_TEXT, REPORT_JSON};
    for (int i = 0; i < 2; i++) fail_every_call(run_diagnosis, &kinds[i]);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_row_as_equations),
        cmocka_unit_test(every_row_as_arrays),
        cmocka_unit_test(nobody_who_is_right_is_accused),
        cmocka_unit_test(two_mistakes_are_two),
        cmocka_unit_test(hints_tell_no_more_than_is_asked),
        cmocka_unit_test(conventions_are_not_mixed),
        cmocka_unit_test(what_has_no_name_is_measured),
        cmocka_unit_test(a_mistake_besides_a_factor),
        cmocka_unit_test(every_format),
        cmocka_unit_test(sentences_keep_the_formula),
        cmocka_unit_test(a_part_of_the_examples),
        cmocka_unit_test(every_allocation_may_fail),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
