/* Names as mathematics: Z1 has its number below, W_out its word, lambda is the Greek letter, dZ1 a
 * gradient's upright d and Z1. Where two names would look alike, the second is spelled out. */
#include <string.h>

#include "core/ir/dims.h"
#include "core/notation/inside.h"

/* Letters without digits behind them: a letter, a Greek one by sign or by name, or a word. */
static const math *set_letters(arena *a, const char *name, size_t len) {
    const math *letter = len == 2 ? math_greek(name) : &math_nothing;
    if (letter != &math_nothing) return letter;
    for (int s = GLYPH_ALPHA; s < GLYPH_COUNT; s++) {
        const char *word = glyph_table[s].line;
        if (strlen(word) == len && memcmp(word, name, len) == 0) return math_glyph((glyph_id)s);
    }
    return math_leaf(a, len == 1 ? MATH_LETTER : MATH_WORD, arena_text(a, name, len));
}

static size_t digits_at_end(const char *name, size_t len) {
    size_t n = 0;
    while (n < len && name[len - 1 - n] >= '0' && name[len - 1 - n] <= '9') n++;
    return n;
}

/* out, 2, n0: what stands below. An underscore that ends a name stands for itself. */
static const math *set_subscript(arena *a, const char *name, size_t len) {
    if (!len) return math_leaf(a, MATH_LETTER, "_");
    if (digits_at_end(name, len) == len) return math_leaf(a, MATH_NUMBER, arena_text(a, name, len));
    return set_letters(a, name, len);
}

/* The word, and below it its number and what stands behind underscores: W_out, Z1, W1_in. */
static const math *set_plain(arena *a, const char *name, bool layers) {
    size_t base = strcspn(name, "_"), digits = digits_at_end(name, base);
    if (base == digits) return math_leaf(a, MATH_WORD, name);
    const math *number = digits ? set_subscript(a, name + base - digits, digits) : NULL;
    const math *below = layers ? NULL : number;
    for (const char *c = name + base; *c;) {
        size_t      len = strcspn(++c, "_");
        const math *part = set_subscript(a, c, len);
        below = below ? math_row(a, below, math_glyph(GLYPH_BESIDE), part) : part;
        c += len;
    }
    const math *letters = set_letters(a, name, base - digits);
    if (below) letters = math_below(a, letters, below);
    if (!layers || !number) return letters;
    number = math_row(a, math_glyph(GLYPH_SQUARE), number, math_glyph(GLYPH_SQUARE_CLOSE));
    return math_above(a, letters, number);
}

const math *set_word(const notation *p, const char *name) {
    size_t      len = strcspn(name, "'");
    const char *word = arena_text(p->a, name, len);
    if (!word) return &math_nothing;
    return math_primed(p->a, set_plain(p->a, word, p->style.layers), (uint32_t)strlen(name + len));
}

static const math *upright(const notation *p, const char *letter, const math *of) {
    return math_row(p->a, math_leaf(p->a, MATH_ROMAN, letter), of, NULL);
}

static const math *upright_d(const notation *p, const math *of) {
    return upright(p, "d", of);
}

/* ------------------------------------------------------------------ gradients */

/* The number at the end of a name; NULL: it has none. */
static const char *number_of(const char *name) {
    size_t len = strlen(name), digits = digits_at_end(name, len);
    return digits && digits < len ? name + len - digits : NULL;
}

/* Is the gradient of this value shown, and no other value's of the same number, or of none? */
static bool is_delta(const notation *p, var_id v) {
    const derivation *d = p->style.d;
    const char       *number = number_of(ir_var_name(p->g, v));
    uint32_t          alike = 0;
    if (ir_var(p->g, v)->kind != VAR_DEFINED || v == d->m->cost) return false;
    for (uint32_t i = 0; i < d->list.n; i++) {
        const gradient *x = &d->list.at[i];
        const char     *other = number_of(ir_var_name(p->g, x->var));
        bool same = number && other ? strcmp(number, other) == 0 : !number && !other;
        if (x->shown && same && ir_var(p->g, x->var)->kind == VAR_DEFINED && x->var != d->m->cost) alike++;
        if (x->var == v && !x->shown) return false;
    }
    return alike == 1;
}

static const math *delta_of(const notation *p, var_id v) {
    const char *number = number_of(ir_var_name(p->g, v));
    const math *delta = math_greek("δ"), *layer = number ? math_leaf(p->a, MATH_NUMBER, number) : NULL;
    if (!layer) return delta;
    layer = math_row(p->a, math_glyph(GLYPH_OPEN), layer, math_glyph(GLYPH_CLOSE));
    return math_above(p->a, delta, layer);
}

/* What a gradient differentiates: the cost by its name, or the loss. */
static const math *differentiated(const notation *p, const gradient *v, bool small) {
    if (v->scale == SCALE_COST || p->style.d->used != CONVENTION_COURSE) return p->var[p->style.d->m->cost];
    return math_leaf(p->a, MATH_LETTER, small ? "l" : "L");
}

/* The gradient of a variable that is called `of`. */
static const math *gradient_name(const notation *p, var_id v, const math *of, bool small) {
    const gradient *x = p->style.d ? derivation_find(p->style.d, v) : NULL;
    if (!x || p->style.gradients == GRADIENTS_D) return upright_d(p, of);
    if (p->style.gradients == GRADIENTS_DELTA && is_delta(p, v)) return delta_of(p, v);
    return math_of(p->a, MATH_GRADIENT, differentiated(p, x, small), of);
}

bool set_is_gradient(const notation *p, var_id v) {
    return p->style.d && p->style.gradients != GRADIENTS_D && derivation_find(p->style.d, v);
}

const math *set_layer_gradient(const notation *p, var_id v, const math *letters, const math *layer) {
    bool        delta = p->style.gradients == GRADIENTS_DELTA && is_delta(p, v);
    glyph_id    open = delta ? GLYPH_OPEN : GLYPH_SQUARE, close = delta ? GLYPH_CLOSE : GLYPH_SQUARE_CLOSE;
    const math *above = math_row(p->a, math_glyph(open), layer, math_glyph(close));
    const math *of = math_above(p->a, delta ? math_greek("δ") : letters, above);
    if (delta) return of;
    return math_of(p->a, MATH_GRADIENT, differentiated(p, derivation_find(p->style.d, v), false), of);
}

/* The dot stands above the letters, not above the number behind them. */
static const math *dotted(const notation *p, const math *of) {
    math made = *of;
    if (of->kind != MATH_BELOW) return math_bound(p->a, math_of(p->a, MATH_DOTTED, of, NULL), of->binds);
    made.part[0] = dotted(p, of->part[0]);
    return math_make(p->a, made);
}

/* da_dz is a fraction. */
static const math *set_jacobian(const notation *p, const variable *x) {
    const math *round[2];
    for (int i = 0; i < 2; i++)
        round[i] = math_row(p->a, math_glyph(GLYPH_PARTIAL), p->var[i ? x->of : x->gradient], NULL);
    return math_of(p->a, MATH_FRACTION, round[0], round[1]);
}

/* W1_dot has a dot, dZ1_dot has it above Z, and HW1 is an upright H and W1. */
static const math *set_change(const notation *p, var_id v) {
    const ir       *g = p->g;
    var_id          of = ir_var(g, v)->of;
    const variable *x = ir_var(g, of);
    if (ir_var(g, v)->kind == VAR_JACOBIAN) return set_jacobian(p, ir_var(g, v));
    if (x->kind != VAR_GRADIENT) return dotted(p, p->var[of]);
    bool product = strcmp(ir_var_name(g, v) + 1, ir_var_name(g, x->of)) == 0;
    return product ? upright(p, "H", p->var[x->of]) : upright_d(p, dotted(p, p->var[x->of]));
}


/* ------------------------------------------------------------ all of a model */

/* Two names look alike if TeX writes them alike. */
static bool is_new(notation *p, symbols *taken, const math *x) {
    buf b;
    buf_init(&b, p->a->mem);
    math_write(&target_tex, x, &b);
    bool known = b.text && symbols_find(taken, b.text, b.len);
    if (b.text && !known) symbols_add(taken, b.text, b.len);
    if (b.failed) p->a->failed = true;
    buf_free(&b);
    return !known;
}

static const math *give_name(notation *p, symbols *taken, const char *name) {
    const math *x = set_word(p, name);
    if (is_new(p, taken, x)) return x;
    x = math_leaf(p->a, MATH_WORD, name);
    is_new(p, taken, x);
    return x;
}

/* The first letter of a list that no variable or size of the model has. */
static const char *free_letter(const symbols *taken, const char *const *letters) {
    while (letters[1] && symbols_find(taken, *letters, 1)) letters++;
    return *letters;
}

static void choose_letters(notation *p, const model *m, const symbols *taken) {
    static const char *const entries[] = {"i", "j", "k", "p", "q", "l", "u", "v", NULL};
    static const char *const examples[] = {"t", "s", "r", "e", "g", "h", "w", "z", NULL};
    bool columns = !m->examples || m->examples_are_columns;
    p->row = free_letter(taken, columns ? entries : examples);
    p->col = free_letter(taken, columns ? examples : entries);
}

static void give_names(notation *p, const model *m, symbols *taken) {
    const ir *g = p->g;
    for (var_id v = 1; v < g->vars.n; v++)
        if (ir_var(g, v)->kind < VAR_GRADIENT) p->var[v] = give_name(p, taken, ir_var_name(g, v));
    for (uint32_t i = 0; i < m->size_names.n; i++)
        p->size[m->size_names.at[i]] = give_name(p, taken, symbols_name(g->names, m->size_names.at[i]));
    for (uint32_t i = 0; i < m->functions.n; i++) {
        sym name = m->functions.at[i].name;
        p->function[name] = give_name(p, taken, symbols_name(g->names, name));
    }
    for (var_id v = 1; v < g->vars.n; v++)
        if (ir_var(g, v)->kind == VAR_GRADIENT) {
            var_id of = ir_var(g, v)->of;
            p->var[v] = gradient_name(p, of, p->var[of], false);
        }
    for (var_id v = 1; v < g->vars.n; v++)
        if (ir_var(g, v)->kind > VAR_GRADIENT) p->var[v] = set_change(p, v);
}

dfoo_status notation_init(notation *p, const model *m, arena *a) {
    return notation_init_with(p, m, a, NULL);
}

dfoo_status notation_init_with(notation *p, const model *m, arena *a, const notation_style *style) {
    const ir *g = &m->g;
    symbols   taken;
    *p = (notation){.g = g, .a = a, .to = &target_tex, .n_vars = g->vars.n, .n_syms = g->names->names.n};
    if (style) p->style = *style;
    symbols_init(&taken, a);
    p->var = arena_new(p->a, g->vars.n * sizeof *p->var);
    p->size = arena_new(p->a, g->names->names.n * sizeof *p->size);
    p->function = arena_new(p->a, g->names->names.n * sizeof *p->function);
    if (!p->var || !p->size || !p->function) return DFOO_ENOMEM;
    give_names(p, m, &taken);
    choose_letters(p, m, &taken);
    return arena_status(p->a);
}

void notation_write(const notation *p, const math *x, buf *out) {
    math_write(p->to, x, out);
}

const math *set_function(const notation *p, sym name) {
    const math *x = name < p->n_syms ? p->function[name] : NULL;
    return x ? x : set_word(p, symbols_name(p->g->names, name));
}

/* 2 n k: the numbers and names of one term side by side. */
static const math *set_dim_term(const notation *p, const dim_term *t) {
    long long   times = t->times < 0 ? -t->times : t->times;
    const math *out = NULL;
    if (times != 1 || !t->n) out = math_leaf(p->a, MATH_NUMBER, arena_format(p->a, "%lld", times));
    for (uint32_t i = 0; i < t->n; i++) {
        const math *one = set_dim(p, dim_named(t->of[i]));
        out = out ? math_row(p->a, out, math_glyph(GLYPH_SIDE), one) : one;
    }
    return out;
}

static const math *set_dim_sum(const notation *p, dim_sum s) {
    const math *out = NULL;
    for (int minus = 0; minus < 2; minus++)
        for (uint32_t i = 0; i < s.n; i++) {
            if ((s.at[i].times < 0) != minus) continue;
            const math *one = set_dim_term(p, &s.at[i]);
            out = out ? math_sum(p->a, out, minus ? GLYPH_MINUS : GLYPH_PLUS, one) : one;
        }
    return out ? out : &math_nothing;
}

const math *set_dim(const notation *p, dim d) {
    if (!dim_is_named(d)) return math_leaf(p->a, MATH_NUMBER, arena_format(p->a, "%u", d));
    if (dim_is_sum(p->g->names, d)) return set_dim_sum(p, dim_read(p->g->names, d));
    const math *x = dim_name(d) < p->n_syms ? p->size[dim_name(d)] : NULL;
    return x ? x : set_word(p, symbols_name(p->g->names, dim_name(d)));
}

const math *set_shape(const notation *p, shape s) {
    if (shape_is_scalar(s)) return math_of(p->a, MATH_TEXT, math_leaf(p->a, MATH_PROSE, "number"), NULL);
    const math *rows = math_least(p->a, set_dim(p, s.rows), BINDS_PRODUCT);
    const math *cols = math_least(p->a, set_dim(p, s.cols), BINDS_PRODUCT);
    const math *dims = math_row(p->a, rows, math_glyph(GLYPH_BY), cols);
    return math_row(p->a, math_glyph(GLYPH_OPEN), dims, math_glyph(GLYPH_CLOSE));
}

void print_name(const ir *g, var_id v, bool small, buf *out) {
    for (const char *c = ir_var_name(g, v); *c; c++) {
        bool capital = *c >= 'A' && *c <= 'Z';
        buf_repeat(out, small && capital ? (char)(*c + 32) : *c, 1);
    }
}

static const math *small_name(const notation *p, var_id v) {
    const variable *x = ir_var(p->g, v);
    buf             b;
    buf_init(&b, p->a->mem);
    print_name(p->g, x->kind == VAR_GRADIENT ? x->of : v, true, &b);
    const math *name = set_word(p, buf_keep(&b, p->a));
    return x->kind == VAR_GRADIENT ? gradient_name(p, x->of, name, true) : name;
}

/* A variable that came after the others: the change of one, or whatever it is called. */
static const math *late_name(const notation *p, const char *name) {
    size_t      change = strlen("δ");
    bool        changes = strncmp(name, "δ", change) == 0;
    const char *rest = name + (changes ? change : 0);
    var_id      of = changes ? ir_find_var(p->g, symbols_find(p->g->names, rest, strlen(rest))) : 0;
    return of ? math_row(p->a, math_glyph(GLYPH_CHANGE), set_name(p, of, false), NULL) : set_word(p, name);
}

const math *set_name(const notation *p, var_id v, bool small) {
    if (small) return small_name(p, v);
    const math *x = v < p->n_vars ? p->var[v] : NULL;
    return x ? x : late_name(p, ir_var_name(p->g, v));
}
