/* What the page asks the library, as functions of plain values: texts go in as bytes that end with 0, answers come out as a
 * text, mostly JSON, that stays until the next request. One model, one set of numbers and one training are held at a
 * time; each request gives back what it took. Every function answers with a dfoo_status. */
#include <dfoo.h>
#include <math.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define PAGE_CALL(name) __attribute__((export_name(#name))) name

static struct {
    dfoo          *d;
    dfoo_model    *model;
    dfoo_arrays   *numbers;
    dfoo_trainer  *trainer;
    dfoo_arrays   *examples; /* the training's: it reads them as long as it lasts */
    dfoo_function *drawn; /* what the picture of a training shows */
    dfoo_function *hand;  /* all values and gradients, for numbers as those of the last request */
    char          *hand_in, *hand_out; /* what they were, and the names of what it computes, with commas */
    char          *reply;
    size_t         length, room;
    int            failed; /* not 0: no memory for the answer */
} page;

/* ------------------------------------------------------------------- answers */

static void put(const char *text, size_t n) {
    if (page.length + n + 1 > page.room) {
        size_t room = 2 * (page.length + n + 1);
        char  *more = realloc(page.reply, room);
        if (!more) {
            page.failed = 1;
            return;
        }
        page.reply = more;
        page.room = room;
    }
    memcpy(page.reply + page.length, text, n);
    page.length += n;
    page.reply[page.length] = 0;
}

static void say(const char *text) {
    put(text, strlen(text));
}

static void say_number(double x) {
    char text[40];
    snprintf(text, sizeof text, isfinite(x) ? "%.17g" : "null", x);
    say(text);
}

static void say_quoted(const char *text) {
    char code[8];
    say("\"");
    for (; *text; text++) {
        if (*text == '"' || *text == '\\') put("\\", 1);
        if ((unsigned char)*text < 0x20) {
            snprintf(code, sizeof code, "\\u%04x", (unsigned char)*text);
            say(code);
        } else {
            put(text, 1);
        }
    }
    say("\"");
}

static void say_field(const char *name, double value) {
    say_quoted(name);
    say(":");
    say_number(value);
}

static void begin(void) {
    page.length = 0;
    page.failed = 0;
    say("");
    dfoo_messages_clear(page.d);
}

/* The messages of the request as a list of objects. */
static void say_messages(void) {
    static const char *const kinds[] = {"error", "warning", "note"};
    say("[");
    for (size_t i = 0; i < dfoo_message_count(page.d); i++) {
        const dfoo_message *m = dfoo_message_at(page.d, i);
        say(i ? ",{\"kind\":" : "{\"kind\":");
        say_quoted(kinds[m->kind]);
        say(",\"text\":");
        say_quoted(m->text);
        say(",\"suggestion\":");
        say_quoted(m->suggestion);
        say(",");
        say_field("line", (double)m->line);
        say(",");
        say_field("column", (double)m->column);
        say(",");
        say_field("length", (double)m->length);
        say("}");
    }
    say("]");
}

/* The end of a request that answers with a text of the library's: that text, or what was wrong. */
static dfoo_status answer(dfoo_status status, char *text) {
    if (text) say(text);
    else say_messages();
    dfoo_text_free(page.d, text);
    return page.failed ? DFOO_ENOMEM : status;
}

static dfoo_status messages(dfoo_status status) {
    say_messages();
    return page.failed ? DFOO_ENOMEM : status;
}

static void say_array(const dfoo_array *x) {
    size_t rows = x->ndim > 1 ? x->dim[0] : 1, cols = x->ndim > 1 ? x->dim[1] : x->ndim ? x->dim[0] : 1;
    say_quoted(x->name);
    say(":{");
    say_field("rows", (double)rows);
    say(",");
    say_field("cols", (double)cols);
    say(",\"data\":[");
    for (size_t i = 0; i < rows * cols && x->data; i++) {
        if (i) say(",");
        say_number(x->data[i]);
    }
    say("]}");
}

static void say_arrays(const dfoo_arrays *set) {
    say("{");
    for (size_t i = 0; i < dfoo_arrays_count(set); i++) {
        if (i) say(",");
        say_array(dfoo_arrays_at(set, i));
    }
    say("}");
}

/* ------------------------------------------------------------------- requests */

void *PAGE_CALL(page_memory)(size_t n) {
    return malloc(n);
}

void PAGE_CALL(page_release)(void *p) {
    free(p);
}

const char *PAGE_CALL(page_reply)(void) {
    return page.reply ? page.reply : "";
}

dfoo_status PAGE_CALL(page_open)(void) {
    dfoo_status status = page.d ? DFOO_OK : dfoo_open(NULL, &page.d);
    if (status == DFOO_OK && !page.numbers) status = dfoo_arrays_new(page.d, &page.numbers);
    return status;
}

static void end_training(void) {
    dfoo_function_free(page.drawn);
    dfoo_trainer_close(page.trainer);
    dfoo_arrays_free(page.examples);
    page.drawn = NULL;
    page.trainer = NULL;
    page.examples = NULL;
}

static void end_hand(void) {
    dfoo_function_free(page.hand);
    free(page.hand_in);
    free(page.hand_out);
    page.hand = NULL;
    page.hand_in = page.hand_out = NULL;
}

/* Reads a model, which replaces the one before if it is one. The answer is what was said. */
dfoo_status PAGE_CALL(page_model)(const char *name, const char *text) {
    begin();
    dfoo_model *read = NULL;
    dfoo_status status = dfoo_model_parse(page.d, name, text, strlen(text), &read);
    if (status == DFOO_OK) {
        end_training();
        end_hand();
        dfoo_model_free(page.model);
        page.model = read;
    }
    return messages(status);
}

/* A built-in model's text by its number; DFOO_NO: there are no more. */
dfoo_status PAGE_CALL(page_builtin)(size_t i) {
    begin();
    const char *name = dfoo_builtin_name(i);
    if (!name) return DFOO_NO;
    say("{\"name\":");
    say_quoted(name);
    say(",\"text\":");
    say_quoted(dfoo_builtin_text(i));
    say("}");
    return DFOO_OK;
}

/* The text of a model of these layers. */
dfoo_status PAGE_CALL(page_new)(const char *layers) {
    begin();
    char *text = NULL;
    dfoo_new_options how = DFOO_INIT(dfoo_new_options);
    how.layers = layers;
    dfoo_status status = dfoo_new_model(page.d, &how, &text);
    return answer(status, text);
}

dfoo_status PAGE_CALL(page_derive)(int format, int convention, int standalone) {
    begin();
    char *text = NULL;
    dfoo_derive_options how = DFOO_INIT(dfoo_derive_options);
    how.format = (dfoo_format)format;
    how.convention = (dfoo_convention)convention;
    how.standalone = standalone;
    dfoo_status status = dfoo_derive(page.model, &how, &text);
    return answer(status, text);
}

/* The explanation of a gradient; a `name` of "" is the whole model. With `numbers`, those that the page holds. */
dfoo_status PAGE_CALL(page_explain)(const char *name, int by, int numbers, int format, int convention) {
    begin();
    char *text = NULL;
    dfoo_explain_options how = DFOO_INIT(dfoo_explain_options);
    how.by = (dfoo_explain_way)by;
    how.format = (dfoo_format)format;
    how.convention = (dfoo_convention)convention;
    how.numbers = numbers;
    if (numbers && dfoo_arrays_count(page.numbers)) how.values = page.numbers;
    dfoo_status status = dfoo_explain(page.model, name[0] ? name : NULL, &how, &text);
    return answer(status, text);
}

dfoo_status PAGE_CALL(page_check)(double seed) {
    begin();
    char *text = NULL;
    dfoo_check_options how = DFOO_INIT(dfoo_check_options);
    how.seed = (uint64_t)seed;
    dfoo_status status = dfoo_check(page.model, &how, &text);
    return answer(status, text);
}

/* A learner's program, Python or a notebook, judged against the model: the whole judgement as JSON. */
dfoo_status PAGE_CALL(page_judge)(const char *source, int hint) {
    begin();
    dfoo_judgement *found = NULL;
    dfoo_judge_options how = DFOO_INIT(dfoo_judge_options);
    how.hint = hint;
    dfoo_status status = dfoo_judge(page.model, "your code", source, strlen(source), &how, &found);
    if (!found) return messages(status);
    say("{\"text\":");
    say_quoted(found->text);
    say(",\"lines\":[");
    for (size_t i = 0; i < found->count; i++) {
        const dfoo_judged_line *x = &found->lines[i];
        say(i ? ",{\"variable\":" : "{\"variable\":");
        say_quoted(x->variable);
        say(",\"name\":");
        say_quoted(x->name);
        say(",");
        say_field("verdict", x->verdict);
        say(",");
        say_field("line", (double)x->line);
        say(",\"hints\":[");
        for (int k = 0; k < DFOO_HINTS; k++) {
            if (k) say(",");
            say_quoted(x->hint[k]);
        }
        say("]}");
    }
    say("],");
    say_field("first", found->first < found->count ? (double)found->first : -1);
    say("}");
    dfoo_judgement_free(page.d, found);
    return page.failed ? DFOO_ENOMEM : status;
}

/* Exercises from a seed on, `count` of them (0: one), in a format: as data to ask with, or a sheet to print. `given`: an
 * answer to the only one; "": none yet. */
dfoo_status PAGE_CALL(page_practice)(double seed, int kind, int convention, const char *given, int hint, size_t count, int format) {
    begin();
    char *text = NULL;
    dfoo_practice_options how = DFOO_INIT(dfoo_practice_options);
    how.seed = (uint64_t)seed;
    how.kind = (dfoo_exercise)kind;
    how.convention = (dfoo_convention)convention;
    how.answer = given[0] ? given : NULL;
    how.hint = hint;
    how.count = count;
    how.format = (dfoo_format)format;
    dfoo_status status = dfoo_practice(page.model, &how, &text);
    return answer(status, text);
}

/* ------------------------------------------------------------------- numbers */

dfoo_status PAGE_CALL(page_numbers_clear)(void) {
    begin();
    dfoo_arrays_free(page.numbers);
    page.numbers = NULL;
    return dfoo_arrays_new(page.d, &page.numbers);
}

/* A matrix by name, row by row; rows of 0: a single number. */
dfoo_status PAGE_CALL(page_number)(const char *name, size_t rows, size_t cols, const double *data) {
    const size_t dim[2] = {rows, cols};
    return dfoo_arrays_add(page.numbers, name, rows ? 2 : 0, dim, data, NULL);
}

static char *copy_of_reply(void) {
    char *copy = page.failed ? NULL : malloc(page.length + 1);
    if (copy) memcpy(copy, page.reply, page.length + 1);
    return copy;
}

/* What numbers the page holds, but for their values: names and sizes. */
static char *kind_of_numbers(int convention) {
    begin();
    say_number(convention);
    for (size_t i = 0; i < dfoo_arrays_count(page.numbers); i++) {
        const dfoo_array *x = dfoo_arrays_at(page.numbers, i);
        say(" ");
        say(x->name);
        for (int k = 0; k < x->ndim; k++) {
            say(" ");
            say_number((double)x->dim[k]);
        }
    }
    return copy_of_reply();
}

/* Keeps a function of what was computed for these numbers. None is no fault: everything is derived again then. */
static void keep_hand(char *kind, const dfoo_arrays *out, int convention) {
    dfoo_compile_options how = DFOO_INIT(dfoo_compile_options);
    end_hand();
    begin();
    for (size_t i = 0; i < dfoo_arrays_count(out); i++) {
        if (i) say(",");
        say(dfoo_arrays_at(out, i)->name);
    }
    page.hand_in = kind;
    page.hand_out = copy_of_reply();
    how.outputs = page.hand_out;
    how.convention = (dfoo_convention)convention;
    how.digits = 1;
    if (!page.hand_in || !page.hand_out || dfoo_compile(page.model, &how, &page.hand) != DFOO_OK) end_hand();
}

/* The outputs of the last run. 0: one of them is not finite, and what is to be said of it dfoo_grad knows. */
static int say_outputs(void) {
    char name[200];
    say("{");
    for (const char *at = page.hand_out; *at;) {
        size_t n = strcspn(at, ","), rows = 0, cols = 0;
        if (n >= sizeof name) return 0;
        memcpy(name, at, n);
        name[n] = 0;
        const double *data = dfoo_function_get(page.hand, name);
        if (!data || dfoo_function_shape(page.hand, name, &rows, &cols) != DFOO_OK) return 0;
        for (size_t i = 0; i < rows * cols; i++)
            if (!isfinite(data[i])) return 0;
        if (at != page.hand_out) say(",");
        const dfoo_array x = {.name = name, .ndim = 2, .dim = {rows, cols}, .data = (double *)data};
        say_array(&x);
        at += at[n] ? n + 1 : n;
    }
    say("}");
    return 1;
}

/* The same by the function that is kept. 0: there is none for these numbers, or it is not enough. */
static int run_hand(const char *kind) {
    if (!page.hand || !kind || strcmp(page.hand_in, kind) != 0) return 0;
    for (size_t i = 0; i < dfoo_arrays_count(page.numbers); i++) {
        const dfoo_array *x = dfoo_arrays_at(page.numbers, i);
        size_t rows = x->ndim ? x->dim[0] : 1, cols = x->ndim > 1 ? x->dim[1] : 1;
        if (dfoo_function_bind(page.hand, x->name, x->data, rows, cols) != DFOO_OK) return 0;
    }
    if (dfoo_function_run(page.hand, 0) != DFOO_OK) return 0;
    begin();
    say("{\"values\":");
    if (!say_outputs()) return 0;
    say(",\"messages\":[]}");
    return !page.failed;
}

/* All values and gradients at the numbers that the page holds: {"values":{name: matrix, ..},"messages":[..]}. A function of
 * them is kept: a number that is dragged costs a run of it. */
dfoo_status PAGE_CALL(page_grad)(int convention) {
    char *kind = kind_of_numbers(convention);
    if (run_hand(kind)) {
        free(kind);
        return DFOO_OK;
    }
    begin();
    dfoo_arrays *out = NULL;
    dfoo_grad_options how = DFOO_INIT(dfoo_grad_options);
    how.convention = (dfoo_convention)convention;
    dfoo_status status = dfoo_grad(page.model, page.numbers, &how, &out);
    if (status != DFOO_OK || dfoo_message_count(page.d)) {
        free(kind);
    } else {
        keep_hand(kind, out, convention);
        begin();
    }
    if (status != DFOO_OK) return messages(status);
    say("{\"values\":");
    say_arrays(out);
    say(",\"messages\":");
    say_messages();
    say("}");
    dfoo_arrays_free(out);
    return page.failed ? DFOO_ENOMEM : DFOO_OK;
}

/* One entry at these numbers, written out; DFOO_NO: it has no such form. */
dfoo_status PAGE_CALL(page_entry)(const char *name, size_t row, size_t col, int convention) {
    begin();
    char *text = NULL;
    dfoo_grad_options how = DFOO_INIT(dfoo_grad_options);
    how.convention = (dfoo_convention)convention;
    dfoo_status status = dfoo_entry(page.model, page.numbers, name, row, col, &how, &text);
    return answer(status, text);
}

/* ------------------------------------------------------------------- training */

/* Begins a training on the numbers that the page holds, which it takes. */
dfoo_status PAGE_CALL(page_train)(const char *optimizer, double rate, size_t batch, double seed, int standardize) {
    begin();
    end_training();
    dfoo_train_options how = DFOO_INIT(dfoo_train_options);
    page.examples = page.numbers;
    page.numbers = NULL;
    how.arrays = page.examples;
    how.optimizer = optimizer;
    how.learning_rate = rate;
    how.batch = batch;
    how.seed = (uint64_t)seed;
    how.standardize = standardize;
    how.epochs = 1000000;
    how.gradients = 1;
    dfoo_status status = dfoo_arrays_new(page.d, &page.numbers);
    if (status == DFOO_OK) status = dfoo_trainer_open(page.model, &how, &page.trainer);
    return messages(status);
}

dfoo_status PAGE_CALL(page_train_rate)(double rate) {
    begin();
    return messages(dfoo_trainer_set_learning_rate(page.trainer, rate));
}

/* Some epochs more: {"epoch":..,"cost":..,"metric":..,"name":..,"messages":[..]}. */
dfoo_status PAGE_CALL(page_train_epochs)(size_t count) {
    begin();
    dfoo_progress now = DFOO_INIT(dfoo_progress);
    dfoo_status   status = DFOO_OK;
    for (size_t i = 0; i < count && status == DFOO_OK; i++) status = dfoo_trainer_epoch(page.trainer, &now);
    if (status == DFOO_OK) status = dfoo_trainer_score(page.trainer, &now);
    if (status != DFOO_OK) return messages(status);
    say("{");
    say_field("epoch", (double)now.epoch);
    say(",");
    say_field("cost", now.cost);
    say(",");
    say_field("metric", now.metric);
    say(",\"name\":");
    say_quoted(now.metric_name ? now.metric_name : "");
    say(",\"messages\":");
    say_messages();
    say("}");
    return page.failed ? DFOO_ENOMEM : DFOO_OK;
}

/* Parameters, or with `gradients` the newest gradients, as {name: matrix, ..}. */
dfoo_status PAGE_CALL(page_train_state)(int gradients) {
    begin();
    dfoo_arrays *set = NULL;
    dfoo_status  status = dfoo_arrays_new(page.d, &set);
    if (status == DFOO_OK)
        status = gradients ? dfoo_trainer_gradients(page.trainer, set) : dfoo_trainer_parameters(page.trainer, set);
    if (status == DFOO_OK) say_arrays(set);
    else say_messages();
    dfoo_arrays_free(set);
    return page.failed ? DFOO_ENOMEM : status;
}

/* Parameters to go on with: those among the numbers that the page holds. */
dfoo_status PAGE_CALL(page_train_set)(void) {
    begin();
    return messages(dfoo_trainer_set_parameters(page.trainer, page.numbers));
}

/* Values of `output` at n examples of the input `input` (rows x cols, in the model's orientation) with the parameters
 * as they are, row by row into `out`, which has room for `most` numbers. The answer is {"rows":..,"cols":..}. */
dfoo_status PAGE_CALL(page_train_values)(const char *output, const char *input, size_t rows, size_t cols, const double *data,
                                         double *out, size_t most) {
    begin();
    dfoo_arrays *set = NULL;
    size_t       r = 0, c = 0;
    dfoo_compile_options how = DFOO_INIT(dfoo_compile_options);
    how.outputs = output;
    dfoo_function_free(page.drawn);
    dfoo_status status = dfoo_compile(page.model, &how, &page.drawn);
    if (status == DFOO_OK) status = dfoo_arrays_new(page.d, &set);
    if (status == DFOO_OK) status = dfoo_trainer_parameters(page.trainer, set);
    if (status == DFOO_OK) status = dfoo_function_bind(page.drawn, input, data, rows, cols);
    for (size_t i = 0; status == DFOO_OK && i < dfoo_arrays_count(set); i++) {
        const dfoo_array *p = dfoo_arrays_at(set, i);
        status = dfoo_function_bind(page.drawn, p->name, p->data, p->ndim ? p->dim[0] : 1, p->ndim > 1 ? p->dim[1] : 1);
    }
    if (status == DFOO_OK) status = dfoo_function_run(page.drawn, 0);
    if (status == DFOO_OK) status = dfoo_function_shape(page.drawn, output, &r, &c);
    if (status == DFOO_OK && r * c > most) status = DFOO_EINPUT;
    if (status == DFOO_OK) {
        memcpy(out, dfoo_function_get(page.drawn, output), r * c * sizeof *out);
        say("{");
        say_field("rows", (double)r);
        say(",");
        say_field("cols", (double)c);
        say("}");
    } else {
        say_messages();
    }
    dfoo_function_free(page.drawn);
    page.drawn = NULL;
    dfoo_arrays_free(set);
    return page.failed ? DFOO_ENOMEM : status;
}

/* The version of the library. */
const char *PAGE_CALL(page_version)(void) {
    return dfoo_version();
}
