/* The formats of explanations. A new one is a file with a renderer (sheet.h) and a row here. */
#include "teach/page/sheet.h"

extern const renderer text_renderer, ascii_renderer, html_renderer, latex_renderer, typst_renderer,
    markdown_renderer, json_renderer;

static const page_format formats[] = {
    {{DFOO_TEXT, "text", ".txt", false, "for a terminal"}, &text_renderer},
    {{DFOO_HTML, "html", ".html", false, "a page with a graph of the network; it fetches nothing"},
     &html_renderer},
    {{DFOO_LATEX, "latex", ".tex", true, "prose and align* environments, for amsmath"}, &latex_renderer},
    {{DFOO_TYPST, "typst", ".typ", true, "prose and aligned equations, for Typst"}, &typst_renderer},
    {{DFOO_MARKDOWN, "markdown", ".md", false, "prose with TeX's mathematics between dollars"},
     &markdown_renderer},
    {{DFOO_JSON, "json", ".json", false, "the explanation as data"}, &json_renderer},
    {{DFOO_ASCII, NULL, ".txt", false, "as text, without signs beyond ASCII"}, &ascii_renderer},
};

enum { N_FORMATS = sizeof formats / sizeof *formats };

const text_format *page_format_at(size_t i) {
    return i < N_FORMATS ? &formats[i].as : NULL;
}

const page_format *page_format_find(dfoo_format format) {
    for (size_t i = 0; i < N_FORMATS; i++)
        if (formats[i].as.format == format) return &formats[i];
    return NULL;
}
