"""An audit names the first event that is not as it was written, whatever was done to it, in both engines."""

import asyncio
import os
import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import Any, NamedTuple

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sqlalchemy import Connection, delete, insert, select, text, update

from cryptoflow.domain.journal.recorded import Recorded
from cryptoflow.storage.database import Database
from cryptoflow.storage.events import reading
from cryptoflow.storage.events.appending import EVENTS, HEADS, append
from cryptoflow.storage.events.reading import Audit, audit
from tests.servers.fixtures import administer
from tests.storage.connections import inside
from tests.storage.stories import drafts

COUNT = 24
"""Events of the journal that is tampered with."""

WORDS = ("stream", "name", "by", "correlation", "causation", "payload", "hash")
NUMBERS = ("version", "schema", "at")


class Ledger:
    """A small journal whose guards are gone; what is done to it in `after` is undone."""

    def __init__(self, url: str) -> None:
        self.runner = asyncio.Runner()
        self.database = Database(url)
        self.runner.run(self._open())

    async def _open(self) -> None:
        async with self.database.writing() as connection:
            await connection.run_sync(append, "main", drafts(0, COUNT // 8))
            for statement in self._unguarded():
                await connection.execute(text(statement))

    def _unguarded(self) -> Iterator[str]:
        if self.database.is_sqlite:
            yield from (f"DROP TRIGGER events_no_{verb}" for verb in ("update", "delete", "replace"))
            yield from (f"DROP TRIGGER heads_{law}" for law in ("no_delete", "no_replace", "only_forward"))
        else:
            yield "ALTER TABLE events DISABLE TRIGGER USER"
            yield "ALTER TABLE heads DISABLE TRIGGER USER"

    def after(self, *doing: Any) -> Audit:
        """Return what an audit finds once statements were executed."""

        async def run() -> Audit:
            async with self.database.engine.connect() as connection, connection.begin() as transaction:
                for each in doing:
                    await connection.execute(each)
                found = await connection.run_sync(audit, "main")
                await transaction.rollback()
                return found

        return self.runner.run(run())

    def rows(self) -> list[Recorded]:
        """Return the events as they were written."""

        async def run() -> list[Recorded]:
            async with self.database.reading() as connection:
                query = select(*reading.COLUMNS).order_by(EVENTS.c.seq)
                return [Recorded(*row) for row in await connection.execute(query)]

        return self.runner.run(run())

    def close(self) -> None:
        self.runner.run(self.database.close())
        self.runner.close()


@pytest.fixture(scope="module", params=["sqlite", "postgresql"])
def ledger(
    request: pytest.FixtureRequest, migrated_file: Path, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Ledger]:
    """A journal of three orders to tamper with."""
    if request.param == "sqlite":
        ledger = Ledger(f"sqlite:///{shutil.copy(migrated_file, tmp_path_factory.mktemp('audit') / 'main.db')}")
        yield ledger
        ledger.close()
        return
    server, template = map(request.getfixturevalue, ("postgres_server", "postgres_template"))
    name = f"cryptoflow_audit_{os.getpid()}"
    asyncio.run(administer(server, f'CREATE DATABASE "{name}" TEMPLATE "{template}"'))
    ledger = Ledger(f"{server}/{name}")
    yield ledger
    ledger.close()
    asyncio.run(administer(server, f'DROP DATABASE "{name}" WITH (FORCE)'))


def test_a_journal_that_nobody_touched_is_whole(ledger: Ledger) -> None:
    assert ledger.after().broken is None
    assert ledger.after().head.seq == COUNT


@given(
    seq=st.integers(1, COUNT),
    field=st.sampled_from(WORDS),
    word=st.text(st.characters(codec="ascii", exclude_characters="\0"), max_size=5),
)
@settings(max_examples=25)
def test_an_altered_word_is_found_where_it_stands(ledger: Ledger, seq: int, field: str, word: str) -> None:
    was = getattr(ledger.rows()[seq - 1], field)
    found = ledger.after(update(EVENTS).where(EVENTS.c.seq == seq).values({field: was + word}))
    assert str(found.broken) == ("None" if not word else f"event {seq} of main was altered")


@given(seq=st.integers(1, COUNT), field=st.sampled_from(NUMBERS), by=st.integers(-3, 3))
@settings(max_examples=15)
def test_an_altered_number_is_found_where_it_stands(ledger: Ledger, seq: int, field: str, by: int) -> None:
    column = EVENTS.c[field]
    found = ledger.after(update(EVENTS).where(EVENTS.c.seq == seq).values({field: column + by}))
    assert str(found.broken) == ("None" if not by else f"event {seq} of main was altered")


@given(seqs=st.sets(st.integers(1, COUNT), min_size=1, max_size=5))
@settings(max_examples=10)
def test_of_removed_events_the_first_is_missed(ledger: Ledger, seqs: set[int]) -> None:
    found = ledger.after(delete(EVENTS).where(EVENTS.c.seq.in_(seqs)))
    assert found.broken is not None and found.broken.seq == min(seqs)
    assert found.broken.what.startswith("is missing")


@given(two=st.lists(st.integers(1, COUNT), min_size=2, max_size=2, unique=True))
@settings(max_examples=10)
def test_of_two_events_that_changed_places_the_first_is_found(ledger: Ledger, two: list[int]) -> None:
    first, second = sorted(two)
    away = update(EVENTS).where(EVENTS.c.seq == first).values(seq=-first)
    earlier = update(EVENTS).where(EVENTS.c.seq == second).values(seq=first)
    later = update(EVENTS).where(EVENTS.c.seq == -first).values(seq=second)
    assert str(ledger.after(away, earlier, later).broken) == f"event {first} of main was altered"


@given(like=st.integers(1, COUNT), seq=st.integers(-2, COUNT + 3), later=st.integers(-2, 2))
@settings(max_examples=20)
def test_an_event_put_in_by_hand_is_found(ledger: Ledger, like: int, seq: int, later: int) -> None:
    copied = ledger.rows()[like - 1]
    taken = 1 <= seq <= COUNT
    at = ledger.rows()[seq - 1].at + (later or 1) if taken else copied.at
    found = ledger.after(insert(EVENTS).values(copied._replace(seq=seq, at=at)._asdict()))
    assert found.broken is not None
    if taken:  # one of the two of this number is the true one
        expected = "was altered" if later < 0 else "stands in a place that is not its own"
        assert str(found.broken) == f"event {seq} of main {expected}"
    elif seq == COUNT + 1:
        assert str(found.broken) == f"event {seq} of main was altered"
    elif seq > COUNT:
        others = f", and all up to {seq - 1}" if seq > COUNT + 2 else ""
        assert str(found.broken) == f"event {COUNT + 1} of main is missing{others}"
    else:
        assert str(found.broken) == f"event {seq} of main stands in a place that is not its own"


def test_a_second_event_of_a_number_is_found_at_the_edge_of_what_is_read_at_once(
    ledger: Ledger, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(reading, "PAGE", 8)
    edge = ledger.rows()[7]
    found = ledger.after(insert(EVENTS).values(edge._replace(at=edge.at + 1)._asdict()))
    assert str(found.broken) == "event 8 of main stands in a place that is not its own"


def test_a_hole_is_named_as_one_stretch(ledger: Ledger) -> None:
    found = ledger.after(delete(EVENTS).where(EVENTS.c.seq.between(11, 22)))
    assert str(found.broken) == "event 11 of main is missing, and all up to 22"
    found = ledger.after(delete(EVENTS).where(EVENTS.c.seq.between(11, COUNT)))
    assert str(found.broken) == "event 11 of main is missing, and all after it"


def test_a_tail_that_was_cut_off_is_missed(ledger: Ledger) -> None:
    found = ledger.after(delete(EVENTS).where(EVENTS.c.seq > 20))
    assert str(found.broken) == "event 21 of main is missing, and all after it"


def test_an_end_that_was_rewritten_is_found(ledger: Ledger) -> None:
    def end(**values: Any) -> str:
        return str(ledger.after(update(HEADS).values(values)).broken)

    before = ledger.rows()[19]
    assert end(hash="f" * 64) == "event 24 of main is not the one that the journal says it ends with"
    assert end(seq=20, hash=before.hash) == "event 21 of main was added behind the journal's back"
    assert end(seq=30) == "event 25 of main is missing, and all after it"
    assert end(first_hash="f" * 64) == "event 1 of main was altered"
    assert end(first_seq=3) == "event 1 of main stands in a place that is not its own"
    gone = "event 24 of main is the last one here, but the row that says where the journal ends is gone"
    assert str(ledger.after(delete(HEADS)).broken) == gone


class Spoilt(NamedTuple):
    """Something that only SQLite lets stand in a column, and what an audit says of it."""

    statement: str
    says: str


@pytest.mark.parametrize(
    "spoilt",
    [
        Spoilt("UPDATE events SET seq = 'x' WHERE seq = 5", "event 5 of main is missing"),
        Spoilt("UPDATE events SET seq = 'x' WHERE seq = 24", "event 24 of main was altered"),
        Spoilt("UPDATE events SET version = 'x' WHERE seq = 5", "event 5 of main was altered"),
        Spoilt("UPDATE events SET by = x'00ff' WHERE seq = 5", "event 5 of main was altered"),
        Spoilt("UPDATE events SET payload = x'00ff' WHERE seq = 5", "event 5 of main was altered"),
        Spoilt("UPDATE events SET name = CAST(x'ff' AS TEXT) WHERE seq = 5", "event 5 of main cannot be read: "),
        Spoilt("UPDATE heads SET seq = 'x'", "event 1 of main was added behind the journal's back"),
        Spoilt("UPDATE heads SET first_seq = 'x'", "None"),
    ],
)
def test_what_cannot_even_be_an_event_is_named_as_well(sqlite_file: Any, spoilt: Spoilt) -> None:
    ledger = Ledger(f"sqlite:///{sqlite_file}")
    assert str(ledger.after(text(spoilt.statement)).broken).startswith(spoilt.says)
    ledger.close()


def test_two_journals_in_one_database_are_followed_each_by_itself(url: str) -> None:
    def both(connection: Connection) -> list[Audit]:
        for account in ("main", "other", "main"):
            append(connection, account, drafts(10 * len(account) + len(account), 1) if account == "other" else [])
        append(connection, "main", drafts(0, 2))
        return [audit(connection, account) for account in ("main", "other")]

    (found,) = inside(url, both)
    assert [(each.head.seq, each.broken) for each in found] == [(16, None), (8, None)]
