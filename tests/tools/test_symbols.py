"""What the libraries export and what they call: the promises of include/dfoo.h, from the symbol tables.

libdfoo_inside.a holds the objects of both libraries as they were compiled, one from each source."""
import re
import subprocess

import pytest

PRINTS_OR_ENDS = """
printf vprintf puts putchar putc perror stdout stderr stdin psignal error warn err
__printf_chk __vprintf_chk
exit _exit _Exit quick_exit atexit abort raise longjmp _longjmp siglongjmp __longjmp_chk
""".split()

# A file called "-" is standard input or output: who asks for it gets it, in these objects only.
STREAMS_ON_REQUEST = {"stdin": {"text.c.o", "input.c.o"}, "stdout": {"target.c.o"}}

# libhdf5 keeps one state for the whole process and must not be entered twice at a time: where it is, and its lock.
STATE_OF_OTHERS = {("hdf5_library.c.o", ".bss"), ("os_posix.c.o", ".bss")}

# They keep state for the whole process or change it.
SHARED_STATE = "rand srand random srandom drand48 strtok setlocale localtime gmtime asctime ctime putenv setenv".split()


def nm(*args):
    output = subprocess.run(["nm", *map(str, args)], capture_output=True, text=True, check=True).stdout
    return [line.split() for line in output.splitlines() if line.strip()]


def is_instrumented(build):
    cache = (build / "CMakeCache.txt").read_text()
    return re.search(r"^DFOO_(SANITIZE:.*=.+|COVERAGE:BOOL=ON)$", cache, re.M) is not None


@pytest.fixture
def plain(build):
    """A build with nothing in it but our own code."""
    if is_instrumented(build):
        pytest.skip("an instrumented build")
    return build


def declared(root):
    header = (root / "include/dfoo.h").read_text()
    header = re.sub(r"/\*.*?\*/", "", header, flags=re.S)
    return set(re.findall(r"^DFOO_API\b[^;(]*?\b(\w+)\(", header, re.M))


def test_what_the_header_declares_is_what_the_library_exports(root, plain):
    exported = {line[-1].split("@")[0] for line in nm("-D", "--defined-only", plain / "libdfoo.so")}
    assert exported == declared(root)


def test_nothing_else_is_exported(plain):
    exported = {line[-1].split("@")[0] for line in nm("-D", "--defined-only", plain / "libdfoo.so")}
    assert {name for name in exported if not name.startswith("dfoo_")} == set()


def test_the_static_library_shows_no_other_names(root, plain):
    names = {line[-1] for line in nm("-g", "--defined-only", plain / "libdfoo.a") if len(line) == 3}
    assert names == declared(root)


def test_the_library_never_prints_or_ends_the_process(plain):
    member, called = "", set()
    for line in nm("--undefined-only", plain / "libdfoo_inside.a"):
        if line[0].endswith(".o:"):
            member = line[0][:-1]
        elif len(line) == 2 and member not in STREAMS_ON_REQUEST.get(line[-1], set()):
            called.add(line[-1])
    assert called & set(PRINTS_OR_ENDS) == set()
    assert called & set(SHARED_STATE) == set()


def test_the_library_has_no_state_outside_of_contexts(plain):
    output = subprocess.run(["size", "-A", plain / "libdfoo_inside.a"], capture_output=True, text=True, check=True).stdout
    member, bad = "", []
    for line in output.splitlines():
        if line.endswith(":") or " :" in line or "(ex " in line:
            member = line.split()[0]
        elif re.match(r"\.(data|bss|tdata|tbss)(?!\.rel\.ro)\S*\s+[1-9]", line):
            bad.append((member, line.split()[0]))
    assert set(bad) - STATE_OF_OTHERS == set()
