/* Which names are functions': of the notation, of numpy, of the file at hand; and which of them a model's own
 * names hide. */
#include <string.h>

#include "core/lang/reader.h"

/* Words that are no operations, and may be hidden as those of ops.def may that came late. */
static bool is_late_word(const char *text) {
    return strcmp(text, "eye") == 0 || strcmp(text, "outer") == 0;
}

bool lang_is_function(const reader *r, sym name) {
    const char *text = symbols_name(r->p.names, name);
    op_id       op = op_find(text);
    bool        known = ir_find_var(r->g, name) || lang_is_size_name(r, name) || lang_is_broken(r, name);
    if (model_function(r->m, name)) return true;
    if (is_late_word(text)) return !known;
    return op ? !op_may_be_hidden(op) || !known : lang_is_numpy_name(text);
}

bool lang_may_be_hidden(const char *function) {
    return is_late_word(function) || op_may_be_hidden(op_find(function));
}
