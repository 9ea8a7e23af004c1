/* The report of a class: a table for a spreadsheet, a page, data, a text for a course's site. */
#include "grade.h"

#include <string.h>

static void put_count(text *t, size_t n) {
    char digits[24];
    snprintf(digits, sizeof digits, "%zu", n);
    text_puts(t, digits);
}

/* A character that is not shown, or no character at all. */
static void put_hidden(text *t, char c) {
    char code[8];
    snprintf(code, sizeof code, "\\x%02X", (unsigned char)c);
    text_puts(t, code);
}

/* "cell 2, line 3", "line 3", or nothing. */
static void put_place(text *t, size_t cell, size_t line) {
    if (cell) {
        text_puts(t, "cell ");
        put_count(t, cell);
        text_puts(t, ", ");
    }
    if (line) {
        text_puts(t, "line ");
        put_count(t, line);
    }
}

static const char *variable_of(const graded *p) {
    return p->first ? p->first->variable : "";
}

static bool is_about(const graded *p, const topic *x) {
    return p->topic && strcmp(p->topic, x->name) == 0;
}

/* ------------------------------------------------------------------------- csv */

/* A spreadsheet would compute what begins with one of these. */
static bool is_formula(const char *field) {
    return *field && strchr("=+-@", *field);
}

static void put_field(text *t, const char *field, const char *end) {
    text_puts(t, is_formula(field) ? "\"'" : "\"");
    while (*field) {
        size_t n = utf8_length(field);
        bool   line_end = *field == '\n' || *field == '\r';
        if (*field == '"') text_puts(t, "\"");
        if (is_shown(field, n)) text_put(t, field, n);
        else if (!line_end) put_hidden(t, *field);
        field += is_shown(field, n) ? n : 1;
    }
    text_puts(t, "\"");
    text_puts(t, end);
}

static void put_number_field(text *t, size_t n) {
    if (n) put_count(t, n);
    text_puts(t, ",");
}

void class_as_csv(const graded_class *g, text *out) {
    text_puts(out, "program,verdict,variable,first wrong line,cell,mistake,hint\n");
    for (size_t i = 0; i < g->n; i++) {
        const graded *p = &g->programs[i];
        put_field(out, p->path, ",");
        put_field(out, p->verdict, ",");
        put_field(out, variable_of(p), ",");
        put_number_field(out, p->line);
        put_number_field(out, p->cell);
        put_field(out, p->mistake, ",");
        put_field(out, p->hint, "\n");
    }
}

/* ------------------------------------------------------------------------ json */

static void put_key(text *t, const char *name) {
    text_puts(t, ", \"");
    text_puts(t, name);
    text_puts(t, "\": ");
}

/* "": null. */
static void put_word(text *t, const char *name, const char *value) {
    put_key(t, name);
    if (value && *value) text_put_quoted(t, value);
    else text_puts(t, "null");
}

static void put_number(text *t, const char *name, size_t value) {
    put_key(t, name);
    if (value) put_count(t, value);
    else text_puts(t, "null");
}

static void put_missing(text *t, const dfoo_judgement *x) {
    size_t n = 0;
    put_key(t, "missing");
    text_puts(t, "[");
    for (size_t i = 0; x && i < x->count; i++) {
        if (x->lines[i].verdict != DFOO_JUDGED_MISSING) continue;
        if (n++) text_puts(t, ", ");
        text_put_quoted(t, x->lines[i].variable);
    }
    text_puts(t, "]");
}

static void put_program(text *t, const graded *p) {
    text_puts(t, "{\"program\": ");
    text_put_quoted(t, p->path);
    put_word(t, "verdict", p->verdict);
    put_word(t, "variable", variable_of(p));
    put_number(t, "line", p->line);
    put_number(t, "cell", p->cell);
    put_word(t, "text", p->first ? p->first->text : NULL);
    put_word(t, "mistake", p->mistake);
    put_word(t, "kind", p->first ? p->first->group : NULL);
    put_word(t, "hint", p->hint);
    put_missing(t, p->x);
    text_puts(t, "}");
}

static void put_topic_programs(text *t, const graded_class *g, const topic *x) {
    size_t n = 0;
    text_puts(t, "[");
    for (size_t i = 0; i < g->n; i++) {
        const graded *p = &g->programs[i];
        if (!is_about(p, x)) continue;
        if (n++) text_puts(t, ", ");
        text_put_quoted(t, p->path);
    }
    text_puts(t, "]");
}

void class_as_json(const graded_class *g, text *out) {
    text_puts(out, "{\"model\": ");
    text_put_quoted(out, g->model);
    put_key(out, "right");
    put_count(out, g->n_right);
    put_key(out, "programs");
    text_puts(out, "[");
    for (size_t i = 0; i < g->n; i++) {
        if (i) text_puts(out, ", ");
        put_program(out, &g->programs[i]);
    }
    text_puts(out, "], \"mistakes\": [");
    for (size_t i = 0; i < g->n_topics; i++) {
        text_puts(out, i ? ", {\"mistake\": " : "{\"mistake\": ");
        text_put_quoted(out, g->topics[i].name);
        put_key(out, "programs");
        put_topic_programs(out, g, &g->topics[i]);
        text_puts(out, "}");
    }
    text_puts(out, "]}\n");
}

/* ------------------------------------------------------------- page and Markdown */

typedef void put_words(text *t, const char *words);

static const char *html_of(char c) {
    return c == '&' ? "&amp;" : c == '<' ? "&lt;" : c == '>' ? "&gt;" : c == '"' ? "&quot;" : NULL;
}

static void put_html(text *t, const char *words) {
    while (*words) {
        size_t n = utf8_length(words);
        if (html_of(*words)) text_puts(t, html_of(*words));
        else if (is_shown(words, n) || *words == '\n' || *words == '\t') text_put(t, words, n);
        else put_hidden(t, *words);
        words += is_shown(words, n) ? n : 1;
    }
}

/* Behind a backslash what would be markup; line ends are blanks: a row of a table is one line. */
static void put_markdown(text *t, const char *words) {
    while (*words) {
        size_t n = utf8_length(words);
        if (strchr("\\`*_[]<>|#~$", *words)) text_puts(t, "\\");
        if (is_shown(words, n)) text_put(t, words, n);
        else if (strchr("\n\r\t", *words)) text_puts(t, " ");
        else put_hidden(t, *words);
        words += is_shown(words, n) ? n : 1;
    }
}

/* "3 programs, 1 right", with words of a heading before it. */
static void put_heading(const graded_class *g, put_words *put, text *out) {
    put(out, g->model);
    text_puts(out, ": ");
    put_count(out, g->n);
    text_puts(out, g->n == 1 ? " program, " : " programs, ");
    put_count(out, g->n_right);
    text_puts(out, " right");
}

static const char html_style[] =
    "body { font: 1rem/1.5 sans-serif; max-width: 75rem; margin: 2rem auto; padding: 0 1rem; }\n"
    "table { border-collapse: collapse; width: 100%; }\n"
    "th, td { text-align: left; vertical-align: top; padding: .2rem .8rem .2rem 0; "
    "border-bottom: 1px solid #ccc; }\n"
    "code, pre { font-family: monospace; }\n"
    "pre { overflow-x: auto; border-left: 3px solid #ccc; padding-left: .8rem; }\n"
    ".wrong { color: #a00; font-weight: bold; }\n"
    ".right { color: #060; }\n"
    "@media (prefers-color-scheme: dark) { body { background: #181818; color: #ddd; } a { color: #8bf; } "
    ".wrong { color: #f77; } .right { color: #7d7; } }\n"
    "@media print { section { break-inside: avoid; } }\n";

/* The number of a program is its place in the page. */
static void put_link(const graded_class *g, const graded *p, text *out) {
    text_puts(out, "<a href=\"#p");
    put_count(out, (size_t)(p - g->programs) + 1);
    text_puts(out, "\">");
    put_html(out, base_name(p->path));
    text_puts(out, "</a>");
}

static void put_html_topic(const graded_class *g, const topic *x, text *out) {
    const graded *e = x->example;
    size_t        n = 0;
    text_puts(out, "<tr><td>");
    put_count(out, x->count);
    text_puts(out, "</td><td><strong>");
    put_html(out, x->name);
    text_puts(out, "</strong>");
    if (e->first) {
        text_puts(out, "<br>as in <code>");
        put_html(out, e->first->text);
        text_puts(out, "</code>");
    }
    text_puts(out, "</td><td>");
    for (size_t i = 0; i < g->n; i++) {
        const graded *p = &g->programs[i];
        if (!is_about(p, x)) continue;
        if (n++) text_puts(out, ", ");
        put_link(g, p, out);
    }
    text_puts(out, "</td></tr>\n");
}

static void put_html_row(const graded_class *g, const graded *p, text *out) {
    text_puts(out, "<tr><td>");
    put_link(g, p, out);
    text_puts(out, p->topic ? "</td><td class=\"wrong\">" : "</td><td class=\"right\">");
    put_html(out, p->verdict);
    text_puts(out, "</td><td>");
    put_html(out, variable_of(p));
    text_puts(out, "</td><td>");
    put_place(out, p->cell, p->line);
    text_puts(out, "</td><td>");
    put_html(out, p->mistake);
    text_puts(out, "</td><td>");
    put_html(out, p->hint);
    text_puts(out, "</td></tr>\n");
}

static void put_html_details(const graded *p, size_t number, text *out) {
    text_puts(out, "<section id=\"p");
    put_count(out, number);
    text_puts(out, "\">\n<h3>");
    put_html(out, p->path);
    text_puts(out, "</h3>\n");
    if (p->x) {
        text_puts(out, "<pre>");
        put_html(out, p->x->text);
        text_puts(out, "</pre>\n");
    } else text_puts(out, "<p>The file is no text.</p>\n");
    text_puts(out, "</section>\n");
}

void class_as_html(const graded_class *g, text *out) {
    text_puts(out, "<!DOCTYPE html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\">\n"
                   "<meta name=\"viewport\" content=\"width=device-width\">\n<title>");
    put_heading(g, put_html, out);
    text_puts(out, "</title>\n<style>\n");
    text_puts(out, html_style);
    text_puts(out, "</style>\n</head>\n<body>\n<h1>");
    put_heading(g, put_html, out);
    text_puts(out, "</h1>\n");
    if (g->n_topics) text_puts(out, "<h2>What to talk about</h2>\n<table>\n<tr><th>programs</th>"
                                    "<th>the first mistake</th><th>in</th></tr>\n");
    for (size_t i = 0; i < g->n_topics; i++) put_html_topic(g, &g->topics[i], out);
    if (g->n_topics) text_puts(out, "</table>\n");
    text_puts(out, "<h2>The programs</h2>\n<table>\n<tr><th>program</th><th>verdict</th><th>gradient</th>"
                   "<th>first wrong line</th><th>mistake</th><th>hint</th></tr>\n");
    for (size_t i = 0; i < g->n; i++) put_html_row(g, &g->programs[i], out);
    text_puts(out, "</table>\n<h2>Each of them</h2>\n");
    for (size_t i = 0; i < g->n; i++) put_html_details(&g->programs[i], i + 1, out);
    text_puts(out, "</body>\n</html>\n");
}

static void put_cell(text *t, const char *words) {
    text_puts(t, " ");
    put_markdown(t, words);
    text_puts(t, " |");
}

static void put_markdown_row(const graded *p, text *out) {
    text_puts(out, "|");
    put_cell(out, base_name(p->path));
    put_cell(out, p->verdict);
    put_cell(out, variable_of(p));
    text_puts(out, " ");
    put_place(out, p->cell, p->line);
    text_puts(out, " |");
    put_cell(out, p->mistake);
    put_cell(out, p->hint);
    text_puts(out, "\n");
}

static void put_markdown_topic(const graded_class *g, const topic *x, text *out) {
    text_puts(out, "- **");
    put_markdown(out, x->name);
    text_puts(out, "** (");
    put_count(out, x->count);
    text_puts(out, ")");
    for (size_t i = 0, n = 0; i < g->n; i++) {
        const graded *p = &g->programs[i];
        if (!is_about(p, x)) continue;
        text_puts(out, n++ ? ", " : ": ");
        put_markdown(out, base_name(p->path));
    }
    text_puts(out, "\n");
}

void class_as_markdown(const graded_class *g, text *out) {
    text_puts(out, "## ");
    put_heading(g, put_markdown, out);
    text_puts(out, "\n\n");
    if (g->n_topics) text_puts(out, "What to talk about:\n\n");
    for (size_t i = 0; i < g->n_topics; i++) put_markdown_topic(g, &g->topics[i], out);
    if (g->n_topics) text_puts(out, "\n");
    text_puts(out, "| program | verdict | gradient | first wrong line | mistake | hint |\n"
                   "|---|---|---|---|---|---|\n");
    for (size_t i = 0; i < g->n; i++) put_markdown_row(&g->programs[i], out);
}
