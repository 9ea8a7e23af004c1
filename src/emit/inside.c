/* What the formats share: which gradients are wanted, and bytes of texts that dfoo did not write. */
#include "emit/inside.h"

#include <string.h>

bool emit_is_listed(const bool *only, const gradient *v) {
    return v->shown && !v->given && (!only || only[v->var]);
}

bool emit_is_unreached(const derivation *d, const bool *only, var_id v) {
    return ir_var(&d->m->g, v)->kind == VAR_PARAM && !derivation_find(d, v) && (!only || only[v]);
}

bool emit_uses_size(const node *x, sym name) {
    dim d = dim_named(name);
    if (x->op == OP_SIZE) return x->ref == d;
    return x->op == OP_ONES && (x->sh.rows == d || x->sh.cols == d);
}

size_t emit_utf8(const char *text) {
    const unsigned char *s = (const unsigned char *)text;
    size_t               n = s[0] < 0x80 ? 1 : s[0] < 0xC2 ? 0 : s[0] < 0xE0 ? 2 : s[0] < 0xF0 ? 3 : s[0] < 0xF5 ? 4 : 0;
    for (size_t i = 1; i < n; i++)
        if ((s[i] & 0xC0) != 0x80) return 0;
    if (n == 3 && ((s[0] == 0xE0 && s[1] < 0xA0) || (s[0] == 0xED && s[1] > 0x9F))) return 0; /* too long; a surrogate */
    if (n == 4 && ((s[0] == 0xF0 && s[1] < 0x90) || (s[0] == 0xF4 && s[1] > 0x8F))) return 0;
    return n;
}

uint32_t emit_code_point(const char *text) {
    const unsigned char *s = (const unsigned char *)text;
    return s[0] < 0x80 || !s[1] ? s[0] : ((s[0] & 0x1FU) << 6) | (s[1] & 0x3FU);
}

const char *emit_head_line(const char **head, size_t *len) {
    const char *line = *head;
    if (!line || !*line) return NULL;
    *len = strcspn(line, "\n");
    *head = line + *len + (line[*len] == '\n');
    if (*len && line[0] == '#') {
        line++;
        --*len;
        if (*len && line[0] == ' ') {
            line++;
            --*len;
        }
    }
    return line;
}
