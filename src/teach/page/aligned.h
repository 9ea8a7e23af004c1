/* Inside the pages' room: what the formats share that set mathematics, LaTeX, Markdown and Typst. */
#ifndef PAGE_ALIGNED_H
#define PAGE_ALIGNED_H

#include "teach/page/sheet.h"

/* How a format writes what stands around aligned equations. */
typedef struct aligned {
    const char *begin, *end; /* of a display with lines in columns */
    const char *next;        /* between two lines of it */
    const char *beside, *below; /* before a note, and before one that stands below its line */
    const char *between;     /* words and the display that they lead to */
    void (*words)(const sheet *p, const document *doc, const char *text); /* a marked string */
    void (*note)(const sheet *p, const document *doc, const char *text);  /* behind a line; not empty */
    void (*formula)(const sheet *p, const char *tex); /* a side of a line */
    size_t longest; /* columns of plain text; the notes of a display with a longer line stand below their
                       lines */
    void (*heading)(const sheet *p, const document *doc, const block *b); /* above the title's line */
    void (*section)(const sheet *p, const document *doc, const block *b, uint32_t number);
} aligned;

#define TEX_LINES " \\\\\n", " && ", " \\\\\n &\\quad "

/* All blocks of a document. */
void aligned_blocks(const sheet *p, const document *doc, const aligned *how);

#endif
