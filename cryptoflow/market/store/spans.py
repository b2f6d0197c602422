"""Spans of time, each from its start up to, not including, its end (epoch milliseconds)."""

from collections.abc import Iterable

from cryptoflow.market.times import grid_offset

Span = tuple[int, int]


def joined(spans: Iterable[Span]) -> tuple[Span, ...]:
    """Return the same time as few spans as can be, in order; those without length are none.

    >>> joined([(5, 9), (1, 3), (3, 4), (7, 7)])
    ((1, 4), (5, 9))
    """
    found: list[Span] = []
    for start, end in sorted(span for span in spans if span[0] < span[1]):
        if found and start <= found[-1][1]:
            found[-1] = (found[-1][0], max(found[-1][1], end))
        else:
            found.append((start, end))
    return tuple(found)


def outside(span: Span, spans: Iterable[Span]) -> tuple[Span, ...]:
    """Return what of a span lies in none of the others, which are in order and apart.

    >>> outside((0, 10), [(2, 4), (6, 20)])
    ((0, 2), (4, 6))
    """
    at, end = span
    found: list[Span] = []
    for begins, ends in spans:
        found.append((at, min(begins, end)))
        at = max(at, ends)
    found.append((at, end))
    return joined(found)


def inside(span: Span, spans: Iterable[Span]) -> tuple[Span, ...]:
    """Return what of a span lies in the others.

    >>> inside((3, 10), [(2, 4), (6, 20)])
    ((3, 4), (6, 10))
    """
    return joined((max(span[0], start), min(span[1], end)) for start, end in spans)


def aligned(span: Span, timeframe: int) -> Span:
    """Return the span from grid to grid in which the same bars open.

    >>> aligned((1, 120_001), 60_000)
    (60000, 180000)
    """
    offset = grid_offset(timeframe)
    start, end = (offset - (offset - at) // timeframe * timeframe for at in span)
    return start, max(start, end)


def bars_in(spans: Iterable[Span], timeframe: int) -> int:
    """Return how many bars open within spans that lie on the grid."""
    return sum((end - start) // timeframe for start, end in spans)
