/* What the calls that read data share: files -> a source of numbers for the training room. */
#ifndef API_LOAD_H
#define API_LOAD_H

#include "api/api.h"
#include "host/host.h"
#include "run/run.h"

/* What was read; everything but the arrays lives in the work's arena. */
typedef struct loaded {
    dfoo_arrays   *set;
    data_table     table; /* the columns of all CSV files */
    data_text_list texts;
    bool           one_each; /* every other file gave one array */
} loaded;

typedef struct load_request {
    const char        *file; /* NULL: the arrays */
    const char *const *more; /* more files, up to NULL; may be NULL */
    const dfoo_arrays *arrays;
    const char        *map; /* "X=a,b,Y=c", or NULL */
    const char        *map_option;
    dfoo_header        header;
    bool               missing; /* values of a CSV file may be missing */
    bool               narrow;  /* what is float32 stays so */
} load_request;

/* loaded_free is to be called after a failure, too; `l` starts as all zero. */
dfoo_status load(work *w, const load_request *r, loaded *l, feed_source *out);
void        loaded_free(loaded *l);

/* "malignant,benign" as the labels of the options. */
dfoo_status work_labels(work *w, const char *text, feed_options *how);

/* The words between commas. */
typedef struct word_list {
    VEC(const char *) list;
} word_list;
dfoo_status work_words(work *w, const char *text, word_list *out);

/* "1/255", "X=1/255,U=0.5" */
dfoo_status load_scales(work *w, const char *text, feed_options *how);

/* The names of classes: an array of text in the data, a file, or a list; NULL: an array of text that is
 * called as they usually are. */
dfoo_status load_classes(work *w, const char *text, const loaded *l, feed_options *how);

/* What becomes of the columns of tables: NULL, "none", or a file of rules. */
dfoo_status load_rules(work *w, const char *prepare, feed_options *how);

/* What the options of predicting say: the program that a step of training runs, the data, the labels. */
typedef struct examples_call {
    feed_source  data;
    feed_options how;
    program      p;
} examples_call;
dfoo_status work_examples(work *w, const dfoo_arrays *run, const dfoo_predict_options *opt, loaded *l,
                          examples_call *out);

#endif
