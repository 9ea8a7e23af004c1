/* Scores: the forward pass over some examples, its cost, and how many of them are classified rightly. */
#ifndef TRAIN_SCORE_H
#define TRAIN_SCORE_H

#include "run/feed/examples.h"
#include "run/train/metrics.h"
#include "run/train/train.h"
#include "run/train/units.h"

typedef struct scorer {
    const model *m;
    const plan  *p;
    exec        *e;
    sizes        s;
    size_t       n; /* examples that e has room for now */
    exec_dtype   type;
    bool         with_cost;
    var_id       prediction, label; /* 0: no score but the cost */
    target_units units;             /* of the label */
    var_id       compared;          /* the label whose difference from the prediction the cost is of, or 0 */
    bool         values;            /* of several entries, which are no classes */
    struct value_sums *sums;        /* of each entry, of one batch or several */
} scorer;

/* What R2 is computed from. */
typedef struct value_sums {
    double n, y, yy, error;
    double first, second; /* labels, the first of which is taken off all */
    bool   several;       /* there are two different ones; */
    bool   others;        /* and more */
} value_sums;

/* Plans the cost (if asked for) and the predictions, without dropout. scorer_open makes its memory. */
dfoo_status scorer_plan(scorer *k, model *m, arena *a, const program *p, bool with_cost);
dfoo_status scorer_open(scorer *k, arena *a, exec_dtype type, exec_machine how, const sizes *s, size_t n);
void        scorer_close(scorer *k);

/* Evaluates examples that are in order with the parameters that are set or bound in k->e. */
dfoo_status scorer_run(scorer *k, const examples *e, train_score *out);

/* The same in parts: R2 is that of all examples since scorer_begin; NAN: there is none. */
void        scorer_begin(scorer *k);
dfoo_status scorer_add(scorer *k, const examples *e, train_score *out);

/* Every metric of the examples of the last scorer_run, or scorer_add. */
dfoo_status scorer_metrics(const scorer *k, const examples *e, arena *a, train_metrics *out);

/* Counts how the examples of the last scorer_run were classified; `names` has what the classes are called. */
dfoo_status scorer_confusion(const scorer *k, const examples *e, const memos *names, arena *a,
                             train_confusion *out);

/* The label that the first prediction can be held against; 0: there is none. */
var_id score_label(const model *m, const sizes *s);

#endif
