/* Arenas: chunks of doubling size, newest first; an object that is larger than a chunk
 * gets one of its own. */
#include "core/base/mem.h"

#include <assert.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { ALIGN = 16, FIRST_CHUNK = 4096, LARGEST_CHUNK = 1 << 20 };

struct arena_chunk {
    arena_chunk *older;
    size_t       size; /* of the whole block, this header included */
    size_t       used;
};

static void *default_realloc(void *user, void *block, size_t old_size, size_t new_size) {
    (void)user;
    (void)old_size;
    if (new_size == 0) {
        free(block);
        return NULL;
    }
    return realloc(block, new_size);
}

dfoo_allocator mem_default(void) {
    return (dfoo_allocator){.realloc = default_realloc, .user = NULL};
}

void *mem_new(const dfoo_allocator *mem, size_t size) {
    void *block = mem->realloc(mem->user, NULL, 0, size ? size : 1);
    if (block) memset(block, 0, size);
    return block;
}

void mem_free(const dfoo_allocator *mem, void *block, size_t size) {
    if (block) mem->realloc(mem->user, block, size ? size : 1, 0);
}

void arena_init(arena *a, dfoo_allocator mem) {
    *a = (arena){.mem = mem};
}

void arena_free(arena *a) {
    assert(!a->chunk || a->chunk->used <= a->chunk->size);
    while (a->chunk) {
        arena_chunk *older = a->chunk->older;
        a->mem.realloc(a->mem.user, a->chunk, a->chunk->size, 0);
        a->chunk = older;
    }
    a->failed = false;
}

static size_t round_up(size_t size) {
    return (size + ALIGN - 1) / ALIGN * ALIGN;
}

static bool add_chunk(arena *a, size_t need) {
    size_t size = a->chunk ? a->chunk->size * 2 : FIRST_CHUNK;
    if (size > LARGEST_CHUNK) size = LARGEST_CHUNK;
    size_t head = round_up(sizeof(arena_chunk));
    if (size < head + need) size = head + need;
    arena_chunk *chunk = a->mem.realloc(a->mem.user, NULL, 0, size);
    if (!chunk) return false;
    *chunk = (arena_chunk){.older = a->chunk, .size = size, .used = head};
    a->chunk = chunk;
    return true;
}

void arena_clear(arena *a) {
    arena_chunk *newest = a->chunk;
    if (!newest) return;
    a->chunk = newest->older;
    arena_free(a);
    newest->older = NULL;
    newest->used = round_up(sizeof *newest);
    a->chunk = newest;
}

bool arena_reserve(arena *a, size_t size) {
    arena_free(a);
    return add_chunk(a, round_up(size));
}

size_t arena_used(const arena *a) {
    size_t used = 0;
    for (const arena_chunk *c = a->chunk; c; c = c->older) used += c->used;
    return used;
}

void *arena_new(arena *a, size_t size) {
    if (size > SIZE_MAX / 2) {
        a->failed = true;
        return NULL;
    }
    size = round_up(size ? size : 1);
    if (!a->chunk || a->chunk->size - a->chunk->used < size) {
        if (!add_chunk(a, size)) {
            a->failed = true;
            return NULL;
        }
    }
    void *block = (char *)a->chunk + a->chunk->used;
    a->chunk->used += size;
    return memset(block, 0, size);
}

char *arena_text(arena *a, const char *text, size_t len) {
    assert(text || !len);
    char *copy = arena_new(a, len + 1);
    if (copy && len) memcpy(copy, text, len);
    return copy;
}

char *arena_format(arena *a, const char *format, ...) {
    va_list args;
    va_start(args, format);
    va_list again;
    va_copy(again, args);
    int   len = vsnprintf(NULL, 0, format, args);
    char *text = len < 0 ? NULL : arena_new(a, (size_t)len + 1);
    if (text) vsnprintf(text, (size_t)len + 1, format, again);
    va_end(again);
    va_end(args);
    return text;
}

dfoo_status arena_status(const arena *a) {
    return a->failed ? DFOO_ENOMEM : DFOO_OK;
}

bool vec_room(arena *a, void **at, size_t size, uint32_t n, uint32_t *cap) {
    assert(size && n <= *cap);
    if (n < *cap) return true;
    if (*cap > UINT32_MAX / 4) {
        a->failed = true;
        return false;
    }
    uint32_t more = *cap ? *cap * 2 : 8;
    void    *grown = arena_new(a, size * more);
    if (!grown) return false;
    if (n) memcpy(grown, *at, size * n);
    *at = grown;
    *cap = more;
    return true;
}
