/* Which way a variable takes to the cost: one path of variables, or several that part somewhere. */
#include "teach/tell/routes.h"

static uint32_t n_users(const teller *t, var_id v) {
    return t->o->moved.first[v + 1] - t->o->moved.first[v];
}

static var_id user(const teller *t, var_id v, uint32_t i) {
    return t->d->forward.list.at[t->o->moved.list[t->o->moved.first[v] + i]].var;
}

enum { MOST_STEPS = 11, MOST_WAYS = 4 };

/* " -> Z2 -> A2 -> J", while there is one way on; returns where it ended. */
static var_id put_way(teller *t, var_id v, buf *out) {
    uint32_t steps = 0;
    buf_printf(out, "%s", doc_name(t->doc, v));
    while (v != t->d->m->cost && n_users(t, v) == 1) {
        v = user(t, v, 0);
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
static void tell_ways(teller *t, var_id v) {
    uint32_t n = n_users(t, v);
    for (uint32_t i = 0; i < n && i < MOST_WAYS; i++) {
        buf    b;
        var_id next = user(t, v, i);
        buf_init(&b, t->a->mem);
        var_id end = put_way(t, next, &b);
        const char *way = doc_take(t->doc, &b);
        if (end == t->d->m->cost) doc_say(t->doc, 3, "%s -> %s", doc_name(t->doc, v), way);
        else
            doc_say(t->doc, 3, "%s -> %s, from where %.0f paths lead on", doc_name(t->doc, v), way,
                    t->o->paths[end]);
    }
    if (n > MOST_WAYS) doc_say(t->doc, 3, "and %u more", n - MOST_WAYS);
}

/* Where the variable stands and nothing moves with it. */
static void tell_flat(teller *t) {
    const char *v = doc_name(t->doc, t->goal->var);
    const use_table *flat = &t->o->flat;
    for (uint32_t i = flat->first[t->goal->var]; i < flat->first[t->goal->var + 1]; i++)
        doc_say(t->doc, 3,
                "%s stands in %s as well, which stays as it is while %s moves a little: nothing comes "
                "back from "
                "there",
                v, doc_equation(t->doc, &t->d->forward.list.at[flat->list[i]]), v);
}

/* "4 paths, which set out in 2 ways": they may part again further on. */
static const char *count_text(teller *t, double paths, uint32_t ways) {
    return paths > ways ? doc_text(t->doc, "%.0f paths, which set out in %u ways", paths, ways)
                        : doc_text(t->doc, "%.0f paths", paths);
}

void paths_tell(teller *t) {
    document *doc = t->doc;
    buf       b;
    buf_init(&b, t->a->mem);
    var_id      v = t->goal->var, end = put_way(t, v, &b);
    const char *name = doc_name(doc, v), *cost = doc_name(doc, t->d->m->cost);
    const char *way = doc_take(doc, &b), *rest = remaining(t);
    if (end == t->d->m->cost) {
        doc_say(doc, 0, "%s reaches %s along one path of variables:  %s.%s", name, cost, way, rest);
    } else if (end != v) {
        doc_say(
            doc, 0,
            "%s reaches %s through %s:  %s, from where %.0f paths lead on (explain %s adds their parts).%s",
            name, cost, doc_name(doc, end), way, t->o->paths[end],
            doc_name(doc, derivation_find(t->d, end)->grad), rest);
    } else {
        doc_say(doc, 0, "%s reaches %s along %s: their contributions add.%s", name, cost,
                count_text(t, t->o->paths[v], n_users(t, v)), rest);
        tell_ways(t, v);
    }
    tell_flat(t);
}
