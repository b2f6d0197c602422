"""A new month in PostgreSQL: its parts are made while others read and write, and nobody waits for long."""

import asyncio
from functools import partial

from sqlalchemy import Connection, text

from cryptoflow.domain.journal.recorded import Draft
from cryptoflow.storage.database import Database
from cryptoflow.storage.events.appending import append
from cryptoflow.storage.rows.partitions import start_of
from tests.storage.stories import drafts, life

SECONDS = 5.0


def in_month(connection: Connection, account: str, number: int, month: str) -> int:
    return len(append(connection, account, [Draft(each, start_of(month)) for each in life(number)]))


def test_two_accounts_begin_a_month_at_once_beside_an_open_reader(postgres_url: str) -> None:
    async def begin(database: Database, account: str, number: int) -> int:
        async with database.writing() as connection:
            await connection.run_sync(partial(append, account=account, drafts=drafts(number)))
            await connection.execute(text("SELECT count(*) FROM events"))
            await asyncio.sleep(0.05)
            return await connection.run_sync(in_month, account, number + 10, "2031_05")

    async def run() -> list[int]:
        database = Database(postgres_url)
        try:
            async with database.reading() as reader:
                for table in ("events", "orders", "fills", "equity"):
                    await reader.execute(text(f"SELECT count(*) FROM {table}"))
                both = asyncio.gather(begin(database, "main", 0), begin(database, "other", 1))
                return await asyncio.wait_for(both, SECONDS)
        finally:
            await database.close()

    assert asyncio.run(run()) == [8, 8]
