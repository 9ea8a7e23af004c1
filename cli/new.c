/* dfoo new: a model file from a list of layers. */
#include "cli.h"

#include <string.h>
#include <unistd.h>

/* A file that is there is left alone: somebody may have worked on it. */
static dfoo_status write_file(dfoo *d, const request *r, const char *text) {
    if (!r->force && access(r->output, F_OK) == 0 && !is_device(r->output))
        return wrong("%s is there already, and it is left alone; name another file, or say --force",
                     r->output);
    return dfoo_text_write(d, r->output, text);
}

/* nets/mine.eq is called mine. */
static const char *model_name(const char *path, char *text, size_t size) {
    const char *name = base_name(path);
    snprintf(text, size, "%.*s", (int)(strlen(name) - (ends_with(name, ".eq") ? 3 : 0)), name);
    return text;
}

dfoo_status run_new(dfoo *d, request *r) {
    char  name[256];
    char *text = NULL;
    bool  to_file = !is_standard(r->output);
    if (to_file && !r->created.name) r->created.name = model_name(r->output, name, sizeof name);
    dfoo_status status = dfoo_new_model(d, &r->created, &text);
    if (status != DFOO_OK || !to_file) return answer(d, status, text, NULL);
    status = write_file(d, r, text);
    dfoo_text_free(d, text);
    result_text("file", r->output);
    if (status == DFOO_OK) say("the model is in %s; next: dfoo derive %s\n", r->output, r->output);
    return status;
}
