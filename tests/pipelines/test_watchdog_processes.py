"""The watchdog and a process that trades, both real: one is killed or stopped, and the other acts in its place."""

import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from cryptoflow.storage.events.reading import Wanted, audit, events
from cryptoflow.storage.files import create, existing

ROOT = Path(__file__).parents[2]
EXPIRY = 1.5
COMMAND = "from cryptoflow.cli.main import main; main()"
TERMS = {"HEARTBEAT": "0.2", "SILENCE": "0.6", "EXPIRY": str(EXPIRY)}


@pytest.fixture
def started(tmp_path: Path) -> Iterator[Callable[..., "subprocess.Popen[str]"]]:
    """Starts a program on a machine with an account and short leases; what still runs at the end is ended."""
    create(tmp_path / "journal" / "main.db").dispose()
    create(tmp_path / "cryptoflow.db").dispose()
    surroundings = os.environ | {f"CRYPTOFLOW_LEASE_{name}": value for name, value in TERMS.items()}
    running: list[subprocess.Popen[str]] = []

    def start(*line: str) -> "subprocess.Popen[str]":
        there = surroundings | {"CRYPTOFLOW_HOME": str(tmp_path)}
        running.append(
            subprocess.Popen(
                [sys.executable, *line],
                cwd=ROOT,
                env=there,
                text=True,
                stdout=subprocess.PIPE,
                stderr=subprocess.PIPE,
            )
        )
        return running[-1]

    yield start
    for process in running:
        if process.poll() is None:
            process.kill()
        process.communicate()


def said(process: "subprocess.Popen[str]", found: str) -> dict[str, Any]:
    """Read a watchdog's lines up to one that says so."""
    assert process.stdout is not None
    for line in process.stdout:
        told: dict[str, Any] = json.loads(line)
        if told["found"] == found:
            return told
    raise AssertionError(process.communicate()[1])


def names(home: Path) -> list[str]:
    engine = existing(home / "journal" / "main.db")
    try:
        with engine.connect() as connection:
            assert audit(connection, "main").broken is None
            return [each.name for each in events(connection, Wanted("main"))]
    finally:
        engine.dispose()


@pytest.mark.long
@pytest.mark.parametrize("how", [signal.SIGKILL, signal.SIGSTOP])
def test_a_process_that_is_killed_or_stopped_is_taken_for_dead_after_its_lease_and_never_writes_again(
    started: Callable[..., "subprocess.Popen[str]"],
    tmp_path: Path,
    evidence: Callable[[str], None],
    how: signal.Signals,
) -> None:
    trader = started("-m", "tests.pipelines.trader")
    assert trader.stdout is not None and trader.stdout.readline() == "trading\n"
    watchdog = started("-c", COMMAND, "watchdog", "main", "--json")
    said(watchdog, "held")
    trader.send_signal(how)
    begun = time.monotonic()
    told = said(watchdog, "tripped")
    passed = time.monotonic() - begun
    assert EXPIRY - 0.5 < passed < EXPIRY + 10
    assert "no broker can act" in told["line"]
    if how is signal.SIGSTOP:
        trader.send_signal(signal.SIGCONT)
        assert trader.wait(timeout=20) == 7
    watchdog.send_signal(signal.SIGINT)
    assert watchdog.wait(timeout=20) == 130
    assert "nobody watches the account" in watchdog.communicate()[1]
    assert names(tmp_path)[-2:] == ["kill.reported", "kill.tripped"]
    evidence(f"{how.name}: the switch tripped {passed:.1f} s later, of leases of {EXPIRY} s")
