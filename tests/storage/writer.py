"""A program that writes a journal until it is killed, and says what it was told is on the disk.

It reads lines `URL ACCOUNT FIRST` and answers each with a process of its own that writes from order FIRST on: with
the number of that process, then with the number and hash of each last event acknowledged, and with `over` in the end.
"""

import asyncio
import os
import sys
from pathlib import Path

import aiosqlite  # noqa: F401  # all that is imported late elsewhere is imported here, before the processes begin
import alembic.command
import alembic.migration
import alembic.script  # noqa: F401
import asyncpg  # noqa: F401

from cryptoflow.clock import MachineClock
from cryptoflow.domain.journal.recorded import Recorded
from cryptoflow.storage.database import Database, url_of
from cryptoflow.storage.events.appending import append
from cryptoflow.storage.events.journal import Journal
from cryptoflow.storage.files import create
from tests.storage.stories import drafts

CALLERS = 4
"""Who append at the same time."""

ALL = 100_000
"""More orders than any of them comes to."""


def say(line: str) -> None:
    """Say a line at once."""
    os.write(1, f"{line}\n".encode())


def acknowledged(events: list[Recorded]) -> None:
    """Say what is on the disk."""
    say(f"{events[-1].seq} {events[-1].hash}")


async def locally(file: Path, account: str, first: int) -> None:
    """Write through the journal of a trading process."""
    journal = Journal(create(file), account, MachineClock())

    async def caller(number: int) -> None:
        for order in range(first + number, first + ALL, CALLERS):
            acknowledged(await journal.append(drafts(order)))

    await asyncio.gather(*map(caller, range(CALLERS)))


async def shared(url: str, account: str, first: int) -> None:
    """Write to a database that processes share."""
    database = Database(url)
    for order in range(first, first + ALL):
        async with database.writing() as connection:
            written = await connection.run_sync(append, account, drafts(order))
        acknowledged(written)


def write(url: str, account: str, first: int) -> None:
    """Write from an order on."""
    found = url_of(url)
    if found.drivername.startswith("sqlite"):
        asyncio.run(locally(Path(str(found.database)), account, first))
    else:
        asyncio.run(shared(url, account, first))


def main() -> None:
    """Do what the lines say; each in a process of its own, which imports nothing anew."""
    say("ready")
    for line in sys.stdin:
        url, account, first = line.split()
        child = os.fork()
        if child == 0:
            say(str(os.getpid()))
            try:
                write(url, account, int(first))
            except Exception as error:
                say(f"failed {type(error).__name__}")
            os._exit(0)
        os.waitpid(child, 0)
        say("over")


if __name__ == "__main__":
    main()
