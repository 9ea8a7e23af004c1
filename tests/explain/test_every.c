/* Models of every shape, explained: each gradient in each way, in both conventions, every line of them held
 * against its values. DFOO_EXPLAIN_COUNT of them, from seed DFOO_EXPLAIN_SEED on; DFOO_EXPLAIN_TIMES as many
 * for a longer run. What fails is printed with its seed. */
#include "how.h"
#include "models.h"
#include "times.h"

#include <stdlib.h>

typedef struct count {
    uint32_t models, refused, told, not_finite, failed;
} count;

static void explain_goal(forms *f, var_id goal, explain_way way, uint64_t seed, count *c) {
    reading        *r = f->r;
    explain_result  result;
    buf             out;
    explain_options opt = {.tell = {.way = way, .how = &f->how, .seed = seed, .numbers = seed % 3 == 0, .steps = seed % 5 == 0}};
    buf_init(&out, mem_default());
    dfoo_status status = explain_gradients(&r->dv, &r->m.g, &goal, 1, &f->run, &opt, &out, &result);
    c->told++;
    c->not_finite += result.not_finite;
    if (status != DFOO_OK) {
        c->failed++;
        printf("seed %llu, way %d, %s: status %d\n%s\n%s\n", (unsigned long long)seed, (int)way, ir_var_name(&r->m.g, goal), (int)status, r->text, out.text ? out.text : "");
        fflush(stdout);
    }
    buf_free(&out);
}

static void explain_model(reading *r, uint64_t seed, count *c) {
    forms f;
    reading_derive(r, seed % 2 ? CONVENTION_COURSE : CONVENTION_DJ);
    forms_open(&f, r);
    for (int way = BY_INDEX; way <= BY_DIFFERENTIAL; way++)
        for (uint32_t i = 0; i < r->dv.list.n; i++) explain_goal(&f, r->dv.list.at[i].var, (explain_way)way, seed, c);
}

static void every_model(void **state) {
    (void)state;
    count    c = {0};
    uint64_t seed = times_first(), n = times_count(400);
    for (uint64_t i = seed; i < seed + n; i++) {
        models  g;
        reading r;
        models_make(&g, i);
        if (reading_try(&r, mem_default(), g.text.text) == DFOO_OK) explain_model(&r, i, &c);
        else c.refused++;
        c.models++;
        reading_close(&r);
        models_free(&g);
    }
    printf("%u models, %u refused; %u explanations, %u of them without finite values\n", c.models, c.refused, c.told, c.not_finite);
    assert_int_equal(c.failed, 0);
    assert_true(c.refused <= c.models / 4 && c.not_finite <= c.told / 20);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_model),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
