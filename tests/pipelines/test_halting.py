"""The kill switch from outside: operators and a watchdog, under the account's lease, while a test moves the clock."""

import asyncio
import shutil
import sqlite3
import subprocess
import sys
from collections.abc import AsyncIterator, Callable, Coroutine, Iterator, Mapping, Sequence
from contextlib import asynccontextmanager, closing, contextmanager
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

from cryptoflow.domain.events.accounts import PositionChanged
from cryptoflow.domain.events.event import Event
from cryptoflow.domain.events.orders import (
    OrderAcknowledged,
    OrderCancelled,
    OrderMoved,
    OrderSubmitted,
    OrderUnknown,
    OrderValidated,
)
from cryptoflow.domain.journal.recorded import Draft, Recorded
from cryptoflow.domain.recovery.asking import LASTS, obeyed
from cryptoflow.domain.recovery.plans import STANDARD
from cryptoflow.domain.recovery.states import KillState
from cryptoflow.domain.recovery.switch import after
from cryptoflow.errors import CryptoflowError, ExitCode
from cryptoflow.execution.recovering import DeskFailed, Recovering
from cryptoflow.pipelines.databases import leases
from cryptoflow.pipelines.databases.leases import alone
from cryptoflow.pipelines.databases.leases import holding as under_lease
from cryptoflow.pipelines.databases.targets import file_url
from cryptoflow.pipelines.halting.desks import Manned, nobody
from cryptoflow.pipelines.halting.operating import Done, kill, resume
from cryptoflow.pipelines.halting.standing import Standing, standing, switch_of
from cryptoflow.pipelines.halting.watchdog import Found, Report, look, watch
from cryptoflow.pipelines.journals.writing import appending, holding, writing
from cryptoflow.settings import settings
from cryptoflow.storage.database import PRAGMAS, Database
from cryptoflow.storage.events.appending import Fenced, append, fence
from cryptoflow.storage.events.reading import Wanted, events
from cryptoflow.storage.events.unwritable import Unwritable
from cryptoflow.storage.files import create, existing
from cryptoflow.storage.leases.floor import floor_of
from cryptoflow.storage.leases.grants import Grant, LeaseLost, give_back, last, renew, take
from cryptoflow.storage.work.sql_store import SqlStore
from tests.execution.little_venue import LittleDesk, Venue
from tests.storage.stories import drafts, intent

DAY = 86_400_000
EXPIRY = 60_000


class Hands:
    """A machine with an account `main`, and a clock in the test's hands."""

    def __init__(self, home: Path, empty: Path) -> None:
        self.home, self.at = home, 1_700_000_000_000
        self.file, self.shared = home / "journal" / "main.db", home / "cryptoflow.db"
        self.file.parent.mkdir(parents=True)
        shutil.copy(empty, self.file)
        shutil.copy(empty, self.shared)

    def now(self) -> int:
        return self.at

    def nanoseconds(self) -> int:
        return self.at * 1_000_000

    def written(self) -> list[Recorded]:
        engine = existing(self.file)
        try:
            with engine.connect() as connection:
                return list(events(connection, Wanted("main")))
        finally:
            engine.dispose()

    def names(self) -> list[str]:
        return [each.name for each in self.written()]

    def standing(self) -> Standing:
        return asyncio.run(standing("main", self))

    def inside(self, file: Path, act: Callable[[Any], Any]) -> Any:
        engine = existing(file)
        try:
            with engine.begin() as connection:
                return act(connection)
        finally:
            engine.dispose()

    def trades(self, what: str = "live", fences: bool = True) -> Grant:
        """Let a process hold the account; it renews when the test says so."""
        _, grant = self.inside(self.shared, lambda to: take(to, "main", what, EXPIRY, self, 0, fences))
        if fences:
            self.inside(self.file, lambda to: fence(to, "main", grant.token))
        return grant  # type: ignore[no-any-return]

    def holds(self, quantity: str) -> None:
        """Let the journal tell what is held of BTC/USDT."""
        much = Decimal(quantity)
        self.writes(PositionChanged("BTC/USDT", "trend", much, Decimal(40_000), Decimal(0), Decimal(0), self.at))

    def orders(self, *moves: type[OrderMoved]) -> str:
        """Let the journal tell of an entry that came so far, and return its id."""
        created = intent(0)
        self.writes(created, *(move(created.order, "") for move in moves))
        return created.order

    def writes(self, *told: Event) -> None:
        """Let whoever held the account last have written so."""
        written, token = [Draft(event, self.at, "live") for event in told], floor_of(self.file, "main")
        self.inside(self.file, lambda to: append(to, "main", written, token=token))

    def kill(self, wait: float = 0) -> str:
        return asyncio.run(kill("main", "odd fills", "anna", self, wait)).answer

    def resume(self, phrase: str | None, cause: str = "a fee table", wait: float = 0) -> str:
        return asyncio.run(resume("main", "anna", phrase or "", cause, self, wait)).answer

    def finish(self) -> Venue:
        """Let the plan be carried out, by a process that has a desk."""
        venue = Venue()

        async def run() -> None:
            async with appending("main", "live", self) as journal:
                await Recovering("main", await switch_of("main"), journal, LittleDesk(venue, str), self).run()

        asyncio.run(run())
        return venue

    def looks(self, desks: Any = nobody) -> Found:
        return asyncio.run(look("main", self, desks)).found


@pytest.fixture(scope="module")
def empty(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A database of today's revision with nothing in it."""
    file = tmp_path_factory.mktemp("template") / "empty.db"
    create(file).dispose()
    return file


@pytest.fixture
def hands(tmp_path: Path, empty: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Hands]:
    monkeypatch.setenv("CRYPTOFLOW_HOME", str(tmp_path / "state"))
    settings.cache_clear()
    yield Hands(tmp_path / "state", empty)
    settings.cache_clear()


def test_a_kill_is_written_at_once_where_nobody_trades_and_twice_is_as_good_as_once(hands: Hands) -> None:
    assert hands.kill() == "the kill switch has tripped"
    assert hands.kill() == "the kill switch has tripped already"
    assert hands.names() == ["kill.reported", "kill.tripped"]
    assert {each.by for each in hands.written()} == {"anna"}
    facts = hands.standing().facts()
    assert (facts["kill"]["state"], facts["kill"]["reason"], facts["lease"]) == ("tripped", "odd fills", None)


def test_only_a_finished_plan_an_operator_a_cause_and_the_phrase_release_it_and_size_comes_back_in_steps(
    hands: Hands,
) -> None:
    hands.holds("0.5")
    hands.kill()
    phrase = hands.standing().phrase
    with pytest.raises(CryptoflowError, match=r"its journal has still open: 0\.5 of BTC/USDT") as refused:
        hands.resume(phrase)
    assert refused.value.code is ExitCode.REFUSED
    assert "`cryptoflow live SPEC --account main` starts for exits only" in str(refused.value)
    assert hands.names()[1:] == ["kill.reported", "kill.tripped"]
    hands.finish()
    for asked in ((phrase, ""), ("resume main", "a fee table"), (None, "a fee table")):
        with pytest.raises(CryptoflowError) as refused:
            hands.resume(*asked)
        assert refused.value.code is ExitCode.REFUSED
    assert f'--phrase "{phrase}"' in str(refused.value)
    assert "released" in hands.resume(phrase)
    assert hands.resume(phrase) == "nothing has tripped"
    seen = []
    for _ in range(4):
        facts = hands.standing().facts()["kill"]
        seen.append((facts["state"], facts["size"]))
        hands.at += DAY
    assert seen == [("resuming", 0.25), ("resuming", 0.5), ("resuming", 0.75), ("armed", 1.0)]
    assert hands.names()[-2:] == ["recovery.confirmed", "kill.released"]


def test_where_nobody_trades_and_nothing_is_open_a_kill_is_released_without_a_venue(hands: Hands) -> None:
    hands.holds("0.5")
    hands.holds("0")
    hands.kill()
    assert "released" in hands.resume(hands.standing().phrase)
    looked = [each for each in hands.written() if each.name.startswith("recovery.")]
    assert [each.name for each in looked] == [
        f"recovery.{what}" for what in ("begun", *["looked"] * 2, "finished", "confirmed")
    ]
    assert {each.by for each in looked[:-1]} == {"recovery by the journal"}
    assert hands.standing().switch.state is KillState.RESUMING


def test_a_phrase_that_is_wrong_ends_a_plan_that_has_nothing_to_do_and_releases_nothing(hands: Hands) -> None:
    hands.kill()
    for _ in range(2):
        with pytest.raises(CryptoflowError, match="the phrase is not the one"):
            hands.resume("please")
    assert hands.names().count("recovery.finished") == 1
    assert hands.standing().switch.state is KillState.WAITING


@pytest.mark.parametrize(
    ("moves", "is_open"),
    [
        ([], False),
        ([OrderValidated], False),
        ([OrderValidated, OrderSubmitted], True),
        ([OrderValidated, OrderSubmitted, OrderUnknown], True),
        ([OrderValidated, OrderSubmitted, OrderAcknowledged, OrderCancelled], False),
    ],
)
def test_an_order_that_may_rest_at_the_venue_keeps_a_plan_from_ending_without_it(
    hands: Hands, moves: list[type[OrderMoved]], is_open: bool
) -> None:
    order = hands.orders(*moves)
    hands.kill()
    if not is_open:
        assert "released" in hands.resume(hands.standing().phrase)
        return
    with pytest.raises(CryptoflowError, match=f"still open: entry order {order} of BTC/USDT, {moves[-1].state}"):
        hands.resume(hands.standing().phrase)


def test_a_plan_that_was_left_in_its_middle_ends_once_the_journal_has_nothing_open(hands: Hands) -> None:
    """Whoever began it died with its order sent; that it was filled was written down, that the step ended was not."""
    venue = Venue()
    venue.hold("BTC/USDT", "0.5", "38000")

    def calls(call: str) -> None:
        if call == "before close":
            raise ConnectionError("gone")

    async def run() -> None:
        async with appending("main", "live", hands) as journal:
            with pytest.raises(DeskFailed):
                await Recovering("main", await switch_of("main"), journal, LittleDesk(venue, calls), hands).run()

    hands.holds("0.5")
    hands.kill()
    asyncio.run(run())
    with pytest.raises(CryptoflowError, match="still open"):
        hands.resume(hands.standing().phrase)
    hands.holds("0")
    assert "released" in hands.resume(hands.standing().phrase)
    assert hands.names().count("recovery.acting") == hands.names().count("recovery.acted") == 1


def test_a_phrase_releases_its_own_trip_and_no_later_one(hands: Hands) -> None:
    hands.kill()
    hands.finish()
    phrase = hands.standing().phrase
    hands.resume(phrase)
    hands.at += DAY
    hands.kill()
    hands.finish()
    with pytest.raises(CryptoflowError, match="the phrase is not the one"):
        hands.resume(phrase)


@asynccontextmanager
async def trading(hands: Hands, commands: int) -> AsyncIterator[None]:
    """A process that trades the account beside what is done, and takes so many commands from its inbox."""

    async def taking() -> None:
        database = Database(file_url(hands.shared))
        async with appending("main", "live", hands) as journal:
            switch = await switch_of("main")
            ready.set()
            left = commands
            while left:
                async with SqlStore(database).work("main", token=journal.token) as work:
                    command = await work.commands.take()
                    if command is not None:
                        left -= 1
                        try:
                            new, answer = obeyed("main", switch, command, hands.now())
                            for each in await journal.append(new) if new else ():
                                switch = after(switch, each)
                            await work.commands.answer(command.id, answer, hands.now())
                        except CryptoflowError as error:
                            await work.commands.refuse(command.id, error.problems[0].what, hands.now())
                    await work.commit()
                await asyncio.sleep(0.01)
            await done.wait()
        await database.close()

    ready, done = asyncio.Event(), asyncio.Event()
    task = asyncio.create_task(taking())
    await ready.wait()
    try:
        yield
    finally:
        done.set()
        await task


def test_while_a_process_trades_it_is_asked_and_its_answer_is_told(hands: Hands) -> None:
    async def run() -> None:
        async with trading(hands, commands=2):
            done = await kill("main", "odd fills", "anna", hands, 5)
            assert (done.answer, done.command) == ("the kill switch has tripped", 1)
            with pytest.raises(CryptoflowError, match="refused: main is not released") as refused:
                await resume("main", "anna", "", "", hands, 5)
            assert refused.value.code is ExitCode.REFUSED

    asyncio.run(run())
    assert hands.names() == ["kill.reported", "kill.tripped"]


def test_a_process_that_does_not_answer_is_asked_once_and_named(hands: Hands) -> None:
    hands.trades("desk, process 7 (live)")
    for _ in range(2):
        with pytest.raises(
            CryptoflowError, match=r"desk, process 7 \(live\) holds main, and has not answered command 1"
        ) as refused:
            hands.kill()
        assert refused.value.code is ExitCode.LEASE_HELD
    assert hands.names() == []


def test_who_held_the_account_for_a_moment_only_keeps_no_kill_waiting(hands: Hands) -> None:
    async def run() -> None:
        async with holding("main", "tilt ingest", hands):
            asked = asyncio.create_task(kill("main", "odd fills", "anna", hands, 5))
            await asyncio.sleep(0.3)
            assert not asked.done()
        done = await asked
        assert (done.answer, done.command) == ("the kill switch has tripped", 1)

    asyncio.run(run())
    assert hands.names() == ["kill.reported", "kill.tripped"]
    assert "released" in hands.resume(hands.standing().phrase)


def asked(hands: Hands, phrase: str | None, by: str = "anna", wait: float = 0) -> Coroutine[Any, Any, Done]:
    """A release that is asked for."""
    return resume("main", by, phrase or "", "a fee table", hands, wait)


def inbox(hands: Hands) -> list[tuple[str, str, str | None]]:
    """What was left for the process that trades, how far it has come, and the answer."""
    with closing(sqlite3.connect(hands.shared)) as reads:  # which keeps no writer waiting
        return reads.execute("SELECT name, state, answer FROM commands ORDER BY id").fetchall()


async def until_left(hands: Hands, commands: int) -> None:
    """Wait until so many commands were left, and whoever left the last one waits for its answer."""
    while len(inbox(hands)) < commands:
        await asyncio.sleep(0.02)
    await asyncio.sleep(0.4)


def leaves(hands: Hands, name: str, **told: str) -> None:
    """Let an operator have left a command in the inbox, and have died at once."""

    async def leave() -> None:
        database = Database(file_url(hands.shared))
        async with SqlStore(database).work("main") as work:
            await work.commands.ask(name, told, "anna", hands.at)
            await work.commit()
        await database.close()

    asyncio.run(leave())


def released(hands: Hands, phrase: str | None) -> dict[str, str]:
    """What a release says in the inbox."""
    return {"operator": "anna", "phrase": phrase or "", "cause": "a fee table"}


def test_a_release_that_nobody_answers_is_taken_back_and_releases_nothing_days_later(hands: Hands) -> None:
    hands.kill()
    hands.finish()
    phrase = hands.standing().phrase
    grant = hands.trades("tilt ingest")
    with pytest.raises(CryptoflowError, match="has not answered command 1") as refused:
        hands.resume(phrase)
    assert refused.value.code is ExitCode.LEASE_HELD
    assert "the release was taken back, so ask again" in str(refused.value)
    hands.inside(hands.shared, lambda to: give_back(to, grant, hands))
    assert hands.kill() == "the kill switch has tripped already"
    hands.at += 3 * DAY

    async def guesses() -> None:
        async with holding("main", "tilt ingest", hands):
            guess = asyncio.create_task(asked(hands, "please", "bob", 60))
            await until_left(hands, 2)
        with pytest.raises(CryptoflowError, match="the phrase is not the one"):
            await guess

    asyncio.run(guesses())
    assert hands.standing().switch.state is KillState.WAITING
    assert [state for _, state, _ in inbox(hands)] == ["refused", "refused"]


def test_whoever_will_not_wait_any_longer_takes_a_release_back(hands: Hands) -> None:
    hands.kill()
    hands.trades()

    async def run() -> None:
        waits = asyncio.create_task(asked(hands, phrase, wait=60))
        await until_left(hands, 1)
        waits.cancel()
        with pytest.raises(asyncio.CancelledError):
            await waits

    phrase = hands.standing().phrase
    asyncio.run(run())
    assert inbox(hands) == [("resume", "refused", "nobody answered in time")]


@pytest.mark.parametrize(("later", "is_released"), [(LASTS, True), (LASTS + 1, False), (-LASTS - 1, False)])
def test_a_release_that_was_left_behind_is_granted_for_minutes_only(
    hands: Hands, later: int, is_released: bool
) -> None:
    """Also where the clock was set back meanwhile, for then nobody knows how old it is."""
    hands.kill()
    hands.finish()
    leaves(hands, "resume", **released(hands, hands.standing().phrase))
    hands.at += later
    if is_released:
        assert hands.resume("please") == "nothing has tripped"
    else:
        with pytest.raises(CryptoflowError, match="the phrase is not the one"):
            hands.resume("please")
        assert inbox(hands) == [("resume", "refused", "main is not released: that was asked for too long ago")]
    assert hands.standing().switch.bars is not is_released


def test_a_release_asked_for_anew_is_not_as_old_as_the_one_that_was_left_behind(hands: Hands) -> None:
    hands.kill()
    hands.finish()
    phrase = hands.standing().phrase
    leaves(hands, "resume", **released(hands, phrase))
    hands.at += LASTS + 1
    hands.trades()
    with pytest.raises(CryptoflowError, match="has not answered command 2"):
        hands.resume(phrase)
    assert [answer for _, _, answer in inbox(hands)] == ["it was asked for too long ago", "nobody answered in time"]


@pytest.mark.parametrize("held", [False, True])
def test_a_kill_takes_back_every_release_that_was_asked_for_before_it(hands: Hands, held: bool) -> None:
    hands.kill()
    hands.finish()
    leaves(hands, "resume", **released(hands, hands.standing().phrase))
    if held:
        hands.trades()
        with pytest.raises(CryptoflowError, match="has not answered command 2"):
            hands.kill()
    else:
        assert hands.kill() == "the kill switch has tripped already"
    assert inbox(hands)[0] == ("resume", "refused", "a kill was asked for after it")
    assert hands.standing().switch.state is KillState.WAITING


def test_a_kill_that_waited_in_the_inbox_is_carried_out_before_a_release_and_never_after_it(hands: Hands) -> None:
    hands.trades()
    with pytest.raises(CryptoflowError, match="has not answered command 1"):
        hands.kill()
    hands.at += EXPIRY
    assert hands.looks() is Found.TRIPPED
    assert "released" in hands.resume(hands.standing().phrase)
    assert inbox(hands) == [("kill", "done", "the kill switch has tripped already")]
    hands.at += DAY

    async def guesses() -> None:
        async with holding("main", "tilt ingest", hands):
            guess = asyncio.create_task(asked(hands, "please", "bob", 60))
            await until_left(hands, 2)
        assert (await guess).answer == "nothing has tripped"

    asyncio.run(guesses())
    assert hands.standing().switch.state is KillState.RESUMING


def test_a_kill_that_waits_is_never_lost_though_a_release_comes_first_and_the_clock_was_set_back(hands: Hands) -> None:
    hands.kill()
    hands.finish()
    assert "released" in hands.resume(hands.standing().phrase)
    hands.at -= DAY
    grant = hands.trades("tilt ingest")
    with pytest.raises(CryptoflowError, match="has not answered command 1"):
        hands.kill()
    hands.inside(hands.shared, lambda to: give_back(to, grant, hands))
    with pytest.raises(CryptoflowError, match="main is not released"):
        hands.resume("please")
    assert hands.standing().switch.bars


def test_the_watchdog_acts_when_the_lease_has_run_out_and_not_a_moment_before(hands: Hands) -> None:
    grant = hands.trades("desk, process 7 (live)")
    hands.at += EXPIRY - 1
    assert hands.looks() is Found.HELD
    hands.at += 1
    assert hands.looks() is Found.TRIPPED
    assert hands.names() == ["kill.reported", "kill.tripped"]
    switch = hands.standing().switch
    assert (switch.cause, switch.value, switch.limit) == ("system_error", 60.0, 60.0)
    assert "desk, process 7 (live) has not renewed its lease since 2023-11-14 22:13:20 UTC" in switch.reason
    with pytest.raises(Fenced):
        hands.inside(hands.file, lambda to: append(to, "main", drafts(0), token=grant.token))
    with pytest.raises(LeaseLost):
        hands.inside(hands.shared, lambda to: renew(to, grant, EXPIRY, hands))
    assert hands.looks() is Found.FREE


async def copied(hands: Hands) -> None:
    async with alone("main", "db rebuild"):
        pass


async def acknowledging(hands: Hands) -> None:
    async with writing("main", "tier ack", hands):
        pass


async def leasing(_: Hands) -> None:
    assert await under_lease("main", [sys.executable, "-c", ""], 0) == 0


SHORT: Mapping[str, Callable[[Hands], Coroutine[Any, Any, None]]] = {
    "tier ack": acknowledging,
    "db rebuild": copied,
    f"{sys.executable} -c ": leasing,
}


@pytest.mark.parametrize("what", SHORT)
def test_who_takes_the_lease_of_a_process_that_died_trips_the_switch_as_a_watchdog_would(
    hands: Hands, monkeypatch: pytest.MonkeyPatch, what: str
) -> None:
    monkeypatch.setattr("cryptoflow.clock.time.time_ns", hands.nanoseconds)
    grant = hands.trades("desk, process 7 (live)")
    hands.at += EXPIRY + 2_000
    asyncio.run(SHORT[what](hands))
    assert hands.names() == ["kill.reported", "kill.tripped"]
    switch = hands.standing().switch
    assert (switch.cause, switch.value, switch.limit, switch.tripped_by) == ("system_error", 62.0, 60.0, what)
    assert "desk, process 7 (live) has not renewed its lease since 2023-11-14 22:13:20 UTC" in switch.reason
    with pytest.raises(Fenced):
        hands.inside(hands.file, lambda to: append(to, "main", drafts(0), token=grant.token))
    hands.at += EXPIRY
    asyncio.run(SHORT[what](hands))
    assert hands.looks() is Found.FREE
    assert hands.names() == ["kill.reported", "kill.tripped"]


@pytest.mark.parametrize("what", SHORT)
def test_who_takes_a_lease_that_was_given_back_or_of_who_wrote_nothing_trips_nothing(
    hands: Hands, monkeypatch: pytest.MonkeyPatch, what: str
) -> None:
    monkeypatch.setattr("cryptoflow.clock.time.time_ns", hands.nanoseconds)
    grant = hands.trades()
    hands.inside(hands.shared, lambda to: give_back(to, grant, hands))
    asyncio.run(SHORT[what](hands))
    hands.trades("a copy", fences=False)
    hands.at += 10 * EXPIRY
    asyncio.run(SHORT[what](hands))
    assert hands.names() == []


LONG = "desk, process 7 (live)" + 5_000 * "x"
"""A holder of whose death nothing can be written in what is left of a page."""


@contextmanager
def full(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """Let no database have another page."""
    with monkeypatch.context() as disk:
        disk.setattr("cryptoflow.storage.database.PRAGMAS", (*PRAGMAS, "max_page_count=1"))
        yield


@pytest.mark.parametrize("what", SHORT)
def test_a_journal_that_cannot_be_written_leaves_the_lease_with_the_dead_and_the_trip_to_the_next(
    hands: Hands, monkeypatch: pytest.MonkeyPatch, what: str
) -> None:
    monkeypatch.setattr("cryptoflow.clock.time.time_ns", hands.nanoseconds)
    hands.trades(LONG)
    hands.at += EXPIRY
    with full(monkeypatch), pytest.raises(Unwritable, match=r"main\.db cannot be written: database or disk is full"):
        asyncio.run(SHORT[what](hands))
    assert hands.names() == []
    hands.at += 10 * EXPIRY
    assert hands.looks() is Found.TRIPPED
    assert hands.names() == ["kill.reported", "kill.tripped"]


def test_a_watchdog_tells_of_a_journal_that_cannot_be_written_and_looks_again(
    hands: Hands, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("CRYPTOFLOW_LEASE_HEARTBEAT", "0.05")
    settings.cache_clear()
    told: asyncio.Queue[Report] = asyncio.Queue()

    async def watched() -> list[Report]:
        with full(monkeypatch):
            task = asyncio.create_task(watch("main", hands, nobody, told.put_nowait))
            seen = [await told.get()]
        seen.append(await told.get())
        task.cancel()
        await asyncio.gather(task, return_exceptions=True)
        return seen

    hands.trades(LONG)
    hands.at += EXPIRY
    first, second = asyncio.run(asyncio.wait_for(watched(), 20))
    assert (first.found, second.found) == (Found.AWAY, Found.TRIPPED)
    assert "main.db cannot be written" in first.line


TAKERS = """
import asyncio, os, sys
from cryptoflow.pipelines.journals.succeeding import Heir
from cryptoflow.pipelines.journals.writing import holding

class Clock:
    def now(self):
        return int(sys.argv[1])

def dying(*asked, succeed=Heir.succeed):
    if dies == "after":
        succeed(*asked)
    os._exit(9)

async def run():
    async with holding("main", "tier ack", Clock()):
        pass

Heir.succeed = dying
for dies in ("before", "after"):
    if not (child := os.fork()):
        asyncio.run(run())
        os._exit(0)
    print(os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]))
"""
"""Two processes, one after the other, that die as they take the lease: before and after the journal has the trip."""


def test_who_dies_at_taking_over_from_the_dead_loses_no_trip(hands: Hands) -> None:
    hands.trades("desk, process 7 (live)")
    hands.at += EXPIRY
    ended = subprocess.run([sys.executable, "-c", TAKERS, str(hands.at)], capture_output=True, text=True, check=False)
    assert (ended.stdout.split(), ended.stderr) == (["9", "9"], "")
    assert hands.names() == ["kill.reported", "kill.tripped"]
    assert hands.inside(hands.shared, lambda to: last(to, "main", hands))[0].holder == "desk, process 7 (live)"
    hands.at += EXPIRY
    assert hands.looks() is Found.FREE
    asyncio.run(acknowledging(hands))
    assert hands.names() == ["kill.reported", "kill.tripped"]
    assert "desk, process 7 (live) has not renewed" in hands.standing().switch.reason


def test_who_waits_for_a_lease_tells_of_the_death_of_who_took_it_meanwhile(
    hands: Hands, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("cryptoflow.clock.time.time_ns", hands.nanoseconds)
    asked = asyncio.Event()
    floor = leases._floor

    async def told(account: str) -> int:
        token = await floor(account)
        asked.set()
        return token

    async def run() -> None:
        waiting = asyncio.create_task(under_lease("main", [sys.executable, "-c", ""], 900))
        await asked.wait()
        hands.inside(hands.shared, lambda to: give_back(to, first, hands))
        hands.trades("desk, process 8 (live)")
        hands.at += EXPIRY
        assert await waiting == 0

    monkeypatch.setattr(leases, "_floor", told)
    first = hands.trades("desk, process 7 (live)")
    asyncio.run(run())
    assert hands.names() == ["kill.reported", "kill.tripped"]
    assert "desk, process 8 (live) has not renewed" in hands.standing().switch.reason


def test_leases_in_the_very_file_of_the_journal_keep_nobody_waiting(
    hands: Hands, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("CRYPTOFLOW_DATABASE_URL", f"sqlite:///{hands.file}")
    settings.cache_clear()
    for short in SHORT.values():
        asyncio.run(short(hands))
    assert hands.kill() == "the kill switch has tripped"


def test_a_switch_that_had_tripped_before_its_process_died_keeps_its_first_reason(hands: Hands) -> None:
    hands.kill()
    hands.trades()
    hands.at += 2 * EXPIRY
    asyncio.run(acknowledging(hands))
    assert hands.names() == ["kill.reported", "kill.tripped"]
    assert hands.standing().switch.reason == "odd fills"


def test_the_watchdog_leaves_alone_who_renews_who_gave_back_and_who_wrote_nothing(hands: Hands) -> None:
    grant = hands.trades()
    for _ in range(5):
        hands.at += EXPIRY - 1
        hands.inside(hands.shared, lambda to: renew(to, grant, EXPIRY, hands))
        assert hands.looks() is Found.HELD
    hands.inside(hands.shared, lambda to: give_back(to, grant, hands))
    hands.at += 10 * EXPIRY
    assert hands.looks() is Found.FREE
    hands.trades("a copy", fences=False)
    hands.at += 10 * EXPIRY
    assert hands.looks() is Found.FREE
    assert hands.names() == []


def test_a_process_that_comes_back_before_the_watchdog_has_the_lease_trades_on(
    hands: Hands, monkeypatch: pytest.MonkeyPatch
) -> None:
    from cryptoflow.pipelines.halting import watchdog

    grant = hands.trades("live")
    hands.at += EXPIRY
    seen = watchdog.lease_of

    async def slow(*asked: Any) -> Any:
        found = await seen(*asked)
        hands.inside(hands.shared, lambda to: renew(to, grant, EXPIRY, hands))
        return found

    monkeypatch.setattr(watchdog, "lease_of", slow)
    assert hands.looks() is Found.HELD
    assert hands.names() == []


def test_with_a_desk_the_watchdog_carries_the_plan_out_to_its_operator(hands: Hands) -> None:
    venue = Venue(entries={"E1": "BTC/USDT"})
    venue.hold("ETH/USDT", "4", "1900")

    @asynccontextmanager
    async def manned() -> AsyncIterator[Manned]:
        yield Manned(LittleDesk(venue, str), STANDARD)

    hands.trades()
    hands.at += EXPIRY
    assert hands.looks(lambda _: manned()) is Found.RECOVERED
    assert not venue.held and not venue.entries
    assert hands.standing().switch.state is KillState.WAITING


def test_a_desk_that_fails_is_no_database_that_is_away_and_its_plan_goes_on_at_the_next_look(hands: Hands) -> None:
    venue, fails = Venue(entries={"E1": "BTC/USDT"}), ["cancel", "close", "opening"]
    venue.hold("ETH/USDT", "4", "1900")

    def calls(call: str) -> None:
        if fails and fails[0] in call:
            raise ConnectionError(f"{fails.pop(0)} was refused")

    @asynccontextmanager
    async def manned() -> AsyncIterator[Manned]:
        calls("opening")
        yield Manned(LittleDesk(venue, calls), STANDARD)

    hands.trades()
    hands.at += EXPIRY
    seen = [asyncio.run(look("main", hands, lambda _: manned())) for _ in range(5)]
    assert [each.found for each in seen] == [Found.STUCK, Found.STUCK, Found.STUCK, Found.RECOVERED, Found.FREE]
    for report, what in zip(seen, ("cancel", "close", "opening"), strict=False):
        assert f"the desk says ConnectionError: {what} was refused" in report.line
    assert not venue.held
    assert hands.standing().switch.state is KillState.WAITING
    assert hands.names().count("kill.tripped") == hands.names().count("recovery.begun") == 1


def test_the_watchdog_carries_out_the_plan_of_a_kill_where_nobody_trades(hands: Hands) -> None:
    venue = Venue(entries={"E1": "BTC/USDT"})

    @asynccontextmanager
    async def manned() -> AsyncIterator[Manned]:
        yield Manned(LittleDesk(venue, str), STANDARD)

    assert hands.looks(lambda _: manned()) is Found.FREE
    hands.kill()
    assert hands.looks() is Found.FREE
    assert hands.looks(lambda _: manned()) is Found.RECOVERED
    assert not venue.entries


def test_a_clock_set_back_at_a_release_gives_no_size_at_once(hands: Hands) -> None:
    hands.kill()
    hands.finish()
    tripped, hands.at = hands.at, hands.at - 30 * DAY
    hands.resume(hands.standing().phrase)
    sizes = []
    for at in (hands.at, tripped, tripped + DAY):
        hands.at = at
        sizes.append(hands.standing().facts()["kill"]["size"])
    assert sizes == [0.25, 0.25, 0.5]


def test_what_is_of_the_past_or_not_there_is_not_killed(hands: Hands) -> None:
    wrong: Sequence[tuple[str, ExitCode]] = [("backtest-a-1", ExitCode.REFUSED), ("mian", ExitCode.INVALID)]
    for account, code in wrong:
        with pytest.raises(CryptoflowError) as refused:
            asyncio.run(kill(account, "odd", "anna", hands, 0))
        assert refused.value.code is code
