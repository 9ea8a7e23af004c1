/* Derivations as data: the trail of steps and what came out of it.
 *
 * diff writes the local steps (one operation, one operand each), simplify the rewrites;
 * explain, check and the plan read them. Steps refer to nodes, never the reverse. Names
 * stay opaque: a step from Z2 to A1 speaks of `VAR dZ2`, whatever dZ2 is. */
#ifndef IR_TRAIL_H
#define IR_TRAIL_H

#include "core/ir/model.h"

typedef enum {
    TRAIL_LOCAL,   /* through one operation: out = its gradient rule applied to in */
    TRAIL_REDUCE,  /* the operand was stretched: its gradient is the sum over what it was stretched to */
    TRAIL_SCALE,   /* from the loss of the examples to the cost, or back: times 1/m or m */
    TRAIL_MEET,    /* two paths meet: out = in + op, the contributions add */
    TRAIL_REWRITE  /* before = after, by a named rule */
} trail_kind;

/* One step. What is not said to be of some kinds only is there in all of them. */
typedef struct step {
    uint8_t     kind;
    uint8_t     operand; /* LOCAL, REDUCE: which operand of `op` */
    uint32_t    stmt;    /* the statement of derivation.forward that is gone through */
    var_id      goal;    /* the variable whose gradient is being made: 0 inside an expression */
    node_id     op;      /* LOCAL, REDUCE: the forward node */
    node_id     in, out; /* the gradient before and after; REWRITE: the two sides */
    const char *rule;    /* REWRITE: the names of what was applied, with commas */
} step;

typedef enum { CONVENTION_COURSE, CONVENTION_DJ } convention;

/* What the numbers dV differentiate: the summed loss of the examples, or the cost. */
typedef enum { SCALE_COST, SCALE_DATA } scale;

/* What a line is in a derivation: on the way, asked for in any case, or beside it, on no line's way. */
typedef enum { PART_STEP, PART_GOAL, PART_ASIDE } line_part;

/* One variable's gradient. */
typedef struct gradient {
    var_id   var;    /* V */
    var_id   grad;   /* dV */
    uint32_t stmt;   /* the (last) statement through which it is reached */
    uint8_t  scale;
    uint8_t  part;   /* a parameter's is a goal, an input's stands aside */
    bool     shown;    /* stands under its own name in `derive` */
    bool     symmetric; /* V is: dV is the symmetric part of what arrives, and V.T counts as a further way */
    bool     given;    /* its value is given: never derived, never seen through */
    uint32_t n_through; /* how many variables J is reached through */
    uint32_t first_step, n_steps; /* in the trail: the steps of all paths that end here */
    node_id  raw;    /* the sum of the contributions, as the chain rule gives it */
    node_id  local;  /* simplified, over the gradients that stand before it */
    node_id  whole;  /* the same with gradients that are not shown substituted: what is printed and run */
} gradient;

typedef struct derivation {
    const model *m;
    convention   asked, used; /* used is CONVENTION_DJ where the course's does not apply */
    const char  *why_dj;      /* and why: a sentence, or NULL */
    program forward; /* what leads to the cost, ordered from the cost backwards; reversed: sources first */
    scale       *scale_of;    /* by var_id (variables of the model) */
    bool        *reached;     /* by var_id: does the cost depend on it differentiably? */
    VEC(gradient) list;       /* in the order of the sweep */
    uint32_t     *place;      /* by var_id: 1 + the index in the list, 0: none */
    uint32_t      n_places;
    VEC(step) trail;
    VEC(gradient) untold;     /* of Jacobians: by variables that are no columns; `local`, where there is one,
                                 times entry j of `whole` is that by column (row) j */
    bool examples_interact;   /* a value of one example affects another's loss */
} derivation;

gradient *derivation_find(const derivation *d, var_id v);

/* Is a line of the list a second derivative: how something changes along a direction? */
static inline bool derivation_is_change(const derivation *d, const gradient *v) {
    return ir_var(&d->m->g, v->grad)->kind == VAR_CHANGE;
}

static inline bool derivation_is_jacobian(const derivation *d) {
    return d->list.n && ir_var(&d->m->g, d->list.at[0].grad)->kind == VAR_JACOBIAN;
}

/* Has it any? They stand behind the gradients. */
static inline bool derivation_is_second(const derivation *d) {
    return d->list.n && derivation_is_change(d, &d->list.at[d->list.n - 1]);
}

/* A planted mistake: asked at every step but rewrites, in the order of the trail, before the
 * step is taken; returns the node that becomes its outcome instead, or 0 to leave it alone. */
typedef struct trail_edit {
    node_id (*apply)(void *user, ir *g, const step *s);
    void *user;
} trail_edit;

#endif
