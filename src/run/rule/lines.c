/* What a rule knows by name. */
#include <string.h>

#include "run/rule/lines.h"

const rule_own_name rule_own_names[RULE_OWN] = {
    [RULE_w] = {"w", "w is the parameter", false},
    [RULE_g] = {"g", "g is the gradient of the parameter", false},
    [RULE_alpha] = {"alpha", "alpha is the learning rate of the step", true},
    [RULE_alpha0] = {"alpha0", "alpha0 is the learning rate that was given", true},
    [RULE_t] = {"t", "t = 1, 2, .. counts the steps", true},
    [RULE_epoch] = {"epoch", "epoch = 0, 1, .. counts the passes over the data that are complete", true},
    [RULE_epochs] = {"epochs", "epochs is the number of passes that are wanted", true},
    [RULE_steps] = {"steps", "steps is the number of steps in a pass", true},
    [RULE_norm] = {"norm", "norm is the root of the sum of g**2 over all parameters", true},
    [RULE_pi] = {"pi", "pi is 3.14159..", true}};

int rule_own_of(const rule *r, sym name) {
    for (int i = 0; i < RULE_OWN; i++)
        if (strcmp(rule_own_names[i].name, rule_name(r, name)) == 0) return i;
    return -1;
}

bool rule_is_rate(const rule *r, sym name) {
    int own = rule_own_of(r, name);
    return own == RULE_alpha || own == RULE_alpha0;
}

int rule_const_of(const rule *r, sym name) {
    for (uint32_t i = 0; i < r->consts.n; i++) {
        sym known = r->consts.at[i].name;
        if (known == name || (rule_is_rate(r, known) && rule_is_rate(r, name))) return (int)i;
    }
    return -1;
}

bool rule_is_state(const rule *r, sym name) {
    for (uint32_t i = 0; i < r->states.n; i++)
        if (r->states.at[i] == name) return true;
    return false;
}

bool rule_sets(const rule *r, const char *name) {
    for (uint32_t i = 0; i < r->lines.n; i++)
        if (strcmp(rule_name(r, r->lines.at[i].target), name) == 0) return true;
    return false;
}

double rule_rate(const rule *r) {
    for (uint32_t i = 0; i < r->consts.n; i++)
        if (rule_is_rate(r, r->consts.at[i].name)) return r->consts.at[i].value;
    return 0;
}

/* ------------------------------------------------------------------- closest */

/* Two edits and a half, and never all of a name. */
static text_near near_to(const rule *r, sym wrong) {
    const char *text = rule_name(r, wrong);
    size_t      all = 2 * strlen(text);
    return (text_near){.wrong = text, .most = all < 5 ? (unsigned)all : 5};
}

static void try_name(text_near *n, const char *name) {
    if (name && name[0] && name != n->wrong) text_try(n, name);
}

const char *rule_closest_name(const rule *r, sym wrong) {
    text_near n = near_to(r, wrong);
    for (int i = 0; i < RULE_OWN; i++) try_name(&n, rule_own_names[i].name);
    for (uint32_t i = 0; i < r->consts.n; i++) try_name(&n, rule_name(r, r->consts.at[i].name));
    for (uint32_t i = 0; i < r->lines.n; i++) try_name(&n, rule_name(r, r->lines.at[i].target));
    return n.best;
}

const char *rule_closest_function(const rule *r, sym wrong) {
    text_near n = near_to(r, wrong);
    for (int i = 0; i < OP_COUNT; i++)
        if (!(op_table[i].flags & OP_FLAG_INFIX)) try_name(&n, op_table[i].name);
    return n.best;
}
