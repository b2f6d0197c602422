"""How late things are heard, as far as the venue's clock and ours can be compared."""

from collections import deque

from cryptoflow.market.streams.clocks import VenueClock

KEPT = 8_192
"""Lags of which the percentiles are."""


class Lags:
    """Nanoseconds of our clock less those of the venue's, from when something happened until it was heard.

    None where the clocks cannot be compared; what was heard before one of them was set says nothing any more.
    """

    def __init__(self, clock: VenueClock) -> None:
        self.clock = clock
        self._turns = clock.turns
        self._kept: deque[int] = deque(maxlen=KEPT)

    def add(self, at: int, heard_at: int) -> None:
        """Take in what happened at a moment of the venue's, in milliseconds, and was heard at one of ours."""
        if self._turns != self.clock.turns:
            self._begin_anew()
        self._kept.append(heard_at - at * 1_000_000)

    def within(self, share: float) -> float | None:
        """Return the milliseconds in which such a share was heard."""
        if self._turns != self.clock.turns:
            self._begin_anew()
        if not self._kept or not self.clock.is_like_ours():
            return None
        ordered = sorted(self._kept)
        return round(ordered[min(len(ordered) - 1, int(share * len(ordered)))] / 1e6 + self.clock.best.ahead, 3)

    def _begin_anew(self) -> None:
        self._turns = self.clock.turns
        self._kept.clear()
