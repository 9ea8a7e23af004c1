"""What is done to right programs: changes that leave them right, and mistakes.

Both work on Python's own syntax tree and put new text in the place of a node's. What a change really does is not believed:
the program is run under numpy, and what it computes says whether it is right (oracle.py)."""
import ast
import re

# ---- the text of a program, and places in it


class Program:
    """A text with its tree and what each of its lines is for."""

    def __init__(self, text, regions):
        self.text, self.regions = text, regions
        self.tree = ast.parse(text)
        self.starts = [0]
        for line in text.splitlines(keepends=True):
            self.starts.append(self.starts[-1] + len(line))
        for parent in ast.walk(self.tree):
            for child in ast.iter_child_nodes(parent):
                child.parent = parent

    def at(self, node):
        return self.starts[node.lineno - 1] + node.col_offset, self.starts[node.end_lineno - 1] + node.end_col_offset

    def of(self, node):
        a, b = self.at(node)
        return self.text[a:b]

    def with_(self, node, new):
        a, b = self.at(node)
        return self.text[:a] + new + self.text[b:]

    def region(self, node):
        return self.regions[node.lineno - 1] if hasattr(node, "lineno") else ""

    def statement(self, node):
        while not isinstance(node, ast.stmt):
            node = node.parent
        return node

    def function(self, node):
        while node and not isinstance(node, ast.FunctionDef):
            node = getattr(node, "parent", None)
        return node

    def lines(self, node):
        """The line of a change, and where its function is called, if it is a helper."""
        lines = {self.statement(node).lineno}
        f = self.function(node)
        calls = {n.lineno for n in ast.walk(self.tree) if f and isinstance(n, ast.Call) and getattr(n.func, "id", getattr(n.func, "attr", "")) == f.name}
        return lines | {self.statement_line(c) for c in calls}

    def others(self, node, new):
        """Where a line is missing: those that make the same."""
        if new != "pass":
            return set()
        return {s.lineno for s in ast.walk(self.tree) if isinstance(s, (ast.Assign, ast.AugAssign)) and target(s).split("[")[0] == target(node).split("[")[0]}

    def statement_line(self, line):
        return line

    def examples(self):
        for name in ("m", "N", "num_examples", "n"):
            if re.search(rf"^\s*(_, )?{name}\b.* = .*(shape|size)|^(n_x, )?m = ", self.text, re.M) and re.search(rf"(?<![\w.]){name}\b", self.text):
                if re.search(rf"^\s*(?:_, |n_x, )?{name} = ", self.text, re.M):
                    return name
        return None


def bracketed(src):
    return src if re.fullmatch(r"[\w.]+(\[[^\]]*\])?|\([^()]*\)", src) else f"({src})"


def is_product(n):
    """(left, right) of a matrix product."""
    if isinstance(n, ast.BinOp) and isinstance(n.op, ast.MatMult):
        return n.left, n.right
    if isinstance(n, ast.Call) and isinstance(n.func, ast.Attribute) and n.func.attr in ("dot", "matmul"):
        if getattr(n.func.value, "id", "") == "np":
            return tuple(n.args[:2])
        return n.func.value, n.args[0]
    return None


def is_times(n):
    if isinstance(n, ast.BinOp) and isinstance(n.op, ast.Mult):
        return n.left, n.right
    if isinstance(n, ast.Call) and isinstance(n.func, ast.Attribute) and n.func.attr == "multiply":
        return tuple(n.args[:2])
    return None


def is_turned(n):
    """What is transposed."""
    if isinstance(n, ast.Attribute) and n.attr == "T":
        return n.value
    if isinstance(n, ast.Call) and isinstance(n.func, ast.Attribute) and n.func.attr == "transpose":
        return n.args[0] if n.args else n.func.value
    return None


def is_sum(n):
    """(what is summed, along which axis) of a sum along an axis."""
    if isinstance(n, ast.Call) and isinstance(n.func, ast.Attribute) and n.func.attr == "sum":
        own = getattr(n.func.value, "id", "") == "np"
        what = n.args[0] if own else n.func.value
        axis = [a for a in n.args[1 if own else 0:]] + [k.value for k in n.keywords if k.arg == "axis"]
        if axis and isinstance(axis[0], ast.Constant):
            return what, axis[0].value
    return None


def target(s):
    t = s.targets[0] if isinstance(s, ast.Assign) else s.target if isinstance(s, ast.AugAssign) else None
    return ast.unparse(t) if t is not None else ""


def plain(name):
    name = name.replace("self.", "")
    m = re.search(r"grads\[(.*)\]", name)
    return re.sub(r"[^\w]|_|str|l|grads", "", m[1]) if m else name


SQUARE = r"(?:np\.power\((?P<a>.+), 2\)|np\.square\((?P<b>.+)\)|(?P<c>.+?) ?\*\* ?2|(?P<d>[\w.\[\] -]+) \* (?P=d))"
TANH = re.compile(rf"1(?:\.0)? - {SQUARE}")
SIGMOID = re.compile(r"\(?(?P<a>[\w.\[\] \-]+)\)? \* \(1(?:\.0)? - (?P=a)\)|sigmoid\((?P<z>[^()]+)\) \* \(1 - sigmoid\((?P=z)\)\)")


def slope(src):
    """("tanh" | "sigmoid" | "relu" | "leaky", of what) if the text is a slope."""
    src = src.strip()
    while src.startswith("(") and src.endswith(")") and matching(src):
        src = src[1:-1]
    m = TANH.fullmatch(src)
    if m:
        return "tanh", next(x for x in m.groups() if x)
    m = SIGMOID.fullmatch(src)
    if m:
        return "sigmoid", m["a"] or m["z"]
    if re.search(r"0\.01", src):
        if not re.fullmatch(r"np\.where\([^()]*\)|\(\S+ > 0\) \+ .*", src):
            return None
        return "leaky", re.search(r"\(?([\w.\[\] \-]+) > 0", src)[1] if " > 0" in src else src
    m = re.fullmatch(r"(?:np\.int64)?\(?([\w.\[\] \-]+) > 0\)?(?:\.astype\(float\))?|np\.where\(([\w.\[\] \-]+) > 0, 1, 0\)", src)
    if m:
        return "relu", m[1] or m[2]
    m = re.fullmatch(r"(\w+)_derivative\((.+)\)|sigmoid_prime\((.+)\)|(sp)", src)
    if m:
        return ("sigmoid" if m[3] or m[4] else {"leaky_relu": "leaky"}.get(m[1], m[1])) + "()", m[2] or m[3] or ""
    return None


def matching(src):
    depth = 0
    for i, c in enumerate(src):
        depth += (c == "(") - (c == ")")
        if depth == 0 and i < len(src) - 1:
            return False
    return True


def other_layer(name, letter_to=None, step=0):
    """A1 -> Z1, W2 -> W1, h1 -> z1."""
    m = re.fullmatch(r"(self\.)?([A-Za-z]+?)(\d)", name)
    if not m:
        return None
    return f"{m[1] or ''}{letter_to or m[2]}{int(m[3]) + step}"


def exists(p, name):
    return name and re.search(rf"(?<![\w.]){re.escape(name)} = |[(, ]{re.escape(name.replace('self.', ''))}[,)]", p.text)


# ---- mistakes: for each node of the way back, what people write instead

def mistakes(p):
    """(kind, names that are right, new text, lines) of every mistake in every place."""
    m = p.examples()
    for n in ast.walk(p.tree):
        if isinstance(n, ast.expr) and p.region(n) == "B":
            for kind, names, new in expression(p, n, m):
                s = p.statement(n)
                text = p.with_(n, new)
                idle = re.fullmatch(r"\s*([\w.]+) = \1", text.splitlines()[s.lineno - 1])
                twice = kind in ("1/m in dZ too", "no 1/m")  # another line that does the same may be meant
                yield kind, names, text, p.lines(n) | (p.others(s, "pass") if idle or twice else set())
        if isinstance(n, ast.stmt) and p.region(n) == "B":
            for kind, names, new in statement(p, n, m):
                new_lines = p.others(n, "pass" if kind == "1/m in dZ too" else new)
                yield kind, names, p.with_(n, new), p.lines(n) | new_lines | ({n.lineno - 1, n.lineno - 2, n.lineno + 1} if new == "pass" else set())


def is_m(p, n):
    return ast.unparse(n) in ("m", "N", "num_examples", "n", "len(X)", "X.shape[0]", "8")


SCALE = {"no 1/m", "m too much", "a sum for a mean"}
LESS = {"1/m twice", "a mean for a sum over a stretch", "1/m in dZ too", "a mean for a sum", "divided by the columns", "divided by the rows"}


def expression(p, n, m):
    src = p.of(n)
    pair = is_times(n)
    if pair:
        a, b = pair
        if ast.unparse(a) in ("1 / m", "1.0 / m"):
            yield "no 1/m", SCALE, bracketed(p.of(b)) if not isinstance(b, (ast.Call, ast.Name)) else p.of(b)
        for x, y in ((a, b), (b, a)):
            if slope(p.of(x)):
                yield "derivative left out", {"derivative left out", "relu' of A >= 0", "slope forgotten"}, p.of(y)
    if re.search("def backward.*grad", p.of(p.function(n) or n)) and "self.out" in src:
        return
    if isinstance(n, ast.BinOp) and isinstance(n.op, ast.Div) and is_m(p, n.right) and ast.unparse(n.left) not in ("1", "1.0", "lambd", "reg"):
        yield "no 1/m", SCALE | ({"penalty without 1/m"} if re.search("lambd|reg", src) else set()), p.of(n.left)
    if isinstance(n, ast.Call) and isinstance(n.func, ast.Attribute) and n.func.attr == "mean" and "axis" in src and m and not re.search("Zn|norm|mu", src + target(p.statement(n))):
        yield "no 1/m", SCALE, src.replace("mean(", "sum(")
    s = slope(src)
    wrapped = lambda x: f"({x})"
    if s and not (isinstance(n.parent, ast.BinOp) and slope(p.of(n.parent))):
        act, of = s
        z = other_layer(of, "Z" if of.replace("self.", "")[0] == "A" else "z") if of.replace("self.", "")[:1] in "AahH" and of else None
        if act == "tanh":
            if not of.startswith("np."):
                yield "1 - A", {"1 - A"}, wrapped(f"1 - {of}")
                yield "sigmoid' for tanh'", {"sigmoid' for another"}, wrapped(f"{of} * (1 - {of})")
                yield "tanh' of A", {"tanh' of A"}, wrapped(f"1 - np.tanh({of})**2")
                yield "1 + A**2", {"1 + A**2"}, wrapped(f"1 + {of}**2")
                yield "1 - 2*A", {"1 - 2*A"}, wrapped(f"1 - 2 * {of}")
                yield "(1 - A)**2", {"(1 - A)**2"}, wrapped(f"(1 - {of})**2")
                yield "g for g'", {"g for g'"}, of
                if exists(p, z):
                    yield "1 - Z**2", {"1 - Z**2"}, wrapped(f"1 - {z}**2")
            elif of.startswith("np.tanh("):
                yield "1 - Z**2", {"1 - Z**2"}, wrapped(f"1 - {of[8:-1]}**2")
                yield "g for g'", {"g for g'"}, of
            yield "relu' for tanh'", {"relu' for another"}, wrapped(f"{of} > 0")
        if act == "sigmoid" and "sigmoid" not in src:
            yield "g for g'", {"g for g'", "the other factor left out"}, of
            yield "tanh' for sigmoid'", {"tanh' for another", "1 - A**2"}, wrapped(f"1 - {of}**2")
            yield "A * (1 + A)", {"A * (1 + A)"}, wrapped(f"{of} * (1 + {of})")
            if exists(p, z):
                yield "Z * (1 - Z)", {"Z * (1 - Z)"}, wrapped(f"{z} * (1 - {z})")
        if act == "sigmoid()" and exists(p, other_layer(of, "A" if of[:1] == "Z" else "a")) and of[:1] in "Zz":
            yield "sigmoid' of A", {"sigmoid' of A"}, src.replace(of, other_layer(of, "A" if of[:1] == "Z" else "a"))
        if act == "relu":
            yield "relu' upside down", {"relu' upside down", "all zero"}, src.replace(">", "<")
            yield "relu' of A >= 0", {"relu' of A >= 0", "derivative left out"}, src.replace(">", ">=") if of[:1] in "Ah" else src.replace(f"{of} > 0", f"np.maximum({of}, 0) >= 0")
            yield "g for g'", {"g for g'"}, f"np.maximum({of}, 0)"
        if act == "leaky":
            if re.fullmatch(r"[\w.\[\] -]+", of):
                yield "leaky slope forgotten", {"leaky slope forgotten", "relu' for another"}, wrapped(f"{of} > 0")
            yield "derivative left out", {"derivative left out"}, "1"
    t = is_turned(n)
    if t is not None and is_product(n.parent):
        yield "transpose missing", {"transpose missing"}, p.of(t)
    pair = is_product(n)
    if pair and len(pair) == 2:
        a, b = pair
        ta, tb = is_turned(a), is_turned(b)
        weight = re.match(r"d(W|syn)|grads|nabla_w|self.dW|syn", target(p.statement(n)))
        if weight and (ta is not None) != (tb is not None) and "+ l" not in ast.unparse(p.statement(n)):
            yield "dW transposed", {"dW transposed"}, f"np.dot({p.of(a if ta is None else b)}, {p.of(ta if tb is None else tb)}.T).T" if False else (
                f"np.dot({p.of(tb)}, {bracketed(p.of(a))}.T)" if tb is not None else f"np.dot({bracketed(p.of(b))}.T, {p.of(ta)})")
        yield "factors swapped", {"factors swapped", "transpose missing", "dW transposed"}, f"np.dot({p.of(b)}, {p.of(a)})"
        yield "* for @", {"* for @"}, f"{bracketed(p.of(a))} * {bracketed(p.of(b))}"
    x = is_sum(n)
    if x and "Zn" not in src and "var" not in target(p.statement(n)) and "mu" not in target(p.statement(n)):
        what, axis = p.of(x[0]), x[1]
        follow = isinstance(n.parent, (ast.Subscript, ast.Attribute))
        if not follow:
            yield "sum over everything", {"sum over everything"}, f"np.sum({what})"
            yield "the other axis", {"sum over the other axis", "no sum"}, f"np.sum({what}, axis={1 - axis}, keepdims=True)"
            yield "no sum", {"no sum"}, bracketed(what)
            yield "the largest for the sum", {"the largest for the sum"}, f"np.max({what}, axis={axis}, keepdims=True)"
            if m:
                yield "a mean for a sum", LESS, f"np.mean({what}, axis={axis}, keepdims=True)"
    if isinstance(n, ast.BinOp) and isinstance(n.op, ast.Sub) and re.fullmatch(r"(self\.)?(A\d|AL|Z\d|a\d|z\d|out|probs|scores|A|A\[L\]|l\d|output_activations)", p.of(n.left)) and re.fullmatch(r"Y|y|one_hot_Y", p.of(n.right)):
        yield "Y - A", {"negated", "minus lost", "a minus too much"}, wrapped(f"{p.of(n.right)} - {p.of(n.left)}")
        yield "times 2", {"times 2", "exponent not in front", "factor 1/2 forgotten"}, wrapped(f"2 * ({src})")
        if not slope(src) and not re.search("Z|z|scores", p.of(n.left)):
            a = p.of(n.left)
            yield "sigmoid' twice", {"sigmoid' twice", "sigmoid' for another", "the other factor left out", "its own factor"}, wrapped(f"({src}) * {a} * (1 - {a})")
    if isinstance(n, ast.BinOp) and isinstance(n.op, ast.Add) and re.search(r"lambd|reg\b", p.of(n.right)) and not re.search(r"lambd|reg\b", p.of(n.left)):
        left, right = p.of(n.left), p.of(n.right)
        w = re.search(r"(self\.)?W\d?|params\[[^\]]*\]", right)[0]
        yield "penalty left out", {"penalty left out"}, left
        yield "half the penalty", {"half the penalty"}, f"{left} + ({right}) / 2"
        yield "twice the penalty", {"twice the penalty"}, f"{left} + 2 * ({right})"
        yield "penalty subtracted", {"penalty subtracted"}, f"{left} - {right}"
        yield "penalty without 1/m", {"penalty without 1/m"}, f"{left} + {re.search(r'(self.)?(lambd|reg)', right)[0]} * {w}"
        yield "penalty summed up", {"penalty summed up"}, f"{left} + {right.replace(w, f'np.sum({w})')}"
    if pair_mask(p, n):
        yield "mask forgotten", {"mask forgotten"}, p.of(pair_mask(p, n))
    if isinstance(n, ast.BinOp) and isinstance(n.op, ast.Div) and "keep_prob" in p.of(n.right):
        yield "mask without 1/keep", {"mask without 1/keep"}, p.of(n.left)
    if isinstance(n, ast.Name) and isinstance(n.ctx, ast.Load) or isinstance(n, ast.Attribute) and isinstance(n.ctx, ast.Load) and getattr(n.value, "id", "") == "self":
        yield from wiring(p, n, src)


def pair_mask(p, n):
    pair = is_times(n)
    return pair[0] if pair and re.fullmatch(r"(self\.)?(D\d|mask\d)", p.of(pair[1])) else None


def wiring(p, n, src):
    """Another variable in the place of one."""
    name, s = src.replace("self.", ""), p.statement(n)
    to = plain(target(s))
    in_product = is_product(n.parent) or is_turned(n.parent) is not None and is_product(n.parent.parent)
    own = "self." if src.startswith("self.") else ""
    if re.fullmatch(r"[Aah]\d", name) and to.startswith("dW") and in_product:
        letter = {"A": "Z", "a": "z", "h": "z"}[name[0]]
        for new, names in ((other_layer(name, letter), {"dW from Z for A"}), (other_layer(name, None, 1), {"dW from A of its own layer", "dW from another layer's A"})):
            if exists(p, own + new) and not re.search(r"Zt\d", p.text):
                yield names_first(names), names, own + new
    if re.fullmatch(r"W\d", name) and in_product and not to.startswith("dW"):
        for new, names in ((other_layer(name, None, -1), {"dA from another layer's W"}), ("d" + name, {"dA from dW"})):
            real = own + new if not new.startswith("d") else new
            if exists(p, real) and assigned_before(p, real, n):
                yield names_first(names), names, real
    if re.fullmatch(r"d[Zz]\d", name) and re.match(r"d[Wb]", to):
        new = other_layer(name, None, 1)
        if exists(p, new) and assigned_before(p, new, n):
            names = {"db from another layer's dZ"} if to.startswith("db") else {"dW from another layer's dZ"}
            yield names_first(names), names, new


def names_first(names):
    return sorted(names)[0]


def assigned_before(p, name, n):
    if name.startswith("d"):
        f = p.function(n)
        begin = f.lineno if f else 1
        return any(isinstance(s, ast.Assign) and target(s) == name and begin <= s.lineno < n.lineno for s in ast.walk(p.tree))
    return True


def statement(p, n, m):
    to, src = plain(target(n)), p.of(n)
    if isinstance(n, ast.Assign) and re.match(r"d[A-Za-z]|delta|grad$|nabla_", to) and not isinstance(n.targets[0], ast.Tuple) and not re.search(r"zeros|ones_like|copy|= probs$|\.shape|linear_backward|_activation_", src):
        value, left = p.of(n.value), target(n)
        parameter = re.match(r"d(W|b|gamma|beta)|nabla_", to)
        yield "negated", {"negated", "minus lost", "a minus too much"}, f"{left} = -({value})"
        yield "times 2", {"times 2", "exponent not in front", "factor 1/2 forgotten"}, f"{left} = 2 * ({value})"
        yield "times 1/2", {"times 1/2", "1/(2*m)"}, f"{left} = 0.5 * ({value})"
        if m and parameter and not re.search(r"lambd", value):
            yield "1/m twice", LESS, f"{left} = ({value}) / {m}"
        if m and re.match(r"dZ\d?$|delta", to) and "A" not in to:
            yield "1/m in dZ too", LESS, f"{left} = ({value}) / {m}"
        if parameter and re.match(r"d(W|b)\d?", to) and not to.startswith("nabla"):
            yield "all zero", {"all zero"}, f"{left} = np.zeros_like({value})"
    if isinstance(n, ast.Assign) and re.match(r".*\[.*(<=|==) 0\]", target(n)):
        yield "derivative left out", {"derivative left out"}, "pass"
        yield "relu' upside down", {"relu' upside down"}, re.sub(r"<=|==", ">", src)
        of = re.match(r"(\w+)\[(\w+)", src.replace("self.", ""))
        yield "relu' of the gradient", {"relu' of the gradient"}, f"{of[1]}[{of[1]} <= 0] = 0"
    if isinstance(n, ast.AugAssign) and isinstance(n.op, ast.Div) and is_m(p, n.value):
        yield "no 1/m", SCALE, "pass"
    if isinstance(n, ast.AugAssign) and re.search(r"reg|lambd", src):
        yield "penalty left out", {"penalty left out"}, "pass"
        yield "penalty subtracted", {"penalty subtracted"}, src.replace("+=", "-=", 1)
        yield "twice the penalty", {"twice the penalty"}, src.replace("+= ", "+= 2 * ", 1)
    if isinstance(n, ast.AugAssign) and isinstance(n.op, ast.Add) and re.match(r"dWx|dWh|dbh", to):
        yield "= for +=", {"a path overwritten", "a path left out"}, src.replace("+=", "=", 1)
    if isinstance(n, ast.AugAssign) and isinstance(n.op, ast.Mult) and re.search(r"mask|D\d", p.of(n.value)):
        yield "mask forgotten", {"mask forgotten"}, "pass"
    if isinstance(n, ast.AugAssign) and isinstance(n.op, ast.Div) and "keep" in p.of(n.value):
        yield "mask without 1/keep", {"mask without 1/keep"}, "pass"
    if isinstance(n, ast.AugAssign) and isinstance(n.op, ast.Add) and re.match(r"d[Wb]\d", to) and isinstance(n.parent, ast.For):
        yield "= for += over the examples", {"only the last example"}, src.replace("+=", "=", 1)


# ---- mistakes around the gradients: nobody needs an oracle to say that they are wrong

def around(p, net):
    """(kind, names, new text, lines): in the forward pass, the cost, the update, the first values."""
    for n in ast.walk(p.tree):
        if isinstance(n, ast.stmt):
            yield from ((kind, names, p.with_(n, new), {n.lineno} | more) for kind, names, new, more in around_statement(p, n, net))
        if isinstance(n, ast.expr) and p.region(n) == "I" and net.depth > 1 and isinstance(n, ast.Call) and p.of(n).startswith("np.random.randn("):
            shape = ", ".join(p.of(a) for a in n.args)
            yield "zeros to begin with", {"weights that begin equal"}, p.with_(n, f"np.zeros(({shape}))"), {p.statement(n).lineno}


def around_statement(p, n, net):
    to, src = plain(target(n)), p.of(n)
    if isinstance(n, ast.Assign) and p.region(n) == "F":
        left, value = target(n), p.of(n.value)
        m = re.fullmatch(r"([Aa])(\d)", to)
        own = "self." if left.startswith("self.") else ""
        z = m and f"{own}{'Z' if m[1] == 'A' else 'z'}{m[2]}"
        if m and z in value and net.extra != "norm" and "D" not in value and "keep" not in value:
            yield "activation missing", {"activation missing"}, f"{left} = {z}", set()
            if "tanh" not in value and net.act(int(m[2])) != "softmax":
                yield "another activation", {"another activation"}, f"{left} = np.tanh({z})", set()
        if re.fullmatch(r"[Zz]\d", to) and isinstance(n.value, ast.BinOp) and isinstance(n.value.op, ast.Add) and not re.search(r"b1 = np.zeros|beta1 = np.zeros", p.text):
            yield "bias missing", {"bias missing"}, f"{left} = {p.of(n.value.left)}", set()
    if isinstance(n, ast.Assign) and p.region(n) == "L" and re.match(r"cost|loss", to) and "np.sum" in src and "log" in p.text:
        left, value = target(n), p.of(n.value)
        yield "cost negated", {"cost negated"}, f"{left} = -({value})", p.others(n, "pass")
        if "np.log" in src and not net.extra == "l2":
            yield "log10", {"another base of the logarithm"}, src.replace("np.log(", "np.log10("), p.others(n, "pass")
            yield "cost without 1/m", {"cost without 1/m"}, f"{left} = m * ({value})" if " m" in p.text else src, p.others(n, "pass")
    if p.region(n) == "U" and isinstance(n, ast.AugAssign) and isinstance(n.op, ast.Sub):
        yield "+ for -", {"uphill"}, src.replace("-=", "+=", 1), set()
        yield "never updated", {"never updated"}, "pass", {s.lineno for s in ast.walk(p.tree) if isinstance(s, ast.stmt) and p.region(s) == "U"}
    if p.region(n) == "U" and isinstance(n, ast.Assign) and isinstance(n.value, ast.BinOp) and isinstance(n.value.op, ast.Sub):
        yield "+ for -", {"uphill"}, f"{target(n)} = {p.of(n.value.left)} + {p.of(n.value.right)}", set()


# ---- changes that leave a program right

def right_changes(p):
    """(kind, new text): each once, in one place."""
    for n in ast.walk(p.tree):
        if isinstance(n, ast.expr) and p.region(n) in "BFU":
            yield from right_expression(p, n)
        if isinstance(n, (ast.Assign, ast.AugAssign)) and p.region(n) == "B":
            yield from right_statement(p, n)
    yield from renamed(p)


def right_expression(p, n):
    src = p.of(n)
    pair = is_product(n)
    if pair and len(pair) == 2:
        a, b = p.of(pair[0]), p.of(pair[1])
        yield "einsum", f"np.einsum('ij,jk->ik', {a}, {b})", n
        yield "matmul", f"np.matmul({a}, {b})", n
        yield "transposed product", f"np.dot({bracketed(b)}.T, {bracketed(a)}.T).T", n
    pair = is_times(n)
    if pair and isinstance(n, ast.BinOp):
        yield "swapped factors", f"{bracketed(p.of(n.right))} * {bracketed(p.of(n.left))}", n
        yield "np.multiply", f"np.multiply({p.of(n.left)}, {p.of(n.right)})", n
    if isinstance(n, ast.BinOp) and isinstance(n.op, ast.Sub):
        yield "minus turned round", f"(-({p.of(n.right)} - {bracketed(p.of(n.left))}))" if not isinstance(n.right, ast.BinOp) else f"(-(({p.of(n.right)}) - {bracketed(p.of(n.left))}))", n
        yield "np.subtract", f"np.subtract({p.of(n.left)}, {p.of(n.right)})", n
    if isinstance(n, ast.BinOp) and isinstance(n.op, ast.Div):
        yield "np.divide", f"np.divide({p.of(n.left)}, {p.of(n.right)})", n
    t = is_turned(n)
    if t is not None:
        yield "np.transpose", f"np.transpose({p.of(t)})", n
        yield "swapaxes", f"np.swapaxes({p.of(t)}, 0, 1)", n
    x = is_sum(n)
    if x and "keepdims" in src:
        what, axis = bracketed(p.of(x[0])), x[1]
        yield "a product with ones", f"np.dot({what}, np.ones(({what}.shape[1], 1)))" if axis == 1 else f"np.dot(np.ones((1, {what}.shape[0])), {what})", n
        yield "reshape", f"np.sum({what}, axis={axis}).reshape({'-1, 1' if axis == 1 else '1, -1'})", n
        yield "expand_dims", f"np.expand_dims({what}.sum(axis={axis}), {axis})", n
    if isinstance(n, ast.Name) and isinstance(n.ctx, ast.Load) and re.fullmatch(r"d[AZWz]\d", n.id) and p.region(n) == "B":
        yield "a copy", f"{n.id}.copy()", n


def right_statement(p, n):
    pad = " " * n.col_offset
    if isinstance(n, ast.Assign) and isinstance(n.targets[0], (ast.Name, ast.Attribute)) and isinstance(n.value, (ast.BinOp, ast.Call)):
        left, value = target(n), p.of(n.value)
        yield "a temporary name", f"temp = {value}\n{pad}{left} = temp", n
        if isinstance(n.value, ast.BinOp) and isinstance(n.value.op, (ast.Mult, ast.Add)) and isinstance(n.value.left, (ast.Call, ast.BinOp)) and ast.unparse(n.value.left) not in ("1 / m", "1.0 / m"):
            op = "*" if isinstance(n.value.op, ast.Mult) else "+"
            yield "in two steps", f"part = {p.of(n.value.left)}\n{pad}{left} = part {op} {bracketed(p.of(n.value.right))}", n
        yield "printed", f"{left} = {value}\n{pad}print('shape', {left}.shape)", n
        if left.startswith("d"):
            yield "asserted", f"{left} = {value}\n{pad}assert {left} is not None", n
    if isinstance(n, ast.AugAssign):
        op = {"Add": "+", "Sub": "-", "Mult": "*", "Div": "/"}.get(type(n.op).__name__)
        if op and "[" not in target(n):
            yield "in full", f"{target(n)} = {target(n)} {op} {bracketed(p.of(n.value))}", n


RENAMINGS = [
    ("small letters", r"(?<![\w.\"'])(d?)([AZ])(\d)(?![\w])", lambda m: f"{m[1]}{m[2].lower()}{m[3]}"),
    ("underscores", r"(?<![\w.\"'])d([AZWb])(\d)(?![\w])", lambda m: f"d{m[1]}_{m[2]}"),
    ("grad_W1", r"(?<![\w.\"'])d([Wb])(\d)(?![\w])", lambda m: f"grad_{m[1]}{m[2]}"),
    ("W1_grad", r"(?<![\w.\"'])d([Wb])(\d)(?![\w])", lambda m: f"{m[1]}{m[2]}_grad"),
    ("delta", r"(?<![\w.\"'])dZ(\d)(?![\w])", lambda m: f"delta{m[1]}"),
    ("dJ_dW", r"(?<![\w.\"'])d([Wb])(\d)(?![\w])", lambda m: f"dJ_d{m[1]}{m[2]}"),
    ("error", r"(?<![\w.\"'])dA(\d)(?![\w])", lambda m: f"A{m[1]}_error"),
    ("dL", r"(?<![\w.\"'])d([AZ])(\d)(?![\w])", lambda m: f"dL_d{m[1]}{m[2]}")]


def renamed(p):
    for kind, old, new in RENAMINGS:
        text = re.sub(old, new, p.text)
        if text != p.text and "self.d" not in p.text and not re.search(r"def \w+\(.*\b[AZ]\d\b", p.text):
            yield kind, text, None


def varied(program, r, times):
    """A program changed in several places: (kinds, text, regions). Lines that are added are of the same region."""
    kinds = []
    for _ in range(times):
        changes = [c for c in right_changes(program) if c[0] not in kinds]
        if not changes:
            break
        kind, new, node = r.choice(changes)
        if node is None:
            program = Program(new, program.regions)
        else:
            regions = list(program.regions)
            more = new.count("\n") - program.of(node).count("\n")
            regions[node.lineno - 1:node.lineno] = [regions[node.lineno - 1]] * (1 + more)
            program = Program(program.with_(node, new), regions)
        kinds.append(kind)
    return kinds, program
