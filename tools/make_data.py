#!/usr/bin/env python3
"""tools/make_data.py [FOLDER [DIGITS.csv.gz]]: makes the data files of examples/data that are made.

    breast_cancer_train.csv, breast_cancer_test.csv   from breast_cancer.csv: of each class,
                                                      a fifth is held back
    planar.csv                                        two classes in the plane, petals of a flower
    digits.csv                                        from DIGITS.csv.gz, else not made: scikit-learn's
                                                      sklearn/datasets/data/digits.csv.gz

Reads and writes FOLDER (examples/data). The same files come out every time: numpy promises
that the numbers of RandomState do not change.
"""
import gzip
import pathlib
import sys

import numpy as np

HELD_BACK = 0.2


def split(folder, seed=0):
    header, *rows = (folder / "breast_cancer.csv").read_text().splitlines()
    labels = np.array([row.rsplit(",", 1)[1] for row in rows])
    random = np.random.RandomState(seed)
    held = set()
    for label in np.unique(labels):
        shuffled = random.permutation(np.flatnonzero(labels == label))
        held.update(shuffled[: round(HELD_BACK * len(shuffled))].tolist())
    for name, wanted in (("train", False), ("test", True)):
        part = [row for i, row in enumerate(rows) if (i in held) == wanted]
        (folder / f"breast_cancer_{name}.csv").write_text("\n".join([header, *part]) + "\n")


def planar(folder, examples=400, petals=4, noise=0.2):
    """Points around the curve r = petals * sin(4 t); the classes are its two halves, t from 0 to pi
    and from pi to 2 pi, so that petals of both kinds lie next to each other."""
    random = np.random.RandomState(1)
    rows = []
    for label in (0, 1):
        angle = np.pi * (label + np.linspace(0, 1, examples // 2)) + noise * random.randn(examples // 2)
        radius = petals * np.sin(4 * angle) + noise * random.randn(examples // 2)
        rows += [(r * np.sin(t), r * np.cos(t), label) for r, t in zip(radius, angle)]
    text = "".join(f"{x:.6f},{y:.6f},{label}\n" for x, y, label in rows)
    (folder / "planar.csv").write_text("x,y,class\n" + text)


def digits(folder, source):
    """The rows as they are, below the names of the columns: p27 is the pixel in row 2, column 7."""
    names = [f"p{row}{column}" for row in range(8) for column in range(8)]
    rows = gzip.open(source, "rt").read().splitlines()
    (folder / "digits.csv").write_text("\n".join([",".join([*names, "digit"]), *rows]) + "\n")


def main():
    here = pathlib.Path(__file__).resolve().parent.parent / "examples" / "data"
    folder = pathlib.Path(sys.argv[1]) if len(sys.argv) > 1 else here
    split(folder)
    planar(folder)
    if len(sys.argv) > 2:
        digits(folder, sys.argv[2])


if __name__ == "__main__":
    main()
