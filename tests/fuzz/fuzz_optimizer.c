/* Any bytes as the text of an optimiser: it is refused with a message, or what is shown of it is shown the
 * same again, and it trains; where its numbers leave the reals, that is said. */
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "core/diff/diff.h"
#include "core/lang/lang.h"
#include "core/simplify/simplify.h"
#include "run/train/train.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

enum { LARGEST = 2048 };

static const char network[] =
    "input X : (n0, m)\nlabel Y : (1, m)\nparam W : (1, n0)\nparam b : (1, 1)\nA = sigmoid(W @ X + b)\n"
    "J = 1/m * sum((A - Y)**2)\nminimize J\npredict A\n";

typedef struct bench {
    arena   a;
    symbols names;
    diags   d;
    model   m;
    program p;
} bench;

static void fail(bench *b, const char *what, const char *text) {
    buf said;
    buf_init(&said, mem_default());
    diags_render(&b->d, 0, &said);
    fprintf(stderr, "%s\n%s%s\n", what, text, said.text ? said.text : "");
    abort();
}

static void expect(bench *b, dfoo_status status, const char *what, const char *text) {
    if (status == DFOO_OK ? b->d.n_errors != 0 : status != DFOO_EINPUT || !b->d.n_errors) fail(b, what, text);
}

static void open_bench(bench *b) {
    derivation       e;
    diff_options     how = {0};
    program          shown = {{0}};
    *b = (bench){.p = {{0}}};
    arena_init(&b->a, mem_default());
    symbols_init(&b->names, &b->a);
    diags_init(&b->d, &b->a);
    if (lang_read(&b->m, &b->a, &b->names, &b->d, "net.eq", network, strlen(network)) != DFOO_OK ||
        diff_run(&b->m, &b->a, &how, &e) != DFOO_OK ||
        simplify_derivation(&e, &b->m.g, &b->a, NULL) != DFOO_OK ||
        simplify_program(&e, &b->m.g, false, b->m.predict.at, b->m.predict.n, &shown) != DFOO_OK ||
        simplify_stable(&b->m.g, &b->a, &shown, NULL, &b->p) != DFOO_OK)
        fail(b, "the network", network);
}

/* What is shown can be given again. */
static bool show(const char *text, buf *out) {
    bench        b;
    rule_options opt = {.optimizer = "fuzz.opt", .optimizer_text = text};
    open_bench(&b);
    dfoo_status status = rule_show(&opt, &b.d, out);
    expect(&b, status, "show", text);
    arena_free(&b.a);
    return status == DFOO_OK;
}

static void train(const char *text) {
    static const double x[] = {1, -2, 0.5, 0.25, 3, -1}, y[] = {0, 1, 1};
    bench               b;
    train_result        result;
    dfoo_arrays        *set, *run;
    dfoo_allocator      mem = mem_default();
    train_options       opt = {
              .rule.optimizer = "fuzz.opt", .rule.optimizer_text = text, .epochs = 2, .batch = 2, .feed.dtype = EXEC_F64};
    open_bench(&b);
    if (arrays_new(&mem, &set) != DFOO_OK || arrays_new(&mem, &run) != DFOO_OK ||
        arrays_add_matrix(set, "X", 2, 3, x, NULL) != DFOO_OK ||
        arrays_add_matrix(set, "Y", 1, 3, y, NULL) != DFOO_OK)
        abort();
    train_input in = {.data = {.name = "data", .arrays = set}};
    expect(&b, train_run(&b.m, &b.p, &in, &opt, run, NULL, &result), "train", text);
    arrays_free(set);
    arrays_free(run);
    arena_free(&b.a);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
    char text[LARGEST + 1];
    buf  shown, again;
    if (size > LARGEST || memchr(data, 0, size)) return 0;
    memcpy(text, data, size);
    text[size] = 0;
    buf_init(&shown, mem_default());
    buf_init(&again, mem_default());
    if (show(text, &shown)) {
        if (!show(shown.text, &again) || strcmp(shown.text, again.text) != 0) {
            fprintf(stderr, "%s\nis shown as\n%s\nand that as\n%s\n", text, shown.text,
                    again.text ? again.text : "");
            abort();
        }
        train(text);
    }
    buf_free(&shown);
    buf_free(&again);
    return 0;
}
