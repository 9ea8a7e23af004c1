/* What exercises are taken from: the lines of a model, and wrong ones. Which of the catalogue's mistakes
 * makes which line wrong is tried in a fork of the store, which is thrown away; only the wrong line is kept:
 * one that can be seen, exactly one line of the page being another one, and that the numbers show by its
 * name. */
#include <string.h>

#include "teach/practice/inside.h"

/* ------------------------------------------------------------------- lines */

static bool is_line(const gradient *v) {
    return v->shown && !v->given;
}

/* Is every gradient in it that of a line above? Those alone can be looked up when it is written. */
static bool stands_on_lines_above(const stock *s, const ir *g, arena *a, node_id n, uint32_t at) {
    node_list names = {{0}};
    if (ir_names(g, a, n, &names) != DFOO_OK) return false;
    for (uint32_t i = 0; i < names.list.n; i++) {
        var_id v = ir_node(g, names.list.at[i])->ref;
        bool   above = ir_var(g, v)->kind != VAR_GRADIENT;
        for (uint32_t k = 0; k < at && !above; k++) above = s->lines.at[k]->grad == v;
        if (!above) return false;
    }
    return true;
}

static const char *text_of(const ir *g, node_id n, arena *a) {
    buf b;
    buf_init(&b, a->mem);
    print_node(g, n, &b);
    return buf_keep(&b, a);
}

bool practice_same(const ir *g, node_id n, node_id k, arena *a) {
    return n == k || strcmp(text_of(g, n, a), text_of(g, k, a)) == 0;
}

/* A line that nobody would write gives itself away: a wrong one is at most this much longer. */
enum { MOST_LONGER = 9 };

static size_t columns_of(const ir *g, node_id n, arena *a) {
    const char *text = text_of(g, n, a);
    return text_columns(text, strlen(text));
}

static bool looks_written(const ir *g, node_id wrong, node_id right, arena *a) {
    return columns_of(g, wrong, a) <= columns_of(g, right, a) + MOST_LONGER;
}

dfoo_status practice_diagnose(const stock *s, uint32_t at, const ir *g, node_id node, arena *a,
                              diagnosis **out) {
    var_id    *above = arena_new(a, (at + 1) * sizeof *above);
    bench_line line = {.g = g, .of = s->lines.at[at]->grad, .node = node, .above = above, .n_above = at};
    if (!above) return DFOO_ENOMEM;
    for (uint32_t i = 0; i < at; i++) above[i] = s->lines.at[i]->grad;
    return bench_judge(s->bench, &line, a, out);
}

/* ------------------------------------------------------------------ one plant */

/* The model as it was at first, for one try. */
typedef struct trial {
    model   m;
    subject s;
    arena   a;
} trial;

static dfoo_status trial_begin(trial *t, const stock *s) {
    arena_init(&t->a, s->a->mem);
    t->m = s->first;
    t->s = s->s;
    t->s.m = &t->m;
    t->s.g = &t->m.g;
    t->s.a = &t->a;
    return ir_fork(&s->first.g, &t->a, &t->m.g);
}

/* Which line is another one with it. `at`: the number of lines if it is none, or several. */
static dfoo_status find_changed(const stock *s, trial *t, const plant *what, uint32_t *at, node_id *node) {
    derivation broken;
    uint32_t   n = 0;
    *at = s->lines.n;
    DFOO_TRY(mistakes_derive(&t->s, &t->a, what, &broken));
    DFOO_TRY(simplify_derivation(&broken, &t->m.g, &t->a, NULL));
    for (uint32_t i = 0; i < s->lines.n && n < 2; i++) {
        const gradient *right = s->lines.at[i], *v = derivation_find(&broken, right->var);
        if (!v || !v->whole || practice_same(&t->m.g, v->whole, right->whole, &t->a)) continue;
        *at = n++ ? s->lines.n : i;
        *node = v->whole;
    }
    return arena_status(&t->a);
}

static bool is_named(const diagnosed *d, const mistake *what) {
    for (uint32_t i = 0; i < d->names.n; i++)
        if (d->names.at[i].what == what) return true;
    return false;
}

/* Do the numbers say so, too? What gives the same numbers goes by the name that a judge would say first:
 * `*named`, NULL if they do not. */
static dfoo_status prove(const stock *s, trial *t, uint32_t at, node_id node, const mistake *what,
                         const mistake **named) {
    diagnosis *d;
    DFOO_TRY(practice_diagnose(s, at, &t->m.g, node, &t->a, &d));
    const diagnosed *y = &d->list.at[0];
    *named = answer_is_wrong(y->verdict) && is_named(y, what) ? y->names.at[0].what : NULL;
    return DFOO_OK;
}

static dfoo_status try_plant(stock *s, trial *t, const plant *what, yield *out) {
    uint32_t       at;
    node_id        node = 0;
    const mistake *named = NULL;
    const ir      *g = &t->m.g;
    DFOO_TRY(find_changed(s, t, what, &at, &node));
    if (at == s->lines.n || !stands_on_lines_above(s, g, &t->a, node, at)) return DFOO_OK;
    if (!looks_written(g, node, s->lines.at[at]->whole, &t->a)) return DFOO_OK;
    DFOO_TRY(prove(s, t, at, node, &mistake_table[what->row], &named));
    if (!named) return DFOO_OK;
    out->at = at;
    out->line = (wrong_line){ir_adopt(&s->m->g, g, &t->a, node), named};
    return out->line.node ? DFOO_OK : DFOO_ENOMEM;
}

dfoo_status stock_yield(stock *s, uint32_t number, yield *out) {
    yield      *y = &s->yields[number];
    dfoo_status status = DFOO_OK;
    if (!y->known) {
        trial t;
        *y = (yield){.at = s->lines.n};
        status = trial_begin(&t, s);
        if (status == DFOO_OK) status = try_plant(s, &t, &s->plants.list.at[number], y);
        if (status == DFOO_OK) status = arena_status(&t.a);
        arena_free(&t.a);
        y->known = status == DFOO_OK;
    }
    *out = *y;
    return status;
}

/* ----------------------------------------------------------------------- all */

dfoo_status practice_open(model *m, const derivation *d, arena *a, const check_engine engine[2],
                          diags *messages, stock **out) {
    stock *s = arena_new(a, sizeof *s);
    *out = s;
    if (!s) return DFOO_ENOMEM;
    *s = (stock){.m = m, .d = d, .a = a};
    for (uint32_t i = 0; i < d->list.n; i++)
        if (is_line(&d->list.at[i])) vec_push(a, &s->lines, &d->list.at[i]);
    if (!s->lines.n)
        return diag_alone(messages, "%s has no gradient to be asked for: there is no cost, or no parameter",
                          m->src.name);
    DFOO_TRY(subject_init(&s->s, m, a, &engine[d->used == CONVENTION_DJ]));
    DFOO_TRY(mistakes_apply(&s->s, a, &s->plants));
    s->yields = arena_new(a, (s->plants.list.n + 1) * sizeof *s->yields);
    DFOO_TRY(bench_make(m, a, engine, d->used, &s->bench));
    s->first = *m;
    DFOO_TRY(ir_fork(&m->g, a, &s->first.g));
    return arena_status(a);
}
