/* Explanations -> Markdown with TeX's mathematics between dollars, as notebooks and wikis read it. */
#include <string.h>

#include "teach/page/aligned.h"

/* What Markdown would take for its own is escaped. */
static void put_prose(const char *text, size_t len, buf *out) {
    for (size_t i = 0; i < len; i++) {
        if (text[i] == '-' && i + 1 < len && text[i + 1] == '>') buf_puts(out, "→"), i++;
        else if (strchr("\\`*_{}[]<>#|$~", text[i])) buf_printf(out, "\\%c", text[i]);
        else buf_put(out, text + i, 1);
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
    buf_close(&prose, out);
}

static void put_note(const sheet *p, const document *doc, const char *text) {
    size_t      prose;
    const side *formula;
    for (const char *rest; (rest = doc_next(doc, text, &prose, &formula)); text = rest) {
        put_text(p->out, text, prose);
        if (formula) buf_puts(p->out, sheet_tex(p, doc, formula));
    }
}

static const aligned how = {
    .begin = "$$\n\\begin{aligned}\n", .end = "\n\\end{aligned}\n$$\n\n", TEX_LINES, .between = "\n\n",
    .small = {"*", "*\n"},
    .heading = {"## ", "\n\n"}, .section = {"### %u. ", "\n\n"},
    .sign = "`%c`",
    .longest = SIZE_MAX,
    .prose = put_prose, .formula = aligned_dollars, .note = put_note,
};

static void one(sheet *p, const document *doc, const explain_result *result) {
    aligned_one(p, doc, result);
    buf_puts(p->out, p->whole ? "\n" : "");
}

static void begin(sheet *p) {
    const char *rest = sheet_untitled(p), *line;
    size_t      len;
    bool        list = false;
    if (!p->whole) return;
    buf_puts(p->out, "# ");
    aligned_prose(p, p->title, strlen(p->title));
    buf_puts(p->out, "\n\n");
    while ((line = text_comment_line(&rest, &len))) {
        size_t skip = strspn(line, " ");
        if (!skip && list) buf_puts(p->out, "\n");
        list = skip > 0;
        buf_puts(p->out, list ? "- " : "");
        aligned_prose(p, line + skip, len - skip);
        buf_puts(p->out, list ? "\n" : "\n\n");
    }
    buf_puts(p->out, list ? "\n" : "");
}

const renderer markdown_renderer = {begin, one, NULL, &target_tex, &how};
