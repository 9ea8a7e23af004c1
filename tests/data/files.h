/* What the tests of data/ share: a folder for files, reading one, and its message. */
#ifndef TESTS_DATA_FILES_H
#define TESTS_DATA_FILES_H

#include "failing_allocator.h"

#include <dirent.h>
#include <stdio.h>
#include <sys/stat.h>
#include <unistd.h>

#include "host/data/data.h"

static char folder[64]; /* of this run of the tests; files_done removes it */

static inline int files_start(void **state) {
    (void)state;
    const char *tmp = getenv("TMPDIR");
    snprintf(folder, sizeof folder, "%s/dfoo-data-XXXXXX", tmp && strlen(tmp) < 32 ? tmp : "/tmp");
    return mkdtemp(folder) ? 0 : -1;
}

/* The number of files in the folder; removes them if asked to. */
static inline size_t files_count(bool and_remove) {
    size_t         n = 0;
    struct dirent *entry;
    char           path[400];
    DIR           *dir = opendir(folder);
    assert_non_null(dir);
    while ((entry = readdir(dir))) {
        if (strcmp(entry->d_name, ".") == 0 || strcmp(entry->d_name, "..") == 0) continue;
        n++;
        snprintf(path, sizeof path, "%s/%s", folder, entry->d_name);
        if (and_remove) assert_int_equal(remove(path), 0);
    }
    closedir(dir);
    return n;
}

static inline int files_done(void **state) {
    (void)state;
    files_count(true);
    return rmdir(folder);
}

/* The path of a file in the folder; valid for four more calls. */
static inline const char *at(const char *name) {
    static char paths[4][300];
    static int  next;
    char       *path = paths[next++ % 4];
    snprintf(path, sizeof paths[0], "%s/%s", folder, name);
    return path;
}

static inline const char *put(const char *name, const void *bytes, size_t len) {
    const char *path = at(name);
    FILE       *file = fopen(path, "wb");
    assert_non_null(file);
    assert_int_equal(fwrite(bytes, 1, len, file), len);
    assert_int_equal(fclose(file), 0);
    return path;
}

static inline const char *put_text(const char *name, const char *text) {
    return put(name, text, strlen(text));
}

/* The bytes of a file; free them. */
static inline unsigned char *get(const char *path, size_t *len) {
    enum { MOST = 1 << 20 };
    unsigned char *bytes = malloc(MOST);
    FILE          *file = fopen(path, "rb");
    assert_non_null(bytes);
    assert_non_null(file);
    *len = fread(bytes, 1, MOST, file);
    assert_int_equal(fclose(file), 0);
    return bytes;
}

/* A place for what a read leaves. */
typedef struct result {
    arena        a;
    diags        d;
    buf          text; /* the messages */
    dfoo_arrays *set;
    data_table   table;
    dfoo_status  status;
} result;

static inline void result_start(result *r) {
    dfoo_allocator mem = mem_default();
    *r = (result){0};
    arena_init(&r->a, mem);
    diags_init(&r->d, &r->a);
    buf_init(&r->text, mem);
    assert_int_equal(arrays_new(&mem, &r->set), DFOO_OK);
}

/* A failure has one error, a success none. */
static inline void result_check(result *r, dfoo_status status) {
    r->status = status;
    buf_puts(&r->text, "");
    diags_render(&r->d, 0, &r->text);
    if (r->d.n_errors != (status != DFOO_OK)) fail_msg("status %d, but: %s", (int)status, r->text.text);
}

static inline void result_free(result *r) {
    arrays_free(r->set);
    buf_free(&r->text);
    arena_free(&r->a);
}

static inline void read_with(result *r, const char *path, const data_read_options *opt) {
    result_start(r);
    result_check(r, data_read(path, opt, &r->d, r->set));
}

static inline void read_table(result *r, const char *path, data_header header) {
    data_read_options opt = {.header = header};
    result_start(r);
    result_check(r, data_read_csv(path, &opt, &r->d, &r->a, &r->table));
}

static inline void expect_ok(const result *r) {
    if (r->status != DFOO_OK) fail_msg("status %d: %s", (int)r->status, r->text.text);
}

static inline void expect_message(const result *r, dfoo_status status, const char *part) {
    if (r->status != status || !strstr(r->text.text, part))
        fail_msg("status %d, expected %d and '%s', but got: %s", (int)r->status, (int)status, part,
                 r->text.text);
}

/* Reading `path` fails with a message that contains `part`. */
static inline void refuses(const char *path, dfoo_status status, const char *part) {
    result r;
    read_with(&r, path, NULL);
    expect_message(&r, status, part);
    result_free(&r);
}

#endif
