/* A program set going: its functions called with a case's values, wherever the gradients are. */
#ifndef JUDGE_DRIVE_H
#define JUDGE_DRIVE_H

#include "teach/judge/gather.h"

/* One way to come by gradients: a function, a method, or the program's own statements. */
typedef struct drive_entry {
    py_value    f;    /* None: the statements themselves */
    py_value    type; /* a method's class; None: a function */
    const char *name;
} drive_entry;

typedef struct drive_entries {
    VEC(drive_entry) list;
} drive_entries;

typedef struct drive {
    const judge_case *c;
    py_run           *r;
    judge_view        view;
    name_layers       layers;
    case_masks        masks;
    uint32_t          begin;          /* where the events of this run begin */
    bool              after;          /* methods that update are called as well */
    bool              no_forward;     /* the program's own forward function is left out */
    bool              forward_failed; /* it ended in an error */
    bool              foreign;        /* the object has weights of its own, not the case's */
    bool              handed;         /* it was handed parameters of the case, or what is made of them */
    bool              unknown;        /* it was handed nothing for a name that is not known */
    var_id            elsewhere;      /* a parameter that the object keeps where it is not found; 0: none */
    const py_node    *unbound;        /* a parameter of the entry for which nothing is known; NULL: none */
    bool              gradients;      /* names of gradients are bound, too */
    py_failure        behind;         /* how an update ended; type NULL: well */
    bool              handed_on; /* what the program's own forward function made went into the way back */
} drive;

/* What can be set going, the statements last. */
dfoo_status drive_list(py_run *r, arena *a, drive_entries *out);

/* Sets it going. false: its parameters are not known here. *failure: Python's error; type NULL: it came to
 * its end. The events from *from on are of this. */
bool drive_run(drive *d, const drive_entry *e, uint32_t *from, py_failure *failure);

/* Gives the program's own statements what they speak of: the model's variables, their gradients, and m. */
void drive_hand_all(drive *d);

/* Calls what is called so: a function for the cost, for the update (with the case's gradients), for
 * training, for the first values. What they did is in the trace. */
typedef enum { DRIVE_COST, DRIVE_UPDATE, DRIVE_STEP, DRIVE_START } drive_kind;
void drive_call_kind(drive *d, drive_kind kind);

/* Calls a method that trains an object on all examples, one after the other: update_mini_batch, train. false:
 * there is none. */
bool drive_train(drive *d);

/* Is it called as the way back is? */
bool drive_is_backward(const drive_entry *e);

#endif
