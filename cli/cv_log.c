/* The log of `dfoo cv`: a CSV file that grows by a line for each training. A line is written at once; the
 * last of a run that was killed may be cut off, and is left out then. The first column says which request it
 * belongs to, since a fold of other data or another seed is another training. */
#include "cv_log.h"

#include <errno.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static const char head[] = "request,point,fold,outcome,epochs,best_epoch,cost,metric,test_cost,test_metric,"
                           "score,warnings,metric_name,settings\n";

/* --------------------------------------------------------------------- key */

/* FNV-1a (Fowler, Noll, Vo). */
static uint64_t mix(uint64_t key, const char *at, size_t n) {
    for (size_t i = 0; i < n; i++) key = (key ^ (unsigned char)at[i]) * UINT64_C(1099511628211);
    return key;
}

static uint64_t mix_text(uint64_t key, const char *text) {
    return mix(key, text, strlen(text) + 1);
}

/* FILE, or the FILE of FILE:PART; NULL: there is none. */
static FILE *open_file(const char *path) {
    char  name[4096];
    FILE *file = fopen(path, "rb");
    for (const char *colon = strchr(path, ':'); !file && colon; colon = strchr(colon + 1, ':')) {
        snprintf(name, sizeof name, "%.*s", (int)(colon - path), path);
        file = fopen(name, "rb");
    }
    return file;
}

static void mix_file(void *user, const char *path, const char *by) {
    cv_log *k = user;
    char    piece[4096];
    FILE   *file = is_device(path) ? NULL : open_file(path);
    k->key = mix_text(mix_text(k->key, by), path);
    for (size_t n; file && (n = fread(piece, 1, sizeof piece, file)) > 0;) k->key = mix(k->key, piece, n);
    if (file) fclose(file);
}

static dfoo_status find_key(cv_log *k, char *const *models) {
    const command *c = command_at(COMMAND_cv);
    char          *config = config_write(c, k->r);
    if (!config) return DFOO_ENOMEM;
    k->key = mix_text(mix_text(UINT64_C(14695981039346656037), config), DFOO_VERSION);
    free(config);
    for (size_t i = 0; i < k->g->n; i++) {
        char text[POINT_SIZE];
        k->key = mix_text(mix_text(k->key, models[i]), grid_text(k->g, i, text));
    }
    EACH_OPTION(o, c)
        if (o->reads || o->may_read) option_paths(k->r, o, mix_file, k);
    k->key = mix(k->key, (const char *)&k->folds, sizeof k->folds);
    return DFOO_OK;
}

/* ------------------------------------------------------------------ reading */

static bool take_number(const char **at, double *out) {
    char *end;
    *out = strtod(*at, &end);
    bool fits = end > *at && *end == ',';
    *at = end + fits;
    return fits;
}

static bool take_word(const char **at, const char *word) {
    size_t n = strlen(word);
    bool   fits = strncmp(*at, word, n) == 0 && (*at)[n] == ',';
    if (fits) *at += n + 1;
    return fits;
}

static bool take_outcome(const char **at, trial_end *out) {
    *out = take_word(at, "done") ? DONE : take_word(at, "diverged") ? DIVERGED : NOT_YET;
    return *out != NOT_YET;
}

/* The library's own text of the name. */
static bool take_metric(const char **at, const char **out) {
    *out = NULL;
    if (take_word(at, "")) return true;
    for (size_t i = 0; dfoo_word(DFOO_METRICS, i) && !*out; i++)
        if (take_word(at, dfoo_word(DFOO_METRICS, i))) *out = dfoo_word(DFOO_METRICS, i);
    return *out;
}

static bool take_count(const char **at, double least, double most, size_t *out) {
    double x;
    if (!take_number(at, &x) || !(x >= least && x <= most)) return false;
    *out = (size_t)x;
    return true;
}

/* A whole line, up to what the settings are called. */
static bool read_line(const cv_log *k, const char *at, size_t *index, trial *out) {
    const double   most = 1e15; /* of epochs and warnings */
    dfoo_progress *last = &out->last;
    size_t         point, fold;
    char           key[20];
    *out = (trial){.last = DFOO_INIT(dfoo_progress)};
    snprintf(key, sizeof key, "%016llx", (unsigned long long)k->key);
    if (!take_word(&at, key) || !take_count(&at, 1, (double)k->g->n, &point)) return false;
    if (!take_count(&at, 1, (double)k->folds, &fold) || !take_outcome(&at, &out->end)) return false;
    *index = (point - 1) * k->folds + fold - 1;
    return take_count(&at, 0, most, &last->epoch) && take_count(&at, 0, most, &last->best_epoch) &&
           take_number(&at, &last->cost) && take_number(&at, &last->metric) &&
           take_number(&at, &last->test_cost) && take_number(&at, &last->test_metric) &&
           take_number(&at, &out->score) && take_count(&at, 0, most, &out->warnings) &&
           take_metric(&at, &last->metric_name);
}

static dfoo_status not_ours(const cv_log *k) {
    return wrong("--log %s: that file is not of this request: its model, data, options or grid are others; "
                 "name another file",
                 k->r->cv_log);
}

/* Every whole line; *len is where the last of them ends. */
static dfoo_status read_lines(const cv_log *k, const char *text, trial *trials, size_t *len) {
    const char *at = text, *end;
    if (strncmp(text, head, sizeof head - 1) != 0) return not_ours(k);
    for (at += sizeof head - 1; (end = strchr(at, '\n')); at = end + 1) {
        trial  t;
        size_t i;
        if (!read_line(k, at, &i, &t)) return not_ours(k);
        trials[i] = t;
    }
    *len = (size_t)(at - text);
    return DFOO_OK;
}

/* What is there, without what was cut off; a new file has its head. */
static dfoo_status begin(cv_log *k, trial *trials) {
    char       *text = NULL;
    size_t      len = 0;
    bool        there = access(k->r->cv_log, F_OK) == 0 && !is_device(k->r->cv_log);
    dfoo_status status = there ? dfoo_text_read(k->d, k->r->cv_log, &text, NULL) : DFOO_OK;
    if (status == DFOO_OK && there && *text) status = read_lines(k, text, trials, &len);
    if (status == DFOO_OK && len) text[len] = 0;
    if (status == DFOO_OK) status = dfoo_text_write(k->d, k->r->cv_log, len ? text : head);
    dfoo_text_free(k->d, text);
    return status;
}

dfoo_status cv_log_open(cv_log *k, char *const *models, trial *trials, size_t *n_done) {
    dfoo_status status = find_key(k, models);
    if (status == DFOO_OK) status = begin(k, trials);
    if (status != DFOO_OK) return status;
    *n_done = 0;
    for (size_t i = 0; i < k->g->n * k->folds; i++) *n_done += trials[i].end != NOT_YET;
    k->file = fopen(k->r->cv_log, "ab");
    return k->file ? DFOO_OK : failed("write", k->r->cv_log, errno);
}

/* ------------------------------------------------------------------ writing */

/* In quotes; what would end the line is shown as another sign. */
static void put_settings(FILE *file, const char *text) {
    fputc('"', file);
    for (; *text; text++) {
        if (*text == '"') fputc('"', file);
        fputc((unsigned char)*text < ' ' ? '?' : *text, file);
    }
    fputs("\"\n", file);
}

bool cv_log_add(cv_log *k, const trial *t, size_t i) {
    char                 text[POINT_SIZE];
    const dfoo_progress *x = &t->last;
    fprintf(k->file, "%016llx,%zu,%zu,%s,%zu,%zu,%.17g,%.17g,%.17g,%.17g,%.17g,%zu,%s,",
            (unsigned long long)k->key, i / k->folds + 1, i % k->folds + 1,
            t->end == DONE ? "done" : "diverged", x->epoch,
            x->best_epoch, x->cost, x->metric, x->test_cost, x->test_metric, t->score, t->warnings,
            x->metric_name ? x->metric_name : "");
    put_settings(k->file, grid_text(k->g, i / k->folds, text));
    return fflush(k->file) == 0 && !ferror(k->file);
}

void cv_log_close(cv_log *k) {
    if (k->file) fclose(k->file);
    k->file = NULL;
}
