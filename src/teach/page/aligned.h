/* Inside the pages' room: what the formats share that set mathematics, LaTeX, Markdown and Typst. */
#ifndef PAGE_ALIGNED_H
#define PAGE_ALIGNED_H

#include "teach/page/sheet.h"

/* How a format writes what stands around aligned equations. */
typedef struct aligned {
    const math_page *page;      /* around equations; NULL: a long formula stays in its line */
    const char *begin, *end;    /* of a display with lines in columns */
    const char *next;           /* between two lines of it */
    const char *beside, *below; /* before a note, and before one that stands below its line */
    const char *between;        /* words and the display that they lead to */
    const char *small, *small_end; /* around how closely it held */
    size_t      longest; /* columns of plain text; the notes of a display with a longer line stand below
                            their lines */
    void (*prose)(const char *text, size_t len, buf *out);
    void (*words)(const sheet *p, const document *doc, const char *text); /* a marked string */
    void (*note)(const sheet *p, const document *doc, const char *text);  /* behind a line; not empty */
    void (*heading)(const sheet *p, const document *doc, const block *b); /* above the title's line */
    void (*section)(const sheet *p, const document *doc, const block *b, uint32_t number);
} aligned;

#define TEX_LINES .next = " \\\\\n", .beside = " && ", .below = " \\\\\n &\\quad "

/* A renderer's begin and end: the head, the forward pass, and what makes a whole document. */
void aligned_begin(const sheet *p, const aligned *how);
void aligned_end(const sheet *p, const aligned *how);

/* All blocks of a document, and how closely it held. */
void aligned_one(const sheet *p, const document *doc, const explain_result *result, const aligned *how);

#endif
