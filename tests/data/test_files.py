"""Files that numpy and Python's zipfile, gzip and csv write, read by the library, and the
other way round. dump_arrays (dump_arrays.c) prints what the library reads."""
import csv
import gzip
import io
import math
import struct
import zipfile

import numpy as np
import pytest

from same_arrays import same

KINDS = ["f2", "f4", "f8", "i1", "i2", "i4", "i8", "u1", "u2", "u4", "u8", "?"]
ORDERS = ["<", ">"]


def examples(dtype):
    """An array (3, 2, 4) with the extreme values of a type in it."""
    dtype = np.dtype(dtype)
    if dtype.kind == "f":
        limits = np.finfo(dtype)
        odd = [0.0, -0.0, limits.max, limits.min, limits.tiny, limits.smallest_subnormal, np.inf, -np.inf, np.nan, 0.1]
    elif dtype.kind == "b":
        odd = [True, False]
    else:
        limits = np.iinfo(dtype)
        odd = [limits.min, limits.max, 0, 1]
    x = np.resize(np.array(odd, dtype), 24).reshape(3, 2, 4)
    return x


@pytest.mark.parametrize("order", ORDERS)
@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("layout", ["C", "F"])
def test_npy_of_every_type_and_order(read, tmp_path, kind, order, layout):
    x = np.array(examples(kind), order=layout).astype(np.dtype(kind).newbyteorder(order), order="K")
    np.save(tmp_path / "W1.npy", x)
    same(read(tmp_path / "W1.npy")["W1"], x)


def test_every_half(read, tmp_path):
    x = np.arange(65536, dtype=np.uint16).view(np.float16)
    np.save(tmp_path / "h.npy", x)
    left = read(tmp_path / "h.npy")["h"]
    np.testing.assert_array_equal(left, x.astype(np.float64))


@pytest.mark.parametrize("version", [(1, 0), (2, 0), (3, 0)])
def test_npy_versions(read, tmp_path, version):
    x = np.arange(6.0).reshape(2, 3)
    with open(tmp_path / "x.npy", "wb") as file:
        np.lib.format.write_array(file, x, version)
    same(read(tmp_path / "x.npy")["x"], x)


@pytest.mark.parametrize("shape", [(), (1,), (5,), (0,), (3, 0), (2, 3), (1, 2, 1, 2, 1, 2, 1, 3)])
@pytest.mark.parametrize("save", [np.savez, np.savez_compressed])
def test_npz_shapes(read, tmp_path, shape, save):
    x = np.random.default_rng(1).normal(size=shape)
    save(tmp_path / "a.npz", x=x, xF=np.array(x, order="F"))
    arrays = read(tmp_path / "a.npz")
    assert list(arrays) == ["x", "xF"]
    same(arrays["x"], x)
    same(arrays["xF"], x)


@pytest.mark.parametrize("save", [np.savez, np.savez_compressed])
def test_npz_larger_than_one_piece(read, tmp_path, save):
    arrays = {f"W{i}": np.random.default_rng(i).normal(size=(100 + i, 70)).astype("f4") for i in range(5)}
    arrays["bias µ"] = np.asfortranarray(arrays["W0"].astype(">i2"))
    save(tmp_path / "a.npz", **arrays)
    got = read(tmp_path / "a.npz")
    assert list(got) == list(arrays)
    for name in arrays:
        same(got[name], arrays[name])


def test_standard_input(read, tmp_path):
    x = np.arange(4.0)
    bytes_ = io.BytesIO()
    np.savez(bytes_, W1=x)
    same(read("-", stdin=bytes_.getvalue())["W1"], x)
    bytes_ = io.BytesIO()
    np.save(bytes_, x)
    same(read("-", stdin=bytes_.getvalue())["stdin"], x)
    same(read("-", stdin=gzip.compress(bytes_.getvalue()))["stdin"], x)
    same(read("-", stdin=b"1,2\n3,4\n")["stdin"], [[1, 2], [3, 4]])


@pytest.mark.parametrize("x, words", [
    (np.array(["a", "b"]), "holds text ('<U1'); what fits: float16"),
    (np.array([b"a", b"b"]), "holds byte strings ('|S1')"),
    (np.array([None, {}], dtype=object), "holds Python objects"),
    (np.array([1j]), "holds complex numbers"),
    (np.array(["2020-01-01"], dtype="M8[D]"), "holds dates"),
    (np.array([1.0], dtype=np.longdouble), "holds floats of an unusual size"),
    (np.array([(1, 2.0)], dtype="i4,f8"), "holds records"),
    (np.zeros((1,) * 9), "more than 8 dimensions"),
])
def test_other_types_are_refused_by_name(dump, tmp_path, x, words):
    np.savez(tmp_path / "a.npz", W1=np.zeros(2), labels=x)
    dump(tmp_path / "a.npz", fails=f"a.npz: array 'labels': {'holds' if words.startswith('holds') else 'has'}")
    dump(tmp_path / "a.npz", fails=words)


def test_text_that_is_asked_for(dump, texts, tmp_path):
    names = ["zebra", "", "Ω😀", "ä b"]
    np.savez(tmp_path / "a.npz", X=np.zeros(3), U=np.array(names), S=np.array([b"non-cat", b"cat"]),
             B=np.array(names, dtype=">U9"), column=np.array([["a"], ["b"]]), none=np.array([], dtype="U3"))
    assert texts(tmp_path / "a.npz") == {"U": names, "S": ["non-cat", "cat"], "B": names, "column": ["a", "b"],
                                         "none": [""]}
    np.save(tmp_path / "labels.npy", np.array(names))
    assert texts(tmp_path / "labels.npy") == {"labels": names}
    whole = (tmp_path / "labels.npy").read_bytes()
    (tmp_path / "labels.npy").write_bytes(whole[:-3])
    dump("--texts", tmp_path / "labels.npy", fails="labels.npy: the shape needs more bytes than follow")
    (tmp_path / "labels.npy").write_bytes(whole.replace(b"(4,)", b"(4000000000000,)".ljust(4)))
    dump("--texts", tmp_path / "labels.npy", fails="labels.npy: ")


def test_zip_files_that_numpy_does_not_write(dump, read, tmp_path):
    entry = io.BytesIO()
    np.save(entry, np.arange(3.0))
    path = tmp_path / "a.npz"
    with zipfile.ZipFile(path, "w", zipfile.ZIP_BZIP2) as z:
        z.writestr("W1.npy", entry.getvalue())
    dump(path, fails="array 'W1': is compressed by method 12")
    with zipfile.ZipFile(path, "w") as z:
        z.writestr("W1.npy", entry.getvalue())
        with pytest.warns(UserWarning):
            z.writestr("W1.npy", entry.getvalue())
    dump(path, fails="a.npz: holds two arrays named 'W1'")
    with zipfile.ZipFile(path, "w") as z:
        z.writestr("README", "x")
    dump(path, fails="is a zip file without arrays")
    with zipfile.ZipFile(path, "w") as z:
        z.writestr("W1.npy", entry.getvalue() * 2)
    dump(path, fails="array 'W1': the shape (3,) needs 24 bytes, but 176 follow")
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as z:
        z.writestr("W1.npy", entry.getvalue()[:-1])
    dump(path, fails="needs 24 bytes, but only 23 follow: the file is cut off or damaged")
    with zipfile.ZipFile(path, "w") as z:  # sizes that are only known behind the entry, and zip64
        with z.open("W1.npy", "w", force_zip64=True) as file:
            file.write(entry.getvalue())
        z.writestr("README", "x")
    same(read(path)["W1"], np.arange(3.0))


def test_zip64(read, tmp_path, monkeypatch):
    """The form for what is larger than 4 GB, in small."""
    monkeypatch.setattr(zipfile, "ZIP64_LIMIT", 100)
    monkeypatch.setattr(zipfile, "ZIP_FILECOUNT_LIMIT", 1)
    path = tmp_path / "a.npz"
    for save in np.savez, np.savez_compressed:
        save(path, x=np.arange(100.0), y=np.zeros(3), z=np.ones((20, 2)))
        assert b"PK\6\6" in path.read_bytes()
        got = read(path)
        same(got["x"], np.arange(100.0))
        same(got["z"], np.ones((20, 2)))


def test_a_comment_behind_the_archive(read, tmp_path):
    path = tmp_path / "a.npz"
    np.savez(path, x=np.arange(3.0))
    with zipfile.ZipFile(path, "a") as z:
        z.comment = b"made by hand PK\5\6 " * 40
    same(read(path)["x"], np.arange(3.0))


def test_many_small_arrays(dump, tmp_path):
    """How long they take is in bench/arrays.c."""
    np.savez(tmp_path / "a.npz", **{f"w{i}": np.zeros(1) for i in range(30000)})
    assert dump(tmp_path / "a.npz").count("\n") == 30000
    dump("--npz", "f64", tmp_path / "b.npz", tmp_path / "a.npz")
    with np.load(tmp_path / "b.npz") as again:
        assert again.files == [f"w{i}" for i in range(30000)]


def test_a_small_packed_file_gets_no_large_memory(dump, read, tmp_path):
    """Zeros are packed a thousandfold: what is meant may be so large, but nobody is surprised."""
    with zipfile.ZipFile(tmp_path / "a.npz", "w", zipfile.ZIP_DEFLATED) as z:
        with z.open("x.npy", "w") as file:
            file.write(b"\x93NUMPY\1\0" + struct.pack("<H", 118)
                       + b"{'descr': '|u1', 'fortran_order': False, 'shape': (140000000,), }".ljust(117) + b"\n")
            for _ in range(140):
                file.write(bytes(1000000))
    dump(tmp_path / "a.npz", fails="'x' has the shape (140000000,), and a packed file of this size has to be unpacked first for its 1.12 GB")
    header = struct.pack(">BBBBI", 0, 0, 8, 1, 140000000)
    with gzip.open(tmp_path / "b-ubyte.gz", "wb", compresslevel=1) as file:
        file.write(header)
        for _ in range(140):
            file.write(bytes(1000000))
    dump(tmp_path / "b-ubyte.gz", fails="has to be unpacked first")
    np.savez_compressed(tmp_path / "c.npz", x=np.zeros((3000, 1000), np.uint8))  # 24 MB from 6 kB
    assert read(tmp_path / "c.npz")["x"].shape == (3000, 1000)


def test_what_never_ends_is_refused(dump):
    dump("/dev/zero", fails="/dev/zero: is not a file of arrays that is known here")


def test_a_wrong_checksum_is_found(dump, tmp_path):
    np.savez(tmp_path / "a.npz", W1=np.arange(100.0))
    data = bytearray((tmp_path / "a.npz").read_bytes())
    data[600] ^= 1
    (tmp_path / "a.npz").write_bytes(data)
    dump(tmp_path / "a.npz", fails="array 'W1': cannot be read: CRC error")
    data = bytearray(gzip.compress(b"1,2\n" * 1000))
    data[-5] ^= 1
    (tmp_path / "a.csv.gz").write_bytes(data)
    dump(tmp_path / "a.csv.gz", fails="a.csv.gz: cannot be read: incorrect")


def test_npz_that_the_library_writes(dump, tmp_path):
    arrays = {"W1": np.random.default_rng(1).normal(size=(3, 4)), "s": np.array(-0.1), "b": np.array([np.inf, np.nan]),
              "none": np.zeros((0, 3)), "large": np.random.default_rng(2).normal(size=(70, 300)), "ä/b": np.ones(1)}
    np.savez(tmp_path / "in.npz", **arrays)
    for dtype, name in (np.float64, "f64"), (np.float32, "f32"):
        dump("--npz", name, tmp_path / "out.npz", tmp_path / "in.npz")
        piped = dump("--npz", name, "-", tmp_path / "in.npz", text=False)
        assert piped == (tmp_path / "out.npz").read_bytes()
        with np.load(tmp_path / "out.npz") as got, zipfile.ZipFile(tmp_path / "out.npz") as z:
            assert z.testzip() is None
            assert {i.date_time for i in z.infolist()} == {(1980, 1, 1, 0, 0, 0)}
            assert {i.compress_type for i in z.infolist()} == {zipfile.ZIP_STORED}
            assert got.files == list(arrays)
            for x in arrays:
                assert got[x].dtype == dtype
                np.testing.assert_array_equal(got[x], arrays[x].astype(dtype))
    assert sorted(p.name for p in tmp_path.iterdir()) == ["in.npz", "out.npz"]


@pytest.mark.parametrize("code, kind", [(8, "u1"), (9, "i1"), (11, ">i2"), (12, ">i4"), (13, ">f4"), (14, ">f8")])
@pytest.mark.parametrize("packed", [False, True])
def test_idx(read, dump, tmp_path, code, kind, packed):
    x = examples(kind).astype(kind)
    data = struct.pack(">BBBB", 0, 0, code, x.ndim) + struct.pack(f">{x.ndim}I", *x.shape) + x.tobytes()
    path = tmp_path / ("t10k-images.idx3-ubyte" + ".gz" * packed)
    pack = gzip.compress if packed else bytes
    path.write_bytes(pack(data))
    same(read(path)["t10k-images"], x)
    path.write_bytes(pack(data[:-1]))
    dump(path, fails="t10k-images.idx3-ubyte")
    path.write_bytes(pack(data + b"\0"))
    dump(path, fails="t10k-images.idx3-ubyte")
    path.write_bytes(pack(data)[:-9])
    dump(path, fails="t10k-images.idx3-ubyte")


def test_a_small_file_gets_no_large_memory(dump, tmp_path):
    """What the header declares, 2^40 bytes, must not be allocated first."""
    header = struct.pack(">BBBB4I", 0, 0, 8, 4, 1 << 10, 1 << 10, 1 << 10, 1 << 10)
    path = tmp_path / "x-ubyte"
    path.write_bytes(header + bytes(1000))
    dump(path, fails="needs 1099511627776 bytes, but only 1000 follow")
    path.write_bytes(gzip.compress(header + bytes(1000)))
    dump(path, fails="needs 1099511627776 bytes, but at most")


def test_gzip_members_are_joined(read, tmp_path):
    path = tmp_path / "a.csv.gz"
    path.write_bytes(gzip.compress(b"1,2\n3,") + gzip.compress(b"4\n"))
    same(read(path)["a"], [[1, 2], [3, 4]])


def test_npz_in_gzip_is_refused(dump, tmp_path):
    np.savez(tmp_path / "a.npz", x=np.zeros(1))
    (tmp_path / "a.npz.gz").write_bytes(gzip.compress((tmp_path / "a.npz").read_bytes()))
    dump(tmp_path / "a.npz.gz", fails="is packed twice")


def test_csv_numbers_are_read_as_python_reads_them(read, tmp_path):
    generator = np.random.default_rng(3)
    texts = []
    for _ in range(3000):
        digits = "".join(map(str, generator.integers(0, 10, generator.integers(1, 25))))
        point = generator.integers(0, len(digits) + 1)
        exponent = ["", f"e{generator.integers(-330, 330)}", f"E+{generator.integers(0, 25)}"][generator.integers(3)]
        texts.append("-" * generator.integers(2) + digits[:point] + "." + digits[point:] + exponent)
    texts += ["0", "-0", "1e400", "4.9e-324", "2.4703282292062327e-324", "1.7976931348623157e308", "Inf", "-infinity",
              "9007199254740993", "0.1e22", "1e23", "123456789012345678e-22"]
    (tmp_path / "x.csv").write_text("\n".join(texts))
    same(read(tmp_path / "x.csv")["x"], np.array([[float(t)] for t in texts]))


def test_csv_as_a_table(dump, tmp_path):
    rows = [["size", "kind, of", "quoted \"x\""],
            [1.5, "zebra", "a\nb"], [2, "ant, red", "ü"], [-3e-9, "zebra", "\"q\""]]
    with open(tmp_path / "t.csv", "w", newline="") as file:
        csv.writer(file).writerows(rows)
    lines = dump("--table", tmp_path / "t.csv")
    assert lines.startswith("size\t\nkind, of\tant, red|zebra\nquoted \"x\"\t\"q\"|a\nb|ü\n")
    numbers = [[float.fromhex(x) for x in line.split()] for line in lines.splitlines()[-3:]]
    assert numbers == [[1.5, 1, 1], [2, 0, 2], [-3e-9, 1, 0]]


def test_csv_that_the_library_writes(dump, tmp_path):
    x = np.concatenate([np.random.default_rng(4).normal(size=(50, 3)), [[0.1, 1e300, 5e-324], [3, -0.0, np.inf]]])
    np.save(tmp_path / "x.npy", x)
    dump("--csv", tmp_path / "y.csv", tmp_path / "x.npy")
    np.testing.assert_array_equal(np.loadtxt(tmp_path / "y.csv", delimiter=","), x)
    assert dump("--csv", "-", tmp_path / "x.npy") == (tmp_path / "y.csv").read_text()
    assert (tmp_path / "y.csv").read_text().endswith("0.1,1e+300,5e-324\n3,-0,inf\n")


def test_pandas_and_excel_forms(dump, tmp_path):
    path = tmp_path / "t.csv"
    path.write_bytes("\ufeffName;Größe\r\nx;1.5\r\ny;2\r\n".encode())
    assert dump("--table", path).splitlines()[:2] == ["Name\tx|y", "Größe\t"]
    path.write_bytes("\ufeffName;Größe\r\nx;1,5\r\ny;2\r\n".encode())
    assert dump("--table", path).splitlines()[:3] == ["Name\tx|y", "Größe\t", "0x0p+0 0x1.8p+0"]
    path.write_bytes("\ufeffName,Größe\r\nx,\"1,5\"\r\n".encode())
    dump("--table", path, fails="t.csv:2:2: column 2 'Größe': '1,5' is not one number")
    path.write_bytes(b",a,b\n0,1.5,2\n1,3,\n")
    dump("--table", path, fails="t.csv:3:3: column 3 'b': '' is empty")


def test_nan_in_text_is_no_number_but_inf_is(dump, read, tmp_path):
    (tmp_path / "t.csv").write_text("a\n1\nnan\n")
    dump(tmp_path / "t.csv", fails="t.csv:3:1: column 1 'a': 'nan' is not a number")
    (tmp_path / "t.csv").write_text("a\n1\n-inf\n")
    same(read(tmp_path / "t.csv")["t"], [[1], [-math.inf]])
