/* How a prepared table is learned where nothing is said of it. The numbers were chosen on the tasks of
 * bench/tables, where they come within two points of the best that was tried by hand. */
#include <math.h>

#include "run/feed/view.h"
#include "run/train/train.h"

/* Small steps of a decay that weighs more where there are few examples, and less where there are few
 * parameters for them, which learn little by heart; batches that grow with their number, so that an epoch has
 * at least 50 steps; 2000 steps, but 10 epochs in any case. */
train_choice train_choose(size_t n, double parameters) {
    enum { STEPS = 2000, LEAST_EPOCHS = 10, MOST_EPOCHS = 300, SMALL = 16, LARGE = 256, PER_EPOCH = 50 };
    train_choice c = {.optimizer = "adamw", .schedule = "cosine", .rate = 0.007, .batch = SMALL};
    double       examples = (double)(n ? n : 1);
    while (c.batch < LARGE && n > c.batch * PER_EPOCH) c.batch *= 2;
    double per_epoch = ceil(examples / (double)c.batch), epochs = ceil(STEPS / per_epoch);
    c.epochs = (size_t)fmax(LEAST_EPOCHS, fmin(MOST_EPOCHS, epochs));
    c.decay = fmin(0.4, 150 / examples) * fmin(1, 2 * parameters / examples);
    return c;
}

static void fill(const model *m, size_t inputs, sizes *s) {
    const ir *g = &m->g;
    for (uint32_t i = 0; i < m->size_values.n; i++)
        s->of[m->size_values.at[i].name] = m->size_values.at[i].value;
    for (var_id v = 1; v < g->vars.n; v++) {
        const variable *x = ir_var(g, v);
        if (x->kind != VAR_LABEL || !by_example(m, x)) continue;
        dim d = entries_dim(m, x);
        if (dim_is_named(d) && !sizes_get(s, d)) sizes_set(s, dim_name(d), 1);
    }
    for (uint32_t i = 0; i < m->size_names.n; i++)
        if (!s->of[m->size_names.at[i]]) s->of[m->size_names.at[i]] = inputs;
}

dfoo_status train_count_parameters(const model *m, size_t inputs, double *out) {
    const ir *g = &m->g;
    sizes     s;
    arena     a;
    *out = 0;
    arena_init(&a, g->a->mem);
    dfoo_status status = sizes_init(&s, &a, g->names);
    if (status == DFOO_OK) fill(m, inputs ? inputs : 1, &s);
    for (var_id v = 1; status == DFOO_OK && v < g->vars.n; v++) {
        shape sh = ir_var(g, v)->sh;
        if (ir_var(g, v)->kind == VAR_PARAM)
            *out += (double)sizes_get(&s, sh.rows) * (double)sizes_get(&s, sh.cols);
    }
    arena_free(&a);
    return status;
}
