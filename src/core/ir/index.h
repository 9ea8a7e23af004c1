/* Index trees: the lines of an index proof, `da[j] = sum(i, W[i,j] * dz[i])`, as data.
 *
 * They are made from templates of the proof tables, printed for people, and interpreted by
 * loops for the check; a sum over an index is really summed. An entry of a variable that
 * has one column for each example is written without that index where one example is
 * considered (z2[i] for Z2[i,t]). */
#ifndef IR_INDEX_H
#define IR_INDEX_H

#include "core/ir/model.h"

typedef enum {
    INDEX_NUMBER,
    INDEX_SIZE,    /* a dimension as a number: m; `size` */
    INDEX_ENTRY,   /* var[row, col] */
    INDEX_SUM,     /* over `letter`, of a; `size` is how far it runs, 0: as far as the entries with it go */
    INDEX_NODE,    /* op(a, b) for an elementwise operation */
    INDEX_DELTA,   /* 1 where the letters row and col are the same number, else 0 */
    INDEX_AT,      /* the entry [row, col] of a whole expression, `node` */
    INDEX_PARTIAL, /* how a.var[..] changes with b.var[..]; both are entries */
    INDEX_LOSS     /* how the loss changes with the entry a; its value is the gradient's. With an
                      entry b: a's share that reaches the loss through b.var in b's example */
} index_kind;

/* A letter that stands for a number, the first entry or another: written W[2,1]. */
#define INDEX_FIXED(i) ((char)((i) + 2))
enum { INDEX_MOST = 9 }; /* so many of them */

/* Is it one? Letters begin far behind; the '1' of a dimension that is 1 is none, and not written. */
static inline bool index_is_fixed(char letter) {
    return letter >= INDEX_FIXED(0) && letter <= INDEX_FIXED(INDEX_MOST - 1);
}

typedef struct index_tree {
    uint8_t kind, op;
    uint8_t primes;   /* NODE of an open function */
    sym     function; /* and its name */
    char    letter;   /* SUM */
    bool    spelled;  /* SUM: printed as first + .. + general + .. */
    char    row, col; /* ENTRY, DELTA, AT: index letters, or '1' */
    dim     row_behind, col_behind; /* .. what is added to them: Z[i+n,t]; 0: nothing */
    dim     row_range, col_range;   /* .. how far they run, where that is not the whole of it; or 0 */
    var_id  var;      /* ENTRY */
    node_id node;     /* AT */
    dim     size;
    double  number;
    struct index_tree *a, *b, *c;
} index_tree;

/* What the names of a template stand for. */
typedef struct index_name {
    const char *name;
    node_id     n; /* a VAR, the transpose of one, or any elementwise expression of such */
} index_name;

typedef struct index_env {
    const ir         *g;
    arena            *a;
    const index_name *names;
    uint32_t          n_names;
    char             *fresh; /* the letters that are left for sums, taken out; NULL: what is not
                                elementwise has no tree */
    dim              *along; /* by letter: the dimension it runs along, noted when it is taken; may be NULL */
} index_env;

/* A template, read with `indices`, as a tree: names with indices are entries, sum(j, x) and
 * spell(j, x) sums, D(y[i], a[j]) a partial derivative, DL(y[i]) the loss's. NULL: a name is
 * not known, or no memory. */
index_tree *index_build(const index_env *env, const ast *x);

/* The entry [row, col] of an expression of names: what stands in one place of it. Products and
 * sums over an axis become sums over fresh letters. NULL if it has something else in it, no
 * letter is left, or there is no memory. */
index_tree *index_of_node(const index_env *env, node_id n, char row, char col);

/* Parts of trees; an argument that is NULL makes the whole NULL. */
index_tree *index_entry(const index_env *env, var_id v, char row, char col);
index_tree *index_number(const index_env *env, double value);
index_tree *index_op(const index_env *env, op_id op, index_tree *a, index_tree *b);
index_tree *index_sum(const index_env *env, char letter, index_tree *a);
index_tree *index_delta(const index_env *env, char row, char col);
index_tree *index_delta_behind(const index_env *env, char row, char col, dim start); /* row is col + start */
index_tree *index_partial(const index_env *env, index_tree *y, index_tree *a);
index_tree *index_loss(const index_env *env, index_tree *a, index_tree *through);
index_tree *index_at(const index_env *env, node_id n, char row, char col);

/* The product, without factors 1; a sign is kept in front. */
index_tree *index_times(const index_env *env, index_tree *a, index_tree *b);

/* A letter that stands nowhere yet, t for the examples if it is left; 0 if none is. */
char index_fresh(const index_env *env, dim along);

/* Does a letter stand in the tree, free or as that of a sum? */
bool index_occurs(const index_tree *x, char letter);

/* Puts a letter, and what is added to it, in the place of another one: W[i,k] becomes W[i,j+n]. False: the
 * other
 * one stands where that cannot be written. */
bool index_replace(index_tree *x, char letter, char by, dim start, dim range);

/* The same with every sum written out and numbers for letters: W[1,1]*x[1] + W[1,2]*x[2] + b[1]. The tree's
 * own letters are fixed already. NULL: a place behind the ninth, or no memory. */
index_tree *index_spell(const index_env *env, const index_tree *x, const sizes *s);

/* Calls `use` for every whole expression in the tree (AT). */
void index_nodes(const index_tree *x, void (*use)(void *user, node_id n), void *user);

typedef struct index_style {
    const bool *small;    /* by var_id: has a column (row) for each example */
    const bool *lower;    /* by var_id: and is written in lower case for one of them */
    char        example;  /* the letter that is left out for these variables; 0: none is */
    const char *loss;     /* how the differentiated number is called: "l", "J" */
} index_style;

/* Values for a tree: entries from an evaluation that has run, index letters from `at`, and
 * partial derivatives through a callback (differences). */
typedef struct index_values {
    const evaluation *e;
    size_t            at[128]; /* by letter, from 0 */
    double (*partial)(void *user, const struct index_values *v,
                      const index_tree *x); /* PARTIAL; LOSS with b */
    void    *user;
    double   noise; /* of what is computed, see evaluation */
    uint64_t noisy;
} index_values;

double index_value(index_values *v, const index_tree *x);

/* How far a letter runs: the size of the dimension it stands in; 0 if it does not occur. */
size_t index_range(const evaluation *e, const index_tree *x, char letter);

bool index_has_partial(const index_tree *x);

#endif
