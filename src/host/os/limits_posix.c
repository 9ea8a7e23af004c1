/* What a POSIX system other than Linux says of its processors and memory: sysconf's names for them are no
 * part of POSIX, but everywhere. */
#define _DARWIN_C_SOURCE
#include "host/os/os.h"

#include <unistd.h>

unsigned os_processors(void) {
    long n = sysconf(_SC_NPROCESSORS_ONLN);
    return n < 1 ? 1 : (unsigned)n;
}

uint64_t os_memory(void) {
    long pages = sysconf(_SC_PHYS_PAGES), size = sysconf(_SC_PAGESIZE);
    return pages > 0 && size > 0 ? (uint64_t)pages * (uint64_t)size : UINT64_MAX;
}
