/* The check from beginning to end: make the subject ready, measure and judge on a random
 * instance and on the given arrays, plant mistakes, judge the claims, write it down. */
#include "teach/check/inside.h"

/* Parameters, what `derive` shows, and inputs have a line of their own; the rest is judged as
 * well, and has one if it is wrong. */
static bool has_line(const judgement *j, const derivation *d, const program *shown, const differences *q) {
    const ir       *g = j->in.s->g;
    const gradient *v = derivation_find(d, q->v);
    if (ir_var(g, q->v)->kind == VAR_PARAM) return true;
    if (!v || !program_find(shown, v->grad)) return false;
    return v->shown || ir_var(g, q->v)->kind == VAR_INPUT;
}

static judged judge_one(const gradient_values *x, const differences *q) {
    matrix none = {0};
    if (!q->of) return judge(q, none, NULL, false);
    return judge(q, x->of[q->number], x->rounding[q->number], x->misfit[q->number]);
}

/* A gradient without a line that the program does not compute is not missing. */
static dfoo_status judge_instance(judgement *j, const derivation *d, const program *shown,
                                  uint32_t max_entries, arena *a) {
    gradient_values of_shown;
    DFOO_TRY(differences_all(&j->in, max_entries, &j->q));
    DFOO_TRY(instance_gradients(&j->in, a, shown, true, &of_shown));
    uint32_t n = j->q.list.n;
    j->shown = arena_new(a, (n + 1) * sizeof *j->shown);
    j->raw = arena_new(a, (n + 1) * sizeof *j->raw);
    j->in_table = arena_new(a, n + 1);
    if (!j->shown || !j->raw || !j->in_table) return DFOO_ENOMEM;
    j->ok = true;
    for (uint32_t i = 0; i < n; i++) {
        const differences *q = &j->q.list.at[i];
        j->raw[i] = judge_one(&j->in.raw, q);
        j->shown[i] = judge_one(&of_shown, q);
        j->in_table[i] = has_line(j, d, shown, q);
        if (!j->in_table[i] && q->of && !program_find(shown, q->of->grad)) j->shown[i] = j->raw[i];
        j->ok = j->ok && verdict_ok(j->shown[i].verdict) && verdict_ok(j->raw[i].verdict);
    }
    return DFOO_OK;
}

static bool claims_ok(const claims_judged *c) {
    for (uint32_t i = 0; i < c->list.n; i++)
        if (c->list.at[i].verdict >= CLAIM_UNKNOWN) return false;
    return true;
}

static dfoo_status find_out(findings *f, const derivation *d, const program *shown, arena *a,
                            const check_options *opt) {
    uint32_t max_entries = opt->max_entries ? opt->max_entries : 2000;
    uint32_t max_mistakes = opt->max_mistakes ? opt->max_mistakes : 300;
    DFOO_TRY(instance_random(&f->random.in, f->s, a, opt->seed, 0));
    f->ok = f->random.in.finite;
    if (f->random.in.finite) {
        DFOO_TRY(judge_instance(&f->random, d, shown, max_entries, a));
        DFOO_TRY(control_run(f->s, &f->random.in, &f->random.q, max_mistakes, max_entries, a, &f->control));
        DFOO_TRY(claims_judge(&f->random.in, a, &f->claims));
        f->ok = f->random.ok && !f->control.unnoticed.n && claims_ok(&f->claims);
    }
    f->has_given = opt->values != NULL;
    if (!f->has_given) return DFOO_OK;
    DFOO_TRY(instance_given(&f->given.in, f->s, a, opt->seed, opt->values));
    if (f->given.in.finite) DFOO_TRY(judge_instance(&f->given, d, shown, max_entries, a));
    f->ok = f->ok && f->given.ok;
    return DFOO_OK;
}

dfoo_status check_gradient(model *m, const derivation *d, const program *shown, arena *a,
                           const check_engine *engine, const check_options *opt, buf *report, bool *ok) {
    subject  s;
    findings f = {.s = &s};
    *ok = false;
    if (!m->cost)
        return diag_error(m->g.d, &m->src, span_at(0, 0),
                          "there is no gradient to check: the model has no `minimize`");
    DFOO_TRY(subject_init(&s, m, a, engine));
    DFOO_TRY(find_out(&f, d, shown, a, opt));
    DFOO_TRY(arena_status(a));
    (opt->json ? report_json : report_write)(&f, report);
    *ok = f.ok;
    return buf_status(report);
}
