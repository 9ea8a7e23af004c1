/* An allocator that fails at the n-th call, counts what is not freed, and holds its caller
 * to the contract of dfoo_allocator (the old size that it passes is the true one).
 *
 *     static dfoo_status build(const dfoo_allocator *mem, void *user) { .. }
 *     fail_every_call(build, NULL);
 *
 * runs build with the first call failing, then the second, .. until it gets through. */
#ifndef TESTS_FAILING_ALLOCATOR_H
#define TESTS_FAILING_ALLOCATOR_H

/* cmocka.h wants these before it. */
#include <setjmp.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <stdlib.h>
#include <string.h>

#include "dfoo.h"
#include "times.h"

typedef struct failing {
    size_t fail_at; /* the number, from 1, of the call that gets no memory; 0: none */
    size_t calls;   /* that asked for memory */
    size_t live;    /* blocks that are not freed */
    bool   for_ever; /* there is no memory after it either */
} failing;

/* What precedes a block: its size. As large as the alignment of malloc. */
typedef union failing_head {
    size_t      size;
    max_align_t align;
} failing_head;

static inline void *failing_realloc(void *user, void *block, size_t old_size, size_t new_size) {
    failing      *f = user;
    failing_head *head = block ? (failing_head *)block - 1 : NULL;
    assert_int_equal(old_size, head ? head->size : 0);
    if (new_size == 0) {
        f->live -= head != NULL;
        free(head);
        return NULL;
    }
    f->calls++;
    if (f->calls == f->fail_at || (f->for_ever && f->fail_at && f->calls > f->fail_at)) return NULL;

    /* Always moves, so that a pointer kept across a growth is found out. */
    failing_head *moved = malloc(sizeof *moved + new_size);
    assert_non_null(moved);
    moved->size = new_size;
    memset(moved + 1, 0xA5, new_size);
    if (head) memcpy(moved + 1, block, old_size < new_size ? old_size : new_size);
    f->live += head == NULL;
    free(head);
    return moved + 1;
}

static inline dfoo_allocator failing_allocator(failing *f) {
    return (dfoo_allocator){.realloc = failing_realloc, .user = f};
}

/* Each run must free all it took; one that was denied memory returns DFOO_ENOMEM, the last one DFOO_OK.
 * Of the calls only number `first` and each `stride`th behind it fail; `for_ever`: there is no memory from then on. */
static inline void fail_calls(dfoo_status (*run)(const dfoo_allocator *mem, void *user), void *user, size_t first, size_t stride,
                              bool for_ever) {
    for (size_t n = first;; n += stride) {
        failing        f = {.fail_at = n, .for_ever = for_ever};
        dfoo_allocator mem = failing_allocator(&f);
        dfoo_status    status = run(&mem, user);
        if (f.live) fail_msg("call %zu fails: %zu blocks are not freed", n, f.live);
        if (f.calls < n) {
            assert_int_equal(status, DFOO_OK);
            return;
        }
        if (status != DFOO_ENOMEM) fail_msg("call %zu fails: status %d", n, (int)status);
    }
}

/* Every call, or with a sanitizer one of seven, others with another DFOO_SEED. */
static inline void fail_every_call(dfoo_status (*run)(const dfoo_allocator *mem, void *user), void *user) {
    size_t stride = times_every(7);
    fail_calls(run, user, 1 + times_first() % stride, stride, false);
}

#endif
