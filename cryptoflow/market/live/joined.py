"""Bars up to now, and the stream that goes on right behind them: none between, none twice."""

from collections.abc import AsyncIterator, Mapping, Sequence
from contextlib import asynccontextmanager
from types import MappingProxyType
from typing import NamedTuple

from cryptoflow.clock import Clock
from cryptoflow.market.asked import Asked
from cryptoflow.market.bars import Bars
from cryptoflow.market.rest.allowance import Priority
from cryptoflow.market.rest.budget import HERE
from cryptoflow.market.rest.history import past
from cryptoflow.market.streams.asking import SETTLED
from cryptoflow.market.streams.channels import Kind, Stream
from cryptoflow.market.streams.feed import Feed
from cryptoflow.market.times import timeframe_name
from cryptoflow.settings import settings

NO_LIMITS: Mapping[str, int] = MappingProxyType({})


class Ears(NamedTuple):
    """How a venue is listened to: milliseconds of silence by channel, streams on a connection, seed of the jitter."""

    limits: Mapping[str, int] = NO_LIMITS
    most: int | None = None
    seed: int = 0


class Live(NamedTuple):
    """The bars of each symbol that have closed, and the feed that tells the next ones."""

    past: Mapping[str, Bars]
    feed: Feed


@asynccontextmanager
async def joined(asked: Sequence[Asked], channels: Sequence[str], ears: Ears, clock: Clock) -> AsyncIterator[Live]:
    """Open the prices of one venue: the bars that were asked for, and a feed of those that close from then on.

    The feed tells the bars after the last one known as well as the `channels` that are wanted beside them. A bar
    that closed just now may not stand in the venue's answers yet: it is left to the feed, which asks until it does.
    """
    now = clock.now() - SETTLED
    held = await past([each._replace(end=min(each.end, now)) for each in asked], clock, Priority.LIVE)
    known = {bars.symbol: bars for bars in held}
    last = {Stream(bars.symbol, Kind.BARS, bars.timeframe): bars.ends()[1] for bars in held}
    venue, timeframe = str(asked[0].venue), asked[0].timeframe
    wanted = dict.fromkeys((f"{Kind.BARS} {timeframe_name(timeframe)}", *channels))
    feed = Feed(
        venue,
        tuple(known),
        tuple(wanted),
        url=settings().url_of(venue),
        clock=clock,
        seed=ears.seed,
        most=ears.most,
        limits=ears.limits,
        last=last,
        budgets=asked[0].budgets or HERE,
    )
    async with feed:
        yield Live(known, feed)
