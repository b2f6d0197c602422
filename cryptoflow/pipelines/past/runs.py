"""Run folders: what each backtest left behind, by an id made of what went into it."""

import errno
import json
import shutil
import tempfile
from collections.abc import Iterable, Mapping
from itertools import chain
from pathlib import Path
from time import time
from typing import TYPE_CHECKING, Any

from cryptoflow.errors import CryptoflowError, ExitCode, Problem
from cryptoflow.pipelines.home import home_of

if TYPE_CHECKING:
    import pyarrow as pa

MANIFEST = "run.json"
NOTED = {
    *("run_id", "mode", "created_at", "name", "spec_file", "spec_hash", "spec", "period", "engine", "seed"),
    *("code", "versions", "data", "series", "markets", "rules", "metrics", "guards"),
}
"""What every manifest says."""

SCRATCH, ABANDONED = ".writing-", 3600
"""How folders begin that are being written, and after how many seconds one was left by a process that died."""

TABLES = ("orders", "trades", "equity")

Tables = Mapping[str, Iterable["pa.Table"]]
"""Tables by name, each in parts that follow one another."""


def runs_folder(home: Path | None = None) -> Path:
    """Return the folder in which runs lie."""
    return (home or home_of()) / "runs"


def write_tables(tables: Iterable["pa.Table"], path: Path) -> None:
    """Write tables one after the other into a file so that equal tables give equal bytes."""
    import pyarrow.parquet as pq

    parts = iter(tables)
    first = next(parts)
    with pq.ParquetWriter(path, first.schema, compression="zstd", write_statistics=True, store_schema=True) as file:
        for table in chain([first], parts):
            file.write_table(table)


def make_room(place: Path) -> None:
    """Make the folder of runs, so that a run that could not be written is not begun."""
    try:
        place.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryFile(dir=place):
            return
    except OSError as error:
        raise unwritten(place, error) from error


def unwritten(folder: Path, error: OSError) -> CryptoflowError:
    """Return what to say of a folder that takes no files, and what may help."""
    full = error.errno in (errno.ENOSPC, errno.EDQUOT)
    return CryptoflowError(
        f"the run cannot be written to {folder}: {error.strerror or error}",
        fix=f"{'free some space, or ' if full else ''}name another folder with CRYPTOFLOW_HOME",
        code=ExitCode.UNAVAILABLE,
    )


def save(folder: Path, manifest: Mapping[str, Any], tables: Tables, report: str) -> Path:
    """Write a run's folder as a whole: a crash on the way leaves the one before, or none."""
    try:
        return _save(folder, manifest, tables, report)
    except OSError as error:
        raise unwritten(folder, error) from error


def _save(folder: Path, manifest: Mapping[str, Any], tables: Tables, report: str) -> Path:
    folder.parent.mkdir(parents=True, exist_ok=True)
    for left in folder.parent.glob(f"{SCRATCH}*"):
        if time() - left.stat().st_mtime > ABANDONED:
            shutil.rmtree(left, ignore_errors=True)
    with tempfile.TemporaryDirectory(dir=folder.parent, prefix=SCRATCH) as scratch:
        fresh = Path(scratch) / "run"
        fresh.mkdir()
        for name, parts in tables.items():
            write_tables(parts, fresh / f"{name}.parquet")
        (fresh / "report.html").write_text(report, encoding="utf-8")
        (fresh / MANIFEST).write_text(json.dumps(manifest, indent=2, allow_nan=False) + "\n", encoding="utf-8")
        if folder.exists():
            folder.rename(Path(scratch) / "before")
        fresh.rename(folder)
        shutil.rmtree(Path(scratch) / "before", ignore_errors=True)
    return folder


def ids(home: Path | None = None) -> list[str]:
    """Return the ids of all runs."""
    return sorted(path.parent.name for path in runs_folder(home).glob(f"*/{MANIFEST}"))


def find(run_id: str, home: Path | None = None) -> Path:
    """Return the folder of a run; the start of its id will do when only one run begins so."""
    folder, known = runs_folder(home), ids(home)
    fitting = [name for name in known if name == run_id] or [name for name in known if name.startswith(run_id)]
    if len(fitting) == 1:
        return folder / fitting[0]
    if fitting:
        raise CryptoflowError(f"{run_id!r} could be any of: {', '.join(fitting)}", fix="write more of the id")
    raise CryptoflowError(f"there is no run {run_id!r} in {folder}", fix="`cryptoflow runs list` shows all")


def read_manifest(folder: Path) -> dict[str, Any]:
    """Return what a run noted about itself."""
    path = folder / MANIFEST
    try:
        manifest: Any = json.loads(path.read_text(encoding="utf-8"))
    except (OSError, ValueError) as error:
        raise CryptoflowError(
            f"{path} cannot be read: {error}", fix=f"remove {folder}, or run its backtest again"
        ) from error
    missing = NOTED - manifest.keys() if isinstance(manifest, dict) else NOTED
    if missing:
        what = f"{path} is no run of this version: it lacks {', '.join(sorted(missing))}"
        raise CryptoflowError(what, fix="run the backtest again, or remove the folder")
    return dict(manifest)


def listed(home: Path | None = None) -> tuple[list[dict[str, Any]], list[Problem]]:
    """Return the manifests of all runs, the newest first, and what is wrong with those that cannot be read."""
    manifests, problems = [], list[Problem]()
    for path in runs_folder(home).glob(f"*/{MANIFEST}"):
        try:
            manifests.append(read_manifest(path.parent))
        except CryptoflowError as error:
            problems.extend(error.problems)
    return sorted(manifests, key=lambda manifest: str(manifest["created_at"]), reverse=True), problems
