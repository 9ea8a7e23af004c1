/* Explanations -> one self-contained HTML file: nothing is fetched, mathematics is MathML, which the
 * browser sets itself, the graph is an inline SVG. Steps are details that unfold; on paper all are
 * open. Of a whole model: what its gradients differentiate, the equations, a section for each gradient. */
#include <string.h>

#include "teach/page/head.h"

static const char *const style[] = {
#include "teach/page/style.inc"
};

/* Indices stand below and exponents close by, whatever fonts there are: tools/mathfont says why. */
static const char measures[] = "@font-face { font-family: 'dfoo measures'; src: url(data:font/woff;base64,"
#include "teach/page/font.inc"
                               ") format('woff'); }\n";

/* Folded steps are printed, too, and all can be opened at once; without scripts they open one by one. What is
 * too wide for the page can be scrolled by keyboard. */
static const char script[] =
    "<script>\n{\n" /* a block: a notebook has the scripts of several pages */
    "const wide = () => document.querySelectorAll('.equations, .cell, h2').forEach(x => {\n"
    "  if (x.scrollWidth > x.clientWidth) x.tabIndex = 0; else x.removeAttribute('tabindex');\n"
    "});\n"
    "wide();\n"
    "addEventListener('resize', wide);\n"
    "addEventListener('toggle', wide, true);\n"
    "const steps = document.querySelectorAll('details'), all = document.getElementById('all');\n"
    "addEventListener('beforeprint', () => steps.forEach(s => { s.was = s.open; s.open = true; }));\n"
    "addEventListener('afterprint', () => steps.forEach(s => { s.open = s.was; }));\n"
    "if (all) {\n"
    "  all.hidden = false;\n"
    "  all.onclick = () => {\n"
    "    const open = all.getAttribute('aria-pressed') !== 'true';\n"
    "    all.setAttribute('aria-pressed', open);\n"
    "    all.textContent = open ? 'Fold all steps' : 'Unfold all steps';\n"
    "    steps.forEach(s => { s.open = open; });\n"
    "  };\n"
    "}\n"
    "}\n</script>\n";

/* -------------------------------------------------------------------- text */

static void put_escaped(buf *out, const char *text, size_t len) {
    for (size_t i = 0; i < len; i++) {
        char c = text[i];
        if (c == '&') buf_puts(out, "&amp;");
        else if (c == '<') buf_puts(out, "&lt;");
        else if (c == '>') buf_puts(out, "&gt;");
        else if (c == '"') buf_puts(out, "&quot;");
        else if ((unsigned char)c < 0x20 && c != '\n') buf_puts(out, "�");
        else buf_put(out, &c, 1);
    }
}

/* Prose: an arrow is one, the signs of the notation that are spoken of are code. */
static void put_prose(buf *out, const char *text, size_t len) {
    for (size_t i = 0; i < len; i++) {
        if (sheet_is_sign(text, i, len)) buf_printf(out, "<code>%c</code>", text[i]);
        else if (sheet_is_letter(text, i, len)) buf_printf(out, "<i>%c</i>", text[i]);
        else if (text[i] == '-' && i + 1 < len && text[i + 1] == '>') buf_puts(out, "→"), i++;
        else put_escaped(out, text + i, 1);
    }
}

static void put_math(const sheet *p, const math *x, const char *attributes) {
    buf_printf(p->out, "<math%s>", attributes);
    notation_write(&p->names, x, p->out);
    buf_puts(p->out, "</math>");
}

/* Where a name is explained: a gradient in its section, another in the list of equations. */
static const char *target_of(const sheet *p, var_id v) {
    if (!p->whole || !v || !p->has) return NULL;
    const variable *x = ir_var(p->g, v);
    if (x->kind == VAR_GRADIENT) return p->has[x->of] ? ir_var_name(p->g, v) : NULL;
    return x->kind == VAR_CONST ? NULL : ir_var_name(p->g, v);
}

/* A link to where a name is explained, which it is called: mathematics is no name for all who listen. */
static void put_link(sheet *p, const char *target) {
    buf_puts(p->out, "<a href=\"#");
    put_escaped(p->out, target, strlen(target));
    buf_puts(p->out, "\" aria-label=\"");
    put_escaped(p->out, target, strlen(target));
    buf_puts(p->out, "\">");
}

static void put_formula(sheet *p, const document *doc, const side *s, const char *attributes) {
    const char *target =
        s->function ? p->has_function[s->function] ? op_table[s->function].name : NULL : target_of(p, s->v);
    if (p->unlinked) target = NULL;
    if (target) put_link(p, target);
    put_math(p, sheet_math(p, doc, s), attributes);
    if (target) buf_puts(p->out, "</a>");
}

/* A formula and the stop or bracket behind it, which is not to begin a line. Returns what follows. */
static const char *put_inline(sheet *p, const document *doc, const side *formula, const char *behind) {
    size_t stops = strspn(behind, ".,;:)");
    if (stops) buf_puts(p->out, "<span class=\"nobreak\">");
    put_formula(p, doc, formula, "");
    put_prose(p->out, behind, stops);
    if (stops) buf_puts(p->out, "</span>");
    return behind + stops;
}

/* A marked string. */
static void put_words(sheet *p, const document *doc, const char *text) {
    size_t      prose;
    const side *formula;
    for (const char *rest; (rest = doc_next(doc, text, &prose, &formula)); text = rest) {
        put_prose(p->out, text, prose);
        if (formula) rest = put_inline(p, doc, formula, rest);
    }
}

/* -------------------------------------------------------------------- lines */

/* What a sign stands behind that begins or ends a formula, so that it is set as between two. */
static const math *empty(const sheet *p) {
    return math_of(p->names.a, MATH_LOWERED, &math_nothing, NULL);
}

static void put_side(sheet *p, const document *doc, const side *s, bool equals) {
    buf_puts(p->out, equals ? "<span class=\"rhs\">" : "<span class=\"lhs\">");
    const math *x = sheet_math(p, doc, s);
    put_math(p, equals ? math_row(p->names.a, empty(p), math_glyph(GLYPH_EQ), x) : x,
             " displaystyle=\"true\"");
    buf_puts(p->out, "</span>");
}

static void put_note(sheet *p, const document *doc, const char *tail) {
    if (tail[0] == ':' || tail[0] == ',') tail += 1 + (tail[1] == ' ');
    if (!tail[0]) return;
    buf_puts(p->out, "<span class=\"note\">");
    put_words(p, doc, tail);
    buf_puts(p->out, "</span>");
}

/* A chain of equalities: one below the other, the remark behind the last. */
static void put_line(sheet *p, const document *doc, const block *b) {
    for (uint32_t i = 0; i < b->n_sides; i++) {
        if (b->hanging && i == 0) continue; /* it stands in the line above */
        if (i == 1 && b->hanging) buf_puts(p->out, "<span class=\"lhs\"></span>");
        if (i > 1) buf_puts(p->out, "<span class=\"lhs\"></span>");
        if (i == 0 && b->n_sides == 1) buf_puts(p->out, "<span class=\"lhs\"></span>");
        put_side(p, doc, &b->sides[i], i > 0 || b->hanging);
    }
    put_note(p, doc, b->tail);
    buf_puts(p->out, "\n");
}

/* Equalities side by side, a table of them. Returns the first block behind. */
static uint32_t put_rows(sheet *p, const document *doc, uint32_t i) {
    buf_puts(p->out, "<div class=\"wide\" role=\"region\" tabindex=\"0\" aria-label=\"equations\">\n<table "
                     "class=\"rows\">\n");
    for (; i < doc->blocks.n && doc->blocks.at[i].kind == BLOCK_ROW; i++) {
        const block *b = &doc->blocks.at[i];
        buf_puts(p->out, "<tr>");
        for (uint32_t k = 0; k + 1 < b->n_sides; k += 2) {
            buf_puts(p->out, "<td>");
            put_side(p, doc, &b->sides[k], false);
            buf_puts(p->out, " ");
            put_side(p, doc, &b->sides[k + 1], true);
            buf_puts(p->out, "</td>");
        }
        buf_puts(p->out, "<td>");
        put_words(p, doc, b->tail);
        buf_puts(p->out, "</td></tr>\n");
    }
    buf_puts(p->out, "</table>\n</div>\n");
    return i;
}

/* Lines that follow each other without words stand under each other. Returns the first block behind. */
static uint32_t put_lines(sheet *p, const document *doc, uint32_t i) {
    buf_puts(p->out, "<div class=\"equations\">\n");
    do put_line(p, doc, &doc->blocks.at[i++]);
    while (i < doc->blocks.n && doc->blocks.at[i].kind == BLOCK_LINE && !doc->blocks.at[i].words[0]);
    buf_puts(p->out, "</div>\n");
    return i;
}

/* ------------------------------------------------------------------ sections */

static void put_graph(sheet *p, const document *doc) {
    bool part = doc && p->whole; /* a few boxes, which fit: no stop for the keyboard */
    buf_puts(p->out, part ? "<figure>\n<div class=\"graph\">\n"
                          : "<figure>\n<div class=\"graph\" role=\"region\" tabindex=\"0\" "
                            "aria-label=\"graph of the model\">\n");
    sheet_graph(p, doc, p->out);
    buf_puts(p->out, "</div>\n<figcaption>");
    if (doc) {
        buf_puts(p->out, "Values flow along the arrows; the gradient comes back along the thick line, to ");
        put_math(p, set_name(&p->names, doc->goal, false), "");
        buf_puts(p->out, ".");
    } else {
        buf_puts(p->out, "Values flow along the arrows, gradients against them. Each box names the shape, "
                         "which the value and its gradient share.");
    }
    buf_puts(p->out, "</figcaption>\n</figure>\n");
}

static void put_id(sheet *p, const char *name) {
    buf_puts(p->out, " id=\"");
    for (; *name; name++) put_escaped(p->out, *name == ' ' ? "-" : name, 1); /* of a page of the primer */
    buf_puts(p->out, "\"");
}

/* dZ1 = .. and the shape, as the heading. */
static void put_title(sheet *p, const document *doc, const block *b) {
    buf_puts(p->out, "<h2>");
    put_words(p, doc, b->words);
    for (uint32_t i = 0; i < b->n_sides; i++) {
        const side *s = &b->sides[i];
        if (i) put_math(p, math_row(p->names.a, empty(p), math_glyph(GLYPH_EQ), empty(p)), "");
        put_math(p, sheet_math(p, doc, s), "");
    }
    buf_puts(p->out, "</h2>\n");
    if (!b->tail[0]) return;
    buf_puts(p->out, "<p class=\"shape\">shape ");
    put_words(p, doc, b->tail);
    buf_puts(p->out, "</p>\n");
}

typedef struct unfolding {
    uint32_t n;
    bool     open; /* a section is */
} unfolding;

static void close_section(sheet *p, unfolding *w) {
    if (w->open) buf_puts(p->out, "</details>\n");
    w->open = false;
}

static void open_section(sheet *p, const document *doc, const block *b, unfolding *w) {
    close_section(p, w);
    buf_printf(p->out, "<details%s>\n<summary><h3><span class=\"number\">%u</span> ", p->whole ? "" : " open",
               ++w->n);
    p->unlinked = true;
    put_words(p, doc, b->words);
    p->unlinked = false;
    buf_puts(p->out, "</h3></summary>\n");
    w->open = true;
}

static void put_blocks(sheet *p, const document *doc, unfolding *w) {
    bool drawn = false;
    for (uint32_t i = 0; i < doc->blocks.n;) {
        const block *b = &doc->blocks.at[i];
        if (b->kind == BLOCK_SECTION && !drawn) {
            put_graph(p, doc);
            drawn = true;
        }
        if (b->kind == BLOCK_ROW) {
            i = put_rows(p, doc, i);
            continue;
        }
        if (b->kind == BLOCK_LINE) {
            if (b->words[0]) {
                buf_puts(p->out, "<p>");
                put_words(p, doc, b->words);
                buf_puts(p->out, "</p>\n");
            }
            i = put_lines(p, doc, i);
            continue;
        }
        if (b->kind == BLOCK_TITLE) put_title(p, doc, b);
        if (b->kind == BLOCK_SECTION) open_section(p, doc, b, w);
        if (b->kind == BLOCK_WORDS && b->words[0] && !b->of_options) {
            buf_puts(p->out, "<p>");
            put_words(p, doc, b->words);
            buf_puts(p->out, "</p>\n");
        }
        i++;
    }
}

static void one(sheet *p, const document *doc, const explain_result *result) {
    unfolding w = {0};
    buf       checked;
    buf_puts(p->out, "<section");
    put_id(p, doc->name);
    buf_puts(p->out, ">\n");
    put_blocks(p, doc, &w);
    close_section(p, &w);
    buf_init(&checked, p->out->mem);
    sheet_checked(result, &checked);
    buf_printf(p->out, "<p class=\"checked%s\">", result->n_failed ? " wrong" : "");
    if (checked.text) put_escaped(p->out, checked.text, checked.len);
    buf_close(&checked, p->out);
    buf_puts(p->out, "</p>\n</section>\n");
}

/* ---------------------------------------------------------------- whole page */

static void head_prose(const sheet *p, const char *text, size_t len) {
    put_prose(p->out, text, len);
}

static void head_plain(const sheet *p, const char *text, size_t len) {
    put_escaped(p->out, text, len);
}

static void head_math(const sheet *p, const math *x) {
    put_math(p, x, "");
}

static const head_writer of_head = {head_prose, head_plain, head_math};

/* The text of a line; `begins`: it is the first, with a capital letter. */
static void put_head_text(sheet *p, const char *text, size_t len, bool begins) {
    char *copy = begins && len ? arena_text(p->a, text, len) : NULL; /* whole: "o" of No is no letter */
    if (copy && copy[0] >= 'a' && copy[0] <= 'z') {
        copy[0] = (char)(copy[0] - 'a' + 'A');
        text = copy;
    }
    head_text(p, text, len, &of_head);
}

/* The lines of the head: the first is a sentence, those that stand further in are a list. */
static void put_head(sheet *p) {
    const char *rest = sheet_untitled(p), *line;
    size_t      len;
    bool        list = false, begins = rest > p->head, goes_on = false;
    while ((line = text_comment_line(&rest, &len))) {
        size_t skip = strspn(line, " ");
        bool   inside = skip > 0;
        if (inside != list) buf_puts(p->out, inside ? "<ul>\n" : "</ul>\n");
        list = inside;
        if (!goes_on) buf_puts(p->out, list ? "<li>" : "<p>");
        put_head_text(p, line + skip, len - skip, begins);
        begins = false;
        goes_on = list && line[len - 1] == ',' && strncmp(rest, "#  ", 3) == 0; /* in the next line */
        buf_puts(p->out, goes_on ? " " : list ? "</li>\n" : "</p>\n");
    }
    if (list) buf_puts(p->out, "</ul>\n");
    buf_puts(p->out, "<p>Matrices that stand side by side are multiplied (<code>@</code>), "
                     "<math><mo>⊙</mo></math> multiplies "
                     "entry by entry (<code>*</code>), and so do fractions, powers and functions.</p>\n");
}

static void put_equation(sheet *p, var_id v, node_id n) {
    const math *x = set_name(&p->names, v, false);
    if (n) x = math_row(p->names.a, x, math_glyph(GLYPH_EQ), set_node(&p->names, n, NULL));
    put_math(p, x, "");
}

static void put_row(sheet *p, var_id v, node_id n, const char *what, bool link) {
    buf_puts(p->out, "<tr");
    if (!link) put_id(p, ir_var_name(p->g, v));
    buf_puts(p->out, "><td><div class=\"cell\">");
    if (link) put_link(p, ir_var_name(p->g, v));
    put_equation(p, v, n);
    buf_printf(p->out, "%s</div></td><td>", link ? "</a>" : "");
    put_math(p, set_shape(&p->names, ir_var(p->g, v)->sh), "");
    buf_printf(p->out, "</td><td>%s</td></tr>\n", what);
}

static void begin_table(sheet *p, const char *id, const char *title, const char *equation) {
    buf_printf(p->out,
               "<section id=\"%s\">\n<h2>%s</h2>\n<div class=\"wide\" role=\"region\" tabindex=\"0\" "
               "aria-label=\"%s\">\n<table>\n",
               id, title, title);
    buf_printf(p->out,
               "<tr><th scope=\"col\">%s</th><th scope=\"col\">shape</th><th scope=\"col\"></th></tr>\n",
               equation);
}

static void end_table(sheet *p) {
    buf_puts(p->out, "</table>\n</div>\n</section>\n");
}

/* ---- the model's own comments */

static bool is_named(const char *line, size_t len, const char *name) {
    size_t k = strlen(name);
    for (size_t i = 0; i + k <= len && line[i] != '#' && line[i] != '=' && line[i] != '('; i++) {
        bool begins = i == 0 || line[i - 1] == ' ';
        bool end = i + k == len || strchr(" :=(\t", line[i + k]) != NULL;
        if (begins && end && memcmp(line + i, name, k) == 0) return true;
    }
    return false;
}

/* The comment behind the line that declares or defines a name; "": there is none. */
static const char *comment_of(sheet *p, const char *name) {
    for (const char *line = p->m->src.text; line && *line;) {
        size_t      len = strcspn(line, "\r\n");
        const char *sign = memchr(line, '#', len);
        if (sign && sign > line && is_named(line, len, name)) {
            const char *text = sign + 1 + strspn(sign + 1, " #");
            const char *copy = text < line + len ? arena_text(p->a, text, (size_t)(line + len - text)) : "";
            return copy ? copy : "";
        }
        line += len + strspn(line + len, "\r\n");
    }
    return "";
}

/* The comments that the model begins with, but for its name. */
static void put_purpose(sheet *p) {
    const char *line = p->m->src.text ? p->m->src.text : "";
    size_t      name = strlen(p->title);
    for (bool any = false; *line == '#'; any = true) {
        const char *text = line + 1 + strspn(line + 1, " #");
        size_t      end = strcspn(line, "\r\n");
        if (!any && strncmp(text, p->title, name) == 0 && text[name] == ':') text += name + 1;
        text += strspn(text, " ");
        if (text < line + end) {
            buf_puts(p->out, any ? "" : "<p class=\"purpose\">");
            buf_puts(p->out, any ? " " : "");
            put_escaped(p->out, text, (size_t)(line + end - text));
        }
        line += end + (line[end] == '\r') + (line[end + (line[end] == '\r')] == '\n');
        if (*line != '#') buf_puts(p->out, "</p>\n");
    }
}

/* What stands beside a line of the table: what it is, and the model's words for it. */
static const char *remark_of(sheet *p, var_id v, const char *kind) {
    const char *comment = comment_of(p, ir_var_name(p->g, v));
    buf         b;
    buf_init(&b, p->a->mem);
    buf_puts(&b, kind);
    if (comment[0]) buf_puts(&b, kind[0] ? ": " : "");
    const math_page *page = &page_html;
    page->prose(comment, strlen(comment), &b);
    return buf_keep(&b, p->a);
}

static void put_forward(sheet *p) {
    static const char *const kinds[] = {[VAR_INPUT] = "input",
                                        [VAR_LABEL] = "label",
                                        [VAR_PARAM] = "parameter",
                                        [VAR_MASK] = "mask of a dropout"};
    begin_table(p, "the-forward-pass", "The forward pass", "equation");
    for (var_id v = 1; v < p->g->vars.n; v++) {
        uint8_t kind = ir_var(p->g, v)->kind;
        if (kind == VAR_INPUT || kind == VAR_LABEL || kind == VAR_PARAM || kind == VAR_MASK)
            put_row(p, v, 0, remark_of(p, v, kinds[kind]), false);
    }
    for (uint32_t i = 0; i < p->m->forward.list.n; i++) {
        const stmt *s = &p->m->forward.list.at[i];
        put_row(p, s->var, s->node, remark_of(p, s->var, s->var == p->m->cost ? "the cost" : ""), false);
    }
    end_table(p);
}

static void put_contents(sheet *p) {
    begin_table(p, "the-gradients", "The gradients", "each is explained below");
    for (uint32_t i = 0; i < p->n_goals; i++) {
        const gradient *v = derivation_find(p->d, p->goals[i]);
        put_row(p, v->grad, gradient_formula(v), v->shown ? "" : "a step", true);
    }
    for (int op = 1; op < OP_COUNT; op++)
        if (p->has_function[op])
            buf_printf(
                p->out,
                "<tr><td><a href=\"#%s\">%s</a></td><td></td><td>the derivative of the function</td></tr>\n",
                op_table[op].name, op_table[op].name);
    end_table(p);
}

static void begin(sheet *p) {
    const char *model = p->title, *goal = "";
    if (p->topic) goal = p->topic;
    else if (p->d && !p->whole) goal = ir_var_name(p->g, derivation_find(p->d, p->goals[0])->grad);
    buf_puts(p->out, "<!DOCTYPE html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\">\n"
                     "<meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n"
                     "<meta name=\"color-scheme\" content=\"light dark\">\n<title>");
    put_escaped(p->out, goal, strlen(goal));
    buf_puts(p->out, goal[0] ? " in " : "");
    put_escaped(p->out, model, strlen(model));
    buf_puts(p->out, goal[0] || !p->d ? ", explained</title>\n<style>\n"
                                      : ": every gradient explained</title>\n<style>\n");
    buf_puts(p->out, measures);
    for (size_t i = 0; i < sizeof style / sizeof *style; i++) buf_printf(p->out, "%s\n", style[i]);
    buf_puts(p->out, "</style>\n</head>\n<body>\n<header>\n<h1>");
    put_escaped(p->out, model, strlen(model));
    buf_puts(p->out, "</h1>\n");
    if (p->whole) put_purpose(p);
    buf_puts(p->out, "</header>\n");
    if (p->whole)
        buf_puts(p->out, "<nav aria-label=\"parts\"><a href=\"#the-forward-pass\">The forward pass</a> <a "
                         "href=\"#the-gradients\">The gradients</a></nav>\n");
    buf_puts(p->out, "<main>\n");
    if (!p->d) return;
    buf_puts(p->out, "<section class=\"head\" aria-label=\"what the gradients differentiate\">\n");
    put_head(p);
    buf_puts(p->out, "</section>\n");
    if (!p->whole) return;
    put_graph(p, NULL);
    put_forward(p);
    put_contents(p);
    buf_puts(p->out, "<p><button type=\"button\" id=\"all\" aria-pressed=\"false\" hidden>Unfold all "
                     "steps</button></p>\n");
}

static void end(sheet *p) {
    buf_puts(p->out, "</main>\n<footer>Made by dfoo " DFOO_VERSION
                     ". Every equality was evaluated on random values when this page was made.</footer>\n");
    buf_puts(p->out, script);
    buf_puts(p->out, "</body>\n</html>\n");
}

const renderer html_renderer = {begin, one, end, &target_mathml, NULL};
