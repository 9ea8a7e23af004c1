/* A run from beginning to end: its memory, the helpers that courses hand out, the program. */
#include "teach/python/python.h"

#include <string.h>

#include "teach/python/exec.h"

/* Functions that exercises import or give: a program that uses them without defining them means these. */
static const char helpers[] = "import numpy as np\n"
                              "def sigmoid(x):\n"
                              "    return 1/(1 + np.exp(-x))\n"
                              "def relu(x):\n"
                              "    return np.maximum(0, x)\n"
                              "ReLU = relu\n"
                              "def tanh(x):\n"
                              "    return np.tanh(x)\n"
                              "def softmax(x):\n"
                              "    e = np.exp(x - np.max(x, axis=0, keepdims=True))\n"
                              "    return e/np.sum(e, axis=0, keepdims=True)\n"
                              "def sigmoid_backward(dA, cache):\n"
                              "    s = 1/(1 + np.exp(-cache))\n"
                              "    return dA*s*(1 - s)\n"
                              "def relu_backward(dA, cache):\n"
                              "    dZ = np.array(dA, copy=True)\n"
                              "    dZ[cache <= 0] = 0\n"
                              "    return dZ\n"
                              "def tanh_backward(dA, cache):\n"
                              "    return dA*(1 - np.tanh(cache)**2)\n"
                              "def sigmoid_prime(x):\n"
                              "    s = 1/(1 + np.exp(-x))\n"
                              "    return s*(1 - s)\n";

/* An allocator that ends at a limit. */
static void *limited(void *user, void *block, size_t old_size, size_t new_size) {
    py_run *r = user;
    if (new_size > old_size && new_size - old_size > r->most_bytes - r->used) return NULL;
    void *at = r->mem.realloc(r->mem.user, block, old_size, new_size);
    if (new_size && !at) {
        r->no_memory = true;
        return NULL;
    }
    r->used = r->used - old_size + new_size;
    return at;
}

static void load_helpers(py_run *r) {
    py_node *program = NULL;
    py_env   own = r->globals;
    if (py_read(r, helpers, sizeof helpers - 1, &program) == DFOO_OK) py_exec_all(r, program);
    r->helpers = r->globals;
    py_env_remove(&r->helpers, symbols_add(&r->names, "np", 2));
    r->globals = own;
    /* Helpers look up `np` among the globals, and a program may call numpy otherwise. */
    py_env_set(r, &r->helpers, symbols_add(&r->names, "np", 2),
               (py_value){.kind = PY_MODULE, .text = py_string_of(r, "numpy").text});
}

dfoo_status py_open(dfoo_allocator mem, const py_limits *limits, py_run **out) {
    py_limits how = limits ? *limits : (py_limits){.steps = 0};
    py_run   *r = mem_new(&mem, sizeof *r);
    *out = r;
    if (!r) return DFOO_ENOMEM;
    r->mem = mem;
    r->most_bytes = how.bytes ? how.bytes : (size_t)128 << 20;
    r->most_steps = how.steps ? how.steps : 3000000;
    r->soft_steps = how.soft_steps ? how.soft_steps : UINT64_MAX;
    r->random = rng_start(how.seed, RNG_CHECK, 1 << 20);
    arena_init(&r->a, (dfoo_allocator){limited, r});
    symbols_init(&r->names, &r->a);
    py_exec_begin(r);
    load_helpers(r);
    r->problems = (py_problems){{0}};
    r->first = (py_failure){.type = NULL};
    r->tracing = true;
    r->steps = 0;
    if (!r->a.failed) return DFOO_OK;
    py_close(r);
    *out = NULL;
    return DFOO_ENOMEM;
}

void py_close(py_run *r) {
    if (!r) return;
    dfoo_allocator mem = r->mem;
    arena_free(&r->a);
    mem_free(&mem, r, sizeof *r);
}

dfoo_status py_read(py_run *r, const char *text, size_t len, py_node **program) {
    *program = NULL;
    if (len >= UINT32_MAX / 2) {
        py_stop(r, "the program is too long");
        return DFOO_OK;
    }
    dfoo_status status = py_parse(&r->a, &r->names, text, len, &r->problems, program);
    return status == DFOO_OK || !r->no_memory ? DFOO_OK : status;
}

void py_execute(py_run *r, const py_node *program) {
    if (program) py_exec_all(r, program);
}

dfoo_status py_load(py_run *r, const char *text, size_t len) {
    py_node *program;
    DFOO_TRY(py_read(r, text, len, &program));
    py_execute(r, program);
    return r->no_memory ? DFOO_ENOMEM : DFOO_OK;
}

void py_refresh(py_run *r) {
    r->traced = r->trace.list.n;
    r->steps = 0;
    r->cut = 0;
}

void py_ready(py_run *r) {
    r->failed = r->stopped = false;
    r->env = &r->globals;
    r->in = NULL;
    r->in_class = NULL;
    r->depth = r->call_line = 0;
}

bool py_call(py_run *r, py_value f, const py_value *args, uint32_t n, py_value *out) {
    py_ready(r);
    *out = r->call(r, f, args, n);
    bool ok = !r->failed;
    py_ready(r);
    return ok;
}

py_value *py_global(py_run *r, const char *name) {
    return py_env_find(&r->globals, symbols_add(&r->names, name, strlen(name)));
}
