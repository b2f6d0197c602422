"""Closed bars of a stream on their way into the store, and beside them each day's listings of the venue."""

import asyncio
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from contextlib import asynccontextmanager
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from cryptoflow.clock import Clock
from cryptoflow.domain.ticks import Closed
from cryptoflow.errors import CryptoflowError
from cryptoflow.market.bars import Bars
from cryptoflow.market.store.key import Key
from cryptoflow.market.store.segments import runs_of
from cryptoflow.market.store.store import Store
from cryptoflow.pipelines.data.todays_listings import kept_up
from cryptoflow.pipelines.loops import beside

if TYPE_CHECKING:
    from collections.abc import AsyncIterator

PAUSE = 2.0
"""Seconds that bars wait to be stored together."""


class Recording:
    """Stores the closed bars of one venue; a bar that contradicts the store is told, and left out."""

    def __init__(self, venue: str, home: Path, clock: Clock, say: Callable[[str], None]) -> None:
        self.venue, self.home, self.clock, self.say = venue, home, clock, say
        self.stored: Counter[str] = Counter()
        self._store = Store(home / "data", clock)
        self._waiting: list[Closed] = []

    def take(self, bar: Closed) -> None:
        """Take a bar that has closed."""
        self._waiting.append(bar)

    @asynccontextmanager
    async def running(self) -> "AsyncIterator[None]":
        """Store what is taken every now and then while this is entered, and the rest in the end."""
        import ccxt.async_support  # noqa: F401  # now, as it takes a second in which no socket is read

        try:
            async with beside(self._keep_storing(), self._keep_listings()):
                yield
        finally:
            self._tell(self._stored(self._ready()))
            for bar in self._waiting:
                self.say(f"a bar of {bar.symbol} is left out: this machine's clock is behind {self.venue}'s")

    def _ready(self) -> list[Closed]:
        """Hand out the bars that have closed by this machine's clock too; others wait."""
        now, waiting = self.clock.now(), self._waiting
        self._waiting = [bar for bar in waiting if bar.open_at + bar.timeframe > now]
        return [bar for bar in waiting if bar.open_at + bar.timeframe <= now]

    def _stored(self, ready: Sequence[Closed]) -> list[str]:
        """Store bars, and return what kept some of them out."""
        refused = []
        for key, bars in _by_key(self.venue, ready):
            dataset = self._store.dataset(key)
            try:
                known = dataset.manifest()
                after = dataset.add(bars, runs_of(bars), f"stream {self.venue}")
                self.stored[f"{key}"] += after.rows - (known.rows if known else 0)
            except CryptoflowError as error:
                refused.append(f"{len(bars):,} bars of {key} are not stored: {error.problems[0].what}")
        return refused

    def _tell(self, lines: Sequence[str]) -> None:
        for line in lines:
            self.say(line)

    async def _keep_storing(self) -> None:
        while True:
            await asyncio.sleep(PAUSE)
            storing = asyncio.create_task(asyncio.to_thread(self._stored, self._ready()))
            try:
                refused = await asyncio.shield(storing)
            except asyncio.CancelledError:
                self._tell(await storing)  # two may not store at one time: whoever ends this waits for it
                raise
            self._tell(refused)

    async def _keep_listings(self) -> None:
        await kept_up(self.venue, self.home, self.clock, self.say)


def _by_key(venue: str, bars: Sequence[Closed]) -> Iterator[tuple[Key, Bars]]:
    """The bars as series."""
    for key in dict.fromkeys(Key(venue, bar.symbol, bar.timeframe) for bar in bars):
        rows = [bar for bar in bars if (bar.symbol, bar.timeframe) == (key.symbol, key.timeframe)]
        opens = np.array([bar.open_at for bar in rows], np.int64)
        prices = np.array([[bar.open, bar.high, bar.low, bar.close, bar.volume] for bar in rows], np.float64)
        yield key, Bars(key.symbol, key.timeframe, opens, *prices.T)
