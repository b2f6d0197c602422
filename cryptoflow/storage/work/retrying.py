"""When a message that did not arrive is sent again: a pure function of its key and of how often it was tried."""

from cryptoflow.noise import key, share

MOST = 8
"""Attempts, after which a message is a dead letter."""

FIRST, LONGEST, JITTER = 1_000, 300_000, 0.2
"""The wait after the first attempt and the longest, in milliseconds, and the share by which either may be off."""


def wait(message: str, attempts: int) -> int:
    """Return the milliseconds until the next attempt: 1 s, doubled each time, ± 20 %.

    >>> [round(wait("order/AB12", attempts) / 1000) for attempts in (1, 2, 3, 4)]
    [1, 2, 4, 8]
    """
    plain = min(LONGEST, FIRST << attempts - 1)
    off = 2 * share(key("outbox", message), attempts) - 1
    return round(plain * (1 + JITTER * off))
