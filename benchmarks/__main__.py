"""`make bench`: measure, and compare with the committed table; exit 1 when a ratio has worsened by a quarter."""

import argparse
import json
import sys
from pathlib import Path

from benchmarks.commands import commands
from benchmarks.features import features
from benchmarks.review import reviews
from benchmarks.runtime import rounds
from benchmarks.works import Figure, decisions, sources

TABLE = Path(__file__).with_name("table.json")
WORSE = 1.25


def main() -> int:
    """Print one line per figure, and say what has worsened."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks", description=__doc__)
    parser.add_argument("--commit", action="store_true", help="write today's ratios into the table")
    asked = parser.parse_args()
    known = json.loads(TABLE.read_text()) if TABLE.exists() else {}
    measured: dict[str, float] = {}
    worse = []
    for work in (decisions, features, reviews, rounds, sources, commands):
        for figure in work():
            measured[figure.name] = round(figure.ratio, 2)
            before = known.get(figure.name)
            print(line(figure, before), flush=True)
            if before is not None and figure.ratio > before * WORSE:
                worse.append(figure.name)
    if asked.commit:
        TABLE.write_text(json.dumps(measured, indent=2) + "\n")
    for name in worse:
        print(f"worse by more than a quarter: {name}", file=sys.stderr)
    return 1 if worse and not asked.commit else 0


def line(figure: Figure, before: float | None) -> str:
    """Return a figure as a line of text."""
    was = "" if before is None else f", {before:.2f} in the table"
    return (
        f"{figure.name:<34} {figure.ratio:8.2f} × {figure.against} "
        f"({spoken(figure.ours)} and {spoken(figure.yardstick)}{was})"
    )


def spoken(seconds: float) -> str:
    """Return a time in the unit it is easiest read in.

    >>> spoken(0.25), spoken(3.5e-6)
    ('250.0 ms', '3.5 µs')
    """
    return f"{seconds * 1e3:.1f} ms" if seconds >= 1e-3 else f"{seconds * 1e6:.1f} µs"


if __name__ == "__main__":
    sys.exit(main())
