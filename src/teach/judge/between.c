/* Gradients that the program has no known name for, between those that it has: l1_error, on the way to a
 * l1_delta that is wrong. If the wrong one follows from such a value, that value is to blame. */
#include <math.h>
#include <string.h>

#include "teach/judge/verdict.h"

typedef struct between {
    const gatherer       *w;
    const judge_claims   *claims;
    const judge_verdicts *all;
} between;

static const judge_claim *claim_of(const between *b, uint32_t number) {
    for (uint32_t i = 0; i < b->claims->list.n; i++)
        if (b->claims->list.at[i].number == number) return &b->claims->list.at[i];
    return NULL;
}

static bool is_data(const between *b, uint32_t number) {
    const subject *s = b->w->c->s;
    return ir_var(s->g, s->right.list.at[number].var)->kind == VAR_DEFINED && b->w->c->right[number].at;
}

/* With this value for gradient p: is the claim what follows? */
static dfoo_status follows(const between *b, const judge_verdict *v, uint32_t p, matrix x, bool *yes) {
    const judge_case *c = b->w->c;
    arena            *a = b->w->a;
    uint32_t          n = c->s->right.list.n;
    matrix *known = arena_new(a, (n + 1) * sizeof *known), *got = arena_new(a, (n + 1) * sizeof *got);
    *yes = false;
    if (!known || !got) return DFOO_ENOMEM;
    for (uint32_t i = 0; i < b->claims->list.n; i++) {
        const judge_claim *k = &b->claims->list.at[i];
        matrix             y = c->right[k->number];
        if (k->update || k->number >= v->claim.number) continue;
        if (k->value.rows != y.rows || k->value.cols != y.cols) continue;
        known[k->number] = verdict_unscaled(c, a, b->all, k->number, k->value);
    }
    known[p] = verdict_unscaled(c, a, b->all, p, x);
    DFOO_TRY(case_gradients(c, a, &c->s->right, known, v->claim.number, got));
    matrix own = verdict_unscaled(c, a, b->all, v->claim.number, v->claim.value);
    *yes = matrix_same(own, got[v->claim.number], 1);
    return DFOO_OK;
}

/* The value of an event that the wrong claim follows from, as gradient p. */
static dfoo_status find_value(const between *b, const judge_verdict *v, uint32_t p, uint32_t *event,
                              bool *found) {
    const gatherer *w = b->w;
    matrix          y = w->c->right[p];
    *found = false;
    for (uint32_t i = w->from; i < v->claim.origin && !*found; i++) {
        if (!gather_is_backward(w, i)) continue;
        matrix x = gather_like(w, i, y);
        if (!x.at || x.rows != y.rows || x.cols != y.cols || matrix_same(x, v->claim.value, 1)) continue;
        DFOO_TRY(follows(b, v, p, x, found));
        *event = i;
    }
    return DFOO_OK;
}

dfoo_status verdicts_between(const gatherer *w, const judge_verdicts *all, judge_claims *claims,
                             bool *changed) {
    between b = {w, claims, all};
    *changed = false;
    for (uint32_t i = 0; i < all->list.n && !*changed; i++) {
        const judge_verdict *v = &all->list.at[i];
        if (v->how != JUDGED_WRONG || v->claim.update) continue;
        for (uint32_t p = v->claim.number; p-- > 0 && !*changed && (!is_data(&b, p) || !claim_of(&b, p));) {
            uint32_t event = 0;
            if (!is_data(&b, p) || claim_of(&b, p)) continue;
            DFOO_TRY(find_value(&b, v, p, &event, changed));
            if (*changed) gather_put(w, claims, p, event);
        }
    }
    return arena_status(w->a);
}
