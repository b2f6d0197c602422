"""What came out of the engines, side by side: who agrees with whom, and how long each took."""

from collections.abc import Iterator, Sequence
from typing import NamedTuple

from benchmarks.units import spoken

CLOSE = 1e-5
"""Relative difference up to which two equities are the same."""

EXPLAINED = 0.05
"""Relative difference up to which a reason explains another equity; no reason explains more."""

HEAD = ("engine", "work", "bars", "process s", "warm s", "best s", "ns/bar", "trades", "equity / start", "agrees")


class Row(NamedTuple):
    """One engine on one work: medians of seconds, the best warm run, and how it ended."""

    engine: str
    work: str
    bars: int
    process: float
    warm: float
    best: float
    trades: int
    equity: float
    differs: str = ""

    @property
    def per_bar(self) -> float:
        """Nanoseconds a bar takes, warm."""
        return self.warm / self.bars * 1e9


def agrees(row: Row, reference: Row, within: float = CLOSE) -> bool:
    """Say whether two engines made the same trades and the same of their money."""
    return row.trades == reference.trades and abs(row.equity / reference.equity - 1) <= within


def unexplained(row: Row, reference: Row | None) -> bool:
    """Say whether a row differs from its reference in what no reason covers: a reason covers equity, never trades."""
    return reference is None or not agrees(row, reference, EXPLAINED if row.differs else CLOSE)


def reference_of(row: Row, rows: Sequence[Row], engine: str) -> Row | None:
    """Return the row of the engine that all are measured by, for the same work and bars."""
    return next((one for one in rows if (one.engine, one.work, one.bars) == (engine, row.work, row.bars)), None)


def lines(rows: Sequence[Row], engine: str) -> Iterator[str]:
    """Return the table as lines of text, then the reasons for what differs."""
    cells = [HEAD, *(cells_of(row, reference_of(row, rows, engine)) for row in rows)]
    widths = [max(len(line[place]) for line in cells) for place in range(len(HEAD))]
    for line in cells:
        yield "  ".join(cell.ljust(width) for cell, width in zip(line, widths, strict=True)).rstrip()
    for row in rows:
        if row.differs:
            yield f"{row.engine}: {row.differs}"


def cells_of(row: Row, reference: Row | None) -> tuple[str, ...]:
    """Return a row as texts."""
    if unexplained(row, reference):
        verdict = "NO"
    else:
        assert reference is not None
        verdict = "yes" if agrees(row, reference) else f"trades; equity {row.equity / reference.equity - 1:+.1%}"
    return (
        row.engine,
        row.work,
        f"{row.bars:,}",
        f"{row.process:.2f}",
        f"{row.warm:.4f}",
        f"{row.best:.4f}",
        f"{row.per_bar:,.0f}",
        f"{row.trades:,}",
        f"{row.equity:.6g}",
        verdict,
    )


def markdown(rows: Sequence[Row]) -> Iterator[str]:
    """Return the table as docs/performance.md shows it."""
    yield "| engine | work | bars | whole process | warm: median, best | a bar, warm | trades | equity / start |"
    yield "|---" * 8 + "|"
    for row in rows:
        yield (
            f"| {row.engine} | {row.work} | {row.bars:,} | {row.process:.2f} s | {spoken(row.warm)}, "
            f"{spoken(row.best)} | {spoken(row.warm / row.bars)} | {row.trades:,} | {row.equity:.6g} |"
        )


def factors(rows: Sequence[Row], engine: str) -> Iterator[str]:
    """Say for each work how ours stands to the fastest engine that is not ours."""
    for ours in rows:
        peers = [one for one in rows if (one.work, one.bars) == (ours.work, ours.bars) and not is_ours(one)]
        if ours.engine == engine and peers:
            fastest = {what: min(peers, key=lambda one: getattr(one, what)) for what in ("warm", "best", "process")}
            said = ", ".join(
                f"{what} {getattr(one, what) / getattr(ours, what):.1f} × ({one.engine})"
                for what, one in fastest.items()
            )
            yield f"{ours.work}, {ours.bars:,} bars, the fastest other engine to ours: {said}"


def is_ours(row: Row) -> bool:
    """Say whether a row is CryptoFlow's."""
    return row.engine.startswith("CryptoFlow")
