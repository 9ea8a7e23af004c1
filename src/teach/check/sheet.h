/* The ways in which a report is written: a heading, paragraphs, a table, lines as they are. */
#ifndef CHECK_SHEET_H
#define CHECK_SHEET_H

#include "teach/check/check.h"

typedef enum { REPORT_TEXT, REPORT_MARKDOWN, REPORT_HTML, REPORT_JSON } report_kind;

enum { N_COLUMNS = 4 };

typedef struct sheet_row {
    const char *cell[N_COLUMNS];
} sheet_row;

typedef struct sheet_rows {
    VEC(sheet_row) list; /* the first is the head */
} sheet_rows;

typedef struct sheet_way {
    void (*begin)(buf *out, const char *title);
    void (*paragraph)(buf *out, const char *text, bool strong);
    void (*table)(buf *out, const sheet_rows *rows);
    void (*lines)(buf *out, const char *text);
    void (*end)(buf *out);
} sheet_way;

/* By report_kind; JSON is none of them. */
extern const sheet_way sheet_ways[REPORT_JSON];

#endif
