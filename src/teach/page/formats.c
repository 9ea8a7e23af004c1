/* The formats of explanations. A new one is a file with a renderer (sheet.h) and a row here. */
#include "teach/page/sheet.h"

extern const renderer text_renderer, ascii_renderer, html_renderer, latex_renderer, typst_renderer,
    markdown_renderer, json_renderer;

static const page_format formats[] = {
    {DFOO_TEXT, "text", ".txt", false, "plain text", &text_renderer},
    {DFOO_ASCII, NULL, ".txt", false, "plain text, ASCII only", &ascii_renderer},
    {DFOO_HTML, "html", ".html", false, "one page, nothing is fetched", &html_renderer},
    {DFOO_LATEX, "latex", ".tex", true, "aligned equations, for amsmath", &latex_renderer},
    {DFOO_TYPST, "typst", ".typ", true, "aligned equations, for Typst", &typst_renderer},
    {DFOO_MARKDOWN, "markdown", ".md", false, "with TeX's $..$", &markdown_renderer},
    {DFOO_JSON, "json", ".json", false, "the explanation as data", &json_renderer},
};

enum { N_FORMATS = sizeof formats / sizeof *formats };

const page_format *page_format_at(size_t i) {
    return i < N_FORMATS ? &formats[i] : NULL;
}

const page_format *page_format_find(dfoo_format format) {
    size_t i = 0;
    while (i < N_FORMATS && formats[i].format != format) i++;
    return page_format_at(i);
}
