"""`TableEncoder`: in Python what the command does with a file, for frames of any library, inside scikit-learn."""

import json

import numpy as np
import pandas as pd
import polars as pl
import pyarrow as pa
import pytest
from sklearn.base import clone
from sklearn.compose import make_column_transformer
from sklearn.model_selection import GridSearchCV, cross_val_score
from sklearn.pipeline import make_pipeline
from sklearn.utils.estimator_checks import parametrize_with_checks

import glassneuron as gn
from glassneuron.cli.tables import task_of
from glassneuron.data.reading import Reading
from glassneuron.data.table import read_table

ROWS = 60


@pytest.fixture(scope="module")
def frame():
    """A table as people have it, from which a yes or no can be told."""
    random = np.random.default_rng(0)
    size = random.normal(5, 2, ROWS).round(2)
    city = random.choice(["Bern", "Bonn", "Rom"], ROWS)
    day = pd.Timestamp(2024, 1, 1) + pd.to_timedelta(random.integers(0, 300, ROWS), "D")
    return pd.DataFrame({
        "id": range(1, ROWS + 1), "size": np.where(random.random(ROWS) < 0.1, np.nan, size),
        "city": np.where(random.random(ROWS) < 0.1, None, city), "member": random.choice(["yes", "no"], ROWS),
        "day": [f"{each:%d.%m.%Y}" for each in day], "price": [f"${v:,.2f}" for v in random.lognormal(7, 1, ROWS)],
        "land": "CH", "sold": np.where(size + (city == "Rom") > 5, "yes", "no"),
    })  # fmt: skip


@parametrize_with_checks([gn.TableEncoder()])
def test_scikit_learn_finds_a_transformer(estimator, check):
    check(estimator)


@pytest.mark.parametrize("model", ["sigmoid", "linear"])
def test_it_makes_the_numbers_that_the_command_learns_from(frame, tmp_path, model, command):
    path, saved = tmp_path / "t.csv", tmp_path / "m.safetensors"
    data = frame if model == "sigmoid" else frame.assign(sold=np.arange(ROWS) * 0.5)
    data.to_csv(path, index=False)
    dates = ["month"]
    encoder = gn.TableEncoder(dates=dates)
    X = encoder.fit_transform(data.drop(columns="sold"))
    table = read_table(path, "sold", missing="fill", reading=Reading(keep=(), dates=dates))
    assert X.tolist() == table.X.tolist()
    assert encoder.get_feature_names_out().tolist() == list(table.names)
    code, _, err = command("train", path, "--target", "sold", "--model", model, "--dates", "month", "--save", saved)
    assert code == 0, err
    trained = gn.load(saved)
    assert trained.encoding == json.loads(json.dumps(encoder.encoding_.to_dict()))
    assert task_of(table, model).X.tolist() == X.tolist()
    assert trained.predict(X).tolist() == trained.predict(encoder.transform(data.drop(columns="sold"))).tolist()


def test_every_kind_of_frame_gives_the_same(frame):
    pandas = frame.drop(columns="sold")
    wanted = gn.TableEncoder().fit(pandas).transform(pandas)
    assert not np.isnan(wanted).any()
    for other in (pl.from_pandas(pandas), pa.Table.from_pandas(pandas, preserve_index=False)):
        encoder = gn.TableEncoder().fit(other)
        assert encoder.transform(other).tolist() == wanted.tolist()
        assert encoder.feature_names_in_.tolist() == list(pandas.columns)
        assert encoder.n_features_in_ == len(pandas.columns)


def test_it_says_what_it_did(frame):
    said = " / ".join(gn.TableEncoder().fit(frame).notes_)
    for words in ("`id`: left out", "`keep` takes it in", "`land`: left out", "`size` (", "with the mean", "`city` (",
                  "read as numbers in $", "`day`: days since", "day, month, year"):  # fmt: skip
        assert words in said, said


def test_names_of_columns_are_kept_in_frames_that_come_out(frame):
    for kind in ("pandas", "polars"):
        out = gn.TableEncoder(only=["size", "city", "member"]).set_output(transform=kind).fit_transform(frame)
        assert list(out.columns) == ["size", "city=Bern", "city=Bonn", "city=Rom", "member=yes"]


def test_columns_are_chosen_by_their_names(frame):
    def names(**settings):
        return gn.TableEncoder(**settings).fit(frame).get_feature_names_out().tolist()

    assert names(only="size") == ["size"]
    assert "id" in names(keep=["id"])
    assert {"id", "land=CH"} <= set(names(keep="all"))
    assert "size" not in names(drop=["size"])
    assert names(only=["size"], text=["size"], missing="fill")[0].startswith("size=")
    with pytest.raises(gn.GlassneuronError, match="no column `nowhere`"):
        names(drop=["nowhere"])


def test_gaps_and_unknown_values(frame):
    known = frame[frame["size"].notna() & frame["city"].notna()]
    new = known.head(2).assign(size=[np.nan, 3.0], city=["Mars", None], member=["yes", "maybe"])
    with pytest.raises(gn.GlassneuronError, match=r"`city` is 'Mars' in row 1.*`unknown='ignore'`"):
        gn.TableEncoder().fit(known).transform(new)
    encoder = gn.TableEncoder(unknown="ignore", only=["size", "city", "member"]).fit(known)
    mean, usual = known["size"].mean(), (np.array(["Bern", "Bonn", "Rom"]) == known["city"].mode()[0]).astype(float)
    assert encoder.transform(new) == pytest.approx(np.array([[mean, 0, 0, 0, 1], [3, *usual, 0.5]]))
    with pytest.raises(gn.GlassneuronError, match=r"`size` \(1 of 2\), first in row 1"):
        gn.TableEncoder(unknown="ignore", missing="refuse").fit(known).transform(new.assign(city="Rom", member="no"))
    with pytest.raises(gn.GlassneuronError, match=r"missing in `size`.*`missing='fill'`") as caught:
        gn.TableEncoder(missing="refuse").fit(frame)
    assert "--" not in str(caught.value)
    for name, value in (("missing", "drop"), ("unknown", "guess"), ("dates", ["year"])):
        with pytest.raises(gn.GlassneuronError, match=f"`{name}` must be"):
            gn.TableEncoder(**{name: value}).fit(frame)


def test_a_fit_that_fails_leaves_it_as_it_was(frame):
    encoder = gn.TableEncoder().fit(frame)
    before = dict(vars(encoder))
    with pytest.raises(gn.GlassneuronError, match="`date_order='dmy'` or `date_order='mdy'` says which"):
        encoder.fit(pd.DataFrame({"day": ["01/02/2024", "05/04/2024"], "other": [1, 2]}))
    assert vars(encoder) == before


def test_arrays_of_numbers_and_of_objects():
    encoder = gn.TableEncoder(keep="all").fit(np.array([["x", 1.5], ["y", None], ["z", 2.5]], dtype=object))
    assert encoder.get_feature_names_out().tolist() == ["x0=x", "x0=y", "x0=z", "x1"]
    assert encoder.transform(np.array([["y", None]], dtype=object)).tolist() == [[0, 1, 0, 2]]
    with pytest.raises(gn.GlassneuronError, match="`x0` mixes kinds"):
        encoder.fit(np.array([["x"], [1.0]], dtype=object))


def test_it_works_inside_scikit_learn(frame):
    X, y = frame.drop(columns="sold"), frame["sold"]
    pipe = make_pipeline(gn.TableEncoder(unknown="ignore"), gn.SigmoidNeuron())
    assert cross_val_score(pipe, X, y, cv=3).mean() > 0.7
    search = GridSearchCV(pipe, {"tableencoder__dates": [(), ("month",)]}, cv=3).fit(X, y)
    assert search.best_score_ > 0.7
    again = clone(pipe)
    assert again.get_params()["tableencoder__unknown"] == "ignore"
    both = make_column_transformer((gn.TableEncoder(), ["size", "city"]), remainder="drop")
    assert both.fit_transform(X).shape == (ROWS, 4)


def test_estimators_name_the_column_and_the_fix(frame):
    X, y = frame.drop(columns=["sold", "id"]), frame["sold"]
    with pytest.raises(gn.GlassneuronError, match=r"column 'city'.*`gn.TableEncoder\(\)`"):
        gn.SigmoidNeuron().fit(X[["city"]].fillna("Rom"), y)
    with pytest.raises(
        gn.GlassneuronError, match=rf"column 'size' \({X['size'].isna().sum()} of {ROWS} rows.*TableEnc"
    ):
        gn.SigmoidNeuron().fit(X[["size"]], y)
