"""Whole commands, from the start of Python to the end: against an empty Python, and in seconds."""

import os
import subprocess
import sys
import tempfile
from collections.abc import Callable, Iterator
from pathlib import Path

import pyarrow as pa
from pyarrow import parquet

from benchmarks.figures import Aim, Times, Work, side_by_side, timed
from benchmarks.series import YEAR, reference
from benchmarks.specs import written

ROOT = Path(__file__).parents[1]
BARE = [sys.executable, "-c", "pass"]
FLOW = [str(Path(sys.executable).with_name("cryptoflow"))]


def commands() -> Iterator[Work]:
    """Time whole commands; the first round of each does not count, so that kernels are compiled."""
    shipped = str(ROOT / "configs" / "btc_trend.yaml")
    with tempfile.TemporaryDirectory() as folder:
        w1 = str(w1_command(Path(folder)))
        for name, arguments, aim in (
            ("--help", ["--help"], Aim(0.2, "seconds")),
            ("validate", ["validate", shipped], Aim(0.4, "seconds")),
            ("backtest, 17,500 bars", ["backtest", shipped, "--json"], None),
            ("backtest, W1 from Parquet", ["backtest", w1, "--json"], Aim(1.2, "seconds")),
        ):
            ours, bare = running(FLOW + arguments, folder), running(BARE, folder)
            yield side_by_side(name, ours, bare, "python -c pass", aim=aim)
        command = [*FLOW, "backtest", shipped, "--json"]
        yield Work(
            "backtest, nothing compiled",
            lambda: first_ever(command, folder),
            "the same once compiled",
            aim=Aim(20.0, "seconds"),
        )


def first_ever(command: list[str], home: str) -> Times:
    """Time a command that has to compile everything, and once more when it has."""
    with tempfile.TemporaryDirectory() as cache:
        call = running(command, home, cache)
        (first, spent), (second, spent_again) = timed(call), timed(call)
    return Times(spent / spent_again, first, spent, second)


def w1_command(folder: Path) -> Path:
    """Write W1 and its year of minutes as a Parquet file into a folder, and return the spec."""
    parquet.write_table(pa.table(dict(reference(YEAR)._asdict())), folder / "A00.parquet")
    source = {"history": {"use": "parquet", "path": "{base}.parquet"}}
    return written(folder, "W1", period="2024-01-01..2024-12-30", sources=source)


def running(command: list[str], home: str, cache: str | None = None) -> Callable[[], object]:
    """Return what runs a command to its end, with compiled code kept where it always is or in a folder of its own."""
    kept = {name: value for name, value in os.environ.items() if name != "PYTHONDONTWRITEBYTECODE"}
    environment = {**kept, "CRYPTOFLOW_HOME": f"{home}/state"} | ({} if cache is None else {"CRYPTOFLOW_CACHE": cache})
    return lambda: subprocess.run(command, check=True, stdout=subprocess.DEVNULL, env=environment)
