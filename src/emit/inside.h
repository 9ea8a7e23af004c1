/* Inside the emitting room: what the formats share. */
#ifndef EMIT_INSIDE_H
#define EMIT_INSIDE_H

#include "emit/emit.h"

/* Does this gradient stand in the output under its own name? */
bool emit_is_listed(const bool *only, const gradient *v);

/* A parameter that the cost does not depend on, among those that are wanted. */
bool emit_is_unreached(const derivation *d, const bool *only, var_id v);

/* Is a dimension's name a number of this expression: as a factor, or in the shape of ones? */
bool emit_uses_size(const node *x, sym name);

/* The length of the UTF-8 sequence at the start of a zero-terminated text; 0: it is none. */
size_t emit_utf8(const char *text);

/* The code point of the sequence of one or two bytes at the start of a name. */
uint32_t emit_code_point(const char *text);

/* The next line of a head: without its # and line end; NULL behind the last. */
const char *emit_head_line(const char **head, size_t *len);

#endif
