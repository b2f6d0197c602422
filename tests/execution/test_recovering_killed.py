"""A recovery plan whose process is really killed, on a journal that is really a file."""

import pickle
import shutil
import signal
import subprocess
import sys
from collections import defaultdict
from collections.abc import Callable
from decimal import Decimal
from pathlib import Path

import pytest

from cryptoflow.domain.codes import Cause
from cryptoflow.domain.discipline.trips import Trip
from cryptoflow.domain.journal.fold import fold
from cryptoflow.domain.recovery.asking import tripping
from cryptoflow.domain.recovery.states import KillState
from cryptoflow.domain.recovery.switch import Switch, after
from cryptoflow.storage.events.appending import append
from cryptoflow.storage.events.reading import Wanted, audit, events
from cryptoflow.storage.files import create, existing
from tests.execution.carrier import keep
from tests.execution.little_venue import Venue

ROOT = Path(__file__).parents[2]
START = 1_700_000_000_000
BTC, ETH = "BTC/USDT", "ETH/USDT"

POINTS = {
    "before anything is done": ("after recovery.begun", 0),
    "an entry is cancelled and nobody has written it down": ("before recovery.acted", 0),
    "a close has taken the stop along and nobody has written it down": ("before recovery.acted", 2),
    "the stop is back and nobody has written it down": ("before recovery.acted", 3),
    "everything is closed and the operator is not called yet": ("before recovery.finished", 0),
}
"""Where a process dies: at the call that it says, and of several of the same the how-manieth."""


@pytest.fixture(scope="module")
def tripped(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with a journal in which the switch has tripped, and a venue that will be odd once."""
    folder = tmp_path_factory.mktemp("tripped")
    engine = create(folder / "main.db")
    with engine.begin() as connection:
        append(connection, "main", tripping(Switch(), Trip(Cause.DRAWDOWN.value, 0.15, 0.15), START, "cryptoflow"))
    engine.dispose()
    venue = Venue(odd={(BTC, "limit"): ["naked"]}, sold=defaultdict(Decimal))
    venue.hold(BTC, "0.5", "38000")
    venue.hold(ETH, "4", "1900")
    venue.entries = {"E1": BTC, "E2": ETH}
    keep(folder, venue)
    return folder


def carried(folder: Path, call: int) -> tuple[int, list[str]]:
    """Let a process carry the plan out, and return how it ended and the calls it made."""
    line = [sys.executable, "-m", "tests.execution.carrier", str(folder), str(call)]
    done = subprocess.run(line, cwd=ROOT, capture_output=True, text=True, timeout=60)
    assert not done.stderr, done.stderr
    return done.returncode, done.stdout.splitlines()


@pytest.mark.long
def test_a_plan_that_is_killed_at_five_points_is_finished_and_does_nothing_twice(
    tripped: Path, tmp_path: Path, evidence: Callable[[str], None]
) -> None:
    calm = tmp_path / "calm"
    shutil.copytree(tripped, calm)
    _, calls = carried(calm, 0)
    for number, (name, (what, which)) in enumerate(POINTS.items()):
        folder = tmp_path / str(number)
        shutil.copytree(tripped, folder)
        at = [place for place, said in enumerate(calls, 1) if said == what][which]
        assert carried(folder, at)[0] == -signal.SIGKILL, name
        assert carried(folder, 0)[0] == 0, name
        venue: Venue = pickle.loads((folder / "venue").read_bytes())
        assert (venue.held, venue.entries, venue.exits) == ({}, {}, {}), name
        assert dict(venue.sold) == {BTC: Decimal("0.5"), ETH: Decimal(4)}, name
        keys = [each.key for each in venue.effects]
        assert len(set(keys)) == len(keys), name
        engine = existing(folder / "main.db")
        with engine.connect() as connection:
            assert audit(connection, "main").broken is None, name
            told = list(events(connection, Wanted("main")))
        engine.dispose()
        acts = [each.event.key for each in told if each.name == "recovery.acted"]
        assert len(set(acts)) == len(acts), name
        assert fold(told, after, Switch()).state is KillState.WAITING, name
    evidence(f"{len(POINTS)} points of {len(calls)} calls, each ended by kill -9 and finished by the next process")
