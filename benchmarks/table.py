"""Figures beside the committed table: as lines, as the table of docs/performance.md, as what is better or worse."""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from benchmarks.figures import Figure, Work
from benchmarks.units import spoken

WORSE = 1.25
"""How many times the committed ratio a ratio may be."""


def worse(figure: Figure, known: Mapping[str, float]) -> bool:
    """Say whether a ratio has worsened by more than a quarter; a work the table does not know has not."""
    return figure.times.ratio > known.get(figure.work.name, float("inf")) * WORSE


def good(figure: Figure, known: Mapping[str, float]) -> bool:
    """Say whether there is nothing to say against a figure."""
    return not figure.missed and not worse(figure, known)


def kept(ratio: float) -> str:
    """Return a ratio as the table keeps it: two places, and of a very small one two digits.

    >>> kept(4.3568), kept(0.0019234)
    ('4.36', '0.0019')
    """
    return f"{ratio:.2f}" if ratio >= 0.1 else f"{ratio:.2g}"


def line(figure: Figure, known: Mapping[str, float]) -> str:
    """Return a figure as a line of text."""
    work, times = figure
    parts = [
        f"{work.name:<32}{kept(times.ratio):>8} × {work.against}",
        f"{spoken(times.ours)} and {spoken(times.yardstick)}",
        f"processor {spoken(times.processor)}",
    ]
    if work.units:
        parts.append(f"{each(figure)}, processor {spoken(times.processor / work.units)}")
    if work.aim is not None:
        parts.append(f"aim {aim_of(work)}: {verdict(figure)}")
    if work.name in known:
        parts.append(f"{kept(known[work.name])} × in the table")
    return "; ".join(parts)


def verdict(figure: Figure) -> str:
    """Say whether an aim was met; by the wall clock, for that is what people wait for."""
    if not figure.missed:
        return "met"
    return "MISSED" if figure.missed_at_rest else "MISSED, met by the processor's clock"


def each(figure: Figure) -> str:
    """Return what a unit takes."""
    return f"{spoken(figure.each)} {a_unit(figure.work)}"


def a_unit(work: Work) -> str:
    """Return what a work goes through, as one.

    >>> from benchmarks.figures import Work
    >>> a_unit(Work("review", lambda: None, "nothing", unit="order"))
    'an order'
    """
    return f"an {work.unit}" if work.unit[0] in "aeiou" else f"a {work.unit}"


def aim_of(work: Work) -> str:
    """Return an aim as text."""
    if work.aim is None:
        return ""
    if work.aim.of == "ratio":
        return f"≤ {work.aim.most:g} ×"
    return f"≤ {spoken(work.aim.most)}" + (f" {a_unit(work)}" if work.aim.of == "unit" else "")


def markdown(figures: Sequence[Figure]) -> Iterator[str]:
    """Return the figures as docs/performance.md shows them."""
    yield "| work | ours | processor | a unit | yardstick | ratio | aim |"
    yield "|---" * 7 + "|"
    for figure in figures:
        work, times = figure
        cells = (
            work.name,
            spoken(times.ours),
            spoken(times.processor),
            each(figure) if work.units else "",
            f"{spoken(times.yardstick)}, {work.against}",
            kept(times.ratio),
            f"{aim_of(work)}{': ' + verdict(figure) if work.aim else ''}",
        )
        yield "| " + " | ".join(cells) + " |"


def told(figures: Sequence[Figure]) -> list[dict[str, Any]]:
    """Return the figures as plain values."""
    return [
        {
            "name": work.name,
            **times._asdict(),
            "against": work.against,
            "units": work.units,
            "unit": work.unit,
            "aim": aim_of(work),
            "missed": figure.missed,
        }
        for figure in figures
        for work, times in (figure,)
    ]
