/* The lines of the head, which are text, with their names and equations set as mathematics. */
#include <string.h>

#include "core/core.h"
#include "teach/page/head.h"

/* A line for all layers, dW[l] = .., and for which l it holds, behind blanks. */
static bool put_layer_line(const sheet *p, const char *line, size_t len, const head_writer *to) {
    const char *gap = strstr(line, "  ");
    if (!strstr(line, "[l] = ") || !gap || gap >= line + len || strstr(line, "[l] = ") > gap) return false;
    formula_parts parts = {.layers = true};
    const char   *formula = arena_text(p->a, line, (size_t)(gap - line));
    size_t        blanks = strspn(gap, " ");
    if (formula) to->mathematics(p, set_formula(&p->names, formula, &parts));
    to->prose(p, ", ", 2);
    to->plain(p, gap + blanks, len - (size_t)(gap - line) - blanks);
    return true;
}

static bool is_word_letter(char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_';
}

static size_t word_length(const char *text, size_t len) {
    size_t word = 0;
    while (word < len && is_word_letter(text[word])) word++;
    return word;
}

/* An equation of the model (the head has that of the cost, and of names that were given): its length, 0:
 * this is something else. */
static size_t find_equation(const sheet *p, const char *text, size_t len, const math **found) {
    size_t      word = word_length(text, len);
    var_id      v = word ? ir_find_var(p->g, symbols_find(p->g->names, text, word)) : 0;
    const stmt *s = v ? program_find(&p->m->forward, v) : NULL;
    if (!s) return 0;
    buf b;
    buf_init(&b, p->a->mem);
    buf_printf(&b, "%s = ", ir_var_name(p->g, v));
    print_node(p->g, s->node, &b);
    const char *equation = buf_keep(&b, p->a);
    size_t      n = strlen(equation);
    if (!n || n > len || memcmp(equation, text, n) != 0) return 0;
    *found = math_row(p->names.a, set_name(&p->names, v, false), math_glyph(GLYPH_EQ),
                      set_node(&p->names, s->node, NULL));
    return n;
}

static bool is_index(char c) {
    return c >= 'a' && c <= 'z';
}

/* [i,t] or [i], which says where an entry stands: its length, 0: this is something else. */
static size_t index_length(const char *text, size_t len) {
    if (len >= 3 && text[0] == '[' && is_index(text[1]) && text[2] == ']') return 3;
    bool both = len >= 5 && text[0] == '[' && is_index(text[1]) && text[2] == ',' && is_index(text[3]);
    return both && text[4] == ']' ? 5 : 0;
}

/* The entry [i,t], of what is spoken of. */
static size_t find_index(const sheet *p, const char *text, size_t len, const math **found) {
    size_t n = index_length(text, len);
    arena *a = p->names.a;
    if (!n) return 0;
    const math *i = math_leaf(a, MATH_LETTER, arena_text(a, text + 1, 1));
    const math *t = math_leaf(a, MATH_LETTER, arena_text(a, text + n - 2, 1));
    if (n == 5) i = math_row(a, i, math_glyph(GLYPH_BESIDE), t);
    *found = math_row(a, math_glyph(GLYPH_SQUARE), i, math_glyph(GLYPH_SQUARE_CLOSE));
    return n;
}

/* A name of the model, an entry of it, or of what a letter stands for: its length, 0: this is something
 * else. */
static size_t find_name(const sheet *p, const char *text, size_t len, const math **found) {
    size_t        word = word_length(text, len), entry = index_length(text + word, len - word);
    var_id        v = word ? ir_find_var(p->g, symbols_find(p->g->names, text, word)) : 0;
    formula_parts none = {0};
    if (!v && !entry) return 0;
    const char *copy = entry ? arena_text(p->names.a, text, word + entry) : NULL;
    *found = copy ? set_formula(&p->names, copy, &none) : set_name(&p->names, v, false);
    return word + entry;
}

/* What is mathematics at the begin of a word, or of what stands behind a blank. */
static size_t find_math(const sheet *p, const char *text, size_t len, const math **found) {
    if (text[0] == '[') return find_index(p, text, len, found);
    size_t n = is_word_letter(text[0]) ? find_equation(p, text, len, found) : 0;
    return n || !is_word_letter(text[0]) ? n : find_name(p, text, len, found);
}

void head_text(const sheet *p, const char *text, size_t len, const head_writer *to) {
    if (put_layer_line(p, text, len, to)) return;
    size_t from = 0, i = 0;
    while (i < len) {
        const math *found = NULL;
        bool        begins = i == 0 || !is_word_letter(text[i - 1]);
        size_t      n = begins ? find_math(p, text + i, len - i, &found) : 0;
        if (n) {
            to->prose(p, text + from, i - from);
            to->mathematics(p, found);
            from = i + n;
        }
        i += n ? n : 1;
    }
    to->prose(p, text + from, len - from);
}
