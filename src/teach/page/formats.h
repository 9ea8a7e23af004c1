/* The formats in which explanations come: one table, from which all that lists them reads. */
#ifndef PAGE_FORMATS_H
#define PAGE_FORMATS_H

#include "core/core.h"

typedef struct page_format {
    text_format            as;
    const struct renderer *to;
} page_format;

/* The format, or NULL: explanations do not come in it. */
const page_format *page_format_find(dfoo_format format);

const text_format *page_format_at(size_t i);

#endif
