/* Sizes that do not go with the slices of a model, in words. */
#include "core/lang/lang.h"
#include "core/notation/notation.h"

/* "k = 2, n = 4": the sizes in a sum. */
static void put_sizes(const model *m, const dim_sum *sum, const sizes *s, buf *out) {
    sym      told[DIM_TERMS * DIM_FACTORS];
    uint32_t n = 0;
    for (uint32_t i = 0; i < sum->n; i++)
        for (uint32_t k = 0; k < sum->at[i].n; k++) {
            sym      name = sum->at[i].of[k];
            uint32_t j = 0;
            while (j < n && told[j] != name) j++;
            if (j < n) continue;
            told[n++] = name;
            buf_printf(out, "%s%s = %zu", n > 1 ? ", " : "", symbols_name(m->g.names, name),
                       sizes_get(s, dim_named(name)));
        }
}

const char *lang_misfit(const model *m, arena *a, const sizes *s) {
    need     x;
    uint32_t line, column;
    if (!model_misfit(m, a, s, &x)) return NULL;
    buf b;
    buf_init(&b, a->mem);
    source_place(&m->src, x.at.start, &line, &column);
    buf_puts(&b, "with ");
    put_sizes(m, &x.sum, s, &b);
    buf_puts(&b, " there is no ");
    if (x.n) print_node(&m->g, x.n, &b);
    else buf_printf(&b, "entry in %s", ir_var_name(&m->g, x.v));
    buf_printf(&b, ", at line %u of the model", line);
    const char *text = b.failed ? NULL : arena_text(a, b.text, b.len);
    if (b.failed) a->failed = true;
    buf_free(&b);
    return text;
}

dfoo_status lang_check_sizes(const model *m, arena *a, const sizes *s) {
    const char *wrong = lang_misfit(m, a, s);
    if (!wrong) return arena_status(a);
    return diag_alone(m->g.d, "%s", wrong);
}
