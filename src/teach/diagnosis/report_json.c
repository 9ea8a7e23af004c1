/* The diagnosis as data; docs/json.md describes it. What a hint level does not tell is not there. */
#include <math.h>

#include "teach/diagnosis/inside.h"

static void put_text(buf *out, const char *name, const char *text) {
    buf_printf(out, "\"%s\": ", name);
    if (text) json_string(out, text);
    else buf_puts(out, "null");
}

static void put_number(buf *out, const char *name, double x) {
    buf_printf(out, ", \"%s\": ", name);
    json_number(out, x);
}

static void put_mistakes(const diagnosis *d, const diagnosed *x, int hint, buf *out) {
    buf_puts(out, ", \"mistakes\": [");
    for (uint32_t i = 0; hint >= HINT_KIND && i < x->names.n; i++) {
        const mistake *what = x->names.at[i].what;
        buf_puts(out, i ? ", {" : "{");
        put_text(out, "kind", group_names[what->group]);
        if (hint >= HINT_NAME) {
            buf_puts(out, ", ");
            put_text(out, "name", what->name);
            buf_puts(out, ", ");
            put_text(out, "says", what->sentence);
            buf_puts(out, ", ");
            put_text(out, "in", ir_var_name(&d->m->g, x->names.at[i].in));
        }
        buf_puts(out, "}");
    }
    buf_puts(out, "]");
}

static void put_measures(const diagnosed *x, buf *out) {
    put_number(out, "factor", x->factor != 0 ? x->factor : (double)NAN);
    put_number(out, "norms", x->norms);
    put_number(out, "cosine", x->cosine);
    buf_printf(out, ", \"differ\": %zu, \"entries\": %zu, \"row\": %zu, \"column\": %zu", x->n_differ,
               x->n_entries, x->row + 1, x->col + 1);
}

static void put_answer(const diagnosis *d, const report_options *opt, const diagnosed *x, arena *a,
                       buf *out) {
    int hint = opt->hint ? opt->hint : HINT_NAME;
    buf_puts(out, "{");
    put_text(out, "name", x->is.name);
    buf_puts(out, ", ");
    put_text(out, "of", x->is.of);
    buf_printf(out, ", \"line\": %u, ", x->is.line);
    put_text(out, "text", x->is.text);
    buf_puts(out, ", ");
    put_text(out, "verdict", answer_word(x));
    buf_printf(out, ", \"right\": %s, ", answer_is_wrong(x->verdict) ? "false" : "true");
    put_text(out, "message", diagnosed_message(d, x, hint, a));
    put_mistakes(d, x, hint, out);
    if (hint >= HINT_NAME && x->verdict == ANSWER_WRONG) put_measures(x, out);
    buf_puts(out, "}");
}

void diagnosis_json(const diagnosis *d, const report_options *opt, buf *out) {
    arena a;
    arena_init(&a, out->mem);
    buf_puts(out, "{");
    put_text(out, "model", d->m->src.name);
    buf_printf(out, ", \"right\": %s, \"cases\": \"%s\", \"seed\": %llu, \"convention\": \"%s\", ",
               d->n_wrong ? "false" : "true", d->is_given ? "given" : "random", (unsigned long long)d->seed,
               d->used == CONVENTION_DJ ? "dJ" : "course");
    buf_puts(out, "\"first_wrong\": ");
    if (d->n_wrong) buf_printf(out, "%u", d->first_wrong + 1);
    else buf_puts(out, "null");
    buf_puts(out, ", \"answers\": [");
    for (uint32_t i = 0; i < d->list.n; i++) {
        if (i) buf_puts(out, ", ");
        put_answer(d, opt, &d->list.at[i], &a, out);
    }
    buf_puts(out, "], \"missing\": [");
    for (uint32_t i = 0; i < d->missing.n; i++) {
        if (i) buf_puts(out, ", ");
        json_string(out, ir_var_name(&d->m->g, d->missing.at[i]));
    }
    buf_puts(out, "]}\n");
    if (arena_status(&a) != DFOO_OK) out->failed = true;
    arena_free(&a);
}
