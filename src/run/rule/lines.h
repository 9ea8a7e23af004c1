/* A rule as it was read: how the parameters change from step to step, as constants and lines.
 *
 * A rule is put together from texts in the notation (an optimiser, a schedule, clipping, ..), each
 * with lines of two kinds:
 *
 *   const beta = 0.9, epsilon = 1e-8      numbers with a name; a setting may replace them
 *   v = beta * v + (1 - beta) * g         done once for each parameter, from the first line to the last
 *
 * Names that the lines can use are in `rule_own_names`. What else stands on the left is a state of the
 * parameter if some line reads it before it is assigned (it has the parameter's shape, starts at 0
 * and lasts), else just a name for a value of this step. A value that is made of numbers that all
 * parameters share is computed once for all of them; the learning rate alpha must be one. */
#ifndef RULE_LINES_H
#define RULE_LINES_H

#include "core/core.h"

typedef enum { /* in the order of rule_own_names */
               RULE_w,
               RULE_g,
               RULE_alpha,
               RULE_alpha0,
               RULE_t,
               RULE_epoch,
               RULE_epochs,
               RULE_steps,
               RULE_norm,
               RULE_pi,
               RULE_OWN
} rule_own;

typedef struct rule_own_name {
    const char *name, *what;
    bool        shared; /* one number for all parameters */
} rule_own_name;

extern const rule_own_name rule_own_names[RULE_OWN];

typedef struct rule_const {
    sym           name;
    double        value;
    bool          given; /* by a setting, not by the text */
    const source *src;
    span          at;
} rule_const;

typedef struct rule_line {
    const source *src;
    span          at; /* of the target */
    sym           target;
    ast          *right;
    ast_list      order; /* of its nodes, operands first */
    bool          shared;
} rule_line;

typedef struct rule {
    arena   *a;
    symbols *names;
    diags   *d;
    VEC(const source *) texts;
    VEC(rule_const) consts;
    VEC(rule_line) lines;
    VEC(sym) states;
    bool uses[RULE_OWN]; /* by a line */
} rule;

/* The own name or constant, or -1. alpha and alpha0 are the same constant: the given learning rate. */
int  rule_own_of(const rule *r, sym name);
int  rule_const_of(const rule *r, sym name);
bool rule_is_rate(const rule *r, sym name);

bool rule_is_state(const rule *r, sym name);

/* Is there a line for this name? */
bool rule_sets(const rule *r, const char *name);

/* The learning rate that is given; 0: the rule has none. */
double rule_rate(const rule *r);

static inline const char *rule_name(const rule *r, sym name) {
    return symbols_name(r->names, name);
}

/* The closest of the names that a line can use, or of the functions; NULL: none is close. */
const char *rule_closest_name(const rule *r, sym wrong);
const char *rule_closest_function(const rule *r, sym wrong);

#endif
