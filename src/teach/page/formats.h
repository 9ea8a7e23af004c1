/* The formats in which explanations come: one table, from which all that lists them reads. */
#ifndef PAGE_FORMATS_H
#define PAGE_FORMATS_H

#include "core/core.h"

typedef struct page_format {
    dfoo_format            format;
    const char            *name;       /* as it is asked for; NULL: it is a way to write the one before */
    const char            *ending;     /* of a file */
    bool                   standalone; /* comes as a part of a document, or as a whole one */
    const char            *about;      /* for a manual */
    const struct renderer *to;
} page_format;

/* The format, or NULL: explanations do not come in it. */
const page_format *page_format_find(dfoo_format format);

/* All formats in the order in which they are listed; NULL behind the last. */
const page_format *page_format_at(size_t i);

#endif
