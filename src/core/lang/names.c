/* The names that there are, in the notation and in a model so far, and what a mistyped one may have meant:
 * the known name at the smallest edit distance. */
#include <assert.h>
#include <string.h>

#include "core/lang/reader.h"

bool lang_is_broken(const reader *r, sym name) {
    for (uint32_t i = 0; i < r->broken.n; i++)
        if (r->broken.at[i] == name) return true;
    return false;
}

bool lang_is_size_name(const reader *r, sym name) {
    for (uint32_t i = 0; i < r->m->size_names.n; i++)
        if (r->m->size_names.at[i] == name) return true;
    return false;
}

typedef struct candidate {
    const char *name;
    unsigned    distance;
} candidate;

static void consider(candidate *best, const char *wanted, const char *name) {
    unsigned d = text_distance(wanted, name);
    if (d < best->distance) *best = (candidate){name, d};
}

/* Nothing yet, and at most two edits in a long name, one in a short. */
static candidate none_yet(const char *wanted) {
    return (candidate){NULL, strlen(wanted) > 4 ? 5 : 3};
}

const char *lang_closest_word(const reader *r, sym name, const char *(*word)(size_t i)) {
    const char *wanted = symbols_name(r->p.names, name);
    candidate   best = none_yet(wanted);
    for (size_t i = 0; word(i); i++) consider(&best, wanted, word(i));
    return best.name;
}

const char *lang_closest_name(reader *r, sym name, bool functions) {
    assert(name);
    const char *wanted = symbols_name(r->p.names, name);
    candidate   best = none_yet(wanted);
    if (functions) {
        for (int op = 1; op < OP_COUNT; op++)
            if (op_find(op_table[op].name) == (op_id)op) consider(&best, wanted, op_table[op].name);
        for (uint32_t i = 0; i < r->m->functions.n; i++)
            consider(&best, wanted, symbols_name(r->p.names, r->m->functions.at[i].name));
    } else {
        for (var_id v = 1; v < r->g->vars.n; v++)
            if (ir_var(r->g, v)->kind != VAR_GRADIENT) consider(&best, wanted, ir_var_name(r->g, v));
        for (uint32_t i = 0; i < r->m->size_names.n; i++)
            consider(&best, wanted, symbols_name(r->p.names, r->m->size_names.at[i]));
    }
    return best.name;
}

bool lang_function_at(size_t i, lang_word *out) {
    for (int op = 1; op < OP_COUNT; op++) {
        const op_info *info = &op_table[op];
        if (op_find(info->name) != (op_id)op || !info->note[0] || i-- > 0) continue;
        *out = (lang_word){info->name, info->note};
        return true;
    }
    return false;
}

bool lang_start_at(size_t i, lang_word *out) {
    if (i + 1 >= START_COUNT) return false;
    *out = (lang_word){start_table[i + 1].name, start_table[i + 1].note};
    return true;
}
