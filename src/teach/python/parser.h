/* What the two halves of the parser share: a place in the tokens. */
#ifndef PYTHON_PARSER_H
#define PYTHON_PARSER_H

#include "teach/python/tree.h"

typedef struct py_parser {
    arena       *a;
    symbols     *names;
    const char  *text;
    py_token    *at;     /* the token at hand */
    uint32_t     behind; /* the end of the one before it */
    uint32_t     behind_line;
    uint32_t     depth; /* of nesting */
    const char  *wrong; /* what does not fit; NULL: nothing */
    uint32_t     wrong_line;
    py_problems *problems;
} py_parser;

bool py_parser_sees(const py_parser *p, const char *word); /* is it this sign or word? */
bool py_parser_takes(py_parser *p, const char *word);      /* then go beyond it */
void py_parser_next(py_parser *p);
void py_parser_expects(py_parser *p, const char *word);
void py_parser_fails(py_parser *p, const char *format, ...) __attribute__((format(printf, 2, 3)));
sym  py_parser_name(py_parser *p); /* 0, and wrong, if there is none */
py_node *
py_parser_node(py_parser   *p,
               py_node_kind kind); /* at the token at hand; NULL without memory or if something is wrong */
py_node *py_parser_end(py_parser *p, py_node *n); /* it ends behind the token before */

py_node *py_parser_expression(py_parser *p); /* one, without commas */
py_node *py_parser_list(py_parser *p);       /* with commas: a tuple */
py_node *py_parser_targets(py_parser *p);    /* of a `for` */
void     py_parser_parameters(py_parser *p, py_node *f, const char *end);

#endif
