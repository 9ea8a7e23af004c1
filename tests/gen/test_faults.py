"""A fault that is planted in a rule is found by the random models: the table is changed, its object compiled again, the library
linked from it and the other objects."""
import json
import pathlib
import shlex
import subprocess

import pytest

pytest.importorskip("gmpy2")
from conftest import ROOT, is_instrumented  # noqa: E402
from gen import hunt, known  # noqa: E402

# file, object that has to be compiled, what stands there, what is put in its place
FAULTS = {
    "sign of tanh'": ("core/ops.def", "core/ir/ops.c", 'DA("1 - y**2") DEFINITION("(exp(a)', 'DA("1 + y**2") DEFINITION("(exp(a)'),
    "factor of **": ("core/ops.def", "core/ir/ops.c", 'DA("b * a**(b - 1)")', 'DA("a**(b - 1)")'),
    "sign of /": ("core/ops.def", "core/ir/ops.c", 'DB("-a/b**2")', 'DB("a/b**2")'),
    "transpose of @": ("core/ops.def", "core/ir/ops.c", 'DB("a.T @ dy")', 'DB("a.T @ dy * 2")'),
    "1/n of mean": ("core/ops.def", "core/ir/ops.c", 'DA("1/count(a) * dy * ones(a)")', 'DA("dy * ones(a)")'),
    "softmax": ("core/ops.def", "core/ir/ops.c", 'DA("y * (dy - sum(dy * y, axis=axis))")', 'DA("y * dy")'),
    "log_softmax": ("core/ops.def", "core/ir/ops.c", 'DA("dy - exp(y) * sum(dy, axis=axis)")', 'DA("dy - exp(y) * dy")'),
    "relu on the wrong side": ("core/ops.def", "core/ir/ops.c", 'DA("a > 0") DEFINITION("maximum(0, a)")', 'DA("a < 0") DEFINITION("maximum(0, a)")'),
    "a tie goes to nobody": ("core/ops.def", "core/ir/ops.c", 'DA("a >= b") DB("b > a")', 'DA("a > b") DB("b > a")'),
    "max is not shared": ("core/ops.def", "core/ir/ops.c", 'DA("dy * (a == y) / sum(a == y, axis=axis)")', 'DA("dy * (a == y)")'),
    "transposes of inv": ("core/ops.def", "core/ir/ops.c", 'DA("-(y.T @ dy @ y.T)")', 'DA("-(y @ dy @ y.T)")'),
    "sign of solve": ("core/ops.def", "core/ir/ops.c", 'DA("-(solve(a.T, dy) @ y.T)")', 'DA("solve(a.T, dy) @ y.T")'),
    "transpose of logdet": ("core/ops.def", "core/ir/ops.c", 'DA("dy * inv(a).T") CA("trace', 'DA("dy * inv(a)") CA("trace'),
    "factor of det": ("core/ops.def", "core/ir/ops.c", 'DA("dy * y * inv(a).T")', 'DA("dy * inv(a).T")'),
    "sqrt": ("core/ops.def", "core/ir/ops.c", 'DA("1/(2*y)")', 'DA("1/(2*a)")'),
    "rule: a sum with a sign": ("core/simplify/rules.def", "core/simplify/rules.c", '"a + (-b)", "a - b"', '"a + (-b)", "a + b"'),
    "rule: a tanh in exponentials": ("core/simplify/rules.def", "core/simplify/rules.c", '"(exp(a) - exp(-a)) / (exp(a) + exp(-a))", "tanh(a)"',
                                     '"(exp(a) - exp(-a)) / (exp(a) + exp(-a))", "tanh(a/2)"'),
    "rule: transpose of a product": ("core/simplify/rules.def", "core/simplify/rules.c", '"(a @ b).T", "b.T @ a.T"', '"(a @ b).T", "(b.T @ a.T) * 2"'),
}
MODELS = 600


def changed(fault, folder):
    """The table in the folder, where an include finds it first, and every other file as it is."""
    path, _, before, after = FAULTS[fault]
    text = (ROOT / "src" / path).read_text()
    assert text.count(before) == 1, f"{path} has no longer the line that is spoiled: {before}"
    out = folder / path
    out.parent.mkdir(parents=True)
    out.write_text(text.replace(before, after))


def library_with(build, fault, folder):
    source = str(ROOT / "src" / FAULTS[fault][1])
    commands = json.loads((build / "compile_commands.json").read_text())
    ours = [c for c in commands if "dfoo_objects.dir" in c["command"]]
    command = next(c for c in ours if c["file"] == source)
    made = folder / "changed.o"
    words = [w for w in shlex.split(command["command"]) if not w.endswith("ccache")]
    where = words.index("-o")
    words = [words[0], f"-I{folder}", *words[1:where], "-o", str(made), *words[where + 2:]]
    subprocess.run(words, cwd=command["directory"], check=True, capture_output=True)
    objects = [made if c["file"] == source else pathlib.Path(c["directory"]) / shlex.split(c["command"])[shlex.split(c["command"]).index("-o") + 1]
               for c in ours]
    libraries = [w for w in ("-lz", "-lm", "-lpthread", "-ldl") if w != "-lz" or "unpack_zlib" in "".join(map(str, objects))]
    subprocess.run([words[0], "-shared", "-o", folder / "libdfoo.so", *objects, *libraries], check=True, capture_output=True)


@pytest.mark.skipif(is_instrumented(), reason="the library of an instrumented build cannot be loaded into Python")
@pytest.mark.parametrize("fault", FAULTS)
def test_found(build, tmp_path, fault):
    changed(fault, tmp_path)
    library_with(build, fault, tmp_path)
    found = []
    kinds, _, _ = hunt.hunt(tmp_path, 0, MODELS, tests=("derived", "run_lines", "accurate"), enough=lambda f: known.name(f.kind) not in known.KNOWN)
    found = [k for k in kinds if known.name(k) not in known.KNOWN]
    assert found, fault
