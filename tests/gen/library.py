"""The library of a build, called in this process: a model from its text, and what its commands answer."""
import ctypes
import pathlib

import numpy as np

OK, NO = 0, 1
COURSE, DJ = 0, 1
TEXT, NUMPY, JSON = 0, 2, 4
FUNCTIONS = 1
WAYS = ("index", "jacobian", "differential")


class Array(ctypes.Structure):
    _fields_ = [("name", ctypes.c_char_p), ("ndim", ctypes.c_int), ("dim", ctypes.c_size_t * 8), ("data", ctypes.POINTER(ctypes.c_double)),
                ("dtype", ctypes.c_int), ("values", ctypes.c_void_p), ("step", ctypes.c_ssize_t * 8), ("borrowed", ctypes.c_int)]


class Derive(ctypes.Structure):
    _fields_ = [("size", ctypes.c_size_t), ("convention", ctypes.c_int), ("steps", ctypes.c_int), ("run", ctypes.c_int),
                ("wrt", ctypes.c_char_p), ("format", ctypes.c_int), ("standalone", ctypes.c_int), ("given", ctypes.c_char_p),
                ("hvp", ctypes.c_int)]


class Explain(ctypes.Structure):
    _fields_ = [("size", ctypes.c_size_t), ("convention", ctypes.c_int), ("by", ctypes.c_int), ("steps", ctypes.c_int),
                ("numbers", ctypes.c_int), ("values", ctypes.c_void_p), ("format", ctypes.c_int), ("standalone", ctypes.c_int)]


class Show(ctypes.Structure):
    _fields_ = [("size", ctypes.c_size_t), ("plan", ctypes.c_int)]


class Grad(ctypes.Structure):
    _fields_ = [("size", ctypes.c_size_t), ("convention", ctypes.c_int), ("dtype", ctypes.c_int), ("directions", ctypes.c_void_p)]


def options(kind, **fields):
    return ctypes.byref(kind(size=ctypes.sizeof(kind), **fields))


class Wrong(Exception):
    """A call that did not end well: its name, its status, what was said."""

    def __init__(self, call, status, said):
        super().__init__(f"{call}: status {status}\n{said}")
        self.call, self.status, self.said = call, status, said


class Library:
    def __init__(self, path):
        self.lib = ctypes.CDLL(str(path))
        self.lib.dfoo_messages.restype = ctypes.c_char_p
        self.lib.dfoo_word.restype = ctypes.c_char_p
        self.lib.dfoo_arrays_at.restype = ctypes.POINTER(Array)
        self.lib.dfoo_arrays_count.restype = ctypes.c_size_t
        self.context = ctypes.c_void_p()
        assert self.lib.dfoo_open(None, ctypes.byref(self.context)) == OK

    def words(self, which):
        out, i = [], 0
        while (word := self.lib.dfoo_word(which, ctypes.c_size_t(i))) is not None:
            out.append(word.decode())
            i += 1
        return out

    def call(self, name, *args, may_be=(OK,)):
        status = getattr(self.lib, name)(*args)
        if status not in may_be:
            raise Wrong(name, status, self.lib.dfoo_messages(self.context).decode())
        return status

    def text(self, name, model, *args):
        """status, text of a function that writes one."""
        out = ctypes.c_char_p()
        status = self.call(name, model, *args, ctypes.byref(out), may_be=(OK, NO))
        text = out.value.decode()
        self.lib.dfoo_text_free(self.context, out)
        return status, text


class Model:
    """with Model(library, text) as m: .."""

    def __init__(self, library, text):
        self.library, self.model = library, ctypes.c_void_p()
        library.lib.dfoo_messages_clear(library.context)
        code = text.encode()
        library.call("dfoo_model_parse", library.context, b"model.eq", code, ctypes.c_size_t(len(code)), ctypes.byref(self.model))

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.library.lib.dfoo_model_free(self.model)

    def derive(self, convention=DJ, run=0, format=TEXT, steps=0, given=None, hvp=0):
        return self.library.text("dfoo_derive", self.model, options(Derive, convention=convention, run=run, format=format, steps=steps,
                                                                           given=given, hvp=hvp))[1]

    def second(self):
        """Is it right, and the page of second derivatives."""
        return self.library.text("dfoo_derive", self.model, options(Derive, convention=DJ, hvp=1))

    def show(self, plan=0):
        return self.library.text("dfoo_show", self.model, options(Show, plan=plan))[1]

    def check(self):
        return self.library.text("dfoo_check", self.model, None)

    def explain(self, way):
        return self.library.text("dfoo_explain", self.model, None, options(Explain, by=way))

    def set_of(self, arrays):
        """To be freed, and so is one that is not complete."""
        out = ctypes.c_void_p()
        self.library.call("dfoo_arrays_new", self.library.context, ctypes.byref(out))
        for name, x in arrays.items():
            x = np.ascontiguousarray(x, dtype=float)
            self.library.call("dfoo_arrays_add_matrix", out, name.encode(), ctypes.c_size_t(x.shape[0]), ctypes.c_size_t(x.shape[1]),
                              x.ctypes.data_as(ctypes.c_void_p), None)
        return out

    def grad(self, arrays, dtype, convention=DJ, directions=None):
        """name -> array, of everything that follows from these."""
        lib, given, out = self.library.lib, self.set_of(arrays), ctypes.c_void_p()
        along = self.set_of(directions) if directions else None
        try:
            how = options(Grad, convention=convention, dtype={"f64": 0, "f32": 1}[dtype], directions=along)
            self.library.call("dfoo_grad", self.model, given, how, ctypes.byref(out))
            return dict(map(matrix, (lib.dfoo_arrays_at(out, ctypes.c_size_t(i)) for i in range(lib.dfoo_arrays_count(out)))))
        finally:
            for some in given, along, out:
                lib.dfoo_arrays_free(some)


def matrix(array):
    a = array.contents
    shape = tuple(a.dim[i] for i in range(a.ndim))
    n = int(np.prod(shape)) if shape else 1
    kind = ctypes.c_double if a.dtype == 0 else ctypes.c_float
    flat = np.ctypeslib.as_array(ctypes.cast(a.values, ctypes.POINTER(kind)), (n,)).astype(float)
    return a.name.decode(), flat.reshape(shape or (1, 1))


def of_build(build):
    return Library(pathlib.Path(build) / "libdfoo.so")
