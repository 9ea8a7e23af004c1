/* How training goes: a live line where standard error is a terminal, else a line per report. Warnings
 * that came up are said before either.
 * No colours and no escape sequences, so there is nothing for NO_COLOR to switch off. */
#include "cli.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <unistd.h>

const char *metric_text(const char *name, double value, char text[METRIC_SIZE]) {
    static const char *const parts[] = {"accuracy", "balanced-accuracy", "precision", "recall"};
    bool                     percent = false;
    for (size_t i = 0; i < COUNT_OF(parts); i++) percent |= strcmp(name, parts[i]) == 0;
    snprintf(text, METRIC_SIZE, percent ? "%.2f%%" : "%.4g", percent ? 100 * value : value);
    return text;
}

progress progress_start(dfoo *d, bool lines) {
    const char *terminal = getenv("TERM");
    bool        moves = terminal && *terminal && strcmp(terminal, "dumb") != 0 && isatty(STDERR_FILENO);
    return (progress){.d = d, .live = !lines && moves};
}

/* ------------------------------------------------------------------ a line per report */

/* "cost 0.1234     accuracy 97.20%" in columns of fixed width. */
static void put_scores(const dfoo_progress *now, double cost, double metric) {
    char text[METRIC_SIZE];
    fprintf(stderr, "cost %-11.6g", cost);
    if (now->metric_name && !isnan(metric))
        fprintf(stderr, "  %s %-8s", now->metric_name, metric_text(now->metric_name, metric, text));
}

static void show_line(const dfoo_progress *now) {
    int width = snprintf(NULL, 0, "%zu", now->epochs);
    fprintf(stderr, "epoch %*zu of %zu: ", width, now->epoch, now->epochs);
    put_scores(now, now->cost, now->metric);
    if (!isnan(now->test_cost)) {
        fputs("  test: ", stderr);
        put_scores(now, now->test_cost, now->test_metric);
    }
    fprintf(stderr, "  (%.1f s)\n", now->seconds);
}

/* ----------------------------------------------------------------------- the live line */

/* The parts of the line, in their order. */
enum { HEAD, COST, METRIC, TEST_COST, TEST_METRIC, LEFT, SPEED, N_PARTS, PART_SIZE = 64 };

typedef struct parts {
    char text[N_PARTS][PART_SIZE]; /* "": is not there */
} parts;

static size_t columns(void) {
    const char    *given = getenv("COLUMNS");
    uint64_t       n;
    struct winsize size;
    if (given && parse_whole(given, &n) && n > 0 && n < 10000) return (size_t)n;
    return ioctl(STDERR_FILENO, TIOCGWINSZ, &size) == 0 && size.ws_col ? size.ws_col : 80;
}

static double part_done(const dfoo_progress *now) {
    return now->epochs ? ((double)now->epoch + now->within) / (double)now->epochs : 0;
}

static void write_head(const dfoo_progress *now, bool bar, char *text) {
    enum { BAR = 12 };
    int done = (int)(part_done(now) * BAR), len = 0;
    if (done > BAR) done = BAR;
    if (bar) len = snprintf(text, PART_SIZE, "[%.*s%*s] ", done, "############", BAR - done, "");
    snprintf(text + len, (size_t)(PART_SIZE - len), "%zu/%zu", now->epoch, now->epochs);
}

/* "1:05:09 left", from the pace since the first report; not before that can be told. */
static void write_left(const progress *p, const dfoo_progress *now, char *text) {
    double part = part_done(now), seconds = now->seconds - p->first_seconds;
    if (seconds < 1 || part <= p->first_part || part >= 1) return;
    double left = seconds / (part - p->first_part) * (1 - part);
    if (left > 1e7) return;
    unsigned s = (unsigned)(left + 0.5);
    if (s < 3600)
        snprintf(text, PART_SIZE, "%u:%02u left", s / 60, s % 60);
    else
        snprintf(text, PART_SIZE, "%u:%02u:%02u left", s / 3600, s / 60 % 60, s % 60);
}

/* "12.3k examples/s" */
static void write_speed(double speed, char *text) {
    static const char *const units[] = {"", "k", "M", "G"};
    size_t                   unit = 0;
    if (!(speed > 0 && speed < 1e12)) return;
    for (; speed >= 999.5 && unit + 1 < COUNT_OF(units); unit++) speed /= 1000;
    snprintf(text, PART_SIZE, "%.3g%s examples/s", speed, units[unit]);
}

static void write_metric(const dfoo_progress *now, const char *name, double value, char *text) {
    char metric[METRIC_SIZE];
    if (!now->metric_name || isnan(value)) return;
    snprintf(text, PART_SIZE, "%s%s", name, metric_text(now->metric_name, value, metric));
}

static void write_parts(const progress *p, const dfoo_progress *now, parts *out) {
    *out = (parts){{{0}}};
    write_head(now, true, out->text[HEAD]);
    if (!isnan(now->cost)) snprintf(out->text[COST], PART_SIZE, "cost %.6g", now->cost);
    if (now->metric_name && !isnan(now->metric)) {
        char name[METRIC_SIZE];
        snprintf(name, sizeof name, "%.20s ", now->metric_name);
        write_metric(now, name, now->metric, out->text[METRIC]);
    }
    if (!isnan(now->test_cost)) snprintf(out->text[TEST_COST], PART_SIZE, "test %.6g", now->test_cost);
    write_metric(now, "", now->test_metric, out->text[TEST_METRIC]);
    write_left(p, now, out->text[LEFT]);
    write_speed(now->examples_per_second, out->text[SPEED]);
}

/* The parts that are there, two spaces apart. */
static size_t join(const parts *x, char *line, size_t size) {
    size_t len = 0;
    line[0] = 0;
    for (int i = 0; i < N_PARTS; i++) {
        if (!x->text[i][0] || len >= size) continue;
        len += (size_t)snprintf(line + len, size - len, "%s%s", i ? "  " : "", x->text[i]);
    }
    return len;
}

/* What does not fit is left out, the least important first; at last the line is cut. The last
 * column stays free: terminals differ in what they do behind it. */
static size_t fit(const dfoo_progress *now, parts *x, char *line, size_t size, size_t room) {
    static const int order[] = {SPEED, TEST_METRIC, TEST_COST, METRIC, LEFT};
    size_t           len = join(x, line, size);
    for (size_t i = 0; i < COUNT_OF(order) && len > room; i++) {
        x->text[order[i]][0] = 0;
        len = join(x, line, size);
    }
    if (len > room) {
        write_head(now, false, x->text[HEAD]);
        len = join(x, line, size);
    }
    if (len > room) line[len = room] = 0;
    return len;
}

static void show_live(progress *p, const dfoo_progress *now) {
    char   line[N_PARTS * PART_SIZE];
    parts  x;
    size_t width = columns();
    write_parts(p, now, &x);
    size_t len = fit(now, &x, line, sizeof line, width > 1 ? width - 1 : 0);
    size_t rest = p->width > len ? p->width - len : 0;
    if (len + rest >= width) rest = width > len + 1 ? width - len - 1 : 0; /* the window became narrower */
    fprintf(stderr, "\r%s%*s", line, (int)rest, "");
    fflush(stderr);
    p->width = len;
}

/* ------------------------------------------------------------------------------ both */

void progress_say(progress *p) {
    if (!*dfoo_messages(p->d)) return;
    progress_clear(p);
    say_messages(p->d);
}

void progress_show(void *user, const dfoo_progress *now) {
    progress *p = user;
    progress_say(p);
    if (!p->began) {
        p->began = true;
        p->first_part = part_done(now);
        p->first_seconds = now->seconds;
    }
    if (p->live)
        show_live(p, now);
    else
        show_line(now);
}

void progress_clear(progress *p) {
    if (p->width) fprintf(stderr, "\r%*s\r", (int)p->width, "");
    p->width = 0;
}
