"""How much a venue lets be asked of it, and whether one more request still fits: pure decisions."""

from enum import IntEnum
from typing import NamedTuple


class Priority(IntEnum):
    """What a request is for; the first in this list finds room longest."""

    PROTECT = 0
    """Stops, exits and cancels."""
    TRADE = 1
    """Entries, and what is asked about them."""
    LIVE = 2
    """Bars and books that a decision waits for."""
    HISTORY = 3
    """Bars of the past."""


SHARES = {Priority.PROTECT: 0.8, Priority.TRADE: 0.7, Priority.LIVE: 0.6, Priority.HISTORY: 0.5}
"""Up to which share of a venue's limit each may fill it; none uses more than 80 %, and the last tenth is for stops."""

SLOTS = 60
"""Into how many parts a window is cut to remember what was spent in it."""


class Allowance(NamedTuple):
    """What a venue allows within any `window` (milliseconds), counted in the costs that ccxt has for its requests.

    `header` is the response header in which the venue tells its own count, of which `scale` make one cost.
    """

    window: int
    cost: float
    header: str = ""
    scale: float = 1.0

    @property
    def slot(self) -> int:
        """The milliseconds that are remembered as one."""
        return max(1, self.window // SLOTS)


class Spent(NamedTuple):
    """What was spent, by slot, the earliest first, and until when the venue wants to hear nothing.

    Of a venue that has a pace instead of a window it is the moment until which its requests take up the time.
    """

    slots: tuple[tuple[int, float], ...] = ()
    silent_until: int = 0
    paid_until: float = 0.0

    @property
    def total(self) -> float:
        """What was spent in all."""
        return sum(cost for _, cost in self.slots)


def granted(spent: Spent, allowance: Allowance, now: int, cost: float, priority: Priority) -> tuple[Spent, int]:
    """Return what is spent afterwards and 0 where a request may go out, else the milliseconds until it may.

    A request that costs more than its whole share goes out when nothing else is counted.

    >>> minute = Allowance(window=60_000, cost=10)
    >>> spent, wait = granted(Spent(), minute, 0, 4, Priority.HISTORY)
    >>> wait, granted(spent, minute, 500, 4, Priority.HISTORY)[1], granted(spent, minute, 500, 4, Priority.PROTECT)[1]
    (0, 60500, 0)
    """
    spent = remembered(spent, allowance, now)
    if now < spent.silent_until:
        return spent, spent.silent_until - now
    room = allowance.cost * SHARES[priority]
    left = spent.total
    if not spent.slots or left + cost <= room:
        return _counted(spent, allowance, now, cost), 0
    for slot, gone in spent.slots:
        left -= gone
        if left + cost <= room or slot == spent.slots[-1][0]:
            return spent, max(1, _forgotten_at(slot, allowance) - now)
    raise AssertionError("the last slot always ends the loop")


def believed(spent: Spent, allowance: Allowance, now: int, used: float) -> Spent:
    """Return what is spent once the venue has said that `used` was: what others used on this address counts too."""
    spent = remembered(spent, allowance, now)
    more = used - spent.total
    return _counted(spent, allowance, now, more) if more > 0 else spent


def remembered(spent: Spent, allowance: Allowance, now: int) -> Spent:
    """Return what is still within the window; what a clock that was set back left further in the future is not."""
    latest = now + allowance.window
    kept = (
        each for each in spent.slots if each[0] * allowance.slot <= latest and now < _forgotten_at(each[0], allowance)
    )
    return spent._replace(slots=tuple(kept))


def _counted(spent: Spent, allowance: Allowance, now: int, cost: float) -> Spent:
    before = spent.slots
    slot = max(now // allowance.slot, before[-1][0] if before else 0)
    if before and before[-1][0] == slot:
        return spent._replace(slots=(*before[:-1], (slot, before[-1][1] + cost)))
    return spent._replace(slots=(*before, (slot, cost)))


def _forgotten_at(slot: int, allowance: Allowance) -> int:
    return (slot + 1) * allowance.slot + allowance.window
