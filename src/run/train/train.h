/* The face of the training room: data (feed.h) and starting values are bound to a model, an optimiser's
 * equations (rule.h) are appended to its program, and the plan of both runs until the parameters are
 * learned; later the same model predicts.
 *
 * The caller brings a model and the program that it runs: the forward statements (those of
 * the predictions too) and a statement for the gradient of each parameter. Which optimiser,
 * how long, and how data is read is in train_options; all zero is the default. Wrong input is
 * reported to the diagnostics of the model's store. Numeric memory comes from the allocator of
 * the store's arena, and is given back before a function returns.
 */
#ifndef TRAIN_TRAIN_H
#define TRAIN_TRAIN_H

#include "run/feed/feed.h"
#include "run/lessons/history.h"
#include "run/rule/rule.h"

/* ------------------------------------------------------------------ output */

/* How well a model does on some examples. The accuracy is the part of them that is classified
 * rightly, if the first `predict` variable has a label of its shape: with one entry per example and
 * labels 0 and 1, a prediction from 0.5 on is a 1; with several entries and a onehot label, the
 * largest entry is the class. NAN where there is none. */
typedef struct train_score {
    size_t n; /* examples; 0: there was no such data */
    double cost, accuracy;
    double r2; /* of values, where there is no accuracy: 1 - SS(error)/SS(label); else NAN */
} train_score;

/* How good predictions are in all ways that suit the labels (metrics.def); the others are NAN. */
typedef enum {
#define METRIC(ID, ...) TRAIN_METRIC_##ID,
#include "run/train/metrics.def"
    TRAIN_METRICS
} train_metric_id;

/* How good the predictions of one column of values are. */
typedef struct train_of_column {
    double r2, rmse, mae;
} train_of_column;

typedef struct train_metrics {
    size_t n; /* examples; 0: there are no labels */
    double value[TRAIN_METRICS];
    size_t        count; /* entries of each */
    const double *y, *p; /* labels and predictions, one example after the other; of the arena */
    const train_of_column *columns; /* of several columns of values: of each, and its name; else NULL */
    const char *const     *names;
} train_metrics;

/* How likely a class was said to be for an example, and whether it is one of it; an output of its own has the
 * classes 0 and 1. */
typedef struct train_ranked {
    double value;
    bool   is;
} train_ranked;

/* All examples, the likeliest first; `out` has room for n. */
void train_rank(const train_metrics *m, size_t class, train_ranked *out);

typedef struct train_metric_info {
    const char *id, *name;
    int         sign;    /* 1: more is better, -1: less is */
    bool        percent; /* told so */
    const char *help;
} train_metric_info;

const train_metric_info *train_metric(uint32_t i); /* NULL behind the last */

/* How examples were classified: count[i * n + k] of class i as class k. The accuracy's classes; with a
 * single entry those of the labels 0 and 1. It lives as long as the model's store. */
enum { TRAIN_CONFUSION_CLASSES = 1000 };
typedef struct train_confusion {
    uint32_t           n; /* 0: there are no classes, more than TRAIN_CONFUSION_CLASSES, or no labels */
    const char *const *classes;
    const size_t      *count;
} train_confusion;

typedef struct train_progress {
    size_t      epoch, epochs; /* passes over the data that are complete, and that are wanted */
    double      within;        /* the part of the pass at hand that is done: 0 to 1 */
    double      cost;          /* the newest known: see history */
    bool        evaluated;     /* this is one of the `every` epochs, or the last: the scores are new */
    train_score train, test;
    double      seconds, examples_per_second;
    double      step_cost; /* of the newest step, before its update; NAN: there was none */
} train_progress;

typedef struct train_result {
    size_t      epochs;      /* fewer than wanted if progress said to stop */
    uint64_t    n_values;    /* the entries of all parameters */
    bool        by_r2;       /* patience watches R2, as several targets have different units */
    size_t      best_epoch;  /* with patience: after which the parameters that came out were */
    bool        stopped;     /* patience ended it */
    train_score train, test; /* of the parameters that came out */
    double      seconds;
} train_result;

typedef struct trainer trainer;

/* ----------------------------------------------------------------- options */

enum { TRAIN_EPOCHS = 1000 };

typedef struct train_options {
    rule_options rule;
    feed_options feed;
    size_t       epochs;     /* 0: TRAIN_EPOCHS, unless no_epochs says that it is meant */
    bool         no_epochs;
    size_t       batch;      /* examples per step; 0: all */
    size_t       every;      /* evaluate each so many epochs; 0: at the end only */
    size_t       patience;   /* stop after so many epochs without a better cost of the test data, which is
                                evaluated in each then, and keep the best parameters; 0: never */
    uint32_t     metric;     /* .. of another one: its number in metrics.def, plus 1; 0: the cost */
    uint64_t    seed;        /* kept exactly below 2^53 */
    bool        gradients;   /* those of the newest step can be read */
    bool        standardize; /* inputs to mean 0 and standard deviation 1 of the training data */
    double      split;       /* the part of the data that is held back as test data; 0: none */
    size_t      folds, fold; /* .. or number `fold`, from 1 on, of `folds` parts of equal size; 0: none */
    const char *file;        /* the run's own, written at the end and at checkpoints; NULL: none */
    size_t      checkpoint;  /* epochs between two writings of it; 0: at the end only */
    bool        resume;      /* go on from the file; if it is not there, begin */
    bool        any_labels;  /* labels that the loss is not made for are a warning; else an error */
    bool        restart;     /* else a file with a run that has not ended is an error */

    /* Told about the evaluated epochs, and about 20 times a second; false: stop here, with
     * the parameters as they are. NULL: nobody is told. */
    bool (*progress)(void *user, const train_progress *p);
    void *user;

    /* Data that does not fit into memory: `fill` puts the examples from number `first` of the epoch on into
     * arrays that were made for them, an input or label each, in the shape that the model declares. false: it
     * could not. What train_input has is then a sample of the same data: sizes, standardising, scores and
     * lessons are of it. `stream` examples are a pass; 0: there is no such data. */
    size_t stream;
    bool (*fill)(void *user, size_t epoch, size_t first, dfoo_arrays *batch);
    void *fill_user;
} train_options;

/* What is done with n examples of a prepared table where nothing is said of how they are learned. */
typedef struct train_choice {
    const char *optimizer, *schedule;
    double      rate, decay;
    size_t      batch, epochs;
} train_choice;

train_choice train_choose(size_t n, double parameters);

/* About how many entries all parameters have, where an example has so many inputs: sizes that only the data
 * knows are those of inputs. */
dfoo_status train_count_parameters(const model *m, size_t inputs, double *out);

/* -------------------------------------------------------------------- work */

typedef struct train_input {
    feed_source        data;
    feed_source        test;      /* without arrays and table: none */
    const dfoo_arrays *from;      /* parameters that start here instead, by name; may be NULL */
    const char        *from_name; /* what messages call it */
} train_input;

/* Where the cost depends on the data through P - Y alone, P predicted and Y its label, Y can be learned in
 * units of its deviation: the model and its program are changed, once, so that costs and predictions are told
 * in Y's own, and *label is Y, for feed_options.target; else 0. The same for predicting: if the run says that
 * it was so. */
dfoo_status train_target(model *m, program *p, var_id *label);
dfoo_status train_target_of(model *m, program *p, const dfoo_arrays *run);

/* Training from beginning to end, and its loop in parts. `run` gets the parameters by name and, under names
 * that begin with "dfoo.", what train_predict needs: mean.X and sd.X of a standardised input X, scale.X
 * (times, over), shape.X of an example that was flattened; columns.X, map.X, test_map.X, classes.Y and
 * names.Y (bytes of names, each with a zero byte behind it); seed, epochs; and what going on needs: steps,
 * done, done_cost, ended, history, state.NAME, terms, with patience best_epoch, best_cost and last.NAME, the
 * parameters as they were at the end (see resume.c). All of it is in options.file, too.
 *
 * `history` (may be NULL) gets the matrix "history", a row for each epoch (history.h).
 * Row e is about the parameters after e passes over the data; the cost of mini-batches is the mean
 * over the pass that ended there (each batch before its update), weighted by examples; full-batch
 * rows begin at 0, the parameters as they start. NAN where nothing was evaluated. Costs while training are
 * with dropout, scores and the cost of the last full-batch row are without.
 *
 * DFOO_EINPUT: data, sizes, options or `from` are wrong, or a cost is not finite; `history` then has
 * the rows up to there. DFOO_EIO: options.file could not be written; `run` is complete. */
dfoo_status train_run(model *m, const program *p, const train_input *in, const train_options *opt,
                      dfoo_arrays *run, dfoo_arrays *history, train_result *out);

/* The same in parts. A trainer keeps all that it is given, which has to outlive it; `out` is NULL after a
 * failure. */
dfoo_status train_open(model *m, const program *p, const train_input *in, const train_options *opt,
                       dfoo_arrays *run, trainer **out);
void        train_close(trainer *t); /* NULL is fine */

bool        train_goes_on(const trainer *t); /* there are epochs left, and nothing has said to stop */
dfoo_status train_step(trainer *t);          /* the next one, of its own data; it has to go on */

/* A step of other data, read as training remembers; epochs do not count it. */
dfoo_status train_step_on(trainer *t, const feed_source *batch);

/* The scores of the parameters as they are, and where training stands; history so far, with the matrix
 * "history". */
dfoo_status train_score_now(trainer *t);
void        train_now(const trainer *t, train_progress *out);
dfoo_status train_history(const trainer *t, dfoo_arrays *costs);

/* Scores the end, keeps the best parameters, writes the file. */
dfoo_status train_end(trainer *t, train_result *out);

/* Parameters, or with `gradients` those of the newest step, by their names, into `out`; parameters back. */
dfoo_status train_get(trainer *t, bool gradients, dfoo_arrays *out);
dfoo_status train_set(trainer *t, const dfoo_arrays *parameters);

double      train_rate(const trainer *t); /* the learning rate that is given */
dfoo_status train_set_rate(trainer *t, double rate);
void        train_stop(trainer *t);

/* Writes what going on needs to a file, as a checkpoint is. */
dfoo_status train_save(trainer *t, const char *path);

/* Computes the `predict` variables from the parameters of a run (of opt, sizes, labels and dtype
 * are used) and adds them to `out`; where the data has the labels, also the score, the confusion and the
 * metrics (which may be NULL). */
dfoo_status train_predict(model *m, const program *p, const dfoo_arrays *run, const feed_source *data,
                          const feed_options *opt, dfoo_arrays *out, train_score *score,
                          train_confusion *confusion, train_metrics *metrics);

/* What a run says of how it was trained, as comments, and what becomes of the columns of its tables, as lines
 * that feed_options.rules can be read from. */
dfoo_status train_describe(const model *m, const dfoo_arrays *run, buf *out);

/* What happens inside of a trained model: of a variable or a gradient, between which absolute values its
 * entries lie for the examples of the source. */
typedef struct train_layer {
    const char *name;
    bool        gradient;
    double      low, middle, high; /* 5, 50 and 95 of 100 are not larger */
    double      zeros;             /* the part that is 0 */
} train_layer;

typedef struct train_layers {
    uint32_t           n;
    const train_layer *at; /* in the order in which they are computed */
    size_t             n_examples;
} train_layers;

/* At most TRAIN_LAYER_EXAMPLES of the examples are looked at. Gradients are there where the source has
 * labels. Memory comes from `a`. */
enum { TRAIN_LAYER_EXAMPLES = 2000 };
dfoo_status train_layers_read(model *m, const program *p, const dfoo_arrays *run, const feed_source *data,
                              const feed_options *opt, arena *a, train_layers *out);

/* The examples of a source as a picture needs them: one or two features, and what the first prediction is
 * held against. */
typedef struct train_points {
    size_t             n;
    uint32_t           n_features; /* the entries of all inputs, in order of declaration */
    const char *const *features;   /* the columns of the table, here or in training, else X_1, X_2, .. */
    const double      *mean;       /* of each */
    var_id             n_entries;  /* by var_id: how many features are entries of this input */
    const size_t      *entries;
    uint32_t           n_picked;
    uint32_t           picked[2];
    const double      *at[2]; /* the values of those, as they stand in the source */

    var_id             prediction;
    uint32_t           outputs;   /* its entries for an example */
    const char        *label;     /* what the label is called; NULL: there is none of its shape */
    uint32_t           n_classes; /* as train_confusion has them; 0: values */
    const char *const *classes;
    const uint32_t    *class_of; /* NULL: no classes, or not in the source */
    const double      *value;    /* NULL: classes, or not in the source */
} train_points;

/* `wanted` names the features, n_wanted of them; 0: all, if they are not more than two. Memory comes from
 * `a`. DFOO_EINPUT: the source does not fit, there is no such feature, or there are too many. */
dfoo_status train_points_read(model *m, const program *p, const dfoo_arrays *run, const feed_source *data,
                              const feed_options *opt, const char *const *wanted, uint32_t n_wanted, arena *a,
                              train_points *out);

/* Inputs for train_predict: n examples whose picked features are at[0][i], at[1][i], and whose other features
 * are at their means. Inputs that are the same for all examples are the source's. Added to `out`. */
dfoo_status train_points_vary(const model *m, const train_points *points, const feed_source *data,
                              const double *const at[2], size_t n, dfoo_arrays *out);

/* A predicted array as a table, a row per example, for a file: added to `out` under the name
 * "table". The columns' names come from the arena: the variable's own name, numbered if
 * there are several entries, or the names of the classes if it has the shape of a label of classes. */
dfoo_status train_table(const model *m, const dfoo_arrays *run, const dfoo_array *x, arena *a,
                        dfoo_arrays *out, const char ***columns);

/* The name of the class that each of the `n` rows of such a table predicts: of its largest entry, or of the
 * second class from 0.5 on. NULL: the run has no classes for it. */
dfoo_status train_class_texts(const model *m, const dfoo_arrays *run, const dfoo_array *table, arena *a,
                              const char ***out);

#endif
