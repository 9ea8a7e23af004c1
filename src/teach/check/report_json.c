/* The report as data, for programs: the same findings as report.c tells in words. docs/json.md describes it.
 */
#include <assert.h>
#include <math.h>

#include "teach/check/inside.h"

static const char *const claim_words[] = {
    [CLAIM_EQUAL] = "right",     [CLAIM_OTHER_CONVENTION] = "right in the other convention",
    [CLAIM_UNKNOWN] = "unknown", [CLAIM_GIVEN] = "right, but not after the claims before it",
    [CLAIM_SHAPE] = "shape",     [CLAIM_DIFFERS] = "differs",
};

static void put_text(buf *out, const char *name, const char *text) {
    buf_printf(out, "\"%s\": ", name);
    json_string(out, text);
}

static void put_number(buf *out, const char *name, double x) {
    buf_printf(out, ", \"%s\": ", name);
    json_number(out, x);
}

/* From 1 on; null: there is no entry. */
static void put_place(buf *out, const char *name, bool is_entry, size_t place) {
    if (is_entry) buf_printf(out, ", \"%s\": %zu", name, place + 1);
    else buf_printf(out, ", \"%s\": null", name);
}

static void put_gradient(const findings *f, const judgement *g, uint32_t i, buf *out) {
    const judged      *j = &g->shown[i];
    const differences *q = j->q;
    bool               compared = j->n_checked || j->along, entry = j->n_checked && j->worst.at != ALONG;
    buf_puts(out, "{");
    put_text(out, "name", report_name(f, q));
    buf_puts(out, ", ");
    put_text(out, "of", ir_var_name(f->s->g, q->v));
    buf_printf(out, ", \"shape\": [%zu, %zu], ", q->rows, q->cols);
    put_text(out, "verdict", verdict_word(j->verdict));
    buf_printf(out, ", \"right\": %s",
               verdict_ok(j->verdict) && verdict_ok(g->raw[i].verdict) ? "true" : "false");
    buf_printf(out, ", \"entries\": %zu, \"compared\": %u", q->rows * q->cols, j->n_checked);
    put_number(out, "difference", compared ? j->distance : (double)NAN);
    put_place(out, "row", entry, entry ? j->worst.at / q->cols : 0);
    put_place(out, "column", entry, entry ? j->worst.at % q->cols : 0);
    put_number(out, "derived", compared ? j->derived : (double)NAN);
    put_number(out, "measured", compared ? j->worst.value : (double)NAN);
    buf_puts(out, "}");
}

static void put_instance(const findings *f, const judgement *g, const char *values, buf *out) {
    bool first = true;
    buf_printf(out, "{\"values\": \"%s\", \"right\": %s, \"gradients\": [", values, g->ok ? "true" : "false");
    for (uint32_t i = 0; g->in.finite && i < g->q.list.n; i++) {
        bool ok = verdict_ok(g->shown[i].verdict) && verdict_ok(g->raw[i].verdict);
        if (ok && !g->in_table[i]) continue;
        if (!first) buf_puts(out, ", ");
        first = false;
        put_gradient(f, g, i, out);
    }
    buf_puts(out, "]}");
}

static void put_claim(const findings *f, const claim_judged *c, buf *out) {
    assert(c->verdict < sizeof claim_words / sizeof *claim_words);
    buf_puts(out, "{");
    put_text(out, "name", ir_var_name(f->s->g, c->of->var));
    buf_puts(out, ", ");
    put_text(out, "verdict", claim_words[c->verdict]);
    buf_printf(out, ", \"right\": %s}", c->verdict < CLAIM_UNKNOWN ? "true" : "false");
}

void second_json(const model *m, const second_judged *j, buf *out) {
    buf_printf(out, "{\"right\": %s, \"products\": [", j->ok ? "true" : "false");
    for (uint32_t i = 0; i < j->list.n; i++) {
        const product_judged *x = &j->list.at[i];
        buf_puts(out, i ? ", {" : "{");
        put_text(out, "name", ir_var_name(&m->g, x->product));
        buf_printf(out, ", \"shape\": [%zu, %zu], ", x->rows, x->cols);
        put_text(out, "verdict", !x->tried ? "not told" : x->right ? "right" : "wrong");
        buf_printf(out, ", \"right\": %s", x->right ? "true" : "false");
        put_number(out, "difference", x->tried ? x->difference : (double)NAN);
        buf_puts(out, "}");
    }
    buf_puts(out, "]");
    put_number(out, "symmetry", j->list.n ? j->symmetry : (double)NAN);
    buf_printf(out, ", \"planted\": %u, \"noticed\": %u}", j->n_planted, j->n_noticed);
}

void report_json(const findings *f, buf *out) {
    buf_puts(out, "{");
    put_text(out, "model", f->s->m->src.name);
    buf_printf(out, ", \"right\": %s, \"seed\": %llu", f->ok ? "true" : "false",
               (unsigned long long)f->random.in.seed);
    buf_puts(out, ", \"instances\": [");
    put_instance(f, &f->random, "random", out);
    if (f->has_given) {
        buf_puts(out, ", ");
        put_instance(f, &f->given, "given", out);
    }
    buf_printf(out, "], \"planted\": %u, \"noticed\": %u, \"claims\": [", f->control.n_planted,
               f->control.n_noticed);
    for (uint32_t i = 0; i < f->claims.list.n; i++) {
        if (i) buf_puts(out, ", ");
        put_claim(f, &f->claims.list.at[i], out);
    }
    buf_puts(out, "]}\n");
}
