/* A case to judge a program on: sizes and values for a model, all that follows from them, and what a gradient
 * has to be if those before it are given. */
#ifndef JUDGE_CASE_H
#define JUDGE_CASE_H

#include "teach/check/mistakes.h"

typedef struct judge_case {
    const subject *s;
    arena         *a;
    sizes          sz;
    matrix        *value;    /* by var_id: inputs, labels, parameters and what is computed from them */
    matrix        *right;    /* by number in s->right.list */
    double         examples; /* how many there are */
    bool           finite;
} judge_case;

typedef enum {
    CASE_USUAL,      /* sizes as the model has them, the others all different and at least 2 */
    CASE_ONE_OUTPUT, /* the output's, if it is left open, is 1 */
    CASE_ONE_EXAMPLE,
    CASE_SQUARE /* all the same: what does not fit otherwise can be computed */
} case_kind;

/* Random values. */
dfoo_status case_random(judge_case *c, const subject *s, arena *a, uint64_t seed, uint32_t draw,
                        case_kind kind);

/* Values that a program brought along, by var_id; at NULL: none. Masks of dropout may be among them. *fits:
 * sizes agree, and nothing is missing. */
dfoo_status case_given(judge_case *c, const subject *s, arena *a, const matrix *given, bool *fits);

/* A dropout of the model: M1 is the mask in D1 = dropout(A1, keep). */
typedef struct case_mask {
    var_id mask, operand, result; /* operand 0: it has no name */
} case_mask;

typedef struct case_masks {
    VEC(case_mask) list;
} case_masks;

dfoo_status case_find_masks(const subject *s, arena *a, case_masks *out);

/* The gradients of a derivation, by number: where `known` has a value (at not NULL) the ones behind it are
 * computed from that, and out[i] is what it should be all the same. only: compute up to this number. */
dfoo_status case_gradients(const judge_case *c, arena *a, const derivation *d, const matrix *known,
                           uint32_t only, matrix *out);

/* The gradient of this number from a part of the examples: those that the row leaves in. known: values that
 * take the place of gradients before it. */
dfoo_status case_examples(const judge_case *c, arena *a, const matrix *known, const mistake *row,
                          uint32_t number, matrix *out);

/* The value of a node of the derivation itself, with what is known among the first `only` gradients. */
dfoo_status case_node(const judge_case *c, arena *a, const matrix *known, uint32_t only, node_id n,
                      matrix *out);

/* What a formula of the forward pass makes of the case's values. */
dfoo_status case_forward(const judge_case *c, arena *a, node_id formula, matrix *out);

/* Equal but for rounding, in shape, too. */
bool               matrix_same(matrix x, matrix y, double factor);
static inline bool matrix_close(double x, double y) {
    return x - y < 1e-9 && y - x < 1e-9;
}
/* The one number by which x is y, or 0. */
double matrix_ratio(matrix x, matrix y);

#endif
