/* Walks over expressions and programs, so that passes need none of their own. */
#include <assert.h>
#include <stdlib.h>

#include "core/ir/ir.h"

/* ------------------------------------------------------------- expressions */

/* A set that grows with what is reached, not with the store: open addressing, 0 is free. */
typedef struct node_set {
    node_id *slot;
    uint32_t n_slots, n;
} node_set;

static uint32_t slot_of(const node_set *s, node_id n) {
    uint32_t i = n * UINT32_C(2654435761) & (s->n_slots - 1);
    while (s->slot[i] && s->slot[i] != n) i = (i + 1) & (s->n_slots - 1);
    return i;
}

static bool grow(node_set *s, arena *a) {
    node_set more = {.n_slots = s->n_slots ? 2 * s->n_slots : 64, .n = s->n};
    more.slot = arena_new(a, more.n_slots * sizeof *more.slot);
    if (!more.slot) return false;
    for (uint32_t i = 0; i < s->n_slots; i++)
        if (s->slot[i]) more.slot[slot_of(&more, s->slot[i])] = s->slot[i];
    *s = more;
    return true;
}

/* False if the node is in the set already, or there is no memory. */
static bool add(node_set *s, arena *a, node_id n) {
    if (2 * s->n >= s->n_slots && !grow(s, a)) return false;
    uint32_t i = slot_of(s, n);
    if (s->slot[i]) return false;
    s->slot[i] = n;
    s->n++;
    return true;
}

/* Depth first, each node once, operands from left to right. */
static dfoo_status visit(const ir *g, arena *a, const node_id *roots, uint32_t n_roots, bool names_only,
                         node_list *out) {
    node_list stack = {{0}};
    node_set  seen = {0};
    for (uint32_t i = n_roots; i-- > 0;)
        if (roots[i]) vec_push(a, &stack.list, roots[i]);
    while (stack.list.n && !a->failed) {
        node_id n = stack.list.at[--stack.list.n];
        assert(n > 0 && n < g->nodes.n);
        if (!add(&seen, a, n)) continue;
        const node *x = ir_node(g, n);
        if (!names_only || x->op == OP_VAR) vec_push(a, &out->list, n);
        for (int k = op_table[x->op].arity; k-- > 0;) vec_push(a, &stack.list, x->arg[k]);
    }
    return arena_status(a);
}

static int by_number(const void *a, const void *b) {
    node_id x = *(const node_id *)a, y = *(const node_id *)b;
    return (x > y) - (x < y);
}

dfoo_status ir_reach(const ir *g, arena *scratch, const node_id *roots, uint32_t n_roots, node_list *out) {
    DFOO_TRY(visit(g, scratch, roots, n_roots, false, out));
    if (out->list.n) qsort(out->list.at, out->list.n, sizeof(node_id), by_number);
    return DFOO_OK;
}

dfoo_status ir_names(const ir *g, arena *scratch, node_id root, node_list *out) {
    return visit(g, scratch, &root, 1, true, out);
}

bool ir_some(const ir *g, arena *scratch, node_id root, ir_test *test, const void *user) {
    node_list need = {{0}};
    if (visit(g, scratch, &root, 1, false, &need) != DFOO_OK) return false;
    for (uint32_t i = 0; i < need.list.n; i++)
        if (test(user, g, ir_node(g, need.list.at[i]))) return true;
    return false;
}

uint32_t node_list_place(const node_list *list, node_id n) {
    assert(list->list.n);
    uint32_t low = 0, high = list->list.n;
    while (low + 1 < high) {
        uint32_t middle = (low + high) / 2;
        if (list->list.at[middle] <= n) low = middle;
        else high = middle;
    }
    return low;
}

node_id ir_map(ir *g, arena *scratch, node_id root, ir_map_fn make, void *user) {
    node_list need = {{0}};
    if (!root || ir_reach(g, scratch, &root, 1, &need) != DFOO_OK) return 0;
    node_id *now = arena_new(scratch, need.list.n * sizeof *now);
    for (uint32_t i = 0; now && i < need.list.n; i++) {
        const node *x = ir_node(g, need.list.at[i]);
        node_id     args[3] = {0, 0, 0};
        for (int k = 0; k < op_table[x->op].arity; k++) args[k] = now[node_list_place(&need, x->arg[k])];
        now[i] = make(user, g, need.list.at[i], args);
        if (!now[i]) return 0;
    }
    return now ? now[need.list.n - 1] : 0; /* the root has the largest number */
}

/* ---------------------------------------------------------------- programs */

static bool is_marked_name(const void *user, const ir *g, const node *x) {
    const bool *marked = user;
    (void)g;
    return x->op == OP_VAR && marked[x->ref];
}

dfoo_status program_spread(const ir *g, arena *scratch, const program *p, bool *marked) {
    assert(marked);
    for (uint32_t i = 0; i < p->list.n; i++)
        if (ir_some(g, scratch, p->list.at[i].node, is_marked_name, marked)) marked[p->list.at[i].var] = true;
    return arena_status(scratch);
}

dfoo_status program_needs(const ir *g, arena *scratch, const program *p, bool *marked) {
    for (uint32_t i = p->list.n; i-- > 0;) {
        node_list names = {{0}};
        if (!marked[p->list.at[i].var]) continue;
        DFOO_TRY(ir_names(g, scratch, p->list.at[i].node, &names));
        for (uint32_t k = 0; k < names.list.n; k++) marked[ir_node(g, names.list.at[k])->ref] = true;
    }
    return DFOO_OK;
}
