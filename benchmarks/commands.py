"""Whole commands, from the start of Python to the end: against an empty Python, and in seconds."""

import os
import subprocess
import sys
import tempfile
from collections.abc import Callable, Iterator
from pathlib import Path

import pyarrow as pa
from pyarrow import parquet

from benchmarks.series import reference
from benchmarks.works import ROOT, YEAR, Figure, side_by_side, written

BARE = [sys.executable, "-c", "pass"]
FLOW = [str(Path(sys.executable).with_name("cryptoflow"))]


def commands() -> Iterator[Figure]:
    """Time whole commands; the first round of each does not count, so that kernels are compiled."""
    shipped = str(ROOT / "configs" / "btc_trend.yaml")
    with tempfile.TemporaryDirectory() as folder:
        w1 = str(w1_command(Path(folder)))
        for name, arguments in (
            ("--help", ["--help"]),
            ("validate", ["validate", shipped]),
            ("backtest, 17,500 bars", ["backtest", shipped, "--json"]),
            ("backtest, W1 from Parquet", ["backtest", w1, "--json"]),
        ):
            yield side_by_side(name, running(FLOW + arguments, folder), running(BARE, folder), "python -c pass")


def w1_command(folder: Path) -> Path:
    """Write W1 and its year of minutes as a Parquet file into a folder, and return the spec."""
    parquet.write_table(pa.table(dict(reference(YEAR)._asdict())), folder / "A.parquet")
    source = {"history": {"use": "parquet", "path": "{base}.parquet"}}
    return written(folder, period="2024-01-01..2024-12-30", sources=source)


def running(command: list[str], home: str) -> Callable[[], object]:
    """Return what runs a command to its end."""
    kept = {name: value for name, value in os.environ.items() if name != "PYTHONDONTWRITEBYTECODE"}
    environment = {**kept, "CRYPTOFLOW_HOME": f"{home}/state"}
    return lambda: subprocess.run(command, check=True, stdout=subprocess.DEVNULL, env=environment)
