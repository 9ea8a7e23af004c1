/* The statements of a model, one a line. A line with an error is left out and its name
 * remembered as broken, so that the lines that use it are not blamed. */
#include <assert.h>
#include <string.h>

#include "core/lang/line.h"

static bool is_function(void *user, sym name) {
    return lang_is_function(user, name);
}

/* A known variable before a bracket was meant as a factor; another name may be mistyped. */
static void not_function(void *user, sym name, span at) {
    reader     *r = user;
    const char *text = symbols_name(r->p.names, name);
    if (ir_find_var(r->g, name) || lang_is_size_name(r, name) || lang_is_broken(r, name)) {
        diag_error(r->d, &r->m->src, at, "'%s' is not a function", text);
        diag_note(r->d, "for a product with a variable put a space before the bracket: %s (..)", text);
        return;
    }
    const char *close = lang_closest_name(r, name, true);
    diag_error(r->d, &r->m->src, at, "unknown function '%s'", text);
    if (lang_meant(r, MEANT_FUNCTION, text)) return;
    if (close) diag_note(r->d, "did you mean %s?", close);
    diag_note(r->d,
              "a function of your own stands in a line above: %s(z) = .. with its formula, or function %s "
              "without one",
              text, text);
}

/* The whole of the line at hand, for messages, and to go on behind it. */
static void skip_line(reader *r) {
    assert(r->p.next < r->in.list.n);
    while (peek(r)->kind != TOKEN_END) r->p.next++;
}

/* NAME ( NAME {, NAME} ) = */
static bool is_function_line(const reader *r) {
    const token *t = peek(r);
    if (t[0].kind != TOKEN_NAME || t[1].kind != TOKEN_SIGN || t[1].sign != '(') return false;
    for (t += 2; t->kind != TOKEN_END; t++)
        if (t->kind == TOKEN_SIGN && t->sign == ')') return t[1].kind == TOKEN_SIGN && t[1].sign == '=';
    return false;
}

/* Does the line begin with this word of a statement? `size = 2` defines a variable of that name. */
static bool begins_with(const reader *r, const char *word) {
    const token *next = peek(r) + 1;
    if (!syntax_word(&r->p, word)) return false;
    return next->kind != TOKEN_SIGN || (next->sign != '=' && next->sign != '[');
}

static dfoo_status read_input(reader *r) {
    r->p.next++;
    return lang_read_variable(r, VAR_INPUT, "input X : (n0, m)", r->symmetric);
}

static dfoo_status read_label(reader *r) {
    r->p.next++;
    return lang_read_variable(r, VAR_LABEL, "label Y : (n2, m)", r->symmetric);
}

static dfoo_status read_param(reader *r) {
    r->p.next++;
    return lang_read_variable(r, VAR_PARAM, "param W1 : (n1, n0)", r->symmetric);
}

static dfoo_status read_symmetric(reader *r);

/* The statements that begin with a word: variables, other declarations, and what comes below. */
static const struct statement {
    const char *word;
    dfoo_status (*read)(reader *); /* the line, from its word on */
} statements[] = {
    {"input", read_input}, {"label", read_label}, {"param", read_param}, {"symmetric", read_symmetric},
    {"const", lang_read_const}, {"size", lang_read_size}, {"examples", lang_read_examples},
    {"function", lang_read_open_function}, {"minimize", lang_read_minimize}, {"predict", lang_read_predict}};
enum { N_VARIABLES = 3, N_DECLARATIONS = 8, N_STATEMENTS = sizeof statements / sizeof *statements };

static const char *statement_word(size_t i) {
    return i < N_STATEMENTS ? statements[i].word : NULL;
}

/* Which of the first n words the line at hand begins with; n: none. */
static size_t word_at(const reader *r, size_t n) {
    size_t i = 0;
    while (i < n && !begins_with(r, statements[i].word)) i++;
    return i;
}

/* symmetric input S : (n, n), symmetric param P : (n, n); symmetric S : (n, n) is an input. */
static dfoo_status read_symmetric(reader *r) {
    r->p.next++;
    size_t i = word_at(r, N_VARIABLES);
    if (i == N_VARIABLES) return lang_read_variable(r, VAR_INPUT, "symmetric input S : (n, n)", true);
    r->symmetric = true;
    dfoo_status status = statements[i].read(r);
    r->symmetric = false;
    return status;
}

/* inptu X : (n0, m), or a name alone. What was to be declared is not reported again. */
static dfoo_status no_statement(reader *r) {
    sym         name = peek(r)->name;
    const token *next = peek(r) + 1;
    const char  *list = statements[0].word, *close = lang_closest_word(r, name, statement_word);
    for (size_t i = 1; list && i < N_STATEMENTS; i++)
        list = arena_format(r->a, "%s, %s", list, statements[i].word);
    vec_push(r->a, &r->broken, close && next->kind == TOKEN_NAME ? next->name : name);
    if (!list || r->a->failed) return DFOO_ENOMEM;
    diag_error(r->d, &r->m->src, close ? peek(r)->at : next->at,
               "a statement begins with a word (%s) or is a definition, name = expression", list);
    if (!lang_meant(r, MEANT_STATEMENT, symbols_name(r->p.names, name)) && close)
        diag_note(r->d, "did you mean %s?", close);
    return DFOO_EINPUT;
}

static dfoo_status read_line(reader *r) {
    if (is_function_line(r)) return lang_read_function(r);
    size_t i = word_at(r, N_STATEMENTS);
    if (i < N_STATEMENTS) return statements[i].read(r);
    if (peek(r)->kind != TOKEN_NAME) {
        error_at(r, peek(r)->at, "a statement starts with a name or a word such as input, param, minimize");
        if (syntax_is(&r->p, '/')) diag_note(r->d, "a comment begins with #");
        return DFOO_EINPUT;
    }
    if (r->minimized) return lang_read_claim(r);
    token_kind next = peek(r)[1].kind;
    return next == TOKEN_NAME || next == TOKEN_END ? no_statement(r) : lang_read_definition(r);
}

/* Is the line at hand a definition or what comes after definitions? */
static bool ends_declarations(const reader *r) {
    return word_at(r, N_DECLARATIONS) == N_DECLARATIONS;
}

/* The first line that is no declaration decides where classes lie; declarations below it may tell
 * otherwise, and so may 1/m: see lang_read. */
static dfoo_status read_statements(reader *r, bool guessed) {
    while (r->p.next + 1 < r->in.list.n) {
        if (peek(r)->kind == TOKEN_END) {
            r->p.next++;
            continue;
        }
        if (!guessed && ends_declarations(r)) {
            guessed = true;
            lang_guess_examples(r);
            r->g->examples = r->m->examples;
        }
        dfoo_status status = read_line(r);
        if (status == DFOO_ENOMEM || r->a->failed) return DFOO_ENOMEM;
        skip_line(r);
    }
    lang_find_examples(r);
    return r->a->failed ? DFOO_ENOMEM : r->d->n_errors ? DFOO_EINPUT : DFOO_OK;
}

static bool has_classes(const reader *r) {
    for (node_id n = 1; n < r->g->nodes.n; n++)
        if (op_table[ir_node(r->g, n)->op].rule == SHAPE_SAME && ir_node(r->g, n)->op != OP_OPEN) return true;
    return false;
}

enum { LONGEST_MODEL = 2 << 20 }; /* bytes: what follows takes a thousand times as much memory and more */

static parser parser_of(reader *r) {
    return (parser){.a = r->a,
                    .names = r->g->names,
                    .d = r->d,
                    .in = &r->in,
                    .is_function = is_function,
                    .not_function = not_function,
                    .user = r};
}

/* Reads the tokens; `examples` is their dimension if that is known already, or NULL. */
static dfoo_status read_tokens(reader *r, symbols *names, const dim *examples) {
    model *m = r->m;
    *r = (reader){.m = m, .g = &m->g, .a = r->a, .d = r->d, .in = r->in};
    *m = (model){.src = m->src};
    DFOO_TRY(ir_init(&m->g, r->a, names, r->d));
    r->p = parser_of(r);
    if (examples) m->g.examples = *examples;
    return read_statements(r, examples != NULL);
}

/* The text as tokens, unless it is none. */
static dfoo_status cut(reader *r, symbols *names, size_t len) {
    const char *text = r->m->src.text, *zero = memchr(text, 0, len);
    uint32_t    errors = r->d->n_errors;
    if (zero) {
        uint32_t at = (uint32_t)(zero - text);
        return diag_error(r->d, &r->m->src, span_at(at, at), "this is not a text: it holds a zero byte");
    }
    if (len > LONGEST_MODEL)
        return diag_error(r->d, NULL, span_at(0, 0),
                          "%s is %zu bytes long; a model may have %d, enough for some 15,000 layers",
                          r->m->src.name, len, LONGEST_MODEL);
    syntax_lex(&r->m->src, r->a, names, r->d, &r->in);
    return r->a->failed ? DFOO_ENOMEM : r->d->n_errors > errors ? DFOO_EINPUT : DFOO_OK;
}

dfoo_status lang_read(model *m, arena *a, symbols *names, diags *d, const char *name, const char *text,
                      size_t len) {
    const char *own_name = arena_text(a, name, strlen(name)), *own_text = arena_text(a, text, len);
    *m = (model){.src = {.name = own_name, .text = own_text, .len = len}};
    if (!own_name || !own_text) return DFOO_ENOMEM;
    reader r = {.m = m, .a = a, .d = d};
    DFOO_TRY(cut(&r, names, len));
    dfoo_status status = read_tokens(&r, names, NULL);
    dim         found = m->examples;
    if (status == DFOO_OK && found != m->g.examples && has_classes(&r))
        status = read_tokens(&r, names, &found);
    if (status == DFOO_ENOMEM) return status;
    m->g.examples = m->examples;
    return lang_check_whole(&r) == DFOO_OK && status == DFOO_OK ? arena_status(a)
           : a->failed                                          ? DFOO_ENOMEM
                                                                : DFOO_EINPUT;
}

/* The reader works on a copy of the model, which has the other text; the store is the model's own. */
dfoo_status lang_read_claims(model *m, arena *a, symbols *names, diags *d, const char *name, const char *text,
                             size_t len) {
    model *other = arena_new(a, sizeof *other);
    const char *own_name = arena_text(a, name, strlen(name)), *own_text = arena_text(a, text, len);
    if (!other || !own_name || !own_text) return DFOO_ENOMEM;
    *other = *m;
    other->src = (source){.name = own_name, .text = own_text, .len = len};
    reader   r = {.m = other, .g = &m->g, .a = a, .d = d, .minimized = true};
    uint32_t errors = d->n_errors;
    DFOO_TRY(cut(&r, names, len));
    r.p = parser_of(&r);
    while (r.p.next + 1 < r.in.list.n) {
        if (peek(&r)->kind == TOKEN_END) {
            r.p.next++;
            continue;
        }
        if (lang_read_claim(&r) == DFOO_ENOMEM || a->failed) return DFOO_ENOMEM;
        skip_line(&r);
    }
    m->claims.at = other->claims.at;
    m->claims.n = other->claims.n;
    m->claims.cap = other->claims.cap;
    return d->n_errors > errors ? DFOO_EINPUT : arena_status(a);
}
