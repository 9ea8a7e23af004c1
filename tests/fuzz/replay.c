/* Gives the contents of the files named on the command line to a fuzz target: the inputs
 * that the fuzzer found once are tested everywhere, without it. */
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

enum { LARGEST = 1 << 20 };

int main(int argc, char **argv) {
    for (int i = 1; i < argc; i++) {
        FILE *file = fopen(argv[i], "rb");
        if (!file) {
            perror(argv[i]);
            return 2;
        }
        uint8_t *all = malloc(LARGEST);
        size_t   size = all ? fread(all, 1, LARGEST, file) : 0;
        fclose(file);
        /* A block of just this size: the sanitizer sees a step beyond it. */
        uint8_t *data = malloc(size ? size : 1);
        for (size_t k = 0; data && all && k < size; k++) data[k] = all[k];
        free(all);
        fprintf(stderr, "%s\n", argv[i]);
        if (data) LLVMFuzzerTestOneInput(data, size);
        free(data);
    }
    return 0;
}
