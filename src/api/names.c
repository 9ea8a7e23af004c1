/* Names: the words of lists that a caller gives, the variables that they mean, and lists in words. */
#include <ctype.h>
#include <string.h>

#include "api/api.h"

static bool same_name(const char *a, const char *b, bool any_case) {
    for (; *a && *b; a++, b++) {
        while (*a == '[' || *a == ']') a++;
        if (!*a) break;
        if (*a != *b && !(any_case && tolower((unsigned char)*a) == tolower((unsigned char)*b))) return false;
    }
    while (*a == ']') a++;
    return !*a && !*b;
}

const char *work_word(work *w, const char **list) {
    if (!*list) return NULL;
    *list += strspn(*list, ", ");
    size_t      len = strcspn(*list, ", ");
    const char *word = len ? arena_text(&w->a, *list, len) : NULL;
    *list += len;
    return word;
}

static void note_names(work *w) {
    const ir *g = &w->m.g;
    buf       list;
    buf_init(&list, w->a.mem);
    for (var_id v = 1; v < g->vars.n; v++)
        if (!strchr(ir_var_name(g, v), '('))
            buf_printf(&list, "%s%s", list.len ? ", " : "", ir_var_name(g, v));
    if (list.text) diag_note(&w->messages, "there are: %s", list.text);
    buf_free(&list);
}

var_id work_find_exactly(work *w, const char *name) {
    var_id v = ir_find_var(&w->m.g, symbols_find(&w->names, name, strlen(name)));
    if (v) return v;
    diag_alone(&w->messages, "%s has no variable '%s'", w->m.src.name, name);
    note_names(w);
    return 0;
}

var_id work_look(const work *w, const char *name) {
    const ir *g = &w->m.g;
    for (int any_case = 0; any_case < 2; any_case++) {
        for (var_id v = 1; v < g->vars.n; v++) {
            const variable *x = ir_var(g, v);
            if (strchr(ir_var_name(g, v), '(')) continue;
            if (same_name(name, ir_var_name(g, v), any_case != 0)) return x->kind == VAR_GRADIENT ? x->of : v;
        }
    }
    return 0;
}

var_id work_find(work *w, const char *name) {
    const ir *g = &w->m.g;
    var_id    found = work_look(w, name);
    if (found) return found;
    diag_alone(&w->messages, "%s has no variable '%s'", w->m.src.name, name);
    buf list;
    buf_init(&list, w->a.mem);
    for (var_id v = 1; v < g->vars.n; v++)
        if (ir_var(g, v)->gradient)
            buf_printf(&list, "%sd%s", list.len ? ", " : "", ir_var_name(g, v));
    if (list.text) diag_note(&w->messages, "there are: %s", list.text);
    buf_free(&list);
    return 0;
}

/* "text, html or json": the names of a list, or of those that are whole documents. */
static const char *format_names(arena *a, text_formats *list, bool standalone) {
    const char *names = NULL, *last = NULL;
    for (size_t i = 0; list(i) && list(i)->name; i++) {
        if (standalone && !list(i)->standalone) continue;
        names = !last ? NULL : names ? arena_format(a, "%s, %s", names, last) : last;
        last = list(i)->name;
    }
    names = names ? arena_format(a, "%s or %s", names, last) : last;
    return names ? names : "";
}

dfoo_status work_check_format(work *w, const char *what, text_formats *list, dfoo_format format,
                              bool standalone) {
    const text_format *row;
    size_t             i = 0;
    while ((row = list(i)) && row->format != format) i++;
    const char *names = format_names(&w->a, list, row != NULL);
    DFOO_TRY(arena_status(&w->a));
    if (!row) return diag_alone(&w->messages, "there is no such format: %s come as %s", what, names);
    if (!standalone || row->standalone) return DFOO_OK;
    return diag_alone(&w->messages, "standalone belongs to the format %s", names);
}
