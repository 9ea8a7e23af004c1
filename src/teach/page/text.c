/* Documents -> plain text. */
#include <string.h>

#include "teach/page/sheet.h"

enum { TITLE_TAIL = 68, LINE_TAIL = 53, WIDEST = 130 };

/* A remark behind a line, from its column on. What would run far to the right goes on below, broken
 * behind semicolons. */
static void write_tail(const document *doc, const block *b, size_t start, buf *out) {
    size_t column = b->kind == BLOCK_TITLE ? TITLE_TAIL : LINE_TAIL;
    buf    all;
    buf_init(&all, out->mem);
    doc_plain(doc, b->tail, &all);
    for (const char *at = all.text; at && *at;) {
        const char *cut = strstr(at, "; ");
        size_t      len = cut ? (size_t)(cut - at) + 1 : strlen(at),
               now = text_columns(out->text + start, out->len - start);
        size_t      from = at > all.text ? now + 1 : now + 2 > column ? now + 2 : column;
        if (now > column && from + text_columns(at, len) > WIDEST) {
            buf_puts(out, "\n");
            start = out->len;
            buf_repeat(out, ' ', column);
        } else {
            buf_repeat(out, ' ', from - now);
        }
        buf_put(out, at, len);
        at += len + (at[len] == ' ');
    }
    if (all.failed) out->failed = true;
    buf_free(&all);
}

static void write_line(const document *doc, const block *b, size_t *equals, buf *out) {
    size_t start = out->len;
    buf_repeat(out, ' ', b->indent);
    if (b->hanging) buf_repeat(out, ' ', *equals > b->indent ? *equals - b->indent : 0);
    doc_plain(doc, b->words, out);
    if (b->words[0]) buf_puts(out, "   ");
    for (uint32_t i = 0; i < b->n_sides; i++) {
        if (b->hanging && i == 0) continue; /* it stands in the line above */
        if (i == 1 && !b->hanging) *equals = text_columns(out->text + start, out->len - start) + 1;
        if (i) buf_puts(out, b->hanging && i == 1 ? "= " : " = ");
        buf_puts(out, b->sides[i].shown);
    }
    if (b->tail[0] == ':' || b->tail[0] == ',') doc_plain(doc, b->tail, out);
    else if (b->tail[0]) write_tail(doc, b, start, out);
    buf_puts(out, "\n");
}

/* How wide the columns are in which rows stand: u1 = exp(-z), u1' = -u1. */
static void measure_rows(const document *doc, size_t width[2]) {
    width[0] = width[1] = 0;
    for (uint32_t i = 0; i < doc->blocks.n; i++) {
        const block *b = &doc->blocks.at[i];
        for (uint32_t k = 0; k < 2 && b->kind == BLOCK_ROW && 2 * k + 1 < b->n_sides; k++) {
            const side *sides = b->sides + (size_t)2 * k;
            const char *left = sides[0].shown, *right = sides[1].shown;
            size_t      n = text_columns(left, strlen(left)) + 3 + text_columns(right, strlen(right));
            if (n > width[k]) width[k] = n;
        }
    }
}

static void write_row(const document *doc, const block *b, const size_t width[2], buf *out) {
    buf_repeat(out, ' ', b->indent);
    for (uint32_t k = 0; k < 2 && 2 * k + 1 < b->n_sides; k++) {
        size_t start = out->len;
        const side *sides = b->sides + (size_t)2 * k;
        buf_printf(out, "%s = %s", sides[0].shown, sides[1].shown);
        size_t used = out->text ? text_columns(out->text + start, out->len - start) : 0;
        buf_repeat(out, ' ', width[k] + 3 > used ? width[k] + 3 - used : 3);
    }
    doc_plain(doc, b->tail, out);
    buf_puts(out, "\n");
}

static void begin(sheet *p) {
    if (p->whole) buf_puts(p->out, p->head);
}

static void write_document(sheet *p, const document *doc, const explain_result *r) {
    buf     *out = p->out;
    size_t   equals = 0;
    uint32_t section = 0;
    size_t   width[2];
    measure_rows(doc, width);
    if (p->whole) buf_puts(out, "\n");
    for (uint32_t i = 0; i < doc->blocks.n && !out->failed; i++) {
        const block *b = &doc->blocks.at[i];
        if (b->kind == BLOCK_SECTION) {
            buf_printf(out, "%u  ", ++section);
            doc_plain(doc, b->words, out);
            buf_puts(out, "\n");
        } else if (b->kind == BLOCK_WORDS) {
            buf_repeat(out, ' ', b->words[0] ? b->indent : 0);
            doc_plain(doc, b->words, out);
            buf_puts(out, "\n");
        } else if (b->kind == BLOCK_ROW) {
            write_row(doc, b, width, out);
        } else {
            write_line(doc, b, &equals, out);
        }
    }
    buf_puts(out, "\n");
    sheet_checked(r, out);
    buf_puts(out, "\n");
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
