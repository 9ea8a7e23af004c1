/* Any bytes as a learner's program: it is run, or what is wrong with it is told; it comes to an end. */
#include <stdlib.h>

#include "teach/python/python.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

enum { LARGEST = 8192 };

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
    const py_limits limits = {.steps = 100000, .soft_steps = 50000, .bytes = 16 << 20};
    py_run         *r;
    py_notebook     book;
    arena           a;
    if (size > LARGEST || py_open(mem_default(), &limits, &r) != DFOO_OK) return 0;
    arena_init(&a, mem_default());
    const char *text = arena_text(&a, (const char *)data, size);
    if (py_is_notebook(text, size) && py_notebook_read(&a, text, size, &book))
        py_load(r, book.text, book.len);
    else
        py_load(r, text, size);
    for (uint32_t i = 0; i < r->problems.list.n; i++)
        if (!r->problems.list.at[i].text || !*r->problems.list.at[i].text) abort();
    arena_free(&a);
    py_close(r);
    return 0;
}
