"""Reading a journal back, a page at a time."""

from collections.abc import Iterator, Sequence
from typing import NamedTuple

from sqlalchemy import ColumnElement, Connection, select

from cryptoflow.domain.journal.chain import Broken, Chain
from cryptoflow.domain.journal.recorded import Head, Recorded
from cryptoflow.storage.appending import EVENTS, HEADS
from cryptoflow.storage.conditions import Condition, above, between, equal, named

PAGE = 5_000
"""Events read at once."""

COLUMNS = tuple(EVENTS.c[name] for name in Recorded._fields)


class Wanted(NamedTuple):
    """Which events of an account: a field that is not set narrows nothing.

    A name may end in `*`. Moments are epoch milliseconds, `until` excluded; `after` is a number of the journal.
    """

    account: str
    after: int = 0
    names: tuple[str, ...] = ()
    stream: str = ""
    correlation: str = ""
    since: int | None = None
    until: int | None = None

    def following(self, read: Sequence[Recorded]) -> "Wanted":
        """Return what is wanted once a page is read."""
        return self._replace(after=read[-1].seq) if read else self


def events(connection: Connection, wanted: Wanted) -> Iterator[Recorded]:
    """Yield events in the order of the journal."""
    more = True
    while more:
        some = following(connection, wanted, PAGE)
        yield from some
        more = len(some) == PAGE
        wanted = wanted.following(some)


def following(connection: Connection, wanted: Wanted, count: int) -> list[Recorded]:
    """Return the first events, in the order of the journal."""
    query = select(*COLUMNS).where(*_conditions(wanted)).order_by(EVENTS.c.seq).limit(count)
    return [Recorded(*row) for row in connection.execute(query)]


def newest(connection: Connection, wanted: Wanted, count: int) -> list[Recorded]:
    """Return the last events, in the order of the journal."""
    query = select(*COLUMNS).where(*_conditions(wanted)).order_by(EVENTS.c.seq.desc()).limit(count)
    return [Recorded(*row) for row in connection.execute(query)][::-1]


def accounts(connection: Connection) -> list[str]:
    """Return the accounts that have a journal here."""
    return list(connection.scalars(select(HEADS.c.account).order_by(HEADS.c.account)))


class Audit(NamedTuple):
    """What a look at an account's whole journal found: its end, and the first event that is not as it was written."""

    account: str
    head: Head
    broken: Broken | None


def audit(connection: Connection, account: str) -> Audit:
    """Follow an account's journal from its first event to its end."""
    start, end = bounds(connection, account)
    chain = Chain(account, start)
    broken = chain.follow(events(connection, Wanted(account, after=-1)))
    return Audit(account, chain.head, broken or chain.ends_at(end))


def bounds(connection: Connection, account: str) -> tuple[Head, Head]:
    """Return what the oldest event kept is chained to, and the journal's end as it was last told."""
    wanted = select(HEADS.c.seq, HEADS.c.hash, HEADS.c.first_seq, HEADS.c.first_hash)
    row = connection.execute(wanted.where(HEADS.c.account == account)).one()
    return Head(row.first_seq, row.first_hash), Head(row.seq, row.hash)


def _conditions(wanted: Wanted) -> Iterator[ColumnElement[bool]]:
    return (each.of(EVENTS) for each in conditions(wanted))


def conditions(wanted: Wanted) -> Iterator[Condition]:
    """Yield what an event must be to be among those that are wanted."""
    yield equal("account", wanted.account)
    yield above("seq", wanted.after)
    if wanted.names:
        yield named("name", wanted.names)
    if wanted.stream:
        yield equal("stream", wanted.stream)
    if wanted.correlation:
        yield equal("correlation", wanted.correlation)
    yield from between(wanted.since, wanted.until)
