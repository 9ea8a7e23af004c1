/* Variables that a call is given although the model has an equation for them: an intermediate value, a
 * gradient. What is given stands for its name in every line that is shown, and so in every line that is run;
 * its own line is not. */
#include "api/api.h"

bool *work_flags(work *w) {
    return arena_new(&w->a, w->m.g.vars.n * 6 + 8); /* a gradient, copies, and how each changes */
}

dfoo_status work_read_given(work *w, const char *list, bool **given) {
    dfoo_status status = DFOO_OK;
    *given = work_flags(w);
    if (!*given) return DFOO_ENOMEM;
    for (const char *name; (name = work_word(w, &list));) {
        var_id v = work_find_exactly(w, name);
        if (v) (*given)[v] = true;
        else status = DFOO_EINPUT;
    }
    DFOO_TRY(arena_status(&w->a));
    return status;
}

dfoo_status work_leave_out(work *w, const bool *given, const program *all, program *run) {
    for (uint32_t i = 0; i < all->list.n; i++) {
        const stmt *s = &all->list.at[i];
        if (!given[s->var]) DFOO_TRY(program_add(&w->m.g, run, s->var, s->node, s->at));
    }
    return DFOO_OK;
}
