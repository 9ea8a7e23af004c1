/* Sums of dimensions: read off a name, added, multiplied, and written as one. */
#include "core/ir/dims.h"

#include <stdlib.h>
#include <string.h>

/* ----------------------------------------------------------------- reading */

static bool is_sum_text(const char *text) {
    return strpbrk(text, " *") != NULL;
}

bool dim_is_sum(const symbols *names, dim d) {
    return dim_is_named(d) && is_sum_text(symbols_name(names, dim_name(d)));
}

/* "2*n*k", up to a blank or the end. */
static dim_term read_term(const symbols *names, const char *text, size_t len) {
    dim_term t = {.times = 1};
    for (const char *end = text + len; text < end;) {
        size_t n = 0;
        while (text + n < end && text[n] != '*') n++;
        if (*text >= '0' && *text <= '9') t.times = strtoll(text, NULL, 10);
        else t.of[t.n++] = symbols_find(names, text, n);
        text += n + 1;
    }
    return t;
}

dim_sum dim_sum_number(int64_t n) {
    return n ? (dim_sum){.n = 1, .at = {{.times = n}}} : (dim_sum){.n = 0};
}

/* --------------------------------------------------------------- arithmetic */

/* Numbers come last, products before single names that came at the same time. */
static int compare(const dim_term *a, const dim_term *b) {
    for (uint32_t i = 0; i < a->n && i < b->n; i++)
        if (a->of[i] != b->of[i]) return a->of[i] < b->of[i] ? -1 : 1;
    return a->n == b->n ? 0 : a->n > b->n ? -1 : 1;
}

static void add_term(dim_sum *s, dim_term t) {
    uint32_t i = 0;
    while (i < s->n && compare(&s->at[i], &t) < 0) i++;
    if (i < s->n && compare(&s->at[i], &t) == 0) {
        s->at[i].times += t.times;
        if (s->at[i].times) return;
        memmove(&s->at[i], &s->at[i + 1], (s->n - i - 1) * sizeof *s->at);
        s->n--;
        return;
    }
    if (s->n == DIM_TERMS) {
        s->failed = true;
        return;
    }
    memmove(&s->at[i + 1], &s->at[i], (s->n - i) * sizeof *s->at);
    s->at[i] = t;
    s->n++;
}

/* "2*n + k - 1", as it is written: what is subtracted stands behind the rest. */
static dim_sum read_text(const symbols *names, const char *text) {
    dim_sum s = {.n = 0};
    int     sign = 1;
    for (;;) {
        size_t   n = strcspn(text, " ");
        dim_term t = read_term(names, text, n);
        t.times *= sign;
        add_term(&s, t);
        if (!text[n]) return s;
        sign = text[n + 1] == '-' ? -1 : 1;
        text += n + 3;
    }
}

dim_sum dim_read(const symbols *names, dim d) {
    if (!dim_is_named(d)) return dim_sum_number(d);
    const char *text = symbols_name(names, dim_name(d));
    if (is_sum_text(text)) return read_text(names, text);
    return (dim_sum){.n = 1, .at = {{.times = 1, .n = 1, .of = {dim_name(d)}}}};
}

dim_sum dim_sum_add(dim_sum a, dim_sum b) {
    for (uint32_t i = 0; i < b.n; i++) add_term(&a, b.at[i]);
    a.failed = a.failed || b.failed;
    return a;
}

static bool multiply(const dim_term *a, const dim_term *b, dim_term *out) {
    const int64_t most = INT64_C(1) << 31;
    uint32_t      i = 0, k = 0;
    *out = (dim_term){.times = a->times * b->times};
    if (a->n + b->n > DIM_FACTORS || llabs(a->times) > most || llabs(b->times) > most) return false;
    while (i < a->n || k < b->n) {
        bool left = k == b->n || (i < a->n && a->of[i] <= b->of[k]);
        out->of[out->n++] = left ? a->of[i++] : b->of[k++];
    }
    return true;
}

dim_sum dim_sum_times(dim_sum a, dim_sum b) {
    dim_sum out = {.failed = a.failed || b.failed};
    for (uint32_t i = 0; i < a.n; i++)
        for (uint32_t k = 0; k < b.n; k++) {
            dim_term t;
            if (multiply(&a.at[i], &b.at[k], &t)) add_term(&out, t);
            else out.failed = true;
        }
    return out;
}

/* t / by; false: it has a factor that t has not. */
static bool divide(const dim_term *t, const dim_term *by, dim_term *out) {
    uint32_t k = 0;
    *out = (dim_term){.times = t->times / by->times};
    for (uint32_t i = 0; i < t->n; i++) {
        if (k < by->n && by->of[k] == t->of[i]) k++;
        else out->of[out->n++] = t->of[i];
    }
    return k == by->n && t->times % by->times == 0;
}

/* By leading terms, as numbers are divided digit by digit. */
dim_sum dim_sum_over(dim_sum a, dim_sum b) {
    dim_sum out = {.failed = a.failed || b.failed || !b.n};
    for (int turns = 0; a.n && !out.failed; turns++) {
        dim_term t;
        if (turns == DIM_TERMS || !divide(&a.at[0], &b.at[0], &t)) return (dim_sum){.failed = true};
        add_term(&out, t);
        a = dim_sum_sub(a, dim_sum_times((dim_sum){.n = 1, .at = {t}}, b));
        out.failed = out.failed || a.failed;
    }
    return out;
}

bool dim_sum_at_least(const dim_sum *s, int64_t least) {
    int64_t sum = 0;
    for (uint32_t i = 0; i < s->n; i++) {
        if (s->at[i].n && s->at[i].times < 0) return false;
        sum += s->at[i].times;
    }
    return sum >= least;
}

bool dim_sum_below(const dim_sum *s, int64_t least) {
    dim_sum rest = dim_sum_sub(dim_sum_number(least - 1), *s);
    return !rest.failed && dim_sum_at_least(&rest, 0);
}

/* ----------------------------------------------------------------- writing */

typedef struct namer {
    const symbols *names;
    const char *(*name)(const void *user, sym name);
    const void *user;
} namer;

static void put_term(const namer *w, const dim_term *t, bool first, buf *out) {
    int64_t times = llabs(t->times);
    if (!first) buf_puts(out, t->times < 0 ? " - " : " + ");
    if (times != 1 || !t->n) buf_printf(out, "%lld", (long long)times);
    for (uint32_t i = 0; i < t->n; i++) {
        const char *name = w->name ? w->name(w->user, t->of[i]) : symbols_name(w->names, t->of[i]);
        buf_printf(out, "%s%s", i || times != 1 ? "*" : "", name);
    }
}

/* What is added comes first. */
static void put_sum(const namer *w, const dim_sum *s, buf *out) {
    size_t start = out->len;
    for (int minus = 0; minus < 2; minus++)
        for (uint32_t i = 0; i < s->n; i++)
            if ((s->at[i].times < 0) == minus) put_term(w, &s->at[i], out->len == start, out);
}

void dim_put(const symbols *names, dim d, const char *(*name)(const void *user, sym name), const void *user,
             buf *out) {
    dim_sum s = dim_read(names, d);
    if (s.n) put_sum(&(namer){names, name, user}, &s, out);
    else buf_puts(out, "0");
}

static bool has_positive(const dim_sum *s) {
    for (uint32_t i = 0; i < s->n; i++)
        if (s->at[i].times > 0) return true;
    return false;
}

static bool write_name(symbols *names, const dim_sum *s, dim *out) {
    buf b;
    if (!has_positive(s)) return false;
    buf_init(&b, names->a->mem);
    put_sum(&(namer){names, NULL, NULL}, s, &b);
    sym name = b.failed ? 0 : symbols_add(names, b.text, b.len);
    if (b.failed) names->a->failed = true;
    buf_free(&b);
    *out = dim_named(name);
    return name != 0;
}

bool dim_write(symbols *names, const dim_sum *s, dim *out) {
    *out = 0;
    if (s->failed) return false;
    if (s->n == 0) return true;
    const dim_term *t = &s->at[0];
    if (s->n == 1 && t->n == 0) {
        *out = (dim)t->times;
        return t->times > 0 && t->times < 1000000000;
    }
    if (s->n == 1 && t->n == 1 && t->times == 1) {
        *out = dim_named(t->of[0]);
        return true;
    }
    return write_name(names, s, out);
}

bool dim_add(symbols *names, dim a, dim b, dim *out) {
    dim_sum s = dim_sum_add(dim_read(names, a), dim_read(names, b));
    return dim_write(names, &s, out);
}

bool dim_sub(symbols *names, dim a, dim b, dim *out) {
    dim_sum s = dim_sum_sub(dim_read(names, a), dim_read(names, b));
    return dim_write(names, &s, out);
}

bool dim_mul(symbols *names, dim a, dim b, dim *out) {
    dim_sum s = dim_sum_times(dim_read(names, a), dim_read(names, b));
    return dim_write(names, &s, out);
}

bool dim_over(symbols *names, dim a, dim b, dim *out) {
    dim_sum s = dim_sum_over(dim_read(names, a), dim_read(names, b));
    return dim_write(names, &s, out);
}

bool dim_has(const symbols *names, dim d, sym name) {
    dim_sum s = dim_read(names, d);
    for (uint32_t i = 0; i < s.n; i++)
        for (uint32_t k = 0; k < s.at[i].n; k++)
            if (s.at[i].of[k] == name) return true;
    return false;
}
