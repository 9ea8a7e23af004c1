/* What Linux lets a process use: processors by affinity and control group, memory by what is free, the
 * control group, and the limit of the address space. */
#define _GNU_SOURCE
#include "host/os/os.h"

#include <math.h>
#include <sched.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>

/* The first line of a file; false if it cannot be read. */
static bool read_line(const char *path, char *line, int size) {
    FILE *file = fopen(path, "r");
    bool  ok = file && fgets(line, size, file);
    if (file) fclose(file);
    return ok;
}

static bool read_number(const char *path, uint64_t *out) {
    char line[64], *end;
    if (!read_line(path, line, sizeof line)) return false;
    *out = strtoull(line, &end, 10);
    return end > line;
}

static uint64_t below(uint64_t limit, uint64_t used) {
    return used < limit ? limit - used : 0;
}

static uint64_t least(uint64_t a, uint64_t b) {
    return a < b ? a : b;
}

/* ---------------------------------------------------------- control groups */

/* The control group of this process and those above it, from the innermost to the root: folders of
 * version 2, where "0::/a/b" in /proc/self/cgroup is /sys/fs/cgroup/a/b. */
typedef struct group {
    char folder[512];
} group;

enum { ROOT = sizeof "/sys/fs/cgroup" - 1 };

static void group_first(group *g) {
    char  line[400] = "";
    FILE *file = fopen("/proc/self/cgroup", "r");
    while (file && fgets(line, sizeof line, file) && strncmp(line, "0::", 3) != 0) line[0] = 0;
    if (file) fclose(file);
    line[strcspn(line, "\n")] = 0;
    bool inside = line[0] && line[3] == '/' && line[4];
    snprintf(g->folder, sizeof g->folder, "/sys/fs/cgroup%s", inside ? line + 3 : "");
}

/* The group above; false behind the root. */
static bool group_up(group *g) {
    if (strlen(g->folder) <= ROOT) return false;
    *strrchr(g->folder, '/') = 0;
    return true;
}

static const char *group_file(const group *g, const char *name, char path[600]) {
    snprintf(path, 600, "%s/%s", g->folder, name);
    return path;
}

/* -------------------------------------------------------------- processors */

/* "200000 100000" is two processors' worth of time, "max 100000" has no limit: INFINITY. */
static double share(const char *path) {
    char line[64], *end, *last;
    if (!read_line(path, line, sizeof line)) return INFINITY;
    double quota = strtod(line, &end), period = strtod(end, &last);
    return end > line && last > end && period > 0 ? quota / period : INFINITY;
}

static double group_processors(void) {
    char     path[600];
    group    g;
    double   limit = INFINITY;
    uint64_t quota, period;
    group_first(&g);
    do limit = fmin(limit, share(group_file(&g, "cpu.max", path)));
    while (group_up(&g));
    if (read_number("/sys/fs/cgroup/cpu/cpu.cfs_quota_us", &quota) && quota <= INT64_MAX && /* -1: none */
        read_number("/sys/fs/cgroup/cpu/cpu.cfs_period_us", &period) && period)
        limit = fmin(limit, (double)quota / (double)period);
    return limit;
}

unsigned os_processors(void) {
    cpu_set_t set;
    double    limit = group_processors();
    int       n = sched_getaffinity(0, sizeof set, &set) == 0 ? CPU_COUNT(&set) : 1;
    if (limit < n) n = (int)limit; /* rounded down: a thread more would only wait */
    return n < 1 ? 1 : (unsigned)n;
}

/* ------------------------------------------------------------------ memory */

/* The number of kB behind a key of /proc/meminfo or /proc/self/status, in bytes. */
static bool kilobytes(const char *path, const char *key, uint64_t *out) {
    char   line[128], *end;
    bool   found = false;
    size_t len = strlen(key);
    FILE  *file = fopen(path, "r");
    while (file && !found && fgets(line, sizeof line, file)) {
        if (strncmp(line, key, len) != 0) continue;
        *out = strtoull(line + len, &end, 10) * 1024;
        found = end > line + len;
    }
    if (file) fclose(file);
    return found;
}

/* What a group may still take; UINT64_MAX: there is no limit, or no such file. */
static uint64_t room(const char *limit_path, const char *used_path) {
    uint64_t limit, used;
    return read_number(limit_path, &limit) && read_number(used_path, &used) ? below(limit, used) : UINT64_MAX;
}

uint64_t os_memory(void) {
    char          max[600], current[600];
    group         g;
    uint64_t      left = UINT64_MAX, free, used;
    struct rlimit space;
    if (kilobytes("/proc/meminfo", "MemAvailable:", &free)) left = free;
    group_first(&g);
    do left = least(left, room(group_file(&g, "memory.max", max), group_file(&g, "memory.current", current)));
    while (group_up(&g));
    left = least(left, room("/sys/fs/cgroup/memory/memory.limit_in_bytes", /* version 1 */
                            "/sys/fs/cgroup/memory/memory.usage_in_bytes"));
    if (getrlimit(RLIMIT_AS, &space) == 0 && space.rlim_cur != RLIM_INFINITY &&
        kilobytes("/proc/self/status", "VmSize:", &used))
        left = least(left, below(space.rlim_cur, used));
    return left;
}
