/* Wrong use of the public functions: what every one of them asks of its arguments before it begins.
 *
 * A struct of options says in its first field how long the caller's header made it. What a newer header has
 * more must be zero, since this library would not heed it; what an older one has not is zero here. */
#include <assert.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "api/api.h"

dfoo_status use_wrong(dfoo *d, const char *format, ...) {
    char    text[256];
    va_list args;
    if (!d) return DFOO_EUSE;
    va_start(args, format);
    vsnprintf(text, sizeof text, format, args);
    va_end(args);
    return messages_say(d, DFOO_EUSE, "%s", text);
}

dfoo_status use_null(dfoo *d, const char *function, const char *argument) {
    return use_wrong(d, "%s: %s is NULL", function, argument);
}

dfoo_status use_unknown(dfoo *d, const char *function, const char *argument, int value) {
    const char *field = strrchr(argument, '.');
    return use_wrong(d, "%s: %s is %d, which stands for nothing", function, field ? field + 1 : argument,
                     value);
}

static size_t size_of(const void *given) {
    size_t size;
    memcpy(&size, given, sizeof size);
    return size;
}

static dfoo_status refuse_size(dfoo *d, const char *function, const char *type, size_t size) {
    if (!size)
        return use_wrong(d, "%s: the size of %s is 0: begin it with DFOO_INIT(%s)", function, type, type);
    return use_wrong(d, "%s: %zu is no size of %s: begin it with DFOO_INIT(%s)", function, size, type, type);
}

dfoo_status use_options(dfoo *d, const char *function, const char *type, const void *given, void *own,
                        size_t size) {
    enum { MOST = 1 << 16 }; /* what is longer was never begun */
    assert(own && size > sizeof size);
    memset(own, 0, size);
    if (given) {
        const char *from = given;
        size_t      known = size_of(given);
        if (known <= sizeof known || known > MOST) return refuse_size(d, function, type, known);
        for (size_t i = size; i < known; i++)
            if (from[i]) return use_wrong(d, "%s: %s has a field that dfoo %s does not know", function, type,
                                          DFOO_VERSION);
        memcpy(own, given, known < size ? known : size);
    }
    memcpy(own, &size, sizeof size);
    return DFOO_OK;
}

dfoo_status use_hand_out(dfoo *d, const char *function, const char *type, const void *own, size_t size,
                         void *to) {
    if (!to) return DFOO_OK;
    size_t known = size_of(to), both = known < size ? known : size;
    if (known <= sizeof known) return refuse_size(d, function, type, known);
    memcpy((char *)to + sizeof known, (const char *)own + sizeof known, both - sizeof known);
    return DFOO_OK;
}
