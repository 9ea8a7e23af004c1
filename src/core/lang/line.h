/* Inside the language room: what the files that read a statement share, the tokens of the line at hand. */
#ifndef LANG_LINE_H
#define LANG_LINE_H

#include "core/lang/reader.h"

static inline dfoo_status error_at(reader *r, span at, const char *message) {
    return diag_error(r->d, &r->m->src, at, "%s", message);
}

static inline const token *peek(const reader *r) {
    return syntax_peek(&r->p);
}

static inline dfoo_status expect(reader *r, uint32_t sign, const char *what) {
    if (syntax_accept(&r->p, sign)) return DFOO_OK;
    return error_at(r, peek(r)->at, what);
}

/* The bracket that closes the one at `open`; where the line ends instead, that one is blamed. */
static inline dfoo_status expect_closing(reader *r, span open, const char *what) {
    if (peek(r)->kind == TOKEN_END) return error_at(r, open, "this bracket is not closed");
    return expect(r, ')', what);
}

static inline dfoo_status expect_end(reader *r) {
    if (peek(r)->kind == TOKEN_END) return DFOO_OK;
    if (syntax_is(&r->p, ')') || syntax_is(&r->p, ']'))
        return error_at(r, peek(r)->at, "this bracket closes nothing");
    error_at(r, peek(r)->at, "the statement should end here");
    if (syntax_is(&r->p, ';')) diag_note(r->d, "a statement ends with its line, without a sign");
    if (syntax_is(&r->p, ':')) diag_note(r->d, "a function of your own is written f(z) = z * sigmoid(z)");
    return DFOO_EINPUT;
}

/* declare.c: the rest of a declaration, behind its first words; `form` is how it is written. */
dfoo_status lang_read_variable(reader *r, var_kind kind, const char *form, bool symmetric);

/* .. and whole lines, from their word on. */
dfoo_status lang_read_const(reader *r);
dfoo_status lang_read_size(reader *r);
dfoo_status lang_read_examples(reader *r);

/* A name that is not taken yet, in a statement of the given form; a function of the file may hide one of the
 * notation's. */
dfoo_status lang_read_new_name(reader *r, sym *name, span *at, bool may_hide, const char *form);

/* define.c: a line each. */
dfoo_status lang_read_open_function(reader *r);
dfoo_status lang_read_function(reader *r);
dfoo_status lang_read_definition(reader *r);
dfoo_status lang_read_claim(reader *r);
dfoo_status lang_read_minimize(reader *r);
dfoo_status lang_read_predict(reader *r);

#endif
