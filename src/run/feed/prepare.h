/* Preparation: what becomes of the columns of a table before a model reads them. It is a value, a list of
 * rules with one for each column: found on the training examples, or said by the user; applied to any table
 * or to plain numbers; written as lines of text, and read from them. */
#ifndef FEED_PREPARE_H
#define FEED_PREPARE_H

#include "run/feed/feed.h"

/* What a column becomes: a number (mean 0, deviation 1 of the training examples), an entry for each of its
 * words, nothing, or a label in units of its own deviation. */
typedef enum { PREPARE_NUMBER, PREPARE_WORDS, PREPARE_LEFT, PREPARE_TARGET, PREPARE_KINDS } prepare_kind;

typedef struct column_rule {
    const char        *name; /* of the column; "column 3" where there are no names */
    prepare_kind       kind;
    bool               as_is;     /* a number that is not standardised */
    bool               days;      /* a number that is made of dates: the days since 1970 */
    bool               indicator; /* one more entry says whether the value is missing */
    double             mean, sd;  /* NAN: to be found */
    double             median;    /* what a missing number counts as */
    double             log; /* > 0: the distance from the median, in units of this, is taken as log(1 + it) */
    uint32_t           n_words;   /* 0: to be found */
    const char *const *words;     /* an entry for each; another word has 0 in all of them */
    const char        *why;       /* it is left out */
} column_rule;

/* How many entries an example gets from n columns. */
size_t prepare_entries(const column_rule *rules, uint32_t n);

/* The entries of an example, not standardised yet, from its n values: numbers, places among the words of
 * their rules (-1: none of them); NAN is missing. */
void prepare_expand(const column_rule *rules, uint32_t n, const double *raw, double *out);

/* What standardising takes off each entry, and divides it by. */
void prepare_moments(const column_rule *rules, uint32_t n, double *mean, double *sd);

/* "'age'", "'city' = Berlin", "'age' is missing"; and without quotes. NULL without memory. */
const char *prepare_entry_name(arena *a, const column_rule *rules, uint32_t n, size_t entry);
const char *prepare_plain_name(arena *a, const column_rule *rules, uint32_t n, size_t entry);

/* ------------------------------------------------------------------ finding */

typedef struct prepare_request {
    diags             *d;
    arena             *a;
    const char        *from; /* the file */
    const data_table  *t;
    const uint32_t    *pick; /* the training examples */
    size_t             n;
    const double      *values; /* theirs in the column that is looked at; NULL: where the table has them */
    const column_rule *said; /* by the user, for columns that it names */
    uint32_t           n_said;
    bool               as_is;    /* numbers are not standardised */
    bool               finds_log; /* where tails are heavy; else `log` is a rule's own */
    double             log;
    bool               keep_all; /* a column that tells nothing stays, and there are no indicators */
} prepare_request;

enum { PREPARE_MOST_WORDS = 64 };

/* The rule of a column of inputs. DFOO_EINPUT: it holds dates, or not what the user said. */
dfoo_status prepare_find(const prepare_request *r, size_t column, column_rule *out);

/* The rule of a column of a label. */
dfoo_status prepare_find_target(const prepare_request *r, size_t column, column_rule *out);

/* "column 3", or its name. NULL without memory. */
const char *prepare_column_name(arena *a, const data_table *t, size_t column);

/* ------------------------------------------------------------------ applying */

/* The values of columns as prepare_expand takes them: (rows, n). `warn`: a word that training did not have,
 * and a gap where it had none, is told. DFOO_EINPUT: words where there were numbers, or the other way round.
 */
dfoo_status prepare_values(diags *d, arena *a, const char *from, const data_table *t,
                           const column_rule *rules, const size_t *columns, uint32_t n, bool warn,
                           double **out);

/* --------------------------------------------------------------------- text */

/* A rule as a line, without its end. */
const char *prepare_line(arena *a, const column_rule *x);

/* The same back. `from`, `line`: where messages say that it stands. A line of blanks or a comment has no
 * name. */
dfoo_status prepare_read_line(diags *d, arena *a, const char *from, size_t line, const char *text,
                              column_rule *out);

/* A text of such lines. */
dfoo_status prepare_read(diags *d, arena *a, const char *from, const char *text, const column_rule **out,
                         uint32_t *n);

/* Tells what was found and is done, as a note. */
void prepare_tell(diags *d, arena *a, const char *from, size_t rows, const column_rule *rules, uint32_t n,
                  const column_rule *targets, uint32_t n_targets);

#endif
