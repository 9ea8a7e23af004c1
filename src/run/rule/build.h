/* A rule -> statements. */
#ifndef RULE_BUILD_H
#define RULE_BUILD_H

#include "run/rule/lines.h"

typedef struct rule_target {
    ir      *g;
    arena   *a;
    program *p;           /* gets the statements */
    VEC(var_id) states;   /* of all parameters */
    var_id own[RULE_OWN]; /* of alpha0, t, epoch, epochs, steps: constants of the store, to be set while
                             training, 0 where the rule has no use for them. Of alpha: the rate of the step if
                             a line sets it, else 0 */
} rule_target;

/* Appends the updates of the parameters (decays[i]: its `decay` is not 0). Their gradients are variables of
 * p. */
dfoo_status rule_build(const rule *r, rule_target *to, const var_id *params, const bool *decays, uint32_t n);

#endif
