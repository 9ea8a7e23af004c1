/* Which array, text or columns each input and label is read from.
 *
 * What the user maps comes first and must be there; then what training found it under, if that is there
 * (its test data's names, too); then the variable's own name. Arrays of files that give them no
 * names of their own are taken in order if none of the names is a variable's. What has no place after
 * that may still get columns of a table. */
#include <string.h>

#include "run/train/internal.h"

bool is_data(const ir *g, var_id v) {
    return ir_var(g, v)->kind == VAR_INPUT || ir_var(g, v)->kind == VAR_LABEL;
}

/* ----------------------------------------------------------------- contents */

/* "x (209, 64, 64, 3), y (209,), names (text); columns a, b" */
static const char *contents(const bind_request *r) {
    const train_source *s = r->source;
    size_t n_arrays = s->arrays ? arrays_count(s->arrays) : 0, n_texts = s->texts ? s->texts->list.n : 0;
    const char **names = arena_new(r->a, (n_arrays + n_texts + 1) * sizeof *names);
    const char  *columns = NULL, *text;
    if (!names) return "";
    for (size_t i = 0; i < n_arrays; i++) {
        const dfoo_array *x = arrays_at(s->arrays, i);
        names[i] = arena_format(r->a, "%s %s", x->name, arrays_dims_text(r->a, x->ndim, x->dim));
    }
    for (size_t i = 0; i < n_texts; i++)
        names[n_arrays + i] = arena_format(r->a, "%s (text)", s->texts->list.at[i].name);
    if (arena_status(r->a) != DFOO_OK) return "";
    if (s->table && s->table->n_cols)
        columns = s->table->names ? train_list_text(r->a, s->table->names, s->table->n_cols)
                                  : arena_format(r->a, "%zu without names", s->table->n_cols);
    if (!n_arrays && !n_texts) {
        text = columns ? arena_format(r->a, "the columns %s", columns) : "no arrays";
        return text ? text : "";
    }
    text = train_list_text(r->a, names, n_arrays + n_texts);
    if (columns) text = arena_format(r->a, "%s; columns %s", text, columns);
    return text ? text : "";
}

static const char *map_option(const bind_request *r) {
    return r->source->map_option ? r->source->map_option : "--map";
}

dfoo_status find_nothing(const bind_request *r, var_id v) {
    const variable *x = ir_var(&r->m->g, v);
    const char     *name = ir_var_name(&r->m->g, v);
    dfoo_status status = diag_alone(r->m->g.d, "%s: the %s %s : %s is not there; there are %s", source_name(r),
                                   x->kind == VAR_LABEL ? "label" : "input", name,
                                   print_shape_text(&r->m->g, r->a, x->sh), contents(r));
    if (r->source->arrays && arrays_count(r->source->arrays))
        diag_note(r->m->g.d, "%s %s=NAME says which of them it is", map_option(r), name);
    return arena_status(r->a) == DFOO_OK ? status : DFOO_ENOMEM;
}

/* ------------------------------------------------------------------ looking */

static const data_texts *find_texts(const train_source *s, const char *name) {
    for (uint32_t i = 0; s->texts && i < s->texts->list.n; i++)
        if (strcmp(s->texts->list.at[i].name, name) == 0) return &s->texts->list.at[i];
    return NULL;
}

/* One array, or columns, of these names. False: not all there. */
static bool look_up(const train_source *s, const char *const *names, uint32_t n, place *out) {
    *out = (place){.array = NULL};
    if (n == 1 && s->arrays) out->array = arrays_get(s->arrays, names[0]);
    if (n == 1 && !out->array) out->texts = find_texts(s, names[0]);
    if (out->array || out->texts) return true;
    if (!n || !s->table || !s->table->n_cols || !s->table->names) return false;
    for (uint32_t i = 0; i < n; i++)
        if (table_column(s->table, names[i]) == s->table->n_cols) return false;
    out->columns = names;
    out->n_columns = n;
    return true;
}

static const train_map *map_of(const bind_request *r, const char *var) {
    for (uint32_t i = 0; i < r->source->n_maps; i++)
        if (strcmp(r->source->maps[i].var, var) == 0) return &r->source->maps[i];
    return NULL;
}

static dfoo_status unknown_variable(const bind_request *r, const train_map *map) {
    const ir *g = &r->m->g;
    VEC(const char *) names = {0};
    for (var_id v = 1; v < g->vars.n; v++)
        if (is_data(g, v)) vec_push(r->a, &names, ir_var_name(g, v));
    DFOO_TRY(arena_status(r->a));
    return diag_alone(g->d, "%s %s=%s: the model has no input or label '%s'; it has %s", map_option(r),
                     map->var, map->n_names ? map->names[0] : "", map->var,
                     train_list_text(r->a, names.at, names.n));
}

static dfoo_status maps_nowhere(const bind_request *r, const train_map *map) {
    const char *names = train_list_text(r->a, map->names, map->n_names);
    if (map->n_names > 1)
        return diag_alone(r->m->g.d, "%s: %s %s=%s: not all of these are columns; there are %s",
                         source_name(r), map_option(r), map->var, names, contents(r));
    return diag_alone(r->m->g.d, "%s: %s %s=%s: there is no '%s'; there are %s", source_name(r), map_option(r),
                     map->var, names, names, contents(r));
}

static dfoo_status check_maps(const bind_request *r) {
    place nowhere;
    for (uint32_t i = 0; i < r->source->n_maps; i++) {
        const train_map *map = &r->source->maps[i];
        var_id           v = ir_find_var(&r->m->g, symbols_find(r->m->g.names, map->var, strlen(map->var)));
        if (!v || !is_data(&r->m->g, v)) return unknown_variable(r, map);
        if (!look_up(r->source, map->names, map->n_names, &nowhere)) return maps_nowhere(r, map);
    }
    return DFOO_OK;
}

/* Training remembers the names for itself and for its test data. */
static dfoo_status remember(const bind_request *r, var_id v, const train_map *map) {
    memo        *known = memos_get(r->memos, r->a, v);
    const char **names = arena_new(r->a, map->n_names * sizeof *names);
    if (!known || !names) return DFOO_ENOMEM;
    for (uint32_t i = 0; i < map->n_names; i++)
        names[i] = arena_text(r->a, map->names[i], strlen(map->names[i]));
    if (r->remembered) {
        known->test_map = names;
        known->n_test_map = map->n_names;
    } else {
        known->map = names;
        known->n_map = map->n_names;
    }
    return arena_status(r->a);
}

static dfoo_status find_one(const bind_request *r, var_id v, place *out) {
    const char      *own = ir_var_name(&r->m->g, v);
    const train_map *map = map_of(r, own);
    const memo      *known = memos_find(r->memos, v);
    if (map) {
        look_up(r->source, map->names, map->n_names, out);
        return remember(r, v, map);
    }
    if (known && look_up(r->source, known->map, known->n_map, out)) return DFOO_OK;
    if (known && look_up(r->source, known->test_map, known->n_test_map, out)) return DFOO_OK;
    *out = (place){.array = r->source->arrays ? arrays_get(r->source->arrays, own) : NULL};
    if (!out->array) out->texts = find_texts(r->source, own);
    return DFOO_OK;
}

/* ----------------------------------------------------------------- in order */

/* Arrays as the inputs, then the labels, in order of declaration; labels may be missing. */
static dfoo_status take_in_order(const bind_request *r, place *places) {
    const ir   *g = &r->m->g;
    size_t      n = arrays_count(r->source->arrays), next = 0;
    const char *text = "";
    for (int label = 0; label < 2; label++) {
        for (var_id v = 1; v < g->vars.n && next < n; v++) {
            if (ir_var(g, v)->kind != (label ? VAR_LABEL : VAR_INPUT)) continue;
            const dfoo_array *x = arrays_at(r->source->arrays, next);
            places[v].array = x;
            DFOO_TRY(remember(r, v, &(train_map){.names = &x->name, .n_names = 1}));
            text = arena_format(r->a, "%s%s%s is %s %s", text ? text : "", next ? ", " : "",
                                ir_var_name(g, v), x->name, arrays_dims_text(r->a, x->ndim, x->dim));
            next++;
        }
    }
    if (text) train_say(g->d, "%s: taken in order: %s", source_name(r), text);
    return arena_status(r->a);
}

static bool goes_in_order(const bind_request *r, const place *places) {
    const ir *g = &r->m->g;
    size_t    n_vars = 0, n_inputs = 0, n = r->source->arrays ? arrays_count(r->source->arrays) : 0;
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
