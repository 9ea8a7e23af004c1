/* The face of the checking room: is a derived gradient right?
 *
 * It is held against two-sided differences of the cost, in float64 with the slow evaluator,
 * on a random instance of the model and, if there are any, on given arrays. Then the
 * derivation is broken on purpose, in every way of mistakes.def that applies, and the same
 * comparison must notice each of them. */
#ifndef CHECK_CHECK_H
#define CHECK_CHECK_H

#include "core/core.h"

/* What the room needs of the differentiation room. derive: the raw gradients of the model's
 * cost, in the convention of the derivation that is checked; edit NULL: as they are, else with
 * this mistake planted. */
typedef struct check_engine {
    dfoo_status (*derive)(const void *user, model *m, arena *a, const trail_edit *edit, derivation *out);
    const void *user;
} check_engine;

/* All zero is the default. */
typedef struct check_options {
    const dfoo_arrays *values;       /* X, Y, parameters: a second instance; may be NULL */
    uint64_t           seed;         /* of all that is random */
    uint32_t           max_entries;  /* of the parameters that are compared one by one; 0: 2000 */
    uint32_t           max_mistakes; /* that are planted; 0: 300, fewer where a run takes long */
    bool               json;         /* the report as data */
} check_options;

/* Checks the gradients of `shown`, a program that computes the forward values and then dV for
 * some variables V of the derivation d (simplify_program makes it), and the model's claims.
 * Writes the report, in words or as data; the same seed gives the same bytes. *ok: everything that could be
 * judged is right, and every planted mistake was noticed. Nodes are appended to the model's store, all other
 * memory comes from `a`. DFOO_EINPUT, with a diagnostic: the values do not fit the model, or it has no cost.
 */
dfoo_status check_gradient(model *m, const derivation *d, const program *shown, arena *a,
                           const check_engine *engine, const check_options *opt, buf *report, bool *ok);

/* One product HV against differences of dV. */
typedef struct product_judged {
    var_id product;
    size_t rows, cols;
    bool   tried; /* false: the differences meet a kink, or are too unsure */
    bool   right; /* or not tried */
    double difference; /* in relation to the largest entry */
    double noise;      /* what rounding may have done to it and to the differences, as it is */
} product_judged;

typedef struct second_judged {
    VEC(product_judged) list; /* empty: the cost is not finite */
    uint32_t n_tried, n_right;
    uint32_t n_planted, n_noticed; /* lines that were doubled */
    double   symmetry; /* |u.Hv - v.Hu|, in relation to the sums' terms */
    bool     symmetric;
    bool     ok;
} second_judged;

/* Checks the lines of second order that diff_along derived from `first` and that were simplified, on one
 * instance: the values of the options, else a random one. */
dfoo_status check_second(model *m, const derivation *first, const derivation *second, arena *a,
                         const check_engine *engine, const check_options *opt, second_judged *out);

/* The largest difference of a product that was tried. */
double second_distance(const second_judged *j);

/* In words, and as data: an object. */
void second_write(const model *m, const second_judged *j, buf *out);
void second_json(const model *m, const second_judged *j, buf *out);

/* The catalogue of mistakes, by group. */
void check_list(buf *out);

#endif
