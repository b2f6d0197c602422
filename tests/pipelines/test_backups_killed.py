"""A backup or restore killed at any moment leaves whole backups, and a machine that the next restore puts right."""

import os
import random
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path
from signal import SIGKILL

import pytest

from cryptoflow.pipelines.backups.place import kept
from cryptoflow.pipelines.backups.verifying import verify
from cryptoflow.storage.database import local_engine
from cryptoflow.storage.events.reading import audit
from tests.storage.estates import journal

ROOT = Path(__file__).parents[2]
ROUNDS = 12


def begun(folder: Path, line: str) -> subprocess.Popen[bytes]:
    program = "from cryptoflow.cli.main import main; main()"
    environment = {**os.environ, "PYTHONPATH": str(ROOT)}
    quiet = {"stdout": subprocess.DEVNULL, "stderr": subprocess.DEVNULL}
    return subprocess.Popen([sys.executable, "-c", program, *line.split()], cwd=folder, env=environment, **quiet)


def lasts(folder: Path, line: str) -> float:
    start = time.monotonic()
    assert begun(folder, line).wait() == 0
    return time.monotonic() - start


@pytest.mark.long
def test_backups_and_restores_that_are_killed_leave_nothing_half_done(
    tmp_path: Path, evidence: Callable[[str], None]
) -> None:
    home, draw = tmp_path / ".cryptoflow", random.Random(5)
    journal(home / "cryptoflow.db", "main", 300)
    journal(home / "journal" / "main.db", "main", 400)
    journal(home / "journal" / "paper-main.db", "paper-main", 100)
    spans = {line: lasts(tmp_path, line) for line in ("backup create", "backup restore --force")}
    killed = dict.fromkeys(spans, 0)
    for _ in range(ROUNDS):
        for line, span in spans.items():
            process = begun(tmp_path, line)
            time.sleep(draw.uniform(0.3, 1) * span)
            process.kill()
            killed[line] += process.wait() == -SIGKILL
            assert verify(kept(home)[-1], home).events == 4_000
    assert all(verify(each, home).events == 4_000 for each in kept(home))
    lasts(tmp_path, "backup restore --force")
    for account, seq in (("main", 3_200), ("paper-main", 800)):
        engine = local_engine(str(home / "journal" / f"{account}.db"))
        with engine.connect() as connection:
            found = audit(connection, account)
        engine.dispose()
        assert (found.head.seq, found.broken) == (seq, None)
    assert not [*home.rglob("*.restoring"), *home.glob("restoring*")]
    evidence("; ".join(f"`{line}` killed {count} times" for line, count in killed.items()) + ", nothing half done")
