/* The lessons: when which measure is asked, and how what it found is told. */
#include <math.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "run/train/trainer.h"

typedef struct lesson {
    const char *says, *because, *help;
    int         when;
    dfoo_status (*measure)(const look *k, finding *f);
} lesson;

static const lesson table[LESSON_COUNT] = {
#define LESSON(ID, TITLE, WHEN, SAYS, BECAUSE, HELP) {SAYS, BECAUSE, HELP, WHEN, lesson_##ID},
#include "run/lessons/lessons.def"
};

/* -------------------------------------------------------------------- words */

void finding_word(finding *f, const char *name, const char *format, ...) {
    char    text[400];
    va_list args;
    va_start(args, format);
    vsnprintf(text, sizeof text, format, args);
    va_end(args);
    const char *own = arena_text(f->a, text, strlen(text));
    if (own && f->n_words < MOST_WORDS) f->words[f->n_words++] = (word){name, own};
}

void finding_rates(finding *f, const trainer *t) {
    finding_word(f, "rate", "%g", t->stepper.rate);
    finding_word(f, "smaller", "%g", t->stepper.rate / 10);
    finding_word(f, "larger", "%g", t->stepper.rate * 10);
}

static void put_word(const finding *f, const char *name, size_t len, buf *out) {
    for (uint32_t i = 0; i < f->n_words; i++)
        if (strlen(f->words[i].name) == len && memcmp(f->words[i].name, name, len) == 0)
            buf_puts(out, f->words[i].text);
}

/* A text of the table with its words. */
static void fill_in(const finding *f, const char *text, buf *out) {
    while (*text) {
        size_t len = strcspn(text, "{");
        buf_put(out, text, len);
        text += len;
        if (!*text) return;
        len = strcspn(text, "}");
        put_word(f, text + 1, len - 1, out);
        text += len + (text[len] == '}');
    }
}

/* A note for each line; an empty one is none. */
static dfoo_status tell_lines(diags *d, const finding *f, const char *text) {
    buf b;
    buf_init(&b, f->a->mem);
    fill_in(f, text, &b);
    for (char *line = b.text; line && *line;) {
        size_t len = strcspn(line, "\n");
        if (len) diag_note(d, "%.*s", (int)len, line);
        line += len + (line[len] == '\n');
    }
    dfoo_status status = buf_status(&b);
    buf_free(&b);
    return status;
}

static dfoo_status tell(const trainer *t, const lesson *row, const finding *f) {
    diags        *d = t->m->g.d;
    const stmt   *s = f->where ? program_find(&t->m->forward, f->where) : NULL;
    span          at = s ? s->at : f->where ? ir_var(&t->m->g, f->where)->at : span_at(0, 0);
    const source *src = f->where && at.end > at.start ? &t->m->src : NULL;
    buf           b;
    buf_init(&b, f->a->mem);
    fill_in(f, row->says, &b);
    diag_warn(d, src, at, "%s", b.text ? b.text : "");
    dfoo_status status = buf_status(&b);
    buf_free(&b);
    if (status == DFOO_OK) status = tell_lines(d, f, row->because);
    return status == DFOO_OK ? tell_lines(d, f, row->help) : status;
}

/* --------------------------------------------------------------------- looks */

static dfoo_status ask_all(trainer *t, const look *k) {
    for (int i = 0; i < LESSON_COUNT; i++) {
        finding f = {.a = k->a};
        if (t->lessons.told[i] || !(table[i].when & k->when)) continue;
        DFOO_TRY(table[i].measure(k, &f));
        if (!f.found) continue;
        t->lessons.told[i] = true;
        DFOO_TRY(tell(t, &table[i], &f));
    }
    return arena_status(k->a);
}

/* Evenly from all training examples. */
static dfoo_status choose_sample(const trainer *t, look *k) {
    k->n = t->n < LESSON_SAMPLE ? t->n : LESSON_SAMPLE;
    uint32_t *pick = arena_new(k->a, k->n * sizeof *pick);
    if (!pick) return DFOO_ENOMEM;
    for (size_t j = 0; j < k->n; j++) pick[j] = t->pick[j * t->n / k->n];
    k->pick = pick;
    return DFOO_OK;
}

static dfoo_status look_at_sample(trainer *t, look *k) {
    DFOO_TRY(choose_sample(t, k));
    DFOO_TRY(probe_run(t, k->a, k->pick, k->n, &k->sample));
    if (k->when == AT_START) exec_get(k->sample.e, t->m->cost, &t->lessons.start_cost);
    return ask_all(t, k);
}

static dfoo_status look_now(trainer *t, int when) {
    arena a;
    look  k = {.t = t, .a = &a, .when = when};
    arena_init(&a, t->a.mem);
    dfoo_status status = when & (AT_START | AT_END) ? look_at_sample(t, &k) : ask_all(t, &k);
    probe_close(&k.sample);
    arena_free(&a);
    return status;
}

dfoo_status lessons_start(trainer *t) {
    DFOO_TRY(lessons_find_alike(t));
    return look_now(t, AT_START);
}

dfoo_status lessons_step(trainer *t) {
    return t->t == t->t_began + LESSON_STEPS ? look_now(t, AT_STEPS) : DFOO_OK;
}

dfoo_status lessons_epoch(trainer *t) {
    return look_now(t, AT_EPOCH);
}

/* A short run has not made its first steps before its end. */
dfoo_status lessons_end(trainer *t) {
    if (t->t < t->t_began + LESSON_STEPS && t->t > t->t_began) DFOO_TRY(look_now(t, AT_STEPS));
    return look_now(t, AT_END);
}
