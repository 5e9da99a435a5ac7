"""Truth tables: named gates, formulas, numbers."""

import itertools

import pytest
from hypothesis import given
from hypothesis import strategies as st

import glassneuron as gn
from glassneuron.errors import ParameterError
from glassneuron.neurons.logic.formula import evaluate
from glassneuron.neurons.logic.gates import NETWORKS, NEURONS
from glassneuron.neurons.logic.truth_table import truth_table

LOGIC = {
    "not": lambda a: not a,
    "and": lambda a, b: a and b,
    "or": lambda a, b: a or b,
    "nand": lambda a, b: not (a and b),
    "nor": lambda a, b: not (a or b),
    "xor": lambda a, b: a != b,
    "xnor": lambda a, b: a == b,
    "implies": lambda a, b: not a or b,
    "majority": lambda a, b, c: a + b + c >= 2,
    "parity": lambda a, b, c: (a + b + c) % 2,
    "multiplexer": lambda s, a, b: b if s else a,
    "at-least-2": lambda a, b, c: a + b + c >= 2,
    "at-least-1": lambda a, b: a or b,
}
WIDE = {
    ("and", 4): lambda *bits: min(bits),
    ("nor", 3): lambda *bits: not max(bits),
    ("xor", 5): lambda *bits: sum(bits) % 2,
    ("majority", 5): lambda *bits: sum(bits) >= 3,
    ("majority", 4): lambda *bits: sum(bits) >= 3,
    ("at-least-3", 6): lambda *bits: sum(bits) >= 3,
    ("multiplexer", 6): lambda s, t, *data: data[2 * s + t],
    ("multiplexer", 11): lambda s, t, u, *data: data[4 * s + 2 * t + u],
}


@pytest.mark.parametrize("name", sorted(LOGIC))
def test_named_tables_are_their_logic(name):
    table = truth_table(name)
    assert table == gn.TruthTable.of(LOGIC[name], table.n_inputs)
    assert truth_table(name.upper()) == table


@pytest.mark.parametrize("case", sorted(WIDE))
def test_gates_of_more_inputs(case):
    assert truth_table(*case) == gn.TruthTable.of(WIDE[case], case[1])


@pytest.mark.parametrize("name", sorted(NEURONS))
def test_named_neurons_compute_their_table(name):
    assert NEURONS[name].truth_table() == truth_table(name)


@pytest.mark.parametrize("name", sorted(NETWORKS))
def test_named_networks_compute_their_table(name):
    assert gn.Network(NETWORKS[name]).truth_table() == truth_table(name)


def test_rows_are_in_counting_order():
    assert truth_table("and").rows.tolist() == [[0, 0], [0, 1], [1, 0], [1, 1]]
    assert truth_table("and").targets.tolist() == [0, 0, 0, 1]
    assert gn.TruthTable((1,)).rows.shape == (1, 0)


def test_numbers_and_functions():
    assert truth_table(6, 2) == truth_table("xor") == truth_table(lambda a, b: a ^ b, 2)
    assert truth_table(0, 3).outputs == (0,) * 8
    assert [row for row, answer in enumerate(truth_table(2**63 + 1, 6).outputs) if answer] == [0, 63]
    assert sum(truth_table(2**4096 - 1, 12).outputs) == 4096
    assert gn.TruthTable.of(6, 2) == gn.TruthTable.of("xor") == gn.TruthTable.of("a and not b or b and not a")
    assert gn.TruthTable.of("parity", 4) == truth_table("parity", 4)
    assert [truth_table(f, 1).outputs for f in range(4)] == [(0, 0), (1, 0), (0, 1), (1, 1)]


@pytest.mark.parametrize(
    ("text", "meaning"),
    [
        ("a and not b", lambda a, b: a and not b),
        ("a or b and c", lambda a, b, c: a or (b and c)),
        ("a xor b and c", lambda a, b, c: a != (b and c)),
        ("a or b xor c", lambda a, b, c: a or (b != c)),
        ("not a or b", lambda a, b: not a or b),
        ("a -> b -> c", lambda a, b, c: not a or (not b or c)),
        ("a nand b nor c", lambda a, b, c: not (not (a and b) or c)),
        ("!(x1 & ~x2) | x3", lambda a, b, c: not (a and not b) or c),
        ("¬p ∧ q ∨ r ⊕ 1", lambda p, q, r: (not p and q) or (not r)),
        ("majority(a, b, not c)", lambda a, b, c: a + b + (not c) >= 2),
        ("parity(a, b, c, 1)", lambda a, b, c: (a + b + c + 1) % 2),
        ("x10 = x2", lambda x2, x10: x2 == x10),
        ("(((a)))", lambda a: a),
    ],
)
def test_formulas(text, meaning):
    names, outputs = evaluate(text)
    assert outputs == gn.TruthTable.of(meaning, len(names)).outputs
    assert truth_table(text).outputs == outputs


def test_inputs_are_in_alphabetical_order_and_numbers_in_counting_order():
    assert evaluate("x10 or x2 or b or a")[0] == ("a", "b", "x2", "x10")


WORDS = {"and": "and", "or": "or", "xor": "!="}
formulas = st.recursive(
    st.sampled_from("abc"),
    lambda part: st.one_of(
        st.tuples(part, st.sampled_from(sorted(WORDS)), part).map(lambda t: f"({t[0]} {t[1]} {t[2]})"),
        part.map(lambda p: f"(not {p})"),
    ),
    max_leaves=12,
)


@given(formulas)
def test_formulas_mean_what_python_means(text):
    text = f"({text} or a and b and c or {text})"
    as_python = text
    for word, sign in WORDS.items():
        as_python = as_python.replace(f" {word} ", f" {sign} ")
    names, outputs = evaluate(text)
    for bits, output in zip(itertools.product((False, True), repeat=len(names)), outputs, strict=True):
        assert output == eval(as_python, {}, dict(zip(names, bits, strict=True)))


@given(st.text(alphabet="ab01()!&|^-> ,xorandmajority$é", max_size=40))
def test_any_text_is_read_or_refused_in_one_sentence(text):
    try:
        names, outputs = evaluate(text)
    except ParameterError as error:
        sentence = str(error)
    else:
        sentence = "cannot be read"
        assert len(outputs) == 2 ** len(names)
    assert "cannot be read" in sentence


@pytest.mark.parametrize(
    ("text", "sentence"),
    [
        ("a and", "it ends where a name should be"),
        ("a b", "'b' stands where an operator"),
        ("(a or b", "it ends where '\\)' should be"),
        ("a $ b", "'\\$' stands"),
        ("1", "it has no name"),
        ("", "it ends where a name"),
        ("(" * 5000 + "a", "nested more than 100 deep"),
        (" or ".join("abcdefghijklmnopqrst"), "20 different names"),
        ("maybe", "there is no gate 'maybe'. These have names: not, and, or"),
        ("at-least-", "there is no gate"),
    ],
)
def test_what_cannot_be_read_is_said(text, sentence):
    with pytest.raises(ParameterError, match=sentence):
        truth_table(text)


def test_a_long_formula_is_read():
    assert truth_table(" and ".join(["a", "b"] * 5000)) == truth_table("and")


@pytest.mark.parametrize(
    ("what", "n", "sentence"),
    [
        ("multiplexer", 4, "3, 6 or 11"),
        ("not", 2, "1 for not"),
        ("implies", 3, "2 for implies"),
        ("and", 17, "n_inputs"),
        ("and", 0, "n_inputs"),
        ("at-least-5", 3, "5 to 16 for at-least-5"),
        ("at-least-20", None, "at most 16 in at-least-K; got 20"),
        ("a and b", 3, "2, as in the formula"),
        (16, 2, "below 2\\^4"),
        (-1, 2, "table"),
        (6, None, "given with a function or a number"),
    ],
)
def test_gates_that_cannot_be(what, n, sentence):
    with pytest.raises(ParameterError, match=sentence):
        truth_table(what, n)
