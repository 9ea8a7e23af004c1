/* dfoo ask: where a question is answered. */
#include "cli.h"

#include <string.h>

enum { MOST_ANSWERS = 4, MOST_QUESTIONS = 128, LONGEST = 2000 };

/* The words of the request as one text. */
static void join(const request *r, char *out) {
    size_t len = 0;
    out[0] = 0;
    for (int i = 0; i < MAX_ARGUMENTS && r->args[i]; i++) {
        int n = snprintf(out + len, LONGEST - len, "%s%s", i ? " " : "", r->args[i]);
        if (n < 0 || (size_t)n >= LONGEST - len) return;
        len += (size_t)n;
    }
}

static void add_json(const dfoo_answer *list, size_t n) {
    if (!json_asked()) return;
    result_begin("answers", '[');
    for (size_t i = 0; i < n; i++) {
        result_begin(NULL, '{');
        result_text("question", list[i].question);
        result_text("command", list[i].command);
        result_end('}');
    }
    result_end(']');
}

static void print(const dfoo_answer *list, size_t n) {
    for (size_t i = 0; i < n; i++) out_printf("%s\n    %s\n", list[i].question, list[i].command);
}

dfoo_status run_ask(dfoo *d, request *r) {
    dfoo_answer list[MOST_QUESTIONS];
    char        question[LONGEST];
    size_t      n;
    (void)d;
    join(r, question);
    if (question[0]) n = dfoo_ask(question, list, MOST_ANSWERS);
    else n = dfoo_ask(NULL, list, MOST_QUESTIONS);
    if (n > MOST_QUESTIONS) n = MOST_QUESTIONS;
    add_json(list, n);
    if (!json_asked()) print(list, n);
    if (n) return DFOO_OK;
    say("nothing of the kind is known; `dfoo ask` lists the questions that are\n");
    return DFOO_NO;
}
