/* Inside the pages' room: what the formats share that set mathematics, LaTeX, Markdown and Typst. */
#ifndef PAGE_ALIGNED_H
#define PAGE_ALIGNED_H

#include "teach/page/sheet.h"

/* How a format writes what stands around aligned equations. */
struct aligned {
    const math_page *page;      /* around equations; NULL: a long formula stays in its line, no documents */
    const char *begin, *end;    /* of a display with lines in columns */
    const char *numbered[2];    /* the same of a title's line, %s, with its number; NULL: as above */
    const char *next;           /* between two lines of it */
    const char *beside, *below; /* before a note, and before one that stands below its line */
    const char *between;        /* words and the display that they lead to */
    const char *small[2];       /* around how closely it held */
    const char *heading[2];     /* around a title: a formula, with its line below, or words */
    const char *section[2];     /* around a section's words; %u is its number */
    const char *sign;           /* %c is one that is spoken of */
    size_t      longest; /* columns of plain text; the notes of a display with a longer line stand below
                            their lines */
    void (*prose)(const char *text, size_t len, buf *out);
    void (*formula)(const char *text, buf *out);                         /* in a paragraph */
    void (*note)(const sheet *p, const document *doc, const char *text); /* behind a line; not empty */
};

#define TEX_LINES .next = " \\\\\n", .beside = " && ", .below = " \\\\\n &\\quad "

/* A formula in a paragraph where dollars are around it. */
void aligned_dollars(const char *text, buf *out);

/* Prose in which letters and signs that are spoken of are set apart; the same of a marked string. */
void aligned_prose(const sheet *p, const char *text, size_t len);
void aligned_words(const sheet *p, const document *doc, const char *text);

/* A renderer's functions: the head, the forward pass, and what makes a whole document; all blocks of a
 * document, and how closely it held. */
void aligned_begin(sheet *p);
void aligned_one(sheet *p, const document *doc, const explain_result *result);
void aligned_end(sheet *p);

#endif
