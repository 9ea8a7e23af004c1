/* Inside the explaining room: what the formats share that are set by TeX, LaTeX and Markdown. */
#ifndef EXPLAIN_ALIGNED_H
#define EXPLAIN_ALIGNED_H

#include "explain/sheet.h"

/* How a format writes what stands around aligned equations. */
typedef struct aligned {
    const char *begin, *end; /* of a display with lines in columns */
    void (*words)(const sheet *p, const document *doc, const char *text); /* a marked string */
    void (*note)(const sheet *p, const document *doc, const char *text);  /* behind a line; not empty */
    void (*heading)(const sheet *p, const document *doc, const block *b); /* above the title's line */
    void (*section)(const sheet *p, const document *doc, const block *b, uint32_t number);
} aligned;

/* All blocks of a document. */
void aligned_blocks(const sheet *p, const document *doc, const aligned *how);

#endif
