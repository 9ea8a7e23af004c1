/* Inside the pages' room: what the formats share that are set by TeX, LaTeX and Markdown. */
#ifndef PAGE_ALIGNED_H
#define PAGE_ALIGNED_H

#include "teach/page/sheet.h"

/* How a format writes what stands around aligned equations. */
typedef struct aligned {
    const char *begin, *end; /* of a display with lines in columns */
    const char *between;     /* words and the display that they lead to */
    void (*words)(const sheet *p, const document *doc, const char *text); /* a marked string */
    void (*note)(const sheet *p, const document *doc, const char *text);  /* behind a line; not empty */
    void (*formula)(const sheet *p, const char *tex); /* a side of a line */
    size_t longest; /* columns of plain text; the notes of a display with a longer line stand below their lines */
    void (*heading)(const sheet *p, const document *doc, const block *b); /* above the title's line */
    void (*section)(const sheet *p, const document *doc, const block *b, uint32_t number);
} aligned;

/* All blocks of a document. */
void aligned_blocks(const sheet *p, const document *doc, const aligned *how);

#endif
