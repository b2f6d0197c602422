"""Processes that race for one account: at any moment one of them, at most, is sure of it."""

import json
import subprocess
import sys
from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from itertools import pairwise
from pathlib import Path
from typing import Any

import pytest

from cryptoflow.storage.events.reading import audit
from tests.storage.connections import inside

ROOT = Path(__file__).parents[2]
RACERS = 2


def race(urls: Mapping[str, str], seconds: float) -> dict[str, list[dict[str, Any]]]:
    """Let two trees of processes race in each database for so long, and return what they saw."""
    running = {
        engine: [
            subprocess.Popen(
                [sys.executable, "-m", "tests.storage.racer", url, str(seconds), str(seed)],
                cwd=ROOT,
                stdout=subprocess.PIPE,
                stderr=subprocess.PIPE,
            )
            for seed in range(RACERS)
        ]
        for engine, url in urls.items()
    }
    told: dict[str, list[dict[str, Any]]] = {}
    troubles: list[str] = []
    for engine, racers in running.items():
        ends = [ended(racer, seconds + 60) for racer in racers]
        troubles += [trouble.decode() for _, trouble in ends if trouble]
        told[engine] = [json.loads(line) for out, _ in ends for line in out.splitlines()]
    assert troubles == []
    return told


def ended(racer: "subprocess.Popen[bytes]", seconds: float) -> tuple[bytes, bytes]:
    """Return what a racer said; one that hangs is ended, which is trouble."""
    try:
        return racer.communicate(timeout=seconds)
    except subprocess.TimeoutExpired:
        racer.kill()
        out, trouble = racer.communicate()
        return out, trouble + b"it hung"


def check(told: Sequence[Mapping[str, Any]]) -> Counter[int]:
    """Check what processes of one race saw, and return how many of them ended in which way."""
    assert [each for each in told if "wrong" in each] == []
    held = sorted((each for each in told if "took" in each), key=lambda each: each["took"])
    for one, following in pairwise(held):
        assert one["until"] < following["took"], "two held the lease at once"
        assert one["token"] < following["token"], "a token fell, or was given twice"
    losers = [each["refused"] for each in told if each.get("code") == 7]
    assert all("main is held by" in each and "(racer) until 20" in each for each in losers)
    exits = Counter(each["exited"] for each in told if "exited" in each)
    assert set(exits) <= {0, 4, 7, 9}
    assert exits[7] == len(losers)
    return exits


@pytest.fixture
def urls(sqlite_file: Path, postgres_url: str) -> dict[str, str]:
    """The addresses of an empty database in each engine."""
    return {"sqlite": f"sqlite:///{sqlite_file}", "postgresql": postgres_url}


def whole(url: str) -> int:
    """Return how many events an unbroken journal has."""
    (found,) = inside(url, lambda connection: audit(connection, "main"))
    assert found.broken is None
    return int(found.head.seq)


def test_of_processes_that_want_one_account_one_has_it_and_the_others_exit_7(urls: dict[str, str]) -> None:
    for engine, told in race(urls, 3).items():
        exits = check(told)
        assert exits[0] and exits[7]
        assert whole(urls[engine]) >= sum("took" in each for each in told), "whoever was sure of it has written"


@pytest.mark.long
def test_never_two_leases_in_a_minute_of_racing(urls: dict[str, str], evidence: Callable[[str], None]) -> None:
    for engine, told in race(urls, 60).items():
        exits = check(told)
        slept = Counter(each["fenced"] for each in told if "slept" in each)
        assert exits[0] > 20 and exits[7] > 20 and exits[9] > 2 and slept[True] > 0
        evidence(
            f"{engine}: {exits.total()} processes, {exits[0]} held the lease and gave it back, {exits[9]} died holding "
            f"it, {exits[7]} exited with 7; tokens rose to {max(each['token'] for each in told if 'took' in each)}, "
            f"{slept[True]} that had slept through their lease were fenced off; {whole(urls[engine])} events, unbroken"
        )
