"""The rows that are made of events, thrown away and made again."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from hashlib import sha256
from itertools import islice
from typing import Any, NamedTuple

from sqlalchemy import Column, Connection, Table, delete

from cryptoflow.domain.events.codec import canonical
from cryptoflow.domain.journal.chain import Chain
from cryptoflow.domain.journal.recorded import Recorded
from cryptoflow.errors import CryptoflowError, ExitCode
from cryptoflow.storage.copying.ordering import ordered
from cryptoflow.storage.events.appending import EVENTS, hold
from cryptoflow.storage.events.reading import LAST, Wanted, bounds, events, odd_end
from cryptoflow.storage.rows.applying import apply
from cryptoflow.storage.rows.partitions import make_room
from cryptoflow.storage.rows.projecting import ORDERS, POSITIONS, Change, changes, table_of
from cryptoflow.storage.rows.retiring import retired_before
from cryptoflow.storage.rows.rolling import DAY, roll_up
from cryptoflow.storage.tables.every import PROJECTED

AT_ONCE = 10_000
"""Events whose rows are made together."""

ALL = -LAST
"""Before everything."""

MADE: Sequence[Table] = tuple(map(table_of, PROJECTED))


class Altered(CryptoflowError):
    """A journal is not as it was written, so nothing is made of it."""

    def __init__(self, what: str) -> None:
        fix = "`cryptoflow audit verify` says what brings it back"
        super().__init__(what, fix=fix, code=ExitCode.PROOF_FAILED)


class Difference(NamedTuple):
    """A table whose rows were not those that its events make."""

    table: str
    rows_before: int
    rows_after: int


class Kept(NamedTuple):
    """Since when an account's events are kept, and its rows of each table; before that some were retired."""

    events: int
    rows: Mapping[str, int]

    def since(self, table: Table) -> int:
        """Return the moment from which on a table is what the events make that are kept."""
        return max(self.events, self.rows.get(table.name, self.events))


def rebuild(connection: Connection, account: str) -> tuple[int, tuple[Difference, ...]]:
    """Make an account's rows again; returns how many events there are, and which tables that changed.

    Rows that were retired stay away; those of retired events, which nothing could make again, stay as they are. What
    somebody writes at this moment comes before, or waits.
    """
    hold(connection, account)
    retired = retired_before(connection, account)
    kept = Kept(retired.get(EVENTS.name, ALL), retired)
    before = {table.name: digest(connection, table, account, since=kept.since(table)) for table in MADE}
    for table in MADE:
        connection.execute(delete(table).where(table.c.account == account, happened(table) >= kept.events))
    count, known = 0, set[Any]()
    left = proven(connection, account)
    while some := list(islice(left, AT_ONCE)):
        count += len(some)
        telling = [each for each in some if each.at >= kept.events]
        make_room(connection, {each.at // DAY * DAY for each in telling})
        made = changes((each, each.event) for each in telling)
        apply(connection, made if kept.events == ALL else _begun(made, known))
        roll_up(connection, account, telling)
    for table in MADE:
        if kept.since(table) > kept.events:
            again = happened(table) >= kept.events, happened(table) < kept.since(table)
            connection.execute(delete(table).where(table.c.account == account, *again))
    after = {table.name: digest(connection, table, account, since=kept.since(table)) for table in MADE}
    changed = (name for name in before if before[name] != after[name])
    return count, tuple(Difference(name, before[name][0], after[name][0]) for name in changed)


def happened(table: Table) -> Column[Any]:
    """Return the column that tells when the event happened that a row is made of."""
    return POSITIONS.c.changed_at if table is POSITIONS else table.c.at


def _begun(made: Iterable[Change], known: set[Any]) -> Iterator[Change]:
    """Yield changes but for those of orders that began in retired events: they are made already."""
    for change in made:
        if change.new:
            if change.table is ORDERS:
                known.add(change.key)
        elif change.key not in known:
            continue
        yield change


def proven(connection: Connection, account: str) -> Iterator[Recorded]:
    """Yield an account's events as far as they are as they were written; rows are made of nothing else."""
    start, end = bounds(connection, account)
    chain = Chain(account, start)
    for each in events(connection, Wanted(account)):
        if broken := chain.follow([each]):
            raise Altered(str(broken))
        yield each
    if broken := odd_end(account, end, chain.head):
        raise Altered(str(broken))


def digest(
    connection: Connection, table: Table, account: str, first: int | None = None, since: int | None = None
) -> tuple[int, str]:
    """Return how many rows an account has in a table, and a digest of them that is the same in both engines.

    `first` asks for so many rows only, in the order of their keys; `since` for those from a moment on.
    """
    found = sha256()
    count = 0
    for row in rows_of(connection, table, account, first, since):
        count += 1
        found.update(canonical(row).encode() + b"\n")
    return count, found.hexdigest()


def rows_of(
    connection: Connection, table: Table, account: str, first: int | None = None, since: int | None = None
) -> Iterator[list[object]]:
    """Yield an account's rows of a table, ordered by their key."""
    query = ordered(connection, table, account).limit(first)
    if since is not None:
        query = query.where(happened(table) >= since)
    for row in connection.execute(query, execution_options={"yield_per": AT_ONCE}):
        yield list(row)
