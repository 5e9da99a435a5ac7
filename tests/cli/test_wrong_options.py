"""Options of `train` and tables that do not go together: one line, exit code 2."""

import pytest

T = "a,b,y\n1,2,no\n2,1,yes\n3,1,no\n4,2,yes\n5,9,yes\n2,2,no\n7,1,yes\n1,1,no\n"
NUMBERS = "a,y\n" + "".join(f"{i},{i / 7}\n" for i in range(30))
OWN = {
    "lacking": "a,y\n1,no\n",
    "unmet": "a,b,y\n1,2,no\n1,2,maybe\n",
    "other": "a,b,z\n1,2,no\n",
    "gap": "a,b,y\n1,,no\n",
    "words": "a,b,y\nx,2,no\n",
    "classes": "a,y\n1,no\n",
}
WRONG = {
    "hidden layers of an adaline": (T, ["--model", "adaline", "--hidden", "3"], "unless the model is 'network'"),
    "a rate for sigmoid": (T, ["--model", "sigmoid", "--rate", "0.1"], "and needs no learning rate; got 0.1."),
    "a rate for linear": (NUMBERS, ["--model", "linear", "--rate", "0.1"], "`--rate` must be left out for linear"),
    "a rate below zero": (T, ["--model", "adaline", "--rate", "-1"], "`--rate` must be in (0, inf); got -1."),
    "no epochs": (T, ["--model", "sigmoid", "--epochs", "0"], "`--epochs` must be in [1, inf); got 0."),
    "numbers for a sigmoid": (NUMBERS, ["--model", "sigmoid"], "a sigmoid neuron predicts classes"),
    "where numbers go": (NUMBERS, ["--model", "adaline"], "or use --model linear or --model network, which predict"),
    "classes for a linear": (T, ["--model", "linear"], "`y` holds classes (no, yes), but a linear neuron predicts"),
    "one number": ("a,y\n1,3.5\n2,3.5\n", ["--model", "linear"], "`y` is 3.5 in every row"),
    "one class": ("a,y\n1,no\n2,no\n", ["--model", "pocket"], "`y` holds one class only, 'no'"),
    "no number": (
        "a,y\n1,nan\n2,1.5\n",
        ["--model", "linear", "--missing", "refuse"],
        "values are missing in `y` (1 of 2)",
    ),
    "infinity": ("a,y\ninf,1\n2,1.5\n", ["--model", "linear"], "`a` is infinite in row 1"),
    "a share of all": (T, ["--validation", "1"], "`--validation` must be in (0, 1); got 1."),
    "no share": (T, ["--validation", "nan"], "`--validation` must be in (0, 1); got nan."),
    "a share of no row": (T, ["--validation", "0.01"], "large enough for one of the 6 rows to learn from; got 0.01."),
    "neither": (T, ["--validation", "lots"], "such as 0.1, or a table file with the same columns; got 'lots'."),
    "nothing to watch": (T, ["--validation", ""], "a table file with the same columns; got ''."),
    "no such table": (T, ["--validation", "no.csv"], "no.csv, the table for validation: there is no file no.csv."),
    "a column less": (T, ["--validation", "lacking.csv"], "the model reads columns that the table lacks: `b`."),
    "another class": (
        T,
        ["--validation", "unmet.csv"],
        "`y` names 'maybe', which is none of the classes: no,",
    ),
    "another target": (T, ["--validation", "other.csv"], "the table for validation: there is no column `y`."),
    "a gap to watch": (T, ["--validation", "gap.csv"], "the table for validation: values are missing in `b` (1 of 1)"),
    "words to watch": (T, ["--validation", "words.csv"], "the model knows `a` as numbers"),
    "classes to watch": (
        NUMBERS,
        ["--model", "linear", "--validation", "classes.csv"],
        "the model knows `y` as numbers; this table holds text there.",
    ),
    "weights of a number": (
        NUMBERS,
        ["--model", "linear", "--class-weight", "balanced"],
        "`--class-weight` must be left",
    ),
    "a word": (T, ["--class-weight", "balance"], "such as no=3; the classes are no, yes; got 'balance'."),
    "no weights": (T, ["--class-weight", ""], "`--class-weight` must be 'balanced', or a weight for each class"),
    "no weight": (T, ["--class-weight", "yes="], "`--class-weight yes` must be a number; got ''."),
    "a weight below zero": (T, ["--class-weight", "yes=-1"], "`--class-weight yes` must be in (0, 1000000]; got -1.0."),
    "a weight of zero": (T, ["--class-weight", "yes=0"], "`--class-weight yes` must be in (0, 1000000]; got 0.0."),
    "a class twice": (T, ["--class-weight", "yes=1,yes=2"], "a list in which yes stands once"),
    "no such class": (T, ["--class-weight", "maybe=2"], "`--class-weight` names 'maybe', which is none of the classes"),
}


@pytest.mark.parametrize("case", WRONG)
def test_what_is_wrong_is_said_in_one_line(command, monkeypatch, tmp_path, case):
    monkeypatch.chdir(tmp_path)
    table, options, sentence = WRONG[case]
    for name, text in {"table": table, **OWN}.items():
        (tmp_path / f"{name}.csv").write_text(text)
    code, out, err = command("train", "table.csv", "--target", "y", *options)
    assert (code, out) == (2, "")
    assert err.startswith("glassneuron: ")
    assert err.count("\n") == 1
    assert sentence in err
