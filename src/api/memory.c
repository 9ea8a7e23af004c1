/* How much memory a context may take. Its allocator counts what everything that is made with it takes, and
 * refuses what would go beyond the limit, or beyond what the machine has: a message is better than a machine
 * that stands still, or a process that the system kills. */
#include <stdio.h>

#include "api/api.h"
#include "host/host.h"

enum {
    LARGE = 1 << 24, /* the machine is asked before an allocation of so much, */
    STEP = 1 << 26,  /* and each time that smaller ones have come to so much */
    TOLD = 1 << 20   /* what is smaller failed for another reason than its size */
};

/* What is left to the machine: others work there, too, and the C library takes memory of its own. */
static uint64_t but_for_reserve(uint64_t bytes) {
    return bytes - bytes / 16;
}

static bool machine_has(memory_limit *l, size_t taken, size_t more) {
    if (more < LARGE && taken + more < l->asked_at) return true;
    if (more >= but_for_reserve(os_memory())) return false;
    l->asked_at = taken + more + STEP;
    return true;
}

static bool may_take(memory_limit *l, size_t more) {
    size_t taken = atomic_load_explicit(&l->taken, memory_order_relaxed);
    if (more > SIZE_MAX / 2 || taken > SIZE_MAX / 2) return false;
    return l->most ? taken + more <= l->most : machine_has(l, taken, more);
}

static void *limited(void *user, void *block, size_t old_size, size_t new_size) {
    memory_limit *l = user;
    size_t        more = new_size > old_size ? new_size - old_size : 0;
    bool          fits = !more || may_take(l, more);
    void         *moved = fits ? l->raw.realloc(l->raw.user, block, old_size, new_size) : NULL;
    if (new_size && !moved) {
        l->refused = more;
        l->beside = atomic_load_explicit(&l->taken, memory_order_relaxed);
        return NULL;
    }
    atomic_fetch_add_explicit(&l->taken, new_size - old_size, memory_order_relaxed);
    return moved;
}

dfoo_allocator memory_begin(memory_limit *l, dfoo_allocator raw) {
    l->raw = raw;
    l->asked_at = STEP;
    return (dfoo_allocator){.realloc = limited, .user = l};
}

/* "80 MB", "1.92 GB" */
static const char *amount(double bytes, char text[32]) {
    double unit = bytes < 1e9 ? 1e6 : 1e9;
    snprintf(text, 32, "%.3g %s", bytes / unit, unit < 1e9 ? "MB" : "GB");
    return text;
}

dfoo_status memory_told(dfoo *d, dfoo_status status) {
    memory_limit *l = &d->limit;
    char          more[32], beside[32], most[32];
    if (status != DFOO_ENOMEM || l->refused < TOLD) return status;
    amount((double)l->refused, more);
    amount((double)l->beside, beside);
    l->refused = 0;
    if (l->most)
        return messages_say(d, status, "out of memory: %s are needed beside %s, and the limit is %s", more,
                            beside, amount((double)l->most, most));
    return messages_say(d, status, "out of memory: %s are needed beside %s, and the machine has not so much",
                        more, beside);
}

dfoo_status dfoo_use_memory(dfoo *d, uint64_t most) {
    NEED(NULL, d);
    d->limit.most = most < SIZE_MAX ? (size_t)most : SIZE_MAX;
    return DFOO_OK;
}
