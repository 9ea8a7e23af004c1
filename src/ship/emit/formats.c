/* The formats of derivations. A new one is a function that writes it and a row here. */
#include "ship/emit/emit.h"

static const emit_format formats[] = {
    {DFOO_TEXT, "text", ".eq", false, "in the notation of the model", NULL},
    {DFOO_ASCII, NULL, ".eq", false, "the same", NULL},
    {DFOO_NUMPY, "numpy", ".py", false, "a Python module", emit_numpy},
    {DFOO_LATEX, "latex", ".tex", true, "align*", emit_latex},
    {DFOO_TYPST, "typst", ".typ", true, "an aligned equation", emit_typst},
    {DFOO_JSON, "json", ".json", false, "for programs", emit_json},
};

enum { N_FORMATS = sizeof formats / sizeof *formats };

const emit_format *emit_format_at(size_t i) {
    return i < N_FORMATS ? &formats[i] : NULL;
}

const emit_format *emit_format_find(dfoo_format format) {
    size_t i = 0;
    while (i < N_FORMATS && formats[i].format != format) i++;
    return emit_format_at(i);
}
