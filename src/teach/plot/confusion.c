/* A confusion matrix: rows are what examples are, columns what they were taken for; the darker a
 * cell, the larger its part of the row. At the right the recall of each class, at the bottom its precision.
 */
#include <math.h>
#include <stdio.h>

#include "teach/plot/svg.h"

typedef struct grid {
    const plot_matrix *m;
    buf               *b;
    double             left, top, side; /* of the cells */
    bool               small;           /* no words in the cells */
} grid;

static size_t count(const grid *x, uint32_t i, uint32_t k) {
    return x->m->count[(size_t)i * x->m->n + k];
}

static size_t row_sum(const grid *x, uint32_t i) {
    size_t sum = 0;
    for (uint32_t k = 0; k < x->m->n; k++) sum += count(x, i, k);
    return sum;
}

static size_t column_sum(const grid *x, uint32_t k) {
    size_t sum = 0;
    for (uint32_t i = 0; i < x->m->n; i++) sum += count(x, i, k);
    return sum;
}

/* ---------------------------------------------------------------------- layout */

enum { NAME = 130, TITLE = 54, MARGIN = 12, PARTS = 64, MOST_WIDTH = 660 };

static double longest(const plot_matrix *m) {
    double width = 0;
    for (uint32_t i = 0; i < m->n; i++) width = fmax(width, text_width(m->classes[i], TEXT_SIZE));
    return fmin(width, NAME);
}

static bool turned(const grid *x) {
    return longest(x->m) > x->side - 6;
}

static void lay_out(grid *x) {
    double width = longest(x->m);
    x->side = x->m->n <= 4 ? 72 : x->m->n <= 8 ? 56 : x->m->n <= 12 ? 44 : x->m->n <= 25 ? 30 : 16;
    x->small = x->m->n > 25;
    x->left = MARGIN + 24 + fmax(width, text_width("precision", TEXT_SIZE)) + 10;
    x->top = TITLE + 22 + (turned(x) ? width : 14) + 8;
}

/* ----------------------------------------------------------------------- cells */

/* From this part of a row on, light figures on the cell have more contrast than dark ones; with the colours
 * of svg.c, either has at least 4.5 : 1. */
static const double LIGHT = 0.79;

static void put_cell(const grid *x, uint32_t i, uint32_t k, size_t of_row) {
    size_t n = count(x, i, k);
    if (!n) return;
    double part = (double)n / (double)of_row, left = x->left + k * x->side, top = x->top + i * x->side;
    buf_puts(x->b, "<g><title>");
    put_text(x->b, x->m->classes[i]);
    buf_puts(x->b, " as ");
    put_text(x->b, x->m->classes[k]);
    buf_printf(x->b, ": %zu of %zu</title>", n, of_row);
    buf_puts(x->b, "<rect class=\"cell\" fill-opacity=\"");
    put_decimals(x->b, 0.12 + 0.88 * part, 3);
    buf_puts(x->b, "\" x=\"");
    put_length(x->b, left);
    buf_puts(x->b, "\" y=\"");
    put_length(x->b, top);
    buf_puts(x->b, "\" width=\"");
    put_length(x->b, x->side);
    buf_puts(x->b, "\" height=\"");
    put_length(x->b, x->side);
    buf_puts(x->b, "\"/>");
    if (!x->small) {
        const char *kind = part > LIGHT ? (x->side < 40 ? "mid small light" : "mid light")
                                        : (x->side < 40 ? "mid small ink" : "mid ink");
        svg_text(x->b, kind, left + x->side / 2, top + x->side / 2 + 4);
        buf_printf(x->b, "%zu</text>", n);
    }
    buf_puts(x->b, "</g>\n");
}

static void put_grid(const grid *x) {
    double width = x->m->n * x->side;
    buf_puts(x->b, "<path class=\"grid\" d=\"");
    for (uint32_t i = 1; i < x->m->n; i++) {
        put_point(x->b, 'M', x->left, x->top + i * x->side);
        put_point(x->b, 'L', x->left + width, x->top + i * x->side);
        put_point(x->b, 'M', x->left + i * x->side, x->top);
        put_point(x->b, 'L', x->left + i * x->side, x->top + width);
    }
    buf_puts(x->b, "\"/>\n");
    svg_rect(x->b, "frame", x->left, x->top, width, width);
}

/* ----------------------------------------------------------------------- names */

static void put_names(const grid *x) {
    for (uint32_t i = 0; i < x->m->n; i++) {
        double middle = (i + 0.5) * x->side;
        svg_text(x->b, "end", x->left - 8, x->top + middle + 4);
        put_short(x->b, x->m->classes[i], NAME);
        svg_text_end(x->b);
        if (turned(x)) {
            buf_puts(x->b, "<text transform=\"translate(");
            put_length(x->b, x->left + middle + 4);
            buf_puts(x->b, " ");
            put_length(x->b, x->top - 8);
            buf_puts(x->b, ")rotate(-90)\">");
        } else {
            svg_text(x->b, "mid", x->left + middle, x->top - 8);
        }
        put_short(x->b, x->m->classes[i], NAME);
        svg_text_end(x->b);
    }
}

static void put_part(const grid *x, const char *kind, double at_x, double at_y, size_t part, size_t whole) {
    svg_text(x->b, kind, at_x, at_y);
    if (whole) {
        put_decimals(x->b, 100 * (double)part / (double)whole, x->side < 40 ? 0 : 1);
        buf_puts(x->b, "%");
    } else {
        buf_puts(x->b, "-");
    }
    svg_text_end(x->b);
}

static void put_parts(const grid *x) {
    double right = x->left + x->m->n * x->side, bottom = x->top + x->m->n * x->side;
    svg_label(x->b, "dim", right + 10, x->top - 8, "recall");
    svg_label(x->b, "dim end", x->left - 8, bottom + 18, "precision");
    for (uint32_t i = 0; i < x->m->n; i++) {
        double middle = (i + 0.5) * x->side;
        put_part(x, x->side < 40 ? "small" : "", right + 10, x->top + middle + 4, count(x, i, i),
                 row_sum(x, i));
        if (!x->small)
            put_part(x, x->side < 40 ? "mid small" : "mid", x->left + middle, bottom + 18, count(x, i, i),
                     column_sum(x, i));
    }
}

static void put_axes(const grid *x) {
    double middle = x->m->n * x->side / 2;
    svg_label(x->b, "dim mid", x->left + middle, TITLE + 4, "predicted as");
    buf_puts(x->b, "<text class=\"dim mid\" transform=\"translate(");
    put_length(x->b, MARGIN + 12);
    buf_puts(x->b, " ");
    put_length(x->b, x->top + middle);
    buf_puts(x->b, ")rotate(-90)\">is</text>\n");
}

dfoo_status plot_confusion(const plot_matrix *m, arena *scratch, buf *out) {
    grid x = {.m = m, .b = out};
    lay_out(&x);
    /* a heading is longer than its matrix where there are two classes */
    double heading = fmin(heading_width(m->title) + 2 * MARGIN, MOST_WIDTH),
           width = fmax(fmax(x.left + m->n * x.side + PARTS, 360), heading),
           height = x.top + m->n * x.side + 34;
    char   words[120];
    snprintf(words, sizeof words,
             "A matrix of %u classes: rows are what the examples are, columns what they were predicted as.",
             m->n);
    svg_open(out, width, height, m->title, words);
    svg_heading(out, MARGIN, m->title, width - 2 * MARGIN);
    put_grid(&x);
    for (uint32_t i = 0; i < m->n; i++)
        for (uint32_t k = 0; k < m->n; k++) put_cell(&x, i, k, row_sum(&x, i));
    put_axes(&x);
    put_names(&x);
    put_parts(&x);
    svg_close(out);
    DFOO_TRY(arena_status(scratch));
    return buf_status(out);
}
