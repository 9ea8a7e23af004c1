/* One entry of the gradient against a difference: the step and both costs are shown with the digits that the
 * quotient needs, so that it can be computed from them. */
#include <math.h>
#include <stdio.h>
#include <stdlib.h>

#include "teach/tell/figures.h"

/* One entry of the goal, which is moved by h, and its part of the formula, `value`; `times` the cost is what
 * the gradient differentiates. */
typedef struct moved {
    double     *at, h, times, value, up, down;
    const char *entry, *of_gradient;
} moved;

static double cost_when(prover *p, double *at, double value) {
    double old = *at;
    *at = value;
    double cost = differences_cost(p);
    *at = old;
    return cost;
}

/* The slope over h to both sides. */
static double slope_over(prover *p, moved *x, double h) {
    x->h = h;
    x->up = cost_when(p, x->at, *x->at + h);
    x->down = cost_when(p, x->at, *x->at - h);
    return x->times * (x->up - x->down) / (2 * h);
}

/* Where there is no derivative: the slopes to both sides, between which the formula chooses. */
static void show_kink(figures *f, const moved *x) {
    double here = differences_cost(f->p), right = x->times * (x->up - here) / x->h,
           left = x->times * (here - x->down) / x->h;
    doc_say(f->t->doc, 3, "one entry against differences: %s moved by %g to either side alone", x->entry,
            x->h);
    doc_say(f->t->doc, 5,
            "the slope is %.6g to the left and %.6g to the right: there is no derivative here, and the "
            "formula says %s",
            left, right, doc_formula(f->t->doc, "%s = %.5g", x->of_gradient, x->value));
}

/* The longest step over which the quotient is as good as it is shown. */
static double choose_step(figures *f, moved *x, double best) {
    double least = 2e-5 * fmax(fabs(best), 1e-3), slope = slope_over(f->p, x, 1e-2);
    for (double h = 1e-3; fabs(slope - best) > least && h > 1e-7; h /= 10) slope = slope_over(f->p, x, h);
    return slope;
}

static double rounded(double x, int decimals) {
    char text[64];
    snprintf(text, sizeof text, "%.*f", decimals, x);
    return strtod(text, NULL);
}

/* How many decimals of the costs the quotient needs to have four digits. */
static int decimals_for(const moved *x, double slope) {
    double step = 4e-5 * x->h * fmax(fabs(slope), 1e-6) / x->times;
    return (int)fmin(15, fmax(5, ceil(-log10(step))));
}

/* What the difference says, and how far the formula is from the best that was measured. */
static void show_slope(figures *f, moved *x, double best, double error, explain_result *r) {
    document   *doc = f->t->doc;
    int         k = decimals_for(x, choose_step(f, x, best));
    double      quotient = x->times * (rounded(x->up, k) - rounded(x->down, k)) / (2 * x->h);
    double      off = fabs(best - x->value), scale = fmax(1e-300, fmax(fabs(best), fabs(x->value)));
    const char *cost = doc_name(doc, f->t->d->m->cost);
    bool        all = f->t->goal->scale == SCALE_DATA;
    doc_say(doc, 3, "one entry against a difference: %s moved by %g to both sides", x->entry, x->h);
    block *b = doc_add(doc, BLOCK_LINE, 5, "");
    const char *times = all ? doc_text(doc, "%g * ", x->times) : "";
    doc_add_formula(doc, b,
                    doc_text(doc, "%s(%.*f - %.*f) / (2 * %g)", times, k, x->up, k, x->down, x->h));
    doc_add_formula(doc, b, doc_text(doc, "%.5g", fabs(quotient) < 1e-15 ? 0 : quotient));
    doc_say(doc, 5, "and the formula says %s", doc_formula(doc, "%s = %.5g", x->of_gradient, x->value));
    if (all)
        doc_say(doc, 5, "%s in front, since %s changes with the sum of the losses, and %s is its mean",
                doc_formula(doc, "%s = %g", doc_examples(doc), x->times), x->entry, cost);
    r->n_derivatives++;
    if (off < 4 * x->times * error) off = fmin(off, 1e-9 * scale);
    r->worst_derivative = fmax(r->worst_derivative, off / scale);
    if (!(off < 1e-4 * scale)) r->n_failed++;
}

/* The largest entry of the gradient where the variable is not so near to 0 that a step is large beside it:
 * log may have no value there any more. If there is none, the largest of all. */
static size_t entry_to_move(matrix d, matrix at) {
    size_t best = 0;
    for (int near = 0; near < 2; near++) {
        bool found = false;
        for (size_t i = 0; i < d.rows * d.cols; i++) {
            if (!near && fabs(at.at[i]) < 1e-2) continue;
            if (!found || fabs(d.at[i]) > fabs(d.at[best])) best = i;
            found = true;
        }
        if (found && d.at[best] != 0) return best;
    }
    return best;
}

size_t figures_entry(const figures *f) {
    const gradient *v = f->t->goal;
    matrix d = eval_node(f->p->e, ir_var(f->t->g, v->grad)->leaf), at = eval_var(&f->p->network, v->var);
    return d.at && at.at ? entry_to_move(d, at) : 0;
}

void figures_moved(figures *f, explain_result *r) {
    teller         *t = f->t;
    document       *doc = t->doc;
    const gradient *v = t->goal;
    matrix d = eval_node(f->p->e, ir_var(t->g, v->grad)->leaf), at = eval_var(&f->p->network, v->var);
    if (!d.at || !at.at) return;
    size_t      best = figures_entry(f);
    const char *place =
        d.rows * d.cols == 1 ? "" : doc_text(doc, "[%zu,%zu]", best / d.cols + 1, best % d.cols + 1);
    moved       x = {.at = &at.at[best], .value = d.at[best] == 0 ? 0 : d.at[best] /* no -0 */};
    measured    cost = {.value = differences_cost, .user = f->p};
    double      error;
    x.times = v->scale == SCALE_DATA ? (double)sizes_get(&f->p->s, t->d->m->examples) : 1;
    x.entry = doc_formula(doc, "%s%s", doc_name(doc, v->var), place);
    x.of_gradient = doc_text(doc, "%s%s", doc_name(doc, v->grad), place);
    double slope = x.times * measure_slope(&cost, x.at, &error);
    slope_over(f->p, &x, 1e-5 * fmax(1, fabs(*x.at)));
    if (!isfinite(x.up) || !isfinite(x.down))
        doc_say(doc, 3, "%s is not finite near %s: this draw is too near the edge for a difference",
                doc_name(doc, t->d->m->cost), x.entry);
    else if (isnan(slope)) show_kink(f, &x);
    else show_slope(f, &x, slope, error, r);
}
