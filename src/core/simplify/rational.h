/* Rational forms of elementwise expressions: a coefficient times powers of atoms and of
 * polynomials, denominators as negative powers.
 *
 * An atom is any node that algebra does not look into: a name, a matrix product, log(..).
 * A polynomial is a primitive sum of at least two terms, interned, so that equal factors
 * are seen at once and cancel. Forms are values in the algebra's arena; ok is false where a
 * budget was exceeded, a number overflowed, or a factor must not cancel. */
#ifndef SIMPLIFY_RATIONAL_H
#define SIMPLIFY_RATIONAL_H

#include "core/ir/ir.h"
#include "core/simplify/ratio.h"

#define POLY_FLAG UINT32_C(0x80000000)

typedef struct power {
    uint32_t base; /* an atom's node_id, or POLY_FLAG | the index of a polynomial */
    int32_t  exp;
    uint32_t way;  /* how a polynomial is written: 0 by its terms, or 1 + the index of a way */
} power;

/* By base, each once: what every form and every term keeps its powers as. */
static inline bool powers_ascending(const power *f, uint32_t n) {
    for (uint32_t i = 1; i < n; i++)
        if (f[i - 1].base >= f[i].base) return false;
    return true;
}

typedef struct form {
    ratio        c;
    const power *f; /* ascending by base, no exponent 0 */
    uint32_t     n;
    bool         ok;
} form;

typedef struct term {
    ratio        c;
    const power *f; /* of a polynomial atoms only, of a way polynomials, too */
    uint32_t     n;
} term;

typedef struct poly {
    const term *t;
    uint32_t    n;
    uint32_t    hash;
} poly;

/* Is a product nothing but a sum, or the negative of one? */
static inline bool is_sum_alone(ratio c, const power *f, uint32_t n) {
    return n == 1 && f[0].base & POLY_FLAG && f[0].exp == 1 && c.den == 1 && (c.num == 1 || c.num == -1);
}

/* What a polynomial is and how it is written are two things: by its terms, multiplied out, equal sums are
 * seen to be equal; `s - (y - x)**2`, as it was made, is the shorter line, and the one that keeps the
 * digits of y - x. A way is kept where it is no longer than the terms, and goes with the factor. */
typedef struct way {
    const term *t; /* the summands, polynomials among their factors */
    uint32_t    n;
    uint32_t    weight; /* how many factors are read */
    uint32_t    depth;  /* how deep sums stand in sums */
} way;

enum { /* what was used, for the trail; a bit each */
    USED_DENOMINATOR = 1, USED_CANCEL = 2, USED_COLLECT = 4, USED_NAME = 8, USED_TIDY = 16,
    USED_ONEHOT = 32, USED_SUM_OUT = 64, USED_EXP = 128, USED_TRANSPOSE = 256,
    USED_POWERS = 512, USED_DEVIATIONS = 1024, USED_SOFTMAX = 2048
};

typedef struct algebra {
    const ir   *g;
    arena      *a;
    VEC(poly) polys;
    VEC(way) ways;
    uint32_t   *slots;
    uint32_t    n_slots;
    const bool *flat_var; /* by var_id: may be zero on a whole region */
    const bool *
        kinked_var; /* made entry by entry from a function in pieces: a sum of such may be zero on a region */
    uint32_t    n_flat_var;
    uint32_t    n_written; /* polynomials that the model's own formulas have: they stay together in sums */
    bool        factoring; /* what all terms share is being taken out: nothing is lost where it is zero */
    uint32_t    used;     /* USED_.. since the caller cleared it */
} algebra;

void algebra_init(algebra *s, const ir *g, arena *a);

form form_number(ratio c);
form form_atom(algebra *s, node_id atom);
form form_failed(void);
bool form_is_zero(form x);
bool form_is_number(form x, ratio *c);
bool form_is_atom(form x, node_id *atom);

form form_mul(algebra *s, form x, form y);
form form_add(algebra *s, form x, form y);
form form_sum(algebra *s, const form *x, uint32_t n);
form form_negate(form x);
form form_power(algebra *s, form x, int32_t k);

/* x with every occurrence of an atom replaced. */
form form_substitute(algebra *s, form x, node_id atom, form by);

/* Solves name = def for atom^k, where def is a quotient of two polynomials that are linear
 * in atom^k: w with atom^k = w; k is set. Not ok if it is not of that kind. */
form form_solve(algebra *s, form def, node_id atom, node_id name, int32_t *k);

/* Is every power of the atom in x a multiple of k? */
bool form_divides_powers(algebra *s, form x, node_id atom, int32_t k);

/* x with atom^k replaced by w. */
form form_substitute_power(algebra *s, form x, node_id atom, int32_t k, form w);

/* x with the sums of its numerator multiplied out into one. */
form form_multiply_out(algebra *s, form x);

/* The terms of a form without denominators, multiplied out. */
typedef struct terms_of_form {
    const term *at;
    uint32_t    n;
    bool        ok;
} terms_of_form;
terms_of_form form_terms(algebra *s, form x);

/* The atoms of a form, each once, polynomials' included. */
dfoo_status form_atoms(algebra *s, form x, node_list *out);

/* The part that is the same for all entries (the number, sizes, constants) and the rest. */
void form_split_scalars(algebra *s, form x, form *scalars, form *rest);

shape base_shape(const algebra *s, uint32_t base);

static inline const poly *algebra_poly(const algebra *s, uint32_t base) {
    assert(base & POLY_FLAG && (base & ~POLY_FLAG) < s->polys.n);
    return &s->polys.at[base & ~POLY_FLAG];
}

/* The summands that a polynomial is written with. */
static inline way algebra_way(const algebra *s, power f) {
    assert(f.way <= s->ways.n);
    const poly *p = algebra_poly(s, f.base);
    return f.way ? s->ways.at[f.way - 1] : (way){.t = p->t, .n = p->n};
}

#endif
