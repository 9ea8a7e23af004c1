/* What does not go together in a request, by the table in together.def. */
#include "cli.h"

#include <limits.h>
#include <string.h>

static const option *option_named(const command *c, const char *name, size_t len) {
    EACH_OPTION(o, c)
        if (is_word(o->name, name, len)) return o;
    return NULL;
}

/* Does an option have this value: a CHOICE its word, given or not, a text the same text? */
static bool has_value(const option *o, const request *r, const char *value, size_t len) {
    const void *at = (const char *)r + o->at;
    const char *word = o->type == TYPE_CHOICE ? NULL : *(const char *const *)at;
    if (o->type != TYPE_CHOICE) return word && is_word(word, value, len);
    size_t n = 0;
    option_word(o, (size_t)*(const int *)at, &word, &n);
    return n == len && memcmp(word, value, len) == 0;
}

static bool is_argument(char c) {
    return c == '1' || c == '2';
}

/* "split", "format=latex", "1", "1:model" */
static bool fact(const command *c, const request *r, const char *text, size_t len) {
    if (is_argument(*text)) {
        const char *arg = r->args[*text - '1'];
        bool        page = len > 2 && text[2] == 'p';
        return arg && (len == 1 || (page ? is_page(arg) : is_model(arg)));
    }
    size_t        name = strcspn(text, "= |");
    const option *o = option_named(c, text, name);
    if (!o) return false;
    return name < len ? has_value(o, r, text + name + 1, len - name - 1) : r->given[option_number(o)];
}

/* "!a|b": one of them, or none. */
static bool holds(const command *c, const request *r, const char *text, size_t len) {
    bool        negated = *text == '!', found = false;
    const char *end = text + len;
    for (text += negated; text < end && !found;) {
        size_t n = strcspn(text, "| ");
        found = fact(c, r, text, n);
        text += n + 1;
    }
    return found != negated;
}

static bool all_hold(const command *c, const request *r, const char *when) {
    while (*when) {
        size_t n = strcspn(when, " ");
        if (!holds(c, r, when, n)) return false;
        when += n + (when[n] == ' ');
    }
    return true;
}

bool was_given(const request *r, command_id command, const char *name) {
    const option *o = option_named(command_at(command), name, strlen(name));
    return o && r->given[option_number(o)];
}

/* The message with the arguments in it. */
static dfoo_status say_wrong(const request *r, const char *message) {
    char   text[1024];
    size_t len = 0;
    for (; *message && len + 1 < sizeof text; message++) {
        const char *arg = message[0] == '{' && is_argument(message[1]) ? r->args[message[1] - '1'] : NULL;
        int         most = arg ? INT_MAX : 1;
        len += (size_t)snprintf(text + len, sizeof text - len, "%.*s", most, arg ? arg : message);
        if (arg) message += 2;
    }
    return wrong("%s", text);
}

dfoo_status together_check(const command *c, const request *r) {
    for (size_t i = 0; combination_at(i); i++) {
        const combination *x = combination_at(i);
        if (x->commands & 1u << c->id && all_hold(c, r, x->when)) return say_wrong(r, x->message);
    }
    return DFOO_OK;
}
