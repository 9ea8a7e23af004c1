/* Inside the notation room: what the readers of nodes, index trees, names and formulas share. */
#ifndef NOTATION_INSIDE_H
#define NOTATION_INSIDE_H

#include "core/notation/notation.h"

/* An operator between its operands, or before its one: how tightly it binds, and how its operands have to. */
typedef struct rule {
    uint8_t binds, left, right, sign;
} rule;

#define COMPARISONS(BINDS, LEFT)                                                                             \
    [OP_LT] = {BINDS, LEFT, BINDS_SUM, GLYPH_LT}, [OP_GT] = {BINDS, LEFT, BINDS_SUM, GLYPH_GT},              \
    [OP_LE] = {BINDS, LEFT, BINDS_SUM, GLYPH_LE}, [OP_GE] = {BINDS, LEFT, BINDS_SUM, GLYPH_GE},              \
    [OP_EQ] = {BINDS, LEFT, BINDS_SUM, GLYPH_EQ}, [OP_NE] = {BINDS, LEFT, BINDS_SUM, GLYPH_NE}

extern const rule line_rules[OP_COUNT];  /* in a line; binds 0: it is called */
extern const rule set_rules[OP_COUNT];   /* in set mathematics; 0: by its form in ops.def, or by itself */
extern const rule entry_rules[OP_COUNT]; /* the same between numbers, entries of matrices */

/* What the notation's own words are about. */
typedef struct line_of {
    const ir   *g;
    const bool *small; /* by var_id: names in lower case; may be NULL */
} line_of;

line_words  notation_words(const line_of *of);

/* `around`: what the whole is put into, "float(%)"; or NULL. */
const math *line_math(const line_words *words, const ir *g, arena *a, node_id n, const char *around);

/* A name that is no variable's: g1 has its number below, lambda is the Greek letter. */
const math *set_word(const notation *p, const char *name);

/* Are gradients written otherwise than dZ1, and has this variable one? Then its letters' at a layer. */
bool        set_is_gradient(const notation *p, var_id v);
const math *set_layer_gradient(const notation *p, var_id v, const math *letters, const math *layer);

const math *set_dim(const notation *p, dim d);
const math *set_function(const notation *p, sym name);

/* How an operation looks by its form in ops.def. */
typedef struct form_operands {
    const math *(*operand)(void *user, int i, uint8_t least);
    void *user;
    bool  grows; /* brackets do */
} form_operands;

const math *set_form(const notation *p, const char *form, const form_operands *operands);

/* The name of a function in that form: the log of "log #a"; NULL: it has none. */
const math *form_name(const notation *p, const char *form);

#endif
