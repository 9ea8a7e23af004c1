/* The face of the simplification room: derived gradients as a person would write them, and
 * programs in the form in which they are run. Passes append to the store; the trail gets a
 * step for every rewrite. */
#ifndef SIMPLIFY_SIMPLIFY_H
#define SIMPLIFY_SIMPLIFY_H

#include "core/ir/trail.h"

/* Fills local, whole and shown of every gradient, and appends rewrite steps to the trail.
 * `wanted` (by var_id, may be NULL): gradients asked for by name, which are shown as well. */
dfoo_status simplify_derivation(derivation *d, ir *g, arena *a, const bool *wanted);

/* The program that computes the cost and the gradients, in the order in which it is run: the
 * forward statements (those of `also`, predictions say, included), then dV = whole for what is
 * shown and, with `all`, for the rest, inputs' included. A whole line does not go by gradients that are not
 * shown: dA is infinite where A = sigmoid(Z) is 1, and dZ = A - Y is not. */
dfoo_status simplify_program(const derivation *d, ir *g, bool all, const var_id *also, uint32_t n_also,
                             program *out);

/* The simplifier as it works on a derivation's gradients, kept for single expressions. With
 * `any_labels` it does not use that the columns (rows) of a onehot label sum to 1. */
typedef struct simplifier simplifier;
dfoo_status simplify_open(derivation *d, ir *g, arena *a, bool any_labels, simplifier **out);
node_id     simplify_best(simplifier *w, node_id n);
node_id     simplify_tidy(simplifier *w, node_id n);

/* Tells every rule of rules.def that tidying an expression of the derivation applies, in order. The
 * simplifier is used for nothing else. */
typedef void simplify_on_rule(void *user, const char *rule, const char *sentence, node_id before,
                              node_id after);
dfoo_status simplify_rules(simplifier *w, node_id n, simplify_on_rule *on_rule, void *user);

/* What the rules that a REWRITE step names do, a sentence for each. */
const char *simplify_sentences(arena *a, const char *names);

/* One expression: `tidy` after the TIDY rules, the result in its shortest form, with name for
 * formula where that helps. 0 without memory. */
node_id simplify_expression(ir *g, arena *a, node_id n, var_id name, node_id formula, node_id *tidy);

/* The expression with every occurrence of one node replaced by another. */
node_id simplify_replace(ir *g, arena *a, node_id n, node_id old, node_id by);

/* How a program is made stable. The DIGITS rules cost an exponential for each entry of a hidden
 * layer and only matter where it saturates, so gradients get them where digits are asked for; the
 * forward pass always does. */
typedef struct stable_options {
    const bool *no_name; /* by var_id: names that are not looked through; may be NULL */
    bool        digits;  /* DIGITS rules in gradients, too */
    bool        tell_digits_only;
    /* Is told of each rewrite, or only of DIGITS rules in gradients; may be NULL. */
    void (*on_rule)(void *user, var_id in, const char *rule, const char *sentence, node_id before,
                    node_id after);
    void *user;
} stable_options;

/* A copy of a program in which every expression is rewritten by the STABLE rules; names are looked
 * through to what became of their formula. `opt` may be NULL. */
dfoo_status simplify_stable(ir *g, arena *a, const program *p, const stable_options *opt, program *out);

#endif
