"""Bars of a venue's past into the store: all series at once, none of them twice, failures by name."""

import asyncio
from typing import TYPE_CHECKING, NamedTuple, Protocol

from cryptoflow.clock import Clock, MachineClock
from cryptoflow.errors import CryptoflowError
from cryptoflow.market.rest.clocks import Clocks, Reach, reach, refuse_future, refuse_unreached, settling
from cryptoflow.market.rest.offers import refuse_timeframe, refuse_unlisted
from cryptoflow.pipelines.budgets import budgets
from cryptoflow.pipelines.data.outcome import Downloaded, Series
from cryptoflow.pipelines.data.silence import Silence
from cryptoflow.pipelines.data.todays_listings import record_today
from cryptoflow.pipelines.data.wanted import Wanted, name_of
from cryptoflow.settings import settings

if TYPE_CHECKING:
    from cryptoflow.market.rest.fetch import Fetched, Progress
    from cryptoflow.market.rest.venue_client import VenueClient
    from cryptoflow.market.store.dataset import Dataset

AT_ONCE = 8
"""Pages on their way at one time; of more series than that each has one."""


class Watcher(Protocol):
    """Whoever wants to know how a download goes while it does."""

    def moved(self, series: str, progress: "Progress") -> None:
        """Take note that a page of a series came."""

    def ended(self, series: Series) -> None:
        """Take note that all of a series is there, or why it is not."""

    def said(self, line: str) -> None:
        """Take note of what keeps the download waiting, or of what there is to know of it."""


async def downloaded(wanted: Wanted, watcher: Watcher, clock: Clock) -> Downloaded:
    """Fetch what the store lacks of the wanted series, all at once, and record today's listings of the venue."""
    download = Download(wanted, watcher, clock)
    await download.run()
    return download.found()


class Download:
    """A download on its way; whenever it is stopped, every page that came is stored, and `found` tells what came."""

    def __init__(self, wanted: Wanted, watcher: Watcher, clock: Clock | None = None) -> None:
        from cryptoflow.market.store.store import Store

        self._wanted, self._watcher, self._clock = wanted, watcher, clock or MachineClock()
        self._store = Store(wanted.home / "data", self._clock)
        self._client: VenueClient | None = None
        self._series: dict[tuple[str, int], Series] = {}
        self._remarks: list[str] = []

    def found(self, *, interrupted: bool = False) -> Downloaded:
        """Return what became of the series so far."""
        order = [self._series[each] for each in self._wanted.series if each in self._series]
        answers, refusals = self._client.heard if self._client else (0, 0)
        return Downloaded(self._wanted.venue, tuple(order), answers, refusals, tuple(self._remarks), interrupted)

    async def run(self) -> None:
        """Fetch what the store lacks; a series that fails does not stop the others."""
        from cryptoflow.market.rest.allowance import Priority
        from cryptoflow.market.rest.budget import HERE
        from cryptoflow.market.rest.venue_client import venue_client

        wanted = self._wanted
        for remark in wanted.remarks:
            self._remark(remark)
        url = settings().url_of(wanted.venue)
        async with venue_client(wanted.venue, url, Priority.HISTORY, self._clock, budgets() or HERE) as client:
            self._client, self._silence = client, Silence(client, self._clock, self._watcher.said)
            async with self._silence.watched():
                for timeframe in dict.fromkeys(timeframe for _, timeframe in wanted.series):
                    refuse_timeframe(wanted.venue, timeframe, client.timeframes())
                listed, clocks = await client.symbols(), await self._clocks(client)
                if far := clocks.remark(wanted.venue):
                    self._remark(far)
                async with asyncio.TaskGroup() as group:
                    group.create_task(record_today(client, wanted.home, clocks.theirs, self._watcher.said))
                    for each in wanted.series:
                        group.create_task(self._one(client, each, listed, clocks))

    async def _clocks(self, client: "VenueClient") -> Clocks:
        """Return what time it is, once the last bar that is wanted has had time to settle if it has just ended."""
        clocks = await client.clocks()
        if wait := settling(self._wanted.end, clocks):
            await asyncio.sleep(wait / 1000)
            clocks = await client.clocks()
        return clocks

    def _remark(self, line: str) -> None:
        self._remarks.append(line)
        self._watcher.said(line)

    async def _one(
        self, client: "VenueClient", which: tuple[str, int], listed: tuple[str, ...], clocks: Clocks
    ) -> None:
        """Download one series, and note what became of it."""
        from cryptoflow.market.rest.fetch import Fetched
        from cryptoflow.market.store.key import Key

        symbol, timeframe = which
        reached = reach(self._wanted.start, self._wanted.end, timeframe, clocks)
        start, end = reached.start, reached.end
        dataset = self._store.dataset(Key(client.venue, symbol, timeframe))
        before, held, fetched, problem, arrived = _Held(), _Held(), Fetched(), None, False
        try:
            before = held = _held(dataset, start, end)
            try:
                refuse_unlisted(client.venue, symbol, listed)
                refuse_future(client.venue, timeframe, reached, clocks)
                fetched = await self._fetched(client, dataset, reached)
                arrived = True
                refuse_unreached(client.venue, reached, clocks)
            finally:
                held = _held(dataset, start, end)
        except CryptoflowError as error:
            problem = error
        finally:
            series = self._series[which] = Series(
                symbol,
                timeframe,
                start,
                end,
                begin=start if held.begin is None else held.begin,
                bars=held.bars,
                added=held.bars - before.bars,
                missing=held.missing,
                left_out=tuple(f"{defect.row}: {defect.what}" for defect in fetched.left_out),
                none_before=held.none_before,
                hidden_before=max((hidden for _, hidden in fetched.unproven), default=None),
                problem=problem,
                arrived=arrived,
            )
        self._watcher.ended(series)

    async def _fetched(self, client: "VenueClient", dataset: "Dataset", reached: Reach) -> "Fetched":
        """Fetch what the store lacks of a series."""
        from cryptoflow.market.rest.fetch import Manner, fetch

        name = name_of(dataset.key.symbol, dataset.key.timeframe)

        def moved(progress: "Progress") -> None:
            self._silence.broken()
            self._watcher.moved(name, progress)

        manner = Manner(max(1, AT_ONCE // len(self._wanted.series)), self._wanted.again)
        return await fetch(client, dataset, (reached.start, reached.end), reached.newest, moved, manner)


class _Held(NamedTuple):
    """What the store has of a span: its bars, those that are missing although somebody was asked for them, when the
    first one opens, and until when there was none yet, where somebody was asked for that time.
    """

    bars: int = 0
    missing: int = 0
    begin: int | None = None
    none_before: int | None = None


def _held(dataset: "Dataset", start: int, end: int) -> _Held:
    from cryptoflow.market.store.spans import bars_in, inside

    known = dataset.manifest()
    if known is None:
        return _Held()
    covered, none = inside((start, end), known.covered), inside((start, end), known.before)
    missing = sum(bars_in(inside(span, known.gaps), known.timeframe) for span in covered)
    bars = bars_in(covered, known.timeframe) - bars_in(none, known.timeframe) - missing
    begin = max(start, known.ends[0]) if bars and known.ends else None
    return _Held(bars, missing, begin, none[-1][1] if none else None)
