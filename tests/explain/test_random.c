/* Random models: every gradient is explained in all three ways, and every line holds. DFOO_GEN_COUNT of
 * them, from seed DFOO_GEN_SEED on. What fails is printed with its seed. */
#include "gen/generate.h"
#include "how.h"
#include "times.h"

#include <stdlib.h>

static void explain_model(const char *text, uint64_t seed, explain_way way, convention c) {
    reading r;
    forms   f;
    reading_open(&r, text);
    reading_derive(&r, c);
    forms_open(&f, &r);
    for (uint32_t i = 0; i < r.dv.list.n; i++) {
        explain_result result;
        buf            out;
        var_id         goal = r.dv.list.at[i].var;
        buf_init(&out, mem_default());
        dfoo_status status = explain_gradients(&r.dv, &r.m.g, &goal, 1, &f.run, &(explain_options){.tell = {.way = way, .how = &f.how, .seed = seed}}, &out, &result);
        if (status != DFOO_OK) {
            printf("seed %llu, way %d: status %d\n%s\n%s\n", (unsigned long long)seed, (int)way, (int)status, text, out.text ? out.text : "");
            fflush(stdout);
            fail();
        }
        buf_free(&out);
    }
    reading_close(&r);
}

static void random_models(void **state) {
    (void)state;
    uint64_t n = times_count(12), seed = times_first();
    for (uint64_t i = seed; i < seed + n; i++) {
        generator g;
        buf       text;
        generate(&g, i);
        buf_init(&text, mem_default());
        buf_printf(&text, "%s%s", g.declarations.text, g.body.text);
        for (int way = BY_INDEX; way <= BY_DIFFERENTIAL; way++) explain_model(text.text, i, (explain_way)way, i % 2 ? CONVENTION_COURSE : CONVENTION_DJ);
        buf_free(&text);
        generate_free(&g);
    }
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(random_models),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
