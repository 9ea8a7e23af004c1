/* Models of every shape: each declared dimension is 1, the examples' m, a size or another size; products
 * nested two and three deep with data and parameters in any place, as they are or turned; everything that
 * stretches, reduces along an axis or overall, shares out along one; functions, names in the midst of a
 * formula or not. The same seed gives the same text. Some of it the notation refuses: a parameter for each
 * example.
 *
 * The first factors' dimensions are counted through, the rest is drawn: MODELS_ROUND seeds in sequence have
 * every combination of four dimensions with every kind of nesting.
 *
 *     models g;
 *     models_make(&g, seed);
 *     .. g.text.text ..
 *     models_free(&g);
 */
#ifndef TESTS_EXPLAIN_MODELS_H
#define TESTS_EXPLAIN_MODELS_H

#include <stdio.h>
#include <string.h>

#include "core/base/rng.h"
#include "core/base/text.h"

enum { MODELS_VARS = 40, MODELS_TEXT = 400, MODELS_ROUND = 4 * 4 * 4 * 4 * 5 };

/* A number has no dimensions. */
enum { MODELS_ONE, MODELS_M, MODELS_N, MODELS_K, MODELS_DIMS, MODELS_NUMBER };

typedef struct models_shape {
    int rows, cols;
} models_shape;

typedef struct models_var {
    char         name[8];
    models_shape sh;
    bool         used;
} models_var;

typedef struct models_expr {
    char text[MODELS_TEXT];
    bool tight; /* needs no brackets beside an operation */
} models_expr;

typedef struct models {
    rng        r;
    buf        declarations, body, text;
    models_var v[MODELS_VARS];
    uint32_t   n, n_names;
    bool       data, examples; /* something is an input; something has m */
} models;

static inline uint32_t models_below(models *g, uint32_t n) {
    return rng_below(&g->r, n);
}

static inline bool models_chance(models *g, double p) {
    return rng_uniform(&g->r) < p;
}

static inline const char *models_dim(int d) {
    static const char *const names[] = {"1", "m", "n", "k"};
    return names[d];
}

static inline bool models_same(models_shape a, models_shape b) {
    return a.rows == b.rows && a.cols == b.cols;
}

static inline models_shape models_of(int rows, int cols) {
    return (models_shape){rows, cols};
}

static inline models_shape models_turned(models_shape s) {
    return models_of(s.cols, s.rows);
}

static const models_shape models_number = {MODELS_NUMBER, MODELS_NUMBER};

static inline models_expr models_write(bool tight, const char *format, ...) __attribute__((format(printf, 2, 3)));
static inline models_expr models_write(bool tight, const char *format, ...) {
    models_expr e = {.tight = tight};
    va_list     args;
    va_start(args, format);
    vsnprintf(e.text, sizeof e.text, format, args);
    va_end(args);
    return e;
}

static inline models_var *models_add(models *g, const char *letter, models_shape s) {
    models_var *v = &g->v[g->n < MODELS_VARS - 1 ? g->n++ : g->n - 1];
    *v = (models_var){.sh = s};
    snprintf(v->name, sizeof v->name, "%s%u", letter, (unsigned)(++g->n_names));
    return v;
}

/* A new input, label or parameter. */
static inline models_var *models_declare(models *g, models_shape s) {
    bool        examples = s.rows == MODELS_M || s.cols == MODELS_M;
    bool        input = examples ? !models_chance(g, 0.02) : models_chance(g, 0.12);
    bool        label = input && models_chance(g, 0.25);
    const char *kind = label ? "label" : input ? "input" : "param", *letter = label ? "Y" : input ? "X" : "W";
    models_var *v = models_add(g, letter, s);
    buf_printf(&g->declarations, "%s %s : (%s, %s)\n", kind, v->name, models_dim(s.rows), models_dim(s.cols));
    g->data = g->data || input;
    g->examples = g->examples || examples;
    return v;
}

/* One that is there already, or a new one, as it is or turned. */
static inline models_expr models_leaf(models *g, models_shape s) {
    static const char *const numbers[] = {"2", "0.5", "lambda", "1/3", "3"};
    if (models_same(s, models_number)) return models_write(true, "%s", numbers[models_below(g, 5)]);
    bool        turned = models_chance(g, 0.3), again = models_chance(g, 0.5);
    models_var *v = NULL;
    for (uint32_t i = 0, from = g->n ? models_below(g, g->n) : 0; i < g->n && again && !v; i++) {
        models_var *x = &g->v[(from + i) % g->n];
        if (models_same(x->sh, turned ? models_turned(s) : s)) v = x;
    }
    if (!v) v = models_declare(g, turned ? models_turned(s) : s);
    v->used = true;
    return models_write(true, turned ? "%s.T" : "%s", v->name);
}

static inline const char *models_bracketed(models_expr *e) {
    if (!e->tight && strlen(e->text) + 3 < MODELS_TEXT) {
        memmove(e->text + 1, e->text, strlen(e->text) + 1);
        e->text[0] = '(';
        strcat(e->text, ")");
        e->tight = true;
    }
    return e->text;
}

static inline models_expr models_expression(models *g, models_shape s, int depth);

/* f(x), small where it has to be. */
static inline models_expr models_function(models *g, models_shape s, int depth) {
    static const char *const forms[] = {"tanh(%s)", "sigmoid(%s)", "exp(tanh(%s))", "relu(%s)", "softplus(%s)", "sin(%s)", "log(2 + sin(%s))", "sqrt(2 + cos(%s))",
                                        "abs(%s)", "leaky_relu(%s)", "g(%s)", "maximum(%s, 0.1)", "1/(2 + sin(%s))", "own(%s)", "elu(%s)", "swish(%s)"};
    models_expr x = models_expression(g, s, depth - 1), out;
    if (strlen(x.text) + 24 > MODELS_TEXT) return x;
    out.tight = true;
    snprintf(out.text, sizeof out.text, forms[models_below(g, sizeof forms / sizeof *forms)], x.text);
    if (out.text[0] == '1') out.tight = false;
    if (models_chance(g, 0.15)) snprintf(out.text, sizeof out.text, "%.*s**2", MODELS_TEXT - 4, models_bracketed(&x)), out.tight = false;
    return out;
}

static inline models_expr models_product(models *g, models_shape s, int inner, int depth) {
    models_expr a = models_expression(g, models_of(s.rows, inner), depth - 1), b = models_expression(g, models_of(inner, s.cols), depth - 1);
    bool        left = models_chance(g, 0.5); /* a chain from the left needs no brackets there */
    if (strlen(a.text) + strlen(b.text) + 8 > MODELS_TEXT) return a;
    (void)left;
    return models_write(false, "%s @ %s", models_bracketed(&a), models_bracketed(&b));
}

/* Something that stretches to s, or is s. */
static inline models_shape models_narrow(models *g, models_shape s) {
    if (models_same(s, models_number)) return s;
    switch (models_below(g, 6)) {
    case 0: return models_of(s.rows, MODELS_ONE);
    case 1: return models_of(MODELS_ONE, s.cols);
    case 2: return models_chance(g, 0.5) ? models_number : models_of(MODELS_ONE, MODELS_ONE);
    default: return s;
    }
}

static inline models_expr models_entrywise(models *g, models_shape s, int depth) {
    static const char *const forms[] = {"%s + %s", "%s - %s", "%s * %s", "%s / (2 + sin(%s))", "maximum(%s, %s)", "where(%s > 0.2, %s, 0.3)"};
    models_expr a = models_expression(g, s, depth - 1), b = models_expression(g, models_narrow(g, s), depth - 1), out = {.tight = false};
    uint32_t    k = models_below(g, 12);
    if (strlen(a.text) + strlen(b.text) + 30 > MODELS_TEXT) return a;
    const char *x = models_bracketed(&a), *y = models_bracketed(&b);
    bool        turned = models_chance(g, 0.3) && k < 9;
    k = k < 4 ? 0 : k < 6 ? 1 : k < 9 ? 2 : k - 6;
    out.tight = k >= 4;
    snprintf(out.text, sizeof out.text, forms[k], turned ? y : x, turned ? x : y);
    return out;
}

/* A sum, a mean or a maximum, along an axis or of all. */
static inline models_expr models_reduced(models *g, models_shape s, int depth) {
    static const char *const names[] = {"sum", "mean", "max"};
    const char              *name = names[models_below(g, 5) % 3];
    int                      d = (int)models_below(g, MODELS_DIMS), e = (int)models_below(g, MODELS_DIMS);
    bool                     down = s.rows == MODELS_ONE && (s.cols != MODELS_ONE || models_chance(g, 0.5)), number = models_same(s, models_number);
    models_expr              x = models_expression(g, number ? models_of(d, e) : down ? models_of(d, s.cols) : models_of(s.rows, d), depth - 1);
    if (strlen(x.text) + 40 > MODELS_TEXT) return x; /* of another shape: the model is refused */
    if (number) return models_write(true, "%s(%s)", name, x.text);
    return models_write(true, "%s(%s, axis=%d%s)", name, x.text, !down, models_chance(g, 0.5) ? ", keepdims=True" : "");
}

static inline models_expr models_shared_out(models *g, models_shape s, int depth) {
    static const char *const forms[] = {"softmax(%s)", "softmax(%s, axis=0)", "softmax(%s, axis=1)", "log_softmax(%s)", "log_softmax(%s, axis=1)"};
    models_expr x = models_expression(g, s, depth - 1), out = {.tight = true};
    if (strlen(x.text) + 24 > MODELS_TEXT) return x;
    snprintf(out.text, sizeof out.text, forms[models_below(g, 5)], x.text);
    return out;
}

/* The same under a name of its own. */
static inline models_expr models_named(models *g, models_shape s, models_expr x) {
    static const char *const letters[] = {"Z", "A", "U"};
    models_var *v = models_add(g, letters[models_below(g, 3)], s);
    v->used = true;
    buf_printf(&g->body, "%s = %s\n", v->name, x.text);
    return models_write(true, "%s", v->name);
}

static inline models_expr models_expression(models *g, models_shape s, int depth) {
    bool        number = models_same(s, models_number), thin = s.rows == MODELS_ONE || s.cols == MODELS_ONE;
    uint32_t    k = models_below(g, 20);
    models_expr x;
    if (depth <= 0) return models_leaf(g, s);
    if (number) x = k < 8 ? models_reduced(g, s, depth) : k < 12 ? models_function(g, s, depth) : k < 15 ? models_entrywise(g, s, depth) : models_leaf(g, s);
    else if (k < 7) x = models_product(g, s, (int)models_below(g, MODELS_DIMS), depth);
    else if (k < 10) x = models_function(g, s, depth);
    else if (k < 13) x = models_entrywise(g, s, depth);
    else if (k < 15) x = thin ? models_reduced(g, s, depth) : models_entrywise(g, s, depth);
    else if (k < 16) x = models_shared_out(g, s, depth);
    else if (k < 17) {
        x = models_expression(g, models_turned(s), depth - 1);
        if (strlen(models_bracketed(&x)) + 4 < MODELS_TEXT) strcat(x.text, ".T");
    } else return models_leaf(g, s);
    return models_chance(g, 0.25) ? models_named(g, s, x) : x;
}

/* The product that the seed counts through: its dimensions, and how it is nested. */
static inline models_expr models_core(models *g, uint64_t seed, models_shape *s) {
    int         d[4];
    models_expr x, y;
    for (int i = 0; i < 4; i++, seed /= 4) d[i] = (int)(seed % 4);
    *s = models_of(d[0], d[3]);
    switch (seed % 5) {
    case 0: /* (a @ b) @ c, or a @ b @ c */
        x = models_product(g, models_of(d[0], d[2]), d[1], 1 + (int)models_below(g, 2));
        if (models_chance(g, 0.3)) x = models_named(g, models_of(d[0], d[2]), x);
        y = models_expression(g, models_of(d[2], d[3]), (int)models_below(g, 2));
        if (models_chance(g, 0.5)) x.tight = true;
        return models_write(false, "%s @ %s", models_bracketed(&x), models_bracketed(&y));
    case 1: /* a @ (b @ c) */
        x = models_expression(g, models_of(d[0], d[1]), (int)models_below(g, 2));
        y = models_product(g, models_of(d[1], d[3]), d[2], 1 + (int)models_below(g, 2));
        if (models_chance(g, 0.3)) y = models_named(g, models_of(d[1], d[3]), y);
        return models_write(false, "%s @ %s", models_bracketed(&x), models_bracketed(&y));
    case 2: /* a function in the midst */
        x = models_product(g, models_of(d[1], d[3]), d[2], 1);
        y = models_expression(g, models_of(d[0], d[1]), 1);
        return models_write(false, "%s @ tanh(%s)", models_bracketed(&y), x.text);
    case 3: /* turned as a whole */
        x = models_product(g, models_of(d[2], d[0]), d[1], 1 + (int)models_below(g, 2));
        y = models_expression(g, models_of(d[2], d[3]), 1);
        return models_write(false, "(%s).T @ %s", x.text, models_bracketed(&y));
    default: return models_product(g, *s, d[1], 2);
    }
}

static inline void models_cost(models *g, models_expr x, models_shape s) {
    static const char *const forms[] = {"sum(%s)", "mean(%s)", "1/3 * sum(%s)", "-1/m * sum(%s)", "1/m * sum(%s)", "1/(2*m) * sum(%s)", "sum(%s)/m", "1/m * sum(%s)"};
    models_expr e = models_write(false, "%s", x.text);
    if (models_chance(g, 0.5)) e = models_write(false, "(%.*s - %s)**2", MODELS_TEXT / 2, x.text, models_leaf(g, s).text);
    else if (models_chance(g, 0.6)) e = models_write(false, "(%.*s)**2", MODELS_TEXT - 10, x.text);
    if (models_chance(g, 0.4)) e = models_named(g, s, e);
    buf_puts(&g->body, "J = ");
    buf_printf(&g->body, forms[models_below(g, g->examples ? 8 : 3)], e.text);
    for (uint32_t i = 0; i < g->n; i++) {
        if (g->v[i].name[0] == 'W' && models_chance(g, 0.15)) buf_printf(&g->body, " + lambda%s * sum(%s**2)", g->examples ? "/(2*m)" : "", g->v[i].name);
    }
    buf_puts(&g->body, "\nminimize J\n");
}

static inline void models_make(models *g, uint64_t seed) {
    models_shape s;
    *g = (models){.r = rng_start(seed, RNG_CHECK, 78)};
    buf_init(&g->declarations, mem_default());
    buf_init(&g->body, mem_default());
    buf_init(&g->text, mem_default());
    models_expr x = models_core(g, seed, &s);
    if (models_chance(g, 0.5)) x = models_named(g, s, x);
    if (models_chance(g, 0.5)) {
        char name[MODELS_TEXT];
        snprintf(name, sizeof name, "%s", x.text);
        models_expr y = models_expression(g, s, 1);
        x = models_write(false, "%.*s %s %s", MODELS_TEXT / 2 - 4, name, models_chance(g, 0.5) ? "+" : "-", models_bracketed(&y));
    }
    models_cost(g, x, s);
    const char *body = g->body.text ? g->body.text : "";
    if (strstr(body, "lambda")) buf_puts(&g->text, "const lambda = 0.7\n");
    if (strstr(body, "own(")) buf_puts(&g->text, "own(z) = z * sigmoid(z)\n");
    if (strstr(body, " g(") || strstr(body, "(g(") || strstr(body, ".g(")) buf_puts(&g->text, "function g\n");
    buf_printf(&g->text, "%s%s%s", g->declarations.text ? g->declarations.text : "",
               g->examples && models_chance(g, 0.3) ? "examples m\n" : "", body);
}

static inline void models_free(models *g) {
    buf_free(&g->declarations);
    buf_free(&g->body);
    buf_free(&g->text);
}

#endif
