/* Patterns of rules.def against nodes, as the STABLE rules need it: factors and terms in any order,
 * signs and brackets as they come, names looked through. */
#ifndef SIMPLIFY_MATCH_H
#define SIMPLIFY_MATCH_H

#include "core/simplify/view.h"

typedef struct matcher {
    ir      *g;
    formulas f;
} matcher;

/* Does the pattern fit? If it is a product or a sum, some factors or terms of the node are
 * enough: `rest` then has them marked as used, and `negated` says that the pattern fits with the
 * other sign. Fills the operands and the axis of env. Patterns are short: this recurses over them. */
bool match_part(const matcher *m, const ast *pattern, node_id n, template_env *env, view *rest,
                bool *negated);

/* Is this pattern a product or a sum, of which a part of the node may be meant? */
bool match_is_list(const ast *pattern, bool *product);

#endif
