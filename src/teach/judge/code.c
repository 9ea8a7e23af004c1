/* What the text of a program shows before it runs. */
#include "teach/judge/code.h"

#include <string.h>

#include "teach/judge/names.h"

/* (Z1, A1, ..) = cache: the names of the first such statement of a function. */
const py_node *code_unpacked_from(const py_callable *f, sym name) {
    if (f->def->kind != S_DEF) return NULL;
    for (uint32_t i = 0; i < f->def->b->list.n; i++) {
        const py_node *n = f->def->b->list.at[i];
        if (n->kind == S_ASSIGN && n->a->kind == E_NAME && n->a->name == name &&
            n->list.at[0]->kind == E_TUPLE)
            return n->list.at[0];
    }
    return NULL;
}

/* Does any part of the code pass the test? */
bool code_any_node(const py_run *r, const py_node *n, sym name, code_test test) {
    if (!n) return false;
    if (test(r, n, name) || code_any_node(r, n->a, name, test) || code_any_node(r, n->b, name, test) ||
        code_any_node(r, n->c, name, test))
        return true;
    for (uint32_t i = 0; i < n->list.n; i++)
        if (code_any_node(r, n->list.at[i], name, test)) return true;
    return false;
}

static bool is_indexed(const py_node *n, sym name) {
    return n->kind == E_INDEX && n->a->kind == E_NAME && n->a->name == name;
}

/* x["A" + str(l)], x[f"A{l}"], x["A%d" % l]. */
bool code_is_indexed_by_text(const py_run *r, const py_node *n, sym name) {
    (void)r;
    if (!is_indexed(n, name)) return false;
    const py_node *key = n->b;
    while (key->kind == E_BINARY) key = key->a;
    return key->kind == E_STRING || key->kind == E_FORMAT ||
           (key->kind == E_CALL && key->a->kind == E_ATTRIBUTE && key->a->a->kind == E_STRING);
}

/* x[k], x.items(): by whatever key there is. */
bool code_is_indexed_by_name(const py_run *r, const py_node *n, sym name) {
    if (is_indexed(n, name)) return n->b->kind == E_NAME;
    return n->kind == E_ATTRIBUTE && n->a->kind == E_NAME && n->a->name == name &&
           strcmp(symbols_name(&r->names, n->name), "items") == 0;
}

/* for x, y in data: pairs are wanted. */
bool code_is_looped_in_pairs(const py_run *r, const py_node *n, sym name) {
    (void)r;
    bool pairs = n->kind == S_FOR && n->a->kind == E_TUPLE && n->a->list.n == 2;
    return pairs && n->b->kind == E_NAME && n->b->name == name;
}

/* x[t + 1]. */
bool code_is_indexed_ahead(const py_run *r, const py_node *n, sym name) {
    (void)r;
    return is_indexed(n, name) && n->b->kind == E_BINARY && n->b->op == '+';
}

bool code_is_zipped(const py_run *r, const py_node *n, sym name) {
    bool called = n->kind == E_CALL && n->a->kind == E_NAME;
    bool zip = called && strcmp(symbols_name(&r->names, n->a->name), "zip") == 0;
    for (uint32_t i = 0; zip && i < n->list.n; i++)
        if (n->list.at[i]->kind == E_NAME && n->list.at[i]->name == name) return true;
    return false;
}

bool code_is_forward_name(const char *name) {
    char plain[80];
    name_plain(name, plain, sizeof plain);
    if (code_is_backward_name(name)) return false;
    return strstr(plain, "forward") || strstr(plain, "feed") || strstr(plain, "fprop") ||
           strstr(plain, "predict") || strstr(plain, "fwd");
}

bool code_is_backward_name(const char *name) {
    char plain[80];
    name_plain(name, plain, sizeof plain);
    return strstr(plain, "back") || strstr(plain, "grad") || strstr(plain, "bprop") || strstr(plain, "bwd");
}

static bool calls(const py_run *r, const py_node *n, const char *name);

static bool any_calls(const py_run *r, py_node *const *list, uint32_t n, const char *name) {
    for (uint32_t i = 0; i < n; i++)
        if (list[i] && calls(r, list[i], name)) return true;
    return false;
}

/* Does code call a function or method of that name? Trees are not deep: the parser sees to that. */
static bool calls(const py_run *r, const py_node *n, const char *name) {
    py_node *const parts[] = {n->a, n->b, n->c};
    bool           named = n->kind == E_CALL && (n->a->kind == E_NAME || n->a->kind == E_ATTRIBUTE);
    if (named && strcmp(symbols_name(&r->names, n->a->name), name) == 0) return true;
    return any_calls(r, parts, 3, name) || any_calls(r, n->list.at, n->list.n, name);
}

static bool is_name(const py_run *r, const py_node *n, sym name) {
    (void)r;
    return n->kind == E_NAME && n->name == name;
}

/* X[:, i], y[i]: one example of the data. */
static bool is_one_of_data(const py_run *r, const py_node *n, sym i) {
    if (n->kind != E_INDEX || (n->a->kind != E_NAME && n->a->kind != E_ATTRIBUTE)) return false;
    name_role role = name_role_of(symbols_name(&r->names, n->a->name));
    return (role == ROLE_INPUT || role == ROLE_LABEL) && code_any_node(r, n->b, i, is_name);
}

/* Does a loop body call it with one example, or with what was made of one just before? */
static bool calls_with_one(const py_run *r, const py_node *loop, const char *name) {
    const py_node *of = loop->b;
    bool           strides = of->kind == E_CALL && of->list.n > 2; /* mini-batches */
    return loop->a->kind == E_NAME && !strides && calls(r, loop->list.at[0], name) &&
           code_any_node(r, loop->list.at[0], loop->a->name, is_one_of_data);
}

/* zip(X, Y). */
static bool is_zipped_data(const py_run *r, const py_node *n) {
    bool called = n->kind == E_CALL && n->a->kind == E_NAME && n->list.n == 2;
    bool zip = called && strcmp(symbols_name(&r->names, n->a->name), "zip") == 0;
    for (uint32_t i = 0; zip && i < 2; i++) {
        const py_node *of = n->list.at[i];
        const char    *own = of->kind == E_NAME ? symbols_name(&r->names, of->name) : "";
        name_role      role = name_role_of(own);
        if (role == ROLE_INPUT || role == ROLE_LABEL) return true;
    }
    return false;
}

/* for x, y in pairs, in zip(X, Y): and it is called in the body, or for each of them. */
static bool is_loop_over_pairs(const py_run *r, const py_node *n, const char *name) {
    bool loop = n->kind == S_FOR, each = n->kind == E_EACH;
    if ((!loop && !each) || !n->list.n) return false;
    const py_node *to = loop ? n->a : n->list.at[0]->a, *of = loop ? n->b : n->list.at[0]->b;
    bool           pairs = to->kind == E_TUPLE && to->list.n == 2;
    return pairs && (of->kind != E_CALL || is_zipped_data(r, of)) &&
           calls(r, loop ? n->list.at[0] : n->a, name);
}

/* Is there a loop over pairs, or one over places (X[:, i]), in which it is called? */
static bool loops_over(const py_run *r, const py_node *n, const char *name) {
    py_node *const parts[] = {n->a, n->b, n->c};
    if (is_loop_over_pairs(r, n, name)) return true;
    if (n->kind == S_FOR && n->list.n && calls_with_one(r, n, name)) return true;
    for (int i = 0; i < 3; i++)
        if (parts[i] && loops_over(r, parts[i], name)) return true;
    for (uint32_t i = 0; i < n->list.n; i++)
        if (n->list.at[i] && loops_over(r, n->list.at[i], name)) return true;
    return false;
}

bool code_calls(const py_run *r, const py_node *n, const char *name) {
    return calls(r, n, name);
}

bool code_takes_one(const py_run *r, const py_node *program, const char *name) {
    return program && loops_over(r, program, name);
}
