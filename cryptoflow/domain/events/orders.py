"""What happens to an order, from the review of its wish to its end."""

from dataclasses import dataclass
from decimal import Decimal
from typing import ClassVar

from cryptoflow.domain.events.event import Event
from cryptoflow.domain.orders import OrderState


@dataclass(frozen=True, slots=True)
class OrderEvent(Event):
    """Something about one order."""

    order: str

    @property
    def stream(self) -> str:
        """Return the order's own stream."""
        return f"order/{self.order}"


@dataclass(frozen=True, slots=True)
class OrderReviewed(OrderEvent):
    """All rules have answered: what was wanted, what is allowed of it, and which rule bound it.

    `value` is what that rule looked at, `limit` what it allows of it.
    """

    name = "order.reviewed"
    symbol: str
    strategy: str
    leg: str
    verdict: str
    rule: str
    value: float | None
    limit: float | None
    wanted: Decimal
    allowed: Decimal
    reason: str


@dataclass(frozen=True, slots=True)
class OrderCreated(OrderEvent):
    """An order is meant to be sent. Stop, cap, correlation and its limit are those of its review.

    From `role` on it says what a restart needs. Its id was computed from `role` and `decision` where these are not the
    leg and `decided_at`; `filters` is the version of the venue's filters that it was made under, `bracket` the id of
    the list whose orders take each other back. With `spend`, `quantity` is what that was expected to buy.
    """

    name = "order.created"
    schema = 2
    symbol: str
    strategy: str
    side: str
    leg: str
    type: str
    quantity: Decimal
    price: Decimal
    notional: Decimal
    stop: Decimal | None
    cap: Decimal | None
    correlation: float | None
    correlation_limit: float | None
    decided_at: int
    attempt: int
    reason: str
    role: str = ""
    decision: int | None = None
    venue: str = ""
    filters: str = ""
    spend: Decimal | None = None
    limit: Decimal | None = None
    trigger: Decimal | None = None
    time_in_force: str = "gtc"
    post_only: bool = False
    guards: bool = False
    bracket: str = ""


@dataclass(frozen=True, slots=True)
class OrderMoved(OrderEvent):
    """An order is in another state, and why."""

    state: ClassVar[OrderState]
    reason: str


@dataclass(frozen=True, slots=True)
class OrderValidated(OrderMoved):
    """The venue's filters let it pass."""

    name = "order.validated"
    state = OrderState.VALIDATED


@dataclass(frozen=True, slots=True)
class OrderSubmitted(OrderMoved):
    """It is about to be sent."""

    name = "order.submitted"
    state = OrderState.SUBMITTED


@dataclass(frozen=True, slots=True)
class OrderUnknown(OrderMoved):
    """It was sent, and nobody knows what became of it."""

    name = "order.unknown"
    state = OrderState.UNKNOWN


@dataclass(frozen=True, slots=True)
class OrderAcknowledged(OrderMoved):
    """The venue has it."""

    name = "order.acknowledged"
    state = OrderState.ACKNOWLEDGED


@dataclass(frozen=True, slots=True)
class OrderPartiallyFilled(OrderMoved):
    """A part of it is filled."""

    name = "order.partially_filled"
    state = OrderState.PARTIALLY_FILLED


@dataclass(frozen=True, slots=True)
class OrderFilled(OrderMoved):
    """All of it is filled."""

    name = "order.filled"
    state = OrderState.FILLED


@dataclass(frozen=True, slots=True)
class OrderCancelRequested(OrderMoved):
    """The venue is asked to take it back."""

    name = "order.cancel_requested"
    state = OrderState.CANCEL_REQUESTED


@dataclass(frozen=True, slots=True)
class OrderCancelled(OrderMoved):
    """What was left of it is taken back."""

    name = "order.cancelled"
    state = OrderState.CANCELLED


@dataclass(frozen=True, slots=True)
class OrderRejected(OrderMoved):
    """The venue does not want it."""

    name = "order.rejected"
    state = OrderState.REJECTED


@dataclass(frozen=True, slots=True)
class OrderExpired(OrderMoved):
    """It rested for as long as it may."""

    name = "order.expired"
    state = OrderState.EXPIRED


@dataclass(frozen=True, slots=True)
class OrderFailed(OrderMoved):
    """It never reached the venue."""

    name = "order.failed"
    state = OrderState.FAILED


@dataclass(frozen=True, slots=True)
class FillBooked(OrderEvent):
    """The venue filled a part of an order: a fact, booked once by venue and trade id whatever the order's state.

    `filled` and `cost` are the order's sums after it; `fee` is in `fee_currency`, `slippage` what it lost to slippage.
    """

    name = "fill.booked"
    schema = 2
    venue: str
    trade: str
    symbol: str
    strategy: str
    side: str
    leg: str
    quantity: Decimal
    price: Decimal
    fee: Decimal
    fee_currency: str
    filled: Decimal
    cost: Decimal
    reason: str
    slippage: Decimal = Decimal(0)
