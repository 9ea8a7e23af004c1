/* Texts -> a rule: its constants and lines, and everything that is wrong with their names. Shapes are
 * known later, for each parameter (rule_build.c). */
#include <math.h>
#include <string.h>

#include "run/rule/rule.h"

const rule_own_name rule_own_names[RULE_OWN] = {
    [RULE_w] = {"w", "w is the parameter", false},
    [RULE_g] = {"g", "g is the gradient of the parameter", false},
    [RULE_alpha] = {"alpha", "alpha is the learning rate of the step", true},
    [RULE_alpha0] = {"alpha0", "alpha0 is the learning rate that was given", true},
    [RULE_t] = {"t", "t = 1, 2, .. counts the steps", true},
    [RULE_epoch] = {"epoch", "epoch = 0, 1, .. counts the passes over the data that are complete", true},
    [RULE_epochs] = {"epochs", "epochs is the number of passes that are wanted", true},
    [RULE_steps] = {"steps", "steps is the number of steps in a pass", true},
    [RULE_norm] = {"norm", "norm is the root of the sum of g**2 over all parameters", true},
    [RULE_pi] = {"pi", "pi is 3.14159..", true}};

static const char *name_of(const rule *r, sym name) {
    return symbols_name(r->names, name);
}

int rule_own_of(const rule *r, sym name) {
    for (int i = 0; i < RULE_OWN; i++)
        if (strcmp(rule_own_names[i].name, name_of(r, name)) == 0) return i;
    return -1;
}

static bool is_rate(const rule *r, sym name) {
    int own = rule_own_of(r, name);
    return own == RULE_alpha || own == RULE_alpha0;
}

int rule_const_of(const rule *r, sym name) {
    for (uint32_t i = 0; i < r->consts.n; i++) {
        sym known = r->consts.at[i].name;
        if (known == name || (is_rate(r, known) && is_rate(r, name))) return (int)i;
    }
    return -1;
}

bool rule_sets(const rule *r, const char *name) {
    for (uint32_t i = 0; i < r->lines.n; i++)
        if (strcmp(name_of(r, r->lines.at[i].target), name) == 0) return true;
    return false;
}

double rule_rate(const rule *r) {
    for (uint32_t i = 0; i < r->consts.n; i++)
        if (is_rate(r, r->consts.at[i].name)) return r->consts.at[i].value;
    return 0;
}

/* ------------------------------------------------------------------- reading */

typedef struct reader {
    rule         *r;
    const source *src;
    tokens        in;
    parser        p;
} reader;

static const token *peek(const reader *x) {
    return syntax_peek(&x->p);
}

static dfoo_status error_at(const reader *x, span at, const char *message) {
    return diag_error(x->r->d, x->src, at, "%s", message);
}

static bool is_function(void *user, sym name) {
    return op_find(name_of(((const reader *)user)->r, name)) != OP_NONE;
}

/* The closest of the names that a line can use, or of the functions; NULL: none is close. */
static const char *closest(const rule *r, sym name, bool functions) {
    const char *wrong = name_of(r, name), *best = NULL;
    unsigned    most = 5; /* two edits and a half, and never all of a name */
    for (int pass = 0, n; pass < 3; pass++) {
        n = functions   ? (pass ? 0 : OP_COUNT)
            : pass == 0 ? RULE_OWN
                        : (int)(pass == 1 ? r->consts.n : r->lines.n);
        for (int i = 0; i < n; i++) {
            const char *known = functions   ? op_table[i].name
                                : pass == 0 ? rule_own_names[i].name
                                : pass == 1 ? name_of(r, r->consts.at[i].name)
                                            : name_of(r, r->lines.at[i].target);
            unsigned    far = text_distance(wrong, known);
            bool        fits = known && known[0] && (!functions || !(op_table[i].flags & OP_FLAG_INFIX));
            if (!fits || far >= most || far >= 2 * strlen(wrong) || known == wrong) continue;
            most = far;
            best = known;
        }
    }
    return best;
}

/* A known name before a bracket was meant as a factor; another may be mistyped. */
static void not_function(void *user, sym name, span at) {
    const reader *x = user;
    const rule   *r = x->r;
    const char   *text = name_of(r, name), *close = closest(r, name, true);
    if (rule_own_of(r, name) >= 0 || rule_const_of(r, name) >= 0 || !close) {
        diag_error(r->d, x->src, at, "'%s' is not a function", text);
        diag_note(r->d, "for a product put a space before the bracket: %s (..)", text);
        return;
    }
    diag_error(r->d, x->src, at, "unknown function '%s'", text);
    diag_note(r->d, "did you mean %s?", close);
}

/* A name in front of `=`. */
static dfoo_status read_target(reader *x, sym *name, span *at) {
    if (peek(x)->kind != TOKEN_NAME)
        return error_at(x, peek(x)->at,
                        "a line is `name = expression`, or const with names and their values");
    *name = syntax_layer_name(&x->p, at);
    const char *text = name_of(x->r, *name);
    if (op_find(text)) return diag_error(x->r->d, x->src, *at, "'%s' is the name of a function", text);
    if (syntax_accept(&x->p, '=')) return DFOO_OK;
    error_at(x, peek(x)->at, "= is expected here: a line is `name = expression`");
    if (syntax_is(&x->p, '(')) diag_note(x->r->d, "an optimiser defines no functions of its own");
    return DFOO_EINPUT;
}

static dfoo_status expect_end(const reader *x) {
    return peek(x)->kind == TOKEN_END ? DFOO_OK : error_at(x, peek(x)->at, "the line should end here");
}

/* The operation that a tree node stands for, if it makes a number of numbers. */
static op_id number_op(const rule *r, const ast *x) {
    op_id op = x->kind == AST_CALL     ? op_find(name_of(r, x->name))
               : x->kind == AST_NEGATE ? OP_NEG
               : x->kind == AST_BINARY ? op_infix(x->sign == SIGN_ADJACENT ? '*' : x->sign)
                                       : OP_NONE;
    bool  fits =
        op && op_elementwise(op) && op != OP_DROPOUT && !x->primes && ast_count(x->arg) == op_table[op].arity;
    return fits ? op : OP_NONE;
}

/* The value of a tree of numbers and constants, kept in the tree. */
static dfoo_status read_number(reader *x, ast *root, double *out) {
    ast_list order = {{0}};
    DFOO_TRY(ast_postorder(root, x->r->a, &order));
    for (uint32_t i = 0; i < order.list.n; i++) {
        ast  *n = order.list.at[i];
        op_id op = number_op(x->r, n);
        int   known = n->kind == AST_NAME ? rule_const_of(x->r, n->name) : -1;
        bool  is_pi = n->kind == AST_NAME && rule_own_of(x->r, n->name) == RULE_pi;
        if (n->kind == AST_NUMBER) continue;
        if (known < 0 && !is_pi && !op)
            return error_at(x, n->at, "a number is expected here, or constants that stand further up");
        const ast *b = op && n->arg ? n->arg->next : NULL, *c = b ? b->next : NULL;
        n->number = is_pi        ? IR_PI
                    : known >= 0 ? x->r->consts.at[known].value
                                 : eval_scalar(op, n->arg->number, b ? b->number : 0, c ? c->number : 0);
    }
    *out = root->number;
    return isfinite(*out) ? DFOO_OK : error_at(x, root->at, "this is not a finite number");
}

static dfoo_status check_const_name(const reader *x, sym name, span at) {
    const rule *r = x->r;
    const char *text = name_of(r, name);
    int         own = rule_own_of(r, name);
    if (own >= 0 && !is_rate(r, name)) {
        diag_error(r->d, x->src, at, "'%s' cannot be a constant", text);
        diag_note(r->d, "%s", rule_own_names[own].what);
        return DFOO_EINPUT;
    }
    int other = rule_const_of(r, name);
    if (other < 0) return DFOO_OK;
    uint32_t line, column;
    source_place(r->consts.at[other].src, r->consts.at[other].at.start, &line, &column);
    diag_error(r->d, x->src, at, "'%s' is a constant already", text);
    diag_note(r->d, "it stands in line %u of %s", line, r->consts.at[other].src->name);
    return DFOO_EINPUT;
}

/* const beta = 0.9, epsilon = 1e-8 */
static dfoo_status read_consts(reader *x) {
    x->p.next++;
    do {
        rule_const c = {.src = x->src};
        DFOO_TRY(read_target(x, &c.name, &c.at));
        DFOO_TRY(check_const_name(x, c.name, c.at));
        ast *value = syntax_expression(&x->p);
        if (!value) return DFOO_EINPUT;
        DFOO_TRY(read_number(x, value, &c.value));
        vec_push(x->r->a, &x->r->consts, c);
    } while (syntax_accept(&x->p, ','));
    return expect_end(x);
}

/* True behind keepdims= is no name. */
static void read_true(const rule *r, const ast_list *order) {
    for (uint32_t i = 0; i < order->list.n; i++) {
        ast *value = order->list.at[i]->kind == AST_KEYWORD ? order->list.at[i]->arg : NULL;
        if (!value || value->kind != AST_NAME || strcmp(name_of(r, value->name), "True") != 0) continue;
        value->kind = AST_NUMBER;
        value->number = 1;
    }
}

static dfoo_status read_line(reader *x) {
    rule_line l = {.src = x->src};
    DFOO_TRY(read_target(x, &l.target, &l.at));
    l.right = syntax_expression(&x->p);
    if (!l.right) return DFOO_EINPUT;
    DFOO_TRY(expect_end(x));
    l.at.end = x->in.list.at[x->p.next - 1].at.end;
    l.at.point = l.at.start;
    DFOO_TRY(ast_postorder(l.right, x->r->a, &l.order));
    read_true(x->r, &l.order);
    vec_push(x->r->a, &x->r->lines, l);
    return DFOO_OK;
}

dfoo_status rule_add(rule *r, const source *src) {
    reader   x = {.r = r, .src = src};
    uint32_t n_errors = r->d->n_errors;
    syntax_lex(src, r->a, r->names, r->d, &x.in);
    if (r->a->failed) return DFOO_ENOMEM;
    x.p = (parser){.a = r->a,
                   .names = r->names,
                   .d = r->d,
                   .in = &x.in,
                   .is_function = is_function,
                   .not_function = not_function};
    x.p.user = &x;
    vec_push(r->a, &r->texts, src);
    while (x.p.next + 1 < x.in.list.n && !r->a->failed) {
        dfoo_status status = syntax_word(&x.p, "const") ? read_consts(&x) : read_line(&x);
        if (status == DFOO_ENOMEM) return status;
        while (peek(&x)->kind != TOKEN_END) x.p.next++;
        if (x.p.next + 1 < x.in.list.n) x.p.next++;
    }
    if (r->a->failed || r->d->a->failed) return DFOO_ENOMEM;
    return r->d->n_errors == n_errors ? DFOO_OK : DFOO_EINPUT;
}

/* ------------------------------------------------------------------ checking */

/* The line that gives a name its value, looking back from line `before`; or -1. */
static int line_of(const rule *r, sym name, uint32_t before) {
    while (before-- > 0)
        if (r->lines.at[before].target == name) return (int)before;
    return -1;
}

static bool is_state(const rule *r, sym name) {
    for (uint32_t i = 0; i < r->states.n; i++)
        if (r->states.at[i] == name) return true;
    return false;
}

static dfoo_status find_states(rule *r) {
    for (uint32_t i = 0; i < r->lines.n; i++) {
        const ast_list *order = &r->lines.at[i].order;
        for (uint32_t k = 0; k < order->list.n; k++) {
            sym name = order->list.at[k]->name;
            if (order->list.at[k]->kind != AST_NAME || rule_own_of(r, name) >= 0 || is_state(r, name))
                continue;
            if (line_of(r, name, i) < 0 && line_of(r, name, r->lines.n) >= 0)
                vec_push(r->a, &r->states, name);
        }
    }
    return arena_status(r->a);
}

static dfoo_status unknown_name(const rule *r, const rule_line *l, const ast *x) {
    const char *close = closest(r, x->name, false);
    diag_error(r->d, l->src, x->at, "unknown name '%s'", name_of(r, x->name));
    if (close) {
        diag_note(r->d, "did you mean %s?", close);
    } else {
        diag_note(
            r->d,
            "there are w, g, alpha, t, epoch, epochs, steps, norm and pi, constants (const beta = 0.9), "
            "and what stands on the left of a line");
    }
    return DFOO_EINPUT;
}

/* Also tells whether the name is one number for all parameters. */
static dfoo_status check_name(rule *r, uint32_t i, const ast *x, bool *shared) {
    const rule_line *l = &r->lines.at[i];
    int              own = rule_own_of(r, x->name), line = line_of(r, x->name, i);
    if (own >= 0) {
        r->uses[own] = true;
        *shared = rule_own_names[own].shared;
        if (!is_rate(r, x->name) || rule_const_of(r, x->name) >= 0) return DFOO_OK;
        diag_error(r->d, l->src, x->at, "the learning rate has no value");
        diag_note(r->d, "write const alpha = 0.1, or another number");
        return DFOO_EINPUT;
    }
    *shared = true;
    if (rule_const_of(r, x->name) >= 0) return DFOO_OK;
    *shared = !is_state(r, x->name) && line >= 0 && r->lines.at[line].shared;
    return line >= 0 || is_state(r, x->name) ? DFOO_OK : unknown_name(r, l, x);
}

static dfoo_status check_keyword(const rule *r, const rule_line *l, const ast *x) {
    const char *name = name_of(r, x->name);
    const ast  *value = x->arg;
    bool        one = value->kind == AST_NUMBER && value->number == 1;
    if (strcmp(name, "axis") == 0 && (one || (value->kind == AST_NUMBER && value->number == 0)))
        return DFOO_OK;
    if (strcmp(name, "keepdims") == 0 && one) return DFOO_OK;
    diag_error(r->d, l->src, x->at, "this is not known here");
    diag_note(r->d, "there are axis=0, axis=1 and keepdims=True, for sum, mean and max");
    return DFOO_EINPUT;
}

static uint32_t count_operands(const ast *x) {
    uint32_t n = 0;
    for (const ast *a = x->arg; a; a = a->next) n += a->kind != AST_KEYWORD;
    return n;
}

static dfoo_status check_call(const rule *r, const rule_line *l, const ast *x) {
    const char *name = name_of(r, x->name);
    op_id       op = op_find(name);
    uint32_t    n = count_operands(x);
    bool        reduced = op_table[op].rule == SHAPE_REDUCED;
    if (!op || op == OP_DROPOUT || !(reduced || op_elementwise(op)) || x->primes) {
        diag_error(r->d, l->src, x->at, "%s cannot stand in an optimiser", name);
        diag_note(r->d, "there are functions that work entry by entry, such as sqrt, and sum, mean and max");
        return DFOO_EINPUT;
    }
    if (n != op_table[op].arity)
        return diag_error(r->d, l->src, x->at, "%s takes %u operand%s, not %u", name, op_table[op].arity,
                          op_table[op].arity == 1 ? "" : "s", n);
    if (!reduced && n != ast_count(x->arg))
        return diag_error(r->d, l->src, x->at, "%s works entry by entry and has no axis", name);
    return DFOO_OK;
}

static dfoo_status check_target(const rule *r, const rule_line *l) {
    int         own = rule_own_of(r, l->target);
    const char *name = name_of(r, l->target);
    span        at = span_at(l->at.start, l->at.start + (uint32_t)strlen(name));
    if (own >= 0 && own != RULE_w && own != RULE_g && own != RULE_alpha) {
        diag_error(r->d, l->src, at, "'%s' cannot be set", name);
        diag_note(r->d, "%s", rule_own_names[own].what);
        return DFOO_EINPUT;
    }
    if (own >= 0 || rule_const_of(r, l->target) < 0) return DFOO_OK;
    diag_error(r->d, l->src, at, "'%s' is a constant and cannot be set", name);
    diag_note(r->d, "what a step changes is given no value by const: it starts at 0");
    return DFOO_EINPUT;
}

static dfoo_status refuse_rate(const rule *r, const rule_line *l, const ast *x) {
    diag_error(r->d, l->src, x->at, "the learning rate is one number for all parameters, and '%s' is not",
               name_of(r, x->name));
    diag_note(r->d, "there are constants, alpha0, t, epoch, epochs, steps and norm");
    return DFOO_EINPUT;
}

static dfoo_status check_line(rule *r, uint32_t i) {
    rule_line *l = &r->lines.at[i];
    int        own = rule_own_of(r, l->target);
    DFOO_TRY(check_target(r, l));
    l->shared = own != RULE_w && own != RULE_g && !is_state(r, l->target);
    for (uint32_t k = 0; k < l->order.list.n; k++) {
        const ast *x = l->order.list.at[k];
        bool       shared = true;
        if (x->kind == AST_NAME) DFOO_TRY(check_name(r, i, x, &shared));
        if (x->kind == AST_CALL) DFOO_TRY(check_call(r, l, x));
        if (x->kind == AST_KEYWORD) DFOO_TRY(check_keyword(r, l, x));
        if (!shared && own == RULE_alpha) return refuse_rate(r, l, x);
        l->shared = l->shared && shared;
    }
    return DFOO_OK;
}

dfoo_status rule_check(rule *r) {
    dfoo_status status = find_states(r);
    for (uint32_t i = 0; i < r->lines.n; i++) {
        dfoo_status one = check_line(r, i);
        if (one != DFOO_OK) status = one;
    }
    return r->a->failed || r->d->a->failed ? DFOO_ENOMEM : status;
}

/* ------------------------------------------------------------------ printing */

/* The comments that a text begins with. */
static void print_title(const source *src, buf *out) {
    const char *line = src->text;
    for (size_t len; *line; line += len + (line[len] == '\n')) {
        size_t blank = strspn(line, " \t\r");
        len = strcspn(line, "\n");
        if (blank >= len) continue;
        if (line[blank] != '#') return;
        buf_put(out, line, len);
        buf_puts(out, "\n");
    }
}

static void print_consts(const rule *r, buf *out) {
    for (uint32_t i = 0; i < r->consts.n; i++) {
        const rule_const *c = &r->consts.at[i];
        bool              given = is_rate(r, c->name) && rule_sets(r, "alpha");
        buf_printf(out, "%s%s = ", i ? ", " : "const ", given ? "alpha0" : name_of(r, c->name));
        buf_number(out, c->value);
    }
    if (r->consts.n) buf_puts(out, "\n");
}

/* "v and s start at 0" */
static void print_states(const rule *r, buf *out) {
    for (uint32_t i = 0; i < r->states.n; i++)
        buf_printf(out, "%s%s",
                   !i                    ? "; "
                   : i + 1 < r->states.n ? ", "
                                         : " and ",
                   name_of(r, r->states.at[i]));
    if (r->states.n) buf_puts(out, r->states.n == 1 ? " starts at 0" : " start at 0");
}

static void print_names(const rule *r, buf *out) {
    if (rule_sets(r, "w")) {
        buf_puts(out, "# for each parameter w with its gradient g");
        print_states(r, out);
        buf_puts(out, "\n");
    }
    for (int i = RULE_t; i < RULE_pi; i++)
        if (r->uses[i]) buf_printf(out, "# %s\n", rule_own_names[i].what);
    if (rule_const_of(r, symbols_find(r->names, "decay", 5)) >= 0)
        buf_puts(out, "# decay is 0 for parameters that do not decay: those that are no factor of a product, "
                      "as biases\n");
}

void rule_print(const rule *r, buf *out) {
    for (uint32_t i = 0; i < r->texts.n; i++) print_title(r->texts.at[i], out);
    print_consts(r, out);
    for (uint32_t i = 0; i < r->lines.n; i++) {
        const rule_line *l = &r->lines.at[i];
        buf_put(out, l->src->text + l->at.start, l->at.end - l->at.start);
        buf_puts(out, "\n");
    }
    print_names(r, out);
}
