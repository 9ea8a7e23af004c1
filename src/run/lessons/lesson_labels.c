/* Lessons about labels: which of them the loss is made for.
 *
 * That is not known by the name of a loss: the formulas between the last parameters and the cost are
 * evaluated for one example, as a function of the values z that the parameters make (the network can
 * make any). If the loss falls without end as an entry of z goes to one side, the label is outside of
 * what the loss is made for; if it stays the same wherever z goes, the label teaches nothing. */
#include <assert.h>
#include <math.h>

#include "run/feed/sizing.h"
#include "run/lessons/look.h"
#include "run/lessons/origins.h"

typedef struct loss {
    const watched *w;
    arena         *a;
    evaluation     e;
    var_id         z, label;
    const view    *labels;
} loss;

/* ---------------------------------------------------------------- the formulas */

typedef struct tail {
    const ir      *g;
    const watched *w;
    arena         *a;
    origins        from;
    bool          *has; /* by var_id */
    var_id         z, label;
    bool           simple; /* one z, one label, no input, no parameter's matrix that is large */
    program        p;
} tail;

static void meet(tail *x, var_id v) {
    const variable *own = ir_var(x->g, v);
    x->has[v] = true;
    if (own->kind == VAR_INPUT || own->kind == VAR_MASK) x->simple = false;
    if (own->kind == VAR_PARAM &&
        sizes_get(x->w->s, own->sh.rows) * sizes_get(x->w->s, own->sh.cols) > 1000000)
        x->simple = false; /* a penalty, of which nothing is wanted here */
    if (own->kind != VAR_LABEL) return;
    if (x->label && x->label != v) x->simple = false;
    x->label = v;
}

/* Backwards from the cost; the statements come out in reverse order. Where the last parameters come in is z,
 * and the formulas before it are left out. */
static dfoo_status walk(tail *x) {
    program back = {{0}};
    x->has[x->w->m->cost] = x->simple = true;
    for (uint32_t i = x->w->p->list.n; i-- > 0;) {
        const stmt *s = &x->w->p->list.at[i];
        var_list    vars;
        if (!x->has[s->var]) continue;
        DFOO_TRY(origins_mentioned(x->g, x->a, s->node, &vars));
        if (by_example(x->w->m, ir_var(x->g, s->var)) && origins_has_parameter(&x->from, &vars)) {
            if (x->z) x->simple = false;
            x->z = s->var;
            continue;
        }
        vec_push(x->a, &back.list, *s);
        for (uint32_t k = 0; k < vars.list.n; k++) meet(x, vars.list.at[k]);
    }
    for (uint32_t i = back.list.n; i-- > 0;) vec_push(x->a, &x->p.list, back.list.at[i]);
    return arena_status(x->a);
}

static dfoo_status find_tail(const look *k, tail *out) {
    *out = (tail){.g = &k->w->m->g, .w = k->w, .a = k->a, .has = arena_new(k->a, k->w->m->g.vars.n)};
    if (!out->has) return DFOO_ENOMEM;
    DFOO_TRY(origins_find(out->g, k->w->p, k->a, &out->from));
    DFOO_TRY(walk(out));
    if (!out->z || !out->label) out->simple = false;
    return DFOO_OK;
}

/* false in *ready: the model is not of the kind that can be looked at so, or need not (onehot was checked).
 */
static dfoo_status loss_open(const look *k, loss *l, bool *ready) {
    const watched *w = k->w;
    tail           x;
    *l = (loss){.w = w, .a = k->a};
    *ready = false;
    if (!w->m->examples) return DFOO_OK;
    DFOO_TRY(find_tail(k, &x));
    l->labels = x.simple ? bound_find(w->data, x.label) : NULL;
    if (!l->labels || !l->labels->by_example || ir_var(&w->m->g, x.label)->onehot) return DFOO_OK;
    l->z = x.z;
    l->label = x.label;
    sizes *kept = arena_new(k->a, sizeof *kept);
    if (!kept) return DFOO_ENOMEM;
    DFOO_TRY(sizes_for(w->m, k->a, w->s, 1, kept));
    DFOO_TRY(eval_init(&l->e, &w->m->g, k->a, kept));
    DFOO_TRY(eval_add_program(&l->e, &x.p));
    *ready = eval_var(&l->e, l->z).at && eval_var(&l->e, l->label).at;
    return arena_status(k->a);
}

/* ---------------------------------------------------------------- its behaviour */

/* The loss where entry `i` of z is x and the others are 0. */
static double loss_at(loss *l, size_t i, double x) {
    matrix z = eval_var(&l->e, l->z);
    for (size_t k = 0; k < z.rows * z.cols; k++) z.at[k] = k == i ? x : 0;
    eval_run(&l->e);
    return eval_var(&l->e, l->w->m->cost).at[0];
}

/* How the loss grows on the far side of `x`; what is not a number there counts as growth. */
static double growth(loss *l, size_t i, double x) {
    double near = loss_at(l, i, x), far = loss_at(l, i, 2 * x);
    if (far == -INFINITY || near == -INFINITY) return -INFINITY;
    double d = (far - near) / fabs(x);
    return isfinite(d) ? d : INFINITY;
}

static double label_size(loss *l) {
    matrix y = eval_var(&l->e, l->label);
    double most = 0;
    for (size_t k = 0; k < y.rows * y.cols; k++) most = fmax(most, fabs(y.at[k]));
    return most;
}

/* Does it fall, far away as well as here? By little where the label is off by little; a loss that comes down
 * to a bound stops, unlike a logarithm. */
static bool falls_beyond(loss *l, size_t i, double x, double scale) {
    double here = growth(l, i, x);
    return here < -1e-12 * scale && growth(l, i, 1e6 * x) < 1e-8 * here;
}

/* -1 or 1: the loss falls without end to that side of entry i; 0: to none. */
static int falls(loss *l, size_t i) {
    double x = 100 * (1 + label_size(l)), zero = loss_at(l, i, 0);
    double scale = fmax(fabs(loss_at(l, i, 1) - zero), fabs(loss_at(l, i, -1) - zero)); /* the slope nearby */
    return falls_beyond(l, i, x, scale) ? 1 : falls_beyond(l, i, -x, scale) ? -1 : 0;
}

/* Of very many entries, the first speak for all. */
static size_t n_tried(const matrix *z) {
    enum { MOST = 64 };
    return z->rows * z->cols < MOST ? z->rows * z->cols : MOST;
}

static int falls_somewhere(loss *l) {
    matrix z = eval_var(&l->e, l->z);
    int    side = 0;
    for (size_t i = 0; i < n_tried(&z) && !side; i++) side = falls(l, i);
    return side;
}

static bool is_flat(loss *l, double *value) {
    matrix z = eval_var(&l->e, l->z);
    *value = loss_at(l, 0, 0);
    for (size_t i = 0; i < n_tried(&z); i++)
        for (int step = -3; step <= 3; step++)
            if (!(loss_at(l, i, 7 * step) == *value)) return false;
    return true;
}

static void set_label(loss *l, size_t example) {
    matrix y = eval_var(&l->e, l->label);
    for (size_t k = 0; k < y.rows * y.cols; k++) y.at[k] = view_entry(l->labels, example, k);
}

/* -------------------------------------------------------------------- the domain */

/* Entry `entry` of the label is y: is there a smallest loss? */
static bool is_made_for(loss *l, size_t entry, double y) {
    eval_var(&l->e, l->label).at[entry] = y;
    return falls_somewhere(l) == 0;
}

/* From a good value towards `far`: how far the labels are good. */
static double bound_of(loss *l, size_t entry, double good, double far) {
    if (is_made_for(l, entry, far)) return far;
    for (int i = 0; i < 60; i++) {
        double middle = good + (far - good) / 2;
        *(is_made_for(l, entry, middle) ? &good : &far) = middle;
    }
    return good;
}

/* Four digits: the bounds are found more closely. */
static double rounded(double x) {
    return floor(x * 1e4 + 0.5) / 1e4 + 0.0;
}

static void tell_domain(loss *l, size_t entry, finding *f) {
    enum { FAR = 1000000 };
    static const double tries[] = {0.5, 0, 1, -1};
    for (size_t i = 0; i < sizeof tries / sizeof *tries; i++) {
        if (!is_made_for(l, entry, tries[i])) continue;
        double least = rounded(bound_of(l, entry, tries[i], -FAR)),
               most = rounded(bound_of(l, entry, tries[i], FAR));
        if (least > -FAR && most < FAR)
            finding_word(f, "domain", "This loss is made for labels from %g to %g.", least, most);
        else
            finding_word(f, "domain", "This loss is made for labels from %g %s.", least > -FAR ? least : most,
                         least > -FAR ? "on" : "down");
        return;
    }
}

/* ------------------------------------------------------------------------ lessons */

/* The examples with the smallest and the largest entry of a label: if they are good, all are. */
static void find_extremes(const loss *l, size_t example[2], size_t entry[2]) {
    double least = INFINITY, most = -INFINITY;
    for (size_t k = 0; k < l->w->n; k++)
        for (size_t i = 0; i < l->labels->entries; i++) {
            size_t j = l->w->pick[k];
            double y = view_entry(l->labels, j, i);
            if (y < least) least = y, example[0] = j, entry[0] = i;
            if (y > most) most = y, example[1] = j, entry[1] = i;
        }
}

static size_t count_label(const loss *l, size_t entry, double y) {
    size_t count = 0;
    for (size_t k = 0; k < l->w->n; k++) count += view_entry(l->labels, l->w->pick[k], entry) == y;
    return count;
}

static void tell_label(loss *l, size_t example, size_t entry, finding *f) {
    const ir *g = &l->w->m->g;
    double    y = view_entry(l->labels, example, entry);
    size_t    count = count_label(l, entry, y);
    f->found = true;
    f->where = l->label;
    finding_word(f, "var", "%s", ir_var_name(g, l->label));
    finding_word(f, "z", "%s", ir_var_name(g, l->z));
    finding_word(f, "label", "%.6g", y);
    if (count == 1)
        finding_word(f, "where", "example %zu", example + 1);
    else
        finding_word(f, "where", "%zu of the %zu training examples", count, l->w->n);
}

dfoo_status lesson_label_outside(const look *k, finding *f) {
    loss   l;
    bool   ready;
    size_t example[2] = {0}, entry[2] = {0};
    DFOO_TRY(loss_open(k, &l, &ready));
    if (!ready) return DFOO_OK;
    find_extremes(&l, example, entry);
    for (int i = 0; i < 2 && !f->found; i++) {
        set_label(&l, example[i]);
        int side = falls_somewhere(&l);
        if (!side) continue;
        tell_label(&l, example[i], entry[i], f);
        finding_word(f, "side", "%s infinity", side > 0 ? "plus" : "minus");
        tell_domain(&l, entry[i], f);
    }
    return DFOO_OK;
}

dfoo_status lesson_label_without_effect(const look *k, finding *f) {
    loss   l;
    bool   ready;
    size_t example[2] = {0}, entry[2] = {0};
    double value;
    DFOO_TRY(loss_open(k, &l, &ready));
    if (!ready) return DFOO_OK;
    assert(l.labels);
    if (l.labels->entries != 1) return DFOO_OK;
    find_extremes(&l, example, entry);
    for (int i = 0; i < 2 && !f->found; i++) {
        set_label(&l, example[i]);
        if (!is_flat(&l, &value)) continue;
        tell_label(&l, example[i], entry[i], f);
        finding_word(f, "loss", "%.4g", value);
    }
    return DFOO_OK;
}
