"""C99: compiled by gcc and clang without a warning, under sanitizers, and equal to the model."""

import json
import re
import subprocess

import numpy as np
import pytest

import glassneuron as gn
from glassneuron.data.bundled import bundled
from glassneuron.data.encoding import Encoding
from glassneuron.data.table import read_table
from glassneuron.interop.export.description import describe
from glassneuron.interop.export.languages.c_code import identifier
from interop.tools import needed
from interop.zoo import COLOURS, OTHER, Case, agree, awkward, cases, frame_of, random_rows

STRICT = ["-std=c99", "-Wall", "-Wextra", "-Werror", "-pedantic"]
SANITIZED = ["-O0", "-fsanitize=address,undefined", "-fno-sanitize-recover=all"]
MANY = 10_000
TEXTS = [*COLOURS, OTHER]
MAIN = """
#include <stdio.h>
#include <stdlib.h>
{includes}
static double number(FILE *in) {{ double x; if (fread(&x, sizeof x, 1, in) != 1) exit(2); return x; }}
static void put(double x) {{ fwrite(&x, sizeof x, 1, stdout); }}
{functions}
int main(int count, char **paths) {{
  FILE *in = fopen(paths[count - 1], "rb");
  if (!in) return 3;
{calls}
  return fclose(in);
}}
"""
FUNCTION = """
static void ask_{name}(FILE *in) {{
  {name}_real out[{room}];
  int r, k, place;
  (void)out;
  for (r = 0; r < {rows}; r++) {{
{row}
    place = {predict};
    put(place);
{numbers}
    for (k = 0; k < {count}; k++) put(out[k]);
  }}
}}"""


def asked():
    """Return all cases, two of them with many rows."""
    chosen = dict(cases())
    records, _, _ = awkward(3, MANY)
    model = chosen["table_network_4"].model
    X = read_table(frame_of(records), encoding=Encoding.from_dict(model.encoding)).X
    chosen["many_rows_of_a_table"] = Case("many_rows_of_a_table", lambda: model, X, records)
    net = chosen["network_tanh"].model
    chosen["many_rows"] = Case("many_rows", lambda: net, random_rows(9, 4, MANY))
    return chosen


def place(text):
    """Return where a text stands in the program's list; a gap is the null pointer at its end."""
    return len(TEXTS) if text is None else TEXTS.index(text)


def program(folder, chosen, dtype):
    """Write a program that asks all models, and the file of their rows."""
    functions, data = [], []
    for name, case in chosen.items():
        gn.export(case.model, folder / f"{name}.h", dtype=dtype)
        described = describe(case.model)
        if described.table:
            fields = [f"row.{identifier(c.name)}" for c in described.columns]
            kinds = [c.kind for c in described.columns]
            reads = [
                f"    {field} = texts[(int)number(in)];"
                if kind == "text"
                else f"    {field} = ({name}_real)number(in);"
                for field, kind in zip(fields, kinds, strict=True)
            ]
            row = "\n".join([f"    {name}_row row;", *reads])
            argument = "&row"
            for record in case.records:
                cells = zip(record.values(), kinds, strict=True)
                data.append(np.array([place(v) if kind == "text" else np.nan if v is None else v for v, kind in cells]))
        else:
            width = case.X.shape[1]
            row = f"    {name}_real row[{width}];\n    for (k = 0; k < {width}; k++) row[k] = ({name}_real)number(in);"
            argument = "row"
            data.append(case.X.ravel())
        count = case.expected[1].shape[1]
        if described.classes is None:
            predict, numbers = f"{name}_predict({argument}, out)", ""
        elif described.probable:
            predict, numbers = f"{name}_predict({argument})", f"    if ({name}_predict_proba({argument}, out)) exit(4);"
        else:
            predict = f"{name}_predict({argument})"
            numbers = f"    if ({name}_sums({argument}, out)) exit(4);"
        functions.append(
            FUNCTION.format(
                name=name, room=count, rows=len(case.X), row=row, predict=predict, numbers=numbers, count=count
            )
        )
    texts = "static const char *const texts[] = {" + ", ".join(map(json.dumps, TEXTS)) + ", 0};"
    texts = texts.replace("\\u00fc", "\\303\\274")
    main = MAIN.format(
        includes="\n".join([*(f'#include "{name}.h"' for name in chosen), texts]),
        functions="\n".join(functions), calls="\n".join(f"  ask_{name}(in);" for name in chosen),
    )  # fmt: skip
    (folder / "main.c").write_text(main)
    np.concatenate(data).tofile(folder / "rows")


@pytest.mark.parametrize(("compiler", "dtype"), [("gcc", "float64"), ("clang", "float32")])
def test_answers_of_compiled_code(tmp_path, compiler, dtype):
    needed(compiler)
    chosen = asked()
    program(tmp_path, chosen, dtype)
    call = [compiler, *STRICT, *SANITIZED, "main.c", "-o", "main", "-lm"]
    subprocess.run(call, cwd=tmp_path, check=True)
    done = subprocess.run(["./main", "rows"], cwd=tmp_path, capture_output=True, check=True)
    given, at = np.frombuffer(done.stdout), 0
    for name, case in chosen.items():
        labels, right = case.expected
        size = len(case.X) * (1 + right.shape[1])
        table, at = given[at : at + size].reshape(len(case.X), -1), at + size
        if labels is None:
            assert not table[:, 0].any(), name
        else:
            labels = np.asarray(case.value.classes)[table[:, 0].astype(int)]
        if dtype == "float64":
            agree(case, labels, table[:, 1:], 1e-12)
        else:
            loosely(case, labels, table[:, 1:])
    assert at == len(given)


def loosely(case, labels, numbers):
    """Compare answers in single precision: where a step is close to its tie, it may fall to the other side."""
    if "voted" not in case.name and "step" not in case.name:
        agree(case.rounded, labels, numbers, 1e-5, exact=False)


@pytest.mark.parametrize("compiler", ["gcc", "clang"])
@pytest.mark.parametrize("suffix", ["c", "h"])
@pytest.mark.parametrize("dtype", ["float64", "float32"])
def test_no_compiler_warns(tmp_path, compiler, suffix, dtype):
    """Of either kind of file and of float, also for a processor of 32 bits, for which no library is needed."""
    needed(compiler)
    (tmp_path / "gnu").mkdir()
    (tmp_path / "gnu" / "stubs-32.h").write_text("")
    names = ["table_sigmoid_4", "table_number", "network_relu", "layer_softmax", "gate", "perceptron_1", "sigmoid_rest"]
    paths = [str(gn.export(cases()[name].model, tmp_path / f"{name}.{suffix}", dtype=dtype)) for name in names]
    (tmp_path / "all.c").write_text("".join(f'#include "{path}"\n' for path in paths))
    own = ["/usr/include/x86_64-linux-gnu"]
    for bits in ([], ["-m32", f"-I{tmp_path}", *(f"-I{path}" for path in own)]):
        done = subprocess.run(
            [compiler, *STRICT, "-O2", *bits, "-c", "all.c", "-o", "all.o"],
            cwd=tmp_path,
            capture_output=True,
            text=True,
        )
        assert done.returncode == 0, done.stderr
        names = subprocess.run(["nm", "-u", "all.o"], cwd=tmp_path, capture_output=True, text=True, check=True).stdout
        assert not re.search(r"alloc|free", names)


def test_a_row_that_no_model_answers_is_told(tmp_path):
    needed("gcc")
    gn.export(cases()["table_sigmoid_4"].model, tmp_path / "m.h")
    (tmp_path / "main.c").write_text(
        '#include <stdio.h>\n#include <math.h>\n#include "m.h"\nint main(void) {\n'
        '  m_row rows[5] = {{2000, 1, "rot"}, {NAN, 1, "rot"}, {2000, NAN, "rot"}, {2000, INFINITY, "rot"}, '
        '{2000, 1, "gelb"}};\n  int i; double p[4];\n'
        '  for (i = 0; i < 5; i++) printf("%d %d\\n", m_predict(&rows[i]), m_predict_proba(&rows[i], p));\n'
        '  rows[0].f_rbe_s = 0; printf("%d\\n%s\\n", m_predict(&rows[0]), m_labels[3]);\n  return 0;\n}\n'
    )
    subprocess.run(["gcc", *STRICT, "main.c", "-o", "main", "-lm"], cwd=tmp_path, check=True)
    done = subprocess.run(["./main"], cwd=tmp_path, capture_output=True, text=True, check=True).stdout.split("\n")
    assert [line.split()[-1] for line in done[:6]] == ["0", "0", "-1", "-1", "-2", "-2"]
    assert done[6] == cases()["table_sigmoid_4"].model.classes[3]


def test_weights_in_8_bits_are_measured(tmp_path):
    """A network of 64-32-10 loses less than 1 % of its accuracy on digits, and says how much."""
    needed("gcc")
    table = read_table(bundled("digits"), "digit")
    estimator = gn.MLPClassifier((32,)).fit(table.X, table.y)
    path = gn.export(estimator, tmp_path / "digits.h", dtype="float32", bits=8, rows=table.X, answers=table.y)
    text = path.read_text()
    assert "int8_t" in text
    now, before = (float(share) / 100 for share in re.findall(r"([\d.]+)%", text))
    assert abs(before - np.mean(estimator.predict(table.X) == table.y)) < 1e-4
    (tmp_path / "main.c").write_text(
        '#include <stdio.h>\n#include "digits.h"\nint main(void) {\n  static digits_real row[64];\n  int i;\n'
        '  FILE *in = fopen("rows", "rb");\n  if (!in) return 1;\n'
        '  while (fread(row, sizeof row, 1, in) == 1) printf("%d\\n", (int)digits_labels[digits_predict(row)]);\n'
        "  i = fclose(in);\n  return i;\n}\n"
    )
    table.X.astype(np.float32).tofile(tmp_path / "rows")
    subprocess.run(["gcc", *STRICT, "-O2", "main.c", "-o", "main", "-lm"], cwd=tmp_path, check=True)
    done = subprocess.run(["./main"], cwd=tmp_path, capture_output=True, text=True, check=True).stdout.split()
    measured = np.mean(np.array(done, int) == table.y)
    assert abs(measured - now) < 2e-3
    assert now > before - 0.01


def test_what_a_header_cannot_hold_is_named(refused):
    with refused("cannot-hold", "C", "64 bits"):
        gn.export(gn.Model((gn.Neuron([1.0]),), (1, 2**63 + 5), ("x",)), "h")
    with refused("cannot-hold", "1e+300"):
        gn.export(gn.Neuron([1e300]), "h", dtype="float32")
    with refused("parameter", "bits"):
        gn.export(gn.Neuron([1.0]), "h", bits=4)
    with refused("parameter", "rows"):
        gn.export(gn.Neuron([1.0]), "h", rows=[[1.0]])
    with refused("parameter", "dtype", ".py"):
        gn.export(gn.Neuron([1.0]), "py", dtype="float32")
