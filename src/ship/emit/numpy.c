/* A derivation -> a Python module that needs numpy only: the functions that numpy lacks, then
 * forward(..), which returns every value, and backward(.., values), which returns the gradients.
 * Sizes are read off the arrays, constants stand at the top. */
#include "ship/emit/numpy.h"

#include <math.h>
#include <string.h>

enum { COMMENT_COLUMN = 52, LINE_END = 100 };

/* ---------------------------------------------------------------- what is in it */

/* The gradients that are listed and those that they are computed from. */
static dfoo_status find_needed(numpy *p) {
    for (uint32_t i = p->d->list.n; i-- > 0;) {
        const gradient *v = &p->d->list.at[i];
        node_list       need = {{0}};
        if (emit_is_listed(p->only, v)) p->needed[v->grad] = true;
        if (!p->needed[v->grad]) continue;
        DFOO_TRY(ir_reach(p->g, p->a, &v->whole, 1, &need));
        for (uint32_t k = 0; k < need.list.n; k++) {
            const node *x = ir_node(p->g, need.list.at[k]);
            if (x->op == OP_VAR && ir_var(p->g, x->ref)->kind >= VAR_GRADIENT) p->needed[x->ref] = true;
        }
    }
    return DFOO_OK;
}

/* The lines of backward as statements. */
static dfoo_status backward_program(numpy *p, program *out) {
    for (uint32_t i = 0; i < p->d->list.n; i++) {
        const gradient *v = &p->d->list.at[i];
        if (p->needed[v->grad]) vec_push(p->a, &out->list, (stmt){.var = v->grad, .node = v->whole});
    }
    return arena_status(p->a);
}

static dfoo_status add_kinds(numpy *p, const program *q) {
    for (uint32_t i = 0; i < q->list.n; i++) DFOO_TRY(numpy_add_kinds(p, &q->list.at[i]));
    return DFOO_OK;
}

static void constant_kinds(numpy *p) {
    for (var_id v = 1; v < p->g->vars.n; v++) {
        const variable *x = ir_var(p->g, v);
        if (x->kind == VAR_CONST && floor(x->value) == x->value) p->var_kind[v] = NUMPY_INT;
    }
}

/* What a function of the module uses: variables by var_id, sizes and derivatives by looking. */
typedef struct uses {
    node_list nodes;
    bool     *var;
} uses;

static dfoo_status find_uses(const numpy *p, const program *q, uses *out) {
    node_id *roots = arena_new(p->a, (q->list.n + 1) * sizeof *roots);
    *out = (uses){.var = arena_new(p->a, p->g->vars.n)};
    if (!roots || !out->var) return DFOO_ENOMEM;
    for (uint32_t i = 0; i < q->list.n; i++) roots[i] = q->list.at[i].node;
    DFOO_TRY(ir_reach(p->g, p->a, roots, q->list.n, &out->nodes));
    for (uint32_t i = 0; i < out->nodes.list.n; i++) {
        const node *x = ir_node(p->g, out->nodes.list.at[i]);
        if (x->op == OP_VAR) out->var[x->ref] = true;
    }
    return DFOO_OK;
}

static bool uses_mask(const numpy *p, const uses *u, var_id v) {
    return ir_var(p->g, v)->kind == VAR_MASK && u->var[v];
}

static bool uses_size(const numpy *p, const uses *u, sym name) {
    for (var_id v = 1; v < p->g->vars.n; v++) {
        shape s = ir_var(p->g, v)->sh;
        if (uses_mask(p, u, v) && (dim_has(p->g->names, s.rows, name) || dim_has(p->g->names, s.cols, name)))
            return true;
    }
    for (uint32_t i = 0; i < u->nodes.list.n; i++)
        if (emit_uses_size(p->g, ir_node(p->g, u->nodes.list.at[i]), name)) return true;
    return false;
}

static bool uses_open(const numpy *p, const uses *u, sym function, uint32_t primes) {
    for (uint32_t i = 0; i < u->nodes.list.n; i++) {
        const node *x = ir_node(p->g, u->nodes.list.at[i]);
        if (x->op == OP_OPEN && x->ref == function && x->attr == primes) return true;
    }
    return false;
}

/* The first argument whose shape has the dimension; 0: none. */
static var_id size_from(const numpy *p, sym name) {
    for (var_id v = 1; v < p->g->vars.n; v++) {
        const variable *x = ir_var(p->g, v);
        if (x->kind <= VAR_PARAM && (x->sh.rows == dim_named(name) || x->sh.cols == dim_named(name)))
            return v;
    }
    return 0;
}

static const size_value *size_value_of(const numpy *p, sym name) {
    for (uint32_t i = 0; i < p->d->m->size_values.n; i++)
        if (p->d->m->size_values.at[i].name == name) return &p->d->m->size_values.at[i];
    return NULL;
}

/* ---------------------------------------------------------------- the top */

static void put_doc_text(numpy *p, const char *text, size_t len) {
    for (const char *c = text; c < text + len;) {
        size_t n = text_utf8(c);
        if (*c == '\\' || *c == '"') buf_printf(p->out, "\\%c", *c);
        else if (n && (unsigned char)*c >= 0x20 && *c != 0x7F) buf_put(p->out, c, n);
        else buf_puts(p->out, "?");
        c += n ? n : 1;
    }
}

static void put_docstring(numpy *p, const char *head) {
    size_t      len;
    const char *line;
    buf_puts(p->out, "\"\"\"");
    while ((line = text_comment_line(&head, &len))) {
        put_doc_text(p, line, len);
        buf_puts(p->out, "\n");
    }
    buf_puts(p->out, "\nMade by dfoo " DFOO_VERSION
                     ". Arrays hold floats and have the shapes of the comments.\n\"\"\"\n");
}

static void put_imports(numpy *p) {
    buf_puts(p->out, numpy_needs_math(p) ? "import math\n\nimport numpy as np\n" : "import numpy as np\n");
}

static void put_constants(numpy *p) {
    const model *m = p->d->m;
    bool         first = true;
    for (var_id v = 1; v < p->g->vars.n; v++) {
        if (ir_var(p->g, v)->kind != VAR_CONST) continue;
        buf_printf(p->out, "%s%s = ", first ? "\n" : "", p->var[v]);
        buf_number(p->out, ir_var(p->g, v)->value);
        buf_puts(p->out, "\n");
        first = false;
    }
    for (uint32_t i = 0; i < m->size_names.n; i++) {
        const size_value *s = size_value_of(p, m->size_names.at[i]);
        if (!s || size_from(p, s->name)) continue;
        buf_printf(p->out, "%s%s = %zu\n", first ? "\n" : "", p->size[s->name], s->value);
        first = false;
    }
}

static void put_functions(numpy *p) {
    for (int op = 1; op < OP_COUNT; op++)
        if (p->used[op] && op_table[op].python) buf_printf(p->out, "\n\n%s", op_table[op].python);
}

/* ---------------------------------------------------------------- a function */

/* A list whose lines end before LINE_END and go on at an indent. */
typedef struct wrapped {
    buf   *out;
    size_t start, indent; /* of the line at hand; of the lines behind it */
    bool   any;
} wrapped;

static void put_wrapped(wrapped *w, const char *text) {
    if (w->any) buf_puts(w->out, ",");
    if (w->any && w->out->len - w->start + strlen(text) + 2 > LINE_END) {
        buf_puts(w->out, "\n");
        w->start = w->out->len;
        buf_repeat(w->out, ' ', w->indent);
    } else if (w->any) {
        buf_puts(w->out, " ");
    }
    buf_puts(w->out, text);
    w->any = true;
}

/* Inputs, labels, parameters, sizes that nothing tells, and the open functions. */
static void put_arguments(numpy *p, wrapped *w, const uses *u) {
    const model *m = p->d->m;
    for (int kind = VAR_INPUT; kind <= VAR_PARAM; kind++)
        for (var_id v = 1; v < p->g->vars.n; v++)
            if (ir_var(p->g, v)->kind == kind) put_wrapped(w, p->var[v]);
    for (uint32_t i = 0; i < m->size_names.n; i++) {
        sym name = m->size_names.at[i];
        if (!size_from(p, name) && !size_value_of(p, name)) put_wrapped(w, p->size[name]);
    }
    for (uint32_t i = 0; i < m->functions.n; i++)
        for (uint32_t primes = 0; primes <= UINT8_MAX; primes++)
            if (uses_open(p, u, m->functions.at[i].name, primes))
                put_wrapped(w, numpy_prime_name(p, m->functions.at[i].name, primes));
}

static void put_def(numpy *p, const char *name, bool values, const uses *u) {
    buf_puts(p->out, "\n\n");
    wrapped w = {.out = p->out, .start = p->out->len, .indent = strlen(name) + 5};
    buf_printf(p->out, "def %s(", name);
    put_arguments(p, &w, u);
    if (values) put_wrapped(&w, "values");
    for (var_id v = 1; v < p->g->vars.n; v++)
        if (values && ir_var(p->g, v)->kind == VAR_DIRECTION) put_wrapped(&w, p->var[v]);
    for (var_id v = 1; v < p->g->vars.n; v++) {
        const char *mask = uses_mask(p, u, v) ? arena_format(p->a, "%s=None", p->var[v]) : NULL;
        if (mask) put_wrapped(&w, mask);
    }
    buf_puts(p->out, "):\n");
}

static void put_sizes(numpy *p, const uses *u) {
    const model *m = p->d->m;
    for (uint32_t i = 0; i < m->size_names.n; i++) {
        sym    name = m->size_names.at[i];
        var_id from = size_from(p, name);
        if (!from || !uses_size(p, u, name)) continue;
        int axis = ir_var(p->g, from)->sh.rows == dim_named(name) ? 0 : 1;
        buf_printf(p->out, "    %s = %s.shape[%d]\n", p->size[name], p->var[from], axis);
    }
}

/* Without a mask nothing is dropped. */
static void put_masks(numpy *p, const uses *u) {
    for (var_id v = 1; v < p->g->vars.n; v++) {
        if (!uses_mask(p, u, v)) continue;
        const char *name = p->var[v];
        buf_printf(p->out, "    %s = ", name);
        numpy_ones(p, ir_var(p->g, v)->sh, p->out);
        buf_printf(p->out, " if %s is None else %s\n", name, name);
    }
}

static void put_shape_comment(numpy *p, size_t start, var_id v) {
    size_t width = text_columns(p->out->text + start, p->out->len - start);
    buf_repeat(p->out, ' ', width + 2 > COMMENT_COLUMN + 4 ? 2 : COMMENT_COLUMN + 4 - width);
    buf_puts(p->out, "# ");
    print_shape(p->g, ir_var(p->g, v)->sh, p->out);
    buf_puts(p->out, "\n");
}

static void put_statements(numpy *p, const program *q) {
    for (uint32_t i = 0; i < q->list.n && !p->out->failed; i++) {
        const stmt *s = &q->list.at[i];
        size_t      start = p->out->len;
        buf_printf(p->out, "    %s = ", p->var[s->var]);
        numpy_expression(p, s->node, p->out);
        if (!p->out->failed) put_shape_comment(p, start, s->var);
    }
}

static void put_pair(numpy *p, wrapped *w, var_id v) {
    const char *text = arena_format(p->a, "\"%s\": %s", ir_var_name(p->g, v), p->var[v]);
    if (text) put_wrapped(w, text);
}

static void put_forward(numpy *p, const uses *u) {
    const program *q = &p->d->m->forward;
    put_def(p, "forward", false, u);
    buf_puts(p->out, "    \"\"\"Every value of the forward pass, by name.\"\"\"\n");
    put_sizes(p, u);
    put_masks(p, u);
    put_statements(p, q);
    wrapped w = {.out = p->out, .start = p->out->len, .indent = strlen("    return {")};
    buf_puts(p->out, "    return {");
    for (uint32_t i = 0; i < q->list.n; i++) put_pair(p, &w, q->list.at[i].var);
    buf_puts(p->out, "}\n");
}

/* Values that backward takes from forward. */
static void put_taken(numpy *p, const uses *u) {
    const program *q = &p->d->m->forward;
    for (uint32_t i = 0; i < q->list.n; i++) {
        var_id v = q->list.at[i].var;
        if (u->var[v]) buf_printf(p->out, "    %s = values[\"%s\"]\n", p->var[v], ir_var_name(p->g, v));
    }
}

/* Of what is returned. */
static char prefix(const numpy *p) {
    return derivation_is_second(p->d) ? 'H' : 'd';
}

static void put_unreached(numpy *p) {
    for (var_id v = 1; v < p->g->vars.n; v++) {
        if (!emit_is_unreached(p->d, p->only, v)) continue;
        buf_printf(p->out, "    %c%s = np.zeros_like(%s)  # the cost does not depend on it\n", prefix(p),
                   p->var[v], p->var[v]);
    }
}

/* What was asked for; else the parameters' gradients, or all if there are no parameters. Of second
 * derivatives the products. */
static bool is_returned(const numpy *p, const gradient *v, bool params) {
    if (derivation_is_jacobian(p->d)) return true;
    if (derivation_is_second(p->d)) return derivation_is_change(p->d, v) && v->part == PART_GOAL;
    return emit_is_listed(p->only, v) && (p->only || !params || ir_var(p->g, v->var)->kind == VAR_PARAM);
}

static void put_returned(numpy *p) {
    bool params = false;
    for (var_id v = 1; v < p->g->vars.n; v++) params = params || ir_var(p->g, v)->kind == VAR_PARAM;
    wrapped w = {.out = p->out, .start = p->out->len, .indent = strlen("    return {")};
    buf_puts(p->out, "    return {");
    for (uint32_t i = 0; i < p->d->list.n; i++)
        if (is_returned(p, &p->d->list.at[i], params)) put_pair(p, &w, p->d->list.at[i].grad);
    for (var_id v = 1; v < p->g->vars.n; v++) {
        if (!emit_is_unreached(p->d, p->only, v)) continue;
        const char *text =
            arena_format(p->a, "\"%c%s\": %c%s", prefix(p), ir_var_name(p->g, v), prefix(p), p->var[v]);
        if (text) put_wrapped(&w, text);
    }
    buf_puts(p->out, "}\n");
}

static void put_backward(numpy *p, const program *q, const uses *u) {
    bool second = derivation_is_second(p->d), jacobian = derivation_is_jacobian(p->d);
    put_def(p, second ? "hvp" : jacobian ? "jacobian" : "backward", true, u);
    buf_printf(p->out, "    \"\"\"The %s, by name; values: what forward returned.\"\"\"\n",
               second     ? "Hessian times a direction"
               : jacobian ? "Jacobians"
                          : "gradients");
    put_sizes(p, u);
    put_masks(p, u);
    put_taken(p, u);
    put_statements(p, q);
    put_unreached(p);
    put_returned(p);
}

static dfoo_status put_module(numpy *p, const char *head) {
    program backward = {{0}};
    uses    forward_uses, backward_uses;
    DFOO_TRY(find_needed(p));
    DFOO_TRY(backward_program(p, &backward));
    constant_kinds(p);
    DFOO_TRY(add_kinds(p, &p->d->m->forward));
    DFOO_TRY(add_kinds(p, &backward));
    DFOO_TRY(numpy_give_names(p));
    DFOO_TRY(find_uses(p, &p->d->m->forward, &forward_uses));
    DFOO_TRY(find_uses(p, &backward, &backward_uses));
    put_docstring(p, head);
    put_imports(p);
    put_constants(p);
    put_functions(p);
    put_forward(p, &forward_uses);
    put_backward(p, &backward, &backward_uses);
    DFOO_TRY(arena_status(p->a));
    return buf_status(p->out);
}

dfoo_status emit_numpy(const derivation *d, const bool *only, const char *head, const emit_how *how,
                       buf *out) {
    (void)how; /* there is no other */
    const ir *g = &d->m->g;
    arena     scratch;
    arena_init(&scratch, out->mem);
    numpy p = {.d = d, .g = g, .a = &scratch, .only = only, .out = out};
    p.needed = arena_new(&scratch, g->vars.n);
    p.kind = arena_new(&scratch, g->nodes.n);
    p.var_kind = arena_new(&scratch, g->vars.n);
    dfoo_status status = p.needed && p.kind && p.var_kind ? put_module(&p, head) : DFOO_ENOMEM;
    arena_free(&scratch);
    return status;
}
