"""Random programs of the Python that dfoo's interpreter knows, made while they run in Python itself, so that what a name holds is
known when the next statement is made. A program ends with its first error, which is part of what is compared."""
import random

import numpy as np

SIZES = [1, 2, 3, 4, 5]
FLOATS = ["0.5", "2.0", "-1.5", "1e-3", "3.25", "-0.25"]


class Maker:
    def __init__(self, seed):
        self.r = random.Random(seed)
        self.names = {"np": np}
        self.lines = ["import numpy as np"]
        exec(self.lines[0], self.names)
        self.count = 0

    # ---- what there is
    def having(self, test):
        found = [n for n, v in self.names.items() if n not in ("np", "__builtins__") and test(v)]
        return self.r.choice(found) if found else None

    def array(self):
        name = self.having(lambda v: isinstance(v, np.ndarray))
        return name if name and self.r.random() < 0.9 else self.literal()

    def of_rank(self, *ranks):
        return self.having(lambda v: isinstance(v, np.ndarray) and v.ndim in ranks) or self.literal(ranks[0])

    def like(self, name):
        """Something that often fits beside an array."""
        shape = np.shape(eval(name, self.names))
        kind = self.r.random()
        if kind < 0.35:
            fits = self.having(lambda v: isinstance(v, np.ndarray) and v.shape == shape)
            return fits or name
        if kind < 0.55:
            return self.r.choice(FLOATS + ["2", "3", "-1", "True"])
        if kind < 0.75 and shape:
            new = [d if self.r.random() < 0.6 else 1 for d in shape]
            return self.literal(shape=new)
        if kind < 0.85 and shape:
            return self.literal(shape=list(shape[1:]))
        return self.array()

    def number(self, v):
        return repr(round(v, 3))

    def literal(self, rank=None, shape=None):
        r = self.r
        if shape is None:
            rank = r.choice([1, 2, 2, 2]) if rank is None else rank
            shape = [r.choice(SIZES) for _ in range(rank)]
        size = int(np.prod(shape)) if shape else 1
        kind = r.random()
        if kind < 0.6:
            return f"(np.arange({size}, dtype=float).reshape({tuple(shape)})*{r.choice(FLOATS)} - {r.choice(FLOATS)})"
        if kind < 0.85:
            return f"(np.arange({size}) % {r.choice([2, 3, 5])} - {r.choice([0, 1])}).reshape({tuple(shape)})"
        return f"(np.arange({size}).reshape({tuple(shape)}) % 2 == 0)"

    # ---- expressions
    def axis(self, name):
        rank = np.ndim(eval(name, self.names))
        return self.r.choice([None, 0, 1, -1] if rank > 1 else [None, 0, -1, None, 1])

    def reduced(self):
        r, x = self.r, self.array()
        f = r.choice(["sum", "mean", "max", "min", "argmax", "argmin", "prod", "std", "var", "all", "any"])
        axis = self.axis(x)
        keep = r.choice(["", "", ", keepdims=True"]) if f not in ("argmax", "argmin") else ""
        if r.random() < 0.4:
            args = ("" if axis is None else f"axis={axis}") + keep
            return f"{x}.{f}({args.removeprefix(', ')})"
        if axis is not None and r.random() < 0.3:
            return f"np.{f}({x}, {axis}{keep})"
        return f"np.{f}({x}{'' if axis is None else f', axis={axis}'}{keep})"

    def elementwise(self):
        f = self.r.choice("exp tanh sin cos sqrt abs sign square negative floor ceil log1p isnan log cosh arctan rint".split())
        x = self.having(lambda v: isinstance(v, np.ndarray) and v.dtype.itemsize > 1) or "np.arange(3)"
        x = f"({x}*1.0)" if f in ("floor", "ceil", "rint") else x  # releases of numpy differ for whole numbers
        return f"np.{f}(np.abs({x}) + 1)" if f in ("log", "sqrt", "log1p") else f"np.{f}({x})"

    def binary(self):
        x = self.array()
        y = self.like(x)
        op = self.r.choice(["+", "-", "*", "/", "+", "-", "*", "**", "//", "%", "<", ">", "==", "!=", "<=", ">=", "&", "|"])
        if op == "**":
            return f"{x} ** {self.r.choice(['2', '3', '2.0', '-1', '0.5'])}" if self.r.random() < 0.8 else f"np.abs({x}) ** {y}"
        if op in ("==", "!="):  # releases of numpy differ where shapes do not fit
            y = self.r.choice([x, "1", "0.5"])
        if self.r.random() < 0.25:
            x, y = y, x
        return f"{x} {op} {y}"

    def product(self):
        x = self.of_rank(1, 2) if self.r.random() < 0.5 else self.of_rank(2)
        shape = np.shape(eval(x, self.names))
        fits = self.having(lambda v: isinstance(v, np.ndarray) and v.ndim in (1, 2) and v.shape[0] == shape[-1])
        y = fits if fits and self.r.random() < 0.85 else self.of_rank(1, 2)
        if self.r.random() < 0.3:
            x, y = f"{y}.T", f"{x}.T"
        how = self.r.random()
        if how < 0.4:
            return f"{x} @ {y}"
        if how < 0.7:
            return f"np.dot({x}, {y})"
        return self.r.choice([f"{x}.dot({y})", f"np.matmul({x}, {y})", f"np.outer({x}, {y})", f"np.inner({x}, {y})"])

    def two(self):
        x = self.array()
        y = self.like(x)
        f = self.r.choice("maximum minimum multiply add subtract divide power greater where logical_and isclose allclose".split())
        if f == "power":
            return f"np.power(np.abs({x}) + 1, {self.r.choice(['2', '0.5', '3'])})"
        if f == "where":
            return f"np.where({x} > {self.r.choice(FLOATS)}, {self.like(x)}, {y})"
        return f"np.{f}({x}, {y})"

    def shaped(self):
        r, x = self.r, self.array()
        v = eval(x, self.names)
        n = int(np.size(v))
        return r.choice([
            lambda: f"{x}.T", lambda: f"{x}.reshape(-1, 1)", lambda: f"{x}.reshape({n})", lambda: f"{x}.ravel()",
            lambda: f"{x}.flatten()", lambda: f"np.reshape({x}, (1, -1))", lambda: f"np.squeeze({x})",
            lambda: f"np.expand_dims({x}, {r.choice([0, 1, -1])})", lambda: f"{x}[:, np.newaxis]", lambda: f"{x}[None]",
            lambda: f"np.concatenate(({x}, {self.like(x)}), axis={r.choice([0, 1])})",
            lambda: f"np.vstack(({x}, {x}))", lambda: f"np.hstack([{x}, {x}])", lambda: f"np.stack([{x}, {x}], axis={r.choice([0, 1, -1])})",
            lambda: f"np.transpose({x})", lambda: f"np.copy({x})", lambda: f"{x}.reshape({r.choice(SIZES)}, {r.choice([-1, 2, 3])})",
            lambda: f"np.tile({x}, {r.choice(['2', '(2, 1)', '(1, 3)'])})", lambda: f"np.repeat({x}, 2, axis={r.choice([0, 1])})",
            lambda: f"np.atleast_2d({x})", lambda: f"np.flip({x})", lambda: f"np.roll({x}, {r.choice([1, 2, -1])})",
            lambda: f"np.sort({x}, axis={r.choice([0, -1])})", lambda: f"np.argsort({x}.ravel()[:1])", lambda: f"np.unique({x})",
            lambda: f"np.cumsum({x}, axis={r.choice([0, 1, None])})", lambda: f"np.diag({x}).copy()", lambda: f"np.zeros_like({x})",
            lambda: f"np.clip({x}, -1, {r.choice(['1', '0.5', 'None'])})", lambda: f"np.column_stack(({x}, {x}))",
            lambda: f"np.append({x}, {self.like(x)})", lambda: f"{x}.astype({r.choice(['int', 'float', 'bool'])})",
            lambda: f"np.swapaxes({x}, 0, {r.choice([1, -1, 0])})", lambda: f"np.split({x}, {r.choice([1, 2, 3])})[0]",
            lambda: f"np.array_split({x}, 2, axis={r.choice([0, 1])})[1]", lambda: f"np.einsum('ij,ik->jk', {x}, {x})",
            lambda: f"np.linalg.norm({x})", lambda: f"np.round({x}*1.0, 1)", lambda: f"np.outer({x}, {x}).shape",
            lambda: f"np.triu({self.of_rank(2)})", lambda: f"np.nonzero({x})[0]", lambda: f"np.full_like({x}, 2)", lambda: (lambda y: f"np.c_[{y}, {y}]")(self.of_rank(1, 2)),
        ])()

    def index(self, name, one=False):
        r = self.r
        v = eval(name, self.names)

        def part(n):
            kind = r.random()
            if kind < 0.3:
                return str(r.randint(-n, n - 1) if n and r.random() < 0.95 else n)
            if kind < 0.75:
                a, b, s = (r.choice(["", str(r.randint(-n - 1, n + 1))]) for _ in range(3))
                return f"{a}:{b}" + (f":{s}" if s not in ("", "0") and r.random() < 0.5 else "")
            if kind < 0.85:
                return str([r.randint(-n, n - 1) for _ in range(r.choice([1, 2]))]) if n else ":"
            return ":"
        shape = np.shape(v)
        if not shape:
            return "()" if r.random() < 0.5 else "0"
        kind = r.random()
        if kind < 0.15:
            return f"{name} > {r.choice(FLOATS)}"
        if kind < 0.22 and len(shape) == 2:
            m = min(shape)
            return f"range({m}), {[r.randint(0, shape[1] - 1) for _ in range(m)]}" if m else "0"
        if kind < 0.28:
            return f"..., {part(shape[-1])}"
        parts = [part(n) for n in shape[:r.randint(1, len(shape))]]
        if r.random() < 0.1:
            parts.insert(r.randint(0, len(parts)), "None")
        return ", ".join(parts)

    def scalar(self):
        r = self.r
        a, b = (r.choice(["7", "2", "-3", "0.5", "2.5", "True", "10", "-0.75"]) for _ in range(2))
        name = self.having(lambda v: isinstance(v, (int, float)))
        if name and r.random() < 0.6:
            a = name
        return r.choice([f"{a} {r.choice(['+', '-', '*', '/', '//', '%'])} {b}", f"{a} ** {r.choice(['2', '3', '-1'])}", f"max({a}, {b})", f"int({a})", f"abs({a})",
                         f"float({a})", f"round({a}, 1)", f"{a} if {a} > {b} else {b}", f"{a} < {b} <= 3", f"not {a} == {b}",
                         f"-{a} // {b}"])

    def other(self):
        r, x = self.r, self.array()
        lst = self.having(lambda v: isinstance(v, list))
        return r.choice([
            lambda: f"[{x}.shape, {self.scalar()}]", lambda: f"[i*2 for i in range({r.randint(0, 5)}) if i % 2 == 0]",
            lambda: f"[{self.scalar()}, {self.scalar()}, {self.scalar()}]", lambda: f"len({x})", lambda: f"list(reversed(range({r.randint(1, 6)})))",
            lambda: f"'%d|%.2f|%s' % ({r.randint(-9, 99)}, {r.choice(FLOATS)}, 'a')", lambda: f"f'{{{r.choice(FLOATS)}:8.3f}}W{{{r.randint(0, 9)}}}'",
            lambda: f"'{{}}-{{:>4}}'.format({r.randint(0, 9)}, 'b')", lambda: f"list(zip(range(3), {x}.shape))",
            lambda: f"[n for n in enumerate(['a', 'b'])]", lambda: f"sorted([3, 1, {r.randint(-5, 5)}], reverse={r.random() < 0.5})",
            lambda: f"{lst}[::-1]" if lst else "[]", lambda: f"{lst}[1:] + [0]" if lst else "[1]", lambda: f"sum({x}.shape)",
            lambda: f"{x}.size", lambda: f"{x}.ndim", lambda: f"{{'a': 1, 'b': {r.randint(0, 9)}}}['{r.choice('abc')}']",
            lambda: f"(lambda u, v=2: u*v)({r.choice(FLOATS)})", lambda: f"{x}.tolist()", lambda: f"'W' + str({r.randint(0, 9)})",
            lambda: f"np.zeros(({r.choice(SIZES)}, {r.choice(SIZES)}))", lambda: f"np.eye({r.choice(SIZES)})",
            lambda: f"np.linspace(0, 1, {r.randint(1, 6)})", lambda: f"np.ones({r.choice(SIZES)}, dtype=int)", lambda: f"{x}.shape[{r.choice([0, 1, -1])}]",
            lambda: f"np.array([[1, 2], [3, {r.randint(0, 9)}]])", lambda: f"np.array([{r.choice(FLOATS)}, 2])", lambda: f"np.arange({r.randint(-2, 6)}, {r.randint(0, 9)}, {r.choice([1, 2, -1])})",
        ])()

    def expression(self):
        kind = self.r.random()
        for share, make in ((0.2, self.binary), (0.36, self.product), (0.5, self.reduced), (0.6, self.elementwise), (0.68, self.two),
                            (0.8, self.shaped), (0.87, self.scalar), (0.94, self.other)):
            if kind < share:
                return make()
        x = self.array()
        return f"{x}[{self.index(x)}]"

    # ---- statements
    def statement(self):
        r = self.r
        kind = r.random()
        name = self.having(lambda v: isinstance(v, np.ndarray))
        if name and kind < 0.12:
            value = self.like(name)
            if np.shares_memory(eval(value, self.names), self.names[name]):
                value = f"{value} + 0"  # releases of numpy differ where both are the same entries
            return f"{name}[{self.index(name)}] = {value}"
        if name and kind < 0.2:
            return f"{name} {r.choice(['+=', '-=', '*=', '/=', '+='])} {self.like(name)}"
        if name and kind < 0.25:
            return f"{name}[{self.index(name)}] {r.choice(['+=', '-=', '*='])} {r.choice(FLOATS + ['1', '2'])}"
        new = f"v{self.count}"
        if name and kind < 0.3:
            return f"{new} = {name}"
        if name and kind < 0.36:
            return f"{new} = {name}[{self.index(name)}]"
        if kind < 0.39:
            return f"{new} = []\nfor i in range({r.randint(0, 4)}):\n    {new}.append({self.scalar()})\n    if i > {r.randint(0, 3)}: break"
        if kind < 0.42:
            return f"def f{self.count}(x, y=2, *, z=1):\n    x = x*y + z\n    return x, y\n{new}, w{self.count} = f{self.count}({self.array()}, z={r.choice(FLOATS)})"
        if kind < 0.44:
            x = self.array()
            return (f"class C{self.count}:\n    def __init__(self, x):\n        self.x = x\n    def f(self, k):\n        self.x = self.x - k\n"
                    f"        return self.x\nc = C{self.count}({x})\nfor k in range(2): {new} = c.f(k)\ndel c")
        if kind < 0.46:
            x = self.of_rank(1, 2)
            return f"try:\n    {new} = {x} @ {self.of_rank(1, 2)}\nexcept ValueError as e:\n    {new} = 0"
        return f"{new} = {self.expression()}"

    def program(self, n=10):
        """The text; what is bound at its end; the error that ended it, or None."""
        error = None
        with np.errstate(all="ignore"):
            for _ in range(n):
                self.count += 1
                text = self.statement()
                self.lines.append(text)
                try:
                    exec(text, self.names)
                except Exception as e:
                    if self.r.random() < 0.75 and "\n" not in text:
                        self.lines.pop()
                        continue
                    error = e
                    break
                for name in [k for k, v in self.names.items() if isinstance(v, (np.ndarray, np.generic))
                             and (v.ndim > 3 or v.size > 400 or v.dtype.name in ("int8", "float16", "float32"))]:
                    self.lines.append(f"del {name}")
                    del self.names[name]
        return "\n".join(self.lines) + "\n", self.names, error
