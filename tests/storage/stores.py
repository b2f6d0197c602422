"""Stores of every kind for tests: each test that wants one is run in memory, on SQLite and on PostgreSQL."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable, Coroutine, Iterator
from contextlib import AsyncExitStack, asynccontextmanager, contextmanager
from functools import wraps
from typing import Any, TypeVar

from cryptoflow.domain.kept.curve import Resolution
from cryptoflow.storage.database import Database
from cryptoflow.storage.work.memory_store import MemoryStore
from cryptoflow.storage.work.sql_store import SqlStore
from cryptoflow.storage.work.unit import Store, Work

T = TypeVar("T")


@asynccontextmanager
async def opened(url: str) -> AsyncIterator[Store]:
    """Open the store at an address; that of memory is empty."""
    if not url:
        yield MemoryStore()
        return
    database = Database(url)
    try:
        yield SqlStore(database)
    finally:
        await database.close()


def in_a_loop(test: Callable[..., Awaitable[None]]) -> Callable[..., None]:
    """Run a test of a store in an event loop; its `store` is opened for it."""

    @wraps(test)
    def run(**fixtures: Any) -> None:
        async def inside() -> None:
            async with opened(fixtures.pop("store")) as store:
                await test(store=store, **fixtures)

        asyncio.run(inside())

    return run


@contextmanager
def kept_open(url: str) -> Iterator[tuple[Store, Callable[[Coroutine[Any, Any, T]], T]]]:
    """Yield the store at an address, and what runs something in its loop, for tests that are not in one."""
    with asyncio.Runner() as runner:
        stack = AsyncExitStack()
        store = runner.run(stack.enter_async_context(opened(url)))
        try:
            yield store, runner.run
        finally:
            runner.run(stack.aclose())


def seen(url: str, asking: Callable[[Work], Awaitable[T]]) -> T:
    """Return what somebody who looks at `main` in the store at an address sees."""

    async def inside() -> T:
        async with opened(url) as store, store.view("main") as work:
            return await asking(work)

    return asyncio.run(inside())


class Hand:
    """A clock that a test moves."""

    def __init__(self, now: int) -> None:
        self.at = now

    def now(self) -> int:
        return self.at

    def nanoseconds(self) -> int:
        return self.at * 1_000_000


async def everything(store: Store, account: str = "main") -> dict[str, Any]:
    """Return all that a store says of an account."""
    async with store.view(account) as work:
        return {
            "head": await work.events.head(),
            "events": [each async for each in work.events.read()],
            "orders": await work.orders.find(),
            "open": await work.orders.open(),
            "fills": await work.fills.find(),
            "held": await work.positions.held(),
            "trades": await work.trades.find(),
            "verdicts": await work.verdicts.find(),
            "equity": await work.equity.minutes(),
            "equity by hour": await work.equity.spans(Resolution.HOUR),
            "equity by day": await work.equity.spans(Resolution.DAY),
            "risk": await work.risk.minutes(),
            "risk by hour": await work.risk.spans(Resolution.HOUR),
            "risk by day": await work.risk.spans(Resolution.DAY),
        }
