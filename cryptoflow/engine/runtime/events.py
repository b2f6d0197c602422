"""What the runtime says of itself: facts in the past tense, each under a stable name, frozen, for anyone to read."""

from dataclasses import dataclass
from typing import ClassVar


@dataclass(frozen=True, slots=True)
class Event:
    """A fact with a dotted name: whom it is about, and what happened to it."""

    name: ClassVar[str]


@dataclass(frozen=True, slots=True)
class OrderPlaced(Event):
    """An order was sent. `wanted` and `granted` are notional before and after review, NaN and 0 for an exit."""

    name = "order.placed"
    at: int
    symbol: str
    strategy: str
    number: int
    side: str
    type: str
    leg: str
    lots: float
    price: float
    wanted: float
    granted: float
    reason: str
    rule: str


@dataclass(frozen=True, slots=True)
class OrderRefused(Event):
    """An entry was not ordered: why, and which rule bound it where one did."""

    name = "order.refused"
    at: int
    symbol: str
    strategy: str
    leg: str
    price: float
    wanted: float
    granted: float
    reason: str
    rule: str


@dataclass(frozen=True, slots=True)
class OrderFilled(Event):
    """An order, a stop or a target was filled, in whole or in part; stops and targets have the number 0."""

    name = "order.filled"
    at: int
    symbol: str
    strategy: str
    number: int
    side: str
    type: str
    leg: str
    lots: float
    price: float
    notional: float
    fee: float
    slippage: float
    reason: str


@dataclass(frozen=True, slots=True)
class OrderCancelled(Event):
    """What was left of an order was taken back."""

    name = "order.cancelled"
    at: int
    symbol: str
    strategy: str
    number: int
    side: str
    type: str
    leg: str
    lots: float
    reason: str


@dataclass(frozen=True, slots=True)
class TradeClosed(Event):
    """A round trip came to its end; `profit` is after fees, `share` is profit by cost."""

    name = "trade.closed"
    at: int
    symbol: str
    strategy: str
    opened_at: int
    bars: int
    lots: float
    entry_price: float
    exit_price: float
    cost: float
    profit: float
    share: float
    fees: float
    slippage: float
    reason: str


@dataclass(frozen=True, slots=True)
class GuardActed(Event):
    """The account's discipline did something: `what`, for which cause or by which gate, and what it looked at."""

    name = "guard.acted"
    at: int
    what: str
    why: str
    tier: int
    value: float
    limit: float


@dataclass(frozen=True, slots=True)
class RoundClosed(Event):
    """All bars of a round are in and decided on; `at` is their close."""

    name = "round.closed"
    at: int
    equity: float
    cash: float
    positions: int
    open_orders: int


@dataclass(frozen=True, slots=True)
class HistoryPlayed(Event):
    """So many rounds of a stretch of history are done."""

    name = "history.played"
    done: int
    rounds: int


@dataclass(frozen=True, slots=True)
class SubscriberOverflowed(Event):
    """A subscriber was too slow for its queue and has missed so many events since it began."""

    name = "subscriber.overflowed"
    subscriber: str
    missed: int


@dataclass(frozen=True, slots=True)
class SubscriberFailed(Event):
    """A subscriber raised and hears nothing any more."""

    name = "subscriber.failed"
    subscriber: str
    error: str
