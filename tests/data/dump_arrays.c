/* What the library reads from a file, for tests in other languages:
 *
 *     dump_arrays FILE                  NAME <tab> (DIM, ..) <tab> hexadecimal numbers
 *     dump_arrays --table FILE          the same of a CSV: columns <tab> classes, then the rows
 *     dump_arrays --texts FILE          its arrays of text: NAME <tab> TEXT|..
 *     dump_arrays --npz f32|f64 OUT FILE, --csv OUT FILE    reads, writes again
 *
 * Messages go to standard error; the exit status is the library's. */
#include <stdio.h>
#include <string.h>

#include "host/data/data.h"

static void dump_numbers(const double *x, size_t n) {
    for (size_t i = 0; i < n; i++) printf("%s%a", i ? " " : "", x[i]);
    printf("\n");
}

static void dump_array(const dfoo_array *x) {
    printf("%s\t(", x->name);
    for (int i = 0; i < x->ndim; i++) printf("%s%zu", i ? ", " : "", x->dim[i]);
    printf(x->ndim == 1 ? ",)\t" : ")\t");
    dump_numbers(x->data, array_entries(x));
}

static void dump_table(const data_table *t) {
    for (size_t k = 0; k < t->n_cols; k++) {
        printf("%s\t", t->names ? t->names[k] : "-");
        for (uint32_t i = 0; i < t->classes[k].n; i++) printf("%s%s", i ? "|" : "", t->classes[k].names[i]);
        printf("\n");
    }
    for (size_t i = 0; i < t->n_rows; i++) dump_numbers(t->values + i * t->n_cols, t->n_cols);
}

static dfoo_status dump_texts(const char *path, dfoo_arrays *set, diags *d) {
    data_text_list    texts = {{0}};
    data_read_options how = {.texts = &texts, .tables = d->a};
    DFOO_TRY(data_read(path, &how, d, set));
    for (uint32_t k = 0; k < texts.list.n; k++) {
        const data_texts *x = &texts.list.at[k];
        printf("%s\t", x->name);
        for (size_t i = 0; i < x->n; i++) printf("%s%s", i ? "|" : "", x->texts[i]);
        printf("\n");
    }
    return DFOO_OK;
}

static dfoo_status write_again(char **argv, const dfoo_arrays *set, diags *d) {
    if (strcmp(argv[1], "--npz") == 0)
        return data_write_npz(argv[3], set, strcmp(argv[2], "f32") == 0 ? DATA_F32 : DATA_F64, d);
    return data_write_csv(argv[2], arrays_at(set, 0), NULL, d);
}

static dfoo_status run(int argc, char **argv, diags *d) {
    dfoo_allocator mem = mem_default();
    dfoo_arrays   *set;
    data_table     table;
    if (argc == 3 && strcmp(argv[1], "--table") == 0) {
        DFOO_TRY(data_read_csv(argv[2], NULL, d, d->a, &table));
        dump_table(&table);
        return DFOO_OK;
    }
    DFOO_TRY(arrays_new(&mem, &set));
    bool        texts = strcmp(argv[1], "--texts") == 0;
    dfoo_status status = texts ? dump_texts(argv[2], set, d) : data_read(argv[argc - 1], NULL, d, set);
    if (status == DFOO_OK && argc > 2 && !texts) status = write_again(argv, set, d);
    for (size_t i = 0; status == DFOO_OK && argc == 2 && i < arrays_count(set); i++)
        dump_array(arrays_at(set, i));
    arrays_free(set);
    return status;
}

int main(int argc, char **argv) {
    arena a;
    diags d;
    buf   text;
    if (argc < 2 || argc > 5) return 64;
    arena_init(&a, mem_default());
    diags_init(&d, &a);
    dfoo_status status = run(argc, argv, &d);
    buf_init(&text, mem_default());
    diags_render(&d, 0, &text);
    if (text.text) fputs(text.text, stderr);
    buf_free(&text);
    arena_free(&a);
    return (int)status;
}
