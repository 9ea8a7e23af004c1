/* What `dfoo cv --log FILE` keeps: a line for each training that is done, from which the request goes on. */
#ifndef CV_LOG_H
#define CV_LOG_H

#include "grid.h"

typedef enum { NOT_YET, DONE, DIVERGED, WRONG } trial_end;

/* What came of one training. */
typedef struct trial {
    trial_end     end;
    dfoo_progress last;  /* its metric_name is the library's constant */
    double        score; /* of the fold that was held back, by the metric that is asked for */
    size_t        warnings;
} trial;

typedef struct cv_log {
    dfoo          *d;
    const request *r;
    const grid    *g;
    size_t         folds;
    uint64_t       key; /* of the request: options, models, the bytes of the files that are read */
    FILE          *file;
} cv_log;

/* Reads what is in the file of --log, if there is one, into `trials`, writes it anew without what was cut
 * off, and opens it for what comes. DFOO_EINPUT: it is of another request; said. */
dfoo_status cv_log_open(cv_log *k, char *const *models, trial *trials, size_t *n_done);

/* Adds trial i. False: it could not be written. */
bool cv_log_add(cv_log *k, const trial *t, size_t i);

void cv_log_close(cv_log *k);

#endif
