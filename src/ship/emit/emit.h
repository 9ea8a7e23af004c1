/* The face of the emitting room: a derivation in the notation of other programs.
 *
 * `only` (by var_id, may be NULL) are the variables whose gradients are wanted, all that
 * `derive` shows otherwise. `head` is the text that says what the gradients differentiate,
 * as lines of comments ("# .."). The same derivation gives the same text. */
#ifndef EMIT_EMIT_H
#define EMIT_EMIT_H

#include "core/core.h"

/* How a format is written; all 0 is the default. */
typedef struct emit_how {
    bool           standalone; /* a whole document, with the head as text and the forward pass, where the
                                  format has one */
    bool           numbered;   /* LaTeX: every equation has its number and a label */
    notation_style style;      /* of what is set as mathematics */
} emit_how;

typedef dfoo_status emit_function(const derivation *d, const bool *only, const char *head,
                                  const emit_how *how, buf *out);

/* a Python module that needs numpy only: forward(..) and backward(..) */
dfoo_status emit_numpy(const derivation *d, const bool *only, const char *head, const emit_how *how,
                       buf *out);
/* an align* environment of the gradients */
dfoo_status emit_latex(const derivation *d, const bool *only, const char *head, const emit_how *how,
                       buf *out);
/* an equation of aligned lines */
dfoo_status emit_typst(const derivation *d, const bool *only, const char *head, const emit_how *how,
                       buf *out);
/* a table of the gradients in MathML */
dfoo_status emit_html(const derivation *d, const bool *only, const char *head, const emit_how *how,
                      buf *out);
/* everything as data; docs/json.md describes it */
dfoo_status emit_json(const derivation *d, const bool *only, const char *head, const emit_how *how,
                      buf *out);

/* A row of the list of formats. */
typedef struct emit_format {
    text_format    as;
    emit_function *write; /* NULL: the derivation's page is text as it is */
} emit_format;

/* The format, or NULL: derivations do not come in it. */
const emit_format *emit_format_find(dfoo_format format);

const text_format *emit_format_at(size_t i);

#endif
