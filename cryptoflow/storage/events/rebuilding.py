"""The rows that are made of events, thrown away and made again."""

from collections.abc import Iterator, Sequence
from hashlib import sha256
from itertools import islice
from typing import NamedTuple

from sqlalchemy import Connection, Table, delete, select

from cryptoflow.domain.events.codec import canonical
from cryptoflow.domain.journal.chain import Chain
from cryptoflow.domain.journal.recorded import Recorded
from cryptoflow.errors import CryptoflowError, ExitCode
from cryptoflow.storage.copying.ordering import ordered
from cryptoflow.storage.events.appending import HEADS
from cryptoflow.storage.events.reading import Wanted, bounds, events
from cryptoflow.storage.rows.applying import apply
from cryptoflow.storage.rows.partitions import make_room
from cryptoflow.storage.rows.projecting import changes, table_of
from cryptoflow.storage.rows.rolling import DAY, roll_up
from cryptoflow.storage.tables.every import PROJECTED

AT_ONCE = 10_000
"""Events whose rows are made together."""

MADE: Sequence[Table] = tuple(map(table_of, PROJECTED))


class Altered(CryptoflowError):
    """A journal is not as it was written, so nothing is made of it."""

    def __init__(self, what: str) -> None:
        fix = "`cryptoflow backup restore` brings back the newest good copy"
        super().__init__(what, fix=fix, code=ExitCode.PROOF_FAILED)


class Difference(NamedTuple):
    """A table whose rows were not those that its events make."""

    table: str
    rows_before: int
    rows_after: int


def rebuild(connection: Connection, account: str) -> tuple[int, tuple[Difference, ...]]:
    """Make an account's rows again; returns how many events there are, and which tables that changed."""
    begins = connection.scalar(select(HEADS.c.first_seq).where(HEADS.c.account == account))
    if begins:
        raise CryptoflowError(
            f"the first {begins:,} events of {account} were retired: its rows cannot be made of what is left",
            fix="restore a backup from before, or keep the rows as they are",
            code=ExitCode.REFUSED,
        )
    before = {table.name: digest(connection, table, account) for table in MADE}
    for table in MADE:
        connection.execute(delete(table).where(table.c.account == account))
    count = 0
    left = proven(connection, account)
    while some := list(islice(left, AT_ONCE)):
        count += len(some)
        make_room(connection, {each.at // DAY * DAY for each in some})
        apply(connection, changes((each, each.event) for each in some))
        roll_up(connection, account, some)
    after = {table.name: digest(connection, table, account) for table in MADE}
    changed = (name for name in before if before[name] != after[name])
    return count, tuple(Difference(name, before[name][0], after[name][0]) for name in changed)


def proven(connection: Connection, account: str) -> Iterator[Recorded]:
    """Yield an account's events as far as they are as they were written; rows are made of nothing else."""
    start, end = bounds(connection, account)
    chain = Chain(account, start)
    for each in events(connection, Wanted(account)):
        if broken := chain.follow([each]):
            raise Altered(str(broken))
        yield each
    if broken := chain.ends_at(end):
        raise Altered(str(broken))


def digest(connection: Connection, table: Table, account: str, first: int | None = None) -> tuple[int, str]:
    """Return how many rows an account has in a table, and a digest of them that is the same in both engines.

    `first` asks for so many rows only, in the order of their keys.
    """
    found = sha256()
    count = 0
    for row in rows_of(connection, table, account, first):
        count += 1
        found.update(canonical(row).encode() + b"\n")
    return count, found.hexdigest()


def rows_of(connection: Connection, table: Table, account: str, first: int | None = None) -> Iterator[list[object]]:
    """Yield an account's rows of a table, ordered by their key."""
    query = ordered(connection, table, account).limit(first)
    for row in connection.execute(query, execution_options={"yield_per": AT_ONCE}):
        yield list(row)
