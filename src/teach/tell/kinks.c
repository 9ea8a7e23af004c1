/* Points where an operation on the way has no derivative, and the value that is used there. */
#include "teach/tell/teller.h"

/* The value of the table's rule for operand k where that operand is 0, as at the kink of relu. */
static bool value_at_zero(teller *t, const node *x, double *out) {
    evaluation   e;
    sizes        s;
    node_id      zero = ir_number(t->g, 0);
    template_env env = {.arg = {zero, x->arg[1], x->arg[2]}, .y = zero};
    node_id      n = template_build(t->g, ir_grad(t->g, (op_id)x->op, 0), &env);
    if (!n || !shape_is_scalar(ir_shape(t->g, n)) || sizes_init(&s, t->a, t->g->names) != DFOO_OK)
        return false;
    if (eval_init(&e, t->g, t->a, &s) != DFOO_OK || eval_add_node(&e, n) != DFOO_OK) return false;
    eval_run(&e);
    *out = eval_node(&e, n).at[0];
    return true;
}

static void tell_one(teller *t, node_id n) {
    node          x = *ir_node(t->g, n);
    const op_info *info = &op_table[x.op];
    const char    *f = doc_node(t->doc, n, false);
    double         value;
    if (x.op == OP_MAX) {
        doc_say(t->doc, 3,
                "where several entries are the largest, %s has no derivative: they share it evenly", f);
    } else if (x.op == OP_MAXIMUM || x.op == OP_MINIMUM) {
        doc_say(t->doc, 3,
                "where the two operands are equal, %s has no derivative of its own: that of the first, %s, "
                "is used",
                f, doc_node(t->doc, x.arg[0], false));
    } else if (x.op == OP_WHERE) {
        doc_say(t->doc, 3,
                "the condition %s only chooses: where it changes, there is no derivative, and that of the "
                "chosen side is used",
                doc_node(t->doc, x.arg[0], false));
    } else if (x.op == OP_CLIP) {
        doc_say(t->doc, 3, "clip has no derivative where %s is %s or %s: there it is as inside",
                doc_node(t->doc, x.arg[0], false), doc_node(t->doc, x.arg[1], false),
                doc_node(t->doc, x.arg[2], false));
    } else if (info->kink[0] && info->grad[0][0] && info->rule == SHAPE_ELEMENTWISE &&
               value_at_zero(t, &x, &value)) {
        buf b;
        buf_init(&b, t->a->mem);
        buf_number(&b, value);
        doc_say(t->doc, 3, "%s has no derivative where %s is 0: %s is used there", info->name,
                doc_node(t->doc, x.arg[0], false), doc_take(t->doc, &b));
    }
}

void kinks_tell(teller *t, const link *l) {
    node_list need = {{0}};
    bool     *moves;
    if (!link_movers(t, l->s, l->to->var, &need, &moves)) return;
    for (uint32_t i = 0; i < need.list.n; i++)
        if (moves[i] && need.list.at[i] != ir_var(t->g, l->to->var)->leaf) tell_one(t, need.list.at[i]);
}
