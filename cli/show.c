/* dfoo show: a model, or the equations by which its parameters change. */
#include "cli.h"

#include <string.h>

/* A built-in model as it is written, and the summary as its comments: the output is a model. */
static void show_builtin(const char *text, const char *summary) {
    out_printf("%s\n", text);
    while (*summary) {
        size_t len = strcspn(summary, "\n");
        out_printf("%s%.*s\n", *summary == '#' ? "" : len ? "# " : "#", (int)len, summary);
        summary += len + (summary[len] == '\n');
    }
}

dfoo_status run_show(dfoo *d, request *r) {
    const char *name = r->args[0];
    const char *builtin = name && !r->show.plan && !r->settings.n ? builtin_of(name) : NULL;
    char       *text = NULL;
    task        w;
    dfoo_status status = task_open(&w, d, r);
    if (status == DFOO_OK)
        status = name ? dfoo_show(w.model, &r->show, &text) : dfoo_show_optimizer(d, &r->train, &text);
    if (status == DFOO_OK && builtin) {
        show_builtin(builtin, text);
        dfoo_text_free(d, text);
        text = NULL;
    }
    status = answer(d, status, text, NULL);
    task_close(&w);
    return status;
}
