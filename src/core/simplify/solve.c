/* Rational forms with an atom replaced, and solved for one. */
#include <assert.h>

#include "core/simplify/forms.h"

form form_substitute_power(algebra *s, form x, node_id atom, int32_t k, form w) {
    assert(k > 0);
    form out = form_number(x.c);
    for (uint32_t j = 0; x.ok && out.ok && j < x.n; j++) {
        power f = x.f[j];
        if (f.base == atom) {
            out = form_mul(s, out, form_power(s, w, f.exp / k));
        } else if (!(f.base & POLY_FLAG)) {
            out = form_mul(s, out, form_product(s, (ratio){1, 1}, &f, 1));
        } else {
            power by_terms = {f.base, f.exp, k == 1 ? f.way : 0}; /* other powers are looked for in terms */
            way   p = algebra_way(s, by_terms);
            form *parts = arena_new(s->a, p.n * sizeof *parts);
            if (!parts) return form_failed();
            for (uint32_t i = 0; i < p.n; i++) { /* at most MOST_DEPTH levels deep */
                form part = form_product(s, p.t[i].c, p.t[i].f, p.t[i].n);
                parts[i] = form_substitute_power(s, part, atom, k, w);
            }
            out = form_mul(s, out, form_power(s, form_sum(s, parts, p.n), f.exp));
        }
    }
    return x.ok ? form_reduce(s, out) : x;
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
            if (form_power_in(p->t[t].f, p->t[t].n, atom) % k) return false;
    }
    return true;
}

/* Splits terms by the power of an atom: those without it, and those with exactly atom^k
 * (divided by it). False if other powers occur. */
static bool split_linear(algebra *s, const terms *p, node_id atom, int32_t k, form *without, form *with) {
    assert(k > 0);
    form    *both = arena_new(s->a, (size_t)2 * p->list.n * sizeof *both);
    uint32_t n[2] = {0, 0};
    if (!both) return false;
    form *parts[2] = {both, both + p->list.n};
    for (uint32_t i = 0; i < p->list.n; i++) {
        const term *t = &p->list.at[i];
        int32_t     e = form_power_in(t->f, t->n, atom);
        power       remove = {atom, -k, 0};
        form        one = form_product(s, t->c, t->f, t->n);
        if (e != 0 && e != k) return false;
        if (e == k) one = form_mul(s, one, form_product(s, (ratio){1, 1}, &remove, 1));
        parts[e == k][n[e == k]++] = one;
    }
    *without = form_sum(s, parts[0], n[0]);
    *with = form_sum(s, parts[1], n[1]);
    return without->ok && with->ok;
}

static int32_t smallest_power(const terms *p, node_id atom) {
    int32_t k = 0;
    for (uint32_t i = 0; i < p->list.n; i++) {
        int32_t e = form_power_in(p->list.at[i].f, p->list.at[i].n, atom);
        if (e > 0 && (!k || e < k)) k = e;
    }
    return k;
}

form form_solve(algebra *s, form def, node_id atom, node_id name, int32_t *k) {
    form up = form_number(def.c), down = form_number((ratio){1, 1});
    uint32_t used = s->used;
    for (uint32_t i = 0; def.ok && i < def.n; i++) {
        power f = def.f[i], inverse = {f.base, -f.exp, f.way};
        if (f.exp > 0) up = form_mul(s, up, form_product(s, (ratio){1, 1}, &f, 1));
        else down = form_mul(s, down, form_product(s, (ratio){1, 1}, &inverse, 1));
    }
    terms p = form_expand(s, up), q = form_expand(s, down);
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
        if (form_base_is_scalar(s, x.f[i].base)) a[scalars->n++] = x.f[i];
        else b[rest->n++] = x.f[i];
    }
    scalars->f = a;
    rest->f = b;
    scalars->ok = rest->ok = x.ok;
}
