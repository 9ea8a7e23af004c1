/* An answer is judged by what it computes: as a claim, given the lines above it. */
#include <ctype.h>
#include <string.h>

#include "teach/practice/inside.h"

static bool is_blank(char c) {
    return c == ' ' || c == '\t' || c == '\r' || c == '\n';
}

static const char *trimmed(arena *a, const char *text) {
    size_t len = strlen(text);
    while (len && is_blank(text[len - 1])) len--;
    while (len && is_blank(*text)) text++, len--;
    const char *copy = arena_text(a, text, len);
    return copy ? copy : "";
}

static char lower(char c) {
    return c >= 'A' && c <= 'Z' ? (char)(c - 'A' + 'a') : c;
}

static bool same_but_for_case(const char *a, const char *b) {
    for (; *a && lower(*a) == lower(*b); a++) b++;
    return !*a && !*b;
}

/* The line that an answer names, dz1 for dZ1 too where that is no other; the number of lines if there is
 * none. */
static uint32_t named_line(const exercise *x, const char *name) {
    uint32_t near = x->lines.n;
    for (uint32_t i = 0; i < x->lines.n; i++) {
        const char *own = ir_var_name(&x->m->g, x->lines.at[i]->grad);
        if (strcmp(own, name) == 0) return i;
        if (same_but_for_case(own, name)) near = i;
    }
    return near;
}

/* ----------------------------------------------------------- a line's name */

static const char *judge_name(const exercise *x, arena *a, uint32_t named, bool right) {
    const char *text =
        right ? arena_format(a, "right, %s is the wrong line. What should it be?", practice_line(x, named, a))
              : arena_format(a, "no, %s is right, given the lines above it", practice_line(x, named, a));
    return text ? text : "";
}

/* -------------------------------------------------------------------- a line */

/* "right elsewhere": in the other convention, which this page does not keep to. */
static const char *judged_text(const exercise *x, arena *a, const diagnosis *d, int hint) {
    const diagnosed *y = &d->list.at[0];
    const char      *says = diagnosed_message(d, y, hint, a), *text;
    dim              m = x->m->examples;
    if (!answer_is_wrong(y->verdict) && y->other_convention)
        text = arena_format(a, "right elsewhere: here the 1/%s does not stand as in the other lines",
                            m ? symbols_name(x->m->g.names, dim_name(m)) : "m");
    else
        text = arena_format(a, "%s%s%s", answer_word(y), *says ? ": " : "", says);
    return text ? text : "";
}

static dfoo_status judge_node(const exercise *x, arena *a, node_id node, int hint, practice_judged *out) {
    diagnosis  *d;
    const char *right = practice_right(x, x->at, a), *text;
    buf         b;
    DFOO_TRY(practice_diagnose(x->from, x->at, &x->m->g, node, a, &d));
    const diagnosed *y = &d->list.at[0];
    buf_init(&b, a->mem);
    buf_printf(&b, "%s = ", ir_var_name(&x->m->g, x->lines.at[x->at]->grad));
    print_node(&x->m->g, node, &b);
    text = buf_keep(&b, a);
    out->right = !answer_is_wrong(y->verdict) && y->verdict != ANSWER_FOLLOWS && !y->other_convention;
    if (out->right && strcmp(text, right) != 0) out->written = right;
    out->says = judged_text(x, a, d, hint);
    return arena_status(a);
}

/* A line may use those above it, and gradients that have none, but neither itself nor what stands below. */
static dfoo_status refuse_below(const exercise *x, arena *a, node_id n, diags *messages) {
    const ir *g = &x->m->g;
    node_list names = {{0}};
    DFOO_TRY(ir_names(g, a, n, &names));
    for (uint32_t k = 0; k < names.list.n; k++)
        for (uint32_t i = x->at; i < x->lines.n; i++)
            if (ir_node(g, names.list.at[k])->ref == x->lines.at[i]->grad)
                return diag_alone(messages,
                                  i == x->at ? "%s is what is asked for: it cannot stand in its own line"
                                             : "%s stands below: it is not known yet",
                                  ir_var_name(g, x->lines.at[i]->grad));
    return DFOO_OK;
}

static dfoo_status read_line(const exercise *x, arena *a, const char *line, diags *messages, node_id *node) {
    uint32_t before = x->m->claims.n;
    DFOO_TRY(lang_read_claims(x->m, a, x->m->g.names, messages, "answer", line, strlen(line)));
    const claim *c = x->m->claims.n > before ? &x->m->claims.at[x->m->claims.n - 1] : NULL;
    uint32_t     n_read = x->m->claims.n - before;
    x->m->claims.n = before;
    if (!c || n_read != 1)
        return diag_alone(messages, "an answer is one line, %s = ..",
                          ir_var_name(&x->m->g, x->lines.at[x->at]->grad));
    if (c->var != x->lines.at[x->at]->grad)
        return diag_alone(messages, "%s is asked for, and this is %s",
                          ir_var_name(&x->m->g, x->lines.at[x->at]->grad), ir_var_name(&x->m->g, c->var));
    *node = c->node;
    return refuse_below(x, a, c->node, messages);
}

static bool is_name(const char *text) {
    while (isalnum((unsigned char)*text) || *text == '_') text++;
    return !*text;
}

/* "dW2 = .." in two: the name, "" if there is none, and what stands behind the sign. */
static const char *split(arena *a, const char *text, const char **behind) {
    size_t n = 0;
    while (isalnum((unsigned char)text[n]) || text[n] == '_') n++;
    size_t at = n + strspn(text + n, " \t");
    bool   is_line = n && text[at] == '=' && text[at + 1] != '=';
    *behind = is_line ? text + at + 1 : text;
    const char *name = arena_text(a, text, is_line ? n : 0);
    return name ? name : "";
}

dfoo_status practice_judge(const exercise *x, arena *a, const char *answer, int hint, diags *messages,
                           practice_judged *out) {
    *out = (practice_judged){.text = trimmed(a, answer), .says = ""};
    const char *behind, *left = split(a, out->text, &behind), *line = out->text;
    uint32_t    named = named_line(x, *left ? left : out->text);
    node_id     node = 0;
    if (!*out->text) return diag_alone(messages, "the answer is empty");
    if (x->kind == PRACTICE_MISTAKE && named < x->lines.n && (!*left || named != x->at)) {
        out->right = named == x->at;
        out->says = judge_name(x, a, named, out->right);
        return arena_status(a);
    }
    if (named == x->lines.n && (*left || (x->kind == PRACTICE_MISTAKE && is_name(out->text))))
        return diag_alone(messages, "%s is none of the lines: there are %s to %s", *left ? left : out->text,
                          ir_var_name(&x->m->g, x->lines.at[0]->grad),
                          ir_var_name(&x->m->g, x->lines.at[x->lines.n - 1]->grad));
    if (!*left || named == x->at)
        line = arena_format(a, "%s = %s", ir_var_name(&x->m->g, x->lines.at[x->at]->grad), behind);
    if (!line) return DFOO_ENOMEM;
    DFOO_TRY(read_line(x, a, line, messages, &node));
    return judge_node(x, a, node, hint, out);
}
