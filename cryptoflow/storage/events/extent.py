"""How much of an account's journal a place holds: a file of its own, the shared database, or a copy of either."""

from typing import NamedTuple

from sqlalchemy import Connection, select

from cryptoflow.domain.journal.recorded import GENESIS, Head
from cryptoflow.storage.events.appending import EVENTS, HEADS


class Extent(NamedTuple):
    """Where a journal ends, the highest fencing token it has seen, and what its oldest event is chained to."""

    seq: int = 0
    hash: str = GENESIS
    token: int = 0
    first_seq: int = 0
    first_hash: str = GENESIS


def extent_of(connection: Connection, account: str) -> Extent:
    """Return how much a place holds of an account's journal."""
    wanted = select(*(HEADS.c[name] for name in Extent._fields)).where(HEADS.c.account == account)
    found = connection.execute(wanted).first()
    return Extent(*found) if found is not None else Extent()


def hash_at(connection: Connection, account: str, seq: int) -> str | None:
    """Return the hash of an event, also of the one that the oldest event kept is chained to."""
    extent = extent_of(connection, account)
    if seq == extent.first_seq:
        return extent.first_hash
    return connection.scalar(select(EVENTS.c.hash).where(EVENTS.c.account == account, EVENTS.c.seq == seq))


def holds(connection: Connection, account: str, head: Head) -> bool:
    """Say whether an account's journal has been at a head: it is a continuation of one that ends there."""
    return hash_at(connection, account, head.seq) == head.hash
