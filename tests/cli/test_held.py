"""While another process holds an account, nothing that is typed here is written to its journal."""

import asyncio
import json
from collections.abc import Callable
from pathlib import Path

import pytest
import typer

from cryptoflow.cli.app import run
from cryptoflow.cli.probe import tell
from cryptoflow.clock import MachineClock
from cryptoflow.domain.events.tilt import TiltRaised
from cryptoflow.domain.journal.recorded import Draft
from cryptoflow.errors import CryptoflowError, ExitCode
from cryptoflow.pipelines.databases.targets import SHARED
from cryptoflow.pipelines.journals.place import journal_file
from cryptoflow.pipelines.journals.writing import holding, writing
from cryptoflow.pipelines.probing.evidence import Kept
from cryptoflow.pipelines.resolve import resolve
from cryptoflow.settings import settings
from cryptoflow.storage.files import create, existing
from cryptoflow.storage.leases.grants import LeaseHeld, take
from tests.cli.projects import small
from tests.cli.test_tier import found
from tests.cli.test_tilt import ANSWERS
from tests.pipelines.lives import BEGIN, demoted, kept, sniper
from tests.storage.stories import drafts

Capsys = pytest.CaptureFixture[str]
CLOCK = MachineClock()


@pytest.fixture
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Where the state of a project lies, in which commands run."""
    small(tmp_path)
    monkeypatch.chdir(tmp_path)
    monkeypatch.delenv("CRYPTOFLOW_HOME", raising=False)
    settings.cache_clear()
    return tmp_path / ".cryptoflow"


def hold(home: Path, account: str = "main") -> None:
    """Let a process hold the account that neither answers nor ends."""
    engine = create(home / SHARED)
    with engine.begin() as connection:
        take(connection, account, "desk, process 7 (live)", 60_000, CLOCK, 0, True)
    engine.dispose()


def events(capsys: Capsys) -> list[str]:
    capsys.readouterr()
    assert run(["journal", "main", "--json"]) == 0
    return [json.loads(line)["name"] for line in capsys.readouterr().out.splitlines()]


def probing(home: Path) -> int:
    resolved = resolve(home.parent / "configs" / "small.yaml")
    try:
        tell(found(resolved, "warmup"), Kept(home / "evidence"), resolved, as_json=False)
    except typer.Exit as end:
        return end.exit_code
    return 0


COMMANDS: dict[str, Callable[[Path], int]] = {
    "kill": lambda _: run(["kill", "--reason", "odd", "--wait", "0"]),
    "resume": lambda _: run(["resume", "--operator", "ada", "--cause", "c", "--phrase", "p", "--wait", "0"]),
    "reflect": lambda home: run(["reflect", "--file", str(home.parent / "answers.txt")]),
    "tilt ingest": lambda home: run(["tilt", "ingest", str(home.parent / "seen.jsonl")]),
    "tier ack": lambda _: run(["tier", "ack", "--operator", "ada"]),
    "probe": probing,
}


@pytest.mark.parametrize("command", COMMANDS)
def test_a_command_that_writes_ends_with_7_and_writes_nothing(command: str, home: Path, capsys: Capsys) -> None:
    now = CLOCK.now()
    locked = Draft(TiltRaised("locked", 60.0, 6.0, ("T2",), now + 3_600_000), now - 1_000)
    kept(home, "main", [*sniper(), demoted(0, BEGIN + 1), locked])
    (home.parent / "answers.txt").write_text(ANSWERS)
    (home.parent / "seen.jsonl").write_text(f'{{"at": {now}, "what": "restart"}}\n')
    hold(home)
    before = events(capsys)
    assert COMMANDS[command](home) == ExitCode.LEASE_HELD
    assert "desk, process 7 (live)" in capsys.readouterr().err
    assert events(capsys) == before


@pytest.mark.parametrize("command", ["kill", "resume", "reflect", "tilt ingest", "tier ack", "watchdog"])
def test_a_recorded_backtest_is_refused_in_the_same_words_everywhere(command: str, home: Path, capsys: Capsys) -> None:
    (home.parent / "answers.txt").write_text(ANSWERS)
    (home.parent / "seen.jsonl").write_text('{"at": 1, "what": "restart"}\n')
    line = {
        "kill": ["kill", "--reason", "odd"],
        "resume": ["resume", "--operator", "ada"],
        "reflect": ["reflect", "--file", "answers.txt"],
        "tilt ingest": ["tilt", "ingest", "seen.jsonl"],
        "tier ack": ["tier", "ack", "--operator", "ada"],
        "watchdog": ["watchdog", "backtest-a", "--once"],
    }[command]
    account = [] if command == "watchdog" else ["--account", "backtest-a"]
    assert run([*line, *account]) == ExitCode.REFUSED
    assert "backtest-a is the journal of a recorded backtest: nothing is added to it" in capsys.readouterr().err
    assert not (home / SHARED).exists()


async def begin(what: str, ready: asyncio.Event) -> str:
    """Hold an account for a moment, and say who did."""
    try:
        async with holding("main", what, CLOCK, makes=True):
            ready.set()
            await asyncio.sleep(0.3)
            return what
    except LeaseHeld as other:
        await ready.wait()
        return other.grant.holder


def test_of_two_that_begin_where_no_database_was_yet_one_holds_the_account(home: Path) -> None:
    async def both() -> list[str]:
        ready = asyncio.Event()
        return await asyncio.gather(begin("one", ready), begin("two", ready))

    assert not home.exists()
    holders = asyncio.run(both())
    assert {len(holders), sum("process" in each for each in holders)} == {2, 1}
    assert (home / SHARED).is_file()


def test_what_a_unit_does_not_commit_is_not_written_and_its_lease_is_given_back(home: Path, capsys: Capsys) -> None:
    async def twice() -> None:
        for _ in range(2):
            async with writing("main", "test", CLOCK, makes=True) as work:
                await work.events.append(drafts(0))
        async with writing("main", "test", CLOCK) as work:
            await work.events.append(drafts(1))
            await work.commit()

    asyncio.run(twice())
    assert len(events(capsys)) == len(drafts(1))


def test_a_journal_that_goes_on_elsewhere_is_not_begun_anew(home: Path, capsys: Capsys) -> None:
    kept(home, "main", sniper())
    journal_file("main", home).rename(home / SHARED)  # a database that knows events of the account
    assert probing(home) == ExitCode.OK
    assert "the journal of main is not on this machine" in capsys.readouterr().err
    assert not journal_file("main", home).exists()


def test_an_older_holder_is_fenced_off_the_journal_itself(home: Path) -> None:
    from cryptoflow.storage.events.appending import Fenced, append

    kept(home, "main", sniper())

    async def token() -> int:
        async with holding("main", "test", CLOCK) as found:
            return found

    fenced = asyncio.run(token())
    engine = existing(journal_file("main", home))
    with engine.connect() as connection, pytest.raises(Fenced):
        append(connection, "main", drafts(0), token=fenced - 1)
    engine.dispose()


def test_a_folder_that_cannot_be_made_is_told_in_words(home: Path) -> None:
    (home.parent / "file").touch()

    async def hold() -> None:
        async with holding("main", "test", CLOCK, home.parent / "file" / "state", makes=True):
            raise AssertionError

    with pytest.raises(CryptoflowError, match=r"cannot be made: (Not a directory|File exists)") as refused:
        asyncio.run(hold())
    assert refused.value.code is ExitCode.UNAVAILABLE


def test_live_holds_the_account_when_it_reads_its_keys_though_there_was_no_database(home: Path) -> None:
    from cryptoflow.pipelines.tiers.live import live
    from cryptoflow.settings import VenueKeys
    from tests.cli.test_live import prove

    spec = home.parent / "configs" / "small.yaml"
    prove(spec)
    assert not (home / SHARED).exists()
    holders = []

    def keys(account: str, venue: str) -> VenueKeys:
        engine = existing(home / SHARED)
        with engine.begin() as connection, pytest.raises(LeaseHeld) as other:
            take(connection, account, "another", 60_000, CLOCK, 0, True)
        engine.dispose()
        holders.append(other.value.grant.holder)
        raise CryptoflowError(f"no keys for {venue}", code=ExitCode.UNAVAILABLE)

    with pytest.raises(CryptoflowError, match="no keys for binance"):
        asyncio.run(live(spec, home=home, keys=keys))
    (holder,) = holders
    assert holder.endswith("(live)")
    hold(home)  # it was given back
