"""What compilers make of the kernels: vectors as wide as the instruction set has them, without calls.

A loop that stays scalar computes the same bits, only slower: no other test would notice. The code is read
from the objects in libdfoo_inside.a, so sets that this machine cannot run are looked at, too."""
import platform
import re
import shutil
import subprocess

import pytest

REGISTERS = {"baseline": "xmm", "avx2": "ymm", "avx512": "zmm"}
TYPES = {"f32": "ps", "f64": "pd"}

# The C library computes them, entry by entry.
CALLS = {"POW", "SIN", "COS", "TAN", "ASIN", "ACOS", "ATAN", "SINH", "COSH", "LOG2", "LOG10", "ERF", "ERFC", "GELU"}
SCALAR = {"baseline": {"FLOOR"}}  # SSE2 has no instruction that rounds: code of the compiler's, or a call
TAKEN_OUT = {"ELU_first"}  # elu of one number with many slopes: the compiler asks for its sign before the loop
BESIDE_OPERATIONS = ["square", "cube", "inverse", "divide", "sum_cols", "most_cols"]

ARITHMETIC = (r"v?(?:add|sub|mul|div|sqrt|min|max|fn?m(?:add|sub)\d+|cmp\w*|andn?|x?or|cvt\w+|round|rndscale"
              r"|blendv)")


def setting(build, name):
    return re.search(rf"^{name}:\w+=(.*)$", (build / "CMakeCache.txt").read_text(), re.M)[1]


@pytest.fixture(scope="module")
def optimised(build):
    """A build with the compiler's whole effort, and nothing in it but our own code."""
    if platform.machine() != "x86_64":
        pytest.skip("the names of instructions and registers are those of x86-64")
    if not shutil.which("objdump"):
        pytest.skip("no objdump (binutils)")
    if setting(build, "CMAKE_BUILD_TYPE") != "Release" or setting(build, "DFOO_SANITIZE") \
            or setting(build, "DFOO_COVERAGE") == "ON":
        pytest.skip("not a plain release build")
    return build


def functions(build, member, directory):
    """The functions of an object in the library, by name: lists of (address, mnemonic, operands)."""
    library = build / "libdfoo_inside.a"
    subprocess.run(["ar", "x", library, member], cwd=directory, check=True)
    text = subprocess.run(["objdump", "-d", "--no-show-raw-insn", directory / member],
                          capture_output=True, text=True, check=True).stdout
    found, code = {}, []
    for line in text.splitlines():
        if head := re.match(r"[0-9a-f]+ <(.+)>:", line):
            code = found[head[1]] = []
        elif step := re.match(r"\s+([0-9a-f]+):\s+(\S+)\s*(.*)", line):
            code.append((int(step[1], 16), step[2], step[3]))
    return found


def loops(code):
    """The innermost loops: what lies between a jump back and where it leads."""
    jumps = [(int(operands.split()[0], 16), address) for address, name, operands in code
             if name.startswith("j") and re.match(r"[0-9a-f]+ <", operands)]
    spans = [(start, end) for start, end in jumps if code[0][0] <= start <= end]
    inner = [s for s in spans if not any(t != s and s[0] <= t[0] and t[1] <= s[1] for t in spans)]
    return [[step for step in code if start <= step[0] <= end] for start, end in inner]


def is_vectorised(code, register):
    """There is a loop with packed arithmetic in the widest registers, with neither calls nor arithmetic of
    single numbers in it. What is left over at the end of a block may be done in narrower ones."""
    packed = re.compile(ARITHMETIC + "(ps|pd)$")
    single = re.compile(ARITHMETIC.replace("cvt", "cvt(?!t?p)") + "(ss|sd)$")

    def is_main(loop):
        return any(packed.match(name) and "%" + register in operands for _, name, operands in loop) \
            and not any(name.startswith("call") or single.match(name) for _, name, _ in loop)

    return any(is_main(loop) for loop in loops(code))


def elementwise(root):
    return re.findall(r"^OP[123]\((\w+), ", (root / "src/core/ops.def").read_text(), re.M)


def variants(root):
    """Kernels of two operands of which one is a single number, and loops of several operations."""
    two = re.findall(r"^OP2\((\w+), ", (root / "src/core/ops.def").read_text(), re.M)
    loops = re.findall(r"^LOOP\((\w+),", (root / "src/run/plan/loops.def").read_text(), re.M)
    names = [f"{name}_{which}" for name in two if name not in CALLS for which in ("first", "second")]
    return [x for x in names if x not in TAKEN_OUT] + [f"LOOP_{x}{which}" for x in loops for which in ("", "_one")]


@pytest.mark.parametrize("isa", REGISTERS)
def test_elementwise_kernels_are_vectors(root, optimised, isa, tmp_path):
    code = functions(optimised, f"kernels_{isa}.c.o", tmp_path)
    names = [f"{kind}_{name}_{isa}" for kind in TYPES for name in elementwise(root) + variants(root) + BESIDE_OPERATIONS
             if name not in CALLS | SCALAR.get(isa, set())]
    assert len(names) > 60 and set(names) <= set(code), "a kernel that is not there"
    scalar = [name for name in names if not is_vectorised(code[name], REGISTERS[isa])]
    assert not scalar, "not vectors: " + " ".join(scalar)


@pytest.mark.parametrize("isa", REGISTERS)
def test_only_what_is_meant_to_call_does(root, optimised, isa, tmp_path):
    code = functions(optimised, f"kernels_{isa}.c.o", tmp_path)
    calling = {name for name in code for _, step, _ in code[name] if step.startswith("call")}
    operations = {f"{kind}_{name}_{isa}" for kind in TYPES for name in elementwise(root)
                  if name not in SCALAR.get(isa, set())}
    assert calling & operations == {f"{kind}_{name}_{isa}" for kind in TYPES for name in CALLS}


@pytest.mark.parametrize("isa", REGISTERS)
def test_products_are_vectors(optimised, isa, tmp_path):
    code = functions(optimised, f"gemm_{isa}.c.o", tmp_path)
    fused = "v?mul" if isa == "baseline" else r"vfn?madd\d+"
    for kind, suffix in TYPES.items():
        names = [name for name in code if re.match(kind + "_(rows|edge|dots)_", name)]
        assert names
        scalar = [name for name in names if not any(
            re.match(fused + suffix, step) and "%" + REGISTERS[isa] in operands for _, step, operands in code[name])]
        assert not scalar, "not vectors: " + " ".join(scalar)
