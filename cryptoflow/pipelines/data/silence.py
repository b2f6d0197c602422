"""What keeps a download waiting, told while it waits."""

import asyncio
from collections.abc import Callable
from contextlib import asynccontextmanager
from typing import TYPE_CHECKING

from cryptoflow.clock import Clock
from cryptoflow.market.times import moment

if TYPE_CHECKING:
    from collections.abc import AsyncIterator

    from cryptoflow.market.rest.venue_client import VenueClient

STALLED = 15_000
"""Milliseconds without a page after which that is told, then after twice as many, and so on."""

LOOK = 1.0
"""Seconds between two looks at whether pages come."""


class Silence:
    """Looks whether pages of a venue come, and tells when none does, and why."""

    def __init__(self, client: "VenueClient", clock: Clock, say: Callable[[str], None]) -> None:
        self._client, self._clock, self._say = client, clock, say
        self._moved_at = clock.now()

    def broken(self) -> None:
        """Take note that a page came."""
        self._moved_at = self._clock.now()

    @asynccontextmanager
    async def watched(self) -> "AsyncIterator[None]":
        """Look while this is entered."""
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
            self._say(remarks.pop(0))

    async def _look(self) -> None:
        venue, told_until, patience = self._client.venue, 0, STALLED
        while True:
            await asyncio.sleep(LOOK)
            self._tell_remarks()
            now, until = self._clock.now(), self._client.budget.silent_until()
            if until > now:
                if until > told_until:
                    self._say(f"{venue} wants no requests before {moment(until // 1000 * 1000)}; waiting")
                told_until = until
                self._moved_at = now
            elif now - self._moved_at < STALLED:
                patience = STALLED
            elif now - self._moved_at >= patience:
                self._say(f"nothing came from {venue} for {patience // 1000} s; still trying")
                patience *= 2
