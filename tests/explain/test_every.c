/* Models of every shape, explained: each gradient in each way, in both conventions, every line of them held
 * against its values. DFOO_EXPLAIN_COUNT of them, from seed DFOO_EXPLAIN_SEED on; DFOO_EXPLAIN_TIMES as many
 * for a longer run. What fails is printed with its seed. */
#include "models.h"
#include "reading.h"

#include <stdlib.h>

#include "teach/explain/explain.h"

typedef struct forms {
    simplifier *usual, *any_labels;
    reading    *r;
} forms;

static node_id tidy(void *user, node_id n) {
    return simplify_tidy(((forms *)user)->usual, n);
}

static node_id best(void *user, node_id n) {
    return simplify_best(((forms *)user)->usual, n);
}

static node_id any_labels(void *user, node_id n) {
    return simplify_best(((forms *)user)->any_labels, n);
}

static void rules(void *user, node_id n, void (*on_rule)(void *to, const char *rule, const char *sentence, node_id before, node_id after), void *to) {
    reading *r = ((forms *)user)->r;
    simplify_rules(&r->dv, &r->m.g, &r->a, n, on_rule, to);
}

static const char *sentences(void *user, const char *names) {
    return simplify_sentences(&((forms *)user)->r->a, names);
}

typedef struct count {
    uint32_t models, refused, told, not_finite, failed;
} count;

static void explain_goal(reading *r, const program *run, const explain_how *how, var_id goal, explain_way way, uint64_t seed, count *c) {
    explain_result  result;
    buf             out;
    explain_options opt = {.tell = {.way = way, .how = how, .seed = seed, .numbers = seed % 3 == 0, .steps = seed % 5 == 0}};
    buf_init(&out, mem_default());
    dfoo_status status = explain_gradients(&r->dv, &r->m.g, &goal, 1, run, &opt, &out, &result);
    c->told++;
    c->not_finite += result.not_finite;
    if (status != DFOO_OK) {
        c->failed++;
        printf("seed %llu, way %d, %s: status %d\n%s\n%s\n", (unsigned long long)seed, (int)way, ir_var_name(&r->m.g, goal), (int)status, r->text, out.text ? out.text : "");
        fflush(stdout);
    }
    buf_free(&out);
}

static void explain_model(reading *r, uint64_t seed, convention convention, count *c) {
    program     run = {{0}};
    forms       f = {.r = r};
    explain_how how = {tidy, best, any_labels, rules, sentences, &f};
    reading_derive(r, convention);
    assert_int_equal(simplify_program(&r->dv, &r->m.g, true, NULL, 0, &run), DFOO_OK);
    assert_int_equal(simplify_open(&r->dv, &r->m.g, &r->a, false, &f.usual), DFOO_OK);
    assert_int_equal(simplify_open(&r->dv, &r->m.g, &r->a, true, &f.any_labels), DFOO_OK);
    for (int way = BY_INDEX; way <= BY_DIFFERENTIAL; way++)
        for (uint32_t i = 0; i < r->dv.list.n; i++) explain_goal(r, &run, &how, r->dv.list.at[i].var, (explain_way)way, seed, c);
}

static uint64_t from_environment(const char *name, uint64_t otherwise) {
    const char *text = getenv(name);
    return text ? strtoull(text, NULL, 10) : otherwise;
}

static void every_model(void **state) {
    (void)state;
    count    c = {0};
    uint64_t seed = from_environment("DFOO_EXPLAIN_SEED", 0), n = from_environment("DFOO_EXPLAIN_COUNT", 40) * from_environment("DFOO_EXPLAIN_TIMES", 1);
    const char *trace = getenv("DFOO_EXPLAIN_TRACE");
    for (uint64_t i = seed; i < seed + n; i++) {
        models  g;
        reading r;
        models_make(&g, i);
        if (trace) fprintf(stderr, "seed %llu\n%s\n", (unsigned long long)i, g.text.text);
        if (reading_try(&r, mem_default(), g.text.text) == DFOO_OK) explain_model(&r, i, i % 2 ? CONVENTION_COURSE : CONVENTION_DJ, &c);
        else {
            c.refused++;
            if (trace) {
            buf out; buf_init(&out, mem_default()); diags_render(&r.d, 0, &out); fprintf(stderr, "%s\n", out.text); buf_free(&out);}
        }
        c.models++;
        reading_close(&r);
        models_free(&g);
    }
    printf("%u models, %u refused; %u explanations, %u of them without finite values\n", c.models, c.refused, c.told, c.not_finite);
    assert_int_equal(c.failed, 0);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_model),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
