/* The grid of `dfoo cv`: options and names of the model with several values, every combination of them. */
#include "grid.h"

#include <stdlib.h>
#include <string.h>

enum { MOST_POINTS = 10000 };

static const command *cv(void) {
    return command_at(COMMAND_cv);
}

/* --------------------------------------------------------------------- axes */

static size_t count(const char *text, char sign) {
    size_t n = 0;
    for (; *text; text++) n += *text == sign;
    return n;
}

/* Has the option a value that is said in a word, and does it say how something is trained? */
static bool may_vary(const option *o) {
    bool word = o->type != TYPE_FLAG && o->type != TYPE_WORDS && o->type != TYPE_FILES &&
                o->type != TYPE_JOINED && o->type != TYPE_BYTES;
    return word && o->commands & FOR(train) && !o->reads && !o->writes && o->type != TYPE_UNSIGNED;
}

/* The option that an axis is, if it is one. */
static dfoo_status find_axis(const request *r, axis *x) {
    const option *o = option_called(cv(), x->text);
    x->o = o;
    if (!o) return DFOO_OK;
    if (!may_vary(o))
        return wrong("--grid %s: a grid has options with a number or a word for a value", x->text);
    if (!r->given[option_number(o)]) return DFOO_OK;
    return wrong("--grid %s gives values to what --%s says: leave one away", x->text, o->name);
}

static dfoo_status find_twice(const axis *axes, size_t n) {
    for (size_t i = 0; i + 1 < n; i++) {
        bool same = axes[i].o ? axes[i].o == axes[n - 1].o : strcmp(axes[i].text, axes[n - 1].text) == 0;
        if (same) return wrong("--grid %s is given twice: write all values behind one", axes[n - 1].text);
    }
    return DFOO_OK;
}

/* "n1=4,8" */
static dfoo_status read_axis(const request *r, const char *word, axis *x) {
    char *equals = strchr(word, '=');
    if (!equals || equals == word || !equals[1])
        return wrong("--grid takes NAME=A,B,.., as in n1=4,8 or alpha=0.1,0.01, not \"%s\"", word);
    x->value = calloc(count(equals, ',') + 1, sizeof *x->value);
    x->text = malloc(strlen(word) + 1);
    if (!x->value || !x->text) return DFOO_ENOMEM;
    strcpy(x->text, word);
    char *at = x->text + (equals - word);
    while (at) {
        *at++ = 0;
        x->value[x->n++] = at;
        at = strchr(at, ',');
    }
    for (size_t i = 0; i < x->n; i++) {
        if (!*x->value[i] || *x->value[i] == ',') return wrong("--grid %s: a value is missing", word);
    }
    return find_axis(r, x);
}

static dfoo_status read_axes(const request *r, grid *g) {
    g->n = 1;
    g->axes = calloc(r->grid.n + 1, sizeof *g->axes);
    if (!g->axes) return DFOO_ENOMEM;
    for (size_t i = 0; i < r->grid.n; i++) {
        axis       *x = &g->axes[g->n_axes++];
        dfoo_status status = read_axis(r, r->grid.at[i], x);
        if (status == DFOO_OK) status = find_twice(g->axes, g->n_axes);
        if (status != DFOO_OK) return status;
        g->n *= x->n;
        if (g->n > MOST_POINTS) return wrong("the grid has more than %d points", MOST_POINTS);
    }
    return DFOO_OK;
}

/* ------------------------------------------------------------------- points */

const char *grid_value(const grid *g, size_t at, size_t k) {
    for (size_t i = g->n_axes; i-- > k + 1;) at /= g->axes[i].n;
    return g->axes[k].value[at % g->axes[k].n];
}

const char *grid_text(const grid *g, size_t at, char text[POINT_SIZE]) {
    size_t len = 0;
    text[0] = 0;
    for (size_t k = 0; k < g->n_axes && len < POINT_SIZE; k++)
        len += (size_t)snprintf(text + len, POINT_SIZE - len, "%s%s=%s", k ? ", " : "", g->axes[k].text,
                                grid_value(g, at, k));
    return text;
}

/* --set of the command, and those of the point. */
static dfoo_status make_settings(const grid *g, size_t at, const words *given, point *p) {
    size_t       n = given->n;
    const char **list = calloc(n + g->n_axes + 1, sizeof *list);
    p->settings = calloc(g->n_axes + 1, sizeof *p->settings);
    p->r.settings = (words){list, n};
    if (!list || !p->settings) return DFOO_ENOMEM;
    for (size_t i = 0; i < n; i++) list[i] = given->at[i];
    for (size_t k = 0; k < g->n_axes; k++) {
        const char *name = g->axes[k].text, *value = grid_value(g, at, k);
        if (g->axes[k].o) continue;
        char *word = p->settings[k] = malloc(strlen(name) + strlen(value) + 2);
        if (!word) return DFOO_ENOMEM;
        sprintf(word, "%s=%s", name, value);
        p->r.given[option_number(option_called(cv(), "set"))] = true;
        list[p->r.settings.n++] = word;
    }
    return DFOO_OK;
}

static dfoo_status make_point(const request *r, const grid *g, size_t at, point *p) {
    p->r = *r;
    dfoo_status status = make_settings(g, at, &r->settings, p);
    for (size_t k = 0; status == DFOO_OK && k < g->n_axes; k++)
        if (g->axes[k].o) status = option_give(cv(), g->axes[k].o, grid_value(g, at, k), &p->r);
    return status == DFOO_OK ? together_check(cv(), &p->r) : status;
}

dfoo_status grid_open(const request *r, grid *g) {
    *g = (grid){0};
    dfoo_status status = read_axes(r, g);
    if (status != DFOO_OK) return status;
    g->points = calloc(g->n, sizeof *g->points);
    if (!g->points) return DFOO_ENOMEM;
    for (size_t i = 0; status == DFOO_OK && i < g->n; i++) status = make_point(r, g, i, &g->points[i]);
    return status;
}

void grid_free(grid *g) {
    for (size_t i = 0; g->points && i < g->n; i++) {
        point *p = &g->points[i];
        for (size_t k = 0; p->settings && k < g->n_axes; k++) free(p->settings[k]);
        free(p->settings);
        free(p->r.settings.at);
    }
    for (size_t k = 0; k < g->n_axes; k++) {
        free(g->axes[k].text);
        free(g->axes[k].value);
    }
    free(g->points);
    free(g->axes);
}
