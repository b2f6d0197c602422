"""A broker at the rehearsal venue: unmodified ccxt in between, over real sockets, on a clock that jumps."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping
from contextlib import asynccontextmanager, suppress
from decimal import Decimal
from random import Random
from typing import NamedTuple, TypeVar

from cryptoflow.clock import MachineClock
from cryptoflow.domain.trading.intents import Bracket, Intent
from cryptoflow.domain.trading.reports import Balances, Report, Said
from cryptoflow.execution.brokers.ccxt_broker import CcxtBroker
from cryptoflow.pipelines.venue import Play, Stock, opened
from cryptoflow.venue.faults.script import Fault, Script
from cryptoflow.venue.server import RehearsalVenue
from cryptoflow.venue.trading.account import Customer
from cryptoflow.venue.trading.house import House
from tests.execution.brokers.scripted import breakers, client
from tests.venue.markets import OPENING, in_no_time, minutes

T = TypeVar("T")
RICH: Mapping[str, Decimal] = {"USDT": Decimal(100_000), "BTC": Decimal(2)}


class Room(NamedTuple):
    """A broker, its venue, and all that the account's stream has said since the broker was there."""

    broker: CcxtBroker
    venue: RehearsalVenue
    said: list[Said]
    news: asyncio.Event

    async def hears(self, what: Callable[[list[Said]], bool]) -> None:
        """Wait until something has been said."""
        async with asyncio.timeout(7_200):
            while not what(self.said):
                self.news.clear()
                await self.news.wait()

    def reports(self, order: str) -> list[Report]:
        """What the stream has said of an order."""
        return [each for each in self.said if isinstance(each, Report) and each.order == order]

    def told(self) -> dict[str, tuple[Decimal, Decimal]]:
        """The balances as the stream has told them last."""
        told = [each for each in self.said if isinstance(each, Balances)]
        return {name: tuple(balance) for each in told for name, balance in each.of.items()}


def market(name: str, side: str, quantity: str) -> Intent:
    """An order at the market."""
    return Intent(name, "BTC/USDT", side, "market", quantity=Decimal(quantity))


def limit(name: str, side: str, quantity: str, price: str) -> Intent:
    """An order with a limit."""
    return Intent(name, "BTC/USDT", side, "limit", quantity=Decimal(quantity), limit=Decimal(price))


def stop(name: str, quantity: str, trigger: str) -> Intent:
    """A protective stop."""
    at = Decimal(trigger)
    return Intent(name, "BTC/USDT", "sell", "stop", quantity=Decimal(quantity), trigger=at, guards=True)


def bracket(quantity: str, trigger: str, target: str) -> Bracket:
    """A stop and a target."""
    return Bracket("LIST", stop("STOP", quantity, trigger), limit("TARGET", "sell", quantity, target))


async def listened(room: Room) -> None:
    """Keep what the stream says."""
    async for each in room.broker.said():
        room.said.append(each)
        room.news.set()


@asynccontextmanager
async def room(*faults: Fault, house: House) -> AsyncIterator[Room]:
    """Open a venue, and a broker that listens to it."""
    stock, clock, told = Stock((minutes("BTC/USDT", seed=0),), OPENING, "binance"), MachineClock(), list[Said]()
    place = opened(stock, clock, Play(seed=1))
    async with RehearsalVenue(place.market, place.dialect, clock, script=Script(faults, 1), house=house) as venue:
        (customer,) = house.customers
        exchange = client(venue.url, customer.key, customer.secret)
        await exchange.load_markets()
        broker = CcxtBroker(exchange, breakers([]), draw=Random(1))
        found = Room(broker, venue, told, asyncio.Event())
        listening = asyncio.create_task(listened(found))
        try:
            await found.hears(bool)
            yield found
        finally:
            listening.cancel()
            with suppress(asyncio.CancelledError):
                await listening
            await exchange.close()


def rehearsed(
    scene: Callable[[Room], Awaitable[T]], *faults: Fault, funds: Mapping[str, Decimal] = RICH, fees_in: str = "quote"
) -> T:
    """Play a scene."""
    house = House((Customer("key", "secret", funds),), fees_in="base" if fees_in == "base" else "quote")

    async def run() -> T:
        async with room(*faults, house=house) as place:
            return await scene(place)

    return in_no_time(run)
