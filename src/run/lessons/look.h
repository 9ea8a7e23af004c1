/* A look at a training: the moment at which measures are asked, what they may look at, and what they find. */
#ifndef LESSONS_LOOK_H
#define LESSONS_LOOK_H

#include "run/lessons/probe.h"

enum { AT_START = 1, AT_STEPS = 2, AT_EPOCH = 4, AT_END = 8, AN_ERROR = 16 };

typedef enum {
#define LESSON(ID, ...) LESSON_##ID,
#include "run/lessons/lessons.def"
    LESSON_COUNT
} lesson_id;

/* What lessons know of a training from moment to moment. */
typedef struct lessons {
    probe  probe;
    bool   told[LESSON_COUNT];
    bool   lenient;    /* what would be an error is a warning, too */
    double start_cost; /* of the sample, before the first step */
    VEC(dim) alike;    /* along these all parameters started equal */
} lessons;

/* ----------------------------------------------------------------- findings */

enum { MOST_WORDS = 12 };

typedef struct word {
    const char *name, *text;
} word;

/* What a measure found. Its place is the declaration or the statement of `where`; 0: it has none. */
typedef struct finding {
    bool     found;
    var_id   where;
    word     words[MOST_WORDS];
    uint32_t n_words;
    arena   *a;
} finding;

void finding_word(finding *f, const char *name, const char *format, ...)
    __attribute__((format(printf, 3, 4)));

/* The learning rate, and one that is ten times smaller or larger. */
void finding_rates(finding *f, const watched *w);

/* A text of the table with the words of a finding. */
void finding_fill(const finding *f, const char *text, buf *out);

/* -------------------------------------------------------------------- looks */

typedef struct look {
    const watched  *w;
    const lessons  *l;
    arena          *a; /* freed behind the look */
    int             when;
    size_t          n; /* of the sample */
    const uint32_t *pick;
    probed          sample; /* at the start and at the end */
} look;

static inline const char *look_name(const look *k, var_id v) {
    return ir_var_name(&k->w->m->g, v);
}

/* Measures, each in a file lesson_*.c; one changes nothing but what it found. */
#define LESSON(ID, ...) dfoo_status lesson_##ID(const look *k, finding *f);
#include "run/lessons/lessons.def"

/* Along which dimensions of units do all parameters start equal? (lesson_units.c) */
dfoo_status lesson_find_alike(const watched *w, lessons *l);

#endif
