/* The face of the language room: text -> model, with every mistake reported where it is. */
#ifndef LANG_LANG_H
#define LANG_LANG_H

#include "core/ir/model.h"

/* Reads a model. `name` is what messages call it; the text is copied. On DFOO_EINPUT the
 * diagnostics say why; there may be several. */
dfoo_status lang_read(model *m, arena *a, symbols *names, diags *d, const char *name, const char *text,
                      size_t len);

/* Adds the claims of another text, which has nothing else, to those of a model with a cost. */
dfoo_status lang_read_claims(model *m, arena *a, symbols *names, diags *d, const char *name, const char *text,
                             size_t len);

/* What the model is called on a command line: two_layer for one that is built in, else its file. */
void lang_put_called(const model *m, buf *out);

/* The model with its shapes and sizes, statement by statement, and the number of parameters. */
void lang_show(const model *m, buf *out);

/* Sizes that make a matrix of the model empty, or take rows that are not there, in words; NULL: they fit as
 * far as
 * they are known, or there is no memory, which the arena knows. The same as a message. */
const char *lang_misfit(const model *m, arena *a, const sizes *s);
dfoo_status lang_check_sizes(const model *m, arena *a, const sizes *s);

/* What `dfoo new` is asked for; all zero but the layers is fine. */
typedef struct lang_new_options {
    const char *layers; /* "relu 20, relu 7, sigmoid 1" */
    const char *loss;   /* by its name in losses.def; NULL: by the last activation */
    double      l2;     /* the factor of the penalty on weights; 0: none */
    double      keep;   /* the part of hidden units that dropout keeps; 0: no dropout */
    bool        rows;   /* examples are rows */
    const char *name;   /* of the model, for its first line; may be NULL */
} lang_new_options;

/* A word of the notation or of its tables, and a sentence about it ("": none). */
typedef struct lang_word {
    const char *name, *note;
} lang_word;

/* Number i of the activations that a layer may have, of the losses, of the functions of the notation and
 * of the starts; false behind the last. */
bool lang_layer_at(size_t i, lang_word *out);
bool lang_loss_at(size_t i, lang_word *out);
bool lang_function_at(size_t i, lang_word *out);
bool lang_start_at(size_t i, lang_word *out);

/* Writes the text of a model. */
dfoo_status lang_new(const lang_new_options *opt, arena *a, diags *d, buf *out);

#endif
