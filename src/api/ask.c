/* The public interface: where a question is answered. */
#include "api/api.h"
#include "teach/teach.h"

enum { MOST_ANSWERS = 8 };

size_t dfoo_ask(const char *question, dfoo_answer *out, size_t most) {
    ask_row found[MOST_ANSWERS];
    size_t n = 0;
    if (question && !out) return 0;
    if (question) n = ask_find(question, found, most < MOST_ANSWERS ? most : MOST_ANSWERS);
    for (size_t i = 0; question && i < n; i++) out[i] = (dfoo_answer){found[i].question, found[i].command};
    if (question) return n;
    for (; ask_at(n).question; n++)
        if (out && n < most) out[n] = (dfoo_answer){ask_at(n).question, ask_at(n).command};
    return n;
}
