/* Writing a rational form down.
 *
 * Scalars come first as one fraction (1/m, lambda/(2*m)), then the factors in the order in
 * which they were written, then the denominators. A sum begins with a positive term; a
 * minus in front is absorbed by turning a difference round. Sums of three and more terms
 * are also tried with a common factor taken out of some of them. */
#include "core/simplify/build.h"

#include <assert.h>
#include <stdlib.h>

#include "core/simplify/forms.h"
#include "core/simplify/pieces.h"
#include "core/simplify/place.h"

enum { MOST_ITEMS = 64 };

static double own_cost(const node *x) {
    switch ((op_id)x->op) {
    case OP_NUMBER: return 0.875; /* 2 * X rather than X + X; a sum of such has no rounding */
    case OP_SIZE: case OP_VAR: case OP_NEG: case OP_TRANSPOSE: return 1;
    case OP_ONES: case OP_DIV: return 3;
    case OP_ADD: case OP_SUB: case OP_MUL: case OP_POW: case OP_MATMUL: return 2;
    default: return 3;
    }
}

/* 1/2: a number, too. */
static bool is_fraction(const ir *g, const node *x) {
    return x->op == OP_DIV && ir_node(g, x->arg[0])->op == OP_NUMBER &&
           ir_node(g, x->arg[1])->op == OP_NUMBER;
}

/* Is a sum in brackets? */
static bool joins_a_sum(const ir *g, const node *x) {
    uint8_t right = ir_node(g, x->arg[1])->op;
    return (x->op == OP_ADD || x->op == OP_SUB) && (right == OP_ADD || right == OP_SUB);
}

/* Does it begin with a minus, as -a * b does? */
static bool leads_with_minus(const ir *g, node_id n) {
    const node *x = ir_node(g, n);
    while (x->op == OP_MUL || x->op == OP_DIV || x->op == OP_MATMUL) x = ir_node(g, x->arg[0]);
    return x->op == OP_NEG;
}

/* A number behind a factor, a * 2, and a sign behind a sign, a + -b: nobody writes that. */
static bool is_awkward(const ir *g, const node *x) {
    if (x->op == OP_ADD || x->op == OP_SUB) return leads_with_minus(g, x->arg[1]);
    const node *right = ir_node(g, x->arg[1]);
    return x->op == OP_MUL && (right->op == OP_NUMBER || is_fraction(g, right));
}

double build_cost(builder *b, node_id n) {
    while (b->costs.n < b->g->nodes.n && !b->g->a->failed) {
        const node *x = ir_node(b->g, b->costs.n);
        double      cost = own_cost(x) + (joins_a_sum(b->g, x) ? 0.25 : 0) - (is_fraction(b->g, x) ? 2 : 0);
        if (is_awkward(b->g, x)) cost += 1.5;
        for (int k = 0; k < op_table[x->op].arity; k++) cost += b->costs.at[x->arg[k]];
        vec_push(b->g->a, &b->costs, cost);
    }
    return n && n < b->costs.n ? b->costs.at[n] : 1e300;
}

static uint32_t atom_rank(const builder *b, node_id atom) {
    for (uint32_t i = 0; i < b->order.n; i++)
        if (b->order.at[i] == atom) return i;
    return b->order.n;
}

static uint32_t base_rank(const builder *b, uint32_t base) {
    if (!(base & POLY_FLAG)) return 2 * atom_rank(b, base);
    const poly *p = algebra_poly(b->s, base);
    uint32_t    rank = b->order.n;
    for (uint32_t i = 0; i < p->n; i++) {
        for (uint32_t k = 0; k < p->t[i].n; k++) {
            uint32_t r = atom_rank(b, p->t[i].f[k].base);
            if (r < rank) rank = r;
        }
    }
    return 2 * rank + 1; /* behind the name itself */
}

static bool scalar_base(const builder *b, uint32_t base) {
    return shape_is_scalar(base_shape(b->s, base));
}

/* The ranks of all atoms of some terms in ascending order, numbers last: by these what stands
 * equally is told apart, so that the result depends on no node's number. */
typedef struct rank_list {
    uint32_t *at, n;
} rank_list;

static int by_number(const void *x, const void *y) {
    uint32_t a = *(const uint32_t *)x, b = *(const uint32_t *)y;
    return (a > b) - (a < b);
}

static rank_list ranks_of(builder *b, const term *t, uint32_t n) {
    rank_list out = {NULL, 0};
    uint32_t  count = 0;
    for (uint32_t i = 0; i < n; i++)
        for (uint32_t k = 0; k < t[i].n; k++) count += (uint32_t)abs(t[i].f[k].exp);
    out.at = arena_new(b->s->a, count * sizeof *out.at);
    for (uint32_t i = 0; out.at && i < n; i++) {
        for (uint32_t k = 0; k < t[i].n; k++) {
            uint32_t rank = base_rank(b, t[i].f[k].base) + (scalar_base(b, t[i].f[k].base) ? 1u << 16 : 0);
            for (int32_t e = abs(t[i].f[k].exp); e > 0; e--) out.at[out.n++] = rank;
        }
    }
    if (out.n) qsort(out.at, out.n, sizeof *out.at, by_number);
    return out;
}

static int compare_ranks(rank_list a, rank_list b) {
    for (uint32_t i = 0; i < a.n && i < b.n; i++)
        if (a.at[i] != b.at[i]) return a.at[i] < b.at[i] ? -1 : 1;
    return (a.n > b.n) - (a.n < b.n);
}

/* ---------------------------------------------------------------- products */

/* A row times a column is a matrix that nobody asked for: then the form is not written in this order. */
static node_id join(builder *b, op_id op, node_id x, node_id y) {
    node_id n = ir_op2(b->g, op, x, y);
    shape   s = ir_shape(b->g, n); /* of none: a number */
    bool    own = shape_equal(s, ir_shape(b->g, x)) || shape_equal(s, ir_shape(b->g, y));
    bool    larger = (op == OP_MUL || op == OP_DIV) && !own;
    if (!n || larger) b->misfit = true;
    return n;
}

static node_id times(builder *b, node_id x, node_id y) {
    return x ? join(b, OP_MUL, x, y) : y;
}

static node_id power_node(builder *b, node_id base, int32_t exp) {
    assert(base && exp > 0);
    return exp == 1 ? base : join(b, OP_POW, base, ir_number(b->g, exp));
}

/* A number stands on a product's left operand: 1/m * dZ2 @ A1.T is (1/m * dZ2) @ A1.T. */
static node_id scale_left(builder *b, node_id prefix, node_id n) {
    assert(prefix && n);
    node_id right[MOST_ITEMS];
    int     depth = 0;
    while (ir_node(b->g, n)->op == OP_MATMUL && depth < MOST_ITEMS) {
        right[depth++] = ir_node(b->g, n)->arg[1];
        n = ir_node(b->g, n)->arg[0];
    }
    n = ir_node(b->g, prefix)->op == OP_NEG &&
                ir_node(b->g, ir_node(b->g, prefix)->arg[0])->op == OP_NUMBER &&
                b->g->numbers.at[ir_node(b->g, ir_node(b->g, prefix)->arg[0])->ref] == 1
            ? ir_op1(b->g, OP_NEG, n)
            : join(b, OP_MUL, prefix, n);
    while (depth) n = join(b, OP_MATMUL, n, right[--depth]);
    return n;
}

typedef struct item {
    uint32_t  rank;
    rank_list ranks; /* of a sum's atoms */
    node_id   n;
    int32_t   exp;
    bool      scalar;
} item;

static int by_rank(const void *x, const void *y) {
    const item *a = x, *b = y;
    if (a->rank != b->rank) return a->rank < b->rank ? -1 : 1;
    return compare_ranks(a->ranks, b->ranks);
}

/* The product of the items that are scalar or not, above or below the line. */
static node_id product_of(builder *b, const item *items, uint32_t n, bool scalar, bool above, node_id start) {
    node_id out = start;
    for (uint32_t i = 0; i < n; i++)
        if (items[i].scalar == scalar && (items[i].exp > 0) == above)
            out = times(b, out, power_node(b, items[i].n, abs(items[i].exp)));
    return out;
}

static node_id over(builder *b, node_id top, node_id bottom) {
    return bottom ? join(b, OP_DIV, top, bottom) : top;
}

/* A fraction of numbers with its sign; top 0: it is 1. */
static node_id fraction(builder *b, bool minus, node_id top, node_id bottom) {
    if (!top) top = ir_number(b->g, 1);
    return over(b, minus ? ir_op1(b->g, OP_NEG, top) : top, bottom);
}

/* The factors that have a shape, with what multiplies all of them in the first. */
static node_id with_prefix(builder *b, const item *items, uint32_t n, node_id prefix) {
    assert(prefix);
    node_id out = 0;
    for (uint32_t i = 0; i < n; i++) {
        if (items[i].scalar || items[i].exp < 0) continue;
        node_id one = power_node(b, items[i].n, items[i].exp);
        out = out ? times(b, out, one) : scale_left(b, prefix, one);
    }
    return out;
}

/* 1e-05 is a number, and no fraction. */
static bool is_decimal(ratio c) {
    ratio again;
    return c.den > 100 && ratio_from_double((double)c.num / (double)c.den, &again) && again.num == c.num &&
           again.den == c.den;
}

/* sign * c * items, where c > 0. */
static node_id quotient(builder *b, bool minus, ratio c, item *items, uint32_t n) {
    assert(c.num > 0 && c.den > 0);
    // cppcheck-suppress uninitvar ; the first n are set
    qsort(items, n, sizeof *items, by_rank);
    double  value = is_decimal(c) ? (double)c.num / (double)c.den : (double)c.num;
    node_id top = value != 1 ? ir_number(b->g, value) : 0;
    node_id bottom = c.den != 1 && !is_decimal(c) ? ir_number(b->g, (double)c.den) : 0;
    node_id above = product_of(b, items, n, false, true, 0), below = product_of(b, items, n, false, false, 0);
    top = product_of(b, items, n, true, true, top);
    bottom = product_of(b, items, n, true, false, bottom);
    if (!above) return fraction(b, minus, top, below ? times(b, bottom, below) : bottom); /* one for all */
    if (top || bottom || minus) above = with_prefix(b, items, n, fraction(b, minus, top, bottom));
    return over(b, above, below);
}

/* -------------------------------------------------------------------- sums */

static uint32_t degree(const builder *b, const term *t) {
    uint32_t d = 0;
    for (uint32_t i = 0; i < t->n; i++)
        if (!scalar_base(b, t->f[i].base)) d += (uint32_t)abs(t->f[i].exp);
    return d;
}

static uint32_t term_rank(const builder *b, const term *t) {
    uint32_t rank = 2 * b->order.n + 2;
    for (uint32_t i = 0; i < t->n; i++) {
        uint32_t r = base_rank(b, t->f[i].base);
        if (!scalar_base(b, t->f[i].base) && r < rank) rank = r;
    }
    return rank;
}

/* A matrix product, or a sum of what products gave: it comes first in a sum. */
static bool has_product(const builder *b, const term *t) {
    for (uint32_t i = 0; i < t->n; i++)
        if (!(t->f[i].base & POLY_FLAG) && ir_node(b->g, t->f[i].base)->op == OP_MATMUL) return true;
    return false;
}

/* dW = 1/m * dZ @ A.T + lambda/m * W: the factors stay where they belong. */
bool build_keeps_apart(const builder *b, form x) {
    const poly *p = NULL;
    uint32_t    n_products = 0;
    for (uint32_t i = 0; x.ok && i < x.n; i++) {
        bool is_poly = (x.f[i].base & POLY_FLAG) != 0;
        if (!is_poly && scalar_base(b, x.f[i].base)) continue;
        if (!is_poly || p || x.f[i].exp != 1) return false;
        p = algebra_poly(b->s, x.f[i].base);
    }
    for (uint32_t i = 0; p && i < p->n; i++) n_products += has_product(b, &p->t[i]);
    return p && n_products > 0 && n_products < p->n;
}

typedef struct summand {
    uint32_t  degree, rank, index;
    bool      sum; /* nothing but a sum: it comes first, where it needs no brackets */
    bool      minus;
    node_id   n;
    rank_list ranks;
} summand;

static int by_place(const void *x, const void *y) {
    const summand *a = x, *b = y;
    if (a->sum != b->sum) return a->sum ? -1 : 1;
    if (a->degree != b->degree) return a->degree < b->degree ? -1 : 1;
    if (a->rank != b->rank) return a->rank < b->rank ? -1 : 1;
    int order = compare_ranks(a->ranks, b->ranks);
    return order ? order : (a->index > b->index) - (a->index < b->index);
}

static node_id add_up(builder *b, summand *list, uint32_t n) {
    assert(n > 0);
    uint32_t first = 0;
    qsort(list, n, sizeof *list, by_place);
    while (first < n && list[first].minus) first++;
    node_id out = first < n ? list[first].n : ir_op1(b->g, OP_NEG, list[0].n);
    for (uint32_t i = 0; i < n; i++) {
        if (i == (first < n ? first : 0)) continue;
        out = join(b, list[i].minus ? OP_SUB : OP_ADD, out, list[i].n);
    }
    node_id whole = out ? pieces_fold(b->g, out) : 0;
    return whole ? whole : out;
}

static node_id product_node(builder *b, const term *t, const bool *turned, bool minus);
static bool    straighten(builder *b, const term *t, bool *turned);
static bool    absorb_minus(builder *b, const term *x, bool *turned);

static summand summand_of(builder *b, const term *t, uint32_t index, bool turned) {
    bool    inner[MOST_ITEMS];
    bool    minus = straighten(b, t, inner) != (t->c.num < 0);
    summand out = {.degree = has_product(b, t) ? 0 : degree(b, t), .rank = term_rank(b, t), .index = index};
    out.minus = minus != turned;
    out.sum = is_sum_alone(t->c, t->f, t->n);
    if (out.sum && out.minus && absorb_minus(b, t, inner)) out.minus = false;
    out.n = product_node(b, t, inner, false);
    out.ranks = ranks_of(b, t, 1);
    return out;
}

/* ------------------------------------------- products that share their factors */

/* The one factor with a shape, if it is a matrix product; 0 otherwise. */
static node_id product_in(const builder *b, const term *t) {
    node_id out = 0;
    for (uint32_t i = 0; i < t->n; i++) {
        if (scalar_base(b, t->f[i].base)) continue;
        if (out || t->f[i].base & POLY_FLAG || t->f[i].exp != 1) return 0;
        out = ir_node(b->g, t->f[i].base)->op == OP_MATMUL ? t->f[i].base : 0;
        if (!out) return 0;
    }
    return out;
}

/* Do two terms have the same numbers in front, but for their signs? */
static bool same_numbers(const term *x, node_id of_x, const term *y, node_id of_y) {
    if (llabs(x->c.num) != llabs(y->c.num) || x->c.den != y->c.den || x->n != y->n) return false;
    for (uint32_t i = 0; i < x->n; i++)
        if (x->f[i].base != of_x && form_power_in(y->f, y->n, x->f[i].base) != x->f[i].exp) return false;
    return form_power_in(y->f, y->n, of_y) == 1;
}

/* What the terms have at one place of a matrix product in which all of them are equal otherwise. */
typedef struct sharing {
    place    at;
    summand  parts[MOST_ITEMS];
    uint32_t n, n_minus;
} sharing;

static void add_part(builder *b, sharing *all, node_id n, uint32_t index, bool minus) {
    uint32_t behind = ir_node(b->g, n)->op == OP_TRANSPOSE; /* A + A.T */
    all->parts[all->n++] = (summand){.n = n, .index = index, .degree = behind, .minus = minus};
    all->n_minus += minus;
}

/* The terms that are the first one but for one factor of its matrix product and for their signs. */
static void find_shared(builder *b, const term *t, uint32_t n, uint32_t first, bool turned, bool *taken,
                        sharing *all) {
    node_id whole = product_in(b, &t[first]);
    place   other;
    *all = (sharing){.n = 0};
    for (uint32_t i = first + 1; whole && i < n; i++) {
        node_id product = taken[i] ? 0 : product_in(b, &t[i]);
        if (!product || !same_numbers(&t[first], whole, &t[i], product)) continue;
        if (!place_find(b->g, whole, product, &other) || (all->n && !place_same(&all->at, &other))) continue;
        if (!all->n) add_part(b, all, other.here, first, (t[first].c.num < 0) != turned);
        all->at = other;
        add_part(b, all, other.there, i, (t[i].c.num < 0) != turned);
        taken[i] = true;
    }
}

/* A @ x + A.T @ x is (A + A.T) @ x; a summand of 0: there is nothing shared. */
static summand share_factors(builder *b, const term *t, uint32_t n, uint32_t first, bool turned,
                             bool *taken) {
    sharing all;
    bool    nothing[MOST_ITEMS] = {false};
    find_shared(b, t, n, first, turned, taken, &all);
    power  *f = all.n ? arena_new(b->s->a, t[first].n * sizeof *f) : NULL;
    summand out = {.rank = term_rank(b, &t[first]), .index = first};
    if (!f) return out;
    out.minus = all.n_minus == all.n;
    for (uint32_t i = 0; out.minus && i < all.n; i++) all.parts[i].minus = false;
    node_id whole = product_in(b, &t[first]), sum = add_up(b, all.parts, all.n);
    term    one = {.c = {llabs(t[first].c.num), t[first].c.den}, .f = f, .n = t[first].n};
    for (uint32_t i = 0; i < one.n; i++) {
        f[i] = t[first].f[i];
        if (f[i].base == whole) f[i].base = sum ? place_put(b->g, whole, &all.at, sum) : 0;
        if (!f[i].base) return out;
    }
    out.ranks = ranks_of(b, &t[first], 1);
    out.n = product_node(b, &one, nothing, false);
    b->s->used |= USED_COLLECT;
    return out;
}

/* The summands that terms are written as; false if one cannot be written. */
static bool summands_of(builder *b, const term *t, uint32_t n, bool turned, summand *list, uint32_t *n_list) {
    bool taken[MOST_ITEMS] = {false};
    if (n > MOST_ITEMS) return false;
    *n_list = 0;
    for (uint32_t i = 0; i < n; i++) {
        if (taken[i]) continue;
        summand one = share_factors(b, t, n, i, turned, taken);
        if (!one.n) one = summand_of(b, &t[i], i, turned);
        if (!one.n) return false;
        list[(*n_list)++] = one;
    }
    return true;
}

/* All terms side by side. */
static node_id flat_sum(builder *b, const term *t, uint32_t n, bool turned) {
    summand  list[MOST_ITEMS];
    uint32_t n_list;
    return summands_of(b, t, n, turned, list, &n_list) ? add_up(b, list, n_list) : 0;
}

static bool holds_once(const term *t, node_id atom) {
    for (uint32_t i = 0; i < t->n; i++)
        if (t->f[i].base == atom) return t->f[i].exp == 1;
    return false;
}

/* The terms with `atom` as atom * (..), the others beside it. */
static node_id grouped_sum(builder *b, const term *t, uint32_t n, bool turned, node_id atom) {
    summand  list[MOST_ITEMS];
    term     inner[MOST_ITEMS];
    uint32_t n_list = 0, n_inner = 0;
    for (uint32_t i = 0; i < n; i++) {
        if (!holds_once(&t[i], atom)) {
            list[n_list++] = summand_of(b, &t[i], i, turned);
            continue;
        }
        power *f = arena_new(b->s->a, t[i].n * sizeof *f);
        if (!f) return 0;
        inner[n_inner] = (term){.c = t[i].c, .f = f};
        for (uint32_t k = 0; k < t[i].n; k++)
            if (t[i].f[k].base != atom) f[inner[n_inner].n++] = t[i].f[k];
        n_inner++;
    }
    if (n_inner < 2 || n_list == 0) return 0;
    bool all_minus = true;
    for (uint32_t i = 0; i < n_inner; i++) all_minus = all_minus && (inner[i].c.num < 0) != turned;
    node_id rest = flat_sum(b, inner, n_inner, turned != all_minus);
    list[n_list] = (summand){
        .rank = base_rank(b, atom), .index = n, .minus = all_minus, .n = join(b, OP_MUL, atom, rest)};
    for (uint32_t i = 0; i < n_list; i++)
        if (list[i].degree >= list[n_list].degree) list[n_list].degree = list[i].degree + 1;
    return add_up(b, list, n_list + 1);
}

/* A polynomial, turned round if asked, in its cheapest form; of what is as cheap, as it was made. */
static node_id sum_node(builder *b, power f, bool turned) {
    const poly *p = algebra_poly(b->s, f.base);
    way         w = algebra_way(b->s, f);
    node_id     best = flat_sum(b, w.t, w.n, turned);
    if (p->n < 3 || p->n > MOST_ITEMS) return best;
    for (uint32_t k = b->order.n; k-- > 0;) {
        node_id atom = b->order.at[k];
        if (scalar_base(b, atom)) continue;
        node_id other = grouped_sum(b, p->t, p->n, turned, atom);
        if (other && build_cost(b, other) < build_cost(b, best)) best = other;
    }
    return best;
}

/* A sum with as many positive as negative terms can be turned round without a loss. */
static bool can_turn(way w) {
    int balance = 0;
    for (uint32_t i = 0; i < w.n; i++) balance += w.t[i].c.num > 0 ? 1 : -1;
    return balance == 0;
}

/* Does the sum begin with a minus? */
static bool begins_with_minus(builder *b, way w) {
    assert(w.n >= 2);
    summand first = summand_of(b, &w.t[0], 0, false);
    for (uint32_t i = 1; i < w.n; i++) {
        summand other = summand_of(b, &w.t[i], i, false);
        if (by_place(&other, &first) < 0) first = other;
    }
    return first.minus;
}

static bool has_constant(const poly *p) {
    for (uint32_t i = 0; i < p->n; i++)
        if (p->t[i].n == 0) return true;
    return false;
}

/* Is a factor a sum that can be turned round? */
static bool is_turnable(const builder *b, power f) {
    return f.base & POLY_FLAG && can_turn(algebra_way(b->s, f));
}

/* Turns those of a product's sums that begin with a minus; true if that leaves a minus. */
static bool straighten(builder *b, const term *x, bool *turned) {
    assert(x->n <= MOST_ITEMS);
    bool minus = false;
    for (uint32_t i = 0; i < x->n; i++) {
        turned[i] = is_turnable(b, x->f[i]) && begins_with_minus(b, algebra_way(b->s, x->f[i]));
        minus = minus != (turned[i] && x->f[i].exp % 2);
    }
    return minus;
}

/* Is there a minus in the sum, which comes first when it is turned round? */
static bool has_minus(way w) {
    for (uint32_t i = 0; i < w.n; i++)
        if (w.t[i].c.num < 0) return true;
    return false;
}

/* A minus in front of a product turns one of its sums, rather A - Y than 1 - A; false if there is none. */
static bool absorb_minus(builder *b, const term *x, bool *turned) {
    uint32_t  best = x->n;
    rank_list best_ranks = {NULL, 0};
    bool      best_constant = true;
    for (uint32_t i = 0; i < x->n; i++) {
        if (x->f[i].exp != 1 || !(x->f[i].base & POLY_FLAG) || !has_minus(algebra_way(b->s, x->f[i])))
            continue;
        const poly *p = algebra_poly(b->s, x->f[i].base);
        bool        constant = has_constant(p);
        if (constant && !best_constant) continue;
        rank_list ranks = ranks_of(b, p->t, p->n);
        if (best < x->n && constant == best_constant && compare_ranks(ranks, best_ranks) >= 0) continue;
        best = i;
        best_ranks = ranks;
        best_constant = constant;
    }
    if (best < x->n) turned[best] = !turned[best];
    return best < x->n;
}

/* sqrt(s)**2 is s. */
static void write_without_root(builder *b, item *x) {
    const node *root = ir_node(b->g, x->n);
    if (root->op != OP_SQRT || x->exp % 2) return;
    x->n = root->arg[0];
    x->exp /= 2;
}

/* minus |x|, with some of its sums turned round. */
static node_id product_node(builder *b, const term *x, const bool *turned, bool minus) {
    item  items[MOST_ITEMS];
    ratio c = {x->c.num < 0 ? -x->c.num : x->c.num, x->c.den};
    for (uint32_t i = 0; i < x->n; i++) {
        uint32_t    base = x->f[i].base;
        const poly *p = base & POLY_FLAG ? algebra_poly(b->s, base) : NULL;
        node_id     n = p ? sum_node(b, x->f[i], turned[i]) : base;
        if (!n) return 0;
        items[i] = (item){base_rank(b, base), p ? ranks_of(b, p->t, p->n) : (rank_list){NULL, 0}, n,
                          x->f[i].exp, scalar_base(b, base)};
        write_without_root(b, &items[i]);
    }
    return quotient(b, minus, c, items, x->n);
}

static node_id factored(builder *b, form x) {
    term t = {.c = x.c, .f = x.f, .n = x.n};
    bool turned[MOST_ITEMS];
    if (x.n > MOST_ITEMS) return 0;
    bool minus = straighten(b, &t, turned) != (x.c.num < 0);
    if (minus && absorb_minus(b, &t, turned)) minus = false;
    return product_node(b, &t, turned, minus);
}

/* The terms with the numbers in front multiplied into each. */
static node_id kept_apart(builder *b, form x) {
    summand       list[MOST_ITEMS];
    uint32_t      n;
    terms_of_form out = form_terms(b->s, x);
    return out.ok && summands_of(b, out.at, out.n, false, list, &n) ? add_up(b, list, n) : 0;
}

node_id build_form(builder *b, form x, shape sh) {
    if (!x.ok) return 0;
    b->misfit = false;
    node_id n = form_is_zero(x)           ? ir_number(b->g, 0)
                : build_keeps_apart(b, x) ? kept_apart(b, x)
                                          : factored(b, x);
    if (!n || b->misfit) return 0;
    if (shape_equal(ir_shape(b->g, n), sh)) return n;
    double one;
    if (ir_is_number(b->g, n, &one) && one == 1) return ir_ones(b->g, sh);
    n = join(b, OP_MUL, n, ir_ones(b->g, sh));
    return n && shape_equal(ir_shape(b->g, n), sh) ? n : 0; /* a name of a larger shape was used */
}
