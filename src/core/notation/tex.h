/* The face of the typesetting room: mathematics as TeX writes it, and as MathML.
 *
 * TeX is the one form in which mathematics is set: a column of ops.def says how an operation looks,
 * nodes, index trees and formulas of the notation become strings of it, LaTeX and Markdown take these
 * as they are, and mathml.c turns them into what browsers render. Written are entry-by-entry products
 * with a dot in a circle, matrices side by side, entries as W[i,j] with letters. */
#ifndef TEX_TEX_H
#define TEX_TEX_H

#include "core/ir/index.h"

typedef struct tex {
    const ir    *g;
    arena       *a;
    const char **var;              /* typeset names, by var_id (the first n_vars) .. */
    uint32_t     n_vars;
    const char **size, **function; /* .. and by sym */
    uint32_t     n_syms;
    const char  *row, *col;        /* letters of the indices under a sum */
    bool         numbers;          /* every value is one number: products are plain */
} tex;

/* Typesets the names of a model, no two alike, and chooses the letters; they live in the arena. */
dfoo_status tex_init(tex *p, const model *m, arena *a);

/* The letter of the Greek alphabet at a code point; NULL: it is none. */
const char *tex_greek(uint32_t point);

/* A name that is no variable's: g1 is g_{1}, lambda the Greek letter. */
const char *tex_word(const tex *p, const char *name);

/* A variable, or as it is for one example: Z_{1}, z_{1}. */
const char *tex_name(const tex *p, var_id v, bool small);

/* `small` (by var_id, may be NULL): these variables as for one example. */
void tex_node(const tex *p, node_id n, const bool *small, buf *out);
void tex_index(const tex *p, const index_tree *x, const index_style *style, buf *out);
void tex_dim(const tex *p, dim d, buf *out);
void tex_shape(const tex *p, shape s, buf *out);

/* A formula of the notation, by its text: notation.c lists the signs. In it a byte 1, a number and a
 * byte 2 stand for a part that is set already. */
typedef struct tex_part {
    const char *tex;
    bool        matrix; /* has entries: a product of two such is entry by entry */
} tex_part;

typedef struct tex_parts {
    tex_part (*part)(void *user, uint32_t number);
    void *user;
    bool  layers; /* z[1] has its layer above, in brackets */
} tex_parts;

void tex_formula(const tex *p, const char *text, const tex_parts *parts, buf *out);

/* TeX as this room makes it -> the inside of a <math> element. */
void tex_mathml(const char *text, arena *scratch, buf *out);

/* Prose in a LaTeX document: its special signs are escaped. */
void tex_prose(const char *text, size_t len, buf *out);

#endif
