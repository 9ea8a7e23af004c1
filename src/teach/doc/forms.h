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

/* Parts; NULL without memory, and if a part is NULL. A product drops identities. */
const form *form_node(document *doc, node_id n);
const form *form_diag(document *doc, node_id n);
const form *form_identity(document *doc, node_id n);
const form *form_turn(document *doc, const form *a);
const form *form_product(document *doc, const form *a, const form *b);
const form *form_sum(document *doc, const form *a, const form *b);
const form *form_minus(document *doc, const form *a, const form *b);
const form *form_partial(document *doc, var_id v, var_id u);
const form *form_loss(document *doc, var_id v);

/* The transpose, handed down to the factors: (A @ B).T is B.T @ A.T, a diagonal matrix is its own. */
const form *form_turned(document *doc, const form *a);

/* The shape of one example's form. */
shape form_shape(const document *doc, const form *f);

void doc_add_form(document *doc, block *b, const form *f);

#endif
