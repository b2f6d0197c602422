"""Where restores set aside what was there, and what lies there: only its owner removes it, who must know of it."""

from collections.abc import Iterator
from pathlib import Path
from shlex import quote
from typing import Any, NamedTuple

from sqlalchemy import Connection

from cryptoflow.pipelines.databases.opening import reachable
from cryptoflow.pipelines.databases.targets import Target, shared
from cryptoflow.pipelines.home import home_of
from cryptoflow.storage.away import answered
from cryptoflow.storage.copying.schemas import bytes_of, rooms

ASIDE = "set-aside"
"""The folder in the state folder for what had its place before a restore."""

ROOM_ASIDE = "cryptoflow_set_aside"
"""What the rooms of a server's database are called that hold the same, followed by when that was."""

PATIENCE = 5.0
"""Seconds that a server has to say what is in it."""


class Aside(NamedTuple):
    """A folder, or a schema of a server, with what had its place before a restore, and the command that removes it."""

    place: str
    bytes: int
    remove: str

    def facts(self) -> dict[str, Any]:
        """Return it as plain values."""
        return self._asdict()


def aside_of(place: Path, home: Path, stamp: str) -> Path:
    """Return the folder that a file goes to, on the disk that it lies on."""
    if place.is_relative_to(home):
        return home / ASIDE / stamp / place.parent.relative_to(home)
    return place.parent / ASIDE / stamp


def room_aside(stamp: str) -> str:
    """Return the room of what was in a server's database before.

    >>> room_aside("2023-11-14T22-13-20.123Z")
    'cryptoflow_set_aside_20231114t221320123z'
    """
    return f"{ROOM_ASIDE}_{stamp.replace('-', '').replace('.', '').lower()}"


def asides(home: Path | None = None) -> list[Aside]:
    """Return what was set aside in folders, the oldest first."""
    target, folders = shared(home), [(home or home_of()).absolute() / ASIDE]
    if target.file is not None:
        folders.append(target.file.absolute().parent / ASIDE)
    return [each for folder in dict.fromkeys(folders) for each in _within(folder)]


async def rooms_aside(home: Path | None = None) -> list[Aside]:
    """Return what was set aside in the shared database, where that is on a server; one that is away is an error."""
    target = shared(home)
    if target.file is not None:
        return []
    database = target.open()
    try:
        async with reachable(database), answered(database, PATIENCE), database.reading() as connection:
            return await connection.run_sync(lambda c: list(_rooms(c, target)))
    finally:
        await database.close()


def _within(folder: Path) -> Iterator[Aside]:
    for each in sorted(folder.glob("*Z")):
        yield Aside(str(each), sum(file.stat().st_size for file in each.rglob("*") if file.is_file()), _removing(each))


def _removing(folder: Path) -> str:
    return f"rm -r {quote(str(folder))}"


def _rooms(connection: Connection, target: Target) -> Iterator[Aside]:
    for room in rooms(connection, ROOM_ASIDE):
        drop = quote(f'DROP SCHEMA "{room}" CASCADE')
        where = quote(target.url.set(drivername="postgresql", password=None).render_as_string())
        yield Aside(f"schema {room}", bytes_of(connection, room), f"psql {where} -c {drop}")
