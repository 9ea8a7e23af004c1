/* What `show` prints: the model line by line with shapes, sizes and starts. */
#include <string.h>

#include "core/lang/lang.h"
#include "core/notation/notation.h"

enum { COMMENT_COLUMN = 40 };

static size_t own_size(const model *m, sym name) {
    for (uint32_t i = 0; i < m->size_values.n; i++)
        if (m->size_values.at[i].name == name) return m->size_values.at[i].value;
    return 0;
}

/* 0: not known. */
static size_t size_of(const model *m, dim d) {
    dim_sum sum = dim_read(m->g.names, d);
    size_t  out = 0;
    for (uint32_t i = 0; i < sum.n; i++) {
        int64_t term = sum.at[i].times;
        for (uint32_t k = 0; k < sum.at[i].n; k++) term *= (int64_t)own_size(m, sum.at[i].of[k]);
        if (!term) return 0;
        out += (size_t)term;
    }
    return sum.n ? out : 1;
}

static void put_declaration(const model *m, const variable *v, const char *kind, buf *out) {
    size_t start = out->len;
    if (v->symmetric) buf_printf(out, "symmetric %s", kind);
    else buf_printf(out, "%-6s", kind);
    buf_printf(out, " %s", symbols_name(m->g.names, v->name));
    if (v->kind == VAR_CONST) {
        buf_puts(out, " = ");
        buf_number(out, v->value);
    } else {
        buf_puts(out, " : ");
        print_shape(&m->g, v->sh, out);
    }
    if (v->onehot) buf_puts(out, " onehot");
    if (v->init) buf_printf(out, " ~ %s", symbols_name(m->g.names, v->init));
    for (uint32_t i = 0; i < v->n_init_args; i++) {
        buf_puts(out, i ? ", " : "(");
        buf_number(out, v->init_arg[i]);
        if (i + 1 == v->n_init_args) buf_puts(out, ")");
    }
    size_t rows = size_of(m, v->sh.rows), cols = size_of(m, v->sh.cols);
    if (v->kind == VAR_PARAM && rows && cols && !shape_is_scalar(v->sh)) {
        size_t used = out->len - start;
        if (used < COMMENT_COLUMN) buf_repeat(out, ' ', COMMENT_COLUMN - used);
        buf_printf(out, "# %zu x %zu", rows, cols);
    }
    buf_puts(out, "\n");
}

static void put_definition(const model *m, const stmt *s, buf *out) {
    size_t start = out->len;
    buf_printf(out, "%s = ", ir_var_name(&m->g, s->var));
    print_node(&m->g, s->node, out);
    size_t used = out->len - start;
    buf_repeat(out, ' ', used + 2 < COMMENT_COLUMN ? COMMENT_COLUMN - used : 2);
    buf_puts(out, "# ");
    print_shape(&m->g, ir_var(&m->g, s->var)->sh, out);
    buf_puts(out, "\n");
}

static void put_factor(const model *m, dim d, bool beside, buf *out) {
    bool sum = beside && dim_read(m->g.names, d).n > 1;
    if (sum) buf_puts(out, "(");
    print_dim(&m->g, d, out);
    if (sum) buf_puts(out, ")");
}

/* "n1*n0", "n1", "1": how many entries a shape has. */
static void put_entries(const model *m, shape sh, buf *out) {
    bool rows = sh.rows != dim_literal(1), cols = sh.cols != dim_literal(1);
    if (rows) put_factor(m, sh.rows, rows && cols, out);
    if (rows && cols) buf_puts(out, "*");
    if (cols || !rows) put_factor(m, sh.cols, rows && cols, out);
}

/* "n1 * n0 + n1 + ..": the number of parameters, as a number where all sizes are known. */
static void put_parameters(const model *m, buf *out) {
    size_t total = 0;
    bool   known = true;
    buf_puts(out, "# parameters: ");
    uint32_t n = 0;
    for (var_id v = 1; v < m->g.vars.n; v++) {
        if (ir_var(&m->g, v)->kind != VAR_PARAM) continue;
        shape  sh = ir_var(&m->g, v)->sh;
        size_t entries = size_of(m, sh.rows) * size_of(m, sh.cols);
        if (n++) buf_puts(out, " + ");
        put_entries(m, sh, out);
        known = known && entries;
        total += entries;
    }
    if (!n) buf_puts(out, "none");
    else if (known) buf_printf(out, " = %zu", total);
    buf_puts(out, "\n");
}

static void put_head(const model *m, buf *out) {
    buf_printf(out, "# %s: ", m->src.name);
    model_put_examples(m, out);
    buf_puts(out, "\n");
    print_row_and_column(m, out);
}

void lang_show(const model *m, buf *out) {
    static const char *const kinds[] = {"input", "label", "param", "const"};
    put_head(m, out);
    for (uint32_t i = 0; i < m->size_values.n; i++)
        buf_printf(out, "size   %s = %zu\n", symbols_name(m->g.names, m->size_values.at[i].name),
                   m->size_values.at[i].value);
    if (m->examples_said)
        buf_printf(out, "examples %s\n",
                   m->examples ? symbols_name(m->g.names, dim_name(m->examples)) : "none");
    for (var_id v = 1; v < m->g.vars.n; v++)
        if (ir_var(&m->g, v)->kind <= VAR_CONST)
            put_declaration(m, ir_var(&m->g, v), kinds[ir_var(&m->g, v)->kind], out);
    for (uint32_t i = 0; i < m->functions.n; i++) {
        const function *f = &m->functions.at[i];
        const char     *name = symbols_name(m->g.names, f->name);
        if (!f->body) buf_printf(out, "function %s\n", name);
        else buf_printf(out, "# %s is a function of this model, written out below\n", name);
    }
    for (uint32_t i = 0; i < m->forward.list.n; i++) put_definition(m, &m->forward.list.at[i], out);
    if (m->cost) buf_printf(out, "minimize %s\n", ir_var_name(&m->g, m->cost));
    for (uint32_t i = 0; i < m->predict.n; i++)
        buf_printf(out, "predict  %s\n", ir_var_name(&m->g, m->predict.at[i]));
    put_parameters(m, out);
}
