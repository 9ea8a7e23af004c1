/* In what a text may be written: a row of a list of formats. Rows without a name are ways to write another
 * one, and stand behind those that have one. */
#ifndef BASE_FORMAT_H
#define BASE_FORMAT_H

#include <stdbool.h>
#include <stddef.h>

#include "dfoo.h"

typedef struct text_format {
    dfoo_format format;
    const char *name;       /* as it is asked for, or NULL */
    const char *ending;     /* of a file */
    bool        standalone; /* comes as a part of a document, or as a whole one */
    const char *about;      /* in a sentence */
} text_format;

/* A list: its row number i; NULL behind the last. */
typedef const text_format *text_formats(size_t i);

#endif
