"""`journal`: what happened, event by event."""

from collections.abc import AsyncGenerator, Sequence
from typing import NamedTuple

import aiosqlite
from sqlalchemy import Connection
from sqlalchemy.ext.asyncio import AsyncConnection

from cryptoflow.domain.events.known import KNOWN
from cryptoflow.domain.events.orders import OrderMoved
from cryptoflow.domain.journal.recorded import Recorded
from cryptoflow.errors import CryptoflowError, ExitCode
from cryptoflow.pipelines.data.days import Days
from cryptoflow.pipelines.journals.place import accounts, known, opened
from cryptoflow.storage.database import Database
from cryptoflow.storage.events.reading import PAGE, Wanted, following, made, newest

MOVES = frozenset(name for name, event in KNOWN.items() if issubclass(event, OrderMoved))
"""Events that say nothing of an order but its state."""


class Asked(NamedTuple):
    """Which events somebody wants to see; `last` None for all."""

    account: str | None
    names: tuple[str, ...] = ()
    stream: str = ""
    days: Days = Days()
    last: int | None = None

    @property
    def whose(self) -> str:
        """Return the account that is meant: the one that is named, or the only one there is."""
        return self.account or only()


class Listed(NamedTuple):
    """An event, and where it only moves an order, the one that says what order that is."""

    event: Recorded
    order: Recorded | None = None


async def listed(asked: Asked) -> AsyncGenerator[Listed, None]:
    """Yield the events that were asked for, the last so many of them, or all; also those that were altered."""
    asked.days.span()  # refuses days in the wrong order
    account = asked.whose
    wanted = Wanted(account, names=asked.names, stream=asked.stream, since=asked.days.start(), until=asked.days.end())
    async with opened(account) as database:
        if (count := asked.last) is not None:
            async with database.reading() as connection:
                await forgive(connection)
                found = await connection.run_sync(lambda c: _with_orders(c, newest(c, wanted, count)))
            for each in found:
                yield each
            return
        while some := await _page(database, wanted):
            for each in some:
                yield each
            wanted = wanted.following([each.event for each in some])


async def _page(database: Database, wanted: Wanted) -> list[Listed]:
    """Return the next events, in a transaction of their own: whoever shows them may take hours over it."""
    async with database.reading() as connection:
        await forgive(connection)
        return await connection.run_sync(lambda c: _with_orders(c, following(c, wanted, PAGE)))


def _with_orders(connection: Connection, events: Sequence[Recorded]) -> list[Listed]:
    moves = {each.stream for each in events if each.name in MOVES and isinstance(each.stream, str)}
    orders = made(connection, events[0].account, sorted(moves)) if moves else {}
    return [Listed(each, orders.get(each.stream) if each.name in MOVES else None) for each in events]


async def forgive(connection: AsyncConnection) -> None:
    """Let SQLite spell out bytes that are no text, where its driver would read none of the page."""
    driver = (await connection.get_raw_connection()).driver_connection
    if isinstance(driver, aiosqlite.Connection):
        driver.text_factory = text_of


def text_of(told: bytes) -> str:
    r"""Return bytes as text, whatever they are.

    >>> text_of(b"caf\xe9")
    'caf\\xe9'
    """
    return told.decode("utf-8", "backslashreplace")


def only() -> str:
    """Return the one account that has a journal here."""
    found = accounts()
    if len(found) == 1:
        return found[0]
    what = "several accounts have a journal" if found else "no account has a journal here"
    raise CryptoflowError(what, fix=f"name one: {known(found)}" if found else known(found), code=ExitCode.USAGE)
