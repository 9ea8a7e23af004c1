/* --json: what a command found out, as one object on standard output (docs/json.md).
 *
 * A command puts its result together with result_text, result_number, .. while it works; output.c hands over
 * what is wrong, and what would be on standard output without --json. json_finish puts the whole together
 * when the command has ended, whatever became of it. Without --json everything here does nothing. */
#include "cli.h"
#include "text.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

static bool asked;
static text result, messages, output; /* output: what would be on standard output */

void json_ask(void) {
    asked = true;
}

bool json_asked(void) {
    return asked;
}

/* ------------------------------------------------------------------- writing */

static void put_quoted_or_null(text *t, const char *what) {
    if (what) text_put_quoted(t, what);
    else text_puts(t, "null");
}

static void put_number(text *t, double value) {
    char digits[32];
    snprintf(digits, sizeof digits, "%.17g", value);
    text_puts(t, isfinite(value) ? digits : "null");
}

/* A comma, unless it is the first of its list or object; then the name, unless it stands in a list. */
static void put_name(text *t, const char *name) {
    if (t->len && !strchr("{[:", t->at[t->len - 1])) text_puts(t, ", ");
    if (!name) return;
    text_put_quoted(t, name);
    text_puts(t, ":");
}

/* -------------------------------------------------------------------- a result */

void json_lost(void) {
    result.failed = true;
}

void json_output(const char *more) {
    text_puts(&output, more);
}

void result_begin(const char *name, char bracket) {
    if (!asked) return;
    put_name(&result, name);
    text_put(&result, &bracket, 1);
}

void result_end(char bracket) {
    if (asked) text_put(&result, &bracket, 1);
}

void result_text(const char *name, const char *value) {
    if (!asked) return;
    put_name(&result, name);
    put_quoted_or_null(&result, value);
}

void result_number(const char *name, double value) {
    if (!asked) return;
    put_name(&result, name);
    put_number(&result, value);
}

void result_flag(const char *name, bool value) {
    if (!asked) return;
    put_name(&result, name);
    text_puts(&result, value ? "true" : "false");
}

void result_json(const char *name, const char *json) {
    if (!asked || !json) return;
    put_name(&result, name);
    text_put(&result, json, strcspn(json, "\n") == strlen(json) - 1 ? strlen(json) - 1 : strlen(json));
}

static void result_array(const dfoo_array *x, bool values) {
    size_t n = 1;
    result_begin(NULL, '{');
    result_text("name", x->name);
    result_begin("shape", '[');
    for (int i = 0; i < x->ndim; n *= x->dim[i], i++) result_number(NULL, (double)x->dim[i]);
    result_end(']');
    if (values) {
        result_begin("values", '[');
        for (size_t i = 0; i < n; i++) result_number(NULL, x->data[i]);
        result_end(']');
    }
    result_end('}');
}

void result_scores(const char *name, const char *metric, double cost, double value) {
    result_begin(name, '{');
    result_number("cost", cost);
    if (metric) result_number(metric, value);
    result_end('}');
}

void result_arrays(const char *name, const dfoo_arrays *set, bool values) {
    result_begin(name, '[');
    for (size_t i = 0; dfoo_arrays_at(set, i); i++) result_array(dfoo_arrays_at(set, i), values);
    result_end(']');
}

/* ------------------------------------------------------------------- messages */

void json_message(const dfoo_message *m) {
    static const char *const kinds[] = {"error", "warning", "note"};
    text                    *t = &messages;
    put_name(t, NULL);
    text_puts(t, "{");
    put_name(t, "kind");
    text_put_quoted(t, kinds[m->kind]);
    put_name(t, "text");
    text_put_quoted(t, m->text);
    put_name(t, "suggestion");
    text_put_quoted(t, m->suggestion ? m->suggestion : "");
    put_name(t, "file");
    put_quoted_or_null(t, m->file);
    const struct { const char *name; size_t value; } places[] = {
        {"line", m->line}, {"column", m->column}, {"length", m->length}};
    for (size_t i = 0; i < COUNT_OF(places); i++) {
        put_name(t, places[i].name);
        if (places[i].value) put_number(t, (double)places[i].value);
        else text_puts(t, "null");
    }
    text_puts(t, "}");
}

/* --------------------------------------------------------------------- the end */

/* A list or object that was put together, or nothing. */
static const char *all_of(const text *t) {
    return t->len ? t->at : "";
}

const char *json_without_memory(void) {
    asked = false;
    return "{\"dfoo\":\"" DFOO_VERSION "\", \"command\":null, \"status\":\"wrong\", \"result\":null, "
           "\"messages\":[{\"kind\":\"error\", \"text\":\"out of memory\", \"suggestion\":\"\", "
           "\"file\":null, \"line\":null, \"column\":null, \"length\":null}]}";
}

char *json_finish(const char *command, dfoo_status status) {
    text whole = {NULL, 0, 0, false};
    if (output.len) {
        put_name(&result, "text");
        text_put_quoted(&result, output.at);
    }
    text_puts(&whole, "{");
    put_name(&whole, "dfoo");
    text_put_quoted(&whole, dfoo_version());
    put_name(&whole, "command");
    put_quoted_or_null(&whole, command);
    put_name(&whole, "status");
    text_put_quoted(&whole, status == DFOO_OK ? "ok" : status == DFOO_NO ? "no" : "wrong");
    put_name(&whole, "result");
    text_puts(&whole, status > DFOO_NO ? "null" : "{");
    if (status <= DFOO_NO) text_puts(&whole, all_of(&result));
    text_puts(&whole, status > DFOO_NO ? ", \"messages\":[" : "}, \"messages\":[");
    text_puts(&whole, all_of(&messages));
    text_puts(&whole, "]}");
    whole.failed = whole.failed || result.failed || messages.failed || output.failed;
    free(result.at);
    free(messages.at);
    free(output.at);
    asked = false;
    if (whole.failed) free(whole.at);
    return whole.failed ? NULL : whole.at;
}
