"""Events of a journal kept elsewhere are taken over as they are, once, or not at all."""

from pathlib import Path

import pytest
from sqlalchemy import Connection

from cryptoflow.domain.journal.recorded import Recorded
from cryptoflow.errors import CryptoflowError, ExitCode
from cryptoflow.storage.database import url_of
from cryptoflow.storage.events.appending import Conflict, adopt, append
from cryptoflow.storage.events.reading import audit
from cryptoflow.storage.events.rebuilding import rebuild
from cryptoflow.storage.files import existing
from tests.storage.connections import inside
from tests.storage.stories import drafts


@pytest.fixture
def elsewhere(migrated_file: Path) -> list[Recorded]:
    """The events of three orders as another journal has them."""
    engine = existing(migrated_file)
    with engine.connect() as connection:
        written = append(connection, "main", drafts(0, 3))
        connection.rollback()
    engine.dispose()
    return written


def test_what_comes_twice_is_there_once(url: str, elsewhere: list[Recorded]) -> None:
    def take(connection: Connection) -> list[int]:
        parts = (elsewhere[:10], elsewhere[5:15], elsewhere, [])
        return [len(adopt(connection, "main", part)) for part in parts]

    counts, found, made = inside(url, take, lambda c: audit(c, "main"), lambda c: rebuild(c, "main"))
    assert counts == [10, 5, 9, 0]
    assert (found.head.seq, found.head.hash, found.broken) == (24, elsewhere[-1].hash, None)
    assert made == (24, ())


def test_what_leaves_a_gap_was_altered_or_is_another_event_is_refused(url: str, elsewhere: list[Recorded]) -> None:
    inside(url, lambda c: adopt(c, "main", elsewhere[:10]))
    altered = elsewhere[10]._replace(by="somebody")
    another = elsewhere[4]._replace(hash="f" * 64)
    for events, says in (
        (elsewhere[11:], "event 12 of main does not follow event 10"),
        ([altered, *elsewhere[11:]], "event 11 of main does not follow event 10"),
        ([another, *elsewhere[5:]], "event 5 of main is another one here"),
    ):
        with pytest.raises(Conflict, match=says):
            inside(url, lambda c, events=events: adopt(c, "main", events))
    assert inside(url, lambda c: audit(c, "main").head.seq) == [10]


@pytest.mark.parametrize("address", ["nonsense", "mysql://desk:secret@somewhere/trading", "", "sqlite:/:/"])
def test_an_address_of_no_database_is_refused_without_its_password(address: str) -> None:
    with pytest.raises(CryptoflowError, match="is no database that CryptoFlow knows") as refused:
        url_of(address)
    assert refused.value.code == ExitCode.USAGE
    assert "secret" not in str(refused.value)
