"""Curves by the hour and by the day of rows in memory, folded as in a database."""

from collections.abc import Callable, Iterable, Iterator, Mapping
from operator import itemgetter
from typing import Any

from sqlalchemy import Table

from cryptoflow.domain.journal.recorded import Recorded
from cryptoflow.storage.rows.rolling import touched

Rows = Mapping[tuple[Any, ...], Mapping[str, Any]]


def roll_up(
    rows: Callable[[Table], Rows], account: str, events: Iterable[Recorded]
) -> Iterator[tuple[Table, dict[str, Any]]]:
    """Yield the hours and days that events touch; each is to be put before the next is asked for."""
    for (fine, coarse, length, fold), starts in touched(events):
        for start in sorted(starts):
            within = [
                row for row in rows(fine).values() if row["account"] == account and start <= row["at"] < start + length
            ]
            yield coarse, {"account": account, "at": start, **fold(sorted(within, key=itemgetter("at")))}
