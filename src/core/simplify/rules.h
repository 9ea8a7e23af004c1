/* Rewriting by the table rules.def. */
#ifndef SIMPLIFY_RULES_H
#define SIMPLIFY_RULES_H

#include "core/simplify/match.h"

typedef enum { STAGE_TIDY, STAGE_STABLE, STAGE_DIGITS } stage;
typedef enum {
    CONDITION_ANY,
    CONDITION_NUMBER,
    CONDITION_LABEL,
    CONDITION_SHAPED,
    CONDITION_SYMMETRIC,
    CONDITION_UNSHIFTED,
    CONDITION_SINGLE,
    CONDITION_SQUARE,
    CONDITION_NO_DEARER
} condition;

typedef struct rule {
    uint8_t     stage, condition;
    const char *name, *pattern_text, *replacement_text, *sentence;
    const ast  *pattern, *replacement;
    op_id       root;    /* of the pattern */
    bool        is_list; /* STABLE: it is a product or a sum, and fits a part of one */
} rule;

typedef struct rules {
    ir         *g;
    const rule *at;     /* the store's: those of TIDY, or those of STABLE and DIGITS */
    uint32_t    n;
    formulas    f;      /* STABLE: what names are looked through to */
    bool        digits; /* STABLE: with the DIGITS rules */
    /* told of every TIDY rule that is applied; NULL: nobody is */
    void (*on_rule)(void *user, const char *rule, const char *sentence, node_id before, node_id after);
    void *user;
} rules;

/* The rules of the stage, TIDY or STABLE; they are read once for a store. */
dfoo_status rules_init(rules *r, ir *g, stage s);

/* The node after the first rule that fits it, or 0; `which` is the rule. */
node_id rules_apply(const rules *r, node_id n, const rule **which);

/* The same with signs and numbers that meet made one: --a, a - -b, 2 * a / 2. */
node_id rules_join(ir *g, node_id n);

/* The operation on these arguments after all TIDY rules. */
node_id rules_tidy(const rules *r, node_id like, const node_id *args, bool *changed);

#endif
