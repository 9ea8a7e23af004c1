/* Text, Markdown and HTML. */
#include <string.h>

#include "teach/check/sheet.h"

/* --------------------------------------------------------------------- text */

static void text_begin(buf *out, const char *title) {
    buf_printf(out, "%s\n", title);
}

/* In lines of at most 100 columns. */
static void text_paragraph(buf *out, const char *text, bool strong) {
    size_t used = 0;
    if (strong) buf_puts(out, "\n");
    while (*text) {
        size_t n = strcspn(text, " "), width = text_columns(text, n);
        if (used && used + 1 + width > 100) {
            buf_puts(out, "\n  ");
            used = 2;
        } else if (used) {
            buf_puts(out, " ");
            used++;
        }
        buf_put(out, text, n);
        used += width;
        text += n + (text[n] == ' ');
    }
    buf_puts(out, "\n");
}

static void text_table(buf *out, const sheet_rows *rows) {
    size_t width[N_COLUMNS] = {0};
    for (uint32_t i = 1; i < rows->list.n; i++)
        for (int c = 0; c < N_COLUMNS; c++) {
            const char *text = rows->list.at[i].cell[c];
            size_t      w = text_columns(text, strlen(text));
            if (w > width[c]) width[c] = w;
        }
    buf_puts(out, "\n");
    for (uint32_t i = 1; i < rows->list.n; i++) {
        size_t owed = 0;
        for (int c = 0; c < N_COLUMNS; c++) {
            const char *text = rows->list.at[i].cell[c];
            if (*text) {
                buf_repeat(out, ' ', owed);
                buf_puts(out, text);
                owed = 0;
            }
            owed += width[c] + (width[c] ? 3 : 0) - text_columns(text, strlen(text));
        }
        buf_puts(out, "\n");
    }
}

static void text_lines(buf *out, const char *text) {
    buf_puts(out, text);
}

static void text_end(buf *out) {
    (void)out;
}

/* ----------------------------------------------------------------- Markdown */

/* What would be read as markup is taken as it is. */
static void put_markdown(buf *out, const char *text) {
    for (; *text; text++) {
        if (strchr("\\`*_[]<>|#~$", *text)) buf_puts(out, "\\");
        buf_put(out, text, 1);
    }
}

static void markdown_begin(buf *out, const char *title) {
    buf_puts(out, "## ");
    put_markdown(out, title);
    buf_puts(out, "\n\n");
}

static void markdown_paragraph(buf *out, const char *text, bool strong) {
    if (strong) buf_puts(out, "**");
    put_markdown(out, text);
    buf_puts(out, strong ? "**\n\n" : "\n\n");
}

static void markdown_table(buf *out, const sheet_rows *rows) {
    for (uint32_t i = 0; i < rows->list.n; i++) {
        buf_puts(out, "|");
        for (int c = 0; c < N_COLUMNS; c++) {
            buf_puts(out, " ");
            put_markdown(out, rows->list.at[i].cell[c]);
            buf_puts(out, " |");
        }
        buf_puts(out, i ? "\n" : "\n|---|---|---|---|\n");
    }
    buf_puts(out, "\n");
}

static void markdown_lines(buf *out, const char *text) {
    buf_printf(out, "```\n%s```\n\n", text);
}

/* --------------------------------------------------------------------- HTML */

static void put_html(buf *out, const char *text) {
    page_html.prose(text, strlen(text), out);
}

static void html_begin(buf *out, const char *title) {
    buf_puts(out, "<!DOCTYPE html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\">\n"
                  "<meta name=\"viewport\" content=\"width=device-width\">\n<title>");
    put_html(out, title);
    buf_puts(out, "</title>\n<style>\nbody { font: 1rem/1.5 sans-serif; max-width: 60rem; margin: 2rem auto; "
                  "padding: 0 1rem; }\ntable { border-collapse: collapse; }\nth, td { text-align: left; "
                  "vertical-align: top; padding: .2rem .8rem .2rem 0; "
                  "border-bottom: 1px solid #ccc; }\n"
                  "td:nth-child(3), pre { font-family: monospace; }\npre { overflow-x: auto; }\n"
                  "tr.wrong td:nth-child(2) { color: #a00; font-weight: bold; }\n"
                  "@media (prefers-color-scheme: dark) { body { background: #181818; color: #ddd; } "
                  "tr.wrong td:nth-child(2) { color: #f77; } }\n</style>\n</head>\n<body>\n<h1>");
    put_html(out, title);
    buf_puts(out, "</h1>\n");
}

static void html_paragraph(buf *out, const char *text, bool strong) {
    buf_puts(out, strong ? "<p><strong>" : "<p>");
    put_html(out, text);
    buf_puts(out, strong ? "</strong></p>\n" : "</p>\n");
}

static void html_table(buf *out, const sheet_rows *rows) {
    buf_puts(out, "<table>\n");
    for (uint32_t i = 0; i < rows->list.n; i++) {
        const sheet_row *r = &rows->list.at[i];
        buf_puts(out, i && strcmp(r->cell[1], "wrong") == 0 ? "<tr class=\"wrong\">" : "<tr>");
        for (int c = 0; c < N_COLUMNS; c++) {
            buf_puts(out, i ? "<td>" : "<th>");
            put_html(out, r->cell[c]);
            buf_puts(out, i ? "</td>" : "</th>");
        }
        buf_puts(out, "</tr>\n");
    }
    buf_puts(out, "</table>\n");
}

static void html_lines(buf *out, const char *text) {
    buf_puts(out, "<pre>");
    put_html(out, text);
    buf_puts(out, "</pre>\n");
}

static void html_end(buf *out) {
    buf_puts(out, "</body>\n</html>\n");
}

const sheet_way sheet_ways[REPORT_JSON] = {
    [REPORT_TEXT] = {text_begin, text_paragraph, text_table, text_lines, text_end},
    [REPORT_MARKDOWN] = {markdown_begin, markdown_paragraph, markdown_table, markdown_lines, text_end},
    [REPORT_HTML] = {html_begin, html_paragraph, html_table, html_lines, html_end},
};
