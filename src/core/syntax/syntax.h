/* The notation as text: tokens and expression trees, without names or shapes.
 *
 * Models, the tables of operations, rules and mistakes, and index proofs are all written
 * in one notation; this room reads it and knows nothing of what it means. Trees live in
 * the arena of the parser. No function here is recursive: brackets nest as deep as the
 * text is long. */
#ifndef SYNTAX_SYNTAX_H
#define SYNTAX_SYNTAX_H

#include <assert.h>

#include "core/base/diag.h"

typedef enum {
    TOKEN_END, /* of a line (outside brackets) or of the text */
    TOKEN_NAME,
    TOKEN_NUMBER,
    TOKEN_PRIMES, /* one or more ' behind a name */
    TOKEN_SIGN    /* an operator or punctuation: `sign` holds it, two characters as 256 * first + second */
} token_kind;

enum { SIGN_POWER = '*' * 256 + '*', SIGN_LE = '<' * 256 + '=', SIGN_GE = '>' * 256 + '=',
       SIGN_EQ = '=' * 256 + '=', SIGN_NE = '!' * 256 + '=' };

typedef struct token {
    uint8_t  kind;
    bool     spaced; /* white space stands before it */
    uint16_t primes;
    uint32_t sign;
    sym      name;
    span     at;
    double   number;
} token;

typedef struct tokens {
    const source *src;
    VEC(token) list; /* ends with a TOKEN_END */
} tokens;

/* Cuts a source into tokens; characters that do not belong to the notation are reported. */
void syntax_lex(const source *src, arena *a, symbols *names, diags *d, tokens *out);

typedef enum {
    AST_NUMBER,    /* number */
    AST_NAME,      /* name; args: the indices of `W[i, j]` in a proof, else none */
    AST_CALL,      /* name(args), with primes; numpy's `a.dot(b)` is dot(a, b) */
    AST_KEYWORD,   /* name=arg, inside a call */
    AST_NEGATE,    /* -arg */
    AST_TRANSPOSE, /* arg.T */
    AST_SLICE,     /* arg[range, range]: the operand, then a range for each axis that is written */
    AST_RANGE,     /* from:to, two operands; one operand: a single row or column */
    AST_ABSENT,    /* the end of a range that is not written, as in 2: */
    AST_BINARY     /* arg sign arg */
} ast_kind;

enum { SIGN_ADJACENT = ' ' }; /* the sign of two operands side by side */

typedef struct ast {
    uint8_t     kind;
    bool        bracketed; /* stands in brackets of its own */
    uint16_t    primes;
    uint32_t    sign;
    sym         name;
    span        at; /* the point is the operator */
    double      number;
    struct ast *arg;  /* the first operand */
    struct ast *next; /* the next operand of the node above */
    uint32_t    value; /* for the room that walks the tree: what it made of this node */
} ast;

/* The nodes below and including `root`, operands before what uses them; a walk is a loop. */
typedef struct ast_list {
    VEC(ast *) list;
} ast_list;
dfoo_status ast_postorder(ast *root, arena *a, ast_list *out);

/* How names are read. With `is_function` NULL every name before `(` is a function (tables);
 * otherwise the callback decides (models, where `W1 (X + b1)` is a product).
 * `indices` reads `a[i, j]` as an entry; otherwise `W[2]` is the name W2. */
typedef struct parser {
    arena        *a;
    symbols      *names;
    diags        *d;
    const tokens *in;
    uint32_t      next; /* the token to be read */
    bool          indices;
    bool (*is_function)(void *user, sym name);
    void (*not_function)(void *user, sym name,
                         span at); /* says so of a name that is called; with is_function */
    void *user;
} parser;

/* Reads one expression from p->next on and leaves p->next behind it; NULL after an error,
 * which was reported, or without memory. */
ast *syntax_expression(parser *p);

/* Reads a whole text that holds one expression, as the tables do. */
ast *syntax_read(arena *a, symbols *names, diags *d, const char *text, bool indices);

/* The name with a layer number, W[2] -> W2, read from p->next (a TOKEN_NAME) on. */
sym syntax_layer_name(parser *p, span *at);

static inline const token *syntax_peek(const parser *p) {
    assert(p->next < p->in->list.n); /* the last token is a TOKEN_END, which nobody takes */
    return &p->in->list.at[p->next];
}
bool syntax_is(const parser *p, uint32_t sign);     /* the next token is this sign */
bool syntax_accept(parser *p, uint32_t sign);       /* and is taken */
bool syntax_word(const parser *p, const char *word); /* the next token is this name */

uint32_t ast_count(const ast *first); /* the length of a list of operands */

#endif
