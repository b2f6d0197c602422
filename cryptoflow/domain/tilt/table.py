"""The twelve indicators of tilt: what each looks at, whose behaviour that is, and whether anything can feed it yet."""

from enum import StrEnum
from typing import NamedTuple


class Whose(StrEnum):
    """Whose behaviour an indicator measures."""

    OPERATOR = "operator"
    BOTH = "operator and account"


class Indicator(NamedTuple):
    """One way to be out of the usual; `fed` is false where only the terminal interface will be able to see it."""

    id: str
    name: str
    whose: Whose
    fed: bool


INDICATORS = (
    Indicator("T1", "decision latency", Whose.OPERATOR, False),
    Indicator("T2", "order frequency", Whose.BOTH, True),
    Indicator("T3", "size escalation", Whose.BOTH, True),
    Indicator("T4", "cancel rate", Whose.OPERATOR, False),
    Indicator("T5", "revenge trading", Whose.BOTH, True),
    Indicator("T6", "order edits", Whose.OPERATOR, False),
    Indicator("T7", "config thrashing", Whose.OPERATOR, True),
    Indicator("T8", "override attempts", Whose.OPERATOR, True),
    Indicator("T9", "unusual hour", Whose.OPERATOR, False),
    Indicator("T10", "session fatigue", Whose.OPERATOR, False),
    Indicator("T11", "correlation decay", Whose.BOTH, True),
    Indicator("T12", "restart around a lock", Whose.OPERATOR, True),
)
"""All of them, in order: the place of one is its number less 1."""

T1, T2, T3, T4, T5, T6, T7, T8, T9, T10, T11, T12 = range(len(INDICATORS))
"""The places of the indicators."""


def named(mask: int) -> tuple[Indicator, ...]:
    """Return the indicators whose bits are set.

    >>> [each.id for each in named(0b110)]
    ['T2', 'T3']
    """
    return tuple(each for place, each in enumerate(INDICATORS) if mask >> place & 1)
