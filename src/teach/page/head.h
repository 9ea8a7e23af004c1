/* The head of a page, what its gradients differentiate: text, in which names and equations are known. */
#ifndef PAGE_HEAD_H
#define PAGE_HEAD_H

#include "teach/page/sheet.h"

/* How a format writes the parts of a line. */
typedef struct head_writer {
    void (*prose)(const sheet *p, const char *text, size_t len); /* that speaks of indices and signs */
    void (*plain)(const sheet *p, const char *text, size_t len); /* no more than text */
    void (*mathematics)(const sheet *p, const math *x);
} head_writer;

/* A line of the head, or a part of it, without what makes it a comment. */
void head_text(const sheet *p, const char *text, size_t len, const head_writer *to);

#endif
