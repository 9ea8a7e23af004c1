/* Claims judged: each given those before it, so that one mistake is told once. */
#ifndef JUDGE_VERDICT_H
#define JUDGE_VERDICT_H

#include "teach/judge/gather.h"

typedef enum {
    JUDGED_RIGHT,
    JUDGED_GIVEN, /* right, given something wrong before it */
    JUDGED_WRONG, /* from here on: not right */
    JUDGED_SHAPE,
    JUDGED_NOT_FINITE,
    JUDGED_MISSING
} judged_how;

typedef struct judge_verdict {
    judge_claim    claim; /* of MISSING: only its number */
    uint32_t       shown; /* 1 + the gradient that is wrong, if that has no name in the program; 0: its own */
    uint8_t        how;
    matrix         expected; /* given what was claimed before it, in the claim's own convention and sign */
    double         ratio;    /* to what is expected, if it is the same everywhere; else 0 */
    double         norms, cosine;
    const mistake *row;       /* a mistake that is no step of the derivation; NULL: none */
    VEC(uint32_t) candidates; /* numbers of plants that give the same */
} judge_verdict;

/* The number of the gradient that a verdict tells of. */
static inline uint32_t verdict_number(const judge_verdict *v) {
    return v->shown ? v->shown - 1 : v->claim.number;
}

typedef struct judge_verdicts {
    VEC(judge_verdict) list;
    uint32_t
           early; /* from this number on, what belongs to the examples carries the 1/m; UINT32_MAX: nowhere */
    double sign;  /* -1: negative gradients, and the parameters follow them */
    double factor;          /* of updates */
    const matrix *expected; /* by number, in the derivation's own convention */
    uint32_t      right, wrong, found;
} judge_verdicts;

dfoo_status verdicts_make(const judge_case *c, arena *a, const judge_claims *claims, judge_verdicts *out);

/* Of a gradient that is made in several lines: the first behind which it cannot become right. */
dfoo_status verdicts_locate(const gatherer *w, judge_verdicts *all);

/* Adds a claim for a gradient that a wrong one follows from, if the program has it under whatever name. */
dfoo_status verdicts_between(const gatherer *w, const judge_verdicts *all, judge_claims *claims,
                             bool *changed);

/* By number: what was claimed before v, in the derivation's own convention; NULL: no memory. */
matrix *verdict_known(const judge_case *c, arena *a, const judge_verdicts *all, const judge_verdict *v);

/* A value of the gradient of this number, in the derivation's own convention and sign. */
matrix verdict_unscaled(const judge_case *c, arena *a, const judge_verdicts *all, uint32_t number, matrix x);

/* Which plants make what was claimed: all of them (first time), or of those that are candidates already. */
dfoo_status verdict_candidates(const judge_case *c, arena *a, const judge_verdicts *all, judge_verdict *v,
                               const plants *catalogue, bool again);

/* What the gradient of this number is with a plant made, given what was claimed before v. */
dfoo_status verdict_planted(const judge_case *c, arena *a, const judge_verdicts *all, const judge_verdict *v,
                            const plant *p, uint32_t number, matrix *out);

/* The value of a node of the derivation, given what was claimed before v; at NULL: it has none. */
dfoo_status verdict_node(const judge_case *c, arena *a, const judge_verdicts *all, const judge_verdict *v,
                         node_id n, matrix *out);

/* The variable whose gradient a plant's step makes; 0: it is inside an expression. */
var_id verdict_goal(const subject *s, const plant *p);

#endif
