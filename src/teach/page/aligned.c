/* Blocks as TeX and Typst set them: paragraphs, and displays in which the sides of a line stand below each
 * other behind an &=, the note of each line beside the last of them. */
#include <string.h>

#include "teach/page/aligned.h"
#include "teach/page/head.h"

void aligned_dollars(const char *text, buf *out) {
    buf_printf(out, "$%s$", text);
}

void aligned_prose(const sheet *p, const char *text, size_t len) {
    const aligned *how = p->to->lines;
    size_t         from = 0;
    for (size_t i = 0; i < len; i++) {
        bool letter = sheet_is_letter(text, i, len);
        if (!letter && !sheet_is_sign(text, i, len)) continue;
        how->prose(text + from, i - from, p->out);
        buf_printf(p->out, letter ? "$%c$" : how->sign, text[i]);
        from = i + 1;
    }
    how->prose(text + from, len - from, p->out);
}

void aligned_words(const sheet *p, const document *doc, const char *text) {
    size_t      prose;
    const side *formula;
    for (const char *rest; (rest = doc_next(doc, text, &prose, &formula)); text = rest) {
        aligned_prose(p, text, prose);
        if (formula) p->to->lines->formula(sheet_tex(p, doc, formula), p->out);
    }
}

/* Does a line leave no room for notes beside it? */
static bool is_long(const block *b, const aligned *how) {
    size_t before =
        b->n_sides > 1 && !b->hanging ? text_columns(b->sides[0].shown, strlen(b->sides[0].shown)) : 0;
    for (uint32_t i = b->n_sides > 1; i < b->n_sides; i++)
        if (before + text_columns(b->sides[i].shown, strlen(b->sides[i].shown)) > how->longest) return true;
    return false;
}

static void put_note(const sheet *p, const document *doc, const char *tail, const aligned *how, bool below) {
    if (tail[0] == ':' || tail[0] == ',')
        tail += 1 + (tail[1] == ' '); /* it goes on from the line, in text */
    if (!tail[0]) return;
    buf_puts(p->out, below ? how->below : how->beside);
    how->note(p, doc, tail);
}

/* A line that goes on begins at its first =: what is before it stands above. */
static void put_line(const sheet *p, const document *doc, const block *b, const aligned *how, bool below) {
    for (uint32_t i = b->hanging && b->n_sides > 1; i < b->n_sides; i++) {
        if (i > 0) buf_printf(p->out, "%s &= ", i > 1 ? how->next : "");
        else if (b->n_sides == 1) buf_puts(p->out, "& ");
        if (how->page) page_formula(how->page, sheet_tex(p, doc, &b->sides[i]), p->out);
        else buf_puts(p->out, sheet_tex(p, doc, &b->sides[i]));
    }
    put_note(p, doc, b->tail, how, below);
}

/* u = a and u' = b side by side, with the rule. */
static void put_row(const sheet *p, const document *doc, const block *b, const aligned *how, bool below) {
    for (uint32_t k = 0; k + 1 < b->n_sides; k += 2)
        buf_printf(p->out, "%s%s &= %s", k ? " & " : "", sheet_tex(p, doc, &b->sides[k]),
                   sheet_tex(p, doc, &b->sides[k + 1]));
    put_note(p, doc, b->tail, how, below);
}

static void put_paragraph(const sheet *p, const document *doc, const char *text, const char *end) {
    if (!text[0]) return;
    aligned_words(p, doc, text);
    buf_puts(p->out, end);
}

/* Lines, or rows, that follow each other without words are one display. Returns the first block behind it. */
static uint32_t end_of_display(const document *doc, uint32_t i) {
    uint8_t kind = doc->blocks.at[i++].kind;
    while (kind != BLOCK_TITLE && i < doc->blocks.n && doc->blocks.at[i].kind == kind &&
           !doc->blocks.at[i].words[0])
        i++;
    return i;
}

static uint32_t put_display(const sheet *p, const document *doc, uint32_t i, const aligned *how) {
    uint32_t end = end_of_display(doc, i);
    bool     below = false;
    for (uint32_t k = i; k < end; k++)
        below = below || (doc->blocks.at[k].kind == BLOCK_LINE && is_long(&doc->blocks.at[k], how));
    put_paragraph(p, doc, doc->blocks.at[i].words, how->between);
    bool numbered = p->numbered && how->numbered[0] && doc->blocks.at[i].kind == BLOCK_TITLE;
    if (numbered) buf_printf(p->out, how->numbered[0], doc->name);
    else buf_puts(p->out, how->begin);
    for (uint32_t k = i; k < end; k++) {
        buf_puts(p->out, k > i ? how->next : "");
        (doc->blocks.at[k].kind == BLOCK_ROW ? put_row : put_line)(p, doc, &doc->blocks.at[k], how, below);
    }
    buf_puts(p->out, numbered ? how->numbered[1] : how->end);
    return end;
}

/* A name, dZ1, or the words of a page of the primer. */
static void put_title(const sheet *p, const document *doc, const block *b, const aligned *how) {
    buf_puts(p->out, how->heading[0]);
    aligned_words(p, doc, b->words);
    if (b->n_sides) how->formula(sheet_tex(p, doc, &b->sides[0]), p->out);
    buf_puts(p->out, how->heading[1]);
}

static void put_blocks(const sheet *p, const document *doc, const aligned *how) {
    uint32_t section = 0;
    for (uint32_t i = 0; i < doc->blocks.n && !p->out->failed;) {
        const block *b = &doc->blocks.at[i];
        if (b->kind == BLOCK_TITLE) put_title(p, doc, b, how);
        if (b->kind == BLOCK_WORDS && !b->of_options) put_paragraph(p, doc, b->words, "\n\n");
        if (b->kind == BLOCK_SECTION) {
            buf_printf(p->out, how->section[0], ++section);
            put_paragraph(p, doc, b->words, how->section[1]);
        }
        if (b->kind == BLOCK_WORDS || b->kind == BLOCK_SECTION || !b->n_sides) i++;
        else i = put_display(p, doc, i, how);
    }
}

void aligned_one(sheet *p, const document *doc, const explain_result *result) {
    const aligned *how = p->to->lines;
    buf            checked;
    put_blocks(p, doc, how);
    buf_init(&checked, p->out->mem);
    sheet_checked(result, &checked);
    buf_puts(p->out, how->small[0]);
    how->prose(checked.text ? checked.text : "", checked.len, p->out);
    buf_puts(p->out, how->small[1]);
    buf_close(&checked, p->out);
}

static void head_plain(const sheet *p, const char *text, size_t len) {
    p->to->lines->prose(text, len, p->out);
}

static void head_math(const sheet *p, const math *x) {
    buf formula;
    buf_init(&formula, p->out->mem);
    notation_write(&p->names, x, &formula);
    p->to->lines->formula(formula.text ? formula.text : "", p->out);
    buf_close(&formula, p->out);
}

/* In a whole document names and equations are set; before a fragment the head is a comment. */
static void put_head(const sheet *p) {
    static const head_writer of_head = {aligned_prose, head_plain, head_math};
    const math_page         *page = p->to->lines->page;
    const char              *rest = p->head, *line;
    size_t                   len;
    if (!p->standalone) {
        page_head(page, rest, false, p->out);
        return;
    }
    while ((line = text_comment_line(&rest, &len))) {
        size_t skip = strspn(line, " ");
        buf_puts(p->out, page->line);
        buf_puts(p->out, skip ? page->further_in : "");
        head_text(p, line + skip, len - skip, &of_head);
        buf_puts(p->out, page->line_end);
    }
}

void aligned_begin(sheet *p) {
    const math_page *page = p->to->lines->page;
    if (p->standalone) buf_puts(p->out, page->top);
    if (page->macros && p->style.gradients) buf_puts(p->out, page->macros);
    put_head(p);
    if (p->standalone && p->d) page_forward(page, &p->names, &p->m->forward, p->out);
}

void aligned_end(sheet *p) {
    if (p->standalone) buf_puts(p->out, p->to->lines->page->bottom);
}
