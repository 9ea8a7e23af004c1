/* Lines judged one at a time, each given the right values of those above it. The derivations, the instances
 * and the plants are made once; what one line needs lies in an arena of its own and is gone with it. */
#include "teach/diagnosis/inside.h"

struct bench {
    judging   w; /* without answers */
    diagnosis none;
};

dfoo_status bench_make(model *m, arena *a, const check_engine engine[2], convention asked, bench **out) {
    bench *b = arena_new(a, sizeof *b);
    *out = b;
    if (!b) return DFOO_ENOMEM;
    b->none = (diagnosis){.m = m};
    b->w = (judging){.m = m, .a = a, .out = &b->none, .same = 1e-9};
    DFOO_TRY(judging_begin(&b->w, engine, &(diagnosis_options){.seed = 0}));
    b->w.asked = asked == CONVENTION_DJ;
    return arena_status(a);
}

/* The right values of the lines above, as each convention has them. */
static dfoo_status know(judging *w, const bench_line *line) {
    for (int c = 0; c < 2; c++)
        for (uint32_t k = 0; k < w->out->n_instances; k++) {
            side   *x = &w->side[c];
            matrix *known = arena_new(w->a, (x->s.right.list.n + 1) * sizeof *known);
            if (!known) return DFOO_ENOMEM;
            x->known[k] = known;
            for (uint32_t i = 0; i < line->n_above; i++) {
                uint32_t u = number_of(x, ir_var_name(x->s.g, line->above[i]));
                if (u < x->s.right.list.n) known[u] = x->right[k].of[u];
            }
        }
    return DFOO_OK;
}

/* The line's value on each instance; gradients in it are the right ones of the convention that is asked
 * for. */
static dfoo_status evaluate(judging *w, const bench_line *line) {
    const side *x = &w->side[w->asked];
    for (uint32_t k = 0; k < w->out->n_instances; k++) {
        evaluation e;
        DFOO_TRY(known_values(x, &w->out->in[k], line->g, x->right[k].of, x->s.right.list.n, w->a, &e));
        DFOO_TRY(eval_add_node(&e, line->node));
        eval_run(&e);
        const char *name = ir_var_name(line->g, line->of);
        vec_push(w->a, &w->answers[k].list,
                 (answer){.name = name,
                          .of = name,
                          .ndim = shape_is_scalar(ir_shape(line->g, line->node)) ? 0 : 2,
                          .value = e.value[line->node]});
    }
    return arena_status(w->a);
}

dfoo_status bench_judge(const bench *b, const bench_line *line, arena *a, diagnosis **out) {
    judging *w = arena_new(a, sizeof *w);
    *out = arena_new(a, sizeof **out);
    if (!w || !*out) return DFOO_ENOMEM;
    **out = b->none;
    *w = b->w;
    w->a = a;
    w->out = *out;
    DFOO_TRY(know(w, line));
    DFOO_TRY(evaluate(w, line));
    return judging_answer(w, 0);
}
