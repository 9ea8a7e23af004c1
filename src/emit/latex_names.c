/* Names as mathematics: Z1 is Z_{1}, W_out is W_{\mathit{out}}, lambda is \lambda, dZ1 a
 * gradient's \mathrm{d}Z_{1}. Where two names would look alike, the second is spelled out. */
#include <string.h>

#include "emit/latex.h"

static const char *const greek[] = {
    "alpha", "beta", "gamma", "delta", "epsilon", "zeta", "eta", "theta", "iota", "kappa", "lambda", "mu", "nu", "xi",
    "pi", "rho", "sigma", "tau", "upsilon", "phi", "chi", "psi", "omega", "Gamma", "Delta", "Theta", "Lambda", "Xi",
    "Pi", "Sigma", "Upsilon", "Phi", "Psi", "Omega",
};

/* Those that look like Latin letters are Latin letters. */
const char *latex_greek(uint32_t point) {
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
        size_t n = emit_utf8(name + i);
        if (n > 1) text = arena_format(a, "%su%04x", text, emit_code_point(name + i));
        else text = arena_format(a, name[i] == '_' ? "%s\\_" : "%s%c", text, name[i]);
        i += n ? n : 1;
    }
    return text;
}

/* Letters without digits behind them: a letter, a Greek one by sign or by name, or a word. */
static const char *typeset_word(arena *a, const char *name, size_t len) {
    const char *letter = len ? latex_greek(emit_code_point(name)) : NULL;
    if (len && letter && emit_utf8(name) == len) return letter;
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

/* The word, and below it its number and what stands behind underscores: W_out, Z1, W1_in. */
static const char *typeset(arena *a, const char *name) {
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

static const char *give_name(latex *p, symbols *taken, const char *name) {
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

static void choose_letters(latex *p, const symbols *taken) {
    static const char *const entries[] = {"i", "j", "k", "p", "q", "l", "u", "v", NULL};
    static const char *const examples[] = {"t", "s", "r", "e", "g", "h", "w", "z", NULL};
    bool columns = !p->d->m->examples || p->d->m->examples_are_columns;
    p->row = free_letter(taken, columns ? entries : examples);
    p->col = free_letter(taken, columns ? examples : entries);
}

dfoo_status latex_give_names(latex *p) {
    const ir    *g = p->g;
    const model *m = p->d->m;
    symbols      taken;
    symbols_init(&taken, p->a);
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
    choose_letters(p, &taken);
    return arena_status(p->a);
}
