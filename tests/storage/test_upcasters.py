"""An event whose fields change: what was written under an older schema is read as the newest, and stays as written."""

from dataclasses import dataclass

import pytest
from sqlalchemy import text

from cryptoflow.domain.events.codec import Unreadable
from cryptoflow.domain.events.known import KNOWN, UPCASTERS
from cryptoflow.domain.events.storage import CacheBack, CacheLost, StorageEvent
from cryptoflow.domain.journal.recorded import Draft
from cryptoflow.storage.events.appending import append
from cryptoflow.storage.events.reading import Wanted, audit, events
from cryptoflow.storage.events.rebuilding import rebuild
from tests.storage.connections import inside
from tests.storage.stories import BEGIN

RAW = "SELECT seq, schema, payload, hash FROM events ORDER BY seq"


@dataclass(frozen=True, slots=True)
class CacheLostToday(StorageEvent):
    """As it was, with a name that says more, and with a count that nobody kept before."""

    name = "cache.lost"
    schema = 3
    place: str
    error: str
    attempts: int


def test_an_old_event_is_read_as_the_newest_and_its_row_stays_as_it_was_byte_for_byte(
    url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    old = [Draft(CacheLost("redis", "gone"), BEGIN), Draft(CacheBack("redis", BEGIN), BEGIN)]
    _, before = inside(url, lambda c: append(c, "main", old), lambda c: c.execute(text(RAW)).all())
    monkeypatch.setitem(KNOWN, "cache.lost", CacheLostToday)
    monkeypatch.setitem(UPCASTERS, ("cache.lost", 1), lambda told: {"place": told.pop("cache"), **told})
    monkeypatch.setitem(UPCASTERS, ("cache.lost", 2), lambda told: {**told, "attempts": 1})
    new = [Draft(CacheLostToday("redis", "gone again", 4), BEGIN + 1)]
    _, read, found, _, after = inside(
        url,
        lambda c: append(c, "main", new),
        lambda c: [each.event for each in events(c, Wanted("main"))],
        lambda c: audit(c, "main"),
        lambda c: rebuild(c, "main"),
        lambda c: c.execute(text(RAW)).all(),
    )
    assert read == [CacheLostToday("redis", "gone", 1), CacheBack("redis", BEGIN), new[0].event]
    assert after[:2] == before and [row.schema for row in after] == [1, 1, 3]
    assert (found.broken, found.head.seq) == (None, 3)


def test_an_event_of_a_newer_version_is_not_guessed_at(url: str, monkeypatch: pytest.MonkeyPatch) -> None:
    with monkeypatch.context() as newer:
        newer.setitem(KNOWN, "cache.lost", CacheLostToday)
        inside(url, lambda c: append(c, "main", [Draft(CacheLostToday("redis", "gone", 1), BEGIN)]))
    (event,) = inside(url, lambda c: list(events(c, Wanted("main"))))[0]
    with pytest.raises(Unreadable, match=r"cache\.lost of schema 3 is not known here"):
        _ = event.event
