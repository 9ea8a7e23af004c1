"""The library compiles without warnings for platforms that are not here: Linux with musl, macOS, Windows. zig
(from PyPI, see tools/venv) brings a clang and the headers of all of them."""
import concurrent.futures
import os
import pathlib
import subprocess

import pytest

from conftest import is_instrumented

WARNINGS = ["-Wall", "-Wextra", "-Wconversion", "-Werror", "-Wno-enum-float-conversion"]
PLATFORMS = {
    "x86_64-linux-musl": ["os_posix.c", "limits_linux.c"],
    "aarch64-macos": ["os_posix.c", "limits_posix.c"],
    "x86_64-windows-gnu": ["os_windows.c"],
}

pytestmark = pytest.mark.skipif(is_instrumented(), reason="the same whatever the build under test is")


@pytest.fixture(scope="module")
def zig(root):
    made = subprocess.run([root / "tools/venv"], capture_output=True, text=True, timeout=900)
    if made.returncode:
        pytest.skip(f"no environment with ziglang: {made.stderr.strip().splitlines()[-1:]}")
    where = subprocess.run([made.stdout.strip(), "-c", "import ziglang; print(ziglang.__file__)"], capture_output=True, text=True, check=True)
    return pathlib.Path(where.stdout.strip()).parent / "zig"


@pytest.mark.parametrize("platform", PLATFORMS)
def test_compiles_for(zig, root, platform, tmp_path):
    """zig is called itself, not through Python, and asked for neither its checks nor debugging: that is most of its time."""
    own = [root / "src/host/os" / name for name in PLATFORMS[platform]]
    common = [path for path in sorted((root / "src").rglob("*.c"))
              if path.parent.name != "os" and path.name != "unpack_zlib.c"]

    def compile_one(path):
        posix = ["-D_POSIX_C_SOURCE=200809L"] if path in own else []
        done = subprocess.run([zig, "cc", "-target", platform, "-std=c17", "-g0", "-fno-sanitize=undefined", "-c", "-o", tmp_path / f"{path.stem}.o",
                               *WARNINGS, *posix, "-D_FILE_OFFSET_BITS=64", "-DDFOO_BUILDING",
                               "-I", root / "include", "-I", root / "src", path],
                              capture_output=True, text=True, timeout=300, cwd=root,
                              env=dict(os.environ, ZIG_GLOBAL_CACHE_DIR=str(root / "build" / "zig")))
        return done.stderr + f"{path}: status {done.returncode}\n" * (done.returncode != 0)

    with concurrent.futures.ThreadPoolExecutor(2) as pool:
        assert "".join(pool.map(compile_one, own + common)) == ""
