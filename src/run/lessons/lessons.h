/* Lessons: what training notices about itself and tells as warnings, each once, with its reason
 * and what would help. The table is lessons.def; lessons.c asks its measures at the moments that it
 * names, and tells what they found. A measure looks at the trainer and changes nothing in it.
 */
#ifndef TRAIN_LESSONS_H
#define TRAIN_LESSONS_H

#include "run/train/internal.h"

struct trainer;

enum { AT_START = 1, AT_STEPS = 2, AT_EPOCH = 4, AT_END = 8 };

typedef enum {
#define LESSON(ID, ...) LESSON_##ID,
#include "run/lessons/lessons.def"
    LESSON_COUNT
} lesson_id;

enum { LESSON_STEPS = 5, LESSON_SAMPLE = 1000 };

/* ------------------------------------------------------------------- probe */

/* y = f(z), entry by entry, of a value z that the parameters have a part in and that goes nowhere
 * else: `slope` is f'(z). */
typedef struct unit_watch {
    var_id y, z, slope;
    bool   step;   /* the slope is a step, as a relu's: exactly 0, or well away from it */
    bool   hidden; /* there are parameters between y and the cost */
} unit_watch;

/* The forward pass without dropout, which keeps what is watched, the predictions and the cost. */
typedef struct probe {
    plan *p;
    bool *features; /* by var_id: a product with parameters is made of it, or of what it makes */
    VEC(unit_watch) units;
} probe;

/* What it computed for some of the training examples. */
typedef struct probed {
    examples in; /* none is bound if e is NULL */
    exec    *e;
} probed;

/* A matrix of exec's, seen as units (or entries) of examples. */
typedef struct seen {
    exec_dtype  type;
    const void *at;
    size_t      n, units;
    bool        across; /* examples are columns */
} seen;

double seen_at(const seen *x, size_t unit, size_t example);

dfoo_status probe_plan(struct trainer *t);
dfoo_status probe_run(const struct trainer *t, arena *a, const uint32_t *pick, size_t n, probed *out);
void        probe_close(probed *x); /* also after a failure */

/* Runs over all training examples, a part at a time, until `visit` says false: it has seen enough. */
typedef bool (*probe_visit)(void *user, const struct trainer *t, const probed *part);
dfoo_status probe_all(const struct trainer *t, probe_visit visit, void *user);

bool        probe_see(const struct trainer *t, const probed *x, var_id v, seen *out); /* false: not there */

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

/* A moment at which measures are asked. */
typedef struct look {
    const struct trainer *t;
    arena                *a; /* freed behind the look */
    int                   when;
    size_t                n; /* of the sample */
    const uint32_t       *pick;
    probed                sample; /* at the start and at the end */
} look;

#define LESSON(ID, ...) dfoo_status lesson_##ID(const look *k, finding *f);
#include "run/lessons/lessons.def"

/* -------------------------------------------------------------------- state */

typedef struct lessons {
    probe  probe;
    bool   told[LESSON_COUNT];
    double start_cost; /* of the sample, before the first step */
    VEC(dim) alike;    /* along these all parameters started equal */
} lessons;

dfoo_status lessons_start(struct trainer *t);
dfoo_status lessons_step(struct trainer *t);
dfoo_status lessons_epoch(struct trainer *t);
dfoo_status lessons_end(struct trainer *t);

/* lesson_units.c: finds what is alike at the start. */
dfoo_status lessons_find_alike(struct trainer *t);

/* lesson_inputs.c: what messages call an entry of an input: its column, or its number. */
const char *entry_name(const struct trainer *t, arena *a, var_id v, size_t i);

/* The learning rate, and one that is ten times smaller or larger. */
void finding_rates(finding *f, const struct trainer *t);

#endif
