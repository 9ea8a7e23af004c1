/* What the platform says of itself: threads that meet at a bell, processors, memory, files. */
#define _GNU_SOURCE
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>
#include <errno.h>
#include <sched.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <unistd.h>

#include "host/host.h"

enum { N_THREADS = 4, ROUNDS = 200 };

typedef struct meeting {
    os_bell    *start;
    os_bell    *done[N_THREADS];
    atomic_uint next;
    int         value; /* written before a ring, read after it */
    atomic_int  wrong;
} meeting;

static void wait_and_look(void *arg) {
    meeting *m = arg;
    unsigned own = atomic_fetch_add(&m->next, 1);
    for (unsigned round = 0; round < ROUNDS; round++) {
        os_bell_wait(m->start, round);
        if (m->value != (int)round + 1) atomic_fetch_add(&m->wrong, 1);
        os_bell_ring(m->done[own]);
    }
}

static void threads_sleep_until_the_bell(void **state) {
    (void)state;
    dfoo_allocator mem = mem_default();
    os_thread     *threads[N_THREADS];
    meeting        m = {.value = 0};
    assert_int_equal(os_bell_new(&mem, &m.start), DFOO_OK);
    for (int i = 0; i < N_THREADS; i++) {
        assert_int_equal(os_bell_new(&mem, &m.done[i]), DFOO_OK);
        assert_int_equal(os_thread_start(&mem, wait_and_look, &m, &threads[i]), DFOO_OK);
    }
    for (unsigned round = 0; round < ROUNDS; round++) {
        m.value = (int)round + 1;
        os_bell_ring(m.start);
        for (int i = 0; i < N_THREADS; i++) os_bell_wait(m.done[i], round);
    }
    for (int i = 0; i < N_THREADS; i++) {
        os_thread_join(threads[i]);
        os_bell_free(m.done[i]);
    }
    os_bell_free(m.start);
    assert_int_equal(m.wrong, 0);
}

static void processors_are_those_that_may_be_used(void **state) {
    (void)state;
    cpu_set_t all, one;
    assert_int_equal(sched_getaffinity(0, sizeof all, &all), 0);
    unsigned n = os_processors();
    assert_in_range(n, 1, CPU_COUNT(&all));
    CPU_ZERO(&one);
    for (size_t i = 0; i < CPU_SETSIZE && !CPU_COUNT(&one); i++)
        if (CPU_ISSET(i, &all)) CPU_SET(i, &one);
    assert_int_equal(sched_setaffinity(0, sizeof one, &one), 0);
    assert_int_equal(os_processors(), 1);
    assert_int_equal(sched_setaffinity(0, sizeof all, &all), 0);
    assert_int_equal(os_processors(), n);
}

static void memory_is_below_every_limit(void **state) {
    (void)state;
    struct rlimit before, tight;
    uint64_t      free = os_memory();
    assert_true(free > 1 << 20);
    assert_int_equal(getrlimit(RLIMIT_AS, &before), 0);
    if (before.rlim_cur != RLIM_INFINITY) skip();
    tight = before;
    tight.rlim_cur = (rlim_t)1 << 50; /* more than there is, less than the sanitizers map */
    assert_int_equal(setrlimit(RLIMIT_AS, &tight), 0);
    assert_true(os_memory() <= (uint64_t)1 << 50);
    assert_int_equal(setrlimit(RLIMIT_AS, &before), 0);
}

static void kinds_of_paths(void **state) {
    (void)state;
    char     folder[] = "/tmp/dfoo-os-XXXXXX", path[64];
    FILE    *file;
    os_kind  kind;
    uint64_t size;
    assert_non_null(mkdtemp(folder));
    snprintf(path, sizeof path, "%s/f", folder);
    assert_int_equal(os_path_kind(path), OS_NOTHING);
    assert_int_equal(os_open(path, &file, &kind, &size), ENOENT);
    assert_int_equal(os_path_kind(folder), OS_FOLDER);
    assert_int_equal(os_path_kind("/dev/null"), OS_DEVICE);
    file = fopen(path, "wb");
    fputs("abc", file);
    fclose(file);
    assert_int_equal(os_open(path, &file, &kind, &size), 0);
    assert_int_equal(kind, OS_FILE);
    assert_int_equal(size, 3);
    assert_int_equal(os_seek(file, 2), 0);
    assert_int_equal(fgetc(file), 'c');
    fclose(file);
    unlink(path);
    rmdir(folder);
}

/* The old file is there until the new one takes its place; a temporary one never stays. */
static void a_target_is_replaced_as_a_whole(void **state) {
    (void)state;
    char      folder[] = "/tmp/dfoo-os-XXXXXX", path[64];
    arena     a;
    os_target t;
    struct stat st;
    arena_init(&a, mem_default());
    assert_non_null(mkdtemp(folder));
    snprintf(path, sizeof path, "%s/f", folder);
    for (int i = 0; i < 2; i++) {
        assert_int_equal(os_target_begin(&t, path, &a), 0);
        assert_string_equal(t.path, path);
        assert_int_equal(os_path_kind(path), i ? OS_FILE : OS_NOTHING);
        FILE *file = fopen(t.temp, "wb");
        fputs(i ? "new" : "o", file);
        fclose(file);
        assert_int_equal(os_target_replace(&t, &a), 0);
        assert_null(t.temp);
        assert_int_equal(stat(path, &st), 0);
        assert_int_equal(st.st_size, i ? 3 : 1);
    }
    assert_int_equal(os_target_begin(&t, path, &a), 0);
    os_target_drop(&t);
    unlink(path);
    assert_int_equal(rmdir(folder), 0); /* nothing else is in it */
    arena_free(&a);
}

static void libraries_are_found_or_not(void **state) {
    (void)state;
    assert_null(os_library("libthere-is-none.so.7"));
    void *math = os_library("libm.so.6");
    if (!math) skip();
    double (*cosine)(double);
    *(void **)&cosine = os_library_symbol(math, "cos");
    assert_true(cosine(0) == 1);
    assert_null(os_library_symbol(math, "there_is_none"));
}

static void seconds_go_on(void **state) {
    (void)state;
    double before = os_seconds();
    usleep(2000);
    double passed = os_seconds() - before;
    assert_true(passed >= 0.002 && passed < 60);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(threads_sleep_until_the_bell),
        cmocka_unit_test(processors_are_those_that_may_be_used),
        cmocka_unit_test(memory_is_below_every_limit),
        cmocka_unit_test(kinds_of_paths),
        cmocka_unit_test(a_target_is_replaced_as_a_whole),
        cmocka_unit_test(libraries_are_found_or_not),
        cmocka_unit_test(seconds_go_on),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
