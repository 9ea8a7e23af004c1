/* The face of the room that says what is wrong with somebody's gradients, and where.
 *
 * What is judged is a list of *answers*, in the order in which they were computed: a name, a line, the
 * line's text, a value. Where they come from is the affair of a *source*: equations, arrays, a program in
 * Python. It is asked for the answers on each *instance*, sizes and values for everything that the model
 * is given, and may use any value of the forward pass. Nothing but values is compared, so it does not
 * matter how a line is written.
 *
 *   static dfoo_status answers(void *user, const instance *in, uint32_t n, arena *a, answer_list *out) {
 *       matrix x = instance_value(in, "X");            .. computes with it, and for each line
 *       vec_push(a, &out->list, (answer){.name = "grads['dW1']", .of = "dW1", .line = 14, .text = "..",
 *                                        .ndim = 2, .value = {rows, cols, data}});
 *   }
 *   answer_source source = {answers, user};
 *   DFOO_TRY(diagnose(m, a, engines, &source, &options, &out));
 *
 * An answer is right if its value is that of the derived gradient, or if it is what follows from the
 * answers before it: then it is right, *given them*. So a mistake is reported where it is made, and two
 * mistakes are found where there are two. Of two conventions for dZ, see CONVENTION_.., the first answer
 * that tells decides.
 *
 * What is wrong is held against the catalogue: each row of mistakes.def is planted in the derivation,
 * wherever it applies between this answer and those before it, and what then comes out is compared. Only
 * what is the same on every instance, to rounding, is named. */
#ifndef DIAGNOSIS_DIAGNOSIS_H
#define DIAGNOSIS_DIAGNOSIS_H

#include "teach/check/check.h"
#include "teach/check/inside.h"
#include "teach/check/mistakes.h"
#include "teach/check/sheet.h"

enum { MOST_CASES = 3 }; /* instances on which answers are judged */

/* ----------------------------------------------------------------- answers */

typedef struct answer {
    const char *name;  /* as the learner's text has it: "dW1", "grads['dW1']" */
    const char *of;    /* the gradient that it stands for: "dW1"; may be none of the model's */
    const char *text;  /* the line without its indentation, or NULL */
    uint32_t    line;  /* from 1; 0: there are no lines */
    int         ndim;  /* 0, 1 (then value is (n, 1) or (1, n)), 2 */
    matrix      value; /* at NULL: there is none */
    const char *fault; /* then: what was said instead of a value, as numpy's own message; or NULL */
    bool        scaled; /* known but for a positive factor, from how a parameter changed */
} answer;

typedef struct answer_list {
    VEC(answer) list;
} answer_list;

/* The list has the same answers, but for their values, on every instance (the n-th, from 0). Memory that
 * outlives the call comes from `a`. */
typedef struct answer_source {
    dfoo_status (*answers)(void *user, const instance *in, uint32_t n, arena *a, answer_list *out);
    void  *user;
    double same; /* how far, relative to the largest entry, an equal value may be off; 0: 1e-9 */
} answer_source;

/* The value of a variable of the forward pass (X, Y, W1, A1, J ..) on an instance; at NULL: there is none
 * of this name. The matrix is the instance's: it is not written to. A number is (1, 1). */
matrix instance_value(const instance *in, const char *name);

/* How many examples there are; 0: the model has no such dimension. */
size_t instance_examples(const instance *in);

/* ---------------------------------------------------------------- diagnosis */

typedef enum {
    ANSWER_RIGHT,
    ANSWER_GIVEN,     /* right, given the answers before it */
    ANSWER_FOLLOWS,   /* cannot be told: it stands on an answer that has no value or the wrong shape */
    ANSWER_UNKNOWN,   /* the model has no such gradient */
    ANSWER_WRONG,     /* from here on: a mistake */
    ANSWER_SHAPE,
    ANSWER_NOT_FINITE,
    ANSWER_FAULT      /* there is no value, see answer.fault */
} answer_verdict;

static inline bool answer_is_wrong(answer_verdict v) { return v >= ANSWER_WRONG; }

/* A row of the catalogue that gives the same numbers. */
typedef struct named {
    const mistake *what;
    var_id         in; /* the variable whose statement it is planted in */
} named;

typedef struct diagnosed {
    answer         is;       /* on the first instance */
    uint8_t        verdict;  /* answer_verdict */
    bool           other_convention; /* right, or given, in the convention that dfoo does not print */
    bool           by_accident;      /* right on the model's own sizes, not where sizes differ */
    const gradient *of;      /* NULL: unknown */
    matrix         expected; /* what would have been right, given the answers before; on the first instance */
    VEC(named) names;        /* empty: none of the known mistakes */
    double         besides;  /* and a factor as well; 0: none */
    double         factor;   /* the one number by which it is the right value; 0: there is none */
    sym            size;     /* which is this size on every instance, or, `inverse`, 1 by it; 0: no size */
    bool           inverse;
    double         norms, cosine; /* |value| / |right value|, and of the angle between them */
    size_t         n_differ, n_entries, row, col; /* entries that differ, and the worst */
} diagnosed;

typedef struct diagnosis {
    model   *m;
    VEC(diagnosed) list; /* in the order of the answers */
    uint32_t n_wrong;
    uint32_t first_wrong; /* in the list; n if there is none */
    uint8_t  used;        /* CONVENTION_COURSE or CONVENTION_DJ: that of the answers */
    uint8_t  n_instances;
    instance in[MOST_CASES];
    bool     is_given;    /* the arrays of the caller, not random ones */
    uint64_t seed;
    VEC(var_id) missing;  /* parameters without an answer */
} diagnosis;

/* All zero: two random instances, whose sizes are all different. */
typedef struct diagnosis_options {
    const dfoo_arrays *values[MOST_CASES]; /* X, Y, parameters, .. : an instance for each */
    uint32_t           n_values;
    uint64_t           seed;
} diagnosis_options;

/* engine: for both conventions, CONVENTION_COURSE first. Nodes are appended to the model's store.
 * DFOO_EINPUT, with a diagnostic: the values do not fit, there is no cost, or it is not finite. */
dfoo_status diagnose(model *m, arena *a, const check_engine engine[2], const answer_source *source,
                     const diagnosis_options *opt, diagnosis *out);

/* ----------------------------------------------------------------- one at a time */

/* What lines are judged with, one by one, each given those above it; made once for any number of them. */
typedef struct bench bench;

/* asked: the convention of the lines; one that is right in the other is told to be so. Nodes are appended to
 * the model's store, by bench_judge, too. */
dfoo_status bench_make(model *m, arena *a, const check_engine engine[2], convention asked, bench **out);

typedef struct bench_line {
    const ir     *g; /* the model's store, or a fork of it */
    var_id        of;
    node_id       node;  /* of = node */
    const var_id *above; /* gradients that have their right values */
    uint32_t      n_above;
} bench_line;

/* A diagnosis of one answer. Memory from `a`; in the bench stays what the mistakes make of the model. */
dfoo_status bench_judge(const bench *b, const bench_line *line, arena *a, diagnosis **out);

/* ------------------------------------------------------------------ sources */

/* Claims behind the model's `minimize`, with those of another text (see lang_read_claims) among them. */
answer_source source_claims(const model *m);

/* Arrays by name: dW1, db1, dZ1, .. */
answer_source source_arrays(const dfoo_arrays *answers);

/* ------------------------------------------------------------------- report */

/* How much is told: 1 which answers are wrong, 2 of what kind, 3 the mistake by name, 4 the right line. */
enum { HINT_LINE = 1, HINT_KIND, HINT_NAME, HINT_ANSWER };

typedef struct report_options {
    report_kind kind;
    int         hint;  /* 0: HINT_NAME */
    bool        show;  /* both matrices of what is wrong, side by side */
    const derivation *derived; /* simplified, for HINT_ANSWER */
    const char *source; /* what the answers are called: the name of a file */
} report_options;

void diagnosis_report(const diagnosis *d, const report_options *opt, buf *out);

/* One answer's message at a hint level, as a mentor would say it; "" where it is right. From the arena. */
const char *diagnosed_message(const diagnosis *d, const diagnosed *x, int hint, arena *a);
const char *answer_word(const diagnosed *x); /* "right", "right, given the lines before", "wrong", .. */

#endif
