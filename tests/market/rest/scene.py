"""A venue that may have bad days, a project, and downloads on a clock that the tests move."""

import asyncio
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path

from aiohttp import web

from cryptoflow.clock import MachineClock, virtual_time
from cryptoflow.market.bars import Bars
from cryptoflow.market.rest.fetch import Progress
from cryptoflow.market.store.key import Key
from cryptoflow.market.store.store import Store
from cryptoflow.pipelines.data.download import downloaded
from cryptoflow.pipelines.data.outcome import Downloaded, Series
from cryptoflow.pipelines.data.wanted import Wanted
from cryptoflow.settings import settings
from tests.market.rest.stub import DAY, MINUTE, Stub

NOW = 1_704_067_200_000 + 30_000
"""Half a minute into 2024."""

TODAY = NOW // DAY * DAY
BTC = ("BTC/USDT", MINUTE)


class Told:
    """A watcher that remembers."""

    def __init__(self) -> None:
        self.lines: list[str] = []
        self.order: list[str] = []
        self.progress: dict[str, list[Progress]] = {}
        self.at_the_end: Callable[[], None] = lambda: None

    def moved(self, series: str, progress: Progress) -> None:
        self.progress.setdefault(series, []).append(progress)

    def ended(self, series: Series) -> None:
        self.order.append(series.name)
        self.at_the_end()

    def said(self, line: str) -> None:
        self.lines.append(line)


class Scene:
    """A venue and a project, and one download after the other."""

    def __init__(self, home: Path, setenv: Callable[[str, str], None]) -> None:
        self.stub, self.told, self.home, self.took = Stub(MachineClock().now), Told(), home, 0.0
        self._setenv = setenv

    def download(
        self,
        *series: tuple[str, int],
        start: int = TODAY - DAY,
        end: int | None = TODAY,
        now: int = NOW,
        again: bool = False,
    ) -> Downloaded:
        """Download, each second taking none."""
        wanted = Wanted("binance", series or (BTC,), start, end, self.home, again)
        with virtual_time(now) as loop:
            return loop.run_until_complete(self._downloaded(wanted))

    async def _downloaded(self, wanted: Wanted) -> Downloaded:
        async with self.stub.serving() as url:
            self._setenv("CRYPTOFLOW_VENUES__BINANCE__URL", url)
            settings.cache_clear()
            found = await downloaded(wanted, self.told, MachineClock())
            self.took = asyncio.get_running_loop().time()
            return found

    def cancelled_after(self, steps: int) -> bool | None:
        """Download, and cancel it so many turns of the loop after the last series: is it heard? None: it was over."""
        with virtual_time(NOW) as loop:
            return loop.run_until_complete(self._cancelled_after(steps))

    async def _cancelled_after(self, steps: int) -> bool | None:
        wanted = Wanted("binance", (BTC,), TODAY - DAY, TODAY, self.home)
        loop, task = asyncio.get_running_loop(), asyncio.create_task(self._downloaded(wanted))
        cancelled = []

        def turn(left: int) -> None:
            if left:
                loop.call_soon(turn, left - 1)
            else:
                cancelled.append(task.cancel())

        self.told.at_the_end = lambda: turn(steps)
        with suppress(asyncio.CancelledError):
            await task
        return task.cancelled() if cancelled[0] else None

    def opens(self, symbol: str = "BTC/USDT") -> list[int]:
        """When the bars in the store open."""
        return list(self._bars(symbol).open_at.tolist())

    def volumes(self, symbol: str = "BTC/USDT") -> list[float]:
        """The volumes of the bars in the store."""
        return list(self._bars(symbol).volume.tolist())

    def _bars(self, symbol: str) -> Bars:
        return Store(self.home / "data", MachineClock()).dataset(Key("binance", symbol, MINUTE)).load()


def times(
    count: int, answer: Callable[[], web.Response], path: str = "klines"
) -> Callable[[web.Request], web.Response | None]:
    """Answer so as often, then as usual."""
    left = [count]

    def instead(request: web.Request) -> web.Response | None:
        if path not in request.path_qs or not left[0]:
            return None
        left[0] -= 1
        return answer()

    return instead


def every_minute(start: int, end: int) -> list[int]:
    return list(range(start, end, MINUTE))
