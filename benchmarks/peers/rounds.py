"""Run engines in turn, each in a process of its own, and keep the medians."""

import json
import os
import subprocess
import sys
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path
from statistics import median
from time import perf_counter
from typing import Any, NamedTuple

from benchmarks.peers.engines import Engine
from benchmarks.peers.environments import ROOT
from benchmarks.peers.table import Row

Seen = tuple[float, dict[str, Any]]
"""Seconds of a whole process, and what another one said."""


class Job(NamedTuple):
    """An engine on a work: with which Python, over which folder, of how many bars in all."""

    engine: Engine
    python: Path
    work: str
    folder: Path
    bars: int


class Failed(Exception):
    """An engine that did not come to its end; says what it said last."""


def rounds(jobs: Sequence[Job], count: int, failed: list[str]) -> Iterator[Row]:
    """Run every job in turn, so many times over, and return a row for each; note who failed, and go on without it.

    A round is two processes: one that runs once, timed from outside, and one that runs again and again inside.
    """
    told: dict[Job, list[Seen]] = {job: [] for job in jobs}
    for number in range(1, count + 1):
        for job in list(told):
            print(f"round {number}: {job.engine.name} on {job.work}, {job.bars:,} bars", file=sys.stderr)
            try:
                told[job].append(turn(job))
            except Failed as why:
                failed.append(str(why))
                del told[job]
    for job, seen in told.items():
        try:
            yield row_of(job, seen)
        except Failed as why:
            failed.append(str(why))


def turn(job: Job) -> Seen:
    """Return how long a process that runs once takes, and what one that runs again and again says."""
    began = perf_counter()
    outcome(job, 0)
    return perf_counter() - began, outcome(job, job.engine.warm)


def row_of(job: Job, seen: Iterable[Seen]) -> Row:
    """Return the medians of a job's rounds."""
    wholes, ends = zip(*seen, strict=True)
    if len({(end["trades"], end["equity"]) for end in ends}) != 1:
        raise Failed(f"{job.engine.name} ended differently from one process to the next")
    warm = [seconds for end in ends for seconds in end["warm"]]
    return Row(
        engine=job.engine.name,
        work=job.work,
        bars=job.bars,
        process=median(wholes),
        warm=median(warm),
        best=min(warm),
        trades=ends[0]["trades"],
        equity=ends[0]["equity"],
        differs=job.engine.differs,
    )


def outcome(job: Job, warm: int) -> dict[str, Any]:
    """Run a job in a process of its own and return what it printed."""
    module = ["-m", "benchmarks.peers.timed", job.engine.call, str(job.folder), job.work, "--warm", str(warm)]
    kept = {name: value for name, value in os.environ.items() if name != "PYTHONDONTWRITEBYTECODE"}
    ended = subprocess.run([str(job.python), *module], cwd=ROOT, env=kept, capture_output=True, text=True, check=False)
    if ended.returncode != 0:
        said = ended.stderr.strip().splitlines() or [f"exit code {ended.returncode}"]
        raise Failed(f"{job.engine.name} on {job.work}: {said[-1]}")
    end: dict[str, Any] = json.loads(ended.stdout.splitlines()[-1])
    return end
