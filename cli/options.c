/* The words behind a command's name, read by the command's table of options.
 *
 * --name VALUE and --name=VALUE, for a letter -o VALUE and -o=VALUE; options and arguments in
 * any order; behind -- there are arguments only. The first mistake ends it, with one message
 * that says what was found and what would fit. */
#include "cli.h"

#include <stdlib.h>
#include <string.h>

typedef struct parser {
    const command *c;
    char         **rest; /* the words that are not read yet */
    const char   **args;
    size_t         n_args;
    uint64_t       given; /* bit i: option i was given */
    bool           stdin_taken;
} parser;

/* The length of the option in a word, without its value. */
static int spelled(const char *word) {
    return (int)strcspn(word, "=");
}

static bool is_name(const char *name, const char *word, size_t len) {
    return name && strlen(name) == len && memcmp(name, word, len) == 0;
}

/* The option that a word means, and the value that hangs on it or NULL. */
static const option *find_option(const command *c, const char *word, const char **value) {
    size_t len = (size_t)spelled(word);
    *value = word[len] ? word + len + 1 : NULL;
    for (size_t i = 0; i < c->n_options; i++) {
        const option *o = &c->options[i];
        if (len == 2 && word[1] == o->letter) return o;
        if (len > 2 && word[1] == '-' &&
            (is_name(o->name, word + 2, len - 2) || is_name(o->alias, word + 2, len - 2)))
            return o;
    }
    return NULL;
}

/* ------------------------------------------------------------ what is wrong */

static const command *command_with(const char *word) {
    const char *value;
    for (size_t i = 0; command_at(i); i++) {
        if (find_option(command_at(i), word, &value)) return command_at(i);
    }
    return NULL;
}

static dfoo_status unknown_option(const command *c, const char *word) {
    char  name[64];
    int   len = spelled(word), dashes = (int)strspn(word, "-");
    guess g = {.word = name};
    snprintf(name, sizeof name, "%.*s", len - dashes, word + dashes);
    for (size_t i = 0; i < c->n_options; i++) {
        guess_try(&g, c->options[i].name);
        if (c->options[i].alias) guess_try(&g, c->options[i].alias);
    }
    if (g.best) return wrong("dfoo %s has no option %.*s; did you mean --%s?", c->name, len, word, g.best);
    const command *other = command_with(word);
    if (other) {
        return wrong("dfoo %s has no option %.*s (dfoo %s has); `dfoo help %s` lists what there is", c->name,
                     len, word, other->name, c->name);
    }
    return wrong("dfoo %s has no option %.*s; `dfoo help %s` lists what there is", c->name, len, word,
                 c->name);
}

/* "a|b|c" -> "a, b or c" */
static void say_choices(const char *choices, char *text, size_t size) {
    size_t len = 0;
    for (; *choices && len + 5 < size; choices++) {
        if (*choices != '|') {
            text[len++] = *choices;
        } else {
            len += (size_t)snprintf(text + len, size - len, "%s", strchr(choices + 1, '|') ? ", " : " or ");
        }
    }
    text[len] = 0;
}

static dfoo_status unfit(const option *o, const char *value) {
    char fits[128];
    if (o->choice) {
        say_choices(o->value, fits, sizeof fits);
    } else if (o->number && o->below > 0) {
        snprintf(fits, sizeof fits, "a number above 0 and below %g", o->below);
    } else {
        snprintf(fits, sizeof fits, "%s",
                 o->number  ? "a number above 0"
                 : o->count ? "a whole number from 1 on"
                            : "a whole number from 0 on");
    }
    bool too_large = (o->count || o->seed) && strspn(value, "0123456789") > 18;
    return wrong("--%s takes %s, not \"%s\"%s", o->name, fits, value, too_large ? ": too large" : "");
}

/* ------------------------------------------------------------------- values */

static dfoo_status take_choice(const option *o, const char *value) {
    size_t len = strlen(value);
    int    i = 0;
    for (const char *word = o->value; *word; i++) {
        size_t n = strcspn(word, "|");
        if (n == len && memcmp(word, value, n) == 0) {
            *o->choice = i;
            return DFOO_OK;
        }
        word += n + (word[n] == '|');
    }
    return unfit(o, value);
}

static dfoo_status take_number(const option *o, const char *value) {
    double x;
    if (!parse_number(value, &x) || x <= 0 || (o->below > 0 && x >= o->below)) return unfit(o, value);
    *o->number = x;
    return DFOO_OK;
}

static dfoo_status take_whole(const option *o, const char *value) {
    uint64_t n;
    if (!parse_whole(value, &n) || (o->count && (n == 0 || (size_t)n != n))) return unfit(o, value);
    if (o->count)
        *o->count = (size_t)n;
    else
        *o->seed = n;
    return DFOO_OK;
}

static dfoo_status take_word(words *list, const char *value) {
    const char **at = realloc(list->at, (list->n + 2) * sizeof *at);
    if (!at) return DFOO_ENOMEM;
    list->at = at;
    at[list->n++] = value;
    at[list->n] = NULL;
    return DFOO_OK;
}

static dfoo_status take_joined(char **text, const char *value) {
    size_t len = *text ? strlen(*text) : 0, more = strlen(value);
    char  *longer = realloc(*text, len + more + 2);
    if (!longer) return DFOO_ENOMEM;
    if (len) longer[len++] = ',';
    memcpy(longer + len, value, more + 1);
    *text = longer;
    return DFOO_OK;
}

static dfoo_status take_value(const option *o, const char *value) {
    if (o->choice) return take_choice(o, value);
    if (o->number) return take_number(o, value);
    if (o->count || o->seed) return take_whole(o, value);
    if (!*value) return wrong("the value of --%s is empty; it takes %s", o->name, o->value);
    if (o->list) return take_word(o->list, value);
    if (o->joined) return take_joined(o->joined, value);
    *o->text = value;
    return DFOO_OK;
}

/* Standard input has one reader. */
static dfoo_status take_stdin(parser *p, const char *path) {
    if (strcmp(path, "-") != 0) return DFOO_OK;
    if (p->stdin_taken)
        return wrong("standard input (-) can be read once only; give one of the two as a file");
    p->stdin_taken = true;
    return DFOO_OK;
}

/* -------------------------------------------------------------------- words */

/* The next word, unless it is an option. A negative number is a value, and so is "-". */
static const char *next_value(parser *p) {
    const char *word = *p->rest, *hanging;
    if (!word || (word[0] == '-' && word[1] == '-')) return NULL;
    if (word[0] == '-' && word[1] && find_option(p->c, word, &hanging)) return NULL;
    p->rest++;
    return word;
}

static dfoo_status read_option(parser *p, const char *word) {
    const char   *value;
    const option *o = find_option(p->c, word, &value);
    if (!o) return unknown_option(p->c, word);
    uint64_t bit = UINT64_C(1) << (o - p->c->options);
    if ((p->given & bit) && !o->list && !o->joined) return wrong("--%s is given twice", o->name);
    p->given |= bit;
    if (o->flag) {
        if (value) return wrong("--%s takes no value; \"%s\" is one too many", o->name, value);
        *o->flag = true;
        return DFOO_OK;
    }
    if (!value) value = next_value(p);
    if (!value) {
        return wrong("%.*s needs a value: %.*s %s%s%s", spelled(word), word, spelled(word), word, o->value,
                     *p->rest ? ", not " : "", *p->rest ? *p->rest : "");
    }
    dfoo_status status = take_value(o, value);
    return status == DFOO_OK && o->reads ? take_stdin(p, value) : status;
}

static dfoo_status read_argument(parser *p, const char *word) {
    const command *c = p->c;
    if (p->n_args == c->most) {
        return wrong("\"%s\" is one too many: dfoo %s takes %s (`dfoo help %s`)", word, c->name,
                     c->arguments[0] ? c->arguments : "options only", c->name);
    }
    if (!*word) return wrong("an argument of dfoo %s is empty; it takes %s", c->name, c->arguments);
    p->args[p->n_args++] = word;
    return p->n_args == 1 ? take_stdin(p, word) : DFOO_OK;
}

/* – and — come with text that was copied from a page. */
static bool is_dash_of_a_page(const char *word) {
    return strncmp(word, "\xE2\x80\x93", 3) == 0 || strncmp(word, "\xE2\x80\x94", 3) == 0;
}

static dfoo_status read_words(parser *p) {
    bool        only_args = false;
    dfoo_status status = DFOO_OK;
    while (*p->rest && status == DFOO_OK) {
        const char *word = *p->rest++;
        if (only_args || word[0] != '-' || !word[1]) {
            status = !only_args && is_dash_of_a_page(word)
                         ? wrong("\"%s\" begins with a typographic dash; write --%s", word, word + 3)
                         : read_argument(p, word);
        } else if (strcmp(word, "--") == 0) {
            only_args = true;
        } else {
            status = read_option(p, word);
        }
    }
    return status;
}

static dfoo_status missing_argument(const command *c) {
    if (strncmp(c->arguments, "MODEL", 5) != 0) return wrong("dfoo %s needs %s", c->name, c->arguments);
    char models[NAMES_SIZE];
    return wrong("dfoo %s needs %s; MODEL is a file, - for standard input, or built in: %s", c->name,
                 c->arguments, builtin_names(models));
}

static dfoo_status missing_option(const command *c, const option *o) {
    if (o->letter) return wrong("dfoo %s needs -%c %s: %s", c->name, o->letter, o->value, o->help);
    return wrong("dfoo %s needs --%s %s: %s", c->name, o->name, o->value, o->help);
}

dfoo_status options_parse(const command *c, char **argv, const char **args) {
    parser p = {.c = c, .rest = argv, .args = args};
    for (size_t i = 0; i < MAX_ARGUMENTS; i++) args[i] = NULL;
    dfoo_status status = read_words(&p);
    if (status != DFOO_OK) return status;
    if (p.n_args < c->least) return missing_argument(c);
    for (size_t i = 0; i < c->n_options; i++) {
        const option *o = &c->options[i];
        if (o->required && !(p.given >> i & 1)) return missing_option(c, o);
    }
    return DFOO_OK;
}

void options_free(const command *c) {
    for (size_t i = 0; i < c->n_options; i++) {
        words *list = c->options[i].list;
        char **text = c->options[i].joined;
        if (text) free(*text);
        if (text) *text = NULL;
        if (!list) continue;
        free(list->at);
        *list = (words){.n = 0};
    }
}
