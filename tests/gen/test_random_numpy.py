"""The numpy module of random models: its values and gradients against `dfoo grad`'s, and its
gradients against differences."""
import os
import subprocess

from emit.test_numpy import check

COUNT = int(os.environ.get("DFOO_GEN_NUMPY", "60"))


def test_random_models(dfoo, build, tmp_path):
    models = tmp_path / "models"
    models.mkdir()
    environment = {**os.environ, "DFOO_GEN_DUMP": str(models), "DFOO_GEN_COUNT": str(COUNT)}
    subprocess.run([build / "tests/gen/test_gen"], env=environment, check=True, capture_output=True)
    paths = sorted(models.glob("*.eq"))
    assert len(paths) == COUNT
    for path in paths:
        if "\nfunction " not in path.read_text():  # numpy has no formula for a function left open
            check(dfoo, tmp_path, str(path))
