"""When a message that did not arrive is sent again: a pure function of its key and of how often it was tried."""

from cryptoflow.noise import key, share
from cryptoflow.storage.waits import Backoff

MOST = 8
"""Attempts, after which a message is a dead letter."""

WAITS = Backoff(1_000, 300_000)
"""Milliseconds between attempts."""


def wait(message: str, attempts: int) -> int:
    """Return the milliseconds until the next attempt: 1 s, doubled each time, ± 20 %.

    >>> [round(wait("order/AB12", attempts) / 1000) for attempts in (1, 2, 3, 4)]
    [1, 2, 4, 8]
    """
    return round(WAITS.after(attempts, share(key("outbox", message), attempts)))
