/* A class's programs, judged; and the report of them in one of its formats. */
#ifndef CLI_GRADE_H
#define CLI_GRADE_H

#include "cli.h"
#include "text.h"

/* One program. Texts are its judgement's or its own. */
typedef struct graded {
    char                   *path;
    dfoo_judgement         *x;     /* NULL: it is no text */
    const dfoo_judged_line *first; /* that is wrong; NULL: there is none */
    const char             *verdict, *mistake, *hint;
    const char             *topic; /* what to talk about; NULL: it is right */
    size_t                  line, cell; /* 0: none */
    char                    missing[120]; /* "not found: db1, db2"; "": nothing is */
} graded;

/* A mistake, and in how many programs it is the first. */
typedef struct topic {
    const char   *name;
    size_t        count;
    const graded *example; /* the first of them */
} topic;

typedef struct graded_class {
    const char *model;
    graded     *programs;
    size_t      n, room, n_right;
    topic      *topics; /* the most frequent first */
    size_t      n_topics;
} graded_class;

/* The formats, in the order of the option's words. */
void class_as_csv(const graded_class *g, text *out);
void class_as_html(const graded_class *g, text *out);
void class_as_json(const graded_class *g, text *out);
void class_as_markdown(const graded_class *g, text *out);

#endif
