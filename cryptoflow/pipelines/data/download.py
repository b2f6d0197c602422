"""Bars of a venue's past into the store: all series at once, none of them twice, failures by name."""

import asyncio
from contextlib import asynccontextmanager
from dataclasses import replace
from typing import TYPE_CHECKING, NamedTuple, Protocol

from cryptoflow.clock import Clock, MachineClock
from cryptoflow.errors import CryptoflowError
from cryptoflow.market.closing import closed
from cryptoflow.market.rest.offers import refuse_future, refuse_timeframe, refuse_unlisted
from cryptoflow.market.times import moment
from cryptoflow.pipelines.data.outcome import Downloaded, Series
from cryptoflow.pipelines.data.todays_listings import record_today
from cryptoflow.pipelines.data.wanted import Wanted
from cryptoflow.settings import settings

if TYPE_CHECKING:
    from collections.abc import AsyncIterator

    from cryptoflow.market.rest.fetch import Progress
    from cryptoflow.market.rest.venue_client import VenueClient
    from cryptoflow.market.store.dataset import Dataset

STALLED = 15_000
"""Milliseconds without a page after which that is told, then after twice as many, and so on."""

AT_ONCE = 8
"""Pages on their way at one time; of more series than that each has one."""

LOOK = 1.0
"""Seconds between two looks at whether pages come."""


class Watcher(Protocol):
    """Whoever wants to know how a download goes while it does."""

    def moved(self, series: str, progress: "Progress") -> None:
        """Take note that a page of a series came."""

    def ended(self, series: Series) -> None:
        """Take note that all of a series is there, or why it is not."""

    def said(self, line: str) -> None:
        """Take note of what keeps the download waiting."""


def download(wanted: Wanted, watcher: Watcher) -> Downloaded:
    """Fetch what the store lacks of the wanted series; Ctrl-C keeps every page that came."""
    return asyncio.run(downloaded(wanted, watcher, MachineClock()))


async def downloaded(wanted: Wanted, watcher: Watcher, clock: Clock) -> Downloaded:
    """Fetch what the store lacks of the wanted series, all at once, and record today's listings of the venue."""
    from cryptoflow.market.rest.allowance import Priority
    from cryptoflow.market.rest.venue_client import venue_client

    url = settings().url_of(wanted.venue)
    async with venue_client(wanted.venue, url, Priority.HISTORY, clock) as client:
        course = _Course(wanted, watcher, clock, client)
        async with course.watched():
            for timeframe in dict.fromkeys(timeframe for _, timeframe in wanted.series):
                refuse_timeframe(wanted.venue, timeframe, client.timeframes())
            listed, now = await client.symbols(), await client.now()
            async with asyncio.TaskGroup() as group:
                group.create_task(record_today(client, wanted.home, clock, watcher.said))
                tasks = [group.create_task(course.one(*each, listed, now)) for each in wanted.series]
        return Downloaded(wanted.venue, tuple(task.result() for task in tasks), *client.heard)


class _Course:
    """A download on its way."""

    def __init__(self, wanted: Wanted, watcher: Watcher, clock: Clock, client: "VenueClient") -> None:
        from cryptoflow.market.store.store import Store

        self._wanted, self._watcher, self._clock, self._client = wanted, watcher, clock, client
        self._store = Store(wanted.home / "data", clock)
        self._moved_at = clock.now()

    async def one(self, symbol: str, timeframe: int, listed: tuple[str, ...], now: int) -> Series:
        """Download one series, and return what became of it."""
        from cryptoflow.market.rest.fetch import Fetched, Manner, fetch
        from cryptoflow.market.store.key import Key

        start, newest = self._wanted.start, closed(now, timeframe)
        end = newest if self._wanted.end is None else min(self._wanted.end, newest)
        series = Series(symbol, timeframe, start, end)
        dataset = self._store.dataset(Key(self._wanted.venue, symbol, timeframe))

        def moved(progress: "Progress") -> None:
            self._moved_at = self._clock.now()
            self._watcher.moved(series.name, progress)

        manner = Manner(max(1, AT_ONCE // len(self._wanted.series)), self._wanted.again)
        before, held, fetched, problem = _Held(), _Held(), Fetched(), None
        try:
            before = held = _held(dataset, start, end)
            try:
                refuse_unlisted(self._wanted.venue, symbol, listed)
                refuse_future(start, end, timeframe)
                fetched = await fetch(self._client, dataset, (start, end), newest, moved, manner)
            finally:
                held = _held(dataset, start, end)
        except CryptoflowError as error:
            problem = error
        series = replace(
            series,
            bars=held.bars,
            added=held.bars - before.bars,
            missing=held.missing,
            left_out=tuple(f"{defect.row}: {defect.what}" for defect in fetched.left_out),
            hidden_before=max((hidden for _, hidden in fetched.unproven), default=None),
            problem=problem,
        )
        self._watcher.ended(series)
        return series

    @asynccontextmanager
    async def watched(self) -> "AsyncIterator[None]":
        """Tell meanwhile when nothing comes, and why."""
        looking = asyncio.create_task(self._look())
        try:
            yield
        finally:
            looking.cancel()
            await asyncio.wait({looking})  # unlike awaiting it, this tells its being cancelled from our own
            if not looking.cancelled():
                looking.result()
            self._tell_remarks()

    def _tell_remarks(self) -> None:
        remarks = self._client.budget.remarks
        while remarks:
            self._watcher.said(remarks.pop(0))

    async def _look(self) -> None:
        venue, told_until, patience = self._wanted.venue, 0, STALLED
        while True:
            await asyncio.sleep(LOOK)
            self._tell_remarks()
            now, until = self._clock.now(), self._client.budget.silent_until()
            if until > now:
                if until > told_until:
                    self._watcher.said(f"{venue} wants no requests before {moment(until // 1000 * 1000)}; waiting")
                told_until = until
                self._moved_at = now
            elif now - self._moved_at < STALLED:
                patience = STALLED
            elif now - self._moved_at >= patience:
                self._watcher.said(f"nothing came from {venue} for {patience // 1000} s; still trying")
                patience *= 2


class _Held(NamedTuple):
    """Bars of a span that the store holds, and those that are missing although somebody was asked for them."""

    bars: int = 0
    missing: int = 0


def _held(dataset: "Dataset", start: int, end: int) -> _Held:
    from cryptoflow.market.store.spans import bars_in, inside

    known = dataset.manifest()
    if known is None:
        return _Held()
    covered = inside((start, end), known.covered)
    missing = sum(bars_in(inside(span, known.gaps), known.timeframe) for span in covered)
    return _Held(bars_in(covered, known.timeframe) - missing, missing)
