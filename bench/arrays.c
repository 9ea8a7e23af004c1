/* Files of many arrays: what one array takes to write and to read, in files of 1,000 and of 30,000. It must not
 * grow with their number: when each array was looked for among all before it, 30,000 took 7.8 s.
 *
 *   bench/arrays
 */
#include <stdio.h>
#include <stdlib.h>
#include <time.h>
#include <unistd.h>

#include "dfoo.h"

static double now(void) {
    return (double)clock() / CLOCKS_PER_SEC;
}

static dfoo_status fill(dfoo_arrays *set, size_t n) {
    dfoo_status status = DFOO_OK;
    for (size_t i = 0; i < n && status == DFOO_OK; i++) {
        char name[24];
        snprintf(name, sizeof name, "w%zu", i);
        status = dfoo_arrays_add_matrix(set, name, 1, 1, &(double){(double)i}, NULL);
    }
    return status;
}

/* Microseconds for an array: added, written, read. */
static dfoo_status measure(dfoo *d, size_t n, const char *path, double us[3]) {
    dfoo_arrays *out = NULL, *in = NULL;
    double       start = now();
    dfoo_status  status = dfoo_arrays_new(d, &out);
    if (status == DFOO_OK) status = dfoo_arrays_new(d, &in);
    if (status == DFOO_OK) status = fill(out, n);
    us[0] = (now() - start) / (double)n * 1e6;
    start = now();
    if (status == DFOO_OK) status = dfoo_arrays_write(d, path, out, DFOO_F64);
    us[1] = (now() - start) / (double)n * 1e6;
    start = now();
    if (status == DFOO_OK) status = dfoo_arrays_read(d, path, in);
    us[2] = (now() - start) / (double)n * 1e6;
    if (status == DFOO_OK && dfoo_arrays_count(in) != n) status = DFOO_EINPUT;
    dfoo_arrays_free(out);
    dfoo_arrays_free(in);
    return status;
}

int main(void) {
    static const size_t sizes[] = {1000, 30000};
    char                path[] = "/tmp/dfoo-bench-XXXXXX";
    dfoo               *d;
    if (dfoo_open(NULL, &d) != DFOO_OK || mkstemp(path) < 0) return 1;
    printf("files of arrays          add      write     read  (us for an array)\n");
    for (size_t i = 0; i < sizeof sizes / sizeof *sizes; i++) {
        double us[3];
        if (measure(d, sizes[i], path, us) != DFOO_OK) return fprintf(stderr, "%s", dfoo_messages(d)), 1;
        printf("%6zu arrays        %8.2f  %8.2f  %8.2f\n", sizes[i], us[0], us[1], us[2]);
    }
    unlink(path);
    dfoo_close(d);
    return 0;
}
