/* Python names for variables, sizes and open functions: dfoo's own, unless Python or the
 * module needs that name for itself; then an underscore is added until it is free. */
#include "ship/emit/numpy.h"

#include <string.h>

/* Python's keywords, and what the module itself calls by name. */
static const char *const reserved[] = {
    "False", "None",     "True",    "and",      "as",     "assert", "async",  "await",    "break",
    "class", "continue", "def",     "del",      "elif",   "else",   "except", "finally",  "for",
    "from",  "global",   "if",      "import",   "in",     "is",     "lambda", "nonlocal", "not",
    "or",    "pass",     "raise",   "return",   "try",    "while",  "with",   "yield",    "np",
    "math",  "float",    "forward", "backward", "values", "hvp",
    "jacobian",
};

/* Something that gets a name, and where the name goes. */
typedef struct named {
    const char  *name;
    const char **to;
} named;

typedef struct namer {
    numpy  *p;
    symbols taken;
    VEC(named) wanted;
} namer;

/* Letters that Python takes as they are: Latin, the Greek alphabet, Russian's Cyrillic. It folds
 * some others together, and some of the notation's are no letters to it. */
static bool is_python_letter(uint32_t c) {
    return c < 0x80 || (c >= 0x391 && c <= 0x3C9 && c != 0x3A2 && (c <= 0x3A9 || c >= 0x3B1)) ||
           (c >= 0x410 && c <= 0x44F);
}

static const char *python_spelling(arena *a, const char *name) {
    const char *text = "";
    for (const char *c = name; *c && text;) {
        size_t   n = text_utf8(c);
        uint32_t point = text_code_point(c);
        if (is_python_letter(point)) text = arena_format(a, "%s%.*s", text, (int)n, c);
        else text = arena_format(a, "%su%04x", text, point);
        c += n ? n : 1;
    }
    return text;
}

static void want(namer *w, const char *name, const char **to) {
    name = python_spelling(w->p->a, name);
    if (name) vec_push(w->p->a, &w->wanted, (named){name, to});
}

static bool is_taken(const namer *w, const char *name) {
    return symbols_find(&w->taken, name, strlen(name)) != 0;
}

static void take(namer *w, const char *name) {
    symbols_add(&w->taken, name, strlen(name));
}

static void take_reserved(namer *w) {
    for (size_t i = 0; i < sizeof reserved / sizeof *reserved; i++) take(w, reserved[i]);
    for (int op = 1; op < OP_COUNT; op++)
        if (w->p->used[op] && op_table[op].python) take(w, op_table[op].name);
}

/* An open function; the names of its first derivatives are taken with it. */
static void want_function(namer *w, const function *f) {
    const char *name = python_spelling(w->p->a, symbols_name(w->p->g->names, f->name));
    want(w, symbols_name(w->p->g->names, f->name), &w->p->function[f->name]);
    for (int primes = 1; primes <= 2 && name; primes++) {
        name = arena_format(w->p->a, "%s_prime", name);
        if (name) take(w, name);
    }
}

static void want_all(namer *w) {
    const ir    *g = w->p->g;
    const model *m = w->p->d->m;
    for (var_id v = 1; v < g->vars.n; v++)
        if (!strchr(ir_var_name(g, v), '('))
            want(w, ir_var_name(g, v), &w->p->var[v]); /* a( is a function's operand */
    for (uint32_t i = 0; i < m->size_names.n; i++)
        want(w, symbols_name(g->names, m->size_names.at[i]), &w->p->size[m->size_names.at[i]]);
    for (uint32_t i = 0; i < m->functions.n; i++)
        if (!m->functions.at[i].body) want_function(w, &m->functions.at[i]);
}

/* Whoever can keep its name does; the others move out of the way. */
dfoo_status numpy_give_names(numpy *p) {
    namer    w = {.p = p};
    const ir *g = p->g;
    symbols_init(&w.taken, p->a);
    p->var = arena_new(p->a, g->vars.n * sizeof *p->var);
    p->size = arena_new(p->a, g->names->names.n * sizeof *p->size);
    p->function = arena_new(p->a, g->names->names.n * sizeof *p->function);
    if (!p->var || !p->size || !p->function) return DFOO_ENOMEM;
    take_reserved(&w);
    want_all(&w);
    for (uint32_t i = 0; i < w.wanted.n; i++) {
        named *x = &w.wanted.at[i];
        if (is_taken(&w, x->name)) continue;
        *x->to = x->name;
        take(&w, x->name);
    }
    for (uint32_t i = 0; i < w.wanted.n && !p->a->failed; i++) {
        named *x = &w.wanted.at[i];
        if (*x->to) continue;
        while (x->name && is_taken(&w, x->name)) x->name = arena_format(p->a, "%s_", x->name);
        if (!x->name) break;
        *x->to = x->name;
        take(&w, x->name);
    }
    return arena_status(p->a);
}

const char *numpy_prime_name(const numpy *p, sym function, uint32_t primes) {
    const char *name = p->function[function];
    for (uint32_t i = 0; i < primes && name; i++) name = arena_format(p->a, "%s_prime", name);
    return name ? name : "";
}
