"""Which indicators are live, what they come to, and the level that is due for them."""

from typing import Any

from cryptoflow.domain.calendar import DAY
from cryptoflow.domain.tilt.records import DEFAULTS, RAISED, RAISED_AT, SIGNS, Tilt, TiltLimits
from cryptoflow.domain.tilt.table import T1, T6, T7

MONTH = 30 * DAY

MOST = 100.0

EACH, BY_SEVERITY = 10.0, 5.0
"""What a live indicator adds to the score, and each step of how severe it is."""


def show(tilt: Tilt, signs: Any, place: int, at: int, until: int, severe: float) -> None:
    """Let an indicator be live for a while; what it is already, it stays at least."""
    if signs[2 * place] < at or severe > signs[2 * place + 1]:
        signs[2 * place + 1] = severe
    if until > signs[2 * place]:
        signs[2 * place] = 1.0 * until
    if until > tilt.live_until:
        tilt.live_until = until


def clear(tilt: Tilt, signs: Any, at: int) -> None:
    """Let nothing be live from a moment on: what a level was given for is paid.

    A driver that passes over quiet rounds asks only later what was live before.
    """
    for place in range(SIGNS):
        if signs[2 * place] >= at:
            signs[2 * place] = 1.0 * (at - 1)
    tilt.live_until = min(tilt.live_until, at - 1)


def live(signs: Any, at: int) -> int:
    """Return the indicators that are live, as bits."""
    found = 0
    bit = 1
    for place in range(SIGNS):
        if signs[2 * place] >= at and signs[2 * place] > 0.0:
            found += bit
        bit *= 2
    return found


def count(mask: int) -> int:
    """Return how many bits are set.

    >>> count(0b1011)
    3
    """
    found = 0
    for _ in range(SIGNS):
        found += mask - mask // 2 * 2
        mask = mask // 2
    return found


def score_of(signs: Any, at: int) -> float:
    """Return the score: what is live and how severe it is, 100 at most."""
    total = 0.0
    for place in range(SIGNS):
        if signs[2 * place] >= at and signs[2 * place] > 0.0:
            total += EACH + BY_SEVERITY * signs[2 * place + 1]
            total += bonus(place)
    return total if total < MOST else MOST


def bonus(place: int) -> float:
    """Return what an indicator adds to the score beside what all do.

    >>> bonus(T7), bonus(T6), bonus(0), bonus(1)
    (10.0, 5.0, 10.0, 0.0)
    """
    if place in (T1, T7):
        return 10.0
    return 5.0 if place == T6 else 0.0


def level_due(weight: float, limits: TiltLimits = DEFAULTS) -> int:
    """Return the level that is due where so many indicators are live, times the sensitivity.

    >>> [level_due(weight) for weight in (1.9, 2.0, 3.9, 4.0, 5.9, 6.0)]
    [0, 1, 1, 2, 2, 3]
    """
    if weight >= limits.locked:
        return 3
    if weight >= limits.restricted:
        return 2
    return 1 if weight >= limits.caution else 0


def nearness(equity: float, threshold: float, limits: TiltLimits = DEFAULTS) -> float:
    """Return how much more sensitive it makes to be near what the next tier begins with.

    >>> [nearness(equity, 1000.0) for equity in (899.0, 900.0, 950.0, 980.0, 2000.0)], nearness(5.0, float("inf"))
    ([1.0, 1.5, 2.0, 3.0, 3.0], 1.0)
    """
    if equity >= 0.98 * threshold:
        return limits.nearest
    if equity >= 0.95 * threshold:
        return limits.nearer
    return limits.near if equity >= 0.9 * threshold else 1.0


PHASE = DAY // 2


def newness(promoted_at: int, at: int) -> float:
    """Return how much more sensitive it makes to have come up a tier, in four phases of twelve hours.

    >>> [newness(0, hours * 3_600_000) for hours in (0, 12, 24, 36, 48)]
    [3.0, 2.5, 2.0, 1.5, 1.0]
    """
    passed = at - promoted_at
    if passed >= 4 * PHASE:
        return 1.0
    if passed < PHASE:
        return 3.0
    if passed < 2 * PHASE:
        return 2.5
    return 2.0 if passed < 3 * PHASE else 1.5


def sensitivity(equity: float, threshold: float, promoted_at: int, at: int, limits: TiltLimits = DEFAULTS) -> float:
    """Return the factor by which signs count: the larger of the two, which do not multiply.

    >>> sensitivity(990.0, 1000.0, 0, 2 * PHASE), sensitivity(1.0, float("inf"), -9_000_000_000_000_000, 0)
    (3.0, 1.0)
    """
    near, new = nearness(equity, threshold, limits), newness(promoted_at, at)
    return near if near > new else new


def note_raised(tilt: Tilt, signs: Any, level: int, at: int) -> None:
    """Remember that a level was due."""
    place = RAISED_AT + 2 * (tilt.raised % RAISED)
    signs[place] = 1.0 * at
    signs[place + 1] = 1.0 * level
    tilt.raised += 1


def raised_since(tilt: Tilt, signs: Any, level: int, since: int) -> int:
    """Return how often a level was due since a moment, of the newest that are kept."""
    found = 0
    for row in range(min(tilt.raised, RAISED)):
        if signs[RAISED_AT + 2 * row] > since and signs[RAISED_AT + 2 * row + 1] == level:
            found += 1
    return found
