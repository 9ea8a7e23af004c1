/* Size names -> numbers: from --set, from lines such as `size n1 = 4`, from other data that is bound
 * already, and from the matrices that are at hand. Needs the shapes of variables as declared;
 * leaves every contradiction and every gap as one message that says what would fit. */
#include <string.h>

#include "run/feed/sizing.h"

enum { FROM_SET = 1, FROM_MODEL, FROM_BASE, FROM_ITEM }; /* an origin; of item i: FROM_ITEM + i */
enum { TURN_NONE = UINT32_MAX, TURN_ALL = UINT32_MAX - 1, TURN_DATA = UINT32_MAX - 2 };

void sizes_examples(const model *m, sizes *s, size_t n) {
    if (m->examples) s->of[dim_name(m->examples)] = n;
}

dfoo_status sizes_for(const model *m, arena *a, const sizes *from, size_t n, sizes *out) {
    DFOO_TRY(sizes_init(out, a, m->g.names));
    for (uint32_t i = 0; i < from->n && i < out->n; i++) out->of[i] = from->of[i];
    sizes_examples(m, out, n);
    return DFOO_OK;
}

dfoo_status sizing_init(sizing *z, const model *m, arena *a, const feed_options *opt, const sizes *base) {
    *z = (sizing){.m = m, .a = a, .sets = opt->sizes, .n_sets = opt->n_sizes, .base = base};
    DFOO_TRY(sizes_init(&z->s, a, m->g.names));
    z->origin = arena_new(a, z->s.n * sizeof *z->origin);
    return arena_status(a);
}

/* ------------------------------------------------------------------ solving */

/* False: the dimension has another value. */
static bool take(sizing *z, dim d, size_t value, uint32_t origin) {
    size_t known = sizes_get(&z->s, d);
    if (known) return known == value;
    if (!value || !dim_is_named(d) || !sizes_set(&z->s, dim_name(d), value)) return false;
    for (sym name = 1; name < z->s.n; name++) /* of 4*n the size is n's */
        if (z->s.of[name] && !z->origin[name]) z->origin[name] = origin;
    return true;
}

static sym size_name(const model *m, const char *name) {
    sym found = symbols_find(m->g.names, name, strlen(name));
    for (uint32_t i = 0; i < m->size_names.n; i++)
        if (m->size_names.at[i] == found) return found;
    return 0;
}

/* Sizes that are stated: no array is needed for them. */
static void take_stated(sizing *z) {
    const model *m = z->m;
    memset(z->s.of, 0, z->s.n * sizeof *z->s.of);
    memset(z->origin, 0, z->s.n * sizeof *z->origin);
    for (uint32_t i = 0; i < z->n_sets; i++) {
        sym name = size_name(m, z->sets[i].name);
        if (name) take(z, dim_named(name), z->sets[i].value, FROM_SET);
    }
    for (uint32_t i = 0; i < m->size_values.n; i++)
        take(z, dim_named(m->size_values.at[i].name), m->size_values.at[i].value, FROM_MODEL);
    for (sym name = 1; z->base && name < z->base->n && name < z->s.n; name++)
        if (z->base->of[name] && dim_named(name) != m->examples)
            take(z, dim_named(name), z->base->of[name], FROM_BASE);
}

/* The first item that does not fit, some of them turned round; the number of items if all fit. */
static uint32_t solve(sizing *z, uint32_t turned) {
    take_stated(z);
    for (uint32_t i = 0; i < z->items.n; i++) {
        const size_item *x = &z->items.at[i];
        shape            sh = ir_var(&z->m->g, x->var)->sh;
        bool tried = turned == i || (turned == TURN_ALL && x->turns) || (turned == TURN_DATA && x->data);
        bool turn = tried != x->turned;
        bool fits = take(z, sh.rows, turn ? x->cols : x->rows, FROM_ITEM + i);
        if (!take(z, sh.cols, turn ? x->rows : x->cols, FROM_ITEM + i) || !fits) return i;
    }
    return z->items.n;
}

/* ----------------------------------------------------------------- messages */

static const char *origin_text(const sizing *z, arena *a, uint32_t origin) {
    if (origin == FROM_SET) return " by --set";
    if (origin == FROM_MODEL) return " in the model";
    if (origin == FROM_BASE) return " in the training data";
    const size_item *x = &z->items.at[origin - FROM_ITEM];
    const char      *text =
        arena_format(a, ": %s is (%zu, %zu) in %s", ir_var_name(&z->m->g, x->var), x->rows, x->cols, x->from);
    return text ? text : "";
}

/* Where a dimension has its value from; a sum, where its first size has it from. */
static uint32_t origin_of(const sizing *z, dim d) {
    dim_sum sum = dim_read(z->m->g.names, d);
    return sum.n && sum.at[0].n ? z->origin[sum.at[0].of[0]] : 0;
}

/* `, and n1 is 4 in the model` for a dimension whose name has another value; "" for a number. */
static const char *known_text(const sizing *z, arena *a, dim d) {
    if (!dim_is_named(d) || !origin_of(z, d)) return "";
    const char *text = arena_format(a, ", and %s is %zu%s", symbols_name(z->m->g.names, dim_name(d)),
                                    sizes_get(&z->s, d), origin_text(z, a, origin_of(z, d)));
    return text ? text : "";
}

static const char *how_examples_lie(const model *m) {
    return !m->examples              ? "the model has the other dimension first"
           : m->examples_are_columns ? "in this model an example is a column"
                                     : "in this model an example is a row";
}

static void hint_turn(sizing *z, diags *d) {
    const char *how = how_examples_lie(z->m);
    const char *first = NULL;
    for (uint32_t i = 0; i < z->items.n; i++) {
        if (!z->items.at[i].turns || solve(z, i) < z->items.n) continue;
        const char *name = ir_var_name(&z->m->g, z->items.at[i].var);
        if (first)
            diag_note(d, "or %s is: %s.T would fit, too; transpose the one that was saved so", name, name);
        else
            diag_note(d, "%s is the other way round: %s; %s.T would fit", name, how, name);
        first = name;
    }
    if (first) return;
    if (solve(z, TURN_ALL) == z->items.n)
        diag_note(d, "the arrays are the other way round: %s; they fit when all are transposed", how);
}

static void hint_size(const sizing *z, diags *d, dim wanted, size_t value) {
    if (!dim_is_named(wanted) || !value || dim_is_sum(z->m->g.names, wanted)) return;
    const char *name = symbols_name(z->m->g.names, dim_name(wanted));
    uint32_t    origin = origin_of(z, wanted);
    if (origin == FROM_SET) diag_note(d, "--set %s=%zu would fit", name, value);
    if (origin == FROM_MODEL)
        diag_note(d, "`size %s = %zu` in the model, or --set %s=%zu, would fit", name, value, name, value);
}

static dfoo_status report(sizing *z, uint32_t item) {
    diags           *d = z->m->g.d;
    const size_item *x = &z->items.at[item];
    const variable  *v = ir_var(&z->m->g, x->var);
    const char      *name = ir_var_name(&z->m->g, x->var), *wanted = print_shape_text(&z->m->g, z->a, v->sh);
    size_t           rows = sizes_get(&z->s, v->sh.rows);
    bool             row_wrong = rows != x->rows;
    dim              wrong = row_wrong ? v->sh.rows : v->sh.cols;
    if (x->rows == 0 || x->cols == 0)
        return diag_alone(d, "%s: %s is (%zu, %zu): it is empty", x->from, name, x->rows, x->cols);
    dfoo_status status = diag_alone(d, "%s: %s is (%zu, %zu), where %s is needed%s", x->from, name, x->rows,
                                    x->cols, wanted, known_text(z, z->a, wrong));
    hint_size(z, d, wrong, row_wrong ? x->rows : x->cols);
    hint_turn(z, d);
    return arena_status(z->a) == DFOO_OK && arena_status(d->a) == DFOO_OK ? status : DFOO_ENOMEM;
}

/* ------------------------------------------------------------------ turning */

static void turn(sizing *z, uint32_t i) {
    size_item *x = &z->items.at[i];
    x->turned = !x->turned;
    diag_tell(z->m->g.d, "%s: %s is (%zu, %zu), and is read as (%zu, %zu): %s", x->from,
              ir_var_name(&z->m->g, x->var), x->rows, x->cols, x->cols, x->rows, how_examples_lie(z->m));
}

/* Turns one matrix of the data, or all of them, if that is the only way to make everything fit. */
static bool turn_data(sizing *z) {
    uint32_t way = TURN_NONE, ways = 0;
    for (uint32_t i = 0; i < z->items.n; i++) {
        if (!z->items.at[i].data || solve(z, i) < z->items.n) continue;
        way = i;
        ways++;
    }
    if (!ways && solve(z, TURN_DATA) == z->items.n) {
        way = TURN_DATA;
        ways = 1;
    }
    if (ways != 1) return false;
    for (uint32_t i = 0; i < z->items.n; i++)
        if (way == i || (way == TURN_DATA && z->items.at[i].data)) turn(z, i);
    return true;
}

static dfoo_status unknown_set(const sizing *z, const char *name) {
    const model *m = z->m;
    const char **names = arena_new(z->a, (m->size_names.n + 1) * sizeof *names);
    if (!names) return DFOO_ENOMEM;
    for (uint32_t i = 0; i < m->size_names.n; i++) names[i] = symbols_name(m->g.names, m->size_names.at[i]);
    return diag_alone(m->g.d, "--set %s: the model has no size of that name; it has %s", name,
                      m->size_names.n ? text_list(z->a, names, m->size_names.n) : "none");
}

dfoo_status sizing_solve(sizing *z) {
    for (uint32_t i = 0; i < z->n_sets; i++) {
        sym name = size_name(z->m, z->sets[i].name);
        if (!name) return unknown_set(z, z->sets[i].name);
        if (!z->sets[i].value || z->sets[i].value >= DIM_NAMED)
            return diag_alone(z->m->g.d, "--set %s: a size is a whole number from 1 on", z->sets[i].name);
    }
    uint32_t item = solve(z, TURN_NONE);
    if (item < z->items.n && turn_data(z)) item = solve(z, TURN_NONE);
    if (item == z->items.n) return arena_status(z->a);
    solve(z, TURN_NONE); /* as it stands when `item` is told to be wrong */
    return report(z, item);
}

static dfoo_status report_missing(const sizing *z, sym name) {
    const ir   *g = &z->m->g;
    const char *text = symbols_name(g->names, name);
    var_id      user = 0;
    for (var_id v = 1; v < g->vars.n && !user; v++) {
        shape sh = ir_var(g, v)->sh;
        if (ir_var(g, v)->kind <= VAR_PARAM && (sh.rows == dim_named(name) || sh.cols == dim_named(name)))
            user = v;
    }
    if (!user)
        diag_alone(g->d, "the size %s is not known", text);
    else
        diag_alone(g->d, "the size %s is not known: %s is %s", text, ir_var_name(g, user),
                   print_shape_text(g, z->a, ir_var(g, user)->sh));
    diag_note(g->d, "write `size %s = 20` in the model, or give --set %s=20", text, text);
    return arena_status(g->d->a) == DFOO_OK ? DFOO_EINPUT : DFOO_ENOMEM;
}

dfoo_status sizing_complete(const sizing *z) {
    dfoo_status status = DFOO_OK;
    for (uint32_t i = 0; i < z->m->size_names.n && status != DFOO_ENOMEM; i++)
        if (!sizes_get(&z->s, dim_named(z->m->size_names.at[i])))
            status = report_missing(z, z->m->size_names.at[i]);
    return status == DFOO_OK ? lang_check_sizes(z->m, z->a, &z->s) : status;
}
