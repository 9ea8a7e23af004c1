/* numpy's spelling of the operations that are called, from ops.def: a name of its own, or a function
 * whose lines stand there, with those that it calls. */
#include <assert.h>
#include <ctype.h>
#include <string.h>

#include "ship/emit/numpy.h"

const char *numpy_call(op_id op) {
    return op_table[op].python ? op_table[op].name : op_table[op].numpy;
}

/* Is the name called somewhere in these lines? */
static bool calls(const char *lines, const char *name) {
    size_t len = strlen(name);
    for (const char *at = lines; (at = strstr(at, name)) != NULL; at += len) {
        bool begins = at == lines || !(isalnum((unsigned char)at[-1]) || strchr("_.", at[-1]));
        if (begins && at[len] == '(') return true;
    }
    return false;
}

/* Marks the functions that the lines of this one call; true if one of them is new. */
static bool use_what_is_called(numpy *p, const char *lines) {
    bool more = false;
    for (int op = 1; op < OP_COUNT; op++) {
        if (p->used[op] || !op_table[op].python || !calls(lines, op_table[op].name)) continue;
        p->used[op] = more = true;
    }
    return more;
}

void numpy_use(numpy *p, op_id op) {
    assert(op > OP_NONE && op < OP_COUNT);
    if (p->used[op]) return;
    p->used[op] = true;
    for (bool more = op_table[op].python != NULL; more;) {
        more = false;
        for (int f = 1; f < OP_COUNT; f++)
            if (p->used[f] && op_table[f].python) more = use_what_is_called(p, op_table[f].python) || more;
    }
}

bool numpy_needs_math(const numpy *p) {
    for (int op = 1; op < OP_COUNT; op++)
        if (p->used[op] && op_table[op].python && strstr(op_table[op].python, "math.")) return true;
    return false;
}
