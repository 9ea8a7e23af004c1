/* Index trees. Templates and the statements they are made for are small; the walks are
 * recursive over our own tables and over one summand of a statement at the most. */
#include "ir/index.h"

#include <string.h>

static index_tree *tree(const index_env *env, index_kind kind, index_tree *a, index_tree *b) {
    index_tree *x = arena_new(env->a, sizeof *x);
    if (x) *x = (index_tree){.kind = (uint8_t)kind, .a = a, .b = b};
    return x;
}

static index_tree *entry(const index_env *env, var_id v, char row, char col) {
    index_tree *x = tree(env, INDEX_ENTRY, NULL, NULL);
    shape       s = ir_var(env->g, v)->sh;
    if (!x) return NULL;
    x->var = v;
    x->row = s.rows == dim_literal(1) ? '1' : row;
    x->col = s.cols == dim_literal(1) ? '1' : col;
    if (shape_is_scalar(s)) x->row = x->col = 0;
    return x;
}

index_tree *index_of_node(const index_env *env, node_id n, char row, char col) {
    const node *x = ir_node(env->g, n);
    if (x->op == OP_VAR) return entry(env, x->ref, row, col);
    if (x->op == OP_TRANSPOSE) return index_of_node(env, x->arg[0], col, row);
    if (x->op == OP_SIZE) {
        index_tree *k = tree(env, INDEX_SIZE, NULL, NULL);
        if (k) k->size = x->ref;
        return k;
    }
    if (x->op == OP_NUMBER || x->op == OP_ONES) {
        index_tree *k = tree(env, INDEX_NUMBER, NULL, NULL);
        if (k) k->number = x->op == OP_ONES ? 1 : env->g->numbers.at[x->ref];
        return k;
    }
    if (!op_elementwise((op_id)x->op) || op_table[x->op].arity > 2) return NULL;
    index_tree *a = index_of_node(env, x->arg[0], row, col);
    index_tree *b = op_table[x->op].arity > 1 ? index_of_node(env, x->arg[1], row, col) : NULL;
    if (!a || (op_table[x->op].arity > 1 && !b)) return NULL;
    index_tree *k = tree(env, INDEX_NODE, a, b);
    if (k) k->op = x->op;
    return k;
}

static const char *name_of(const index_env *env, const ast *x) {
    return symbols_name(env->g->names, x->name);
}

static char letter_of(const index_env *env, const ast *x) {
    if (!x) return 0;
    return x->kind == AST_NUMBER ? '1' : name_of(env, x)[0];
}

static index_tree *build_entry(const index_env *env, const ast *x) {
    for (uint32_t i = 0; i < env->n_names; i++) {
        if (strcmp(env->names[i].name, name_of(env, x)) != 0) continue;
        char row = letter_of(env, x->arg), col = x->arg ? letter_of(env, x->arg->next) : 0;
        return index_of_node(env, env->names[i].n, row, col);
    }
    return NULL;
}

static bool occurs(const index_tree *x, char letter) {
    if (!x) return false;
    return x->row == letter || x->col == letter || occurs(x->a, letter) || occurs(x->b, letter);
}

static index_tree *build_call(const index_env *env, const ast *x) {
    const char *name = name_of(env, x);
    bool        spelled = strcmp(name, "spell") == 0;
    index_tree *out = NULL;
    if (spelled || strcmp(name, "sum") == 0) {
        index_tree *body = index_build(env, x->arg->next);
        char letter = letter_of(env, x->arg);
        if (body && !occurs(body, letter)) return body; /* a dimension of 1: nothing to add up */
        out = body ? tree(env, INDEX_SUM, body, NULL) : NULL;
        if (out) out->letter = letter;
        if (out) out->spelled = spelled;
    } else if (strcmp(name, "D") == 0) {
        index_tree *y = index_build(env, x->arg), *a = index_build(env, x->arg->next);
        out = y && a ? tree(env, INDEX_PARTIAL, y, a) : NULL;
    } else if (strcmp(name, "DL") == 0) {
        index_tree *y = index_build(env, x->arg);
        out = y ? tree(env, INDEX_LOSS, y, NULL) : NULL;
    } else {
        index_tree *a = index_build(env, x->arg);
        out = a ? tree(env, INDEX_NODE, a, NULL) : NULL;
        if (out) out->op = (uint8_t)op_find(name);
    }
    return out;
}

index_tree *index_build(const index_env *env, const ast *x) {
    switch ((ast_kind)x->kind) {
    case AST_NAME: return build_entry(env, x);
    case AST_CALL: return build_call(env, x);
    case AST_NUMBER: {
        index_tree *k = tree(env, INDEX_NUMBER, NULL, NULL);
        if (k) k->number = x->number;
        return k;
    }
    case AST_NEGATE: case AST_BINARY: {
        index_tree *a = index_build(env, x->arg), *b = x->kind == AST_BINARY ? index_build(env, x->arg->next) : NULL;
        index_tree *k = a && (b || x->kind == AST_NEGATE) ? tree(env, INDEX_NODE, a, b) : NULL;
        if (k) k->op = (uint8_t)template_op(env->g, x);
        return k;
    }
    default: return NULL;
    }
}

/* ---------------------------------------------------------------- printing */

enum { PREC_SUM = 1, PREC_PRODUCT, PREC_TIGHT };

typedef struct printer {
    const ir          *g;
    const index_style *style;
    buf               *out;
    char               replace; /* this letter is printed as `by` */
    char               by;
} printer;

static void print(const printer *p, const index_tree *x, int least);

static void print_letter(const printer *p, char letter) {
    buf_repeat(p->out, letter == p->replace ? p->by : letter, 1);
}

/* z2[i], W2[i,j], b2[i]: a literal 1 is left out of a column, the example of one example. */
static void print_entry(const printer *p, const index_tree *x) {
    bool small = p->style->small && p->style->small[x->var] && p->style->example;
    char row = x->row == '1' ? 0 : x->row, col = x->col == '1' ? 0 : x->col;
    if (small && row == p->style->example) row = 0;
    if (small && col == p->style->example) col = 0;
    print_name(p->g, x->var, small, p->out);
    if (!row && !col) return;
    buf_puts(p->out, "[");
    if (row) print_letter(p, row);
    if (row && col) buf_puts(p->out, ",");
    if (col) print_letter(p, col);
    buf_puts(p->out, "]");
}

static void print_sum(const printer *p, const index_tree *x) {
    if (!x->spelled) {
        buf_printf(p->out, "Σ%c ", x->letter);
        print(p, x->a, PREC_PRODUCT);
        return;
    }
    printer first = *p;
    first.replace = x->letter;
    first.by = '1';
    print(&first, x->a, PREC_PRODUCT);
    buf_puts(p->out, " + .. + ");
    print(p, x->a, PREC_PRODUCT);
    buf_puts(p->out, " + ..");
}

static void print_operation(const printer *p, const index_tree *x, int least) {
    const op_info *info = &op_table[x->op];
    int            prec = x->op == OP_ADD || x->op == OP_SUB ? PREC_SUM : x->op == OP_POW ? PREC_TIGHT : PREC_PRODUCT;
    bool           infix = (info->flags & OP_FLAG_INFIX) != 0, bracket = infix && prec < least;
    if (bracket) buf_puts(p->out, "(");
    if (!infix) {
        buf_printf(p->out, "%s(", info->name);
        print(p, x->a, 0);
        if (x->b) buf_puts(p->out, ", ");
        if (x->b) print(p, x->b, 0);
        buf_puts(p->out, ")");
    } else if (!x->b) {
        buf_puts(p->out, "-");
        print(p, x->a, PREC_TIGHT);
    } else {
        bool partial = index_has_partial(x->a) || index_has_partial(x->b) || x->a->kind == INDEX_LOSS;
        bool sum = x->b->kind == INDEX_SUM; /* nothing follows it: it needs no brackets */
        bool loose = prec == PREC_SUM || (x->op == OP_MUL && (partial || sum));
        print(p, x->a, prec);
        buf_printf(p->out, loose ? " %s " : "%s", info->name);
        print(p, x->b, sum ? 0 : prec + 1);
    }
    if (bracket) buf_puts(p->out, ")");
}

static void print(const printer *p, const index_tree *x, int least) {
    switch ((index_kind)x->kind) {
    case INDEX_NUMBER: buf_number(p->out, x->number); break;
    case INDEX_SIZE: print_dim(p->g, x->size, p->out); break;
    case INDEX_ENTRY: print_entry(p, x); break;
    case INDEX_SUM:
        if (least > PREC_SUM) buf_puts(p->out, "(");
        print_sum(p, x);
        if (least > PREC_SUM) buf_puts(p->out, ")");
        break;
    case INDEX_NODE: print_operation(p, x, least); break;
    case INDEX_PARTIAL:
        buf_puts(p->out, "∂");
        print(p, x->a, PREC_TIGHT);
        buf_puts(p->out, "/∂");
        print(p, x->b, PREC_TIGHT);
        break;
    case INDEX_LOSS:
        buf_printf(p->out, "∂%s/∂", p->style->loss);
        print(p, x->a, PREC_TIGHT);
        break;
    }
}

void index_print(const ir *g, const index_tree *x, const index_style *style, buf *out) {
    printer p = {.g = g, .style = style, .out = out};
    print(&p, x, 0);
}

/* ------------------------------------------------------------------ values */

bool index_has_partial(const index_tree *x) {
    return x && (x->kind == INDEX_PARTIAL || index_has_partial(x->a) || index_has_partial(x->b));
}

size_t index_range(const evaluation *e, const index_tree *x, char letter) {
    if (!x) return 0;
    if (x->kind == INDEX_ENTRY) {
        shape s = ir_var(e->g, x->var)->sh;
        if (x->row == letter) return sizes_get(e->s, s.rows);
        return x->col == letter ? sizes_get(e->s, s.cols) : 0;
    }
    size_t range = index_range(e, x->a, letter);
    return range ? range : index_range(e, x->b, letter);
}

static size_t place(const index_values *v, char letter) {
    return letter == 0 || letter == '1' ? 0 : v->at[(unsigned char)letter & 127];
}

static double entry_value(const index_values *v, var_id var, const index_tree *x) {
    matrix m = eval_node(v->e, ir_var(v->e->g, var)->leaf);
    return m.at[place(v, x->row) * m.cols + place(v, x->col)];
}

static double sum_value(index_values *v, const index_tree *x) {
    unsigned char letter = (unsigned char)x->letter & 127;
    size_t        range = index_range(v->e, x->a, x->letter), old = v->at[letter];
    double        sum = 0;
    for (size_t i = 0; i < range; i++) {
        v->at[letter] = i;
        sum += index_value(v, x->a);
    }
    v->at[letter] = old;
    return sum;
}

double index_value(index_values *v, const index_tree *x) {
    switch ((index_kind)x->kind) {
    case INDEX_NUMBER: return x->number;
    case INDEX_SIZE: return (double)sizes_get(v->e->s, x->size);
    case INDEX_ENTRY: return entry_value(v, x->var, x);
    case INDEX_SUM: return sum_value(v, x);
    case INDEX_NODE: {
        double a = index_value(v, x->a), b = x->b ? index_value(v, x->b) : 0;
        return eval_scalar((op_id)x->op, a, b, 0);
    }
    case INDEX_PARTIAL: return v->partial(v->user, v, x);
    case INDEX_LOSS: return entry_value(v, ir_var(v->e->g, x->a->var)->gradient, x->a);
    }
    return 0;
}
