/* The answer in words, and as data. */
#include <math.h>
#include <stdio.h>
#include <string.h>

#include "teach/check/beside.h"
#include "teach/judge/judge.h"

const char *judged_word(uint8_t how) {
    static const char *const words[] = {
        "right", "right, given what comes before", "wrong", "wrong", "not finite", "not found"};
    return words[how];
}

void judge_put_place(uint32_t cell, uint32_t line, buf *out) {
    if (cell)
        buf_printf(out, "cell %u, line %u", cell, line);
    else
        buf_printf(out, "line %u", line);
}

/* "3 times too large", "1/2 of what it should be", "turned round". */
static void put_ratio(double ratio, buf *out) {
    double inverse = 1 / ratio;
    if (fabs(ratio + 1) < 1e-9)
        buf_puts(out, "the sign is turned round");
    else if (ratio > 1) {
        buf_puts(out, "exactly ");
        buf_number(out, nearbyint(ratio * 1e6) / 1e6);
        buf_puts(out, " times too large");
    } else if (ratio > 0) {
        buf_puts(out, "exactly ");
        buf_number(out, nearbyint(inverse * 1e6) / 1e6);
        buf_puts(out, " times too small");
    } else {
        buf_puts(out, "exactly ");
        buf_number(out, nearbyint(ratio * 1e6) / 1e6);
        buf_puts(out, " times what it should be");
    }
}

static void put_shape(const judge_line *l, buf *out) {
    buf_printf(out, "it has the shape %s, and %s is %s", l->found_shape, l->variable, l->own_shape);
}

static void put_mistake(const judge_line *l, buf *out) {
    if (l->row)
        buf_printf(out, "%s: %s", l->row->name, l->row->sentence);
    else
        buf_printf(out,
                   "not one of the known mistakes; the norm is %.3g times what it should be, the cosine %.3g",
                   l->norms, l->cosine);
}

void judge_hint(const judge_line *l, int hint, buf *out) {
    if (l->how < JUDGED_WRONG) return;
    if (hint <= 1) {
        buf_puts(out, "something is wrong in this line");
        return;
    }
    if (l->how == JUDGED_SHAPE)
        put_shape(l, out);
    else if (l->how == JUDGED_NOT_FINITE)
        buf_puts(out, "there are entries that are no finite numbers");
    else if (l->ratio != 0)
        put_ratio(l->ratio, out);
    else if (hint == 2 && l->row)
        buf_printf(out, "look at: %s", group_names[l->row->group]);
    else if (hint == 2)
        buf_puts(out, "the numbers differ");
    if (hint < 3) return;
    if (l->how == JUDGED_SHAPE || l->ratio != 0) {
        if (!l->row) return;
        buf_puts(out, "; ");
    }
    put_mistake(l, out);
}

static size_t longest_name(const judge_answer *x) {
    size_t n = 0;
    for (uint32_t i = 0; i < x->lines.n; i++) {
        size_t own = text_columns(x->lines.at[i].variable, strlen(x->lines.at[i].variable));
        n = own > n ? own : n;
    }
    return n;
}

const judge_line *judge_told_before(const judge_answer *x, const judge_line *l) {
    for (const judge_line *k = x->lines.at; k < l; k++)
        if (k->how == l->how && k->line == l->line && k->cell == l->cell && k->row && k->row == l->row)
            return k;
    return NULL;
}

bool judge_shows(const judge_answer *x, const judge_line *l) {
    return l->how >= JUDGED_WRONG && l->how != JUDGED_MISSING && !judge_told_before(x, l);
}

static void put_line(const judge_answer *x, const judge_line *l, size_t width, int hint, buf *out) {
    buf_printf(out, "%-*s  %s", (int)width, l->variable, judged_word(l->how));
    if (l->how == JUDGED_MISSING) {
        buf_puts(out, "\n");
        return;
    }
    if (l->how >= JUDGED_WRONG && judge_told_before(x, l)) {
        buf_printf(out, ": as %s, by the same line", judge_told_before(x, l)->variable);
    } else if (l->how >= JUDGED_WRONG) {
        buf_puts(out, ": ");
        judge_hint(l, hint, out);
        buf_puts(out, "\n");
        buf_repeat(out, ' ', width + 2);
        judge_put_place(l->cell, l->line, out);
        buf_printf(out, ": %s", l->text);
    }
    buf_puts(out, "\n");
    if (hint < JUDGE_SOLUTION || !judge_shows(x, l) || !*l->solution) return;
    buf_repeat(out, ' ', width + 2);
    buf_printf(out, "the right line: %s\n", l->solution);
}

static void put_failure(const judge_answer *x, buf *out) {
    if (!x->failure) return;
    buf_puts(out, "the program ends in ");
    judge_put_place(x->failure_cell, x->failure_line, out);
    buf_printf(out, ": %s\n", x->failure);
    buf_printf(out, "  %s\n", x->failure_text);
    if (*x->failure_shapes) buf_printf(out, "  %s\n", x->failure_shapes);
    if (x->failure_row) buf_printf(out, "  %s: %s\n", x->failure_row->name, x->failure_row->sentence);
}

void judge_put_remarks(const judge_answer *x, buf *out) {
    if (x->other_convention)
        buf_puts(out, "right in the other convention: dZ and dA carry the 1/m already\n");
    if (x->negative)
        buf_puts(out, "the program has negative gradients, and its parameters follow them: that is right\n");
    for (uint32_t i = 0; i < x->remarks.n; i++) buf_printf(out, "%s\n", x->remarks.at[i]);
    put_failure(x, out);
}

void judge_put_problems(const judge_answer *x, buf *out) {
    for (uint32_t i = 0; i < x->problems.n; i++) {
        buf_puts(out, i ? "  " : "not understood:\n  ");
        judge_put_place(x->problems.at[i].cell, x->problems.at[i].line, out);
        buf_printf(out, ": %s\n", x->problems.at[i].sentence);
    }
}

static void put_first(uint32_t cell, uint32_t line, buf *out) {
    buf_puts(out, "first wrong line: ");
    if (cell)
        judge_put_place(cell, line, out);
    else
        buf_printf(out, "%u", line);
    buf_puts(out, "\n");
}

void judge_put_first(const judge_answer *x, buf *out) {
    if (x->first != UINT32_MAX)
        put_first(x->lines.at[x->first].cell, x->lines.at[x->first].line, out);
    else if (x->failure)
        put_first(x->failure_cell, x->failure_line, out);
}

/* Both matrices of what is wrong. */
static void put_matrices(const judge_answer *x, buf *out) {
    for (uint32_t i = 0; i < x->lines.n; i++) {
        const judge_line *l = &x->lines.at[i];
        if (!judge_shows(x, l) || !l->value.at || !l->expected.at) continue;
        buf_puts(out, "\n");
        beside_put(l->variable, "what it should be", l->value, l->expected, out);
    }
}

void judge_text(const judge_answer *x, const judge_writing *how, buf *out) {
    size_t width = longest_name(x);
    if (!x->found) {
        buf_printf(out, "# %s: no gradient was found\n", x->name);
        put_failure(x, out);
        judge_put_problems(x, out);
        judge_put_first(x, out);
        return;
    }
    buf_printf(out, "# %s: %s, on random cases (%s)\n", x->name, x->entry, x->sizes);
    for (uint32_t i = 0; i < x->lines.n; i++) put_line(x, &x->lines.at[i], width, how->hint, out);
    judge_put_remarks(x, out);
    judge_put_first(x, out);
    if (how->show) put_matrices(x, out);
}

static void put_text(buf *out, const char *key, const char *value) {
    buf_printf(out, "\"%s\": ", key);
    json_string(out, value);
}

static void put_hints(const judge_line *l, buf *out) {
    buf_puts(out, ", \"hints\": [");
    for (int hint = 1; hint <= 3 && l->how >= JUDGED_WRONG && l->how != JUDGED_MISSING; hint++) {
        buf one;
        buf_init(&one, out->mem);
        judge_hint(l, hint, &one);
        if (hint > 1) buf_puts(out, ", ");
        json_string(out, one.text ? one.text : "");
        buf_close(&one, out);
    }
    buf_puts(out, "]");
}

/* What is told only if it was asked for. */
static void put_more(const judge_answer *x, const judge_line *l, const judge_writing *how, buf *out) {
    if (!judge_shows(x, l)) return;
    if (how->show && l->value.at && l->expected.at) {
        buf_puts(out, ", \"show\": ");
        beside_put_json(l->value, l->expected, out);
    }
    if (how->hint < JUDGE_SOLUTION || !*l->solution) return;
    buf_puts(out, ", ");
    put_text(out, "solution", l->solution);
}

static void put_json_line(const judge_answer *x, const judge_line *l, const judge_writing *how, buf *out) {
    buf_puts(out, "{");
    put_text(out, "variable", l->variable);
    buf_puts(out, ", ");
    put_text(out, "name", l->name);
    buf_puts(out, ", ");
    put_text(out, "verdict", judged_word(l->how));
    buf_printf(out, ", \"right\": %s, \"line\": %u, \"cell\": %u, ", l->how < JUDGED_WRONG ? "true" : "false",
               l->line, l->cell);
    put_text(out, "text", l->text);
    buf_puts(out, ", \"mistake\": ");
    if (l->row)
        json_string(out, l->row->name);
    else
        buf_puts(out, "null");
    buf_puts(out, ", \"group\": ");
    if (l->row)
        json_string(out, group_names[l->row->group]);
    else
        buf_puts(out, "null");
    put_hints(l, out);
    buf_puts(out, ", \"ratio\": ");
    json_number(out, l->ratio != 0 ? l->ratio : (double)NAN);
    buf_puts(out, ", \"cosine\": ");
    json_number(out, l->cosine);
    put_more(x, l, how, out);
    buf_puts(out, "}");
}

void judge_json(const judge_answer *x, const judge_writing *how, buf *out) {
    buf_puts(out, "{");
    put_text(out, "program", x->name);
    buf_printf(out, ", \"found\": %s, \"right\": %s, \"first_wrong_line\": ", x->found ? "true" : "false",
               x->found && x->first == UINT32_MAX && !x->failure ? "true" : "false");
    if (x->first != UINT32_MAX)
        buf_printf(out, "%u", x->lines.at[x->first].line);
    else
        buf_puts(out, "null");
    buf_puts(out, ", ");
    put_text(out, "entry", x->entry);
    buf_puts(out, ", \"failure\": ");
    if (x->failure)
        json_string(out, x->failure);
    else
        buf_puts(out, "null");
    buf_printf(out, ", \"failure_line\": %u, \"failure_mistake\": ", x->failure_line);
    if (x->failure_row)
        json_string(out, x->failure_row->name);
    else
        buf_puts(out, "null");
    buf_puts(out, ", \"gradients\": [");
    for (uint32_t i = 0; i < x->lines.n; i++) {
        if (i) buf_puts(out, ", ");
        put_json_line(x, &x->lines.at[i], how, out);
    }
    buf_puts(out, "], \"remarks\": [");
    for (uint32_t i = 0; i < x->remarks.n; i++) {
        if (i) buf_puts(out, ", ");
        json_string(out, x->remarks.at[i]);
    }
    buf_puts(out, "], \"problems\": [");
    for (uint32_t i = 0; i < x->problems.n; i++) {
        buf_printf(out, "%s{\"line\": %u, \"cell\": %u, ", i ? ", " : "", x->problems.at[i].line,
                   x->problems.at[i].cell);
        put_text(out, "text", x->problems.at[i].sentence);
        buf_puts(out, "}");
    }
    buf_puts(out, "]}\n");
}
