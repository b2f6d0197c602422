"""Run one engine in this process and print one line of JSON: what came out, and how many seconds each part took.

`python -m benchmarks.peers.timed vectorbt_:rust FOLDER W1 --warm 5` runs in an environment that holds one peer only.
"""

import argparse
import json
import sys
from importlib import import_module
from itertools import pairwise
from pathlib import Path
from time import perf_counter
from typing import NamedTuple


class End(NamedTuple):
    """How a run ended: closed round trips, and final equity as a share of what it began with."""

    trades: int
    equity: float


def main() -> None:
    """Import the engine, load its bars, run it once, then as often as asked for."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.peers.timed", description=__doc__)
    parser.add_argument("engine", help="module:function")
    parser.add_argument("folder", type=Path, help="where the bars lie, a folder per symbol")
    parser.add_argument("work", choices=["W1", "W3", "W4"])
    parser.add_argument("--warm", type=int, default=0, help="runs after the first")
    asked = parser.parse_args()
    module, function = asked.engine.split(":")
    moments = [perf_counter()]
    engine = getattr(import_module(f"benchmarks.peers.{module}"), function)
    moments.append(perf_counter())
    run = engine(asked.folder, asked.work)
    moments.append(perf_counter())
    end = run()
    moments.append(perf_counter())
    for _ in range(asked.warm):
        if run() != end:
            sys.exit("two runs on the same bars ended differently")
        moments.append(perf_counter())
    imported, loaded, first, *warm = (after - before for before, after in pairwise(moments))
    print(json.dumps({**end._asdict(), "import": imported, "load": loaded, "first": first, "warm": warm}))


if __name__ == "__main__":
    main()
