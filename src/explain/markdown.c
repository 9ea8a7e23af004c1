/* Explanations -> Markdown with TeX's mathematics between dollars, as notebooks and wikis read it. */
#include <string.h>

#include "explain/sheet.h"

/* What Markdown would take for its own is escaped. */
static void put_prose(buf *out, const char *text, size_t len) {
    for (size_t i = 0; i < len; i++) {
        if (text[i] == '-' && i + 1 < len && text[i + 1] == '>') buf_puts(out, "→"), i++;
        else if (sheet_is_letter(text, i, len)) buf_printf(out, "$%c$", text[i]);
        else if (sheet_is_sign(text, i, len)) buf_printf(out, "`%c`", text[i]);
        else if (strchr("\\`*_{}[]<>#|$~", text[i])) buf_printf(out, "\\%c", text[i]);
        else buf_put(out, text + i, 1);
    }
}

static void put_words(const sheet *p, const document *doc, const char *text) {
    size_t      prose;
    const side *formula;
    for (const char *rest; (rest = doc_next(doc, text, &prose, &formula)); text = rest) {
        put_prose(p->out, text, prose);
        if (formula) buf_printf(p->out, "$%s$", sheet_tex(p, doc, formula));
    }
}

/* Prose inside of mathematics is text; a sign in it, which TeX's prose sets between dollars, is mathematics
 * again without them. */
static void put_text(buf *out, const char *text, size_t len) {
    buf  prose;
    bool inside = false;
    if (!len) return;
    buf_init(&prose, out->mem);
    tex_prose(text, len, &prose);
    buf_puts(out, "\\text{");
    for (const char *c = prose.text ? prose.text : ""; *c; c++) {
        if (*c == '\\' && c[1]) buf_put(out, c++, 2);
        else if (*c != '$') buf_put(out, c, 1);
        else buf_puts(out, (inside = !inside) ? "}" : "\\text{");
    }
    buf_puts(out, "}");
    if (prose.failed) out->failed = true;
    buf_free(&prose);
}

/* A remark inside of mathematics. */
static void put_note(const sheet *p, const document *doc, const char *tail) {
    size_t      prose;
    const side *formula;
    if (tail[0] == ':' || tail[0] == ',') tail += 1 + (tail[1] == ' ');
    if (!tail[0]) return;
    buf_puts(p->out, " && ");
    for (const char *rest; (rest = doc_next(doc, tail, &prose, &formula)); tail = rest) {
        put_text(p->out, tail, prose);
        if (formula) buf_puts(p->out, sheet_tex(p, doc, formula));
    }
}

static void put_line(const sheet *p, const document *doc, const block *b) {
    if (b->n_sides == 1) buf_printf(p->out, "& %s", sheet_tex(p, doc, &b->sides[0]));
    if (b->n_sides > 1 && !b->hanging) buf_puts(p->out, sheet_tex(p, doc, &b->sides[0]));
    for (uint32_t i = 1; i < b->n_sides; i++) buf_printf(p->out, "%s &= %s", i > 1 ? " \\\\\n" : "", sheet_tex(p, doc, &b->sides[i]));
    put_note(p, doc, b->tail);
}

static uint32_t put_lines(const sheet *p, const document *doc, uint32_t i) {
    bool first = true;
    buf_puts(p->out, "$$\n\\begin{aligned}\n");
    do {
        buf_puts(p->out, first ? "" : " \\\\\n");
        put_line(p, doc, &doc->blocks.at[i++]);
        first = false;
    } while (i < doc->blocks.n && doc->blocks.at[i].kind == BLOCK_LINE && !doc->blocks.at[i].words[0]);
    buf_puts(p->out, "\n\\end{aligned}\n$$\n\n");
    return i;
}

/* u = a and u' = b side by side, with the rule. */
static uint32_t put_rows(const sheet *p, const document *doc, uint32_t i) {
    buf_puts(p->out, "$$\n\\begin{aligned}\n");
    for (bool first = true; i < doc->blocks.n && doc->blocks.at[i].kind == BLOCK_ROW; i++, first = false) {
        const block *b = &doc->blocks.at[i];
        buf_puts(p->out, first ? "" : " \\\\\n");
        for (uint32_t k = 0; k + 1 < b->n_sides; k += 2)
            buf_printf(p->out, "%s%s &= %s", k ? " & " : "", sheet_tex(p, doc, &b->sides[k]), sheet_tex(p, doc, &b->sides[k + 1]));
        put_note(p, doc, b->tail);
    }
    buf_puts(p->out, "\n\\end{aligned}\n$$\n\n");
    return i;
}

static void put_paragraph(const sheet *p, const document *doc, const char *text) {
    if (!text[0]) return;
    put_words(p, doc, text);
    buf_puts(p->out, "\n\n");
}

static void put_title(const sheet *p, const document *doc, const block *b) {
    buf_printf(p->out, "## $%s$\n\n$$\n\\begin{aligned}\n", sheet_tex(p, doc, &b->sides[0]));
    put_line(p, doc, b);
    buf_puts(p->out, "\n\\end{aligned}\n$$\n\n");
}

static void one(sheet *p, const document *doc, const explain_result *result) {
    uint32_t section = 0;
    buf      checked;
    for (uint32_t i = 0; i < doc->blocks.n;) {
        const block *b = &doc->blocks.at[i];
        if (b->kind == BLOCK_ROW) {
            i = put_rows(p, doc, i);
            continue;
        }
        if (b->kind == BLOCK_LINE) {
            put_paragraph(p, doc, b->words);
            i = put_lines(p, doc, i);
            continue;
        }
        if (b->kind == BLOCK_TITLE) put_title(p, doc, b);
        if (b->kind == BLOCK_WORDS) put_paragraph(p, doc, b->words);
        if (b->kind == BLOCK_SECTION) {
            buf_printf(p->out, "### %u. ", ++section);
            put_words(p, doc, b->words);
            buf_puts(p->out, "\n\n");
        }
        i++;
    }
    buf_init(&checked, p->out->mem);
    sheet_checked(result, &checked);
    buf_puts(p->out, "*");
    if (checked.text) put_prose(p->out, checked.text, checked.len);
    buf_puts(p->out, "*\n");
    if (checked.failed) p->out->failed = true;
    buf_free(&checked);
}

static void begin(sheet *p) {
    const char *rest = p->head, *line;
    size_t      len;
    bool        list = false;
    if (!sheet_is_whole(p)) return;
    buf_puts(p->out, "# ");
    put_prose(p->out, p->title, strlen(p->title));
    buf_puts(p->out, "\n\n");
    while ((line = text_comment_line(&rest, &len))) {
        size_t skip = strspn(line, " ");
        if (!skip && list) buf_puts(p->out, "\n");
        list = skip > 0;
        buf_puts(p->out, list ? "- " : "");
        put_prose(p->out, line + skip, len - skip);
        buf_puts(p->out, list ? "\n" : "\n\n");
    }
    buf_puts(p->out, list ? "\n" : "");
}

static void end(sheet *p) {
    (void)p;
}

const renderer markdown_renderer = {begin, one, end};
