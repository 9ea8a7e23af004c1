/* The paragraphs of proofs.def, filled in for one link: templates are parsed, their names bound
 * to the link's operands and gradients, and the lines added to the document. */
#include <assert.h>
#include <string.h>

#include "teach/tell/routes.h"

typedef enum {
    LINE_WORDS,
    LINE_INDEX,
    LINE_MATRIX,
    LINE_CLAIM,
    LINE_DERIVATIVE,
    LINE_NUMBERS,
    LINE_SHAPES,
    LINE_END
} line_kind;

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
    bool       rows;   /* of y belong together, not columns */
    bool       plain;  /* there are no examples in it: t is a letter like others, and called k */
    bool       one;    /* what is said holds for one example, or for the only one */
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
    names list = {.rows = proof_is_rows(l->kind),
                  .plain = !t->doc->small[l->s->var],
                  .one = tell_is_example(t, l)};
    const node *p = l->product ? ir_node(t->g, l->product) : NULL;
    node_id     y = ir_var(t->g, l->s->var)->leaf;
    node_id     a = p ? p->arg[0] : ir_var(t->g, l->to->var)->leaf, b = p ? p->arg[1] : a;
    bool        bias = proof_is_bias(l->kind);
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

/* The summand that stands for a whole expression, an entry at [i,t] or [t,i]; it is left out where there is
 * none. */
static const char rest_sign[] = " + rest";

static const index_tree *add_rest(teller *t, index_env *env, const index_tree *sum, const names *list) {
    char last = list->plain ? 'k' : 't';
    for (uint32_t i = 0; i < list->n; i++) {
        if (strcmp(list->index[i].name, "rest") != 0) continue;
        index_tree *more =
            index_of_node(env, list->index[i].n, list->rows ? last : 'i', list->rows ? 'i' : last);
        if (!more) more = index_at(env, list->index[i].n, list->rows ? last : 'i', list->rows ? 'i' : last);
        index_tree *both = more ? arena_new(t->a, sizeof *both) : NULL;
        if (both) *both = (index_tree){.kind = INDEX_NODE, .op = OP_ADD, .a = (index_tree *)sum, .b = more};
        return both;
    }
    return sum;
}

/* The text with the index k in the place of t. */
static const char *renamed(teller *t, const char *text, size_t len) {
    char *copy = arena_text(t->a, text, len);
    for (size_t i = 1; copy && i + 1 < len; i++) {
        bool begins = strchr("[(,", copy[i - 1]) != NULL, ends = strchr("],", copy[i + 1]) != NULL;
        if (copy[i] == 't' && begins && ends) copy[i] = 'k';
    }
    return copy ? copy : "";
}

static const index_tree *build_index(teller *t, const names *list, const char *text, size_t len) {
    index_env  env = {.g = t->g, .a = t->a, .names = list->index, .n_names = list->n};
    size_t     tail = sizeof rest_sign - 1;
    bool       rest = len > tail && strncmp(text + len - tail, rest_sign, tail) == 0;
    if (list->plain) text = renamed(t, text, len);
    const ast *x = read_text(t, text, rest ? len - tail : len, true);
    const index_tree *out = x ? index_build(&env, x) : NULL;
    return out && rest ? add_rest(t, &env, out, list) : out;
}

static node_id build_matrix(teller *t, const names *list, const char *text, size_t len) {
    template_name n[MOST_NAMES];
    for (uint32_t i = 0; i < list->n; i++) n[i] = (template_name){list->index[i].name, list->index[i].n};
    template_env env = {.names = n, .n_names = list->n};
    const ast   *x = read_text(t, text, len, false);
    return x ? template_build(t->g, x, &env) : 0;
}

/* W.T.T, which a template makes of a transposed operand, is W. */
static node_id untwist(teller *t, node_id n) {
    node x = *ir_node(t->g, n);
    if (x.op == OP_TRANSPOSE && ir_node(t->g, x.arg[0])->op == OP_TRANSPOSE)
        return ir_node(t->g, x.arg[0])->arg[0];
    for (int k = 0; k < op_table[x.op].arity; k++) {
        const node *arg = ir_node(t->g, x.arg[k]);
        if (arg->op == OP_TRANSPOSE && ir_node(t->g, arg->arg[0])->op == OP_TRANSPOSE)
            x.arg[k] = ir_node(t->g, arg->arg[0])->arg[0];
    }
    return ir_rebuild(t->g, n, x.arg);
}

static bool is_word(const char *text, size_t len, const char *word) {
    return len == strlen(word) && strncmp(text, word, len) == 0;
}

/* The indices of an operand, a or b, all at once. */
static const char *all_of(const teller *t, const names *list, char name) {
    shape s = {0};
    for (uint32_t i = 0; i < list->n; i++)
        if (list->index[i].name[0] == name && !list->index[i].name[1]) s = ir_shape(t->g, list->index[i].n);
    if (s.rows == dim_literal(1)) return "all j";
    return s.cols == dim_literal(1) ? "all i" : "all i, j";
}

/* What a sentence of the primer names by a word; NULL: it is none of these. */
static const char *named(teller *t, const link *l, const char *text, size_t len) {
    document *doc = t->doc;
    if (is_word(text, len, "V")) return doc_name(doc, l->to->var);
    if (is_word(text, len, "dV")) return doc_name(doc, l->to->grad);
    if (is_word(text, len, "Y")) return doc_name(doc, l->s->var);
    if (is_word(text, len, "dY")) return doc_name(doc, derivation_find(t->d, l->s->var)->grad);
    if (is_word(text, len, "cost")) return doc_name(doc, t->d->m->cost);
    return is_word(text, len, "way") ? link_way(t, l) : NULL;
}

/* What stands in braces: {loss} is what is differentiated, {one} and {for one} speak of one example; else it
 * is an index formula, or a matrix expression where nothing has an index. */
static const char *filled(teller *t, const link *l, const names *list, const char *text, size_t len) {
    const char *name = named(t, l, text, len);
    if (name) return name;
    if (is_word(text, len, "loss")) return doc_formula(t->doc, "%s", t->doc->style.loss);
    if (is_word(text, len, "one")) return list->one ? "one example: " : "";
    if (is_word(text, len, "for one")) return list->one ? "for one example " : "";
    if (len == sizeof "all of a" - 1 && strncmp(text, "all of ", len - 1) == 0)
        return all_of(t, list, text[len - 1]);
    if (memchr(text, '[', len)) return doc_index(t->doc, build_index(t, list, text, len), &t->doc->style);
    node_id n = build_matrix(t, list, text, len);
    return n ? doc_node(t->doc, untwist(t, n), true) : "";
}

/* The words of a template with each {..} printed in place. */
static const char *fill(teller *t, const link *l, const names *list, const char *text) {
    buf b;
    buf_init(&b, t->a->mem);
    for (const char *open, *close; (open = strchr(text, '{')) && (close = strchr(open, '}'));
         text = close + 1) {
        buf_put(&b, text, (size_t)(open - text));
        buf_puts(&b, filled(t, l, list, open + 1, (size_t)(close - open) - 1));
    }
    buf_puts(&b, text);
    return doc_take(t->doc, &b);
}

/* The sides of "x = y = z", of indices or of matrices, are those of a block. */
static void add_sides(teller *t, block *b, const names *list, const char *formula, bool indexed) {
    for (const char *equals = formula; equals; formula = equals + 3) {
        equals = strstr(formula, " = ");
        size_t  len = equals ? (size_t)(equals - formula) : strlen(formula);
        node_id n = indexed ? 0 : build_matrix(t, list, formula, len);
        if (indexed) doc_add_index(t->doc, b, build_index(t, list, formula, len), &t->doc->style);
        if (n) doc_add_node(t->doc, b, untwist(t, n), true);
        if (!equals) return;
    }
}

uint32_t proof_n_lines(void) {
    return sizeof proof_table / sizeof *proof_table;
}

const char *proof_formula(uint32_t line) {
    return line < proof_n_lines() && proof_table[line].formula && proof_table[line].formula[0]
               ? proof_table[line].formula
               : NULL;
}

/* As the table has it, or as a planted mistake does. */
static const char *formula_of(const teller *t, const proof_line *line) {
    uint32_t    number = (uint32_t)(line - proof_table);
    const char *other = t->edit ? t->edit->apply(t->edit->user, number, line->formula) : NULL;
    return other ? other : line->formula;
}

/* A gradient that sums several paths is not equal to what one of them gives: the line then
 * begins behind `da = `, or behind the loss's derivative `DL(a, y) = `; this also where there is no loss of
 * one example. */
static const char *behind_sum(const teller *t, const char *formula, bool one_of_several) {
    const char *equals = strstr(formula, " = ");
    bool        sums = strncmp(formula, "da", 2) == 0 || strncmp(formula, "db", 2) == 0;
    bool of_loss = strncmp(formula, "DL(", 3) == 0, no_loss = !tell_has_loss(t);
    bool        behind = (one_of_several && (sums || of_loss)) || (of_loss && no_loss);
    return equals && behind ? equals + 3 : formula;
}

/* Is the paragraph's matrix the gradient of W.T, as it stands in the product? */
static bool is_of_turned(const teller *t, const link *l) {
    bool    side = l->kind == PROOF_RIGHT || l->kind == PROOF_RIGHT_ONE, other = l->kind == PROOF_LEFT ||
                                                                                l->kind == PROOF_LEFT_ONE;
    node_id n = side || other ? ir_node(t->g, l->product)->arg[side] : 0;
    return n && ir_node(t->g, n)->op == OP_TRANSPOSE;
}

static void add_formula(teller *t, const link *l, const names *list, const proof_line *line) {
    document   *doc = t->doc;
    const char *reason = fill(t, l, list, line->reason), *tail = fill(t, l, list, line->tail);
    block      *b = doc_add(doc, BLOCK_LINE, reason[0] ? 3 : 5, reason);
    bool        matrix = line->line == LINE_MATRIX;
    add_sides(t, b, list, behind_sum(t, formula_of(t, line), l->to->n_through > 1), !matrix);
    b->tail = tail;
    /* a matrix that stands alone is what the link hands back, by the rules of its operations; this is not
     * shown */
    node_id back = matrix && b->n_sides == 1 ? link_back(t, l, false) : 0;
    if (back && is_of_turned(t, l)) back = ir_op1(t->g, OP_TRANSPOSE, back);
    if (back) {
        block *hidden = doc_add_hidden(doc);
        doc_add_node(doc, hidden, b->sides[0].n, false);
        doc_add_node(doc, hidden, back, false);
    }
    if (matrix && b->n_sides)
        b->tail = doc_text(doc, "%s%s", doc_shapes(doc, b->sides[b->n_sides - 1].n, true), tail);
}

/* The last side of a claim in the place of {=}; the claim itself is evaluated and not shown. */
static void add_claim(teller *t, const link *l, const names *list, const proof_line *line) {
    const char *formula = formula_of(t, line), *place = strstr(line->reason, "{=}"), *last = formula;
    assert(place);
    add_sides(t, doc_add_hidden(t->doc), list, formula, true);
    for (const char *next; (next = strstr(last, " = ")) != NULL;) last = next + 3;
    const char *words =
        doc_text(t->doc, "%.*s{%s}%s", (int)(place - line->reason), line->reason, last, place + 3);
    doc_add(t->doc, BLOCK_WORDS, 3, fill(t, l, list, words));
}

/* ------------------------------------------------------------- derivatives */

/* f'(z) from the table: "1 - tanh(z)**2", and the same with what is known under a name. */
static void add_derivative(teller *t, const link *l, const names *list) {
    document    *doc = t->doc;
    const node  *y = ir_node(t->g, l->s->node);
    op_id        op = (op_id)y->op;
    const ast   *rule = ir_grad(t->g, op, 0);
    template_env with_name = {.arg = {y->arg[0], y->arg[1], y->arg[2]}, .y = ir_var(t->g, l->s->var)->leaf};
    template_env spelled = {.arg = {y->arg[0], y->arg[1], y->arg[2]}, .y = l->s->node};
    node_id      short_form = template_build(t->g, rule, &with_name);
    bool         columns = !list->rows;
    char         last = list->plain ? 'k' : 't';
    index_env    env = {.g = t->g, .a = t->a, .names = list->index, .n_names = list->n};
    const index_tree *left = build_index(t, list, columns ? "D(y[j,t], a[j,t])" : "D(y[t,j], a[t,j])", 17);
    const index_tree *right =
        short_form ? index_of_node(&env, short_form, columns ? 'j' : last, columns ? last : 'j') : NULL;
    node_id      long_form = template_build(t->g, rule, &spelled);
    const char  *u = doc_small_name(doc, l->to->var), *v = doc_small_name(doc, l->s->var),
               *f = op_table[op].name;
    if (!left || !right || !long_form) return;
    const char *slope = doc_formula(doc, "%s'(%s) = %s", f, u, doc_node(doc, long_form, true));
    const char *known =
        short_form == long_form ? "" : doc_text(doc, ", and %s is %s", doc_formula(doc, "%s(%s)", f, u), v);
    block *b =
        doc_add(doc, BLOCK_LINE, 3, doc_text(doc, "%s (explain %s)%s:", slope, doc_function(doc, op), known));
    doc_add_index(doc, b, left, &doc->style);
    doc_add_index(doc, b, right, &doc->style);
}

/* The matrix that the way back transposes. */
static node_id factor_of(const teller *t, const link *l) {
    return ir_node(t->g, l->product)->arg[l->kind == PROOF_RIGHT ? 0 : 1];
}

static bool is_square(const teller *t, node_id n) {
    shape s = ir_shape(t->g, n);
    return s.rows == s.cols;
}

/* A small matrix, square if the real one is, and two numbers: what the transpose does, with its sum written
 * out. */
static void add_numbers(teller *t, const link *l) {
    static const struct {
        const char *square, *high, *given, *sum, *wrong;
    } texts[2] = {{"[1 4; 2 5]", "[1 4; 2 5; 3 6]", "[10 1]", "10*1 + 1*4 = 14", "10*1 + 1*2 = 12"},
                  {"[1 2; 4 5]", "[1 2 3; 4 5 6]", "[10; 1]", "1*10 + 4*1 = 14", "1*10 + 2*1 = 12"}};
    document   *doc = t->doc;
    int         k = l->kind == PROOF_RIGHT;
    bool        square = is_square(t, factor_of(t, l));
    const char *w = doc_node(doc, factor_of(t, l), true), *y = doc_small_name(doc, l->s->var);
    const char *given =
        doc_formula(doc, "%s = %s, d%s = %s", w, square ? texts[k].square : texts[k].high, y, texts[k].given);
    const char *found = l->to->n_through > 1
                            ? doc_text(doc, "entry 1 is %s", doc_formula(doc, "%s", texts[k].sum))
                            : doc_formula(doc, "d%s[1] = %s", doc_small_name(doc, l->to->var), texts[k].sum);
    const char *wrong =
        doc_text(doc, "; without the transpose it would be %s", doc_formula(doc, "%s", texts[k].wrong));
    doc_say(doc, 3, "in numbers: %s:   %s%s", given, found, square ? wrong : "");
}

/* Does a small matrix and a column (a row) show what happens? Not where y is no such thing, or where nothing
 * is added up. */
static bool is_for_numbers(const teller *t, const link *l) {
    const node *y = ir_node(t->g, l->product);
    shape       w = ir_shape(t->g, factor_of(t, l));
    bool        one = proof_is_rows(l->kind) ? y->sh.rows == dim_literal(1) : y->sh.cols == dim_literal(1);
    bool        sums = w.rows != dim_literal(1) && w.cols != dim_literal(1);
    return sums && (one || (t->doc->style.example && t->doc->small[l->s->var]));
}

void proof_two_examples(teller *t, const link *l) {
    static const struct {
        const char *line, *one, *other, *product[2], *value[2]; /* the second is of a matrix that is square */
    } texts[2] = {{"row",
                   "[10 1]",
                   "[0 2]",
                   {"[10 1; 0 2] @ [1 4; 2 5; 3 6].T", "[10 1; 0 2] @ [1 4; 2 5].T"},
                   {"[14 25 36; 8 10 12]", "[14 25; 8 10]"}},
                  {"column",
                   "[10; 1]",
                   "[0; 2]",
                   {"[1 2 3; 4 5 6].T @ [10 0; 1 2]", "[1 2; 4 5].T @ [10 0; 1 2]"},
                   {"[14 8; 25 10; 36 12]", "[14 8; 25 10]"}}};
    document   *doc = t->doc;
    int         k = l->kind == PROOF_RIGHT;
    if ((l->kind != PROOF_RIGHT && l->kind != PROOF_LEFT) || !is_for_numbers(t, l)) return;
    bool   square = is_square(t, factor_of(t, l));
    block *b = doc_add(doc, BLOCK_LINE, 3, "two examples side by side:");
    doc_add_formula(doc, b, texts[k].product[square]);
    doc_add_formula(doc, b, texts[k].value[square]);
    doc_say(doc, 3, "the first %s is made of %s alone, the second of %s: each example has its own",
            texts[k].line, doc_formula(doc, "%s", texts[k].one), doc_formula(doc, "%s", texts[k].other));
}

/* Would the product fit without the transpose? */
static void add_shapes(teller *t, const link *l) {
    document   *doc = t->doc;
    const char *w = doc_node(doc, factor_of(t, l), true);
    const char *dy = doc_node(doc, gradient_leaf(t, ir_var(t->g, l->s->var)->leaf), true);
    const char *other =
        l->kind == PROOF_RIGHT ? doc_formula(doc, "%s @ %s", w, dy) : doc_formula(doc, "%s @ %s", dy, w);
    if (is_square(t, factor_of(t, l)))
        doc_say(doc, 3, "shapes do not prove it: %s is square, %s fits as well and is wrong", w, other);
    else doc_say(doc, 3, "shapes alone do not prove it: if %s were square, %s would fit as well", w, other);
}

static void tell_line(teller *t, const link *l, const names *list, const proof_line *line) {
    switch ((line_kind)line->line) {
    case LINE_WORDS: doc_add(t->doc, BLOCK_WORDS, 3, fill(t, l, list, line->reason)); break;
    case LINE_DERIVATIVE: add_derivative(t, l, list); break;
    case LINE_NUMBERS:
        if (is_for_numbers(t, l)) add_numbers(t, l);
        break;
    case LINE_SHAPES:
        if (is_for_numbers(t, l)) add_shapes(t, l);
        break;
    case LINE_CLAIM: add_claim(t, l, list, line); break;
    case LINE_INDEX: case LINE_MATRIX: add_formula(t, l, list, line); break;
    case LINE_END: break;
    }
}

/* The style in which nothing is one example's, and the cost is differentiated. */
static index_style all_examples(const teller *t) {
    index_style all = t->doc->style;
    all.example = 0;
    all.loss = ir_var_name(t->g, t->d->m->cost);
    return all;
}

/* The lines of a link's paragraph; `matrices`: those of matrices only. */
static void tell_paragraph(teller *t, const link *l, bool matrices) {
    names       list = bind_link(t, l);
    index_style old = t->doc->style;
    uint32_t    i = 0, n = proof_n_lines();
    while (i < n && proof_table[i].proof != (uint8_t)l->kind) i++;
    assert(i < n);
    if (list.plain) t->doc->style = all_examples(t); /* what is no example's changes the cost */
    for (i++; i < n && proof_table[i].line != LINE_END; i++)
        if (!matrices || proof_table[i].line == LINE_MATRIX) tell_line(t, l, &list, &proof_table[i]);
    t->doc->style = old;
}

const char *proof_words(teller *t, const link *l, const char *text) {
    names list = bind_link(t, l);
    return fill(t, l, &list, text);
}

void proof_tell(teller *t, const link *l) {
    tell_paragraph(t, l, false);
}

void proof_outer(teller *t, const link *l) {
    tell_paragraph(t, l, true);
}

void proof_add_line(teller *t, const link *l, const char *formula, node_id whole, const index_style *style) {
    names       list = bind_link(t, l);
    index_style old = t->doc->style;
    block      *b = doc_add(t->doc, BLOCK_LINE, 5, "");
    index_env   env = {.g = t->g, .a = t->a};
    bool        turned = proof_is_turned(l->kind);
    if (t->d->m->examples) bind(&list, "m", ir_size(t->g, t->d->m->examples));
    t->doc->style = *style;
    add_sides(t, b, &list, formula, true);
    doc_add_index(t->doc, b,
                  index_at(&env, whole, turned ? 'j' : 'i', turned || proof_is_bias(l->kind) ? 'i' : 'j'),
                  style);
    t->doc->style = old;
}
