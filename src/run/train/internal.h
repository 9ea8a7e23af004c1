/* What the files of this room share, from the bottom up: messages; sizes from arrays; bound data
 * and what is remembered of it; examples as exec wants them; starting values; the optimiser's
 * statements; scores. */
#ifndef TRAIN_INTERNAL_H
#define TRAIN_INTERNAL_H

#include "host/host.h"
#include "run/train/train.h"

/* ---------------------------------------------------------------- messages */

/* A note that stands alone: what was done with data that did not fit as it is. */
void train_say(diags *d, const char *format, ...) __attribute__((format(printf, 2, 3)));

/* Some texts as one: a, b, c; of many, the first ones and "..". Never NULL. */
const char *train_list_text(arena *a, const char *const *texts, size_t n);

/* ------------------------------------------------------------------- sizes */

/* A matrix of known size whose shape says what size names stand for. */
typedef struct size_item {
    var_id      var;
    size_t      rows, cols;
    const char *from;   /* the file */
    bool        turns;  /* it may have been saved the other way round: worth a hint */
    bool        data;   /* and is turned if that is what fits */
    bool        turned; /* it was: rows and cols are as the file has them */
} size_item;

typedef struct sizing {
    const model      *m;
    arena            *a;
    const train_size *sets; /* they come before the model's own */
    uint32_t          n_sets;
    const sizes      *base; /* settled by other data; the examples' is not taken from it. May be NULL */
    VEC(size_item) items;
    sizes     s;      /* what came out */
    uint32_t *origin; /* by sym: where a size came from */
} sizing;

dfoo_status sizing_init(sizing *z, const model *m, arena *a, const train_options *opt, const sizes *base);

/* Sets s to what all items say. Data that fits only the other way round is turned, with a note, if
 * there is one way to do so; else reports the first that does not fit. */
dfoo_status sizing_solve(sizing *z);

/* Reports the names that have no value. */
dfoo_status sizing_complete(const sizing *z);

/* -------------------------------------------------------------- bound data */

/* An input or label as it stands in a source: entry i of example j is at[j * step + offset[i]], or
 * tells whether class_of[j] is i. */
typedef struct view {
    var_id          var;
    bool            by_example; /* else it is the same matrix for all, as "example" 0 */
    size_t          n, entries;
    const double   *at;
    size_t          step;
    const size_t   *offset;
    const uint32_t *class_of; /* instead of `at` */
    bool            words;    /* the classes came as words */
    bool            expand;   /* entry i of class k is i == k, else k itself */
    bool            promised; /* examples must sum to 1: a onehot label that came as it is */
} view;

static inline double view_entry(const view *v, size_t j, size_t i) {
    if (!v->class_of) return v->at[j * v->step + v->offset[i]];
    return v->expand ? (double)(v->class_of[j] == i) : (double)v->class_of[j];
}

/* What has to be remembered of the training data, so that other data is read the same way. */
typedef struct memo {
    var_id             var;
    uint32_t           n_columns; /* 0: not from a table, or its columns have no names */
    const char *const *columns;
    uint32_t           n_classes; /* of a label that came as one column of classes */
    const char *const *classes;
    uint32_t           n_names; /* what people call the classes; 0: as above */
    const char *const *names;
    uint32_t           n_map, n_test_map; /* where training found it; 0: under its own name */
    const char *const *map, *const *test_map;
    int                n_dims; /* of an example before it was flattened; 0: it was not */
    size_t             dim[DFOO_MAX_DIMS];
    double             times, over; /* over 0: not scaled */
    size_t             entries;
    const double      *mean, *sd; /* NULL: not standardised. Goes before the scale, which it makes no odds to */
} memo;

typedef struct memos {
    VEC(memo) list;
} memos;

memo       *memos_get(memos *all, arena *a, var_id v); /* made if there is none; NULL without memory */
const memo *memos_find(const memos *all, var_id v);    /* NULL: none */

/* Everything that is bound lives as long as the arena and the source. */
typedef struct bound {
    size_t n; /* examples; 1 in a model that has none */
    VEC(view) views;
} bound;

typedef struct bind_request {
    const model         *m;
    arena               *a;
    const train_options *opt;
    const train_source  *source;
    const bool          *needed; /* by var_id: inputs and labels that must be there */
    memos               *memos;  /* filled, or with `remembered`, obeyed */
    bool                 remembered;
} bind_request;

static inline const char *source_name(const bind_request *r) {
    return r->source->name ? r->source->name : "the data";
}

/* Where an input or label is: an array, an array of text, or columns of the table; all empty: it has
 * no name there, and may get columns that are left. */
typedef struct place {
    const dfoo_array  *array;
    const data_texts  *texts;
    const char *const *columns;
    uint32_t           n_columns;
} place;

/* places: by var_id. Reports a map that leads to nothing (find.c). */
dfoo_status find_places(const bind_request *r, place *places);
dfoo_status find_nothing(const bind_request *r, var_id v); /* reports that v is not there */
bool        is_data(const ir *g, var_id v);

/* Is the array made of examples that are arrays themselves, or one of them? Then there are n of them,
 * one after the other, whose shape is remembered (flatten.c). */
bool        flatten_is_due(const bind_request *r, var_id v, const dfoo_array *x);
dfoo_status flatten(const bind_request *r, var_id v, const dfoo_array *x, size_t *n);

/* Finds inputs and labels in a source; sizes follow from them and from the items that are in z. */
dfoo_status bind_data(const bind_request *r, sizing *z, bound *out);

/* Adds parameters that `set` has to the items, matrices first. */
dfoo_status bind_parameters(sizing *z, const dfoo_arrays *set, const char *name);

const view *bound_find(const bound *b, var_id v);

/* Is there an entry for each example in this variable, in the place where the model has them? */
bool by_example(const model *m, const variable *v);
/* The other dimension: how many entries an example has. */
dim entries_dim(const model *m, const variable *v);

/* Binds what the arrays did not have to the columns of the table (table.c). */
dfoo_status bind_table(const bind_request *r, const place *places, sizing *z, bound *out);
size_t      table_column(const data_table *t, const char *name); /* n_cols: not there */

/* A column of classes, `n` values `step` apart; words: their names, or NULL. Gives the view's class_of,
 * and the classes of the variable's memo, or is held against them. */
dfoo_status bind_classes(const bind_request *r, const sizing *z, view *v, const data_classes *words);

/* Texts as classes: `values` gets their numbers, `out` the names, sorted. */
dfoo_status classes_of_texts(arena *a, const data_texts *x, data_classes *out, const double **values);

/* Gives the memo of a label the names that the options have for its classes. */
dfoo_status bind_class_names(const bind_request *r, const bound *b);

/* Remembers how the inputs are scaled. */
dfoo_status bind_scales(const bind_request *r, const bound *b);

/* The number of classes that a label tells, 0: it tells none (prepare.c). */
uint32_t label_classes(const model *m, const view *v);

/* ---------------------------------------------------------------- examples */

/* Inputs and labels in exec's type: a matrix in the model's layout, or one example after the
 * other, from which batches are gathered. */
typedef struct example_values {
    var_id      var;
    size_t      entries;
    bool        by_example;
    const void *values; /* entries of all examples; aligned as `own` is, or the source's */
    void       *own;    /* the block, NULL if it is the source's memory */
    size_t      own_size;
} example_values;

typedef struct examples {
    const model   *m;
    dfoo_allocator mem;
    exec_dtype     type;
    size_t         n;
    bool           in_order; /* values lie as the model wants them; else example after example */
    VEC(example_values) list;
} examples;

typedef struct examples_request {
    const model    *m;
    arena          *a; /* of the list */
    const bound    *from;
    const memos    *memos;
    const uint32_t *pick; /* which examples; NULL: all of them */
    size_t          n;
    exec_dtype      type;
    bool            in_order;
} examples_request;

dfoo_status examples_open(const examples_request *r, examples *out); /* close it also after a failure */
void        examples_close(examples *e);

/* Lets exec read all examples; they must be in order. */
void examples_bind(const examples *e, exec *x);

/* Copies the examples pick[0..n) of `e`, which is not in order, into `batch`, as the model wants
 * them. batch has room for `most`. */
dfoo_status batch_open(const examples *e, arena *a, size_t most, examples *batch);
void        batch_gather(const examples *e, const uint32_t *pick, size_t n, examples *batch);

const void *examples_values(const examples *e, var_id v); /* NULL: not there */

/* Mean and standard deviation of each entry of the inputs, into the memos. */
dfoo_status standardize_learn(const model *m, arena *a, const bound *from, const uint32_t *pick, size_t n,
                              memos *out);

/* Divides the examples: test first, `*n_test` of them, then the rest, each in ascending order. */
dfoo_status split_examples(const model *m, arena *a, const bound *from, double part, uint64_t seed,
                           uint32_t *order, size_t *n_test);

/* ---------------------------------------------------- parameters, optimiser */

/* Fills `run` with the start of every parameter; `from` (may be NULL) comes first. */
dfoo_status start_parameters(const model *m, arena *a, const sizes *s, uint64_t seed, const dfoo_arrays *from,
                             const char *from_name, dfoo_arrays *run);

/* Makes the rows or columns of a matrix of normal numbers orthogonal, of length `gain`. */
dfoo_status orthogonal(double *x, size_t rows, size_t cols, double gain, const dfoo_allocator *mem);

/* Which dimension of a parameter is summed over in the first product that it is a factor of. */
typedef enum { FACTOR_NO, FACTOR_COLUMNS, FACTOR_ROWS } factor_use;

/* By var_id. */
dfoo_status factors_find(const model *m, arena *a, factor_use **out);

typedef struct stepper {
    program p;     /* the program and the updates */
    double  rate;  /* the learning rate that was given */
    var_id  alpha; /* the one of the step, where it is computed; else 0 */
    var_id  t, epoch, epochs, steps; /* numbers that the updates read; 0: they do not */
    VEC(var_id) states; /* of the parameters: they start at 0 and last */
} stepper;

/* Appends the updates of all parameters that have a gradient, as the options say (optimize.c). */
dfoo_status optimizer_append(model *m, const program *p, const train_options *opt, arena *a, stepper *out);

/* Draws the masks of step number `step` into the memory that the plan reads them from. */
dfoo_status masks_draw(const model *m, const plan *p, exec *e, exec_dtype type, uint64_t seed, uint64_t step);

/* Says which value on the way to a result was the first that is not finite: an error of a step,
 * a warning where it is only predicted. */
typedef struct step_to_tell {
    var_id          result;
    uint64_t        number;     /* of the step, for its masks; 0: nothing is dropped */
    const sizes    *s;
    const examples *examples;   /* in order */
    const exec     *parameters; /* has them as they were before the step */
} step_to_tell;

dfoo_status tell_not_finite(model *m, arena *a, const program *p, const train_options *opt, const step_to_tell *step);

/* ------------------------------------------------------------------ scores */

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
dfoo_status scorer_open(scorer *k, arena *a, const train_options *opt, const sizes *s, size_t n);
void        scorer_close(scorer *k);

/* Evaluates examples that are in order with the parameters that are set or bound in k->e. */
dfoo_status scorer_run(scorer *k, const examples *e, train_score *out);

/* Counts how the examples of the last scorer_run were classified; `names` has what the classes are called. */
dfoo_status scorer_confusion(const scorer *k, const examples *e, const memos *names, arena *a, train_confusion *out);

/* The label that the first prediction can be held against; 0: there is none. */
var_id score_label(const model *m, const sizes *s);

/* The names of the n classes of a label: those of the data, of its columns, or numbers. NULL without memory. */
const char *const *class_names(const memos *all, arena *a, var_id label, uint32_t n);

/* Makes the number of examples that of `n`. */
void sizes_examples(const model *m, sizes *s, size_t n);

/* exec_open with the type and the threads of the options, and with a message. */
dfoo_status train_exec_open(const plan *p, const model *m, const train_options *opt, const sizes *s,
                            exec **out);

/* plan_make, with a message. */
dfoo_status train_plan(const model *m, arena *a, const program *p, const var_id *keep, uint32_t n_keep,
                       plan **out);

/* Marks the inputs and labels that a plan reads. */
void plan_needs(const plan *p, bool *needed);

/* -------------------------------------------------------------------- runs */

dfoo_status run_remember(const model *m, const memos *all, const train_options *opt, size_t epochs,
                         dfoo_arrays *run);

/* Some texts as an array of their bytes, and back. */
dfoo_status run_put_texts(dfoo_arrays *run, const char *name, const char *const *texts, uint32_t n_texts);
dfoo_status run_read_texts(const model *m, arena *a, const dfoo_array *x, const char *const **out, uint32_t *n_out);

dfoo_status run_recall(const model *m, arena *a, const dfoo_arrays *run, memos *out);

/* Data as a trained model sees it. Fill in all but the last three. */
typedef struct recalled {
    const model         *m;
    arena               *a;
    const train_options *opt;
    const dfoo_arrays   *run;
    const train_source  *data;
    memos                memos;
    sizing               z;
    bound                bound;
} recalled;

/* DFOO_EINPUT: the model predicts nothing, or the run is not one of it. */
dfoo_status recalled_check(const recalled *r);

/* Binds what `p` reads. DFOO_EINPUT: the data does not fit. */
dfoo_status recalled_bind(recalled *r, const plan *p);

#endif
