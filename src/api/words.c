/* The public interface: the words that its tables know, for help, completion and messages. */
#include "api/api.h"
#include "api/pictures.h"
#include "core/core.h"
#include "run/run.h"
#include "ship/ship.h"
#include "teach/teach.h"

static bool model_at(size_t i, lang_word *out) {
    *out = (lang_word){dfoo_builtin_name(i), ""};
    return out->name != NULL;
}

static bool optimizer_at(size_t i, lang_word *out) {
    *out = (lang_word){dfoo_optimizer_name(i), ""};
    return out->name != NULL;
}

static bool schedule_at(size_t i, lang_word *out) {
    *out = (lang_word){dfoo_schedule_name(i), ""};
    return out->name != NULL;
}

static bool page_at(size_t i, lang_word *out) {
    const primer_page *page = primer_at(i);
    if (page) *out = (lang_word){primer_name(page), primer_about(page)};
    return page != NULL;
}

static bool metric_at(size_t i, lang_word *out) {
    const train_metric_info *x = i < TRAIN_METRICS ? train_metric((uint32_t)i) : NULL;
    if (x) *out = (lang_word){x->name, x->help};
    return x != NULL;
}

/* The row of a list of formats, or NULL. */
static const text_format *format_at(dfoo_words list, size_t i) {
    const text_format *row = list == DFOO_DERIVE_FORMATS    ? emit_format_at(i)
                             : list == DFOO_EXPLAIN_FORMATS ? page_format_at(i)
                             : list == DFOO_PRACTICE_FORMATS ? practice_format_at(i)
                                                            : NULL;
    return row && row->name ? row : NULL;
}

static bool word_at(dfoo_words list, size_t i, lang_word *out) {
    static bool (*const lists[])(size_t i, lang_word * out) = {
        [DFOO_MODELS] = model_at,       [DFOO_FUNCTIONS] = lang_function_at, [DFOO_LAYERS] = lang_layer_at,
        [DFOO_LOSSES] = lang_loss_at,   [DFOO_STARTS] = lang_start_at,       [DFOO_OPTIMIZERS] = optimizer_at,
        [DFOO_SCHEDULES] = schedule_at, [DFOO_PAGES] = page_at,   [DFOO_METRICS] = metric_at,
        [DFOO_PICTURES] = picture_at,
    };
    const text_format *format = format_at(list, i);
    if (format) *out = (lang_word){format->name, format->about};
    return format || ((size_t)list < sizeof lists / sizeof *lists && lists[list] && lists[list](i, out));
}

const char *dfoo_word(dfoo_words list, size_t i) {
    lang_word word;
    return word_at(list, i, &word) ? word.name : NULL;
}

const char *dfoo_word_note(dfoo_words list, size_t i) {
    lang_word word;
    return word_at(list, i, &word) ? word.note : NULL;
}

dfoo_format dfoo_word_format(dfoo_words list, size_t i) {
    const text_format *row = format_at(list, i);
    return row ? row->format : DFOO_TEXT;
}

int dfoo_metric_sign(size_t i) {
    return i < TRAIN_METRICS ? train_metric((uint32_t)i)->sign : 0;
}

const char *dfoo_word_ending(dfoo_words list, size_t i) {
    const text_format *row = format_at(list, i);
    return row ? row->ending : NULL;
}
