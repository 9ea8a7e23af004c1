/* Documents -> plain text. */
#include <stdio.h>
#include <string.h>

#include "teach/page/sheet.h"

enum { WIDEST = 80, TITLE_TAIL = 68, LINE_TAIL = 53, DEEPEST = 40 };

/* A line that is being written: where it starts in the output, and where those start that it goes on in. */
typedef struct pen {
    buf   *out;
    size_t start, hang;
    const char *prefix; /* of every line that goes on; NULL: none */
} pen;

static size_t column_of(const pen *w) {
    return w->out->text ? text_columns(w->out->text + w->start, w->out->len - w->start) : 0;
}

static void new_line(pen *w, size_t column) {
    buf_puts(w->out, "\n");
    w->start = w->out->len;
    if (w->prefix) buf_puts(w->out, w->prefix);
    buf_repeat(w->out, ' ', column);
}

/* How much of a word that is wider than a line fits on this one: up to behind an operation. */
static size_t part_of(const pen *w, const char *text, size_t len) {
    size_t part = len, now = column_of(w);
    if (w->hang + text_columns(text, len) <= WIDEST) return len;
    while (part > 1 && (now + text_columns(text, part) > WIDEST || !strchr("*,+/", text[part - 1]))) part--;
    return part > 1 ? part : len;
}

/* Puts a text, broken at spaces where the line would be too wide. */
static void put_broken(pen *w, const char *text) {
    while (*text) {
        size_t spaces = strspn(text, " "), len = spaces + strcspn(text + spaces, " ");
        len = part_of(w, text, len);
        bool begins = column_of(w) <= w->hang;
        if (!begins && column_of(w) + text_columns(text, len) > WIDEST) {
            new_line(w, w->hang);
            text += spaces;
            len -= spaces;
        }
        buf_put(w->out, text, len);
        text += len;
    }
}

static const char *plain(const document *doc, const char *text) {
    buf b;
    buf_init(&b, doc->a->mem);
    doc_plain(doc, text, &b);
    const char *out = b.text ? arena_text(doc->a, b.text, b.len) : "";
    doc->a->failed = doc->a->failed || b.failed;
    buf_free(&b);
    return out ? out : "";
}

static size_t width(const char *text) {
    return text_columns(text, strlen(text));
}

/* A remark behind a line: from its column on if it fits there, else below. */
static void write_tail(const document *doc, const block *b, pen *w) {
    const char *tail = plain(doc, b->tail);
    size_t      column = b->kind == BLOCK_TITLE ? TITLE_TAIL : LINE_TAIL, now = column_of(w);
    size_t      from = now + 2 > column ? now + 2 : column, wide = width(tail);
    if (from + wide <= WIDEST) {
        buf_repeat(w->out, ' ', from - now);
        put_broken(w, tail);
        return;
    }
    if (now + 2 + wide <= WIDEST) {
        buf_puts(w->out, "  ");
        put_broken(w, tail);
        return;
    }
    w->hang = column + wide <= WIDEST ? column : b->indent + 8u;
    new_line(w, w->hang);
    put_broken(w, tail);
}

/* The sides behind the first, each with its = in front; on a line of its own where it does not fit. */
static void write_sides(const block *b, size_t equals, pen *w) {
    for (uint32_t i = 1; i < b->n_sides; i++) {
        const char *side = b->sides[i].shown;
        size_t      now = column_of(w);
        bool        begins = b->hanging && i == 1;
        if (!begins && now + 3 + width(side) > WIDEST && equals + 2 < now) new_line(w, equals);
        else if (!begins) buf_puts(w->out, " ");
        buf_puts(w->out, "= ");
        w->hang = equals + 2;
        put_broken(w, side);
    }
}

static void write_line(const document *doc, const block *b, size_t *equals, buf *out) {
    pen         w = {.out = out, .start = out->len, .hang = b->indent + 4u};
    const char *words = plain(doc, b->words), *first = b->n_sides ? b->sides[0].shown : "";
    buf_repeat(out, ' ', b->indent);
    put_broken(&w, words);
    if (words[0] && column_of(&w) + 3 + width(first) > WIDEST) new_line(&w, b->indent + 2u);
    else if (words[0]) buf_puts(out, "   ");
    if (b->hanging) {
        buf_repeat(out, ' ', *equals > b->indent ? *equals - b->indent : 0);
    } else {
        put_broken(&w, first);
        size_t behind = column_of(&w) + 1;
        *equals = behind > DEEPEST ? b->indent + 4u : behind;
    }
    write_sides(b, *equals, &w);
    w.hang = *equals + 2;
    if (b->tail[0] == ':' || b->tail[0] == ',') put_broken(&w, plain(doc, b->tail));
    else if (b->tail[0]) write_tail(doc, b, &w);
    buf_puts(out, "\n");
}

/* How wide the columns are in which rows stand: u1 = exp(-z), u1' = -u1. */
static void measure_rows(const document *doc, size_t columns[2]) {
    columns[0] = columns[1] = 0;
    for (uint32_t i = 0; i < doc->blocks.n; i++) {
        const block *b = &doc->blocks.at[i];
        for (uint32_t k = 0; k < 2 && b->kind == BLOCK_ROW && 2 * k + 1 < b->n_sides; k++) {
            const side *sides = b->sides + (size_t)2 * k;
            const char *left = sides[0].shown, *right = sides[1].shown;
            size_t      n = text_columns(left, strlen(left)) + 3 + text_columns(right, strlen(right));
            if (n > columns[k]) columns[k] = n;
        }
    }
}

static void write_row(const document *doc, const block *b, const size_t columns[2], buf *out) {
    pen         w = {.out = out, .start = out->len, .hang = b->indent + 8u};
    const char *tail = plain(doc, b->tail);
    buf_repeat(out, ' ', b->indent);
    for (uint32_t k = 0; k < 2 && 2 * k + 1 < b->n_sides; k++) {
        const side *sides = b->sides + (size_t)2 * k;
        size_t      from = column_of(&w);
        buf_printf(out, "%s = ", sides[0].shown);
        put_broken(&w, sides[1].shown);
        size_t used = column_of(&w) - from;
        if (column_of(&w) > from) buf_repeat(out, ' ', columns[k] + 3 > used ? columns[k] + 3 - used : 3);
    }
    if (column_of(&w) + width(tail) > WIDEST) new_line(&w, w.hang);
    put_broken(&w, tail);
    buf_puts(out, "\n");
}

/* Words at an indent, each paragraph broken where it gets too wide. */
static void write_words(const document *doc, const char *before, size_t indent, const char *words, buf *out) {
    pen w = {.out = out, .start = out->len, .hang = indent};
    buf_puts(out, before);
    if (!before[0] && words[0]) buf_repeat(out, ' ', indent);
    put_broken(&w, plain(doc, words));
    buf_puts(out, "\n");
}

static void begin(sheet *p) {
    for (const char *line = p->whole ? p->head : ""; *line;) {
        size_t      len = strcspn(line, "\n");
        pen         w = {.out = p->out, .start = p->out->len, .hang = 5, .prefix = "#"};
        const char *text = arena_text(p->a, line, len);
        put_broken(&w, text ? text : "");
        buf_puts(p->out, "\n");
        line += len + (line[len] == '\n');
    }
}

/* How closely it held, in sentences: identities and derivatives on lines of their own, so that no digit more
 * or less breaks a line. */
static void write_checked(const document *doc, const explain_result *r, buf *out) {
    buf all;
    buf_init(&all, doc->a->mem);
    sheet_checked(r, &all);
    buf_puts(out, "\n");
    for (char *line = all.text; line && *line;) {
        char *end = strchr(line, '\n'), *part = strstr(line, ", ");
        if (part && (!end || part < end) && part[2] >= '0' && part[2] <= '9') end = part + 1;
        if (end) *end = 0;
        write_words(doc, "", 0, line, out);
        if (!end) break;
        line = end + 1;
    }
    out->failed = out->failed || all.failed;
    buf_free(&all);
}

static void write_document(sheet *p, const document *doc, const explain_result *r) {
    buf     *out = p->out;
    size_t   equals = 0;
    uint32_t section = 0;
    size_t   columns[2];
    measure_rows(doc, columns);
    if (p->whole || p->n_written) buf_puts(out, "\n");
    for (uint32_t i = 0; i < doc->blocks.n && !out->failed; i++) {
        const block *b = &doc->blocks.at[i];
        char         number[16] = "";
        if (b->kind == BLOCK_SECTION) snprintf(number, sizeof number, "%u  ", ++section);
        bool         words = b->kind == BLOCK_WORDS || (b->kind == BLOCK_TITLE && !b->n_sides);
        if (b->kind == BLOCK_SECTION || words)
            write_words(doc, number, number[0] ? 3 : b->indent, b->words, out);
        else if (b->kind == BLOCK_ROW) write_row(doc, b, columns, out);
        else write_line(doc, b, &equals, out);
    }
    write_checked(doc, r, out);
}

/* The signs that a terminal may lack, spelled out. */
static void spell_signs(sheet *p) {
    static const char *const pairs[][2] = {{"∂", "D"}, {"Σ", "sum "}, {"δ", "delta "}, {"·", "*"}};
    buf in = *p->out;
    buf_init(p->out, in.mem);
    for (size_t i = 0; i < in.len;) {
        size_t k = 0, n = sizeof pairs / sizeof *pairs;
        while (k < n && strncmp(in.text + i, pairs[k][0], strlen(pairs[k][0])) != 0) k++;
        if (k < n) buf_puts(p->out, pairs[k][1]);
        else buf_put(p->out, in.text + i, 1);
        i += k < n ? strlen(pairs[k][0]) : 1;
    }
    p->out->failed = p->out->failed || in.failed;
    buf_free(&in);
}

const renderer text_renderer = {begin, write_document, NULL, &target_tex, NULL};
const renderer ascii_renderer = {begin, write_document, spell_signs, &target_tex, NULL};
