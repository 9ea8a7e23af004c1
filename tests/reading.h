/* What the tests of the rooms above ir share: a model read from text, its derivation, and
 * gradients held against differences of the cost.
 *
 *     reading r;
 *     reading_open(&r, "param W : (2, 3)\n..");
 *     reading_derive(&r, CONVENTION_COURSE);
 *     ..
 *     reading_close(&r);
 *
 * What cannot go wrong in a test ends it, with the messages and the text. */
#ifndef TESTS_READING_H
#define TESTS_READING_H

#include "failing_allocator.h"

#include <math.h>
#include <stdio.h>

#include "core/base/rng.h"
#include "core/diff/diff.h"
#include "core/lang/reader.h"
#include "core/notation/notation.h"
#include "core/simplify/simplify.h"

typedef struct reading {
    arena       a;
    symbols     names;
    diags       d;
    model       m;
    derivation  dv;
    const char *text;
} reading;

static inline void reading_close(reading *r) {
    arena_free(&r->a);
}

/* Ends the test, with what was said and the model. */
static inline void reading_fail(reading *r, const char *what) {
    buf out;
    buf_init(&out, r->a.mem);
    diags_render(&r->d, 0, &out);
    printf("%s\n%s%s\n", what, out.text ? out.text : "", r->text); /* print_message cuts long texts */
    fflush(stdout);
    buf_free(&out);
    reading_close(r); /* or the leak would be reported as well */
    fail();
}

static inline dfoo_status reading_try(reading *r, dfoo_allocator mem, const char *text) {
    *r = (reading){.text = text};
    arena_init(&r->a, mem);
    symbols_init(&r->names, &r->a);
    diags_init(&r->d, &r->a);
    return lang_read(&r->m, &r->a, &r->names, &r->d, "test.eq", text, strlen(text));
}

static inline void reading_open(reading *r, const char *text) {
    if (reading_try(r, mem_default(), text) != DFOO_OK) reading_fail(r, "cannot be read");
}

static inline dfoo_status reading_try_derive(reading *r, convention c) {
    diff_options     how = {.convention = c};
    DFOO_TRY(diff_name(&r->m, &r->a));
    DFOO_TRY(diff_run(&r->m, &r->a, &how, &r->dv));
    return simplify_derivation(&r->dv, &r->m.g, &r->a, NULL);
}

static inline void reading_derive(reading *r, convention c) {
    if (reading_try_derive(r, c) != DFOO_OK) reading_fail(r, "cannot be derived");
}

static inline var_id reading_var(const reading *r, const char *name) {
    return ir_find_var(&r->m.g, symbols_find(&r->names, name, strlen(name)));
}

/* How a node is written; lives as long as the reading. */
static inline const char *reading_text(reading *r, node_id n) {
    buf out;
    buf_init(&out, r->a.mem);
    print_node(&r->m.g, n, &out);
    const char *text = arena_text(&r->a, out.text ? out.text : "", out.len);
    buf_free(&out);
    return text;
}

static inline bool reading_is_function(void *user, sym name) {
    reading    *r = user;
    const char *text = symbols_name(&r->names, name);
    return op_find(text) || model_function(&r->m, name) || lang_is_numpy_name(text);
}

static inline void reading_not_function(void *user, sym name, span at) {
    reading *r = user;
    diag_error(&r->d, NULL, at, "%s is no function", symbols_name(&r->names, name));
}

/* The node of an expression over the model's names; 0 if it has a mistake. */
static inline node_id reading_expression(reading *r, const char *text) {
    source *src = arena_new(&r->a, sizeof *src);
    reader  in = {.m = &r->m, .g = &r->m.g, .a = &r->a, .d = &r->d};
    *src = (source){"expression", text, strlen(text)};
    syntax_lex(src, &r->a, &r->names, &r->d, &in.in);
    in.p = (parser){&r->a, &r->names, &r->d, &in.in, .is_function = reading_is_function, .not_function = reading_not_function, .user = r};
    ast *x = syntax_expression(&in.p);
    return x && syntax_peek(&in.p)->kind == TOKEN_END ? lang_read_expression(&in, x) : 0;
}

/* ------------------------------------------------------------------ values */

typedef enum { FORM_RAW, FORM_LOCAL, FORM_WHOLE } form_of_gradient;

/* The forward pass and all gradients, in one of their forms; whole stands for what is shown. */
static inline program reading_program(reading *r, form_of_gradient form) {
    program p = {{0}};
    for (uint32_t i = 0; i < r->dv.forward.list.n; i++) vec_push(&r->a, &p.list, r->dv.forward.list.at[i]);
    for (uint32_t i = 0; i < r->dv.list.n; i++) {
        const gradient *v = &r->dv.list.at[i];
        node_id         n = form == FORM_RAW ? v->raw : form == FORM_WHOLE && v->shown ? v->whole : v->local;
        vec_push(&r->a, &p.list, (stmt){.var = v->grad, .node = n});
    }
    return p;
}

typedef struct values {
    sizes      s;
    evaluation e;
} values;

/* Runs a program on random values; draw k has other sizes and values than draw 0. */
static inline values *values_of(reading *r, const program *p, uint32_t draw) {
    values *v = arena_new(&r->a, sizeof *v);
    if (model_try_sizes(&r->m, &r->a, draw, &v->s) != DFOO_OK || eval_init(&v->e, &r->m.g, &r->a, &v->s) != DFOO_OK ||
        eval_add_program(&v->e, p) != DFOO_OK || eval_random(&v->e, 1, draw) != DFOO_OK)
        reading_fail(r, "cannot be evaluated");
    eval_run(&v->e);
    return v;
}

static inline matrix values_var(values *v, var_id x) {
    return eval_var(&v->e, x);
}

typedef struct held { /* against differences */
    double   worst; /* |difference - gradient| / (1e-3 + the larger of both) */
    uint32_t n, n_skipped;
} held;

typedef struct slopes {
    double left, right, both; /* of the cost, one-sided and two-sided */
} slopes;

static inline slopes slopes_at(values *v, double *entry, matrix cost, double h) {
    double old = *entry, at[3];
    for (int i = 0; i < 3; i++) {
        *entry = old + (i - 1) * h;
        eval_run(&v->e);
        at[i] = cost.at[0];
    }
    *entry = old;
    return (slopes){(at[1] - at[0]) / h, (at[2] - at[1]) / h, (at[2] - at[0]) / (2 * h)};
}

/* Holds dv against differences by the entries of x, `most` of them. `v` runs the forward pass
 * only, so that dv stays as it is. At a kink any value between the two one-sided slopes is
 * right, and where differences have not settled, near a jump, an entry is skipped. */
static inline void hold(held *out, values *v, var_id x, matrix dv, var_id cost, double scale, size_t most, rng *any) {
    matrix at = values_var(v, x), j = values_var(v, cost);
    size_t n = at.rows * at.cols;
    for (size_t k = 0; k < n && k < most; k++) {
        size_t i = n <= most ? k : rng_below(any, (uint32_t)n);
        slopes far = slopes_at(v, &at.at[i], j, 2e-5), near = slopes_at(v, &at.at[i], j, 1e-5);
        double both = scale * near.both, size = 1e-3 + fmax(fabs(both), fabs(dv.at[i]));
        double kink = scale * fabs(near.right - near.left) / 2;
        if (fabs(scale * far.both - both) > 1e-6 * size) out->n_skipped++;
        else out->worst = fmax(out->worst, (fabs(both - dv.at[i]) - kink) / size);
        out->n++;
    }
}

#endif
