"""What is known of an order by now: a fold of its events, so that a restart knows as much as the process before it."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from decimal import Decimal

from cryptoflow.domain.events.event import Event
from cryptoflow.domain.events.orders import FillBooked, OrderCreated, OrderEvent, OrderMoved
from cryptoflow.domain.events.reports import OrderNotKnown, OrderNumbered, OrderTriggered
from cryptoflow.domain.journal.recorded import Recorded
from cryptoflow.domain.orders import OrderState, is_terminal, order_id
from cryptoflow.domain.trading.intents import Intent

NOTHING = Decimal(0)


@dataclass(frozen=True, slots=True)
class Life:
    """An order from its making on: `filled`, `cost` and `fees` are sums over the fills that are booked.

    `booked` are the ids of those, `since` is the moment of the last move. `not_known` counts how often the venue did
    not know it since then, `asked_at` is when it said so last.
    """

    meant: OrderCreated
    intent: Intent
    made_at: int
    state: OrderState = OrderState.CREATED
    since: int = 0
    filled: Decimal = NOTHING
    cost: Decimal = NOTHING
    fees: Mapping[str, Decimal] = field(default_factory=dict)
    booked: frozenset[str] = frozenset()
    not_known: int = 0
    asked_at: int | None = None
    triggered_at: int | None = None
    venue_id: str = ""

    @property
    def id(self) -> str:
        """Return its client order id."""
        return self.intent.id

    @property
    def is_open(self) -> bool:
        """Say whether something may still happen to it."""
        return not is_terminal(self.state)

    @property
    def left(self) -> Decimal | None:
        """Return what of it is not filled, None where it says only what to spend."""
        return None if self.intent.quantity is None else self.intent.quantity - self.filled


def begun(event: OrderCreated, at: int) -> Life:
    """Return an order that is meant and not yet sent.

    >>> from decimal import Decimal as D
    >>> meant = OrderCreated("A1", "BTC/USDT", "trend", "buy", "entry", "market", D("0.1"), D(1000), D(100), D(980),
    ...                      None, None, None, 60_000, 1, "signal", spend=D(100))
    >>> life = begun(meant, 120_000)
    >>> life.intent.spend, life.intent.quantity, life.state.value
    (Decimal('100'), None, 'created')
    """
    return Life(event, intent_of(event), at, since=at)


def intent_of(event: OrderCreated) -> Intent:
    """Return an order as it is to be sent."""
    return Intent(
        id=event.order,
        symbol=event.symbol,
        side=event.side,
        type=event.type,
        quantity=event.quantity if event.spend is None else None,
        spend=event.spend,
        limit=event.limit,
        trigger=event.trigger,
        time_in_force=event.time_in_force,
        post_only=event.post_only,
        guards=event.guards,
    )


def after(life: Life, event: Event, at: int) -> Life:
    """Return an order after one of its events; those that move nothing change nothing."""
    match event:
        case OrderMoved():
            return replace(life, state=event.state, since=at, not_known=0, asked_at=None)
        case FillBooked():
            return _filled(life, event)
        case OrderNotKnown():
            return replace(life, not_known=life.not_known + 1, asked_at=at)
        case OrderNumbered():
            return replace(life, venue_id=event.venue_id)
        case OrderTriggered():
            return replace(life, triggered_at=event.triggered_at)
    return life


def after_all(life: Life, events: Iterable[Event], at: int) -> Life:
    """Return an order after events of one moment."""
    for event in events:
        life = after(life, event, at)
    return life


def lives_of(told: Iterable[Recorded]) -> dict[str, Life]:
    """Return all orders that a journal tells of, by their ids."""
    lives: dict[str, Life] = {}
    for recorded in told:
        if not recorded.stream.startswith("order/"):
            continue
        event = recorded.event
        if isinstance(event, OrderCreated):
            lives[event.order] = begun(event, recorded.at)
        elif isinstance(event, OrderEvent) and event.order in lives:
            lives[event.order] = after(lives[event.order], event, recorded.at)
    return lives


def next_attempt(life: Life, account: str) -> Intent:
    """Return an order once more, under the id of its next attempt: what its review allowed holds for that as well."""
    meant = life.meant
    decision = meant.decided_at if meant.decision is None else meant.decision
    role = meant.role or meant.leg
    return life.intent._replace(
        id=order_id(account, meant.strategy, meant.symbol, decision, role, meant.attempt + 1),
    )


def _filled(life: Life, event: FillBooked) -> Life:
    fees = {**life.fees, event.fee_currency: life.fees.get(event.fee_currency, NOTHING) + event.fee}
    return replace(life, filled=event.filled, cost=event.cost, fees=fees, booked=life.booked | {event.trade})
