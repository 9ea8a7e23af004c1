/* The face of the pages' room: a sheet of one or more explanations on its way into a format (formats.c).
 *
 * The format's renderer writes each document before the next is made, so that memory does not grow with
 * the number of explanations. It takes documents apart (doc.h) and has no mathematics of its own:
 * sheet_tex sets what is marked. */
#ifndef PAGE_SHEET_H
#define PAGE_SHEET_H

#include "teach/doc/doc.h"
#include "teach/page/formats.h"

typedef struct sheet    sheet;
typedef struct renderer renderer;
typedef struct aligned  aligned;

struct renderer {
    void (*begin)(sheet *p);
    void (*one)(sheet *p, const document *doc, const explain_result *result);
    void (*end)(sheet *p); /* NULL: nothing is left to do */
    const math_target *mathematics; /* how it is written */
    const aligned     *lines;       /* of the formats of aligned.h */
};

struct sheet {
    const model           *m;
    const derivation      *d;     /* NULL: a function is explained, and there are no goals */
    const ir              *g;
    const renderer        *to;
    bool whole; /* the model is explained: what its gradients differentiate, all that is asked for, links */
    notation_style         style;      /* of mathematics that is set */
    bool                   numbered;   /* LaTeX: the line of each title has its number and a label */
    bool                   standalone; /* a whole document, where the format has both */
    const char            *title; /* the model's name, or the function's */
    const char            *topic; /* the page of the primer that it is; NULL: gradients are explained */
    const char            *head;  /* what the gradients differentiate, as lines of comments */
    const var_id          *goals; /* the variables whose gradients are explained, */
    uint32_t               n_goals;
    uint32_t               n_written; /* of a function by several operands: how many stand before */
    bool                  *has;   /* .. by var_id: is there an explanation of its gradient? */
    bool                   has_function[OP_COUNT]; /* and of these functions' derivatives? */
    bool                   unlinked; /* HTML: what is written stands in a control, names are no links in it */
    notation               names;
    arena                 *a;
    buf                   *out;
};

/* A piece of mathematics of the document, as data, and in the format's language. The text is good until
 * the next document. */
const math *sheet_math(const sheet *p, const document *doc, const side *s);
const char *sheet_tex(const sheet *p, const document *doc, const side *s);

/* Is this byte of a prose text an index or a number of examples that is spoken of: "row i of", "m examples"?
 */
bool sheet_is_letter(const char *text, size_t i, size_t len);

/* Is it a sign of the notation that is spoken of: "hence * and not @"? */
bool sheet_is_sign(const char *text, size_t i, size_t len);

/* The head behind the model's name, which is the title above it. */
const char *sheet_untitled(const sheet *p);

/* How closely it held, in a sentence. */
void sheet_checked(const explain_result *r, buf *out);

/* graph.c: the model as an SVG. `doc`: the way of its variable to the cost stands out, and if the whole
 * model is explained only that part of it is drawn; NULL: all, names are links. */
void sheet_graph(const sheet *p, const document *doc, buf *out);

#endif
