/* Blocks as TeX sets them: paragraphs, and displays in which the sides of a line stand below each other
 * behind an &=, the note of each line beside the last of them. */
#include "explain/aligned.h"

static void put_note(const sheet *p, const document *doc, const char *tail, const aligned *how) {
    if (tail[0] == ':' || tail[0] == ',') tail += 1 + (tail[1] == ' '); /* it goes on from the line, in text */
    if (!tail[0]) return;
    buf_puts(p->out, " && ");
    how->note(p, doc, tail);
}

/* A line that goes on begins at its first =: what is before it stands above. */
static void put_line(const sheet *p, const document *doc, const block *b, const aligned *how) {
    if (b->n_sides == 1) buf_printf(p->out, "& %s", sheet_tex(p, doc, &b->sides[0]));
    if (b->n_sides > 1 && !b->hanging) buf_puts(p->out, sheet_tex(p, doc, &b->sides[0]));
    for (uint32_t i = 1; i < b->n_sides; i++) buf_printf(p->out, "%s &= %s", i > 1 ? " \\\\\n" : "", sheet_tex(p, doc, &b->sides[i]));
    put_note(p, doc, b->tail, how);
}

/* u = a and u' = b side by side, with the rule. */
static void put_row(const sheet *p, const document *doc, const block *b, const aligned *how) {
    for (uint32_t k = 0; k + 1 < b->n_sides; k += 2)
        buf_printf(p->out, "%s%s &= %s", k ? " & " : "", sheet_tex(p, doc, &b->sides[k]), sheet_tex(p, doc, &b->sides[k + 1]));
    put_note(p, doc, b->tail, how);
}

static void put_paragraph(const sheet *p, const document *doc, const char *text, const aligned *how) {
    if (!text[0]) return;
    how->words(p, doc, text);
    buf_puts(p->out, "\n\n");
}

/* Lines, or rows, that follow each other without words are one display. Returns the first block behind. */
static uint32_t put_display(const sheet *p, const document *doc, uint32_t i, const aligned *how) {
    uint8_t kind = doc->blocks.at[i].kind;
    bool    first = true;
    put_paragraph(p, doc, doc->blocks.at[i].words, how);
    buf_puts(p->out, how->begin);
    do {
        buf_puts(p->out, first ? "" : " \\\\\n");
        (kind == BLOCK_ROW ? put_row : put_line)(p, doc, &doc->blocks.at[i++], how);
        first = false;
    } while (kind != BLOCK_TITLE && i < doc->blocks.n && doc->blocks.at[i].kind == kind && !doc->blocks.at[i].words[0]);
    buf_puts(p->out, how->end);
    return i;
}

void aligned_blocks(const sheet *p, const document *doc, const aligned *how) {
    uint32_t section = 0;
    for (uint32_t i = 0; i < doc->blocks.n && !p->out->failed;) {
        const block *b = &doc->blocks.at[i];
        if (b->kind == BLOCK_TITLE) how->heading(p, doc, b);
        if (b->kind == BLOCK_WORDS) put_paragraph(p, doc, b->words, how);
        if (b->kind == BLOCK_SECTION) how->section(p, doc, b, ++section);
        if (b->kind == BLOCK_WORDS || b->kind == BLOCK_SECTION) i++;
        else i = put_display(p, doc, i, how);
    }
}
