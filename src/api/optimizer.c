/* The public interface: how parameters change, from words and files to what the training room takes. */
#include <stdlib.h>
#include <string.h>

#include "api/api.h"

typedef struct reading {
    arena *a;
    diags *d;
} reading;

/* ------------------------------------------------------------------ settings */

/* "beta=0.9,epsilon=1e-8", or with spaces between them. */
static dfoo_status read_settings(const reading *r, const char *text, const double *learning_rate,
                                 const rule_setting **out, uint32_t *n) {
    static const char between[] = ", ";
    VEC(rule_setting) list = {0};
    for (text = text ? text + strspn(text, between) : ""; *text; text += strspn(text, between)) {
        size_t len = strcspn(text, between);
        char  *one = arena_text(r->a, text, len), *equals = one ? strchr(one, '=') : NULL, *end;
        if (!one) return DFOO_ENOMEM;
        if (!equals) return diag_alone(r->d, "a setting is written name=number, not '%s'", one);
        *equals = 0;
        double value = strtod(equals + 1, &end);
        if (end == equals + 1 || *end)
            return diag_alone(r->d, "a setting is written name=number, and '%s' is not a number", equals + 1);
        vec_push(r->a, &list, (rule_setting){one, value});
        text += len;
    }
    if (learning_rate) vec_push(r->a, &list, (rule_setting){"alpha", *learning_rate});
    *out = list.at;
    *n = list.n;
    return arena_status(r->a);
}

/* --------------------------------------------------------------------- files */

/* The text of a file, and the name that messages call it; *text stays NULL if there is no such file. */
static dfoo_status read_file(const reading *r, const char **path, const char **text) {
    buf out;
    if (os_path_kind(*path) == OS_NOTHING) return DFOO_OK;
    buf_init(&out, r->a->mem);
    dfoo_status status = data_read_text(*path, r->d, &out);
    if (status != DFOO_OK) buf_free(&out);
    else if (!(*text = buf_keep(&out, r->a))) status = DFOO_ENOMEM;
    const char *slash = strrchr(*path, '/');
    if (slash && slash[1]) *path = slash + 1;
    return status;
}

static bool is_known(const char *(*name_at)(uint32_t), const char *name) {
    for (uint32_t i = 0; name_at(i); i++)
        if (strcmp(name_at(i), name) == 0) return true;
    return false;
}

/* ------------------------------------------------------------------ schedules */

/* Does it begin with a line of a rule: `alpha = ..`, `const last = ..`? */
static bool is_equation(const char *text) {
    size_t word = strcspn(text, " =\t\r\n");
    size_t gap = word + strspn(text + word, " \t");
    bool   is_const = word == 5 && memcmp(text, "const", 5) == 0 && gap > word;
    return is_const || (word == 5 && memcmp(text, "alpha", 5) == 0 && text[gap] == '=');
}

/* "cosine", "step every=30 factor=0.1", "alpha = alpha0/t", or a file. */
static dfoo_status read_schedule(const reading *r, const char *text, rule_options *how) {
    text += strspn(text, " \t\r\n");
    how->schedule = "the schedule";
    how->schedule_text = text;
    if (is_equation(text)) return DFOO_OK;
    size_t len = strcspn(text, ", ");
    how->schedule = arena_text(r->a, text, len);
    how->schedule_text = NULL;
    if (!how->schedule) return DFOO_ENOMEM;
    DFOO_TRY(read_settings(r, text + len, NULL, &how->schedule_settings, &how->n_schedule_settings));
    if (is_known(rule_schedule_name, how->schedule)) return DFOO_OK;
    return read_file(r, &how->schedule, &how->schedule_text);
}

dfoo_status api_read_file(arena *a, diags *d, const char **path, const char **text) {
    return read_file(&(reading){a, d}, path, text);
}

dfoo_status api_read_update(arena *a, diags *d, const dfoo_train_options *opt, rule_options *how) {
    reading r = {a, d};
    bool    has_rate = opt->learning_rate != 0 || (opt->zeros & DFOO_ZERO_LEARNING_RATE);
    how->zero_rate = (opt->zeros & DFOO_ZERO_LEARNING_RATE) != 0;
    how->zero_decay = (opt->zeros & DFOO_ZERO_DECAY) != 0;
    how->optimizer = opt->optimizer;
    how->warmup = opt->warmup;
    how->clip = opt->clip;
    how->clip_value = opt->clip_value;
    how->decay = opt->decay;
    how->decay_l2 = opt->decay_kind == DFOO_L2;
    how->decay_all = opt->decay_all != 0;
    DFOO_TRY(read_settings(&r, opt->settings, has_rate ? &opt->learning_rate : NULL, &how->settings,
                           &how->n_settings));
    if (opt->schedule) DFOO_TRY(read_schedule(&r, opt->schedule, how));
    if (!opt->optimizer || is_known(rule_optimizer_name, opt->optimizer)) return DFOO_OK;
    return read_file(&r, &how->optimizer, &how->optimizer_text);
}

/* ----------------------------------------------------------------------- show */

static dfoo_status show(work *w, const void *request, buf *out) {
    rule_options how = {.optimizer = NULL};
    DFOO_TRY(api_read_update(&w->a, &w->messages, request, &how));
    return rule_show(&how, &w->messages, out);
}

dfoo_status dfoo_show_optimizer(dfoo *d, const dfoo_train_options *options, char **text) {
    dfoo_train_options how;
    if (text) *text = NULL;
    NEED(NULL, d);
    NEED(d, text);
    TAKE(d, dfoo_train_options, options, how);
    KNOWN(d, how.header, DFOO_HEADER_NO);
    KNOWN(d, how.decay_kind, DFOO_L2);
    KNOWN(d, how.zeros, DFOO_ZERO_LEARNING_RATE | DFOO_ZERO_DECAY | DFOO_ZERO_EPOCHS);
    KNOWN(d, how.dtype, DFOO_F32);
    return work_write_text(d, NULL, show, &how, text);
}

const char *dfoo_optimizer_name(size_t i) {
    return i < UINT32_MAX ? rule_optimizer_name((uint32_t)i) : NULL;
}

const char *dfoo_schedule_name(size_t i) {
    return i < UINT32_MAX ? rule_schedule_name((uint32_t)i) : NULL;
}
