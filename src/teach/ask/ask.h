/* The face of the room of questions: what people ask about backpropagation, and the command that answers it.
 * It knows words only, nothing of models. */
#ifndef ASK_ASK_H
#define ASK_ASK_H

#include <stddef.h>

typedef struct ask_row {
    const char *question, *command; /* "Where does the 1/m come from?", "dfoo explain two_layer dW2" */
} ask_row;

/* Row i of questions.def, {NULL, NULL} behind the last. */
ask_row ask_at(size_t i);

/* The rows that a question means, in any words and order, the best first: at most `most`. Returns how
 * many. */
size_t ask_find(const char *question, ask_row *out, size_t most);

#endif
