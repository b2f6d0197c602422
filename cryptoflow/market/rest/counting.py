"""What was spent at a venue, whatever kind its limit is: counted, given back, held, told in text; pure decisions."""

import json

from cryptoflow.market.rest.allowance import SHARES, Allowance, Priority, Spent, believed, granted, remembered
from cryptoflow.market.rest.pace import SHARE, Pace, paced

Limit = Allowance | Pace

NOTHING = 1e-9
"""A cost below which nothing is left of it."""


class Unreadable(ValueError):
    """A text tells no count of requests."""


def asked(spent: Spent, limit: Limit, now: int, cost: float, priority: Priority) -> tuple[Spent, int]:
    """Return what is spent afterwards and 0 where a request may go out, else the milliseconds until it may."""
    if isinstance(limit, Pace):
        return paced(spent, limit, now, cost, priority)
    return granted(spent, limit, now, cost, priority)


def still(spent: Spent, limit: Limit, now: int) -> Spent:
    """Return what of it is not forgotten yet."""
    return spent if isinstance(limit, Pace) else remembered(spent, limit, now)


def heard(spent: Spent, limit: Limit, now: int, used: float) -> Spent:
    """Return what is spent once the venue has told its own count, which only venues with a window do."""
    return spent if isinstance(limit, Pace) else believed(spent, limit, now, used)


def held(spent: Spent, until: int) -> Spent:
    """Return what is spent once a venue wants to hear nothing before a moment."""
    return spent._replace(silent_until=max(spent.silent_until, until))


def given_back(spent: Spent, limit: Limit, after: Spent, cost: float) -> Spent:
    """Return what is spent when a request does not go out after all; `after` is what was spent when it was granted.

    >>> minute = Allowance(window=60_000, cost=10)
    >>> after, _ = granted(Spent(), minute, 0, 4, Priority.HISTORY)
    >>> later, _ = granted(after, minute, 5_000, 1, Priority.HISTORY)
    >>> given_back(later, minute, after, 4).slots
    ((5, 1),)
    """
    if isinstance(limit, Pace):
        return spent._replace(paid_until=spent.paid_until - cost * limit.every / SHARE)
    slot = after.slots[-1][0]
    left = ((each, gone - cost if each == slot else gone) for each, gone in spent.slots)
    return spent._replace(slots=tuple(each for each in left if each[1] > NOTHING))


def joined(spent: Spent, limit: Limit, now: int, other: Spent) -> Spent:
    """Return what is spent when two counts of the same requests are known, of which each may lack some."""
    both = held(spent, other.silent_until)
    if isinstance(limit, Pace):
        return both._replace(paid_until=max(both.paid_until, other.paid_until))
    return believed(both, limit, now, other.total)


def used_up(limit: Limit, now: int) -> Spent:
    """Return what is taken for spent when nobody knows: all but what is kept for stops.

    >>> granted(used_up(minute := Allowance(60_000, 10), 0), minute, 0, 1, Priority.PROTECT)[1]
    0
    """
    if isinstance(limit, Pace):
        return Spent(paid_until=now + limit.every)
    return Spent(((now // limit.slot, limit.cost * SHARES[Priority.TRADE]),))


def text_of(spent: Spent) -> str:
    """Return a count as text."""
    return json.dumps(spent._asdict())


def spent_of(text: str) -> Spent:
    """Return the count that a text tells.

    >>> spent_of(text_of(Spent(((7, 1.5),), 12))) == Spent(((7, 1.5),), 12)
    True
    """
    try:
        kept = json.loads(text)
        slots = tuple((int(slot), float(cost)) for slot, cost in kept["slots"])
        return Spent(slots, int(kept["silent_until"]), float(kept.get("paid_until", 0.0)))
    except (ValueError, KeyError, TypeError, AttributeError) as error:
        raise Unreadable(text[:40]) from error
