"""Records as memory: numpy rows for compiled code, plain objects for the event driver, the same fields in both."""

from collections.abc import Iterable
from dataclasses import fields
from functools import cache
from operator import attrgetter
from typing import Any, TypeVar

import numpy as np

from cryptoflow.engine.plan import Plan

R = TypeVar("R")

COLUMN = {float: "f8", int: "i8"}


@cache
def layout(record: Any) -> np.dtype[Any]:
    """Return the numpy layout of a record class.

    >>> from cryptoflow.domain.records import Verdict
    >>> layout(Verdict).names
    ('notional', 'rule', 'barred')
    """
    return np.dtype([(field.name, COLUMN[field.type]) for field in fields(record)], align=True)  # type: ignore[index]  # types, not names


def rows(record: Any, records: Iterable[Any]) -> np.ndarray[Any, Any]:
    """Copy records into numpy rows."""
    told = attrgetter(*(layout(record).names or ()))
    return np.array([told(one) for one in records], dtype=layout(record))


def blank(record: Any, count: int) -> np.ndarray[Any, Any]:
    """Return room for `count` rows; what reads them has to write them first.

    Unlike zeros, an empty array of this size is laid on huge pages, each of which is one fault instead of 512.
    """
    return np.empty(count, dtype=layout(record))


def record_of(record: type[R], row: Any) -> R:
    """Copy one numpy row back into a plain record."""
    return record(*row.item())


def minds(plan: Plan) -> list[list[float]]:
    """Return what every script knows at first, a row of numbers per strategy and symbol."""
    blank: tuple[float, ...] = ()
    first = [blank if script is None else script.state() for script in plan.scripts_by_strategy()]
    return [[float(value) for value in known] for known in first for _ in plan.symbols]


def table(settings: Iterable[Iterable[float]], width: int) -> np.ndarray[Any, Any]:
    """Lay rows of plugin settings out as one table, padded with NaN."""
    listed = [list(row) for row in settings]
    out = np.full((max(1, len(listed)), max(1, width)), np.nan)
    for place, row in enumerate(listed):
        out[place, : len(row)] = row
    return out
