"""What can be done to a target of a plan, how it can end, and what is done next."""

from collections.abc import Sequence
from enum import StrEnum
from typing import NamedTuple


class Act(StrEnum):
    """One thing that a desk is told to do."""

    CANCEL = "cancel"
    CLOSE_LIMIT = "close_limit"
    CLOSE_MARKET = "close_market"
    PROTECT = "protect"
    REDUCE = "reduce"
    DISABLE = "disable"
    RESTART = "restart"
    DISCONNECT = "disconnect"


class Outcome(StrEnum):
    """How it ended. `resting`: the order is there and not filled. `naked`: refused, and the stop is gone as well."""

    DONE = "done"
    RESTING = "resting"
    REFUSED = "refused"
    NAKED = "naked"


class Ended(NamedTuple):
    """An act and its outcome."""

    act: Act
    outcome: Outcome


MOST = 3
"""Times that something is tried before its stop goes back for good, and the operator hears of it."""


def following(first: Act, history: Sequence[Ended], has_stop: bool) -> Act | None:
    """Return what is done next to a target that begins with `first`; None where it is settled.

    A position that has lost its stop gets it back before anything else, and is never left without: where the stop is
    not taken either, closing at market goes on until one of the two works.

    >>> limit, market, protect = Act.CLOSE_LIMIT, Act.CLOSE_MARKET, Act.PROTECT
    >>> following(limit, [], True).value, following(limit, [Ended(limit, Outcome.RESTING)], True).value
    ('close_limit', 'close_market')
    >>> following(limit, [Ended(limit, Outcome.NAKED)], True).value
    'protect'
    >>> following(market, [Ended(market, Outcome.REFUSED)] * 3, True).value
    'protect'
    >>> following(market, [*[Ended(market, Outcome.REFUSED)] * 3, Ended(protect, Outcome.DONE)], True)
    >>> following(market, [*[Ended(market, Outcome.NAKED)] * 3, Ended(protect, Outcome.REFUSED)], True).value
    'close_market'
    """
    if not history:
        return first
    again = Act.CLOSE_MARKET if first is Act.CLOSE_LIMIT else first
    act, outcome = history[-1]
    if act is Act.PROTECT:
        if outcome is not Outcome.DONE:
            return Act.CLOSE_MARKET
        return None if tries(history) >= MOST else again
    if outcome is Outcome.DONE:
        return None
    if outcome is Outcome.NAKED and has_stop:
        return Act.PROTECT
    if tries(history) < MOST:
        return again
    return Act.PROTECT if has_stop else None


def tries(history: Sequence[Ended]) -> int:
    """Return how often it was tried: a limit order that rests is no try, nor is a stop that goes back."""
    return sum(each.act not in (Act.PROTECT, Act.CLOSE_LIMIT) for each in history)


def succeeded(history: Sequence[Ended]) -> bool:
    """Say whether a settled target came to what was meant."""
    return history[-1].act is not Act.PROTECT and history[-1].outcome is Outcome.DONE
