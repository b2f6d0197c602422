"""What has to wait, and what an override may do: only ever entries and loosening, never an exit."""

from enum import StrEnum

from cryptoflow.domain.tilt.records import DAY, HOUR, MINUTE

BETWEEN_ENTRIES = 5 * MINUTE
AFTER_CAUTION = 5 * MINUTE
AFTER_OVERRIDE = DAY
LOOSENING = HOUR
PHRASE_VALID = 5 * MINUTE
A_DAY = 2


class Override(StrEnum):
    """What became of an attempt to override."""

    GRANTED = "granted"
    NOT_A_HALT = "not_a_halt"
    TOO_MANY = "too_many"
    TOO_LATE = "too_late"
    OTHER_PHRASE = "other_phrase"


def entry_from(entered_at: int, cautioned_at: int, overridden_at: int) -> int:
    """Return from when on the next entry by hand is allowed, by when the last one, a caution, an override was.

    >>> entry_from(0, -DAY, -2 * DAY) // MINUTE, entry_from(0, 2 * MINUTE, -2 * DAY) // MINUTE
    (5, 7)
    >>> entry_from(0, 0, 0) == DAY
    True
    """
    return max(entered_at + BETWEEN_ENTRIES, cautioned_at + AFTER_CAUTION, overridden_at + AFTER_OVERRIDE)


def in_force_at(at: int, *, loosens: bool) -> int:
    """Return when a change of a limit takes effect: one that loosens waits, one that tightens does not.

    >>> in_force_at(0, loosens=True) // MINUTE, in_force_at(0, loosens=False)
    (60, 0)
    """
    return at + LOOSENING if loosens else at


def override(
    *, resumes_halt: bool, phrase: str, shown: str, shown_at: int, granted_at: tuple[int, ...], at: int
) -> Override:
    """Return what becomes of an attempt: it may only resume a halt, by the phrase that was shown, twice a day.

    >>> asked = {"resumes_halt": True, "phrase": "go on", "shown": "go on", "shown_at": 0, "granted_at": ()}
    >>> override(**asked, at=5 * MINUTE).value, override(**asked, at=5 * MINUTE + 1).value
    ('granted', 'too_late')
    >>> override(**{**asked, "granted_at": (0, 1)}, at=2).value, override(**{**asked, "phrase": "GO ON"}, at=2).value
    ('too_many', 'other_phrase')
    >>> override(**{**asked, "resumes_halt": False}, at=2).value
    'not_a_halt'
    """
    if not resumes_halt:
        return Override.NOT_A_HALT
    if sum(1 for each in granted_at if at - DAY < each <= at) >= A_DAY:
        return Override.TOO_MANY
    if at - shown_at > PHRASE_VALID:
        return Override.TOO_LATE
    return Override.GRANTED if phrase == shown else Override.OTHER_PHRASE
