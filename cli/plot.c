/* dfoo plot: pictures of a trained model, of its mistakes, and of how training went. */
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "cli.h"

static const char *kind_name(const request *r) {
    return r->confusion ? "confusion" : r->kind >= 0 ? dfoo_word(DFOO_PICTURES, (size_t)r->kind) : "model";
}

static dfoo_status draw(task *w, request *r, const char *kind, char **svg) {
    r->plot.examples = &r->predict;
    if (r->log) return dfoo_plot_log(w->d, r->log, r->plot.title, svg);
    if (strcmp(kind, "model") == 0 && r->predict.data)
        return dfoo_plot_model(w->model, w->values, &r->plot, svg);
    return dfoo_plot_run(w->model, w->values, kind, &r->plot, svg);
}

static dfoo_status draw_one(task *w, request *r) {
    char       *svg = NULL;
    dfoo_status status = draw(w, r, kind_name(r), &svg);
    status = answer(w->d, status, svg, r->output);
    if (status == DFOO_OK && !is_standard(r->output)) say("the picture is in %s\n", r->output);
    return status;
}

/* -------------------------------------------------------------------- all of them */

/* The first line of what the library said, which is no mistake here. */
static void show_left_out(dfoo *d, const char *name) {
    const dfoo_message *m = NULL;
    for (size_t i = 0; !m && dfoo_message_at(d, i); i++)
        if (dfoo_message_at(d, i)->kind == DFOO_ERROR) m = dfoo_message_at(d, i);
    const char *text = m ? m->text : "";
    size_t      len = strlen(name);
    if (strncmp(text, name, len) == 0 && text[len] == ':') text += len + 2;
    if (!json_asked()) out_printf("left out: %s: %s\n", name, text);
    dfoo_messages_clear(d);
}

/* `folder`/NAME.svg; a picture that does not suit the run is left out. */
static dfoo_status draw_into(task *w, request *r, const char *folder, const char *name) {
    char       *svg = NULL;
    size_t      size = strlen(folder) + strlen(name) + 8;
    char       *path = malloc(size);
    dfoo_status status = path ? draw(w, r, name, &svg) : DFOO_ENOMEM;
    if (status == DFOO_EINPUT) show_left_out(w->d, name);
    if (status == DFOO_OK) {
        snprintf(path, size, "%s/%s.svg", folder, name);
        dfoo_messages_clear(w->d);
        status = dfoo_text_write(w->d, path, svg);
        if (status == DFOO_OK && !json_asked()) out_printf("%s\n", path);
        if (status == DFOO_OK) result_text(NULL, path);
        say_messages(w->d);
    }
    dfoo_text_free(w->d, svg);
    free(path);
    return status == DFOO_EINPUT ? DFOO_OK : status;
}

static dfoo_status draw_all(task *w, request *r) {
    dfoo_status status = DFOO_OK;
    if (mkdir(r->folder, 0777) != 0 && errno != EEXIST) return failed("make", r->folder, errno);
    result_begin("files", '[');
    for (size_t i = 0; status == DFOO_OK && dfoo_word(DFOO_PICTURES, i); i++)
        status = draw_into(w, r, r->folder, dfoo_word(DFOO_PICTURES, i));
    result_end(']');
    return status;
}

/* ------------------------------------------------------------------------- which */

static void show_kinds(const request *r) {
    const char *run = r->weights;
    out_printf("pictures of %s, as dfoo plot %s --kind NAME -o FILE.svg:\n", run, run);
    for (size_t i = 0; dfoo_word(DFOO_PICTURES, i); i++)
        out_printf("  %-17s %s\n", dfoo_word(DFOO_PICTURES, i), dfoo_word_note(DFOO_PICTURES, i));
    out_printf("All but curve and rate need --data FILE, most of them with labels.\n"
               "--all DIR draws all that suit.\n");
}

static dfoo_status find_run(request *r) {
    if (r->log) return DFOO_OK;
    if (r->args[0] && !r->weights && is_run(r->args[0])) {
        r->weights = r->args[0];
        r->args[0] = NULL;
    }
    if (r->weights) return DFOO_OK;
    return wrong("%s is no run, the NPZ file that `dfoo train` wrote: give it with --weights", r->args[0]);
}

dfoo_status run_plot(dfoo *d, request *r) {
    task        w = {.d = d};
    dfoo_status status = find_run(r);
    bool        asks = r->kind < 0 && !r->confusion && !r->folder && !r->log && !r->predict.data;
    if (status == DFOO_OK && asks && r->plot.features)
        return wrong("--features needs --data FILE: the examples to show");
    if (status == DFOO_OK) status = task_open(&w, d, r);
    if (status == DFOO_OK && asks) show_kinds(r);
    else if (status == DFOO_OK) status = r->folder ? draw_all(&w, r) : draw_one(&w, r);
    task_close(&w);
    return status;
}
