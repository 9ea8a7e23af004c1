/* The simplifier: for each node its rational form, the best way to write it, and the form
 * after trivial rules only. Every node is done once; the walk is a loop. */
#ifndef SIMPLIFY_ENGINE_H
#define SIMPLIFY_ENGINE_H

#include "core/simplify/build.h"
#include "core/simplify/rules.h"
#include "core/simplify/simplify.h"

typedef struct entry {
    bool           done, improved;
    uint32_t       used;  /* USED_.. on the way here, operands included */
    form           f;
    form           plain; /* before it was folded into names */
    node_id        best;  /* the cheapest way to write it */
    node_id        tidy;  /* after the TIDY rules only */
    const node_id *order; /* its atoms, as they stand in what was written */
    uint32_t       n_order;
} entry;

typedef struct name_uses {
    VEC(var_id) list;
} name_uses;

enum { MOST_ORDER = 64 }; /* atoms that are kept in the order of writing */

/* What stands above the engine and is called from it. */
typedef struct engine_above {
    void (*improve)(simplifier *w, node_id n);
    form (*join_powers)(simplifier *w, form x);
    form (*broken_power)(simplifier *w, node_id of, ratio e);
    form (*add_roots)(simplifier *w, form x, form y);
    form (*find_quotients)(simplifier *w, form x);
    bool (*sums_to_zero)(simplifier *w, form x, uint8_t axis, shape sh);
} engine_above;

struct simplifier {
    const engine_above *up;
    ir      *g;
    arena   *a;
    algebra  s;
    builder  b;
    rules    r;
    dim      examples;
    bool     examples_are_columns;
    bool     no_functions; /* a sigmoid is not found in exponentials: it is what is to be explained */
    bool     any_labels;  /* labels' columns need not sum to 1 */
    VEC(entry) memo;      /* by node_id */
    VEC(node_id) name_of; /* by node_id: the leaf of the variable whose formula it is */
    VEC(name_uses) uses;  /* by node_id of an atom: the names whose formula has it */
    form    *def;         /* by var_id: the form of its formula, if it is elementwise */
    form    *meaning;     /* by var_id: the form of its formula, whatever it is */
    bool    *has_exp;     /* by var_id: its formula comes down to exp */
    uint32_t n_vars;
    node_list told; /* whose entries were made while rules are told; they are forgotten before the next */
};

dfoo_status simplifier_init(simplifier *w, ir *g, arena *a, const derivation *d);

/* The best form of a node, after folding into the names that exist. */
node_id simplifier_run(simplifier *w, node_id n, uint32_t *used);
node_id simplifier_tidy(simplifier *w, node_id n);

/* engine.c: makes the entry of a node. Entries there are for all nodes after a sync; false without memory. */
void engine_convert(simplifier *w, node_id n);
bool engine_sync(simplifier *w);

/* improve.c: folds the entry of a node back into the names that exist. */
void engine_improve(simplifier *w, node_id n);

/* powers.c: a product with powers and roots of the same thing joined; a power that is no whole one, by a
 * square root or of what is itself a power, not ok if it stays. */
form engine_join_powers(simplifier *w, form x);
form engine_broken_power(simplifier *w, node_id of, ratio e);

/* A sum divided by powers, term by term; not ok if it is none. */
form engine_divide_powers(simplifier *w, form x);

/* The sum of two, of which one has s and the other sqrt(s): both in sqrt(s), and what comes out in s again
 * where terms meet there. */
form engine_add_roots(simplifier *w, form x, form y);

/* functions.c: the softmax along an axis that an exponential is a part of, or its name, or 0; a product with
 * exp(x) / sum(exp(x)) as softmax(x), sinh(z) / cosh(z) as tanh(z); the sigmoid that a product over
 * 1 + exp(z) could be written with, or 0, and this exponential. */
node_id engine_softmax(simplifier *w, node_id exps, uint8_t axis);
form    engine_find_quotients(simplifier *w, form x);
node_id engine_find_sigmoid(simplifier *w, form x, node_id *exps);

/* deviations.c: is the sum of x, of this shape, along the axis 0 for what the names in it stand for? */
bool engine_sums_to_zero(simplifier *w, form x, uint8_t axis, shape sh);

/* engine.c: is a factor the same for all entries that a sum over this axis joins; the product of the factors
 * of x that are, or are not; how many entries it joins. */
bool engine_constant_along(const simplifier *w, uint32_t base, uint8_t axis);
form engine_pick(simplifier *w, form x, uint8_t axis, bool constant);
form engine_count(simplifier *w, shape s, uint8_t axis);

/* For ir_some: a product or a reduction, where an entry depends on others than its own place. */
static inline bool engine_joins_entries(const void *user, const ir *g, const node *x) {
    (void)user;
    (void)g;
    return op_table[x->op].arity && !op_elementwise((op_id)x->op);
}

static inline entry *engine_entry(simplifier *w, node_id n) {
    assert(n < w->memo.n);
    return &w->memo.at[n];
}

#endif
