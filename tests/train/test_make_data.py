"""The data files of examples/data are what tools/make_data.py makes."""
import collections
import gzip
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


def test_digits_are_made_from_rows_of_numbers(tmp_path):
    shutil.copy(DATA / "breast_cancer.csv", tmp_path)
    header, rows = (DATA / "digits.csv").read_text().split("\n", 1)
    source = tmp_path / "digits.csv.gz"
    source.write_bytes(gzip.compress(rows.encode()))
    subprocess.run([sys.executable, ROOT / "tools" / "make_data.py", tmp_path, source], check=True)
    assert (tmp_path / "digits.csv").read_bytes() == (DATA / "digits.csv").read_bytes()
    names = header.split(",")
    assert names[0] == "p00" and names[63] == "p77" and names[64] == "digit"


def test_digits_are_images_of_every_class():
    rows = [list(map(int, row.split(","))) for row in (DATA / "digits.csv").read_text().splitlines()[1:]]
    assert len(rows) == 1797 and {len(row) for row in rows} == {65}
    assert {pixel for row in rows for pixel in row[:64]} == set(range(17))
    counts = collections.Counter(row[64] for row in rows)
    assert sorted(counts) == list(range(10)) and all(174 <= n <= 183 for n in counts.values())
