/* The tables of commands and options as data, and how they are looked through. */
#include "cli.h"

#include <stddef.h>
#include <string.h>

/* ------------------------------------------------------------------ commands */

static const command commands[N_COMMANDS] = {
#define COMMAND(ID, NAME, ARGUMENTS, LEAST, MOST, HEADINGS, SUMMARY, DETAILS)                                \
    {.id = COMMAND_##ID, .name = NAME, .arguments = ARGUMENTS, .least = LEAST, .most = MOST,              \
     .headings = HEADINGS, .summary = SUMMARY, .details = DETAILS},
#include "commands.def"
};

const command *command_at(size_t i) {
    return i < N_COMMANDS ? &commands[i] : NULL;
}

const command *command_find(const char *name) {
    for (size_t i = 0; i < N_COMMANDS; i++)
        if (strcmp(commands[i].name, name) == 0) return &commands[i];
    return NULL;
}

bool takes(const command *c, const char *argument) {
    return strstr(c->arguments, argument) != NULL;
}

/* ------------------------------------------------------------------- options */

/* The offset of a field that has this type. */
#define AT(TYPE, FIELD) _Generic(((request *)0)->FIELD, TYPE: offsetof(request, FIELD))
/* The same of one that is an enumeration. */
#define AT_ENUM(FIELD)                                                                                       \
    (offsetof(request, FIELD) + 0 * sizeof(char[sizeof ((request *)0)->FIELD == sizeof(int) ? 1 : -1]))

#define FLAG(FIELD) .type = TYPE_FLAG, .at = AT(int, FIELD)
#define TEXT(FIELD) .type = TYPE_TEXT, .at = AT(const char *, FIELD)
#define WORDS(FIELD) .type = TYPE_WORDS, .at = AT(words, FIELD)
#define FILES(FIRST, REST)                                                                                   \
    .type = TYPE_FILES, .at = AT(const char *, FIRST), .rest = AT(const char *const *, REST)
#define JOINED(FIELD) .type = TYPE_JOINED, .at = AT(const char *, FIELD)
#define COUNT(FIELD)                                                                                         \
    .type = _Generic(((request *)0)->FIELD, size_t: TYPE_COUNT, unsigned: TYPE_UNSIGNED),                    \
    .at = offsetof(request, FIELD)
#define WHOLE(FIELD) .type = TYPE_WHOLE, .at = AT(uint64_t, FIELD)
#define BYTES(FIELD) .type = TYPE_BYTES, .at = AT(uint64_t, FIELD)
#define NUMBER(FIELD) .type = TYPE_NUMBER, .at = AT(double, FIELD)
#define CHOICE(FIELD) .type = TYPE_CHOICE, .at = AT_ENUM(FIELD)

#define LETTER(C) .letter = C,
#define ALIAS(NAME) .alias = NAME,
#define REQUIRED .required = true,
#define READS .reads = true,
#define MAY_READ .may_read = true,
#define WRITES(WHAT) .writes = WRITES_##WHAT,
#define ENDINGS(WORDS_) .endings = WORDS_,
#define CHOOSES(WORDS_) .endings = WORDS_, .chooses = true,
#define PASSING .passing = true,
#define BELOW(X) .below = X,
#define ZERO(BIT) .zero = BIT,
#define LIST(WORDS_) .list = WORDS_ + 1,
#define MORE(TEXT_) .more = TEXT_,

static const option options[] = {
#define HEADING(TITLE) {.heading = TITLE},
#define OPTION(NAME, COMMANDS, TARGET, VALUE, HELP, ...)                                                     \
    {.name = NAME, .commands = COMMANDS, TARGET, .value = VALUE, .help = HELP, __VA_ARGS__},
#include "options.def"
};

_Static_assert(COUNT_OF(options) <= MAX_OPTIONS, "a request has room for this many options");

size_t option_number(const option *o) {
    return (size_t)(o - options);
}

const option *option_next(const command *c, const option *before) {
    for (size_t i = before ? option_number(before) + 1 : 0; i < COUNT_OF(options); i++)
        if (options[i].name && options[i].commands & 1u << c->id) return &options[i];
    return NULL;
}

const char *option_heading(const option *o) {
    while (o->name) o--;
    return o->heading;
}

bool option_takes_file(const option *o) {
    return o->value && strstr(o->value, "FILE");
}

bool option_repeats(const option *o) {
    return o->type == TYPE_WORDS || o->type == TYPE_FILES || o->type == TYPE_JOINED;
}

bool option_word(const option *o, size_t i, const char **word, size_t *len) {
    if (o->list) {
        *word = dfoo_word((dfoo_words)(o->list - 1), i);
        *len = *word ? strlen(*word) : 0;
        return *word != NULL;
    }
    if (o->type != TYPE_CHOICE) return false;
    const char *at = o->value;
    for (; i && at; i--) at = strchr(at, '|') ? strchr(at, '|') + 1 : NULL;
    *word = at;
    *len = at ? strcspn(at, "|") : 0;
    return at != NULL;
}

const char *option_text(const option *o, const char *text, char out[HELP_SIZE]) {
    char        list[HELP_SIZE];
    const char *gap = strstr(text, "{}");
    if (!gap || !o->list) return text;
    snprintf(out, HELP_SIZE, "%.*s%s%s", (int)(gap - text), text, list_words((dfoo_words)(o->list - 1), list),
             gap + 2);
    return out;
}

/* ------------------------------------------------------------- combinations */

static const combination combinations[] = {
#define WRONG(COMMANDS, WHEN, MESSAGE) {COMMANDS, WHEN, MESSAGE},
#include "together.def"
};

const combination *combination_at(size_t i) {
    return i < COUNT_OF(combinations) ? &combinations[i] : NULL;
}
