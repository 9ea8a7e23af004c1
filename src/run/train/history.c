/* What is told of a training: its history, progress while it goes on, and a cost that is no number. */
#include <inttypes.h>
#include <math.h>
#include <string.h>

#include "run/train/trainer.h"

const char *const train_history_columns[TRAIN_HISTORY_COLUMNS] = {
    "epoch", "cost", "accuracy", "test_cost", "test_accuracy", "learning_rate"};

double trainer_seconds(const trainer *t) {
    return os_seconds() - t->began;
}

static void fill_row(const trainer *t, double cost, bool scored, bool tested,
                     double row[TRAIN_HISTORY_COLUMNS]) {
    row[0] = (double)t->epoch;
    row[1] = cost;
    row[2] = scored ? t->train_score.accuracy : NAN;
    row[3] = tested && t->n_test ? t->test_score.cost : NAN;
    row[4] = tested && t->n_test ? t->test_score.accuracy : NAN;
    row[5] = t->rate;
}

void trainer_add_row(trainer *t, double cost, bool scored, bool tested) {
    double row[TRAIN_HISTORY_COLUMNS];
    fill_row(t, cost, scored, tested, row);
    for (int i = 0; t->keeps_history && i < TRAIN_HISTORY_COLUMNS; i++) vec_push(&t->a, &t->history, row[i]);
}

void trainer_end_row(trainer *t, double cost) {
    fill_row(t, cost, true, true, t->last_row);
    t->has_last_row = true;
}

size_t trainer_rows(const trainer *t) {
    size_t rows = t->history.n / TRAIN_HISTORY_COLUMNS;
    bool   replaced = rows && t->history.at[(rows - 1) * TRAIN_HISTORY_COLUMNS] == t->last_row[0];
    return rows + (t->has_last_row && !replaced);
}

const double *trainer_row(const trainer *t, size_t i) {
    if (t->has_last_row && i + 1 == trainer_rows(t)) return t->last_row;
    return t->history.at + i * TRAIN_HISTORY_COLUMNS;
}

dfoo_status trainer_keep_history(const trainer *t, dfoo_arrays *history) {
    size_t      rows = trainer_rows(t);
    dfoo_array *x;
    if (!history || !rows) return DFOO_OK;
    DFOO_TRY(arrays_add_matrix(history, "history", rows, TRAIN_HISTORY_COLUMNS, NULL, &x));
    for (size_t i = 0; i < rows; i++)
        memcpy(x->data + i * TRAIN_HISTORY_COLUMNS, trainer_row(t, i), sizeof t->last_row);
    return DFOO_OK;
}

void trainer_tell(trainer *t, double within, bool evaluated) {
    double         seconds = trainer_seconds(t);
    train_progress p = {
        .epoch = t->epoch, .epochs = t->epochs, .within = within, .cost = t->cost, .evaluated = evaluated};
    p.train = t->train_score;
    p.test = t->test_score;
    p.seconds = seconds;
    p.examples_per_second = seconds > 0 ? t->seen / seconds : 0;
    if (t->opt->progress && !t->opt->progress(t->opt->user, &p)) t->stop = true;
}

void trainer_look_at_clock(trainer *t, double within) {
    if (!t->opt->progress || t->t < t->next_look) return;
    trainer_tell(t, within, false);
    double done = (double)(t->t - t->t_began);
    double steps = done / (trainer_seconds(t) + 1e-9) * 0.05;
    double most = done + 16; /* a first step may be far from typical */
    t->next_look = t->t + 1 + (uint64_t)(steps < most ? steps : most);
}

dfoo_status trainer_refuse_cost(const trainer *t, double cost) {
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
