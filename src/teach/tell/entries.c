/* A link by its entries, whatever its formula is: which entries of the statement's variable an
 * entry of the other one is in, how they change with it, and what that adds up to.
 *
 * A route is followed with letters: [i,t] at the top, and what the letters become on the way
 * down. Where letters of the top are not in the entry that is reached, that entry acts on all
 * of these, and its effects are added. */
#include <string.h>

#include "teach/tell/entries.h"

static letters letters_of(const teller *t, var_id v) {
    shape   s = ir_var(t->g, v)->sh;
    dim     m = t->d->m->examples;
    letters x = letters_at('i', 'j');
    if (m && s.cols == m) x.col = 't';
    if (m && s.rows == m) x.row = s.cols == m ? 's' : 't';
    if (x.row == 't') x.col = 'i';
    if (s.rows == dim_literal(1) || shape_is_scalar(s)) x.row = '1';
    if (s.cols == dim_literal(1) || shape_is_scalar(s)) x.col = '1';
    return x;
}

static void note_letter(entries *e, char letter, dim along) {
    if (letter != '1') e->along[(unsigned char)letter & 127] = along;
}

/* All letters but those of the top; k and j first where a softmax has i. */
static void reset_letters(entries *e) {
    static const char all[] = "ijkpqrsuvwnt";
    uint32_t n = 0;
    for (uint32_t i = 0; all[i]; i++)
        if (all[i] != e->top.row && all[i] != e->top.col) e->fresh[n++] = all[i];
    e->fresh[n] = 0;
    e->env.fresh = e->fresh;
    shape s = ir_var(e->t->g, e->l->s->var)->sh;
    note_letter(e, e->top.row, s.rows);
    note_letter(e, e->top.col, s.cols);
}

/* The letters that are left beside an arrival and the top. */
static void reset_beside(entries *e, const arrival *to) {
    uint32_t n = 0;
    reset_letters(e);
    for (uint32_t i = 0; e->fresh[i]; i++) {
        char letter = e->fresh[i];
        bool used = to->at.row == letter || to->at.col == letter || index_occurs(to->factor, letter);
        if (!used) e->fresh[n++] = letter;
    }
    e->fresh[n] = 0;
}

/* The sum over a letter; of what is the same for each, so many times that. */
static index_tree *sum_over(entries *e, char letter, index_tree *x) {
    if (index_occurs(x, letter)) return index_sum(&e->env, letter, x);
    return index_times(&e->env, entries_entry(e, ir_size(e->t->g, e->along[(unsigned char)letter & 127]),
                                         letters_at('1', '1')), x);
}

static bool stands_in(letters x, char letter) {
    return letter == '1' || letter == 0 || x.row == letter || x.col == letter;
}

static void rename_letters(letters *x, const renamed *r) {
    if (x->row == r->letter) x->row = r->by, x->row_behind = r->start, x->row_range = r->range;
    if (x->col == r->letter) x->col = r->by, x->col_behind = r->start, x->col_range = r->range;
}

/* A letter that has become another one is that everywhere above, too: in the factors, at the top. */
static bool rename_above(arrival *out, letters *seen, uint32_t n, const renamed *r) {
    if (!r->letter) return true;
    for (uint32_t i = 0; i < n; i++) rename_letters(&seen[i], r);
    if (out->top.row == r->letter && out->top.row_range) return false;
    if (out->top.col == r->letter && out->top.col_range) return false;
    rename_letters(&out->top, r);
    return index_replace(out->factor, r->letter, r->by, r->start, r->range);
}

/* Follows a route from the letters of the top. Letters of sums on the way that are not in the
 * entry at its end stay sums. */
static bool follow(entries *e, const route *r, arrival *out) {
    letters at = out->top, seen[MOST_HOPS];
    renamed now;
    out->factor = index_number(&e->env, 1);
    for (uint32_t k = 0; k < r->n; k++) {
        index_tree *factor = entries_step_down(e, &r->at[k], &at, &now);
        out->factor = index_times(&e->env, out->factor, factor);
        seen[k] = at;
        if (!out->factor || !rename_above(out, seen, k, &now)) return false;
    }
    bool summed[128] = {false};
    for (uint32_t k = 0; k < r->n; k++) {
        const char both[2] = {seen[k].row, seen[k].col};
        for (int i = 0; i < 2; i++) {
            bool more = !stands_in(at, both[i]) && !stands_in(out->top, both[i]);
            if (!more || summed[both[i] & 127]) continue;
            summed[both[i] & 127] = true;
            out->factor = sum_over(e, both[i], out->factor);
        }
    }
    out->at = at;
    return out->factor != NULL;
}

static bool same_letters(letters a, letters b) {
    return a.row == b.row && a.col == b.col && a.row_behind == b.row_behind && a.col_behind == b.col_behind;
}

/* Routes that arrive at the same entry are one: their factors add. */
static void join_arrivals(entries *e) {
    uint32_t n = 0;
    for (uint32_t i = 0; i < e->r.n; i++) {
        uint32_t k = 0;
        while (k < n && !(same_letters(e->to[k].at, e->to[i].at) && same_letters(e->to[k].top, e->to[i].top)))
            k++;
        if (k == n) e->to[n++] = e->to[i];
        else e->to[k].factor = index_op(&e->env, OP_ADD, e->to[k].factor, e->to[i].factor);
    }
    e->r.n = n;
    if (n == 1) e->top = e->to[0].top;
}

static bool entries_open(entries *e, teller *t, const link *l) {
    *e = (entries){.t = t, .l = l, .top = letters_of(t, l->s->var)};
    e->env = (index_env){.g = t->g, .a = t->a, .fresh = e->fresh, .along = e->along};
    e->style = t->doc->style;
    if (l->s->var == t->d->m->cost && t->d->m->examples) { /* all examples are in it */
        e->style.example = 0;
        e->style.loss = ir_var_name(t->g, t->d->m->cost);
    }
    if (!routes_find(t, l, &e->r)) return false;
    for (uint32_t i = 0; i < e->r.n; i++) {
        reset_letters(e); /* each route with the same letters */
        e->to[i].top = e->top;
        if (!follow(e, &e->r.at[i], &e->to[i])) return false;
    }
    join_arrivals(e);
    return true;
}

/* ------------------------------------------------------------------- lines */

static index_tree *entry_of_var(entries *e, var_id v, letters at) {
    index_tree *x = index_entry(&e->env, v, at.row, at.col);
    if (x && at.row_range) x->row_behind = at.row_behind, x->row_range = at.row_range;
    if (x && at.col_range) x->col_behind = at.col_behind, x->col_range = at.col_range;
    return x;
}

/* The sum over the letters of the top that are not in the entry that is reached. */
static index_tree *sum_over_rest(entries *e, letters at, index_tree *x) {
    if (!stands_in(at, e->top.col)) x = index_sum(&e->env, e->top.col, x);
    if (!stands_in(at, e->top.row)) x = index_sum(&e->env, e->top.row, x);
    return x;
}

static index_tree *rescaled(entries *e, index_tree *x) {
    node_id n = link_rescale(e->t, e->l);
    return n ? index_times(&e->env, entries_entry(e, n, letters_at('1', '1')), x) : x;
}

/* How the gradient of the top's entry is written: a name, or a number. */
static index_tree *incoming(entries *e) {
    return entries_entry(e, link_gradient(e->t, e->l), e->top);
}

static const char *shown(entries *e, const index_tree *x) {
    return doc_index(e->t->doc, x, &e->style);
}

/* "b1[i] is in z1[i] only" or "in z1[i,t] for every t". */
static void say_where(entries *e, const arrival *to) {
    static const char all[] = "it acts on all of these, and the effects add up:";
    document   *doc = e->t->doc;
    const char       *u = shown(e, entry_of_var(e, e->l->to->var, to->at)),
               *v = shown(e, entry_of_var(e, e->l->s->var, e->top));
    bool        row = stands_in(to->at, e->top.row), col = stands_in(to->at, e->top.col);
    if (e->top.row == e->style.example && ir_var(e->t->g, e->l->to->var)->kind != VAR_PARAM) row = true;
    if (row && col && e->l->to->n_through > 1)
        doc_say(doc, 3,
                "%s is in %s only; the derivative counts this place of it alone, all else is held as it is:",
                u, v);
    else if (row && col) doc_say(doc, 3, "%s is in %s only:", u, v);
    else if (!row && !col)
        doc_say(doc, 3, "%s is in %s for every %c and %c: %s", u, v, e->top.row, e->top.col, all);
    else doc_say(doc, 3, "%s is in %s for every %c: %s", u, v, row ? e->top.col : e->top.row, all);
}

/* What a slice does not take is in nothing. */
static void say_rest(entries *e, const arrival *to) {
    document   *doc = e->t->doc;
    const char *u = doc_name(doc, e->l->to->var), *du = doc_name(doc, e->l->to->grad);
    bool        row = to->at.row_range != 0, col = to->at.col_range != 0, all = e->l->to->n_through == 1;
    if (!row && !col) return;
    doc_say(doc, 3, "no other %s of %s is in it: %s is 0 there", !col ? "row" : !row ? "column" : "entry", u,
            all && e->r.n == 1 ? du : doc_text(doc, "this part of %s", du));
}

static bool has_delta(const index_tree *x) {
    return x && (x->kind == INDEX_DELTA || has_delta(x->a) || has_delta(x->b) || has_delta(x->c));
}

/* A line x = y, in the style of the entries. */
static block *add_equal(entries *e, uint8_t indent, const char *words, const index_tree *x,
                        const index_tree *y) {
    block *b = doc_add(e->t->doc, BLOCK_LINE, indent, words);
    doc_add_index(e->t->doc, b, x, &e->style);
    doc_add_index(e->t->doc, b, y, &e->style);
    return b;
}

/* The first line: one entry of the formula. */
static void add_formula(entries *e, uint8_t indent) {
    reset_letters(e);
    index_tree *right = entries_entry(e, e->l->s->node, e->top);
    if (right) add_equal(e, indent, "one entry of it:", entry_of_var(e, e->l->s->var, e->top), right);
}

static const char delta_is[] = "δ is 1 where its two indices are equal, else 0";

static index_tree *partial_of(entries *e, const arrival *to) {
    return index_partial(&e->env, entry_of_var(e, e->l->s->var, e->top),
                         entry_of_var(e, e->l->to->var, to->at));
}

static block *add_partial(entries *e, const arrival *to) {
    block *b = add_equal(e, 5, "", partial_of(e, to), to->factor);
    if (has_delta(to->factor)) b->tail = delta_is;
    return b;
}

/* Does dV say nothing that ∂V/∂U does not? It is 1, and no sum is taken. */
static bool is_partial_alone(entries *e, const arrival *to) {
    double value;
    node_id d = link_gradient(e->t, e->l);
    bool one = ir_node(e->t->g, d)->op == OP_ONES || (ir_is_number(e->t->g, d, &value) && value == 1);
    return one && !link_rescale(e->t, e->l) && stands_in(to->at, e->top.row) && stands_in(to->at, e->top.col);
}

/* How a softmax's sum with δ is taken apart: y[k]*(dy[k] - Σi dy[i]*y[i]). */
static index_tree *without_delta(entries *e, const arrival *to) {
    const hop  *h = &e->r.at[0].at[0];
    index_tree *d = entries_entry(e, link_gradient(e->t, e->l), e->top),
               *mine = entries_entry(e, link_gradient(e->t, e->l), to->at);
    if (e->r.at[0].n != 1 || e->r.n != 1 || link_rescale(e->t, e->l)) return NULL;
    if (h->kind == HOP_SOFTMAX) {
        index_tree *y = entries_entry(e, h->y, to->at), *top = entries_entry(e, h->y, e->top);
        index_tree *sum = sum_over_rest(e, to->at, index_op(&e->env, OP_MUL, d, top));
        return index_op(&e->env, OP_MUL, y, index_op(&e->env, OP_SUB, mine, sum));
    }
    if (h->kind != HOP_LOG_SOFTMAX) return NULL;
    index_tree *share = index_op(&e->env, OP_EXP, entries_entry(e, h->y, to->at), NULL);
    return index_op(&e->env, OP_SUB, mine, index_op(&e->env, OP_MUL, share, sum_over_rest(e, to->at, d)));
}

/* dU = Σ dV * ∂V/∂U = .. */
static void add_chain(entries *e, const arrival *to, bool whole) {
    document   *doc = e->t->doc;
    index_tree *d = incoming(e), *partial = partial_of(e, to);
    block      *b = doc_add(doc, BLOCK_LINE, 5, "");
    if (whole) doc_add_index(doc, b, entry_of_var(e, e->l->to->grad, to->at), &e->style);
    if (e->r.n == 1)
        doc_add_index(doc, b, rescaled(e, sum_over_rest(e, to->at, index_times(&e->env, d, partial))),
                      &e->style);
    doc_add_index(doc, b, rescaled(e, sum_over_rest(e, to->at, index_times(&e->env, d, to->factor))),
                  &e->style);
    if (has_delta(to->factor) && is_partial_alone(e, to)) b->tail = delta_is;
    index_tree *apart = without_delta(e, to);
    if (!apart) return;
    b = add_equal(e, 5, "", sum_over_rest(e, to->at, index_times(&e->env, d, to->factor)), apart);
    b->hanging = true;
    b->tail = "δ leaves one term of the first sum";
}

/* Not shown: that no other entry matters. The gradient is the sum over all entries of the top, each
 * with its difference. */
static void add_check(entries *e, const arrival *to) {
    letters     own = letters_of(e->t, e->l->s->var);
    letters     all = letters_at(own.row == '1' ? '1' : 'x', own.col == '1' ? '1' : 'y');
    index_tree *v = entry_of_var(e, e->l->s->var, all);
    index_tree *x = index_times(&e->env, entries_entry(e, link_gradient(e->t, e->l), all),
                                index_partial(&e->env, v, entry_of_var(e, e->l->to->var, to->at)));
    if (all.col != '1') x = index_sum(&e->env, all.col, x);
    if (all.row != '1') x = index_sum(&e->env, all.row, x);
    block *b = doc_add_hidden(e->t->doc);
    doc_add_index(e->t->doc, b, entry_of_var(e, e->l->to->grad, to->at), &e->style);
    doc_add_index(e->t->doc, b, rescaled(e, x), &e->style);
}

bool entries_add_partial(teller *t, const link *l, const char *words) {
    entries *e = arena_new(t->a, sizeof *e);
    if (!e || !entries_open(e, t, l) || e->r.n != 1) return false;
    block *b = add_partial(e, &e->to[0]);
    b->words = words;
    b->indent = words[0] ? 3 : 5;
    return true;
}

/* Another letter in the place of one of V's that U shares, and the δ that says they are equal. */
static char other_letter(entries *e, const arrival *to, char own, index_tree **delta) {
    if (own == '1' || own == e->style.example || !stands_in(to->at, own)) return own;
    char other = index_fresh(&e->env, e->along[(unsigned char)own & 127]);
    *delta = index_times(&e->env, *delta, index_delta(&e->env, other, own));
    return other;
}

/* The entry of V with other letters where U shares them. */
static index_tree *other_entry(entries *e, const arrival *to, letters *other, index_tree **delta) {
    *delta = index_number(&e->env, 1);
    char row = other_letter(e, to, e->top.row, delta), col = other_letter(e, to, e->top.col, delta);
    *other = letters_at(row, col);
    return other->row && other->col ? entry_of_var(e, e->l->s->var, *other) : NULL;
}

/* The sum over all entries of V in these letters, in one example where there is one, but those in `kept`. */
static index_tree *sum_over_entries(entries *e, letters of, letters kept, index_tree *x) {
    if (of.col != e->style.example && !stands_in(kept, of.col)) x = index_sum(&e->env, of.col, x);
    if (of.row != e->style.example && !stands_in(kept, of.row)) x = index_sum(&e->env, of.row, x);
    return x;
}

bool entries_tell_shared(teller *t, const link *l) {
    const letters        none = letters_at('1', '1');
    document            *doc = t->doc;
    entries             *e = arena_new(t->a, sizeof *e);
    letters              other;
    if (!e || !entries_open(e, t, l) || e->r.n != 1) return false;
    const arrival *to = &e->to[0];
    bool part = to->at.row_range || to->at.col_range || to->top.row_range || to->top.col_range;
    if (part) return false;
    reset_beside(e, to);
    char *j = strchr(e->fresh, 'j'); /* as the second index of the variable */
    if (j) memmove(j, j + 1, strlen(j));
    index_tree *delta, *v = other_entry(e, to, &other, &delta), *u = entry_of_var(e, l->to->var, to->at);
    index_tree *d = entries_entry(e, link_gradient(t, l), other);
    if (!v || !d) return false;
    index_tree *factor = index_times(&e->env, delta, to->factor), *partial = index_partial(&e->env, v, u);
    bool        has = has_delta(delta);
    add_equal(e, 5, "", partial, factor)->tail = has_delta(factor) ? delta_is : "";
    block      *b = doc_add(doc, BLOCK_LINE, 5, "");
    index_tree *loss = index_loss(&e->env, u, entry_of_var(e, l->s->var, e->top));
    bool whole = l->to->n_through == 1 && tell_has_loss(t); /* else it is one part of that */
    if (whole) doc_add_index(doc, b, loss, &e->style);
    doc_add_index(doc, b, sum_over_entries(e, other, none, index_times(&e->env, d, partial)), &e->style);
    doc_add_index(doc, b,
                  sum_over_entries(e, e->top, to->at, index_times(&e->env, incoming(e), to->factor)),
                  &e->style);
    if (has) b->tail = "δ leaves one term";
    return true;
}

/* Where a factor 1/m or m between the gradients of the two ends comes from. */
static void say_rescaled(entries *e) {
    teller     *t = e->t;
    document   *doc = t->doc;
    node_id     n = link_rescale(t, e->l);
    bool        to_cost = e->l->to->scale == SCALE_COST;
    const char *dv = doc_name(doc, e->l->from->grad), *du = doc_name(doc, e->l->to->grad),
               *cost = doc_name(doc, t->d->m->cost), *m = doc_examples(doc);
    if (!n) return;
    doc_say(doc, 3,
            "%s differentiates %s, and %s the sum of the losses, which is %s times %s: hence the factor %s",
            to_cost ? du : dv, cost, to_cost ? dv : du, m, cost, doc_node(doc, n, false));
}

void entries_add_examples(teller *t, const link *l) {
    entries *e = arena_new(t->a, sizeof *e);
    if (!e || !entries_open(e, t, l) || e->r.n != 1) return;
    const arrival *to = &e->to[0];
    e->style.example = 0;
    block *b = doc_add(t->doc, BLOCK_LINE, 5, "");
    if (l->to->n_through == 1) doc_add_index(t->doc, b, entry_of_var(e, l->to->grad, to->at), &e->style);
    index_tree *all = sum_over_rest(e, to->at, index_times(&e->env, incoming(e), to->factor));
    doc_add_index(t->doc, b, rescaled(e, all), &e->style);
}

bool entries_tell(teller *t, const link *l) {
    entries *e = arena_new(t->a, sizeof *e);
    if (!e || !entries_open(e, t, l)) return false;
    bool one = l->to->n_through == 1;
    if (t->doc->small[l->s->var] && !t->doc->small[l->to->var])
        e->style.example = 0; /* all examples are summed */
    add_formula(e, 3);
    if (e->r.n > 1)
        doc_say(t->doc, 3,
                "%s stands in it at %u places; each is one path of the chain rule, and the parts add up:",
                doc_name(t->doc, l->to->var), e->r.n);
    say_rescaled(e);
    for (uint32_t i = 0; i < e->r.n; i++) {
        e->top = e->to[i].top;
        if (e->r.n == 1) {
            say_where(e, &e->to[i]);
            if (!is_partial_alone(e, &e->to[i])) add_partial(e, &e->to[i]);
        } else {
            doc_say(t->doc, 3, "place %u, where it is %s, the others held fixed:", i + 1,
                    shown(e, entry_of_var(e, l->to->var, e->to[i].at)));
        }
        add_chain(e, &e->to[i], one && e->r.n == 1);
        say_rest(e, &e->to[i]);
    }
    if (one) add_check(e, &e->to[0]);
    return true;
}
