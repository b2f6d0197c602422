"""The fold over rules: all of them answer, the smallest headroom binds, the earlier rule on a tie."""

from typing import NamedTuple

from cryptoflow.domain.numbers import ratio
from cryptoflow.domain.records import AccountView, Entry, Line, Verdict

CASH, ALLOCATION = 100, 101
"""Numbers under which a verdict names the two bounds that hold even without discipline."""

RESUME, PROTECTION = 102, 103
"""Numbers under which it names what makes entries smaller: the days after the kill switch, or after a promotion."""

TILT, RE_ENTRY = 104, 105
"""The same of a level of tilt, and of the way back from a lock."""


class Reading(NamedTuple):
    """What a rule looked at, what it allows of it in the same unit, and which of its measures that is."""

    value: float
    limit: float
    measure: int


def bound(verdict: Verdict, room: float, rule: int) -> None:
    """Let one rule's answer tighten the verdict, which is a number; an answer that is none refuses.

    >>> verdict = Verdict(100.0)
    >>> bound(verdict, 40.0, 3); bound(verdict, 40.0, 4); verdict
    Verdict(notional=40.0, rule=3, barred=-1)
    """
    if not room >= verdict.notional:
        verdict.notional = room if room > 0.0 else 0.0
        verdict.rule = rule


def scaled(left: float, held: float, factor: float) -> float:
    """Return what may be added to what is held where both may only be a share of what they could be together.

    >>> scaled(100.0, 0.0, 0.25), scaled(75.0, 25.0, 0.25), scaled(75.0, 25.0, 0.5), scaled(0.1, 0.2, 1.0)
    (25.0, 0.0, 25.0, 0.1)
    """
    return left if factor >= 1.0 else factor * (left + held) - held


def within_means(entry: Entry, account: AccountView, verdict: Verdict, allocation: float) -> None:
    """Hold an entry within its strategy's share of equity and within the cash that is free."""
    bound(verdict, account.equity * allocation - account.strategy_exposure, ALLOCATION)
    bound(verdict, affordable(entry, account), CASH)


def affordable(entry: Entry, account: AccountView) -> float:
    """Return how large an entry free cash pays for, with its fee, should it fill at the most it may pay.

    >>> affordable(Entry(price=100.0, limit=125.0, fee=0.25), AccountView(cash=100.0))
    64.0
    """
    room = account.cash / (1.0 + entry.fee)
    return room * ratio(entry.price, entry.limit) if entry.limit > entry.price else room


def note(line: Line, reading: Reading) -> None:
    """Write on a line what a rule looked at, and what it allows."""
    line.value = reading.value
    line.limit = reading.limit
    line.measure = reading.measure
