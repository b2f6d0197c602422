"""Curves at the resolution and for the span that somebody wants to see.

A span is answered from the longest rows that lie whole within it, and its ragged ends from shorter ones: what comes out
is what its minutes say, to the last digit.
"""

from collections.abc import Iterator, Sequence
from datetime import UTC, datetime
from itertools import groupby
from typing import Any, NamedTuple

from sqlalchemy import Connection, func, select

from cryptoflow.errors import CryptoflowError, ExitCode
from cryptoflow.storage.rows.curves import Curve, S, counted, here
from cryptoflow.storage.rows.projecting import MINUTE
from cryptoflow.storage.rows.rolling import DAY, HOUR, between

SHORTER = {DAY: HOUR, HOUR: MINUTE}


class Span(NamedTuple):
    """From a minute to another, which is left out, in epoch milliseconds."""

    first: int
    last: int


def points(connection: Connection, curve: Curve[S], account: str, span: Span, length: int) -> list[S]:
    """Return a curve at a resolution (a minute, an hour or a day); at its ends a point may tell of a part only."""
    told = (
        curve.folded(at, list(rows), piece)
        for piece, within in pieces(span, length)
        for at, rows in groupby(
            _rows(connection, curve, account, piece, within), key=lambda row: row.at // length * length
        )
    )
    return [_joined(curve, at, list(parts)) for at, parts in groupby(told, key=lambda part: part.at)]


def over(connection: Connection, curve: Curve[S], account: str, span: Span) -> S | None:
    """Return what a curve comes to over a whole span, None where nothing was marked in it."""
    parts = []
    for length, within in pieces(span, DAY):
        if length == DAY and connection.dialect.name == "postgresql":
            found = connection.execute(curve.days, {"account": account, **within._asdict()}).one()
            parts += [curve.stretch(*found)] if found.at is not None else []
        elif rows := _rows(connection, curve, account, length, within):
            parts.append(curve.folded(rows[0].at, rows, length))
    return _joined(curve, parts[0].at, parts) if parts else None


def pieces(span: Span, longest: int) -> Iterator[tuple[int, Span]]:
    """Yield what a span consists of, in order: pieces to be answered by rows of a length.

    >>> [(length // MINUTE, within) for length, within in pieces(Span(0, HOUR + MINUTE), DAY)]
    [(60, Span(first=0, last=3600000)), (1, Span(first=3600000, last=3660000))]
    """
    first, last = -(-span.first // longest) * longest, span.last // longest * longest
    if longest == MINUTE:
        if span.first < span.last:
            yield longest, span
    elif first < last:
        yield from pieces(Span(span.first, first), SHORTER[longest])
        yield longest, Span(first, last)
        yield from pieces(Span(last, span.last), SHORTER[longest])
    else:
        yield from pieces(span, SHORTER[longest])


def _joined(curve: Curve[S], at: int, parts: Sequence[S]) -> S:
    """Return the stretch that parts of it make, in their order."""
    return curve.stretch(at=at, **curve.of_longer(parts))


def _rows(connection: Connection, curve: Curve[S], account: str, length: int, span: Span) -> Sequence[Any]:
    told = {"account": account, **span._asdict()}
    if length == MINUTE:
        _check_minutes(connection, curve, account, span)
    return connection.execute(between(curve.tables[length]), told).all()


def _check_minutes(connection: Connection, curve: Curve[S], account: str, span: Span) -> None:
    """Refuse to answer from minutes of which some were retired: their hours know how many there were."""
    around = {"account": account, "first": span.first // HOUR * HOUR, "last": -(-span.last // HOUR) * HOUR}
    minutes, hours = curve.tables[MINUTE], curve.tables[HOUR]
    there = connection.scalar(select(func.count()).select_from(minutes).where(here(minutes)), around)
    known = connection.scalar(select(func.coalesce(counted(hours.c.minutes), 0)).where(here(hours)), around)
    if there != known:
        raise CryptoflowError(
            f"minutes of {account} between {_said(span.first)} and {_said(span.last)} were retired",
            fix="ask for hours or days, from a full hour to a full hour",
            code=ExitCode.REFUSED,
        )


def _said(at: int) -> str:
    return f"{datetime.fromtimestamp(at / 1000, UTC):%Y-%m-%d %H:%M}"
