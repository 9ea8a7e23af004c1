/* Values of Python, and the run that owns them.
 *
 * Every value lives in the run's arena until the run ends; its memory is limited. What goes wrong is noted
 * once in the run (py_raise), as Python's error with its message; from there on functions return None, and
 * whoever asked looks at `failed`. Small things (lists, texts) are never NULL: without memory they are the
 * run's spare one. */
#ifndef PYTHON_VALUE_H
#define PYTHON_VALUE_H

#include "teach/python/tree.h"

enum { PY_RANK = 4 }; /* the most dimensions of an array */

typedef enum py_kind {
    PY_NONE,
    PY_BOOL,
    PY_INT,
    PY_FLOAT,
    PY_STRING,
    PY_ARRAY,
    PY_TUPLE,
    PY_LIST,
    PY_DICT,
    PY_SLICE,
    PY_RANGE,
    PY_ELLIPSIS,
    PY_FUNCTION, /* of the program */
    PY_NATIVE,   /* of Python or numpy: a row of a table */
    PY_METHOD,   /* either, with its first argument */
    PY_CLASS,
    PY_OBJECT,
    PY_MODULE,
    PY_OPAQUE /* nobody knows: what comes out of a module or file that is not there */
} py_kind;

/* Of an array's entries, which are all kept as doubles. */
typedef enum py_type { PY_OF_BOOL, PY_OF_INT, PY_OF_FLOAT } py_type;

typedef struct py_run      py_run;
typedef struct py_array    py_array;
typedef struct py_list     py_list;
typedef struct py_dict     py_dict;
typedef struct py_env      py_env;
typedef struct py_native   py_native;
typedef struct py_callable py_callable;
typedef struct py_method   py_method;
typedef struct py_class    py_class;
typedef struct py_object   py_object;

typedef struct py_text {
    const char *at;
    size_t      len;
} py_text;

typedef struct py_value {
    uint8_t kind;
    bool    numpy; /* a number that came out of numpy: it divides by 0 and has a shape */
    union {
        bool             truth;
        int64_t          whole;
        double           number;
        py_text         *text; /* PY_STRING, PY_MODULE (its path), PY_OPAQUE (why) */
        py_array        *array;
        py_list         *list; /* tuples, lists, slices (3), ranges (3) */
        py_dict         *dict;
        const py_native *native;
        py_callable     *function;
        py_method       *method;
        py_class        *type;
        py_object       *object;
    };
} py_value;

struct py_list {
    VEC(py_value) items;
};

typedef struct py_pair {
    py_value key, value;
} py_pair;

struct py_dict {
    VEC(py_pair) items;
    bool set; /* {1, 2}: keys alone */
};

/* Entry (i, j, ..) is at[i * step[0] + ..]; several arrays may share their entries. */
struct py_array {
    uint8_t   type, rank;
    int64_t   dim[PY_RANK];
    ptrdiff_t step[PY_RANK];
    double   *at;
};

typedef struct py_binding {
    sym      name;
    py_value value;
} py_binding;

struct py_env {
    VEC(py_binding) list;
    VEC(sym) elsewhere; /* names that were declared global or nonlocal */
    py_env *outer;      /* of a function inside another */
};

/* A function of the program. */
struct py_callable {
    const py_node *def; /* S_DEF or E_LAMBDA */
    py_env        *outer;
    py_value      *defaults; /* by parameter */
    py_class      *of;       /* the class that it stands in, or NULL */
    uint8_t        how;      /* 0, 's'taticmethod, 'c'lassmethod, 'p'roperty */
};

struct py_method {
    py_value of, self;
};

struct py_class {
    sym       name;
    py_env    env;
    py_class *base;
};

struct py_object {
    py_class *type;
    py_env    env;
};

/* ------------------------------------------------------------------ the run */

typedef struct py_keyword {
    sym      name;
    py_value value;
} py_keyword;

typedef struct py_failure {
    const char *type; /* "ValueError" */
    const char *message;
    uint32_t    line;
    const char *function; /* in which; NULL: none */
    bool        product;  /* of two matrices that do not fit: their shapes */
    bool        entrywise; /* the same, of an operation entry by entry */
    bool        flat;      /* both are of rank 1: (n,) is told as n rows */
    int64_t     left[2], right[2];
} py_failure;

/* What an assignment did. */
typedef struct py_event {
    uint32_t line, frame, call_line; /* where; in which call, and from where that was made */
    uint8_t  how;  /* '=', the sign of an augmented one, 'i' an item of a dict, 'a' appended, 'r' returned,
                     't' a part of what is returned */
    sym      name; /* what was assigned to: x, self.x, x[..] */
    sym      function;
    py_value key;        /* of x[key] */
    py_value value;      /* as it was then */
    py_value before;     /* of the same target, None if there was none */
    const py_node *node; /* the statement */
    const void    *of;   /* the object or dict that it is assigned to; NULL: to a name */
    const void    *self; /* the object whose method does it; NULL: none */
} py_event;

/* Does it give something a name: no loop, nothing that was returned? */
static inline bool py_event_names(const py_event *e) {
    return e->how != 'l' && e->how != 'r' && e->how != 't';
}

typedef struct py_trace {
    VEC(py_event) list;
} py_trace;

struct py_run {
    arena              a;
    dfoo_allocator     mem; /* of whoever runs */
    size_t             used, most_bytes;
    bool               no_memory; /* the allocator, not the limit, ended it */
    symbols            names;
    bool               failed, stopped; /* stopped: by a limit; no handler gets that */
    py_failure         failure;
    uint64_t           steps, most_steps, soft_steps;         /* soft: loops end */
    uint64_t           cut;                                   /* loops that were ended */
    uint32_t           depth, frame, frames, call_line, line; /* frames: so many calls were made */
    const py_callable *in;                                    /* the function at hand */
    py_class          *in_class;                              /* whose body is run */
    py_list           *yielded;       /* by the generator at hand; NULL: nothing yet */
    py_failure         first;         /* of the top level; type NULL: there was none */
    py_value           before;        /* of an augmented assignment: what its target held */
    py_env             globals, *env; /* env: the one at hand */
    py_env             helpers;       /* functions that courses hand out: below globals */
    py_value           result;        /* of a return */
    py_trace           trace;
    bool               tracing;
    uint32_t           traced; /* so many events there were when what is traced began */
    rng                random;
    py_problems        problems; /* what was not understood */
    struct {
        union {
            py_list   list;
            py_dict   dict;
            py_text   text;
            py_object object;
        };
        py_array array;
        double   entry;
    } spare;
    /* Set by the files above those that need it. */
    py_value (*native)(const char *name); /* Python's own function of that name */
    py_value (*call)(py_run *r, py_value f, const py_value *args, uint32_t n);
    py_value (*call_with)(py_run *r, py_value f, const py_value *args, uint32_t n, const py_keyword *keys,
                          uint32_t n_keys);
};

/* Notes an error of Python's kind and returns None. */
py_value py_raise(py_run *r, const char *type, const char *format, ...) __attribute__((format(printf, 3, 4)));
py_value py_stop(py_run *r, const char *format, ...) __attribute__((format(printf, 2, 3))); /* a limit */
bool     py_step(py_run *r, uint64_t n); /* false: the run ends here */

/* -------------------------------------------------------------------- values */

py_value py_none(void);
py_value py_bool(bool x);
py_value py_int(int64_t x);
py_value py_float(double x);
py_value py_numpy_number(py_type type, double x);
py_value py_string(py_run *r, const char *text, size_t len);
py_value py_string_of(py_run *r, const char *text);
py_value py_opaque(py_run *r, const char *why);
py_value py_of_array(py_array *x); /* NULL: None */
py_value py_new_list(py_run *r, py_kind kind, const py_value *items, uint32_t n);
py_value py_new_dict(py_run *r);

bool        py_truth(py_run *r, py_value x);
bool        py_equal(py_run *r, py_value x, py_value y);      /* as keys and items are */
bool        py_is_number(py_value x);                         /* bool, int, float */
double      py_as_double(py_value x);                         /* of a number */
bool        py_as_index(py_run *r, py_value x, int64_t *out); /* a whole number; else raises */
const char *py_type_name(py_value x);
int64_t     py_length(py_run *r, py_value x); /* raises where there is none */

/* Item number i of what can be gone through; *more false behind the last. */
py_value py_item(py_run *r, py_value x, int64_t i, bool *more);
/* Everything of it as a list. */
py_list *py_items(py_run *r, py_value x);
void     py_push(py_run *r, py_list *to, py_value x);

py_value *py_dict_find(py_run *r, py_dict *d, py_value key);
void      py_dict_set(py_run *r, py_dict *d, py_value key, py_value value);

py_value *py_env_find(py_env *e, sym name);
void      py_env_set(py_run *r, py_env *e, sym name, py_value value);
bool      py_env_remove(py_env *e, sym name);

/* As Python prints it; quotes: as repr does. */
void py_write(py_run *r, py_value x, bool quotes, buf *out);

bool py_text_is(py_value x, const char *text);

static inline bool py_is_digit(char c) {
    return c >= '0' && c <= '9';
}

#endif
