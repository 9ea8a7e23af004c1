/* The public interface: exercises from a model, and answers to them. */
#include <string.h>

#include "api/api.h"
#include "core/core.h"
#include "teach/teach.h"

enum { MOST_EXERCISES = 1000 };

static const practice_kind kinds[] = {
    [DFOO_ANY_EXERCISE] = PRACTICE_ANY, [DFOO_BLANK] = PRACTICE_BLANK, [DFOO_MISTAKE] = PRACTICE_MISTAKE};

static bool is_format(dfoo_format f) {
    for (size_t i = 0; practice_format_at(i); i++)
        if (practice_format_at(i)->format == f) return true;
    return false;
}

static dfoo_status refuse(work *w, const dfoo_practice_options *opt) {
    if (!is_format(opt->format))
        return diag_alone(&w->messages,
                          "there is no such format: exercises come as text, html, markdown, moodle or json");
    if (opt->hint < 0 || opt->hint > HINT_ANSWER)
        return diag_alone(&w->messages, "hint levels go from 1 to 4");
    if (opt->count > MOST_EXERCISES)
        return diag_alone(&w->messages, "at most %d exercises at a time", MOST_EXERCISES);
    if (opt->answer && opt->count > 1)
        return diag_alone(&w->messages, "an answer is to one exercise, not to several");
    if (opt->answer && opt->format == DFOO_MOODLE)
        return diag_alone(&w->messages, "Moodle judges answers itself");
    if (!w->m.cost)
        return diag_alone(&w->messages, "%s has no `minimize`: there is no gradient to ask for",
                          w->m.src.name);
    return DFOO_OK;
}

/* Wrong lines to choose from are needed where they are shown. */
static dfoo_status make_all(work *w, const dfoo_practice_options *opt, exercise *list, uint32_t n) {
    stock   *from;
    uint32_t choices = opt->format == DFOO_MOODLE || opt->hint == HINT_ANSWER ? MOST_CHOICES : 1;
    DFOO_TRY(practice_open(&w->m, &w->dv, &w->a, work_engines, &w->messages, &from));
    for (uint32_t i = 0; i < n; i++) {
        DFOO_TRY(practice_make(from, opt->seed + i, kinds[opt->kind], choices, &w->messages, &list[i]));
        if (opt->format == DFOO_MOODLE && practice_choices(&list[i]) < 2)
            return diag_alone(&w->messages,
                              "seed %llu: Moodle needs two lines to choose from, and %s has no wrong line to "
                              "put beside the right one",
                              (unsigned long long)list[i].seed, w->m.src.name);
    }
    return DFOO_OK;
}

static dfoo_status practise(work *w, const void *request, buf *out) {
    const dfoo_practice_options *opt = request;
    uint32_t                     n = opt->count ? (uint32_t)opt->count : 1;
    exercise                    *list = arena_new(&w->a, n * sizeof *list);
    practice_judged              judged;
    practice_page                page = {.list = list, .n = n, .hint = opt->hint};
    if (!list) return DFOO_ENOMEM;
    DFOO_TRY(refuse(w, opt));
    DFOO_TRY(work_derive(w, &(work_options){.convention = opt->convention}));
    DFOO_TRY(make_all(w, opt, list, n));
    if (opt->answer) {
        DFOO_TRY(practice_judge(&list[0], &w->a, opt->answer, opt->hint ? opt->hint : HINT_KIND, &w->messages,
                                &judged));
        page.judged = &judged;
        if (opt->hint < HINT_ANSWER) page.hint = 0;
    }
    DFOO_TRY(practice_write(&page, opt->format, out));
    // cppcheck-suppress uninitStructMember ; judged is set where page.judged is
    return page.judged && !judged.right ? DFOO_NO : DFOO_OK;
}

dfoo_status dfoo_practice(dfoo_model *model, const dfoo_practice_options *options, char **text) {
    dfoo_practice_options how;
    if (text) *text = NULL;
    NEED(NULL, model);
    NEED(model->d, text);
    TAKE(model->d, dfoo_practice_options, options, how);
    KNOWN(model->d, how.format, DFOO_MOODLE);
    KNOWN(model->d, how.kind, DFOO_MISTAKE);
    KNOWN(model->d, how.convention, DFOO_DJ);
    return work_write_text(model->d, model, practise, &how, text);
}
