/* An exercise's lines, question, hints and solution in words. */
#include <assert.h>

#include "teach/practice/inside.h"

static const char *equation(const exercise *x, var_id v, node_id n, arena *a) {
    buf b;
    buf_init(&b, a->mem);
    buf_printf(&b, "%s = ", ir_var_name(&x->m->g, v));
    print_node(&x->m->g, n, &b);
    return buf_keep(&b, a);
}

const char *practice_right(const exercise *x, uint32_t i, arena *a) {
    assert(i < x->lines.n);
    return equation(x, x->lines.at[i]->grad, x->lines.at[i]->whole, a);
}

const char *practice_wrong(const exercise *x, uint32_t choice, arena *a) {
    assert(choice < x->wrong.n);
    return equation(x, x->lines.at[x->at]->grad, x->wrong.at[choice].node, a);
}

const char *practice_line(const exercise *x, uint32_t i, arena *a) {
    if (i != x->at) return practice_right(x, i, a);
    if (x->kind == PRACTICE_MISTAKE) return practice_wrong(x, 0, a);
    const char *text = arena_format(a, "%s = ............", ir_var_name(&x->m->g, x->lines.at[i]->grad));
    return text ? text : "";
}

const char *practice_question(const exercise *x, arena *a) {
    const char *name = ir_var_name(&x->m->g, x->lines.at[x->at]->grad);
    const char *text = x->kind == PRACTICE_BLANK
                           ? arena_format(a, "What is %s?", name)
                           : "One line has a mistake in it. Which is it, and what should it be?";
    return text ? text : "";
}

/* ------------------------------------------------------------------ headings */

static const char *what_of(const exercise *x) {
    return x->kind == PRACTICE_BLANK ? "a line is missing" : "a line is wrong";
}

const char *practice_heading(const practice_page *p, arena *a) {
    buf b;
    buf_init(&b, a->mem);
    lang_put_called(p->list[0].m, &b);
    if (p->n > 1)
        buf_printf(&b, ": %u exercises", p->n);
    else
        buf_printf(&b, ", seed %llu: %s", (unsigned long long)p->list[0].seed, what_of(&p->list[0]));
    return buf_keep(&b, a);
}

const char *practice_title(const practice_page *p, const exercise *x, arena *a) {
    uint32_t    number = (uint32_t)(x - p->list) + 1;
    const char *text =
        p->n > 1 ? arena_format(a, "%u. %s (seed %llu)", number, what_of(x), (unsigned long long)x->seed)
                 : "Backward pass";
    return text ? text : "";
}

const char *practice_convention(const exercise *x, arena *a) {
    dim m = x->m->examples;
    if (x->d->used == CONVENTION_DJ || !m)
        return "Every line of the backward pass is a gradient of the cost.";
    const char *text = arena_format(
        a, "In the backward pass the 1/%s stands in the gradients of parameters and nowhere else.",
        symbols_name(x->m->g.names, dim_name(m)));
    return text ? text : "";
}

/* ------------------------------------------------------------------- hints */

/* "W2 has the shape (n2, n1), and so has dW2. It enters Z2 = W2 @ A1 + b2." */
static void put_where(const exercise *x, arena *a, buf *b) {
    const ir       *g = &x->m->g;
    const gradient *v = x->lines.at[x->at];
    const char     *name = ir_var_name(g, v->var);
    buf_printf(b, "%s has the shape %s, and so has %s", name, print_shape_text(g, a, ir_var(g, v->var)->sh),
               ir_var_name(g, v->grad));
    for (uint32_t i = 0, n = 0; i < x->m->forward.list.n; i++) {
        stmt      s = x->m->forward.list.at[i];
        node_list names = {{0}};
        if (ir_names(g, a, s.node, &names) != DFOO_OK) return;
        for (uint32_t k = 0; k < names.list.n; k++) {
            if (ir_node(g, names.list.at[k])->ref != v->var) continue;
            buf_printf(b, "%s%s", n++ ? ", and " : ". It enters ", equation(x, s.var, s.node, a));
        }
    }
}

/* "In it stand dZ2, A1 and m." */
static void put_names(const exercise *x, arena *a, buf *b) {
    const ir *g = &x->m->g;
    node_list names = {{0}};
    if (ir_names(g, a, x->lines.at[x->at]->whole, &names) != DFOO_OK) return;
    buf_puts(b, names.list.n ? "In it stand " : "No variable stands in it");
    for (uint32_t k = 0; k < names.list.n; k++)
        buf_printf(b, "%s%s",
                   !k                      ? ""
                   : k + 1 == names.list.n ? " and "
                                           : ", ",
                   ir_var_name(g, ir_node(g, names.list.at[k])->ref));
}

/* What its operations are, outermost first. */
static void put_operations(const exercise *x, arena *a, buf *b) {
    const ir *g = &x->m->g;
    node_list all = {{0}};
    node_id   root = x->lines.at[x->at]->whole;
    bool      said[OP_COUNT] = {false};
    uint32_t  n = 0;
    if (ir_reach(g, a, &root, 1, &all) != DFOO_OK) return;
    for (uint32_t k = all.list.n; k-- > 0;) {
        const node *y = ir_node(g, all.list.at[k]);
        if (!op_table[y->op].arity || said[y->op]) continue;
        said[y->op] = true;
        buf_printf(b, "%s%s", n++ ? ", " : ". Its operations, the last one first: ", op_table[y->op].name);
    }
}

/* The names of the first lines up to the wrong one's neighbour: a part in which it is. */
static void put_part(const exercise *x, buf *b) {
    uint32_t n = x->lines.n, half = (n + 1) / 2, from = x->at < half ? 0 : half,
             end = x->at < half ? half : n;
    buf_puts(b, "It is among ");
    for (uint32_t i = from; i < end; i++)
        buf_printf(b, "%s%s",
                   i == from      ? ""
                   : i + 1 == end ? " and "
                                  : ", ",
                   ir_var_name(&x->m->g, x->lines.at[i]->grad));
}

static void put_solution(const exercise *x, arena *a, buf *b) {
    const char *name = ir_var_name(&x->m->g, x->lines.at[x->at]->grad);
    if (x->kind == PRACTICE_MISTAKE) {
        const mistake *what = x->wrong.at[0].what;
        buf_printf(b, "The mistake is in %s (%s): %s. ", practice_wrong(x, 0, a), what->name, what->sentence);
    }
    buf_printf(b, "The right line is %s; `dfoo explain ", practice_right(x, x->at, a));
    lang_put_called(x->m, b);
    buf_printf(b, " %s` says why", name);
}

static void put_hint(const exercise *x, int hint, arena *a, buf *b) {
    const mistake *what = x->kind == PRACTICE_MISTAKE ? x->wrong.at[0].what : NULL;
    switch (hint) {
    case HINT_LINE:
        if (what)
            put_part(x, b);
        else
            put_where(x, a, b);
        return;
    case HINT_KIND:
        if (what)
            buf_printf(b, "Look at: %s. %s", group_names[what->group], group_whys[what->group]);
        else
            put_names(x, a, b);
        return;
    case HINT_NAME:
        if (what)
            buf_printf(b, "In one of them %s", what->sentence);
        else {
            put_names(x, a, b);
            put_operations(x, a, b);
        }
        return;
    case HINT_ANSWER:
        put_solution(x, a, b);
        return;
    default:
        return;
    }
}

const char *practice_hint(const exercise *x, int hint, arena *a) {
    buf b;
    buf_init(&b, a->mem);
    put_hint(x, hint, a, &b);
    if (b.len) buf_puts(&b, ".");
    return buf_keep(&b, a);
}
