/* The derived line, written as numpy, with the program's own names in it. Where the program has rows for the
 * model's columns, the line is turned: (A @ B).T is B.T @ A.T. */
#include "teach/judge/solution.h"

#include <stdio.h>
#include <string.h>

/* ---------------------------------------------------------------------- names */

static bool is_letter(char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_';
}

/* Does the text have this word? */
static bool has_word(const judge_work *w, const char *word) {
    size_t n = strlen(word);
    for (size_t i = 0; i + n <= w->len; i++) {
        if (memcmp(w->text + i, word, n) != 0 || (i && is_letter(w->text[i - 1]))) continue;
        if (i + n == w->len || !is_letter(w->text[i + n])) return true;
    }
    return false;
}

/* grads["dW2"], self.W2, W2. */
static const char *name_of_event(const judge_work *w, const gatherer *g, const py_event *e) {
    const char *name = symbols_name(&g->r->names, e->name);
    const char *own = arena_format(w->a, "self.%s", name);
    if (own && has_word(w, own)) name = own;
    if (e->key.kind == PY_STRING) return arena_format(w->a, "%s[\"%s\"]", name, e->key.text->at);
    if (e->key.kind == PY_INT) return arena_format(w->a, "%s[%lld]", name, (long long)e->key.whole);
    return arena_text(w->a, name, strlen(name));
}

/* An array that is made before the way back and has the variable's value; of names that are as good, one of
 * the model's own. */
static const char *by_value(const judge_work *w, const gatherer *g, var_id v, uint32_t end) {
    const char *found = NULL;
    for (uint32_t i = g->begin; i < end && i < g->r->trace.list.n; i++) {
        const py_event *e = gather_event(g, i);
        bool            made = e->how == '=' || e->how == 'i';
        if (!made || e->value.kind != PY_ARRAY || e->value.array->rank != 2) continue;
        if (!matrix_same(gather_matrix(w->a, e->value, g->view.turned), g->c->value[v], 1)) continue;
        found = name_of_event(w, g, e);
        const char *name = e->key.kind == PY_NONE ? symbols_name(&g->r->names, e->name) : "";
        if (name_variable_in(g->c->s->m, &g->layers, name) == v) return found;
    }
    return found;
}

/* The next word of the program's text; "": there is none. */
static size_t next_word(const judge_work *w, size_t at, char *word, size_t size) {
    size_t n = 0;
    while (at < w->len && !is_letter(w->text[at])) at++;
    while (at + n < w->len && is_letter(w->text[at + n])) n++;
    size_t kept = n < size ? n : size - 1;
    memcpy(word, w->text + at, kept);
    word[kept] = 0;
    return at + n;
}

static bool is_meant(const judge_work *w, const gatherer *g, var_id v, const char *word) {
    const ir *ir = w->s->g;
    if (name_variable_in(g->c->s->m, &g->layers, word) == v) return true;
    name_role role = name_role_of(word);
    return (ir_var(ir, v)->kind == VAR_INPUT && role == ROLE_INPUT && strlen(word) < 3) ||
           (ir_var(ir, v)->kind == VAR_LABEL && role == ROLE_LABEL && strlen(word) < 3);
}

/* A word of the text that means the variable by its name. */
static const char *by_text(const judge_work *w, const gatherer *g, var_id v) {
    char word[80], own[90];
    for (size_t at = next_word(w, 0, word, sizeof word); *word; at = next_word(w, at, word, sizeof word)) {
        if (!is_meant(w, g, v, word)) continue;
        snprintf(own, sizeof own, "self.%s", word);
        return has_word(w, own) ? arena_text(w->a, own, strlen(own)) : arena_text(w->a, word, strlen(word));
    }
    return NULL;
}

dfoo_status solution_names(judge_work *w, const gatherer *g, const judge_verdicts *all) {
    const ir *ir = w->s->g;
    w->called = arena_new(w->a, (ir->vars.n + 1) * sizeof *w->called);
    if (!w->called) return DFOO_ENOMEM;
    uint32_t end = gather_way_back(g);
    for (var_id v = 1; v < ir->vars.n; v++) {
        if (ir_var(ir, v)->kind == VAR_GRADIENT || !g->c->value[v].at) continue;
        w->called[v] = by_value(w, g, v, end);
        if (!w->called[v]) w->called[v] = by_text(w, g, v);
    }
    for (uint32_t i = 0; i < all->list.n; i++) {
        const judge_verdict *v = &all->list.at[i];
        if (v->how == JUDGED_MISSING || v->claim.update) continue;
        var_id grad = w->s->right.list.at[v->claim.number].grad;
        w->called[grad] = name_of_event(w, g, gather_event(g, v->claim.event));
    }
    w->turned = g->view.turned;
    return arena_status(w->a);
}

/* ----------------------------------------------------------------------- line */

/* A line that is being written: in a store of its own, where variables may stand for their transposes. */
typedef struct written {
    const judge_work *w;
    ir                g;
    arena             a;
    var_id           *twin;   /* of a variable of the model: the same, turned; 0: none yet */
    var_id           *origin; /* of a twin: whose it is */
} written;

/* The variable, turned: what the program has under its name. */
static node_id turned_leaf(written *x, ir *g, var_id v) {
    if (!x->twin[v]) {
        const char *name = arena_format(&x->a, "%s turned", ir_var_name(g, v));
        variable    own = *ir_var(g, v);
        own.sh = (shape){own.sh.cols, own.sh.rows};
        own.name = name ? symbols_add(g->names, name, strlen(name)) : 0;
        if (!own.name || ir_find_var(g, own.name)) return 0;
        var_id twin = ir_add_var(g, own);
        if (!twin) return 0;
        x->twin[v] = twin;
        x->origin[twin] = v;
    }
    return ir_var(g, x->twin[v])->leaf;
}

/* A node's transpose from those of its operands. 0: it cannot be told so. */
static node_id turn(void *user, ir *g, node_id n, const node_id *args) {
    written *x = user;
    node     own = *ir_node(g, n);
    bool     reduced = op_table[own.op].rule == SHAPE_REDUCED;
    if (own.op == OP_VAR) return shape_is_scalar(own.sh) ? n : turned_leaf(x, g, own.ref);
    if (own.op == OP_NUMBER || own.op == OP_SIZE) return n;
    if (own.op == OP_MATMUL) return ir_op2(g, OP_MATMUL, args[1], args[0]);
    if (own.op == OP_TRANSPOSE) {
        const node *of = ir_node(g, args[0]);
        return of->op == OP_TRANSPOSE ? of->arg[0] : ir_op1(g, OP_TRANSPOSE, args[0]);
    }
    if (reduced && own.attr != AXIS_ALL)
        return ir_op(g, (op_id)own.op, own.attr == AXIS_0 ? AXIS_1 : AXIS_0, args[0], 0, 0);
    if (!reduced && (op_has_axis((op_id)own.op) || !op_table[own.op].arity)) return 0;
    return ir_rebuild(g, n, args);
}

static const char *called(const judge_work *w, var_id v) {
    return w->called[v] ? w->called[v] : ir_var_name(w->s->g, v);
}

/* What the program calls the number of examples. */
static const char *examples_name(const written *x, arena *a) {
    const model *m = x->w->s->m;
    const char  *own = symbols_name(x->w->s->g->names, dim_name(m->examples));
    if (has_word(x->w, own)) return own;
    for (var_id v = 1; v < x->w->s->g->vars.n; v++)
        if (ir_var(x->w->s->g, v)->kind == VAR_INPUT) {
            bool columns = ir_var(x->w->s->g, v)->sh.cols == m->examples;
            return arena_format(a, "%s.shape[%d]", called(x->w, v), columns != x->w->turned);
        }
    return own;
}

static const char *dim_text(const void *user, arena *a, dim d) {
    const written *x = user;
    return d == x->w->s->m->examples && dim_is_named(d) ? examples_name(x, a) : print_dim_text(&x->g, a, d);
}

static const char *leaf_text(const void *user, arena *a, const node *n) {
    const written *x = user;
    if (n->op == OP_VAR) {
        return called(x->w, n->ref < x->w->s->g->vars.n ? n->ref : x->origin[n->ref]);
    }
    if (n->op == OP_SIZE) return dim_text(user, a, n->ref);
    if (n->op == OP_NUMBER) return math_number(a, x->g.numbers.at[n->ref])->text;
    const char *rows = dim_text(user, a, n->sh.rows);
    if (n->op == OP_DIAG) return arena_format(a, "np.eye(%s)", rows);
    return arena_format(a, "np.ones((%s, %s))", rows, dim_text(user, a, n->sh.cols));
}

static const char *function_text(const void *user, arena *a, const node *n) {
    const written *x = user;
    if (n->op == OP_OPEN) return arena_format(a, "%s_prime", symbols_name(x->g.names, n->ref));
    return op_table[n->op].python ? op_table[n->op].name : op_table[n->op].numpy;
}

static const char *axis_text(const void *user, const node *n) {
    (void)user;
    if (!op_has_axis((op_id)n->op) || n->attr == AXIS_ALL) return "";
    if (op_table[n->op].rule != SHAPE_REDUCED) return n->attr == AXIS_0 ? ", axis=0" : ", axis=1";
    return n->attr == AXIS_0 ? ", axis=0, keepdims=True" : ", axis=1, keepdims=True";
}

/* Does an expression stand on gradients that the program has not? */
static bool is_unclaimed(const void *user, const ir *g, const node *n) {
    const judge_work *w = user;
    return n->op == OP_VAR && ir_var(g, n->ref)->kind == VAR_GRADIENT && !w->called[n->ref];
}

static bool is_gradient(const void *user, const ir *g, const node *n) {
    (void)user;
    return n->op == OP_VAR && ir_var(g, n->ref)->kind == VAR_GRADIENT;
}

/* A parameter's line without its 1/m, which stands before it; NULL: there is none. */
static const char *without_m(written *x, const char *text) {
    const char *m = examples_name(x, &x->a), *taken = m ? arena_format(&x->a, "1/%s * ", m) : NULL;
    size_t      n = taken ? strlen(taken) : 0;
    return taken && strncmp(text, taken, n) == 0 ? text + n : NULL;
}

/* The line in the program's own convention: with the 1/m earlier, with the other sign. NULL: not known. */
static const char *in_convention(written *x, const judge_verdicts *all, const judge_verdict *v, node_id n,
                                 const char *text) {
    const gradient *g = &x->w->s->right.list.at[v->claim.number];
    bool            first = !ir_some(&x->g, &x->a, n, is_gradient, NULL);
    bool            early = all->early != UINT32_MAX && v->claim.number >= all->early;
    if (v->claim.update) return text;
    if (early && ir_var(x->w->s->g, g->var)->kind == VAR_PARAM)
        text = without_m(x, text);
    else if (early && (first || v->claim.number == all->early))
        text = arena_format(&x->a, "1/%s * (%s)", examples_name(x, &x->a), text);
    return text && first && all->sign < 0 ? arena_format(&x->a, "-(%s)", text) : text;
}

/* In a loop one name stands for several values: then the line would not say which. */
static bool is_ambiguous(written *x, node_id n) {
    node_list names = {{0}};
    if (ir_names(&x->g, &x->a, n, &names) != DFOO_OK) return true;
    for (uint32_t i = 0; i < names.list.n; i++)
        for (uint32_t k = 0; k < i; k++) {
            var_id v = ir_node(&x->g, names.list.at[i])->ref, u = ir_node(&x->g, names.list.at[k])->ref;
            if (strcmp(called(x->w, v), called(x->w, u)) == 0) return true;
        }
    return false;
}

static const char *write_line(written *x, const judge_verdicts *all, const judge_verdict *v,
                              const gradient *g) {
    const judge_work *w = x->w;
    const line_words  words = {.user = x, .leaf = leaf_text, .function = function_text, .behind = axis_text,
                               .dim = dim_text, .in_sum = LINE_IN_FRACTION, .in_call = LINE_LOOSE};
    bool    local = !ir_some(&x->g, &x->a, g->local, is_unclaimed, w);
    node_id from = local || !g->shown ? g->local : g->whole, n = from;
    buf     b;
    x->twin = arena_new(&x->a, x->g.vars.n * sizeof *x->twin);
    x->origin = arena_new(&x->a, 2 * x->g.vars.n * sizeof *x->origin);
    if (!x->twin || !x->origin) return "";
    if (is_ambiguous(x, from)) return "";
    if (w->turned) n = ir_map(&x->g, &x->a, from, turn, x);
    if (!n || x->g.vars.n > 2 * w->s->g->vars.n) return "";
    buf_init(&b, w->a->mem);
    line_node(&words, &x->g, n, NULL, &b);
    const char *text = in_convention(x, all, v, from, buf_keep(&b, &x->a));
    if (!text) return "";
    const char *name = v->claim.update || !v->claim.name ? ir_var_name(w->s->g, g->grad) : w->called[g->grad];
    text = arena_format(w->a, "%s = %s", name ? name : v->claim.name, text);
    return text ? text : "";
}

const char *solution_of(const judge_work *w, const judge_verdicts *all, const judge_verdict *v) {
    written     x = {.w = w};
    const char *text = "";
    if (!w->derived || !w->called) return "";
    const gradient *own = &w->s->right.list.at[verdict_number(v)];
    const gradient *g = derivation_find(w->derived, own->var);
    if (!g) return "";
    arena_init(&x.a, w->a->mem);
    if (ir_fork(w->s->g, &x.a, &x.g) == DFOO_OK) text = write_line(&x, all, v, g);
    if (x.a.failed) w->a->failed = true;
    arena_free(&x.a);
    return text;
}
