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

/* Is a name of one letter the other in large or small letters? */
static bool is_other_case(const char *a, const char *b) {
    return a[0] && !a[1] && b[0] && !b[1] && (a[0] ^ b[0]) == 0x20;
}

static void consider(candidate *best, const char *wanted, const char *name) {
    unsigned d = text_distance(wanted, name);
    bool     letter = wanted[0] && !wanted[1];
    if (letter && !is_other_case(wanted, name)) return; /* Y is not X mistyped, */
    if (strlen(wanted) == 2 && (wanted[0] | 0x20) != (name[0] | 0x20)) return; /* nor b1 W1 */
    if (d < best->distance) *best = (candidate){name, d};
}

static const struct {
    meant_where where;
    const char *word, *hint;
} meant[] = {
#define MEANT(WHERE, WORD, HINT) {MEANT_##WHERE, WORD, HINT},
#include "core/lang/meant.def"
#undef MEANT
};

bool lang_meant(reader *r, meant_where where, const char *word) {
    for (size_t i = 0; i < sizeof meant / sizeof *meant; i++) {
        if (meant[i].where != where || strcmp(meant[i].word, word) != 0) continue;
        diag_note(r->d, "%s", meant[i].hint);
        return true;
    }
    return false;
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
