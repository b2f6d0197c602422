"""A venue of which only the pace is known that it bears: requests one after the other, none saved up.

ccxt knows a window of some venues; of the rest (okx, coinbase, gemini, ...) it knows the milliseconds between two
requests, and keeps them with a bucket that holds one. A window made up for those is wrong in one of two ways: a short
one wastes half of the pace on downloads, which may not fill it, a long one lets go at once what the venue refuses.
"""

from math import ceil
from typing import NamedTuple

from cryptoflow.market.rest.allowance import SHARES, Priority, Spent

SHARE = max(SHARES.values())
"""Which share of the pace is used by all together."""

FORGOTTEN = 60_000
"""Milliseconds that requests are paid for in advance at most; more is what a clock that was set back left behind."""


class Pace(NamedTuple):
    """One cost in `every` milliseconds."""

    every: float
    header: str = ""
    scale: float = 1.0

    @property
    def window(self) -> int:
        """The milliseconds after which to ask again who was asked too much."""
        return max(1_000, ceil(self.every))


def ahead(pace: Pace, priority: Priority) -> float:
    """Return how many milliseconds before its turn a request may go out: a stop by the one that the bucket holds.

    >>> ahead(Pace(90), Priority.PROTECT), ahead(Pace(90), Priority.HISTORY)
    (90.0, 0.0)
    """
    return pace.every * (Priority.HISTORY - priority) / Priority.HISTORY


def paced(spent: Spent, pace: Pace, now: int, cost: float, priority: Priority) -> tuple[Spent, int]:
    """Return what is spent afterwards and 0 where a request may go out, else the milliseconds until it may.

    >>> spent, _ = paced(Spent(), Pace(80), 0, 1, Priority.HISTORY)
    >>> paced(spent, Pace(80), 0, 1, Priority.HISTORY)[1], paced(spent, Pace(80), 20, 1, Priority.PROTECT)[1]
    (100, 0)
    """
    if now < spent.silent_until:
        return spent, spent.silent_until - now
    paid_until = spent.paid_until if spent.paid_until <= now + FORGOTTEN else now
    wait = paid_until - ahead(pace, priority) - now
    if wait > 0:
        return spent, max(1, ceil(wait))
    return spent._replace(paid_until=max(now, paid_until) + cost * pace.every / SHARE), 0
