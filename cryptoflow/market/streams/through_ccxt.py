"""Every other venue: listened to by ccxt.pro, as far as it has what is wanted."""

from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from random import Random
from typing import Any

from cryptoflow.errors import CryptoflowError, ExitCode
from cryptoflow.market.rest.allowance import Priority
from cryptoflow.market.rest.offers import refuse_timeframe
from cryptoflow.market.rest.venue_client import venue_client
from cryptoflow.market.streams.channels import Kind, Stream
from cryptoflow.market.streams.manners import VERBS, made, verb_of
from cryptoflow.market.streams.pool import dealt
from cryptoflow.market.streams.port import Call, Voice
from cryptoflow.market.streams.recalled import Recalled
from cryptoflow.market.streams.watching import Watching

MOST = 100
"""Streams on a connection, unless it is said otherwise."""


@asynccontextmanager
async def through_ccxt(call: Call) -> AsyncIterator[Voice]:
    """Open a venue that ccxt has.

    Each kind has connections of its own: on some venues ccxt takes the best prices for the whole book otherwise.
    """
    venue, url, clock = call.venue, call.url, call.clock
    refuse_missing(venue, made(venue, url), call.heard)
    draw = Random(call.seed)
    async with venue_client(venue, url, Priority.LIVE, clock, call.budgets) as client:
        past = Recalled(client, clock, Random(draw.random()))
        kinds = ([each for each in call.heard if each.kind is kind] for kind in VERBS)
        hands = [hand for kind in kinds for hand in dealt(kind, call.most or MOST)]
        readers = [Watching(number, hand, past, url, clock, Random(draw.random())) for number, hand in enumerate(hands)]
        numbered = bool(past.since_number)
        yield Voice(readers, past, past.venue_clock, numbered, told=True, remarks=client.budget.remarks)


def refuse_missing(venue: str, exchange: Any, streams: Sequence[Stream]) -> None:
    """Refuse channels and timeframes that ccxt cannot listen to at a venue, naming those it can."""
    has = [str(kind) for kind in VERBS if verb_of(exchange, kind)]
    lacks = sorted({str(stream.kind) for stream in streams} - set(has))
    if lacks:
        raise CryptoflowError(
            f"ccxt has no stream of {' and '.join(lacks)} at {venue}",
            fix=f"it has {', '.join(has)}" if has else "choose another venue",
            code=ExitCode.UNAVAILABLE,
        )
    for stream in streams:
        if stream.kind is Kind.BARS:
            refuse_timeframe(venue, stream.timeframe, tuple(exchange.timeframes or ()))
