/* Powers and roots of one thing: x / sqrt(x) is sqrt(x), x**0.5, too, and (x**1.5)**2 is x**3. A root is an
 * atom to the algebra; here its operand is looked at. */
#include <assert.h>
#include <stdlib.h>

#include "core/simplify/engine.h"
#include "core/simplify/forms.h"

/* An atom that is a power of something: sqrt(of), of**exp. */
typedef struct root {
    form    of;
    node_id arg;
    ratio   exp;
    bool    is_sqrt;
} root;

static bool read_root(simplifier *w, uint32_t base, root *out) {
    if (base & POLY_FLAG) return false;
    const node x = *ir_node(w->g, base);
    uint32_t   used = w->s.used;
    if (x.op != OP_SQRT && x.op != OP_POW) return false;
    for (int k = 0; k < op_table[x.op].arity; k++) engine_convert(w, x.arg[k]);
    w->s.used = used;
    if (w->a->failed) return false;
    *out = (root){engine_entry(w, x.arg[0])->f, x.arg[0], {1, 2}, x.op == OP_SQRT};
    if (x.op == OP_POW && !form_is_number(engine_entry(w, x.arg[1])->f, &out->exp)) return false;
    return out->of.ok && out->of.n > 0;
}

/* What is taken to a power, if that is one factor: an atom or a sum. */
static bool one_base(form x, uint32_t *base) {
    if (x.n != 1 || x.f[0].exp != 1 || x.c.num != 1 || x.c.den != 1) return false;
    *base = x.f[0].base;
    return true;
}

/* of**e. A power of a square root stays one, so that it cancels against others of it; build.c writes the even
 * ones without the root. */
static form power_form(simplifier *w, const root *r, node_id atom, ratio e) {
    ratio again, twice;
    if (!ratio_mul(e, (ratio){2, 1}, &twice) || llabs(twice.num) > MOST_POWER) return form_failed();
    if (r->is_sqrt && twice.den == 1)
        return form_power(&w->s, form_atom(&w->s, atom), (int32_t)twice.num);
    if (e.den == 1) return form_power(&w->s, r->of, (int32_t)e.num);
    double value = (double)e.num / (double)e.den;
    if (!ratio_from_double(value, &again) || again.num != e.num || again.den != e.den) return form_failed();
    node_id n = ir_op2(w->g, OP_POW, r->arg, ir_number(w->g, value));
    return n && engine_sync(w) ? form_atom(&w->s, n) : form_failed();
}

/* The factors of x that are powers of the same thing as its factor `first`, a root. */
typedef struct family {
    bool     in[MOST_FACTORS];
    uint32_t n;
    bool     up, down; /* above, below the line */
    bool     is_sqrt;
    node_id  atom; /* the root to write with */
    ratio    exp;  /* of all of them */
} family;

static bool add_member(family *all, form x, uint32_t i, ratio e) {
    ratio k;
    if (!ratio_make(e.num * x.f[i].exp, e.den, &k) || !ratio_add(all->exp, k, &all->exp)) return false;
    *(k.num > 0 ? &all->up : &all->down) = true;
    all->in[i] = true;
    all->n++;
    return true;
}

static bool gather(simplifier *w, form x, uint32_t first, const root *r, family *all) {
    uint32_t base, other;
    *all = (family){.atom = x.f[first].base, .is_sqrt = r->is_sqrt, .exp = {0, 1}};
    if (!one_base(r->of, &base)) return add_member(all, x, first, r->exp);
    for (uint32_t i = 0; i < x.n; i++) {
        root next;
        bool same = x.f[i].base == base;
        bool also = !same && read_root(w, x.f[i].base, &next) && one_base(next.of, &other) && other == base;
        if (!same && !also) continue;
        if (!add_member(all, x, i, same ? (ratio){1, 1} : next.exp)) return false;
        if (also && next.is_sqrt) {
            all->atom = x.f[i].base;
            all->is_sqrt = true;
        }
    }
    return !(all->up && all->down && form_base_is_flat(&w->s, base));
}

/* Is there something to be done? Powers of one square root, x**0.5 and 1/x**0.5 stay as they are. */
static bool is_worth_it(form x, uint32_t first, const root *r, const family *all) {
    return all->n > 1 || (!r->is_sqrt && abs(x.f[first].exp) != 1);
}

static form join_open_powers(simplifier *w, form x);
static bool has_open_power(const simplifier *w, form x);

form engine_join_powers(simplifier *w, form x) {
    if (has_open_power(w, x)) x = join_open_powers(w, x);
    for (uint32_t i = 0; x.ok && i < x.n && x.n <= MOST_FACTORS; i++) {
        root   r;
        family all;
        if (!read_root(w, x.f[i].base, &r) || !gather(w, x, i, &r, &all) || !is_worth_it(x, i, &r, &all))
            continue;
        form rest = form_number(x.c);
        for (uint32_t k = 0; k < x.n; k++)
            if (!all.in[k]) rest = form_mul(&w->s, rest, form_product(&w->s, (ratio){1, 1}, &x.f[k], 1));
        r.is_sqrt = all.is_sqrt;
        form joined = form_mul(&w->s, rest, power_form(w, &r, all.atom, all.exp));
        if (!joined.ok) continue;
        w->s.used |= USED_POWERS;
        x = joined;
        i = UINT32_MAX; /* start again: the list has changed */
    }
    return x;
}

/* ---------------------------------------------------------------- exponents that are no numbers */

/* An atom that is a power with names in its exponent. */
static bool read_open(simplifier *w, uint32_t base, node_id *of, form *exponent) {
    if (base & POLY_FLAG || ir_node(w->g, base)->op != OP_POW) return false;
    const node x = *ir_node(w->g, base);
    uint32_t   used = w->s.used;
    ratio      number;
    for (int k = 0; k < 2; k++) engine_convert(w, x.arg[k]);
    w->s.used = used;
    if (w->a->failed) return false;
    *of = x.arg[0];
    *exponent = engine_entry(w, x.arg[1])->f;
    return exponent->ok && !form_is_number(*exponent, &number);
}

static form times_number(simplifier *w, form x, int32_t k) {
    return form_mul(&w->s, form_number((ratio){k, 1}), x);
}

static uint32_t terms_in(simplifier *w, form x) {
    terms_of_form p = form_terms(&w->s, x);
    return p.ok ? p.n : UINT32_MAX;
}

/* a**b to the k, of this exponent in all: not ok where it is not simpler than a**b was. */
static form open_power(simplifier *w, node_id of, form was, form exponent) {
    ratio number;
    if (form_is_number(exponent, &number))
        return number.den == 1 && llabs(number.num) <= MOST_POWER
                   ? form_power(&w->s, engine_entry(w, of)->f, (int32_t)number.num)
                   : form_failed();
    if (!exponent.ok || terms_in(w, exponent) >= terms_in(w, was)) return form_failed();
    shape sh = base_shape(&w->s, exponent.f[0].base);
    for (uint32_t i = 1; i < exponent.n; i++) shape_broadcast(sh, base_shape(&w->s, exponent.f[i].base), &sh);
    node_id n = build_form(&w->b, exponent, sh), atom = n ? ir_op2(w->g, OP_POW, of, n) : 0;
    return atom && engine_sync(w) ? form_atom(&w->s, atom) : form_failed();
}

/* The factors i and k of x as one, if they are powers of the same thing and come to something simpler. */
static form join_two(simplifier *w, form x, uint32_t i, uint32_t k) {
    node_id  of, also;
    form     b, c;
    uint32_t base;
    if (!read_open(w, x.f[i].base, &of, &b)) return form_failed();
    bool itself = one_base(engine_entry(w, of)->f, &base) && x.f[k].base == base;
    bool power = !itself && read_open(w, x.f[k].base, &also, &c) && also == of;
    if (itself) c = form_number((ratio){1, 1});
    if ((!itself && !power) || (x.f[i].exp > 0) == (x.f[k].exp > 0 && power) ||
        (one_base(engine_entry(w, of)->f, &base) && form_base_is_flat(&w->s, base)))
        return form_failed();
    form  all = form_add(&w->s, times_number(w, b, x.f[i].exp), times_number(w, c, x.f[k].exp));
    form rest = form_number(x.c);
    for (uint32_t j = 0; j < x.n; j++)
        if (j != i && j != k) rest = form_mul(&w->s, rest, form_product(&w->s, (ratio){1, 1}, &x.f[j], 1));
    return form_mul(&w->s, rest, open_power(w, of, b, all));
}

static form join_open_powers(simplifier *w, form x) {
    uint32_t pairs = x.ok ? x.n * x.n : 0;
    for (uint32_t at = 0; x.ok && at < pairs; at++) {
        if (at / x.n == at % x.n) continue;
        form joined = join_two(w, x, at / x.n, at % x.n);
        if (!joined.ok) continue;
        w->s.used |= USED_POWERS;
        x = joined;
        pairs = x.n * x.n;
        at = UINT32_MAX; /* start again: the list has changed */
    }
    return x;
}

static bool has_open_power(const simplifier *w, form x) {
    for (uint32_t i = 0; x.ok && i < x.n; i++)
        if (!(x.f[i].base & POLY_FLAG) && ir_node(w->g, x.f[i].base)->op == OP_POW) return true;
    return false;
}

static bool is_sum_of_powers(simplifier *w, power f) {
    if (!(f.base & POLY_FLAG) || f.exp != 1) return false;
    way p = algebra_way(&w->s, f);
    for (uint32_t i = 0; i < p.n; i++)
        if (has_open_power(w, (form){.f = p.t[i].f, .n = p.t[i].n, .ok = true})) return true;
    return false;
}

form engine_divide_powers(simplifier *w, form x) {
    form     rest = form_number(x.c), out = form_number((ratio){0, 1});
    uint32_t at = 0;
    if (!has_open_power(w, x)) return form_failed();
    while (at < x.n && !is_sum_of_powers(w, x.f[at])) at++;
    if (at == x.n) return form_failed();
    for (uint32_t i = 0; i < x.n; i++)
        if (i != at) rest = form_mul(&w->s, rest, form_product(&w->s, (ratio){1, 1}, &x.f[i], 1));
    way p = algebra_way(&w->s, x.f[at]);
    for (uint32_t i = 0; i < p.n; i++) {
        form one = form_product(&w->s, p.t[i].c, p.t[i].f, p.t[i].n);
        out = form_add(&w->s, out, engine_join_powers(w, form_mul(&w->s, rest, one)));
    }
    return out;
}

/* y with the powers of what x has a square root of as powers of that root. */
static form in_roots_of(simplifier *w, form x, form y) {
    for (uint32_t i = 0; x.ok && y.ok && i < x.n; i++) {
        root     r;
        uint32_t base;
        if (!read_root(w, x.f[i].base, &r) || !r.is_sqrt || !one_base(r.of, &base)) continue;
        int32_t k = form_power_in(y.f, y.n, base);
        power   move[2] = {{base, -k, 0}, {x.f[i].base, 2 * k, 0}};
        if (!k || form_base_is_flat(&w->s, base)) continue;
        form other = form_mul(&w->s, y, form_product(&w->s, (ratio){1, 1}, move, 2));
        if (other.ok) y = other;
    }
    return y;
}

/* A sum with the even powers of one square root without it; not ok if it has none. */
static form open_one_root(simplifier *w, form sum) {
    node_list atoms = {{0}};
    if (form_atoms(&w->s, sum, &atoms) != DFOO_OK) return form_failed();
    for (uint32_t i = 0; i < atoms.list.n; i++) {
        root r;
        if (!read_root(w, atoms.list.at[i], &r) || !r.is_sqrt) continue;
        if (form_divides_powers(&w->s, sum, atoms.list.at[i], 2))
            return form_substitute_power(&w->s, sum, atoms.list.at[i], 2, r.of);
    }
    return form_failed();
}

/* x with sqrt(s)**2 in its sums as s; not ok if there is none. */
static form open_roots(simplifier *w, form x) {
    form out = form_number(x.c);
    bool any = false;
    for (uint32_t i = 0; i < x.n; i++) {
        form one = form_product(&w->s, (ratio){1, 1}, &x.f[i], 1);
        bool sum = x.f[i].base & POLY_FLAG && x.f[i].exp > 0;
        form by = sum ? open_one_root(w, one) : form_failed();
        any = any || by.ok;
        out = form_mul(&w->s, out, by.ok ? by : one);
    }
    return any ? out : form_failed();
}

static bool has_root(const simplifier *w, form x) {
    for (uint32_t i = 0; i < x.n; i++)
        if (!(x.f[i].base & POLY_FLAG) && ir_node(w->g, x.f[i].base)->op == OP_SQRT) return true;
    return false;
}

static uint32_t weight_of(algebra *s, form x) {
    term one = {.c = x.c, .f = x.f, .n = x.n};
    return form_weigh_terms(s, &one, 1);
}

form engine_add_roots(simplifier *w, form x, form y) {
    uint32_t used = w->s.used;
    y = in_roots_of(w, x, y);
    x = in_roots_of(w, y, x);
    w->s.used = used;
    form out = form_add(&w->s, x, y);
    if (!out.ok || !(has_root(w, x) || has_root(w, y))) return out;
    form open = open_roots(w, out);
    return open.ok && weight_of(&w->s, open) < weight_of(&w->s, out) ? open : out;
}

/* x**e, where x is itself a power that says how: of a root, or an odd one of anything, which a broken power
 * has no value of where it is negative. */
static form power_of_power(simplifier *w, form x, ratio e) {
    root  r;
    ratio all;
    if (!x.ok || x.n != 1 || x.c.num != 1 || x.c.den != 1) return form_failed();
    power f = x.f[0];
    bool  is_root = read_root(w, f.base, &r);
    if (!is_root && (f.exp % 2 == 0 || f.exp == 1 || f.base & POLY_FLAG)) return form_failed();
    if (!is_root) r = (root){form_atom(&w->s, f.base), f.base, {1, 1}, false};
    if (!ratio_make(r.exp.num * f.exp, r.exp.den, &all) || !ratio_mul(all, e, &all)) return form_failed();
    w->s.used |= USED_POWERS;
    return power_form(w, &r, f.base, all);
}

form engine_broken_power(simplifier *w, node_id of, ratio e) {
    form joined = power_of_power(w, engine_entry(w, of)->f, e);
    if (joined.ok || e.den != 2 || llabs(e.num) > MOST_POWER) return joined;
    node_id n = ir_op1(w->g, OP_SQRT, engine_entry(w, of)->best);
    return n && engine_sync(w) ? form_power(&w->s, form_atom(&w->s, n), (int32_t)e.num) : joined;
}
