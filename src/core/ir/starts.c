/* The table of starts as data. */
#include <string.h>

#include "core/ir/model.h"

const start_info start_table[START_COUNT] = {
#define START(NAME, LEAST, MOST, TAKES, WHAT) \
    [START_##NAME] = {.name = #NAME, .takes = TAKES, .note = WHAT, .least = LEAST, .most = MOST},
#include "core/ir/starts.def"
};

start_id start_find(const char *name) {
#define ALIAS(NAME, OF) \
    if (strcmp(name, #NAME) == 0) return START_##OF;
#define START(NAME, ...) ALIAS(NAME, NAME)
#include "core/ir/starts.def"
    return START_none;
}
