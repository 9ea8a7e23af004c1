/* The paragraphs of proofs.def, filled in for one link: templates are parsed, their names bound
 * to the link's operands and gradients, and the lines added to the document. */
#include <string.h>

#include "teach/tell/routes.h"

typedef enum { LINE_WORDS, LINE_INDEX, LINE_MATRIX, LINE_CLAIM, LINE_DERIVATIVE, LINE_NUMBERS, LINE_SHAPES, LINE_END } line_kind;

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
#define SHAPES() {0, LINE_SHAPES, "", "", ""},
#define CLAIM(TEXT, FORMULA) {0, LINE_CLAIM, TEXT, FORMULA, ""},
#define END
#include "teach/tell/proofs.def"
};

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
    if (x.op == OP_TRANSPOSE && ir_node(t->g, x.arg[0])->op == OP_TRANSPOSE) return ir_node(t->g, x.arg[0])->arg[0];
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
            buf_puts(&b, doc_formula(t->doc, "%s", t->doc->style.loss));
        } else if (indexed) {
            const index_tree *x = build_index(t, list, open + 1, len);
            if (x) buf_puts(&b, doc_index(t->doc, x, &t->doc->style));
        } else {
            node_id n = build_matrix(t, list, open + 1, len);
            if (n) buf_puts(&b, doc_node(t->doc, untwist(t, n), true));
        }
        p = close + 1;
    }
    return doc_take(t->doc, &b);
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
        doc_add_index(x->t->doc, x->b, build_index(x->t, x->list, text, len), &x->t->doc->style);
        return;
    }
    node_id n = build_matrix(x->t, x->list, text, len);
    if (n) doc_add_node(x->t->doc, x->b, untwist(x->t, n), true);
}

uint32_t proof_n_lines(void) {
    return sizeof proof_table / sizeof *proof_table;
}

const char *proof_formula(uint32_t line) {
    bool has = line < proof_n_lines() && (proof_table[line].line == LINE_INDEX || proof_table[line].line == LINE_MATRIX || proof_table[line].line == LINE_CLAIM);
    return has ? proof_table[line].formula : NULL;
}

/* As the table has it, or as a planted mistake does. */
static const char *formula_of(const teller *t, const proof_line *line) {
    const char *other = t->edit ? t->edit->apply(t->edit->user, (uint32_t)(line - proof_table), line->formula) : NULL;
    return other ? other : line->formula;
}

/* A gradient that sums several paths is not equal to what one of them gives: the line then
 * begins behind `da = `, or behind the loss's derivative `DL(a, y) = `; this also where there is no loss of
 * one example. */
static const char *behind_sum(const teller *t, const char *formula, bool one_of_several) {
    const char *equals = strstr(formula, " = ");
    bool        sums = strncmp(formula, "da", 2) == 0 || strncmp(formula, "db", 2) == 0;
    bool        of_loss = strncmp(formula, "DL(", 3) == 0, no_loss = t->d->m->examples && !t->doc->style.example;
    return equals && ((one_of_several && (sums || of_loss)) || (of_loss && no_loss)) ? equals + 3 : formula;
}

/* A matrix that stands alone is what the link hands back, by the rules of its operations; this is
 * checked and not shown. */
static void check_alone(teller *t, const link *l, node_id n) {
    routes *r = arena_new(t->a, sizeof *r);
    node_id back = 0;
    block  *b;
    if (!r || !routes_find(t, l, r)) return;
    for (uint32_t i = 0; i < r->n; i++) {
        node_id one = link_gradient(t, l);
        for (uint32_t k = 0; k < r->at[i].n; k++) one = hop_back(t, &r->at[i].at[k], one);
        back = back && one ? ir_op2(t->g, OP_ADD, back, one) : one;
    }
    if (!back) return;
    b = doc_add_hidden(t->doc);
    doc_add_node(t->doc, b, n, false);
    doc_add_node(t->doc, b, back, false);
}

static void add_formula(teller *t, const link *l, const names *list, const proof_line *line) {
    const char *reason = fill(t, list, line->reason), *tail = fill(t, list, line->tail);
    block      *b = doc_add(t->doc, BLOCK_LINE, reason[0] ? 3 : 5, reason);
    adding      x = {t, list, b, line->line == LINE_INDEX};
    for_each_side(behind_sum(t, formula_of(t, line), l->to->n_through > 1), add_side, &x);
    b->tail = tail;
    if (line->line == LINE_MATRIX && b->n_sides == 1) check_alone(t, l, b->sides[0].n);
    if (line->line == LINE_MATRIX && b->n_sides) {
        const char *shapes = doc_shapes(t->doc, b->sides[b->n_sides - 1].n, true);
        b->tail = tail[0] ? doc_text(t->doc, "%s%s", shapes, tail) : shapes;
        if (!b->tail) b->tail = "";
    }
}

/* The last side of a claim in the place of {=}; the claim itself is evaluated and not shown. */
static void add_claim(teller *t, const names *list, const proof_line *line) {
    const char *formula = formula_of(t, line), *place = strstr(line->reason, "{=}"), *last = formula;
    adding      x = {t, list, doc_add_hidden(t->doc), true};
    for_each_side(formula, add_side, &x);
    for (const char *next; (next = strstr(last, " = ")) != NULL;) last = next + 3;
    char *before = arena_text(t->a, line->reason, (size_t)(place - line->reason));
    const char *words = before ? doc_text(t->doc, "%s{%s}%s", before, last, place + 3) : NULL;
    if (words) doc_add(t->doc, BLOCK_WORDS, 3, fill(t, list, words));
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
    const char       *u = doc_small_name(t->doc, l->to->var), *v = doc_small_name(t->doc, l->s->var);
    template_env      spelled = {.arg = {y->arg[0], y->arg[1], y->arg[2]}, .y = l->s->node};
    node_id           long_form = template_build(t->g, t->g->grad[y->op][0], &spelled);
    if (!left || !short_form || !long_form) return;
    const char *slope = doc_formula(t->doc, "%s'(%s) = %s", info->name, u, doc_node(t->doc, long_form, true));
    const char *reason = short_form == long_form
        ? doc_text(t->doc, "%s (explain %s):", slope, doc_function(t->doc, (op_id)y->op))
        : doc_text(t->doc, "%s (explain %s), and %s is %s:", slope, doc_function(t->doc, (op_id)y->op), doc_formula(t->doc, "%s(%s)", info->name, u), v);
    block *b = doc_add(t->doc, BLOCK_LINE, 3, reason);
    doc_add_index(t->doc, b, left, &t->doc->style);
    if (right) doc_add_index(t->doc, b, right, &t->doc->style);
}

/* The matrix that the way back transposes. */
static node_id factor_of(const teller *t, const link *l) {
    return ir_node(t->g, l->product)->arg[l->kind == PROOF_RIGHT ? 0 : 1];
}

static bool is_square(const teller *t, node_id n) {
    shape s = ir_shape(t->g, n);
    return s.rows == s.cols;
}

/* A small matrix, square if the real one is, and two numbers: what the transpose does, with its sum written out. */
static void add_numbers(teller *t, const link *l) {
    bool        right = l->kind == PROOF_RIGHT, square = is_square(t, factor_of(t, l));
    const char *w = doc_node(t->doc, factor_of(t, l), true), *y = doc_small_name(t->doc, l->s->var), *a = doc_small_name(t->doc, l->to->var);
    const char *rows = square ? right ? "[1 2; 4 5]" : "[1 4; 2 5]" : right ? "[1 2 3; 4 5 6]" : "[1 4; 2 5; 3 6]";
    const char *given = doc_formula(t->doc, "%s = %s, d%s = %s", w, rows, y, right ? "[10; 1]" : "[10 1]");
    const char *sum = right ? "1*10 + 4*1 = 14" : "10*1 + 1*4 = 14";
    const char *found = l->to->n_through > 1 ? doc_text(t->doc, "entry 1 is %s", doc_formula(t->doc, "%s", sum)) : doc_formula(t->doc, "d%s[1] = %s", a, sum);
    const char *other = doc_formula(t->doc, right ? "1*10 + 2*1 = 12" : "10*1 + 1*2 = 12");
    doc_say(t->doc, 3, "in numbers: %s:   %s%s", given, found, square ? doc_text(t->doc, "; without the transpose it would be %s", other) : "");
}

/* Would the product fit without the transpose? */
static void add_shapes(teller *t, const link *l) {
    bool        right = l->kind == PROOF_RIGHT;
    const char *w = doc_node(t->doc, factor_of(t, l), true), *dy = doc_node(t->doc, gradient_leaf(t, ir_var(t->g, l->s->var)->leaf), true);
    const char *other = right ? doc_formula(t->doc, "%s @ %s", w, dy) : doc_formula(t->doc, "%s @ %s", dy, w);
    if (is_square(t, factor_of(t, l))) doc_say(t->doc, 3, "shapes do not prove it: %s is square, %s fits as well and is wrong", w, other);
    else doc_say(t->doc, 3, "shapes alone do not prove it: if %s were square, %s would fit as well", w, other);
}

void proof_tell(teller *t, const link *l) {
    names    list = bind_link(t, l);
    uint32_t i = 0, n = sizeof proof_table / sizeof *proof_table;
    while (i < n && proof_table[i].proof != (uint8_t)l->kind) i++;
    for (i++; i < n && proof_table[i].line != LINE_END; i++) {
        const proof_line *line = &proof_table[i];
        if (line->line == LINE_WORDS) doc_add(t->doc, BLOCK_WORDS, 3, fill(t, &list, line->reason));
        else if (line->line == LINE_DERIVATIVE) add_derivative(t, l, &list);
        else if (line->line == LINE_NUMBERS) add_numbers(t, l);
        else if (line->line == LINE_SHAPES) add_shapes(t, l);
        else if (line->line == LINE_CLAIM) add_claim(t, &list, line);
        else add_formula(t, l, &list, line);
    }
}

void proof_outer(teller *t, const link *l) {
    names    list = bind_link(t, l);
    uint32_t i = 0, n = sizeof proof_table / sizeof *proof_table;
    while (i < n && proof_table[i].proof != (uint8_t)l->kind) i++;
    for (i++; i < n && proof_table[i].line != LINE_END; i++)
        if (proof_table[i].line == LINE_MATRIX) add_formula(t, l, &list, &proof_table[i]);
}

void proof_add_line(teller *t, const link *l, const char *formula, node_id whole, const index_style *style) {
    names       list = bind_link(t, l);
    index_style old = t->doc->style;
    block      *b = doc_add(t->doc, BLOCK_LINE, 5, "");
    adding      x = {t, &list, b, true};
    index_env   env = {.g = t->g, .a = t->a};
    if (t->d->m->examples) bind(&list, "m", ir_size(t->g, t->d->m->examples));
    t->doc->style = *style;
    for_each_side(formula, add_side, &x);
    bool turned = l->kind == PROOF_TURNED_LEFT || l->kind == PROOF_TURNED_RIGHT;
    bool bias = l->kind == PROOF_BIAS_COLUMN || l->kind == PROOF_BIAS_ROW;
    char i = turned ? 'j' : 'i', j = turned || bias ? 'i' : 'j';
    doc_add_index(t->doc, b, index_at(&env, whole, i, j), style);
    t->doc->style = old;
}
