"""`make bench`: measure, and compare with the committed table; exit 1 when a ratio has worsened by a quarter."""

import argparse
import json
import sys
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from typing import Any

from benchmarks.breaker import breaker
from benchmarks.commands import commands
from benchmarks.features import features
from benchmarks.figures import Figure, Work, measured
from benchmarks.journal import journal
from benchmarks.machine import QUIET, described, load, machine
from benchmarks.review import reviews
from benchmarks.runtime import rounds
from benchmarks.shared_database import shared_database
from benchmarks.sources import sources
from benchmarks.store import store
from benchmarks.streams import streams
from benchmarks.table import good, kept, line, markdown, told, worse
from benchmarks.tilt import tilt
from benchmarks.works import w1, w3, w4

TABLE = Path(__file__).with_name("table.json")
WORKS: Mapping[str, Callable[[], Iterator[Work]]] = {
    "w1": w1,
    "w4": w4,
    "w3": w3,
    "features": features,
    "review": reviews,
    "breaker": breaker,
    "tilt": tilt,
    "events": rounds,
    "sources": sources,
    "store": store,
    "streams": streams,
    "journal": journal,
    "database": shared_database,
    "commands": commands,
}


def main() -> int:
    """Print one line per figure, and say what has worsened."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks", description=__doc__)
    parser.add_argument("--only", nargs="+", choices=WORKS, metavar="NAME", help=f"only these: {', '.join(WORKS)}")
    parser.add_argument("--commit", action="store_true", help="write today's ratios into the table")
    parser.add_argument("--json", type=Path, metavar="FILE", help="write the figures there as well")
    parser.add_argument("--markdown", action="store_true", help="print the table for docs/performance.md")
    asked = parser.parse_args()
    known = json.loads(TABLE.read_text()) if TABLE.exists() else {}
    talk = sys.stderr if asked.markdown else sys.stdout
    began = load()
    print(f"{described()}\nload at the start {began}", file=talk)
    if began[0] >= QUIET:
        print("the machine is busy: read the ratios, not the seconds", file=talk)
    figures = []
    for work in (work for name in asked.only or WORKS for work in WORKS[name]()):
        figures.append(measured(work, lambda figure: good(figure, known)))
        print(line(figures[-1], known), file=talk, flush=True)
    ended = load()
    print(f"load at the end {ended}", file=talk)
    if asked.markdown:
        print(f"{described()}; load {began[0]} at the start, {ended[0]} at the end.\n")
        print("\n".join(markdown(figures)))
    if asked.json is not None:
        asked.json.write_text(written({**machine(), "load": [began, ended], "figures": told(figures)}))
    if asked.commit:
        ratios = {figure.work.name: float(kept(figure.times.ratio)) for figure in figures}
        TABLE.write_text(written({**known, **ratios} if asked.only else ratios))
        return 0
    return complain([figure for figure in figures if worse(figure, known)])


def written(values: Mapping[str, Any]) -> str:
    """Return values as the text of a file."""
    return json.dumps(values, indent=2, ensure_ascii=False) + "\n"


def complain(figures: list[Figure]) -> int:
    """Name what has worsened and return the exit code."""
    for figure in figures:
        print(f"worse by more than a quarter: {figure.work.name}", file=sys.stderr)
    return 1 if figures else 0


if __name__ == "__main__":
    sys.exit(main())
