/* The words behind a command's name, read by the command's table of options.
 *
 * --name VALUE and --name=VALUE, for a letter -o VALUE and -o=VALUE; options and arguments in
 * any order; behind -- there are arguments only. FILE.toml has more of them (config.c). The first mistake
 * ends it, with one message that says what was found and what would fit. */
#include "cli.h"

#include <limits.h>
#include <stdlib.h>
#include <string.h>

typedef struct parser {
    const command *c;
    char         **rest; /* the words that are not read yet */
    request       *r;
    size_t         n_args;
    bool           stdin_taken;
} parser;

/* The length of the option in a word, without its value. */
static int spelled(const char *word) {
    return (int)strcspn(word, "=");
}

/* The option that a word means, and the value that hangs on it or NULL. */
static const option *find_option(const command *c, const char *word, const char **value) {
    size_t len = (size_t)spelled(word);
    *value = word[len] ? word + len + 1 : NULL;
    EACH_OPTION(o, c) {
        if (len == 2 && word[1] == o->letter) return o;
        if (len <= 2 || word[1] != '-') continue;
        if (is_word(o->name, word + 2, len - 2) || is_word(o->alias, word + 2, len - 2)) return o;
    }
    return NULL;
}

/* The field of the request that an option fills. */
static void *field(const parser *p, size_t at) {
    return (char *)p->r + at;
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
    EACH_OPTION(o, c) {
        guess_try(&g, o->name);
        if (o->alias) guess_try(&g, o->alias);
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

/* "a, b or c" */
static void say_choices(const option *o, char *text, size_t size) {
    const char *word, *next;
    size_t      n, n_next, len = 0;
    bool        more = option_word(o, 0, &next, &n_next);
    for (size_t i = 1; more && len < size; i++) {
        word = next;
        n = n_next;
        more = option_word(o, i, &next, &n_next);
        len += (size_t)snprintf(text + len, size - len, "%s%.*s", i == 1 ? "" : more ? ", " : " or ",
                                (int)n, word);
    }
}

/* What an option takes, in words. */
static const char *what_fits(const option *o, char *text, size_t size) {
    if (o->type == TYPE_CHOICE) {
        say_choices(o, text, size);
        return text;
    }
    if (o->type == TYPE_NUMBER) {
        char below[32] = "";
        if (o->below > 0) snprintf(below, sizeof below, " and below %g", o->below);
        snprintf(text, size, o->zero ? "a number from 0 on%s" : "a number above 0%s", below);
        return text;
    }
    if (o->type == TYPE_BYTES) return "a number of bytes, as in 500M or 4G";
    return o->type == TYPE_WHOLE || o->zero ? "a whole number from 0 on" : "a whole number from 1 on";
}

static dfoo_status unfit(const option *o, const char *value) {
    char fits[128];
    bool whole = o->type != TYPE_CHOICE && o->type != TYPE_NUMBER && o->type != TYPE_BYTES;
    bool too_large = whole && strspn(value, "0123456789") > 18;
    return wrong("--%s takes %s, not \"%s\"%s", o->name, what_fits(o, fits, sizeof fits), value,
                 too_large ? ": too large" : "");
}

/* ------------------------------------------------------------------- values */

static dfoo_status take_choice(const option *o, const char *value, int *to) {
    const char *word;
    size_t      len;
    for (size_t i = 0; option_word(o, i, &word, &len); i++) {
        if (!is_word(value, word, len)) continue;
        *to = (int)i;
        return DFOO_OK;
    }
    return unfit(o, value);
}

/* Where 0 fits it is not what it is if nothing was given, which has to be said. */
static bool fits_zero(const parser *p, const option *o, double x) {
    if (x == 0 && o->zero) p->r->train.zeros |= o->zero;
    return x != 0 || o->zero;
}

static dfoo_status take_number(const parser *p, const option *o, const char *value, double *to) {
    double x;
    if (!parse_number(value, &x) || x < 0 || !fits_zero(p, o, x) || (o->below > 0 && x >= o->below))
        return unfit(o, value);
    *to = x;
    return DFOO_OK;
}

/* More threads or steps than an unsigned holds are as good as the most. */
static dfoo_status take_whole(const parser *p, const option *o, const char *value, void *to) {
    uint64_t n;
    bool     any = o->type == TYPE_WHOLE;
    if (!parse_whole(value, &n) || (!any && (!fits_zero(p, o, (double)n) || (size_t)n != n)))
        return unfit(o, value);
    if (any) *(uint64_t *)to = n;
    else if (o->type == TYPE_COUNT) *(size_t *)to = (size_t)n;
    else *(unsigned *)to = n < UINT_MAX ? (unsigned)n : UINT_MAX;
    return DFOO_OK;
}

static dfoo_status take_bytes(const option *o, const char *value, uint64_t *to) {
    return parse_bytes(value, to) ? DFOO_OK : unfit(o, value);
}

static dfoo_status take_word(words *list, const char *value) {
    const char **at = realloc(list->at, (list->n + 2) * sizeof *at);
    if (!at) return DFOO_ENOMEM;
    list->at = at;
    at[list->n++] = value;
    at[list->n] = NULL;
    return DFOO_OK;
}

/* The library wants the first file apart from a list of the others, which stand behind it here. */
static words files_of(const parser *p, const option *o) {
    const char *const **rest = field(p, o->rest);
    words               list = {.at = *rest ? (const char **)(*rest - 1) : NULL};
    while (list.at && list.at[list.n]) list.n++;
    return list;
}

static dfoo_status take_file(const parser *p, const option *o, const char *value) {
    words       list = files_of(p, o);
    dfoo_status status = take_word(&list, value);
    if (status != DFOO_OK) return status;
    *(const char **)field(p, o->at) = list.at[0];
    *(const char *const **)field(p, o->rest) = list.at + 1;
    return DFOO_OK;
}

static dfoo_status take_joined(const char **text, const char *value) {
    size_t len = *text ? strlen(*text) : 0, more = strlen(value);
    char  *longer = realloc((char *)*text, len + more + 2);
    if (!longer) return DFOO_ENOMEM;
    if (len) longer[len++] = ',';
    memcpy(longer + len, value, more + 1);
    *text = longer;
    return DFOO_OK;
}

static dfoo_status take_value(const parser *p, const option *o, const char *value) {
    void *to = field(p, o->at);
    bool  text = o->type == TYPE_TEXT || option_repeats(o);
    if (text && !*value) return wrong("the value of --%s is empty; it takes %s", o->name, o->value);
    switch (o->type) {
    case TYPE_CHOICE: return take_choice(o, value, to);
    case TYPE_NUMBER: return take_number(p, o, value, to);
    case TYPE_BYTES: return take_bytes(o, value, to);
    case TYPE_WORDS: return take_word(to, value);
    case TYPE_FILES: return take_file(p, o, value);
    case TYPE_JOINED: return take_joined(to, value);
    case TYPE_TEXT: *(const char **)to = value; return DFOO_OK;
    default: return take_whole(p, o, value, to);
    }
}

const option *option_called(const command *c, const char *name) {
    EACH_OPTION(o, c)
        if (strcmp(o->name, name) == 0 || (o->alias && strcmp(o->alias, name) == 0)) return o;
    return NULL;
}

dfoo_status option_give(const command *c, const option *o, const char *value, request *r) {
    parser p = {.c = c, .r = r};
    r->given[option_number(o)] = true;
    return take_value(&p, o, value);
}

void option_flag(const option *o, request *r) {
    r->given[option_number(o)] = true;
    *(int *)((char *)r + o->at) = 1;
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

static dfoo_status no_value(const parser *p, const option *o, const char *word) {
    const char *next = *p->rest ? *p->rest : "";
    return wrong("%.*s needs a value: %.*s %s%s%s", spelled(word), word, spelled(word), word, o->value,
                 *next ? ", not " : "", next);
}

static dfoo_status read_option(parser *p, const char *word) {
    const char   *value;
    const option *o = find_option(p->c, word, &value);
    if (!o) return unknown_option(p->c, word);
    bool *given = &p->r->given[option_number(o)];
    if (*given && !option_repeats(o)) return wrong("--%s is given twice", o->name);
    *given = true;
    if (o->type == TYPE_FLAG) {
        if (value) return wrong("--%s takes no value; \"%s\" is one too many", o->name, value);
        option_flag(o, p->r);
        return DFOO_OK;
    }
    if (!value) value = next_value(p);
    if (!value) return no_value(p, o, word);
    dfoo_status status = take_value(p, o, value);
    return status == DFOO_OK && o->reads ? take_stdin(p, value) : status;
}

static dfoo_status read_argument(parser *p, const char *word) {
    const command *c = p->c;
    if (p->n_args == c->most) {
        return wrong("\"%s\" is one too many: dfoo %s takes %s (`dfoo help %s`)", word, c->name,
                     c->arguments[0] ? c->arguments : "options only", c->name);
    }
    if (!*word) return wrong("an argument of dfoo %s is empty; it takes %s", c->name, c->arguments);
    p->r->args[p->n_args++] = word;
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
    char models[HELP_SIZE];
    return wrong("dfoo %s needs %s; MODEL is a file, - for standard input, or built in: %s", c->name,
                 c->arguments, list_words(DFOO_MODELS, models));
}

static dfoo_status missing_option(const command *c, const option *o) {
    if (o->letter) return wrong("dfoo %s needs -%c %s: %s", c->name, o->letter, o->value, o->help);
    return wrong("dfoo %s needs --%s %s: %s", c->name, o->name, o->value, o->help);
}

dfoo_status options_parse(const command *c, char **words, request *out) {
    parser      p = {.c = c, .rest = words, .r = out};
    dfoo_status status = read_words(&p);
    if (status != DFOO_OK) return status;
    return p.n_args < c->least ? missing_argument(c) : DFOO_OK;
}

dfoo_status options_complete(const command *c, const request *r) {
    EACH_OPTION(o, c)
        if (o->required && !r->given[option_number(o)]) return missing_option(c, o);
    return together_check(c, r);
}

void options_free(const command *c, request *r) {
    const parser p = {.c = c, .r = r};
    free(r->config_text);
    EACH_OPTION(o, c) {
        if (o->type == TYPE_JOINED) free((char *)*(const char **)field(&p, o->at));
        if (o->type == TYPE_WORDS) free(((words *)field(&p, o->at))->at);
        if (o->type == TYPE_FILES) free(files_of(&p, o).at);
    }
}
