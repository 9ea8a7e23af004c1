/* The face of the room of exercises: a line of the backward pass that is missing, or one with a mistake in
 * it.
 *
 * An exercise is made from a model and a number, the seed: the same one for everybody who has both. Nothing
 * in it is written by hand. The lines are those that `derive` prints; a mistake is a row of mistakes.def,
 * planted in the derivation and simplified like the rest; that it is wrong, and has the name that the
 * solution says, is shown by numbers before anybody sees it (room diagnosis), and an answer is judged in the
 * same way, whatever it looks like. */
#ifndef PRACTICE_PRACTICE_H
#define PRACTICE_PRACTICE_H

#include "teach/diagnosis/diagnosis.h"

typedef enum { PRACTICE_ANY, PRACTICE_BLANK, PRACTICE_MISTAKE } practice_kind;

enum { MOST_CHOICES = 3 };

/* A line that is wrong, and what was done to make it so. */
typedef struct wrong_line {
    node_id        node; /* in place of the gradient's formula */
    const mistake *what;
} wrong_line;

/* What all exercises of a model in one convention are taken from: its lines, and which of the catalogue's
 * mistakes make one of them wrong. The latter is found out when an exercise asks, once for all of them, so
 * that a thousand exercises cost little more than ten. */
typedef struct stock stock;

typedef struct exercise {
    stock            *from;
    model            *m;
    const derivation *d; /* simplified; its shown gradients are the lines */
    uint64_t          seed;
    practice_kind     kind; /* BLANK or MISTAKE */
    VEC(const gradient *) lines;
    uint32_t at;           /* which of them is asked for */
    VEC(wrong_line) wrong; /* of that line: one, MISTAKE; up to MOST_CHOICES to choose from, BLANK */
} exercise;

/* engine: for both conventions, CONVENTION_COURSE first; d: the derivation in the convention that is asked
 * for. Nodes are appended to the model's store. DFOO_EINPUT, with a diagnostic: the model has no line to ask
 * for. */
dfoo_status practice_open(model *m, const derivation *d, arena *a, const check_engine engine[2],
                          diags *messages, stock **out);

/* choices: how many wrong lines are looked for where one is missing, from 1 to MOST_CHOICES; the exercise is
 * the same for any number. DFOO_EINPUT, with a diagnostic: no mistake of the catalogue makes a line wrong
 * that can be shown. */
dfoo_status practice_make(stock *s, uint64_t seed, practice_kind kind, uint32_t choices, diags *messages,
                          exercise *out);

/* What was answered. */
typedef struct practice_judged {
    bool        right;
    const char *text;    /* as it was given */
    const char *says;    /* what is told of it */
    const char *written; /* right, and written in another way: the line as `derive` has it; or NULL */
} practice_judged;

/* answer: the line, "dW2 = ..", or what stands behind its "="; of MISTAKE also the line's name alone, which
 * is then all that is asked. hint: HINT_.., how much a wrong answer is told. DFOO_EINPUT, with a diagnostic:
 * it cannot be read. */
dfoo_status practice_judge(const exercise *x, arena *a, const char *answer, int hint, diags *messages,
                           practice_judged *out);

/* A sentence that helps, from HINT_LINE to HINT_ANSWER, which is the solution. Never NULL. */
const char *practice_hint(const exercise *x, int hint, arena *a);

/* "dW2 = 1/m * dZ2 @ A1.T": line number i as it stands in the exercise, with the mistake; and as it is right.
 */
const char *practice_line(const exercise *x, uint32_t i, arena *a);
const char *practice_right(const exercise *x, uint32_t i, arena *a);
const char *practice_wrong(const exercise *x, uint32_t choice, arena *a);

/* What is asked, in a sentence. */
const char *practice_question(const exercise *x, arena *a);

/* From how many lines it can be chosen: the right one, with wrong ones beside it, or one of all. */
uint32_t practice_choices(const exercise *x);

typedef struct practice_page {
    const exercise        *list;
    uint32_t               n;
    const practice_judged *judged; /* of the only exercise, or NULL */
    int                    hint;   /* 0: none */
} practice_page;

/* Exercises as a page; with HINT_ANSWER the solutions stand at its end. format: one of practice_format_at. */
dfoo_status practice_write(const practice_page *p, dfoo_format format, buf *out);

const text_format *practice_format_at(size_t i);

#endif
