/* What an explanation asks of the simplifier, for tests that tell one gradient after the other. */
#ifndef EXPLAIN_HOW_H
#define EXPLAIN_HOW_H

#include "reading.h"

#include "teach/explain/explain.h"

typedef struct forms {
    simplifier *usual, *any_labels, *telling;
    reading    *r;
    explain_how how;
    program     run; /* all gradients */
} forms;

static node_id forms_tidy(void *user, node_id n) {
    return simplify_tidy(((forms *)user)->usual, n);
}

static node_id forms_best(void *user, node_id n) {
    return simplify_best(((forms *)user)->usual, n);
}

static node_id forms_any_labels(void *user, node_id n) {
    return simplify_best(((forms *)user)->any_labels, n);
}

static void forms_rules(void *user, node_id n, void (*on_rule)(void *to, const char *rule, const char *sentence, node_id before, node_id after), void *to) {
    simplify_rules(((forms *)user)->telling, n, on_rule, to);
}

static const char *forms_sentences(void *user, const char *names) {
    return simplify_sentences(&((forms *)user)->r->a, names);
}

/* For a model whose gradients are derived. */
static inline void forms_open(forms *f, reading *r) {
    *f = (forms){.r = r, .how = {forms_tidy, forms_best, forms_any_labels, forms_rules, forms_sentences, f}};
    assert_int_equal(simplify_program(&r->dv, &r->m.g, true, NULL, 0, &f->run), DFOO_OK);
    assert_int_equal(simplify_open(&r->dv, &r->m.g, &r->a, false, &f->usual), DFOO_OK);
    assert_int_equal(simplify_open(&r->dv, &r->m.g, &r->a, true, &f->any_labels), DFOO_OK);
    assert_int_equal(simplify_open(&r->dv, &r->m.g, &r->a, false, &f->telling), DFOO_OK);
}

#endif
