"""What there is to back up, and how it becomes files: one for the shared database, one for each journal."""

from pathlib import Path
from typing import NamedTuple

from sqlalchemy import text

from cryptoflow.pipelines.backups.place import DATABASE
from cryptoflow.pipelines.databases.copying import Owned, heads, take
from cryptoflow.pipelines.databases.opening import reachable
from cryptoflow.pipelines.databases.targets import Target, file_url, shared
from cryptoflow.pipelines.journals.place import ENDING, accounts, journal_file
from cryptoflow.storage.away import Away
from cryptoflow.storage.copying.online import SIDECARS, in_itself
from cryptoflow.storage.database import Database
from cryptoflow.storage.files import create

JOURNALS = "journal"
"""What the names of journals begin with, and the folder that they lie in."""


class Source(NamedTuple):
    """A database of this machine, under the name that it has in a backup."""

    name: str
    target: Target

    @property
    def file(self) -> str:
        """Return the file that it becomes."""
        return f"{self.name}{ENDING}"


def sources(home: Path | None = None) -> list[Source]:
    """Return what there is to back up.

    The shared database comes first: what a journal tells it afterwards is told again, but it must not know more.
    """
    names = [DATABASE, *(f"{JOURNALS}/{account}" for account in accounts(home))]
    return [each for name in names if (each := source(name, home)).target.exists()]


def source(name: str, home: Path | None = None) -> Source:
    """Return the database of this machine that has a name in backups."""
    if name == DATABASE:
        return Source(name, shared(home))
    return Source(name, Target(name, file_url(journal_file(name.removeprefix(f"{JOURNALS}/"), home))))


async def bytes_of(database: Source) -> int:
    """Return about how much room a database takes as a file; none, where that cannot be asked."""
    file = database.target.file
    if file is not None:
        beside = [file.with_name(file.name + ending) for ending in SIDECARS]
        return sum(each.stat().st_size for each in (file, *beside) if each.exists())
    server = database.target.open()
    try:
        async with reachable(server), server.reading() as connection:
            return int(await connection.scalar(text("SELECT pg_database_size(current_database())")) or 0)
    except Away:  # taking it says so
        return 0
    finally:
        await server.close()


async def served(database: Target, file: Path) -> None:
    """Write one state of a server's database as a file, while others go on writing to it."""
    owned = Owned(database, dict.fromkeys(await heads(database), ()))
    create(file).dispose()
    copied = Database(file_url(file))
    try:
        await take(owned, copied)
    finally:
        await copied.close()
        in_itself(file)
