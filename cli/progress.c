/* How training goes: a live line where standard error is a terminal, else a line per report.
 * No colours and no escape sequences, so there is nothing for NO_COLOR to switch off. */
#include "cli.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

const char *metric_text(const char *name, double value, char text[METRIC_SIZE]) {
    bool percent = strcmp(name, "accuracy") == 0;
    snprintf(text, METRIC_SIZE, percent ? "%.2f%%" : "%.4g", percent ? 100 * value : value);
    return text;
}

progress progress_start(bool lines) {
    const char *terminal = getenv("TERM");
    bool        moves = terminal && strcmp(terminal, "dumb") != 0 && isatty(STDERR_FILENO);
    return (progress){.live = !lines && moves};
}

/* "cost 0.1234, accuracy 97.20%; test: cost 0.1402, accuracy 96.00%" */
static size_t numbers(const dfoo_progress *now, char *text, size_t size) {
    char   metric[METRIC_SIZE];
    size_t len = (size_t)snprintf(text, size, "cost %.6g", now->cost);
    if (now->metric_name && !isnan(now->metric) && len < size) {
        len += (size_t)snprintf(text + len, size - len, ", %s %s", now->metric_name,
                                metric_text(now->metric_name, now->metric, metric));
    }
    if (isnan(now->test_cost) || len >= size) return len;
    len += (size_t)snprintf(text + len, size - len, "; test: cost %.6g", now->test_cost);
    if (now->metric_name && !isnan(now->test_metric) && len < size) {
        len += (size_t)snprintf(text + len, size - len, ", %s %s", now->metric_name,
                                metric_text(now->metric_name, now->test_metric, metric));
    }
    return len;
}

static void show_live(progress *p, const dfoo_progress *now) {
    enum { BAR = 12 };
    char   text[160], line[80]; /* a line that fits the smallest usual terminal */
    double part = now->epochs ? (double)now->epoch / (double)now->epochs : 0;
    int    done = (int)(part * BAR);
    numbers(now, text, sizeof text);
    int len = snprintf(line, sizeof line, "[%.*s%*s] %zu/%zu  %s", done, "############", BAR - done, "",
                       now->epoch, now->epochs, text);
    if (len > (int)sizeof line - 1) len = (int)sizeof line - 1;
    int rest = p->width > (size_t)len ? (int)p->width - len : 0;
    fprintf(stderr, "\r%s%*s", line, rest, "");
    fflush(stderr);
    p->width = (size_t)len;
}

void progress_say(progress *p) {
    if (!*dfoo_messages(p->d)) return;
    progress_clear(p);
    say_messages(p->d);
}

void progress_show(void *user, const dfoo_progress *now) {
    progress *p = user;
    char      text[160];
    progress_say(p);
    if (p->live) {
        show_live(p, now);
        return;
    }
    numbers(now, text, sizeof text);
    fprintf(stderr, "epoch %zu of %zu: %s  (%.1f s)\n", now->epoch, now->epochs, text, now->seconds);
}

void progress_clear(progress *p) {
    if (p->width) fprintf(stderr, "\r%*s\r", (int)p->width, "");
    p->width = 0;
}
