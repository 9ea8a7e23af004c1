/* dfoo grade: the programs of a class, each judged; what to talk about. */
#include <dirent.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "cli.h"

/* A mistake, and in how many programs it is the first. */
typedef struct cluster {
    char   name[120];
    size_t count;
} cluster;

typedef struct grading {
    task     w;
    FILE    *report;
    cluster *clusters;
    size_t   n_clusters, n_files, n_right;
    bool     folder; /* there are others behind the file at hand */
    bool     lost;   /* memory ran out: what was counted is not whole */
} grading;

bool is_program(const char *name) {
    const char *dot = strrchr(name, '.');
    return dot && (strcmp(dot, ".py") == 0 || strcmp(dot, ".ipynb") == 0);
}

/* A spreadsheet would compute what begins with one of these. */
static bool is_formula(const char *text) {
    return *text && strchr("=+-@", *text);
}

static void put_field(FILE *f, const char *text, const char *end) {
    fputs(is_formula(text) ? "\"'" : "\"", f);
    while (*text) {
        size_t n = utf8_length(text);
        bool   line_end = *text == '\n' || *text == '\r';
        if (*text == '"') fputc('"', f);
        if (is_shown(text, n)) fwrite(text, 1, n, f);
        else if (!line_end) fprintf(f, "\\x%02X", (unsigned char)*text);
        text += is_shown(text, n) ? n : 1;
    }
    fprintf(f, "\"%s", end);
}

static void count(grading *g, const char *name) {
    for (size_t i = 0; i < g->n_clusters; i++)
        if (strcmp(g->clusters[i].name, name) == 0) {
            g->clusters[i].count++;
            return;
        }
    cluster *more = realloc(g->clusters, (g->n_clusters + 1) * sizeof *more);
    if (!more) {
        g->lost = true;
        return;
    }
    g->clusters = more;
    cluster *last = &more[g->n_clusters++];
    snprintf(last->name, sizeof last->name, "%s", name);
    last->count = 1;
}

/* "not found: db1, db2", of parameters' gradients that the program was not seen to compute; "": none is. */
static const char *missing_of(const dfoo_judgement *x, char *text, size_t size) {
    size_t len = 0;
    *text = 0;
    for (size_t i = 0; i < x->count && len < size; i++)
        if (x->lines[i].verdict == DFOO_JUDGED_MISSING)
            len += (size_t)snprintf(text + len, size - len, "%s%s", len ? ", " : "not found: ",
                                    x->lines[i].variable);
    return text;
}

static const char *verdict_of(const dfoo_judgement *x, const char *missing) {
    return !x->found ? "no gradient found" : !x->right ? "wrong" : *missing ? "incomplete" : "right";
}

static const char *mistake_of(const dfoo_judgement *x, const dfoo_judged_line *first) {
    if (x->right || !x->found) return "";
    const char *name = first ? first->mistake : x->failure_mistake;
    return name ? name : x->failure && !first ? x->failure : "not one of the known mistakes";
}

static void put_row(grading *g, const char *path, const dfoo_judgement *x) {
    const dfoo_judged_line *first = x->first < x->count ? &x->lines[x->first] : NULL;
    size_t                  line = first ? first->line : x->failure_line;
    char                    text[120];
    const char             *missing = missing_of(x, text, sizeof text);
    bool                    right = x->right && !*missing;
    put_field(g->report, path, ",");
    put_field(g->report, verdict_of(x, missing), ",");
    if (line) fprintf(g->report, "%zu", line);
    fputc(',', g->report);
    put_field(g->report, mistake_of(x, first), ",");
    put_field(g->report, first ? first->hint[DFOO_HINTS - 1] : x->failure ? x->failure : missing, "\n");
    g->n_files++;
    g->n_right += right;
    if (!right) count(g, !x->found ? "no gradient found" : x->right ? missing : mistake_of(x, first));
}

/* A file that is none is told, and the class goes on. */
static dfoo_status put_unread(grading *g, const char *path) {
    put_field(g->report, path, ",\"no text\",,,\"\"\n");
    g->n_files++;
    count(g, "no text");
    say_messages(g->w.d);
    return g->lost ? DFOO_ENOMEM : DFOO_OK;
}

static dfoo_status grade_one(grading *g, const char *path) {
    dfoo_judgement *x = NULL;
    char           *source = NULL;
    size_t          len;
    dfoo_status     status = dfoo_text_read(g->w.d, path, &source, &len);
    if (status == DFOO_EINPUT && g->folder) return put_unread(g, path);
    if (status == DFOO_OK) status = dfoo_judge(g->w.model, path, source, len, NULL, &x);
    if (x) put_row(g, path, x);
    dfoo_judgement_free(g->w.d, x);
    dfoo_text_free(g->w.d, source);
    if (status == DFOO_NO) status = DFOO_OK;
    return status == DFOO_OK && g->lost ? DFOO_ENOMEM : status;
}

static int by_name(const struct dirent **x, const struct dirent **y) {
    return strcmp((*x)->d_name, (*y)->d_name);
}

/* All programs of a folder, in the order of their names; or one file. */
static dfoo_status grade_all(grading *g, const char *path) {
    struct dirent **names;
    dfoo_status     status = DFOO_OK;
    char            file[4096];
    int             n = scandir(path, &names, NULL, by_name);
    g->folder = n >= 0;
    if (n < 0) return errno == ENOMEM ? DFOO_ENOMEM : grade_one(g, path);
    for (int i = 0; i < n; i++) {
        snprintf(file, sizeof file, "%s/%s", path, names[i]->d_name);
        if (status == DFOO_OK && is_program(names[i]->d_name)) status = grade_one(g, file);
        free(names[i]);
    }
    free(names);
    return status;
}

static int by_count(const void *x, const void *y) {
    const cluster *a = x, *b = y;
    return a->count != b->count ? (a->count < b->count ? 1 : -1) : strcmp(a->name, b->name);
}

static void say_summary(grading *g) {
    out_printf("%zu programs, %zu right\n", g->n_files, g->n_right);
    if (g->n_clusters) qsort(g->clusters, g->n_clusters, sizeof *g->clusters, by_count);
    for (size_t i = 0; i < g->n_clusters; i++)
        out_printf("%6zu  %s\n", g->clusters[i].count, g->clusters[i].name);
}

dfoo_status run_grade(dfoo *d, request *r) {
    grading     g = {.n_files = 0};
    char       *text = NULL;
    size_t      len;
    dfoo_status status = task_open(&g.w, d, r);
    if (status == DFOO_OK) {
        g.report = open_memstream(&text, &len);
        if (!g.report) status = DFOO_ENOMEM;
    }
    if (g.report) {
        fputs("program,verdict,first wrong line,mistake,hint\n", g.report);
        status = grade_all(&g, r->args[1]);
        bool whole = !ferror(g.report);
        if ((fclose(g.report) != 0 || !whole || !text) && status == DFOO_OK) status = DFOO_ENOMEM;
    }
    if (status == DFOO_OK) status = dfoo_text_write(d, r->output, text);
    if (status == DFOO_OK) say_summary(&g);
    free(g.clusters);
    free(text);
    status = answer(d, status, NULL, NULL);
    task_close(&g.w);
    return status;
}
