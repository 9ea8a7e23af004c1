/* The face of the judging room: a learner's program, its gradients judged.
 *
 * The program is run (teach/python) on values of the model's, in whatever way its functions, classes or
 * statements offer; what it binds to gradients is held against the derived ones, line by line, and what is
 * wrong is named by the catalogue of mistakes. */
#ifndef JUDGE_JUDGE_H
#define JUDGE_JUDGE_H

#include "teach/check/sheet.h"
#include "teach/judge/verdict.h"

typedef struct judge_source {
    const char *name, *text;
    size_t      len;
} judge_source;

/* A line of the answer. */
typedef struct judge_line {
    uint8_t        how;        /* judged_how */
    const char    *variable;   /* the model's name: dW2 */
    const char    *name;       /* the program's */
    uint32_t       line, cell; /* cell: of a notebook, from 1; 0: none */
    const char    *text;       /* the source line, without its indentation; "" if there is none */
    const mistake *row;        /* the mistake; NULL: not one of those that are known */
    double         ratio, norms, cosine;
    size_t         rows, cols;              /* of what was found */
    const char    *found_shape, *own_shape; /* as text, by the model's names where they are told */
    const char    *sentence;                /* what there is to say in a sentence; "" */
    matrix         value, expected;         /* of what is wrong, as the model has it; at NULL: none */
    const char    *solution; /* the right line, in the program's own names; "": it was not asked for */
} judge_line;

typedef struct judge_answer {
    const char *name; /* of the program */
    VEC(judge_line) lines;
    uint32_t       first;            /* the first wrong line's place in lines; UINT32_MAX: nothing is wrong */
    bool           found;            /* any gradient at all */
    const char    *entry;            /* what was set going: a function's name */
    const char    *sizes;            /* "n0 = 2, n1 = 4, .." */
    bool           other_convention; /* dZ carries the 1/m */
    bool           negative; /* the program's gradients are negative, and its parameters follow them */
    const char    *failure;  /* Python's error, NULL: none */
    uint32_t       failure_line, failure_cell;
    const char    *failure_shapes, *failure_text; /* by the model's names, or ""; that line */
    const mistake *failure_row;                   /* what is wrong there; NULL: not known */
    VEC(const char *) remarks;
    VEC(judge_line) problems; /* what was not understood: line, cell, sentence */
} judge_answer;

typedef struct judge_options {
    uint64_t          seed;
    const derivation *derived; /* simplified: right lines are told; NULL: they are not */
} judge_options;

/* Judges a program. The model has been derived by the engine's own way. Memory of the answer is the arena's.
 */
dfoo_status judge_program(model *m, arena *a, const check_engine *engine, const judge_options *how,
                          const judge_source *program, judge_answer *out);

/* How much is told: 1 where, 2 what kind, 3 the mistake's name, 4 the right line. */
enum { JUDGE_NAME = 3, JUDGE_SOLUTION = 4 };

typedef struct judge_writing {
    report_kind kind;
    int         hint;
    bool        show; /* what is wrong and what would be right, as matrices */
} judge_writing;

/* The answer as text, page or data. */
void judge_write(const judge_answer *x, const judge_writing *how, buf *out);

/* Its parts: remarks and Python's error, what was not understood, where the first wrong line is, in words. */
void judge_text(const judge_answer *x, const judge_writing *how, buf *out);
void judge_json(const judge_answer *x, const judge_writing *how, buf *out);
void judge_put_remarks(const judge_answer *x, buf *out);
void judge_put_problems(const judge_answer *x, buf *out);
void judge_put_first(const judge_answer *x, buf *out);
void judge_put_place(uint32_t cell, uint32_t line, buf *out);

/* A line that was told already for the same mistake, in a loop or a helper; NULL: it was not. */
const judge_line *judge_told_before(const judge_answer *x, const judge_line *l);

/* Is something wrong that was not told before? */
bool judge_shows(const judge_answer *x, const judge_line *l);

/* One line of an answer, in words: what is wrong, up to a hint level. */
void judge_hint(const judge_line *l, int hint, buf *out);

const char *judged_word(uint8_t how);

/* Gradients were found, and nothing is wrong. */
static inline bool judge_is_right(const judge_answer *x) {
    return x->found && x->first == UINT32_MAX && !x->failure;
}

#endif
