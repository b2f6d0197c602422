"""A database of either engine, used from a test as if it were synchronous."""

import asyncio
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any, TypeVar

from sqlalchemy import Connection

from cryptoflow.storage.database import Database

T = TypeVar("T")
Inside = Callable[[Callable[[Connection], T]], T]


@contextmanager
def transactions(url: str) -> Iterator[Inside[T]]:
    """Yield what does something in a transaction of its own and returns what came of it."""
    with asyncio.Runner() as runner:
        database = Database(url)

        async def inside(doing: Callable[[Connection], T]) -> T:
            async with database.writing() as connection:
                return await connection.run_sync(doing)

        try:
            yield lambda doing: runner.run(inside(doing))
        finally:
            runner.run(database.close())


def inside(url: str, *doing: Callable[[Connection], Any]) -> list[Any]:
    """Do things in transactions of their own, and return what each returned."""
    with transactions(url) as within:
        return [within(each) for each in doing]
