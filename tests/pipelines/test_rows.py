"""Recorded tables compared row by row."""

from math import nan
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from cryptoflow.pipelines.past.rows import first_difference

THEN = {"side": ["buy", "sell", "buy"], "price": [10.0, nan, 30.0], "lots": [1, 2, 3]}


def difference(folder: Path, now: dict[str, Any]) -> str | None:
    for name, columns in (("then", THEN), ("now", now)):
        (folder / name).mkdir()
        pq.write_table(pa.table(columns), folder / name / "orders.parquet")
    found = first_difference("orders", folder / "then", folder / "now")
    return found and str(found)


@pytest.mark.parametrize(
    ("changed", "told"),
    [
        ({}, None),
        ({"price": [10.0, nan, 30.0 * (1 + 1e-11)]}, None),
        ({"price": [10.0, nan, 30.000003]}, "orders, row 3, price was 30.0 and is 30.000003"),
        ({"price": [10.0, 20.0, 30.0]}, "orders, row 2, price was nan and is 20.0"),
        ({"side": ["buy", "sell", "sell"], "lots": [1, 9, 3]}, "orders, row 2, lots was 2 and is 9"),
        ({"lots": ["1", "2", "3"]}, "orders, columns were lots (int64) and are lots (string)"),
    ],
)
def test_the_first_row_that_differs_is_named(tmp_path: Path, changed: dict[str, Any], told: str | None) -> None:
    assert difference(tmp_path, THEN | changed) == told


@pytest.mark.parametrize(
    ("rows", "told"),
    [
        (2, "orders, row 3 is there then and missing now"),
        (4, "orders, row 4 is missing then and there now"),
    ],
)
def test_a_row_too_few_or_too_many_is_named(tmp_path: Path, rows: int, told: str) -> None:
    assert difference(tmp_path, {name: (values + values)[:rows] for name, values in THEN.items()}) == told


def test_columns_that_are_not_the_same_are_named(tmp_path: Path) -> None:
    now = {("cost" if name == "price" else name): values for name, values in THEN.items()}
    assert difference(tmp_path, now) == "orders, columns were price (double) and are cost (double)"
