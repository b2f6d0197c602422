"""The journal's one door, in both engines."""

import time
from concurrent.futures import ThreadPoolExecutor
from threading import Event

import pytest
from sqlalchemy import Connection, text
from sqlalchemy.exc import IntegrityError

from cryptoflow.storage.events.appending import Conflict, Fenced, append
from cryptoflow.storage.events.reading import Wanted, audit, events
from cryptoflow.storage.events.rebuilding import rebuild
from tests.storage.connections import inside
from tests.storage.stories import drafts


def test_what_is_appended_is_read_back_in_its_order_and_verifies(url: str) -> None:
    written, read, found = inside(
        url,
        lambda c: append(c, "main", drafts(0, 3)),
        lambda c: list(events(c, Wanted("main"))),
        lambda c: audit(c, "main"),
    )
    assert read == written
    assert [each.seq for each in read] == list(range(1, 25))
    assert found.broken is None and found.head.hash == written[-1].hash


def test_of_two_writers_who_know_the_same_one_loses_and_leaves_nothing(url: str) -> None:
    inside(url, lambda c: append(c, "main", drafts(0)[:2], expected={"order/ORDER0": 0}))
    with pytest.raises(Conflict, match="order/ORDER0 of main has 2 events, not 0"):
        inside(url, lambda c: append(c, "main", drafts(0)[:2], expected={"order/ORDER0": 0}))
    (found,) = inside(url, lambda c: audit(c, "main"))
    assert (found.head.seq, found.broken) == (2, None)


def test_a_writer_with_an_older_token_than_the_journal_has_seen_is_fenced_off(url: str) -> None:
    inside(url, lambda c: append(c, "main", drafts(0), token=7))
    with pytest.raises(Fenced, match="holds token 6, the journal has seen 7"):
        inside(url, lambda c: append(c, "main", drafts(1), token=6))


@pytest.mark.parametrize("statement", ["UPDATE events SET name = 'x' WHERE seq = 1", "DELETE FROM events"])
def test_the_database_itself_refuses_to_rewrite_the_journal(url: str, statement: str) -> None:
    inside(url, lambda c: append(c, "main", drafts(0)))
    with pytest.raises(IntegrityError, match="append-only"):
        inside(url, lambda c: c.execute(text(statement)))


def test_rows_made_again_are_the_same_rows(url: str) -> None:
    _, (count, differences) = inside(url, lambda c: append(c, "main", drafts(0, 90)), lambda c: rebuild(c, "main"))
    assert (count, differences) == (720, ())


def test_rows_are_not_made_again_beside_a_writer_who_is_not_done(postgres_url: str) -> None:
    """The server is still at what a process had sent that is dead by now: without waiting, its rows came twice."""
    inside(postgres_url, lambda c: append(c, "main", drafts(0)))
    begun = Event()

    def appending(connection: Connection) -> None:
        append(connection, "main", drafts(1))
        begun.set()
        time.sleep(0.5)

    with ThreadPoolExecutor(1) as threads:
        threads.submit(inside, postgres_url, appending)
        assert begun.wait(10)
        ((count, differences),) = inside(postgres_url, lambda c: rebuild(c, "main"))
    assert (count, differences) == (16, ())
