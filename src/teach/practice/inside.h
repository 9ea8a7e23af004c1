/* Inside the room of exercises. */
#ifndef PRACTICE_INSIDE_H
#define PRACTICE_INSIDE_H

#include "teach/practice/practice.h"

/* What a plant makes: a wrong line, or none that can be shown. */
typedef struct yield {
    bool       known;
    uint32_t   at; /* which line; their number: none */
    wrong_line line;
} yield;

struct stock {
    model            *m;
    const derivation *d;
    arena            *a;
    bench            *bench; /* that judges lines */
    VEC(const gradient *) lines;
    subject       s; /* what mistakes are planted in, in the convention of the lines */
    plants        plants;
    model         first; /* before anything was planted: what a plant makes depends on nothing else */
    yield        *yields; /* by plant */
};

/* Finds it out, if nobody did before. */
dfoo_status stock_yield(stock *s, uint32_t plant, yield *out);

/* Line number `at` in other words, a node of the model's store or of a fork: given those above it. */
dfoo_status practice_diagnose(const stock *s, uint32_t at, const ir *g, node_id node, arena *a,
                              diagnosis **out);

/* Do two nodes look the same? */
bool practice_same(const ir *g, node_id n, node_id k, arena *a);

/* "two_layer: 6 exercises"; of each of several its number and what it is, of one what it is; where the 1/m
 * stands. */
const char *practice_heading(const practice_page *p, arena *a);
const char *practice_title(const practice_page *p, const exercise *x, arena *a);
const char *practice_convention(const exercise *x, arena *a);

void practice_html(const practice_page *p, buf *out);
void practice_json(const practice_page *p, buf *out);
void practice_moodle(const practice_page *p, buf *out);

#endif
