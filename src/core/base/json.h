/* Values of JSON, into a buffer. */
#ifndef BASE_JSON_H
#define BASE_JSON_H

#include "core/base/text.h"

/* A string in quotes; what is not UTF-8 becomes the replacement character. */
void json_string(buf *out, const char *text);
void json_string_part(buf *out, const char *text, size_t len);

/* A number; null if it is not finite. */
void json_number(buf *out, double x);

#endif
