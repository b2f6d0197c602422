"""The process that trades an account: one task that owns everything, one queue that is its only door.

Feeds, answers of the venue and timers only put what happened into the queue. What a turn says is on the disk before
any of it is sent; things that wait together share one commit.
"""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable, Coroutine, Sequence
from typing import Any, NamedTuple

from cryptoflow.clock import Clock
from cryptoflow.domain.ports import Broker, Journal
from cryptoflow.domain.trading.lives import Life
from cryptoflow.domain.trading.reports import Deal, Refused, Report, Said, Unsure
from cryptoflow.market.live.rounds import Late, Round, Told
from cryptoflow.pipelines.trading.dealer import Dealer
from cryptoflow.pipelines.trading.turns import Collect, Expire, Inquire, Send, Submit, SubmitBracket, Turn, Withdraw

BOUND = 10_000
"""Things that may wait; a feed that is quicker waits too."""


class Answered(NamedTuple):
    """The venue answered to what was asked about an order, of which `asked` was known by then; None: it knows none."""

    asked: Life
    report: Report | None


class NotTaken(NamedTuple):
    """The venue did not take an order, or not its cancel."""

    order: str
    why: Refused


class Lost(NamedTuple):
    """Nobody knows what became of what was asked about an order."""

    order: str


class Collected(NamedTuple):
    """The fills that a report lacked."""

    order: str
    deals: tuple[Deal, ...]


class Due(NamedTuple):
    """An order has rested for as long as it may."""

    order: str


Item = Told | Said | Answered | NotTaken | Lost | Collected | Due
Took = Callable[[Sequence[Item], int], None]


class Trader:
    """Drives a dealer between a market's feed and a broker, with a journal in between."""

    def __init__(
        self, dealer: Dealer, journal: Journal, broker: Broker, clock: Clock, took: Took = lambda _items, _now: None
    ) -> None:
        """Trade for a dealer; `took` is told what was taken together, for whoever wants to decide on it again."""
        self.dealer, self.journal, self.broker, self.clock, self.took = dealer, journal, broker, clock, took
        self.queue: asyncio.Queue[Item] = asyncio.Queue(BOUND)
        self._tasks: asyncio.TaskGroup

    async def run(self, told: AsyncIterator[Told], over: Awaitable[None]) -> None:
        """Trade until that is over; what ends one of its tasks ends all, and is raised as it came."""
        try:
            await self._run(told, over)
        except BaseExceptionGroup as group:
            raise alone(group) from None

    async def _run(self, told: AsyncIterator[Told], over: Awaitable[None]) -> None:
        async with asyncio.TaskGroup() as self._tasks:
            doors = [self._tasks.create_task(self._into(source)) for source in (told, self.broker.said())]
            works = self._tasks.create_task(self._work())
            await over
            for task in (*doors, works):
                task.cancel()

    async def _into(self, source: AsyncIterator[Any]) -> None:
        async for item in source:
            await self.queue.put(item)

    async def _work(self) -> None:
        while True:
            items: list[Item] = [await self.queue.get()]
            while not self.queue.empty():
                items.append(self.queue.get_nowait())
            turn = Turn()
            now = self.clock.now()
            for item in items:
                take(self.dealer, item, now, turn)
            self.took(items, now)
            if turn.drafts:
                await self.journal.append(turn.drafts)
            for send in turn.sends:
                self._tasks.create_task(self._sent(send))

    async def _sent(self, send: Send) -> None:
        """Do what a turn says, and put what came of it into the queue."""
        match send:
            case Submit(intent):
                await self._submitted((intent.id,), one(self.broker.submit(intent)))
            case SubmitBracket(bracket):
                await self._submitted((bracket.stop.id, bracket.target.id), self.broker.submit_bracket(bracket))
            case Withdraw(symbol, order):
                await self._asked(order, self.broker.cancel(symbol, order))
            case Inquire(symbol, order, at):
                await asyncio.sleep(max(0.0, (at - self.clock.now()) / 1000))
                await self._asked(order, self.broker.fetch_order(symbol, order))
            case Expire(order, at):
                await asyncio.sleep(max(0.0, (at - self.clock.now()) / 1000))
                await self.queue.put(Due(order))
            case Collect(symbol, order, since):
                await self.queue.put(Collected(order, tuple(await self.broker.fetch_deals(symbol, since))))

    async def _asked(self, order: str, call: Coroutine[Any, Any, Report | None]) -> None:
        asked = self.dealer.lives[order]
        try:
            await self.queue.put(Answered(asked, await call))
        except Refused as why:
            await self.queue.put(NotTaken(order, why))
        except Unsure:
            await self.queue.put(Lost(order))

    async def _submitted(self, orders: Sequence[str], call: Coroutine[Any, Any, Sequence[Report]]) -> None:
        """Hear what the venue says to orders that were sent together, or that it says nothing to any of them."""
        try:
            for report in await call:
                await self.queue.put(report)
        except Refused as why:
            for order in orders:
                await self.queue.put(NotTaken(order, why))
        except Unsure:
            for order in orders:
                await self.queue.put(Lost(order))


async def one(call: Coroutine[Any, Any, Report]) -> tuple[Report]:
    """Return a single report as those of several orders come."""
    return (await call,)


def alone(error: BaseException) -> BaseException:
    """Return the one error that a group of one holds, else the group.

    >>> alone(ExceptionGroup("tasks", [ExceptionGroup("of one", [ValueError("the cause")])]))
    ValueError('the cause')
    """
    while isinstance(error, BaseExceptionGroup) and len(error.exceptions) == 1:
        error = error.exceptions[0]
    return error


def take(dealer: Dealer, item: Item, now: int, turn: Turn) -> None:
    """Let a dealer decide on one thing that happened; what says nothing to it is left alone."""
    match item:
        case Round():
            dealer.round(item.open_at, item.bars, now, turn)
        case Late(bar):
            dealer.late(bar)
        case Report():
            dealer.report(item, now, turn)
        case Answered(asked, report):
            dealer.answer(asked, report, now, turn)
        case NotTaken(order, why):
            dealer.refused(order, why, now, turn)
        case Lost(order):
            dealer.lost(order, now, turn)
        case Due(order):
            dealer.due(order, now, turn)
        case Collected(order, deals):
            dealer.collected(order, deals, now, turn)
