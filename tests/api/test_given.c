/* What is shown is what is run, given values included: for random models and random subsets of given
 * variables, which need not agree with their equations, every number of dfoo_grad is the value of the line
 * that `derive --given` prints for it, read and evaluated here by the slow evaluator. */
#include "gen/generate.h"
#include "reading.h"

#include <stdlib.h>

#include "dfoo.h"
#include "times.h"

typedef struct given_case {
    reading      r;
    rng          any;
    bool        *given; /* by var_id */
    buf          names;
    values      *v;     /* of everything, as the model has it; then of the lines */
    dfoo        *d;
    dfoo_model  *model;
    dfoo_arrays *in, *out;
} given_case;

typedef struct totals {
    uint32_t models, lines, whole_lines, given, skipped;
} totals;

static const double MOST = 1e-9; /* gradients that are 0 but for rounding are off by 1e-11 of 1e-4 */

static const char *name_of(const given_case *c, var_id v) {
    return ir_var_name(&c->r.m.g, v);
}

static void add_array(given_case *c, var_id v, double least) {
    matrix      x = values_var(c->v, v);
    bool        number = shape_is_scalar(ir_var(&c->r.m.g, v)->sh);
    size_t      dim[2] = {x.rows, x.cols};
    dfoo_array *a;
    assert_int_equal(dfoo_arrays_add(c->in, name_of(c, v), number ? 0 : 2, dim, x.at, &a), DFOO_OK);
    for (size_t i = 0; i < x.rows * x.cols; i++) a->data[i] *= least + (1 - least) * rng_uniform(&c->any);
}

/* Inputs as they are; of the rest a few, most of them a little smaller than their equations say, so that a
 * probability stays one. */
static void choose_given(given_case *c) {
    const ir *g = &c->r.m.g;
    c->given = arena_new(&c->r.a, g->vars.n);
    buf_init(&c->names, mem_default());
    assert_int_equal(dfoo_arrays_new(c->d, &c->in), DFOO_OK);
    for (var_id v = 1; v < g->vars.n; v++) {
        const variable *x = ir_var(g, v);
        bool            later = x->kind == VAR_DEFINED || x->kind == VAR_GRADIENT;
        if (x->kind == VAR_CONST || (x->kind == VAR_GRADIENT && !derivation_find(&c->r.dv, x->of))) continue;
        if (later && rng_below(&c->any, 6)) continue;
        if (later) buf_printf(&c->names, "%s%s", c->names.len ? "," : "", name_of(c, v));
        c->given[v] = true;
        add_array(c, v, later && rng_below(&c->any, 4) ? 0.8 : 1);
    }
}

/* "dZ = A - Y   # (n, m)": a statement, with the name's variable; false where it is a comment. */
static bool read_line(given_case *c, const char *line, size_t len, stmt *out) {
    const char *end = memchr(line, '#', len);
    char       *text = arena_text(&c->r.a, line, end ? (size_t)(end - line) : len), *is = strstr(text, " = ");
    if (!is) return false;
    *is = 0;
    var_id      v = reading_var(&c->r, text);
    const stmt *written = v ? program_find(&c->r.m.forward, v) : NULL;
    bool        same = written && strncmp(reading_text(&c->r, written->node), is + 3, strlen(is + 3)) == 0;
    *out = (stmt){.var = v, .node = same ? written->node : reading_expression(&c->r, is + 3)}; /* its own mask */
    if (!out->var || !out->node) reading_fail(&c->r, arena_format(&c->r.a, "does not parse: %s = %s", text, is + 3));
    return true;
}

static program read_lines(given_case *c, const char *text) {
    program p = {{0}};
    for (const char *line = text; *line;) {
        size_t len = strcspn(line, "\n");
        stmt   s;
        if (read_line(c, line, len, &s)) vec_push(&c->r.a, &p.list, s);
        line += len + (line[len] == '\n');
    }
    return p;
}

/* The values of a program, what is given as given, but for a relative change. */
static values *run(given_case *c, const program *p, double change) {
    values *v = arena_new(&c->r.a, sizeof *v);
    v->s = c->v->s;
    assert_int_equal(eval_init(&v->e, &c->r.m.g, &c->r.a, &v->s), DFOO_OK);
    assert_int_equal(eval_add_program(&v->e, p), DFOO_OK);
    for (var_id x = 1; x < c->r.m.g.vars.n; x++) {
        const dfoo_array *from = c->given[x] ? dfoo_arrays_get(c->in, name_of(c, x)) : NULL;
        matrix            to = values_var(v, x);
        for (size_t i = 0; from && to.at && i < to.rows * to.cols; i++)
            to.at[i] = from->data[i] * (1 + change * rng_uniform(&c->any));
    }
    eval_run(&v->e);
    return v;
}

/* |x - y| relative to the largest entry, where that is not mere rounding; 0 where both are not finite. */
static double distance(matrix x, const double *y) {
    double most = 0, size = 1e-4;
    for (size_t i = 0; i < x.rows * x.cols; i++) {
        if (isfinite(x.at[i]) != isfinite(y[i])) return INFINITY;
        if (!isfinite(y[i])) continue;
        most = fmax(most, fabs(x.at[i] - y[i]));
        size = fmax(size, fmax(fabs(x.at[i]), fabs(y[i])));
    }
    return most / size;
}

static void compare(given_case *c, uint64_t seed, const program *p, uint32_t from, bool shown, totals *t) {
    values *v = run(c, p, 0), *w = run(c, p, 1e-14);
    for (uint32_t i = from; i < p->list.n; i++) {
        const stmt       *s = &p->list.at[i];
        matrix            is = values_var(v, s->var);
        const dfoo_array *x = dfoo_arrays_get(c->out, name_of(c, s->var));
        if (!x) reading_fail(&c->r, arena_format(&c->r.a, "seed %llu: grad has no %s", (unsigned long long)seed, name_of(c, s->var)));
        double off = distance(is, x->data);
        bool   finite = true; /* of what is shown: what is run stays finite longer */
        for (size_t k = 0; k < is.rows * is.cols; k++) finite = finite && isfinite(is.at[k]);
        if (off < MOST || (shown && !finite)) continue;
        if (distance(is, values_var(w, s->var).at) > MOST) { /* at a kink: rounding decides */
            t->skipped++;
            continue;
        }
        print_message("given %s: %s = %s, and grad is off by %g\n", c->names.text ? c->names.text : "nothing",
                      name_of(c, s->var), reading_text(&c->r, s->node), off);
        reading_fail(&c->r, arena_format(&c->r.a, "seed %llu", (unsigned long long)seed));
    }
}

/* The forward pass as it is written, without what is given. */
static program forward(given_case *c) {
    program p = {{0}};
    for (uint32_t i = 0; i < c->r.m.forward.list.n; i++)
        if (!c->given[c->r.m.forward.list.at[i].var]) vec_push(&c->r.a, &p.list, c->r.m.forward.list.at[i]);
    return p;
}

static void hold_lines(given_case *c, uint64_t seed, totals *t) {
    char   *shown, *whole;
    program p = forward(c);
    uint32_t n_forward = p.list.n;
    const char *names = c->names.text;
    dfoo_messages_clear(c->d);
    if (dfoo_derive(c->model, DFOO_WITH(dfoo_derive_options, .given = names), &shown) != DFOO_OK ||
        dfoo_derive(c->model, DFOO_WITH(dfoo_derive_options, .given = names, .run = 1), &whole) != DFOO_OK ||
        dfoo_grad(c->model, c->in, NULL, &c->out) != DFOO_OK)
        reading_fail(&c->r, dfoo_messages(c->d));
    program lines = read_lines(c, shown), all = read_lines(c, whole);
    for (uint32_t i = 0; i < lines.list.n; i++) vec_push(&c->r.a, &p.list, lines.list.at[i]);
    compare(c, seed, &p, n_forward, true, t);
    if (names) compare(c, seed, &all, 0, false, t);
    t->lines += lines.list.n;
    t->whole_lines += names ? all.list.n : 0;
    dfoo_text_free(c->d, shown);
    dfoo_text_free(c->d, whole);
    dfoo_arrays_free(c->out);
}

static void check_model(uint64_t seed, totals *t) {
    generator  g;
    given_case c = {.any = rng_start(seed, RNG_CHECK, 1)};
    buf        text;
    buf_init(&text, mem_default());
    generate(&g, seed);
    buf_printf(&text, "%s%s", g.declarations.text, g.body.text);
    reading_open(&c.r, text.text);
    if (!g.open) {
        reading_derive(&c.r, CONVENTION_COURSE);
        program all = {{0}};
        assert_int_equal(simplify_program(&c.r.dv, &c.r.m.g, true, NULL, 0, &all), DFOO_OK);
        c.v = values_of(&c.r, &all, 0);
        assert_int_equal(dfoo_open(NULL, &c.d), DFOO_OK);
        assert_int_equal(dfoo_model_parse(c.d, "test.eq", text.text, text.len, &c.model), DFOO_OK);
        choose_given(&c);
        hold_lines(&c, seed, t);
        t->models++;
        t->given += c.names.len > 0;
        dfoo_arrays_free(c.in);
        dfoo_model_free(c.model);
        dfoo_close(c.d);
        buf_free(&c.names);
    }
    reading_close(&c.r);
    generate_free(&g);
    buf_free(&text);
}

static void lines_are_run(void **state) {
    uint64_t seed = times_first();
#ifdef __SANITIZE_ADDRESS__
    uint64_t n = times_count(60);
#else
    uint64_t n = times_count(300);
#endif
    totals t = {0};
    (void)state;
    for (uint64_t end = seed + n; seed < end; seed++) check_model(seed, &t);
    print_message("%u models, %u with something given; %u lines of derive, %u of --run; %u at a kink\n", t.models, t.given, t.lines, t.whole_lines,
                  t.skipped);
    assert_true(t.skipped * 500 <= t.lines + t.whole_lines);
    assert_true(t.given > t.models / 2);
}

int main(void) {
    const struct CMUnitTest tests[] = {cmocka_unit_test(lines_are_run)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
