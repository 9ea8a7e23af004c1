/* What is asked of a model for each of its gradients, found out once: which statements use a variable, how
 * many paths lead from it to the cost and how far that is, and which rewrites are whose. */
#include "teach/tell/teller.h"

/* A statement, by number, and a variable that is in it. */
typedef struct use {
    var_id   used;
    uint32_t by;
    bool     moves; /* the statement moves with it */
} use;

typedef VEC(use) use_list;

static dfoo_status list_uses(teller *t, use_list *uses) {
    const program *p = &t->d->forward;
    for (uint32_t i = 0; i < p->list.n; i++) {
        node_list   names = {{0}};
        const stmt *s = &p->list.at[i];
        if (!derivation_find(t->d, s->var)) continue;
        DFOO_TRY(ir_names(t->g, t->a, s->node, &names));
        for (uint32_t k = 0; k < names.list.n; k++) {
            var_id v = ir_node(t->g, names.list.at[k])->ref;
            vec_push(t->a, uses, (use){v, i, link_moves(t, s, v)});
        }
    }
    return arena_status(t->a);
}

/* By var_id, from `uses`, which is sorted by statements: where its statements start in a list of them. */
static dfoo_status sort_uses(arena *a, uint32_t n_vars, const use_list *uses, bool moves, use_table *out) {
    uint32_t *next = arena_new(a, (n_vars + 1) * sizeof *next);
    out->first = arena_new(a, (n_vars + 2) * sizeof *out->first);
    out->list = arena_new(a, uses->n * sizeof *out->list + 1);
    if (!next || !out->first || !out->list) return DFOO_ENOMEM;
    for (uint32_t i = 0; i < uses->n; i++) out->first[uses->at[i].used + 1] += uses->at[i].moves == moves;
    for (uint32_t v = 1; v <= n_vars; v++) out->first[v] += out->first[v - 1];
    for (uint32_t v = 0; v < n_vars; v++) next[v] = out->first[v];
    for (uint32_t i = 0; i < uses->n; i++)
        if (uses->at[i].moves == moves) out->list[next[uses->at[i].used]++] = uses->at[i].by;
    return DFOO_OK;
}

/* Users come before those they use in one of the two directions; paths are counted from the cost on. */
static void count_paths(const derivation *d, const use_list *uses, outline *o) {
    o->paths[d->m->cost] = 1;
    for (uint32_t i = uses->n; i-- > 0;) {
        const use *x = &uses->at[i];
        var_id     by = d->forward.list.at[x->by].var;
        if (!x->moves) continue;
        o->paths[x->used] += o->paths[by];
        if (o->far[by] + 1 > o->far[x->used]) o->far[x->used] = o->far[by] + 1;
    }
}

static dfoo_status list_rewrites(const derivation *d, arena *a, uint32_t n_vars, outline *o) {
    uint32_t *last = arena_new(a, n_vars * sizeof *last);
    o->rewrite = arena_new(a, n_vars * sizeof *o->rewrite);
    o->next = arena_new(a, (d->trail.n + 1) * sizeof *o->next);
    if (!last || !o->rewrite || !o->next) return DFOO_ENOMEM;
    for (uint32_t i = 0; i < d->trail.n; i++) {
        const step *s = &d->trail.at[i];
        if (s->kind != TRAIL_REWRITE) continue;
        *(last[s->goal] ? &o->next[last[s->goal] - 1] : &o->rewrite[s->goal]) = i + 1;
        last[s->goal] = i + 1;
    }
    return DFOO_OK;
}

const step *outline_rewrite(const outline *o, const derivation *d, var_id v, const step *behind) {
    uint32_t i = behind ? o->next[behind - d->trail.at] : v < o->n_vars ? o->rewrite[v] : 0;
    return i ? &d->trail.at[i - 1] : NULL;
}

dfoo_status tell_outline(const derivation *d, ir *g, arena *a, outline **out) {
    teller   t = {.d = d, .g = g, .a = a};
    use_list uses = {0};
    outline *o = *out = arena_new(a, sizeof *o);
    if (!o) return DFOO_ENOMEM;
    *o = (outline){.n_vars = g->vars.n};
    o->paths = arena_new(a, g->vars.n * sizeof *o->paths);
    o->far = arena_new(a, g->vars.n * sizeof *o->far);
    if (!o->paths || !o->far) return DFOO_ENOMEM;
    DFOO_TRY(list_uses(&t, &uses));
    DFOO_TRY(sort_uses(a, g->vars.n, &uses, true, &o->moved));
    DFOO_TRY(sort_uses(a, g->vars.n, &uses, false, &o->flat));
    count_paths(d, &uses, o);
    return list_rewrites(d, a, g->vars.n, o);
}
