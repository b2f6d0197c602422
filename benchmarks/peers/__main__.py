"""`make bench-peers`: the same work in other engines; exit 1 when one fails, or ends differently without a reason."""

import argparse
import json
import sys
import tempfile
from collections.abc import Iterator, Sequence
from pathlib import Path

from benchmarks.machine import described, load, machine
from benchmarks.peers import series
from benchmarks.peers.engines import ENGINES, OURS, Engine
from benchmarks.peers.environments import NotInstalled, python_of, version_of
from benchmarks.peers.rounds import Job, rounds
from benchmarks.peers.table import factors, lines, markdown, reference_of, unexplained
from benchmarks.series import TWENTY, YEAR

REFERENCE = ENGINES[0].name
WORKS = ("W1", "W4", "W3")


def main() -> int:
    """Make what is missing, run everybody in turn, print the table, and say who disagrees."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.peers", description=__doc__)
    parser.add_argument("--full", action="store_true", help="add W3, and a year of bars for slow engines too")
    parser.add_argument("--works", nargs="+", choices=WORKS, metavar="WORK", help="only these of W1, W4 and W3")
    parser.add_argument("--rounds", type=int, default=3, help="how often everybody takes a turn (3)")
    parser.add_argument("--json", type=Path, metavar="FILE", help="write the figures there as well")
    parser.add_argument("--markdown", action="store_true", help="print the table for docs/performance.md")
    asked = parser.parse_args()
    print(f"{described()}; load {load()}", file=sys.stderr)
    works = asked.works or (WORKS if asked.full else WORKS[:2])
    absent: dict[str, str] = {}
    failed: list[str] = []
    with tempfile.TemporaryDirectory() as folder:
        rows = list(rounds(list(jobs(Path(folder), works, asked.full, absent)), asked.rounds, failed))
    table = markdown(rows) if asked.markdown else lines(rows, REFERENCE)
    for line in (*table, *factors(rows, REFERENCE)):
        print(line)
    print(f"load at the end {load()}", file=sys.stderr)
    for name, why in absent.items():
        print(f"not installed: {version_of(name)}: {why}")
    if asked.json is not None:
        told = {**machine(), "load": load(), "versions": versions()}
        figures = [{**row._asdict(), "ns_per_bar": row.per_bar} for row in rows]
        asked.json.write_text(
            json.dumps({**told, "rows": figures, "absent": absent, "failed": failed}, indent=2) + "\n"
        )
    wrong = [row for row in rows if unexplained(row, reference_of(row, rows, REFERENCE))]
    for row in wrong:
        print(f"disagrees: {row.engine} on {row.work}, {row.bars:,} bars", file=sys.stderr)
    for said in failed:
        print(f"failed: {said}", file=sys.stderr)
    return 1 if wrong or failed else 0


def jobs(folder: Path, works: Sequence[str], full: bool, absent: dict[str, str]) -> Iterator[Job]:
    """Return who runs what on which bars; note which peers are absent, and why."""
    pythons = {}
    for name in dict.fromkeys(engine.environment for engine in ENGINES):
        try:
            pythons[name] = python_of(name)
        except NotInstalled as why:
            absent[name] = str(why)
    for work in works:
        for engine in ENGINES:
            if work in engine.works and engine.environment in pythons:
                for bars in lengths(engine, work, full):
                    place = series.twenty(folder) if work == "W3" else series.one(folder, bars)
                    total = bars * TWENTY if work == "W3" else bars
                    yield Job(engine, pythons[engine.environment], work, place, total)


def lengths(engine: Engine, work: str, full: bool) -> Iterator[int]:
    """Return how many bars an engine gets: a year, a part of it when slow, both when others are measured by it."""
    if full or not engine.slow:
        yield YEAR
    if not full and work == "W1" and (engine.slow or engine.name == REFERENCE):
        yield series.SHORT


def versions() -> dict[str, str]:
    """Return which release of each peer was asked."""
    return {name: version_of(name) for name in dict.fromkeys(one.environment for one in ENGINES) if name != OURS}


if __name__ == "__main__":
    sys.exit(main())
