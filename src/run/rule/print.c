/* A rule as one text, which can be read again. */
#include <string.h>

#include "run/rule/print.h"

/* The comments that a text begins with. */
static void print_title(const source *src, buf *out) {
    const char *line = src->text;
    for (size_t len; *line; line += len + (line[len] == '\n')) {
        size_t blank = strspn(line, " \t\r");
        len = strcspn(line, "\n");
        if (blank >= len) continue;
        if (line[blank] != '#') return;
        buf_put(out, line, len);
        buf_puts(out, "\n");
    }
}

static void print_consts(const rule *r, buf *out) {
    for (uint32_t i = 0; i < r->consts.n; i++) {
        const rule_const *c = &r->consts.at[i];
        bool              given = rule_is_rate(r, c->name) && rule_sets(r, "alpha");
        buf_printf(out, "%s%s = ", i ? ", " : "const ", given ? "alpha0" : rule_name(r, c->name));
        buf_number(out, c->value);
    }
    if (r->consts.n) buf_puts(out, "\n");
}

/* "v and s start at 0" */
static void print_states(const rule *r, buf *out) {
    for (uint32_t i = 0; i < r->states.n; i++)
        buf_printf(out, "%s%s",
                   !i                    ? "; "
                   : i + 1 < r->states.n ? ", "
                                         : " and ",
                   rule_name(r, r->states.at[i]));
    if (r->states.n) buf_puts(out, r->states.n == 1 ? " starts at 0" : " start at 0");
}

static void print_names(const rule *r, buf *out) {
    if (rule_sets(r, "w")) {
        buf_puts(out, "# for each parameter w with its gradient g");
        print_states(r, out);
        buf_puts(out, "\n");
    }
    for (int i = RULE_t; i < RULE_pi; i++)
        if (r->uses[i]) buf_printf(out, "# %s\n", rule_own_names[i].what);
    if (rule_const_of(r, symbols_find(r->names, "decay", 5)) >= 0)
        buf_puts(out, "# decay is 0 for parameters that do not decay: those that are no factor of a product, "
                      "as biases\n");
}

void rule_print(const rule *r, buf *out) {
    for (uint32_t i = 0; i < r->texts.n; i++) print_title(r->texts.at[i], out);
    print_consts(r, out);
    for (uint32_t i = 0; i < r->lines.n; i++) {
        const rule_line *l = &r->lines.at[i];
        buf_put(out, l->src->text + l->at.start, l->at.end - l->at.start);
        buf_puts(out, "\n");
    }
    print_names(r, out);
}
