/* Matrices of one example, as Jacobians are put together.
 *
 * A form is a product or sum of names, diagonal matrices and derivatives of columns by columns,
 * for one example. It is written for people and evaluated, example by example. */
#ifndef DOC_FORMS_H
#define DOC_FORMS_H

#include "teach/doc/doc.h"

typedef enum {
    FORM_NODE,     /* an expression of the model, as it is for one example */
    FORM_DIAG,     /* its entries on the diagonal */
    FORM_IDENTITY, /* ones on the diagonal; n has the entries that it is counted by */
    FORM_TURN,     /* a.T */
    FORM_PRODUCT,  /* a @ b */
    FORM_SUM,      /* a + b */
    FORM_MINUS,    /* a - b */
    FORM_PARTIAL,  /* how v changes with u, entry by entry: row which of v, column which of u */
    FORM_LOSS      /* how the loss changes with v: a row */
} form_kind;

typedef struct form {
    uint8_t kind;
    node_id n;
    var_id  v, u;
    const struct form *a, *b;
} form;

/* A form in the document's arena; NULL without memory, and if a part that it needs is none. */
const form *form_new(document *doc, form f);

static inline const form *form_node(document *doc, node_id n) {
    return form_new(doc, (form){FORM_NODE, .n = n});
}
static inline const form *form_diag(document *doc, node_id n) {
    return form_new(doc, (form){FORM_DIAG, .n = n});
}
static inline const form *form_identity(document *doc, node_id n) {
    return form_new(doc, (form){FORM_IDENTITY, .n = n});
}
static inline const form *form_turn(document *doc, const form *a) {
    return form_new(doc, (form){FORM_TURN, .a = a});
}
static inline const form *form_loss(document *doc, var_id v) {
    return form_new(doc, (form){FORM_LOSS, .v = v});
}
static inline const form *form_partial(document *doc, var_id v, var_id u) {
    return form_new(doc, (form){FORM_PARTIAL, .v = v, .u = u});
}

/* PRODUCT, SUM or MINUS of two; a product drops identities. */
const form *form_both(document *doc, form_kind kind, const form *a, const form *b);

/* The transpose, handed down to the factors: (A @ B).T is B.T @ A.T, a diagonal matrix is its own. */
const form *form_turned(document *doc, const form *a);

/* The shape of one example's form. */
shape form_shape(const document *doc, const form *f);

void doc_add_form(document *doc, block *b, const form *f);

#endif
