"""What a venue tells of an order beside its state."""

from dataclasses import dataclass
from decimal import Decimal

from cryptoflow.domain.events.orders import OrderEvent


@dataclass(frozen=True, slots=True)
class OrderNumbered(OrderEvent):
    """The venue has its own id for it."""

    name = "order.numbered"
    venue_id: str


@dataclass(frozen=True, slots=True)
class OrderTriggered(OrderEvent):
    """Its trigger was reached at a moment of the venue's, and it is in the market since."""

    name = "order.triggered"
    triggered_at: int


@dataclass(frozen=True, slots=True)
class OrderNotKnown(OrderEvent):
    """The venue was asked for it and does not know it."""

    name = "order.not_known"


@dataclass(frozen=True, slots=True)
class OrderStale(OrderEvent):
    """A report was older than what is known, and changed nothing: its state, its quantity and its moment."""

    name = "order.stale"
    state: str
    filled: Decimal
    reported_at: int


@dataclass(frozen=True, slots=True)
class OrderLateFill(OrderEvent):
    """A fill was booked though the order had ended in `state`: the account is compared with the venue next."""

    name = "order.late_fill"
    trade: str
    state: str
