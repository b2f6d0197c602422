"""For how long a position has had no stop at the venue, in time in which something could have been done about it."""

from collections.abc import Sequence
from typing import NamedTuple

from cryptoflow.domain.trading.protecting import NO_STOP, Protection, Resting

NAKED_LIMIT = 10_000
"""Milliseconds of contact with the venue for which a position may be naked, where its pipeline says nothing else."""


class Naked(NamedTuple):
    """A position without a stop: since when, how many milliseconds of that with contact, and when it was looked at."""

    since: int
    contact: int
    looked_at: int


def is_covered(want: Protection, resting: Sequence[Resting]) -> bool:
    """Say whether stops that the venue has confirmed cover all of a position, at whatever level they are."""
    stops = (each for each in resting if each.settled and not each.leaving and each.protection.stop != NO_STOP)
    return sum(each.protection.quantity for each in stops) >= want.quantity


def naked(
    before: Naked | None, want: Protection | None, resting: Sequence[Resting], at: int, *, in_contact: bool = True
) -> Naked | None:
    """Return for how long a position has been naked, None where it is covered or nothing is wanted for it.

    >>> from decimal import Decimal as D
    >>> want = Protection("BTC/USDT", "sell", D(1), D(980))
    >>> first = naked(None, want, [], 1_000)
    >>> naked(naked(first, want, [], 5_000), want, [], 9_000, in_contact=False)
    Naked(since=1000, contact=4000, looked_at=9000)
    >>> naked(first, want, [Resting(("A1",), want)], 5_000)
    """
    if want is None or is_covered(want, resting):
        return None
    if before is None:
        return Naked(at, 0, at)
    return Naked(before.since, before.contact + (at - before.looked_at if in_contact else 0), at)


def is_naked_too_long(found: Naked | None, limit: int = NAKED_LIMIT) -> bool:
    """Say whether a position has been naked for longer than it may.

    >>> is_naked_too_long(Naked(0, 10_000, 10_000)), is_naked_too_long(Naked(0, 10_001, 10_001))
    (False, True)
    """
    return found is not None and found.contact > limit
