/* The model as a picture: an SVG of its variables, with their shapes, and of what is made of what. The way
 * of a gradient stands out; of a whole model the boxes are links. layout.c says where everything stands. */
#include <string.h>

#include "teach/page/graph.h"

static double left_of(const place *x) {
    return MARGIN + (double)LAYER * x->layer;
}

static double middle_of(const place *x) {
    return MARGIN + x->y + BOX_HEIGHT / 2.0;
}

/* One arrow, from box to box, through its knots. The gradient's way has its tip where values come from. */
static void put_arrow(const drawing *w, uint32_t first, uint32_t last, const char *id, buf *out) {
    const place *from = &w->places.at[w->edges.at[first].from], *to = &w->places.at[w->edges.at[last].to];
    bool         way = from->way && to->way;
    double       x = left_of(from) + BOX_WIDTH + (way ? 6 : 0), y = middle_of(from);
    buf_printf(out, "<path%s", way ? " class=\"way\"" : "");
    if (way) buf_printf(out, " marker-start=\"url(#way-%s)\"", id);
    else if (to->var) buf_printf(out, " marker-end=\"url(#tip-%s)\"", id);
    buf_printf(out, " d=\"M%.0f %.1f", x, y);
    for (uint32_t i = first; i <= last; i++) {
        const place *next = &w->places.at[w->edges.at[i].to];
        double       nx = left_of(next) - (next->var && !way ? 6 : 0), ny = middle_of(next);
        double       bend = (nx - x) * 0.5;
        buf_printf(out, "C%.0f %.1f %.0f %.1f %.0f %.1f", x + bend, y, nx - bend, ny, nx, ny);
        x = nx;
        y = ny;
        if (next->var) continue;
        x += BOX_WIDTH; /* straight past the boxes of this layer */
        buf_printf(out, "L%.0f %.1f", x, y);
    }
    buf_puts(out, "\"/>\n");
}

static void put_arrows(const drawing *w, bool way, const char *id, buf *out) {
    for (uint32_t i = 0, k; i < w->edges.n; i = k) {
        for (k = i + 1; k < w->edges.n && w->edges.at[k].arrow == w->edges.at[i].arrow; k++) {}
        if ((w->places.at[w->edges.at[i].from].way && w->places.at[w->edges.at[k - 1].to].way) == way)
            put_arrow(w, i, k - 1, id, out);
    }
}

static void put_escaped(buf *out, const char *text, size_t len) {
    for (size_t i = 0; i < len; i++) {
        if (text[i] == '&') buf_puts(out, "&amp;");
        else if (text[i] == '<') buf_puts(out, "&lt;");
        else buf_put(out, text + i, 1);
    }
}

/* How large so many letters may be in a box; very many are cut. */
enum { SMALLEST = 9 };

static double letter_size(size_t n, double usual) {
    double fits = 2.0 * (BOX_WIDTH - 8) / (double)(n ? n : 1);
    return fits > usual ? usual : fits < SMALLEST ? SMALLEST : fits;
}

static void put_cut(const char *text, size_t len, size_t columns, buf *out) {
    size_t most = 2 * (BOX_WIDTH - 8) / SMALLEST;
    if (columns <= most) {
        put_escaped(out, text, len);
        return;
    }
    for (len = most - 1; len && ((unsigned char)text[len] & 0xC0) == 0x80;) len--; /* no half of a letter */
    put_escaped(out, text, len);
    buf_puts(out, "…");
}

/* mu is the Greek letter, as everywhere on the page, and so is mu_, where mu itself means something else. */
static void put_letters(const char *name, size_t len, buf *out) {
    size_t bare = len > 1 && name[len - 1] == '_' ? len - 1 : len;
    for (int s = GLYPH_ALPHA; s < GLYPH_COUNT; s++) {
        const char *word = glyph_table[s].line;
        if (strlen(word) != bare || memcmp(word, name, bare) != 0) continue;
        buf_puts(out, glyph_table[s].sign);
        return;
    }
    put_cut(name, len, text_columns(name, len), out);
}

/* The number at the end of a name stands below. */
static void put_name(const char *name, buf *out) {
    size_t len = strlen(name), word = len;
    while (word > 1 && name[word - 1] >= '0' && name[word - 1] <= '9') word--;
    put_letters(name, word, out);
    if (word < len) buf_printf(out, "<tspan dy=\"4\" font-size=\"11\">%s</tspan>", name + word);
}

/* Below the name, whose text it ends. */
static void put_size(double x, double y, const buf *size, buf *out) {
    double letters = letter_size(size->len, 12);
    buf_printf(out, "</text><text class=\"size\" x=\"%.0f\" y=\"%.1f\"", x, y);
    if (letters < 12) buf_printf(out, " style=\"font-size: %.3gpx\"", letters);
    buf_puts(out, ">");
    if (size->text) put_cut(size->text, size->len, size->len, out);
    buf_puts(out, "</text>");
}

static void put_box(const drawing *w, const place *x, buf *out) {
    const ir *g = w->p->g;
    bool      goal = w->doc && x->var == w->doc->goal, link = !w->doc && w->p->whole;
    double    left = left_of(x), top = MARGIN + x->y;
    buf       size;
    buf_init(&size, out->mem);
    print_shape(g, ir_var(g, x->var)->sh, &size);
    const char *name = ir_var_name(g, x->var), *class = goal        ? "goal"
                                                        : x->way    ? "way"
                                                        : x->source ? "given"
                                                                    : "";
    const char *target =
        link && w->p->has[x->var] ? ir_var_name(g, derivation_find(w->p->d, x->var)->grad) : name;
    if (link) {
        buf_puts(out, "<a href=\"#");
        put_escaped(out, target, strlen(target));
        buf_puts(out, "\">");
    }
    buf_printf(out,
               "<g%s%s%s data-name=\"%s\"><rect x=\"%.0f\" y=\"%.1f\" width=\"%d\" height=\"%d\" "
               "rx=\"6\"/>"
               "<text x=\"%.0f\" y=\"%.1f\" font-size=\"%.3g\" font-style=\"italic\">",
               class[0] ? " class=\"" : "", class, class[0] ? "\"" : "", name, left, top, BOX_WIDTH,
               BOX_HEIGHT, left + BOX_WIDTH / 2.0, top + 18, letter_size(strlen(name), 16));
    put_name(name, out);
    put_size(left + BOX_WIDTH / 2.0, top + 33, &size, out);
    buf_printf(out, "</g>%s\n", link ? "</a>" : "");
    buf_close(&size, out);
}

/* What the picture shows, in words: each value and what it is made of, then the way of the gradient. */
static void put_description(const drawing *w, buf *out) {
    for (uint32_t i = 0; i < w->arrows.n; i++) {
        bool        first = i == 0 || w->arrows.at[i - 1].to != w->arrows.at[i].to;
        const char *from = ir_var_name(w->p->g, w->places.at[w->arrows.at[i].from].var),
                   *to = ir_var_name(w->p->g, w->places.at[w->arrows.at[i].to].var);
        if (first) buf_puts(out, i ? "; " : "");
        if (first) put_escaped(out, to, strlen(to));
        buf_puts(out, first ? " is made of " : ", ");
        put_escaped(out, from, strlen(from));
    }
    buf_puts(out, ".");
    if (!w->doc) return;
    buf_puts(out, " The gradient passes");
    const char *comma = " ";
    for (uint32_t i = w->places.n; i-- > 0;) {
        if (!w->places.at[i].way || !w->places.at[i].var) continue;
        const char *name = ir_var_name(w->p->g, w->places.at[i].var);
        buf_puts(out, comma);
        put_escaped(out, name, strlen(name));
        comma = ", ";
    }
    buf_puts(out, ".");
}

/* The tips of arrows, thin and thick. */
static void put_tips(const char *id, buf *out) {
    for (int way = 0; way < 2; way++)
        buf_printf(out,
                   "<marker id=\"%s-%s\"%s viewBox=\"0 0 8 8\" refX=\"2\" refY=\"4\" markerWidth=\"%d\" "
                   "markerHeight=\"%d\" "
                   "markerUnits=\"userSpaceOnUse\" orient=\"auto-start-reverse\">"
                   "<path d=\"M0 0L8 4L0 8z\"/></marker>\n",
                   way ? "way" : "tip", id, way ? " class=\"way\"" : "", way ? 10 : 7, way ? 10 : 7);
}

/* On a narrower page it shrinks, but not so far that its letters cannot be read. */
static void put_svg(const drawing *w, buf *out) {
    double      width = (double)LAYER * (w->n_layers - 1) + BOX_WIDTH + 2 * MARGIN;
    const char *id = w->doc ? ir_var_name(w->p->g, derivation_find(w->p->d, w->doc->goal)->grad) : "model";
    buf_printf(out,
               "<svg xmlns=\"http://www.w3.org/2000/svg\" width=\"%.0f\" height=\"%.0f\" style=\"min-width: "
               "%.0fpx\" viewBox=\"0 0 %.0f %.0f\" role=\"%s\" aria-labelledby=\"graph-%s graph-%s-text\">\n",
               width, w->height, 0.8 * width, width, w->height, w->doc ? "img" : "group", id, id);
    buf_printf(out, "<title id=\"graph-%s\">The graph of the model</title>\n<desc id=\"graph-%s-text\">", id,
               id);
    put_description(w, out);
    buf_puts(out, "</desc>\n");
    put_tips(id, out);
    put_arrows(w, false, id, out);
    put_arrows(w, true, id, out);
    for (uint32_t k = 0; k < w->n_layers; k++)
        for (uint32_t i = w->first[k]; i < w->first[k + 1]; i++)
            if (w->places.at[w->order[i]].var) put_box(w, &w->places.at[w->order[i]], out);
    buf_puts(out, "</svg>\n");
}

void sheet_graph(const sheet *p, const document *doc, buf *out) {
    arena a;
    arena_init(&a, p->a->mem);
    drawing     w = {.p = p, .doc = doc, .a = &a};
    dfoo_status status = layout_make(&w);
    if (status == DFOO_OK && w.arrows.n) put_svg(&w, out);
    if (status != DFOO_OK || a.failed) p->a->failed = true;
    arena_free(&a);
}
