/* An exercise from a stock and a seed: which kind, which line, which mistake, all is drawn. */
#include <string.h>

#include "teach/practice/inside.h"

enum { MOST_TRIES = 60 }; /* for one line */

typedef struct maker {
    exercise *x;
    stock    *s;
    rng       random;
    uint32_t *order; /* of the plants */
} maker;

static bool is_there(const exercise *x, node_id node, arena *a) {
    for (uint32_t i = 0; i < x->wrong.n; i++)
        if (practice_same(&x->m->g, x->wrong.at[i].node, node, a)) return true;
    return false;
}

/* May it be in the line that is asked for? Of a gradient that has no line nobody knows before it is tried. */
static bool may_be_there(const maker *w, const plant *what) {
    const exercise *x = w->x;
    var_id          goal = w->s->s.right.trail.at[what->step].goal;
    if (x->at == x->lines.n || !goal || goal == x->lines.at[x->at]->var) return true;
    const gradient *other = derivation_find(x->d, goal);
    return other && !other->shown;
}

/* Takes it if it is in the line that is asked for, or, where no line is yet, in any one, which is that line
 * then. */
static dfoo_status take(maker *w, uint32_t number) {
    exercise *x = w->x;
    stock    *s = w->s;
    yield     y;
    DFOO_TRY(stock_yield(s, number, &y));
    bool fits = y.at < x->lines.n && (x->at == x->lines.n || x->at == y.at);
    if (!fits || is_there(x, y.line.node, s->a)) return DFOO_OK;
    x->at = y.at;
    vec_push(s->a, &x->wrong, y.line);
    return arena_status(s->a);
}

/* One mistake after the other, in the order that the seed gives, until there are `most`. */
static dfoo_status draw_mistakes(maker *w, uint32_t most) {
    uint32_t tries = 0;
    for (uint32_t i = 0; i < w->s->plants.list.n && tries < MOST_TRIES && w->x->wrong.n < most; i++) {
        if (!may_be_there(w, &w->s->plants.list.at[w->order[i]])) continue;
        tries++;
        DFOO_TRY(take(w, w->order[i]));
    }
    return DFOO_OK;
}

/* The blank falls on a line that can be chosen from others, the next one that has such if the drawn one has
 * none. */
static dfoo_status draw_blank(maker *w, uint32_t choices) {
    exercise *x = w->x;
    uint32_t  first = rng_below(&w->random, x->lines.n);
    rng_shuffle(&w->random, w->order, w->s->plants.list.n);
    for (uint32_t i = 0; i < x->lines.n && !x->wrong.n; i++) {
        x->at = (first + i) % x->lines.n;
        DFOO_TRY(draw_mistakes(w, choices));
    }
    if (!x->wrong.n) x->at = first;
    return DFOO_OK;
}

static dfoo_status draw_mistake(maker *w) {
    w->x->at = w->x->lines.n;
    rng_shuffle(&w->random, w->order, w->s->plants.list.n);
    return draw_mistakes(w, 1);
}

dfoo_status practice_make(stock *s, uint64_t seed, practice_kind kind, uint32_t choices, diags *messages,
                          exercise *out) {
    *out = (exercise){.from = s, .m = s->m, .d = s->d, .seed = seed, .kind = kind};
    maker w = {.x = out, .s = s, .random = rng_start(seed, RNG_PRACTICE, 0)};
    memcpy(&out->lines, &s->lines, sizeof out->lines);
    w.order = arena_new(s->a, (s->plants.list.n + 1) * sizeof *w.order);
    if (!w.order) return DFOO_ENOMEM;
    for (uint32_t i = 0; i < s->plants.list.n; i++) w.order[i] = i;
    if (kind == PRACTICE_ANY) out->kind = rng_below(&w.random, 2) ? PRACTICE_MISTAKE : PRACTICE_BLANK;
    DFOO_TRY(out->kind == PRACTICE_BLANK ? draw_blank(&w, choices) : draw_mistake(&w));
    if (out->kind == PRACTICE_MISTAKE && !out->wrong.n)
        return diag_alone(messages,
                          "no mistake was found that makes just one line of %s wrong: ask for a line instead",
                          s->m->src.name);
    return DFOO_OK;
}

uint32_t practice_choices(const exercise *x) {
    return x->kind == PRACTICE_BLANK ? x->wrong.n + 1 : x->lines.n;
}
