"""What an operator has to wait for: only ever with entries, never with an exit."""

from cryptoflow.domain.calendar import DAY, MINUTE

BETWEEN_ENTRIES = 5 * MINUTE
AFTER_CAUTION = 5 * MINUTE
AFTER_OVERRIDE = DAY


def entry_from(entered_at: int, cautioned_at: int, overridden_at: int) -> int:
    """Return from when on the next entry by hand is allowed, by when the last one, a caution, an override was.

    >>> entry_from(0, -DAY, -2 * DAY) // MINUTE, entry_from(0, 2 * MINUTE, -2 * DAY) // MINUTE
    (5, 7)
    >>> entry_from(0, 0, 0) == DAY
    True
    """
    return max(entered_at + BETWEEN_ENTRIES, cautioned_at + AFTER_CAUTION, overridden_at + AFTER_OVERRIDE)
