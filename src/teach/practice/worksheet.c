/* Exercises as a page of HTML, to be read or printed: the forward pass once, each exercise in one piece with
 * room for an answer, the solutions on a sheet of their own. */
#include <string.h>

#include "teach/practice/inside.h"

typedef struct sheet {
    const practice_page *p;
    notation             math;
    arena                a;
    buf                 *out;
} sheet;

static const char style[] =
    "body { font: 1rem/1.55 Georgia, 'Times New Roman', serif; max-width: 46rem; margin: 2rem auto; padding: "
    "0 1rem; "
    "color: #1b1b1b; background: #fff; }\n"
    "h1 { font-size: 1.5rem; } h2 { font-size: 1.1rem; margin: 2rem 0 .5rem; }\n"
    ".who { color: #666; } .who span { display: inline-block; min-width: 14rem; border-bottom: 1px solid "
    "#999; }\n"
    "table { border-collapse: collapse; } td { padding: .15rem 1.5rem .15rem 0; } td.shape { color: #666; }\n"
    ".box { overflow-x: auto; }\n"
    ".blank { display: inline-block; min-width: 12rem; border-bottom: 1.5px dotted #555; height: 1.1em; }\n"
    ".answer { border: 1px solid #bbb; border-radius: .3rem; min-height: 3.5rem; margin: .5rem 0 1rem; "
    "padding: .4rem .7rem; }\n"
    "article { break-inside: avoid; } .solutions { break-before: page; } code { overflow-wrap: anywhere; }\n"
    "@media (prefers-color-scheme: dark) and (not print) { body { background: #17181a; color: #ddd; } "
    "td.shape, .who { "
    "color: #aaa; } .answer { border-color: #666; } .blank { border-color: #aaa; } }\n";

static void html_text(buf *out, const char *text) {
    page_html.prose(text, strlen(text), out);
}

static void put_prose(sheet *w, const char *tag, const char *text) {
    buf_printf(w->out, "<%s>", tag);
    html_text(w->out, text);
    buf_printf(w->out, "</%s>\n", tag);
}

/* --------------------------------------------------------------------- lines */

/* left = right and a shape; n 0: a blank. */
static void put_line(sheet *w, const exercise *x, var_id v, node_id n) {
    buf_puts(w->out, "<tr><td><math>");
    notation_write(&w->math, set_name(&w->math, v, false), w->out);
    buf_puts(w->out, "<mo>=</mo>");
    if (n) notation_write(&w->math, set_node(&w->math, n, NULL), w->out);
    buf_puts(w->out, n ? "</math></td>" : "</math> <span class=\"blank\"></span></td>");
    buf_puts(w->out, "<td class=\"shape\">");
    html_text(w->out, print_shape_text(&x->m->g, &w->a, ir_var(&x->m->g, v)->sh));
    buf_puts(w->out, "</td></tr>\n");
}

static void put_forward(sheet *w, const exercise *x) {
    put_prose(w, "h2", "Forward pass");
    buf_puts(w->out, "<div class=\"box\"><table>\n");
    for (uint32_t i = 0; i < x->m->forward.list.n; i++)
        put_line(w, x, x->m->forward.list.at[i].var, x->m->forward.list.at[i].node);
    buf_puts(w->out, "</table></div>\n");
    put_prose(w, "p", practice_convention(x, &w->a));
}

static void put_backward(sheet *w, const exercise *x) {
    buf_puts(w->out, "<div class=\"box\"><table>\n");
    for (uint32_t i = 0; i < x->lines.n; i++) {
        bool asked = i == x->at;
        put_line(w, x, x->lines.at[i]->grad,
                 !asked                      ? x->lines.at[i]->whole
                 : x->kind == PRACTICE_BLANK ? 0
                                             : x->wrong.at[0].node);
    }
    buf_puts(w->out, "</table></div>\n");
}

/* ----------------------------------------------------------------- exercises */

static void put_exercise(sheet *w, const exercise *x) {
    buf_puts(w->out, "<article>\n");
    put_prose(w, "h2", practice_title(w->p, x, &w->a));
    put_backward(w, x);
    put_prose(w, "p", practice_question(x, &w->a));
    buf_puts(w->out, "<div class=\"answer\">");
    if (w->p->judged) {
        html_text(w->out, w->p->judged->text);
        buf_puts(w->out, w->p->judged->right ? "<br><b>" : "<br>");
        html_text(w->out, w->p->judged->says);
        if (w->p->judged->right) buf_puts(w->out, "</b>");
    }
    buf_puts(w->out, "</div>\n");
    if (w->p->hint && w->p->hint < HINT_ANSWER) put_prose(w, "p", practice_hint(x, w->p->hint, &w->a));
    buf_puts(w->out, "</article>\n");
}

static void put_solutions(sheet *w) {
    if (w->p->hint != HINT_ANSWER) return;
    buf_puts(w->out, "<section class=\"solutions\">\n");
    put_prose(w, "h2", "Solutions");
    buf_puts(w->out, "<ol>\n");
    for (uint32_t i = 0; i < w->p->n; i++) {
        const exercise *x = &w->p->list[i];
        buf_puts(w->out, "<li><div class=\"box\"><table>");
        put_line(w, x, x->lines.at[x->at]->grad, x->lines.at[x->at]->whole);
        buf_puts(w->out, "</table></div>");
        put_prose(w, "p", practice_hint(x, HINT_ANSWER, &w->a));
        buf_puts(w->out, "</li>\n");
    }
    buf_puts(w->out, "</ol>\n</section>\n");
}

static void put_page(sheet *w) {
    const exercise *first = &w->p->list[0];
    buf_puts(w->out, "<!DOCTYPE html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\">\n"
                     "<meta name=\"viewport\" content=\"width=device-width\">\n");
    put_prose(w, "title", practice_heading(w->p, &w->a));
    buf_printf(w->out, "<style>\n%s</style>\n</head>\n<body>\n", style);
    put_prose(w, "h1", practice_heading(w->p, &w->a));
    buf_puts(w->out, "<p class=\"who\">Name <span>&nbsp;</span> Date <span>&nbsp;</span></p>\n");
    put_forward(w, first);
    for (uint32_t i = 0; i < w->p->n; i++) put_exercise(w, &w->p->list[i]);
    put_solutions(w);
    buf_puts(w->out, "</body>\n</html>\n");
}

void practice_html(const practice_page *p, buf *out) {
    sheet w = {.p = p, .out = out};
    arena_init(&w.a, out->mem);
    dfoo_status status = notation_init(&w.math, p->list[0].m, &w.a);
    w.math.to = &target_mathml;
    if (status == DFOO_OK) put_page(&w);
    if (arena_status(&w.a) != DFOO_OK) out->failed = true;
    arena_free(&w.a);
}
