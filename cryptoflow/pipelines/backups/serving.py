"""A backup's shared database into a room of its own on the server that is to have it."""

from pathlib import Path

from sqlalchemy import URL

from cryptoflow.pipelines.databases.copying import Owned, heads, take
from cryptoflow.pipelines.databases.opening import reachable
from cryptoflow.pipelines.databases.targets import Target, file_url
from cryptoflow.storage.copying.schemas import build, drop, rooms, within
from cryptoflow.storage.database import Database
from cryptoflow.storage.migrating import upgrade


async def fill(url: URL, room: str, file: Path) -> None:
    """Copy a file of today's revision into a new room, and prove that it is the same there."""
    server = Database(url)
    try:
        async with reachable(server), server.writing() as connection:
            await connection.run_sync(build, room)
    finally:
        await server.close()
    source = Target("backup", file_url(file))
    owned = Owned(source, dict.fromkeys(await heads(source), ()))
    database = within(url, room)
    try:
        async with reachable(database):
            async with database.writing() as connection:
                await connection.run_sync(upgrade)
            await take(owned, database)
    finally:
        await database.close()


async def clear(url: URL, beginning: str) -> None:
    """Remove the rooms whose names begin so."""
    database = Database(url)
    try:
        async with reachable(database), database.writing() as connection:
            for room in await connection.run_sync(rooms, beginning):
                await connection.run_sync(drop, room)
    finally:
        await database.close()
