/* Between the files of the public interface: contexts, models, and the work on one. */
#ifndef API_H
#define API_H

#include <stdatomic.h>

#include "core/core.h"
#include "host/host.h"
#include "run/run.h"
#include "teach/teach.h"

typedef struct override {
    char  *name;
    double value;
} override;

/* What a context may take, and has taken: memory.c. */
typedef struct memory_limit {
    dfoo_allocator raw;
    size_t         most;     /* 0: what the machine has */
    atomic_size_t  taken;
    size_t         asked_at; /* the machine is asked again when so much is taken */
    size_t         refused, beside; /* the last request that found no memory, and what was taken then */
} memory_limit;

struct dfoo {
    memory_limit   limit;
    dfoo_allocator mem;
    buf            messages; /* as text; `failed`: some of them found no memory */
    arena          kept;     /* of the list */
    VEC(dfoo_message) list;  /* the same one by one */
    exec_isa       isa;
};

/* A model is its text and what was set by name; every call reads it afresh into an arena of
 * its own, so that calls leave nothing behind. */
struct dfoo_model {
    dfoo *d;
    arena a;
    char *name, *text;
    size_t len;
    VEC(override) overrides;
};

/* One call at work. */
typedef struct work {
    dfoo   *d;
    arena   a;
    symbols names;
    diags   messages;
    model   m;
    derivation dv;
    derivation second; /* how its lines change along a direction, after work_along */
    point_locale locale;
    uint32_t n_told; /* how many of the messages dfoo_messages has */
} work;

/* ---------------------------------------------------------- wrong use, use.c */

/* What a model's context is, though there may be no model. */
#define CONTEXT_OF(model) ((model) ? (model)->d : NULL)

/* Ends a call that was given no pointer where one is needed. `d`: who keeps the message, or NULL. */
#define NEED(d, argument) \
    do { \
        if (!(argument)) return use_null(d, __func__, #argument); \
    } while (0)

/* .. that was given a number that an enum has not: its last one is `last`. */
#define KNOWN(d, value, last) \
    do { \
        if ((unsigned)(value) > (unsigned)(last)) return use_unknown(d, __func__, #value, (int)(value)); \
    } while (0)

/* The caller's options as a struct of this library's size: `type how; TAKE(d, type, options, how);` */
#define TAKE(d, type, options, how) \
    DFOO_TRY(use_options(d, __func__, #type, options, &(how), sizeof(how)))

/* Hands a struct of this library's size out, as far as the caller's knows its fields; NULL: nobody wants
 * it. */
#define HAND_OUT(d, type, own, to) DFOO_TRY(use_hand_out(d, __func__, #type, &(own), sizeof(own), to))

/* All return DFOO_EUSE, or DFOO_ENOMEM where the message found no memory. */
dfoo_status use_null(dfoo *d, const char *function, const char *argument);
dfoo_status use_unknown(dfoo *d, const char *function, const char *argument, int value);
dfoo_status use_wrong(dfoo *d, const char *format, ...) __attribute__((format(printf, 2, 3)));

/* Copies what the caller's header knows (NULL: nothing) over zeros. DFOO_EUSE: the size is none, or it says
 * that there is something this library does not know. */
dfoo_status use_options(dfoo *d, const char *function, const char *type, const void *given, void *own,
                        size_t size);

dfoo_status use_hand_out(dfoo *d, const char *function, const char *type, const void *own, size_t size,
                         void *to);

/* --------------------------------------------------------------- memory.c */

/* The allocator that keeps to the limit, over the caller's. */
dfoo_allocator memory_begin(memory_limit *l, dfoo_allocator raw);

/* Ends a call: a large request that found no memory is told. */
dfoo_status memory_told(dfoo *d, dfoo_status status);

/* ------------------------------------------------------------ messages.c */

/* Keeps the messages from number `first` on, as text and one by one. */
void messages_keep(dfoo *d, const diags *from, uint32_t first);

/* A message that stands alone; returns `status`, or DFOO_ENOMEM. */
dfoo_status messages_say(dfoo *d, dfoo_status status, const char *format,
                         ...) __attribute__((format(printf, 3, 4)));

/* A model with copies of name and text, which were not read yet. */
dfoo_status model_new(dfoo *d, const char *name, const char *text, size_t len, dfoo_model **out);

/* ---------------------------------------------------------------- work.c */

/* Begins a call without a model. */
dfoo_status work_begin(work *w, dfoo *d);

/* Reads the model, overrides applied. work_close reports the messages and frees everything;
 * it is to be called after a failure, too, and hands the status on. */
dfoo_status work_open(work *w, dfoo *d, const dfoo_model *model);
dfoo_status work_close(work *w, dfoo_status status);

/* Ends a call whose arena, names and model stay for later ones. */
dfoo_status work_pause(work *w, dfoo_status status);

/* Hands what messages there are to the caller already now. */
void work_tell(work *w);

/* Gives names to what needs one (once; doing it again changes nothing). */
dfoo_status work_name(work *w);

/* The passes up to the derivation, in order. */
typedef struct work_options {
    dfoo_convention convention;
    const bool     *given;  /* by var_id, may be NULL: a given gradient is where the sweep begins */
    const bool     *wanted; /* by var_id, may be NULL: gradients that are shown because they are asked for */
} work_options;
dfoo_status work_derive(work *w, const work_options *opt);

/* second.c: by var_id, what moves: the inputs and parameters among `wanted`; NULL: all parameters, or inputs
 * where there are none. */
dfoo_status work_movers(work *w, const bool *wanted, bool **out);

/* After work_derive, which was told to want the goals: w->second, simplified. */
dfoo_status work_along(work *w, const bool *moves, const bool *goals);

/* Both orders as one derivation: the gradients that second derivatives use, then these. */
dfoo_status work_both(work *w, derivation *out);

/* check.c: the derivation for rooms that derive again, with a mistake planted; in the course's convention. */
extern const check_engine work_course;
extern const check_engine work_engines[2]; /* by convention */

/* jacobian.c: the model becomes one of one example whose cost is the value of this name, and w->dv its
 * Jacobians; and these against differences. *worst: relative to the largest entry of each. */
dfoo_status work_jacobian(work *w, const char *name);
dfoo_status work_try_jacobian(work *w, double *worst);

/* check.c: holds what work_along derived against differences. */
dfoo_status work_try_second(work *w, const check_options *how, second_judged *out);

/* The program that is run, in its stable form; second derivatives behind the rest, if there are any. */
typedef struct program_options {
    bool        all;    /* gradients of everything, else what training needs */
    bool        digits; /* those of units that saturate, too */
    const bool *given;  /* by var_id, may be NULL: what is given need not agree with its formula, so no rule
                           looks through its name */
} program_options;
dfoo_status work_program(work *w, const program_options *opt, program *out);

/* given.c: variables that are given, by var_id: room for them and for those that a call adds. */
bool *work_flags(work *w);

/* The variables of a list with commas (NULL: none), gradients among them. */
dfoo_status work_read_given(work *w, const char *list, bool **given);

/* The program without the lines of what is given. */
dfoo_status work_leave_out(work *w, const bool *given, const program *all, program *run);

/* Reports the functions without a formula, for whose sake nothing can be run; DFOO_EINPUT. */
dfoo_status work_open_function(work *w);

/* The same for a step of training, from the model on; an open function cannot be run. */
dfoo_status work_training_program(work *w, program *out);

/* Refuses what would be printed as a text of many megabytes, because parts without a name are
 * written out wherever they are used. */
dfoo_status work_printable(work *w);

/* The caller's arrays as values of inputs, labels and parameters, by var_id, and the sizes that
 * follow; what is missing has small sizes and no value. */
dfoo_status work_values(work *w, const dfoo_arrays *in, sizes *s, matrix **given);

/* Reports an array that has not the shape of its variable; DFOO_EINPUT. */
dfoo_status work_unfit(work *w, var_id v, const dfoo_array *x);

/* The next word of a list with commas, moving on; NULL at the end or without memory. */
const char *work_word(work *w, const char **list);

/* The variable of exactly this name, gradients among them; 0 if there is none (reported). */
var_id work_find_exactly(work *w, const char *name);

/* The variable that a user means: dZ1, dz1, dZ[1]; 0 if there is none (reported). */
var_id work_find(work *w, const char *name);

/* The same, first as spelled, then in any case, without a word where there is none. */
var_id work_look(const work *w, const char *name);

/* The text of a file, and the name that messages call it; *text stays NULL if there is no such file. */
dfoo_status api_read_file(arena *a, diags *d, const char **path, const char **text);

/* How parameters change, from the public options: optimiser, settings, schedule, clipping, decay. */
dfoo_status api_read_update(arena *a, diags *d, const dfoo_train_options *opt, rule_options *how);

/* The scores of a report; `test` may be all zero. */
void progress_scores(dfoo_progress *p, const train_score *train, const train_score *test);

/* A copy of the caller's; NULL if there are no classes. */
dfoo_status confusion_new(dfoo *d, const train_confusion *from, dfoo_confusion **out);

/* The picture of a history (the matrix and its columns' names) to a file. */
dfoo_status plot_write_history(work *w, const char *path, const char *data, const dfoo_array *history,
                               const char *const *columns);

/* weights.c: the model with an input for weights of the examples, beside the loss in the cost's sum. */
dfoo_status weights_model(const dfoo_model *model, dfoo_model **out, const char **name);

/* run_file.c: what a run knows of its model; dfoo_model_from_run reads it. */
dfoo_status run_keep_model(dfoo_arrays *run, const dfoo_model *model);
dfoo_status run_keep_config(dfoo_arrays *run, const char *config); /* NULL: none */
dfoo_status run_model(dfoo *d, const dfoo_arrays *run, dfoo_model **out); /* not looked at yet */

/* A text of the caller's from a buffer. */
dfoo_status work_text(dfoo_status status, buf *b, char **text);

/* A whole call that hands out a text: reads the model (NULL: none), runs the body, ends. */
typedef dfoo_status (*text_body)(work *w, const void *request, buf *out);
dfoo_status work_write_text(dfoo *d, const dfoo_model *model, text_body body, const void *request,
                            char **text);

/* An empty set whose messages go to the context. */
dfoo_status set_new(dfoo *d, dfoo_arrays **out);

/* Turns a set of the caller's (NULL: none) into one of doubles row by row, the only kind that the rooms read.
 * *own is to be freed with arrays_free, after a failure, too; NULL: nothing had to be copied. */
dfoo_status set_plain(dfoo *d, const dfoo_arrays **set, dfoo_arrays **own);

/* Is there this format in the list, and a whole document in it if one is wanted? `what`: "derivations".
 * DFOO_EINPUT: said. */
dfoo_status work_check_format(work *w, const char *what, text_formats *list, dfoo_format format,
                              bool standalone);

#endif
