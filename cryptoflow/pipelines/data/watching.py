"""A live market watched for a while: told event by event, summed up at the end, and recorded where that is wanted."""

import asyncio
from collections.abc import Sequence
from contextlib import nullcontext
from pathlib import Path
from typing import Any, NamedTuple, Protocol

from cryptoflow.clock import Clock, MachineClock
from cryptoflow.domain.ticks import Closed, Cut, Heard
from cryptoflow.errors import CryptoflowError, ExitCode
from cryptoflow.market.live.joined import Ears
from cryptoflow.market.rest.budget import HERE
from cryptoflow.market.streams.channels import Kind, channel
from cryptoflow.market.streams.feed import Feed
from cryptoflow.pipelines.budgets import budgets
from cryptoflow.pipelines.data.recording import Recording
from cryptoflow.pipelines.data.watched import Watched
from cryptoflow.pipelines.home import home_of
from cryptoflow.pipelines.live_source import live_source
from cryptoflow.pipelines.loops import beside
from cryptoflow.pipelines.resolved import Resolved
from cryptoflow.plugins.sources.stream import Stream
from cryptoflow.settings import settings, unanswered_at
from cryptoflow.spec.values import Duration
from cryptoflow.spec.written import MisreadError

THERE = 30.0
"""Seconds within which a venue has to be there."""

LOOK = 0.25
"""Seconds between two pictures."""


class Wish(NamedTuple):
    """What is watched: which channels of whom, for how many seconds (None: without end), and whether bars are kept."""

    venue: str
    symbols: tuple[str, ...]
    channels: tuple[str, ...]
    home: Path
    seconds: float | None = None
    record: bool = False
    ears: Ears = Ears()


class Watcher(Protocol):
    """Whoever wants to know what is heard, when it is heard."""

    def heard(self, event: Heard) -> None:
        """Take note of an event."""

    def look(self, watched: Watched) -> None:
        """Look at where all symbols stand."""

    def said(self, line: str) -> None:
        """Take note of what went wrong beside the market."""


class Watching:
    """A market that is watched; however it ends, `summary` tells what came of it."""

    def __init__(self, wish: Wish, watcher: Watcher, clock: Clock | None = None) -> None:
        self.wish, self.watcher, self.clock = wish, watcher, clock or MachineClock()
        self.recording = Recording(wish.venue, wish.home, self.clock, watcher.said) if wish.record else None
        self.watched: Watched | None = None

    async def watch(self) -> None:
        """Watch for as long as is wished; a venue that is not there within half a minute is an error."""
        wish = self.wish
        feed = Feed(
            wish.venue,
            wish.symbols,
            wish.channels,
            url=settings().url_of(wish.venue),
            clock=self.clock,
            seed=wish.ears.seed,
            most=wish.ears.most,
            limits=wish.ears.limits,
            budgets=budgets() or HERE,
        )
        async with self.recording.running() if self.recording else nullcontext(), feed:
            self.watched = watched = Watched(feed)
            async with beside(self._look(watched)):
                try:
                    async with asyncio.timeout(wish.seconds) as span:
                        await self._until_there(feed, watched)
                        async for event in feed:
                            self._take(event, watched)
                except TimeoutError:
                    if not span.expired():
                        raise
                if not watched.is_there():
                    raise self._absent(watched)

    def summary(self) -> dict[str, Any]:
        """Return the figures; without any when the venue was never listened to.

        `remark` is what to know of them, None where they say all themselves.
        """
        told: dict[str, Any] = {"venue": self.wish.venue, "channels": [*self.wish.channels]}
        told |= self.watched.plain() if self.watched else {"seconds": 0.0, "symbols": [], "figures": None}
        told["remark"] = self.watched.remark() if self.watched else None
        return told | {"stored": dict(self.recording.stored) if self.recording else None}

    async def _until_there(self, feed: Feed, watched: Watched) -> None:
        try:
            async with asyncio.timeout(THERE):
                async for event in feed:
                    self._take(event, watched)
                    if not isinstance(event, Cut):
                        return
        except TimeoutError:
            raise self._absent(watched) from None

    def _take(self, event: Heard, watched: Watched) -> None:
        watched.take(event)
        if self.recording and isinstance(event, Closed):
            self.recording.take(event)
        self.watcher.heard(event)

    def _absent(self, watched: Watched) -> CryptoflowError:
        why = f" ({watched.reason})" if watched.reason else ""
        venue, url = self.wish.venue, settings().url_of(self.wish.venue)
        fix = "see whether it works elsewhere" if url is None else unanswered_at(venue, url)
        return CryptoflowError(f"{venue} is not there{why}", fix=fix, code=ExitCode.UNAVAILABLE)

    async def _look(self, watched: Watched) -> None:
        while True:
            await asyncio.sleep(LOOK)
            self.watcher.look(watched)
            for line in watched.feed.remarks():
                self.watcher.said(line)


def channels_of(names: str, timeframe: str, *, record: bool) -> tuple[str, ...]:
    """Return the channels of a list like `ticks,bars,top`; bars without a length of their own have `timeframe`.

    >>> channels_of("ticks, bars, bars 5m", "1m", record=True)
    ('ticks', 'bars 1m', 'bars 5m')
    """
    asked = [name.strip() for name in names.split(",") if name.strip()]
    found = tuple(dict.fromkeys(f"{name} {timeframe}" if name in ("bars", "built") else name for name in asked))
    kinds = [channel(name)[0] for name in found]
    if not found:
        raise CryptoflowError("no channel is named", fix=f"channels: {', '.join(Kind)}", code=ExitCode.USAGE)
    if record and (Kind.BARS not in kinds or Kind.BUILT in kinds):
        raise CryptoflowError(
            "only the venue's own bars are recorded", fix="--record --channels ticks,bars,top", code=ExitCode.USAGE
        )
    return found


def by_spec(resolved: Resolved, channels: str, seconds: float | None, *, record: bool) -> Wish:
    """Return what a spec's live source would listen to."""
    source, market = live_source(resolved), resolved.pipeline.market
    ears = source.ears() if isinstance(source, Stream) else Ears()
    if not resolved.symbols:
        fix = "name symbols on the command line, or in the spec instead of a universe"
        raise CryptoflowError("the symbols of the spec are chosen when it runs", fix=fix)
    names = channels_of(channels, str(market.timeframe), record=record)
    return Wish(str(market.venue), resolved.symbols, names, home_of(resolved.file), seconds, record, ears)


def by_symbols(
    symbols: Sequence[str], venue: str, timeframe: str, channels: str, seconds: float | None, *, record: bool
) -> Wish:
    """Return what a command line names, each symbol once; what cannot be a symbol is refused."""
    wrong = [name for name in symbols if not all(name.partition("/"))]
    if wrong:
        raise CryptoflowError(f"{wrong[0]} is no symbol", fix="write it like BTC/USDT", code=ExitCode.USAGE)
    names = channels_of(channels, timeframe, record=record)
    return Wish(venue, tuple(dict.fromkeys(symbols)), names, home_of(), seconds, record, Stream().ears())


def seconds_of(text: str) -> float:
    """Return the seconds of a duration as it is written on the command line.

    >>> seconds_of("5m")
    300.0
    """
    try:
        return int(Duration(text)) / 1000
    except MisreadError as error:
        raise CryptoflowError(f"--for: {error}", fix=error.fix, code=ExitCode.USAGE) from error
