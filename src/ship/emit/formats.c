/* The formats of derivations. A new one is a function that writes it and a row here. */
#include "ship/emit/emit.h"

static const emit_format formats[] = {
    {{DFOO_TEXT, "text", ".eq", false, "equations in the notation of the model"}, NULL},
    {{DFOO_NUMPY, "numpy", ".py", false, "a Python module that needs numpy and nothing else"}, emit_numpy},
    {{DFOO_LATEX, "latex", ".tex", true, "an align* environment, for amsmath"}, emit_latex},
    {{DFOO_TYPST, "typst", ".typ", true, "aligned equations, for Typst"}, emit_typst},
    {{DFOO_HTML, "html", ".html", true, "a table with MathML, to be put into a page"}, emit_html},
    {{DFOO_JSON, "json", ".json", false, "equations, shapes and the forward pass as data"}, emit_json},
    {{DFOO_ASCII, NULL, ".eq", false, "as text, without signs beyond ASCII"}, NULL},
};

enum { N_FORMATS = sizeof formats / sizeof *formats };

const text_format *emit_format_at(size_t i) {
    return i < N_FORMATS ? &formats[i].as : NULL;
}

const emit_format *emit_format_find(dfoo_format format) {
    for (size_t i = 0; i < N_FORMATS; i++)
        if (formats[i].as.format == format) return &formats[i];
    return NULL;
}
