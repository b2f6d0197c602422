"""The dead-man's switch: what a process may still send that cannot renew its lease, and when another acts for it."""

from enum import StrEnum
from typing import NamedTuple

from cryptoflow.domain.codes import Cause
from cryptoflow.domain.discipline.trips import Trip


class Sending(StrEnum):
    """What a process that trades may send: anything, exits alone, or nothing."""

    ALL = "all"
    EXITS = "exits"
    NOTHING = "nothing"


def sending(silent_for: float, silence: float, is_lost: bool) -> Sending:
    """Return what may be sent so many seconds after the last renewal of the lease that was confirmed.

    Exits go on also when the lease has run out, as long as nobody else has taken it: they can only make less of what
    is at risk, and whoever takes over finds them under the ids of their positions. Who has lost it sends nothing.

    >>> [sending(seconds, 20.0, False).value for seconds in (19.9, 20.0, 300.0)], sending(1.0, 20.0, True).value
    (['all', 'exits', 'exits'], 'nothing')
    """
    if is_lost:
        return Sending.NOTHING
    return Sending.EXITS if silent_for >= silence else Sending.ALL


def may_send(allowed: Sending, leaving: bool) -> bool:
    """Say whether an order may be sent.

    >>> may_send(Sending.EXITS, leaving=True), may_send(Sending.EXITS, leaving=False)
    (True, False)
    """
    return allowed is Sending.ALL or (leaving and allowed is Sending.EXITS)


class Seen(NamedTuple):
    """What a watchdog sees of an account's lease; times are milliseconds.

    `writes` says that the holder had fenced the account's journal with its token, as only who trades or commands does.
    """

    holder: str
    token: int
    taken_at: int
    expires_at: int
    writes: bool


def is_dead(seen: Seen, now: int) -> bool:
    """Say whether the process that held the lease is to be taken for dead: it ran out, and was not given back.

    >>> [is_dead(Seen("desk", 7, 0, 60_000, True), now) for now in (59_999, 60_000)]
    [False, True]
    >>> is_dead(Seen("", 7, 0, 60_000, True), 90_000), is_dead(Seen("a copy", 8, 0, 60_000, False), 90_000)
    (False, False)
    """
    return seen.holder != "" and seen.writes and now >= seen.expires_at


def trip_of_silence(silent: int, limit: int) -> Trip:
    """Return the trip of a process that is gone, with its silence and what was allowed of it, in seconds.

    >>> trip_of_silence(61_000, 60_000)
    Trip(cause=3, value=61.0, limit=60.0)
    """
    return Trip(Cause.SYSTEM_ERROR.value, silent / 1000, limit / 1000)
