/* What is told of a training: its history, progress while it goes on, and a cost that is no number. */
#include <inttypes.h>
#include <math.h>

#include "run/train/report.h"

double report_seconds(const trainer *t) {
    return os_seconds() - t->began;
}

static history_row row_of(const trainer *t, double cost, bool scored, bool tested) {
    bool test = tested && t->n_test;
    return (history_row){.epoch = (double)t->epoch,
                         .cost = cost,
                         .accuracy = scored ? t->train_score.accuracy : NAN,
                         .test_cost = test ? t->test_score.cost : NAN,
                         .test_accuracy = test ? t->test_score.accuracy : NAN,
                         .learning_rate = t->rate};
}

void report_row(trainer *t, double cost, bool scored, bool tested) {
    vec_push(&t->a, &t->history.rows, row_of(t, cost, scored, tested));
}

void report_end(trainer *t, double cost) {
    t->history.end = row_of(t, cost, true, true);
    t->history.has_end = true;
}

void train_now(const trainer *t, train_progress *out) {
    double seconds = report_seconds(t);
    *out = (train_progress){.epoch = t->epoch,
                            .epochs = t->epochs,
                            .within = (double)t->done / (double)t->per_epoch,
                            .cost = t->cost,
                            .evaluated = t->scored,
                            .train = t->train_score,
                            .test = t->test_score,
                            .seconds = seconds,
                            .step_cost = t->step_cost,
                            .examples_per_second = seconds > 0 ? t->seen / seconds : 0};
}

void report_tell(trainer *t, double within, bool evaluated) {
    train_progress p;
    train_now(t, &p);
    p.within = within;
    p.evaluated = evaluated;
    if (t->opt->progress && !t->opt->progress(t->opt->user, &p)) t->stop = true;
}

void report_look_at_clock(trainer *t, double within) {
    if (!t->opt->progress || t->t < t->next_look) return;
    report_tell(t, within, false);
    double done = (double)(t->t - t->t_began);
    double steps = done / (report_seconds(t) + 1e-9) * 0.05;
    double most = done + 16; /* a first step may be far from typical */
    t->next_look = t->t + 1 + (uint64_t)(steps < most ? steps : most);
}

dfoo_status report_cost(const trainer *t, double cost) {
    double rate = t->rate;
    diags *d = t->m->g.d;
    if (t->t > 1) {
        diag_alone(
            d, "the cost is %g after %zu epoch%s, %" PRIu64 " steps: the learning rate %g may be too large",
            cost, t->epoch, t->epoch == 1 ? "" : "s", t->t - 1, rate);
        diag_note(d, "try a smaller one, such as %g", rate / 10);
    } else {
        diag_alone(d,
                  "the cost is %g before the first step: the data or the parameters at the start are too "
                  "large for its formula",
                  cost);
        diag_note(d, "%s",
                  t->opt->standardize ? "try parameters that start smaller"
                                      : "try --standardize, or parameters that start smaller");
    }
    return d->a->failed ? DFOO_ENOMEM : DFOO_EINPUT;
}
