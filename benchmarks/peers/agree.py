"""W1 in vectorbt and in CryptoFlow: the same trades, the same final equity, and those of the reference; else exit 1."""

import sys
import tempfile
from collections.abc import Iterator, Sequence
from pathlib import Path

from benchmarks.peers import series
from benchmarks.peers.engines import ENGINES
from benchmarks.peers.environments import NotInstalled, python_of
from benchmarks.peers.rounds import Job, outcome
from benchmarks.peers.table import Row, agrees
from benchmarks.series import YEAR

REFERENCE = Row("reference", "W1", YEAR, 0.0, 0.0, 0.0, trades=9_432, equity=7.19713e-09)
ASKED = ("CryptoFlow, batch", "vectorbt, numba", "vectorbt, Rust")


def main() -> int:
    """Run W1 once in each, and print trades, equity and the verdict."""
    try:
        with tempfile.TemporaryDirectory() as folder:
            rows = list(ends(series.one(Path(folder), YEAR)))
    except NotInstalled as why:
        print(f"vectorbt is not installed: {why}", file=sys.stderr)
        return 1
    for row in (REFERENCE, *rows):
        print(f"{row.engine:<18} {row.trades:,} trades, {row.equity:.9g} of the start left")
    same = all_agree(rows)
    print("agreed" if same else "NOT AGREED")
    return 0 if same else 1


def ends(bars: Path) -> Iterator[Row]:
    """Return how each of those asked ends W1."""
    for engine in ENGINES:
        if engine.name in ASKED:
            end = outcome(Job(engine, python_of(engine.environment), "W1", bars, YEAR), 0)
            yield Row(engine.name, "W1", YEAR, 0.0, 0.0, 0.0, end["trades"], end["equity"])


def all_agree(rows: Sequence[Row]) -> bool:
    """Say whether all who were asked answered, and each as the reference and all others."""
    everybody = [REFERENCE, *rows]
    return {row.engine for row in rows} == set(ASKED) and all(agrees(a, b) for a in everybody for b in everybody)


if __name__ == "__main__":
    sys.exit(main())
