"""How long a stream may say nothing before it counts as silent."""

from collections.abc import Mapping

from cryptoflow.market.streams.channels import Kind, Stream
from cryptoflow.market.times import MINUTE, SECOND

LIMITS: Mapping[Kind, int] = {
    Kind.TICKS: MINUTE,
    Kind.BARS: MINUTE,
    Kind.TOP: 20 * SECOND,
    Kind.BOOK: 20 * SECOND,
}
"""Milliseconds of silence that are nothing unusual on a market people trade."""


class Freshness:
    """When a stream was heard last, and whether it has been silent for longer than it may since; nanoseconds."""

    __slots__ = ("heard_at", "limit", "silent")

    def __init__(self, limit: int, now: int) -> None:
        self.limit = limit * 1_000_000
        self.silent = False
        self.begin(now)

    def begin(self, now: int) -> None:
        """Wait anew: a connection has just been made. Whoever was silent is so until it speaks."""
        self.heard_at = now

    def is_overdue(self, now: int, times: int = 1) -> bool:
        """Say whether it has been silent for longer than so many times its limit.

        >>> fresh = Freshness(limit=20_000, now=0)
        >>> fresh.is_overdue(20_000_000_000), fresh.is_overdue(20_000_000_001)
        (False, True)
        """
        return now - self.heard_at > self.limit * times


def limit_of(stream: Stream, limits: Mapping[str, int]) -> int:
    """Return how many milliseconds a stream may be silent: as its symbol, its channel or its kind is limited.

    >>> limit_of(Stream("BTC/USDT", Kind.TOP), {"BTC/USDT": 5_000}), limit_of(Stream("BTC/USDT", Kind.TOP), {})
    (5000, 20000)
    """
    for key in (f"{stream.symbol} {stream.channel}", stream.symbol, stream.channel, str(stream.kind)):
        if key in limits:
            return limits[key]
    return LIMITS[stream.kind]
