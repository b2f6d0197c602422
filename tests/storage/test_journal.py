"""The journal of a trading process: those who append at the same time share a commit and nothing else."""

import asyncio
import gc
import shutil
import threading
from dataclasses import dataclass
from decimal import Decimal
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any, NamedTuple

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from cryptoflow.clock import MachineClock, virtual_time
from cryptoflow.domain.events.accounts import EquityMarked
from cryptoflow.domain.events.event import Event
from cryptoflow.domain.events.runs import RunEnded
from cryptoflow.domain.journal.recorded import Draft, Recorded
from cryptoflow.storage.events.appending import Conflict, Fenced
from cryptoflow.storage.events.journal import Closed, Journal
from cryptoflow.storage.events.law import Unlawful
from cryptoflow.storage.files import existing
from cryptoflow.storage.tables.types import TooExact
from tests.storage.opened import audited, journal_in, pragma, with_journal
from tests.storage.stories import BEGIN, drafts, intent


def noted(run: int, orders: int = 0) -> Draft:
    """Something about a run, which no table is made of."""
    return Draft(RunEnded(f"r{run}", Decimal(1000), orders, 0, 0), BEGIN)


class Wish(NamedTuple):
    """What a caller asks to append: so many events of a run, perhaps knowing how many there are, perhaps unlawful."""

    run: int
    count: int
    knows: tuple[int, int] | None
    unlawful: bool

    def drafts(self, number: int) -> list[Draft]:
        events = [noted(self.run, number)] * self.count
        return [*events, Draft(intent(number, stop=None), BEGIN)] if self.unlawful else events

    def expected(self) -> dict[str, int] | None:
        return None if self.knows is None else {f"run/r{self.knows[0]}": self.knows[1]}


def one_by_one(wishes: list[Wish]) -> list[type[Exception] | int]:
    """What must become of wishes: the kind of refusal, or the number of the first event."""
    versions, seq, answers = dict.fromkeys(range(3), 0), 0, []
    for wish in wishes:
        if wish.knows is not None and versions[wish.knows[0]] != wish.knows[1]:
            answers.append(Conflict)
        elif wish.unlawful:
            answers.append(Unlawful)
        else:
            answers.append(seq + 1)
            seq += wish.count
            versions[wish.run] += wish.count
    return answers


RUNS = st.integers(0, 2)
WISHES = st.lists(
    st.builds(
        Wish,
        RUNS,
        st.integers(1, 3),
        st.none() | st.tuples(RUNS, st.integers(0, 4)),
        st.sampled_from([False, False, False, True]),
    ),
    min_size=2,
    max_size=25,
)


@given(wishes=WISHES)
@settings(max_examples=25)
def test_those_who_share_a_commit_are_answered_as_if_each_had_come_alone(
    migrated_file: Path, wishes: list[Wish]
) -> None:
    async def all_at_once(journal: Journal) -> list[Any]:
        asked = (journal.append(wish.drafts(number), wish.expected()) for number, wish in enumerate(wishes))
        return await asyncio.gather(*asked, return_exceptions=True)

    with TemporaryDirectory() as folder:
        file = Path(shutil.copy(migrated_file, folder))
        answers = with_journal(file, all_at_once)
        told = [type(each) if isinstance(each, Exception) else each[0].seq for each in answers]
        assert told == one_by_one(wishes)
        found = audited(file)
    assert found.broken is None
    assert found.head.seq == sum(len(each) for each in answers if not isinstance(each, Exception))


def test_a_burst_costs_few_commits_and_everyone_hears_of_its_own(sqlite_file: Path) -> None:
    async def burst(journal: Journal) -> tuple[list[list[Recorded]], int]:
        answers = await asyncio.gather(*(journal.append(drafts(number)) for number in range(150)))
        return answers, journal.commits

    answers, commits = with_journal(sqlite_file, burst)
    assert [each.seq for answer in answers for each in answer] == list(range(1, 1201))
    assert all(answer[1].stream == f"order/ORDER{number}" for number, answer in enumerate(answers))
    assert commits < 20


@pytest.mark.parametrize("threaded", [True, False])
def test_who_is_told_of_a_commit_and_fails_is_heard_of_once_and_stops_nobody(
    sqlite_file: Path, monkeypatch: pytest.MonkeyPatch, threaded: bool
) -> None:
    heard: list[Any] = []
    monkeypatch.setattr(threading, "excepthook", heard.append)

    def fails() -> None:
        raise ValueError("the shipper is not there")

    async def live(journal: Journal) -> list[int]:
        journal.committed = fails
        return [(await journal.append(drafts(number)))[-1].seq for number in range(3)]

    assert with_journal(sqlite_file, live, threaded=threaded) == [8, 16, 24]
    assert [str(each.exc_value) for each in heard] == ["the shipper is not there"]


def test_one_who_goes_away_while_it_waits_takes_nothing_back_and_disturbs_nobody(sqlite_file: Path) -> None:
    async def leave(journal: Journal) -> list[Any]:
        tasks = [asyncio.create_task(journal.append([noted(number)])) for number in range(10)]
        await asyncio.sleep(0)
        tasks[5].cancel()
        return await asyncio.gather(*tasks, return_exceptions=True)

    answers = with_journal(sqlite_file, leave)
    assert isinstance(answers.pop(5), asyncio.CancelledError)
    assert [each[0].seq for each in answers] == [1, 2, 3, 4, 5, 7, 8, 9, 10]
    assert audited(sqlite_file).head.seq == 10


def test_a_refusal_that_nobody_waits_for_any_more_is_no_complaint(sqlite_file: Path) -> None:
    async def leave(journal: Journal) -> list[Any]:
        complaints: list[Any] = []
        asyncio.get_running_loop().set_exception_handler(lambda _, context: complaints.append(context))
        task = asyncio.create_task(journal.append([noted(0)], {"run/r0": 7}))
        await asyncio.sleep(0)
        task.cancel()
        await journal.append([noted(1)])
        gc.collect()
        return complaints

    assert with_journal(sqlite_file, leave) == []


def test_what_waits_when_the_journal_closes_is_written_and_what_comes_later_is_refused(sqlite_file: Path) -> None:
    async def close(journal: Journal) -> list[Recorded]:
        tasks = [asyncio.create_task(journal.append([noted(number)])) for number in range(50)]
        await asyncio.sleep(0)
        await journal.close()
        with pytest.raises(Closed, match="the journal of main is closed"):
            await journal.append([noted(99)])
        return [each for task in tasks for each in await task]

    assert [each.seq for each in with_journal(sqlite_file, close)] == list(range(1, 51))


def test_a_loop_that_ended_while_somebody_waited_stops_nobody_in_another(sqlite_file: Path) -> None:
    journal = Journal(existing(sqlite_file), "main", MachineClock())

    async def leave() -> None:
        for number in range(200):
            asyncio.get_running_loop().create_task(journal.append([noted(number)]))
        await asyncio.sleep(0)

    async def stay() -> int:
        async with asyncio.timeout(60):
            (written,) = await journal.append([noted(500)])
        await journal.close()
        return written.seq

    asyncio.run(leave())
    assert asyncio.run(stay()) == 201


@dataclass(frozen=True, slots=True)
class Nonsense(Event):
    """An event that its author got wrong: its field has no place in a journal."""

    name = "nonsense"
    about: object


@pytest.mark.parametrize(
    ("bad", "kind"),
    [
        (Nonsense(object()), KeyError),
        (RunEnded("r", Decimal("NaN"), 0, 0, 0), ValueError),
        (EquityMarked(Decimal("0.1234567890123456789"), None), TooExact),
        (RunEnded("r\ud800", Decimal(1), 0, 0, 0), ValueError),
    ],
)
def test_a_bug_in_one_request_is_told_to_its_author_and_the_others_are_written(
    sqlite_file: Path, bad: Event, kind: type[Exception]
) -> None:
    async def ask(journal: Journal) -> list[Any]:
        asked = [journal.append([Draft(bad, BEGIN) if number == 7 else noted(number)]) for number in range(20)]
        return await asyncio.gather(*asked, return_exceptions=True)

    answers = with_journal(sqlite_file, ask)
    assert isinstance(answers.pop(7), kind)
    assert [each[0].seq for each in answers] == list(range(1, 20))


class Stopped:
    """A clock that is broken."""

    def now(self) -> int:
        raise ZeroDivisionError

    nanoseconds = now


@pytest.mark.filterwarnings("ignore::pytest.PytestUnhandledThreadExceptionWarning")
def test_when_the_writing_thread_itself_fails_nobody_is_left_waiting(sqlite_file: Path) -> None:
    async def ask(journal: Journal) -> list[Any]:
        await journal.append([noted(0)])
        pragma(journal, "query_only=ON")
        asked = [journal.append([noted(number)]) for number in range(20)]
        return await asyncio.gather(*asked, return_exceptions=True)

    assert {type(each) for each in with_journal(sqlite_file, ask, clock=Stopped())} == {Closed}


def test_whoever_has_lost_its_lease_writes_nothing_more(sqlite_file: Path) -> None:
    async def ask(journal: Journal) -> list[Any]:
        return await asyncio.gather(*(journal.append([noted(n)]) for n in range(8)), return_exceptions=True)

    assert with_journal(sqlite_file, lambda journal: journal.append([noted(0)]), token=7)[0].seq == 1
    assert {type(each) for each in with_journal(sqlite_file, ask, token=6)} == {Fenced}


def test_on_a_virtual_clock_a_commit_takes_no_time_and_closing_closes(sqlite_file: Path) -> None:
    with virtual_time(BEGIN) as loop:

        async def live() -> float:
            async with journal_in(sqlite_file, threaded=False) as journal:
                for number in range(5):
                    await journal.append([noted(number)])
                with pytest.raises(Conflict):
                    await journal.append([noted(0)], {"run/r0": 0})
            with pytest.raises(Closed):
                await journal.append([noted(6)])
            return loop.time()

        assert loop.run_until_complete(live()) == 0
    assert audited(sqlite_file).head.seq == 5


def test_an_order_against_the_law_is_no_failure_of_the_disk(sqlite_file: Path) -> None:
    async def ask(journal: Journal) -> list[Recorded]:
        with pytest.raises(Unlawful, match="would enter without a stop"):
            await journal.append([Draft(intent(1, stop=None), BEGIN)])
        with pytest.raises(Unlawful, match="cap"):
            await journal.append([Draft(intent(1, notional="101"), BEGIN)])
        return await journal.append([Draft(intent(1), BEGIN)])

    assert [each.name for each in with_journal(sqlite_file, ask)] == ["order.created"]
