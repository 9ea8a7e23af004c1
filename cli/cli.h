/* What the files of the program share. It sees dfoo.h only, as every user of the library does.
 *
 * main.c finds the command and runs it: options.c fills in what its table of options names,
 * the command's own file (show.c, derive.c, ..) makes the calls, output.c writes. Results go to
 * standard output, messages and progress to standard error. The help, the manual pages and the
 * completions are made from the same tables (help.c, manual.c, completion.c). */
#ifndef CLI_H
#define CLI_H

#include "dfoo.h"

#include <stdbool.h>
#include <stdio.h>

#define COUNT(array) (sizeof(array) / sizeof((array)[0]))

/* ---------------------------------------------------------------- commands */

/* The values of an option that may be given several times. */
typedef struct words {
    const char **at; /* NULL behind the last; NULL if there are none */
    size_t       n;
} words;

/* An option. Exactly one of the targets is set; it holds the default, gets the value, and
 * tells which values fit. */
typedef struct option {
    const char  *name, *alias; /* without the dashes; alias may be NULL */
    const char  *value;        /* what the help calls it: FILE, N; of a choice the words: f64|f32 */
    const char  *help;
    const char  *group;        /* a heading of the help that stands above this option, or NULL */
    const char  *words;        /* values to propose, as in a|b|c; a choice's own need not be said again */
    const char *(*names)(size_t i); /* the same from a list of the library, NULL behind the last */
    char         letter;   /* 'o' for -o; or 0 */
    bool         required;
    bool         reads;    /* the value is a file that is read, - is standard input */
    bool        *flag;     /* without a value */
    const char **text;     /* not empty */
    words       *list;     /* may be given several times; not empty */
    char       **joined;   /* the same, as one text with commas between the values */
    size_t      *count;    /* from 1 on */
    uint64_t    *seed;     /* from 0 on */
    double      *number;   /* above 0, */
    double       below;    /* and, unless this is 0, below it */
    int         *choice;   /* the word's place among the words, from 0 on */
} option;

enum { MAX_ARGUMENTS = 2 };

typedef struct command {
    const char   *name, *summary;
    const char   *arguments; /* as the usage line shows them: "MODEL NAME" */
    const char   *details;   /* lines of the help: what it does, examples */
    const option *options;
    size_t        n_options; /* at most 64 */
    size_t        least, most; /* how many arguments it takes, up to MAX_ARGUMENTS */
    dfoo_status (*run)(dfoo *d, const char *const *args); /* args[0..most), NULL for what is not given */
} command;

extern const command new_command, show_command, derive_command, explain_command, grad_command, check_command,
    train_command, predict_command, plot_command, help_command;

/* Command number i; NULL behind the last. */
const command *command_at(size_t i);
const command *command_find(const char *name); /* NULL: there is none */
dfoo_status    command_unknown(const char *word); /* says so, and what may have been meant */

/* Fills the targets of the command's options and args[0..MAX_ARGUMENTS) from the words behind
 * the command's name, up to NULL. DFOO_EINPUT: said on standard error what is wrong. */
dfoo_status options_parse(const command *c, char **argv, const char **args);
void        options_free(const command *c);

/* The options that several commands have. */
#define OPTION_SET(words_)                                                                                   \
    {.name = "set", .value = "NAME=VALUE", .list = (words_),                                                 \
     .help = "a size or constant of the model, as in n1=20; repeatable"}
#define OPTION_CONVENTION(choice_)                                                                           \
    {.name = "convention", .value = "course|dJ", .choice = (choice_),                                        \
     .help = "course: 1/m in the parameters' gradients only; dJ: in all of them"}
#define OPTION_HEADER(choice_)                                                                               \
    {.name = "header", .value = "auto|yes|no", .choice = (choice_),                                          \
     .help = "does a CSV begin with names? auto: if they are no numbers"}
#define OPTION_DTYPE(choice_)                                                                                \
    {.name = "dtype", .value = "f64|f32", .choice = (choice_), .help = "the numbers to compute with"}

/* The options that say how parameters change: of `train`, and shown by `show`. */
typedef struct update {
    const char *optimizer, *settings, *schedule;
    double      learning_rate, clip, clip_value, decay;
    size_t      warmup;
    int         decay_kind;
    bool        decay_all;
} update;

/* clang-format off */
#define OPTIONS_UPDATE(u)                                                                                    \
    {.name = "optimizer", .value = "NAME", .text = &(u).optimizer, .names = dfoo_optimizer_name,             \
     .group = "how the parameters change",                                                                   \
     .help = "sgd, momentum, nesterov, rmsprop, adam, adamw, or a file of equations"},                       \
    {.name = "learning-rate", .alias = "alpha", .value = "A", .number = &(u).learning_rate,                  \
     .help = "how far a step goes; the optimiser's own if not given"},                                       \
    {.name = "settings", .value = "NAME=VALUE,..", .text = &(u).settings,                                    \
     .help = "of the optimiser, as in beta=0.9,epsilon=1e-8"},                                               \
    {.name = "schedule", .value = "SCHEDULE", .text = &(u).schedule, .names = dfoo_schedule_name,            \
     .help = "cosine, \"step every=30 factor=0.1\", \"alpha = alpha0/t\", a file, .."},                      \
    {.name = "warmup", .value = "STEPS", .count = &(u).warmup,                                               \
     .help = "the learning rate grows over the first steps"},                                                \
    {.name = "clip", .value = "LENGTH", .number = &(u).clip,                                                 \
     .help = "shorten the gradients, all together, to this length"},                                         \
    {.name = "clip-value", .value = "SIZE", .number = &(u).clip_value,                                       \
     .help = "cut every entry of a gradient to this size"},                                                  \
    {.name = "decay", .value = "D", .number = &(u).decay, .help = "of the weights (the factors of products)"}, \
    {.name = "decay-kind", .value = "decoupled|l2", .choice = &(u).decay_kind,                               \
     .help = "beside the optimiser's step, or added to the gradient"},                                       \
    {.name = "decay-all", .flag = &(u).decay_all, .help = "biases decay, too"}
/* clang-format on */

bool update_given(const update *u); /* any of them */
void update_fill(const update *u, dfoo_train_options *how);

/* -------------------------------------------------------- words and numbers */

/* The whole text as a finite decimal number; as a whole number from 0 on. */
bool parse_number(const char *text, double *out);
bool parse_whole(const char *text, uint64_t *out);

/* Finds what a mistyped word may have been. Start with {.word = word}. */
typedef struct guess {
    const char *word;
    const char *best; /* NULL: nothing is close */
    size_t      distance;
} guess;
void guess_try(guess *g, const char *candidate);

/* ------------------------------------------------------------------- output */

/* To standard output; whether it worked is asked once, by output_close. */
void out_printf(const char *format, ...) __attribute__((format(printf, 1, 2)));

/* Ends standard output. False: not everything could be written, which was said if anybody reads it. */
bool output_close(void);

/* Says "dfoo: error: .." on standard error and returns DFOO_EINPUT. */
dfoo_status wrong(const char *format, ...) __attribute__((format(printf, 1, 2)));
/* The same behind a failed call of the C library: adds the reason, returns DFOO_EIO. */
dfoo_status failed(const char *what, const char *path, int error);

/* Lets the program end as signal `number` ends one, once everything is written. */
void end_by_signal(int number);

/* Moves the context's messages to standard error. */
void say_messages(dfoo *d);
/* Did anything go to standard error? */
bool said_anything(void);

/* Ends a request whose answer is a text: its messages, then the text, which is freed. */
dfoo_status answer(dfoo *d, dfoo_status status, char *text);

/* The same into a file, which is complete or not there (path NULL or "-": standard output). */
dfoo_status answer_to(dfoo *d, dfoo_status status, char *text, const char *path);

/* May signs beyond ASCII be written? By the locale's variables. */
bool locale_is_utf8(void);

/* ---------------------------------------------------------- models and files */

/* Reads a model and sets what --set says. */
dfoo_status model_open(dfoo *d, const char *name, const words *settings, dfoo_model **out);

/* A run and its model; name NULL: the one that the run knows. Both are to be freed, also after a failure. */
dfoo_status run_open(dfoo *d, const char *name, const char *weights, const words *settings, dfoo_model **model,
                     dfoo_arrays **run);

/* The text of a built-in model; NULL: the name means a file. */
const char *builtin_of(const char *name);
bool        is_model(const char *name); /* "-", a file that is there, or a built-in model */

/* "logistic, two_layer, .." */
enum { NAMES_SIZE = 512 };
const char *builtin_names(char text[NAMES_SIZE]);

/* The first word, and those behind it; NULL: there are none. */
const char        *words_first(const words *list);
const char *const *words_rest(const words *list);

/* Reads all arrays of files into one set. */
dfoo_status arrays_open(dfoo *d, const char *const *paths, size_t n, dfoo_arrays **out);

/* Says what is wrong with a file that is to be written later; no file is changed. */
dfoo_status can_write(const char *path, bool binary);

/* -------------------------------------------------------- help and progress */

void help_first_minutes(void);
void help_program(void);
void help_show(const command *c);

/* The manual page of a command, in the language of man(7). */
void manual_show(const command *c);

/* A completion script, made from the tables; shell is a number of SHELLS. */
#define SHELLS "bash|zsh|fish"
void completion_show(int shell);

/* Does the command take a model, and does the option take a file? By what the help calls them. */
bool takes_model(const command *c);
bool takes_file(const option *o);

/* What a value such as the accuracy looks like: 97.20%, or 0.1234. */
enum { METRIC_SIZE = 32 };
const char *metric_text(const char *name, double value, char text[METRIC_SIZE]);

/* How training goes, on standard error: one live line where that is a terminal, else lines. */
typedef struct progress {
    dfoo  *d;     /* whose messages are said as they come */
    bool   live;
    size_t width; /* of the live line that stands there */
    bool   began;
    double first_part, first_seconds; /* of the first report: a run may go on from another */
} progress;
progress progress_start(dfoo *d, bool lines); /* lines: no live line in any case */
void     progress_show(void *user, const dfoo_progress *now); /* user: the progress */
void     progress_clear(progress *p);
void     progress_say(progress *p); /* the messages so far */

#endif
