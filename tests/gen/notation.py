"""A model's text, read and evaluated with the numbers of exact.py. Precedence is Python's, so Python's own parser
reads expressions; a line is a declaration or a statement."""
import ast
import functools
import re

import gmpy2
import numpy as np
from gmpy2 import mpfr

from gen import exact

SIGNS = {ast.Lt: "<", ast.Gt: ">", ast.LtE: "<=", ast.GtE: ">=", ast.Eq: "==", ast.NotEq: "!="}


@functools.lru_cache(maxsize=4096)
def tree(text):
    return ast.parse(re.sub(r"\blambda\b", "lambda_", text), mode="eval").body


def evaluate(run, x, names, functions):
    """A tree of Python's parser -> Node."""
    def value(x):
        return evaluate(run, x, names, functions)
    if isinstance(x, ast.Constant):
        return run.number(mpfr(repr(x.value)))  # 0.1 is a tenth, not the number of float64 that is next to it
    if isinstance(x, ast.Name):
        return names[x.id]
    if isinstance(x, ast.UnaryOp):
        return -value(x.operand) if isinstance(x.op, ast.USub) else value(x.operand)
    if isinstance(x, ast.BinOp):
        return binary(x.op, value(x.left), value(x.right))
    if isinstance(x, ast.Compare):
        return exact.FUNCTIONS[SIGNS[type(x.ops[0])]](run, value(x.left), value(x.comparators[0]))
    if isinstance(x, ast.Attribute) and x.attr == "T":
        return value(x.value).T
    if isinstance(x, ast.Subscript):
        return exact.part(run, value(x.value), slices(x.slice, value))
    if isinstance(x, ast.Call):
        return call(run, x, value, functions)
    raise ValueError(ast.dump(x))


def binary(op, a, b):
    if isinstance(op, ast.Add):
        return a + b
    if isinstance(op, ast.Sub):
        return a - b
    if isinstance(op, ast.Mult):
        return a * b
    if isinstance(op, ast.Div):
        return a / b
    if isinstance(op, ast.MatMult):
        return a @ b
    assert isinstance(op, ast.Pow), op
    return a**b


def slices(x, value):
    def one(x):
        return slice(*(None if p is None else int(value(p).val.v[0, 0]) for p in (x.lower, x.upper)))
    return tuple(map(one, x.elts)) if isinstance(x, ast.Tuple) else (one(x), slice(None))


def call(run, x, value, functions):
    name = x.func.id
    if name == "ones":
        return run.constant(exact.ONE.to([int(value(a).val.v[0, 0]) for a in x.args]))
    if name == "eye":
        return run.constant(exact.given(np.eye(int(value(x.args[0]).val.v[0, 0]))))
    args = [value(a) for a in x.args]
    keywords = {k.arg: ast.literal_eval(k.value) for k in x.keywords if k.arg != "keepdims"}
    if name in functions:
        formal, body = functions[name]
        return evaluate(run, tree(body), {**run.names, **dict(zip(formal, args))}, functions)
    return exact.FUNCTIONS[name](run, *args, **keywords)


DECLARATION = re.compile(r"(?:symmetric\s+)?(input|label|param|symmetric)\s+(\w+)\s*:\s*\((\w+)\s*,\s*(\w+)\)(.*)")
CONSTANT = re.compile(r"(?:const|size)\s+(\w+)\s*=\s*(.*)")
FUNCTION = re.compile(r"(\w+)\(([\w, ]*)\)\s*=\s*(.*)")
STATEMENT = re.compile(r"(\w+)\s*=\s*(.*)")


def without_comment(line):
    return line.split("#")[0].strip()


class Model:
    """What the lines of a text say."""

    def __init__(self, text):
        self.shapes, self.kinds, self.onehot = {}, {}, set()
        self.constants, self.functions, self.statements, self.cost = {}, {}, [], None
        self.examples = None  # how many there are, for functions along the classes whose axis is not written
        for line in map(without_comment, text.splitlines()):
            self.read(re.sub(r"\blambda\b", "lambda_", line))

    def read(self, line):
        declared, constant = DECLARATION.match(line), CONSTANT.match(line)
        function, statement = FUNCTION.match(line), STATEMENT.match(line)
        if declared:
            self.kinds[declared[2]], self.shapes[declared[2]] = declared[1], (declared[3], declared[4])
            if "onehot" in declared[5]:
                self.onehot.add(declared[2])
        elif constant:
            self.constants[constant[1]] = constant[2]
        elif function:
            self.functions[function[1]] = [a.strip() for a in function[2].split(",")], function[3]
        elif line.startswith("minimize"):
            self.cost = line.split()[1]
        elif statement:
            self.statements.append(statement.groups())

    def start(self, arrays, ties=None, bare=False):
        """A run that knows the numbers, sizes and arrays."""
        run = exact.Run(ties, bare)
        run.class_axis = self.class_axis
        run.names = {"pi": run.number(gmpy2.const_pi())}
        for name, text in self.constants.items():
            run.names[name] = evaluate(run, tree(text), run.names, {})
        for name, x in arrays.items():
            node = run.leaf(x)
            for size, n in zip(self.shapes.get(name, ()), node.shape):
                if not size.isdigit():
                    run.names[size] = run.number(mpfr(n))
            run.names[name] = node
        return run

    def class_axis(self, shape):
        """Across the examples; where there are none, down a column."""
        if self.examples in shape:
            return 1 if shape[0] == self.examples else 0
        return 0 if shape[1] == 1 or shape[0] != 1 else 1

    def step(self, run, name, text):
        """A name of its own, also where it is that of a name."""
        node = evaluate(run, tree(text), run.names, self.functions)
        run.names[name] = exact.Node(run, node.val, (node,), lambda dy: (dy,))

    def forward(self, arrays, ties=None, given=None, bare=False):
        """Every value; those in `given` are what they are."""
        run = self.start(arrays, ties, bare)
        for name, text in self.statements:
            if given and name in given:
                run.names[name] = run.leaf(given[name])
            else:
                self.step(run, name, text)
        return run

    def run(self, arrays, ties=None):
        """name -> Val, for every value and, under "d" + name, the derivative of the cost by it."""
        run = self.forward(arrays, ties)
        adjoint = exact.backward(run.names[self.cost])
        out = {}
        for name in [*arrays, *(name for name, _ in self.statements)]:
            node = run.names[name]
            out[name] = node.val
            if node.needs:
                out["d" + name] = adjoint.get(node.number) or exact.given(np.zeros(node.shape))
        return run, out


def lines_of(text):
    """name, right-hand side of each line of a derivation."""
    for line in map(without_comment, text.splitlines()):
        statement = STATEMENT.match(line)
        if statement:
            yield statement.groups()
