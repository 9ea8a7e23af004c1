/* The public interface: models without text.
 *
 * A builder writes the notation, one line for each statement, and remembers for every term which call wrote
 * which part of it. In the end the same reader reads it as any other model; where it finds something wrong,
 * the place becomes the call. So what is built and what is written cannot differ. */
#include <assert.h>
#include <math.h>
#include <string.h>

#include "api/api.h"

enum { MOST_BYTES = 1 << 20 }; /* of a term: one that is used again and again needs a name */

/* How tightly a term holds together, as in the notation. */
typedef enum { LEVEL_SUM, LEVEL_PRODUCT, LEVEL_NEGATE, LEVEL_POWER, LEVEL_ATOM } level;

typedef struct term {
    const char *text;
    size_t      len;
    uint8_t     level;
    bool        named;       /* a name of its own, not a formula */
    const char *function;    /* the public function that built it */
    uint32_t    call;        /* and its number */
    dfoo_term   part[3];     /* what it was built from: 0 behind the last */
    size_t      at[3];       /* where that stands in the text */
} term;

typedef struct line {
    size_t      formula;  /* where it begins in the line */
    dfoo_term   term;     /* whose text it is; 0: a declaration */
    const char *function;
    uint32_t    call;
} line;

struct dfoo_builder {
    dfoo       *d;
    arena       a;
    const char *name;
    buf         text;
    VEC(term) terms; /* at[0] is none */
    VEC(line) lines;
    uint32_t    calls;
    bool        misused; /* a message says how */
};

/* ------------------------------------------------------------------ wrong use */

static dfoo_term misuse(dfoo_builder *b, const char *function, const char *what) {
    b->misused = true;
    use_wrong(b->d, "%s, call %u: %s", function, b->calls, what);
    return 0;
}

static bool is_digit(unsigned char c) {
    return c >= '0' && c <= '9';
}

static bool is_letter(unsigned char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '_' || c >= 0x80;
}

static bool is_name(const char *name) {
    if (!name || !is_letter((unsigned char)*name)) return false;
    for (const char *c = name; *c; c++)
        if (!is_letter((unsigned char)*c) && !is_digit((unsigned char)*c)) return false;
    return true;
}

static bool is_size(const char *text) {
    return is_name(text) || (text && *text && text[strspn(text, "0123456789")] == 0);
}

/* ------------------------------------------------------------------ terms */

static dfoo_term add_term(dfoo_builder *b, const char *function, term t) {
    if (!t.text) return 0;
    t.len = strlen(t.text);
    t.function = function;
    t.call = b->calls;
    if (t.len > MOST_BYTES)
        return misuse(b, function,
                      "this term is a megabyte long: what it uses more than once needs dfoo_build_name");
    vec_push(&b->a, &b->terms, t);
    return b->a.failed ? 0 : b->terms.n - 1;
}

static dfoo_term name_term(dfoo_builder *b, const char *function, const char *name) {
    return add_term(b, function, (term){.text = arena_text(&b->a, name, strlen(name)), .level = LEVEL_ATOM,
                                        .named = true});
}

/* A term that was built by this builder. */
static const term *term_at(dfoo_builder *b, const char *function, dfoo_term x) {
    if (x && x < b->terms.n) return &b->terms.at[x];
    if (x) misuse(b, function, "there is no such term");
    else if (!b->misused && !b->a.failed) misuse(b, function, "a term is none");
    return NULL;
}

/* A text with operands in it, where they stand for $. */
static dfoo_term compose(dfoo_builder *b, const char *function, const char *format, level own,
                         level least_left,
                         level least_right, const dfoo_term *args) {
    term   t = {.level = (uint8_t)own};
    buf    text;
    size_t n = 0;
    buf_init(&text, b->d->mem);
    for (const char *c = format; *c; c++) {
        if (*c != '$') {
            buf_put(&text, c, 1);
            continue;
        }
        assert(n < sizeof t.part / sizeof *t.part);
        const term *x = term_at(b, function, args[n]);
        if (!x) {
            buf_free(&text);
            return 0;
        }
        bool brackets = x->level < (n ? least_right : least_left);
        if (brackets) buf_puts(&text, "(");
        t.part[n] = args[n];
        t.at[n++] = text.len;
        buf_put(&text, x->text, x->len);
        if (brackets) buf_puts(&text, ")");
    }
    t.text = buf_keep(&text, &b->a);
    return add_term(b, function, t);
}

static dfoo_term binary(dfoo_builder *b, const char *function, const char *format, level own, dfoo_term x,
                        dfoo_term y) {
    const dfoo_term args[] = {x, y};
    if (!b) return 0;
    b->calls++;
    if (own == LEVEL_POWER) return compose(b, function, format, own, LEVEL_ATOM, LEVEL_ATOM, args);
    bool either = strstr(format, " + ") != NULL; /* x + (y + z) is written x + y + z: it is another sum */
    return compose(b, function, format, own, own, either ? LEVEL_PRODUCT : (level)(own + 1), args);
}

dfoo_term dfoo_build_matmul(dfoo_builder *b, dfoo_term x, dfoo_term y) {
    return binary(b, __func__, "$ @ $", LEVEL_PRODUCT, x, y);
}

dfoo_term dfoo_build_add(dfoo_builder *b, dfoo_term x, dfoo_term y) {
    return binary(b, __func__, "$ + $", LEVEL_SUM, x, y);
}

dfoo_term dfoo_build_sub(dfoo_builder *b, dfoo_term x, dfoo_term y) {
    return binary(b, __func__, "$ - $", LEVEL_SUM, x, y);
}

dfoo_term dfoo_build_mul(dfoo_builder *b, dfoo_term x, dfoo_term y) {
    return binary(b, __func__, "$ * $", LEVEL_PRODUCT, x, y);
}

dfoo_term dfoo_build_div(dfoo_builder *b, dfoo_term x, dfoo_term y) {
    return binary(b, __func__, "$ / $", LEVEL_PRODUCT, x, y);
}

dfoo_term dfoo_build_pow(dfoo_builder *b, dfoo_term x, dfoo_term y) {
    return binary(b, __func__, "$**$", LEVEL_POWER, x, y);
}

static dfoo_term unary(dfoo_builder *b, const char *function, const char *format, level own, level least,
                       dfoo_term x) {
    if (!b) return 0;
    b->calls++;
    return compose(b, function, format, own, least, least, &x);
}

dfoo_term dfoo_build_neg(dfoo_builder *b, dfoo_term x) {
    return unary(b, __func__, "-$", LEVEL_NEGATE, LEVEL_POWER, x);
}

dfoo_term dfoo_build_transpose(dfoo_builder *b, dfoo_term x) {
    return unary(b, __func__, "$.T", LEVEL_ATOM, LEVEL_ATOM, x);
}

static dfoo_term reduce(dfoo_builder *b, const char *function, const char *name, dfoo_term x,
                        dfoo_axis axis) {
    static const char *const axes[] = {"", ", axis=0, keepdims=True", ", axis=1, keepdims=True"};
    if (!b) return 0;
    b->calls++;
    if ((unsigned)axis > DFOO_AXIS_1) return misuse(b, function, "there is no such axis");
    const char *format = arena_format(&b->a, "%s($%s)", name, axes[axis]);
    return format ? compose(b, function, format, LEVEL_ATOM, LEVEL_SUM, LEVEL_SUM, &x) : 0;
}

dfoo_term dfoo_build_sum(dfoo_builder *b, dfoo_term x, dfoo_axis axis) {
    return reduce(b, __func__, "sum", x, axis);
}

dfoo_term dfoo_build_mean(dfoo_builder *b, dfoo_term x, dfoo_axis axis) {
    return reduce(b, __func__, "mean", x, axis);
}

dfoo_term dfoo_build_apply(dfoo_builder *b, const char *function, dfoo_term x, dfoo_term y, dfoo_term z) {
    const dfoo_term args[] = {x, y, z};
    if (!b) return 0;
    b->calls++;
    if (!is_name(function)) return misuse(b, __func__, "a function is a name");
    const char *format = arena_format(&b->a, "%s($%s%s)", function, y || z ? ", $" : "", z ? ", $" : "");
    return format ? compose(b, __func__, format, LEVEL_ATOM, LEVEL_SUM, LEVEL_SUM, args) : 0;
}

dfoo_term dfoo_build_number(dfoo_builder *b, double value) {
    buf text;
    if (!b) return 0;
    b->calls++;
    if (!isfinite(value)) return misuse(b, __func__, "a number is finite");
    buf_init(&text, b->d->mem);
    buf_number(&text, value);
    term t = {.level = signbit(value) ? LEVEL_NEGATE : LEVEL_ATOM};
    t.text = buf_keep(&text, &b->a);
    return add_term(b, __func__, t);
}

dfoo_term dfoo_build_size_of(dfoo_builder *b, const char *name) {
    if (!b) return 0;
    b->calls++;
    return is_name(name) ? name_term(b, __func__, name) : misuse(b, __func__, "a size is a name");
}

/* ------------------------------------------------------------------ lines */

static void end_line(dfoo_builder *b, const char *function, size_t formula, dfoo_term x) {
    buf_puts(&b->text, "\n");
    vec_push(&b->a, &b->lines, (line){.formula = formula, .term = x, .function = function, .call = b->calls});
}

static dfoo_term declare(dfoo_builder *b, const char *function, const char *kind, const char *name,
                         const char *rows,
                         const char *cols, const char *start) {
    if (!b) return 0;
    b->calls++;
    if (!is_name(name)) return misuse(b, function, "a variable needs a name: letters, digits and _");
    if (!is_size(rows) || !is_size(cols))
        return misuse(b, function, "rows and columns are names or whole numbers");
    if (start && start[strcspn(start, "\r\n#")])
        return misuse(b, function, "a start is a word, or a word with numbers");
    buf_printf(&b->text, "%s %s : (%s, %s)%s%s", kind, name, rows, cols, start ? " ~ " : "", start ? start
               : "");
    end_line(b, function, 0, 0);
    return name_term(b, function, name);
}

dfoo_term dfoo_build_input(dfoo_builder *b, const char *name, const char *rows, const char *cols) {
    return declare(b, __func__, "input", name, rows, cols, NULL);
}

dfoo_term dfoo_build_label(dfoo_builder *b, const char *name, const char *rows, const char *cols) {
    return declare(b, __func__, "label", name, rows, cols, NULL);
}

dfoo_term dfoo_build_param(dfoo_builder *b, const char *name, const char *rows, const char *cols,
                           const char *start) {
    return declare(b, __func__, "param", name, rows, cols, start);
}

static bool put_equation(dfoo_builder *b, const char *function, const char *kind, const char *name,
                         double value) {
    b->calls++;
    if (!is_name(name)) misuse(b, function, "it needs a name: letters, digits and _");
    else if (!isfinite(value)) misuse(b, function, "its value is a finite number");
    if (!is_name(name) || !isfinite(value)) return false;
    buf_printf(&b->text, "%s %s = ", kind, name);
    buf_number(&b->text, value);
    end_line(b, function, 0, 0);
    return true;
}

dfoo_term dfoo_build_const(dfoo_builder *b, const char *name, double value) {
    return b && put_equation(b, __func__, "const", name, value) ? name_term(b, __func__, name) : 0;
}

dfoo_status dfoo_build_size(dfoo_builder *b, const char *name, size_t value) {
    NEED(NULL, b);
    return put_equation(b, __func__, "size", name, (double)value) ? DFOO_OK : DFOO_EUSE;
}

dfoo_term dfoo_build_name(dfoo_builder *b, const char *name, dfoo_term x) {
    if (!b) return 0;
    b->calls++;
    const term *t = term_at(b, __func__, x);
    if (!t) return 0;
    if (!is_name(name)) return misuse(b, __func__, "a line needs a name: letters, digits and _");
    buf_printf(&b->text, "%s = %s", name, t->text);
    end_line(b, __func__, strlen(name) + 3, x);
    return name_term(b, __func__, name);
}

static dfoo_status say_of_name(dfoo_builder *b, const char *function, const char *what, dfoo_term x) {
    NEED(NULL, b);
    b->calls++;
    const term *t = term_at(b, function, x);
    if (!t) return DFOO_EUSE;
    if (!t->named) {
        misuse(b, function, "the term has no name; dfoo_build_name gives it one");
        return DFOO_EUSE;
    }
    buf_printf(&b->text, "%s %s", what, t->text);
    end_line(b, function, 0, 0);
    return arena_status(&b->a);
}

dfoo_status dfoo_build_minimize(dfoo_builder *b, dfoo_term x) {
    return say_of_name(b, __func__, "minimize", x);
}

dfoo_status dfoo_build_predict(dfoo_builder *b, dfoo_term x) {
    return say_of_name(b, __func__, "predict", x);
}

/* ------------------------------------------------------------------ messages */

/* The part of a term that the byte belongs to and that has no part it belongs to. */
static const term *innermost(const dfoo_builder *b, dfoo_term x, size_t at) {
    for (bool deeper = true; deeper;) {
        const term *t = &b->terms.at[x];
        deeper = false;
        for (int i = 0; i < 3 && t->part[i] && !deeper; i++) {
            size_t len = b->terms.at[t->part[i]].len;
            if (at < t->at[i] || at >= t->at[i] + len) continue;
            at -= t->at[i];
            x = t->part[i];
            deeper = true;
        }
    }
    return &b->terms.at[x];
}

/* The line of the text that a byte is in, and where it begins. */
static uint32_t line_of(const char *text, size_t at, size_t *start) {
    uint32_t n = 0;
    *start = 0;
    for (size_t i = 0; i < at && text[i]; i++) {
        if (text[i] != '\n') continue;
        n++;
        *start = i + 1;
    }
    return n;
}

static void name_call(const dfoo_builder *b, arena *a, diag *one) {
    const char *text = one->src->text;
    size_t      start, len;
    uint32_t    n = line_of(text, one->at.point, &start);
    const char *function = "dfoo_build_end", *note;
    uint32_t    call = b->calls;
    if (n < b->lines.n) {
        const line *l = &b->lines.at[n];
        function = l->function;
        call = l->call;
        if (l->term && one->at.point >= start + l->formula) {
            const term *t = innermost(b, l->term, one->at.point - start - l->formula);
            function = t->function;
            call = t->call;
        }
    }
    len = strcspn(text + start, "\n");
    one->message = arena_format(a, "%s, call %u: %s", function, call, one->message);
    if (!one->message) one->message = "out of memory";
    note = arena_format(a, "in   %.*s", (int)len, text + start);
    if (note && len) vec_push(a, &one->notes, note);
    one->src = NULL;
}

/* ------------------------------------------------------------------ lifetime */

dfoo_status dfoo_build_begin(dfoo *d, const char *name, dfoo_builder **out) {
    if (out) *out = NULL;
    NEED(NULL, d);
    NEED(d, name);
    NEED(d, out);
    dfoo_builder *b = mem_new(&d->mem, sizeof *b);
    if (!b) return DFOO_ENOMEM;
    b->d = d;
    arena_init(&b->a, d->mem);
    buf_init(&b->text, d->mem);
    b->name = arena_text(&b->a, name, strlen(name));
    vec_push(&b->a, &b->terms, (term){.text = ""});
    if (arena_status(&b->a) == DFOO_OK) *out = b;
    else dfoo_build_free(b);
    return *out ? DFOO_OK : DFOO_ENOMEM;
}

void dfoo_build_free(dfoo_builder *b) {
    if (!b) return;
    dfoo_allocator mem = b->d->mem;
    buf_free(&b->text);
    arena_free(&b->a);
    mem_free(&mem, b, sizeof *b);
}

dfoo_status dfoo_build_end(dfoo_builder *b, dfoo_model **out) {
    work w;
    if (out) *out = NULL;
    NEED(NULL, b);
    NEED(b->d, out);
    b->calls++;
    if (b->a.failed || b->text.failed) return DFOO_ENOMEM;
    if (b->misused) return DFOO_EUSE;
    dfoo_status status = model_new(b->d, b->name, b->text.text ? b->text.text : "", b->text.len, out);
    if (status != DFOO_OK) return status;
    status = work_open(&w, b->d, *out);
    for (uint32_t i = 0; i < w.messages.list.n; i++)
        if (w.messages.list.at[i].src) name_call(b, &w.a, &w.messages.list.at[i]);
    status = work_close(&w, status);
    if (status == DFOO_OK) return status;
    dfoo_model_free(*out);
    *out = NULL;
    return status;
}
