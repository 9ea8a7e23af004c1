/* dfoo check: the model's gradients against finite differences, or a learner's program against the model. */
#include <stdlib.h>
#include <string.h>

#include "cli.h"

/* The same as data. */
static void add_json(const task *w, const dfoo_check_options *asked) {
    dfoo_check_options how = *asked;
    char              *text = NULL;
    how.format = DFOO_JSON;
    dfoo_status status = json_asked() ? dfoo_check(w->model, &how, &text) : DFOO_OK;
    if (status <= DFOO_NO) result_json("check", text);
    if (status == DFOO_ENOMEM) json_lost();
    dfoo_text_free(w->d, text);
}

/* --hint, else DFOO_HINT, else 3. */
static dfoo_status find_hint(const request *r, int *out) {
    const char *text = getenv("DFOO_HINT");
    *out = r->hint >= 0 ? r->hint % 4 + 1 : 0; /* a word, or its number */
    if (*out || !text || !*text) return DFOO_OK;
    if (strlen(text) != 1 || *text < '1' || *text > '4')
        return wrong("DFOO_HINT is 1, 2, 3 or 4, not \"%s\"", text);
    *out = *text - '0';
    return DFOO_OK;
}

/* --format, by the number of its word. */
static const dfoo_format formats[] = {DFOO_TEXT, DFOO_JSON, DFOO_HTML, DFOO_MARKDOWN};

/* Into the file, or to standard output. */
static dfoo_status tell_judgement(const task *w, const request *r, const char *text) {
    if (is_standard(r->output)) {
        out_printf("%s", text);
        return DFOO_OK;
    }
    dfoo_status status = dfoo_text_write(w->d, r->output, text);
    if (status == DFOO_OK) result_text("file", r->output);
    return status;
}

/* With --json as data, and in its own format if there is a file for it. */
static dfoo_status judge_source(const task *w, const char *source, size_t len, dfoo_judge_options *how) {
    const request  *r = w->r;
    dfoo_judgement *x = NULL;
    dfoo_status     status = DFOO_OK, told = DFOO_OK;
    for (int data = json_asked(); data >= 0; data--) {
        if (!data && json_asked() && !r->output) break;
        how->format = data ? DFOO_JSON : formats[format_of(r, COMMAND_check)];
        status = dfoo_judge(w->model, r->against, source, len, how, &x);
        if (x && data) result_json("judgement", x->text);
        else if (x) told = tell_judgement(w, r, x->text);
        dfoo_judgement_free(w->d, x);
    }
    return told != DFOO_OK ? told : status;
}

static dfoo_status judge(const task *w, const request *r) {
    dfoo_judge_options how = r->judge;
    size_t             len;
    char              *source = NULL;
    dfoo_status        status = find_hint(r, &how.hint);
    if (status == DFOO_OK) status = dfoo_text_read(w->d, r->against, &source, &len);
    if (status != DFOO_OK) return status;
    how.seed = r->check.seed;
    how.show = r->show_matrices;
    status = judge_source(w, source, len, &how);
    dfoo_text_free(w->d, source);
    return status;
}

static bool ends_in(const char *path, const char *ending) {
    const char *end = strrchr(path, '.');
    return end && strcmp(end, ending) == 0;
}

static bool is_arrays(const char *path) {
    return ends_in(path, ".npz") || ends_in(path, ".h5") || ends_in(path, ".hdf5");
}

static dfoo_status read_arrays(dfoo *d, const char *path, dfoo_arrays **out) {
    dfoo_status status = dfoo_arrays_new(d, out);
    return status == DFOO_OK ? dfoo_arrays_read(d, path, *out) : status;
}

/* Equations or arrays. */
static dfoo_status diagnose(const task *w, char **text) {
    const request        *r = w->r;
    dfoo_diagnose_options how = DFOO_INIT(dfoo_diagnose_options);
    dfoo_arrays          *answers = NULL;
    char                 *equations = NULL, *data = NULL;
    dfoo_status           status = find_hint(r, &how.hint);
    how.values = w->values;
    how.name = r->against;
    how.show = r->show_matrices;
    how.seed = r->check.seed;
    how.format = formats[format_of(r, COMMAND_check)];
    if (status == DFOO_OK)
        status = is_arrays(r->against) ? read_arrays(w->d, r->against, &answers)
                                       : dfoo_text_read(w->d, r->against, &equations, NULL);
    how.answers = answers;
    how.equations = equations;
    if (status == DFOO_OK) status = dfoo_diagnose(w->model, &how, text);
    how.format = DFOO_JSON;
    dfoo_status told = *text && json_asked() ? dfoo_diagnose(w->model, &how, &data) : DFOO_OK;
    if (told <= DFOO_NO) result_json("diagnosis", data);
    if (told == DFOO_ENOMEM) json_lost();
    dfoo_text_free(w->d, data);
    dfoo_arrays_free(answers);
    dfoo_text_free(w->d, equations);
    return status;
}

static dfoo_status run_plain(const task *w, char **text) {
    dfoo_check_options how = w->r->check;
    how.values = w->values;
    how.format = format_of(w->r, COMMAND_check) == 1 ? DFOO_JSON : DFOO_TEXT;
    dfoo_status status = dfoo_check(w->model, &how, text);
    if (*text) add_json(w, &how);
    return status;
}

static dfoo_status run_on_model(dfoo *d, request *r, char **text) {
    task        w;
    bool        mine = r->against && (is_arrays(r->against) || ends_in(r->against, ".eq"));
    dfoo_status status = task_open(&w, d, r);
    if (status == DFOO_OK) status = mine         ? diagnose(&w, text)
                                    : r->against ? judge(&w, r)
                                                 : run_plain(&w, text);
    task_close(&w);
    return status;
}

/* What the ending chooses has to be there: pages tell of --against FILE, and the list is a text. */
static dfoo_status fits_format(const request *r) {
    int format = format_of(r, COMMAND_check);
    if (r->against || format == r->format || format < (r->list ? 1 : 2)) return DFOO_OK;
    return r->list ? wrong("-o %s: the list is a text; name it FILE.txt", r->output)
                   : wrong("-o %s: a page belongs to --against FILE; without it name FILE.txt or FILE.json",
                           r->output);
}

dfoo_status run_check(dfoo *d, request *r) {
    char       *text = NULL;
    dfoo_status fits = fits_format(r);
    if (fits != DFOO_OK) return fits;
    dfoo_status status = r->list ? dfoo_mistakes(d, &text) : run_on_model(d, r, &text);
    return answer(d, status, text, r->output);
}
