/* Inside the telling room: how a statement's variable changes with another, operation by
 * operation.
 *
 * A route leads from the formula of a statement down to one place where the other variable
 * stands in it, hop by hop. A hop is one operation, or a whole region of entrywise ones with
 * the factor by which it passes a change on. All three ways of explaining (by index, by
 * Jacobian, by differential) are told from routes. */
#ifndef TELL_ROUTES_H
#define TELL_ROUTES_H

#include "teach/tell/teller.h"

typedef enum {
    HOP_ENTRY,
    HOP_LEFT,
    HOP_RIGHT,
    HOP_TURN,
    HOP_SUM,
    HOP_MEAN,
    HOP_MAX,
    HOP_SOFTMAX,
    HOP_LOG_SOFTMAX,
    HOP_TABLE, /* what ops.def says of a change and of a gradient */
    HOP_OTHER  /* an operation of which nothing is known here but its rule */
} hop_kind;

typedef struct hop {
    uint8_t kind;   /* LEFT, RIGHT: the operand of @ that the route goes on in */
    uint8_t operand; /* which one it is, of an operation */
    node_id n, to;  /* from this node to that operand of it */
    node_id factor; /* ENTRY: dn/dto, entry by entry, over names; the number 1 as well */
    node_id y;      /* how n is written: the variable if n is its whole formula */
} hop;

enum { MOST_ROUTES = 8, MOST_HOPS = 24 };

typedef struct route {
    hop      at[MOST_HOPS];
    uint32_t n;
} route;

typedef struct routes {
    route    at[MOST_ROUTES];
    uint32_t n;
} routes;

/* All routes of a link. False if there are too many, one is too long, or without memory. */
bool routes_find(teller *t, const link *l, routes *out);

/* What a change of the operand does to n, to the first order; and how a gradient of n becomes
 * one of the operand. Both are linear in what they are given. 0 without memory, and forward of an
 * operation of which only the rule is known. */
node_id hop_forward(teller *t, const hop *h, node_id change);
node_id hop_back(teller *t, const hop *h, node_id gradient);

/* The link's part of dU, from dV, over all routes, or by the rules of its operations where these are too
 * many; `rescaled`: with the 1/m or m between the scales. 0: no memory. */
node_id link_back(teller *t, const link *l, bool rescaled);

/* The factor between the scales of a link's ends: 1/m, m, or 0 where they are the same. */
node_id link_rescale(teller *t, const link *l);

/* dV as the link uses it: the variable, or the formula where that is a number or ones. */
node_id link_gradient(teller *t, const link *l);

/* a * b without factors 1 and with signs in front. */
node_id node_times(teller *t, node_id a, node_id b);

/* The same without factors of ones that change nothing: ones(n, m) * Y is Y. */
node_id node_without_ones(teller *t, node_id n);

/* A shorter form of an expression, by the simplifier; the node itself if there is none. */
node_id node_short(teller *t, node_id n);

#endif
