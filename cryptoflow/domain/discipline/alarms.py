"""What trips the kill switch beside losses: five conditions that are looked at while a market goes on.

Each is a comparison of plain numbers that compiles, and trips where the value has come to the limit.
"""

from cryptoflow.domain.calendar import MINUTE
from cryptoflow.domain.codes import Cause
from cryptoflow.domain.discipline.trips import NOTHING, Trip
from cryptoflow.domain.numbers import ratio

NAKED_SILENCE, SILENCE = MINUTE, 15 * MINUTE
"""Milliseconds without contact that are too many: while a position has no stop resting at the venue, and otherwise."""

TOGETHER = 0.95
"""The mean correlation of all pairs of open positions at which they are one position that nobody meant to have."""

OUTAGE = 10_000
"""Milliseconds without contact after which nothing is entered until there is contact again: a pause, and no kill."""

OPEN_SHARE, LEAST_BREAKERS = 0.5, 3
"""The share of breakers that are open at which everything fails at once, and of how many at least."""


def system_error(errors: int) -> Trip:
    """Trip on the first error of our own on the order path or in the local journal; a venue that refuses is none.

    >>> system_error(0).cause, system_error(1) == Trip(Cause.SYSTEM_ERROR.value, 1.0, 1.0)
    (-1, True)
    """
    return Trip(Cause.SYSTEM_ERROR.value, 1.0 * errors, 1.0) if errors >= 1 else Trip(NOTHING, 0.0, 0.0)


def manual(asked: int) -> Trip:
    """Trip because somebody says so.

    >>> manual(0).cause, manual(1).cause == Cause.MANUAL
    (-1, True)
    """
    return Trip(Cause.MANUAL.value, 1.0 * asked, 1.0) if asked >= 1 else Trip(NOTHING, 0.0, 0.0)


def no_contact(silent: int, naked: int) -> Trip:
    """Trip after too many milliseconds without contact; `naked` counts positions without a stop that rests there.

    Value and limit are in seconds.

    >>> no_contact(59_999, naked=1).cause, no_contact(60_000, naked=1).limit, no_contact(899_999, naked=0).cause
    (-1, 60.0, -1)
    """
    limit = NAKED_SILENCE if naked > 0 else SILENCE
    return Trip(Cause.NO_CONTACT.value, silent / 1000, limit / 1000) if silent >= limit else Trip(NOTHING, 0.0, 0.0)


def outage(silent: int) -> int:
    """Return 1 while entries wait for contact; they come back by themselves.

    >>> outage(9_999), outage(10_000)
    (0, 1)
    """
    return 1 if silent >= OUTAGE else 0


def correlated(mean: float, positions: int) -> Trip:
    """Trip where at least two open positions move as one; a mean that is NaN shows nothing.

    >>> correlated(0.95, 2).value, [correlated(*each).cause for each in ((0.949, 2), (1.0, 1), (float("nan"), 2))]
    (0.95, [-1, -1, -1])
    """
    return (
        Trip(Cause.CORRELATION.value, mean, TOGETHER)
        if positions >= 2 and mean >= TOGETHER
        else Trip(NOTHING, 0.0, 0.0)
    )


def cascade(opened: int, of: int) -> Trip:
    """Trip where so many of so many breakers are open; all of one venue count as one.

    >>> cascade(1, 2).cause, cascade(1, 3).cause, cascade(2, 4).value
    (-1, -1, 0.5)
    """
    if of < LEAST_BREAKERS or ratio(opened, of) < OPEN_SHARE:
        return Trip(NOTHING, 0.0, 0.0)
    return Trip(Cause.BREAKER_CASCADE.value, ratio(opened, of), OPEN_SHARE)


def first_of(losses: Trip, error: Trip, asked: Trip, silence: Trip, together: Trip, cascading: Trip) -> Trip:
    """Return the first that trips, in the order of causes; `losses` is what `trips.trip_of` says.

    >>> none = Trip()
    >>> first_of(none, none, manual(1), no_contact(60_000, 1), none, none).cause == Cause.MANUAL
    True
    >>> first_of(none, none, none, none, none, none).cause
    -1
    """
    found = losses
    if found.cause < 0:
        found = error
    if found.cause < 0:
        found = asked
    if found.cause < 0:
        found = silence
    if found.cause < 0:
        found = together
    return cascading if found.cause < 0 else found
