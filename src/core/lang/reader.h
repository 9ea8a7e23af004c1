/* Inside the language room: the state of reading one model. */
#ifndef LANG_READER_H
#define LANG_READER_H

#include "core/lang/lang.h"

typedef struct reader {
    model  *m;
    ir     *g;
    arena  *a;
    diags  *d;
    tokens  in;
    parser  p;
    sym     formals[3];     /* names bound while a function's body is read */
    var_id  formal_vars[3];
    uint8_t n_formals;
    VEC(sym) broken;        /* names whose definition had an error: their uses are not reported again */
    bool    minimized;      /* `minimize` stands above, though its line may have had an error */
    bool    symmetric;      /* `symmetric` stands before the declaration at hand */
    sym     defining;       /* the name on the left of the definition at hand */
    const ast *whole;       /* and all that stands on its right */
    examples_said said;     /* `examples m`, `examples none` */
    dim     said_examples;
    span    said_at;
} reader;

/* expr.c: the node of an expression; 0 after an error, which was reported. */
node_id lang_read_expression(reader *r, ast *x);

/* Is this numpy's name for what the notation writes with signs: dot, multiply, square, ..? */
bool lang_is_numpy_name(const char *name);

/* pieces.c: Z[0:3, :]; concat and pad of operands that are read; 0 after an error. */
node_id lang_read_slice(reader *r, const ast *x);
node_id lang_concat(reader *r, const ast *const *x, const node_id *n, uint32_t count, uint8_t axis);
node_id lang_pad(reader *r, const ast *const *x, const node_id *n, uint8_t axis);

/* A size as an operand: whole numbers, names of dimensions, their sums and products; false after an error. */
bool lang_size_of(reader *r, const ast *x, dim *out);

/* dropout.c: the node of dropout(x, keep), with a mask of its own. */
node_id lang_read_dropout(reader *r, const ast *x);

/* mismatch.c: reports operands whose shapes do not fit, with what would. Return 0. */
node_id lang_mismatch_product(reader *r, const ast *x, node_id left, node_id right);
node_id lang_mismatch_elementwise(reader *r, const ast *x, node_id left, node_id right);

/* examples.c: the examples' dimension as declarations tell it, since softmax needs to know where the classes
 * lie while definitions are read, and as the whole model does; then what does not go with it. */
void        lang_guess_examples(reader *r);
void        lang_find_examples(reader *r);
dfoo_status lang_check_examples(reader *r);

/* whole.c: what is asked of a model whose lines are all read. */
dfoo_status lang_check_whole(reader *r);

/* Says what is wrong with a part of an expression; 0, for the node that it has not become. */
static inline node_id lang_refuse(reader *r, const ast *x, const char *message) {
    diag_error(r->d, &r->m->src, x->at, "%s", message);
    return 0;
}

/* An arena text of a shape or of a place in the model, for messages. */
const char *lang_shape_text(reader *r, shape s);
const char *lang_source_text(reader *r, span at);

/* names.c: had its definition an error; is it a dimension's? */
bool lang_is_broken(const reader *r, sym name);
bool lang_is_size_name(const reader *r, sym name);

/* functions.c: is a name before a bracket a function's? May a variable be spelled like this one, and
 * hide it? */
bool lang_is_function(const reader *r, sym name);
bool lang_may_be_hidden(const char *function);

/* Says how what people write who come from elsewhere is written here (meant.def), if that is known. */
typedef enum { MEANT_FUNCTION, MEANT_STATEMENT, MEANT_NAME } meant_where;
bool lang_meant(reader *r, meant_where where, const char *word);

/* The known name that is closest to an unknown one, or NULL; .. of word(0), word(1), .. up to NULL. */
const char *lang_closest_name(reader *r, sym name, bool functions);
const char *lang_closest_word(const reader *r, sym name, const char *(*word)(size_t i));

#endif
