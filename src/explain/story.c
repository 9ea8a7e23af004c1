/* From a derivation to the document that explains one gradient.
 *
 * A link is a statement that the variable goes through on its way to the cost. The story
 * starts at the nearest gradients that `derive` shows under their own names and goes link
 * by link; each link has a kind, and each kind its paragraph in proofs.def. What no kind
 * fits is shown as the rule of its operation. */
#include <string.h>

#include "explain/doc.h"

typedef enum { PROOF_NONE, PROOF_RIGHT, PROOF_RIGHT_ONE, PROOF_LEFT, PROOF_LEFT_ONE, PROOF_WEIGHT_LEFT, PROOF_WEIGHT_RIGHT, PROOF_BIAS_COLUMN, PROOF_BIAS_ROW,
               PROOF_ENTRY, PROOF_ENTRY_ROW } proof_kind;

typedef enum { LINE_WORDS, LINE_INDEX, LINE_MATRIX, LINE_DERIVATIVE, LINE_NUMBERS, LINE_END } line_kind;

typedef struct proof_line {
    uint8_t     proof, line;
    const char *reason, *formula, *tail;
} proof_line;

static const proof_line proof_table[] = {
#define PROOF(KIND) {PROOF_##KIND, LINE_END, 0, 0, 0},
#define WORDS(TEXT) {0, LINE_WORDS, TEXT, "", ""},
#define INDEX(REASON, FORMULA, TAIL) {0, LINE_INDEX, REASON, FORMULA, TAIL},
#define MATRIX(REASON, FORMULA, TAIL) {0, LINE_MATRIX, REASON, FORMULA, TAIL},
#define DERIVATIVE() {0, LINE_DERIVATIVE, "", "", ""},
#define NUMBERS() {0, LINE_NUMBERS, "", "", ""},
#define END
#include "explain/proofs.def"
};

/* One statement on the way, and what of it concerns the variable. */
typedef struct link {
    proof_kind      kind;
    const stmt     *s;
    const gradient *to, *from; /* dU, and dV of the statement's variable V */
    node_id         product;   /* y = a @ b inside the statement, if that is the kind */
    node_id         rest;      /* the other summands, or 0 */
} link;

typedef struct teller {
    document         *doc;
    const derivation *d;
    ir               *g;
    arena            *a;
    const gradient   *goal;
    VEC(link) links;
} teller;

/* -------------------------------------------------------------- documents */

static const char *take(teller *t, buf *b) {
    const char *text = b->text ? arena_text(t->a, b->text, b->len) : "";
    buf_free(b);
    return text ? text : "";
}

static block *add(teller *t, block_kind kind, uint8_t indent, const char *words) {
    vec_push(t->a, &t->doc->blocks, (block){.kind = (uint8_t)kind, .indent = indent, .words = words ? words : "", .tail = ""});
    return &t->doc->blocks.at[t->doc->blocks.n - 1];
}

static void say(teller *t, uint8_t indent, const char *format, ...) __attribute__((format(printf, 3, 4)));
static void say(teller *t, uint8_t indent, const char *format, ...) {
    buf     b;
    va_list args;
    buf_init(&b, t->a->mem);
    va_start(args, format);
    buf_vprintf(&b, format, args);
    va_end(args);
    add(t, BLOCK_WORDS, indent, take(t, &b));
}

static const char *name(const teller *t, var_id v) {
    return ir_var_name(t->g, v);
}

static const char *small_name(teller *t, var_id v) {
    buf b;
    buf_init(&b, t->a->mem);
    print_name(t->g, v, t->doc->small[v] && t->doc->style.example, &b);
    return take(t, &b);
}

static const char *node_words(teller *t, node_id n, bool small) {
    buf b;
    buf_init(&b, t->a->mem);
    print_node_small(t->g, n, small && t->doc->style.example ? t->doc->small : NULL, &b);
    return take(t, &b);
}

static const char *shape_words(teller *t, shape s, bool one_example) {
    buf b;
    dim m = t->d->m->examples;
    buf_init(&b, t->a->mem);
    if (one_example && m && s.rows == m) s.rows = dim_literal(1);
    if (one_example && m && s.cols == m) s.cols = dim_literal(1);
    print_shape(t->g, s, &b);
    return take(t, &b);
}

static void add_node_side(teller *t, block *b, node_id n, bool small) {
    if (b->n_sides < MOST_SIDES) b->sides[b->n_sides++] = (side){.n = n, .shown = node_words(t, n, small)};
}

static void add_index_side(teller *t, block *b, const index_tree *x, const index_style *style) {
    buf out;
    buf_init(&out, t->a->mem);
    if (!x) return;
    index_print(t->g, x, style, &out);
    if (b->n_sides < MOST_SIDES) b->sides[b->n_sides++] = (side){.x = x, .shown = take(t, &out)};
}

/* "(n1, n2) @ (n2, m) -> (n1, m)" for a product, else the shape. */
static const char *shapes_of(teller *t, node_id n, bool one_example) {
    const node *x = ir_node(t->g, n);
    const char *out = shape_words(t, x->sh, one_example);
    const node *p = x->op == OP_MUL ? ir_node(t->g, x->arg[0]) : x;
    if (p->op != OP_MATMUL) return out;
    const char *a = shape_words(t, ir_shape(t->g, p->arg[0]), one_example), *b = shape_words(t, ir_shape(t->g, p->arg[1]), one_example);
    const char *c = shape_words(t, p->sh, one_example);
    const char *text = p == x ? arena_format(t->a, "%s @ %s -> %s", a, b, c) : arena_format(t->a, "%s @ %s -> %s, times %s", a, b, c, out);
    return text ? text : out;
}

/* --------------------------------------------------------------- templates */

enum { MOST_NAMES = 8 };

typedef struct names {
    index_name index[MOST_NAMES];
    uint32_t   n;
} names;

static void bind(names *list, const char *text, node_id n) {
    if (n && list->n < MOST_NAMES) list->index[list->n++] = (index_name){text, n};
}

static node_id gradient_leaf(teller *t, node_id n) {
    const node *x = ir_node(t->g, n);
    if (x->op == OP_TRANSPOSE) { /* the gradient of W.T is the transpose of W's */
        node_id inner = gradient_leaf(t, x->arg[0]);
        return inner ? ir_op1(t->g, OP_TRANSPOSE, inner) : 0;
    }
    if (x->op != OP_VAR) return 0;
    var_id d = ir_var(t->g, x->ref)->gradient;
    return d ? ir_var(t->g, d)->leaf : 0;
}

static names bind_link(teller *t, const link *l) {
    names list = {.n = 0};
    const node *p = l->product ? ir_node(t->g, l->product) : NULL;
    node_id     y = ir_var(t->g, l->s->var)->leaf;
    node_id     a = p ? p->arg[0] : ir_var(t->g, l->to->var)->leaf, b = p ? p->arg[1] : a;
    bool        bias = l->kind == PROOF_BIAS_COLUMN || l->kind == PROOF_BIAS_ROW;
    if (bias) b = l->rest;
    bind(&list, "y", y);
    bind(&list, "dy", gradient_leaf(t, y));
    bind(&list, "a", a);
    bind(&list, "b", b);
    bind(&list, "da", gradient_leaf(t, a));
    bind(&list, "db", gradient_leaf(t, b));
    if (!bias) bind(&list, "rest", l->rest);
    return list;
}

static const ast *read_text(teller *t, const char *text, size_t len, bool indices) {
    char *copy = arena_text(t->a, text, len);
    return copy ? syntax_read(t->a, t->g->names, t->g->d, copy, indices) : NULL;
}

/* A template's last summand `+ rest` is left out where there is no rest. */
static size_t without_rest(const names *list, const char *text, size_t len) {
    bool has_rest = false;
    for (uint32_t i = 0; i < list->n; i++) has_rest = has_rest || strcmp(list->index[i].name, "rest") == 0;
    size_t tail = strlen(" + rest");
    return !has_rest && len > tail && strncmp(text + len - tail, " + rest", tail) == 0 ? len - tail : len;
}

static const index_tree *build_index(teller *t, const names *list, const char *text, size_t len) {
    index_env  env = {.g = t->g, .a = t->a, .names = list->index, .n_names = list->n};
    len = without_rest(list, text, len);
    /* `rest` stands for a whole expression: it is an entry at [i, t] or [t, i] */
    const char *rest = NULL;
    for (size_t i = 0; i + 7 <= len; i++)
        if (strncmp(text + i, " + rest", 7) == 0) rest = text + i;
    const ast *x = read_text(t, text, rest ? (size_t)(rest - text) : len, true);
    if (!x) return NULL;
    index_tree *out = index_build(&env, x);
    for (uint32_t i = 0; rest && out && i < list->n; i++) {
        if (strcmp(list->index[i].name, "rest") != 0) continue;
        bool        columns = t->d->m->examples_are_columns;
        index_tree *more = index_of_node(&env, list->index[i].n, columns ? 'i' : 't', columns ? 't' : 'i');
        index_tree *both = more ? arena_new(t->a, sizeof *both) : NULL;
        if (!both) continue;
        *both = (index_tree){.kind = INDEX_NODE, .op = OP_ADD, .a = out, .b = more};
        out = both;
    }
    return out;
}

static node_id build_matrix(teller *t, const names *list, const char *text, size_t len) {
    template_name n[MOST_NAMES];
    for (uint32_t i = 0; i < list->n; i++) n[i] = (template_name){list->index[i].name, list->index[i].n};
    template_env env = {.names = n, .n_names = list->n};
    const ast   *x = read_text(t, text, len, false);
    node_id      out = x ? template_build(t->g, x, &env) : 0;
    return out;
}

/* W.T.T, which a template makes of a transposed operand, is W. */
static node_id untwist(teller *t, node_id n) {
    node x = *ir_node(t->g, n);
    for (int k = 0; k < op_table[x.op].arity; k++) {
        const node *arg = ir_node(t->g, x.arg[k]);
        if (arg->op == OP_TRANSPOSE && ir_node(t->g, arg->arg[0])->op == OP_TRANSPOSE) x.arg[k] = ir_node(t->g, arg->arg[0])->arg[0];
    }
    return ir_rebuild(t->g, n, x.arg);
}

/* The words of a template with each {..} printed in place: an index formula, or a matrix
 * expression where nothing has an index; {loss} is what is differentiated. */
static const char *fill(teller *t, const names *list, const char *text) {
    buf b;
    buf_init(&b, t->a->mem);
    for (const char *p = text; *p;) {
        const char *open = strchr(p, '{'), *close = open ? strchr(open, '}') : NULL;
        if (!close) {
            buf_puts(&b, p);
            break;
        }
        buf_put(&b, p, (size_t)(open - p));
        size_t len = (size_t)(close - open) - 1;
        bool   indexed = memchr(open, '[', len + 1) != NULL;
        if (len == 4 && strncmp(open + 1, "loss", 4) == 0) {
            buf_puts(&b, t->doc->style.loss);
        } else if (indexed) {
            const index_tree *x = build_index(t, list, open + 1, len);
            if (x) index_print(t->g, x, &t->doc->style, &b);
        } else {
            char   *copy = arena_text(t->a, open + 1, len);
            node_id n = 0;
            /* the words may name a product that does not fit as it stands: printed by its parts */
            const char *at = copy ? strstr(copy, " @ ") : NULL;
            if (at) {
                node_id left = build_matrix(t, list, copy, (size_t)(at - copy)), right = build_matrix(t, list, at + 3, strlen(at + 3));
                if (left && right) buf_printf(&b, "%s @ %s", node_words(t, left, true), node_words(t, right, true));
            } else if (copy && (n = build_matrix(t, list, copy, len)) != 0) {
                buf_puts(&b, node_words(t, n, true));
            }
        }
        p = close + 1;
    }
    return take(t, &b);
}

/* Cuts "x = y = z" at its equals signs and hands each side on. */
static void for_each_side(const char *formula, void (*use)(void *user, const char *side, size_t len), void *user) {
    for (;;) {
        const char *equals = strstr(formula, " = ");
        use(user, formula, equals ? (size_t)(equals - formula) : strlen(formula));
        if (!equals) return;
        formula = equals + 3;
    }
}

typedef struct adding {
    teller      *t;
    const names *list;
    block       *b;
    bool         indexed;
} adding;

static void add_side(void *user, const char *text, size_t len) {
    adding *x = user;
    if (x->indexed) {
        add_index_side(x->t, x->b, build_index(x->t, x->list, text, len), &x->t->doc->style);
        return;
    }
    node_id n = build_matrix(x->t, x->list, text, len);
    if (n) add_node_side(x->t, x->b, untwist(x->t, n), true);
}

/* A gradient that sums several paths is not equal to what one of them gives: the line then
 * begins behind `da = `. */
static const char *behind_sum(const proof_line *line, bool one_of_several) {
    bool sums = strncmp(line->formula, "da", 2) == 0 || strncmp(line->formula, "db", 2) == 0;
    const char *equals = strstr(line->formula, " = ");
    return one_of_several && sums && equals ? equals + 3 : line->formula;
}

static void add_formula(teller *t, const names *list, const proof_line *line, bool one_of_several) {
    const char *reason = fill(t, list, line->reason), *tail = fill(t, list, line->tail);
    block      *b = add(t, BLOCK_LINE, reason[0] ? 3 : 5, reason);
    adding      x = {t, list, b, line->line == LINE_INDEX};
    for_each_side(behind_sum(line, one_of_several), add_side, &x);
    b->tail = tail;
    if (line->line == LINE_MATRIX && b->n_sides) {
        const char *shapes = shapes_of(t, b->sides[b->n_sides - 1].n, true);
        b->tail = tail[0] ? arena_format(t->a, "%s%s", shapes, tail) : shapes;
        if (!b->tail) b->tail = "";
    }
}

/* ------------------------------------------------------------- derivatives */

/* f'(z) from the table: "1 - tanh(z)**2", and the same with what is known under a name. */
static void add_derivative(teller *t, const link *l, const names *list) {
    const node    *y = ir_node(t->g, l->s->node);
    const op_info *info = &op_table[y->op];
    index_env      env = {.g = t->g, .a = t->a, .names = list->index, .n_names = list->n};
    template_env   with_name = {.arg = {y->arg[0], y->arg[1], y->arg[2]}, .y = ir_var(t->g, l->s->var)->leaf};
    node_id        short_form = template_build(t->g, t->g->grad[y->op][0], &with_name);
    bool           columns = t->d->m->examples_are_columns;
    const index_tree *left = build_index(t, list, columns ? "D(y[j,t], a[j,t])" : "D(y[t,j], a[t,j])", 17);
    const index_tree *right = short_form ? index_of_node(&env, short_form, columns ? 'j' : 't', columns ? 't' : 'j') : NULL;
    const char       *u = small_name(t, l->to->var), *v = small_name(t, l->s->var);
    template_env      spelled = {.arg = {y->arg[0], y->arg[1], y->arg[2]}, .y = l->s->node};
    node_id           long_form = template_build(t->g, t->g->grad[y->op][0], &spelled);
    if (!left || !short_form || !long_form) return;
    const char *reason = short_form == long_form
        ? arena_format(t->a, "%s'(%s) = %s (explain %s):", info->name, u, node_words(t, long_form, true), info->name)
        : arena_format(t->a, "%s'(%s) = %s (explain %s), and %s(%s) is %s:", info->name, u, node_words(t, long_form, true), info->name,
                       info->name, u, v);
    block *b = add(t, BLOCK_LINE, 3, reason);
    add_index_side(t, b, left, &t->doc->style);
    if (right) add_index_side(t, b, right, &t->doc->style);
}

/* W2 = [1 2 3; 4 5 6] and two numbers: what the transpose does, with its sum written out. */
static void add_numbers(teller *t, const link *l) {
    const node *p = ir_node(t->g, l->product);
    bool        right = l->kind == PROOF_RIGHT;
    const char *w = node_words(t, p->arg[right ? 0 : 1], true), *dy = arena_format(t->a, "d%s", small_name(t, l->s->var));
    const char *da = arena_format(t->a, "d%s", small_name(t, l->to->var));
    static const int W[2][3] = {{1, 2, 3}, {4, 5, 6}}, up[2] = {10, 1};
    int         sum = 0;
    for (int i = 0; i < 2; i++) sum += W[i][0] * up[i];
    if (right) say(t, 3, "in numbers: %s = [1 2 3; 4 5 6], %s = [10; 1]:   %s[1] = %d*%d + %d*%d = %d", w, dy, da, W[0][0], up[0], W[1][0], up[1], sum);
    else say(t, 3, "in numbers: %s = [1 4; 2 5; 3 6], %s = [10 1]:   %s[1] = %d*%d + %d*%d = %d", w, dy, da, up[0], W[0][0], up[1], W[1][0], sum);
}

/* ------------------------------------------------------------------- links */

static bool is_small(const teller *t, node_id n) {
    const node *x = ir_node(t->g, n);
    return x->op == OP_VAR && t->doc->small[x->ref];
}

static bool is_operand(const teller *t, node_id n, var_id v) {
    const node *x = ir_node(t->g, n);
    if (x->op == OP_TRANSPOSE) x = ir_node(t->g, x->arg[0]);
    return x->op == OP_VAR && x->ref == v;
}

static bool is_product_of_names(const teller *t, node_id n) {
    const node *x = ir_node(t->g, n);
    if (x->op != OP_MATMUL) return false;
    for (int k = 0; k < 2; k++) {
        const node *arg = ir_node(t->g, x->arg[k]);
        if (arg->op == OP_TRANSPOSE) arg = ir_node(t->g, arg->arg[0]);
        if (arg->op != OP_VAR) return false;
    }
    return true;
}

static bool is_entrywise(teller *t, node_id n) {
    node_list need = {{0}};
    if (ir_reach(t->g, t->a, &n, 1, &need) != DFOO_OK) return false;
    for (uint32_t i = 0; i < need.list.n; i++) {
        const node *x = ir_node(t->g, need.list.at[i]);
        if (op_table[x->op].arity && !op_elementwise((op_id)x->op) && x->op != OP_OPEN) return false;
    }
    return true;
}

/* y = a @ b, or that plus a bias, and which part of it the variable is. */
static void find_affine(teller *t, link *l) {
    const node *x = ir_node(t->g, l->s->node);
    var_id      v = l->to->var;
    bool        columns = t->d->m->examples_are_columns;
    node_id     product = l->s->node;
    if (x->op == OP_ADD) {
        product = is_product_of_names(t, x->arg[0]) ? x->arg[0] : x->arg[1];
        l->rest = product == x->arg[0] ? x->arg[1] : x->arg[0];
    }
    if (!is_product_of_names(t, product) || (l->rest && ir_node(t->g, l->rest)->op != OP_VAR)) return;
    const node *p = ir_node(t->g, product);
    l->product = product;
    bool a = is_operand(t, p->arg[0], v), b = is_operand(t, p->arg[1], v), one = !t->d->m->examples;
    if (a && b) return;
    if (l->rest && is_operand(t, l->rest, v)) {
        bool column = ir_var(t->g, v)->sh.cols == dim_literal(1), row = ir_var(t->g, v)->sh.rows == dim_literal(1);
        if (!t->doc->small[v] && (columns ? column : row)) l->kind = columns ? PROOF_BIAS_COLUMN : PROOF_BIAS_ROW;
    } else if (b && (is_small(t, p->arg[1]) || one) && columns) {
        l->kind = p->sh.rows == dim_literal(1) ? PROOF_RIGHT_ONE : PROOF_RIGHT;
    } else if (a && is_small(t, p->arg[0]) && !columns) {
        l->kind = p->sh.cols == dim_literal(1) ? PROOF_LEFT_ONE : PROOF_LEFT;
    } else if (a && (is_small(t, p->arg[1]) || one) && ir_node(t->g, p->arg[0])->op == OP_VAR && columns) {
        l->kind = PROOF_WEIGHT_LEFT;
    } else if (b && is_small(t, p->arg[0]) && ir_node(t->g, p->arg[1])->op == OP_VAR && !columns) {
        l->kind = PROOF_WEIGHT_RIGHT;
    }
}

static link make_link(teller *t, const stmt *s, const gradient *to) {
    link        l = {.s = s, .to = to, .from = derivation_find(t->d, s->var)};
    const node *x = ir_node(t->g, s->node);
    bool        same = shape_equal(ir_var(t->g, to->var)->sh, ir_var(t->g, s->var)->sh);
    bool        one_function = same && x->arg[0] == ir_var(t->g, to->var)->leaf && (op_elementwise((op_id)x->op) || x->op == OP_OPEN) &&
                        op_table[x->op].arity == 1;
    if (one_function && x->op != OP_OPEN && x->op != OP_NEG) l.kind = t->d->m->examples_are_columns ? PROOF_ENTRY : PROOF_ENTRY_ROW;
    else find_affine(t, &l);
    return l;
}

static bool uses(teller *t, const stmt *s, var_id v) {
    node_list need = {{0}};
    if (ir_reach(t->g, t->a, &s->node, 1, &need) != DFOO_OK) return false;
    for (uint32_t i = 0; i < need.list.n; i++)
        if (need.list.at[i] == ir_var(t->g, v)->leaf) return true;
    return false;
}

static bool is_linked(const teller *t, const gradient *v) {
    for (uint32_t i = 0; i < t->links.n; i++)
        if (t->links.at[i].to == v) return true;
    return false;
}

/* All links between the goal and gradients with a name of their own, the cost's side first. */
static dfoo_status find_links(teller *t) {
    VEC(const gradient *) open = {0};
    vec_push(t->a, &open, t->goal);
    for (uint32_t i = 0; i < open.n; i++) { /* breadth first from the goal */
        for (uint32_t k = t->d->forward.list.n; k-- > 0;) {
            const stmt     *s = &t->d->forward.list.at[k];
            const gradient *from = derivation_find(t->d, s->var);
            if (!from || !uses(t, s, open.at[i]->var)) continue;
            vec_push(t->a, &t->links, make_link(t, s, open.at[i]));
            bool trivial = from->whole && op_table[ir_node(t->g, from->whole)->op].arity == 0;
            bool known = from->shown || from->given || trivial || is_linked(t, from);
            for (uint32_t j = 0; j < open.n; j++) known = known || open.at[j] == from;
            if (!known) vec_push(t->a, &open, from);
        }
    }
    for (uint32_t i = 0, k = t->links.n; i + 1 < k; i++) { /* turned round */
        link x = t->links.at[i];
        t->links.at[i] = t->links.at[--k];
        t->links.at[k] = x;
    }
    return arena_status(t->a);
}

/* -------------------------------------------------------------- paragraphs */

static const char *equation(teller *t, const stmt *s) {
    return arena_format(t->a, "%s = %s", name(t, s->var), node_words(t, s->node, false));
}

/* The functions that a gradient passes through, with their derivatives: log'(a) = 1/a. */
static const char *derivative_remarks(teller *t, const link *l) {
    buf       b;
    node_list need = {{0}};
    bool      seen[OP_COUNT] = {false};
    buf_init(&b, t->a->mem);
    if (ir_reach(t->g, t->a, &l->s->node, 1, &need) != DFOO_OK) return take(t, &b);
    for (uint32_t i = 0; i < need.list.n; i++) {
        const node    *x = ir_node(t->g, need.list.at[i]);
        const op_info *info = &op_table[x->op];
        bool           function = op_elementwise((op_id)x->op) && !(info->flags & OP_FLAG_INFIX) && info->arity == 1;
        if (function && !seen[x->op]) {
            seen[x->op] = true;
            if (b.len) buf_puts(&b, "; ");
            explain_slope((op_id)x->op, &b);
        }
        bool minus = x->op == OP_SUB && x->arg[1] == ir_var(t->g, l->to->var)->leaf;
        if (minus) buf_printf(&b, "%s∂(%s)/∂%s = -1", b.len ? "; " : "", node_words(t, need.list.at[i], false), name(t, l->to->var));
    }
    return take(t, &b);
}

/* The steps of the simplification: before = after, with the rule's name. */
static void add_rewrites(teller *t, const gradient *v, const char *remarks) {
    node_id leaf = ir_var(t->g, v->grad)->leaf, last = 0;
    for (uint32_t i = 0; i < t->d->trail.n; i++) {
        const step *s = &t->d->trail.at[i];
        if (s->kind != TRAIL_REWRITE || s->goal != v->var || s->out == last) continue;
        if (s->out == v->whole && !v->shown && last && s->in != last && s->out != v->local) continue;
        block *b = add(t, BLOCK_LINE, 3, "");
        if (last) b->hanging = true;
        add_node_side(t, b, last ? last : leaf, false);
        add_node_side(t, b, s->out, false);
        b->tail = last ? s->rule : remarks;
        last = s->out;
    }
    if (last == v->local || (v->shown && last == v->whole)) return;
    block *b = add(t, BLOCK_LINE, 3, "");
    if (last) b->hanging = true;
    add_node_side(t, b, last ? last : leaf, false);
    add_node_side(t, b, v->shown ? v->whole : v->local, false);
    b->tail = last ? "" : remarks;
}

static bool is_index_link(const teller *t, const link *l) {
    if (l->kind == PROOF_NONE) return false;
    if (l->kind != PROOF_ENTRY && l->kind != PROOF_ENTRY_ROW) return true;
    /* where the function's derivative cancels in what is shown, the matrices tell it better */
    const gradient *v = l->to;
    const gradient *from = l->from;
    return from && (from->shown || from->local) && v->local && !(v->shown && from && !from->shown && v->whole != v->local &&
           ir_node(t->g, from->local)->op != OP_MATMUL);
}

static void tell_proof(teller *t, const link *l) {
    names    list = bind_link(t, l);
    uint32_t i = 0, n = sizeof proof_table / sizeof *proof_table;
    while (i < n && proof_table[i].proof != (uint8_t)l->kind) i++;
    for (i++; i < n && proof_table[i].line != LINE_END; i++) {
        const proof_line *line = &proof_table[i];
        if (line->line == LINE_WORDS) add(t, BLOCK_WORDS, 3, fill(t, &list, line->reason));
        else if (line->line == LINE_DERIVATIVE) add_derivative(t, l, &list);
        else if (line->line == LINE_NUMBERS) add_numbers(t, l);
        else add_formula(t, &list, line, l->to->n_through > 1);
    }
}

static void tell_link(teller *t, const link *l) {
    bool entrywise = is_entrywise(t, l->s->node) && shape_equal(ir_var(t->g, l->to->var)->sh, ir_var(t->g, l->s->var)->sh);
    bool indexed = is_index_link(t, l);
    add(t, BLOCK_SECTION, 0, arena_format(t->a, "through %s%s", equation(t, l->s), entrywise && !indexed ? ", entry by entry" : ""));
    if (indexed && l->to->n_through > 1) say(t, 3, "the part of %s that comes this way (the parts are added at the end):", name(t, l->to->grad));
    if (indexed) {
        tell_proof(t, l);
        return;
    }
    const node *x = ir_node(t->g, l->s->node);
    if (!entrywise && op_table[x->op].grad[0][0] && !op_elementwise((op_id)x->op))
        say(t, 3, "the rule of %s, for y = %s of a:   da = %s", op_table[x->op].name[0] ? op_table[x->op].name : "the function",
            op_table[x->op].name, op_table[x->op].grad[is_operand(t, x->arg[0], l->to->var) ? 0 : op_table[x->op].arity > 1]);
    uint32_t others = 0;
    for (uint32_t i = 0; i < t->links.n; i++) others += t->links.at[i].to == l->to && &t->links.at[i] > l;
    if (others) say(t, 3, "one of the paths of %s: its part is added below", name(t, l->to->var));
    else if (l->to->n_through > 1) say(t, 3, "the last of the paths of %s: all parts together are", name(t, l->to->var));
    if (!others) add_rewrites(t, l->to, derivative_remarks(t, l));
}

/* ------------------------------------------------------------- the m examples */

static void tell_all_examples(teller *t) {
    const gradient *v = t->goal;
    const model    *m = t->d->m;
    const char     *side_name = m->examples_are_columns ? "column" : "row";
    add(t, BLOCK_SECTION, 0, arena_format(t->a, "%s examples", symbols_name(t->g->names, dim_name(m->examples))));
    if (t->d->examples_interact)
        say(t, 3, "examples affect each other in this model; the formula counts the effect on the loss of all of them:");
    else
        say(t, 3, "a %s of %s affects only its own example's loss, and every line above works %s by %s%s:", side_name, name(t, v->var), side_name, side_name,
            v->n_through > 1 ? "; the paths add" : "");
    block *b = add(t, BLOCK_LINE, 5, "");
    add_node_side(t, b, ir_var(t->g, v->grad)->leaf, false);
    add_node_side(t, b, v->whole, false);
    b->tail = shapes_of(t, v->whole, false);
}

/* The sum over the examples in indices: what the product really adds up. */
static void tell_sum(teller *t) {
    const link *l = &t->links.at[0];
    if (t->links.n != 1 || !l->product || t->d->used != CONVENTION_COURSE) return;
    names       list = bind_link(t, l);
    index_style all = t->doc->style;
    const char *text = NULL;
    all.example = 0;
    all.loss = name(t, t->d->m->cost);
    bind(&list, "m", ir_size(t->g, t->d->m->examples));
    if (l->kind == PROOF_WEIGHT_LEFT) text = "DL(a[i,j]) = 1/m * sum(t, dy[i,t] * b[j,t])";
    if (l->kind == PROOF_WEIGHT_RIGHT) text = "DL(b[i,j]) = 1/m * sum(t, a[t,i] * dy[t,j])";
    if (l->kind == PROOF_BIAS_COLUMN) text = "DL(b[i,1]) = 1/m * sum(t, dy[i,t])";
    if (l->kind == PROOF_BIAS_ROW) text = "DL(b[1,i]) = 1/m * sum(t, dy[t,i])";
    if (!text) return;
    index_style old = t->doc->style;
    block      *b = add(t, BLOCK_LINE, 5, "");
    adding      x = {t, &list, b, true};
    t->doc->style = all;
    for_each_side(text, add_side, &x);
    t->doc->style = old;
}

/* Where the sum over the examples and the 1/m come from. */
static void tell_parameter(teller *t) {
    const gradient *v = t->goal;
    const model    *m = t->d->m;
    const char     *examples = symbols_name(t->g->names, dim_name(m->examples));
    const char     *w = name(t, v->var), *cost = name(t, m->cost);
    const link     *l = &t->links.at[0];
    const char     *z = l->from ? name(t, l->from->grad) : "";
    add(t, BLOCK_SECTION, 0, arena_format(t->a, "%s examples share %s, and %s is %s: add them up%s", examples, w, cost,
                                          t->d->used == CONVENTION_COURSE ? arena_format(t->a, "1/%s times the sum of their losses", examples) : "made of all of them",
                                          t->d->used == CONVENTION_COURSE ? arena_format(t->a, ", times 1/%s", examples) : ""));
    tell_sum(t);
    block *b = add(t, BLOCK_LINE, 5, "");
    add_node_side(t, b, ir_var(t->g, v->grad)->leaf, false);
    add_node_side(t, b, v->whole, false);
    b->tail = l->kind == PROOF_WEIGHT_LEFT || l->kind == PROOF_WEIGHT_RIGHT ? "the product is the sum over the examples"
                                                                            : "the sum along the examples";
    if (t->d->used != CONVENTION_COURSE || !l->from || l->from->scale != SCALE_DATA) return;
    const char *lines = m->examples_are_columns ? "Columns" : "Rows";
    say(t, 3, "%s of %s are not shared, so %s has no such sum, and no 1/%s: it differentiates the loss l, %s differentiates %s.", lines,
        name(t, l->from->var), z, examples, name(t, v->grad), cost);
    say(t, 3, "With the 1/%s in %s already (--convention dJ) it is not here, and %s is the same.", examples, z, name(t, v->grad));
}

/* -------------------------------------------------------------- beginnings */

/* Z1 -> A1 -> Z2 -> .. -> J if there is one path; how many paths there are. */
static double count_paths(teller *t, var_id v, buf *out) {
    double *paths = arena_new(t->a, t->g->vars.n * sizeof *paths);
    if (!paths) return 1;
    paths[t->d->m->cost] = 1;
    for (uint32_t i = t->d->forward.list.n; i-- > 0;) {
        node_list leaves = {{0}};
        const stmt *s = &t->d->forward.list.at[i];
        if (ir_reach(t->g, t->a, &s->node, 1, &leaves) != DFOO_OK) return 1;
        for (uint32_t k = 0; k < leaves.list.n; k++) {
            const node *x = ir_node(t->g, leaves.list.at[k]);
            if (x->op == OP_VAR && derivation_find(t->d, s->var)) paths[x->ref] += paths[s->var];
        }
    }
    double count = paths[v];
    buf_printf(out, "%s", name(t, v));
    for (uint32_t steps = 0; v != t->d->m->cost && count == 1 && steps < t->d->forward.list.n; steps++) {
        for (uint32_t i = 0; i < t->d->forward.list.n; i++) {
            const stmt *s = &t->d->forward.list.at[i];
            if (!uses(t, s, v) || !derivation_find(t->d, s->var)) continue;
            v = s->var;
            if (steps < 9) buf_printf(out, " -> %s", name(t, v));
            else if (steps == 9) buf_puts(out, " -> ..");
            break;
        }
    }
    return count;
}

static const char *count_word(uint32_t n) {
    static const char *const words[] = {"no link remains", "one link remains", "two links remain", "three links remain", "four links remain"};
    return n < 5 ? words[n] : NULL;
}

static void tell_path(teller *t) {
    buf path, known;
    buf_init(&path, t->a->mem);
    buf_init(&known, t->a->mem);
    double      count = count_paths(t, t->goal->var, &path);
    const char *cost = name(t, t->d->m->cost), *v = name(t, t->goal->var), *way = take(t, &path);
    for (uint32_t i = 0, n = 0; i < t->links.n; i++) {
        const gradient *from = t->links.at[i].from;
        bool            trivial = !from || !from->whole || op_table[ir_node(t->g, from->whole)->op].arity == 0;
        if (trivial || !from->shown || (i && t->links.at[i - 1].from == from)) continue;
        buf_printf(&known, "%s%s", n++ ? ", " : "", name(t, from->grad));
    }
    const char *names_known = take(t, &known), *words = count_word(t->links.n);
    const char *remain = words ? words : arena_format(t->a, "%u links remain", t->links.n);
    const char *start = names_known[0] ? arena_format(t->a, "  %s %s known (explain %s); %s.", names_known, strchr(names_known, ',') ? "are" : "is", names_known, remain) : "";
    if (count == 1) say(t, 0, "%s reaches %s along one path of variables:  %s.%s", v, cost, way, start);
    else say(t, 0, "%s reaches %s along %.0f paths: their contributions add.%s", v, cost, count, start);
}

static void tell_example(teller *t) {
    buf list;
    var_id first = 0;
    buf_init(&list, t->a->mem);
    if (!t->d->m->examples || !t->doc->style.example) return;
    for (uint32_t i = t->links.n; i-- > 0;) {
        const link *l = &t->links.at[i];
        if (t->doc->small[l->to->var] && (list.len == 0 || l->to != t->links.at[i + 1].to)) buf_printf(&list, "%s%s", list.len ? ", " : "", small_name(t, l->to->var));
    }
    const link *l = &t->links.at[0];
    if (l->from && t->doc->small[l->s->var]) {
        first = l->s->var;
        buf_printf(&list, "%s%s", list.len ? ", " : "", small_name(t, first));
    }
    const char *text = take(t, &list), *z = first ? small_name(t, first) : "";
    if (first)
        say(t, 0, "ONE example first; %s %s.  d%s[i] is the name of ∂%s/∂%s[i].", text,
            strchr(text, ',') ? (t->d->m->examples_are_columns ? "are columns" : "are rows") : (t->d->m->examples_are_columns ? "is a column" : "is a row"),
            z, t->doc->style.loss, z);
}

/* "dz[1] = W[2].T dz[2] * g[1]'(z[1])" where the names are spelled like the slides'. */
static const char *layer(teller *t, const char *text) {
    size_t len = strcspn(text, "0123456789");
    return text[len] && len ? arena_format(t->a, "%.*s[%s]", (int)len, text, text + len) : NULL;
}

static void tell_slide(teller *t) {
    const link *first = t->links.n == 2 ? &t->links.at[0] : NULL, *second = first ? &t->links.at[1] : NULL;
    if (!first || (first->kind != PROOF_RIGHT && first->kind != PROOF_RIGHT_ONE) || second->kind != PROOF_ENTRY) return;
    const node *p = ir_node(t->g, first->product), *f = ir_node(t->g, second->s->node);
    if (ir_node(t->g, p->arg[0])->op != OP_VAR) return;
    const char *w = layer(t, name(t, ir_node(t->g, p->arg[0])->ref)), *z2 = layer(t, small_name(t, first->s->var));
    const char *z1 = layer(t, small_name(t, t->goal->var));
    if (!w || !z1 || !z2) return;
    const char *number = strchr(z1, '[');
    say(t, 0, "on the slide: d%s = %s.T d%s * g%s'(%s), here with g%s = %s", z1, w, z2, number, z1, number, op_table[f->op].name);
}

static void tell_title(teller *t) {
    block *b = add(t, BLOCK_TITLE, 0, "");
    add_node_side(t, b, ir_var(t->g, t->goal->grad)->leaf, false);
    add_node_side(t, b, t->goal->shown ? t->goal->whole : t->goal->local, false);
    b->tail = shape_words(t, ir_var(t->g, t->goal->var)->sh, false);
}

/* ------------------------------------------------------------------- whole */

static void tell_cancelled(teller *t) {
    const gradient *v = t->goal;
    const link     *l = t->links.n ? &t->links.at[t->links.n - 1] : NULL;
    if (!l || (l->kind != PROOF_ENTRY && l->kind != PROOF_ENTRY_ROW) || is_index_link(t, l)) return;
    bool cancelled = false;
    for (uint32_t i = 0; i < t->d->trail.n; i++) {
        const step *s = &t->d->trail.at[i];
        cancelled = cancelled || (s->kind == TRAIL_REWRITE && s->goal == v->var && s->out == v->whole && strstr(s->rule, "cancel"));
    }
    if (!cancelled) return;
    say(t, 3, "The derivative of %s cancels for this loss; in a hidden layer the factor g' stays.", op_table[ir_node(t->g, l->s->node)->op].name);
    if (l->from) say(t, 3, "Programs that start at %s and programs that start at %s compute the same: this is the step between them.", name(t, l->from->grad), name(t, v->grad));
}

static dfoo_status tell(teller *t) {
    bool any_index = false;
    DFOO_TRY(find_links(t));
    for (uint32_t i = 0; i < t->links.n; i++) any_index = any_index || is_index_link(t, &t->links.at[i]);
    tell_title(t);
    if (t->links.n == 0) {
        say(t, 0, "%s is the cost itself: it changes with itself one to one.", name(t, t->goal->var));
        return arena_status(t->a);
    }
    tell_slide(t);
    say(t, 0, "%s", "");
    tell_path(t);
    if (any_index) tell_example(t);
    say(t, 0, "%s", "");
    for (uint32_t i = 0; i < t->links.n; i++) tell_link(t, &t->links.at[i]);
    tell_cancelled(t);
    bool data = t->doc->small[t->goal->var];
    if (any_index && t->d->m->examples && data) tell_all_examples(t);
    if (any_index && t->d->m->examples && !data) tell_parameter(t);
    if (any_index && !t->d->m->examples) {
        block *b = add(t, BLOCK_LINE, 3, "together:");
        add_node_side(t, b, ir_var(t->g, t->goal->grad)->leaf, false);
        add_node_side(t, b, t->goal->shown ? t->goal->whole : t->goal->local, false);
        b->tail = shapes_of(t, t->goal->shown ? t->goal->whole : t->goal->local, false);
    }
    return arena_status(t->a);
}

dfoo_status explain_gradient(const derivation *d, ir *g, var_id v, const program *run, arena *a, uint64_t seed, buf *out, explain_result *result) {
    document doc = {.d = d, .g = &d->m->g, .a = a};
    const model *m = d->m;
    teller   t = {.doc = &doc, .d = d, .g = g, .a = a, .goal = derivation_find(d, v)};
    *result = (explain_result){0};
    doc.small = arena_new(a, d->m->g.vars.n);
    if (!doc.small) return DFOO_ENOMEM;
    for (var_id k = 1; k < m->g.vars.n && m->examples; k++) {
        shape s = ir_var(&m->g, k)->sh;
        doc.small[k] = s.rows == m->examples || s.cols == m->examples;
    }
    bool per_example = m->examples && !d->examples_interact;
    doc.style = (index_style){.small = doc.small, .example = per_example ? 't' : 0, .loss = d->used == CONVENTION_COURSE ? "l" : "J"};
    if (!t.goal) return DFOO_EINPUT;
    DFOO_TRY(tell(&t));
    DFOO_TRY(prove_document(&doc, v, run, seed, result));
    write_document(&doc, result, out);
    DFOO_TRY(buf_status(out));
    return result->n_failed ? DFOO_NO : DFOO_OK;
}
