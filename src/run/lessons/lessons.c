/* The lessons: when which measure is asked, and how what it found is told. */
#include <math.h>
#include <string.h>

#include "run/lessons/lessons.h"

typedef struct lesson {
    const char *says, *because, *help;
    int         when;
    dfoo_status (*measure)(const look *k, finding *f);
} lesson;

static const lesson table[LESSON_COUNT] = {
#define LESSON(ID, TITLE, WHEN, SAYS, BECAUSE, HELP) {SAYS, BECAUSE, HELP, WHEN, lesson_##ID},
#include "run/lessons/lessons.def"
};

/* A note for each line; an empty one is none. */
static dfoo_status tell_lines(diags *d, const finding *f, const char *text) {
    buf b;
    buf_init(&b, f->a->mem);
    finding_fill(f, text, &b);
    for (char *line = b.text; line && *line;) {
        size_t len = strcspn(line, "\n");
        if (len) diag_note(d, "%.*s", (int)len, line);
        line += len + (line[len] == '\n');
    }
    dfoo_status status = buf_status(&b);
    buf_free(&b);
    return status;
}

static dfoo_status tell(const watched *w, const lesson *row, const finding *f, bool error) {
    diags        *d = w->m->g.d;
    const stmt   *s = f->where ? program_find(&w->m->forward, f->where) : NULL;
    span          at = s ? s->at : f->where ? ir_var(&w->m->g, f->where)->at : span_at(0, 0);
    const source *src = f->where && at.end > at.start ? &w->m->src : NULL;
    buf           b;
    buf_init(&b, f->a->mem);
    finding_fill(f, row->says, &b);
    if (error) diag_error(d, src, at, "%s", b.text ? b.text : "");
    else diag_warn(d, src, at, "%s", b.text ? b.text : "");
    dfoo_status status = buf_status(&b);
    buf_free(&b);
    if (status == DFOO_OK) status = tell_lines(d, f, row->because);
    return status == DFOO_OK ? tell_lines(d, f, row->help) : status;
}

/* --------------------------------------------------------------------- looks */

static dfoo_status ask_all(lessons *l, const look *k) {
    bool wrong = false;
    for (int i = 0; i < LESSON_COUNT; i++) {
        if (l->told[i] || !(table[i].when & k->when)) continue;
        finding f = {.a = k->a}; /* which has room for words */
        DFOO_TRY(table[i].measure(k, &f));
        if (!f.found) continue;
        l->told[i] = true;
        bool error = table[i].when & AN_ERROR && !l->lenient;
        DFOO_TRY(tell(k->w, &table[i], &f, error));
        wrong = wrong || error;
    }
    return arena_status(k->a) != DFOO_OK ? DFOO_ENOMEM : wrong ? DFOO_EINPUT : DFOO_OK;
}

/* Evenly from all training examples. */
static dfoo_status choose_sample(look *k) {
    size_t all = k->w->n;
    k->n = all < PROBE_SAMPLE ? all : PROBE_SAMPLE;
    uint32_t *pick = arena_new(k->a, k->n * sizeof *pick);
    if (!pick) return DFOO_ENOMEM;
    for (size_t j = 0; j < k->n; j++) pick[j] = k->w->pick[j * all / k->n];
    k->pick = pick;
    return DFOO_OK;
}

static dfoo_status look_at_sample(lessons *l, look *k) {
    DFOO_TRY(choose_sample(k));
    DFOO_TRY(probe_run(&l->probe, k->w, k->a, k->pick, k->n, &k->sample));
    if (k->when == AT_START) exec_get(k->sample.e, k->w->m->cost, &l->start_cost);
    return ask_all(l, k);
}

static dfoo_status look_now(lessons *l, const watched *w, int when) {
    arena a;
    look  k = {.w = w, .l = l, .a = &a, .when = when};
    arena_init(&a, w->a->mem);
    dfoo_status status = when & (AT_START | AT_END) ? look_at_sample(l, &k) : ask_all(l, &k);
    probe_close(&k.sample);
    arena_free(&a);
    return status;
}

dfoo_status lessons_plan(lessons *l, model *m, const program *p, arena *a) {
    *l = (lessons){.start_cost = NAN};
    return probe_plan(m, p, a, &l->probe);
}

dfoo_status lessons_start(lessons *l, const watched *w) {
    DFOO_TRY(lesson_find_alike(w, l));
    return look_now(l, w, AT_START);
}

dfoo_status lessons_step(lessons *l, const watched *w) {
    return w->steps == LESSONS_STEPS ? look_now(l, w, AT_STEPS) : DFOO_OK;
}

dfoo_status lessons_epoch(lessons *l, const watched *w) {
    return look_now(l, w, AT_EPOCH);
}

/* A short run has not made its first steps before its end. */
dfoo_status lessons_end(lessons *l, const watched *w) {
    if (w->steps < LESSONS_STEPS && w->steps) DFOO_TRY(look_now(l, w, AT_STEPS));
    return look_now(l, w, AT_END);
}
