"""The states of an order and the moves between them; there are no others."""

from collections.abc import Mapping
from enum import StrEnum


class OrderState(StrEnum):
    """Where an order stands."""

    CREATED = "created"
    VALIDATED = "validated"
    SUBMITTED = "submitted"
    UNKNOWN = "unknown"
    ACKNOWLEDGED = "acknowledged"
    PARTIALLY_FILLED = "partially_filled"
    CANCEL_REQUESTED = "cancel_requested"
    FILLED = "filled"
    CANCELLED = "cancelled"
    REJECTED = "rejected"
    EXPIRED = "expired"
    FAILED = "failed"


_S = OrderState
_ENDS_AT_VENUE = frozenset({_S.ACKNOWLEDGED, _S.PARTIALLY_FILLED, _S.FILLED, _S.CANCELLED, _S.EXPIRED, _S.REJECTED})

MOVES: Mapping[OrderState, frozenset[OrderState]] = {
    _S.CREATED: frozenset({_S.VALIDATED, _S.FAILED}),
    _S.VALIDATED: frozenset({_S.SUBMITTED, _S.CANCELLED, _S.FAILED}),
    _S.SUBMITTED: _ENDS_AT_VENUE | {_S.CANCEL_REQUESTED, _S.UNKNOWN, _S.FAILED},
    _S.UNKNOWN: _ENDS_AT_VENUE | {_S.CANCEL_REQUESTED, _S.FAILED},
    _S.ACKNOWLEDGED: frozenset(
        {_S.PARTIALLY_FILLED, _S.FILLED, _S.CANCEL_REQUESTED, _S.CANCELLED, _S.EXPIRED, _S.REJECTED}
    ),
    _S.PARTIALLY_FILLED: frozenset({_S.PARTIALLY_FILLED, _S.FILLED, _S.CANCEL_REQUESTED, _S.CANCELLED, _S.EXPIRED}),
    _S.CANCEL_REQUESTED: frozenset({_S.CANCELLED, _S.FILLED, _S.EXPIRED, _S.ACKNOWLEDGED, _S.PARTIALLY_FILLED}),
    _S.FILLED: frozenset(),
    _S.CANCELLED: frozenset(),
    _S.REJECTED: frozenset(),
    _S.EXPIRED: frozenset(),
    _S.FAILED: frozenset(),
}
"""From each state to those it may move to. A rejection of an acknowledged order comes when its stop triggers."""


def is_terminal(state: OrderState) -> bool:
    """Say whether nothing follows a state.

    >>> is_terminal(OrderState.FILLED), is_terminal(OrderState.UNKNOWN)
    (True, False)
    """
    return not MOVES[state]


def order_id(account: str, strategy: str, symbol: str, decision: int | str, leg: str, attempt: int = 1) -> str:
    """Return the id of an order, computed from what it identifies: 26 base-32 characters, never of the run.

    `decision` is the open of the bar that decided, or the sequence of the command that asked for it.

    >>> order_id("main", "trend", "BTC/USDT", 1_700_000_000_000, "entry")
    'UWZRB3TXBLNRZINCK4ALOCF3WS'
    """
    from base64 import b32encode
    from hashlib import sha256
    from json import dumps

    parts = dumps([account, strategy, symbol, decision, leg, attempt], separators=(",", ":"), ensure_ascii=False)
    return b32encode(sha256(parts.encode()).digest()[:17]).decode()[:26]
