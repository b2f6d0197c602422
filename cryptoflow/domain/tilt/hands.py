"""What an operator does by hand, as the indicators of tilt see it: orders, trades, edits, overrides, restarts."""

from dataclasses import dataclass, field
from typing import Any

from cryptoflow.domain.calendar import DAY, HOUR, LONG_AGO, day_of
from cryptoflow.domain.records import Pair
from cryptoflow.domain.tilt.baseline import refresh, sample, severity
from cryptoflow.domain.tilt.indicators import (
    BURST_TIME,
    LIVE,
    LIVE_DAY,
    LONG,
    REVENGE_TIME,
    SHORT,
    burst_odd,
    entries_within,
    haste_odd,
    losses_within,
    override_odd,
    quickening_odd,
    raised_after_losses_odd,
    restart_odd,
    revenge_odd,
    sizes_grew,
    thrashing_odd,
    unusual_rate,
    unusual_size,
)
from cryptoflow.domain.tilt.lockouts import is_locked
from cryptoflow.domain.tilt.records import ENTRIES_SEEN, GROWN_SEEN, RATE, SIZE, Tilt
from cryptoflow.domain.tilt.rhythm import by_last, by_usual, count_entry, keep_size, lose, remember
from cryptoflow.domain.tilt.signs import show
from cryptoflow.domain.tilt.table import T2, T3, T5, T7, T8, T12

SESSION_GAP = HOUR
"""After so long without doing anything a new session begins."""


@dataclass(slots=True)
class Hands:
    """What is remembered of an operator between one act and the next.

    `edits` are those of the session that was last active at `acted_at`, `lost_day` is when the last losing day ended;
    `stops` say when a stop last ended a trade of a symbol.
    """

    sizes: Pair = field(default_factory=Pair)
    acted_at: int = LONG_AGO
    entered_at: int = LONG_AGO
    edits: int = 0
    lost_at: int = LONG_AGO
    stops: dict[str, int] = field(default_factory=dict)
    day: int = -1
    day_profit: float = 0.0
    lost_day: int = LONG_AGO
    overrides: list[int] = field(default_factory=list)
    overridden_at: int = LONG_AGO


def act(hands: Hands, at: int) -> None:
    """Note that the operator did something; after a while without, that is a new session."""
    if at - hands.acted_at > SESSION_GAP:
        hands.edits = 0
    hands.acted_at = at


def order(hands: Hands, tilt: Tilt, signs: Any, habits: Any, symbol: str, notional: float, at: int) -> None:
    """Look at an order by hand."""
    act(hands, at)
    refresh(habits, at)
    live = at + LIVE
    rate = count_entry(habits, at, at - HOUR)
    within = [entries_within(habits, int(habits[ENTRIES_SEEN]), at - length) for length in (BURST_TIME, SHORT, LONG)]
    if unusual_rate(habits, rate) or burst_odd(within[0]) or quickening_odd(within[1], within[2]):
        show(tilt, signs, T2, at, live, severity(habits, RATE, rate))
    sizes = hands.sizes
    multiple = by_usual(notional, sizes.usual)
    keep_size(habits, multiple, multiple)
    factor = by_last(sizes, notional, notional) if sizes.lost and sizes.entries else 0.0
    grown = sizes_grew(habits, int(habits[GROWN_SEEN])) or raised_after_losses_odd(factor, sizes.raised)
    if grown or unusual_size(habits, multiple):
        show(tilt, signs, T3, at, live, severity(habits, SIZE, multiple))
    hasty = haste_odd(at - hands.lost_at, at - hands.stops.get(symbol, LONG_AGO))
    if hasty or revenge_odd(losses_within(habits, at - REVENGE_TIME), max(multiple, factor)):
        show(tilt, signs, T5, at, live, severity(habits, SIZE, multiple))
    sample(habits, RATE, at, rate)
    sample(habits, SIZE, at, multiple)
    sizes.raised, sizes.lost = factor, 0
    remember(sizes, notional, notional)
    hands.entered_at = at


def trade(hands: Hands, habits: Any, symbol: str, profit: float, *, stopped: bool, at: int) -> None:
    """Note how a trade came out."""
    day = day_of(at)
    if day != hands.day:
        if hands.day_profit < 0.0:
            hands.lost_day = (hands.day + 1) * DAY
        hands.day, hands.day_profit = day, 0.0
    hands.day_profit += profit
    hands.sizes.lost = int(profit < 0.0)
    if profit < 0.0:
        hands.lost_at = at
        lose(habits, at)
        if stopped:
            hands.stops[symbol] = at


def edit(hands: Hands, tilt: Tilt, signs: Any, *, raised: bool, at: int) -> None:
    """Look at an edit of a risk setting; the day that goes on is a losing one as soon as it has lost."""
    act(hands, at)
    hands.edits += 1
    ended = hands.lost_day
    if hands.day_profit < 0.0:
        ended = at if day_of(at) == hands.day else (hands.day + 1) * DAY
    if thrashing_odd(hands.edits, int(raised), at - ended):
        show(tilt, signs, T7, at, at + LIVE_DAY, 0.0)


def override(hands: Hands, tilt: Tilt, signs: Any, *, accepted: bool, at: int) -> None:
    """Look at an attempt to override, which counts also when it was refused."""
    act(hands, at)
    hands.overrides = [*(each for each in hands.overrides if each > at - DAY), at]
    if accepted:
        hands.overridden_at = at
    if override_odd(len(hands.overrides)):
        show(tilt, signs, T8, at, at + LIVE_DAY, 0.0)


def restart(tilt: Tilt, signs: Any, at: int) -> None:
    """Look at a restart of the process, or a swap of its spec."""
    if restart_odd(int(is_locked(tilt)), 1):
        show(tilt, signs, T12, at, at + LIVE_DAY, 0.0)
