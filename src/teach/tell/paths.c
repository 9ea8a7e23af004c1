/* Which way a variable takes to the cost: one path of variables, or several that part somewhere. */
#include "teach/tell/routes.h"

typedef struct users {
    uint32_t *first; /* by var_id: where its users start in `list`; one more at the end */
    uint32_t *list;  /* numbers of statements */
    double   *paths; /* by var_id: how many lead to the cost */
} users;

/* A statement, and a variable with which it moves. */
typedef struct use {
    var_id   used;
    uint32_t by;
} use;

typedef VEC(use) use_list;

/* Who uses whom, those that come last in the program first; and how many paths there are. */
static void list_uses(teller *t, users *u, use_list *uses) {
    const program *p = &t->d->forward;
    u->paths[t->d->m->cost] = 1;
    for (uint32_t i = p->list.n; i-- > 0;) {
        node_list   need = {{0}};
        const stmt *s = &p->list.at[i];
        if (!derivation_find(t->d, s->var) || ir_reach(t->g, t->a, &s->node, 1, &need) != DFOO_OK) continue;
        for (uint32_t k = 0; k < need.list.n; k++) {
            const node *x = ir_node(t->g, need.list.at[k]);
            if (x->op != OP_VAR || !link_moves(t, s, x->ref)) continue;
            u->paths[x->ref] += u->paths[s->var];
            u->first[x->ref + 1]++;
            vec_push(t->a, uses, (use){x->ref, i});
        }
    }
}

static bool find_users(teller *t, users *u) {
    uint32_t  n = t->g->vars.n;
    use_list  uses = {0};
    uint32_t *next = arena_new(t->a, n * sizeof *next);
    u->first = arena_new(t->a, (n + 1) * sizeof *u->first);
    u->paths = arena_new(t->a, n * sizeof *u->paths);
    if (!u->first || !u->paths || !next) return false;
    list_uses(t, u, &uses);
    u->list = arena_new(t->a, uses.n * sizeof *u->list + 1);
    if (t->a->failed) return false;
    for (uint32_t v = 1; v <= n; v++) u->first[v] += u->first[v - 1];
    for (uint32_t v = 0; v < n; v++) next[v] = u->first[v];
    for (uint32_t i = uses.n; i-- > 0;) u->list[next[uses.at[i].used]++] = uses.at[i].by; /* sources first */
    return true;
}

static uint32_t n_users(const users *u, var_id v) {
    return u->first[v + 1] - u->first[v];
}

static var_id user(const teller *t, const users *u, var_id v, uint32_t i) {
    return t->d->forward.list.at[u->list[u->first[v] + i]].var;
}

enum { MOST_STEPS = 11, MOST_WAYS = 4 };

/* " -> Z2 -> A2 -> J", while there is one way on; returns where it ended. */
static var_id put_way(teller *t, const users *u, var_id v, buf *out) {
    uint32_t steps = 0;
    buf_printf(out, "%s", doc_name(t->doc, v));
    while (v != t->d->m->cost && n_users(u, v) == 1) {
        v = user(t, u, v, 0);
        if (steps++ < MOST_STEPS) buf_printf(out, " -> %s", doc_name(t->doc, v));
        else if (steps == MOST_STEPS + 1) buf_puts(out, " -> ..");
    }
    return v;
}

const char *links_known(teller *t, uint32_t *count) {
    buf known;
    *count = 0;
    buf_init(&known, t->a->mem);
    for (uint32_t i = 0; i < t->links.n; i++) {
        const gradient *from = t->links.at[i].from;
        bool            again =
            !from || !from->shown || link_gradient(t, &t->links.at[i]) != ir_var(t->g, from->grad)->leaf;
        for (uint32_t k = 0; k < i; k++) again = again || t->links.at[k].from == from;
        if (!again) buf_printf(&known, "%s%s", (*count)++ ? ", " : "", doc_name(t->doc, from->grad));
    }
    return doc_take(t->doc, &known);
}

static const char *remaining(teller *t) {
    static const char *const words[] = {"no link remains", "one link remains", "two links remain",
                                        "three links remain", "four links remain"};
    uint32_t    count, n = t->links.n;
    const char *names = links_known(t, &count);
    const char *remain = n < 5 ? words[n] : doc_text(t->doc, "%u links remain", n);
    return count ? doc_text(t->doc, "  %s %s known (explain %s); %s.", names, count > 1 ? "are" : "is", names,
                            remain)
                 : "";
}

/* The ways on from where they part, each up to where it parts again. */
static void tell_ways(teller *t, const users *u, var_id v) {
    uint32_t n = n_users(u, v);
    for (uint32_t i = 0; i < n && i < MOST_WAYS; i++) {
        buf    b;
        var_id next = user(t, u, v, i);
        buf_init(&b, t->a->mem);
        var_id end = put_way(t, u, next, &b);
        const char *way = doc_take(t->doc, &b);
        if (end == t->d->m->cost) doc_say(t->doc, 3, "%s -> %s", doc_name(t->doc, v), way);
        else
            doc_say(t->doc, 3, "%s -> %s, from where %.0f paths lead on", doc_name(t->doc, v), way,
                    u->paths[end]);
    }
    if (n > MOST_WAYS) doc_say(t->doc, 3, "and %u more", n - MOST_WAYS);
}

/* Where the variable stands and nothing moves with it. */
static void tell_flat(teller *t) {
    const char *v = doc_name(t->doc, t->goal->var);
    for (uint32_t i = 0; i < t->d->forward.list.n; i++) {
        const stmt *s = &t->d->forward.list.at[i];
        if (derivation_find(t->d, s->var) && link_uses(t, s, t->goal->var) && !link_moves(t, s, t->goal->var))
            doc_say(t->doc, 3,
                    "%s stands in %s as well, which stays as it is while %s moves a little: nothing comes "
                    "back from "
                    "there",
                    v, doc_equation(t->doc, s), v);
    }
}

/* "4 paths, which set out in 2 ways": they may part again further on. */
static const char *count_text(teller *t, double paths, uint32_t ways) {
    return paths > ways ? doc_text(t->doc, "%.0f paths, which set out in %u ways", paths, ways)
                        : doc_text(t->doc, "%.0f paths", paths);
}

void paths_tell(teller *t) {
    document *doc = t->doc;
    users     u;
    buf       b;
    if (!find_users(t, &u)) return;
    buf_init(&b, t->a->mem);
    var_id      v = t->goal->var, end = put_way(t, &u, v, &b);
    const char *name = doc_name(doc, v), *cost = doc_name(doc, t->d->m->cost);
    const char *way = doc_take(doc, &b), *rest = remaining(t);
    if (end == t->d->m->cost) {
        doc_say(doc, 0, "%s reaches %s along one path of variables:  %s.%s", name, cost, way, rest);
    } else if (end != v) {
        doc_say(
            doc, 0,
            "%s reaches %s through %s:  %s, from where %.0f paths lead on (explain %s adds their parts).%s",
            name, cost, doc_name(doc, end), way, u.paths[end],
            doc_name(doc, derivation_find(t->d, end)->grad), rest);
    } else {
        doc_say(doc, 0, "%s reaches %s along %s: their contributions add.%s", name, cost,
                count_text(t, u.paths[v], n_users(&u, v)), rest);
        tell_ways(t, &u, v);
    }
    tell_flat(t);
}
