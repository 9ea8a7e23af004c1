/* dfoo show: a model, or the equations by which its parameters change. */
#include "cli.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

/* A built-in model as it is written, and the summary as its comments: the output is a model. */
static void show_builtin(const char *text, const char *summary) {
    out_printf("%s\n", text);
    while (*summary) {
        size_t len = strcspn(summary, "\n");
        out_printf("%s%.*s\n", *summary == '#' ? "" : len ? "# " : "#", (int)len, summary);
        summary += len + (summary[len] == '\n');
    }
}

/* Fills all of it, if there is so much; without memory, unlike fread. */
static bool read_head(int fd, char *head, size_t size) {
    size_t n = 0;
    while (n < size) {
        ssize_t more = read(fd, head + n, size - n);
        if (more == 0 || (more < 0 && errno != EINTR)) return false;
        n += more > 0 ? (size_t)more : 0;
    }
    return true;
}

bool is_run(const char *path) {
    char head[4];
    int  fd = strcmp(path, "-") == 0 ? -1 : open(path, O_RDONLY);
    bool is = fd >= 0 && read_head(fd, head, sizeof head) && memcmp(head, "PK\3\4", 4) == 0;
    if (fd >= 0) close(fd);
    return is;
}

static char character(double code) {
    if (!(code >= 1 && code <= 255)) return ' ';
    return (char)(unsigned char)code;
}

/* How the run was asked for, which it keeps as the bytes of a text. */
static dfoo_status show_config(const char *path, const dfoo_arrays *run) {
    const dfoo_array *x = dfoo_arrays_get(run, "dfoo.config");
    if (!x || x->ndim != 1 || !x->data)
        return wrong("%s does not say how it was asked for: it is older, or no run of `dfoo train`", path);
    char *text = malloc(x->dim[0] + 1);
    if (!text) return DFOO_ENOMEM;
    for (size_t i = 0; i < x->dim[0]; i++) text[i] = character(x->data[i]);
    text[x->dim[0]] = 0;
    out_printf("%s", text);
    free(text);
    return DFOO_OK;
}

static dfoo_status show_run(dfoo *d, const char *path, bool config) {
    dfoo_arrays *run;
    char        *text = NULL;
    dfoo_status  status = dfoo_arrays_new(d, &run);
    if (status == DFOO_OK) status = dfoo_arrays_read(d, path, run);
    if (status == DFOO_OK) status = config ? show_config(path, run) : dfoo_show_run(d, run, &text);
    status = answer(d, status, text, NULL);
    dfoo_arrays_free(run);
    return status;
}

dfoo_status run_show(dfoo *d, request *r) {
    if (r->args[0] && is_run(r->args[0])) return show_run(d, r->args[0], r->config);
    if (r->config) return wrong("--config: %s is no run, the NPZ file that `dfoo train` writes", r->args[0]);
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
