/* dfoo: backpropagation derived, explained, checked and trained from one source.
 *
 * The whole public interface. A model is the text of a forward pass; the library derives its backward pass,
 * explains it, proves it numerically, and trains with it.
 *
 *   dfoo *d;
 *   dfoo_model *model;
 *   char *text;
 *   if (dfoo_open(NULL, &d) == DFOO_OK) {
 *       if (dfoo_model_read(d, "two_layer", &model) == DFOO_OK) {
 *           if (dfoo_derive(model, NULL, &text) == DFOO_OK) { puts(text); dfoo_text_free(d, text); }
 *           dfoo_model_free(model);
 *       } else fputs(dfoo_messages(d), stderr);
 *       dfoo_close(d);
 *   }
 *
 * Errors: every function that can fail returns a dfoo_status; what was wrong, where, and what would fit is in
 * dfoo_messages. On failure an out-parameter is set to NULL. Nothing is printed, and the process is never
 * ended. Wrong use (NULL where something is needed, a number that no enum has, options that were not begun
 * with DFOO_INIT) is DFOO_EUSE, also with a message wherever there is a context to keep it.
 * Order of arguments: the owner, what is asked, options, outputs.
 * Ownership: what a function hands out through a `**out` belongs to the caller and has its own free function;
 * free models, arrays and texts before the context.
 * Threads: a context and all that was made with it belong to one thread at a time; there is no state outside
 * of contexts. Arrays are row-major unless they say otherwise, float64 or float32; values may be any finite
 * or non-finite number. */
#ifndef DFOO_H
#define DFOO_H

#include <stddef.h>
#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

#if defined(__GNUC__) && defined(DFOO_BUILDING)
#define DFOO_API __attribute__((visibility("default")))
#else
#define DFOO_API
#endif

/* --------------------------------------------------------------- versions */

/* This header's version. Until 1.0 the second number changes with the layout of anything here, and the shared
 * library's name with it (libdfoo.so.0.2): a program never meets a library that it was not compiled for.
 * Within 0.2.x functions, fields of options and messages, and values of enums are only added, at the end;
 * what is here stays and keeps its meaning. The text of messages and of what is derived or explained may get
 * better. */
#define DFOO_VERSION_MAJOR 0
#define DFOO_VERSION_MINOR 2
#define DFOO_VERSION_PATCH 0
#define DFOO_VERSION "0.2.0"

/* The library's own version at run time, as DFOO_VERSION is written. Never NULL. */
DFOO_API const char *dfoo_version(void);

typedef enum dfoo_status {
    DFOO_OK = 0,
    DFOO_NO = 1,     /* the answer is no: a check did not hold (its report was written all the same) */
    DFOO_EINPUT = 2, /* a model, an option or data is wrong: see dfoo_messages */
    DFOO_EIO = 3,    /* a file could not be read or written: see dfoo_messages */
    DFOO_ENOMEM = 4, /* the allocator returned NULL */
    DFOO_EUSE = 5    /* wrong use of a function: an argument is NULL, unknown or not begun */
} dfoo_status;

/* A short English name of a status: "ok", "out of memory", .. Never NULL. */
DFOO_API const char *dfoo_status_text(dfoo_status status);

/* Structs that grow: those with a `size` in front. A later library adds fields behind the last one, and a
 * size tells it which fields a program knows. So each begins with its size; DFOO_INIT gives it, and the
 * default to all else:
 *     dfoo_train_options how = DFOO_INIT(dfoo_train_options);
 * DFOO_WITH, in C, is the address of such a struct with some fields given:
 *     dfoo_derive(model, DFOO_WITH(dfoo_derive_options, .steps = 1), &text)
 * A pointer to options may be NULL: all defaults. All zero behind the size is the default; where 0 itself can
 * be wanted and is not the default, a bit of the field `zeros` says so.
 * Errors: a size of 0, or one that the library does not know with something behind what it knows, is
 * DFOO_EUSE. */
#ifdef __cplusplus
#define DFOO_INIT(type) dfoo_init<type>()
#else
#define DFOO_INIT(type) {.size = sizeof(type)}
#define DFOO_WITH(type, ...) (&(type){.size = sizeof(type), __VA_ARGS__})
#endif

/* Where memory comes from. realloc(user, NULL, 0, n) allocates, realloc(user, p, old, n)
 * resizes, realloc(user, p, old, 0) frees and returns NULL. Blocks are aligned as malloc's.
 * Libraries below (libzip, libhdf5) use the C library's allocator. */
typedef struct dfoo_allocator {
    void *(*realloc)(void *user, void *block, size_t old_size, size_t new_size);
    void *user;
} dfoo_allocator;

/* ---------------------------------------------------------------- contexts */

typedef struct dfoo dfoo;

/* Opens a context. mem: NULL for the C library's allocator. */
DFOO_API dfoo_status dfoo_open(const dfoo_allocator *mem, dfoo **out);
DFOO_API void        dfoo_close(dfoo *d); /* NULL is fine */

/* Errors and warnings since the last dfoo_messages_clear, as text of several lines with
 * file:line:column, the line and a caret; "" if there are none. Valid until the next call
 * with this context. */
DFOO_API const char *dfoo_messages(dfoo *d);
DFOO_API void        dfoo_messages_clear(dfoo *d);

typedef enum dfoo_message_kind { DFOO_ERROR = 0, DFOO_WARNING = 1, DFOO_NOTE = 2 } dfoo_message_kind;

/* One message as data. */
typedef struct dfoo_message {
    dfoo_message_kind kind;
    const char *text;       /* what is wrong, without "error:" */
    const char *suggestion; /* the lines below it: what was found, what would fit; "" if there are none */
    const char *file;       /* what the model, file of equations or option is called; NULL: no place */
    size_t line, column;    /* where, both from 1; 0: no place. Columns count characters */
    size_t length;          /* how many characters of the line are meant; 0: no place */
} dfoo_message;

/* The same messages one by one, in the order in which they were told: valid until the next call with this
 * context. NULL behind the last. */
DFOO_API size_t              dfoo_message_count(const dfoo *d);
DFOO_API const dfoo_message *dfoo_message_at(const dfoo *d, size_t i);

/* Which instructions of the processor compute in this context: "best" (as at first), "avx512", "avx2", "baseline" or
 * "reference"; NULL for the best. Results have the same bits with all of them, and with any number of threads, except
 * with the baseline of x86, which has no fused multiply-add; docs/precision.md. The reference is slow.
 * DFOO_EINPUT: there is none of that name, or this processor lacks it. */
DFOO_API dfoo_status dfoo_use_isa(dfoo *d, const char *name);

/* Frees a text that a function of this header handed out; NULL is fine. */
DFOO_API void dfoo_text_free(dfoo *d, char *text);

/* The most memory that a context and all that is made with it may take, in bytes; 0: what the machine has, but for a
 * sixteenth of what is free, as at first. What would take more is DFOO_ENOMEM, and large requests are told with
 * what they needed. */
DFOO_API dfoo_status dfoo_use_memory(dfoo *d, uint64_t most);

/* Reads a text that somebody wrote, a model, equations, a program, into a text of `len` bytes; len may be NULL. "-" is
 * standard input. DFOO_EIO, DFOO_EINPUT: it cannot be read, is longer than 64 MB, or has a zero byte. */
DFOO_API dfoo_status dfoo_text_read(dfoo *d, const char *path, char **text, size_t *len);

/* Writes a text to a file that is complete or not there; "-" is standard output. DFOO_EIO: see
 * dfoo_messages. */
DFOO_API dfoo_status dfoo_text_write(dfoo *d, const char *path, const char *text);

/* ------------------------------------------------------------------ arrays */

typedef enum dfoo_dtype { DFOO_F64 = 0, DFOO_F32 = 1 } dfoo_dtype;

/* A set of named arrays: data, parameters, gradients, what an NPZ file holds. */
typedef struct dfoo_arrays dfoo_arrays;

enum { DFOO_MAX_DIMS = 8 };

/* One array of a set. ndim 0 is a scalar. Entry (i, j, ..) is values[i * step[0] + j * step[1] + ..], steps
 * in entries of the dtype. */
typedef struct dfoo_array {
    const char *name;
    int         ndim;
    size_t      dim[DFOO_MAX_DIMS];
    double     *data;     /* the product of dim[0..ndim) entries, row by row; NULL: float32, or steps of one's
                             own */
    dfoo_dtype  dtype;
    const void *values;   /* the first entry, of either type */
    ptrdiff_t   step[DFOO_MAX_DIMS];
    int         borrowed; /* not 0: the memory is the caller's */
} dfoo_array;

/* An empty set, with the memory of the context; freeing it frees its arrays. */
DFOO_API dfoo_status dfoo_arrays_new(dfoo *d, dfoo_arrays **out);
DFOO_API void        dfoo_arrays_free(dfoo_arrays *set); /* NULL is fine */

/* Adds an array of the given shape, zeroed unless data is given (then copied), and hands
 * out the set's own copy (out may be NULL); it is valid until the array is replaced or the
 * set freed. An array of that name is replaced. DFOO_EINPUT: more than DFOO_MAX_DIMS
 * dimensions, or more bytes than there are addresses. */
DFOO_API dfoo_status dfoo_arrays_add(dfoo_arrays *set, const char *name, int ndim, const size_t *dim,
                                     const double *data, dfoo_array **out);
/* The same for a matrix of rows x cols. */
DFOO_API dfoo_status dfoo_arrays_add_matrix(dfoo_arrays *set, const char *name, size_t rows,
                                            size_t cols, const double *data, dfoo_array **out);
/* The same in float32, which the array stays. */
DFOO_API dfoo_status dfoo_arrays_add_f32(dfoo_arrays *set, const char *name, int ndim, const size_t *dim,
                                         const float *data, dfoo_array **out);
/* Adds the caller's memory as it lies, without a copy: it has to stay for as long as the set does, and is
 * only read.
 * step: entries from one index to the next in each dimension, may be negative; NULL: row by row. What needs
 * another type or order makes a copy while it runs. */
DFOO_API dfoo_status dfoo_arrays_borrow(dfoo_arrays *set, const char *name, dfoo_dtype dtype, int ndim,
                                        const size_t *dim,
                                        const ptrdiff_t *step, const void *data, dfoo_array **out);
DFOO_API dfoo_array *dfoo_arrays_get(const dfoo_arrays *set, const char *name); /* NULL: not there */
DFOO_API size_t      dfoo_arrays_count(const dfoo_arrays *set);
DFOO_API dfoo_array *dfoo_arrays_at(const dfoo_arrays *set, size_t i); /* in the order they were added; NULL
                                                                          behind the last */

/* Reads every array of a file into the set: NPZ, NPY, HDF5, IDX, or a CSV of numbers; "-" is
 * standard input. DFOO_EIO, DFOO_EINPUT: see dfoo_messages. */
DFOO_API dfoo_status dfoo_arrays_read(dfoo *d, const char *path, dfoo_arrays *set);

/* Writes an NPZ file that is complete or not there; "-" is standard output. DFOO_EIO: see dfoo_messages. */
DFOO_API dfoo_status dfoo_arrays_write(dfoo *d, const char *path, const dfoo_arrays *set, dfoo_dtype type);

/* ------------------------------------------------------------------- words */

/* What the library knows by name: built-in models, functions of the notation, activations of
 * dfoo_new_options.layers and losses, starts of parameters, optimisers, schedules of the learning rate,
 * formats of dfoo_derive and of dfoo_explain, pages of the primer, metrics of predictions. */
typedef enum dfoo_words {
    DFOO_MODELS = 0,
    DFOO_FUNCTIONS = 1,
    DFOO_LAYERS = 2,
    DFOO_LOSSES = 3,
    DFOO_STARTS = 4,
    DFOO_OPTIMIZERS = 5,
    DFOO_SCHEDULES = 6,
    DFOO_DERIVE_FORMATS = 7,
    DFOO_EXPLAIN_FORMATS = 8,
    DFOO_PAGES = 9,
    DFOO_PRACTICE_FORMATS = 10,
    DFOO_METRICS = 11, /* of predictions */
    DFOO_PICTURES = 12 /* of a run: dfoo_plot_run */
} dfoo_words;

/* Word number i of a list, a constant; NULL behind the last. */
DFOO_API const char *dfoo_word(dfoo_words list, size_t i);
/* What it means in a sentence, "" if there is none; NULL behind the last. */
DFOO_API const char *dfoo_word_note(dfoo_words list, size_t i);
/* What the names of files in a format end in, ".tex"; NULL: it is the word of no format. */
DFOO_API const char *dfoo_word_ending(dfoo_words list, size_t i);

/* Of metric number i of DFOO_METRICS: 1: more is better, -1: less is; 0: there is none. */
DFOO_API int dfoo_metric_sign(size_t i);

/* ------------------------------------------------------------------ models */

typedef struct dfoo_model dfoo_model;

/* Reads a model from text of `len` bytes; `name` is what messages call it. Both are copied. DFOO_EINPUT: the
 * text is no model, and dfoo_messages says where. The same for the other ways to come by one. */
DFOO_API dfoo_status dfoo_model_parse(dfoo *d, const char *name, const char *text, size_t len,
                                      dfoo_model **out);

/* Reads a model from a file, from standard input ("-"), or a built-in one by its name. DFOO_EIO: there is
 * none. */
DFOO_API dfoo_status dfoo_model_read(dfoo *d, const char *path_or_name, dfoo_model **out);
DFOO_API void        dfoo_model_free(dfoo_model *model); /* NULL is fine */

/* The model as text: what was read or built. */
DFOO_API dfoo_status dfoo_model_text(dfoo_model *model, char **text);

/* ---- models without text
 *
 * A builder takes a model statement by statement and term by term; what is built is the same as what is read,
 * and dfoo_model_text prints it. A term is a number from 1 on; 0 is none: functions that take none give none,
 * so that one mistake is asked for once, at the end. Sizes are names or whole numbers, as text: "n1", "1". */
typedef struct dfoo_builder dfoo_builder;
typedef uint32_t            dfoo_term;

/* `name` is what messages call the model. The builder is freed before its context. */
DFOO_API dfoo_status dfoo_build_begin(dfoo *d, const char *name, dfoo_builder **out);
DFOO_API void        dfoo_build_free(dfoo_builder *b); /* NULL is fine; a model that was built stays */

/* Declarations: size n1 = 4; input, label and param of rows x cols; a constant. start: how a parameter
 * begins, as in text ("he", "normal(0, 0.1)"); NULL: the notation's default. */
DFOO_API dfoo_status dfoo_build_size(dfoo_builder *b, const char *name, size_t value);
DFOO_API dfoo_term   dfoo_build_input(dfoo_builder *b, const char *name, const char *rows, const char *cols);
DFOO_API dfoo_term   dfoo_build_label(dfoo_builder *b, const char *name, const char *rows, const char *cols);
DFOO_API dfoo_term   dfoo_build_param(dfoo_builder *b, const char *name, const char *rows, const char *cols,
                                      const char *start);
DFOO_API dfoo_term   dfoo_build_const(dfoo_builder *b, const char *name, double value);

/* Terms: a number, the number that a size is, x @ y, x + y, x - y, x * y, x / y, x ** y, -x, x.T. */
DFOO_API dfoo_term dfoo_build_number(dfoo_builder *b, double value);
DFOO_API dfoo_term dfoo_build_size_of(dfoo_builder *b, const char *name);
DFOO_API dfoo_term dfoo_build_matmul(dfoo_builder *b, dfoo_term x, dfoo_term y);
DFOO_API dfoo_term dfoo_build_add(dfoo_builder *b, dfoo_term x, dfoo_term y);
DFOO_API dfoo_term dfoo_build_sub(dfoo_builder *b, dfoo_term x, dfoo_term y);
DFOO_API dfoo_term dfoo_build_mul(dfoo_builder *b, dfoo_term x, dfoo_term y);
DFOO_API dfoo_term dfoo_build_div(dfoo_builder *b, dfoo_term x, dfoo_term y);
DFOO_API dfoo_term dfoo_build_pow(dfoo_builder *b, dfoo_term x, dfoo_term y);
DFOO_API dfoo_term dfoo_build_neg(dfoo_builder *b, dfoo_term x);
DFOO_API dfoo_term dfoo_build_transpose(dfoo_builder *b, dfoo_term x);

/* A function of the notation by its name, with one, two or three operands: y and z are 0 where there are
 * fewer. */
DFOO_API dfoo_term dfoo_build_apply(dfoo_builder *b, const char *function, dfoo_term x, dfoo_term y,
                                    dfoo_term z);

/* Along which axis: of all entries, as numpy's axis=0 or axis=1 with keepdims. */
typedef enum dfoo_axis { DFOO_ALL = 0, DFOO_AXIS_0 = 1, DFOO_AXIS_1 = 2 } dfoo_axis;
DFOO_API dfoo_term dfoo_build_sum(dfoo_builder *b, dfoo_term x, dfoo_axis axis);
DFOO_API dfoo_term dfoo_build_mean(dfoo_builder *b, dfoo_term x, dfoo_axis axis);

/* A line of the model: name = x. The term is the name, whose gradient is called d + name. */
DFOO_API dfoo_term dfoo_build_name(dfoo_builder *b, const char *name, dfoo_term x);

/* What the model minimises and predicts: terms that have names. */
DFOO_API dfoo_status dfoo_build_minimize(dfoo_builder *b, dfoo_term x);
DFOO_API dfoo_status dfoo_build_predict(dfoo_builder *b, dfoo_term x);

/* The model. DFOO_EINPUT: what was built is no model, and the messages name the call, counted from
 * dfoo_build_begin on, that built what is wrong. DFOO_EUSE: a call was wrong (NULL, none, no name). The
 * builder can be built on after that. */
DFOO_API dfoo_status dfoo_build_end(dfoo_builder *b, dfoo_model **out);

typedef struct dfoo_new_options {
    size_t size; /* DFOO_INIT */
    const char *layers;  /* activation (DFOO_LAYERS) and units of each: "relu 20, relu 7, sigmoid 1" */
    const char *loss;    /* one of DFOO_LOSSES; NULL: cross-entropy behind sigmoid and softmax, else half the
                            mean squared error */
    double      l2;      /* lambda of a penalty lambda/(2*m) * sum(W**2) on the weights; 0: none */
    double      dropout; /* the part of the hidden units that is kept; 0: no dropout */
    int         rows;    /* not 0: one example per row */
    const char *name;    /* for the model's first line; NULL: "model" */
} dfoo_new_options;

/* Writes the text of such a model, with comments, sizes and starts: he behind relu, else xavier. */
DFOO_API dfoo_status dfoo_new_model(dfoo *d, const dfoo_new_options *options, char **text);

/* The built-in models: name and text of number i; NULL behind the last. */
DFOO_API const char *dfoo_builtin_name(size_t i);
DFOO_API const char *dfoo_builtin_text(size_t i);

/* The name closest to a mistyped built-in model's, or NULL. */
DFOO_API const char *dfoo_builtin_like(const char *name);

/* Sets a size or a constant of the model, as `--set n1=20` does: value must be a whole number
 * from 1 on for a size. DFOO_EINPUT: no such name, or it does not fit. */
DFOO_API dfoo_status dfoo_model_set(dfoo_model *model, const char *name, double value);

/* What dV means: in the course's convention the 1/m is in the gradients of parameters only
 * (dV = d sum(L) / dV for the others); in the other, every dV is dJ/dV. */
typedef enum dfoo_convention { DFOO_COURSE = 0, DFOO_DJ = 1 } dfoo_convention;

/* DFOO_ASCII: text without the signs that some terminals lack. Those behind it are for
 * dfoo_derive and dfoo_explain. */
typedef enum dfoo_format {
    DFOO_TEXT = 0,
    DFOO_ASCII = 1,
    DFOO_NUMPY = 2, /* a Python module with forward(..) and backward(.., values) */
    DFOO_LATEX = 3, /* an align* environment */
    DFOO_JSON = 4,  /* everything as data, see docs/json.md */
    DFOO_HTML = 5,  /* dfoo_explain: one self-contained page; dfoo_derive: a table with MathML */
    DFOO_MARKDOWN = 6, /* dfoo_explain: with TeX's mathematics between dollars */
    DFOO_TYPST = 7,    /* equations for Typst */
    DFOO_MOODLE = 8    /* dfoo_practice: questions for Moodle's question bank */
} dfoo_format;

/* The format that a word of DFOO_DERIVE_FORMATS or DFOO_EXPLAIN_FORMATS means; DFOO_TEXT: it is the word of
 * none. */
DFOO_API dfoo_format dfoo_word_format(dfoo_words list, size_t i);

/* How gradients are called where mathematics is set: dZ1 and dW1; the delta of a layer, and the partial
 * derivative of J by W1; those of L by Z1 and of J by W1. */
typedef enum dfoo_notation { DFOO_D = 0, DFOO_DELTA = 1, DFOO_PARTIAL = 2 } dfoo_notation;

typedef struct dfoo_derive_options {
    size_t size; /* DFOO_INIT */
    dfoo_convention convention;
    int             steps; /* not 0: all gradients, grouped by the equation they come from */
    int             run;   /* not 0: the program as it is run, and the rules that made it stable */
    const char     *wrt;   /* names with commas between them: only these gradients; NULL: all */
    dfoo_format     format;     /* steps, run and given come as text only */
    int             standalone; /* not 0, with DFOO_LATEX or DFOO_TYPST: a whole document */
    const char     *given;      /* names with commas: the lines for dfoo_grad with these given, "A1,dA2"; with
                                   `run`, the program that it runs. As text only; NULL: nothing */
    int             hvp;        /* not 0: second derivatives, HV = the Hessian times a direction V_dot, of the
                                   parameters, or of `wrt`; without steps, run and given */
    const char     *jacobian;   /* the name of a value: how it changes, for one example, with what it is computed
                                   from, da_dx = .., instead of gradients; without all but the format */
    dfoo_notation   notation;     /* of formats that set mathematics */
    int             superscripts; /* not 0, there: the number of a name stands above it, in brackets */
    int             numbered;     /* not 0, with DFOO_LATEX: every equation has its number and a label */
} dfoo_derive_options;

typedef struct dfoo_show_options {
    size_t size; /* DFOO_INIT */
    int    plan; /* not 0: the instructions that a training step runs, too */
} dfoo_show_options;

/* The model's equations with shapes and sizes, and the number of parameters. */
DFOO_API dfoo_status dfoo_show(dfoo_model *model, const dfoo_show_options *options, char **text);

/* The backward pass, in the notation of the model or another format. DFOO_EINPUT: there is no
 * such format, or the options do not go together. */
DFOO_API dfoo_status dfoo_derive(dfoo_model *model, const dfoo_derive_options *options, char **text);

/* How a gradient is explained: entry by entry with sums over indices, with Jacobian matrices in
 * the layout of calculus books, or by what a small change of one variable does. */
typedef enum dfoo_explain_way { DFOO_BY_INDEX = 0, DFOO_BY_JACOBIAN = 1,
                               DFOO_BY_DIFFERENTIAL = 2 } dfoo_explain_way;

/* What the parameters are where numbers are shown: simple ones, all 0, or all equal, from where a few steps of
 * gradient descent are shown as well. */
typedef enum dfoo_explain_start { DFOO_START_SIMPLE = 0, DFOO_START_ZEROS = 1, DFOO_START_EQUAL = 2 } dfoo_explain_start;

typedef struct dfoo_explain_options {
    size_t size; /* DFOO_INIT */
    dfoo_convention convention;
    dfoo_explain_way by;
    int             steps;  /* not 0: every simplification with its rule, else how many there were */
    int             numbers; /* not 0: the matrices of each step as well, and one entry against a
                                difference */
    const dfoo_arrays *values; /* numbers for inputs, labels and parameters by name; what is missing is
                                  drawn */
    dfoo_format     format;     /* DFOO_ASCII: without the signs that some terminals lack */
    int             standalone; /* not 0, with DFOO_LATEX or DFOO_TYPST: a whole document */
    dfoo_explain_start start;   /* not DFOO_START_SIMPLE: numbers, at such parameters */
    dfoo_notation   notation;     /* of formats that set mathematics */
    int             superscripts; /* not 0, there: the number of a name stands above it, in brackets */
    int             numbered;     /* not 0, with DFOO_LATEX: the line of each title has its number and a label */
} dfoo_explain_options;

/* Why a gradient is what it is: `name` is dZ1 (or dz1, dZ[1]), or the line of all layers, dA[l-1] or dA_prev,
 * dAL of the last; a function such as sigmoid; or a page of the primer (DFOO_PAGES) told of this model, as
 * "chain rule". NULL explains the whole model, every gradient that dfoo_derive lists with its steps.
 * Every displayed equality was evaluated on random values; the last line says how closely it
 * held. DFOO_NO: one did not hold (the text says which). */
DFOO_API dfoo_status dfoo_explain(dfoo_model *model, const char *name, const dfoo_explain_options *options,
                                  char **text);

/* The same for a function of the notation, sigmoid or swish, which needs no model, and for a page of the primer,
 * which is told of a built-in one. */
DFOO_API dfoo_status dfoo_explain_function(dfoo *d, const char *name, const dfoo_explain_options *options,
                                           char **text);

/* A question about backpropagation that is often asked, and the command that answers it. Constants. */
typedef struct dfoo_answer {
    const char *question; /* "Where does the 1/m come from?" */
    const char *command;  /* "dfoo explain 1/m" */
} dfoo_answer;

/* The questions that the given one means, in any words and order, misspelled a little or not, the best first:
 * at most `most` are written to out, and their number is returned, 0 if nothing of the kind is known. A question
 * of NULL lists them all; then the number of all is returned, whatever `most` is, and out may be NULL. */
DFOO_API size_t      dfoo_ask(const char *question, dfoo_answer *out, size_t most);

typedef struct dfoo_check_options {
    size_t size; /* DFOO_INIT */
    const dfoo_arrays *values; /* inputs and parameters to check at; NULL: random ones */
    uint64_t           seed;
    dfoo_format        format; /* DFOO_TEXT; DFOO_JSON: see docs/json.md */
    int                hvp;    /* not 0: second derivatives as well, against differences of the gradients */
} dfoo_check_options;

/* Holds every gradient of the model against two-sided differences in float64, and shows that
 * planted mistakes are noticed. DFOO_NO: something did not hold (the report says what). */
DFOO_API dfoo_status dfoo_check(dfoo_model *model, const dfoo_check_options *options, char **text);

typedef struct dfoo_diagnose_options {
    size_t size; /* DFOO_INIT */
    const char *equations; /* somebody's gradients in the notation, `dW2 = 1/m * dZ2 @ A1.T`, a line each; or */
    const dfoo_arrays *answers; /* as arrays: dW1, db1, dZ1, ..; both NULL: the claims behind `minimize` */
    const dfoo_arrays *values;  /* what arrays were computed from: inputs, labels, parameters; with equations NULL
                                   for random cases */
    const char *name;   /* what messages call them: a file's name; NULL: "claims" */
    int         hint;   /* how much is told: 1 which line, 2 the kind of mistake, 3 its name, 4 the right line; 0: 3 */
    int         show;   /* 1: the matrices of what is wrong, side by side with what would follow */
    uint64_t    seed;
    dfoo_format format; /* DFOO_TEXT, DFOO_MARKDOWN, DFOO_HTML, DFOO_JSON (docs/json.md) */
} dfoo_diagnose_options;

/* Judges somebody else's gradients of the model, line by line: right, right given the lines before, or wrong, and then
 * the mistake by name if the numbers prove it (docs/lines.md). DFOO_NO: something is wrong (the text says
 * what). DFOO_EINPUT: they cannot be read, or arrays do not fit. */
DFOO_API dfoo_status dfoo_diagnose(dfoo_model *model, const dfoo_diagnose_options *options, char **text);

/* The mistakes that have a name, by kind, with what each does to a derivation. Freed with dfoo_text_free. */
DFOO_API dfoo_status dfoo_mistakes(dfoo *d, char **text);

/* ------------------------------------------------------------------ practice */

/* What an exercise asks for: a line that is missing, or the one that is wrong. */
typedef enum dfoo_exercise { DFOO_ANY_EXERCISE = 0, DFOO_BLANK = 1, DFOO_MISTAKE = 2 } dfoo_exercise;

typedef struct dfoo_practice_options {
    size_t size; /* DFOO_INIT */
    uint64_t        seed;   /* the same exercise for everybody who has the model and this number */
    dfoo_exercise   kind;
    size_t          count;  /* how many, of the seeds from this one on; 0: one */
    dfoo_convention convention;
    const char     *answer; /* to one exercise: the line, `dW2 = 1/m * dZ2 @ A1.T`, or what stands behind its =; of a
                               line that is wrong also its name alone. NULL: none yet */
    int             hint;   /* 0: none; 1 where, 2 what kind, 3 more of it, 4 the solution; of an answer that is
                               wrong, what is told of it (0: 2), as in dfoo_diagnose */
    dfoo_format     format; /* DFOO_TEXT, DFOO_ASCII, DFOO_MARKDOWN, DFOO_HTML, DFOO_MOODLE, DFOO_JSON (docs/json.md) */
} dfoo_practice_options;

/* An exercise from the model's own backward pass, or the judgement of an answer to it: by what the answer computes, not
 * by how it is written. DFOO_NO: the answer is wrong (the text says how). DFOO_EINPUT: it cannot be read, or the
 * model has no line to ask for. */
DFOO_API dfoo_status dfoo_practice(dfoo_model *model, const dfoo_practice_options *options, char **text);

/* ------------------------------------------------------- learners' programs */

/* What a gradient of a program is. */
typedef enum dfoo_judged {
    DFOO_JUDGED_RIGHT = 0,
    DFOO_JUDGED_GIVEN = 1,      /* right, given something wrong before it */
    DFOO_JUDGED_WRONG = 2,
    DFOO_JUDGED_SHAPE = 3,      /* it has another shape than its parameter */
    DFOO_JUDGED_NOT_FINITE = 4,
    DFOO_JUDGED_MISSING = 5     /* the program was not seen to compute it */
} dfoo_judged;

enum { DFOO_HINTS = 3 };

/* One gradient of a program. Texts are never NULL, except where that is said. */
typedef struct dfoo_judged_line {
    dfoo_judged verdict;
    const char *variable;      /* the model's name: "dW2" */
    const char *name;          /* the program's name: "grads[..]", "dW2" */
    size_t      line, cell;    /* both from 1; 0: none. Of a notebook, the cell and the line in it */
    const char *text;          /* that line */
    const char *mistake;       /* by its name in the catalogue; NULL: it has none, or is not known */
    const char *group;         /* of the mistake; NULL */
    const char *hint[DFOO_HINTS]; /* where; what kind; what it is: each says more. "" where nothing is wrong */
    double      ratio;         /* to what it should be, if that is the same everywhere; else 0 */
    double      norms, cosine; /* of both: the quotient of their norms, the cosine between them */
} dfoo_judged_line;

typedef struct dfoo_judgement {
    int         found;         /* not 0: gradients were found */
    int         right;         /* not 0: and all of them are right */
    size_t      first;         /* place of the first wrong line among `lines`; `count` if there is none */
    size_t      count;
    const dfoo_judged_line *lines;  /* in the order of the computation */
    const char *failure;       /* the error that Python would end with; NULL: none */
    size_t      failure_line;
    const char *failure_mistake; /* what leads to it, as of a line; NULL: not known */
    size_t      n_problems;    /* lines of the program that were not understood: what is wrong with each */
    const char *const *problems;
    const size_t      *problem_lines;
    const char *text;          /* all of it, in the format that was asked for */
    size_t      failure_cell;  /* of a notebook, the one of failure_line */
} dfoo_judgement;

typedef struct dfoo_judge_options {
    size_t size; /* DFOO_INIT */
    uint64_t    seed;
    int         hint;   /* how much the text says of a mistake: 1 where, 2 what kind, 3 what it is, 4 the right line as
                           well, in the program's own names; 0: 3 */
    dfoo_format format; /* DFOO_TEXT, DFOO_MARKDOWN, DFOO_HTML, DFOO_JSON */
    int         show;   /* not 0: what is wrong beside what it should be, as matrices */
} dfoo_judge_options;

/* Judges the gradients of a program: Python with numpy, or a notebook (JSON). An interpreter of dfoo's own runs it, which
 * reads no file and has limits of steps and memory, on values of the model's; `name` is what the text calls it. Free
 * the judgement before the context. DFOO_NO: something is wrong, or there is no gradient (`out` is there). */
DFOO_API dfoo_status dfoo_judge(dfoo_model *model, const char *name, const char *source, size_t len,
                                const dfoo_judge_options *options, dfoo_judgement **out);
DFOO_API void        dfoo_judgement_free(dfoo *d, dfoo_judgement *judgement); /* NULL is fine */

/* ---------------------------------------------------------- running a model */

typedef struct dfoo_grad_options {
    size_t size; /* DFOO_INIT */
    dfoo_convention convention;
    dfoo_dtype      dtype;
    const dfoo_arrays *directions; /* second derivatives as well, along these: W1_dot, or W1, is the direction of
                                      W1, and what has none does not move; NULL: no second derivatives */
} dfoo_grad_options;

/* All values and gradients from given arrays: `in` holds arrays by variable names; any
 * variable may be given, an intermediate one (A1) or a gradient (dA2) too, and stands for
 * its name in every line that dfoo_derive shows with these `given`. `out` gets every forward value and gradient that can be computed. What is given
 * against its equation, and what could not be computed, is told in dfoo_messages. With directions, `out` gets HV,
 * the Hessian times the direction, for each parameter V and for what moves, and how fast the values and gradients
 * on the way change (Z1_dot, dZ1_dot). */
DFOO_API dfoo_status dfoo_grad(dfoo_model *model, const dfoo_arrays *in, const dfoo_grad_options *options,
                               dfoo_arrays **out);

/* One entry of a value or a gradient, written out with the sizes of these arrays: "Z1[1,2] = W1[1,1]*X[1,2] + W1[1,2]*X[2,2]
 * + b1[1]". Rows and columns are counted from 1. An inverse stays
 * one: inv(S)[1,2]. DFOO_NO: it is given, or more than nine of something would stand in it. */
DFOO_API dfoo_status dfoo_entry(dfoo_model *model, const dfoo_arrays *in, const char *name, size_t row, size_t col,
                                const dfoo_grad_options *options, char **text);

/* ------------------------------------------------------- compiled functions */

/* A function of a model: any of its values and gradients, from any given variables; made once and run often.
 * Functions of one context may run at the same time in several threads, each in one. */
typedef struct dfoo_function dfoo_function;

typedef struct dfoo_compile_options {
    size_t          size;    /* DFOO_INIT */
    const char     *outputs; /* what is computed, with commas: "J,dW1,db1,A2"; NULL: the cost and the gradient
                                of every parameter */
    const char     *inputs;  /* what is given though the model has an equation for it: "A1,dA2"; NULL: nothing
                                but inputs, labels, parameters, constants and masks, which need not be
                                listed */
    dfoo_convention convention;
    dfoo_dtype      dtype;   /* of all matrices and numbers that are bound and computed */
    size_t          max_examples; /* of any run; 0: as many as the variables have when they are bound */
    unsigned        threads; /* that share a run; 0 and 1: the caller's alone, then a run takes no lock */
    int             digits;  /* not 0: also keeps the digits of units that saturate, as dfoo_grad does;
                                slower */
    int             hvp;     /* not 0: second derivatives; each parameter V moves along V_dot, an input, and the
                                outputs may be HV, the Hessian times the direction, and changes such as Z1_dot.
                                A model without parameters: its inputs */
} dfoo_compile_options;

/* Compiles a function. It keeps nothing of the model, which may be freed before it, but it is freed before
 * its context. DFOO_EINPUT: there is no such variable, or what it needs is neither given nor computed. */
DFOO_API dfoo_status dfoo_compile(dfoo_model *model, const dfoo_compile_options *options,
                                  dfoo_function **out);
DFOO_API void        dfoo_function_free(dfoo_function *f); /* NULL is fine */

/* Lets the variable be read from the caller's memory in every run from now on: rows * cols entries of the
 * function's dtype, row by row, no copy is made; a number has one row and one column. The memory stays the
 * caller's. Constants have the model's value and masks drop nothing unless they are bound; all other inputs
 * have to be. Sizes that the model leaves open are those of the first matrix that has them. DFOO_EINPUT: no
 * such variable, or it does not fit. */
DFOO_API dfoo_status dfoo_function_bind(dfoo_function *f, const char *name, const void *data, size_t rows,
                                        size_t cols);

/* The same for a matrix with gaps or the other way round: entry (i, j) is data[i * row_step + j * col_step],
 * steps in entries. What is not dense is copied in every run, into memory that is made here. */
DFOO_API dfoo_status dfoo_function_bind_strided(dfoo_function *f, const char *name, const void *data,
                                                size_t rows, size_t cols,
                                                ptrdiff_t row_step, ptrdiff_t col_step);

/* Lets an output be written to the caller's memory, which no input overlaps; NULL: to the function's own
 * again. */
DFOO_API dfoo_status dfoo_function_bind_output(dfoo_function *f, const char *name, void *data, size_t rows,
                                               size_t cols);
DFOO_API dfoo_status dfoo_function_bind_output_strided(dfoo_function *f, const char *name, void *data,
                                                       size_t rows, size_t cols,
                                                       ptrdiff_t row_step, ptrdiff_t col_step);

/* Computes the outputs for the first `examples` examples of what is bound; 0: all of them. Allocates nothing
 * and keeps no message when it goes well. DFOO_EUSE: an input is not bound, or examples are more than there
 * is room for or than are bound. (With one example per column, the first ones of a matrix are dense only if
 * they are all: to run with fewer, bind again, or with steps.) */
DFOO_API dfoo_status dfoo_function_run(dfoo_function *f, size_t examples);

/* Where an output lies after a run, in the function's dtype, row by row unless it is bound otherwise. Stays
 * there until something is bound. NULL: no such output, or it was not computed yet. */
DFOO_API const void *dfoo_function_get(const dfoo_function *f, const char *name);

/* The rows and columns of an input or output in the last run. DFOO_EINPUT: no such variable, or its size is
 * not known. */
DFOO_API dfoo_status dfoo_function_shape(dfoo_function *f, const char *name, size_t *rows, size_t *cols);

/* ---------------------------------------------------------------- training */

/* How training goes. Values that are not there are NaN. */
typedef struct dfoo_progress {
    size_t      size; /* DFOO_INIT, where a caller hands one in */
    size_t      epoch, epochs;       /* passes over the data: complete ones, and how many are wanted */
    double      within;              /* the part of the pass at hand that is done, 0 to 1 */
    size_t      best_epoch; /* in the report of the end: after which epoch the parameters were that are
                               kept */
    int         stopped;    /* not 0: patience ended it */
    double      cost, test_cost;
    double      metric, test_metric; /* e.g. the accuracy, 0 to 1 */
    const char *metric_name;         /* NULL: no metric suits the model */
    double      seconds;             /* since training began */
    double      examples_per_second; /* while training; 0: not known yet */
    double      step_cost; /* of the newest step's examples, before its update; in the report of the end NaN */
    const char *watched;   /* in the report of the end: what patience looks at, "cost", "R2", ..; else NULL */
} dfoo_progress;

/* Does the first line of a CSV hold the names of the columns? AUTO: if a field of it is not a number. */
typedef enum dfoo_header { DFOO_HEADER_AUTO = 0, DFOO_HEADER_YES = 1, DFOO_HEADER_NO = 2 } dfoo_header;

/* Decoupled: a step also takes alpha * decay * w off a weight. L2: decay * w is added to its gradient. */
typedef enum dfoo_decay { DFOO_DECOUPLED = 0, DFOO_L2 = 1 } dfoo_decay;

/* A training whose loop is the caller's, see dfoo_trainer_open. */
typedef struct dfoo_trainer dfoo_trainer;

typedef struct dfoo_train_options {
    size_t size; /* DFOO_INIT */
    const char *data;      /* a CSV, NPZ, .. file, "FILE.h5:dataset"; one of data and arrays */
    const char *test;      /* a file of examples that training does not see; or NULL */
    const char *const *more_data, *const *more_tests; /* more files, whose arrays and columns stand beside
                                                         those of the first; a list that ends with NULL; or
                                                         NULL */
    const dfoo_arrays *arrays, *test_arrays; /* the same as arrays by variable names */
    const char *map;       /* which array or columns a variable is: "X=train_set_x,Y=train_set_y",
                              "X=age,height"; NULL: the arrays have the variables' names */
    const char *test_map;  /* the same for the test data; NULL: as for the data */
    int         flatten;   /* not 0: no note when arrays of more than two dimensions become one column an
                              example */
    const char *scale;     /* what the inputs are multiplied with: "1/255", "X=1/255,U=0.5"; NULL: nothing */
    const char *classes;   /* names of the classes 0, 1, ..: an array of text in the data, a file with a line
                              for each, or a list with commas; NULL: the data's list_classes, if it has one
                              that fits */
    dfoo_header header;    /* of CSV files */
    const char *labels;    /* CSV: the label columns' names with commas; NULL: the last column */
    double      split;     /* hold back this fraction of the data for testing; 0: none */
    int         standardize; /* not 0: every input feature to mean 0, deviation 1 of the training data */
    const char *from;      /* an NPZ file with initial parameters; NULL: as the model says */
    const char *optimizer; /* "momentum", .., or a file of equations; NULL: "sgd", but for a CSV file of which nothing is
                              said from here to `decay_all`: then what suits its size, `epochs` and `batch` too */
    const char *settings;  /* of the optimiser: "beta=0.9,epsilon=1e-8"; NULL: its defaults */
    double      learning_rate; /* 0: the optimiser's default (see `zeros`) */
    const char *schedule;  /* of the learning rate: "cosine", "step every=30 factor=0.1", an equation
                              "alpha = alpha0 / t", or a file of such; NULL: constant */
    size_t      warmup;    /* the learning rate grows over so many steps; 0: none */
    double      clip;      /* the most length of all gradients together; 0: any */
    double      clip_value; /* the largest entry of a gradient; 0: any */
    double      decay;     /* of the weights; 0: none, or the optimiser's own (see `zeros`) */
    dfoo_decay  decay_kind;
    int         decay_all; /* not 0: biases decay, too; else only factors of a product do */
    size_t      patience;  /* stop after so many epochs without a better cost of the test data, and keep
                              the best parameters; 0: never */
    size_t      epochs;    /* 0: 1000 (see `zeros`) */
    size_t      batch;     /* examples in a step; 0: all of them */
    uint64_t    seed;
    dfoo_dtype  dtype;
    unsigned    threads;   /* 0: as many as there are processors; the results are the same */
    const char *file;      /* the run's NPZ file, see below; NULL: none */
    size_t      checkpoint; /* epochs between two writings of it; 0: at the end only */
    int         resume;    /* not 0: goes on with the run in `file`; if there is none, begins it */
    int         restart;   /* not 0: begins anew though `file` holds a run that has not ended */
    const char *log;       /* a CSV file of the cost of every epoch; NULL: none */
    const char *plot;      /* an SVG file of cost and accuracy over the epochs; NULL: none. The scores are
                              then evaluated about a hundred times, unless report_every says how often */
    size_t      report_every; /* epochs between two calls of `report`; 0: about twenty calls in all */
    int         live;         /* not 0: `report` is called about 20 times a second, too, with what is known
                                 then */
    /* Both may be NULL. In them, dfoo_messages has the warnings so far, and dfoo_messages_clear may be
       called. */
    void (*report)(void *user, const dfoo_progress *now);
    int (*stop)(void *user); /* asked about 20 times a second; not 0: end behind this step */
    void *user;
    unsigned    zeros; /* fields whose 0 is meant and is not their default: DFOO_ZERO_DECAY | .. */
    /* Behind each step, and each pass over the data; not 0: end here. The trainer is at hand: parameters, gradients,
     * scores can be read, parameters and the learning rate be changed. NULL: nobody is told. */
    int (*each_step)(void *user, dfoo_trainer *t, const dfoo_progress *now);
    int (*each_epoch)(void *user, dfoo_trainer *t, const dfoo_progress *now);
    int gradients; /* not 0: the gradients of the newest step can be read */

    /* Data that does not fit into memory, batch by batch: puts the examples from number `first` (0, 1, ..) of a pass on
     * into arrays that were made for them, one for each input and label under its name, in the shape that the model
     * declares. Not 0: they could not be had (DFOO_EIO). `fill_examples` are a pass. What `data` or `arrays` have is
     * then a sample of the same: sizes and standardising follow from it, scores and lessons are of it. NULL: none. */
    int (*fill)(void *user, size_t epoch, size_t first, dfoo_arrays *batch);
    size_t fill_examples;

    /* What becomes of the columns of a CSV file (docs/data.md): NULL: rules that are found, "none", or a file of rules
     * for some of them. Arrays are taken as they are. */
    const char *prepare;
    const char *class_weight; /* how much examples count by their class: "balanced", as much for each class, or numbers
                                 "rare=10,other=1". The run's model has them as an input beside the loss. NULL: alike */
    const char *metric; /* what `patience` watches: a word of DFOO_METRICS; NULL: the cost */
    int any_labels; /* not 0: labels that the loss is not made for, with which the cost has no smallest value, are a
                       warning; else they are DFOO_EINPUT */
    size_t folds, fold; /* cross-validation: the data is `folds` parts of equal size, of each class as many as can be, the
                           same for the same seed; number `fold`, from 1 on, is held back instead of `split`. 0: none */
    const char *config; /* how the run was asked for, a text of the caller's: kept in it under "dfoo.config". NULL: none */
} dfoo_train_options;

/* For dfoo_train_options.zeros. */
enum { DFOO_ZERO_LEARNING_RATE = 1, DFOO_ZERO_DECAY = 2, DFOO_ZERO_EPOCHS = 4 };

/* Trains the model. `run` gets the parameters by name and what dfoo_predict needs; `last`
 * (may be NULL) the report of the end. What is noticed on the way (docs/lessons.md) are warnings in
 * dfoo_messages.
 *
 * With `file`, the same arrays are in that file when this returns, also after `stop`, and after
 * each `checkpoint` epochs; whenever the process is killed, the file is the last complete one. It
 * also holds what is needed to go on (states of the optimiser, the place in the epoch, the costs so
 * far), so that with `resume` the run that was cut off ends with the same bits as one that was
 * not, and one that ended goes on to more epochs. Data, equations, batch, seed, dtype
 * and learning rate have to be the same: DFOO_EINPUT. DFOO_EIO: the file could not be written at
 * the end; `run` is handed out all the same. */
DFOO_API dfoo_status dfoo_train(dfoo_model *model, const dfoo_train_options *options, dfoo_arrays **run,
                                dfoo_progress *last);

/* ---- the same, step by step
 *
 *   dfoo_trainer *t;
 *   dfoo_trainer_open(model, DFOO_WITH(dfoo_train_options, .data = "planar.csv", .batch = 32), &t);
 *   while (dfoo_trainer_epoch(t, &now) == DFOO_OK)
 *       if (now.cost < 0.1) break;
 *   dfoo_trainer_end(t, &run, NULL);
 *   dfoo_trainer_close(t);
 *
 * dfoo_train is this loop. A trainer is closed before its context; the model, and all that the options point to, have
 * to stay until then. */

/* Reads the data, and goes on with the run in `file` if `resume` says so. */
DFOO_API dfoo_status dfoo_trainer_open(dfoo_model *model, const dfoo_train_options *options, dfoo_trainer **out);
DFOO_API void        dfoo_trainer_close(dfoo_trainer *t); /* NULL is fine */

/* One step: of the next mini-batch of its own data, or of the arrays in `batch`, which are read as the training data was,
 * and are in no epoch. `now` (may be NULL) gets where training stands; its scores are those that are known.
 * DFOO_NO: all epochs are done, or something has ended the training; nothing was done. DFOO_EINPUT: a cost is not
 * finite, or the batch does not fit. */
DFOO_API dfoo_status dfoo_trainer_step(dfoo_trainer *t, const dfoo_arrays *batch, dfoo_progress *now);

/* The steps up to the end of the pass at hand. */
DFOO_API dfoo_status dfoo_trainer_epoch(dfoo_trainer *t, dfoo_progress *now);

/* Cost and metric of the training and the test data with the parameters as they are. */
DFOO_API dfoo_status dfoo_trainer_score(dfoo_trainer *t, dfoo_progress *now);

/* Copies of the parameters (W1, b1, ..) as they are, or of the gradients (dW1, ..) that the newest step was made of,
 * replace those in `out`. Gradients are there if the option `gradients` is. */
DFOO_API dfoo_status dfoo_trainer_parameters(dfoo_trainer *t, dfoo_arrays *out);
DFOO_API dfoo_status dfoo_trainer_gradients(dfoo_trainer *t, dfoo_arrays *out);

/* Parameters that training goes on with, by name; others stay. DFOO_EINPUT: one does not fit, and none is changed. */
DFOO_API dfoo_status dfoo_trainer_set_parameters(dfoo_trainer *t, const dfoo_arrays *parameters);

/* The learning rate that is given: alpha0 of a schedule. NaN: t is NULL. */
DFOO_API double      dfoo_trainer_learning_rate(const dfoo_trainer *t);
DFOO_API dfoo_status dfoo_trainer_set_learning_rate(dfoo_trainer *t, double rate);

/* Writes the run's file as a checkpoint does: it predicts, and can be gone on with. DFOO_EIO: see dfoo_messages. */
DFOO_API dfoo_status dfoo_trainer_save(dfoo_trainer *t, const char *path);

/* The end: everything that dfoo_train does behind its last step, whether all epochs are done or not. `run` and `last`
 * may be NULL. Behind it the trainer can only be closed. */
DFOO_API dfoo_status dfoo_trainer_end(dfoo_trainer *t, dfoo_arrays **run, dfoo_progress *last);

/* Which learning rate suits a model and its data: steps are made from the start with larger and larger rates, until the
 * cost grows. */
typedef struct dfoo_rate {
    size_t size; /* DFOO_INIT, where a caller hands one in */
    double rate; /* to be taken; NaN: the cost fell with none */
    double low, high; /* the smallest and the largest rate that was tried */
    double least;     /* where the cost was least */
    double start_cost, least_cost;
    int    grew;      /* not 0: behind that the cost grew; else it was still falling with the largest rate */
    size_t steps;
} dfoo_rate;

/* Tries them with `options`, of which those that speak of files to write, of schedules, epochs and test data are not used.
 * `curve` (may be NULL) gets the arrays learning_rate, cost (of each step's examples) and smooth; `svg` (may be NULL) the
 * picture of them. No run is made or changed. */
DFOO_API dfoo_status dfoo_find_rate(dfoo_model *model, const dfoo_train_options *options, dfoo_rate *found,
                                    dfoo_arrays *curve, char **svg);

/* The model that a run was trained with, and what was set in it: runs know both. DFOO_EINPUT: this one does not, it is
 * older. */
DFOO_API dfoo_status dfoo_model_from_run(dfoo *d, const dfoo_arrays *run, dfoo_model **out);

/* A run as text: the equations of its model, how it was trained, and what becomes of the columns of a table, as lines
 * that a file for `prepare` can have. DFOO_EINPUT: it is no run. */
DFOO_API dfoo_status dfoo_show_run(dfoo *d, const dfoo_arrays *run, char **text);

/* The equations by which these options change the parameters, in dfoo's notation: what is run, and a
 * text that can be a file for `optimizer`. Of the options those from `optimizer` to `decay_all` are used. */
DFOO_API dfoo_status dfoo_show_optimizer(dfoo *d, const dfoo_train_options *options, char **text);

/* The optimisers: the name of number i ("sgd", "momentum", ..), a constant; NULL behind the last. */
DFOO_API const char *dfoo_optimizer_name(size_t i);
/* The schedules of the learning rate in the same way: "constant", "step", .. */
DFOO_API const char *dfoo_schedule_name(size_t i);

/* How examples were classified: count[i * classes + k] of those whose class is names[i] as names[k]. */
typedef struct dfoo_confusion {
    size_t             classes;
    const char *const *names;
    const size_t      *count;
} dfoo_confusion;

DFOO_API void dfoo_confusion_free(dfoo *d, dfoo_confusion *confusion); /* NULL is fine */

/* As a table of text with the recall and the precision of each class; of more than 20 classes, what was
 * mistaken most often. */
DFOO_API dfoo_status dfoo_confusion_text(dfoo *d, const dfoo_confusion *confusion, char **text);

/* Which examples: all, those that were trained with, those that were held back. */
typedef enum dfoo_part { DFOO_PART_ALL = 0, DFOO_PART_TRAIN = 1, DFOO_PART_TEST = 2 } dfoo_part;

typedef struct dfoo_predict_options {
    size_t size; /* DFOO_INIT */
    const char        *data;   /* one of data (a file) and arrays */
    const char *const *more_data; /* more files, as in training */
    const dfoo_arrays *arrays;
    const char        *map;    /* as in training; NULL: the names that training or its test data had, if they
                                  are there */
    int                flatten; /* as in training */
    dfoo_header        header; /* of CSV files */
    const char        *labels; /* as in training */
    const char        *csv;    /* a CSV file for the predictions, a line per example, with the name of the
                                  class if the run has names; "-": standard output; NULL: none */
    dfoo_confusion   **confusion; /* not NULL: gets the confusion matrix, or NULL where the data has no labels
                                     that are classes, or more than 1000 */
    dfoo_dtype         dtype;
    dfoo_part          part; /* of the data that training had, as its `split` divided it: all, or one part */
    double            *metrics; /* room for n_metrics values, in the order of DFOO_METRICS; NaN: it does not suit the
                                   labels, or there are none. NULL: nobody asks */
    size_t             n_metrics;
} dfoo_predict_options;

/* Runs the forward pass with a run's parameters. `out` gets what the model predicts, by name;
 * `metric` (may be NULL) the report on the data's labels, if it has any. */
DFOO_API dfoo_status dfoo_predict(dfoo_model *model, const dfoo_arrays *run,
                                  const dfoo_predict_options *options, dfoo_arrays **out,
                                  dfoo_progress *metric);

/* -------------------------------------------------------------- predictors */

/* A model and a run, made once, that predicts often from plain memory: in a loop of control, in many threads.
 *
 *   dfoo_predictor *p;
 *   double x[2] = {0.3, -1}, y;
 *   if (dfoo_predictor_open(d, "run.npz", &p) == DFOO_OK) {
 *       dfoo_predictor_run(p, x, 1, &y);
 *       dfoo_predictor_close(p);
 *   }
 *
 * A predictor belongs to one thread at a time. A clone is another one that shares all that does not change: threads
 * run a clone each at the same time. Clones are made by whoever has the context, and closed before the predictor they were
 * made of, which is closed before the context. */
typedef struct dfoo_predictor dfoo_predictor;

/* From the file of a run alone: it knows the model, its sizes, and how training prepared the inputs. The predictor works in
 * float64. DFOO_EINPUT: it is no run, or one of an older dfoo, or the model does not predict example by example. */
DFOO_API dfoo_status dfoo_predictor_open(dfoo *d, const char *path, dfoo_predictor **out);

/* The same from the arrays of a run, which are copied. */
DFOO_API dfoo_status dfoo_predictor_new(dfoo *d, const dfoo_arrays *run, dfoo_dtype dtype, dfoo_predictor **out);
DFOO_API dfoo_status dfoo_predictor_clone(dfoo_predictor *p, dfoo_predictor **out);
DFOO_API void        dfoo_predictor_close(dfoo_predictor *p); /* NULL is fine */

/* How many numbers an example has: the entries of all inputs, in order of declaration, as they stood in the training
 * data; and those of the first prediction. 0: p is NULL. */
DFOO_API size_t dfoo_predictor_inputs(const dfoo_predictor *p);
DFOO_API size_t dfoo_predictor_outputs(const dfoo_predictor *p);

/* y (n, outputs) from x (n, inputs), a row per example; x is scaled or standardised as training did. The same bits as
 * dfoo_predict for the same n. Allocates nothing while n stays what it was in the run before (1 at first), takes no lock and keeps no
 * message. DFOO_EUSE: a pointer is NULL. DFOO_ENOMEM: n is too large. */
DFOO_API dfoo_status dfoo_predictor_run(dfoo_predictor *p, const double *x, size_t n, double *y);

/* ---------------------------------------------------------------- pictures */

/* Pictures are the text of an SVG file; dfoo_text_write puts it into one. They scale, follow light and
 * dark surroundings, and need no colours to be read. */

typedef struct dfoo_plot_options {
    size_t size; /* DFOO_INIT */
    const dfoo_predict_options *examples; /* the data, as for dfoo_predict; its csv and confusion are not
                                             used */
    const char *features; /* one or two, with a comma: what is varied, the others stay at their means; NULL:
                             all, if there are not more than two */
    const char *title;    /* NULL: model, data and accuracy */
} dfoo_plot_options;

/* What a trained model says for every value of one or two features, and the examples: the regions of the
 * classes of the first `predict` variable, or bands of its value; over one feature, curves. */
DFOO_API dfoo_status dfoo_plot_model(dfoo_model *model, const dfoo_arrays *run,
                                     const dfoo_plot_options *options, char **svg);

/* A picture of a run by its name, a word of DFOO_PICTURES: "curve" and "rate" of its history, the others with examples.
 * DFOO_EINPUT: the run, or the examples' labels, are not of the kind that the picture is of. */
DFOO_API dfoo_status dfoo_plot_run(dfoo_model *model, const dfoo_arrays *run, const char *kind,
                                   const dfoo_plot_options *options, char **svg);

/* A confusion matrix of up to 100 classes. title may be NULL. */
DFOO_API dfoo_status dfoo_plot_confusion(dfoo *d, const dfoo_confusion *confusion, const char *title,
                                         char **svg);

/* Cost and accuracy over the epochs, from the CSV file that dfoo_train_options.log names, or from a run in an
 * NPZ file. title: NULL for the file's name. */
DFOO_API dfoo_status dfoo_plot_log(dfoo *d, const char *path, const char *title, char **svg);

#ifdef __cplusplus
}

template <class type> inline type dfoo_init() {
    type begun = type();
    begun.size = sizeof begun;
    return begun;
}
#endif

#endif
