/* A random model as text: layers, elementwise expressions, normalisations, attention, reductions,
 * functions of the model's own, dropout, several paths; in both layouts; with a cost of the course's
 * form or of another. By construction all values are moderate and nothing is divided by what comes
 * near zero, so that gradients can be held against differences.
 *
 *     generator g;
 *     generate(&g, seed);
 *     .. the text is g.declarations.text and behind it g.body.text
 *     generate_free(&g);
 */
#ifndef TESTS_GEN_GENERATE_H
#define TESTS_GEN_GENERATE_H

#include <stdio.h>
#include <string.h>

#include "core/base/rng.h"
#include "core/base/text.h"

enum { GEN_MOST_VALUES = 120, GEN_TEXT = 600, GEN_NUMBER = 99 };

typedef struct gen_value {
    char   name[12];
    int    rows, cols; /* 0: the literal 1; 1 to 5: n0, n1, n2, n3, k; GEN_M: m; GEN_NUMBER: it is a number */
    double most;       /* about the largest entry */
    bool   used, ties; /* several entries may be the same: a max has no derivative then */
} gen_value;

enum { GEN_ONE, GEN_M = 6 };

typedef struct gen_expr {
    char   text[GEN_TEXT];
    int    rows, cols;
    double most;
} gen_expr;

typedef struct generator {
    rng       r;
    buf       declarations, body;
    bool      columns, own, open, two, mask;
    uint32_t  n_params, n_names;
    gen_value v[GEN_MOST_VALUES];
    uint32_t  n;
} generator;

static inline uint32_t gen_below(generator *g, uint32_t n) {
    return rng_below(&g->r, n);
}

static inline bool gen_chance(generator *g, double p) {
    return rng_uniform(&g->r) < p;
}

static inline const char *gen_dim(int d) {
    static const char *const names[] = {"1", "n0", "n1", "n2", "n3", "k", "m"};
    return names[d];
}

static inline gen_value *gen_add(generator *g, const char *name, int rows, int cols, double most) {
    gen_value *v = &g->v[g->n < GEN_MOST_VALUES - 1 ? g->n++ : g->n - 1];
    *v = (gen_value){.rows = rows, .cols = cols, .most = most};
    snprintf(v->name, sizeof v->name, "%s", name);
    return v;
}

static inline gen_value *gen_param(generator *g, const char *letter, int rows, int cols) {
    char name[12];
    snprintf(name, sizeof name, "%s%u", letter, (unsigned)++g->n_params);
    buf_printf(&g->declarations, "param %s : (%s, %s)\n", name, gen_dim(rows), gen_dim(cols));
    gen_value *v = gen_add(g, name, rows, cols, 2.5);
    v->used = true;
    return v;
}

static inline gen_expr gen_write(int rows, int cols, double most, const char *format, ...) __attribute__((format(printf, 4, 5)));
static inline gen_expr gen_write(int rows, int cols, double most, const char *format, ...) {
    gen_expr e = {.rows = rows, .cols = cols, .most = most};
    va_list  args;
    va_start(args, format);
    vsnprintf(e.text, sizeof e.text, format, args);
    va_end(args);
    return e;
}

/* A value of the model, rather one that nothing uses yet or a recent one. */
static inline gen_value *gen_pick(generator *g) {
    for (int tries = 0; tries < 3; tries++) {
        gen_value *v = &g->v[gen_below(g, g->n)];
        if (!v->used) return v;
    }
    return gen_chance(g, 0.5) && g->n > 4 ? &g->v[g->n - 1 - gen_below(g, 4)] : &g->v[gen_below(g, g->n)];
}

static inline bool gen_spreads(int from, int to) {
    return from == to || from == GEN_ONE;
}

/* A value that fits entry by entry into rows x cols; the first one found from a random place. */
static inline gen_value *gen_fitting(generator *g, int rows, int cols) {
    uint32_t start = gen_below(g, g->n);
    for (uint32_t i = 0; i < g->n; i++) {
        gen_value *v = &g->v[(start + i) % g->n];
        bool       same = v->rows == rows && v->cols == cols;
        if (same || (rows != GEN_NUMBER && v->rows != GEN_NUMBER && gen_chance(g, 0.3) && gen_spreads(v->rows, rows) && gen_spreads(v->cols, cols))) return v;
    }
    return NULL;
}

static inline gen_expr gen_leaf(generator *g, int rows, int cols) {
    static const char *const numbers[] = {"2", "0.5", "1", "lambda", "0.1", "1/m", "3", "1/k"};
    gen_value *v = gen_fitting(g, rows, cols);
    if (v && gen_chance(g, 0.9)) {
        v->used = true;
        return gen_write(v->rows, v->cols, v->most, "%s", v->name);
    }
    return gen_write(GEN_NUMBER, GEN_NUMBER, 3, "%s", numbers[gen_below(g, sizeof numbers / sizeof *numbers)]);
}

/* x with its text put in the place of each $ of a form. */
static inline gen_expr gen_fill(gen_expr x, const char *form, double most) {
    gen_expr out = {.rows = x.rows, .cols = x.cols, .most = most};
    size_t   len = 0;
    for (const char *p = form; *p && len < GEN_TEXT - 1; p++)
        len += (size_t)snprintf(out.text + len, GEN_TEXT - len, "%.*s", *p == '$' ? GEN_TEXT : 1, *p == '$' ? x.text : p);
    return len < GEN_TEXT ? out : x; /* it did not fit */
}

/* Small enough for what grows fast. */
static inline gen_expr gen_bounded(generator *g, gen_expr x, double most) {
    static const char *const forms[] = {"tanh($)", "sin($)", "sigmoid($)", "erf($)", "cos($)", "1/(1 + exp(-($)))"};
    if (x.most <= most) return x;
    if (x.most > 8) return gen_fill(x, "tanh(($) / 8)", 1);
    return gen_fill(x, forms[gen_below(g, sizeof forms / sizeof *forms)], 1);
}

/* f(x) entry by entry. */
static inline gen_expr gen_unary(generator *g, gen_expr x) {
    static const struct {
        const char *form;
        double      most_in, most_out; /* most_out 0: as large as its operand */
    } list[] = {
        {"tanh($)", 10, 1}, {"sigmoid($)", 10, 1}, {"relu($)", 30, 0}, {"leaky_relu($)", 30, 0}, {"leaky_relu($, 0.2)", 30, 0}, {"elu($)", 20, 0},
        {"softplus($)", 20, 0}, {"swish($)", 10, 0}, {"gelu($)", 6, 0}, {"exp($)", 2, 8}, {"sin($)", 30, 1}, {"cos($)", 30, 1}, {"erf($)", 5, 1},
        {"abs($)", 30, 0}, {"maximum(0, $)", 30, 0}, {"minimum($, 1)", 30, 0}, {"-($)", 30, 0}, {"($)**2", 4, 16}, {"($)**3", 2, 8},
        {"log(1 + ($)**2)", 20, 5}, {"log1p(($)**2)", 20, 5}, {"sqrt(1 + ($)**2)", 20, 0}, {"1/(1 + exp(-($)))", 10, 1}, {"log(sigmoid($))", 10, 0},
        {"(1 + ($)**2)**0.7", 10, 12}, {"1/(1 + ($)**2)", 10, 1}, {"exp(-($)**2)", 4, 1}, {"sqrt(abs($) + 1)", 30, 0}, {"log(1 + exp($))", 8, 0},
        {"2*($) - 1", 10, 0}, {"1 - ($)", 10, 0}, {"(($) > 0)", 30, 1}, {"sign($)", 30, 1}, {"(exp($) - exp(-($)))/2", 2, 4},
    };
    if (strlen(x.text) > 140) return x;
    if (g->open && gen_chance(g, 0.1)) return gen_fill(x, gen_chance(g, 0.2) ? "g'($)" : "g($)", x.most);
    if (g->own && gen_chance(g, 0.15)) return gen_fill(gen_bounded(g, x, 5), "own($)", x.most);
    size_t   k = gen_below(g, sizeof list / sizeof *list);
    gen_expr in = gen_bounded(g, x, list[k].most_in);
    return gen_fill(in, list[k].form, list[k].most_out > 0 ? list[k].most_out : in.most + 1);
}

/* x and y entry by entry, in the shape rows x cols if one of them has it. */
static inline gen_expr gen_binary(generator *g, gen_expr x, gen_expr y, int rows, int cols) {
    bool fits = (x.rows == rows && x.cols == cols) || (y.rows == rows && y.cols == cols);
    if (!fits || strlen(x.text) + strlen(y.text) > 250) return x.rows == rows && x.cols == cols ? x : y;
    if (g->two && gen_chance(g, 0.1)) return gen_write(rows, cols, x.most, "two(%s, %s)", x.text, y.text);
    switch (gen_below(g, 12)) {
    case 0: case 1: return gen_write(rows, cols, x.most + y.most, "(%s + %s)", x.text, y.text);
    case 2: return gen_write(rows, cols, x.most + y.most, "(%s - %s)", x.text, y.text);
    case 3: case 4: case 5: {
        gen_expr a = gen_bounded(g, x, 5), b = gen_bounded(g, y, 5);
        return gen_write(rows, cols, a.most * b.most, "(%s) * (%s)", a.text, b.text);
    }
    case 6: return gen_write(rows, cols, x.most, "(%s) / (1 + (%s)**2)", x.text, gen_bounded(g, y, 5).text);
    case 7: return gen_write(rows, cols, x.most, "(%s) / (2 + sin(%s))", x.text, y.text);
    case 8: return gen_write(rows, cols, x.most + y.most, "maximum(%s, %s + %.3f)", x.text, y.text, rng_uniform(&g->r));
    case 9: return gen_write(rows, cols, x.most + y.most, "where(%s > %s + %.3f, %s, %s)", x.text, y.text, rng_uniform(&g->r), gen_chance(g, 0.5) ? x.text : "0", y.text);
    case 10: return gen_write(rows, cols, 6, "(1 + (%s)**2)**(%s)", gen_bounded(g, x, 2).text, gen_bounded(g, y, 1).text);
    default: return gen_write(rows, cols, x.most, "(%s) * ((%s) > %s)", x.text, y.text, gen_chance(g, 0.5) ? "0" : x.text);
    }
}

static inline gen_expr gen_elementwise(generator *g, int rows, int cols) {
    gen_expr x = gen_leaf(g, rows, cols);
    uint32_t steps = 1 + gen_below(g, 4);
    for (uint32_t i = 0; i < steps; i++) {
        if (gen_chance(g, 0.5)) x = gen_unary(g, x);
        else if (gen_chance(g, 0.5)) x = gen_binary(g, x, gen_leaf(g, rows, cols), rows, cols);
        else x = gen_binary(g, gen_leaf(g, rows, cols), x, rows, cols);
    }
    return x;
}

/* W @ V + b, or V @ W + b where examples are rows. */
static inline gen_expr gen_affine(generator *g, int to) {
    gen_value *v = NULL;
    for (int tries = 0; tries < 60; tries++) {
        gen_value *one = gen_pick(g);
        bool       fits = g->columns ? one->cols == GEN_M && one->rows != GEN_M : one->rows == GEN_M && one->cols != GEN_M;
        if (fits) v = one;
        if (fits) break;
    }
    if (!v) v = &g->v[0];
    v->used = true;
    char   in[12];
    double most = v->most;
    int    from = g->columns ? v->rows : v->cols;
    snprintf(in, sizeof in, "%s", v->name);
    gen_value *w = gen_param(g, "W", g->columns ? to : from, g->columns ? from : to);
    char       name[12], bias[24] = "";
    snprintf(name, sizeof name, "%s", w->name);
    if (gen_chance(g, 0.7)) snprintf(bias, sizeof bias, " + %s", gen_param(g, "b", g->columns ? to : GEN_ONE, g->columns ? GEN_ONE : to)->name);
    double grown = 4 * (most < 1 ? 1 : most);
    return g->columns ? gen_write(to, GEN_M, grown, "%s @ %s%s", name, in, bias) : gen_write(GEN_M, to, grown, "%s @ %s%s", in, name, bias);
}

/* A product of two values that fit, one of them turned where it must be. */
static inline gen_expr gen_product(generator *g) {
    for (int tries = 0; tries < 30; tries++) {
        gen_value *a = gen_pick(g), *b = gen_pick(g);
        bool       ta = gen_chance(g, 0.5), tb = gen_chance(g, 0.5);
        if (a->rows == GEN_NUMBER || b->rows == GEN_NUMBER || a->most > 6 || b->most > 6) continue;
        int ar = ta ? a->cols : a->rows, ac = ta ? a->rows : a->cols, br = tb ? b->cols : b->rows, bc = tb ? b->rows : b->cols;
        if (ac != br || ac == GEN_ONE) continue;
        a->used = b->used = true;
        return gen_write(ar, bc, 4 * a->most * b->most, "%s%s @ %s%s", a->name, ta ? ".T" : "", b->name, tb ? ".T" : "");
    }
    return gen_affine(g, 1);
}

/* Something along one axis of a value. */
static inline gen_expr gen_along(generator *g) {
    gen_value *v = gen_pick(g);
    for (int tries = 0; tries < 30 && v->rows == GEN_NUMBER; tries++) v = gen_pick(g);
    if (v->rows == GEN_NUMBER) return gen_affine(g, 2);
    v->used = true;
    int         axis = (int)gen_below(g, 2), rows = axis ? v->rows : GEN_ONE, cols = axis ? GEN_ONE : v->cols;
    const char *n = v->name;
    switch (gen_below(g, 10)) {
    case 0: return gen_write(rows, cols, 4 * v->most, "sum(%s, axis=%d, keepdims=True)", n, axis);
    case 1: return gen_write(rows, cols, v->most, "mean(%s, axis=%d)", n, axis);
    case 2: return gen_write(rows, cols, v->most, "%s(%s, axis=%d)", v->ties ? "mean" : "max", n, axis);
    case 3: return gen_write(v->rows, v->cols, 2 * v->most, "%s - mean(%s, axis=%d)", n, n, axis);
    case 4: return gen_write(v->rows, v->cols, 3, "%s / sqrt(mean(%s**2, axis=%d) + 1)", n, n, axis);
    case 5: return gen_write(v->rows, v->cols, 1, gen_chance(g, 0.5) ? "softmax(%s)" : "softmax(%s, axis=0)", n);
    case 6: return gen_write(v->rows, v->cols, 5 + 2 * v->most, gen_chance(g, 0.5) ? "log_softmax(%s)" : "log_softmax(%s, axis=1)", n);
    case 7: return gen_write(GEN_NUMBER, GEN_NUMBER, v->most, v->ties || gen_chance(g, 0.5) ? "mean(%s)" : "max(%s)", n);
    case 8: return gen_write(v->cols, v->rows, v->most, "%s.T", n);
    default: return g->mask ? gen_write(v->rows, v->cols, 2 * v->most, "dropout(%s, 0.8)", n) : gen_write(v->rows, v->cols, v->most, "%s", n);
    }
}

/* Does a text have a function in pieces in it, or a value that has? */
static inline bool gen_has_ties(const generator *g, const char *text) {
    static const char *const words[] = {"relu", "max", "min", "where", ">", "sign(", "dropout"};
    for (size_t i = 0; i < sizeof words / sizeof *words; i++)
        if (strstr(text, words[i])) return true;
    for (uint32_t i = 0; i < g->n; i++)
        if (g->v[i].ties && strstr(text, g->v[i].name)) return true;
    return false;
}

static inline gen_value *gen_define(generator *g, const char *letter, gen_expr x) {
    char name[12];
    if (x.most > 15 && strncmp(x.text, "dropout", 7) != 0) x = gen_bounded(g, x, 15);
    snprintf(name, sizeof name, "%s%u", letter, (unsigned)++g->n_names);
    buf_printf(&g->body, "%s = %s\n", name, x.text);
    bool       ties = gen_has_ties(g, x.text); /* also behind a product: a column of zeros stays one */
    gen_value *v = gen_add(g, name, x.rows, x.cols, x.most);
    v->ties = ties;
    return v;
}

static inline void gen_statement(generator *g) {
    static const char *const letters[] = {"Z", "A", "H", "U", "C", "S"};
    const char *letter = letters[gen_below(g, 6)];
    uint32_t    kind = gen_below(g, 10);
    gen_expr    x;
    if (kind < 3) x = gen_affine(g, 1 + (int)gen_below(g, 4));
    else if (kind < 4) x = gen_product(g);
    else if (kind < 6) x = gen_along(g);
    else {
        gen_value *like = gen_pick(g);
        x = gen_elementwise(g, like->rows, like->cols);
    }
    bool mask = strncmp(x.text, "dropout", 7) == 0; /* which is called after the name it is given */
    if (kind < 6 && !mask && gen_chance(g, 0.4)) x = gen_unary(g, gen_bounded(g, x, 4)); /* its inside has no name */
    gen_define(g, letter, x);
}

/* Some of the examples' losses, from a last layer. */
static inline void gen_loss(generator *g) {
    static const char *const forms[] = {"sigmoid($)", "softmax($)", "tanh($)", "sigmoid($)", "log_softmax($)"};
    gen_expr    z = gen_affine(g, 5);
    uint32_t    kind = gen_below(g, 5);
    if (z.most > 6) { /* log(1 - A) has steps where A comes close to 1 */
        char form[32];
        snprintf(form, sizeof form, "($) / %.0f", z.most / 4);
        z = gen_fill(z, form, 4);
    }
    const char *name = gen_chance(g, 0.6) ? gen_define(g, "Z", z)->name : NULL;
    if (name) z = gen_write(z.rows, z.cols, z.most, "%s", name);
    char a[12];
    snprintf(a, sizeof a, "%s", gen_define(g, "A", gen_fill(z, forms[kind], kind == 4 ? 10 : 1))->name);
    int axis = g->columns ? 0 : 1;
    if (kind == 0) buf_printf(&g->body, "L = -(Y * log(%s) + (1 - Y) * log(1 - %s))\n", a, a);
    else if (kind == 1) buf_printf(&g->body, "L = -sum(Y * log(%s), axis=%d)\n", a, axis);
    else if (kind == 4) buf_printf(&g->body, "L = -sum(Y * %s, axis=%d)\n", a, axis);
    else buf_printf(&g->body, gen_chance(g, 0.5) ? "L = (%s - Y)**2\n" : "L = 1/2 * (%s - Y)**2\n", a);
}

/* What nothing uses counts into the cost, so that all statements matter. */
static inline void gen_rest(generator *g, bool mean) {
    for (uint32_t i = 0; i < g->n; i++) {
        gen_value *v = &g->v[i];
        if (v->used) continue;
        bool examples = v->rows == GEN_M || v->cols == GEN_M;
        if (v->rows == GEN_NUMBER) buf_printf(&g->body, " + sin(%s)", v->name);
        else buf_printf(&g->body, " + %ssum(sin(%s))", mean && examples ? "1/m * " : "", v->name);
    }
}

static inline void gen_cost(generator *g) {
    static const char *const course[] = {"1/m * sum(L)", "sum(L) / m", "mean(L)", "1/(2*m) * sum(L)"};
    static const char *const others[] = {"sum(L)", "sqrt(1 + mean(L)**2)", "log(2 + sum(L)**2)", "mean(L) * mean(sin(L))", "max(L)"};
    bool mean = gen_chance(g, 0.8);
    buf_printf(&g->body, "J = %s", mean ? course[gen_below(g, 4)] : others[gen_below(g, 5)]);
    for (uint32_t i = 0; i < g->n; i++)
        if (g->v[i].name[0] == 'W' && gen_chance(g, 0.1)) buf_printf(&g->body, " + lambda/(2*m) * sum(%s**2)", g->v[i].name);
    gen_rest(g, mean);
    buf_puts(&g->body, "\nminimize J\n");
}

static inline void generate(generator *g, uint64_t seed) {
    *g = (generator){.r = rng_start(seed, RNG_CHECK, 77)};
    buf_init(&g->declarations, mem_default());
    buf_init(&g->body, mem_default());
    g->columns = gen_chance(g, 0.6);
    g->own = gen_chance(g, 0.3);
    g->two = gen_chance(g, 0.2);
    g->open = gen_chance(g, 0.2);
    g->mask = gen_chance(g, 0.4);
    buf_puts(&g->declarations, "const lambda = 0.7\n");
    if (g->own) buf_puts(&g->declarations, gen_chance(g, 0.5) ? "own(z) = z * sigmoid(z)\n" : "own(z) = (1 + z)/(1 + exp(-z)) + z\n");
    if (g->two) buf_puts(&g->declarations, "two(p, q) = p / (1 + q**2) + q\n");
    if (g->open) buf_puts(&g->declarations, "function g\n");
    buf_printf(&g->declarations, "input X : (%s)\nlabel Y : (%s)%s\n", g->columns ? "n0, m" : "m, n0", g->columns ? "k, m" : "m, k",
               gen_chance(g, 0.5) ? " onehot" : "");
    gen_add(g, "X", g->columns ? 1 : GEN_M, g->columns ? GEN_M : 1, 3)->used = true;
    gen_add(g, "Y", g->columns ? 5 : GEN_M, g->columns ? GEN_M : 5, 1)->used = true;
    uint32_t n = 1 + gen_below(g, gen_chance(g, 0.2) ? 40 : 10);
    for (uint32_t i = 0; i < n; i++) gen_statement(g);
    gen_loss(g);
    gen_cost(g);
}

static inline void generate_free(generator *g) {
    buf_free(&g->declarations);
    buf_free(&g->body);
}

#endif
