/* Names as mathematics: Z1 is Z_{1}, W_out is W_{\mathit{out}}, lambda is \lambda, dZ1 a
 * gradient's \mathrm{d}Z_{1}. Where two names would look alike, the second is spelled out. */
#include <string.h>

#include "core/notation/tex.h"

static const char *const greek[] = {
    "alpha", "beta", "gamma", "delta", "epsilon", "zeta", "eta", "theta", "iota", "kappa", "lambda", "mu", "nu", "xi",
    "pi", "rho", "sigma", "tau", "upsilon", "phi", "chi", "psi", "omega", "Gamma", "Delta", "Theta", "Lambda", "Xi",
    "Pi", "Sigma", "Upsilon", "Phi", "Psi", "Omega",
};

/* Those that look like Latin letters are Latin letters. */
const char *tex_greek(uint32_t point) {
    static const char *const small[] = {
        "\\alpha", "\\beta", "\\gamma", "\\delta", "\\epsilon", "\\zeta", "\\eta", "\\theta", "\\iota", "\\kappa",
        "\\lambda", "\\mu", "\\nu", "\\xi", "o", "\\pi", "\\rho", "\\varsigma", "\\sigma", "\\tau", "\\upsilon",
        "\\phi", "\\chi", "\\psi", "\\omega"};
    static const char *const large[] = {
        "A", "B", "\\Gamma", "\\Delta", "E", "Z", "H", "\\Theta", "I", "K", "\\Lambda", "M", "N", "\\Xi", "O", "\\Pi",
        "P", NULL, "\\Sigma", "T", "\\Upsilon", "\\Phi", "X", "\\Psi", "\\Omega"};
    if (point >= 0x3B1 && point <= 0x3C9) return small[point - 0x3B1];
    if (point >= 0x391 && point <= 0x3A9) return large[point - 0x391];
    return NULL;
}

/* Part of a name in upright or slanted type: _ is escaped, letters that a plain LaTeX lacks are
 * numbers. */
static const char *spelled(arena *a, const char *name, size_t len) {
    const char *text = "";
    for (size_t i = 0; i < len && text;) {
        size_t n = text_utf8(name + i);
        if (n > 1) text = arena_format(a, "%su%04x", text, text_code_point(name + i));
        else text = arena_format(a, name[i] == '_' ? "%s\\_" : "%s%c", text, name[i]);
        i += n ? n : 1;
    }
    return text;
}

/* Letters without digits behind them: a letter, a Greek one by sign or by name, or a word. */
static const char *typeset_word(arena *a, const char *name, size_t len) {
    const char *letter = len ? tex_greek(text_code_point(name)) : NULL;
    if (len && letter && text_utf8(name) == len) return letter;
    for (size_t i = 0; i < sizeof greek / sizeof *greek; i++)
        if (strlen(greek[i]) == len && memcmp(greek[i], name, len) == 0) return arena_format(a, "\\%s", greek[i]);
    if (len == 1) return arena_text(a, name, len);
    const char *text = spelled(a, name, len);
    return text ? arena_format(a, "\\mathit{%s}", text) : NULL;
}

static size_t digits_at_end(const char *name, size_t len) {
    size_t n = 0;
    while (n < len && name[len - 1 - n] >= '0' && name[len - 1 - n] <= '9') n++;
    return n;
}

/* out, 2, n0: what stands below. */
static const char *typeset_subscript(arena *a, const char *name, size_t len) {
    if (digits_at_end(name, len) == len) return arena_text(a, name, len);
    return typeset_word(a, name, len);
}

static const char *typeset(arena *a, const char *name);

/* u1' */
static const char *typeset_prime(arena *a, const char *name, const char *prime) {
    const char *word = arena_text(a, name, (size_t)(prime - name)), *text = word ? typeset(a, word) : NULL;
    return text ? arena_format(a, "%s%s", text, prime) : NULL;
}

/* The word, and below it its number and what stands behind underscores: W_out, Z1, W1_in. */
static const char *typeset(arena *a, const char *name) {
    const char *prime = strchr(name, '\'');
    if (prime) return typeset_prime(a, name, prime);
    size_t base = strcspn(name, "_"), digits = digits_at_end(name, base);
    if (base == digits) return arena_format(a, "\\mathit{%s}", spelled(a, name, strlen(name)));
    const char *text = typeset_word(a, name, base - digits);
    const char *below = digits ? arena_text(a, name + base - digits, digits) : "";
    for (const char *c = name + base; *c && below;) {
        size_t      len = strcspn(++c, "_");
        const char *part = len ? typeset_subscript(a, c, len) : "\\_";
        below = arena_format(a, "%s%s%s", below, below[0] ? "," : "", part ? part : "");
        c += len;
    }
    return text && below && below[0] ? arena_format(a, "%s_{%s}", text, below) : text;
}

/* ------------------------------------------------------------ all of a model */

static const char *give_name(tex *p, symbols *taken, const char *name) {
    const char *text = typeset(p->a, name);
    if (text && symbols_find(taken, text, strlen(text))) {
        const char *plain = spelled(p->a, name, strlen(name));
        text = plain ? arena_format(p->a, "\\mathit{%s}", plain) : NULL;
    }
    if (text) symbols_add(taken, text, strlen(text));
    return text ? text : "";
}

/* The first letter of a list that no variable or size of the model has. */
static const char *free_letter(const symbols *taken, const char *const *letters) {
    while (letters[1] && symbols_find(taken, *letters, 1)) letters++;
    return *letters;
}

static void choose_letters(tex *p, const model *m, const symbols *taken) {
    static const char *const entries[] = {"i", "j", "k", "p", "q", "l", "u", "v", NULL};
    static const char *const examples[] = {"t", "s", "r", "e", "g", "h", "w", "z", NULL};
    bool columns = !m->examples || m->examples_are_columns;
    p->row = free_letter(taken, columns ? entries : examples);
    p->col = free_letter(taken, columns ? examples : entries);
}

dfoo_status tex_init(tex *p, const model *m, arena *a) {
    const ir *g = &m->g;
    symbols   taken;
    *p = (tex){.g = g, .a = a, .n_vars = g->vars.n, .n_syms = g->names->names.n};
    symbols_init(&taken, a);
    p->var = arena_new(p->a, g->vars.n * sizeof *p->var);
    p->size = arena_new(p->a, g->names->names.n * sizeof *p->size);
    p->function = arena_new(p->a, g->names->names.n * sizeof *p->function);
    if (!p->var || !p->size || !p->function) return DFOO_ENOMEM;
    for (var_id v = 1; v < g->vars.n; v++)
        if (ir_var(g, v)->kind != VAR_GRADIENT) p->var[v] = give_name(p, &taken, ir_var_name(g, v));
    for (uint32_t i = 0; i < m->size_names.n; i++)
        p->size[m->size_names.at[i]] = give_name(p, &taken, symbols_name(g->names, m->size_names.at[i]));
    for (uint32_t i = 0; i < m->functions.n; i++)
        p->function[m->functions.at[i].name] = give_name(p, &taken, symbols_name(g->names, m->functions.at[i].name));
    for (var_id v = 1; v < g->vars.n; v++)
        if (ir_var(g, v)->kind == VAR_GRADIENT) p->var[v] = arena_format(p->a, "\\mathrm{d}%s", p->var[ir_var(g, v)->of]);
    choose_letters(p, m, &taken);
    return arena_status(p->a);
}

const char *tex_word(const tex *p, const char *name) {
    const char *text = typeset(p->a, name);
    return text ? text : "";
}

static const char *small_name(const tex *p, var_id v) {
    const variable *x = ir_var(p->g, v);
    buf             b;
    buf_init(&b, p->a->mem);
    print_name(p->g, x->kind == VAR_GRADIENT ? x->of : v, true, &b);
    const char *text = b.text ? tex_word(p, b.text) : "";
    if (b.failed) p->a->failed = true;
    buf_free(&b);
    if (x->kind == VAR_GRADIENT) text = arena_format(p->a, "\\mathrm{d}%s", text);
    return text ? text : "";
}

const char *tex_name(const tex *p, var_id v, bool small) {
    if (small) return small_name(p, v);
    const char *text = v < p->n_vars ? p->var[v] : NULL, *name = ir_var_name(p->g, v);
    size_t      change = strlen("δ");
    if (!text && strncmp(name, "δ", change) == 0) { /* the change of a variable, \delta Z_{1} */
        var_id      of = ir_find_var(p->g, symbols_find(p->g->names, name + change, strlen(name + change)));
        const char *made = of ? arena_format(p->a, "\\delta %s", tex_name(p, of, false)) : NULL;
        if (made) return made;
    }
    return text ? text : tex_word(p, ir_var_name(p->g, v)); /* it came after the others */
}
