/* Random models through reading, differentiation and simplification: DFOO_GEN_COUNT of them, from
 * seed DFOO_GEN_SEED on. What fails is printed with its seed. */
#include "gen/generate.h"
#include "reading.h"
#include "times.h"

#include <stdlib.h>

typedef struct totals {
    uint32_t models, entries, skipped, kept, skipped_models;
} totals;

static void fail_model(reading *r, uint64_t seed, const char *what, const char *of) {
    printf("seed %llu: ", (unsigned long long)seed);
    reading_fail(r, arena_format(&r->a, "%s %s", what, of));
}

static const char *gradient_name(const reading *r, const gradient *v) {
    return ir_var_name(&r->m.g, v->grad);
}

/* |x - y| relative to the largest entry, where that is not tiny. */
static double distance(matrix x, matrix y) {
    double most = 0, size = 1e-4;
    if (x.rows != y.rows || x.cols != y.cols) return INFINITY;
    for (size_t i = 0; i < x.rows * x.cols; i++) {
        if (!isfinite(x.at[i]) || !isfinite(y.at[i])) return INFINITY;
        most = fmax(most, fabs(x.at[i] - y.at[i]));
        size = fmax(size, fmax(fabs(x.at[i]), fabs(y.at[i])));
    }
    return most / size;
}

/* Every name is there before it is used. */
static void check_order(reading *r, const program *p, uint64_t seed) {
    bool *known = arena_new(&r->a, r->m.g.vars.n);
    for (var_id v = 1; v < r->m.g.vars.n; v++) known[v] = ir_var(&r->m.g, v)->kind < VAR_DEFINED;
    for (uint32_t i = 0; i < p->list.n; i++) {
        node_list need = {{0}};
        assert_int_equal(ir_reach(&r->m.g, &r->a, &p->list.at[i].node, 1, &need), DFOO_OK);
        for (uint32_t k = 0; k < need.list.n; k++) {
            const node *x = ir_node(&r->m.g, need.list.at[k]);
            if (x->op == OP_VAR && !known[x->ref]) fail_model(r, seed, "used before it is there:", ir_var_name(&r->m.g, x->ref));
        }
        known[p->list.at[i].var] = true;
    }
}

/* A line is written in gradients that have lines of their own. */
static void check_names(reading *r, uint64_t seed) {
    for (uint32_t i = 0; i < r->dv.list.n; i++) {
        node_list names = {{0}};
        assert_int_equal(ir_names(&r->m.g, &r->a, r->dv.list.at[i].whole, &names), DFOO_OK);
        for (uint32_t k = 0; k < names.list.n; k++) {
            const variable *x = ir_var(&r->m.g, ir_node(&r->m.g, names.list.at[k])->ref);
            if (x->kind == VAR_GRADIENT && !derivation_find(&r->dv, x->of)->shown)
                fail_model(r, seed, "written in a gradient that is not shown:", gradient_name(r, &r->dv.list.at[i]));
        }
    }
}

/* As the chain rule gives it, simplified, shown and stable: one value; and that of differences. */
static void check_values(reading *r, uint64_t seed, totals *t) {
    static const char *const forms[] = {"raw", "simplified", "shown"};
    program written = {{0}}, stable = {{0}};
    values *v[4];
    rng     any = rng_start(seed, RNG_CHECK, 0);
    held    h = {0};
    assert_int_equal(simplify_program(&r->dv, &r->m.g, true, NULL, 0, &written), DFOO_OK);
    assert_int_equal(simplify_stable(&r->m.g, &r->a, &written, &(stable_options){.digits = true}, &stable), DFOO_OK);
    check_order(r, &written, seed);
    program p[3] = {reading_program(r, FORM_RAW), reading_program(r, FORM_LOCAL), reading_program(r, FORM_WHOLE)};
    uint32_t draw = (uint32_t)(seed % 5);
    for (int i = 0; i < 3; i++) v[i] = values_of(r, &p[i], draw);
    v[3] = values_of(r, &stable, draw);
    values *forward = values_of(r, &r->dv.forward, draw);
    if (!isfinite(values_var(forward, r->m.cost).at[0])) fail_model(r, seed, "the cost is not finite", "");
    for (uint32_t k = 0; k < r->dv.list.n; k++) {
        const gradient *one = &r->dv.list.at[k];
        for (int i = 1; i < 4; i++)
            if (!(distance(values_var(v[0], one->grad), values_var(v[i], one->grad)) < 1e-8))
                fail_model(r, seed, i < 3 ? forms[i] : "stable", gradient_name(r, one));
        var_kind kind = (var_kind)ir_var(&r->m.g, one->var)->kind;
        if (kind != VAR_PARAM && kind != VAR_INPUT) continue;
        double scale = one->scale == SCALE_DATA ? (double)sizes_get(&forward->s, r->m.examples) : 1;
        hold(&h, forward, one->var, values_var(v[2], one->grad), r->m.cost, scale, 4, &any);
        if (h.worst > 1e-5) fail_model(r, seed, arena_format(&r->a, "differences are off by %g in", h.worst), gradient_name(r, one));
    }
    t->entries += h.n;
    t->skipped += h.n_skipped;
    t->kept += r->dv.list.n;
}

/* dJ/dV is 1/m of the course's for what depends on the examples, and the same for the others. */
static void check_conventions(const char *text, reading *course, uint64_t seed) {
    reading r;
    reading_open(&r, text);
    reading_derive(&r, CONVENTION_DJ);
    program p = reading_program(&r, FORM_WHOLE), q = reading_program(course, FORM_WHOLE);
    values *v = values_of(&r, &p, 0), *w = values_of(course, &q, 0);
    double  m = (double)sizes_get(&v->s, r.m.examples);
    assert_int_equal(r.dv.list.n, course->dv.list.n);
    for (uint32_t k = 0; k < r.dv.list.n; k++) {
        const gradient *one = &r.dv.list.at[k], *other = &course->dv.list.at[k];
        matrix          x = values_var(v, one->grad), y = values_var(w, other->grad);
        assert_int_equal(one->var, other->var);
        assert_int_equal(one->scale, SCALE_COST);
        for (size_t i = 0; other->scale == SCALE_DATA && i < x.rows * x.cols; i++) x.at[i] *= m;
        if (!(distance(x, y) < 1e-8)) fail_model(&r, seed, "the conventions differ in", gradient_name(&r, one));
    }
    reading_close(&r);
}

/* The model with its given names and all derived lines as claims. */
static const char *with_claims(const char *declarations, reading *r) {
    buf out;
    buf_init(&out, mem_default());
    buf_puts(&out, declarations);
    for (uint32_t i = 0; i < r->m.forward.list.n; i++)
        buf_printf(&out, "%s = %s\n", ir_var_name(&r->m.g, r->m.forward.list.at[i].var), reading_text(r, r->m.forward.list.at[i].node));
    buf_puts(&out, "minimize J\n");
    for (uint32_t i = 0; i < r->dv.list.n; i++) {
        const gradient *v = &r->dv.list.at[i];
        buf_printf(&out, "%s = %s\n", gradient_name(r, v), reading_text(r, v->shown ? v->whole : v->local));
    }
    const char *text = arena_text(&r->a, out.text, out.len);
    buf_free(&out);
    return text;
}

/* What is printed parses back to the same nodes. */
static void check_parsing(reading *r, uint64_t seed) {
    for (uint32_t i = 0; i < r->dv.list.n; i++) {
        const gradient *v = &r->dv.list.at[i];
        const node_id   nodes[2] = {v->local, v->whole};
        for (int k = 0; k < 2; k++) {
            const char *text = reading_text(r, nodes[k]);
            if (strlen(text) > 20000 || reading_expression(r, text) == nodes[k]) continue;
            print_message("printed %s\n", text);
            fail_model(r, seed, "is read as something else:", gradient_name(r, v));
        }
    }
}

/* With its lines as claims the model is read again, and the same is derived. */
static void check_claims(const char *declarations, reading *r, uint64_t seed) {
    const char *text = with_claims(declarations, r);
    reading     again;
    if (strlen(text) > 200000) return;
    if (reading_try(&again, mem_default(), text) != DFOO_OK) fail_model(&again, seed, "what is printed does not parse", "");
    reading_derive(&again, CONVENTION_COURSE);
    assert_int_equal(again.m.claims.n, r->dv.list.n);
    for (uint32_t i = 0; i < again.m.claims.n; i++) {
        const claim    *c = &again.m.claims.at[i];
        const gradient *v = derivation_find(&again.dv, ir_var(&again.m.g, c->var)->of);
        node_id         n = !v ? 0 : v->shown ? v->whole : v->local;
        if (n == c->node) continue;
        print_message("claimed %s\nderived %s\n", reading_text(&again, c->node), n ? reading_text(&again, n) : "nothing");
        fail_model(&again, seed, "is derived in another form from the file with claims:", ir_var_name(&again.m.g, c->var));
    }
    reading_close(&again);
}

static void check_model(uint64_t seed, totals *t) {
    generator g;
    reading   r;
    buf       text;
    buf_init(&text, mem_default());
    generate(&g, seed);
    buf_printf(&text, "%s%s", g.declarations.text, g.body.text);
    if (reading_try(&r, mem_default(), text.text) != DFOO_OK) fail_model(&r, seed, "cannot be read", "");
    reading_derive(&r, CONVENTION_COURSE);
    check_names(&r, seed);
    check_values(&r, seed, t);
    check_conventions(text.text, &r, seed);
    check_parsing(&r, seed);
    check_claims(g.declarations.text, &r, seed);
    reading_close(&r);
    generate_free(&g);
    buf_free(&text);
    t->models++;
}

static void random_models(void **state) {
    (void)state;
#ifdef __SANITIZE_ADDRESS__
    uint64_t count = times_count(300);
#else
    uint64_t count = times_count(1500);
#endif
    uint64_t first = times_first();
    totals   t = {0};
    for (uint64_t seed = first; seed < first + count; seed++) check_model(seed, &t);
    print_message("%u models, %u gradients, %u differences, %u of them at a kink\n", t.models, t.kept, t.entries, t.skipped);
    assert_true(t.skipped * 20 <= t.entries);
}

int main(void) {
    const struct CMUnitTest tests[] = {cmocka_unit_test(random_models)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
