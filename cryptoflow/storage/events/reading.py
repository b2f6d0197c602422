"""Reading a journal back, a page at a time."""

from collections.abc import Callable, Collection, Iterator, Sequence
from typing import Any, NamedTuple

from sqlalchemy import ColumnElement, Connection, select, text, tuple_
from sqlalchemy.exc import DatabaseError

from cryptoflow.domain.events.orders import OrderCreated
from cryptoflow.domain.journal.chain import Broken, Chain
from cryptoflow.domain.journal.recorded import Head, Recorded
from cryptoflow.storage.database import is_lacking
from cryptoflow.storage.events.appending import EVENTS, HEADS
from cryptoflow.storage.work.conditions import Condition, above, between, equal, named

PAGE = 5_000
"""Events read at once."""

LAST = 2**63 - 1
"""The highest number that a column keeps."""

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


def events(connection: Connection, wanted: Wanted, page: int = PAGE) -> Iterator[Recorded]:
    """Yield events in the order of the journal, so many read at once."""
    after = wanted.after, LAST
    while True:
        found = _page(connection, wanted, after, page)
        yield from found
        if len(found) < page:
            return
        after = found[-1].seq, found[-1].at  # two of one number are two rows: an audit has to see both


def following(connection: Connection, wanted: Wanted, count: int) -> list[Recorded]:
    """Return the first events, in the order of the journal."""
    return _page(connection, wanted, (wanted.after, LAST), count)


def newest(connection: Connection, wanted: Wanted, count: int) -> list[Recorded]:
    """Return the last events, in the order of the journal."""
    query = select(*COLUMNS).where(*_conditions(wanted)).order_by(EVENTS.c.seq.desc()).limit(count)
    return [Recorded(*row) for row in connection.execute(query)][::-1]


def made(connection: Connection, account: str, streams: Collection[str]) -> dict[str, Recorded]:
    """Return the events that made orders, by the streams of those."""
    query = select(*COLUMNS).where(EVENTS.c.account == account, EVENTS.c.name == OrderCreated.name)
    found = connection.execute(query.where(EVENTS.c.stream.in_(streams))) if streams else ()
    return {event.stream: event for event in (Recorded(*row) for row in found)}


ACCOUNTS = text(
    "WITH RECURSIVE found (account) AS (SELECT min(account) FROM events UNION ALL "
    "SELECT (SELECT min(account) FROM events WHERE account > found.account) FROM found WHERE account IS NOT NULL) "
    "SELECT account FROM found WHERE account IS NOT NULL UNION SELECT account FROM heads ORDER BY account"
)
"""Steps from account to account through the index: there are few of them, and events without end."""


def accounts(connection: Connection) -> list[str]:
    """Return the accounts that have a journal here, also those of which only events or only an end are left."""
    return list(connection.scalars(ACCOUNTS))


class Audit(NamedTuple):
    """What a look at an account's whole journal found: its end, and the first event that is not as it was written.

    Events up to `retired` were taken away, and the chain begins after them.
    """

    account: str
    head: Head
    broken: Broken | None
    retired: int = 0


def audit(connection: Connection, account: str, told: Callable[[int], None] | None = None) -> Audit:
    """Follow an account's journal to its end; `told` hears now and then of how many more events."""
    start, end = bounds(connection, account)
    chain = Chain(account, start)
    broken = _followed(connection, chain, told) or odd_end(account, end, chain.head)
    return Audit(account, chain.head, broken, start.seq)


def odd_end(account: str, said: Head | None, found: Head) -> Broken | None:
    """Return what is wrong with the last event of a journal, by where the journal says that it ends."""
    if said is None and found.seq:
        return Broken(account, found.seq, "is the last one here, but the row that says where the journal ends is gone")
    return Chain(account, found).ends_at(said or Head())


def bounds(connection: Connection, account: str) -> tuple[Head, Head | None]:
    """Return what the oldest event kept is chained to, and the journal's end as it was last told, if it is told."""
    wanted = select(HEADS.c.first_seq, HEADS.c.first_hash, HEADS.c.seq, HEADS.c.hash)
    row = connection.execute(wanted.where(HEADS.c.account == account)).first()
    return (_head(*row[:2]), _head(*row[2:])) if row is not None else (Head(), None)


def _head(seq: Any, digest: Any) -> Head:
    """Return an end as its row tells it; SQLite keeps whatever it is given, and what is no number ends nothing."""
    return Head(seq, digest) if isinstance(seq, int) else Head()


def _followed(connection: Connection, chain: Chain, told: Callable[[int], None] | None) -> Broken | None:
    """Return the first event that breaks a chain; one that cannot even be read is one."""
    after = -LAST
    for page in (PAGE, 1):  # where a page cannot be read, event by event up to the one that cannot
        try:
            found = events(connection, Wanted(chain.account, after), page)
            return chain.follow(found if told is None else _counted(found, told))
        except DatabaseError as error:
            if is_lacking(error):
                raise
            after, why = chain.head.seq, error.orig
    return Broken(chain.account, chain.head.seq + 1, f"cannot be read: {why}")


def _counted(found: Iterator[Recorded], told: Callable[[int], None]) -> Iterator[Recorded]:
    """Yield events, and tell after each page how many more they were."""
    number = 0
    for number, each in enumerate(found, 1):
        yield each
        if not number % PAGE:
            told(PAGE)
    told(number % PAGE)


def _page(connection: Connection, wanted: Wanted, after: tuple[int, int], count: int) -> list[Recorded]:
    later = tuple_(EVENTS.c.seq, EVENTS.c.at) > tuple_(*after)
    query = select(*COLUMNS).where(*_conditions(wanted), later).order_by(EVENTS.c.seq, EVENTS.c.at).limit(count)
    return [Recorded(*row) for row in connection.execute(query)]


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
