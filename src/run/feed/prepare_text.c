/* Rules of a preparation as lines of text, which a user may write as well:
 *
 *   age        : number, mean 38.6, sd 13.7, median 37
 *   bmi        : number, mean 27.9, sd 5.2, median 27.1, indicator
 *   income     : number, mean 0.11, sd 1.2, median 31000, log 12000
 *   sold       : days, mean 16500, sd 900, median 16432
 *   city       : words (Berlin | "Paris, Texas"), indicator
 *   "row : id" : left out, no value is there twice
 *   price      : target, mean 300012, sd 81234
 */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "run/feed/prepare.h"

static const char *const kinds[PREPARE_KINDS] = {"number", "words", "left out", "target"};

/* ------------------------------------------------------------------- writing */

static bool is_plain(const char *text) {
    size_t n = strlen(text);
    if (!n || text[0] == ' ' || text[n - 1] == ' ') return false;
    for (const char *p = text; *p; p++)
        if ((unsigned char)*p < ' ' || *p == 127 || strchr(":,|\"\\#()", *p)) return false;
    return true;
}

/* In quotes where it needs them; in them " and \ have a \ in front, control characters are \xNN. */
static void put_text(buf *b, const char *text) {
    if (is_plain(text)) {
        buf_puts(b, text);
        return;
    }
    buf_puts(b, "\"");
    for (const char *p = text; *p; p++) {
        if ((unsigned char)*p < ' ' || *p == 127)
            buf_printf(b, "\\x%02x", (unsigned)(unsigned char)*p);
        else
            buf_printf(b, "%s%c", *p == '"' || *p == '\\' ? "\\" : "", *p);
    }
    buf_puts(b, "\"");
}

static void put_number(buf *b, const char *what, double x) {
    if (isnan(x)) return;
    buf_printf(b, ", %s ", what);
    buf_number(b, x);
}

static void put_words(buf *b, const column_rule *x) {
    for (uint32_t i = 0; i < x->n_words; i++) {
        buf_puts(b, i ? " | " : " (");
        put_text(b, x->words[i]);
    }
    if (x->n_words) buf_puts(b, ")");
}

const char *prepare_line(arena *a, const column_rule *x) {
    buf b;
    buf_init(&b, a->mem);
    put_text(&b, x->name);
    buf_printf(&b, " : %s", x->days ? "days" : kinds[x->kind]);
    if (x->kind == PREPARE_WORDS) put_words(&b, x);
    if (x->as_is) buf_puts(&b, ", as it is");
    if (!x->as_is && (x->kind == PREPARE_NUMBER || x->kind == PREPARE_TARGET)) {
        put_number(&b, "mean", x->mean);
        put_number(&b, "sd", x->sd);
    }
    if (x->kind == PREPARE_NUMBER) put_number(&b, "median", x->median);
    if (x->log > 0) put_number(&b, "log", x->log);
    if (x->indicator) buf_puts(&b, ", indicator");
    if (x->kind == PREPARE_LEFT && x->why && x->why[0]) {
        buf_puts(&b, ", ");
        buf_visible(&b, x->why, strlen(x->why));
    }
    return buf_keep(&b, a);
}

/* ------------------------------------------------------------------- reading */

typedef struct reader {
    diags      *d;
    arena      *a;
    const char *from;
    size_t      line;
    const char *at; /* what is not read yet */
} reader;

static dfoo_status wrong(const reader *r, const char *what) {
    diag_alone(r->d, "%s:%zu: %s", r->from, r->line, what);
    diag_note(
        r->d,
        "a line is like `age : number`, `city : words (Berlin | Paris)`, `id : left out`, `price : target`");
    return r->d->a->failed ? DFOO_ENOMEM : DFOO_EINPUT;
}

static void skip(reader *r) {
    r->at += strspn(r->at, " \t\r");
}

static bool take(reader *r, const char *sign) {
    skip(r);
    size_t n = strlen(sign);
    if (strncmp(r->at, sign, n) != 0) return false;
    r->at += n;
    return true;
}

static int hex(char c) {
    return c >= '0' && c <= '9' ? c - '0' : c >= 'a' && c <= 'f' ? c - 'a' + 10 : -1;
}

/* A text in quotes, behind the first of them; NULL: they do not end. */
static const char *take_quoted(reader *r) {
    buf b;
    buf_init(&b, r->a->mem);
    for (; *r->at && *r->at != '"'; r->at++) {
        char c = *r->at;
        if (c == '\\' && r->at[1] == 'x' && hex(r->at[2]) >= 0 && hex(r->at[3]) >= 0) {
            c = (char)(hex(r->at[2]) * 16 + hex(r->at[3]));
            r->at += 3;
        } else if (c == '\\' && r->at[1]) {
            c = *++r->at;
        }
        if (c) buf_put(&b, &c, 1);
    }
    buf_puts(&b, "");
    const char *text = buf_keep(&b, r->a);
    return take(r, "\"") ? text : NULL;
}

/* A plain text up to one of the signs, or one in quotes; NULL: there is none. */
static const char *take_text(reader *r, const char *signs) {
    if (take(r, "\"")) return take_quoted(r);
    size_t n = strcspn(r->at, signs), len = n;
    while (len && (r->at[len - 1] == ' ' || r->at[len - 1] == '\t' || r->at[len - 1] == '\r')) len--;
    const char *text = len ? arena_text(r->a, r->at, len) : NULL;
    r->at += n;
    return text;
}

static dfoo_status read_words(reader *r, column_rule *out) {
    VEC(const char *) words = {0};
    do {
        const char *word = take_text(r, "|)");
        if (!word) return wrong(r, "a word is missing between ( and )");
        vec_push(r->a, &words, word);
    } while (take(r, "|"));
    if (!take(r, ")")) return wrong(r, "the ) behind the words is missing");
    out->n_words = words.n;
    out->words = words.at;
    return arena_status(r->a);
}

static bool take_number(reader *r, const char *what, double *out) {
    const char *before = r->at;
    char       *end;
    if (take(r, what)) {
        *out = strtod(r->at, &end);
        if (end > r->at && isfinite(*out)) {
            r->at = end;
            return true;
        }
    }
    r->at = before;
    return false;
}

static bool take_field(reader *r, column_rule *x) {
    bool scaled = x->kind == PREPARE_NUMBER || x->kind == PREPARE_TARGET;
    if (x->kind != PREPARE_TARGET && take(r, "indicator")) return x->indicator = true;
    if (scaled && take(r, "as it is")) return x->as_is = true;
    if (scaled && take_number(r, "mean ", &x->mean)) return true;
    if (scaled && take_number(r, "sd ", &x->sd)) return x->sd > 0;
    if (x->kind == PREPARE_NUMBER && take_number(r, "log ", &x->log)) return x->log > 0;
    return x->kind == PREPARE_NUMBER && take_number(r, "median ", &x->median);
}

static prepare_kind take_kind(reader *r) {
    int i = 0;
    while (i < PREPARE_KINDS && !take(r, kinds[i])) i++;
    return (prepare_kind)i;
}

static dfoo_status read_fields(reader *r, column_rule *out) {
    while (take(r, ","))
        if (!take_field(r, out)) return wrong(r, "that is no property of such a column");
    skip(r);
    return *r->at && *r->at != '#' ? wrong(r, "there is something behind the end of the line") : DFOO_OK;
}

dfoo_status prepare_read_line(diags *d, arena *a, const char *from, size_t line, const char *text,
                              column_rule *out) {
    reader r = {d, a, from, line, text};
    *out = (column_rule){.mean = NAN, .sd = NAN, .median = NAN, .kind = PREPARE_KINDS};
    skip(&r);
    if (!*r.at || *r.at == '#') return DFOO_OK;
    out->name = take_text(&r, ":");
    if (!out->name || !take(&r, ":")) return wrong(&r, "the name of a column and a : are missing");
    out->days = take(&r, "days");
    out->kind = out->days ? PREPARE_NUMBER : take_kind(&r);
    if (out->kind == PREPARE_KINDS)
        return wrong(&r, "a column is a number, words, days (of dates), left out, or a target");
    if (out->kind == PREPARE_WORDS && take(&r, "(")) DFOO_TRY(read_words(&r, out));
    if (out->kind == PREPARE_LEFT && take(&r, ",")) {
        skip(&r);
        out->why = arena_text(a, r.at, strcspn(r.at, "\r\n"));
        return arena_status(a);
    }
    DFOO_TRY(read_fields(&r, out));
    return arena_status(a);
}

dfoo_status prepare_read(diags *d, arena *a, const char *from, const char *text, const column_rule **out,
                         uint32_t *n) {
    VEC(column_rule) rules = {0};
    for (size_t line = 1; *text; line++) {
        size_t      len = strcspn(text, "\n");
        const char *own = arena_text(a, text, len);
        column_rule x;
        if (!own) return DFOO_ENOMEM;
        DFOO_TRY(prepare_read_line(d, a, from, line, own, &x));
        if (x.name) vec_push(a, &rules, x);
        text += len + (text[len] == '\n');
    }
    *out = rules.at;
    *n = rules.n;
    return arena_status(a);
}

/* ------------------------------------------------------------------- telling */

static bool is_common(const column_rule *x) {
    return x->kind == PREPARE_NUMBER && !x->indicator && !x->days && !(x->log > 0);
}

/* alone: there is no other target. */
static void tell_rule(diags *d, arena *a, const column_rule *x, bool alone) {
    buf b;
    buf_init(&b, a->mem);
    buf_visible(&b, x->name, strlen(x->name));
    buf_puts(&b, ": ");
    switch (x->kind) {
    case PREPARE_WORDS:
        buf_printf(&b, "words, an entry for each of %u: %s%s", x->n_words, text_list(a, x->words, x->n_words),
                   x->n_words == PREPARE_MOST_WORDS ? "; those that are rarer have none" : "");
        break;
    case PREPARE_LEFT:
        buf_printf(&b, "left out: %s", x->why);
        break;
    case PREPARE_TARGET:
        if (x->as_is) buf_puts(&b, "a target, learned and told as it is");
        else
            buf_printf(&b, "%s target, learned in units of %.4g around %.4g, and told in its own",
                       alone ? "the" : "a", x->sd, x->mean);
        break;
    case PREPARE_NUMBER:
        if (x->log > 0)
            buf_printf(&b, "number, some far from the others: log(1 + distance from %.4g over %.4g)",
                       x->median, x->log);
        else
            buf_printf(&b, "%s, gaps count as the median %.4g", x->days ? "days since 1970" : "number",
                       x->median);
        break;
    case PREPARE_KINDS:
        break;
    }
    if (x->indicator) buf_puts(&b, "; one more entry says where it is missing");
    buf clean;
    buf_init(&clean, a->mem);
    buf_visible(&clean, b.text ? b.text : "", b.len);
    buf_close(&b, &clean);
    diag_note(d, "%s", buf_keep(&clean, a));
}

void prepare_tell(diags *d, arena *a, const char *from, size_t rows, const column_rule *rules, uint32_t n,
                  const column_rule *targets, uint32_t n_targets) {
    enum { MOST = 20 };
    uint32_t common = 0, as_is = 0, told = 0;
    for (uint32_t i = 0; i < n; i++) {
        common += is_common(&rules[i]);
        as_is += is_common(&rules[i]) && rules[i].as_is;
    }
    diag_tell(d, "%s: prepared by what %zu training examples say:", from, rows);
    if (common)
        diag_note(d, "%u column%s of numbers: %s", common, common == 1 ? "" : "s",
                  as_is ? "as they are" : "each to mean 0 and deviation 1");
    for (uint32_t i = 0; i < n; i++)
        if (!is_common(&rules[i]) && told++ < MOST) tell_rule(d, a, &rules[i], false);
    if (told > MOST) diag_note(d, ".. and %u columns more", told - MOST);
    for (uint32_t i = 0; i < n_targets && i < MOST; i++) tell_rule(d, a, &targets[i], n_targets == 1);
    if (n_targets > MOST) diag_note(d, ".. and %u targets more", n_targets - MOST);
    if (n_targets > 1)
        diag_note(d, "the cost adds up what they miss in their own units; R2 is a mean over them");
}
