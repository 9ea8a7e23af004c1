/* Inside the checking room: what its files hand to each other.
 *
 *   subject      what is checked: the raw derivation, and the nodes that only the check needs
 *   instance     one set of values for it, evaluated
 *   differences  the difference quotients of the cost by one variable on an instance
 *   judged       a gradient of that variable held against them
 */
#ifndef CHECK_INSIDE_H
#define CHECK_INSIDE_H

#include "teach/check/check.h"

/* Where an operation of the forward pass has no derivative: `node` is 0 there. */
typedef struct kink {
    node_id node, of;
} kink;

/* A statement S = f(V, ..), in the links of V. */
typedef struct link {
    uint32_t from; /* S, by number in right.list */
    node_id  node; /* f(V, ..) */
} link;

typedef struct link_list {
    VEC(link) list;
} link_list;

typedef struct subject {
    model              *m;
    ir                 *g;
    arena              *a;
    const check_engine *engine;
    derivation          right; /* derived by the engine, unsimplified */
    program             raw;   /* dV = its raw gradient */
    node_list           nodes; /* of the forward pass, ascending */
    VEC(kink) kinks;
    link_list *links; /* by number in right.list: the statements that use the variable, see subject.c */
} subject;

dfoo_status subject_init(subject *s, model *m, arena *a, const check_engine *engine);

/* The values of gradients, by number in right.list: `at` NULL where there is none. misfit: is set where
 * its shape is not its variable's (its value is there all the same). rounding: see rounding_measure; only
 * where it was asked for. */
typedef struct gradient_values {
    matrix  *of;
    bool    *misfit;
    double **rounding;
    uint32_t n;
} gradient_values;

typedef struct instance {
    const subject *s;
    arena         *a;
    uint64_t       seed;
    sizes          sz;
    evaluation     e;      /* forward values, raw gradients, kinks */
    gradient_values raw;   /* what the raw derivation gives, with roundings */
    signed char  **signs;  /* by kink: of its entries; 0 also where it may be 0 but for rounding */
    double       **doubt;  /* by kink: how far its entries may be from what they should be */
    double         work;   /* of one evaluation of the forward pass, in multiplications or so */
    bool           finite; /* the cost is a finite number */
    size_t         all_examples; /* given arrays: how many examples they hold; sz may have fewer */
    VEC(var_id) drawn;     /* given arrays: what was not among them */
    VEC(const char *) unused; /* and which of them are of no use */
} instance;

/* On which side of a kink is x? 0: on it, as far as roundings tell. */
static inline signed char kink_sign(double x, double doubt) {
    return (signed char)((x > doubt) - (x < -doubt));
}

/* first: of which draw; others are other sizes and values for the same seed. */
dfoo_status instance_random(instance *in, const subject *s, arena *a, uint64_t seed, uint32_t first);
dfoo_status instance_given(instance *in, const subject *s, arena *a, uint64_t seed,
                           const dfoo_arrays *values);

/* The number that a node stands for; examples' subsets make it differ from the data's m. */
double instance_size(const instance *in, dim d);

/* By how much roundings may have moved each entry of n matrices that `first` and `then` compute (NULL:
 * nothing), in that order: a generous estimate, see rounding.c. Both have run, and are as they were. out:
 * n arrays. */
dfoo_status rounding_measure(evaluation *first, evaluation *then, arena *a, const matrix *values, uint32_t n,
                             double **out);

/* The gradients of a program over the instance's forward values. Memory from `a`. */
dfoo_status instance_gradients(instance *in, arena *a, const program *p, bool with_rounding,
                               gradient_values *out);

/* ------------------------------------------------------------- differences */

#define ALONG SIZE_MAX /* in place of an entry: along the variable's random direction */

enum { ERRORS = 4 }; /* so many times its error may a quotient be off */

typedef struct difference {
    size_t  at;     /* the entry, row-major, or ALONG */
    double  value;  /* the quotient, in the gradient's own scale */
    double  error;  /* how wrong it may be: what several step sizes tell, and rounding */
    bool    judged; /* false: it lies at a kink, or at the edge of where the cost is defined */
    node_id kink;   /* the operation that has it; 0 */
} difference;

typedef struct differences {
    var_id          v;
    const gradient *of;     /* in right.list; NULL: nothing was derived */
    uint32_t        number; /* in right.list */
    size_t          rows, cols;
    bool            constant; /* the cost does not depend on it at all */
    bool            by_link;  /* differences of the variables it enters, see subject.c */
    const double   *direction;
    double          error; /* the largest of an entry */
    VEC(difference) list;
} differences;

typedef struct differences_list {
    VEC(differences) list;
} differences_list;

dfoo_status differences_all(instance *in, uint32_t max_entries, differences_list *out);

/* ---------------------------------------------------------------- judgement */

typedef enum {
    VERDICT_RIGHT,
    VERDICT_ZERO,      /* 0 everywhere, and so it should be */
    VERDICT_ROUNDING,  /* cannot be told apart from 0: no larger than its own rounding */
    VERDICT_VAGUE,     /* too small for the differences, which agree as far as they go */
    VERDICT_UNREACHED, /* no gradient, and the cost does not depend on it */
    VERDICT_UNTOLD,    /* nothing could be compared */
    VERDICT_WRONG,     /* from here on: not as it should be */
    VERDICT_MISSING,
    VERDICT_SHAPE,
    VERDICT_NOT_FINITE
} verdict;

typedef struct judged {
    const differences *q;
    verdict            verdict;
    uint32_t           n_checked, n_kinks, n_wrong;
    bool               along;    /* a random direction was compared as well */
    bool               not_zero; /* a quotient proves that the derivative is not 0 everywhere */
    bool               sharp;    /* an entry agrees to three digits or more */
    double             distance; /* the largest, relative to the largest entry */
    difference         worst;    /* where */
    double             derived;  /* and the gradient's value there */
} judged;

/* x: the gradient's values, at NULL if there is none. rounding: how far they may be from what they should
 * be; NULL: not at all. */
judged judge(const differences *q, matrix x, const double *rounding, bool misfit);
static inline bool verdict_ok(verdict v) { return v < VERDICT_WRONG; }

/* Is every entry of x what it is in y, but for roundings? `same`: relative to the largest entry of y.
 * NULL: none. */
bool agrees(matrix x, const double *rounding_x, matrix y, const double *rounding_y, double same);

/* The largest entry by absolute value; not finite if one of them is not. */
double matrix_largest(matrix x);

/* The one number by which x is y, to `same` of x's largest entry; 0: none, one is not there, or their shapes
 * differ. */
double matrix_factor(matrix x, matrix y, double same);

/* --------------------------------------------------------- planted mistakes */

typedef struct mistake mistake; /* mistakes.h */

typedef struct planted {
    const mistake *what;
    uint32_t       stmt; /* of right.forward */
} planted;

typedef struct control {
    uint32_t n_planted, n_noticed; /* those that change anything */
    uint32_t n_found;              /* places where one applies, before a sample was drawn */
    uint32_t n_tried;              /* after; the rest changed nothing */
    uint32_t *by_group;            /* planted, by mistake_group */
    bool     *of_row;              /* by row of the table: was it planted, and changed anything? */
    VEC(planted) unnoticed;
} control;

/* Needs the instance on which `q` was measured; what goes unnoticed there is tried on others. */
dfoo_status control_run(const subject *s, instance *in, const differences_list *q, uint32_t max_mistakes,
                        uint32_t max_entries, arena *a, control *out);

/* ------------------------------------------------------------------- claims */

typedef enum {
    CLAIM_EQUAL,
    CLAIM_OTHER_CONVENTION, /* equal to what the other convention calls dV */
    CLAIM_UNKNOWN,          /* there is no such gradient: from here on not right */
    CLAIM_GIVEN,            /* right, if the claims before it were */
    CLAIM_SHAPE,
    CLAIM_DIFFERS
} claim_verdict;

typedef struct claim_judged {
    const claim *of;
    uint8_t      verdict;
    double       distance; /* relative to the largest entry */
    double       ratio;    /* DIFFERS: to the derived gradient, if it is the same everywhere; else 0 */
    size_t       row, col;
    double       claimed, derived;
} claim_judged;

typedef struct claims_judged {
    VEC(claim_judged) list;
} claims_judged;

dfoo_status claims_judge(instance *in, arena *a, claims_judged *out);

/* ------------------------------------------------------------------- report */

/* The gradients of one instance: shown[i] and raw[i] belong to q.list.at[i]. */
typedef struct judgement {
    instance         in;
    differences_list q;
    judged          *shown, *raw;
    bool            *in_table; /* does it have a line of its own? */
    bool             ok;
} judgement;

typedef struct findings {
    const subject *s;
    judgement      random, given;
    bool           has_given;
    control        control;
    claims_judged  claims;
    bool           ok;
} findings;

/* In words, and as data. */
void report_write(const findings *f, buf *out);
void report_json(const findings *f, buf *out);

const char *report_name(const findings *f, const differences *q); /* "dZ1" */
const char *verdict_word(verdict v);

#endif
