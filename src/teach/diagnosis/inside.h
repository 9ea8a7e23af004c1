/* Inside the room of the diagnosis: what its files hand to each other. */
#ifndef DIAGNOSIS_INSIDE_H
#define DIAGNOSIS_INSIDE_H

#include "teach/diagnosis/diagnosis.h"

/* The derivation in one convention. */
typedef struct side {
    subject         s;
    plants          plants;
    program       **broken;            /* by plant: the gradients with it; made when they are needed */
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

/* Makes what does not depend on the answers: m, a, out and same are there. */
dfoo_status judging_begin(judging *w, const check_engine engine[2], const diagnosis_options *opt);

/* Answer i, given those before it in `known`, onto the list; from then on it is known, too. */
dfoo_status judging_answer(judging *w, uint32_t i);

/* The gradient that is called so, by number in the list of a side; n: none. */
uint32_t number_of(const side *x, const char *name);

/* The values that there are in a store: the forward pass, and of the gradients (by number, at NULL: not
 * there) those that are known, but for the goal. */
dfoo_status known_values(const side *x, const instance *in, const ir *g, const matrix *known, uint32_t goal,
                         arena *a, evaluation *e);

/* What a program gives for a gradient, by number, on instance k, where `known` (by number, at NULL: not)
 * stands for those before it. at NULL: what it needs has the wrong shape. */
dfoo_status follow(const side *x, uint32_t k, arena *a, const program *p, const matrix *known, uint32_t goal,
                   matrix *out);

/* Does it differ from the right derivation in what is computed on the way there? If it does not, what follows
 * is what should. */
bool leads_elsewhere(const side *x, arena *a, const program *p, const matrix *known, uint32_t goal);

/* Is it the answer's value? rounding: of y, or NULL. */
bool is_answer(const judging *w, const answer *x, matrix y, const double *rounding);

/* The rows of the catalogue that answer i shows in the convention c, into d->names. */
dfoo_status name_mistakes(judging *w, uint32_t i, int c, const matrix *expected, diagnosed *d);

void diagnosis_json(const diagnosis *d, const report_options *opt, buf *out);

#endif
