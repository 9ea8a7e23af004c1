/* Training steps of a model on its own, for bench/run.py: reads a number of steps per line of its input, makes
 * them, and answers with the seconds that they took and the cost of the last one.
 *
 *   bench/train MODEL.eq DATA.npz START.npz OPTIMIZER RATE f32|f64 THREADS
 */
#define _POSIX_C_SOURCE 200809L
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "dfoo.h"

static double now(void) {
    struct timespec t;
    clock_gettime(CLOCK_MONOTONIC, &t);
    return (double)t.tv_sec + 1e-9 * (double)t.tv_nsec;
}

static int fail(dfoo *d, const char *what) {
    fprintf(stderr, "%s: %s\n", what, dfoo_messages(d));
    return 1;
}

static int serve(dfoo *d, dfoo_trainer *t) {
    char          line[64];
    dfoo_progress at = {.size = sizeof at};
    puts("ready");
    fflush(stdout);
    while (fgets(line, sizeof line, stdin)) {
        long   n = strtol(line, NULL, 10);
        double start = now();
        for (long i = 0; i < n; i++)
            if (dfoo_trainer_step(t, NULL, &at) != DFOO_OK) return fail(d, "a step");
        printf("%.9f %.17g\n", now() - start, at.cost);
        fflush(stdout);
    }
    return 0;
}

int main(int argc, char **argv) {
    dfoo         *d;
    dfoo_model   *model;
    dfoo_trainer *t;
    if (argc != 8 || dfoo_open(NULL, &d) != DFOO_OK) return 2;
    if (dfoo_model_read(d, argv[1], &model) != DFOO_OK) return fail(d, argv[1]);
    dfoo_status status = dfoo_trainer_open(
        model,
        DFOO_WITH(dfoo_train_options, .data = argv[2], .from = argv[3], .optimizer = argv[4],
                  .learning_rate = strtod(argv[5], NULL), .epochs = (size_t)1 << 40,
                  .report_every = (size_t)1 << 40, .dtype = strcmp(argv[6], "f64") == 0 ? DFOO_F64 : DFOO_F32,
                  .threads = (unsigned)atoi(argv[7])),
        &t);
    if (status != DFOO_OK) return fail(d, "training");
    int result = serve(d, t);
    dfoo_trainer_close(t);
    dfoo_model_free(model);
    dfoo_close(d);
    return result;
}
