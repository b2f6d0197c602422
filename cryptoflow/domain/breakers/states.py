"""The states of a circuit breaker, and what each thing that can happen makes of each of them."""

from collections.abc import Mapping
from enum import StrEnum


class BreakerState(StrEnum):
    """Whether calls are let through: all, none, or a few to see how it is."""

    CLOSED = "closed"
    OPEN = "open"
    HALF_OPEN = "half_open"


class Change(StrEnum):
    """What can happen to a breaker."""

    TRIPPED = "tripped"
    RESTED = "rested"
    RECOVERED = "recovered"
    RELAPSED = "relapsed"


_S, _C = BreakerState, Change

CHANGES: Mapping[tuple[BreakerState, Change], BreakerState] = {
    (_S.CLOSED, _C.TRIPPED): _S.OPEN,
    (_S.CLOSED, _C.RESTED): _S.CLOSED,
    (_S.CLOSED, _C.RECOVERED): _S.CLOSED,
    (_S.CLOSED, _C.RELAPSED): _S.CLOSED,
    (_S.OPEN, _C.TRIPPED): _S.OPEN,
    (_S.OPEN, _C.RESTED): _S.HALF_OPEN,
    (_S.OPEN, _C.RECOVERED): _S.OPEN,
    (_S.OPEN, _C.RELAPSED): _S.OPEN,
    (_S.HALF_OPEN, _C.TRIPPED): _S.HALF_OPEN,
    (_S.HALF_OPEN, _C.RESTED): _S.HALF_OPEN,
    (_S.HALF_OPEN, _C.RECOVERED): _S.CLOSED,
    (_S.HALF_OPEN, _C.RELAPSED): _S.OPEN,
}
"""From each state and change to the state after it; where they are the same it stays."""
