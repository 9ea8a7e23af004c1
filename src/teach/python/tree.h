/* Python's syntax as trees: what learners' programs are made of.
 *
 * A text is cut into tokens (lex.c), tokens become statements and expressions (parse.c). Nothing is executed
 * here, and nothing of names or values is known. What is no Python, or Python that is not known here, becomes
 * a statement of its own (S_UNKNOWN) with a message, and reading goes on behind it. */
#ifndef PYTHON_TREE_H
#define PYTHON_TREE_H

#include "core/core.h"

typedef enum py_token_kind {
    PY_TOKEN_END,
    PY_TOKEN_NEWLINE,
    PY_TOKEN_INDENT,
    PY_TOKEN_DEDENT,
    PY_TOKEN_NAME,
    PY_TOKEN_NUMBER,
    PY_TOKEN_STRING,
    PY_TOKEN_SIGN,
    PY_TOKEN_BAD /* `what` says why */
} py_token_kind;

typedef struct py_token {
    uint8_t     kind;
    uint32_t    start, end, line;
    const char *what;
} py_token;

typedef struct py_tokens {
    VEC(py_token) list;
} py_tokens;

/* The last token is PY_TOKEN_END. first_line: the number of the text's first line. */
dfoo_status py_lex(arena *a, const char *text, size_t len, uint32_t first_line, py_tokens *out);

typedef enum py_node_kind {
    /* expressions */
    E_NUMBER, /* value */
    E_STRING, /* text, n_text */
    E_FORMAT, /* f"..": list of strings and E_FIELD */
    E_FIELD,  /* a: the expression; text: the format behind the colon */
    E_NAME,   /* name */
    E_NONE,
    E_TRUE,
    E_FALSE,
    E_ELLIPSIS,
    E_TUPLE,     /* list */
    E_LIST,      /* list */
    E_SET,       /* list */
    E_DICT,      /* list: key, value, key, value; key NULL: **value */
    E_UNARY,     /* op, a */
    E_BINARY,    /* op, a, b */
    E_COMPARE,   /* list: x0, x1, ..; ops in `more` by number */
    E_AND,       /* a, b */
    E_OR,        /* a, b */
    E_NOT,       /* a */
    E_CHOICE,    /* a if b else c */
    E_LAMBDA,    /* list: parameters; a */
    E_CALL,      /* a, list: arguments */
    E_KEYWORD,   /* name = a */
    E_STAR,      /* *a */
    E_STARS,     /* **a */
    E_ATTRIBUTE, /* a.name */
    E_INDEX,     /* a[b] */
    E_SLICE,     /* a:b:c, each may be NULL */
    E_EACH,      /* [a for .. in ..]: list: E_FOR; op: its bracket; b: the value of a dict's item */
    E_FOR,       /* for a in b; list: conditions */
    E_PARAMETER, /* name, a: its default; op: 0, '*' or 'k' for two stars; '/' or '|' for the bare signs */
    /* statements */
    S_EXPRESSION, /* a */
    S_ASSIGN,     /* list: targets; a: the value */
    S_AUGMENT,    /* a op= b */
    S_IF,         /* a, body b, else c */
    S_FOR,        /* for a in b: list[0], else: c */
    S_WHILE,      /* while a: b, else: c */
    S_DEF,        /* name, list: parameters; b: the body; more: decorators */
    S_CLASS,      /* name, list: bases; b: the body */
    S_RETURN,     /* a or NULL */
    S_YIELD,      /* a or NULL; op: yield from */
    S_BREAK,
    S_CONTINUE,
    S_PASS,
    S_IMPORT, /* list: E_NAME of what is bound; text: of what, beside it */
    S_GLOBAL, /* list: E_NAME */
    S_DEL,    /* list */
    S_ASSERT, /* a, b or NULL */
    S_RAISE,  /* a or NULL */
    S_TRY,    /* b; list: handlers (S_EXCEPT); a: else; c: finally */
    S_EXCEPT, /* a: of what, or NULL; name or 0; b */
    S_WITH,   /* list: expression, target or NULL, ..; b */
    S_BLOCK,  /* list */
    S_UNKNOWN /* text: what is wrong with it */
} py_node_kind;

/* The operators as they are written; the letters where a sign has two characters. */
enum {
    PY_SIGN_FLOOR = 'f',
    PY_SIGN_POWER = 'p',
    PY_SIGN_SHIFT_LEFT = 'l',
    PY_SIGN_SHIFT_RIGHT = 'r',
    PY_SIGN_SAME = 'e',
    PY_SIGN_OTHER = 'n',
    PY_SIGN_AT_LEAST = 'g',
    PY_SIGN_AT_MOST = 's',
    PY_SIGN_IS = 'i',
    PY_SIGN_IS_NOT = 'j',
    PY_SIGN_IN = 'a',
    PY_SIGN_NOT_IN = 'b'
};

typedef struct py_node py_node;
struct py_node {
    uint8_t     kind, op;
    bool        whole;                      /* of a number: an integer */
    uint32_t    line, end_line, start, end; /* where it stands: bytes of the text */
    sym         name;
    double      value;
    const char *text;
    size_t      n_text;
    py_node    *a, *b, *c;
    VEC(py_node *) list;
    VEC(py_node *) more; /* of a comparison: nodes whose op is the sign */
};

typedef struct py_problem {
    uint32_t    line;
    const char *text;
} py_problem;

typedef struct py_problems {
    VEC(py_problem) list;
} py_problems;

/* The statements of a text, as a block. What could not be read is listed, too. DFOO_ENOMEM only. */
dfoo_status py_parse(arena *a, symbols *names, const char *text, size_t len, py_problems *wrong,
                     py_node **out);

#endif
