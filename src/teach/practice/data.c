/* Exercises as JSON, which the page reads, and as questions for Moodle, whose format has choices with a word
 * on each. */
#include <string.h>

#include "teach/practice/inside.h"

/* -------------------------------------------------------------------- JSON */

static void put_text(buf *out, const char *before, const char *name, const char *text) {
    buf_printf(out, "%s\"%s\": ", before, name);
    if (text)
        json_string(out, text);
    else
        buf_puts(out, "null");
}

static void put_forward(const exercise *x, arena *a, buf *out) {
    const ir *g = &x->m->g;
    for (uint32_t i = 0; i < x->m->forward.list.n; i++) {
        stmt s = x->m->forward.list.at[i];
        buf  line;
        buf_init(&line, a->mem);
        print_node(g, s.node, &line);
        put_text(out, i ? ", {" : "{", "name", ir_var_name(g, s.var));
        put_text(out, ", ", "expression", buf_keep(&line, a));
        put_text(out, ", ", "shape", print_shape_text(g, a, ir_var(g, s.var)->sh));
        buf_puts(out, "}");
    }
}

static void put_lines(const exercise *x, arena *a, buf *out) {
    const ir *g = &x->m->g;
    for (uint32_t i = 0; i < x->lines.n; i++) {
        var_id v = x->lines.at[i]->grad;
        bool   blank = i == x->at && x->kind == PRACTICE_BLANK;
        put_text(out, i ? ", {" : "{", "name", ir_var_name(g, v));
        put_text(out, ", ", "line", blank ? NULL : practice_line(x, i, a));
        put_text(out, ", ", "shape", print_shape_text(g, a, ir_var(g, v)->sh));
        buf_puts(out, "}");
    }
}

static void put_choices(const exercise *x, arena *a, buf *out) {
    for (uint32_t i = 0; i < x->wrong.n; i++) {
        put_text(out, i ? ", {" : "{", "line", practice_wrong(x, i, a));
        put_text(out, ", ", "mistake", x->wrong.at[i].what->name);
        put_text(out, ", ", "says", x->wrong.at[i].what->sentence);
        buf_puts(out, "}");
    }
}

static void put_exercise(const practice_page *p, const exercise *x, arena *a, buf *out) {
    put_text(out, "{", "kind", x->kind == PRACTICE_BLANK ? "blank" : "mistake");
    buf_printf(out, ", \"seed\": %llu", (unsigned long long)x->seed);
    put_text(out, ", ", "question", practice_question(x, a));
    if (x->kind == PRACTICE_BLANK)
        put_text(out, ", ", "asked", ir_var_name(&x->m->g, x->lines.at[x->at]->grad));
    buf_puts(out, ", \"forward\": [");
    put_forward(x, a, out);
    buf_puts(out, "], \"backward\": [");
    put_lines(x, a, out);
    buf_puts(out, "], \"hints\": [");
    for (int h = 1; h <= p->hint; h++) {
        if (h > 1) buf_puts(out, ", ");
        json_string(out, practice_hint(x, h, a));
    }
    buf_puts(out, "]");
    if (p->hint == HINT_ANSWER) {
        put_text(out, ", ", "solution", practice_right(x, x->at, a));
        put_text(out, ", ", "of", ir_var_name(&x->m->g, x->lines.at[x->at]->grad));
        buf_puts(out, ", \"wrong\": [");
        put_choices(x, a, out);
        buf_puts(out, "]");
    }
    if (p->judged) {
        put_text(out, ", ", "answer", p->judged->text);
        buf_printf(out, ", \"right\": %s", p->judged->right ? "true" : "false");
        put_text(out, ", ", "says", p->judged->says);
        put_text(out, ", ", "written", p->judged->written);
    }
    buf_puts(out, "}");
}

void practice_json(const practice_page *p, buf *out) {
    arena a;
    arena_init(&a, out->mem);
    put_text(out, "{", "model", p->list[0].m->src.name);
    put_text(out, ", ", "convention", p->list[0].d->used == CONVENTION_DJ ? "dJ" : "course");
    buf_puts(out, ", \"exercises\": [");
    for (uint32_t i = 0; i < p->n; i++) {
        if (i) buf_puts(out, ", ");
        put_exercise(p, &p->list[i], &a, out);
    }
    buf_puts(out, "]}\n");
    if (arena_status(&a) != DFOO_OK) out->failed = true;
    arena_free(&a);
}

/* ------------------------------------------------------------------ Moodle */

static void put_xml(buf *out, const char *text) {
    page_html.prose(text, strlen(text), out);
}

/* A text of HTML is escaped twice: its own signs, and then its tags. */
static const char *escaped(arena *a, const char *text) {
    buf b;
    buf_init(&b, a->mem);
    put_xml(&b, text);
    return buf_keep(&b, a);
}

static void put_html(buf *out, const char *tag, const char *html) {
    buf_printf(out, "    <%s format=\"html\"><text>", tag);
    put_xml(out, html);
    buf_printf(out, "</text></%s>\n", tag);
}

static const char *question_html(const exercise *x, arena *a) {
    const ir *g = &x->m->g;
    buf       b;
    buf_init(&b, a->mem);
    buf_puts(&b, "<p>Forward pass:</p><pre>");
    for (uint32_t i = 0; i < x->m->forward.list.n; i++) {
        stmt s = x->m->forward.list.at[i];
        buf  line;
        buf_init(&line, a->mem);
        print_node(g, s.node, &line);
        buf_printf(&b, "%s = %s\n", escaped(a, ir_var_name(g, s.var)), escaped(a, buf_keep(&line, a)));
    }
    buf_puts(&b, "</pre><p>Backward pass:</p><pre>");
    for (uint32_t i = 0; i < x->lines.n; i++)
        buf_printf(&b, "%s    # %s\n", escaped(a, practice_line(x, i, a)),
                   print_shape_text(g, a, ir_var(g, x->lines.at[i]->grad)->sh));
    buf_printf(&b, "</pre><p>%s</p>",
               x->kind == PRACTICE_BLANK ? escaped(a, practice_question(x, a))
                                         : "Which line has a mistake in it?");
    return buf_keep(&b, a);
}

static void put_choice(buf *out, arena *a, bool right, const char *line, const char *feedback) {
    const char *text = arena_format(a, "<code>%s</code>", escaped(a, line));
    buf_printf(out, "    <answer fraction=\"%d\" format=\"html\">\n      <text>", right ? 100 : 0);
    put_xml(out, text ? text : "");
    buf_puts(out, "</text>\n      <feedback format=\"html\"><text>");
    put_xml(out, escaped(a, feedback));
    buf_puts(out, "</text></feedback>\n    </answer>\n");
}

static void put_answers(const exercise *x, arena *a, buf *out) {
    const char *solution = practice_hint(x, HINT_ANSWER, a);
    if (x->kind == PRACTICE_BLANK) {
        put_choice(out, a, true, practice_right(x, x->at, a), "Right.");
        for (uint32_t i = 0; i < x->wrong.n; i++) {
            const mistake *what = x->wrong.at[i].what;
            const char    *text =
                arena_format(a, "%s: %s. %s.", what->name, what->sentence, group_whys[what->group]);
            put_choice(out, a, false, practice_wrong(x, i, a), text ? text : "");
        }
        return;
    }
    for (uint32_t i = 0; i < x->lines.n; i++)
        put_choice(out, a, i == x->at, practice_line(x, i, a),
                   i == x->at ? solution : "This line is right, given those above it.");
}

static void put_question(const exercise *x, arena *a, buf *out) {
    buf_printf(out, "  <question type=\"multichoice\">\n    <name><text>");
    practice_page one = {.list = x, .n = 1};
    put_xml(out, practice_heading(&one, a));
    buf_puts(out, "</text></name>\n");
    put_html(out, "questiontext", question_html(x, a));
    put_html(out, "generalfeedback", escaped(a, practice_hint(x, HINT_ANSWER, a)));
    buf_puts(out,
             "    <defaultgrade>1</defaultgrade>\n    <penalty>0.3333333</penalty>\n    <hidden>0</hidden>\n"
             "    <single>true</single>\n");
    buf_printf(out, "    <shuffleanswers>%s</shuffleanswers>\n",
               x->kind == PRACTICE_BLANK ? "true" : "false");
    buf_puts(out, "    <answernumbering>abc</answernumbering>\n");
    put_answers(x, a, out);
    for (int h = HINT_LINE; h < HINT_NAME; h++) put_html(out, "hint", escaped(a, practice_hint(x, h, a)));
    buf_puts(out, "  </question>\n");
}

void practice_moodle(const practice_page *p, buf *out) {
    arena a;
    arena_init(&a, out->mem);
    buf_puts(out, "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<quiz>\n");
    for (uint32_t i = 0; i < p->n; i++) put_question(&p->list[i], &a, out);
    buf_puts(out, "</quiz>\n");
    if (arena_status(&a) != DFOO_OK) out->failed = true;
    arena_free(&a);
}
