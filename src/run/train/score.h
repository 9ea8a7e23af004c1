/* Scores: the forward pass over some examples, its cost, and how many of them are classified rightly. */
#ifndef TRAIN_SCORE_H
#define TRAIN_SCORE_H

#include "run/feed/examples.h"
#include "run/train/train.h"

typedef struct scorer {
    const model *m;
    const plan  *p;
    exec        *e;
    sizes        s;
    size_t       n; /* examples that e has room for now */
    exec_dtype   type;
    bool         with_cost;
    var_id       prediction, label; /* 0: no accuracy */
} scorer;

/* Plans the cost (if asked for) and the predictions, without dropout. scorer_open makes its memory. */
dfoo_status scorer_plan(scorer *k, model *m, arena *a, const program *p, bool with_cost);
dfoo_status scorer_open(scorer *k, arena *a, exec_dtype type, exec_machine how, const sizes *s, size_t n);
void        scorer_close(scorer *k);

/* Evaluates examples that are in order with the parameters that are set or bound in k->e. */
dfoo_status scorer_run(scorer *k, const examples *e, train_score *out);

/* Counts how the examples of the last scorer_run were classified; `names` has what the classes are called. */
dfoo_status scorer_confusion(const scorer *k, const examples *e, const memos *names, arena *a,
                             train_confusion *out);

/* The label that the first prediction can be held against; 0: there is none. */
var_id score_label(const model *m, const sizes *s);

#endif
