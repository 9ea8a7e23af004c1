/* Rows of text fields -> a table: what csv.c parses and csv_table.c understands. */
#ifndef DATA_CSV_TABLE_H
#define DATA_CSV_TABLE_H

#include "host/data/internal.h"

typedef struct csv_field {
    const char *text; /* text[len] is 0 */
    size_t      offset, len;
    size_t      line;
} csv_field;

typedef enum { COLUMN_UNKNOWN, COLUMN_NUMBERS, COLUMN_WORDS } column_kind;

typedef struct csv_column {
    column_kind kind;
    size_t      line; /* of the field that decided the kind */
    const char *text; /* and what it was */
    symbols     words;
    const char *unit;    /* of its numbers: "$", "%", or "" */
    const char *written; /* the first that is read as people write numbers; NULL: there is none */
    double      value;   /* and what it counts as */
} csv_column;

/* A number with a unit, with thousands set apart or with a decimal comma. */
typedef struct csv_written {
    double      value;
    const char *unit; /* "": none */
    bool        decimal_comma, decimal_point;
} csv_written;

/* Is it one, and not one that csv_number reads? commas: they do not separate columns, so they may be decimal
 * signs. text[len] is 0. */
bool csv_written_number(const char *text, size_t len, bool commas, csv_written *out);

/* A number with a decimal sign, the first of the file. */
typedef struct csv_sign {
    const char *text; /* NULL: there is none */
    size_t      line;
} csv_sign;

/* Rows that lie behind each other, and for how many more there is room. */
typedef struct csv_block {
    double *at;
    size_t  n, left;
} csv_block;

typedef struct csv_build {
    diags      *d;
    const char *file;
    data_header header;
    bool        gaps;    /* nan is a number */
    bool        missing; /* a field may be empty, or a word for that */
    bool        commas;  /* may be decimal signs: other signs separate columns */
    arena      *scratch;

    csv_sign    comma, point; /* the decimal signs */
    csv_field  *first; /* the first row, kept; NULL before it */
    bool        first_is_data;
    size_t      n_cols;
    csv_column *columns;
    size_t      n_rows; /* in the blocks; the first row is not, unless it is known to be data */
    VEC(csv_block) blocks;
} csv_build;

dfoo_status csv_build_row(csv_build *b, const csv_field *fields, size_t n);
dfoo_status csv_build_table(csv_build *b, arena *a, data_table *out);

#endif
