/* Rational forms: numbers, atoms, products and powers. Products merge powers, and what may be zero on a whole
 * region never cancels. */
#include "core/simplify/rational.h"

#include <assert.h>
#include <stdlib.h>
#include <string.h>

#include "core/simplify/forms.h"

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

bool form_base_is_scalar(const algebra *s, uint32_t base) {
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
bool form_base_is_flat(const algebra *s, uint32_t base) {
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
        if (x.f[i].exp < 0 && form_base_is_flat(s, x.f[i].base)) return true;
    return false;
}

/* 0 or 1: its powers are itself. */
static bool is_boolean(const algebra *s, uint32_t base) {
    if (base & POLY_FLAG) return false;
    uint8_t op = ir_node(s->g, base)->op;
    return op >= OP_LT && op <= OP_NE;
}

/* ------------------------------------------------------ how sums are written */

uint32_t form_weigh_base(const algebra *s, power f) {
    if (!(f.base & POLY_FLAG)) return 1;
    const poly *p = algebra_poly(s, f.base);
    return f.way ? s->ways.at[f.way - 1].weight : form_weigh_terms(s, p->t, p->n);
}

/* How many factors are read in a sum of these terms; of a polynomial these are atoms. */
uint32_t form_weigh_terms(const algebra *s, const term *t, uint32_t n) {
    uint32_t w = 0;
    for (uint32_t i = 0; i < n; i++) {
        w += t[i].n == 0 || t[i].c.den != 1 || llabs(t[i].c.num) != 1; /* a number in front */
        for (uint32_t k = 0; k < t[i].n; k++)
            w += form_weigh_base(s, t[i].f[k]) + (t[i].f[k].exp != 1 && t[i].f[k].exp != -1);
    }
    return w;
}

/* Of two ways to write the same polynomial the shorter one. */
static uint32_t shorter_way(const algebra *s, power x, power y) {
    return x.way == y.way || form_weigh_base(s, x) <= form_weigh_base(s, y) ? x.way : y.way;
}

/* The exponent of a product of powers; false if the factor must not cancel. */
static bool join_powers(algebra *s, power *to, int32_t more) {
    assert(to->exp && more);
    bool cancels = (to->exp > 0) != (more > 0);
    if (cancels && !s->factoring && form_base_is_flat(s, to->base)) return false;
    if (cancels) s->used |= USED_CANCEL;
    to->exp += more;
    if (is_boolean(s, to->base) && to->exp > 1) to->exp = 1;
    return abs(to->exp) <= MOST_POWER;
}

/* Merges two ascending lists of powers; false: a factor must not cancel, or there are too many. */
bool form_merge_powers(algebra *s, const power *x, uint32_t nx, const power *y, uint32_t ny, power *out,
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
    if (!form_merge_powers(s, x.f, x.n, y.f, y.n, f, &out.n)) return form_failed();
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

int32_t form_power_in(const power *f, uint32_t n, uint32_t base) {
    for (uint32_t i = 0; i < n; i++)
        if (f[i].base == base) return f[i].exp;
    return 0;
}

static int by_base(const void *x, const void *y) {
    uint32_t a = ((const power *)x)->base, b = ((const power *)y)->base;
    return (a > b) - (a < b);
}

form form_product(algebra *s, ratio c, const power *f, uint32_t n) {
    power *own = arena_new(s->a, n * sizeof *own);
    if (!own) return form_failed();
    if (n) memcpy(own, f, n * sizeof *own);
    if (n) qsort(own, n, sizeof *own, by_base);
    return (form){.c = c, .f = own, .n = n, .ok = true};
}
