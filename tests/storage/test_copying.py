"""Everything moves to the other engine and back, to the last digit, however often that is interrupted."""

import asyncio
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from functools import partial
from itertools import count
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import Connection, Engine, delete, event, func, insert, select, text, update

from cryptoflow.errors import CryptoflowError, ExitCode
from cryptoflow.pipelines.databases.copying import Copied, Moved, copy
from cryptoflow.storage.copying.accounts import ROWS
from cryptoflow.storage.copying.shared import MANNERS, TABLES
from cryptoflow.storage.events.appending import append, head_of
from cryptoflow.storage.events.extent import Extent, extent_of
from cryptoflow.storage.rows.projecting import EQUITY, ORDERS, POSITIONS, TRADES, table_of
from cryptoflow.storage.tables.every import METADATA
from cryptoflow.storage.tables.runtime import CommandRow, LeaseRow, OutboxRow, RunRow
from tests.storage.connections import inside
from tests.storage.estates import DUST, FINE, VAST, everything, journal
from tests.storage.stories import drafts

COMMANDS, LEASES, OUTBOX, RUNS = map(table_of, (CommandRow, LeaseRow, OutboxRow, RunRow))


class Interrupted(Exception):
    """The process would have ended here."""


@pytest.fixture
def full(sqlite_file: Path) -> str:
    """The address of a SQLite database with something in every table."""
    url = f"sqlite:///{sqlite_file}"
    inside(url, everything)
    return url


def copied(source: str, to: str, **options: Any) -> Copied:
    return asyncio.run(copy(to, source, **options))


def without_places(found: Copied) -> list[Moved]:
    return [each._replace(source="") for each in found.accounts]


def refused(source: str, to: str) -> CryptoflowError:
    with pytest.raises(CryptoflowError) as caught:
        copied(source, to)
    return caught.value


def test_every_table_there_is_is_copied() -> None:
    assert {"events", "heads", *(table.name for table in (*ROWS, *TABLES))} == set(METADATA.tables)
    for table in TABLES:
        manner = MANNERS[table.name]
        assert {*manner.named, *manner.changes} <= {column.name for column in table.columns}


def test_everything_goes_to_postgresql_and_back_to_the_last_digit(full: str, postgres_url: str, tmp_path: Path) -> None:
    back = f"sqlite:///{tmp_path / 'back.db'}"
    there, again = copied(full, postgres_url), copied(postgres_url, back)
    assert without_places(there) == without_places(again)
    assert {each.account: each.events for each in there.accounts} == {"Zoë": 40, "main": 484}
    assert there.shared == again.shared == {"runs": 1, "commands": 3, "outbox": 4, "leases": 1, "market_snapshots": 1}
    for url in (postgres_url, back):
        held, closed, equity = inside(
            url,
            lambda c: c.execute(select(POSITIONS).where(POSITIONS.c.symbol == "ETH/USDT")).one(),
            lambda c: c.execute(select(TRADES)).one(),
            lambda c: c.scalar(select(EQUITY.c.cash).where(EQUITY.c.cash.is_not(None))),
        )
        assert (held.quantity, held.cost, held.fees, closed.profit, equity) == (FINE, VAST, DUST, -FINE, DUST)
    assert str(inside(postgres_url, lambda c: c.scalar(text("SELECT cost FROM trades")))[0]) == str(VAST)


@contextmanager
def before_commit(number: int) -> Iterator[None]:
    """End the process, so to say, with the work of a transaction done but not kept."""
    left = count(1)

    def ends(_: Any) -> None:
        if next(left) == number:
            raise Interrupted

    event.listen(Engine, "commit", ends)
    try:
        yield
    finally:
        event.remove(Engine, "commit", ends)


def after_batch(number: int) -> Callable[[int, int], None]:
    """End the process, so to say, with a batch just kept."""
    left = count(1)

    def ends(done: int, total: int) -> None:
        if next(left) == number:
            raise Interrupted

    return ends


def test_a_copy_that_is_interrupted_again_and_again_goes_on_each_time(full: str, url: str, tmp_path: Path) -> None:
    to = url if url.startswith("postgresql") else f"sqlite:///{tmp_path / 'to.db'}"
    heights = []
    for number in count(1, 5):
        for how in ("before a commit", "after a batch"):
            try:
                if how == "before a commit":
                    with before_commit(1 + number):
                        copied(full, to, batch=60)
                else:
                    copied(full, to, batch=60, progress=after_batch(number))
            except Interrupted:
                (height,) = inside(to, lambda c: head_of(c, "main").seq)
                heights.append(height)
            else:
                assert any(0 < height < 484 for height in heights) and heights == sorted(heights)
                assert copied(full, to) == copied(full, to, batch=60)
                return


def test_events_are_counted_while_journals_are_followed_before_they_are_copied(full: str, tmp_path: Path) -> None:
    heard: list[tuple[str, int, int]] = []
    told = {name: lambda *how_far, name=name: heard.append((name, *how_far)) for name in ("follows", "progress")}
    found = copied(full, f"sqlite:///{tmp_path / 'all.db'}", **told)
    events = sum(each.events for each in found.accounts)
    followed = [each for each in heard if each[0] == "follows"]
    assert followed[-1] == ("follows", events, events) and heard[: len(followed)] == followed


def test_a_row_that_changed_in_the_source_since_is_copied_anew(full: str, postgres_url: str) -> None:
    copied(full, postgres_url)
    inside(postgres_url, lambda c: c.execute(delete(EQUITY).where(EQUITY.c.account == "main", EQUITY.c.at > 1.7e12)))
    inside(full, lambda c: c.execute(update(ORDERS).where(ORDERS.c.id == "ORDER7").values(reason="late")))
    inside(full, lambda c: append(c, "main", drafts(100, 2), token=3))
    found = {each.account: each for each in copied(full, postgres_url).accounts}
    assert (found["main"].events, found["main"].rows["orders"]) == (500, 62)
    assert inside(postgres_url, lambda c: c.scalar(select(ORDERS.c.reason).where(ORDERS.c.id == "ORDER7"))) == ["late"]


def test_a_target_with_other_events_of_the_account_is_refused_and_left_as_it_is(full: str, url: str) -> None:
    if url == full:
        url = url.replace("database.db", "other.db")
        journal(Path(url.removeprefix("sqlite:///")), "main", 1)
    inside(url, lambda c: append(c, "main", drafts(7, 1)))
    (before,) = inside(url, lambda c: extent_of(c, "main"))
    error = refused(full, url)
    assert error.code == ExitCode.REFUSED and "other events of main" in str(error)
    assert inside(url, lambda c: extent_of(c, "main")) == [before]
    assert before.token == 0 and inside(url, lambda c: append(c, "main", drafts(8, 1))), "its writer goes on"


def test_a_target_whose_journal_goes_on_further_is_refused(full: str, postgres_url: str) -> None:
    copied(full, postgres_url)
    inside(postgres_url, lambda c: append(c, "main", drafts(200, 1), token=3))
    assert refused(full, postgres_url).code == ExitCode.REFUSED


def test_an_event_that_was_altered_is_found_before_anything_is_copied(full: str, postgres_url: str) -> None:
    altered = "UPDATE events SET payload = replace(payload, '1000', '1001') WHERE account = 'main' AND seq = 10"
    inside(full, lambda c: c.execute(text("DROP TRIGGER events_no_update")), lambda c: c.execute(text(altered)))
    error = refused(full, postgres_url)
    assert (error.code, error.problems[0].what) == (ExitCode.PROOF_FAILED, "source: event 10 of main was altered")
    assert inside(postgres_url, lambda c: extent_of(c, "main")) == [Extent()]


def test_rows_in_the_target_that_are_not_the_sources_are_told_when_they_cannot_be_mended(
    full: str, postgres_url: str
) -> None:
    copied(full, postgres_url)
    body = "BEGIN NEW.fees := NEW.fees + 1; RETURN NEW; END"
    rule = f"CREATE FUNCTION twist() RETURNS trigger LANGUAGE plpgsql AS $$ {body} $$"
    hook = "CREATE TRIGGER twisted BEFORE INSERT ON positions FOR EACH ROW EXECUTE FUNCTION twist()"
    inside(postgres_url, lambda c: c.execute(text(rule)), lambda c: c.execute(text(hook)))
    inside(postgres_url, lambda c: c.execute(delete(POSITIONS).where(POSITIONS.c.account == "main")))
    error = refused(full, postgres_url)
    assert error.code == ExitCode.PROOF_FAILED and "the rows of positions are not the same" in str(error)


def test_an_account_is_taken_from_its_longest_journal_and_two_stories_are_refused(
    tmp_path: Path, postgres_url: str
) -> None:
    home = tmp_path / "home"
    journal(home / "cryptoflow.db", "main", 3)
    journal(home / "journal" / "main.db", "main", 5)
    journal(home / "journal" / "paper-main.db", "paper-main", 2)
    found = asyncio.run(copy(postgres_url, home=home))
    taken = [(each.account, each.source, each.events) for each in found.accounts]
    assert sorted(taken) == [("main", "journal of main", 40), ("paper-main", "journal of paper-main", 16)]
    inside(f"sqlite:///{home / 'cryptoflow.db'}", lambda c: append(c, "main", drafts(9, 1)))
    with pytest.raises(CryptoflowError, match="database holds other events of main") as caught:
        asyncio.run(copy(postgres_url, home=home))
    assert caught.value.code == ExitCode.PROOF_FAILED


def test_messages_of_several_journals_come_together_and_numbers_go_on(
    full: str, postgres_url: str, tmp_path: Path
) -> None:
    other = f"sqlite:///{tmp_path / 'other.db'}"
    journal(tmp_path / "other.db", "paper-main", 1)
    message = {"channel": "w", "payload": "{}", "made_at": 1, "due_at": 1, "state": "waiting", "attempts": 0}
    inside(other, lambda c: c.execute(insert(OUTBOX), {**message, "key": "paper-main:1"}))
    copied(full, postgres_url)
    copied(other, postgres_url)
    command = {"account": "main", "name": "kill", "payload": "{}", "by": "desk", "asked_at": 2, "state": "waiting"}
    messages, number = inside(
        postgres_url,
        lambda c: c.scalar(select(func.count()).select_from(OUTBOX)),
        lambda c: c.scalar(insert(COMMANDS).returning(COMMANDS.c.id), command),
    )
    assert (messages, number) == (5, 4)


def test_what_processes_share_is_brought_up_to_date_and_what_is_not_ours_is_refused(
    full: str, postgres_url: str
) -> None:
    copied(full, postgres_url)
    inside(full, lambda c: c.execute(update(COMMANDS).where(COMMANDS.c.id == 2).values(state="done", answer="yes")))
    copied(full, postgres_url)
    assert inside(postgres_url, lambda c: c.scalar(select(COMMANDS.c.answer).where(COMMANDS.c.id == 2))) == ["yes"]
    inside(postgres_url, lambda c: c.execute(update(LEASES).values(token=4, holder="elsewhere")))
    assert "has given the lease of main to somebody since" in str(refused(full, postgres_url))
    inside(postgres_url, lambda c: c.execute(update(LEASES).values(token=3)))
    inside(postgres_url, lambda c: c.execute(update(RUNS).values(mode="live")))
    error = refused(full, postgres_url)
    assert error.code == ExitCode.REFUSED and "another r1 in runs: mode differs" in str(error)


def test_what_went_on_in_the_target_since_stays_as_it_is(full: str, postgres_url: str) -> None:
    copied(full, postgres_url)
    inside(full, lambda c: c.execute(update(COMMANDS).where(COMMANDS.c.name == "resume").values(state="taken")))
    further: dict[Any, dict[str, Any]] = {
        COMMANDS: {"state": "done", "answered_at": 5, "answer": "yes"},
        OUTBOX: {"state": "sent", "attempts": 1},
        RUNS: {"ended_at": 9, "manifest": '{"trades":1}'},
        LEASES: {"holder": "", "expires_at": 1},
    }
    for table, values in further.items():
        inside(postgres_url, partial(Connection.execute, statement=update(table).values(values)))
    before = rows_of(postgres_url, further)
    copied(full, postgres_url)
    assert rows_of(postgres_url, further) == before


def rows_of(url: str, tables: Iterable[Any]) -> list[Any]:
    return inside(url, lambda c: [c.execute(select(table)).all() for table in tables])


def test_commands_of_two_machines_come_together_each_with_a_number_of_its_own(
    full: str, postgres_url: str, tmp_path: Path
) -> None:
    other = f"sqlite:///{tmp_path / 'other.db'}"
    journal(tmp_path / "other.db", "paper-main", 1)
    asked = {"account": "paper-main", "name": "pause", "payload": "{}", "by": "desk", "asked_at": 1}
    twice = [{**asked, "state": "taken"}, {**asked, "state": "waiting"}]
    inside(other, lambda c: c.execute(insert(COMMANDS), twice))
    for _ in range(2):
        copied(full, postgres_url)
        copied(other, postgres_url)
    inside(other, lambda c: c.execute(update(COMMANDS).where(COMMANDS.c.id == 2).values(state="refused")))
    copied(other, postgres_url)
    (found,) = inside(postgres_url, lambda c: c.execute(select(COMMANDS).order_by(COMMANDS.c.id)).all())
    assert [(each.account, each.name, each.state) for each in found] == [
        ("main", "pause", "waiting"),
        ("main", "resume", "waiting"),
        ("main", "flatten", "waiting"),
        ("paper-main", "pause", "taken"),
        ("paper-main", "pause", "refused"),
    ]
