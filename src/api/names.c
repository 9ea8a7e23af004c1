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

/* Says that there is no such variable, or no such gradient: which one may be meant, and which there are. */
static var_id refuse_name(work *w, const char *name, bool gradients) {
    const ir    *g = &w->m.g;
    text_near    near = {.wrong = name, .most = 2 + (unsigned)strlen(name) / 3};
    size_t       n = 0;
    const char **names = arena_new(&w->a, g->vars.n * sizeof *names);
    diag_alone(&w->messages, "%s has no variable '%s'", w->m.src.name, name);
    for (var_id v = 1; names && v < g->vars.n; v++) {
        const char *of = ir_var_name(g, v);
        if (gradients ? !ir_var(g, v)->gradient : strchr(of, '(') != NULL) continue;
        names[n] = gradients ? arena_format(&w->a, "d%s", of) : of;
        if (!names[n]) return 0;
        text_try(&near, names[n++]);
    }
    if (near.best) diag_note(&w->messages, "did you mean %s?", near.best);
    if (n) diag_note(&w->messages, "there are: %s", text_list(&w->a, names, n));
    return 0;
}

var_id work_find_exactly(work *w, const char *name) {
    var_id v = ir_find_var(&w->m.g, symbols_find(&w->names, name, strlen(name)));
    return v ? v : refuse_name(w, name, false);
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
    var_id found = work_look(w, name);
    return found ? found : refuse_name(w, name, true);
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
