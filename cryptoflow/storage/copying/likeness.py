"""Whether two databases hold the same of an account, to the last digit, though they are of different engines."""

from typing import NamedTuple

from sqlalchemy import Connection, func, select
from sqlalchemy.ext.asyncio import AsyncConnection

from cryptoflow.storage.copying.accounts import ROWS
from cryptoflow.storage.events.appending import EVENTS
from cryptoflow.storage.events.extent import Extent, extent_of
from cryptoflow.storage.events.reading import audit
from cryptoflow.storage.events.rebuilding import digest


class Held(NamedTuple):
    """What a database holds of an account: the end of its journal, its events, and rows with a digest by table."""

    end: Extent
    events: int
    tables: dict[str, tuple[int, str]]


class Unlike(NamedTuple):
    """Something that is not the same in both."""

    account: str
    what: str

    def __str__(self) -> str:
        return f"{self.account}: {self.what}"


def held(connection: Connection, account: str, since: int) -> Held:
    """Return what a database holds of an account, counting events after one."""
    events = select(func.count()).select_from(EVENTS).where(EVENTS.c.account == account, EVENTS.c.seq > since)
    tables = {table.name: digest(connection, table, account) for table in ROWS}
    return Held(extent_of(connection, account), connection.scalar(events) or 0, tables)


async def compared(source: AsyncConnection, target: AsyncConnection, account: str) -> tuple[Held, list[Unlike]]:
    """Return what the source holds of an account, and how the target's differs; the target's chain is followed."""
    firsts = [(await each.run_sync(extent_of, account)).first_seq for each in (source, target)]
    ours, theirs = [await each.run_sync(held, account, max(firsts)) for each in (source, target)]
    found = []
    if ours.end[:2] != theirs.end[:2]:
        what = f"the journal ends at {end_text(ours.end)}, in the target at {end_text(theirs.end)}"
        found.append(Unlike(account, what))
    if ours.events != theirs.events:
        found.append(Unlike(account, f"{ours.events:,} events, in the target {theirs.events:,}"))
    broken = (await target.run_sync(audit, account)).broken
    if broken is not None:
        found.append(Unlike(account, f"event {broken.seq} {broken.what}"))
    for name, (count, seal) in ours.tables.items():
        other, others = theirs.tables[name]
        if count != other:
            found.append(Unlike(account, f"{name} has {count:,} rows, in the target {other:,}"))
        elif seal != others:
            found.append(Unlike(account, f"the rows of {name} are not the same in the target"))
    return ours, found


def end_text(end: Extent) -> str:
    """Return the end of a journal as people see it.

    >>> end_text(Extent(7, "0a1b2c3d4e5f6a7b"))
    'event 7 (0a1b2c3d4e5f)'
    """
    return f"event {end.seq} ({end.hash[:12]})"
