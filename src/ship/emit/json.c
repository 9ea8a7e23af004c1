/* A derivation -> JSON, for programs: docs/json.md describes every field. Expressions are
 * strings in dfoo's notation, which parse back to the same nodes. */
#include "core/core.h"
#include "ship/emit/inside.h"

typedef struct json {
    const derivation *d;
    const ir         *g;
    const bool       *only;
    buf              *out;
    bool              first; /* no comma is due in the list at hand */
} json;

/* ------------------------------------------------------------------ values */

static void put_string(json *p, const char *text) {
    json_string(p->out, text);
}

static void put_bool(json *p, bool x) {
    buf_puts(p->out, x ? "true" : "false");
}

static void put_key(json *p, const char *key) {
    buf_printf(p->out, "%s\"%s\": ", p->first ? "" : ", ", key);
    p->first = false;
}

static void put_key_string(json *p, const char *key, const char *value) {
    put_key(p, key);
    if (value) put_string(p, value);
    else buf_puts(p->out, "null");
}

static void put_key_bool(json *p, const char *key, bool value) {
    put_key(p, key);
    put_bool(p, value);
}

static void put_key_node(json *p, const char *key, node_id n) {
    put_key(p, key);
    buf text;
    buf_init(&text, p->out->mem);
    if (n) print_node(p->g, n, &text);
    if (text.text) put_string(p, text.text);
    else buf_puts(p->out, "null");
    buf_close(&text, p->out);
}

/* A dimension is a name or a number. */
static void put_dim(json *p, dim x) {
    if (dim_is_named(x)) put_string(p, symbols_name(p->g->names, dim_name(x)));
    else buf_printf(p->out, "%u", x);
}

static void put_key_shape(json *p, shape s) {
    put_key(p, "shape");
    buf_puts(p->out, "[");
    if (!shape_is_scalar(s)) {
        put_dim(p, s.rows);
        buf_puts(p->out, ", ");
        put_dim(p, s.cols);
    }
    buf_puts(p->out, "]");
}

/* ------------------------------------------------------------------- lists */

/* A field of the whole, on a line of its own. */
static void put_field(json *p, const char *key) {
    buf_printf(p->out, ",\n  \"%s\": ", key);
}

static void begin_list(json *p, const char *key) {
    put_field(p, key);
    buf_puts(p->out, "[");
    p->first = true;
}

static void end_list(json *p) {
    buf_puts(p->out, p->first ? "]" : "\n  ]");
}

static void begin_object(json *p) {
    buf_printf(p->out, "%s\n    {", p->first ? "" : ",");
    p->first = true;
}

static void end_object(json *p) {
    buf_puts(p->out, "}");
    p->first = false;
}

static void put_item(json *p, const char *text) {
    if (!p->first) buf_puts(p->out, ", ");
    put_string(p, text);
    p->first = false;
}

/* -------------------------------------------------------------- the model */

static void put_head(json *p, const char *head) {
    const derivation *d = p->d;
    const model      *m = d->m;
    buf_puts(p->out, "{\n  \"dfoo\": \"" DFOO_VERSION "\"");
    put_field(p, "model");
    put_string(p, m->src.name);
    put_field(p, "head");
    put_string(p, head);
    put_field(p, "convention");
    put_string(p, d->used == CONVENTION_COURSE ? "course" : "dJ");
    put_field(p, "convention_reason");
    if (d->why_dj) put_string(p, d->why_dj);
    else buf_puts(p->out, "null");
    put_field(p, "examples");
    if (m->examples) {
        buf_puts(p->out, "{\"name\": ");
        put_dim(p, m->examples);
        buf_printf(p->out, ", \"axis\": %d, \"interact\": ", m->examples_are_columns ? 1 : 0);
        put_bool(p, d->examples_interact);
        buf_puts(p->out, "}");
    } else {
        buf_puts(p->out, "null");
    }
    put_field(p, "cost");
    put_string(p, ir_var_name(p->g, m->cost));
}

static void put_predict(json *p) {
    begin_list(p, "predict");
    for (uint32_t i = 0; i < p->d->m->predict.n; i++) put_item(p, ir_var_name(p->g, p->d->m->predict.at[i]));
    buf_puts(p->out, "]");
}

/* Every name that stands as a dimension, with its value where the model says one. */
static void put_sizes(json *p) {
    const model *m = p->d->m;
    begin_list(p, "sizes");
    for (uint32_t i = 0; i < m->size_names.n; i++) {
        begin_object(p);
        put_key_string(p, "name", symbols_name(p->g->names, m->size_names.at[i]));
        put_key(p, "value");
        uint32_t k = 0;
        while (k < m->size_values.n && m->size_values.at[k].name != m->size_names.at[i]) k++;
        if (k < m->size_values.n) buf_printf(p->out, "%zu", m->size_values.at[k].value);
        else buf_puts(p->out, "null");
        end_object(p);
    }
    end_list(p);
}

static void put_start(json *p, const variable *x) {
    put_key(p, "start");
    if (!x->init) {
        buf_puts(p->out, "null");
        return;
    }
    buf_puts(p->out, "{\"name\": ");
    put_string(p, symbols_name(p->g->names, x->init));
    buf_puts(p->out, ", \"arguments\": [");
    for (uint32_t i = 0; i < x->n_init_args; i++) {
        if (i) buf_puts(p->out, ", ");
        json_number(p->out, x->init_arg[i]);
    }
    buf_puts(p->out, "]}");
}

static void put_variable(json *p, var_id v) {
    const variable *x = ir_var(p->g, v);
    static const char *const kinds[] = {
        [VAR_INPUT] = "input",      [VAR_LABEL] = "label", [VAR_PARAM] = "parameter",
        [VAR_CONST] = "constant",   [VAR_MASK] = "mask",   [VAR_DEFINED] = "defined",
        [VAR_GRADIENT] = "gradient", [VAR_DIRECTION] = "direction", [VAR_CHANGE] = "change",
        [VAR_JACOBIAN] = "jacobian"};
    begin_object(p);
    put_key_string(p, "name", symbols_name(p->g->names, x->name));
    put_key_string(p, "kind", kinds[x->kind]);
    put_key_shape(p, x->sh);
    if (x->kind == VAR_LABEL) put_key_bool(p, "onehot", x->onehot);
    if (x->symmetric) put_key_bool(p, "symmetric", true);
    if (x->kind == VAR_PARAM) put_start(p, x);
    if (x->kind == VAR_CONST || x->kind == VAR_MASK) {
        put_key(p, x->kind == VAR_CONST ? "value" : "keep");
        json_number(p->out, x->kind == VAR_CONST ? x->value : ir_keep(p->g, v));
    }
    end_object(p);
}

/* Gradients are listed by themselves; operands of functions of the file have no values. */
static void put_variables(json *p) {
    begin_list(p, "variables");
    for (var_id v = 1; v < p->g->vars.n; v++) {
        const variable *x = ir_var(p->g, v);
        bool            defined = x->kind == VAR_DEFINED;
        if (x->kind >= VAR_GRADIENT || (defined && !program_find(&p->d->m->forward, v))) continue;
        put_variable(p, v);
    }
    end_list(p);
}

static void put_open_functions(json *p) {
    const model *m = p->d->m;
    begin_list(p, "open_functions");
    for (uint32_t i = 0; i < m->functions.n; i++)
        if (!m->functions.at[i].body) put_item(p, symbols_name(p->g->names, m->functions.at[i].name));
    buf_puts(p->out, "]");
}

static void put_forward(json *p) {
    const model *m = p->d->m;
    begin_list(p, "forward");
    for (uint32_t i = 0; i < m->forward.list.n; i++) {
        const stmt     *s = &m->forward.list.at[i];
        const variable *x = ir_var(p->g, s->var);
        uint32_t        line, column;
        source_place(&m->src, s->at.start, &line, &column);
        begin_object(p);
        put_key_string(p, "name", ir_var_name(p->g, s->var));
        put_key_node(p, "expression", s->node);
        put_key_shape(p, x->sh);
        put_key(p, "line");
        buf_printf(p->out, "%u", line);
        put_key_bool(p, "given_name", x->given_name);
        end_object(p);
    }
    end_list(p);
}

/* -------------------------------------------------------------- gradients */

/* The beginning of a gradient, or of a change. */
static void begin_line(json *p, const gradient *v) {
    begin_object(p);
    put_key_string(p, "name", ir_var_name(p->g, v->grad));
    put_key_string(p, "of", ir_var_name(p->g, v->var));
    put_key_node(p, "expression", v->whole);
    put_key_node(p, "local", v->local);
    put_key_shape(p, ir_var(p->g, v->var)->sh);
}

static void put_gradient(json *p, const gradient *v) {
    begin_line(p, v);
    put_key_string(p, "differentiates", v->scale == SCALE_DATA ? "loss" : "cost");
    put_key_bool(p, "shown", emit_is_listed(p->only, v));
    if (v->stmt < p->d->forward.list.n) {
        put_key_string(p, "through", ir_var_name(p->g, p->d->forward.list.at[v->stmt].var));
    } else {
        put_key_string(p, "through", NULL);
    }
    end_object(p);
}

static void put_gradients(json *p) {
    begin_list(p, "gradients");
    for (uint32_t i = 0; i < p->d->list.n; i++)
        if (ir_var(p->g, p->d->list.at[i].grad)->kind == VAR_GRADIENT) put_gradient(p, &p->d->list.at[i]);
    end_list(p);
}

static void put_jacobians(json *p) {
    begin_list(p, "jacobians");
    for (uint32_t i = 0; i < p->d->list.n; i++) {
        const gradient *v = &p->d->list.at[i];
        begin_object(p);
        put_key_string(p, "name", ir_var_name(p->g, v->grad));
        put_key_string(p, "of", ir_var_name(p->g, ir_var(p->g, v->grad)->gradient));
        put_key_string(p, "by", ir_var_name(p->g, v->var));
        put_key_node(p, "expression", v->whole);
        put_key_shape(p, ir_var(p->g, v->grad)->sh);
        end_object(p);
    }
    end_list(p);
}

static void put_change(json *p, const gradient *v) {
    begin_line(p, v);
    put_key_bool(p, "shown", v->shown);
    put_key_bool(p, "product", v->part == PART_GOAL);
    end_object(p);
}

/* Directions, and how everything changes along them. */
static void put_second(json *p) {
    begin_list(p, "directions");
    for (var_id v = 1; v < p->g->vars.n; v++) {
        const variable *x = ir_var(p->g, v);
        if (x->kind != VAR_DIRECTION) continue;
        begin_object(p);
        put_key_string(p, "name", ir_var_name(p->g, v));
        put_key_string(p, "of", ir_var_name(p->g, x->of));
        put_key_shape(p, x->sh);
        end_object(p);
    }
    end_list(p);
    begin_list(p, "changes");
    for (uint32_t i = 0; i < p->d->list.n; i++)
        if (derivation_is_change(p->d, &p->d->list.at[i])) put_change(p, &p->d->list.at[i]);
    end_list(p);
}

static void put_unreached(json *p) {
    begin_list(p, "unreached");
    for (var_id v = 1; v < p->g->vars.n; v++)
        if (emit_is_unreached(p->d, NULL, v)) put_item(p, ir_var_name(p->g, v));
    buf_puts(p->out, "]");
}

dfoo_status emit_json(const derivation *d, const bool *only, const char *head, const emit_how *how,
                      buf *out) {
    (void)how; /* there is no other */
    json p = {.d = d, .g = &d->m->g, .only = only, .out = out};
    put_head(&p, head);
    put_predict(&p);
    put_sizes(&p);
    put_variables(&p);
    put_open_functions(&p);
    put_forward(&p);
    put_gradients(&p);
    if (derivation_is_second(d)) put_second(&p);
    if (derivation_is_jacobian(d)) put_jacobians(&p);
    put_unreached(&p);
    buf_puts(out, "\n}\n");
    return buf_status(out);
}
