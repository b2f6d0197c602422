"""Spans of time, each from its start up to, not including, its end (epoch milliseconds)."""

from collections.abc import Iterable, Iterator

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


def full(span: Span, timeframe: int) -> Span:
    """Return the part of a span that whole bars fill, from grid to grid.

    >>> full((1, 185_000), 60_000), full((1, 59_000), 60_000)
    ((60000, 180000), (60000, 60000))
    """
    start, offset = aligned(span, timeframe)[0], grid_offset(timeframe)
    return start, max(start, offset + (span[1] - offset) // timeframe * timeframe)


def written(spans: Iterable[Span], start: int, timeframe: int) -> str:
    """Return spans on a grid as a short text: for each the bars since the one before, and the bars it is long.

    >>> written([(60_000, 180_000), (300_000, 360_000)], 0, 60_000)
    '1+2 2+1'
    """
    told = []
    for begins, ends in spans:
        told.append(f"{(begins - start) // timeframe}+{(ends - begins) // timeframe}")
        start = ends
    return " ".join(told)


def read(text: str, start: int, timeframe: int) -> Iterator[Span]:
    """Yield the spans that were written as text.

    >>> list(read("1+2 2+1", 0, 60_000))
    [(60000, 180000), (300000, 360000)]
    """
    for each in text.split():
        apart, _, long = each.partition("+")
        begins = start + int(apart) * timeframe
        start = begins + int(long) * timeframe
        yield begins, start


def bars_in(spans: Iterable[Span], timeframe: int) -> int:
    """Return how many bars open within spans that lie on the grid."""
    return sum((end - start) // timeframe for start, end in spans)
