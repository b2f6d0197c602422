"""The one door into the journal: events are numbered, chained and written with all the rows that they change.

Everything here runs inside a transaction of the caller's, in both engines alike.
"""

from collections.abc import Iterable, Mapping, Sequence
from itertools import islice

from sqlalchemy import Connection, Executable, Table, func, insert, select, update
from sqlalchemy.dialects import postgresql, sqlite

from cryptoflow.domain.events.event import Event
from cryptoflow.domain.journal.recorded import GENESIS, Draft, Head, Recorded, record
from cryptoflow.errors import CryptoflowError, ExitCode
from cryptoflow.storage.applying import apply
from cryptoflow.storage.partitions import make_room
from cryptoflow.storage.prepared import prepared
from cryptoflow.storage.projecting import changes, table_of
from cryptoflow.storage.rolling import DAY, roll_up
from cryptoflow.storage.tables.journal import EventRow, HeadRow

EVENTS, HEADS = table_of(EventRow), table_of(HeadRow)

ASKED_AT_ONCE = 500
"""Streams in one question: below what either engine takes."""


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
    head = _locked(connection, account, token)
    versions = _versions(connection, account, {draft.event.stream for draft in drafts} | set(expected or ()))
    for stream, known in (expected or {}).items():
        if versions[stream] != known:
            raise Conflict(f"{stream} of {account} has {versions[stream]} events, not {known}")
    recorded = []
    for draft in drafts:
        stream = draft.event.stream
        versions[stream] += 1
        recorded.append(each := record(account, head, versions[stream], draft))
        head = Head(each.seq, each.hash)
    _write(connection, account, recorded, [draft.event for draft in drafts], token)
    return recorded


def adopt(connection: Connection, account: str, events: Sequence[Recorded], *, token: int = 0) -> Sequence[Recorded]:
    """Write events of a journal kept elsewhere; those that are here already must be the same. Returns the new ones."""
    head = _locked(connection, account, token)
    new = [each for each in events if each.seq > head.seq]
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


def token_of(connection: Connection, account: str) -> int:
    """Return the highest fencing token that an account's journal has seen."""
    return connection.scalar(select(HEADS.c.token).where(HEADS.c.account == account)) or 0


def fence(connection: Connection, account: str, token: int) -> None:
    """Let nobody whose token is older write to an account's journal from now on."""
    _locked(connection, account, token)
    connection.execute(update(HEADS).where(HEADS.c.account == account).values(token=token))


def _locked(connection: Connection, account: str, token: int) -> Head:
    """Return the end of the journal, which nobody else moves until this transaction is over."""
    wanted = select(HEADS.c.seq, HEADS.c.hash, HEADS.c.token).where(HEADS.c.account == account).with_for_update()
    found = connection.execute(wanted).first()
    if found is None:
        kind = postgresql if connection.dialect.name == "postgresql" else sqlite
        blank = {"account": account, "seq": 0, "hash": GENESIS, "token": 0, "first_seq": 0, "first_hash": GENESIS}
        connection.execute(kind.insert(HEADS).on_conflict_do_nothing(), blank)
        found = connection.execute(wanted).one()
    if token < found.token:
        raise Fenced(account, token, found.token)
    return Head(found.seq, found.hash)


def _versions(connection: Connection, account: str, streams: Iterable[str]) -> dict[str, int]:
    """Return how many events each stream has."""
    versions = dict.fromkeys(streams, 0)
    left = iter(versions)
    while some := list(islice(left, ASKED_AT_ONCE)):
        counted = (
            select(EVENTS.c.stream, func.max(EVENTS.c.version).label("version"))
            .where(EVENTS.c.account == account, EVENTS.c.stream.in_(some))
            .group_by(EVENTS.c.stream)
        )
        versions |= {row.stream: row.version for row in connection.execute(counted)}
    return versions


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
    make_room(connection, {each.at // DAY * DAY for each in recorded})
    prepared(connection, adding, EVENTS).run(connection, (each._asdict() for each in recorded))
    apply(connection, changes(zip(recorded, events, strict=True)))
    roll_up(connection, account, recorded)
    moved = update(HEADS).where(HEADS.c.account == account)
    connection.execute(moved.values(seq=recorded[-1].seq, hash=recorded[-1].hash, token=token))


def adding(_: str, table: Table) -> Executable:
    """Return what adds a row, and refuses one that is there."""
    return insert(table)
