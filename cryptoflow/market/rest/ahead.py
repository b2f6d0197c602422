"""Pages of one symbol that are asked for before it is their turn, and come in turn."""

import asyncio
from collections import deque
from types import TracebackType
from typing import NamedTuple

from cryptoflow.market.rest.pages import Ask, Walk
from cryptoflow.market.rest.rows import in_order
from cryptoflow.market.rest.venue_client import Row, VenueClient


class Coming(NamedTuple):
    """A page on its way: bars from a moment on."""

    since: int
    rows: "asyncio.Task[list[Row]]"


class Ahead:
    """A symbol's pages, up to `most` of them on their way at one time.

    The pages that follow are guessed by the length of the longest so far. A guess that was a few bars short still
    serves; one that turns out to lie elsewhere is dropped, so what is read is the same as page by page.
    """

    def __init__(self, client: VenueClient, symbol: str, most: int) -> None:
        self._client, self._symbol, self._most = client, symbol, most
        self._coming: deque[Coming] = deque()

    async def __aenter__(self) -> "Ahead":
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        for coming in self._coming:
            coming.rows.cancel()
        await asyncio.gather(*(coming.rows for coming in self._coming), return_exceptions=True)

    async def page(self, walk: Walk, ask: Ask) -> list[Row]:
        """Return the page that a walk asks for, its rows in order."""
        if walk.straight:
            self._guess(walk)
            while self._coming and self._coming[0].since <= walk.at:
                since, task = self._coming[0]
                rows = await task
                self._coming.popleft()
                if since == walk.at or _reaches(rows, walk.at):
                    return rows
        return await self._asked(ask)

    def _guess(self, walk: Walk) -> None:
        step = walk.seen * walk.timeframe
        since = max(walk.at, self._coming[-1].since + step) if self._coming else walk.at
        while len(self._coming) < self._most and since < walk.end:
            self._coming.append(Coming(since, asyncio.create_task(self._asked(Ask(walk.timeframe, since)))))
            since += step

    async def _asked(self, ask: Ask) -> list[Row]:
        return in_order(await self._client.page(self._symbol, ask))


def _reaches(rows: list[Row], at: int) -> bool:
    """Whether a page that began before a moment has bars from there on."""
    return bool(rows) and int(rows[-1][0] or 0) >= at
