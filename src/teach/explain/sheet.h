/* Inside the explaining room: a sheet of one or more explanations on its way into a format.
 *
 * sheet.c tells and proves one document after the other, the format's renderer writes each before
 * the next is made, so that memory does not grow with the number of explanations. A renderer
 * takes documents apart (doc.h) and has no mathematics of its own: sheet_tex sets what is marked. */
#ifndef EXPLAIN_SHEET_H
#define EXPLAIN_SHEET_H

#include "teach/explain/doc.h"
#include "core/core.h"

typedef struct sheet sheet;

struct sheet {
    const model           *m;
    const derivation      *d;     /* NULL: a function is explained, and there are no goals */
    const ir              *g;
    const explain_options *how;
    const char            *title; /* the model's name, or the function's */
    const char            *head;  /* what the gradients differentiate, as lines of comments */
    const var_id          *goals; /* the variables whose gradients are explained, */
    uint32_t               n_goals;
    bool                  *has;   /* .. by var_id: is there an explanation of its gradient? */
    bool                   has_function[OP_COUNT]; /* and of these functions' derivatives? */
    tex                    names;
    arena                 *a;
    buf                   *out;
};

typedef struct renderer {
    void (*begin)(sheet *p);
    void (*one)(sheet *p, const document *doc, const explain_result *result);
    void (*end)(sheet *p);
} renderer;

extern const renderer text_renderer, html_renderer, latex_renderer, markdown_renderer, json_renderer;

/* Does a sheet explain the whole model, or one gradient? */
bool sheet_is_whole(const sheet *p);

/* A piece of mathematics of the document as TeX. The text is good until the next document. */
const char *sheet_tex(const sheet *p, const document *doc, const side *s);

/* Is this byte of a prose text an index or a number of examples that is spoken of: "row i of", "m examples"? */
bool sheet_is_letter(const char *text, size_t i, size_t len);

/* Is it a sign of the notation that is spoken of: "hence * and not @"? */
bool sheet_is_sign(const char *text, size_t i, size_t len);

/* The head behind the model's name, which is the title above it. */
const char *sheet_untitled(const sheet *p);

/* The formula of a gradient that a table of contents lists. */
node_id sheet_formula(const gradient *v);

/* How closely it held, in a sentence. */
void sheet_checked(const explain_result *r, buf *out);

/* The explanation of a function, in a format. */
dfoo_status sheet_function(const model *m, const document *doc, const explain_options *how, buf *out, const explain_result *result);

/* graph.c: the model as an SVG. `doc`: the way of its variable to the cost stands out, and if the whole
 * model is explained only that part of it is drawn; NULL: all, names are links. */
void sheet_graph(const sheet *p, const document *doc, buf *out);

#endif
