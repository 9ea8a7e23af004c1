/* What a call reads: one file or several as one source of numbers, and what the options say of it. Arrays of
 * all files stand side by side under their names, and so do the columns of all tables. */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "api/load.h"

/* ------------------------------------------------------------------- words */

dfoo_status work_words(work *w, const char *text, word_list *out) {
    *out = (word_list){{0}};
    while (text && *text) {
        size_t len = strcspn(text, ",");
        vec_push(&w->a, &out->list, arena_text(&w->a, text, len));
        text += len + (text[len] == ',');
    }
    return arena_status(&w->a);
}

dfoo_status work_labels(work *w, const char *text, feed_options *how) {
    word_list words;
    DFOO_TRY(work_words(w, text, &words));
    how->labels = words.list.at;
    how->n_labels = words.list.n;
    return DFOO_OK;
}

/* ----------------------------------------------------------------- joining */

static dfoo_status refuse_both(work *w, const char *what, const char *name, const char *file) {
    return diag_alone(&w->messages, "%s: another file has %s '%s', too", file, what, name);
}

static dfoo_status check_columns(work *w, const data_table *left, const data_table *right, const char *file) {
    for (size_t k = 0; right->names && left->names && k < right->n_cols; k++)
        for (size_t i = 0; right->names[k][0] && i < left->n_cols; i++)
            if (strcmp(left->names[i], right->names[k]) == 0)
                return refuse_both(w, "a column", right->names[k], file);
    if (left->n_rows == right->n_rows) return DFOO_OK;
    return diag_alone(&w->messages,
                      "%s has %zu rows, and the table before it %zu: they do not stand side by side", file,
                      right->n_rows, left->n_rows);
}

static void copy_columns(const data_table *from, size_t first, data_table *to) {
    for (size_t k = 0; k < from->n_cols; k++) {
        to->classes[first + k] = from->classes[k];
        if (to->names) to->names[first + k] = from->names ? from->names[k] : "";
    }
    for (size_t i = 0; i < from->n_rows; i++)
        memcpy(to->values + i * to->n_cols + first, from->values + i * from->n_cols,
               from->n_cols * sizeof *to->values);
}

/* Puts the columns of `right` behind those of `left`. */
static dfoo_status join_columns(work *w, data_table *left, const data_table *right, const char *file) {
    data_table both = {.n_rows = right->n_rows, .n_cols = left->n_cols + right->n_cols};
    if (!right->n_cols) return DFOO_OK;
    if (left->n_cols) DFOO_TRY(check_columns(w, left, right, file));
    if (both.n_rows > SIZE_MAX / sizeof *both.values / both.n_cols) return DFOO_ENOMEM;
    both.classes = arena_new(&w->a, both.n_cols * sizeof *both.classes);
    both.values = arena_new(&w->a, both.n_rows * both.n_cols * sizeof *both.values);
    if (left->names || right->names) both.names = arena_new(&w->a, both.n_cols * sizeof *both.names);
    DFOO_TRY(arena_status(&w->a));
    copy_columns(left, 0, &both);
    copy_columns(right, left->n_cols, &both);
    *left = both;
    return DFOO_OK;
}

/* ------------------------------------------------------------------- files */

static data_header header_of(dfoo_header header) {
    return header == DFOO_HEADER_YES  ? DATA_HEADER_YES
           : header == DFOO_HEADER_NO ? DATA_HEADER_NO
                                      : DATA_HEADER_AUTO;
}

static dfoo_status load_file(work *w, const load_request *r, const char *path, loaded *l) {
    data_table        table = {0};
    dfoo_arrays      *set;
    const char       *twice = NULL;
    data_read_options how = {
        .table = &table, .tables = &w->a, .texts = &l->texts, .header = header_of(r->header)};
    how.missing = r->missing;
    how.narrow = r->narrow;
    DFOO_TRY(arrays_new(&w->d->mem, &set));
    dfoo_status status = data_read(path, &how, &w->messages, set);
    if (arrays_count(set) != 1 && !table.n_cols) l->one_each = false;
    if (status == DFOO_OK && !l->table.n_cols)
        l->table = table;
    else if (status == DFOO_OK)
        status = join_columns(w, &l->table, &table, path);
    if (status == DFOO_OK) status = arrays_move(set, l->set, &twice);
    if (twice) status = refuse_both(w, "an array", twice, path);
    arrays_free(set);
    return status;
}

static dfoo_status load_files(work *w, const load_request *r, loaded *l, feed_source *out) {
    DFOO_TRY(arrays_new(&w->d->mem, &l->set));
    l->one_each = true;
    out->name = r->file;
    DFOO_TRY(load_file(w, r, r->file, l));
    for (size_t i = 0; r->more && r->more[i]; i++) {
        DFOO_TRY(load_file(w, r, r->more[i], l));
        out->name = arena_format(&w->a, "%s, %s", out->name, r->more[i]);
        if (!out->name) return DFOO_ENOMEM;
    }
    out->arrays = l->set;
    out->by_order = l->one_each;
    out->texts = &l->texts;
    if (l->table.n_cols) out->table = &l->table;
    return DFOO_OK;
}

/* ----------------------------------------------------------------- options */

/* The next item of a list with commas; NULL at its end or without memory. */
static char *next_item(work *w, const char **text) {
    if (!*text || !**text) return NULL;
    size_t len = strcspn(*text, ",");
    char  *item = arena_text(&w->a, *text, len);
    *text += len + ((*text)[len] == ',');
    return item;
}

static void add_name(work *w, feed_map *map, const char *name) {
    const char **names = arena_new(&w->a, (map->n_names + 1) * sizeof *names);
    for (uint32_t i = 0; names && i < map->n_names; i++) names[i] = map->names[i];
    if (!names) return;
    names[map->n_names++] = name;
    map->names = names;
}

/* "X=a,b,Y=c": an item without = is one more name. */
static dfoo_status read_maps(work *w, const load_request *r, feed_source *out) {
    VEC(feed_map) list = {0};
    const char *rest = r->map;
    for (char *item; (item = next_item(w, &rest));) {
        char *equals = strchr(item, '=');
        if ((!equals && !list.n) || equals == item || (equals && !equals[1]) || !*item) {
            return diag_alone(&w->messages, "%s takes VARIABLE=NAME, as in X=train_set_x, not '%s'",
                              r->map_option, item);
        }
        if (equals) {
            *equals = 0;
            for (uint32_t i = 0; i < list.n; i++)
                if (strcmp(list.at[i].var, item) == 0)
                    return diag_alone(&w->messages, "%s is mapped twice", item);
            vec_push(&w->a, &list, (feed_map){.var = item});
        }
        DFOO_TRY(arena_status(&w->a));
        add_name(w, &list.at[list.n - 1], equals ? equals + 1 : item);
    }
    out->maps = list.at;
    out->n_maps = list.n;
    out->map_option = r->map_option;
    return arena_status(&w->a);
}

dfoo_status load(work *w, const load_request *r, loaded *l, feed_source *out) {
    *out = (feed_source){.arrays = r->arrays};
    if (r->file)
        DFOO_TRY(load_files(w, r, l, out));
    else if (!(r->narrow && r->arrays && arrays_are_dense(r->arrays)))
        DFOO_TRY(set_plain(w->d, &out->arrays, &l->set));
    return read_maps(w, r, out);
}

void loaded_free(loaded *l) {
    arrays_free(l->set);
}

/* 0.5, 1/255 */
static bool read_fraction(const char *text, double *times, double *over) {
    char *end;
    *over = 1;
    *times = strtod(text, &end);
    if (end == text) return false;
    if (*end == '/') {
        const char *below = end + 1;
        *over = strtod(below, &end);
        if (end == below) return false;
    }
    return !*end && isfinite(*times) && isfinite(*over) && *times != 0 && *over != 0;
}

dfoo_status load_scales(work *w, const char *text, feed_options *how) {
    VEC(feed_scale) list = {0};
    for (char *item; (item = next_item(w, &text));) {
        char      *equals = strchr(item, '=');
        feed_scale x = {.var = equals ? item : NULL};
        if (equals) *equals = 0;
        if (!read_fraction(equals ? equals + 1 : item, &x.times, &x.over))
            return diag_alone(
                &w->messages,
                "--scale takes a number or a fraction other than 0, as in 1/255 or X=1/255, not '%s'",
                equals ? equals + 1 : item);
        vec_push(&w->a, &list, x);
    }
    how->scales = list.at;
    how->n_scales = list.n;
    return arena_status(&w->a);
}

/* ----------------------------------------------------------------- classes */

static const data_texts *texts_named(const loaded *l, const char *name) {
    for (uint32_t i = 0; i < l->texts.list.n; i++)
        if (strcmp(l->texts.list.at[i].name, name) == 0) return &l->texts.list.at[i];
    return NULL;
}

static void take_names(const char **names, size_t n, feed_options *how) {
    how->class_names = names;
    how->n_class_names = n < UINT32_MAX ? (uint32_t)n : 0;
}

/* A line per class; of several columns the last one. */
static dfoo_status names_of_file(work *w, const char *path, feed_options *how) {
    data_table        t;
    data_read_options plain = {.header = DATA_HEADER_NO};
    DFOO_TRY(data_read_csv(path, &plain, &w->messages, &w->a, &t));
    const data_classes *words = &t.classes[t.n_cols - 1];
    const char        **names = arena_new(&w->a, t.n_rows * sizeof *names);
    if (!names) return DFOO_ENOMEM;
    if (!words->n)
        return diag_alone(&w->messages, "%s holds numbers where the names of classes are needed", path);
    for (size_t i = 0; i < t.n_rows; i++) names[i] = words->names[(size_t)t.values[(i + 1) * t.n_cols - 1]];
    take_names(names, t.n_rows, how);
    return DFOO_OK;
}

static dfoo_status names_of_list(work *w, const char *text, feed_options *how) {
    VEC(const char *) names = {0};
    for (char *item; (item = next_item(w, &text));) vec_push(&w->a, &names, item);
    take_names(names.at, names.n, how);
    return arena_status(&w->a);
}

dfoo_status load_classes(work *w, const char *text, const loaded *l, feed_options *how) {
    static const char *const usual[] = {"list_classes", "classes", "class_names", "target_names"};
    const data_texts        *found = text ? texts_named(l, text) : NULL;
    for (size_t i = 0; !text && !found && i < sizeof usual / sizeof *usual; i++)
        found = texts_named(l, usual[i]);
    how->class_names_must_fit = text != NULL;
    if (found) take_names(found->texts, found->n, how);
    if (found || !text) return DFOO_OK;
    if (os_path_kind(text) != OS_NOTHING) return names_of_file(w, text, how);
    if (strchr(text, ',')) return names_of_list(w, text, how);
    return diag_alone(
        &w->messages,
        "--classes %s: this is no array of text in the data, no file, and no list of names with commas",
        text);
}

/* ----------------------------------------------------------------- columns */

dfoo_status load_rules(work *w, const char *prepare, feed_options *how) {
    const char *path = prepare, *text = NULL;
    how->prepare = !prepare || strcmp(prepare, "none") != 0;
    if (!prepare || !how->prepare) return DFOO_OK;
    DFOO_TRY(api_read_file(&w->a, &w->messages, &path, &text));
    if (!text)
        return diag_alone(&w->messages,
                          "--prepare %s: there is no such file; `none` takes columns as they are", prepare);
    return prepare_read(&w->messages, &w->a, prepare, text, &how->rules, &how->n_rules);
}
