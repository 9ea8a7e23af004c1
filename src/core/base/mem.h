/* Memory: the injected allocator and arenas.
 *
 * Everything the library builds (text, graphs, trails, plans) lives in an arena with a
 * named lifetime and is freed with it; nothing is freed one by one. An arena that could
 * not get memory remembers it: builders return NULL or 0 ("none"), callers go on, and the
 * end of a pass asks once, with arena_status. Numeric arrays are the exception: they come
 * straight from the allocator (mem_array) and have an owner.
 */
#ifndef BASE_MEM_H
#define BASE_MEM_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "dfoo.h"

/* Runs an expression that returns a status and hands on anything but DFOO_OK. */
#define DFOO_TRY(expr)                                \
    do {                                              \
        dfoo_status try_status_ = (expr);             \
        if (try_status_ != DFOO_OK) return try_status_; \
    } while (0)

typedef struct arena_chunk arena_chunk;

typedef struct arena {
    dfoo_allocator mem;
    arena_chunk   *chunk;   /* the newest, where the next allocation comes from */
    bool           failed;  /* an allocation did not succeed */
} arena;

/* The C library's realloc and free behind the dfoo_allocator interface. */
dfoo_allocator mem_default(void);

/* A block of `size` bytes, zeroed, or NULL. Freed with mem_free and the same size. */
void *mem_new(const dfoo_allocator *mem, size_t size);
void  mem_free(const dfoo_allocator *mem, void *block, size_t size);

void arena_init(arena *a, dfoo_allocator mem);
void arena_free(arena *a);

/* Forgets what was allocated and goes on with the newest chunk, the largest; the others are given back. */
void arena_clear(arena *a);

/* One chunk that holds `size` bytes in any number of pieces that are multiples of 16 long; false without
 * memory. The arena is empty before and after. */
bool arena_reserve(arena *a, size_t size);

/* The bytes that were allocated, as they lie in the chunks. */
size_t arena_used(const arena *a);

/* `size` zeroed bytes, aligned for any object, that live as long as the arena; or NULL. */
void *arena_new(arena *a, size_t size);

/* A copy of `len` bytes of text with a zero byte behind it; or NULL. */
char *arena_text(arena *a, const char *text, size_t len);

/* printf into the arena; NULL when there is no memory. */
char *arena_format(arena *a, const char *format, ...) __attribute__((format(printf, 2, 3)));

dfoo_status arena_status(const arena *a);

/* Growable arrays in an arena: VEC(T) v = {0}; vec_push(a, &v, item); v.at[i], v.n.
 * A push without memory leaves the vector as it was and marks the arena. */
#define VEC(T)        \
    struct {          \
        T       *at;  \
        uint32_t n;   \
        uint32_t cap; \
    }

#define vec_push(a, v, ...)                                                             \
    do {                                                                                \
        void *vec_at_ = (v)->at;                                                        \
        if (vec_room(a, &vec_at_, sizeof *(v)->at, (v)->n, &(v)->cap)) {                \
            (v)->at = vec_at_;                                                          \
            (v)->at[(v)->n] = __VA_ARGS__;                                              \
            (v)->n++;                                                                   \
        }                                                                               \
    } while (0)

/* Makes room for one more item of `size` bytes behind the `n` in `*at`. */
bool vec_room(arena *a, void **at, size_t size, uint32_t n, uint32_t *cap);

#endif
