"""A text file is the same table by way of the disk as in memory: columns, names, numbers to the bit, and sentences."""

import bz2
import gzip
import lzma
import zipfile

import numpy as np
import pyarrow as pa
import pytest

import glassneuron as gn
from disk.test_open_table import same
from glassneuron.data.disk import kept, plain
from glassneuron.data.reading import Reading
from glassneuron.data.table import read_table


@pytest.fixture(autouse=True)
def _small(monkeypatch):
    """Let even small columns lie on the disk, and small blocks be blocks."""
    monkeypatch.setattr(kept, "SMALL", 0)
    monkeypatch.setattr(kept, "BLOCK", 1 << 12)
    monkeypatch.setattr(plain, "LOOK", 1 << 11)
    monkeypatch.setattr("glassneuron.data.disk.build.BLOCK", 37)


def told(work):
    """Return a table, or the error that it raises as a text."""
    try:
        return work()
    except gn.GlassneuronError as error:
        return f"{error.code}: {error}"


def compare(path, target="y", missing="refuse", reading=None):
    """Read a file both ways; return the table in memory, or the sentence that both say."""
    reading = Reading() if reading is None else reading
    memory = told(lambda: read_table(path, target, missing=missing, reading=reading))
    disk = told(lambda: gn.open_table(path, target, missing=missing, reading=reading))
    if isinstance(memory, str) or isinstance(disk, str):
        assert disk == memory
        return memory
    assert same(disk, memory)
    assert disk.notes == memory.notes
    assert disk.whole_target == memory.whole_target
    return memory


ROWS = 120
FILES = {
    "plain": "a,b,y\n" + "1,0.5,0\n2,0.25,1\n" * ROWS,
    "no header": "1.5,0.5,no\n2.5,0.25,yes\n" * ROWS,
    "comments": "# made by hand\na,b,y\n" + "1,0.5,0\n# half\n2,0.25,1\n" * ROWS,
    "a late comment": "a,b,y\n" + "1,0.5,0\n2,0.25,1\n" * ROWS + "# the end\n",
    "commas": "a;b;y\n" + "1,5;0,5;0\n2,5;1;1\n" * ROWS,
    "a late comma": "a;b;y\n" + "1;5;0\n2;1;1\n" * ROWS + "1,5;2;0\n",
    "thousands": "a\tb\ty\n" + "1,299.5\t$5\t0\n2,000\t$7.5\t1\n" * ROWS,
    "points": "a;b;y\n" + "1.299,5;2.000;0\n2,5;1.000;1\n" * ROWS,
    "ambiguous": 'a,y\n"1,299",0\n"2,500",1\n' * ROWS,
    "units": "a,b,y\n" + "25%,3 kg,0\n7%,4 kg,1\n" * ROWS,
    "late units": "a,b,y\n" + "25,3,0\n7,4,1\n" * ROWS + "5 %,3 kg,1\n",
    "codes": "a,b,y\n" + "1,42,0\n2,43,1\n" * ROWS + "1,042,1\n",
    "negative codes": "a,b,y\n" + "1,42,0\n2,43,1\n" * ROWS + "-01,42,1\n",
    "small exponents": "a,b,y\n" + "1e-05,0.05,0\n2e-07,0.25,1\n" * ROWS,
    "hexadecimal": "a,b,y\n" + "1,2,0\n2,3,1\n" * ROWS + "0x10,2,1\n",
    "late fractions": "a,b,y\n" + "1,2,0\n2,3,1\n" * ROWS + "1.5,-0,2.5\n",
    "minus nothing": "a,b,y\n" + "1,2,0\n2,-0,1\n" * ROWS,
    "beyond whole numbers": "a,b,y\n" + "1,2,0\n2,3,1\n" * ROWS + "99999999999999999999,3,0\n",
    "truth": "a,b,y\n" + "1,true,0\n2,false,1\n" * ROWS,
    "truth as people write it": "a,b,y\n" + "1,True,0\n2,FALSE,1\n3,tRUE,1\n" * ROWS,
    "late truth": "a,b,y\n" + "1,,0\n2,,1\n" * ROWS + "3,true,0\n4,false,1\n",
    "truth that becomes text": "a,b,y\n" + "1,true,0\n2,false,1\n" * ROWS + "3,maybe,0\n",
    "two texts": "a,b,y\n" + "1,red,0\n2,blue,1\n" * ROWS,
    "dates": "a,b,y\n" + "1,2024-01-31,0\n2,2023-12-01,1\n" * ROWS,
    "dates and times": "a,b,y\n" + "1,2024-01-31,0\n2,2023-12-01,1\n" * ROWS + "3,2024-02-01 12:30:00,0\n",
    "written dates": "a,b,y\n" + "1,31.12.2024,0\n2,1.2.2024,1\n" * ROWS,
    "times of day": "a,b,y\n" + "1,9:30,0\n2,17:05,1\n" * ROWS,
    "gaps": "a,b,y\n" + "1,0.5,0\n2,,1\n" * ROWS,
    "words for gaps": "a,b,y\n" + "1,0.5,0\nNA,0.25,1\n" * ROWS,
    "words among numbers": "a,b,y\n" + "1,0.5,0\n-,0.25,1\n" * ROWS,
    "a late gap": "a,b,y\n" + "1,0.5,0\n2,0.25,1\n" * ROWS + ",3,1\n",
    "gaps in texts": "a,b,y\n" + "1,red,0\n2,,1\n3,blue,1\n" * ROWS,
    "gaps in the target": "a,b,y\n" + "1,0.5,0\n2,0.25,\n3,0.5,1\n" * ROWS,
    "nothing in the target": "a,b,y\n" + "1,0.5,\n2,0.25,\n" * ROWS,
    "infinity": "a,b,y\n" + "1,0.5,0\n2,0.25,1\n" * ROWS + "inf,1,0\n",
    "a text among numbers": "a,b,y\n" + "".join(f"{k},{k / 8},{k % 2}\n" for k in range(ROWS)) + "oops,1,0\n",
    "too many texts": "a,b,y\n" + "".join(f"{k % 7},n{k % 60},{k % 2}\n" for k in range(3 * ROWS)),
    "names of rows": "name,b,y\n" + "".join(f"n{k},{k % 7},{k % 2}\n" for k in range(ROWS)),
    "numbers of rows": "id,b,y\n" + "".join(f"{k + 1},{k % 7},{k % 2}\n" for k in range(ROWS)),
    "numbers without a name": ",b,y\n" + "".join(f"{k},{k % 7},{k % 2}\n" for k in range(ROWS)),
    "as R writes them": "b,y\n" + "".join(f"r{k},{k % 7},{k % 2}\n" for k in range(ROWS)),
    "a comma too many": "a,b,y\n" + "1,0.5,0,\n2,0.25,1,\n" * ROWS,
    "copies and constants": "a,b,c,d,y\n" + "1,1,7,1.0,0\n2,2,7,2.0,1\n" * ROWS,
    "a copy but for one row": "a,b,y\n" + "1,1,0\n2,2,1\n" * ROWS + "3,4,1\n",
    "quotes": 'a,"b, c",y\n' + '1,"x, y",0\n2,"z",1\n' * ROWS,
    "lines in quotes": "a,b,y\n" + '1,"x\ny",0\n2,"z",1\n' * ROWS,
    "spaces before quotes": "a, b, y\n" + '1, "x", 0\n2, "z", 1\n' * ROWS,
    "quoted gaps": "a,b,y\n" + '1,"",0\n2,"3",1\n' * ROWS,
    "late quotes": "a,b,y\n" + "1,0.5,0\n2,0.25,1\n" * ROWS + '"3",2,1\n',
    "spaces": "a , b,y\n" + " 1, 0.5 ,0\n2,0.25,1\n" * ROWS,
    "umlauts": "größe,b,y\n" + "1,süß,0\n2,herb,1\n" * ROWS,
    "a late umlaut": "a,b,y\n" + "1,suess,0\n2,herb,1\n" * ROWS + "3,süß,1\n",
    "semicolon text": "a;b;y\n" + "1;x,y;0\n2;z;1\n" * ROWS,
    "excel says": "sep=|\na|b|y\n" + "1|2|0\n2|3|1\n" * ROWS,
    "texts as classes": "a,b,y\n" + "1,0.5,no\n2,0.25,yes\n3,1,no\n" * ROWS,
    "a class that is met late": "a,b,y\n" + "1,0.5,no\n2,0.25,yes\n" * ROWS + "3,1,perhaps\n",
    "a word among classes": "a,b,y\n" + "1,0.5,1\n2,0.25,2\n" * ROWS + "3,1,x\n",
    "units in the target": "a,b,y\n" + "1,0.5,3 %\n2,0.25,4 %\n" * ROWS,
    "one row": "a,b,y\n1,2,0\n",
    "ragged": "a,b,y\n" + "1,2,0\n" * ROWS + "1,2\n" + "2,3,1\n" * ROWS,
    "a header alone": "a,b,y\n",
    "nothing": "",
    "zero bytes": "a,b,y\n" + "1,2,0\n" * ROWS + "\0,2,1\n",
    "a name twice": "a,a,y\n" + "1,2,0\n2,3,1\n" * ROWS,
}  # fmt: skip


@pytest.mark.parametrize("name", FILES)
def test_every_way_to_write_a_file(tmp_path, name):
    path, target = tmp_path / "t.csv", "x3" if name == "no header" else "y"
    path.write_text(FILES[name], newline="")
    for missing in ("refuse", "drop", "mean", "fill"):
        compare(path, target, missing, Reading(keep=()))
    compare(path, target)


@pytest.mark.parametrize("said", [
    {"decimal": ","}, {"decimal": "."}, {"thousands": "."}, {"gaps": ("-", "x")}, {"gaps": ()}, {"header": False},
    {"header": True}, {"text": ("a",)}, {"numeric": ("b",)}, {"drop": ("a",)}, {"only": ("b",)}, {"keep": ("b",)},
    {"task": "regression"}, {"encoding": "latin-1"}, {"dates": ("month",)}, {"date_order": "dmy"}, {"drop": ("none",)},
], ids=str)  # fmt: skip
def test_what_is_said_is_heard(tmp_path, said):
    path = tmp_path / "t.csv"
    for name in ("plain", "commas", "points", "codes", "words among numbers", "written dates", "umlauts", "two texts"):
        path.write_text(FILES[name], newline="")
        compare(path, "x3" if said.get("header") is False else "y", reading=Reading(**said))


@pytest.mark.parametrize("charset", ["utf-8-sig", "utf-16", "utf-16-le", "utf-16-be", "windows-1252", "utf-8"])
@pytest.mark.parametrize("name", ["umlauts", "a late umlaut", "quotes", "plain"])
def test_every_encoding(tmp_path, name, charset):
    path = tmp_path / "t.csv"
    path.write_bytes(FILES[name].encode(charset))
    compare(path)
    compare(path, reading=Reading(encoding=charset))
    compare(path, reading=Reading(encoding="klingon"))


@pytest.mark.parametrize("suffix", [".gz", ".bz2", ".xz", ".zst", ".zip"])
@pytest.mark.parametrize("name", ["plain", "comments", "umlauts"])
def test_every_packing(tmp_path, name, suffix):
    path, text = tmp_path / f"t.csv{suffix}", FILES[name].encode()
    if suffix == ".zip":
        with zipfile.ZipFile(path, "w") as archive:
            archive.writestr("t.csv", text)
    else:
        pack = {".gz": gzip.compress, ".bz2": bz2.compress, ".xz": lzma.compress}
        pack[".zst"] = lambda content: pa.compress(content, "zstd", asbytes=True)
        path.write_bytes(pack[suffix](text))
    compare(path)
    path.write_bytes(path.read_bytes()[:-40])
    compare(path)


MAKERS = [
    lambda r, n: r.integers(-5, 9, n).astype(str),
    lambda r, n: r.normal(size=n).astype(str),
    lambda r, n: np.char.replace(r.normal(size=n).round(2).astype(str), ".", ","),
    lambda r, n: r.choice(["red", "blue", "green"], n),
    lambda r, n: r.choice(["true", "False", "TRUE"], n),
    lambda r, n: r.choice(["1", "2", "", "NA"], n),
    lambda r, n: r.choice(["007", "12", "x"], n, p=[0.02, 0.9, 0.08]),
    lambda r, n: np.char.add(r.integers(1, 99, n).astype(str), " %"),
    lambda r, n: (np.datetime64("2024-01-01") + r.integers(0, 700, n)).astype(str),
    lambda r, n: np.full(n, "same"),
    lambda r, n: np.arange(n).astype(str),
    lambda r, n: np.where(r.random(n) < 0.004, "1.5", "2"),
    lambda r, n: np.where(r.random(n) < 0.004, "oops", r.integers(0, 99, n).astype(str)),
    lambda r, n: np.where(r.random(n) < 0.004, "", r.normal(size=n).astype(str)),
]


@pytest.mark.parametrize("seed", range(16))
def test_tables_at_random(tmp_path, seed):
    random = np.random.default_rng(seed)
    rows, path = int(random.integers(1, 400)), tmp_path / "t.csv"
    columns = [MAKERS[k](random, rows) for k in random.integers(0, len(MAKERS), random.integers(1, 6))]
    columns.append(random.choice(["0", "1", "2"], rows))
    mark = random.choice([",", ";", "\t"])

    def quote(cell):
        return f'"{cell}"' if mark in cell else cell

    lines = [mark.join([*(f"c{j}" for j in range(len(columns) - 1)), "y"])]
    lines += [mark.join(map(quote, row)) for row in zip(*columns, strict=True)]
    path.write_text("\n".join(lines) + "\n")
    for missing in ("refuse", "drop", "fill"):
        compare(path, "y", missing, Reading(keep=()) if seed % 2 else None)
