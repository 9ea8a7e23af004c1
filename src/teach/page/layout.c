/* Where the boxes and arrows of a model's graph stand: layered from the inputs on the left to the cost on
 * the right, without a program for graphs.
 *
 * The layer of a value is the length of the longest way from an input; parameters and labels stand one
 * layer before their first use. An arrow across several layers is led through a knot in each of them, so
 * that it runs around the boxes; those of parameters to the same place, a penalty, share a trunk of knots.
 * Knots and boxes of a layer are ordered by the mean place of their neighbours (the barycentre heuristic of
 * Sugiyama, Tagawa, Toda, 1981), a few times to and fro, then moved up and down towards them. */
#include <string.h>

#include "teach/page/graph.h"

/* ----------------------------------------------------------------- what there is */

static bool is_drawn_kind(uint8_t kind) {
    return kind != VAR_CONST && kind < VAR_GRADIENT;
}

static uint32_t box_of(drawing *w, var_id v) {
    if (w->box[v]) return w->box[v] - 1;
    uint8_t kind = ir_var(w->p->g, v)->kind;
    vec_push(w->a, &w->places, (place){.var = v, .source = kind != VAR_DEFINED, .data = kind == VAR_INPUT});
    w->box[v] = w->places.n;
    return w->places.n - 1;
}

/* Of a part of the model: is the statement one that the document goes through? */
static bool is_told(const drawing *w, const stmt *s) {
    if (!w->doc || !w->p->whole) return true;
    for (uint32_t i = 0; i < w->doc->blocks.n; i++)
        if (w->doc->blocks.at[i].about && w->doc->blocks.at[i].about->var == s->var) return true;
    return false;
}

static dfoo_status add_statement(drawing *w, const stmt *s) {
    node_list need = {{0}};
    const ir *g = w->p->g;
    DFOO_TRY(ir_reach(g, w->a, &s->node, 1, &need));
    uint32_t n = 0, from[64];
    for (uint32_t i = 0; i < need.list.n; i++) {
        const node *x = ir_node(g, need.list.at[i]);
        if (x->op == OP_VAR && is_drawn_kind(ir_var(g, x->ref)->kind) && n < 64)
            from[n++] = box_of(w, x->ref);
    }
    uint32_t to = box_of(w, s->var);
    DFOO_TRY(arena_status(w->a));
    w->places.at[to].source = false;
    for (uint32_t i = 0; i < n; i++) {
        w->places.at[to].data = w->places.at[to].data || w->places.at[from[i]].data;
        vec_push(w->a, &w->arrows, (edge){from[i], to, w->arrows.n});
    }
    return arena_status(w->a);
}

static dfoo_status add_all(drawing *w) {
    const program *m = &w->p->d->m->forward; /* sources first */
    w->box = arena_new(w->a, w->p->g->vars.n * sizeof *w->box);
    if (!w->box) return DFOO_ENOMEM;
    for (uint32_t i = 0; i < m->list.n; i++)
        if (derivation_find(w->p->d, m->list.at[i].var) && is_told(w, &m->list.at[i]))
            DFOO_TRY(add_statement(w, &m->list.at[i]));
    return DFOO_OK;
}

/* What the gradient passes: everything between the goal and the cost. */
static void mark_way(drawing *w) {
    if (!w->doc || !w->box[w->doc->goal]) return;
    w->places.at[w->box[w->doc->goal] - 1].way = true;
    for (uint32_t i = 0; i < w->arrows.n; i++) /* arrows are in the order of the statements */
        if (w->places.at[w->arrows.at[i].from].way) w->places.at[w->arrows.at[i].to].way = true;
}

/* ---------------------------------------------------------------------- layers */

static void find_layers(drawing *w) {
    for (uint32_t i = 0; i < w->arrows.n; i++) {
        const place *from = &w->places.at[w->arrows.at[i].from];
        place       *to = &w->places.at[w->arrows.at[i].to];
        if (to->layer < from->layer + 1) to->layer = from->layer + 1;
    }
    for (uint32_t i = 0; i < w->places.n; i++) w->places.at[i].pull = 1e9;
    for (uint32_t i = w->arrows.n;
         i-- > 0;) { /* what has no data behind it goes to the right as far as it can */
        place       *from = &w->places.at[w->arrows.at[i].from];
        const place *to = &w->places.at[w->arrows.at[i].to];
        if (!from->data && to->layer - 1 < from->pull) from->pull = to->layer - 1;
        if (!from->data && from->pull < 1e9) from->layer = (uint32_t)from->pull;
    }
    for (uint32_t i = 0; i < w->places.n; i++)
        if (w->places.at[i].layer + 1 > w->n_layers) w->n_layers = w->places.at[i].layer + 1;
}

static bool is_long(const drawing *w, edge x) {
    return w->places.at[x.to].layer > w->places.at[x.from].layer + 1;
}

/* Knots from one layer to the one before another, one behind the other; returns the first. */
static uint32_t add_chain(drawing *w, place like, uint32_t from, uint32_t to) {
    uint32_t first = w->places.n;
    for (uint32_t layer = from; layer < to; layer++) {
        like.layer = layer;
        vec_push(w->a, &w->places, like);
    }
    return first;
}

static void join(drawing *w, uint32_t from, uint32_t to, uint32_t arrow) {
    vec_push(w->a, &w->edges, (edge){from, to, arrow});
}

/* The way that all long arrows of parameters to x.to share, from the first that comes. */
static void add_trunk(drawing *w, edge x) {
    uint32_t from = w->places.at[x.from].layer + 1, to = w->places.at[x.to].layer;
    for (uint32_t i = 0; i < w->arrows.n; i++) {
        edge other = w->arrows.at[i];
        if (other.to == x.to && !w->places.at[other.from].data && w->places.at[other.from].layer + 1 < from)
            from = w->places.at[other.from].layer + 1;
    }
    uint32_t first = add_chain(w, (place){.var = 0}, from, to), arrow = w->arrows.n + x.arrow;
    if (w->places.n < first + (to - from)) return;
    w->places.at[x.to].trunk = first;
    w->places.at[x.to].trunk_layer = from;
    for (uint32_t layer = from; layer + 1 < to; layer++)
        join(w, first + layer - from, first + layer - from + 1, arrow);
    join(w, first + to - from - 1, x.to, arrow);
}

/* Knots where an arrow passes a layer. */
static void add_knots(drawing *w) {
    for (uint32_t i = 0; i < w->arrows.n && !w->a->failed; i++) {
        edge        x = w->arrows.at[i];
        const place from = w->places.at[x.from], to = w->places.at[x.to];
        bool        way = from.way && to.way;
        if (!is_long(w, x)) {
            join(w, x.from, x.to, i);
        } else if (from.data || way) {
            uint32_t knot = add_chain(w, (place){.data = from.data, .way = way}, from.layer + 1, to.layer),
                     n = to.layer - from.layer - 1;
            join(w, x.from, knot, i);
            for (uint32_t k = 1; k < n; k++) join(w, knot + k - 1, knot + k, i);
            join(w, knot + n - 1, x.to, i);
        } else {
            if (!to.trunk) add_trunk(w, x);
            join(w, x.from, w->places.at[x.to].trunk + from.layer + 1 - w->places.at[x.to].trunk_layer, i);
        }
    }
}

static dfoo_status sort_into_layers(drawing *w) {
    w->order = arena_new(w->a, (w->places.n + 1) * sizeof *w->order);
    w->first = arena_new(w->a, (w->n_layers + 2) * sizeof *w->first);
    if (!w->order || !w->first) return DFOO_ENOMEM;
    for (uint32_t i = 0; i < w->places.n; i++) w->first[w->places.at[i].layer + 1]++;
    for (uint32_t k = 0; k < w->n_layers; k++) w->first[k + 1] += w->first[k];
    uint32_t *next = arena_new(w->a, (w->n_layers + 1) * sizeof *next);
    if (!next) return DFOO_ENOMEM;
    memcpy(next, w->first, w->n_layers * sizeof *next);
    for (int pass = 0; pass < 2; pass++) /* what has data in it first: above */
        for (uint32_t i = 0; i < w->places.n; i++)
            if (w->places.at[i].data == (pass == 0)) w->order[next[w->places.at[i].layer]++] = i;
    return DFOO_OK;
}

/* ----------------------------------------------------------------------- order */

/* How much a neighbour pulls: the way of the data is to be straight. */
static double weight(const place *from, const place *to) {
    if (!from->data) return !from->var ? 1 : to->var ? 0.1 : 0.005; /* a parameter stands by its first use */
    return from->var && to->var ? 20 : 2;
}

/* Draws each place towards the mean of its neighbours before it, behind it or both: all of the way
 * for an order, half of it to settle, as two that draw each other would change sides for ever. */
static void pull_places(drawing *w, bool before, bool behind, double *sum) {
    double far = before && behind ? 0.5 : 1;
    for (uint32_t i = 0; i < w->places.n; i++) w->places.at[i].pull = sum[i] = 0;
    for (uint32_t i = 0; i < w->edges.n; i++) {
        place *from = &w->places.at[w->edges.at[i].from], *to = &w->places.at[w->edges.at[i].to];
        double k = weight(from, to);
        if (before) to->pull += k * from->y, sum[w->edges.at[i].to] += k;
        if (behind) from->pull += k * to->y, sum[w->edges.at[i].from] += k;
    }
    for (uint32_t i = 0; i < w->places.n; i++) {
        place *x = &w->places.at[i];
        x->pull = sum[i] > 0 ? far * x->pull / sum[i] + (1 - far) * x->y : x->y;
    }
}

/* The data above, parameters and labels below. */
static bool stands_above(const place *a, const place *b) {
    return a->data != b->data ? a->data : a->pull < b->pull;
}

static void sort_layer(drawing *w, uint32_t layer) {
    for (uint32_t i = w->first[layer] + 1; i < w->first[layer + 1]; i++) {
        uint32_t x = w->order[i], k = i;
        for (; k > w->first[layer] && stands_above(&w->places.at[x], &w->places.at[w->order[k - 1]]); k--)
            w->order[k] = w->order[k - 1];
        w->order[k] = x;
    }
}

static double room(const place *above, const place *below) {
    return above->var && below->var ? ROW : above->var || below->var ? (ROW + KNOT_ROW) / 2.0 : KNOT_ROW;
}

/* Puts a layer's places where they are drawn to, as far as there is room: those that overlap share
 * their displacement, of which values of the data take less than parameters. */
static void settle_layer(drawing *w, uint32_t layer) {
    uint32_t from = w->first[layer], to = w->first[layer + 1];
    double   shift = 0, all = 0, y = 0;
    for (uint32_t i = from; i < to; i++) {
        place *x = &w->places.at[w->order[i]];
        double least = i > from ? y + room(&w->places.at[w->order[i - 1]], x) : x->pull;
        y = x->pull > least ? x->pull : least;
        double firm = x->data ? x->var ? 40 : 10 : 1;
        shift += firm * (y - x->pull);
        all += firm;
        x->y = y;
    }
    shift /= all > 0 ? all : 1;
    for (uint32_t i = from; i < to; i++) w->places.at[w->order[i]].y -= shift;
}

static dfoo_status arrange(drawing *w) {
    double *sum = arena_new(w->a, (w->places.n + 1) * sizeof *sum);
    if (!sum) return DFOO_ENOMEM;
    for (uint32_t k = 0; k < w->n_layers; k++)
        for (uint32_t i = w->first[k]; i < w->first[k + 1]; i++)
            w->places.at[w->order[i]].y = ROW * (i - w->first[k]);
    for (int sweep = 0; sweep < SWEEPS; sweep++) {
        pull_places(w, sweep % 2 == 0, sweep % 2 == 1, sum);
        for (uint32_t k = 0; k < w->n_layers; k++) {
            sort_layer(w, k);
            settle_layer(w, k);
        }
    }
    for (int shift = 0; shift < SHIFTS; shift++) {
        pull_places(w, true, true, sum);
        for (uint32_t k = 0; k < w->n_layers; k++) settle_layer(w, k);
    }
    double least = 1e9, most = 0;
    for (uint32_t i = 0; i < w->places.n; i++) least = w->places.at[i].y < least ? w->places.at[i].y : least;
    for (uint32_t i = 0; i < w->places.n; i++) {
        w->places.at[i].y -= least;
        if (w->places.at[i].y > most) most = w->places.at[i].y;
    }
    w->height = most + BOX_HEIGHT + 2 * MARGIN;
    return DFOO_OK;
}

dfoo_status layout_make(drawing *w) {
    DFOO_TRY(add_all(w));
    if (!w->arrows.n) return DFOO_OK;
    mark_way(w);
    find_layers(w);
    add_knots(w);
    DFOO_TRY(arena_status(w->a));
    DFOO_TRY(sort_into_layers(w));
    return arrange(w);
}
