/* Python's statements. A statement that cannot be read becomes S_UNKNOWN, and reading goes on behind its
 * lines. */
#include <assert.h>
#include <string.h>

#include "teach/python/parser.h"

enum { DEEPEST_BLOCK = 30 };

static py_node *block(py_parser *p);
static py_node *statement(py_parser *p);

static bool at_line_end(const py_parser *p) {
    return p->at->kind == PY_TOKEN_NEWLINE || p->at->kind == PY_TOKEN_END || py_parser_sees(p, ";");
}

/* ------------------------------------------------------- simple statements */

static bool can_be_target(const py_node *n) {
    if (n->kind == E_STAR) return n->a && can_be_target(n->a);
    if (n->kind == E_TUPLE || n->kind == E_LIST) {
        for (uint32_t i = 0; i < n->list.n; i++)
            if (!can_be_target(n->list.at[i])) return false;
        return n->list.n > 0;
    }
    return n->kind == E_NAME || n->kind == E_ATTRIBUTE || n->kind == E_INDEX;
}

static py_node *augmented(py_parser *p, py_node *n, py_node *target) {
    static const struct {
        const char *text;
        uint8_t     op;
    } signs[] = {{"+=", '+'},
                 {"-=", '-'},
                 {"*=", '*'},
                 {"/=", '/'},
                 {"**=", PY_SIGN_POWER},
                 {"//=", PY_SIGN_FLOOR},
                 {"%=", '%'},
                 {"@=", '@'},
                 {"&=", '&'},
                 {"|=", '|'},
                 {"^=", '^'}};
    for (size_t i = 0; i < sizeof signs / sizeof *signs; i++) {
        if (!py_parser_takes(p, signs[i].text)) continue;
        n->kind = S_AUGMENT;
        n->op = signs[i].op;
        n->a = target;
        n->b = py_parser_list(p);
        return py_parser_end(p, n);
    }
    return NULL;
}

static py_node *expression_statement(py_parser *p) {
    py_node *n = py_parser_node(p, S_EXPRESSION), *x = py_parser_list(p);
    if (!n || !x) return NULL;
    if (py_parser_takes(p, ":")) py_parser_expression(p); /* x: float = 1 */
    py_node *more = augmented(p, n, x);
    if (more || p->wrong) return more;
    while (py_parser_takes(p, "=")) {
        n->kind = S_ASSIGN;
        if (!can_be_target(x)) py_parser_fails(p, "only names, attributes and elements can be assigned to");
        vec_push(p->a, &n->list, x);
        x = py_parser_list(p);
        if (!x) return NULL;
    }
    n->a = x;
    return py_parser_end(p, n);
}

static py_node *word(py_parser *p, py_node_kind kind) {
    py_node *n = py_parser_node(p, kind);
    py_parser_next(p);
    return py_parser_end(p, n);
}

/* return, assert, raise: one value, or two with a comma or `from` between them. */
static py_node *with_values(py_parser *p, py_node_kind kind) {
    py_node *n = py_parser_node(p, kind);
    py_parser_next(p);
    if (!n || at_line_end(p)) return py_parser_end(p, n);
    n->a = kind == S_RETURN ? py_parser_list(p) : py_parser_expression(p);
    if (kind != S_RETURN && (py_parser_takes(p, ",") || py_parser_takes(p, "from")))
        n->b = py_parser_expression(p);
    return py_parser_end(p, n);
}

static py_node *return_statement(py_parser *p) {
    return with_values(p, S_RETURN);
}

static py_node *yield_statement(py_parser *p) {
    py_node *n = py_parser_node(p, S_YIELD);
    py_parser_next(p);
    if (n) n->op = py_parser_takes(p, "from");
    if (n && !at_line_end(p)) n->a = py_parser_list(p);
    return py_parser_end(p, n);
}

static py_node *assert_statement(py_parser *p) {
    return with_values(p, S_ASSERT);
}

static py_node *raise_statement(py_parser *p) {
    return with_values(p, S_RAISE);
}

static py_node *pass_statement(py_parser *p) {
    return word(p, S_PASS);
}

static py_node *break_statement(py_parser *p) {
    return word(p, S_BREAK);
}

static py_node *continue_statement(py_parser *p) {
    return word(p, S_CONTINUE);
}

static py_node *global_statement(py_parser *p) {
    py_node *n = py_parser_node(p, S_GLOBAL);
    if (n && py_parser_sees(p, "nonlocal")) n->op = 'n';
    py_parser_next(p);
    do {
        py_node *x = py_parser_node(p, E_NAME);
        sym      name = py_parser_name(p);
        if (!n || !x) return NULL;
        x->name = name;
        vec_push(p->a, &n->list, x);
    } while (py_parser_takes(p, ","));
    return py_parser_end(p, n);
}

static py_node *del_statement(py_parser *p) {
    py_node *n = py_parser_node(p, S_DEL);
    py_parser_next(p);
    py_node *x = py_parser_targets(p);
    if (!n || !x) return NULL;
    if (x->kind != E_TUPLE) vec_push(p->a, &n->list, x);
    for (uint32_t i = 0; x->kind == E_TUPLE && i < x->list.n; i++) vec_push(p->a, &n->list, x->list.at[i]);
    return py_parser_end(p, n);
}

/* A name with dots; as written, and its first part. */
static const char *dotted(py_parser *p, sym *first) {
    uint32_t start = p->at->start;
    while (py_parser_takes(p, ".") || py_parser_takes(p, "...")) continue;
    if (p->at->kind == PY_TOKEN_NAME && !py_parser_sees(p, "import")) *first = py_parser_name(p);
    while (py_parser_takes(p, ".")) py_parser_name(p);
    return arena_text(p->a, p->text + start, p->behind > start ? p->behind - start : 0);
}

/* One `a.b as c`: what is bound, and where it comes from. */
static void import_one(py_parser *p, py_node *n, const char *from) {
    py_node    *x = py_parser_node(p, E_NAME);
    sym         first = 0;
    const char *path = dotted(p, &first);
    if (!x || !path) return;
    x->name = first;
    x->text = from ? arena_format(p->a, "%s.%s", from, path) : path;
    if (py_parser_takes(p, "as"))
        x->name = py_parser_name(p);
    else if (!from && x->text)
        x->text = symbols_name(p->names, first);
    if (x->name && x->text) vec_push(p->a, &n->list, x);
}

static py_node *import_statement(py_parser *p) {
    py_node    *n = py_parser_node(p, S_IMPORT);
    const char *from = NULL;
    sym         none = 0;
    bool        is_from = py_parser_sees(p, "from");
    py_parser_next(p);
    if (is_from) {
        from = dotted(p, &none);
        py_parser_expects(p, "import");
    }
    if (!n || py_parser_takes(p, "*")) {
        if (n) n->text = from;
        return py_parser_end(p, n);
    }
    bool open = is_from && py_parser_takes(p, "(");
    do {
        if (open && py_parser_sees(p, ")")) break;
        import_one(p, n, from);
    } while (py_parser_takes(p, ",") && !p->wrong);
    if (open) py_parser_expects(p, ")");
    return py_parser_end(p, n);
}

/* ----------------------------------------------------- compound statements */

static py_node *if_statement(py_parser *p) {
    py_node *n = py_parser_node(p, S_IF);
    py_parser_next(p);
    if (!n) return NULL;
    n->a = py_parser_expression(p);
    n->b = block(p);
    if (py_parser_sees(p, "elif")) {
        if (++p->depth > DEEPEST_BLOCK * 2) py_parser_fails(p, "this is nested too deeply");
        n->c = p->wrong ? NULL : if_statement(p);
        p->depth--;
    } else if (py_parser_takes(p, "else"))
        n->c = block(p);
    return py_parser_end(p, n);
}

static py_node *while_statement(py_parser *p) {
    py_node *n = py_parser_node(p, S_WHILE);
    py_parser_next(p);
    if (!n) return NULL;
    n->a = py_parser_expression(p);
    n->b = block(p);
    if (py_parser_takes(p, "else")) n->c = block(p);
    return py_parser_end(p, n);
}

static py_node *for_statement(py_parser *p) {
    py_node *n = py_parser_node(p, S_FOR);
    py_parser_next(p);
    if (!n) return NULL;
    n->a = py_parser_targets(p);
    py_parser_expects(p, "in");
    n->b = py_parser_list(p);
    py_node *body = block(p);
    if (!body) return NULL;
    vec_push(p->a, &n->list, body);
    if (py_parser_takes(p, "else")) n->c = block(p);
    return py_parser_end(p, n);
}

static py_node *def_statement(py_parser *p) {
    py_node *n = py_parser_node(p, S_DEF);
    py_parser_next(p);
    sym name = py_parser_name(p);
    if (!n) return NULL;
    n->name = name;
    py_parser_expects(p, "(");
    py_parser_parameters(p, n, ")");
    py_parser_expects(p, ")");
    if (py_parser_takes(p, "->")) py_parser_expression(p);
    n->b = block(p);
    return py_parser_end(p, n);
}

static py_node *class_statement(py_parser *p) {
    py_node *n = py_parser_node(p, S_CLASS);
    py_parser_next(p);
    sym name = py_parser_name(p);
    if (!n) return NULL;
    n->name = name;
    if (py_parser_takes(p, "(")) {
        while (!p->wrong && !py_parser_sees(p, ")")) {
            py_node *x = py_parser_expression(p);
            if (x && !py_parser_takes(p, "="))
                vec_push(p->a, &n->list, x);
            else if (x)
                py_parser_expression(p);
            if (!py_parser_takes(p, ",")) break;
        }
        py_parser_expects(p, ")");
    }
    n->b = block(p);
    return py_parser_end(p, n);
}

static py_node *decorated(py_parser *p) {
    VEC(py_node *) found = {0};
    while (py_parser_takes(p, "@")) {
        py_node *x = py_parser_expression(p);
        if (x) vec_push(p->a, &found, x);
        if (p->at->kind == PY_TOKEN_NEWLINE) py_parser_next(p);
        if (p->wrong) return NULL;
    }
    py_node *n = statement(p);
    if (n && n->kind == S_DEF)
        for (uint32_t i = 0; i < found.n; i++) vec_push(p->a, &n->more, found.at[i]);
    return n;
}

static py_node *except(py_parser *p) {
    py_node *n = py_parser_node(p, S_EXCEPT);
    py_parser_next(p);
    if (!n) return NULL;
    if (!py_parser_sees(p, ":")) n->a = py_parser_expression(p);
    if (py_parser_takes(p, "as")) n->name = py_parser_name(p);
    n->b = block(p);
    return py_parser_end(p, n);
}

static py_node *try_statement(py_parser *p) {
    py_node *n = py_parser_node(p, S_TRY);
    py_parser_next(p);
    if (!n) return NULL;
    n->b = block(p);
    while (py_parser_sees(p, "except") && !p->wrong) {
        py_node *x = except(p);
        if (x) vec_push(p->a, &n->list, x);
    }
    if (py_parser_takes(p, "else")) n->a = block(p);
    if (py_parser_takes(p, "finally")) n->c = block(p);
    return py_parser_end(p, n);
}

static py_node *with_statement(py_parser *p) {
    py_node *n = py_parser_node(p, S_WITH);
    py_parser_next(p);
    do {
        py_node *x = py_parser_expression(p), *target = NULL;
        if (py_parser_takes(p, "as")) target = py_parser_expression(p);
        if (!n || !x) return NULL;
        vec_push(p->a, &n->list, x);
        vec_push(p->a, &n->list, target);
    } while (py_parser_takes(p, ","));
    n->b = block(p);
    return py_parser_end(p, n);
}

/* -------------------------------------------------------------- statements */

typedef struct opening {
    const char *word;
    py_node *(*read)(py_parser *p);
    bool compound;
} opening;

static const opening openings[] = {{"return", return_statement, false},
                                   {"yield", yield_statement, false},
                                   {"assert", assert_statement, false},
                                   {"raise", raise_statement, false},
                                   {"pass", pass_statement, false},
                                   {"break", break_statement, false},
                                   {"continue", continue_statement, false},
                                   {"global", global_statement, false},
                                   {"nonlocal", global_statement, false},
                                   {"del", del_statement, false},
                                   {"import", import_statement, false},
                                   {"from", import_statement, false},
                                   {"if", if_statement, true},
                                   {"while", while_statement, true},
                                   {"for", for_statement, true},
                                   {"def", def_statement, true},
                                   {"class", class_statement, true},
                                   {"@", decorated, true},
                                   {"try", try_statement, true},
                                   {"with", with_statement, true}};

static const opening *opening_here(const py_parser *p) {
    for (size_t i = 0; i < sizeof openings / sizeof *openings; i++)
        if (py_parser_sees(p, openings[i].word)) return &openings[i];
    return NULL;
}

/* Beyond the rest of a line, and the lines that are indented below it. */
static void skip_statement(py_parser *p) {
    while (p->at->kind != PY_TOKEN_NEWLINE && p->at->kind != PY_TOKEN_END && p->at->kind != PY_TOKEN_DEDENT)
        py_parser_next(p);
    if (p->at->kind == PY_TOKEN_NEWLINE) py_parser_next(p);
    if (p->at->kind != PY_TOKEN_INDENT) return;
    for (uint32_t depth = 0; p->at->kind != PY_TOKEN_END;) {
        depth += p->at->kind == PY_TOKEN_INDENT;
        depth -= p->at->kind == PY_TOKEN_DEDENT;
        py_parser_next(p);
        if (!depth) return;
    }
}

static py_node *give_up(py_parser *p, const py_token *from) {
    py_problem what = {p->wrong_line, p->wrong};
    uint32_t   line = from->line;
    vec_push(p->a, &p->problems->list, what);
    p->wrong = NULL;
    if (p->at < from) p->at = (py_token *)from;
    skip_statement(p);
    py_node *n = py_parser_node(p, S_UNKNOWN);
    if (!n) return NULL;
    n->text = what.text;
    n->line = what.line ? what.line : line;
    return n;
}

static py_node *statement(py_parser *p) {
    const opening *o = opening_here(p);
    return o ? o->read(p) : expression_statement(p);
}

/* The statements of one line into a list: several with semicolons, or one with a body. */
static void read_line(py_parser *p, py_node *into) {
    const py_token *from = p->at;
    uint32_t        depth = p->depth;
    for (;;) {
        const opening *o = opening_here(p);
        py_node       *n = statement(p);
        if (n && (!o || !o->compound) && !at_line_end(p))
            py_parser_fails(p, "something stands behind the end of a statement");
        if (!n && !p->wrong) py_parser_fails(p, "this could not be read");
        if (p->wrong) {
            p->depth = depth;
            n = p->a->failed ? NULL : give_up(p, from);
            if (n) vec_push(p->a, &into->list, n);
            return;
        }
        vec_push(p->a, &into->list, n);
        if (o && o->compound) return;
        if (!py_parser_takes(p, ";") || p->at->kind == PY_TOKEN_NEWLINE) break;
    }
    if (p->at->kind == PY_TOKEN_NEWLINE) py_parser_next(p);
}

/* : and what follows, in the same line or below it. */
static py_node *block(py_parser *p) {
    py_parser_expects(p, ":");
    py_node *n = py_parser_node(p, S_BLOCK);
    if (!n) return NULL;
    if (++p->depth > DEEPEST_BLOCK * 2) py_parser_fails(p, "this is nested too deeply");
    if (p->wrong) return NULL;
    if (p->at->kind != PY_TOKEN_NEWLINE)
        read_line(p, n);
    else {
        py_parser_next(p);
        if (p->at->kind != PY_TOKEN_INDENT) py_parser_fails(p, "an indented block is expected");
        if (p->wrong) return NULL;
        py_parser_next(p);
        while (p->at->kind != PY_TOKEN_DEDENT && p->at->kind != PY_TOKEN_END && !p->a->failed)
            read_line(p, n);
        if (p->at->kind == PY_TOKEN_DEDENT) py_parser_next(p);
    }
    p->depth--;
    return py_parser_end(p, n);
}

dfoo_status py_parse(arena *a, symbols *names, const char *text, size_t len, py_problems *wrong,
                     py_node **out) {
    py_tokens tokens = {{0}};
    DFOO_TRY(py_lex(a, text, len, 1, &tokens));
    py_parser p = {.a = a, .names = names, .text = text, .at = tokens.list.at, .problems = wrong};
    *out = py_parser_node(&p, S_BLOCK);
    while (*out && p.at->kind != PY_TOKEN_END && !a->failed) {
        const py_token *before = p.at;
        if (p.at->kind == PY_TOKEN_INDENT || p.at->kind == PY_TOKEN_DEDENT || p.at->kind == PY_TOKEN_NEWLINE)
            py_parser_next(&p);
        else
            read_line(&p, *out);
        if (p.at == before) py_parser_next(&p);
    }
    return arena_status(a);
}
