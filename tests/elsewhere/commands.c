/* What is the same on every platform, through dfoo.h: the native program of this file and that for another
 * platform must write the same.
 *
 *     commands derive MODEL | explain MODEL NAME | check MODEL
 *     commands train MODEL DATA.csv RUN.npz LOG.csv         200 epochs of adam, then the cost */
#include <dfoo.h>
#include <stdio.h>
#include <string.h>

static dfoo_status train(dfoo *d, dfoo_model *m, char **argv, char **text) {
    static char        end[200];
    dfoo_train_options how = DFOO_INIT(dfoo_train_options);
    dfoo_progress      last = DFOO_INIT(dfoo_progress);
    dfoo_arrays       *run;
    how.data = argv[3];
    how.log = argv[5];
    how.optimizer = "adam";
    how.epochs = 200;
    how.batch = 16;
    how.seed = 3;
    dfoo_status status = dfoo_train(m, &how, &run, &last);
    if (status == DFOO_OK) status = dfoo_arrays_write(d, argv[4], run, DFOO_F64);
    snprintf(end, sizeof end, "%zu epochs, cost %.17g\n", last.epoch, last.cost);
    *text = end;
    return status;
}

static dfoo_status run(dfoo *d, int argc, char **argv, char **text) {
    dfoo_model *m;
    dfoo_status status = argc < 3 ? DFOO_EINPUT : dfoo_model_read(d, argv[2], &m);
    if (status != DFOO_OK) return status;
    if (strcmp(argv[1], "derive") == 0) return dfoo_derive(m, NULL, text);
    if (strcmp(argv[1], "explain") == 0 && argc == 4) return dfoo_explain(m, argv[3], NULL, text);
    if (strcmp(argv[1], "check") == 0) return dfoo_check(m, NULL, text);
    return argc == 6 ? train(d, m, argv, text) : DFOO_EINPUT;
}

int main(int argc, char **argv) {
    dfoo *d;
    char *text = NULL;
    if (dfoo_open(NULL, &d) != DFOO_OK) return 2;
    dfoo_status status = run(d, argc, argv, &text);
    if (text) fputs(text, stdout);
    fputs(dfoo_messages(d), stderr);
    return fflush(stdout) != 0 || (status != DFOO_OK && status != DFOO_NO) ? 2 : 0;
}
