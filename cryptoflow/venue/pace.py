"""How market time runs beside the clock."""

import asyncio

from cryptoflow.clock import Clock

HAIR = 1_000
"""Nanoseconds by which a timer may ring too early and still count as on time."""


class Pace:
    """Market time in epoch milliseconds: `speed` times as fast as the clock, or moved on by whoever plays.

    A speed of None is as fast as listeners take it: time stands still until it is moved.
    """

    def __init__(self, clock: Clock, start: int, speed: float | None = 1.0) -> None:
        self.clock, self.start, self.speed = clock, start, speed
        self._began = clock.nanoseconds()
        self._moved = start

    def now(self) -> int:
        """Return the moment of the market."""
        if self.speed is None:
            return self._moved
        passed = (self.clock.nanoseconds() - self._began + HAIR) * self.speed
        return self.start + int(passed) // 1_000_000

    def wait_for(self, at: int) -> float:
        """Return the seconds until a moment of the market."""
        if self.speed is None:
            return 0.0
        passed = (self.clock.nanoseconds() - self._began) / 1e9
        return max(0.0, (at - self.start) / 1_000 / self.speed - passed)

    def move(self, at: int) -> None:
        """Let the market be at a later moment, where it does not follow the clock."""
        self._moved = max(self._moved, at)


class Alarm:
    """Waits for a while, or until somebody rings."""

    def __init__(self) -> None:
        self._waiting: asyncio.Future[None] | None = None

    async def wait(self, seconds: float | None) -> None:
        """Return when `seconds` are over or `ring` is called; None waits for the ring alone."""
        loop = asyncio.get_running_loop()
        self._waiting = loop.create_future()
        timer = None if seconds is None else loop.call_later(seconds, self.ring)
        try:
            await self._waiting
        finally:
            self._waiting = None
            if timer is not None:
                timer.cancel()

    def ring(self) -> None:
        """Wake whoever waits."""
        if self._waiting is not None and not self._waiting.done():
            self._waiting.set_result(None)
