/* Where a cost or a prediction that is not finite comes from: the forward pass is run once more with every
 * value kept, and the first value that is not finite is named. */
#include "run/exec/finite.h"
#include "run/train/masks.h"
#include "run/train/not_finite.h"

typedef struct step_values {
    const model        *m;
    arena              *a;
    const step_to_tell *step;
} step_values;

static dfoo_status copy_parameter(const step_values *x, exec *to, var_id v) {
    shape   s = ir_var(&x->m->g, v)->sh;
    double *values =
        arena_new(x->a, sizes_get(x->step->s, s.rows) * sizes_get(x->step->s, s.cols) * sizeof *values);
    if (!values) return DFOO_ENOMEM;
    exec_get(x->step->parameters, v, values);
    return exec_set(to, v, values);
}

static dfoo_status set_leaves(void *user, exec *e, const plan *p) {
    const step_values *x = user;
    for (var_id v = 1; v < p->n_vars; v++)
        if (ir_var(&x->m->g, v)->kind == VAR_PARAM && p->of_var[v]) DFOO_TRY(copy_parameter(x, e, v));
    examples_bind(x->step->examples, e);
    return masks_draw(x->m, p, e, x->step->examples->type, x->step->seed, x->step->number);
}

dfoo_status tell_not_finite(model *m, arena *a, const program *p, const step_to_tell *step) {
    program     predicting = {{0}};
    step_values x = {.m = m, .a = a, .step = step};
    if (!step->number) DFOO_TRY(model_without_dropout(&m->g, p, &predicting));
    return finite_report(&(finite_request){.m = m,
                                           .a = a,
                                           .p = step->number ? p : &predicting,
                                           .result = step->result,
                                           .type = step->examples->type,
                                           .isa = exec_isa_of(step->parameters),
                                           .s = step->s,
                                           .set_leaves = set_leaves,
                                           .user = &x,
                                           .is_error = step->number != 0});
}
