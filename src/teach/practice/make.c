/* An exercise from a model and a seed. Which line, which mistake: all is drawn, and tried until it is one
 * that can be seen: exactly one line of the page differs, and the numbers show the mistake by its name. */
#include <string.h>

#include "teach/practice/inside.h"

enum { MOST_TRIES = 60 };

typedef struct maker {
    exercise           *x;
    arena              *a;
    const check_engine *engine;
    subject             s;
    plants              plants;
    rng                 random;
} maker;

/* ------------------------------------------------------------------- lines */

static dfoo_status find_lines(exercise *x, arena *a) {
    for (uint32_t i = 0; i < x->d->list.n; i++) {
        const gradient *v = &x->d->list.at[i];
        if (v->shown && !v->given) vec_push(a, &x->lines, v);
    }
    return arena_status(a);
}

static bool is_line(const exercise *x, var_id gradient_var) {
    for (uint32_t i = 0; i < x->lines.n; i++)
        if (x->lines.at[i]->grad == gradient_var) return true;
    return false;
}

/* Is every gradient in it one of the lines above line `at`? Those alone can be looked up on the page. */
static bool stands_on_lines(const exercise *x, arena *a, node_id n, uint32_t at) {
    const ir *g = &x->m->g;
    node_list names = {{0}};
    if (ir_names(g, a, n, &names) != DFOO_OK) return false;
    for (uint32_t i = 0; i < names.list.n; i++) {
        var_id v = ir_node(g, names.list.at[i])->ref;
        if (ir_var(g, v)->kind == VAR_GRADIENT && (!is_line(x, v) || v == x->lines.at[at]->grad))
            return false;
    }
    return true;
}

static size_t columns_of(const exercise *x, node_id n, arena *a) {
    buf b;
    buf_init(&b, a->mem);
    print_node(&x->m->g, n, &b);
    const char *text = buf_keep(&b, a);
    return text_columns(text, strlen(text));
}

/* A line that nobody would write gives itself away: a wrong one is at most this much longer. */
enum { MOST_LONGER = 9 };

static bool looks_written(const exercise *x, node_id wrong, node_id right, arena *a) {
    return columns_of(x, wrong, a) <= columns_of(x, right, a) + MOST_LONGER;
}

static bool same_text(const exercise *x, node_id n, node_id k, arena *a) {
    buf  b, c;
    bool same = n == k;
    if (same) return true;
    buf_init(&b, a->mem);
    buf_init(&c, a->mem);
    print_node(&x->m->g, n, &b);
    print_node(&x->m->g, k, &c);
    same = b.len == c.len && b.text && c.text && memcmp(b.text, c.text, b.len) == 0;
    if (b.failed || c.failed) a->failed = true;
    buf_free(&b);
    buf_free(&c);
    return same;
}

/* ---------------------------------------------------------------- mistakes */

/* The page with this mistake in it: which line is another one. `*at`: the number of lines if it is none, or
 * several. */
static dfoo_status planted_line(maker *w, const plant *what, uint32_t *at, node_id *node) {
    exercise  *x = w->x;
    derivation broken;
    *at = x->lines.n;
    DFOO_TRY(mistakes_derive(&w->s, w->a, what, &broken));
    DFOO_TRY(simplify_derivation(&broken, &x->m->g, w->a, NULL));
    for (uint32_t i = 0; i < x->lines.n; i++) {
        const gradient *right = x->lines.at[i], *v = derivation_find(&broken, right->var);
        if (!v || !v->whole || same_text(x, v->whole, right->whole, w->a)) continue;
        if (*at < x->lines.n || !stands_on_lines(x, w->a, v->whole, i)) {
            *at = x->lines.n;
            return DFOO_OK;
        }
        *at = i;
        *node = v->whole;
    }
    return arena_status(w->a);
}

static bool is_named(const diagnosed *d, const mistake *what) {
    for (uint32_t i = 0; i < d->names.n; i++)
        if (d->names.at[i].what == what) return true;
    return false;
}

/* Do the numbers say so, too? What gives the same numbers goes by the name that a judge would say first:
 * `*named`, NULL if they do not. */
static dfoo_status prove(maker *w, node_id node, const mistake *what, const mistake **named) {
    diagnosis *d = arena_new(w->a, sizeof *d);
    if (!d) return DFOO_ENOMEM;
    DFOO_TRY(practice_diagnose(w->x, w->a, w->engine, &node, 1, d));
    bool proved = answer_is_wrong(d->list.at[0].verdict) && is_named(&d->list.at[0], what);
    *named = proved ? d->list.at[0].names.at[0].what : NULL;
    return DFOO_OK;
}

static bool is_there(const exercise *x, node_id node, arena *a) {
    for (uint32_t i = 0; i < x->wrong.n; i++)
        if (same_text(x, x->wrong.at[i].node, node, a)) return true;
    return false;
}

/* May it be in the line that is asked for? Of a gradient that has no line nobody knows before it is tried. */
static bool may_be_there(const maker *w, const plant *what) {
    const exercise *x = w->x;
    var_id          goal = w->s.right.trail.at[what->step].goal;
    if (x->at == x->lines.n || !goal || goal == x->lines.at[x->at]->var) return true;
    const gradient *other = derivation_find(x->d, goal);
    return other && !other->shown;
}

/* Takes it if it is in the line that is asked for, or, where no line is yet, in any one, which is that line
 * then. */
static dfoo_status try_mistake(maker *w, const plant *what) {
    exercise      *x = w->x;
    const mistake *named = NULL;
    node_id        node = 0;
    uint32_t       asked = x->at, at;
    DFOO_TRY(planted_line(w, what, &at, &node));
    if (at == x->lines.n || (asked < x->lines.n && at != asked) || is_there(x, node, w->a)) return DFOO_OK;
    if (!looks_written(x, node, x->lines.at[at]->whole, w->a)) return DFOO_OK;
    x->at = at;
    DFOO_TRY(prove(w, node, &mistake_table[what->row], &named));
    if (named)
        vec_push(w->a, &x->wrong, (wrong_line){node, named});
    else
        x->at = asked;
    return arena_status(w->a);
}

/* One mistake after the other, in the order that the seed gives, until there are `most`. */
static dfoo_status draw_mistakes(maker *w, uint32_t most) {
    uint32_t n = w->plants.list.n, *order = arena_new(w->a, (n + 1) * sizeof *order), tries = 0;
    if (!order) return DFOO_ENOMEM;
    for (uint32_t i = 0; i < n; i++) order[i] = i;
    rng_shuffle(&w->random, order, n);
    for (uint32_t i = 0; i < n && tries < MOST_TRIES && w->x->wrong.n < most; i++) {
        const plant *what = &w->plants.list.at[order[i]];
        if (!may_be_there(w, what)) continue;
        tries++;
        DFOO_TRY(try_mistake(w, what));
    }
    return DFOO_OK;
}

static dfoo_status draw(maker *w) {
    exercise *x = w->x;
    if (x->kind == PRACTICE_ANY) x->kind = rng_below(&w->random, 2) ? PRACTICE_MISTAKE : PRACTICE_BLANK;
    x->at = x->kind == PRACTICE_BLANK ? rng_below(&w->random, x->lines.n) : x->lines.n;
    return draw_mistakes(w, x->kind == PRACTICE_BLANK ? MOST_CHOICES : 1);
}

dfoo_status practice_make(model *m, const derivation *d, arena *a, const check_engine engine[2],
                          uint64_t seed, practice_kind kind, diags *messages, exercise *out) {
    *out = (exercise){.m = m, .d = d, .seed = seed, .kind = kind};
    maker w = {.x = out, .a = a, .engine = engine, .random = rng_start(seed, RNG_PRACTICE, 0)};
    DFOO_TRY(find_lines(out, a));
    if (!out->lines.n)
        return diag_alone(messages, "%s has no gradient to be asked for: there is no cost, or no parameter",
                          m->src.name);
    DFOO_TRY(subject_init(&w.s, m, a, &engine[d->used == CONVENTION_DJ]));
    DFOO_TRY(mistakes_apply(&w.s, a, &w.plants));
    DFOO_TRY(draw(&w));
    if (out->kind == PRACTICE_MISTAKE && !out->wrong.n)
        return diag_alone(messages,
                          "no mistake was found that makes just one line of %s wrong: ask for a line instead",
                          m->src.name);
    return DFOO_OK;
}
