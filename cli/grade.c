/* dfoo grade: the programs of a class, each judged; what to talk about. */
#include "grade.h"

#include <assert.h>
#include <dirent.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>

typedef struct grading {
    task         w;
    graded_class all;
    bool         folder; /* there are others behind the file at hand */
} grading;

bool is_program(const char *name) {
    const char *dot = strrchr(name, '.');
    return dot && (strcmp(dot, ".py") == 0 || strcmp(dot, ".ipynb") == 0);
}

/* ----------------------------------------------------------------- one program */

/* "not found: db1, db2", of parameters' gradients that the program was not seen to compute; "": none is. */
static void find_missing(const dfoo_judgement *x, char *text, size_t size) {
    size_t len = 0;
    *text = 0;
    assert(x->lines || !x->count);
    for (size_t i = 0; i < x->count && len < size; i++)
        if (x->lines[i].verdict == DFOO_JUDGED_MISSING)
            len += (size_t)snprintf(text + len, size - len, "%s%s", len ? ", " : "not found: ",
                                    x->lines[i].variable);
}

static const char *verdict_of(const dfoo_judgement *x, const char *missing) {
    return !x->found ? "no gradient found" : !x->right ? "wrong" : *missing ? "incomplete" : "right";
}

static const char *mistake_of(const graded *p) {
    const dfoo_judgement *x = p->x;
    if (x->right || !x->found) return "";
    const char *name = p->first ? p->first->mistake : x->failure_mistake;
    return name ? name : x->failure && !p->first ? x->failure : "not one of the known mistakes";
}

/* What is told of a program, from its judgement. */
static void read_judgement(graded *p) {
    const dfoo_judgement *x = p->x;
    p->first = x->first < x->count ? &x->lines[x->first] : NULL;
    p->line = p->first ? p->first->line : x->failure_line;
    p->cell = p->first ? p->first->cell : x->failure_cell;
    find_missing(x, p->missing, sizeof p->missing);
    p->verdict = verdict_of(x, p->missing);
    p->mistake = mistake_of(p);
    p->hint = p->first ? p->first->hint[DFOO_HINTS - 1] : x->failure ? x->failure : p->missing;
    p->topic = !x->found ? p->verdict : !x->right ? p->mistake : *p->missing ? p->missing : NULL;
}

/* One more, of this path; NULL: there is no memory. */
static graded *add_program(graded_class *g, const char *path) {
    if (g->n == g->room) {
        size_t  room = g->room ? 2 * g->room : 16;
        graded *more = realloc(g->programs, room * sizeof *more);
        if (!more) return NULL;
        g->programs = more;
        g->room = room;
    }
    graded *p = &g->programs[g->n];
    *p = (graded){.path = strdup(path), .verdict = "no text", .mistake = "", .hint = "", .topic = "no text"};
    g->n += p->path != NULL;
    return p->path ? p : NULL;
}

/* A file that is none is told, and the class goes on. */
static dfoo_status grade_one(grading *g, const char *path) {
    dfoo_judgement *x = NULL;
    char           *source = NULL;
    size_t          len;
    dfoo_status     status = dfoo_text_read(g->w.d, path, &source, &len);
    bool            unread = status == DFOO_EINPUT && g->folder;
    if (unread) say_messages(g->w.d);
    if (status == DFOO_OK) status = dfoo_judge(g->w.model, path, source, len, NULL, &x);
    graded *p = x || unread ? add_program(&g->all, path) : NULL;
    if (p) p->x = x;
    else dfoo_judgement_free(g->w.d, x);
    dfoo_text_free(g->w.d, source);
    if ((x || unread) && !p) return DFOO_ENOMEM;
    return status == DFOO_NO || unread ? DFOO_OK : status;
}

/* ----------------------------------------------------------------- the class */

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
    const topic *a = x, *b = y;
    return a->count != b->count ? (a->count < b->count ? 1 : -1) : strcmp(a->name, b->name);
}

static void count_topic(graded_class *g, const graded *p) {
    assert(g->topics && p->topic);
    for (size_t i = 0; i < g->n_topics; i++)
        if (strcmp(g->topics[i].name, p->topic) == 0) {
            g->topics[i].count++;
            return;
        }
    g->topics[g->n_topics++] = (topic){p->topic, 1, p};
}

/* What was gathered, counted: from here on the programs stay where they are. */
static dfoo_status find_topics(graded_class *g) {
    g->topics = calloc(g->n + 1, sizeof *g->topics);
    if (!g->topics) return DFOO_ENOMEM;
    for (size_t i = 0; i < g->n; i++) {
        if (g->programs[i].x) read_judgement(&g->programs[i]);
        if (g->programs[i].topic) count_topic(g, &g->programs[i]);
        else g->n_right++;
    }
    qsort(g->topics, g->n_topics, sizeof *g->topics, by_count);
    return DFOO_OK;
}

/* ------------------------------------------------------------------ the report */

typedef void report_way(const graded_class *g, text *out);

static report_way *const ways[] = {class_as_csv, class_as_html, class_as_json, class_as_markdown};

static dfoo_status put_report(grading *g, const request *r) {
    text data = {0}, report = {0};
    ways[format_of(r, COMMAND_grade)](&g->all, &report);
    if (json_asked()) class_as_json(&g->all, &data);
    dfoo_status status = report.failed || data.failed || !report.at ? DFOO_ENOMEM : DFOO_OK;
    if (status == DFOO_OK) status = dfoo_text_write(g->w.d, r->output, report.at);
    if (status == DFOO_OK) result_json("grade", data.at);
    free(report.at);
    free(data.at);
    return status;
}

/* Where the report is standard output, this is beside it. */
static void say_summary(const graded_class *g, const request *r) {
    void (*tell)(const char *, ...) = is_standard(r->output) ? say : out_printf;
    tell("%zu programs, %zu right\n", g->n, g->n_right);
    for (size_t i = 0; i < g->n_topics; i++) tell("%6zu  %s\n", g->topics[i].count, g->topics[i].name);
}

static void free_class(dfoo *d, graded_class *g) {
    for (size_t i = 0; i < g->n; i++) {
        dfoo_judgement_free(d, g->programs[i].x);
        free(g->programs[i].path);
    }
    free(g->programs);
    free(g->topics);
}

dfoo_status run_grade(dfoo *d, request *r) {
    grading     g = {.folder = false};
    dfoo_status status = task_open(&g.w, d, r);
    g.all.model = base_name(r->args[0]);
    if (status == DFOO_OK) status = grade_all(&g, r->args[1]);
    if (status == DFOO_OK) status = find_topics(&g.all);
    if (status == DFOO_OK) status = put_report(&g, r);
    if (status == DFOO_OK) say_summary(&g.all, r);
    free_class(d, &g.all);
    status = answer(d, status, NULL, NULL);
    task_close(&g.w);
    return status;
}
