/* The way from a variable to the cost: which statements it goes through up to gradients that
 * are known, and what kind of link each is. */
#include <string.h>

#include "teach/tell/teller.h"

bool link_is_operand(const teller *t, node_id n, var_id v) {
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

static bool is_no_entry(const void *user, const ir *g, const node *x) {
    (void)user;
    (void)g;
    return op_table[x->op].arity && !op_elementwise((op_id)x->op) && x->op != OP_OPEN;
}

bool link_is_entrywise(teller *t, node_id n) {
    return !ir_some(t->g, t->a, n, is_no_entry, NULL) && !t->a->failed;
}

bool tell_is_example(const teller *t, const link *l) {
    bool any = false, columns = true;
    if (t->d->m->examples) return t->doc->small[l->s->var];
    for (var_id v = 1; v < t->g->vars.n; v++) {
        const variable *x = ir_var(t->g, v);
        if (x->kind != VAR_INPUT && x->kind != VAR_LABEL) continue;
        any = true;
        columns = columns && x->sh.cols == dim_literal(1);
    }
    return any && columns && ir_var(t->g, l->s->var)->sh.cols == dim_literal(1);
}

/* Which of its two places the examples have in a shape: EX_ROWS, EX_COLS, both, or none. */
enum { EX_NONE = 0, EX_ROWS = 1, EX_COLS = 2, EX_BOTH = 3 };

static int examples_in(const teller *t, shape s) {
    dim m = t->d->m->examples;
    return m ? (s.rows == m) * EX_ROWS + (s.cols == m) * EX_COLS : EX_NONE;
}

static bool is_one(dim d) {
    return d == dim_literal(1);
}

/* Which way the examples run through y = a @ b. */
typedef enum run { RUN_NONE, RUN_OTHER, RUN_COLUMNS, RUN_ROWS } run;

static run run_of(const teller *t, const node *p) {
    shape y = p->sh;
    int   in_y = examples_in(t, y);
    int   left = examples_in(t, ir_shape(t->g, p->arg[0])), right = examples_in(t, ir_shape(t->g, p->arg[1]));
    if (in_y | left | right) {
        if (in_y == EX_COLS && !left && right == EX_COLS) return RUN_COLUMNS;
        return in_y == EX_ROWS && !right && left == EX_ROWS ? RUN_ROWS : RUN_OTHER;
    }
    if (t->d->m->examples) return RUN_NONE; /* what is no example's at all */
    return is_one(y.cols) ? RUN_COLUMNS : is_one(y.rows) ? RUN_ROWS : RUN_NONE;
}

/* What y = a @ b proves of its operand number k, where y has a column (a row) for each example, or there are
 * none: the operand has the examples as y has, or it is what they share. */
static proof_kind product_kind(const teller *t, const node *p, int k) {
    bool turned = ir_node(t->g, p->arg[k])->op != OP_VAR;
    switch (run_of(t, p)) {
    case RUN_OTHER: return PROOF_NONE;
    case RUN_COLUMNS:
        if (k == 0) return turned ? PROOF_TURNED_LEFT : PROOF_WEIGHT_LEFT;
        break;
    case RUN_ROWS:
        if (k == 1) return turned ? PROOF_TURNED_RIGHT : PROOF_WEIGHT_RIGHT;
        break;
    case RUN_NONE: break;
    }
    if (k == 1) return is_one(p->sh.rows) ? PROOF_RIGHT_ONE : PROOF_RIGHT;
    return is_one(p->sh.cols) ? PROOF_LEFT_ONE : PROOF_LEFT;
}

/* A summand that is stretched over the examples, or stands beside the only one. */
static proof_kind bias_kind(const teller *t, shape y, var_id v) {
    shape s = ir_var(t->g, v)->sh;
    int   in = examples_in(t, y);
    bool  none = !t->d->m->examples && is_one(y.cols);
    if (examples_in(t, s)) return PROOF_NONE;
    if ((in == EX_COLS || none) && is_one(s.cols) && s.rows == y.rows) return PROOF_BIAS_COLUMN;
    return in == EX_ROWS && is_one(s.rows) && s.cols == y.cols ? PROOF_BIAS_ROW : PROOF_NONE;
}

enum { MOST_SUMMANDS = 8 };

/* The summands of a formula, from the left; 0: there are too many. */
static uint32_t summands_of(const teller *t, node_id n, node_id *out) {
    uint32_t count = 0, open = 1;
    node_id  stack[MOST_SUMMANDS + 1] = {n};
    while (open) {
        const node *x = ir_node(t->g, stack[--open]);
        if (x->op != OP_ADD) {
            if (count == MOST_SUMMANDS) return 0;
            out[count++] = stack[open];
            continue;
        }
        if (open + 2 > MOST_SUMMANDS) return 0;
        stack[open++] = x->arg[1]; /* the left one is on top */
        stack[open++] = x->arg[0];
    }
    return count;
}

/* The summand that the variable is in, if it is one only; and the sum of the others, 0: there are none. */
static node_id own_summand(teller *t, const link *l, node_id *rest) {
    node_id  part[MOST_SUMMANDS], own = 0;
    uint32_t n = summands_of(t, l->s->node, part), with = 0;
    *rest = 0;
    for (uint32_t i = 0; i < n; i++) {
        bool has = node_has(t, part[i], ir_var(t->g, l->to->var)->leaf);
        with += has;
        if (has) own = part[i];
        else *rest = *rest ? ir_op2(t->g, OP_ADD, *rest, part[i]) : part[i];
    }
    return with == 1 ? own : 0;
}

/* y = a @ b, with or without other summands, where the variable is one of the two; or y = .. + b. */
static void find_affine(teller *t, link *l) {
    shape       y = ir_shape(t->g, l->s->node);
    var_id      v = l->to->var;
    node_id     rest, part = own_summand(t, l, &rest);
    const node *p = part ? ir_node(t->g, part) : NULL;
    if (!p) return;
    if (p->op == OP_VAR && rest && shape_equal(ir_shape(t->g, rest), y)) {
        l->rest = part;
        l->kind = bias_kind(t, y, v);
    } else if (is_product_of_names(t, part) && shape_equal(p->sh, y)) {
        bool left = link_is_operand(t, p->arg[0], v), right = link_is_operand(t, p->arg[1], v);
        l->product = part;
        l->rest = rest;
        if (left != right) l->kind = product_kind(t, p, right);
    }
}

/* A paragraph says nothing of a factor 1/m or m between the gradients of its ends: where one example's part
 * of a parameter is told, it is put in behind that, else the entries are told. Nor has it a name for what is
 * differentiated where the gradient of what is no example's does not differentiate the cost. */
static bool is_in_scale(const teller *t, const link *l) {
    bool in_y = t->doc->small[l->s->var], shared = in_y && !t->doc->small[l->to->var];
    if (!l->from || !t->d->m->examples) return true;
    if (!in_y && l->from->scale == SCALE_DATA) return false;
    return l->from->scale == l->to->scale || shared;
}

static link make_link(teller *t, const stmt *s, const gradient *to) {
    link        l = {.s = s, .to = to, .from = derivation_find(t->d, s->var)};
    const node *x = ir_node(t->g, s->node);
    bool        same = shape_equal(ir_var(t->g, to->var)->sh, ir_var(t->g, s->var)->sh);
    bool        one_function = op_elementwise((op_id)x->op) && op_table[x->op].arity == 1 && x->op != OP_NEG;
    if (same && one_function && x->arg[0] == ir_var(t->g, to->var)->leaf)
        l.kind = examples_in(t, x->sh) == EX_ROWS ? PROOF_ENTRY_ROW : PROOF_ENTRY;
    else find_affine(t, &l);
    if (!is_in_scale(t, &l)) l.kind = PROOF_NONE;
    return l;
}

static bool is_variable(const void *user, const ir *g, const node *x) {
    (void)g;
    return x->op == OP_VAR && x->ref == *(const var_id *)user;
}

bool link_uses(teller *t, const stmt *s, var_id v) {
    return ir_some(t->g, t->a, s->node, is_variable, &v);
}

static bool is_node(const void *user, const ir *g, const node *x) {
    return x == ir_node(g, *(const node_id *)user);
}

bool node_has(teller *t, node_id n, node_id part) {
    return ir_some(t->g, t->a, n, is_node, &part);
}

/* sign(v), and v in a condition, stay where they are. */
bool link_movers(teller *t, const stmt *s, var_id v, node_list *need, bool **moves) {
    if (ir_reach(t->g, t->a, &s->node, 1, need) != DFOO_OK) return false;
    bool *all = *moves = arena_new(t->a, need->list.n);
    for (uint32_t i = 0; all && i < need->list.n; i++) { /* operands first */
        const node *x = ir_node(t->g, need->list.at[i]);
        all[i] = need->list.at[i] == ir_var(t->g, v)->leaf;
        for (int k = 0; k < op_table[x->op].arity; k++)
            all[i] = all[i] || (op_table[x->op].grad[k][0] && all[node_list_place(need, x->arg[k])]);
    }
    return all != NULL;
}

bool link_moves(teller *t, const stmt *s, var_id v) {
    node_list need = {{0}};
    bool     *moves;
    return link_movers(t, s, v, &need, &moves) && moves[node_list_place(&need, s->node)];
}

bool link_is_last(const teller *t, const link *l) {
    for (const link *k = l + 1; k < t->links.at + t->links.n; k++)
        if (k->to == l->to) return false;
    return true;
}

/* ---- functions of the model's own: what is read is their formula; a call is found by making it again */

enum { MOST_OPERANDS = 3 };

/* The formula of a function at these operands. */
static node_id called(teller *t, const function *f, const node_id *operands) {
    node_id out = f->body, held[MOST_OPERANDS];
    for (uint8_t k = 0; k < f->n_formals && out; k++) { /* no operand is taken for a name of another */
        held[k] = ir_var(t->g, f->formal[k])->leaf;
        out = simplify_replace(t->g, t->a, out, held[k], operands[k]);
    }
    return out;
}

/* "act(Z1)", where the statement is a call of f on names; NULL: it is none. Tries all names in all places. */
static const char *call_of(teller *t, const stmt *s, const function *f, const node_list *names) {
    node_id  at[MOST_OPERANDS] = {0};
    uint32_t n = names->list.n, all = 1;
    for (uint8_t k = 0; k < f->n_formals; k++) all *= n;
    for (uint32_t i = 0; i < all; i++) {
        buf b;
        buf_init(&b, t->a->mem);
        for (uint32_t k = 0, rest = i; k < f->n_formals; k++, rest /= n) {
            at[k] = names->list.at[rest % n];
            buf_printf(&b, "%s%s", k ? ", " : "", doc_name(t->doc, ir_node(t->g, at[k])->ref));
        }
        const char *operands = doc_take(t->doc, &b);
        if (called(t, f, at) == s->node)
            return doc_text(t->doc, "%s(%s)", symbols_name(t->g->names, f->name), operands);
    }
    return NULL;
}

/* The call that a statement is, and of which function; NULL: it is no call of one that has a formula. */
static const char *own_call(teller *t, const stmt *s, const function **of) {
    const model *m = t->d->m;
    node_list    names = {{0}};
    if (!m->functions.n || ir_names(t->g, t->a, s->node, &names) != DFOO_OK || names.list.n > 8) return NULL;
    for (uint32_t i = 0; i < m->functions.n; i++) {
        const function *f = *of = &m->functions.at[i];
        const char     *call = f->body && f->n_formals <= MOST_OPERANDS ? call_of(t, s, f, &names) : NULL;
        if (call) return call;
    }
    return NULL;
}

const char *link_way(teller *t, const link *l) {
    const function *f;
    const char     *call = own_call(t, l->s, &f);
    if (!call) return doc_text(t->doc, "through %s", doc_equation(t->doc, l->s));
    return doc_text(t->doc, "through %s", doc_formula(t->doc, "%s = %s", doc_name(t->doc, l->s->var), call));
}

void link_tell_call(teller *t, const link *l) {
    const function *f;
    if (!own_call(t, l->s, &f)) return;
    const char *name = symbols_name(t->g->names, f->name);
    doc_say(t->doc, 3, "%s is a function of this model (explain %s): %s", name, name,
            doc_equation(t->doc, l->s));
}

static bool is_linked(const teller *t, const gradient *v) {
    for (uint32_t i = 0; i < t->links.n; i++)
        if (t->links.at[i].to == v) return true;
    return false;
}

/* Is the way on from a gradient told elsewhere: under its own name, or as nothing but a number? */
static bool is_known(const teller *t, const gradient *v) {
    bool trivial =
        v->whole && op_table[ir_node(t->g, v->whole)->op].arity == 0 && ir_node(t->g, v->whole)->op != OP_VAR;
    return v->shown || v->given || trivial || is_linked(t, v);
}

/* All links between the goal and gradients with a name of their own, the cost's side first. */
dfoo_status link_find(teller *t) {
    VEC(const gradient *) open = {0};
    vec_push(t->a, &open, t->goal);
    for (uint32_t i = 0; i < open.n; i++) { /* breadth first from the goal */
        const uint32_t *first = &t->o->moved.first[open.at[i]->var];
        for (uint32_t k = first[1]; k-- > first[0];) {
            const stmt     *s = &t->d->forward.list.at[t->o->moved.list[k]];
            const gradient *from = derivation_find(t->d, s->var);
            vec_push(t->a, &t->links, make_link(t, s, open.at[i]));
            bool known = is_known(t, from);
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

bool link_is_indexed(const teller *t, const link *l) {
    const gradient *v = l->to, *from = l->from;
    if (!proof_is_entry(l->kind)) return l->kind != PROOF_NONE;
    if (!from || !v->local || !(from->shown || from->local)) return false;
    /* where the function's derivative cancels in what is shown, the matrices tell it better */
    bool cancels = v->shown && !from->shown && v->whole != v->local;
    return !(cancels && ir_node(t->g, from->local)->op != OP_MATMUL);
}
