/* Around the gradients: each is recognised by values, and only what is certain is called a mistake. A value
 * of the forward pass is looked at only if the program's prediction is not the model's, a cost only if one of
 * the known mistakes makes it. */
#include "teach/judge/around.h"

#include <math.h>
#include <string.h>

#include "teach/judge/helper.h"
#include "teach/judge/parameters.h"

static const mistake *row_called(const char *name) {
    for (uint32_t i = 0; i < mistake_count; i++)
        if (mistake_table[i].place == AT_AROUND && strcmp(mistake_table[i].name, name) == 0)
            return &mistake_table[i];
    return NULL;
}

/* The name, which stays when the run has ended. */
static const char *kept_name(const gatherer *w, const py_event *e) {
    const char *name = gather_event_name(w, e), *text = arena_text(w->a, name, strlen(name));
    return text ? text : "";
}

static bool is_made(const py_event *e) {
    return py_event_names(e) && e->how != 'a';
}

static matrix new_matrix(arena *a, size_t rows, size_t cols) {
    return (matrix){rows, cols, arena_new(a, (rows * cols + 1) * sizeof(double))};
}

/* ------------------------------------------------------------- forward pass */

typedef struct forward_value {
    uint32_t event;
    matrix   value;
} forward_value;

/* Z in a loop over layers, or Z[2]: the Z of a variable Z2. */
static bool is_looped(const py_event *e, const char *plain, const char *own, uint32_t *rounds) {
    if (strlen(own) != 2 || own[1] < '1' || own[1] > '9') return false;
    bool loop = strlen(plain) == 1 ? plain[0] == own[0] : own[0] == 'a' && strcmp(plain, "activation") == 0;
    if (!loop) return false;
    if (e->key.kind == PY_INT) return e->key.whole == own[1] - '0';
    return ++*rounds == (uint32_t)(own[1] - '0');
}

static bool is_called(const gatherer *w, const py_event *e, var_id v, uint32_t *rounds) {
    const model *m = w->c->s->m;
    char         plain[80], own[80];
    const char  *name = gather_event_name(w, e);
    var_id       known = e->key.kind != PY_INT ? name_variable_in(m, &w->layers, name) : 0;
    if (known) return known == v;
    name_plain(name, plain, sizeof plain);
    name_plain(ir_var_name(&m->g, v), own, sizeof own);
    if (own[0] == 'a' && plain[0] == 'h' && strcmp(plain + 1, own + 1) == 0) return true;
    bool predicted = m->predict.n && m->predict.at[0] == v;
    if (predicted && name_role_of(name) == ROLE_PREDICTED && strcmp(plain, "h") != 0) return true;
    return is_looped(e, plain, own, rounds);
}

/* What the program calls as the variable, before the way back. *same: one of these values is the expected
 * one. */
static bool find_value(gatherer *w, var_id v, uint32_t end, matrix expected, forward_value *out, bool *same) {
    uint32_t rounds = 0;
    bool     any = false;
    *same = false;
    for (uint32_t i = w->begin; i < end; i++) {
        const py_event *e = gather_event(w, i);
        if (!is_made(e) || !is_called(w, e, v, &rounds)) continue;
        matrix x = gather_like(w, i, expected);
        if (!x.at || x.rows != expected.rows || x.cols != expected.cols) continue;
        *same = *same || matrix_same(x, expected, 1);
        if (any && matrix_same(x, out->value, 1)) continue; /* handed on: where it was made counts */
        *out = (forward_value){i, x};
        any = true;
    }
    return any;
}

/* Is the model's prediction among the program's values? Whatever it is called, its forward pass is right
 * then. */
static bool predicts(gatherer *w, uint32_t end) {
    const model *m = w->c->s->m;
    matrix       y = m->predict.n ? w->c->value[m->predict.at[0]] : (matrix){0};
    for (uint32_t i = w->begin; i < end && y.at; i++) {
        const py_event *e = gather_event(w, i);
        matrix          x = is_made(e) ? gather_like(w, i, y) : gather_matrix(w->a, e->value, w->view.turned);
        if (x.at && x.rows * x.cols == y.rows * y.cols) {
            x.rows = y.rows;
            x.cols = y.cols;
        }
        if (matrix_same(x, y, 1)) return true;
    }
    return !y.at;
}

static double identity(double z) {
    return z;
}

static double relu(double z) {
    return z > 0 ? z : 0;
}

static double sigmoid(double z) {
    return 1 / (1 + exp(-z));
}

static double threshold(double z) {
    return z > 0;
}

static bool is_function_of(arena *a, matrix x, matrix z, double (*f)(double)) {
    if (!z.at || x.rows != z.rows || x.cols != z.cols) return false;
    matrix y = new_matrix(a, z.rows, z.cols);
    for (size_t i = 0; y.at && i < z.rows * z.cols; i++) y.at[i] = f(z.at[i]);
    return matrix_same(x, y, 1);
}

/* Is what is missing just a bias? */
static bool lacks_bias(gatherer *w, matrix x, matrix y) {
    const ir *g = w->c->s->g;
    for (var_id v = 1; v < g->vars.n; v++) {
        matrix b = w->c->value[v];
        bool   column = b.rows == y.rows && b.cols == 1, row = b.cols == y.cols && b.rows == 1, same = true;
        if (ir_var(g, v)->kind != VAR_PARAM || !b.at || (!column && !row)) continue;
        for (size_t i = 0; same && i < y.rows * y.cols; i++)
            same = matrix_close(y.at[i] - x.at[i], b.at[column ? i / y.cols : i % y.cols]);
        if (same) return true;
    }
    return false;
}

/* exp(z) over its sums along the examples. */
static bool is_softmax_over_examples(gatherer *w, matrix x, matrix z) {
    matrix y = z.at ? new_matrix(w->a, z.rows, z.cols) : (matrix){0};
    dim    m = w->c->s->m->examples;
    (void)m;
    if (!y.at || x.rows != z.rows || x.cols != z.cols) return false;
    bool columns = (double)z.cols == w->c->examples; /* sizes are all different */
    for (size_t i = 0; i < z.rows * z.cols; i++) {
        double sum = 0;
        for (size_t k = 0; k < (columns ? z.cols : z.rows); k++)
            sum += exp(z.at[columns ? i / z.cols * z.cols + k : k * z.cols + i % z.cols]);
        y.at[i] = exp(z.at[i]) / sum;
    }
    return matrix_same(x, y, 1);
}

/* exp(z) over the sum of all of it. */
static bool is_softmax_over_all(gatherer *w, matrix x, matrix z) {
    matrix y = z.at ? new_matrix(w->a, z.rows, z.cols) : (matrix){0};
    double sum = 0;
    for (size_t i = 0; z.at && i < z.rows * z.cols; i++) sum += exp(z.at[i]);
    for (size_t i = 0; y.at && i < z.rows * z.cols; i++) y.at[i] = exp(z.at[i]) / sum;
    return y.at && matrix_same(x, y, 1);
}

static const mistake *forward_row(gatherer *w, node_id formula, matrix x, matrix y) {
    static double (*const functions[])(double) = {tanh, relu, sigmoid, threshold};
    const ir   *g = w->c->s->g;
    const node *f = ir_node(g, formula);
    const node *arg = ir_node(g, f->arg[0]);
    matrix      z = arg->op == OP_VAR ? w->c->value[arg->ref] : (matrix){0};
    if (z.at && is_function_of(w->a, x, z, identity)) return row_called("activation missing");
    for (size_t i = 0; z.at && i < sizeof functions / sizeof *functions; i++)
        if (is_function_of(w->a, x, z, functions[i])) return row_called("another activation");
    if (z.at && f->op == OP_SOFTMAX && is_softmax_over_examples(w, x, z))
        return row_called("softmax over the examples");
    if (z.at && f->op == OP_SOFTMAX && is_softmax_over_all(w, x, z))
        return row_called("softmax over everything");
    if (lacks_bias(w, x, y)) return row_called("bias missing");
    return row_called("another forward pass");
}

/* The event's, or that of the function that it calls. Where another activation is meant, the line may call a
 * function that is right. */
static uint32_t line_of(const gatherer *w, const stmt *st, const mistake *row, uint32_t event) {
    bool        other = row == row_called("another activation");
    const char *own = op_table[ir_node(w->c->s->g, st->node)->op].name;
    bool        known = row != row_called("another forward pass");
    uint32_t    made = known ? helper_made(w, event, other ? own : NULL) : 0;
    return made ? made : gather_event(w, event)->line;
}

static dfoo_status forward_statement(gatherer *w, judge_case *seen, uint32_t end, const stmt *st,
                                     around_findings *out) {
    matrix        y;
    forward_value found = {0, {0}};
    bool          same;
    DFOO_TRY(case_forward(seen, w->a, st->node, &y));
    if (ir_node(w->c->s->g, st->node)->op == OP_DROPOUT && y.at) {
        seen->value[st->var] = y; /* the program's mask is in the case, and D1 may be its name */
        return DFOO_OK;
    }
    if (!y.at || !find_value(w, st->var, end, y, &found, &same) || same) {
        if (y.at) seen->value[st->var] = y;
        return DFOO_OK;
    }
    seen->value[st->var] = found.value;
    const judge_case *c = w->c;
    w->c = seen;
    around_finding f = {forward_row(w, st->node, found.value, y), ir_var_name(w->c->s->g, st->var),
                        kept_name(w, gather_event(w, found.event)), gather_event(w, found.event)->line};
    f.line = line_of(w, st, f.row, found.event);
    w->c = c;
    vec_push(w->a, &out->before, f);
    return arena_status(w->a);
}

dfoo_status around_forward(gatherer *w, judge_case *seen, around_findings *out) {
    const subject *s = w->c->s;
    uint32_t       end = gather_way_back(w);
    *seen = *w->c;
    case_masks masks;
    DFOO_TRY(case_find_masks(s, w->a, &masks));
    if (gather_is_loop(w)) end = w->to; /* one example after the other: all of it comes before its end */
    if (end <= w->begin || (masks.list.n && !w->masked) || predicts(w, end)) return DFOO_OK;
    seen->value = arena_new(w->a, (s->g->vars.n + 1) * sizeof *seen->value);
    if (!seen->value) return DFOO_ENOMEM;
    memcpy(seen->value, w->c->value, s->g->vars.n * sizeof *seen->value);
    for (uint32_t i = 0; i < s->m->forward.list.n; i++) {
        const stmt *st = &s->m->forward.list.at[i];
        if (st->var == s->m->cost || ir_var(s->g, st->var)->kind != VAR_DEFINED) continue;
        if (out->before.n) { /* what follows is right, given the first */
            around_findings rest = {{0}, {0}};
            DFOO_TRY(forward_statement(w, seen, end, st, &rest));
        } else
            DFOO_TRY(forward_statement(w, seen, end, st, out));
    }
    if (!out->before.n) {
        *seen = *w->c;
        return DFOO_OK;
    }
    seen->right = arena_new(w->a, (s->right.list.n + 1) * sizeof *seen->right);
    if (!seen->right) return DFOO_ENOMEM;
    return case_gradients(seen, w->a, &s->right, NULL, s->right.list.n, seen->right);
}

/* -------------------------------------------------------------------- labels */

static bool has_dimensions(const py_event *e, size_t rank, int64_t m) {
    const py_array *x = e->value.kind == PY_ARRAY ? e->value.array : NULL;
    return x && x->rank == rank && x->dim[0] == m && (rank == 1 || x->dim[1] == m);
}

dfoo_status around_labels(gatherer *w, around_findings *out) {
    int64_t m = (int64_t)w->c->examples;
    bool    flat = w->view.labels == LABELS_FLAT || w->view.labels == LABELS_WHOLE;
    for (uint32_t i = w->begin; i < w->to && m > 1; i++) {
        const py_event *e = gather_event(w, i);
        const char     *name = gather_event_name(w, e);
        flat = flat || (has_dimensions(e, 1, m) && name_role_of(name) == ROLE_LABEL);
        if (!flat || !has_dimensions(e, 2, m) || !is_made(e) || !name_is_backward(name)) continue;
        around_finding f = {row_called("labels of shape (m,)"), "Y", kept_name(w, e), e->line};
        vec_push(w->a, &out->before, f);
        break;
    }
    return arena_status(w->a);
}

dfoo_status around_own_labels(gatherer *w, uint32_t end, around_findings *out) {
    int64_t  m = 0;
    uint32_t line = 0;
    for (uint32_t i = 0; i < end; i++) {
        const py_event *e = gather_event(w, i);
        const char     *name = gather_event_name(w, e);
        bool label = name_role_of(name) == ROLE_LABEL && !(w->y_predicted && strcmp(name, "y") == 0);
        if (e->value.kind == PY_ARRAY && label && e->key.kind == PY_NONE) {
            m = e->value.array->rank == 1 ? e->value.array->dim[0] : 0;
            line = e->line;
        }
        if (m < 3 || !has_dimensions(e, 2, m) || !is_made(e) || !name_is_backward(name)) continue;
        around_finding f = {row_called("labels of shape (m,)"), "Y", kept_name(w, e), line};
        vec_push(w->a, &out->before, f);
        break;
    }
    return arena_status(w->a);
}

/* ------------------------------------------------------------ lists for columns */

static bool is_bias_gradient(const gatherer *w, const judge_verdict *v) {
    var_id var = w->c->s->right.list.at[v->claim.number].var;
    matrix x = v->claim.value;
    if (v->how >= JUDGED_WRONG || v->claim.update || !x.at) return false;
    for (uint32_t i = 0; i < w->layers.biases.n; i++)
        if (w->layers.biases.at[i] == var) return true;
    return false;
}

/* Is it a row of numbers as the program has it? (n,) and (1, n) do fit. */
static bool is_row(const gatherer *w, const judge_verdict *v) {
    matrix own = w->c->right[v->claim.number];
    return (w->view.turned ? own.cols : own.rows) == 1;
}

/* Does the program begin with a bias that is a column, its own or the one that it is handed? */
static bool has_column_bias(const gatherer *w, bool handed) {
    if (handed && !w->view.flat) return true;
    for (uint32_t i = 0; i < w->r->trace.list.n; i++) {
        const py_event *e = gather_event(w, i);
        var_id          v = gather_parameter(w, i);
        bool            bias = false;
        if (e->function && strncmp(symbols_name(&w->r->names, e->function), "init", 4) != 0) continue;
        for (uint32_t k = 0; v && k < w->layers.biases.n; k++) bias = bias || w->layers.biases.at[k] == v;
        if (bias && e->value.kind == PY_ARRAY && e->value.array->rank == 2) return true;
    }
    return false;
}

dfoo_status around_flat(gatherer *w, const judge_verdicts *all, bool handed, bool reshapes,
                        around_findings *out) {
    const judge_verdict *flat = NULL;
    bool                 column = has_column_bias(w, handed);
    for (uint32_t i = 0; i < all->list.n; i++) {
        const judge_verdict *v = &all->list.at[i];
        if (!is_bias_gradient(w, v)) continue;
        bool many = v->claim.value.rows * v->claim.value.cols > 1;
        if (v->claim.flat && !flat && many && !is_row(w, v)) flat = v;
        column = column || !v->claim.flat;
    }
    if (!flat || !column || reshapes) return DFOO_OK;
    const gradient *g = &w->c->s->right.list.at[flat->claim.number];
    around_finding  f = {row_called("(n,) for (n, 1)"), ir_var_name(w->c->s->g, g->grad),
                         kept_name(w, gather_event(w, flat->claim.event)), flat->claim.line};
    vec_push(w->a, &out->behind, f);
    return arena_status(w->a);
}

/* --------------------------------------------------------------------- start */

static bool is_constant(matrix x) {
    for (size_t i = 1; i < x.rows * x.cols; i++)
        if (x.at[i] != x.at[0]) return false;
    return x.rows * x.cols > 1;
}

dfoo_status around_start(gatherer *w, around_findings *out) {
    const ir *g = w->c->s->g;
    uint32_t  end = gather_way_back(w);
    if (w->layers.weights.n < 2) return DFOO_OK;
    for (uint32_t i = w->begin; i < end; i++) {
        const py_event *e = gather_event(w, i);
        if (!is_made(e) || e->value.kind != PY_ARRAY || e->value.array->rank != 2) continue;
        var_id v = gather_parameter(w, i);
        bool   weight = false;
        for (uint32_t k = 0; v && k < w->layers.weights.n; k++)
            weight = weight || w->layers.weights.at[k] == v;
        matrix x = gather_matrix(w->a, e->value, false);
        char   plain[80]; /* a layer's own W */
        name_plain(gather_event_name(w, e), plain, sizeof plain);
        if (!v && strcmp(plain, "w") == 0) {
            v = w->layers.weights.at[0];
            weight = true;
        }
        if (!weight || !x.at || !is_constant(x)) continue;
        around_finding f = {row_called("weights that begin equal"), ir_var_name(g, v), kept_name(w, e),
                            e->line};
        vec_push(w->a, &out->before, f);
        return arena_status(w->a);
    }
    return DFOO_OK;
}

/* ---------------------------------------------------------------------- cost */

static bool is_cost_name(const char *name) {
    char plain[80];
    name_plain(name, plain, sizeof plain);
    if (plain[0] == 'd' && strcmp(plain, "data_loss") != 0) return false;
    return strstr(plain, "cost") || strstr(plain, "loss") || strcmp(plain, "j") == 0;
}

static bool has_log(const subject *s) {
    for (uint32_t i = 0; i < s->nodes.list.n; i++) {
        uint8_t op = ir_node(s->g, s->nodes.list.at[i])->op;
        if (op == OP_LOG || op == OP_LOG_SOFTMAX) return true;
    }
    return false;
}

/* -1/m * sum(y log a [+ (1 - y) log (1 - a)]) as people get it wrong. */
typedef struct cost_sums {
    double on, off, crossed; /* y log a; (1 - y) log (1 - a); y log (1 - a) + (1 - y) log a */
    double only_on, only_off; /* log a, log (1 - a): one of them in both terms */
} cost_sums;

static bool add_up(const gatherer *w, cost_sums *out) {
    const model *m = w->c->s->m;
    matrix       a = m->predict.n ? w->c->value[m->predict.at[0]] : (matrix){0}, y = {0};
    for (var_id v = 1; v < m->g.vars.n; v++)
        if (ir_var(&m->g, v)->kind == VAR_LABEL) y = w->c->value[v];
    if (!a.at || !y.at || a.rows != y.rows || a.cols != y.cols) return false;
    *out = (cost_sums){0, 0, 0, 0, 0};
    for (size_t i = 0; i < a.rows * a.cols; i++) {
        out->on += y.at[i] * log(a.at[i]);
        out->off += (1 - y.at[i]) * log(1 - a.at[i]);
        out->only_on += log(a.at[i]);
        out->only_off += log(1 - a.at[i]);
        out->crossed += y.at[i] * log(1 - a.at[i]) + (1 - y.at[i]) * log(a.at[i]);
    }
    return true;
}

static bool is_close(double x, double y) {
    return fabs(x - y) <= 1e-9 * (fabs(x) + fabs(y));
}

/* What a cost of the examples, j, is by the known mistakes: of cross-entropy also in its terms. */
static const mistake *row_of_cost(const gatherer *w, double got, double j, const cost_sums *sums) {
    double m = w->c->examples;
    if (is_close(got, -j)) return row_called("cost negated");
    if (!has_log(w->c->s)) return NULL;
    if (is_close(got, m * j)) return row_called("cost without 1/m");
    if (is_close(got, j / log(10)) || is_close(got, j / log(2)))
        return row_called("another base of the logarithm");
    if (!sums) return NULL;
    if (is_close(got, -sums->on / m) || is_close(got, -sums->off / m))
        return row_called("a term of the cost left out");
    if (is_close(got, -sums->crossed / m) || is_close(got, -sums->only_on / m) ||
        is_close(got, -sums->only_off / m))
        return row_called("log of the wrong argument");
    return is_close(got, -(sums->on - sums->off) / m) ? row_called("the sign of a term of the cost") : NULL;
}

static const mistake *cost_row(const gatherer *w, double got) {
    double    j = w->c->value[w->c->s->m->cost].at[0], m = w->c->examples;
    cost_sums sums;
    if (is_close(got, j) || !isfinite(got)) return NULL;
    if (!has_log(w->c->s) || !add_up(w, &sums)) return row_of_cost(w, got, j, NULL);
    double data = -(sums.on + sums.off) / m, penalty = j - data;
    if (is_close(j, data)) return row_of_cost(w, got, j, &sums);
    if (is_close(got, data)) return NULL; /* the penalty is added elsewhere */
    const mistake *row = penalty > 0 ? row_of_cost(w, got - penalty, data, &sums) : NULL;
    return row ? row : row_of_cost(w, got, j, NULL);
}

/* A number that is called as the cost is. */
static bool is_cost(const gatherer *w, uint32_t event) {
    const py_event *e = gather_event(w, event);
    bool number = py_is_number(e->value) || (e->value.kind == PY_ARRAY && py_array_size(e->value.array) == 1);
    return is_made(e) && number && is_cost_name(gather_event_name(w, e));
}

static double cost_at(const py_event *e) {
    return py_is_number(e->value) ? py_as_double(e->value) : py_array_get(e->value.array, 0);
}

dfoo_status around_cost(gatherer *w, around_findings *out) {
    uint32_t last = UINT32_MAX;
    for (uint32_t i = w->begin; i < w->to; i++)
        if (is_cost(w, i)) last = i;
    if (last == UINT32_MAX || !w->c->value[w->c->s->m->cost].at) return DFOO_OK;
    double got = cost_at(gather_event(w, last));
    for (uint32_t i = last; i-- > w->begin;) /* handed on and squeezed: where it was made counts */
        if (is_cost(w, i) && is_close(cost_at(gather_event(w, i)), got)) last = i;
    const py_event *e = gather_event(w, last);
    const mistake  *row = cost_row(w, got);
    around_finding  f = {row, "J", kept_name(w, e), e->line};
    if (row) vec_push(w->a, &out->before, f);
    return arena_status(w->a);
}

/* ------------------------------------------------------------------- updates */

static const judge_verdict *verdict_of(const judge_verdicts *all, uint32_t number) {
    for (uint32_t i = 0; all && i < all->list.n; i++)
        if (all->list.at[i].claim.number == number && all->list.at[i].how != JUDGED_MISSING)
            return &all->list.at[i];
    return NULL;
}

static matrix gradient_of(const gatherer *w, const judge_verdicts *all, uint32_t number) {
    const judge_verdict *v = verdict_of(all, number);
    if (v && v->claim.update) return (matrix){0};
    if (!v && all) return (matrix){0};
    return v ? v->claim.value : w->c->right[number];
}

/* By how much a parameter fell, as the model has it. */
static matrix fall_of(gatherer *w, uint32_t event, matrix like) {
    const py_event *e = gather_event(w, event);
    matrix          x = gather_matrix(w->a, e->before, w->view.turned),
           y = gather_matrix(w->a, e->value, w->view.turned);
    if (!x.at || !y.at || !like.at || x.rows * x.cols != like.rows * like.cols) return (matrix){0};
    matrix d = new_matrix(w->a, like.rows, like.cols);
    for (size_t i = 0; d.at && i < like.rows * like.cols; i++) d.at[i] = x.at[i] - y.at[i];
    return d;
}

/* A single number is added to every entry. */
static matrix as_wide(const gatherer *w, matrix x, matrix like) {
    if (!x.at || x.rows * x.cols != 1) return x;
    matrix y = new_matrix(w->a, like.rows, like.cols);
    for (size_t i = 0; y.at && i < like.rows * like.cols; i++) y.at[i] = x.at[0];
    return y;
}

static const mistake *update_row(gatherer *w, const judge_verdicts *all, uint32_t event, uint32_t number) {
    matrix own = gradient_of(w, all, number), fall = fall_of(w, event, own);
    double k = fall.at ? matrix_ratio(fall, own) : 0, sign = all ? all->sign : 1;
    if (!fall.at || k * sign > 0) return NULL;
    if (k * sign < 0) return row_called("uphill");
    for (uint32_t i = 0; i < w->c->s->right.list.n && own.rows * own.cols > 1; i++)
        if (i != number && matrix_ratio(fall, as_wide(w, gradient_of(w, all, i), fall)) > 0)
            return row_called("updated by another's gradient");
    return NULL;
}

dfoo_status around_put(gatherer *w, const char *row, var_id v, uint32_t line, around_findings *out) {
    const char    *name = ir_var_name(w->c->s->g, v);
    around_finding f = {row_called(row), name, name, line};
    vec_push(w->a, &out->behind, f);
    return arena_status(w->a);
}

/* A parameter whose update is missing, where all others have one. */
static dfoo_status find_forgotten(gatherer *w, const judge_verdicts *all, const bool *updated, uint32_t line,
                                  around_findings *out) {
    const derivation *d = &w->c->s->right;
    uint32_t          n = 0, without = 0, which = 0;
    for (uint32_t i = 0; i < d->list.n; i++) {
        if (ir_var(w->c->s->g, d->list.at[i].var)->kind != VAR_PARAM) continue;
        n++;
        if (updated[i]) continue;
        without++;
        which = i;
    }
    matrix own = gradient_of(w, all, which);
    if (n < 2 || without != 1 || !own.at || matrix_same(own, own, 0)) return DFOO_OK; /* 0 changes nothing */
    const char    *name = ir_var_name(w->c->s->g, d->list.at[which].var);
    around_finding f = {row_called("never updated"), name, name, line};
    vec_push(w->a, &out->behind, f);
    return arena_status(w->a);
}

/* -------------------------------------------------- updates of a mini-batch */

typedef struct change {
    uint32_t number, event;
    matrix   fall; /* at NULL: there is none */
    double   factor;
} change;

typedef struct changes {
    VEC(change) list;
} changes;

/* Was the parameter the case's before? Of other values the case's gradients say nothing. */
static bool is_of_case(gatherer *w, uint32_t event, uint32_t number) {
    matrix x = gather_matrix(w->a, gather_event(w, event)->before, w->view.turned),
           y = w->c->value[w->c->s->right.list.at[number].var];
    bool line = x.rows == 1 || x.cols == 1;
    if (x.at && y.at && line && x.rows * x.cols == y.rows * y.cols) {
        x.rows = y.rows;
        x.cols = y.cols;
    }
    return matrix_same(x, y, 1);
}

/* The first change of each parameter. */
static dfoo_status find_changes(gatherer *w, changes *out) {
    for (uint32_t i = w->from; i < w->to; i++) {
        uint32_t number = gather_update(w, i), k = 0;
        while (k < out->list.n && out->list.at[k].number != number) k++;
        if (number == w->c->s->right.list.n || k < out->list.n || !is_of_case(w, i, number)) continue;
        matrix own = w->c->right[number], fall = fall_of(w, i, own);
        vec_push(w->a, &out->list, (change){number, i, fall, fall.at ? matrix_ratio(fall, own) : 0});
    }
    return arena_status(w->a);
}

/* dW, db = gradient(x, y): made elsewhere. */
static bool is_handed_over(const py_event *e) {
    const py_node *n = e->node;
    return n && n->kind == S_ASSIGN && n->a->kind == E_CALL && n->list.at[0]->kind == E_TUPLE;
}

/* Where the fall was made: the last line that has it but for a factor, on the way to the update. */
static uint32_t line_of_fall(gatherer *w, const change *x) {
    const py_event *last = gather_event(w, x->event);
    for (uint32_t i = x->event; i-- > w->from;) {
        const py_event *e = gather_event(w, i);
        const char *name = symbols_name(&w->r->names, e->name);
        bool   named = is_made(e) && name_is_backward(name) && !is_handed_over(e);
        matrix y = gather_matrix(w->a, e->value, w->view.turned);
        bool   fits = e->frame == last->frame && y.at && y.rows * y.cols == x->fall.rows * x->fall.cols;
        if (named && fits && matrix_ratio(x->fall, y) != 0) return e->line;
    }
    return last->line;
}

/* The change is made of a part of the examples. */
static dfoo_status name_part(gatherer *w, const change *x, around_findings *out) {
    for (uint32_t i = 0; i < mistake_count && x->fall.at && x->fall.rows * x->fall.cols > 1; i++) {
        matrix part;
        if (mistake_table[i].place != AT_EXAMPLES) continue;
        DFOO_TRY(case_examples(w->c, w->a, w->c->right, &mistake_table[i], x->number, &part));
        if (matrix_ratio(x->fall, part) <= 0) continue;
        const gradient *g = &w->c->s->right.list.at[x->number];
        around_finding  f = {&mistake_table[i], ir_var_name(w->c->s->g, g->grad),
                             kept_name(w, gather_event(w, x->event)), line_of_fall(w, x)};
        vec_push(w->a, &out->behind, f);
        return arena_status(w->a);
    }
    return DFOO_OK;
}

static const mistake *scale_row(const char *name) {
    for (uint32_t i = 0; i < mistake_count; i++)
        if (strcmp(mistake_table[i].name, name) == 0) return &mistake_table[i];
    return NULL;
}

static dfoo_status forgotten_of(gatherer *w, const changes *all, around_findings *out) {
    bool    *updated = arena_new(w->a, w->c->s->right.list.n + 1);
    uint32_t last = 0;
    if (!updated) return DFOO_ENOMEM;
    for (uint32_t i = 0; i < all->list.n; i++) {
        updated[all->list.at[i].number] = true;
        last = gather_event(w, all->list.at[i].event)->line;
    }
    return find_forgotten(w, NULL, updated, last, out);
}

/* Each change against the gradient of all examples. All have the same factor, the learning rate; one that is
 * m times as large was not divided. */
dfoo_status around_batch(gatherer *w, around_findings *out) {
    changes all = {{0}};
    double  m = w->c->examples;
    DFOO_TRY(find_changes(w, &all));
    for (uint32_t i = 0; i < all.list.n && !out->behind.n && m > 1; i++) {
        const change *x = &all.list.at[i];
        bool          less = false, up = false;
        if (x->factor == 0) DFOO_TRY(name_part(w, x, out));
        for (uint32_t k = 0; k < all.list.n; k++) {
            less = less || (x->factor > 0 && is_close(all.list.at[k].factor * m, x->factor));
            up = up || (x->factor < 0 && all.list.at[k].factor > 0);
        }
        if (!less && !up) continue; /* of the two the larger one is told: a sum for a mean */
        const gradient *g = &w->c->s->right.list.at[x->number];
        around_finding  f = {up ? row_called("uphill") : scale_row("no 1/m"), ir_var_name(w->c->s->g, g->var),
                             kept_name(w, gather_event(w, x->event)), gather_event(w, x->event)->line};
        vec_push(w->a, &out->behind, f);
    }
    return all.list.n && !out->behind.n ? forgotten_of(w, &all, out) : arena_status(w->a);
}

/* The first update of each parameter. *last: the line of the last one; 0: there is none. */
static dfoo_status look_at_updates(gatherer *w, const judge_verdicts *all, bool *updated, uint32_t *last,
                                   around_findings *out) {
    const derivation *d = &w->c->s->right;
    for (uint32_t i = w->from; i < w->to; i++) {
        uint32_t number = gather_update(w, i);
        if (number == d->list.n || (!all && !is_of_case(w, i, number))) continue;
        const mistake *row = updated[number] ? NULL : update_row(w, all, i, number);
        around_finding f = {row, ir_var_name(w->c->s->g, d->list.at[number].var),
                            kept_name(w, gather_event(w, i)), gather_event(w, i)->line};
        updated[number] = true;
        *last = f.line;
        if (row) vec_push(w->a, &out->behind, f);
    }
    return arena_status(w->a);
}

/* Did the parameter grow along its gradient, from the case's value to this one? */
static bool went_uphill(gatherer *w, var_id v, matrix x) {
    matrix y = w->c->value[v], fall = new_matrix(w->a, y.rows, y.cols);
    for (size_t i = 0; fall.at && i < y.rows * y.cols; i++) fall.at[i] = y.at[i] - x.at[i];
    return fall.at && matrix_ratio(fall, w->c->right[gather_number(w, v)]) < 0;
}

/* return [p + lr * g for p, g in zip(params, grads)]: the parameters as they are then, in their order. */
static dfoo_status look_at_returned(gatherer *w, around_findings *out) {
    const derivation *d = &w->c->s->right;
    const py_event   *end = w->to > w->from ? gather_event(w, w->to - 1) : NULL;
    const py_list    *all = end && end->how == 'r' && end->value.kind == PY_LIST ? end->value.list : NULL;
    uint32_t          n = 0;
    for (var_id v = 1; all && v < w->c->s->g->vars.n && n < all->items.n; v++) {
        uint32_t number = gather_number(w, v);
        if (ir_var(w->c->s->g, v)->kind != VAR_PARAM || number == d->list.n) continue;
        matrix x = gather_matrix(w->a, all->items.at[n++], w->view.turned), y = w->c->value[v];
        if (!x.at || x.rows * x.cols != y.rows * y.cols) return DFOO_OK;
        if (went_uphill(w, v, x)) return around_put(w, "uphill", v, end->line, out);
    }
    return arena_status(w->a);
}

dfoo_status around_updates(gatherer *w, const judge_verdicts *all, around_findings *out) {
    bool    *updated = arena_new(w->a, w->c->s->right.list.n + 1);
    uint32_t last = 0;
    if (!updated) return DFOO_ENOMEM;
    DFOO_TRY(look_at_updates(w, all, updated, &last, out));
    if (!last && !all) return look_at_returned(w, out);
    return last && !out->behind.n ? find_forgotten(w, all, updated, last, out) : arena_status(w->a);
}

dfoo_status around_steps(gatherer *w, around_findings *out) {
    bool    *updated = arena_new(w->a, w->c->s->right.list.n + 1);
    uint32_t last = 0;
    if (!updated) return DFOO_ENOMEM;
    DFOO_TRY(look_at_updates(w, NULL, updated, &last, out));
    return last ? DFOO_OK : look_at_returned(w, out);
}
