/* A command line as a file, of the lines of TOML that options need:
 *
 *   learning-rate = 0.1       the name of an option, and a number, a text, true or false,
 *   set = ["n1=20"]           or a list of them, in one line
 *   model = "two_layer"       the argument
 *
 * What is written is read back as the same words, so that a run can be repeated from what it keeps. */
#include "cli.h"
#include "text.h"

#include <ctype.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>

/* ------------------------------------------------------------------- writing */

/* What a line of a file cannot hold is escaped. */
static void put_quoted(text *t, const char *what) {
    text_puts(t, "\"");
    for (; *what; what++) {
        char escaped[8];
        bool control = (unsigned char)*what < ' ' || *what == 127;
        if (*what == '"' || *what == '\\') text_put(t, "\\", 1);
        snprintf(escaped, sizeof escaped, "\\u%04X", (unsigned)(unsigned char)*what);
        if (control) text_puts(t, escaped);
        else text_put(t, what, 1);
    }
    text_puts(t, "\"");
}

static void put_whole(text *t, uint64_t x) {
    char digits[24];
    snprintf(digits, sizeof digits, "%llu", (unsigned long long)x);
    text_puts(t, digits);
}

/* In as few digits as give the same number. */
static void put_number(text *t, double x) {
    char digits[40];
    for (int n = 1; n <= 17; n++) {
        snprintf(digits, sizeof digits, "%.*g", n, x);
        if (strtod(digits, NULL) == x) break;
    }
    text_puts(t, digits);
}

static void put_list(text *t, const char *first, const char *const *rest) {
    text_puts(t, "[");
    if (first) put_quoted(t, first);
    for (; rest && *rest; rest++) {
        if (t->len && t->at[t->len - 1] != '[') text_puts(t, ", ");
        put_quoted(t, *rest);
    }
    text_puts(t, "]");
}

static void put_value(text *t, const option *o, const request *r) {
    const char *at = (const char *)r + o->at, *word = "";
    size_t      len = 0;
    switch (o->type) {
    case TYPE_FLAG: text_puts(t, "true"); return;
    case TYPE_COUNT: put_whole(t, *(const size_t *)at); return;
    case TYPE_UNSIGNED: put_whole(t, *(const unsigned *)at); return;
    // cppcheck-suppress invalidPointerCast ; the field is one
    case TYPE_NUMBER: put_number(t, *(const double *)at); return;
    case TYPE_WORDS: put_list(t, NULL, ((const words *)at)->at); return;
    case TYPE_FILES:
        put_list(t, *(const char *const *)at, *(const char *const *const *)((const char *)r + o->rest));
        return;
    case TYPE_WHOLE:
    case TYPE_BYTES: put_whole(t, *(const uint64_t *)at); return;
    case TYPE_CHOICE:
        option_word(o, (size_t)*(const int *)at, &word, &len);
        text_puts(t, "\"");
        text_put(t, word, len);
        text_puts(t, "\"");
        return;
    default: put_quoted(t, *(const char *const *)at);
    }
}

char *config_write(const command *c, const request *r) {
    text t = {NULL, 0, 0, false};
    text_puts(&t, "# dfoo " DFOO_VERSION ": dfoo ");
    text_puts(&t, c->name);
    text_puts(&t, " FILE.toml does this again\nmodel = ");
    put_quoted(&t, r->args[0]);
    text_puts(&t, "\n");
    EACH_OPTION(o, c) {
        if (!r->given[option_number(o)] || o->passing) continue;
        text_puts(&t, o->name);
        text_puts(&t, " = ");
        put_value(&t, o, r);
        text_puts(&t, "\n");
    }
    if (t.failed) free(t.at);
    return t.failed ? NULL : t.at;
}

/* ------------------------------------------------------------------- reading */

typedef enum { A_TEXT, A_NUMBER, A_FLAG } kind;

typedef struct reader {
    const command *c;
    request       *r;
    char          *at; /* what is not read yet of the line */
} reader;

static void skip_blanks(reader *k) {
    while (*k->at == ' ' || *k->at == '\t' || *k->at == '\r') k->at++;
}

static bool is_end(reader *k) {
    skip_blanks(k);
    return !*k->at || *k->at == '#';
}

/* "\u0041" and the like, in place; false: there is none of the kind. */
static bool take_escape(char **from, char **to) {
    static const char signs[] = "\"\\ntr", means[] = "\"\\\n\t\r";
    const char       *sign = strchr(signs, **from);
    if (sign && *sign) {
        *(*to)++ = means[sign - signs];
        (*from)++;
        return true;
    }
    char digits[5] = "";
    if (**from != 'u' || strspn(*from + 1, "0123456789abcdefABCDEF") < 4) return false;
    memcpy(digits, *from + 1, 4);
    unsigned long code = strtoul(digits, NULL, 16);
    if (code == 0 || code > 127) return false;
    *(*to)++ = (char)code;
    *from += 5;
    return true;
}

static dfoo_status read_quoted(reader *k, const char **out) {
    char  sign = *k->at++;
    char *from = k->at, *to = k->at;
    *out = k->at;
    while (*from && *from != sign) {
        if (*from != '\\' || sign == '\'') {
            *to++ = *from++;
            continue;
        }
        from++;
        if (!take_escape(&from, &to)) return wrong("a text has \\%c in it, which means nothing here", *from);
    }
    if (!*from) return wrong("a text that begins with %c does not end in this line", sign);
    k->at = from + 1;
    *to = 0;
    return DFOO_OK;
}

/* A word without quotes: a number, true, false. What ends it is overwritten, and kept in *behind. */
static dfoo_status read_plain(reader *k, const char **out, kind *what, char *behind) {
    char  *end = k->at + strcspn(k->at, ",]# \t\r");
    double x;
    *out = k->at;
    *behind = *end;
    *end = 0;
    k->at = end;
    *what = strcmp(*out, "true") == 0 || strcmp(*out, "false") == 0 ? A_FLAG : A_NUMBER;
    if (*what == A_FLAG || parse_number(*out, &x)) return DFOO_OK;
    return wrong("a value is a text in quotes, a number, true or false, not %s", **out ? *out : "nothing");
}

/* The words that options take. */
static const char *takes_what(const option *o) {
    switch (o->type) {
    case TYPE_FLAG: return "true or false";
    case TYPE_COUNT:
    case TYPE_UNSIGNED:
    case TYPE_WHOLE:
    case TYPE_NUMBER: return "a number";
    default: return "a text in quotes";
    }
}

static bool fits(const option *o, kind what) {
    bool number = o->type == TYPE_COUNT || o->type == TYPE_UNSIGNED || o->type == TYPE_WHOLE ||
                  o->type == TYPE_NUMBER;
    if (o->type == TYPE_FLAG) return what == A_FLAG;
    return number ? what == A_NUMBER : what == A_TEXT || (what == A_NUMBER && o->type == TYPE_BYTES);
}

/* o: NULL: the model. */
static dfoo_status take(reader *k, const option *o, const char *value, kind what) {
    if (!o && what != A_TEXT) return wrong("model takes a text in quotes");
    if (!o) {
        k->r->args[0] = value;
        return DFOO_OK;
    }
    if (!fits(o, what)) return wrong("%s takes %s, not %s", o->name, takes_what(o), value);
    if (what != A_FLAG) return option_give(k->c, o, value, k->r);
    if (strcmp(value, "true") == 0) option_flag(o, k->r);
    return DFOO_OK;
}

/* One value; what stands behind it is put back. */
static dfoo_status read_value(reader *k, const option *o) {
    const char *value;
    kind        what = A_TEXT;
    char        behind = 0, *end;
    dfoo_status status;
    skip_blanks(k);
    if (*k->at == '"' || *k->at == '\'') {
        status = read_quoted(k, &value);
        return status == DFOO_OK ? take(k, o, value, what) : status;
    }
    status = read_plain(k, &value, &what, &behind);
    end = k->at;
    if (status == DFOO_OK) status = take(k, o, value, what);
    *end = behind;
    return status;
}

static dfoo_status read_list(reader *k, const option *o) {
    if (!o || !option_repeats(o)) return wrong("%s takes one value, and no list", o ? o->name : "model");
    k->at++;
    skip_blanks(k);
    while (*k->at && *k->at != ']') {
        dfoo_status status = read_value(k, o);
        if (status != DFOO_OK) return status;
        skip_blanks(k);
        if (*k->at != ',' && *k->at != ']') break;
        k->at += *k->at == ',';
        skip_blanks(k);
    }
    if (*k->at != ']') return wrong("a list that begins with [ does not end with ] in this line");
    k->at++;
    return DFOO_OK;
}

static dfoo_status unknown_key(const command *c, const char *key) {
    guess g = {.word = key};
    guess_try(&g, "model");
    EACH_OPTION(o, c) guess_try(&g, o->name);
    if (g.best) return wrong("dfoo %s has no option %s; did you mean %s?", c->name, key, g.best);
    return wrong("dfoo %s has no option %s; `dfoo help %s` lists what there is", c->name, key, c->name);
}

/* The name in front of "="; cut off there. */
static dfoo_status read_key(reader *k, const char **out) {
    size_t len = 0;
    if (*k->at == '[') return wrong("sections as in %s are not needed: lines are NAME = VALUE", k->at);
    while (isalnum((unsigned char)k->at[len]) || k->at[len] == '-' || k->at[len] == '_') len++;
    char *equals = k->at + len + strspn(k->at + len, " \t");
    if (!len || *equals != '=') return wrong("a line is NAME = VALUE, as in learning-rate = 0.1");
    k->at[len] = 0;
    *out = k->at;
    k->at = equals + 1;
    return DFOO_OK;
}

static dfoo_status read_pair(reader *k, const bool *on_line, bool *in_file) {
    const char *key = "";
    dfoo_status status = read_key(k, &key);
    if (status != DFOO_OK) return status;
    bool          model = strcmp(key, "model") == 0;
    const option *o = model ? NULL : option_called(k->c, key);
    if (!o && !model) return unknown_key(k->c, key);
    bool *seen = &in_file[o ? option_number(o) : MAX_OPTIONS];
    if (*seen) return wrong("%s stands here a second time", key);
    *seen = true;
    if (o && on_line[option_number(o)]) return DFOO_OK; /* what the command line says goes before the file */
    skip_blanks(k);
    status = *k->at == '[' ? read_list(k, o) : read_value(k, o);
    if (status != DFOO_OK || is_end(k)) return status;
    return wrong("behind the value of %s stands %s", key, k->at);
}

static dfoo_status read_lines(const command *c, const char *path, char *lines, request *r) {
    bool        on_line[MAX_OPTIONS], in_file[MAX_OPTIONS + 1] = {false};
    dfoo_status status = DFOO_OK;
    memcpy(on_line, r->given, sizeof on_line);
    r->args[0] = NULL;
    for (size_t line = 1; lines && status == DFOO_OK; line++) {
        char *next = strchr(lines, '\n');
        if (next) *next++ = 0;
        reader k = {.c = c, .r = r, .at = lines};
        wrong_at(path, line);
        if (!is_end(&k)) status = read_pair(&k, on_line, in_file);
        lines = next;
    }
    wrong_at(NULL, 0);
    if (status == DFOO_OK && !r->args[0])
        return wrong("%s says no model: it needs a line model = \"..\"", path);
    return status;
}

enum { MOST = 1 << 20 }; /* bytes of a file of options */

/* Is it a text of a sensible length? */
static bool check_text(const char *path, const char *at, size_t n) {
    if (n > MOST) wrong("%s is longer than a megabyte: it is no file of options", path);
    else if (memchr(at, 0, n)) wrong("%s is no text: a byte of it is 0", path);
    return n <= MOST && !memchr(at, 0, n);
}

/* Reads the whole file; false: said. */
static bool read_into(const char *path, char *at) {
    FILE *f = fopen(path, "rb");
    if (!f) return failed("read", path, errno) == DFOO_OK;
    size_t n = fread(at, 1, MOST + 1, f);
    int    error = ferror(f) ? errno : 0;
    fclose(f);
    if (error) return failed("read", path, error) == DFOO_OK;
    at[n <= MOST ? n : MOST] = 0;
    return check_text(path, at, n);
}

bool is_config(const char *path) {
    return ends_with(path, ".toml");
}

dfoo_status config_read(const command *c, request *r) {
    const char *path = r->args[0];
    r->config_text = malloc(MOST + 2);
    if (!r->config_text) return DFOO_ENOMEM;
    return read_into(path, r->config_text) ? read_lines(c, path, r->config_text, r) : DFOO_EINPUT;
}
