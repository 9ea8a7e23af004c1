/* What the files of the program share. It sees dfoo.h only, as every user of the library does.
 *
 * table.c holds the tables (commands.def, options.def, together.def). main.c finds the command, options.c
 * fills a request from its words, the command's own file (show.c, derive.c, ..) makes the calls, output.c
 * writes. Results go to standard output, messages and progress to standard error. The help, the manual
 * pages and the completions are made from the same tables (help.c, manual.c, completion.c). */
#ifndef CLI_H
#define CLI_H

#include "dfoo.h"

#include <stdbool.h>
#include <stdio.h>

#define COUNT_OF(array) (sizeof(array) / sizeof((array)[0]))

/* ------------------------------------------------------------------ requests */

enum { MAX_ARGUMENTS = 32, /* of a question, in words; others have two */
       MAX_OPTIONS = 256 };

/* The values of an option that may be given several times. */
typedef struct words {
    const char **at; /* NULL behind the last; NULL if there are none */
    size_t       n;
} words;

/* What the words of a command line ask for; options.def names the fields. Begun as NOTHING_ASKED. */
typedef struct request {
    const char           *args[MAX_ARGUMENTS]; /* NULL behind the last */
    bool                  given[MAX_OPTIONS];  /* by the option's number */
    dfoo_show_options     show;
    dfoo_derive_options   derive;
    dfoo_explain_options  explain;
    dfoo_grad_options     grad;
    dfoo_check_options    check;
    dfoo_judge_options    judge;
    dfoo_practice_options practice;
    dfoo_train_options    train;
    dfoo_predict_options  predict; /* of `plot`, too */
    dfoo_plot_options     plot;
    dfoo_new_options      created;
    uint64_t              memory; /* the most to take; 0: not said */
    words                 settings, values, directions, grid;
    char                 *config_text; /* of FILE.toml; what it says points into it */
    size_t                folds;
    const char           *cv_log;
    const char           *weights, *log, *output, *against, *folder;
    int                   kind; /* of picture; -1: not asked for */
    int                   hint; /* -1: not asked for */
    int                   show_matrices, list;
    int                   config;
    int                   format, shell, json, all, scalar, ascii, confusion, quiet, man, force;
} request;

#define NOTHING_ASKED                                                                                        \
    {.shell = -1,                                                                                            \
     .hint = -1,                                                                                             \
     .kind = -1,                                                                                             \
     .judge = DFOO_INIT(dfoo_judge_options),                                                                 \
     .practice = DFOO_INIT(dfoo_practice_options),                                                           \
     .derive = DFOO_INIT(dfoo_derive_options),                                                               \
     .explain = DFOO_INIT(dfoo_explain_options),                                                             \
     .grad = DFOO_INIT(dfoo_grad_options),                                                                   \
     .check = DFOO_INIT(dfoo_check_options),                                                                 \
     .train = DFOO_INIT(dfoo_train_options),                                                                 \
     .predict = DFOO_INIT(dfoo_predict_options),                                                             \
     .plot = DFOO_INIT(dfoo_plot_options),                                                                   \
     .created = DFOO_INIT(dfoo_new_options),                                                                 \
     .show = DFOO_INIT(dfoo_show_options)}

/* -------------------------------------------------------------------- tables */

typedef enum {
#define COMMAND(ID, ...) COMMAND_##ID,
#include "commands.def"
    N_COMMANDS
} command_id;

#define FOR(name) (1u << COMMAND_##name)

typedef struct command {
    command_id  id;
    const char *name, *summary;
    const char *arguments; /* as the usage line shows them: "MODEL NAME" */
    const char *details;   /* lines of the help: what it does, examples */
    size_t      least, most; /* how many arguments it takes */
    bool        headings;    /* above its options? */
} command;

typedef enum {
    TYPE_FLAG,
    TYPE_TEXT,
    TYPE_WORDS,
    TYPE_FILES,
    TYPE_JOINED,
    TYPE_COUNT,
    TYPE_UNSIGNED,
    TYPE_WHOLE,
    TYPE_BYTES,
    TYPE_NUMBER,
    TYPE_CHOICE
} option_type;

typedef struct option {
    const char *name, *alias; /* without the dashes; alias may be NULL */
    const char *value;        /* what the help calls it: FILE, N; of a choice the words: f64|f32; or NULL */
    const char *help, *more;  /* a line of the help; what the manual adds, or NULL */
    const char *heading;      /* of a row that is a heading, without a name */
    unsigned    commands;     /* a bit for each that has it */
    option_type type;
    size_t      at, rest;     /* where in a request the value goes; of TYPE_FILES the list, too */
    double      below;        /* of a number, unless it is 0 */
    unsigned    zero;         /* not 0: 0 fits, and this says so in dfoo_train_options.zeros */
    int         list;         /* 0, or 1 more than the dfoo_words that are proposed */
    char        letter;       /* 'o' for -o; or 0 */
    bool        required, reads, may_read; /* may_read: a file if there is one of this name */
    bool        passing;  /* says nothing of what comes out of a training */
    int         writes;   /* one of what_is_written; 0: it is no output */
    const char *endings;  /* of an output, with blanks between; NULL: those of the words of --format */
    bool        chooses;  /* the ending says which format it is */
} option;

typedef enum { WRITES_NOTHING, WRITES_TEXT, WRITES_ARRAYS } what_is_written;

/* The commands are numbered; NULL behind the last. */
const command *command_at(size_t i);
const command *command_find(const char *name); /* NULL: there is none */
dfoo_status    command_unknown(const char *word); /* says so, and what may have been meant */

/* The option of a command behind this one (NULL: its first); NULL: there is no more. */
const option *option_next(const command *c, const option *before);
#define EACH_OPTION(o, c) for (const option *o = option_next(c, NULL); o; o = option_next(c, o))
size_t      option_number(const option *o);
bool        option_takes_file(const option *o);
const char *option_heading(const option *o);
bool        option_repeats(const option *o);

/* Is the name of a list of words among what the command's usage line shows? MODEL, FUNCTION, COMMAND. */
bool takes(const command *c, const char *argument);

/* The words that are proposed for an option, one after the other; false behind the last. */
bool option_word(const option *o, size_t i, const char **word, size_t *len);

/* The help with the words of the option's list for {}. */
enum { HELP_SIZE = 256 };
const char *option_text(const option *o, const char *text, char out[HELP_SIZE]);

/* What does not go together; NULL behind the last. */
typedef struct combination {
    unsigned    commands;
    const char *when, *message;
} combination;
const combination *combination_at(size_t i);

/* ------------------------------------------------------------------ its words */

/* Fills the request from the words behind the command's name, up to NULL. DFOO_EINPUT: said on standard
 * error what is wrong. */
dfoo_status options_parse(const command *c, char **words, request *out);
void        options_free(const command *c, request *r);

/* Is all there that the command needs, and does it go together? DFOO_EINPUT: said. */
dfoo_status options_complete(const command *c, const request *r);

/* A file of options (config.c), FILE.toml: reads the one that the first argument names, for what the command
 * line does not say. DFOO_EINPUT: said, with the line. */
bool        is_config(const char *path);
dfoo_status config_read(const command *c, request *r);

/* The request as such a file, to be freed; NULL: there is no memory. */
char *config_write(const command *c, const request *r);

/* A FLAG becomes 1. */
void option_flag(const option *o, request *r);

/* Does the request hold what does not go together? DFOO_EINPUT: said. */
dfoo_status together_check(const command *c, const request *r);

/* The option that a name without dashes means; NULL: the command has none. */
const option *option_called(const command *c, const char *name);

/* Gives an option a value, or one more; what is made for it, a list, is freed with the options of `r`.
 * DFOO_EINPUT: said. */
dfoo_status option_give(const command *c, const option *o, const char *value, request *r);

/* Was the option of this name on the command line? */
bool was_given(const request *r, command_id command, const char *name);

/* The number of the format: what was asked for, or else what the name of the output ends in. */
int format_of(const request *r, command_id command);

/* Shows each path that an option was given, and what names it: "-o", "--data". */
typedef void see_path(void *user, const char *path, const char *by);
void option_paths(const request *r, const option *o, see_path *what, void *user);

/* Does the name of an output end as what is written there? If not, says how it may. */
dfoo_status ending_check(const command *c, const request *r, const option *o, const char *path);

/* -------------------------------------------------------- words and numbers */

/* The whole text as a finite decimal number; as a whole number from 0 on. */
bool parse_number(const char *text, double *out);
bool parse_whole(const char *text, uint64_t *out);
bool parse_bytes(const char *text, uint64_t *out); /* 500M, 1.5G: from 1 on */

/* How many bytes the character of UTF-8 has that a text begins with; 0: it is none. Its number. May a
 * terminal have it? Not what it obeys (control characters), nor what turns the text around it. */
size_t   utf8_length(const char *at);
unsigned code_point(const char *at, size_t n);
bool     is_shown(const char *at, size_t n);

bool ends_with(const char *text, const char *end);
const char *base_name(const char *path); /* behind the last / */
bool is_word(const char *word, const char *text, size_t len); /* the same as text[0..len) */

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
/* From now on what is wrong is said to be in this line of a file; NULL: it is in none. */
void wrong_at(const char *file, size_t line);
/* The same behind a failed call of the C library: adds the reason, returns DFOO_EIO. */
dfoo_status failed(const char *what, const char *path, int error);

/* Says something that is no error on standard error. */
void say(const char *format, ...) __attribute__((format(printf, 1, 2)));
/* Moves the context's messages to standard error. */
void say_messages(dfoo *d);
/* From now on notes are left out: --quiet. */
void say_no_notes(void);
/* Was it said, there or in the messages of --json, what is wrong? */
bool said_what_is_wrong(void);

/* Is standard output meant? */
bool is_standard(const char *path); /* NULL, - */

/* Ends a request whose answer is a text: its messages, then the text, which is freed, into a file that is
 * complete or not there, or to standard output. */
dfoo_status answer(dfoo *d, dfoo_status status, char *text, const char *path);

/* May signs beyond ASCII be written? By the locale's variables. */
bool locale_is_utf8(void);

/* --------------------------------------------------------------------- json */

/* From now on everything is told in one object: docs/json.md. What follows does nothing else. */
void json_ask(void);
bool json_asked(void);

/* Parts of the result, in their order. A list or an object in it stands between result_begin and result_end
 * with its brackets; what stands in a list has no name (NULL). */
void result_begin(const char *name, char bracket);
void result_end(char bracket);
void result_text(const char *name, const char *value); /* NULL: null */
void result_number(const char *name, double value);    /* not finite: null */
void result_flag(const char *name, bool value);
void result_json(const char *name, const char *json);  /* what the library wrote; NULL: nothing */

/* Cost and metric, NULL if there is none; arrays with their shapes and maybe their values, row by row. */
void result_scores(const char *name, const char *metric, double cost, double value);
void result_arrays(const char *name, const dfoo_arrays *set, bool values);

/* A part of it found no memory: json_finish will say so. */
void json_lost(void);

/* What would be on standard output; the messages. */
void json_output(const char *more);
void json_message(const dfoo_message *m);

/* The whole, to be freed; --json is over then. NULL: there is no memory. command: NULL if there is none of
 * the name that was given. */
char *json_finish(const char *command, dfoo_status status);
/* The object that says so then. */
const char *json_without_memory(void);

/* ---------------------------------------------------------- models and files */

/* The text of a built-in model; NULL: the name means a file. */
const char *builtin_of(const char *name);

bool        is_model(const char *name); /* "-", a file that is there, or a built-in model */
bool        is_page(const char *name);  /* of the primer */
bool        is_run(const char *path);   /* does it begin as an NPZ file does? */

/* "logistic, two_layer, .." */
const char *list_words(dfoo_words list, char text[HELP_SIZE]);

/* " (.tex)" behind a word that names a format, else "". */
enum { ENDING_SIZE = 16 };
const char *ending_text(dfoo_words list, size_t i, char text[ENDING_SIZE]);

/* What a command works on: what there is of it is freed by task_close. */
typedef struct task {
    dfoo          *d;
    const request *r;
    dfoo_model    *model;
    dfoo_arrays   *values; /* of --values, or the run of --weights; NULL: not asked for */
    dfoo_arrays   *directions; /* of --hvp, where it names files; NULL: not asked for */
} task;

/* Reads the model that the first argument names, sets what --set says, and reads --values or --weights. */
dfoo_status task_open(task *w, dfoo *d, const request *r);
void        task_close(task *w);

/* Sets what --set says of it. */
dfoo_status model_settings(const words *settings, dfoo_model *model);

/* Is there something of this name that is neither a file nor a folder: /dev/null, a pipe? */
bool is_device(const char *path);

/* Can all outputs be written, and is none of them a file that is read, or another output? DFOO_EINPUT,
 * DFOO_EIO: said; no file is changed. */
dfoo_status outputs_check(const command *c, const request *r);

/* Does the name end as a learner's program does? */
bool is_program(const char *name);

/* -------------------------------------------------------- help and progress */

void help_first_minutes(void);
void help_show(const command *c);
void help_json(const command *c); /* the tables as data; NULL: of all commands */

/* The manual page of a command, in the language of man(7). */
void manual_show(const command *c);

/* A completion script, made from the tables; shell is a number of --completion. */
void completion_show(int shell);

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

/* ------------------------------------------------------------------ commands */

#define COMMAND(ID, ...) dfoo_status run_##ID(dfoo *d, request *r);
#include "commands.def"

/* From now on SIGINT and SIGTERM end what runs behind the step at hand; a second one ends the process. */
void signals_catch(void);
int  signal_caught(void);         /* 0: none */
void signal_ends(void);           /* main ends as by that signal */
int  signal_ended_by(void);       /* 0: by none */

#endif
