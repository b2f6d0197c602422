"""Events as rows that answer questions: what each event changes in which table.

A change is decided from the event alone, without a look at the database, so rows made again are the same rows.
"""

from collections.abc import Callable, Iterable, Iterator, Mapping
from decimal import Decimal
from typing import Any, NamedTuple, cast

from sqlalchemy import Table

from cryptoflow.domain.events.accounts import EquityMarked, PositionChanged, RiskMeasured, TradeClosed
from cryptoflow.domain.events.codec import readers
from cryptoflow.domain.events.event import Event
from cryptoflow.domain.events.known import KNOWN, NEVER_SENT
from cryptoflow.domain.events.orders import FillBooked, OrderCreated, OrderMoved, OrderReviewed
from cryptoflow.domain.journal.recorded import Recorded
from cryptoflow.domain.kept.curve import Resolution
from cryptoflow.domain.orders import OrderState
from cryptoflow.storage.tables.curves import EquityRow, RiskRow
from cryptoflow.storage.tables.trading import FillRow, OrderRow, PositionRow, TradeRow, VerdictRow

MINUTE = int(Resolution.MINUTE)
MILLIONTHS = 1_000_000
"""A correlation is kept as whole millionths, which SQL compares alike in both engines."""


class Change(NamedTuple):
    """A row to put, or, with `new` false, columns of a row to change; `key` names the row."""

    table: Table
    key: tuple[Any, ...]
    values: Mapping[str, Any]
    new: bool = True


def table_of(model: type[Any]) -> Table:
    """Return the table of a model."""
    return cast(Table, model.__table__)


ORDERS, FILLS, POSITIONS, TRADES, VERDICTS, EQUITY, RISK = map(
    table_of, (OrderRow, FillRow, PositionRow, TradeRow, VerdictRow, EquityRow, RiskRow)
)


def changes(events: Iterable[tuple[Recorded, Event]]) -> Iterator[Change]:
    """Yield what events change, in their order; events that change no table yield nothing."""
    for recorded, event in events:
        teller = TELLERS.get(recorded.name)
        if teller is not None:
            yield from teller(recorded, event)


def told(event: Event, *without: str) -> dict[str, Any]:
    """Return an event's fields as columns, but for some."""
    return {name: getattr(event, name) for name in readers(type(event)) if name not in without}


def reviewed(of: Recorded, event: OrderReviewed) -> Iterator[Change]:
    """A verdict is kept under the number of its event."""
    yield Change(VERDICTS, (of.account, of.seq), {"account": of.account, "seq": of.seq, "at": of.at, **told(event)})


def created(of: Recorded, event: OrderCreated) -> Iterator[Change]:
    """An order begins as it was meant."""
    yield Change(
        ORDERS,
        (of.account, event.order),
        {
            **told(event, "order", *NEVER_SENT),
            "account": of.account,
            "id": event.order,
            "at": of.at,
            "correlation": millionths(event.correlation),
            "correlation_limit": millionths(event.correlation_limit),
            "state": OrderState.CREATED.value,
            "filled": Decimal(0),
            "cost": Decimal(0),
            "changed_at": of.at,
        },
    )


def moved(of: Recorded, event: OrderMoved) -> Iterator[Change]:
    """An order moves to another state."""
    values = {"state": event.state.value, "changed_at": of.at}
    yield Change(ORDERS, (of.account, event.order), values, new=False)


def booked(of: Recorded, event: FillBooked) -> Iterator[Change]:
    """A fill is kept, and its order's sums with it."""
    fill = {"account": of.account, "at": of.at, **told(event, "filled", "cost", "slippage")}
    yield Change(FILLS, (of.account, event.venue, event.trade), fill)
    values = {"filled": event.filled, "cost": event.cost, "changed_at": of.at}
    yield Change(ORDERS, (of.account, event.order), values, new=False)


def held(of: Recorded, event: PositionChanged) -> Iterator[Change]:
    """The newest word on a position replaces the one before."""
    yield Change(POSITIONS, (of.account, event.symbol), {"account": of.account, "changed_at": of.at, **told(event)})


def closed(of: Recorded, event: TradeClosed) -> Iterator[Change]:
    """A round trip is kept."""
    trade = {"account": of.account, "id": event.trade, "at": of.at, **told(event, "trade")}
    yield Change(TRADES, (of.account, event.trade), trade)


def marked(of: Recorded, event: EquityMarked) -> Iterator[Change]:
    """A minute keeps its last mark."""
    at = of.at // MINUTE * MINUTE
    yield Change(EQUITY, (of.account, at), {"account": of.account, "at": at, **told(event)})


def measured(of: Recorded, event: RiskMeasured) -> Iterator[Change]:
    """A minute keeps its last measure."""
    at = of.at // MINUTE * MINUTE
    yield Change(RISK, (of.account, at), {"account": of.account, "at": at, **told(event)})


def millionths(share: float | None) -> int | None:
    """Return a share as SQL compares it."""
    return None if share is None else round(share * MILLIONTHS)


Teller = Callable[[Recorded, Any], Iterator[Change]]

TELLERS: Mapping[str, Teller] = {
    OrderReviewed.name: reviewed,
    OrderCreated.name: created,
    FillBooked.name: booked,
    PositionChanged.name: held,
    TradeClosed.name: closed,
    EquityMarked.name: marked,
    RiskMeasured.name: measured,
    **{name: moved for name, kind in KNOWN.items() if issubclass(kind, OrderMoved)},
}
