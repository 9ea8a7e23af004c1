/* dfoo page: the page that holds the whole library (docs/page.md), with a model in it. It is made once, by
 * `make page`, and lies beside the program; here a model is put into it. */
#include "cli.h"

#include <stdlib.h>
#include <string.h>
#include <unistd.h>

/* Where the page is, from the folder of the program: as it is installed, as it is built. */
static const char *const places[] = {"../share/dfoo/dfoo.html", "../page/dfoo.html"};

/* The path of the page, to be freed; NULL: there is none, or no memory. */
static char *find_page(void) {
    const char *named = getenv("DFOO_PAGE");
    char        own[4096];
    if (named && *named) return strdup(named);
    ssize_t n = readlink("/proc/self/exe", own, sizeof own - 1);
    if (n <= 0) return NULL;
    own[n] = 0;
    char *slash = strrchr(own, '/');
    if (!slash) return NULL;
    slash[1] = 0;
    for (size_t i = 0; i < sizeof places / sizeof *places; i++) {
        size_t size = strlen(own) + strlen(places[i]) + 1;
        char  *path = malloc(size);
        if (!path) return NULL;
        snprintf(path, size, "%s%s", own, places[i]);
        if (access(path, R_OK) == 0) return path;
        free(path);
    }
    return NULL;
}

/* A text that is put together; the place is large enough. */
static char *put(char *to, const char *from, size_t len) {
    memcpy(to, from, len);
    return to + len;
}

/* As a string of JSON in which no tag can begin or end. */
static char *put_quoted(char *to, const char *text) {
    *to++ = '"';
    for (; *text; text++) {
        if (strchr("\"\\<>&", *text) || (unsigned char)*text < 0x20)
            to += sprintf(to, "\\u%04x", (unsigned)(unsigned char)*text);
        else *to++ = *text;
    }
    *to++ = '"';
    return to;
}

static const char begin[] = "<script id=\"model\" type=\"application/json\">", end[] = "</script>\n";

/* The page with the model in it, to be freed. NULL: said. */
static char *with_model(const char *path, const char *page, size_t len, const char *model) {
    const char *mark = "<script id=\"wasm\"", *at = strstr(page, mark);
    if (!at) {
        wrong("%s is no page of dfoo: `make page` makes one", path);
        return NULL;
    }
    char *whole = malloc(len + sizeof begin + sizeof end + 6 * strlen(model) + 3), *to = whole;
    if (!whole) {
        wrong("there is not enough memory for the page");
        return NULL;
    }
    to = put(to, page, (size_t)(at - page));
    to = put(to, begin, sizeof begin - 1);
    to = put_quoted(to, model);
    to = put(to, end, sizeof end - 1);
    to = put(to, at, len - (size_t)(at - page));
    *to = 0;
    return whole;
}

static dfoo_status write_page(const task *w, const char *path, const char *model) {
    char       *page = NULL, *whole = NULL;
    size_t      len = 0;
    dfoo_status status = dfoo_text_read(w->d, path, &page, &len);
    if (status == DFOO_OK && model) whole = with_model(path, page, len, model);
    if (status == DFOO_OK && model && !whole) status = DFOO_EINPUT;
    const char *text = model ? whole : page;
    if (status == DFOO_OK && is_standard(w->r->output)) out_printf("%s", text);
    else if (status == DFOO_OK) {
        status = dfoo_text_write(w->d, w->r->output, text);
        result_text("file", w->r->output);
    }
    free(whole);
    dfoo_text_free(w->d, page);
    return status;
}

dfoo_status run_page(dfoo *d, request *r) {
    task        w;
    char       *model = NULL, *path = find_page();
    dfoo_status status = task_open(&w, d, r);
    if (status == DFOO_OK && !path)
        status = wrong("the page is not there: `make page` makes it, `make install` puts it beside the "
                       "program; or name it in DFOO_PAGE");
    if (status == DFOO_OK && w.model) status = dfoo_model_text(w.model, &model);
    if (status == DFOO_OK) status = write_page(&w, path, model);
    if (status == DFOO_OK && !is_standard(r->output))
        say("the page is in %s: open it in a browser\n", r->output);
    dfoo_text_free(d, model);
    free(path);
    task_close(&w);
    return status;
}
