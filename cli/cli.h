/* What the files of the program share. It sees dfoo.h only, as every user of the library does.
 *
 * main.c finds the command and runs it: options.c fills in what its table of options names,
 * the command's own file (show.c, derive.c, ..) makes the calls, output.c writes. Results go to
 * standard output, messages and progress to standard error. */
#ifndef CLI_H
#define CLI_H

#include "dfoo.h"

#include <stdbool.h>
#include <stdio.h>

#define COUNT(array) (sizeof(array) / sizeof((array)[0]))

/* ---------------------------------------------------------------- commands */

/* The values of an option that may be given several times. */
typedef struct words {
    const char **at;
    size_t       n;
} words;

/* An option. Exactly one of the targets is set; it holds the default, gets the value, and
 * tells which values fit. */
typedef struct option {
    const char  *name, *alias; /* without the dashes; alias may be NULL */
    const char  *value;        /* what the help calls it: FILE, N; of a choice the words: f64|f32 */
    const char  *help;
    char         letter;   /* 'o' for -o; or 0 */
    bool         required;
    bool         reads;    /* the value is a file that is read, - is standard input */
    bool        *flag;     /* without a value */
    const char **text;     /* not empty */
    words       *list;     /* may be given several times; not empty */
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
    train_command, predict_command;

/* Command number i; NULL behind the last. */
const command *command_at(size_t i);
const command *command_find(const char *name); /* NULL: there is none */

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
#define OPTION_DTYPE(choice_)                                                                                \
    {.name = "dtype", .value = "f64|f32", .choice = (choice_), .help = "the numbers to compute with"}

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

/* The text of a built-in model; NULL: the name means a file. */
const char *builtin_of(const char *name);
bool        is_model(const char *name); /* "-", a file that is there, or a built-in model */

/* "logistic, two_layer, .." */
enum { NAMES_SIZE = 512 };
const char *builtin_names(char text[NAMES_SIZE]);

/* Reads all arrays of files into one set. */
dfoo_status arrays_open(dfoo *d, const char *const *paths, size_t n, dfoo_arrays **out);

/* Says what is wrong with a file that is to be written later; no file is changed. */
dfoo_status can_write(const char *path, bool binary);

/* -------------------------------------------------------- help and progress */

void help_first_minutes(void);
void help_program(void);
void help_command(const command *c);

/* What a value such as the accuracy looks like: 97.20%, or 0.1234. */
enum { METRIC_SIZE = 32 };
const char *metric_text(const char *name, double value, char text[METRIC_SIZE]);

/* How training goes, on standard error: one live line where that is a terminal, else lines. */
typedef struct progress {
    bool   live;
    size_t width; /* of the live line that stands there */
} progress;
progress progress_start(bool lines); /* lines: no live line in any case */
void     progress_show(void *user, const dfoo_progress *now); /* user: the progress */
void     progress_clear(progress *p);

#endif
