/* What a model is called on a command line. */
#include <string.h>

#include "core/lang/builtin.h"
#include "core/lang/lang.h"

void lang_put_called(const model *m, buf *out) {
    const char *name = m->src.name;
    size_t      len = strlen(name), stem = len > 3 && strcmp(name + len - 3, ".eq") == 0 ? len - 3 : 0;
    for (size_t i = 0; stem && builtin_model_names[i]; i++) {
        const char *text = builtin_model_texts[i];
        if (strlen(builtin_model_names[i]) != stem || strncmp(builtin_model_names[i], name, stem) != 0)
            continue;
        if (strlen(text) != m->src.len || memcmp(text, m->src.text, m->src.len) != 0) continue;
        buf_put(out, name, stem);
        return;
    }
    bool plain =
        name[strspn(name, "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_./-")] == 0;
    buf_printf(out, plain ? "%s" : "\"%s\"", name);
}
