/* Between the two files of the public interface: contexts, models, and the work on one. */
#ifndef API_H
#define API_H

#include "base/arrays.h"
#include "simplify/simplify.h"

typedef struct override {
    char  *name;
    double value;
} override;

struct dfoo {
    dfoo_allocator mem;
    buf            messages;
};

/* A model is its text and what was set by name; every call reads it afresh into an arena of
 * its own, so that calls leave nothing behind. */
struct dfoo_model {
    dfoo *d;
    arena a;
    char *name, *text;
    size_t len;
    VEC(override) overrides;
};

/* One call at work. */
typedef struct work {
    dfoo   *d;
    arena   a;
    symbols names;
    diags   messages;
    model   m;
    derivation dv;
} work;

/* Reads the model, overrides applied. work_close reports the messages and frees everything;
 * it is to be called after a failure, too, and hands the status on. */
dfoo_status work_open(work *w, dfoo *d, const dfoo_model *model);
dfoo_status work_close(work *w, dfoo_status status);

/* Gives names to what needs one (once; doing it again changes nothing). */
dfoo_status work_name(work *w);

/* The passes up to the derivation, in order. */
typedef struct work_options {
    dfoo_convention convention;
    const bool     *given_gradient, *no_name, *wanted; /* by var_id */
} work_options;
dfoo_status work_derive(work *w, const work_options *opt);

/* Refuses what would be printed as a text of many megabytes, because parts without a name are
 * written out wherever they are used. */
dfoo_status work_printable(work *w);

/* The caller's arrays as values of inputs, labels and parameters, by var_id, and the sizes that
 * follow; what is missing has small sizes and no value. */
dfoo_status work_values(work *w, const dfoo_arrays *in, sizes *s, matrix **given);

/* The variable that a user means: dZ1, dz1, dZ[1]; 0 if there is none (reported). */
var_id work_find(work *w, const char *name);

/* A text of the caller's from a buffer. */
dfoo_status work_text(dfoo_status status, buf *b, char **text);

#endif
