/* The face of the notation room: the one writer of formulas.
 *
 * Nodes, index trees, names and formulas by their text become mathematics as data (math.h), which a target
 * writes: a line of the notation, another language's line, TeX, MathML, Typst. A language that sets
 * mathematics is a table (tex.c, mathml.c, typst.c); one that writes lines says how its words differ
 * (line_words). */
#ifndef NOTATION_NOTATION_H
#define NOTATION_NOTATION_H

#include "core/ir/index.h"
#include "core/ir/trail.h"
#include "core/notation/math.h"

/* ------------------------------------------------------------ lines of text */

/* An expression in the notation; it parses back to the same node. */
void print_node(const ir *g, node_id n, buf *out);

/* The same with the variables marked here in lower case: what they are for one example. */
void print_node_small(const ir *g, node_id n, const bool *small, buf *out);

/* z2[i] = W2[i,1]*a1[1] + .. + b2[i] */
void index_print(const ir *g, const index_tree *x, const index_style *style, buf *out);

/* Where a model sets a column against a row, entry by entry, as a line of a head; nothing if it does not. */
void print_row_and_column(const model *m, buf *out);

/* A name as it is, or in lower case (dZ1 becomes dz1). */
void print_name(const ir *g, var_id v, bool small, buf *out);
void print_shape(const ir *g, shape s, buf *out);
void print_dim(const ir *g, dim d, buf *out);

/* The same as an arena's text; "" without memory. */
const char *print_shape_text(const ir *g, arena *a, shape s);
const char *print_dim_text(const ir *g, arena *a, dim d);

/* A language whose lines are the notation's but for some words. Texts may be of the arena; NULL is no
 * memory. */
typedef struct line_words {
    const void *user;
    const char *(*leaf)(const void *user, arena *a, const node *x);
    const char *(*function)(const void *user, arena *a, const node *x); /* how what is called is called .. */
    const char *(*behind)(const void *user, const node *x);             /* .. what ends its operands */
    const char *(*dim)(const void *user, arena *a, dim d);
    const char *(*keep)(const void *user, arena *a, const node *mask);  /* the part that a dropout keeps;
                                                         NULL: a dropout is the product with its mask */
    const char *(*around)(const void *user, const node *x, int i);      /* what operand i is put into, as
                                                         "float(%)"; NULL, or NULL returned: nothing */
    uint8_t in_sum, in_call; /* the surroundings of what stands in a sum, in a function's operand */
} line_words;

/* `around`: what the whole is put into, as above; or NULL. */
void line_node(const line_words *words, const ir *g, node_id n, const char *around, buf *out);

/* ---------------------------------------------------------- set mathematics */

/* How gradients are called: dZ1; δ1 where the gradient of a layer's value is shown, ∂J/∂W1 elsewhere;
 * ∂L/∂Z1. */
typedef enum { GRADIENTS_D, GRADIENTS_DELTA, GRADIENTS_PARTIAL } gradient_names;

typedef struct notation_style {
    gradient_names    gradients;
    bool              layers; /* the number of a name stands above it, in brackets: W^[1] */
    const derivation *d;      /* what says which gradient differentiates what; NULL: gradients are dZ1 */
} notation_style;

/* The names of a model as mathematics, no two alike, and letters that it leaves free. */
typedef struct notation {
    const ir     *g;
    arena        *a;
    const math_target *to;
    const math  **var;              /* by var_id (the first n_vars) .. */
    uint32_t      n_vars;
    const math  **size, **function; /* .. and by sym */
    uint32_t      n_syms;
    const char   *row, *col;        /* letters of the indices under a sum */
    notation_style style;
    bool          numbers;          /* every value is one number: products are plain */
} notation;

/* For TeX, unless `to` is set to another target. What is made lives in the arena. */
dfoo_status notation_init(notation *p, const model *m, arena *a);

/* The same in a style; NULL: as above. */
dfoo_status notation_init_with(notation *p, const model *m, arena *a, const notation_style *style);

/* A variable, or as it is for one example: Z_1, z_1. */
const math *set_name(const notation *p, var_id v, bool small);

/* `small` (by var_id, may be NULL): these variables as for one example. */
const math *set_node(const notation *p, node_id n, const bool *small);
const math *set_index(const notation *p, const index_tree *x, const index_style *style);
const math *set_shape(const notation *p, shape s);

/* A formula of the notation, by its text: formula.c lists the signs. In it a byte 1, a number and a byte 2
 * stand for a part that is set already; HAS_ENTRIES says whether it has entries. */
typedef struct formula_parts {
    const math *(*part)(void *user, uint32_t number);
    void *user;
    bool  layers; /* z[1] has its layer above, in brackets */
} formula_parts;

const math *set_formula(const notation *p, const char *text, const formula_parts *parts);

/* In the notation's language. */
void notation_write(const notation *p, const math *x, buf *out);

/* ------------------------------------------------------ documents around it */

/* Prose in a document of these languages: their special signs are escaped. */
void tex_prose(const char *text, size_t len, buf *out);
void typst_prose(const char *text, size_t len, buf *out);

/* A formula in a paragraph. */
void tex_inline(const char *tex, buf *out);

enum { PAGE_LONG = 300 }; /* characters of a formula that fill a line about: a longer one breaks in a box */

/* What a language has around its equations. */
typedef struct math_page {
    const math_target *to;
    const char *comment, *comment_end;          /* around a line of comment */
    bool quotes_comments;                       /* they are written as prose is */
    const char *further_in, *line, *line_end;   /* an indented line of the head, and around each */
    const char *begin, *is, *next, *beside, *end; /* of aligned equations, what stands beside one of them */
    const char *label;  /* behind an equation; %s is the name of what it is about; NULL: none */
    const char *macros; /* what it takes for gradients as fractions; NULL: nothing */
    const char *top, *forward, *gradients, *bottom; /* of a document, what leads to its two parts */
    void (*prose)(const char *text, size_t len, buf *out);
    void (*box)(const char *formula, buf *out); /* with lines that break */
} math_page;

/* page_tex_numbered: every equation has its number and a label, eq:dZ1. */
extern const math_page page_tex, page_tex_numbered, page_typst, page_html;

/* Lines of comments (# ..) as comments, or `standalone` as paragraphs. */
void page_head(const math_page *page, const char *head, bool standalone, buf *out);

/* A formula as text of the language, in a box if it is long. */
void page_formula(const math_page *page, const char *text, buf *out);

/* left = right and the shape, where left is what `name` is called; a block begins with the first and is ended
 * by page->end. */
void page_equation(const math_page *page, const notation *p, const char *name, bool first, const math *left,
                   const math *right, shape s, buf *out);

/* The whole forward pass as a block, with the words that lead to it. */
void page_forward(const math_page *page, const notation *p, const program *forward, buf *out);

#endif
