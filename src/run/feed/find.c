/* Which array, text or columns each input and label is read from.
 *
 * What the user maps comes first and must be there; then what training found it under, if that is there
 * (its test data's names, too); then the variable's own name. Arrays of files that give them no
 * names of their own are taken in order if none of the names is a variable's. What has no place after
 * that may still get columns of a table. */
#include <string.h>

#include "run/feed/find.h"

size_t find_column(const data_table *t, const char *name) {
    size_t k = 0;
    while (k < t->n_cols && strcmp(t->names[k], name) != 0) k++;
    return k;
}

static bool has_columns(const feed_source *s) {
    return s->table && s->table->n_cols;
}

static size_t count_arrays(const feed_source *s) {
    return s->arrays ? arrays_count(s->arrays) : 0;
}

/* ----------------------------------------------------------------- contents */

/* "x (209, 64, 64, 3), y (209,), names (text)"; NULL: there are none. */
static const char *arrays_text(const feed_source *s, arena *a) {
    VEC(const char *) names = {0};
    for (size_t i = 0; i < count_arrays(s); i++) {
        const dfoo_array *x = arrays_at(s->arrays, i);
        vec_push(a, &names, arena_format(a, "%s %s", x->name, arrays_dims_text(a, x->ndim, x->dim)));
    }
    for (uint32_t i = 0; s->texts && i < s->texts->list.n; i++)
        vec_push(a, &names, arena_format(a, "%s (text)", s->texts->list.at[i].name));
    return names.n && !a->failed ? text_list(a, names.at, names.n) : NULL;
}

/* "a, b"; NULL: there are none. */
static const char *columns_text(const feed_source *s, arena *a) {
    if (!has_columns(s)) return NULL;
    return s->table->names ? text_list(a, s->table->names, s->table->n_cols)
                           : arena_format(a, "%zu without names", s->table->n_cols);
}

/* "x (209, 64, 64, 3), y (209,); columns a, b" */
static const char *contents(const bind_request *r) {
    const char *arrays = arrays_text(r->source, r->a), *columns = columns_text(r->source, r->a);
    const char *text = arrays && columns ? arena_format(r->a, "%s; columns %s", arrays, columns)
                       : columns         ? arena_format(r->a, "the columns %s", columns)
                                         : arrays;
    return text ? text : "no arrays";
}

static const char *map_option(const bind_request *r) {
    return r->source->map_option ? r->source->map_option : "--map";
}

dfoo_status find_nothing(const bind_request *r, var_id v) {
    const variable *x = ir_var(&r->m->g, v);
    dfoo_status     status = diag_alone(r->m->g.d, "%s: the %s %s : %s is not there; there are %s",
                                        source_name(r), x->kind == VAR_LABEL ? "label" : "input",
                                        var_name(r, v),
                                        print_shape_text(&r->m->g, r->a, x->sh), contents(r));
    if (count_arrays(r->source))
        diag_note(r->m->g.d, "%s %s=NAME says which of them it is", map_option(r), var_name(r, v));
    return r->a->failed ? DFOO_ENOMEM : status;
}

/* ------------------------------------------------------------------ looking */

/* An array or a text of this name. False: there is none. */
static bool look_for(const feed_source *s, const char *name, place *out) {
    *out = (place){.array = s->arrays ? arrays_get(s->arrays, name) : NULL};
    for (uint32_t i = 0; !out->array && s->texts && i < s->texts->list.n; i++)
        if (strcmp(s->texts->list.at[i].name, name) == 0) out->texts = &s->texts->list.at[i];
    return out->array || out->texts;
}

/* One array, or columns, of these names. False: not all there. */
static bool look_up(const feed_source *s, const char *const *names, uint32_t n, place *out) {
    *out = (place){.array = NULL};
    if (n == 1 && look_for(s, names[0], out)) return true;
    if (!n || !has_columns(s) || !s->table->names) return false;
    for (uint32_t i = 0; i < n; i++)
        if (find_column(s->table, names[i]) == s->table->n_cols) return false;
    *out = (place){.columns = names, .n_columns = n};
    return true;
}

static const feed_map *map_of(const bind_request *r, const char *var) {
    for (uint32_t i = 0; i < r->source->n_maps; i++)
        if (strcmp(r->source->maps[i].var, var) == 0) return &r->source->maps[i];
    return NULL;
}

static dfoo_status unknown_variable(const bind_request *r, const feed_map *map) {
    const ir *g = &r->m->g;
    VEC(const char *) names = {0};
    for (var_id v = 1; v < g->vars.n; v++)
        if (is_data(g, v)) vec_push(r->a, &names, var_name(r, v));
    DFOO_TRY(arena_status(r->a));
    return diag_alone(g->d, "%s %s=%s: the model has no input or label '%s'; it has %s", map_option(r),
                      map->var, map->n_names ? map->names[0] : "", map->var,
                      text_list(r->a, names.at, names.n));
}

static dfoo_status maps_nowhere(const bind_request *r, const feed_map *map) {
    const char *names = text_list(r->a, map->names, map->n_names), *wrong = "not all of these are columns";
    if (map->n_names == 1) wrong = arena_format(r->a, "there is no '%s'", names);
    return diag_alone(r->m->g.d, "%s: %s %s=%s: %s; there are %s", source_name(r), map_option(r), map->var,
                      names, wrong ? wrong : "", contents(r));
}

static dfoo_status check_maps(const bind_request *r) {
    place nowhere;
    for (uint32_t i = 0; i < r->source->n_maps; i++) {
        const feed_map *map = &r->source->maps[i];
        var_id          v = ir_find_var(&r->m->g, symbols_find(r->m->g.names, map->var, strlen(map->var)));
        if (!v || !is_data(&r->m->g, v)) return unknown_variable(r, map);
        if (!look_up(r->source, map->names, map->n_names, &nowhere)) return maps_nowhere(r, map);
    }
    return DFOO_OK;
}

/* Training remembers the names for itself and for its test data. */
static dfoo_status remember(const bind_request *r, var_id v, const char *const *names, uint32_t n) {
    memo        *known = memos_get(r->memos, r->a, v);
    const char **own = text_copies(r->a, names, n);
    if (!known || !own) return DFOO_ENOMEM;
    *(r->remembered ? &known->test_map : &known->map) = own;
    *(r->remembered ? &known->n_test_map : &known->n_map) = n;
    return DFOO_OK;
}

static dfoo_status find_one(const bind_request *r, var_id v, place *out) {
    const feed_map *map = map_of(r, var_name(r, v));
    const memo     *known = memos_find(r->memos, v);
    if (map) {
        look_up(r->source, map->names, map->n_names, out);
        return remember(r, v, map->names, map->n_names);
    }
    if (known && look_up(r->source, known->map, known->n_map, out)) return DFOO_OK;
    if (known && look_up(r->source, known->test_map, known->n_test_map, out)) return DFOO_OK;
    look_for(r->source, var_name(r, v), out);
    return DFOO_OK;
}

/* ----------------------------------------------------------------- in order */

/* Arrays as the inputs, then the labels, in order of declaration; labels may be missing. */
static dfoo_status take_in_order(const bind_request *r, place *places) {
    const ir   *g = &r->m->g;
    size_t      n = count_arrays(r->source), next = 0;
    const char *text = "";
    for (int label = 0; label < 2; label++) {
        for (var_id v = 1; v < g->vars.n && next < n && text; v++) {
            if (ir_var(g, v)->kind != (label ? VAR_LABEL : VAR_INPUT)) continue;
            const dfoo_array *x = arrays_at(r->source->arrays, next);
            places[v].array = x;
            DFOO_TRY(remember(r, v, (const char *const[]){x->name}, 1));
            text = arena_format(r->a, "%s%s%s is %s %s", text, next ? ", " : "", var_name(r, v), x->name,
                                arrays_dims_text(r->a, x->ndim, x->dim));
            next++;
        }
    }
    diag_tell(g->d, "%s: taken in order: %s", source_name(r), text ? text : "");
    return arena_status(r->a);
}

static bool goes_in_order(const bind_request *r, const place *places) {
    const ir *g = &r->m->g;
    size_t    n_vars = 0, n_inputs = 0, n = count_arrays(r->source);
    for (var_id v = 1; v < g->vars.n; v++) {
        if (!is_data(g, v)) continue;
        if (places[v].array || places[v].texts || places[v].n_columns) return false;
        n_vars++;
        n_inputs += ir_var(g, v)->kind == VAR_INPUT;
    }
    return r->source->by_order && n <= n_vars && n >= n_inputs && n > 0;
}

dfoo_status find_places(const bind_request *r, place *places) {
    const ir *g = &r->m->g;
    DFOO_TRY(check_maps(r));
    for (var_id v = 1; v < g->vars.n; v++)
        if (is_data(g, v)) DFOO_TRY(find_one(r, v, &places[v]));
    return goes_in_order(r, places) ? take_in_order(r, places) : arena_status(r->a);
}
