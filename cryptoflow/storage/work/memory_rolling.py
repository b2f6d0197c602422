"""Curves by the hour and by the day of rows in memory, folded as in a database."""

from collections.abc import Callable, Iterable, Iterator, Mapping
from types import SimpleNamespace
from typing import Any

from sqlalchemy import Table

from cryptoflow.domain.journal.recorded import Recorded
from cryptoflow.storage.rows.rolling import STEPS

Rows = Mapping[tuple[Any, ...], Mapping[str, Any]]


def roll_up(
    rows: Callable[[Table], Rows], account: str, events: Iterable[Recorded]
) -> Iterator[tuple[Table, dict[str, Any]]]:
    """Yield the hours and days that events touch; each is to be put before the next is asked for."""
    touched: dict[str, set[int]] = {name: set() for name in STEPS}
    for each in events:
        if each.name in touched:
            touched[each.name].add(each.at)
    for name, moments in touched.items():
        for fine, coarse, length, fold in STEPS[name]:
            for start in sorted({at // length * length for at in moments}):
                within = [
                    SimpleNamespace(**row)
                    for row in rows(fine).values()
                    if row["account"] == account and start <= row["at"] < start + length
                ]
                told: Any = sorted(within, key=lambda row: row.at)
                yield coarse, {"account": account, "at": start, **fold(told)}
