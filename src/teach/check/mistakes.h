/* The table of mistakes as data, and where a row of it applies. */
#ifndef CHECK_MISTAKES_H
#define CHECK_MISTAKES_H

#include "teach/check/inside.h"

typedef enum {
#define GROUP(ID, ...) GROUP_##ID,
#include "teach/check/mistakes.def"
    GROUP_COUNT
} mistake_group;

extern const char *const group_names[GROUP_COUNT]; /* what a message calls it */
extern const char *const group_whys[GROUP_COUNT];  /* a sentence: why it matters, where to look */

/* Which steps of the unsimplified derivation a row changes. */
typedef enum {
    AT_LOCAL,     /* through operation `op` to operand `operand` */
    AT_FUNCTION,  /* through any function of one operand, an open one too */
    AT_REDUCE,    /* to an operand that was stretched */
    AT_TO_COST,   /* from the loss of the examples to the cost: times 1/m */
    AT_TO_LOSS,   /* from the cost to the loss of the examples: times m */
    AT_MEET,      /* where contributions add: to a comes b */
    AT_LAST,      /* the last step of each gradient */
    AT_PENALTY,   /* where contributions add and no example enters one of them */
    AT_EXAMPLES,  /* no step: see mistakes.def */
    AT_AROUND     /* no step, and no gradient */
} mistake_place;

struct mistake {
    const char *name;
    uint8_t     group, place, op, operand;
    bool        flipped;   /* `axis` in the text is the other axis */
    bool        misshapen; /* the outcome may have another shape, where it is a parameter's gradient */
    const char *text;      /* the wrong outcome */
    const char *sentence;
};

extern const mistake  mistake_table[];
extern const uint32_t mistake_count;

/* A row at a step: `node` stands in for the outcome of step number `step` of the trail. */
typedef struct plant plant;
struct plant {
    uint32_t     row, step;
    node_id      node;
    const plant *also; /* the same row at another step, made together with it; NULL: none */
};

typedef struct plants {
    VEC(plant) list;
} plants;

/* Every place where a row applies: its text can be built there, fits, and is another node. */
dfoo_status mistakes_apply(const subject *s, arena *a, plants *out);

/* Of a parameter that several steps use, as weights in a recurrent network, every row at all of them at once,
 * as a line in a loop makes it. They are added to what mistakes_apply found. */
dfoo_status mistakes_join(const subject *s, arena *a, plants *all);

/* EXAMPLES: does the row leave example t of n in? */
bool mistake_keeps(const mistake *row, size_t t, size_t n);

/* The derivation with this one made; and its gradients as a program. */
dfoo_status mistakes_derive(const subject *s, arena *a, const plant *what, derivation *out);
dfoo_status mistakes_program(const subject *s, arena *a, const plant *what, program *out);

#endif
