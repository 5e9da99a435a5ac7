"""Circuits, asked every row of zeros and ones by Icarus Verilog."""

import itertools
import re
import subprocess

import numpy as np
import pytest

import glassneuron as gn
from interop.tools import needed

XOR = gn.Network([[gn.McCullochPitts([1, -1], 1), gn.McCullochPitts([-1, 1], 1)], [gn.McCullochPitts([1, 1], 1)]])


def bits_of(n):
    return np.array(list(itertools.product((0.0, 1.0), repeat=n)))


def learned(labels, **how):
    X = bits_of(3)
    y = (X @ [2, -1, 3] >= 2).astype(int) + (len(labels) > 2) * X[:, 1].astype(int)
    return gn.Perceptron(max_epochs=20, **how).fit(X, np.array(labels)[y])


CIRCUITS = {
    "and": lambda: gn.McCullochPitts([1, 1], 2),
    "threshold": lambda: gn.McCullochPitts([2, -3, 1, 5], 1.5),
    "never": lambda: gn.McCullochPitts([0, 0], 1),
    "always": lambda: gn.Neuron([0, -1], 1e6, "step", names=["wire", "1st; endmodule"]),
    "xor": lambda: XOR,
    "layer": lambda: gn.Layer([[3, -2, 1], [-1, -1, -1]], [-1, 2.5], "step"),
    "two": lambda: learned(["no", "*/ yes"]),
    "three": lambda: learned(["a", "b", "c"]),
    "voted": lambda: learned(["no", "yes"], variant="voted"),
}


@pytest.mark.parametrize("name", CIRCUITS)
def test_every_row_of_a_circuit(name, tmp_path):
    needed("iverilog", "vvp")
    model = CIRCUITS[name]()
    text = gn.export(model, tmp_path / "dut.v").read_text()
    value = getattr(model, "model_", model)
    inputs = re.findall(r"input wire (\w+)", text)
    outputs = re.findall(r"output wire (?:\[\d+:0\] )?(\w+)", text)
    width = int((re.findall(r"output wire \[(\d+):0\]", text) or ["0"])[0]) + 1
    X = bits_of(len(inputs))
    wires = "".join(f"  wire [{width - 1}:0] {name};\n" for name in outputs)
    ports = ", ".join(
        [f".{port}(row[{len(inputs) - 1 - j}])" for j, port in enumerate(inputs)] + [f".{o}({o})" for o in outputs]
    )
    shown = " ".join("%0d" for _ in outputs)
    (tmp_path / "bench.v").write_text(
        f"module bench;\n  reg [{len(inputs)}:0] row;\n{wires}  dut d ({ports});\n  initial begin\n"
        f'    for (row = 0; row < {len(X)}; row = row + 1) begin\n      #1 $display("{shown}", {", ".join(outputs)});\n'
        "    end\n  end\nendmodule\n"
    )
    subprocess.run(["iverilog", "-Wall", "-o", "out", "dut.v", "bench.v"], cwd=tmp_path, check=True)
    done = subprocess.run(["vvp", "out"], cwd=tmp_path, capture_output=True, text=True, check=True).stdout
    answers = np.array([line.split() for line in done.splitlines()], int)
    if isinstance(value, gn.Model):
        wanted = value.positions(X)[:, np.newaxis]
    else:
        wanted = np.asarray(value.feedforward(X)).reshape(len(X), -1).astype(int)
    np.testing.assert_array_equal(answers, wanted)


@pytest.mark.parametrize(
    ("model", "part"),
    [
        (gn.Neuron([0.5], 0, "step"), "the weight 0.5 in layer 1"),
        (gn.Neuron([1.0]), "sigmoid neurons in layer 1"),
        (gn.Neuron([2.0**54], 0, "step"), "beyond 2^53"),
        (gn.Model((gn.Neuron([1.0]),), ("a", "b"), ("x",)), "probabilities"),
    ],
)  # fmt: skip
def test_what_no_circuit_holds_is_named(model, part, refused):
    with refused("cannot-hold", "a circuit", part):
        gn.export(model, "v")
