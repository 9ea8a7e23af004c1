/* Documents -> plain text. */
#include <string.h>

#include "explain/doc.h"

enum { TAIL_COLUMN = 68 };

static void pad_to(buf *out, size_t line_start, size_t column) {
    size_t now = text_columns(out->text + line_start, out->len - line_start);
    buf_repeat(out, ' ', now + 2 > column ? 2 : column - now);
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
    else if (b->tail[0]) {
        pad_to(out, start, b->kind == BLOCK_TITLE ? TAIL_COLUMN : 53);
        doc_plain(doc, b->tail, out);
    }
    buf_puts(out, "\n");
}

void write_document(const document *doc, const explain_result *r, buf *out) {
    size_t   equals = 0;
    uint32_t section = 0;
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
        } else {
            write_line(doc, b, &equals, out);
        }
    }
    if (r->not_finite) {
        buf_puts(out, "\nnot checked: at random values something of this is not finite, as behind a division by zero\n");
        return;
    }
    buf_printf(out, "\nchecked on random values: %u identit%s ", r->n_identities, r->n_identities == 1 ? "y" : "ies");
    if (r->worst_identity > 0) buf_printf(out, "to %.0e", r->worst_identity);
    else buf_puts(out, "to the last bit");
    if (r->n_derivatives)
        buf_printf(out, ", %u derivative%s against differences to %.0e", r->n_derivatives, r->n_derivatives == 1 ? "" : "s", r->worst_derivative);
    buf_puts(out, "\n");
    if (r->n_failed) buf_printf(out, "%u of these did NOT hold: this is a fault of dfoo, please report it\n", r->n_failed);
}
