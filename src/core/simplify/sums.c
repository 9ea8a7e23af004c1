/* Sums of rational forms. They take out what the summands share (denominators among it), expand the rest
 * within a budget, look for exact divisions by the denominators that are there, and remember the way in which
 * they were put together where that is shorter. */
#include <assert.h>
#include <stdlib.h>
#include <string.h>

#include "core/simplify/forms.h"

/* Lexicographic: the monomial with the higher power of the smallest atom is larger. */
static int compare_monomials(const term *x, const term *y) {
    uint32_t i = 0;
    for (; i < x->n && i < y->n; i++) {
        if (x->f[i].base != y->f[i].base) {
            bool x_first = x->f[i].base < y->f[i].base;
            int32_t e = x_first ? x->f[i].exp : y->f[i].exp;
            return (e > 0) == x_first ? 1 : -1;
        }
        if (x->f[i].exp != y->f[i].exp) return x->f[i].exp > y->f[i].exp ? 1 : -1;
    }
    if (i < x->n) return x->f[i].exp > 0 ? 1 : -1;
    if (i < y->n) return y->f[i].exp > 0 ? -1 : 1;
    return 0;
}

static int larger_first(const void *x, const void *y) {
    return compare_monomials(y, x);
}

static bool term_mul(algebra *s, const term *x, const term *y, term *out) {
    power *f = arena_new(s->a, (x->n + y->n) * sizeof *f);
    if (!f || !ratio_mul(x->c, y->c, &out->c)) return false;
    out->f = f;
    uint32_t used = s->used;
    bool     ok = form_merge_powers(s, x->f, x->n, y->f, y->n, f, &out->n);
    s->used = used; /* powers of numbers inside a sum: nothing a reader sees cancels */
    return ok;
}

/* Sorts, joins equal monomials, drops zeros. */
static void collect(algebra *s, terms *p) {
    uint32_t n = 0;
    if (p->list.n) qsort(p->list.at, p->list.n, sizeof(term), larger_first);
    for (uint32_t i = 0; i < p->list.n; i++) {
        if (n && compare_monomials(&p->list.at[n - 1], &p->list.at[i]) == 0) {
            p->ok = p->ok && ratio_add(p->list.at[n - 1].c, p->list.at[i].c, &p->list.at[n - 1].c);
            s->used |= USED_COLLECT;
        } else {
            p->list.at[n++] = p->list.at[i];
        }
        if (n && p->list.at[n - 1].c.num == 0) n--;
    }
    p->list.n = n;
}

static terms multiply_terms(algebra *s, const terms *x, const term *y, uint32_t ny) {
    terms out = {.ok = x->ok && (uint64_t)x->list.n * ny <= UINT64_C(4) * MOST_TERMS};
    for (uint32_t i = 0; out.ok && i < x->list.n; i++) {
        for (uint32_t k = 0; out.ok && k < ny; k++) {
            term t;
            out.ok = term_mul(s, &x->list.at[i], &y[k], &t);
            if (out.ok) vec_push(s->a, &out.list, t);
        }
    }
    uint32_t used = s->used;
    collect(s, &out);
    s->used = used;
    out.ok = out.ok && out.list.n <= MOST_TERMS && !s->a->failed;
    return out;
}

/* A form without polynomials in denominators, multiplied out. */
terms form_expand(algebra *s, form x) {
    terms  out = {.ok = x.ok};
    power *f = arena_new(s->a, x.n * sizeof *f);
    if (!f) return (terms){.ok = false};
    term first = {.c = x.c, .f = f};
    for (uint32_t i = 0; i < x.n; i++)
        if (!(x.f[i].base & POLY_FLAG)) f[first.n++] = x.f[i];
    vec_push(s->a, &out.list, first);
    for (uint32_t i = 0; out.ok && i < x.n; i++) {
        if (!(x.f[i].base & POLY_FLAG)) continue;
        if (x.f[i].exp < 0 || x.f[i].exp > 8) return (terms){.ok = false};
        for (int32_t k = 0; out.ok && k < x.f[i].exp; k++) {
            const poly *p = algebra_poly(s, x.f[i].base);
            out = multiply_terms(s, &out, p->t, p->n);
        }
    }
    return out;
}

static uint32_t hash_terms(const term *t, uint32_t n) {
    uint32_t h = HASH_START;
    for (uint32_t i = 0; i < n; i++) {
        h = hash_bytes(h, &t[i].c, sizeof t[i].c);
        h = hash_bytes(h, t[i].f, t[i].n * sizeof *t[i].f);
    }
    return h;
}

static bool same_terms(const poly *p, const term *t, uint32_t n) {
    if (p->n != n) return false;
    for (uint32_t i = 0; i < n; i++) {
        if (p->t[i].c.num != t[i].c.num || p->t[i].c.den != t[i].c.den || p->t[i].n != t[i].n) return false;
        if (t[i].n && memcmp(p->t[i].f, t[i].f, t[i].n * sizeof *t[i].f) != 0) return false;
    }
    return true;
}

static bool grow_slots(algebra *s) {
    uint32_t  n = s->n_slots ? s->n_slots * 2 : 64;
    uint32_t *slots = arena_new(s->a, n * sizeof *slots);
    if (!slots) return false;
    for (uint32_t i = 0; i < s->polys.n; i++) {
        uint32_t k = s->polys.at[i].hash & (n - 1);
        while (slots[k]) k = (k + 1) & (n - 1);
        slots[k] = i + 1;
    }
    s->slots = slots;
    s->n_slots = n;
    return true;
}

/* The base of a polynomial whose terms are sorted and primitive; 0 without memory. */
static uint32_t intern_poly(algebra *s, const term *t, uint32_t n) {
    assert(n >= 2 && compare_monomials(&t[0], &t[1]) > 0);
    uint32_t hash = hash_terms(t, n);
    if (s->polys.n * 2 >= s->n_slots && !grow_slots(s)) return 0;
    uint32_t k = hash & (s->n_slots - 1);
    for (; s->slots[k]; k = (k + 1) & (s->n_slots - 1)) {
        const poly *p = &s->polys.at[s->slots[k] - 1];
        if (p->hash == hash && same_terms(p, t, n)) return POLY_FLAG | (s->slots[k] - 1);
    }
    vec_push(s->a, &s->polys, (poly){.t = t, .n = n, .hash = hash});
    if (s->a->failed) return 0;
    s->slots[k] = s->polys.n;
    return POLY_FLAG | (s->polys.n - 1);
}

/* What two exponents share. Numbers' denominators are shared only if both have them: a sum
 * `dW + lambda/m * W` is not put over m. */
static int32_t shared_power(bool scalar, int32_t x, int32_t y) {
    if (!scalar) return x < y ? x : y;
    if (x > 0 && y > 0) return x < y ? x : y;
    if (x < 0 && y < 0) return x > y ? x : y;
    return 0;
}

/* The powers that all terms share, at most `room` of them. */
static uint32_t shared_powers(algebra *s, const terms *p, power *out) {
    uint32_t n = 0;
    for (uint32_t t = 0; t < p->list.n; t++) {
        const term *one = &p->list.at[t];
        for (uint32_t i = 0; i < one->n && n < MOST_FACTORS; i++) {
            uint32_t base = one->f[i].base;
            if (form_power_in(out, n, base)) continue;
            int32_t e = one->f[i].exp;
            bool    scalar = form_base_is_scalar(s, base);
            for (uint32_t k = 0; k < p->list.n; k++)
                e = shared_power(scalar, e, form_power_in(p->list.at[k].f, p->list.at[k].n, base));
            if (e) out[n++] = (power){base, e, 0};
        }
    }
    return n;
}

enum { MOST_DENOMINATOR = 1000 };

/* The number that all terms share, with the sign that leaves most terms positive (the first
 * one, where as many are negative). A decimal as in v + 1e-05 is no fraction of the whole: there it is the
 * first term's number. */

static ratio shared_number(const terms *p) {
    assert(p->list.n);
    int64_t num = 0, den = 1;
    int     signs = 0;
    for (uint32_t i = 0; i < p->list.n; i++) {
        ratio c = p->list.at[i].c;
        num = num ? ratio_gcd(num, c.num) : llabs(c.num);
        int64_t g = ratio_gcd(den, c.den), lcm;
        if (__builtin_mul_overflow(den / g, c.den, &lcm)) return (ratio){1, 1};
        den = lcm;
        signs += c.num > 0 ? 1 : -1;
    }
    bool  minus = signs < 0 || (signs == 0 && p->list.at[p->list.n - 1].c.num < 0);
    ratio first = p->list.at[0].c;
    if (den <= MOST_DENOMINATOR) return (ratio){minus ? -num : num, den};
    return (ratio){minus ? -llabs(first.num) : llabs(first.num), first.den};
}

/* Terms -> what they share times a primitive polynomial. */
static form primitive(algebra *s, terms p) {
    collect(s, &p);
    if (!p.ok || p.list.n > MOST_TERMS || s->a->failed) return form_failed();
    if (p.list.n == 0) return form_number((ratio){0, 1});
    power    shared[MOST_FACTORS];
    uint32_t n_shared = shared_powers(s, &p, shared);
    ratio    c = shared_number(&p), inverse;
    if (p.list.n == 1) return form_product(s, p.list.at[0].c, p.list.at[0].f, p.list.at[0].n);
    form out = form_product(s, c, shared, n_shared);
    form divide = form_power(s, out, -1);
    if (!divide.ok || !ratio_make(c.den, c.num, &inverse)) return form_failed();
    term by = {.c = divide.c, .f = divide.f, .n = divide.n};
    for (uint32_t i = 0; i < p.list.n; i++) {
        term less;
        s->factoring = true;
        bool fine = term_mul(s, &p.list.at[i], &by, &less);
        s->factoring = false;
        if (!fine) return form_failed();
        p.list.at[i] = less;
    }
    if (p.list.n) qsort(p.list.at, p.list.n, sizeof(term), larger_first);
    uint32_t base = intern_poly(s, p.list.at, p.list.n);
    if (!base) return form_failed();
    power one = {base, 1, 0};
    return form_mul(s, out, form_product(s, (ratio){1, 1}, &one, 1));
}

/* ---------------------------------------------------------- exact division */

static bool term_divide(algebra *s, const term *x, const term *y, term *out) {
    assert(y->c.num);
    power *f = arena_new(s->a, y->n * sizeof *f);
    if (!f) return false;
    for (uint32_t i = 0; i < y->n; i++) f[i] = (power){y->f[i].base, -y->f[i].exp, 0};
    term inverse = {.f = f, .n = y->n};
    if (!ratio_make(y->c.den, y->c.num, &inverse.c) || !term_mul(s, x, &inverse, out)) return false;
    for (uint32_t i = 0; i < out->n; i++)
        if (out->f[i].exp < 0 && !form_base_is_scalar(s, out->f[i].base)) return false;
    return true;
}

/* x / y if that leaves nothing. */
static bool divide_exactly(algebra *s, const poly *x, const poly *y, terms *quotient) {
    assert(x->n >= 2 && y->n >= 2);
    terms rest = {.ok = true};
    *quotient = (terms){.ok = true};
    for (uint32_t i = 0; i < x->n; i++) vec_push(s->a, &rest.list, x->t[i]);
    for (int steps = 0; rest.list.n && steps < MOST_TERMS; steps++) {
        term t;
        if (!rest.ok || s->a->failed || !term_divide(s, &rest.list.at[0], &y->t[0], &t)) return false;
        vec_push(s->a, &quotient->list, t);
        t.c.num = -t.c.num;
        for (uint32_t i = 0; i < y->n; i++) {
            term u;
            if (!term_mul(s, &t, &y->t[i], &u)) return false;
            vec_push(s->a, &rest.list, u);
        }
        uint32_t used = s->used;
        collect(s, &rest);
        s->used = used;
        if (rest.list.n > MOST_TERMS) return false;
    }
    return rest.list.n == 0 && rest.ok;
}

/* x with a factor that is taken out of it: also where that may be zero, since it comes back
 * as it was, or in other words. */
static form without(algebra *s, form x, form inverse) {
    s->factoring = true;
    form out = form_mul(s, x, inverse);
    s->factoring = false;
    return out;
}

/* Divides the polynomials of x's numerator by those of its denominator where that works out. */
form form_reduce(algebra *s, form x) {
    for (uint32_t i = 0; x.ok && i < x.n; i++) {
        for (uint32_t k = 0; k < x.n; k++) {
            power up = x.f[i], down = x.f[k];
            terms q;
            if (up.exp <= 0 || down.exp >= 0 || !(up.base & POLY_FLAG) || !(down.base & POLY_FLAG) ||
                form_base_is_flat(s, down.base))
                continue;
            if (!divide_exactly(s, algebra_poly(s, up.base), algebra_poly(s, down.base), &q)) continue;
            power move[2] = {{up.base, -1, 0}, {down.base, 1, 0}};
            s->used |= USED_CANCEL;
            form less = without(s, x, form_product(s, (ratio){1, 1}, move, 2));
            x = form_mul(s, less, primitive(s, q));
            i = UINT32_MAX; /* start again: the list has changed */
            break;
        }
    }
    return x;
}

/* Adds c * x to the summands of a sum: x itself, or, where x is nothing but a sum, what that is a sum of,
 * unless it is a sum of the model's that is to stay. */
static void keep_summand(algebra *s, terms *list, form x, ratio c, bool open_all) {
    bool opened = is_sum_alone(x.c, x.f, x.n) && (open_all || (x.f[0].base & ~POLY_FLAG) >= s->n_written);
    term own = {.c = {1, 1}, .f = x.f, .n = x.n};
    way  inner = opened ? algebra_way(s, x.f[0]) : (way){.t = &own, .n = 1};
    list->ok = list->ok && ratio_mul(x.c, c, &c);
    for (uint32_t i = 0; list->ok && i < inner.n; i++) {
        term one = inner.t[i];
        list->ok = ratio_mul(one.c, c, &one.c) && list->list.n < MOST_TERMS;
        vec_push(s->a, &list->list, one);
    }
}

/* Like summands as one, where the first of them stood. */
static void join_summands(terms *p) {
    uint32_t n = 0, left = 0;
    for (uint32_t i = 0; i < p->list.n; i++) {
        uint32_t k = 0;
        while (k < n && compare_monomials(&p->list.at[k], &p->list.at[i]) != 0) k++;
        if (k == n) p->list.at[n++] = p->list.at[i];
        else p->ok = p->ok && ratio_add(p->list.at[k].c, p->list.at[i].c, &p->list.at[k].c);
    }
    for (uint32_t i = 0; i < n; i++)
        if (p->list.at[i].c.num) p->list.at[left++] = p->list.at[i];
    p->list.n = left;
}

static terms kept_summands(algebra *s, const form *x, uint32_t n, ratio c, bool open_all) {
    terms out = {.ok = true};
    for (uint32_t i = 0; i < n; i++) keep_summand(s, &out, x[i], c, open_all);
    if (out.ok) join_summands(&out);
    out.ok = out.ok && out.list.n >= 2;
    return out;
}

static uint32_t depth_of(const algebra *s, const term *t, uint32_t n) {
    uint32_t depth = 0;
    for (uint32_t i = 0; i < n; i++) {
        for (uint32_t k = 0; k < t[i].n; k++) {
            power    f = t[i].f[k];
            uint32_t inner = !(f.base & POLY_FLAG) ? 0 : f.way ? s->ways.at[f.way - 1].depth + 1 : 1;
            if (inner > depth) depth = inner;
        }
    }
    return depth;
}

/* `sum`, if it is a number times a polynomial, written as the summands where that is no longer. */
static form keep_summands(algebra *s, form sum, const form *x, uint32_t n) {
    ratio c;
    if (!sum.ok || sum.n != 1 || !(sum.f[0].base & POLY_FLAG) || sum.f[0].exp != 1) return sum;
    if (!ratio_make(sum.c.den, sum.c.num, &c)) return sum;
    terms list = kept_summands(s, x, n, c, false), open = kept_summands(s, x, n, c, true);
    if (open.ok && (!list.ok || form_weigh_terms(s, open.list.at, open.list.n) <
                                    form_weigh_terms(s, list.list.at, list.list.n)))
        list = open;
    if (!list.ok) return sum;
    way   w = {.t = list.list.at, .n = list.list.n};
    power by_terms = sum.f[0];
    w.depth = depth_of(s, w.t, w.n);
    w.weight = form_weigh_terms(s, w.t, w.n);
    if (!w.depth || w.depth > MOST_DEPTH || w.weight > form_weigh_base(s, by_terms)) return sum;
    vec_push(s->a, &s->ways, w);
    if (s->a->failed) return form_failed();
    by_terms.way = s->ways.n;
    return form_product(s, sum.c, &by_terms, 1);
}

/* What summands share, denominators of one of them among it. */
static form shared_factor(algebra *s, const form *x, uint32_t n) {
    form out = form_number((ratio){1, 1});
    for (uint32_t i = 0; i < n; i++) {
        for (uint32_t k = 0; k < x[i].n; k++) {
            power one = x[i].f[k];
            bool  scalar = form_base_is_scalar(s, one.base), seen = false;
            for (uint32_t j = 0; j < i; j++) seen = seen || form_power_in(x[j].f, x[j].n, one.base);
            if (seen) continue;
            for (uint32_t j = 0; j < n; j++)
                one.exp = shared_power(scalar, one.exp, form_power_in(x[j].f, x[j].n, one.base));
            if (one.exp) out = form_mul(s, out, form_product(s, (ratio){1, 1}, &one, 1));
            if (one.exp < 0 && !scalar) s->used |= USED_DENOMINATOR;
        }
    }
    return out;
}

/* The sum of forms that are not 0. */
static form add_all(algebra *s, form *x, uint32_t n) {
    form     common = shared_factor(s, x, n);
    uint32_t used = s->used;
    form     inverse = form_power(s, common, -1);
    terms    all = {.ok = common.ok && inverse.ok};
    for (uint32_t i = 0; all.ok && i < n; i++) {
        x[i] = without(s, x[i], inverse);
        terms p = form_expand(s, x[i]);
        all.ok = p.ok;
        for (uint32_t k = 0; k < p.list.n; k++) vec_push(s->a, &all.list, p.list.at[k]);
    }
    s->used = used;
    if (!all.ok || s->a->failed) return form_failed();
    return form_reduce(s, form_mul(s, common, keep_summands(s, primitive(s, all), x, n)));
}

/* At once: what comes out depends on the order of the summands only where they stand equally. */
form form_sum(algebra *s, const form *x, uint32_t n) {
    form    *own = arena_new(s->a, n * sizeof *own);
    uint32_t k = 0;
    if (!own) return form_failed();
    for (uint32_t i = 0; i < n; i++) {
        if (!x[i].ok) return form_failed();
        if (!form_is_zero(x[i])) own[k++] = x[i];
    }
    if (k == 0) return form_number((ratio){0, 1});
    return k == 1 ? own[0] : add_all(s, own, k);
}

form form_add(algebra *s, form x, form y) {
    return form_sum(s, (form[]){x, y}, 2);
}

terms_of_form form_terms(algebra *s, form x) {
    uint32_t used = s->used;
    terms    p = form_expand(s, x);
    s->used = used;
    return (terms_of_form){p.list.at, p.list.n, p.ok};
}

form form_multiply_out(algebra *s, form x) {
    form     keep = form_number((ratio){1, 1}), sums = form_number(x.c);
    uint32_t n = 0, used = s->used;
    for (uint32_t i = 0; x.ok && i < x.n; i++) {
        bool sum = (x.f[i].base & POLY_FLAG) && x.f[i].exp > 0;
        n += sum ? (uint32_t)x.f[i].exp : 0;
        form one = form_product(s, (ratio){1, 1}, &x.f[i], 1);
        if (sum) sums = form_mul(s, sums, one);
        else keep = form_mul(s, keep, one);
    }
    form out = x.ok && n > 1 ? form_mul(s, keep, primitive(s, form_expand(s, sums))) : form_failed();
    s->used = used;
    return out;
}
