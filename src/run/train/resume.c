/* The file of a run: what is written at checkpoints and at the end, and going on from it.
 *
 * Beside the parameters and what predicting needs (run.c) it holds the optimiser's states, the place
 * in the epochs, the costs so far, and the terms: what has to be the same for a run that goes
 * on to have the bits of one that was never cut off. Equations and examples are compared by
 * their hashes. All else that training uses is drawn from the seed and the number of the step. */
#include <inttypes.h>
#include <string.h>

#include "run/train/early.h"
#include "run/train/resume.h"

/* -------------------------------------------------------------------- terms */

static uint32_t hash_examples(const examples *e) {
    uint32_t hash = HASH_START;
    size_t   size = e->type == EXEC_F32 ? sizeof(float) : sizeof(double);
    for (uint32_t i = 0; i < e->list.n; i++) {
        const example_values *x = &e->list.at[i];
        hash = hash_bytes(hash, x->values, x->entries * (x->by_example ? e->n : 1) * size);
    }
    return hash;
}

static dfoo_status hash_plan(const trainer *t, uint32_t *out) {
    buf text;
    buf_init(&text, t->a.mem);
    plan_print(t->plan, &text);
    dfoo_status status = buf_status(&text);
    *out = hash_bytes(HASH_START, text.text, text.len);
    buf_free(&text);
    return status;
}

enum {
    TERM_SEED,
    TERM_BATCH,
    TERM_DTYPE,
    TERM_RATE,
    TERM_EPOCHS,
    TERM_SUMS,
    TERM_EQUATIONS,
    TERM_DATA,
    N_TERMS
};

static const char *rate_text(trainer *t) {
    buf text;
    buf_init(&text, t->a.mem);
    buf_puts(&text, "learning rate = ");
    buf_number(&text, t->stepper.rate);
    return buf_keep(&text, &t->a);
}

/* Each "what = value"; those of hashes only say that something differs. */
static dfoo_status list_terms(trainer *t, const char *terms[N_TERMS]) {
    uint32_t plan;
    arena   *a = &t->a;
    DFOO_TRY(hash_plan(t, &plan));
    terms[TERM_EQUATIONS] = arena_format(a, "equations = %08" PRIx32, plan);
    terms[TERM_DATA] = arena_format(a, "data = %08" PRIx32, hash_examples(&t->train));
    terms[TERM_SEED] = arena_format(a, "seed = %" PRIu64, t->opt->seed);
    terms[TERM_BATCH] = t->batch ? arena_format(a, "batch = %zu", t->batch) : "batch = all";
    terms[TERM_DTYPE] = t->opt->feed.dtype == EXEC_F32 ? "dtype = f32" : "dtype = f64";
    terms[TERM_RATE] = rate_text(t);
    terms[TERM_EPOCHS] = t->stepper.epochs ? arena_format(a, "epochs = %zu", t->epochs) : "epochs = any";
    terms[TERM_SUMS] = exec_isa_fused(t->opt->feed.machine.isa) ? "sums = fused" : "sums = rounded twice";
    return terms[TERM_RATE] ? arena_status(a) : DFOO_ENOMEM;
}

/* ------------------------------------------------------------------ writing */

static dfoo_status put_number(dfoo_arrays *run, const char *name, double x) {
    return arrays_add(run, name, 0, NULL, &x, NULL);
}

static const char *state_name(trainer *t, var_id v) {
    return arena_format(&t->a, "dfoo.state.%s", ir_var_name(&t->m->g, v));
}

static dfoo_status put_states(trainer *t) {
    for (uint32_t i = 0; i < t->stepper.states.n; i++) {
        var_id      v = t->stepper.states.at[i];
        size_t      rows = 0, cols = 0;
        dfoo_array *x;
        const char *name = state_name(t, v);
        if (!name || !exec_data(t->step, v, &rows, &cols)) return DFOO_ENOMEM;
        DFOO_TRY(arrays_add_matrix(t->run, name, rows, cols, NULL, &x));
        exec_get(t->step, v, x->data);
    }
    return DFOO_OK;
}

static void put_parameters(trainer *t) {
    const ir *g = &t->m->g;
    size_t    rows, cols;
    for (var_id v = 1; v < g->vars.n; v++)
        if (ir_var(g, v)->kind == VAR_PARAM && exec_data(t->step, v, &rows, &cols))
            exec_get(t->step, v, arrays_get(t->run, ir_var_name(g, v))->data);
}

static dfoo_status put_place(trainer *t) {
    DFOO_TRY(put_number(t->run, "dfoo.steps", (double)t->t));
    DFOO_TRY(put_number(t->run, "dfoo.done", (double)t->done));
    DFOO_TRY(put_number(t->run, "dfoo.done_cost", t->done_cost));
    DFOO_TRY(put_number(t->run, "dfoo.ended", t->epoch >= t->epochs || t->best.ended));
    return history_put(&t->history, "dfoo.history", false, t->run);
}

static dfoo_status put_weight(trainer *t) {
    const char *name = ir_var_name(&t->m->g, t->opt->feed.weight);
    return run_put_texts(t->run, "dfoo.weight", &name, 1);
}

dfoo_status resume_collect(trainer *t) {
    const char *terms[N_TERMS];
    put_parameters(t);
    DFOO_TRY(memos_put(&t->memos, t->m, t->run));
    DFOO_TRY(put_number(t->run, "dfoo.seed", (double)t->opt->seed));
    DFOO_TRY(put_number(t->run, "dfoo.epochs", (double)t->epoch));
    if (t->opt->feed.weight) DFOO_TRY(put_weight(t));
    DFOO_TRY(put_number(t->run, "dfoo.split", t->opt->split));
    if (t->opt->folds) DFOO_TRY(put_number(t->run, "dfoo.folds", (double)t->opt->folds));
    if (t->opt->folds) DFOO_TRY(put_number(t->run, "dfoo.fold", (double)t->opt->fold));
    DFOO_TRY(put_number(t->run, "dfoo.examples", (double)t->data.n));
    DFOO_TRY(list_terms(t, terms));
    DFOO_TRY(run_put_texts(t->run, "dfoo.terms", terms, N_TERMS));
    DFOO_TRY(put_place(t));
    DFOO_TRY(best_put(t));
    return put_states(t);
}

dfoo_status resume_write(trainer *t, diags *d) {
    data_dtype type = t->opt->feed.dtype == EXEC_F32 ? DATA_EXACT : DATA_F64;
    return t->opt->file ? data_write_npz(t->opt->file, t->run, type, d) : DFOO_OK;
}

/* A full disk in the middle of a run is no reason to end it. */
dfoo_status resume_checkpoint(trainer *t) {
    diags own;
    diags_init(&own, &t->a);
    DFOO_TRY(resume_collect(t));
    dfoo_status status = resume_write(t, &own);
    if (status == DFOO_OK || status == DFOO_ENOMEM || t->told_unwritten)
        return status == DFOO_ENOMEM ? status : DFOO_OK;
    t->told_unwritten = true;
    diag_warn(t->m->g.d, NULL, span_at(0, 0), "after epoch %zu: %s", t->epoch,
              own.list.n ? own.list.at[0].message : "no checkpoint");
    diag_note(t->m->g.d, "training goes on; what was in the file before is still there");
    return DFOO_OK;
}

/* ----------------------------------------------------------------- going on */

/* Does the file hold a run that was cut off? What it is otherwise does not matter here. */
static dfoo_status is_unfinished(trainer *t, bool *out) {
    diags        quiet;
    dfoo_arrays *set = NULL;
    const char  *path = arena_format(&t->a, "%s:dfoo.ended", t->opt->file);
    *out = false;
    diags_init(&quiet, &t->a);
    if (!path) return DFOO_ENOMEM;
    DFOO_TRY(arrays_new(&t->a.mem, &set));
    dfoo_status status = data_read(path, NULL, &quiet, set);
    if (status == DFOO_OK) {
        const dfoo_array *x = arrays_get(set, "dfoo.ended");
        *out = x && x->ndim == 0 && x->data[0] == 0;
    }
    arrays_free(set);
    return status == DFOO_ENOMEM ? status : DFOO_OK;
}

static dfoo_status refuse_unfinished(trainer *t) {
    bool   unfinished;
    diags *d = t->m->g.d;
    DFOO_TRY(is_unfinished(t, &unfinished));
    if (!unfinished) return DFOO_OK;
    diag_alone(d, "%s holds a run that has not ended", t->opt->file);
    diag_note(d, "--resume goes on with it, --restart begins anew and replaces it");
    return DFOO_EINPUT;
}

dfoo_status resume_open(trainer *t) {
    const char *file = t->opt->file;
    diags      *d = t->m->g.d;
    if (!file || t->opt->restart) return DFOO_OK;
    bool is_there = os_path_kind(file) != OS_NOTHING;
    if (!t->opt->resume) return is_there ? refuse_unfinished(t) : DFOO_OK;
    if (!is_there) {
        diag_warn(d, NULL, span_at(0, 0), "there is no %s to go on with: the run begins", file);
        return DFOO_OK;
    }
    DFOO_TRY(arrays_new(&t->a.mem, &t->resumed));
    DFOO_TRY(data_read(file, NULL, d, t->resumed));
    if (arrays_get(t->resumed, "dfoo.terms")) return DFOO_OK;
    diag_alone(
        d, "%s does not hold what is needed to go on with it: it is no run, or was written without its state",
        file);
    diag_note(d, "--from %s starts from the parameters in it", file);
    return DFOO_EINPUT;
}

static dfoo_status damaged(const trainer *t, const char *name) {
    return diag_alone(t->m->g.d, "%s is damaged: %s is not what training wrote", t->opt->file, name);
}

/* The value behind "what = "; NULL if it is another term. */
static const char *value_of(const char *term, const char *as) {
    size_t len = (size_t)(strstr(as, " = ") - as) + 3;
    return strncmp(term, as, len) == 0 ? term + len : NULL;
}

/* "epochs = any" becomes a number, or the other way round, with a schedule that counts epochs. */
static bool is_schedule(int i, const char *was, const char *is) {
    return i == TERM_EPOCHS && (strstr(was, "any") || strstr(is, "any"));
}

static dfoo_status refuse_term(const trainer *t, int i, const char *was, const char *is) {
    diags *d = t->m->g.d;
    if (i == TERM_EQUATIONS || is_schedule(i, was, is))
        diag_alone(d,
                   "%s was made by other equations: the model, the optimiser or its settings have changed, "
                   "or dfoo has",
                   t->opt->file);
    else if (i == TERM_DATA)
        diag_alone(d,
                   "%s was trained with other examples: the data has changed, or how it is split or scaled",
                   t->opt->file);
    else
        diag_alone(d, "%s was trained with %s, and now it is %s", t->opt->file, was, is);
    diag_note(d, "a run goes on as it began; --from %s --restart starts anew from its parameters",
              t->opt->file);
    return DFOO_EINPUT;
}

static dfoo_status check_terms(trainer *t) {
    const char        *terms[N_TERMS];
    const char *const *was;
    uint32_t           n;
    DFOO_TRY(list_terms(t, terms));
    DFOO_TRY(run_read_texts(t->m, &t->a, arrays_get(t->resumed, "dfoo.terms"), &was, &n));
    if (n != N_TERMS) return refuse_term(t, TERM_EQUATIONS, "", "");
    for (int i = 0; i < N_TERMS; i++) {
        if (strcmp(terms[i], was[i]) == 0) continue;
        if (!value_of(was[i], terms[i])) return damaged(t, "dfoo.terms");
        if (i != TERM_SUMS) return refuse_term(t, i, was[i], terms[i]);
        diag_warn(t->m->g.d, NULL, span_at(0, 0),
                  "the run began with %s, and now it is %s: the last bits may differ", was[i], terms[i]);
    }
    return DFOO_OK;
}

static bool get_whole(const trainer *t, const char *name, uint64_t *out) {
    const dfoo_array *x = arrays_get(t->resumed, name);
    if (!x || x->ndim != 0 || !(x->data[0] >= 0 && x->data[0] < 9e15)) return false;
    *out = (uint64_t)x->data[0];
    return (double)*out == x->data[0];
}

static dfoo_status get_place(trainer *t) {
    uint64_t          epoch, done;
    const dfoo_array *cost = arrays_get(t->resumed, "dfoo.done_cost");
    if (!get_whole(t, "dfoo.steps", &t->t)) return damaged(t, "dfoo.steps");
    if (!get_whole(t, "dfoo.epochs", &epoch)) return damaged(t, "dfoo.epochs");
    if (!get_whole(t, "dfoo.done", &done) || done >= t->per_epoch) return damaged(t, "dfoo.done");
    if (!cost || cost->ndim != 0) return damaged(t, "dfoo.done_cost");
    if (!history_take(&t->history, arrays_get(t->resumed, "dfoo.history"), &t->a))
        return damaged(t, "dfoo.history");
    t->epoch = (size_t)epoch;
    t->done = (size_t)done;
    t->done_cost = cost->data[0];
    t->t_began = t->t;
    if (t->history.rows.n) {
        const history_row *last = &t->history.rows.at[t->history.rows.n - 1];
        t->cost = last->cost;
        t->rate = last->learning_rate;
    }
    return arena_status(&t->a);
}

static dfoo_status get_states(trainer *t) {
    for (uint32_t i = 0; i < t->stepper.states.n; i++) {
        var_id      v = t->stepper.states.at[i];
        size_t      rows = 0, cols = 0;
        const char *name = state_name(t, v);
        if (!name || !exec_data(t->step, v, &rows, &cols)) return DFOO_ENOMEM;
        const dfoo_array *x = arrays_get(t->resumed, name);
        if (!x || x->ndim != 2 || x->dim[0] != rows || x->dim[1] != cols) return damaged(t, name);
        DFOO_TRY(exec_set(t->step, v, x->data));
    }
    return DFOO_OK;
}

dfoo_status resume_go_on(trainer *t) {
    if (!t->resumed) return DFOO_OK;
    DFOO_TRY(check_terms(t));
    DFOO_TRY(get_place(t));
    DFOO_TRY(get_states(t));
    DFOO_TRY(best_get(t));
    if (t->epoch >= t->epochs)
        diag_warn(t->m->g.d, NULL, span_at(0, 0),
                  "%s has %zu epochs already: there is nothing left to do; a larger --epochs goes on",
                  t->opt->file, t->epoch);
    return DFOO_OK;
}
