/* From what a run did to claims about gradients: which of its values is which gradient of the model. */
#ifndef JUDGE_GATHER_H
#define JUDGE_GATHER_H

#include "teach/judge/names.h"
#include "teach/python/python.h"

/* The learning rate that functions are handed. */
#define HANDED_RATE 0.1

/* How the model's arrays are handed to a program. */
typedef enum { LABELS_MATRIX, LABELS_WHOLE, LABELS_FLAT, LABELS_KINDS } label_view;

typedef struct judge_view {
    bool    turned; /* everything is transposed: rows where the model has columns */
    bool    flat;   /* biases are (n,) */
    uint8_t labels;
    bool    course; /* dropout as in the course: A1 is what was dropped, D1 the mask */
} judge_view;

/* What somebody says a gradient is. */
typedef struct judge_claim {
    uint32_t    number;              /* of the gradient, in s->right.list */
    const char *name;                /* as the program has it */
    uint32_t    line, event, origin; /* origin: the event where the value first came up */
    bool        located;             /* of several lines that make it, line is the one to look at */
    matrix      value;               /* as the model has it */
    bool        flat;                /* its rank is 1: (n,) */
    bool        update;              /* told by how the parameter changes: known but for a factor */
} judge_claim;

typedef struct judge_claims {
    VEC(judge_claim) list;
    bool   failed;  /* the program ended in an error */
    double rate;    /* its learning rate; 0: not known */
    bool   ascends; /* parameters change along the gradient that the program names, not against it */
} judge_claims;

/* A parameter that is a part of an object: the W of a layer. */
typedef struct gather_part {
    const void *of;
    const char *name; /* of the attribute, or the key */
} gather_part;

/* A dict that is an attribute: self.params, self.grads. What is in it belongs to the object. */
typedef struct gather_owner {
    const void *dict, *of;
} gather_owner;

/* A name of the program that stands for a parameter of the model. */
typedef struct gather_alias {
    sym    name;
    var_id of;
} gather_alias;

/* The number of the first element in a list or dict of parameters. */
typedef struct gather_base {
    sym name;
    int base;
} gather_base;

typedef struct gatherer {
    const judge_case *c;
    py_run           *r;
    arena            *a;
    name_layers       layers;
    judge_view        view;
    uint32_t          begin;     /* of what belongs to this run, its forward pass included */
    uint32_t          from, to;  /* events */
    bool              masked;    /* the case has the masks that the program drew */
    bool              failed;    /* the run ended in an error */
    bool              handed_on; /* what was made before `from` counts, too */
    bool              from_zero; /* the program counts its parameters from 0 */
    bool                 y_predicted; /* its y is what is predicted */
    VEC(gather_alias) aliases; /* names of the program that are none of the model's */
    VEC(gather_base) bases; /* of its lists and dicts */
    VEC(gather_part) weight_parts; /* parts of objects that stand for parameters, in order of their making */
    VEC(gather_part) bias_parts;
    VEC(gather_owner) owners;
    VEC(const void *) states; /* dicts of zeros beside the parameters */
    bool returns; /* what it returns are gradients, not parameters that were changed */
} gatherer;

static inline const py_event *gather_event(const gatherer *w, uint32_t i) {
    return &w->r->trace.list.at[i];
}

/* What is assigned to: "dW2" of dW2 and of grads["dW2"]. */
static inline const char *gather_event_name(const gatherer *w, const py_event *e) {
    if (e->key.kind == PY_STRING) return e->key.text->at;
    return symbols_name(&w->r->names, e->name);
}

/* A value as a matrix, turned back where the view turns; at NULL: it is none. Numbers are 1 x 1. */
matrix gather_matrix(arena *a, py_value x, bool turned);

/* The value of an event as the gradient of this number has it, if it can be that. */
matrix gather_value(const gatherer *w, uint32_t event, uint32_t number);

/* The first event before `before` that has this value, in whatever convention. false: there is none. */
bool gather_find(const gatherer *w, matrix x, uint32_t before, uint32_t *event);

/* The value of an event as the model has it, where one like that is looked for: of a loop over the examples,
 * all of them side by side. Is there such a loop? */
matrix gather_like(const gatherer *w, uint32_t event, matrix like);
bool   gather_is_loop(const gatherer *w);

/* Is the event's value on the way back by its name, and not a known gradient's? */
bool gather_is_backward(const gatherer *w, uint32_t event);

/* One more claim, in its place. */
void gather_put(const gatherer *w, judge_claims *claims, uint32_t number, uint32_t event);

/* Where the way back begins. */
uint32_t gather_way_back(const gatherer *w);

/* The parameter that an event assigns to; 0: none. The number of the gradient of the parameter that it
 * updates; as many as there are: none. */
var_id   gather_parameter(const gatherer *w, uint32_t event);
var_id   gather_parameter_of(const gatherer *w, const py_event *e);
uint32_t gather_update(const gatherer *w, uint32_t event);

/* Looks through the events: where the first round of training ends, and which names are parameters. */
dfoo_status gather_begin(gatherer *w);

/* The claims of the run. */
dfoo_status gather_claims(gatherer *w, judge_claims *out);

/* given.c. The masks that the program drew, as the model has them. false: they are not all there. */
bool gather_masks(gatherer *w, matrix *given);

/* given.c. Where the model drops units: does the program, before its way back, by a mask that is called
 * otherwise? */
bool gather_drops(gatherer *w);

/* given.c. The values with which the program itself began, by var_id. */
dfoo_status gather_given(gatherer *w, matrix *given);

#endif
