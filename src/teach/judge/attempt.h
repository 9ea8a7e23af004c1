/* A program set going, in one of the ways that may show its gradients, and what came of it. */
#ifndef JUDGE_ATTEMPT_H
#define JUDGE_ATTEMPT_H

#include "teach/judge/around.h"
#include "teach/judge/drive.h"
#include "teach/judge/judge.h"

/* One run of the program, and what came of it. */
typedef struct attempt {
    judge_view      view;
    const char     *entry;
    uint32_t        number; /* of the entry */
    bool            own;    /* the values are the program's own */
    bool            handed_on, is_backward, statements, forward_failed;
    case_kind       kind;
    judge_case      c;
    judge_verdicts  v;
    py_failure      failure;
    py_failure      behind; /* how its update ended */
    int             score;
    uint32_t        begin, from; /* its events, from its forward pass on, and of itself */
    around_findings around;
} attempt;

/* Why no gradient was found. */
typedef struct attempt_reason {
    uint32_t    line;
    const char *sentence; /* NULL: not known */
    bool        strong;   /* of a function that is called as a way back */
} attempt_reason;

typedef struct judge_work {
    const subject *s;
    arena         *a;
    const char    *text;
    size_t         len;
    uint64_t       seed;
    plants         catalogue;
    attempt_reason reason;
    bool           after;     /* what comes behind the gradients is run as well */
    py_node       *tree;      /* the program's */
    py_run        *again;     /* a second run, which has the names of what is told; or NULL */
    judge_case     one;       /* one: with one example */
    bool           alone; /* lines without what comes before them: they begin with the case's values */
    bool           from_zero, y_predicted; /* the program counts its parameters from 0; y - t */
    bool           reshapes;               /* lists of numbers may become columns in it */
    const derivation *derived; /* simplified; NULL: right lines are not asked for */
    const char      **called;  /* what the program calls the model's variables, by var_id; NULL: not known */
    bool              turned;  /* and has their transposes */
} judge_work;

/* Scores where nothing right was found, since the run ended in an error: from here on, and not 0. */
enum { ONLY_FAILED = -800, MOST_FAILED = -500 };

uint32_t attempt_parameters(const subject *s);

/* Every parameter's gradient was found and is right, and nothing failed. */
bool attempt_is_all_right(const attempt *t, uint32_t parameters);

/* Nothing right was found, since it ended in an error. */
bool attempt_has_only_failed(const attempt *t);

/* Reads and runs the program anew; given back by attempt_unload, with the tree that counted before. */
dfoo_status attempt_load(judge_work *w, py_run **r, uint64_t seed, const judge_case *c);
void        attempt_unload(judge_work *w, py_run *r, py_node *tree);

/* All entries in one view. only: this entry alone. */
dfoo_status attempt_one(judge_work *w, py_run *r, const judge_case *c, const judge_case *one,
                        const judge_view *view, uint32_t only, attempt *best);

/* In every view, until all is right. */
dfoo_status attempt_all(judge_work *w, py_run *r, const judge_case *c, attempt *best);

/* Where nothing was found: the lines once more, on the case's values. *r is another run then. */
dfoo_status attempt_alone(judge_work *w, py_run **r, const judge_case *c, attempt *best);

/* What gathers the claims of an attempt. */
gatherer attempt_gatherer(const judge_work *w, py_run *r, const attempt *t, const judge_case *c);

/* Where a line of the text begins, its length without what ends it. */
const char *attempt_line(const judge_work *w, uint32_t line, size_t *n);

#endif
