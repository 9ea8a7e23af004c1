/* Inside the room of exercises. */
#ifndef PRACTICE_INSIDE_H
#define PRACTICE_INSIDE_H

#include "teach/practice/practice.h"

/* A line in other words is judged as a claim: list has one entry for each of `nodes`. */
dfoo_status practice_diagnose(const exercise *x, arena *a, const check_engine engine[2], const node_id *nodes,
                              uint32_t n, diagnosis *out);

/* "two_layer: 6 exercises"; of each of several its number and what it is, of one what it is; where the 1/m
 * stands. */
const char *practice_heading(const practice_page *p, arena *a);
const char *practice_title(const practice_page *p, const exercise *x, arena *a);
const char *practice_convention(const exercise *x, arena *a);

void practice_html(const practice_page *p, buf *out);
void practice_json(const practice_page *p, buf *out);
void practice_moodle(const practice_page *p, buf *out);

#endif
