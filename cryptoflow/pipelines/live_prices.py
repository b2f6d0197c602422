"""Prices as paper and live trading have them: bars to warm up on, then rounds of closed bars as they come."""

from collections.abc import AsyncIterator, Mapping, Sequence
from contextlib import aclosing, asynccontextmanager
from pathlib import Path
from typing import NamedTuple

from cryptoflow.clock import Clock
from cryptoflow.market.bars import Bars
from cryptoflow.market.closing import closed
from cryptoflow.market.live.rounds import Told, rounds
from cryptoflow.market.streams.feed import Feed
from cryptoflow.market.years import span
from cryptoflow.pipelines.assemble import warmup_of
from cryptoflow.pipelines.history import asked_of
from cryptoflow.pipelines.live_source import live_source
from cryptoflow.pipelines.resolved import Resolved


class LivePrices(NamedTuple):
    """Bars of each symbol that closed before, and what is told from then on; `feed` has the books and the figures."""

    past: Mapping[str, Bars]
    told: AsyncIterator[Told]
    feed: Feed


@asynccontextmanager
async def live_prices(
    resolved: Resolved, clock: Clock, channels: Sequence[str] = (), home: Path | None = None
) -> AsyncIterator[LivePrices]:
    """Open the prices of a spec whose symbols are known: as many bars as it warms up on, and what comes behind them.

    The first bars that are told may have closed while the past was read: they are late, and complete the warm-up.
    """
    source, market = live_source(resolved), resolved.pipeline.market
    timeframe, now = int(market.timeframe), clock.now()
    # One more than is needed, because the one that has just closed may be left to the feed.
    start = closed(now - span(warmup_of(resolved) + 1, timeframe, resolved.days), timeframe)
    asked = [asked_of(resolved, symbol, timeframe, start, now, home) for symbol in resolved.symbols]
    async with source.listen(asked, channels, clock) as (past, feed):
        coming = rounds(feed, resolved.symbols, timeframe, int(resolved.pipeline.round_wait))
        async with aclosing(coming) as told:
            yield LivePrices(past, told, feed)
