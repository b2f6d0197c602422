"""The one door into the journal: events are numbered, chained and written with all the rows that they change.

Everything here runs inside a transaction of the caller's, in both engines alike.
"""

from collections import Counter, defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from typing import Any, NamedTuple

from sqlalchemy import Connection, bindparam, select, update

from cryptoflow.domain.events.accounts import TradeClosed
from cryptoflow.domain.events.event import Event
from cryptoflow.domain.events.orders import FillBooked
from cryptoflow.domain.journal.recorded import GENESIS, Draft, Head, Recorded, record
from cryptoflow.errors import CryptoflowError, ExitCode
from cryptoflow.storage.events.law import judge, judged_streams
from cryptoflow.storage.events.looking_up import FILLS, RETIRED, STATES, TRADES, VERSIONS, looked_up
from cryptoflow.storage.rows.applying import apply
from cryptoflow.storage.rows.partitions import make_room
from cryptoflow.storage.rows.prepared import prepared
from cryptoflow.storage.rows.projecting import changes, table_of
from cryptoflow.storage.rows.rolling import DAY, roll_up
from cryptoflow.storage.rows.statements import adding, inserting
from cryptoflow.storage.tables.journal import EventRow, HeadRow

EVENTS, HEADS = map(table_of, (EventRow, HeadRow))

LOCKED = (
    select(HEADS.c.seq, HEADS.c.hash, HEADS.c.token, HEADS.c.first_seq)
    .where(HEADS.c.account == bindparam("of"))
    .with_for_update()
)
MOVED = update(HEADS).where(HEADS.c.account == bindparam("of"))
"""Statements of every append, built once: building them anew takes as long as the rest of a small one."""


class Conflict(CryptoflowError):
    """Somebody else has written since the writer looked: nothing of its events is there."""

    def __init__(self, what: str) -> None:
        super().__init__(what, fix="read what is there now and decide again", code=ExitCode.REFUSED)


class Fenced(CryptoflowError):
    """Whoever writes has lost its lease to another: nothing of its events is there."""

    def __init__(self, account: str, token: int, newest: int) -> None:
        super().__init__(
            f"the lease of {account} has gone on: this process holds token {token}, the journal has seen {newest}",
            fix="stop this process; another one trades the account",
            code=ExitCode.LEASE_HELD,
        )


def append(
    connection: Connection,
    account: str,
    drafts: Sequence[Draft],
    *,
    expected: Mapping[str, int] | None = None,
    token: int = 0,
) -> list[Recorded]:
    """Write events as the next ones of an account, all or none.

    `expected` says of a stream how many events its writer knows; where there are others by now the append is refused.
    `token` is the writer's fencing token: one lower than the journal has seen is refused.
    """
    head, retired = locked(connection, account, token)
    make_room(connection, {draft.at // DAY * DAY for draft in drafts})
    events = [draft.event for draft in drafts]
    streams = {event.stream for event in events} | set(expected or ())
    gone = looked_up(connection, RETIRED, account, streams) if retired else {}
    versions = {**gone, **looked_up(connection, VERSIONS, account, streams)}
    recorded = numbered(account, head, versions, drafts, expected or {})
    known = [order for stream, order in judged_streams(events).items() if stream in versions]
    judge(events, looked_up(connection, STATES, account, known))
    _write(connection, account, recorded, events, token)
    return recorded


def numbered(
    account: str, head: Head, versions: Mapping[str, int], drafts: Sequence[Draft], expected: Mapping[str, int]
) -> list[Recorded]:
    """Return drafts as the events after `head`; `versions` says how many each stream has that has any."""
    counts = Counter(versions)
    for stream, known in expected.items():
        if counts[stream] != known:
            raise Conflict(f"{stream} of {account} has {counts[stream]} events, not {known}")
    recorded = []
    for draft in drafts:
        stream = draft.event.stream
        counts[stream] += 1
        recorded.append(each := record(account, head, counts[stream], draft))
        head = Head(each.seq, each.hash)
    return recorded


def adopt(connection: Connection, account: str, events: Sequence[Recorded], *, token: int = 0) -> Sequence[Recorded]:
    """Write events of a journal kept elsewhere; those that are here already must be the same. Returns the new ones."""
    head = locked(connection, account, token).head
    new = [each for each in events if each.seq > head.seq]
    make_room(connection, {each.at // DAY * DAY for each in new})
    _check_known(connection, account, [each for each in events if each.seq <= head.seq])
    for each in new:
        if each.seq != head.seq + 1 or each.hash != each.sealed(head.hash):
            raise Conflict(f"event {each.seq} of {account} does not follow event {head.seq}")
        head = Head(each.seq, each.hash)
    _write(connection, account, new, [each.event for each in new], token)
    return new


def head_of(connection: Connection, account: str) -> Head:
    """Return the end of an account's journal."""
    found = connection.execute(select(HEADS.c.seq, HEADS.c.hash).where(HEADS.c.account == account)).first()
    return Head(*found) if found is not None else Head()


def fence(connection: Connection, account: str, token: int) -> None:
    """Let nobody whose token is older write to an account's journal from now on."""
    locked(connection, account, token)
    connection.execute(MOVED.values(token=token), {"of": account})


class Locked(NamedTuple):
    """The end of a journal that nobody else moves meanwhile, and how many of its first events were retired."""

    head: Head
    retired: int


def locked(connection: Connection, account: str, token: int) -> Locked:
    """Return the end of the journal, which nobody else moves until this transaction is over."""
    found = connection.execute(LOCKED, {"of": account}).first()
    if found is None:
        connection.execute(inserting(connection.dialect.name, HEADS).on_conflict_do_nothing(), blank(account))
        found = connection.execute(LOCKED, {"of": account}).one()
    check_token(account, token, found.token)
    return Locked(Head(found.seq, found.hash), found.first_seq)


def hold(connection: Connection, account: str) -> None:
    """Let nobody move the end of a journal until this transaction is over; what a dead writer left is in by then."""
    connection.execute(LOCKED, {"of": account}).first()


def blank(account: str) -> dict[str, Any]:
    """Return the end of a journal in which nothing is yet, as its row says it."""
    return {"account": account, "seq": 0, "hash": GENESIS, "token": 0, "first_seq": 0, "first_hash": GENESIS}


def check_token(account: str, token: int, newest: int) -> None:
    """Refuse a fencing token that is older than the newest that was seen."""
    if token < newest:
        raise Fenced(account, token, newest)


def bookings(events: Iterable[Event]) -> Mapping[str | None, list[str]]:
    """Return what is booked only once: fills as each venue names them, and round trips, which are no venue's."""
    found: dict[str | None, list[str]] = defaultdict(list)
    for event in events:
        if isinstance(event, FillBooked):
            found[event.venue].append(event.trade)
        elif isinstance(event, TradeClosed):
            found[None].append(event.trade)
    return found


def check_booked(account: str, venue: str | None, names: Iterable[str], there: Collection[str]) -> None:
    """Refuse what was booked before; at another moment it would be another row, and count twice."""
    known = set(there)
    for name in names:
        if name in known:
            what = f"trade {name}" if venue is None else f"fill {name} of {venue}"
            raise Conflict(f"{what} is booked in {account} already")
        known.add(name)


def _check_known(connection: Connection, account: str, events: Sequence[Recorded]) -> None:
    if not events:
        return
    first, last = events[0].seq, events[-1].seq
    wanted = select(EVENTS.c.seq, EVENTS.c.hash).where(EVENTS.c.account == account, EVENTS.c.seq.between(first, last))
    known = {row.seq: row.hash for row in connection.execute(wanted)}
    for each in events:
        if known.get(each.seq, each.hash) != each.hash:
            raise Conflict(f"event {each.seq} of {account} is another one here")


def _write(
    connection: Connection, account: str, recorded: Sequence[Recorded], events: Sequence[Event], token: int
) -> None:
    if not recorded:
        return
    for venue, names in bookings(events).items():
        asked = (TRADES, account, names) if venue is None else (FILLS, account, names, venue)
        check_booked(account, venue, names, looked_up(connection, *asked))
    statement = prepared(connection, adding, EVENTS)
    statement.run(connection, [statement.spelled(each._asdict()) for each in recorded])
    apply(connection, changes(zip(recorded, events, strict=True)))
    roll_up(connection, account, recorded)
    connection.execute(MOVED, {"of": account, "seq": recorded[-1].seq, "hash": recorded[-1].hash, "token": token})
