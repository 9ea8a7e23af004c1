/* Arithmetic of rational forms. Products merge powers; sums take out what the summands
 * share (denominators among it), expand the rest within a budget, and look for exact
 * divisions by the denominators that are there. */
#include "core/simplify/rational.h"

#include <assert.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

enum { MOST_TERMS = 48, MOST_POWER = 64, MOST_FACTORS = 64, MOST_DEPTH = 4 };

/* --------------------------------------------------------- rational numbers */

static int64_t gcd(int64_t a, int64_t b) {
    if (a < 0) a = -a;
    if (b < 0) b = -b;
    while (b) {
        int64_t t = a % b;
        a = b;
        b = t;
    }
    return a ? a : 1;
}

static bool ratio_make(int64_t num, int64_t den, ratio *out) {
    if (den == 0 || num == INT64_MIN || den == INT64_MIN) return false;
    int64_t k = gcd(num, den);
    if (den < 0) k = -k;
    *out = (ratio){num / k, den / k};
    return true;
}

static bool ratio_mul(ratio a, ratio b, ratio *out) {
    assert(a.den > 0 && b.den > 0);
    int64_t k1 = gcd(a.num, b.den), k2 = gcd(b.num, a.den), num, den;
    if (__builtin_mul_overflow(a.num / k1, b.num / k2, &num)) return false;
    if (__builtin_mul_overflow(a.den / k2, b.den / k1, &den)) return false;
    return ratio_make(num, den, out);
}

static bool ratio_add(ratio a, ratio b, ratio *out) {
    assert(a.den > 0 && b.den > 0);
    int64_t x, y, den, sum;
    if (__builtin_mul_overflow(a.num, b.den, &x) || __builtin_mul_overflow(b.num, a.den, &y)) return false;
    if (__builtin_mul_overflow(a.den, b.den, &den) || __builtin_add_overflow(x, y, &sum)) return false;
    return ratio_make(sum, den, out);
}

static bool ratio_power(ratio a, int32_t k, ratio *out) {
    ratio r = {1, 1};
    if (k < 0 && !ratio_make(a.den, a.num, &a)) return false;
    for (int32_t i = 0; i < abs(k); i++)
        if (!ratio_mul(r, a, &r)) return false;
    *out = r;
    return true;
}

/* A double as the fraction that its shortest decimal says: 0.7 is 7/10. */
bool ratio_from_double(double x, ratio *out) {
    double scale = 1;
    for (int digits = 0; digits <= 9; digits++, scale *= 10) {
        double num = nearbyint(x * scale);
        if (fabs(num) > 1e15) return false;
        if (num / scale == x) return ratio_make((int64_t)num, (int64_t)scale, out);
    }
    return false;
}

/* ------------------------------------------------------------------- forms */

void algebra_init(algebra *s, const ir *g, arena *a) {
    *s = (algebra){.g = g, .a = a};
}

form form_failed(void) {
    return (form){.ok = false};
}

form form_number(ratio c) {
    return (form){.c = c, .ok = true};
}

form form_atom(algebra *s, node_id atom) {
    assert(atom && atom < s->g->nodes.n);
    power *f = arena_new(s->a, sizeof *f);
    if (!f) return form_failed();
    *f = (power){atom, 1, 0};
    return (form){.c = {1, 1}, .f = f, .n = 1, .ok = true};
}

bool form_is_zero(form x) {
    return x.ok && x.c.num == 0;
}

bool form_is_number(form x, ratio *c) {
    *c = x.c;
    return x.ok && x.n == 0;
}

bool form_is_one(form x) {
    return x.ok && x.n == 0 && x.c.num == 1 && x.c.den == 1;
}

bool form_is_atom(form x, node_id *atom) {
    bool yes =
        x.ok && x.n == 1 && x.c.num == 1 && x.c.den == 1 && x.f[0].exp == 1 && !(x.f[0].base & POLY_FLAG);
    if (yes) *atom = x.f[0].base;
    return yes;
}

form form_negate(form x) {
    x.c.num = -x.c.num;
    return x;
}

shape base_shape(const algebra *s, uint32_t base) {
    if (!(base & POLY_FLAG)) return ir_shape(s->g, base);
    const poly *p = algebra_poly(s, base);
    shape       sh = shape_scalar();
    for (uint32_t i = 0; i < p->n; i++)
        for (uint32_t k = 0; k < p->t[i].n; k++) shape_broadcast(sh, ir_shape(s->g, p->t[i].f[k].base), &sh);
    return sh;
}

static bool is_scalar(const algebra *s, uint32_t base) {
    return shape_is_scalar(base_shape(s, base));
}

/* What forms could not express: it may be anything. */
static bool is_opaque(const node *x) {
    return (x->op >= OP_ADD && x->op <= OP_DIV) || x->op == OP_NEG;
}

/* Is it a function in pieces, which a sum may come to nothing with, as abs(x) + x does? */
static bool is_kinked(const algebra *s, uint32_t atom) {
    const node *x = ir_node(s->g, atom);
    if (x->op == OP_VAR) return x->ref < s->n_flat_var && s->kinked_var[x->ref];
    return (op_table[x->op].flags & OP_FLAG_FLAT) != 0 || op_table[x->op].kink[0] || is_opaque(x);
}

/* May this factor be zero on a whole region? Then quotients of it must stay. */
static bool is_flat(const algebra *s, uint32_t base) {
    if (base & POLY_FLAG) {
        const poly *p = algebra_poly(s, base);
        for (uint32_t i = 0; i < p->n; i++)
            for (uint32_t k = 0; k < p->t[i].n; k++)
                if (is_kinked(s, p->t[i].f[k].base)) return true;
        return false;
    }
    const node *x = ir_node(s->g, base);
    if (x->op == OP_VAR) return x->ref < s->n_flat_var && s->flat_var[x->ref];
    return (op_table[x->op].flags & OP_FLAG_FLAT) != 0 || is_opaque(x);
}

/* Is it divided by what may be zero on a whole region? Then it is not zero for being 0 times it. */
static bool has_flat_denominator(const algebra *s, form x) {
    for (uint32_t i = 0; i < x.n; i++)
        if (x.f[i].exp < 0 && is_flat(s, x.f[i].base)) return true;
    return false;
}

/* 0 or 1: its powers are itself. */
static bool is_boolean(const algebra *s, uint32_t base) {
    if (base & POLY_FLAG) return false;
    uint8_t op = ir_node(s->g, base)->op;
    return op >= OP_LT && op <= OP_NE;
}

/* ------------------------------------------------------ how sums are written */

static uint32_t weigh_terms(const algebra *s, const term *t, uint32_t n);

static uint32_t weigh_base(const algebra *s, power f) {
    if (!(f.base & POLY_FLAG)) return 1;
    const poly *p = algebra_poly(s, f.base);
    return f.way ? s->ways.at[f.way - 1].weight : weigh_terms(s, p->t, p->n);
}

/* How many factors are read in a sum of these terms; of a polynomial these are atoms. */
static uint32_t weigh_terms(const algebra *s, const term *t, uint32_t n) {
    uint32_t w = 0;
    for (uint32_t i = 0; i < n; i++) {
        w += t[i].n == 0 || t[i].c.den != 1 || llabs(t[i].c.num) != 1; /* a number in front */
        for (uint32_t k = 0; k < t[i].n; k++)
            w += weigh_base(s, t[i].f[k]) + (t[i].f[k].exp != 1 && t[i].f[k].exp != -1);
    }
    return w;
}

/* Of two ways to write the same polynomial the shorter one. */
static uint32_t shorter_way(const algebra *s, power x, power y) {
    return x.way == y.way || weigh_base(s, x) <= weigh_base(s, y) ? x.way : y.way;
}

/* The exponent of a product of powers; false if the factor must not cancel. */
static bool join_powers(algebra *s, power *to, int32_t more) {
    assert(to->exp && more);
    bool cancels = (to->exp > 0) != (more > 0);
    if (cancels && !s->factoring && is_flat(s, to->base)) return false;
    if (cancels) s->used |= USED_CANCEL;
    to->exp += more;
    if (is_boolean(s, to->base) && to->exp > 1) to->exp = 1;
    return abs(to->exp) <= MOST_POWER;
}

/* Merges two ascending lists of powers; false: a factor must not cancel, or there are too many. */
static bool merge_powers(algebra *s, const power *x, uint32_t nx, const power *y, uint32_t ny, power *out,
                         uint32_t *n) {
    assert(powers_ascending(x, nx) && powers_ascending(y, ny));
    uint32_t i = 0, k = 0;
    *n = 0;
    while (i < nx || k < ny) {
        if (k == ny || (i < nx && x[i].base < y[k].base)) {
            out[(*n)++] = x[i++];
        } else if (i == nx || y[k].base < x[i].base) {
            out[(*n)++] = y[k++];
        } else {
            power both = x[i++];
            both.way = shorter_way(s, both, y[k]);
            if (!join_powers(s, &both, y[k++].exp)) return false;
            if (both.exp) out[(*n)++] = both;
        }
    }
    return *n <= MOST_FACTORS;
}

form form_mul(algebra *s, form x, form y) {
    form out = {.ok = x.ok && y.ok};
    if (!out.ok) return form_failed();
    if (has_flat_denominator(s, form_is_zero(x) ? y : form_is_zero(y) ? x : out)) return form_failed();
    if (form_is_zero(x) || form_is_zero(y)) return form_number((ratio){0, 1});
    power *f = arena_new(s->a, (x.n + y.n) * sizeof *f);
    if (!f || !ratio_mul(x.c, y.c, &out.c)) return form_failed();
    if (!merge_powers(s, x.f, x.n, y.f, y.n, f, &out.n)) return form_failed();
    out.f = f;
    return out;
}

form form_power(algebra *s, form x, int32_t k) {
    form out = {.n = x.n, .ok = true};
    if (!x.ok || abs(k) > MOST_POWER || (form_is_zero(x) && k <= 0)) return form_failed();
    if (k == 0) return form_number((ratio){1, 1});
    if (!ratio_power(x.c, k, &out.c)) return form_failed();
    power *f = arena_new(s->a, x.n * sizeof *f);
    if (!f) return form_failed();
    for (uint32_t i = 0; i < x.n; i++) {
        if (abs(x.f[i].exp) > MOST_POWER / abs(k)) return form_failed();
        f[i] = (power){x.f[i].base, x.f[i].exp * k, x.f[i].way};
        if (is_boolean(s, f[i].base) && f[i].exp > 1) f[i].exp = 1;
    }
    out.f = f;
    return out;
}

/* ------------------------------------------------------------- polynomials */

typedef struct terms {
    VEC(term) list;
    bool ok;
} terms;

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
    bool     ok = merge_powers(s, x->f, x->n, y->f, y->n, f, &out->n);
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
    terms out = {.ok = x->ok && (uint64_t)x->list.n * ny <= 4 * MOST_TERMS};
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
static terms expand(algebra *s, form x) {
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

static int32_t power_in(const power *f, uint32_t n, uint32_t base) {
    for (uint32_t i = 0; i < n; i++)
        if (f[i].base == base) return f[i].exp;
    return 0;
}

/* The powers that all terms share, at most `room` of them. */
static uint32_t shared_powers(algebra *s, const terms *p, power *out) {
    uint32_t n = 0;
    for (uint32_t t = 0; t < p->list.n; t++) {
        const term *one = &p->list.at[t];
        for (uint32_t i = 0; i < one->n && n < MOST_FACTORS; i++) {
            uint32_t base = one->f[i].base;
            if (power_in(out, n, base)) continue;
            int32_t e = one->f[i].exp;
            for (uint32_t k = 0; k < p->list.n; k++)
                e = shared_power(is_scalar(s, base), e, power_in(p->list.at[k].f, p->list.at[k].n, base));
            if (e) out[n++] = (power){base, e, 0};
        }
    }
    return n;
}

static int by_base(const void *x, const void *y) {
    uint32_t a = ((const power *)x)->base, b = ((const power *)y)->base;
    return (a > b) - (a < b);
}

static form product_of(algebra *s, ratio c, const power *f, uint32_t n) {
    power *own = arena_new(s->a, n * sizeof *own);
    if (!own) return form_failed();
    if (n) memcpy(own, f, n * sizeof *own);
    if (n) qsort(own, n, sizeof *own, by_base);
    return (form){.c = c, .f = own, .n = n, .ok = true};
}

/* The number that all terms share, with the sign that leaves most terms positive (the first
 * one, where as many are negative). */
static ratio shared_number(const terms *p) {
    assert(p->list.n);
    int64_t num = 0, den = 1;
    int     signs = 0;
    for (uint32_t i = 0; i < p->list.n; i++) {
        ratio c = p->list.at[i].c;
        num = num ? gcd(num, c.num) : llabs(c.num);
        int64_t g = gcd(den, c.den), lcm;
        if (__builtin_mul_overflow(den / g, c.den, &lcm)) return (ratio){1, 1};
        den = lcm;
        signs += c.num > 0 ? 1 : -1;
    }
    bool minus = signs < 0 || (signs == 0 && p->list.at[p->list.n - 1].c.num < 0);
    return (ratio){minus ? -num : num, den};
}

/* Terms -> what they share times a primitive polynomial. */
static form primitive(algebra *s, terms p) {
    collect(s, &p);
    if (!p.ok || p.list.n > MOST_TERMS || s->a->failed) return form_failed();
    if (p.list.n == 0) return form_number((ratio){0, 1});
    power    shared[MOST_FACTORS];
    uint32_t n_shared = shared_powers(s, &p, shared);
    ratio    c = shared_number(&p), inverse;
    if (p.list.n == 1) return product_of(s, p.list.at[0].c, p.list.at[0].f, p.list.at[0].n);
    form out = product_of(s, c, shared, n_shared);
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
    return form_mul(s, out, product_of(s, (ratio){1, 1}, &one, 1));
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
        if (out->f[i].exp < 0 && !is_scalar(s, out->f[i].base)) return false;
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
static form reduce(algebra *s, form x) {
    for (uint32_t i = 0; x.ok && i < x.n; i++) {
        for (uint32_t k = 0; k < x.n; k++) {
            power up = x.f[i], down = x.f[k];
            terms q;
            if (up.exp <= 0 || down.exp >= 0 || !(up.base & POLY_FLAG) || !(down.base & POLY_FLAG) ||
                is_flat(s, down.base))
                continue;
            if (!divide_exactly(s, algebra_poly(s, up.base), algebra_poly(s, down.base), &q)) continue;
            power move[2] = {{up.base, -1, 0}, {down.base, 1, 0}};
            s->used |= USED_CANCEL;
            form less = without(s, x, product_of(s, (ratio){1, 1}, move, 2));
            x = form_mul(s, less, primitive(s, q));
            i = UINT32_MAX; /* start again: the list has changed */
            break;
        }
    }
    return x;
}

/* Adds c * x to the summands of a sum: x itself, or, where x is nothing but a sum, what that is a sum of,
 * unless it is a sum of the model's. */
static bool keep_summand(algebra *s, terms *list, form x, ratio c) {
    bool opened = is_sum_alone(x.c, x.f, x.n) && (x.f[0].base & ~POLY_FLAG) >= s->n_written;
    term own = {.c = {1, 1}, .f = x.f, .n = x.n};
    way  inner = opened ? algebra_way(s, x.f[0]) : (way){.t = &own, .n = 1};
    if (!ratio_mul(x.c, c, &c)) return false;
    for (uint32_t i = 0; i < inner.n; i++) {
        term one = inner.t[i];
        if (!ratio_mul(one.c, c, &one.c)) return false;
        vec_push(s->a, &list->list, one);
    }
    return list->list.n <= MOST_TERMS;
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
    terms list = {.ok = true};
    if (!sum.ok || sum.n != 1 || !(sum.f[0].base & POLY_FLAG) || sum.f[0].exp != 1) return sum;
    if (!ratio_make(sum.c.den, sum.c.num, &c)) return sum;
    for (uint32_t i = 0; i < n; i++)
        if (!keep_summand(s, &list, x[i], c)) return sum;
    way   w = {.t = list.list.at, .n = list.list.n};
    power by_terms = sum.f[0];
    w.depth = depth_of(s, w.t, w.n);
    w.weight = weigh_terms(s, w.t, w.n);
    if (!w.depth || w.depth > MOST_DEPTH || w.weight > weigh_base(s, by_terms)) return sum;
    vec_push(s->a, &s->ways, w);
    if (s->a->failed) return form_failed();
    by_terms.way = s->ways.n;
    return product_of(s, sum.c, &by_terms, 1);
}

/* What summands share, denominators of one of them among it. */
static form shared_factor(algebra *s, const form *x, uint32_t n) {
    form out = form_number((ratio){1, 1});
    for (uint32_t i = 0; i < n; i++) {
        for (uint32_t k = 0; k < x[i].n; k++) {
            power one = x[i].f[k];
            bool  scalar = is_scalar(s, one.base), seen = false;
            for (uint32_t j = 0; j < i; j++) seen = seen || power_in(x[j].f, x[j].n, one.base);
            if (seen) continue;
            for (uint32_t j = 0; j < n; j++)
                one.exp = shared_power(scalar, one.exp, power_in(x[j].f, x[j].n, one.base));
            if (one.exp) out = form_mul(s, out, product_of(s, (ratio){1, 1}, &one, 1));
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
        terms p = expand(s, x[i]);
        all.ok = p.ok;
        for (uint32_t k = 0; k < p.list.n; k++) vec_push(s->a, &all.list, p.list.at[k]);
    }
    s->used = used;
    if (!all.ok || s->a->failed) return form_failed();
    return reduce(s, form_mul(s, common, keep_summands(s, primitive(s, all), x, n)));
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
    terms    p = expand(s, x);
    s->used = used;
    return (terms_of_form){p.list.at, p.list.n, p.ok};
}

form form_multiply_out(algebra *s, form x) {
    form     keep = form_number((ratio){1, 1}), sums = form_number(x.c);
    uint32_t n = 0, used = s->used;
    for (uint32_t i = 0; x.ok && i < x.n; i++) {
        bool sum = (x.f[i].base & POLY_FLAG) && x.f[i].exp > 0;
        n += sum ? (uint32_t)x.f[i].exp : 0;
        form one = product_of(s, (ratio){1, 1}, &x.f[i], 1);
        if (sum) sums = form_mul(s, sums, one);
        else keep = form_mul(s, keep, one);
    }
    form out = x.ok && n > 1 ? form_mul(s, keep, primitive(s, expand(s, sums))) : form_failed();
    s->used = used;
    return out;
}

/* ------------------------------------------------------------ substitution */

form form_substitute_power(algebra *s, form x, node_id atom, int32_t k, form w) {
    assert(k > 0);
    form out = form_number(x.c);
    for (uint32_t j = 0; x.ok && out.ok && j < x.n; j++) {
        power f = x.f[j];
        if (f.base == atom) {
            out = form_mul(s, out, form_power(s, w, f.exp / k));
        } else if (!(f.base & POLY_FLAG)) {
            out = form_mul(s, out, product_of(s, (ratio){1, 1}, &f, 1));
        } else {
            power by_terms = {f.base, f.exp, k == 1 ? f.way : 0}; /* other powers are looked for in terms */
            way   p = algebra_way(s, by_terms);
            form *parts = arena_new(s->a, p.n * sizeof *parts);
            if (!parts) return form_failed();
            for (uint32_t i = 0; i < p.n; i++) { /* at most MOST_DEPTH levels deep */
                form part = product_of(s, p.t[i].c, p.t[i].f, p.t[i].n);
                parts[i] = form_substitute_power(s, part, atom, k, w);
            }
            out = form_mul(s, out, form_power(s, form_sum(s, parts, p.n), f.exp));
        }
    }
    return x.ok ? reduce(s, out) : x;
}

form form_substitute(algebra *s, form x, node_id atom, form by) {
    return form_substitute_power(s, x, atom, 1, by);
}

bool form_divides_powers(algebra *s, form x, node_id atom, int32_t k) {
    assert(k > 0);
    for (uint32_t i = 0; i < x.n; i++) {
        if (x.f[i].base == atom && x.f[i].exp % k) return false;
        if (!(x.f[i].base & POLY_FLAG)) continue;
        const poly *p = algebra_poly(s, x.f[i].base);
        for (uint32_t t = 0; t < p->n; t++)
            if (power_in(p->t[t].f, p->t[t].n, atom) % k) return false;
    }
    return true;
}

/* Splits terms by the power of an atom: those without it, and those with exactly atom^k
 * (divided by it). False if other powers occur. */
static bool split_linear(algebra *s, const terms *p, node_id atom, int32_t k, form *without, form *with) {
    assert(k > 0);
    form    *both = arena_new(s->a, 2 * p->list.n * sizeof *both);
    form    *parts[2] = {both, both + p->list.n};
    uint32_t n[2] = {0, 0};
    if (!both) return false;
    for (uint32_t i = 0; i < p->list.n; i++) {
        const term *t = &p->list.at[i];
        int32_t     e = power_in(t->f, t->n, atom);
        power       remove = {atom, -k, 0};
        form        one = product_of(s, t->c, t->f, t->n);
        if (e != 0 && e != k) return false;
        if (e == k) one = form_mul(s, one, product_of(s, (ratio){1, 1}, &remove, 1));
        parts[e == k][n[e == k]++] = one;
    }
    *without = form_sum(s, parts[0], n[0]);
    *with = form_sum(s, parts[1], n[1]);
    return without->ok && with->ok;
}

static int32_t smallest_power(const terms *p, node_id atom) {
    int32_t k = 0;
    for (uint32_t i = 0; i < p->list.n; i++) {
        int32_t e = power_in(p->list.at[i].f, p->list.at[i].n, atom);
        if (e > 0 && (!k || e < k)) k = e;
    }
    return k;
}

form form_solve(algebra *s, form def, node_id atom, node_id name, int32_t *k) {
    form up = form_number(def.c), down = form_number((ratio){1, 1});
    uint32_t used = s->used;
    for (uint32_t i = 0; def.ok && i < def.n; i++) {
        power f = def.f[i], inverse = {f.base, -f.exp, f.way};
        if (f.exp > 0) up = form_mul(s, up, product_of(s, (ratio){1, 1}, &f, 1));
        else down = form_mul(s, down, product_of(s, (ratio){1, 1}, &inverse, 1));
    }
    terms p = expand(s, up), q = expand(s, down);
    form  n0, n1, d0, d1, out = form_failed(), a = form_atom(s, name);
    if (def.ok && p.ok && q.ok) {
        int32_t kp = smallest_power(&p, atom), kq = smallest_power(&q, atom);
        *k = !kq || (kp && kp < kq) ? kp : kq;
        if (*k && split_linear(s, &p, atom, *k, &n0, &n1) && split_linear(s, &q, atom, *k, &d0, &d1)) {
            form top = form_add(s, n0, form_negate(form_mul(s, a, d0)));
            form bottom = form_add(s, form_mul(s, a, d1), form_negate(n1));
            out = form_mul(s, top, form_power(s, bottom, -1));
        }
    }
    s->used = used;
    return out;
}

dfoo_status form_atoms(algebra *s, form x, node_list *out) {
    for (uint32_t i = 0; x.ok && i < x.n; i++) {
        bool        is_poly = (x.f[i].base & POLY_FLAG) != 0;
        const poly *p = is_poly ? algebra_poly(s, x.f[i].base) : NULL;
        for (uint32_t t = 0; t < (is_poly ? p->n : 1); t++) {
            for (uint32_t k = 0; k < (is_poly ? p->t[t].n : 1); k++) {
                node_id  atom = is_poly ? p->t[t].f[k].base : x.f[i].base;
                uint32_t j = 0;
                while (j < out->list.n && out->list.at[j] != atom) j++;
                if (j == out->list.n) vec_push(s->a, &out->list, atom);
            }
        }
    }
    return arena_status(s->a);
}

void form_split_scalars(algebra *s, form x, form *scalars, form *rest) {
    *scalars = form_number(x.c);
    *rest = form_number((ratio){1, 1});
    power *a = arena_new(s->a, x.n * sizeof *a), *b = arena_new(s->a, x.n * sizeof *b);
    if (!a || !b) {
        *scalars = *rest = form_failed();
        return;
    }
    for (uint32_t i = 0; i < x.n; i++) {
        if (is_scalar(s, x.f[i].base)) a[scalars->n++] = x.f[i];
        else b[rest->n++] = x.f[i];
    }
    scalars->f = a;
    rest->f = b;
    scalars->ok = rest->ok = x.ok;
}
