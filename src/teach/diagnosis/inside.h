/* Inside the room of the diagnosis: what its files hand to each other. */
#ifndef DIAGNOSIS_INSIDE_H
#define DIAGNOSIS_INSIDE_H

#include "teach/diagnosis/diagnosis.h"

/* The derivation in one convention. */
typedef struct side {
    subject         s;
    plants          plants;
    program       **broken;            /* by plant: the derivation with it; made when it is needed */
    instance        in[MOST_CASES];
    gradient_values right[MOST_CASES];
    matrix         *known[MOST_CASES]; /* by number in s.right.list: the answers so far; at NULL: none */
} side;

typedef struct judging {
    model      *m;
    arena      *a;
    diagnosis  *out;
    side        side[2];
    answer_list answers[MOST_CASES];
    double      same;
    bool        decided;     /* a convention is in use: */
    uint8_t     used, asked; /* which; and which dfoo prints */
} judging;

/* What a program gives for a gradient, by number, on instance k, where `known` (by number, at NULL: not)
 * stands for those before it. at NULL: what it needs has the wrong shape. */
dfoo_status follow(const side *x, uint32_t k, arena *a, const program *p, const matrix *known, uint32_t goal,
                   matrix *out);

/* Is it the answer's value? rounding: of y, or NULL. */
bool is_answer(const judging *w, const answer *x, matrix y, const double *rounding);

/* The rows of the catalogue that answer i shows in the convention c, into d->names. */
dfoo_status name_mistakes(judging *w, uint32_t i, int c, const matrix *expected, diagnosed *d);

void diagnosis_json(const diagnosis *d, const report_options *opt, buf *out);

#endif
