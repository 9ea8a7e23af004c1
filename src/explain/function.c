/* explain FUNCTION: the derivative of a function from its definition, from the inside out.
 *
 * Every operation of the definition gets a name (u1, u2, ..) and a line: what it is, its
 * derivative by z with the rule that says so. The lines are put together, simplified, and
 * each is held against differences on random values. */
#include <math.h>
#include <string.h>

#include "explain/explain.h"

typedef struct line {
    var_id  u, du; /* the name and its derivative's */
    node_id value, derivative;
    node_id whole; /* the derivative over z alone */
    const char *rule;
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

/* "log'(a) = 1/a", with the function itself for y. */
void explain_slope(op_id op, buf *out) {
    const op_info *info = &op_table[op];
    const char    *text = info->grad[0][0] ? info->grad[0] : "0";
    buf_printf(out, "%s'(a) = ", info->name);
    for (const char *c = text; *c; c++) {
        bool inside = (c > text && c[-1] >= 'a' && c[-1] <= 'z') || (c[1] >= 'a' && c[1] <= 'z');
        if (*c == 'y' && !inside) buf_printf(out, "%s(a)", info->name);
        else buf_put(out, c, 1);
    }
}

static var_id new_var(unfolding *w, const char *name) {
    if (!name) return 0;
    variable v = {.name = symbols_add(w->g->names, name, strlen(name)), .kind = VAR_DEFINED, .sh = ir_var(w->g, w->z)->sh};
    return ir_add_var(w->g, v);
}

static const char *rule_of(unfolding *w, const node *x) {
    switch ((op_id)x->op) {
    case OP_ADD: case OP_SUB: return "sum rule";
    case OP_NEG: return "constant factor -1";
    case OP_MUL: return "product rule";
    case OP_DIV: return "quotient rule";
    case OP_POW: return "power rule and chain rule";
    case OP_WHERE: return "each side on its own part";
    case OP_LT: case OP_GT: case OP_LE: case OP_GE: case OP_EQ: case OP_NE: return "constant between its jumps";
    case OP_MAXIMUM: case OP_MINIMUM: return "the operand that is taken; at a tie 0 is used";
    default: break;
    }
    buf b;
    buf_init(&b, w->a->mem);
    buf_puts(&b, "chain rule: ");
    explain_slope((op_id)x->op, &b);
    const char *text = b.text ? arena_text(w->a, b.text, b.len) : NULL;
    if (b.failed) w->a->failed = true;
    buf_free(&b);
    return text;
}

/* The sum over the operands of (how y changes with it) times (how it changes with z), with
 * operands and their derivatives by name or in full. */
static node_id derivative(unfolding *w, node_id n, const node_id *args, node_id y, const node_id *primes) {
    node         x = *ir_node(w->g, n);
    template_env env = {.arg = {args[0], args[1], args[2]}, .y = y};
    node_id      sum = 0;
    for (int k = 0; k < op_table[x.op].arity; k++) {
        if (!primes[k] || !op_table[x.op].grad[k][0]) continue;
        node_id one = ir_op2(w->g, OP_MUL, template_build(w->g, w->g->grad[x.op][k], &env), primes[k]);
        sum = sum ? ir_op2(w->g, OP_ADD, sum, one) : one;
    }
    return sum;
}

static dfoo_status unfold_node(unfolding *w, node_id n, node_id base, bool last, const char *title) {
    node    x = *ir_node(w->g, n);
    node_id args[3] = {0, 0, 0}, primes[3] = {0, 0, 0}, wholes[3] = {0, 0, 0};
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
    line        l = {.value = ir_rebuild(w->g, n, args), .rule = rule_of(w, &x)};
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

/* Differences of the definition and the formula, at random z. */
static dfoo_status prove(unfolding *w, node_id def, node_id formula, explain_result *r) {
    evaluation e;
    sizes      s;
    node_id    leaf = ir_var(w->g, w->z)->leaf;
    DFOO_TRY(sizes_init(&s, w->a, w->g->names));
    for (sym k = 0; k < s.n; k++) s.of[k] = 3;
    DFOO_TRY(eval_init(&e, w->g, w->a, &s));
    DFOO_TRY(eval_add_node(&e, def));
    DFOO_TRY(eval_add_node(&e, formula));
    matrix z = eval_var(&e, w->z), y = eval_node(&e, def), d = eval_node(&e, formula);
    double worst = 0, most = 1e-300;
    if (!z.at || leaf >= e.n_nodes) return DFOO_ENOMEM;
    for (int i = 0; i < 9; i++) {
        double at = -2.3 + 0.57 * i, h = 6e-6 * fmax(1, fabs(at)), up;
        for (size_t k = 0; k < z.rows * z.cols; k++) z.at[k] = at + h;
        eval_run(&e);
        up = y.at[0];
        for (size_t k = 0; k < z.rows * z.cols; k++) z.at[k] = at - h;
        eval_run(&e);
        double slope = (up - y.at[0]) / (2 * h);
        for (size_t k = 0; k < z.rows * z.cols; k++) z.at[k] = at;
        eval_run(&e);
        if (isfinite(slope) && isnan(d.at[0])) worst = INFINITY;
        worst = fmax(worst, fabs(slope - d.at[0]));
        most = fmax(most, fmax(fabs(slope), fabs(d.at[0])));
    }
    r->n_derivatives++;
    r->worst_derivative = fmax(r->worst_derivative, worst / most);
    if (!(worst / most < 1e-6)) r->n_failed++;
    return DFOO_OK;
}

static size_t put(unfolding *w, const char *before, node_id n, size_t width, buf *out) {
    size_t start = out->len;
    buf_puts(out, before);
    print_node(w->g, n, out);
    if (out->len - start < width) buf_repeat(out, ' ', width - (out->len - start));
    return out->len - start;
}

static void write_lines(unfolding *w, buf *out) {
    size_t value = 0, slope = 0;
    for (int pass = 0; pass < 2; pass++) {
        for (uint32_t i = 0; i < w->lines.n; i++) {
            const line *l = &w->lines.at[i];
            buf         b;
            buf_init(&b, out->mem);
            buf_printf(&b, "   %s = ", ir_var_name(w->g, l->u));
            size_t first = put(w, "", l->value, 0, &b) + strlen(ir_var_name(w->g, l->u)) + 6;
            if (pass == 0 && first > value) value = first;
            if (pass) buf_repeat(&b, ' ', value > b.len ? value - b.len + 3 : 3);
            size_t start = b.len;
            buf_printf(&b, "%s = ", ir_var_name(w->g, l->du));
            print_node(w->g, l->derivative, &b);
            if (pass == 0 && b.len - start > slope) slope = b.len - start;
            if (pass) buf_repeat(&b, ' ', slope > b.len - start ? slope - (b.len - start) + 3 : 3);
            if (pass && b.text) buf_printf(out, "%s%s\n", b.text, l->rule ? l->rule : "");
            if (b.failed) out->failed = true;
            buf_free(&b);
        }
    }
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

dfoo_status explain_function(ir *g, arena *a, const char *title, var_id z, node_id def, const explain_function_how *how, buf *out,
                             explain_result *r) {
    unfolding w = {.g = g, .a = a, .z = z, .how = how};
    node_list need = {{0}};
    *r = (explain_result){0};
    DFOO_TRY(ir_reach(g, a, &def, 1, &need));
    node_id base = need.list.at[0], n = def - base + 1;
    w.name = arena_new(a, n * sizeof *w.name);
    w.prime = arena_new(a, n * sizeof *w.prime);
    w.whole = arena_new(a, n * sizeof *w.whole);
    if (!w.name || !w.prime || !w.whole) return DFOO_ENOMEM;
    for (uint32_t i = 0; i < need.list.n; i++) DFOO_TRY(unfold_node(&w, need.list.at[i], base, need.list.at[i] == def, "f"));
    const char *zn = ir_var_name(g, z);
    buf_printf(out, "%s(%s) = ", title, zn);
    print_node(g, def, out);
    buf_printf(out, "\n\nfrom the inside out; ' is the derivative by %s, %s' = 1, and f is %s(%s):\n", zn, zn, title, zn);
    write_lines(&w, out);
    if (!w.lines.n) return DFOO_EINPUT;
    const line *last = &w.lines.at[w.lines.n - 1];
    node_id     best = how->best(how->user, last->whole, ir_var(g, last->u)->leaf, def);
    buf_printf(out, "put together:\n   %s'(%s) = ", title, zn);
    print_node(g, last->whole, out);
    if (best && best != last->whole) {
        buf_puts(out, "\n");
        buf_repeat(out, ' ', strlen(title) + strlen(zn) + 7);
        buf_puts(out, "= ");
        print_node(g, best, out);
    }
    buf_puts(out, "\n");
    if (best) { /* f stands for its definition in the check */
        node_id f = ir_var(g, last->u)->leaf;
        best = how->write_out(how->user, best, f, def);
    }
    DFOO_TRY(check_all(&w, def, best, r));
    buf_printf(out, "\nchecked at nine points: %u derivatives against differences to %.0e\n", r->n_derivatives, r->worst_derivative);
    if (r->n_failed) buf_printf(out, "%u of these did NOT hold: this is a fault of dfoo, please report it\n", r->n_failed);
    DFOO_TRY(buf_status(out));
    return r->n_failed ? DFOO_NO : DFOO_OK;
}
