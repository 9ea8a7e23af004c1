/* What a mistyped name may have meant: the known name at the smallest edit distance. */
#include <string.h>

#include "lang/reader.h"

enum { LONGEST = 40 };

/* Levenshtein's distance, with letters of another case at half the price of others:
 * twice the number of edits. */
static unsigned distance(const char *a, const char *b) {
    size_t n = strlen(a), k = strlen(b);
    if (n > LONGEST || k > LONGEST) return 2 * LONGEST;
    unsigned row[LONGEST + 1];
    for (size_t j = 0; j <= k; j++) row[j] = (unsigned)(2 * j);
    for (size_t i = 1; i <= n; i++) {
        unsigned diagonal = row[0];
        row[0] = (unsigned)(2 * i);
        for (size_t j = 1; j <= k; j++) {
            unsigned swap = a[i - 1] == b[j - 1] ? 0 : (a[i - 1] ^ b[j - 1]) == 32 ? 1 : 2;
            unsigned best = diagonal + swap;
            diagonal = row[j];
            if (row[j] + 2 < best) best = row[j] + 2;
            if (row[j - 1] + 2 < best) best = row[j - 1] + 2;
            row[j] = best;
        }
    }
    return row[k];
}

typedef struct candidate {
    const char *name;
    unsigned    distance;
} candidate;

static void consider(candidate *best, const char *wanted, const char *name) {
    unsigned d = distance(wanted, name);
    if (d < best->distance) *best = (candidate){name, d};
}

const char *lang_closest_name(reader *r, sym name, bool functions) {
    const char *wanted = symbols_name(r->p.names, name);
    unsigned    most = strlen(wanted) > 4 ? 5 : 3; /* two edits in a long name, one in a short */
    candidate   best = {NULL, most};
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
