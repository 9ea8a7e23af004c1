"""The data files of examples/data are what tools/make_data.py makes."""
import pathlib
import shutil
import subprocess
import sys

ROOT = pathlib.Path(__file__).resolve().parent.parent.parent
DATA = ROOT / "examples" / "data"


def test_files_are_made_again_byte_by_byte(tmp_path):
    shutil.copy(DATA / "breast_cancer.csv", tmp_path)
    subprocess.run([sys.executable, ROOT / "tools" / "make_data.py", tmp_path], check=True)
    for name in ("breast_cancer_train.csv", "breast_cancer_test.csv", "planar.csv"):
        assert (tmp_path / name).read_bytes() == (DATA / name).read_bytes()


def test_split_holds_every_row_once():
    rows = {name: (DATA / f"breast_cancer{name}.csv").read_text().splitlines() for name in ("", "_train", "_test")}
    assert rows["_train"][0] == rows["_test"][0] == rows[""][0]
    assert sorted(rows["_train"][1:] + rows["_test"][1:]) == sorted(rows[""][1:])
    assert rows[""][0].endswith(",malignant")
