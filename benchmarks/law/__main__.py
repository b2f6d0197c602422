"""`make law`: run every shipped pipeline on recorded prices under the whole discipline, and print what that did."""

import argparse
import os
import sys
from pathlib import Path

from benchmarks.law.readiness import ready_table
from benchmarks.law.table import complaints, table
from benchmarks.law.trial import WANTED, NotHere, Trial, recorded, tried
from cryptoflow.errors import ExitCode
from cryptoflow.pipelines.history import Window

ROOT = Path(__file__).parents[2]
SOUND = (
    *("btc_trend", "btc_crossover", "btc_day_breakout", "eth_dips", "weekly_dca"),
    *("majors_reversion", "majors_trend", "majors_mix", "coins_breakout", "coin_rotation"),
)
"""The pipelines that ship and mean well; `reckless.yaml` is there to be stopped."""


def main() -> int:
    """Print the table; exit 1 where a number is too hard on a sound pipeline, 4 where there was nothing to try."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.law", description=__doc__)
    parser.add_argument("specs", nargs="*", type=Path, help="pipelines to try, instead of those that ship")
    parser.add_argument("--data", type=Path, default=folder(), help="folder of recorded market data")
    parser.add_argument("--engine", choices=("batch", "event"), default="batch")
    parser.add_argument("--from", dest="first", metavar="DATE", help="first day, instead of each pipeline's own")
    parser.add_argument("--to", dest="last", metavar="DATE", help="last day, which counts whole")
    asked = parser.parse_args()
    window = Window(asked.first, asked.last)
    trials: list[Trial] = []
    for file in asked.specs or [ROOT / "configs" / f"{name}.yaml" for name in SOUND]:
        try:
            trials.append(tried(recorded(file, asked.data), window, asked.engine))
        except NotHere as why:
            print(f"skipped: {why}", file=sys.stderr)
    if not trials:
        print("nothing was tried: " + WANTED, file=sys.stderr)
        return int(ExitCode.UNAVAILABLE)
    print("\n".join((*table(trials), "", *ready_table(trials))))
    against = [*complaints(trials)]
    print("".join(f"{line}\n" for line in against), end="", file=sys.stderr)
    return 1 if against else 0


def folder() -> Path:
    """Return where recorded market data lies beside the project, or where the environment says."""
    return Path(os.environ.get("CRYPTOFLOW_TEST_DATA", ROOT.parent / "shared" / "data"))


if __name__ == "__main__":
    sys.exit(main())
