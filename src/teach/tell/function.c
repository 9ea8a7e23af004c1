/* explain FUNCTION: the derivative of a function from its definition, from the inside out.
 *
 * Every operation of the definition gets a name (u1, u2, ..) and a line: what it is, its
 * derivative by z with the rule that says so. The lines are put together, simplified, and
 * each is held against differences on random values. */
#include <assert.h>
#include <math.h>
#include <string.h>

#include "teach/tell/tell.h"

typedef struct line {
    var_id  u, du; /* the name and its derivative's */
    node_id value, derivative;
    node_id whole; /* the derivative over z alone */
    op_id op;
    bool  one; /* one operand depends on z: the first of a quotient */
} line;

typedef struct unfolding {
    ir     *g;
    arena  *a;
    var_id  z;
    const explain_function_how *how;
    VEC(line) lines;
    node_id *name;  /* by node of the definition: VAR u, or the node itself */
    node_id *prime; /* by node: VAR u', 1 for z, 0 where it does not depend on z */
    node_id *whole; /* by node: the derivative over z */
} unfolding;

bool tell_is_function(op_id op) {
    const op_info *info = &op_table[op];
    return op && op_elementwise(op) && op_of_one(op) && !(info->flags & OP_FLAG_INFIX) && info->grad[0][0];
}

static var_id new_var(unfolding *w, const char *name) {
    if (!name) return 0;
    variable v = {.name = symbols_add(w->g->names, name, strlen(name)),
                  .kind = VAR_DEFINED,
                  .sh = ir_var(w->g, w->z)->sh};
    return ir_add_var(w->g, v);
}

/* The rules by name; NULL: the chain rule, with what the table of operations says. */
static const char *const rules[OP_COUNT] = {
    [OP_ADD] = "sum rule",
    [OP_SUB] = "sum rule",
    [OP_NEG] = "constant factor -1",
    [OP_MUL] = "product rule",
    [OP_DIV] = "quotient rule",
    [OP_POW] = "power rule and chain rule",
    [OP_WHERE] = "each side on its own part",
#define CONSTANT "constant between its jumps"
    [OP_LT] = CONSTANT,
    [OP_GT] = CONSTANT,
    [OP_LE] = CONSTANT,
    [OP_GE] = CONSTANT,
    [OP_EQ] = CONSTANT,
    [OP_NE] = CONSTANT,
#define TAKEN "the operand that is taken; at a tie 0 is used"
    [OP_MAXIMUM] = TAKEN,
    [OP_MINIMUM] = TAKEN,
};

/* The sum over the operands of (how y changes with it) times (how it changes with z), with
 * operands and their derivatives by name or in full. */
static node_id derivative(unfolding *w, node_id n, const node_id *args, node_id y, const node_id *primes) {
    node         x = *ir_node(w->g, n);
    template_env env = {.arg = {args[0], args[1], args[2]}, .y = y};
    node_id      sum = 0;
    assert(op_table[x.op].arity <= 3);
    for (int k = 0; k < op_table[x.op].arity; k++) {
        if (!primes[k] || !op_table[x.op].grad[k][0]) continue;
        node_id slope = template_build(w->g, ir_grad(w->g, (op_id)x.op, k), &env);
        node_id one = ir_op2(w->g, OP_MUL, slope, primes[k]);
        sum = sum ? ir_op2(w->g, OP_ADD, sum, one) : one;
    }
    return sum;
}

static bool depends_on_one(const node *x, const node_id *primes) {
    return x->op == OP_DIV ? !primes[1] : !primes[0] || !primes[1];
}

static dfoo_status unfold_node(unfolding *w, node_id n, node_id base, bool last, const char *title) {
    node    x = *ir_node(w->g, n);
    node_id args[3] = {0, 0, 0}, primes[3] = {0, 0, 0}, wholes[3] = {0, 0, 0};
    assert(op_table[ir_node(w->g, n)->op].arity <= 3);
    bool    moves = n == ir_var(w->g, w->z)->leaf;
    w->name[n - base] = n;
    if (moves) w->prime[n - base] = w->whole[n - base] = ir_number(w->g, 1);
    for (int k = 0; k < op_table[x.op].arity; k++) {
        args[k] = w->name[x.arg[k] - base];
        primes[k] = w->prime[x.arg[k] - base];
        wholes[k] = w->whole[x.arg[k] - base];
        moves = moves || primes[k];
    }
    if (!moves || !op_table[x.op].arity) return DFOO_OK;
    uint32_t    number = w->lines.n + 1;
    const char *name = last ? title : arena_format(w->a, "u%u", number);
    line        l = {.value = ir_rebuild(w->g, n, args), .op = (op_id)x.op};
    l.one = depends_on_one(&x, primes);
    l.u = new_var(w, name);
    l.du = new_var(w, name ? arena_format(w->a, "%s'", name) : NULL);
    if (!l.u || !l.du || !l.value) return DFOO_ENOMEM;
    node_id named = derivative(w, n, args, l.value, primes), full = derivative(w, n, x.arg, n, wholes);
    l.derivative = named ? w->how->tidy(w->how->user, named) : ir_number(w->g, 0);
    l.whole = full ? w->how->tidy(w->how->user, full) : ir_number(w->g, 0);
    w->name[n - base] = ir_var(w->g, l.u)->leaf;
    w->prime[n - base] = named ? ir_var(w->g, l.du)->leaf : 0;
    w->whole[n - base] = full;
    vec_push(w->a, &w->lines, l);
    return arena_status(w->a);
}

static void move(evaluation *e, matrix z, double at) {
    for (size_t k = 0; k < z.rows * z.cols; k++) z.at[k] = at;
    eval_run(e);
}

/* Differences of the definition and the formula, at nine z. */
static dfoo_status prove(unfolding *w, node_id def, node_id formula, explain_result *r) {
    evaluation e;
    sizes      s;
    DFOO_TRY(sizes_init(&s, w->a, w->g->names));
    for (sym k = 0; k < s.n; k++) s.of[k] = 3;
    DFOO_TRY(eval_init(&e, w->g, w->a, &s));
    DFOO_TRY(eval_add_node(&e, def));
    DFOO_TRY(eval_add_node(&e, formula));
    matrix z = eval_var(&e, w->z), y = eval_node(&e, def), d = eval_node(&e, formula);
    double worst = 0, most = 1e-300;
    if (!z.at || ir_var(w->g, w->z)->leaf >= e.n_nodes) return DFOO_ENOMEM;
    for (int i = 0; i < 9; i++) {
        double at = -2.3 + 0.57 * i, h = 6e-6 * fmax(1, fabs(at));
        move(&e, z, at + h);
        double up = y.at[0];
        move(&e, z, at - h);
        double slope = (up - y.at[0]) / (2 * h);
        move(&e, z, at);
        if (isfinite(slope) && isnan(d.at[0])) worst = INFINITY;
        worst = fmax(worst, fabs(slope - d.at[0]));
        most = fmax(most, fmax(fabs(slope), fabs(d.at[0])));
    }
    r->n_derivatives++;
    r->worst_derivative = fmax(r->worst_derivative, worst / most);
    if (!(worst / most < 1e-6)) r->n_failed++;
    return DFOO_OK;
}

static dfoo_status check_all(unfolding *w, node_id def, node_id last_form, explain_result *r) {
    node_list need = {{0}};
    DFOO_TRY(ir_reach(w->g, w->a, &def, 1, &need));
    for (uint32_t i = 0, k = 0; i < need.list.n; i++) {
        node_id n = need.list.at[i], base = need.list.at[0];
        if (w->name[n - base] == n || k == w->lines.n) continue; /* no line of its own */
        DFOO_TRY(prove(w, n, w->lines.at[k++].whole, r));
    }
    return last_form ? prove(w, def, last_form, r) : DFOO_OK;
}

/* -------------------------------------------------------------------- words */

static void tell_lines(unfolding *w, document *doc) {
    for (uint32_t i = 0; i < w->lines.n; i++) {
        const line *l = &w->lines.at[i];
        block      *b = doc_add(doc, BLOCK_ROW, 3, "");
        doc_add_node(doc, b, ir_var(w->g, l->u)->leaf, false);
        doc_add_node(doc, b, l->value, false);
        doc_add_node(doc, b, ir_var(w->g, l->du)->leaf, false);
        doc_add_node(doc, b, l->derivative, false);
        bool        constant = l->one && (l->op == OP_MUL || l->op == OP_DIV);
        const char *rule = constant ? "constant factor" : rules[l->op];
        b->rule = rule ? rule : "chain rule";
        b->tail = rule ? rule : doc_text(doc, "chain rule: %s", doc_slope(doc, l->op));
    }
}

static bool is_same(const void *user, const ir *g, const node *x) {
    return x == ir_node(g, *(const node_id *)user);
}

static bool has(const unfolding *w, node_id n, node_id part) {
    return ir_some(w->g, w->a, n, is_same, &part);
}

/* What the shortest form is before f stands for its definition in it: of a product f * g(f) what is left of
 * the derivative behind f, and `remark` says that it is g(f). 0: there is nothing between. */
static node_id between(const unfolding *w, document *doc, node_id whole, node_id best, node_id f, node_id def,
                       const char **remark) {
    void   *user = w->how->user;
    node    x = *ir_node(w->g, best);
    node_id out = w->how->write_out(user, best, f, def);
    *remark = "";
    if (!out || !has(w, best, f)) return 0;
    if (x.op != OP_MUL || x.arg[0] != f) return w->how->tidy(user, out);
    node_id rest = w->how->best(user, ir_op2(w->g, OP_DIV, whole, def), 0, 0);
    node_id spelled = w->how->write_out(user, x.arg[1], f, def);
    if (!rest || !spelled) return 0;
    if (spelled == x.arg[1] && spelled == rest) return 0; /* it has no f in it */
    *remark = doc_formula(doc, "%s = %s = %s", doc_node(doc, x.arg[1], false), doc_node(doc, spelled, false),
                          doc_node(doc, rest, false));
    return ir_op2(w->g, OP_MUL, def, rest);
}

/* f'(z) = as the lines give it = .. = the shortest way to write it. */
static void tell_whole(document *doc, const char *z, node_id whole, node_id middle, node_id best,
                       const char *remarks) {
    doc_say(doc, 0, "put together:");
    block *b = doc_add(doc, BLOCK_LINE, 3, "");
    const char *slope = doc->operands ? "∂%s/∂%s" : "%s'(%s)";
    doc_add_formula(doc, b, doc_text(doc, slope, doc->name, z));
    doc_add_node(doc, b, whole, false);
    if (middle && middle != whole && middle != best) {
        doc_add_line(doc, 3, "", whole, middle, "")->hanging = true;
        whole = middle;
    }
    if (!best || best == whole) return;
    b = doc_add_line(doc, 3, "", whole, best, remarks);
    b->hanging = true;
}

static void tell_title(document *doc, const char *z, node_id def) {
    const char *f = doc_text(doc, "%s(%s)", doc->name, doc->operands ? doc->operands : z);
    block      *b = doc_add(doc, BLOCK_TITLE, 0, "");
    doc_add_formula(doc, b, f);
    doc_add_node(doc, b, def, false);
    doc_say(doc, 0, "%s", "");
    doc_say(doc, 0, "from the inside out; ' is the derivative by %s, %s, and f is %s:", z,
            doc_formula(doc, "%s' = 1", z), doc_formula(doc, "%s", f));
    if (doc->operands) doc_say(doc, 3, "only %s moves here; the others stay where they are", z);
}

dfoo_status tell_function(document *doc, var_id z, node_id def, const explain_function_how *how,
                          explain_result *r) {
    ir       *g = doc->g;
    arena    *a = doc->a;
    unfolding w = {.g = g, .a = a, .z = z, .how = how};
    node_list need = {{0}};
    *r = (explain_result){.points = true};
    DFOO_TRY(ir_reach(g, a, &def, 1, &need));
    node_id base = need.list.at[0], n = def - base + 1;
    w.name = arena_new(a, n * sizeof *w.name);
    w.prime = arena_new(a, n * sizeof *w.prime);
    w.whole = arena_new(a, n * sizeof *w.whole);
    if (!w.name || !w.prime || !w.whole) return DFOO_ENOMEM;
    for (uint32_t i = 0; i < need.list.n; i++)
        DFOO_TRY(unfold_node(&w, need.list.at[i], base, need.list.at[i] == def, "f"));
    if (!w.lines.n) return DFOO_EINPUT;
    const line *last = &w.lines.at[w.lines.n - 1];
    node_id     f = ir_var(g, last->u)->leaf, best = how->best(how->user, last->whole, f, def);
    const char *remarks = "";
    node_id     middle = best ? between(&w, doc, last->whole, best, f, def, &remarks) : 0;
    tell_title(doc, ir_var_name(g, z), def);
    tell_lines(&w, doc);
    tell_whole(doc, ir_var_name(g, z), last->whole, middle, best, remarks);
    if (middle) DFOO_TRY(prove(&w, def, middle, r));
    if (best) best = how->write_out(how->user, best, f, def); /* f stands for its definition in the check */
    DFOO_TRY(check_all(&w, def, best, r));
    return arena_status(a);
}
