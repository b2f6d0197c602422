"""Venues we speak to ourselves."""

from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from random import Random

import aiohttp

from cryptoflow.errors import CryptoflowError
from cryptoflow.market.rest.budget import budget_name
from cryptoflow.market.rest.offers import refuse_timeframe
from cryptoflow.market.streams.asking import Asking
from cryptoflow.market.streams.channels import Kind, Stream
from cryptoflow.market.streams.clocks import VenueClock
from cryptoflow.market.streams.connection import Connection
from cryptoflow.market.streams.dialects.binance import Binance
from cryptoflow.market.streams.dialects.bybit import Bybit
from cryptoflow.market.streams.dialects.dialect import Dialect
from cryptoflow.market.streams.knocking import Door
from cryptoflow.market.streams.pool import dealt
from cryptoflow.market.streams.port import Call, Voice

DIALECTS: dict[str, type[Binance] | type[Bybit]] = {"binance": Binance, "bybit": Bybit}


@asynccontextmanager
async def native(call: Call) -> AsyncIterator[Voice]:
    """Open a venue that we have a dialect of."""
    venue_clock, url, clock = VenueClock(), call.url, call.clock
    dialect: Dialect = DIALECTS[call.venue](call.heard, venue_clock.now)
    refuse_strange(dialect, call.heard)
    draw = Random(call.seed)
    async with (
        aiohttp.ClientSession(connector=aiohttp.TCPConnector(limit=0)) as session,  # sockets take places too: no limit
        call.budgets.opened(budget_name(call.venue, url), dialect.allowance, clock) as budget,
    ):
        hands = dealt(call.heard, call.most or dialect.most)
        door = Door(session, address_of(dialect.wss, url))
        readers = [
            Connection(number, dialect, hand, door, clock, Random(draw.random())) for number, hand in enumerate(hands)
        ]
        past = Asking(dialect, session, url, budget, clock, Random(draw.random()), venue_clock)
        if dialect.told:
            listening = {stream: reader for reader in readers for stream in reader.streams}
            past.again = lambda stream: listening[stream].again(stream)
        yield Voice(readers, past, past.venue_clock, dialect.numbered, dialect.told, budget.remarks)


def refuse_strange(dialect: Dialect, streams: Sequence[Stream]) -> None:
    """Refuse at once what the venue's spot market cannot have: swaps, and bars of other lengths than its own."""
    for stream in streams:
        if ":" in stream.symbol or stream.symbol.count("/") != 1:
            raise CryptoflowError(
                f"{stream.symbol} is not a symbol of {dialect.venue}'s spot market",
                fix="symbols are written like BTC/USDT",
            )
        if stream.kind is Kind.BARS:
            refuse_timeframe(dialect.venue, stream.timeframe, dialect.timeframes)


def address_of(wss: str, url: str | None) -> str:
    """Return where the streams come from: the venue's own address, or its path at another.

    >>> address_of("wss://stream.binance.com:9443/stream", "http://127.0.0.1:8080/")
    'ws://127.0.0.1:8080/stream'
    """
    if url is None:
        return wss
    return url.rstrip("/").replace("http", "ws", 1) + "/" + wss.split("/", 3)[3]
