/* Any bytes as a file of numbers: it is read, or refused with exactly one error. */
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "host/data/data.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

enum { LARGEST = 1 << 16 };

static void expect(const char *what, dfoo_status status, const diags *d, uint32_t before) {
    uint32_t n = d->n_errors - before;
    if (n == (status == DFOO_OK ? 0 : 1)) return;
    fprintf(stderr, "%s: status %s, %u errors\n", what, dfoo_status_text(status), (unsigned)n);
    abort();
}

static void read_all(const char *path) {
    dfoo_allocator mem = mem_default();
    dfoo_arrays   *set;
    arena          a;
    diags          d;
    data_table     table;
    char           part[64];
    arena_init(&a, mem);
    diags_init(&d, &a);
    if (arrays_new(&mem, &set) == DFOO_OK) {
        expect("data_read", data_read(path, NULL, &d, set), &d, 0);
        uint32_t before = d.n_errors;
        expect("data_read_csv", data_read_csv(path, NULL, &d, &a, &table), &d, before);
        before = d.n_errors;
        data_text_list    texts = {{0}};
        data_read_options with_texts = {.texts = &texts, .tables = &a};
        expect("data_read, texts too", data_read(path, &with_texts, &d, set), &d, before);
        before = d.n_errors;
        snprintf(part, sizeof part, "%s:a", path);
        expect("data_read, one array", data_read(part, NULL, &d, set), &d, before);
        arrays_free(set);
    }
    arena_free(&a);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
    char path[32];
    /* libhdf5 is known to crash on damaged files (data/data.h). */
    if (size > LARGEST || (size >= 4 && memcmp(data, "\x89HDF", 4) == 0)) return 0;
    FILE *file = tmpfile(); /* without a name, so that nothing is left behind by a crash */
    if (!file) return 0;
    bool written = fwrite(data, 1, size, file) == size && fflush(file) == 0;
    snprintf(path, sizeof path, "/dev/fd/%d", fileno(file));
    if (written) read_all(path);
    fclose(file);
    return 0;
}
