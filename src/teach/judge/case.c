/* Cases: sizes, values, forward pass and gradients, with the slow evaluator. */
#include "teach/judge/case.h"

#include <assert.h>
#include <math.h>
#include <string.h>

/* -------------------------------------------------------------------- sizes */

/* The size of what is predicted, if it may be 1: of classes there are two at least. */
static bool is_output(const model *m, dim d) {
    for (var_id v = 1; v < m->g.vars.n; v++) {
        const variable *x = ir_var(&m->g, v);
        bool            label = x->kind == VAR_LABEL && !x->onehot && d != m->examples;
        if (label && (x->sh.rows == d || x->sh.cols == d)) return true;
    }
    return false;
}

static bool is_given_size(const model *m, sym name) {
    for (uint32_t i = 0; i < m->size_values.n; i++)
        if (m->size_values.at[i].name == name) return true;
    return false;
}

static void set_examples(judge_case *c, size_t n) {
    dim d = c->s->m->examples;
    if (d && dim_is_named(d)) c->sz.of[dim_name(d)] = n;
}

/* The largest dimension that stands as a small number, and whether one is n. */
static size_t largest_literal(const model *m, size_t n, bool *is_one) {
    enum { SMALL = 12 };
    size_t most = 0;
    *is_one = false;
    for (var_id v = 1; v < m->g.vars.n; v++) {
        const dim both[2] = {ir_var(&m->g, v)->sh.rows, ir_var(&m->g, v)->sh.cols};
        for (int k = 0; k < 2; k++) {
            if (dim_is_named(both[k])) continue;
            *is_one = *is_one || both[k] == n;
            if (both[k] <= SMALL && both[k] > most) most = both[k];
        }
    }
    return most;
}

/* More examples than anything else: every class occurs. As many as nothing else. */
static size_t choose_examples(const model *m, size_t most) {
    bool   taken;
    size_t literal = largest_literal(m, 0, &taken);
    if (literal > most) most = literal;
    size_t n = most < 12 ? most + 2 : 13;
    for (largest_literal(m, n, &taken); taken; largest_literal(m, n, &taken)) n++;
    return n;
}

static dfoo_status choose_sizes(judge_case *c, uint32_t draw, case_kind kind) {
    enum { SQUARE = 4 };
    const model *m = c->s->m;
    size_t       most = 0;
    DFOO_TRY(model_try_sizes(m, c->a, draw, &c->sz));
    for (uint32_t i = 0; i < m->size_names.n; i++) {
        sym     name = m->size_names.at[i];
        size_t *n = &c->sz.of[name];
        bool    open = is_output(m, dim_named(name)) && !is_given_size(m, name);
        if (kind == CASE_ONE_OUTPUT && open) *n = 1;
        if (kind == CASE_SQUARE) *n = SQUARE;
        if (dim_named(name) != m->examples && *n > most) most = *n;
    }
    set_examples(c, kind == CASE_ONE_EXAMPLE ? 1 : kind == CASE_SQUARE ? SQUARE : choose_examples(m, most));
    return DFOO_OK;
}

/* ------------------------------------------------------------------- values */

static bool has_log(const subject *s) {
    for (uint32_t i = 0; i < s->nodes.list.n; i++) {
        uint8_t op = ir_node(s->g, s->nodes.list.at[i])->op;
        if (op == OP_LOG || op == OP_LOG_SOFTMAX || op == OP_SOFTPLUS) return true;
    }
    return false;
}

/* Not as many 0 as 1: else the first gradient of a bias that begins at 0 is 0, and hides a wrong sign. */
static void unbalance(matrix y, bool columns, size_t j) {
    size_t n = columns ? y.cols : y.rows, ones = 0;
    for (size_t i = 0; i < n; i++) ones += y.at[columns ? j * n + i : i * y.cols + j] == 1;
    double *last = &y.at[columns ? j * n + n - 1 : (n - 1) * y.cols + j];
    if (n > 2 && 2 * ones == n) *last = 1 - *last;
}

/* Labels as learners have them: classes 0 and 1, or one of several. */
static void draw_labels(const judge_case *c, var_id v, matrix y, rng *r) {
    const variable *x = ir_var(c->s->g, v);
    bool            columns = x->sh.cols == c->s->m->examples;
    size_t          n = columns ? y.cols : y.rows, k = columns ? y.rows : y.cols;
    for (size_t i = 0; i < n; i++) {
        size_t class = i < k ? i : rng_below(r, (uint32_t)k);
        for (size_t j = 0; j < k; j++) {
            double one = x->onehot ? j == class : i < 2 ? (double)((i + j) % 2) : (double)rng_below(r, 2);
            y.at[columns ? j * n + i : i * k + j] = one;
        }
    }
    for (size_t j = 0; !x->onehot && j < k; j++) unbalance(y, columns, j);
}

static void draw_values(judge_case *c, evaluation *e, uint64_t seed, uint32_t draw) {
    const ir *g = c->s->g;
    for (var_id v = 1; v < g->vars.n; v++) {
        const variable *x = ir_var(g, v);
        matrix          m = x->kind <= VAR_PARAM ? eval_var(e, v) : (matrix){0};
        rng             r = rng_start(seed, RNG_CHECK, (1u << 24) + draw * 4096 + v);
        if (!m.at || x->symmetric) continue;
        if (x->kind == VAR_LABEL && (x->onehot || has_log(c->s)))
            draw_labels(c, v, m, &r);
        else
            for (size_t i = 0; i < m.rows * m.cols; i++)
                m.at[i] = rng_normal(&r) * (x->kind == VAR_PARAM ? 0.7 : 1);
    }
}

static dfoo_status finish(judge_case *c, evaluation *e) {
    const subject *s = c->s;
    eval_run(e);
    c->value = arena_new(c->a, (s->g->vars.n + 1) * sizeof *c->value);
    c->right = arena_new(c->a, (s->right.list.n + 1) * sizeof *c->right);
    if (!c->value || !c->right) return DFOO_ENOMEM;
    for (var_id v = 1; v < s->g->vars.n; v++) {
        node_id leaf = ir_var(s->g, v)->leaf;
        if (ir_var(s->g, v)->kind != VAR_GRADIENT && leaf < e->n_nodes) c->value[v] = e->value[leaf];
    }
    c->finite = c->value[s->m->cost].at && isfinite(c->value[s->m->cost].at[0]);
    dim d = s->m->examples;
    c->examples = d ? (double)sizes_get(&c->sz, d) : 1;
    return case_gradients(c, c->a, &s->right, NULL, s->right.list.n, c->right);
}

/* Does every relu let some units through, and stop some? */
static bool is_lively(const judge_case *c, const evaluation *e) {
    for (uint32_t i = 0; i < c->s->nodes.list.n; i++) {
        const node *x = ir_node(c->s->g, c->s->nodes.list.at[i]);
        if (x->op != OP_RELU && x->op != OP_LEAKY_RELU) continue;
        matrix z = e->value[x->arg[0]];
        size_t n = z.rows * z.cols, on = 0;
        for (size_t k = 0; z.at && k < n; k++) on += z.at[k] > 0;
        if (z.at && n >= 8 && (on < n / 3 || on > n - n / 5)) return false;
    }
    return true;
}

static dfoo_status draw_case(judge_case *c, const subject *s, arena *a, uint64_t seed, uint32_t draw,
                             case_kind kind, bool *lively) {
    evaluation e;
    *c = (judge_case){.s = s, .a = a};
    DFOO_TRY(choose_sizes(c, draw, kind));
    DFOO_TRY(eval_init(&e, s->g, a, &c->sz));
    DFOO_TRY(eval_add_program(&e, &s->m->forward));
    DFOO_TRY(eval_random(&e, seed, draw));
    draw_values(c, &e, seed, draw);
    DFOO_TRY(finish(c, &e));
    *lively = is_lively(c, &e);
    return DFOO_OK;
}

dfoo_status case_random(judge_case *c, const subject *s, arena *a, uint64_t seed, uint32_t draw,
                        case_kind kind) {
    enum { TRIES = 12 };
    bool lively = false;
    for (uint64_t k = 0; k < TRIES && !lively; k++)
        DFOO_TRY(draw_case(c, s, a, seed + 1000 * k, draw, kind, &lively));
    return DFOO_OK;
}

static bool bind_size(judge_case *c, dim d, size_t n) {
    return dim_is_named(d) ? n && sizes_set(&c->sz, dim_name(d), n) : n == (d ? d : 1);
}

static void take_mask(matrix own, matrix given) {
    if (own.at && given.at && own.rows == given.rows && own.cols == given.cols)
        memcpy(own.at, given.at, own.rows * own.cols * sizeof(double));
}

dfoo_status case_find_masks(const subject *s, arena *a, case_masks *out) {
    const program *p = &s->m->forward;
    *out = (case_masks){{0}};
    for (uint32_t i = 0; i < p->list.n; i++) {
        const node *x = ir_node(s->g, p->list.at[i].node);
        if (x->op != OP_DROPOUT) continue;
        const node *of = ir_node(s->g, x->arg[0]), *mask = ir_node(s->g, x->arg[1]);
        vec_push(a, &out->list, (case_mask){mask->ref, of->op == OP_VAR ? of->ref : 0, p->list.at[i].var});
    }
    return arena_status(a);
}

dfoo_status case_given(judge_case *c, const subject *s, arena *a, const matrix *given, bool *fits) {
    const ir  *g = s->g;
    evaluation e;
    *c = (judge_case){.s = s, .a = a};
    DFOO_TRY(sizes_init(&c->sz, a, g->names));
    *fits = true;
    for (var_id v = 1; v < g->vars.n; v++) {
        const variable *x = ir_var(g, v);
        if (x->kind > VAR_PARAM) continue;
        *fits = *fits && given[v].at && bind_size(c, x->sh.rows, given[v].rows) &&
                bind_size(c, x->sh.cols, given[v].cols);
    }
    for (uint32_t i = 0; i < s->m->size_names.n; i++) *fits = *fits && c->sz.of[s->m->size_names.at[i]];
    if (!*fits) return DFOO_OK;
    DFOO_TRY(eval_init(&e, g, a, &c->sz));
    DFOO_TRY(eval_add_program(&e, &s->m->forward));
    DFOO_TRY(eval_random(&e, 1, 0));
    for (var_id v = 1; v < g->vars.n; v++)
        if (ir_var(g, v)->kind <= VAR_PARAM)
            memcpy(eval_var(&e, v).at, given[v].at, given[v].rows * given[v].cols * sizeof(double));
        else if (ir_var(g, v)->kind == VAR_MASK)
            take_mask(eval_var(&e, v), given[v]);
    return finish(c, &e);
}

/* ---------------------------------------------------------------- gradients */

static void share_forward(const judge_case *c, evaluation *e) {
    const ir *g = c->s->g;
    for (var_id v = 1; v < g->vars.n; v++) {
        node_id leaf = ir_var(g, v)->leaf;
        if (ir_var(g, v)->kind != VAR_GRADIENT && leaf < e->n_nodes) e->value[leaf] = c->value[v];
    }
}

static bool fits_variable(const ir *g, const gradient *v) {
    return shape_equal(ir_shape(g, v->raw), ir_var(g, v->grad)->sh);
}

dfoo_status case_gradients(const judge_case *c, arena *a, const derivation *d, const matrix *known,
                           uint32_t only, matrix *out) {
    const ir  *g = c->s->g;
    evaluation e;
    DFOO_TRY(eval_init(&e, g, a, &c->sz));
    share_forward(c, &e);
    uint32_t n = d->list.n < only + 1 ? d->list.n : only + 1;
    for (uint32_t i = 0; i < n; i++) {
        const gradient *v = &d->list.at[i];
        program         one = {{0}};
        bool            given = known && known[i].at;
        if (given) e.value[ir_var(g, v->grad)->leaf] = known[i];
        if (!v->raw) continue;
        if (given || !fits_variable(g, v)) {
            DFOO_TRY(eval_add_node(&e, v->raw));
            continue;
        }
        vec_push(a, &one.list, (stmt){.var = v->grad, .node = v->raw});
        DFOO_TRY(eval_add_program(&e, &one));
    }
    eval_run(&e);
    for (uint32_t i = 0; i < n; i++) {
        const gradient *v = &d->list.at[i];
        bool            by_node = v->raw && ((known && known[i].at) || !fits_variable(g, v));
        out[i] = (matrix){0};
        if (v->raw) out[i] = e.value[by_node ? v->raw : ir_var(g, v->grad)->leaf];
    }
    return arena_status(a);
}

/* The examples that a row leaves in; the others are 0. */
static matrix kept_examples(const judge_case *c, arena *a, var_id v, matrix x, const mistake *row) {
    matrix y = {x.rows, x.cols, arena_new(a, x.rows * x.cols * sizeof(double))};
    bool   columns = ir_var(c->s->g, v)->sh.cols == c->s->m->examples;
    for (size_t i = 0; y.at && i < x.rows * x.cols; i++)
        if (mistake_keeps(row, columns ? i % x.cols : i / x.cols, (size_t)c->examples)) y.at[i] = x.at[i];
    return y;
}

dfoo_status case_examples(const judge_case *c, arena *a, const matrix *known, const mistake *row,
                          uint32_t number, matrix *out) {
    const subject *s = c->s;
    uint32_t       n = s->right.list.n;
    matrix *part = arena_new(a, (n + 1) * sizeof *part), *got = arena_new(a, (n + 1) * sizeof *got);
    *out = (matrix){0};
    if (!part || !got) return DFOO_ENOMEM;
    for (uint32_t i = 0; i < n && i < number; i++) {
        var_id v = s->right.list.at[i].var;
        shape  sh = ir_var(s->g, v)->sh;
        if (known[i].at && (sh.rows == s->m->examples || sh.cols == s->m->examples))
            part[i] = kept_examples(c, a, v, known[i], row);
    }
    DFOO_TRY(case_gradients(c, a, &s->right, part, number, got));
    *out = got[number];
    return DFOO_OK;
}

dfoo_status case_node(const judge_case *c, arena *a, const matrix *known, uint32_t only, node_id n,
                      matrix *out) {
    const ir         *g = c->s->g;
    const derivation *d = &c->s->right;
    evaluation        e;
    DFOO_TRY(eval_init(&e, g, a, &c->sz));
    share_forward(c, &e);
    for (uint32_t i = 0; i < d->list.n && i < only; i++) {
        const gradient *v = &d->list.at[i];
        program         one = {{0}};
        if (known[i].at) {
            e.value[ir_var(g, v->grad)->leaf] = known[i];
        } else if (v->raw && fits_variable(g, v)) {
            vec_push(a, &one.list, (stmt){.var = v->grad, .node = v->raw});
            DFOO_TRY(eval_add_program(&e, &one));
        }
    }
    DFOO_TRY(eval_add_node(&e, n));
    eval_run(&e);
    *out = n < e.n_nodes ? e.value[n] : (matrix){0};
    return arena_status(a);
}

dfoo_status case_forward(const judge_case *c, arena *a, node_id formula, matrix *out) {
    evaluation e;
    DFOO_TRY(eval_init(&e, c->s->g, a, &c->sz));
    share_forward(c, &e);
    DFOO_TRY(eval_add_node(&e, formula));
    eval_run(&e);
    *out = formula < e.n_nodes ? e.value[formula] : (matrix){0};
    return arena_status(a);
}

/* --------------------------------------------------------------- comparisons */

bool matrix_same(matrix x, matrix y, double factor) {
    double most = 0;
    if (!x.at || !y.at || x.rows != y.rows || x.cols != y.cols) return false;
    for (size_t i = 0; i < x.rows * x.cols; i++) most = fmax(most, fabs(factor * y.at[i]));
    if (!isfinite(most)) return false;
    for (size_t i = 0; i < x.rows * x.cols; i++)
        if (!(fabs(x.at[i] - factor * y.at[i]) <= 1e-9 * most + 1e-14)) return false;
    return true;
}

double matrix_ratio(matrix x, matrix y) {
    size_t big = 0, n = y.rows * y.cols;
    if (!x.at || !y.at || x.rows != y.rows || x.cols != y.cols) return 0;
    for (size_t i = 0; i < n; i++)
        if (fabs(y.at[i]) > fabs(y.at[big])) big = i;
    double c = y.at[big] != 0 ? x.at[big] / y.at[big] : 0;
    return isfinite(c) && fabs(c) > 1e-12 && matrix_same(x, y, c) ? c : 0;
}
