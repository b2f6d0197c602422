"""The law on intents, decided from values: what the database would refuse, said in a sentence.

Every store asks here before it writes. The same law stands in the database, where it also meets what comes by raw
SQL. Facts are not judged, and neither is what is told of an order that nobody here has meant.
"""

from collections.abc import Iterable, Mapping

from cryptoflow.domain.events.event import Event
from cryptoflow.domain.events.orders import OrderCreated, OrderMoved
from cryptoflow.domain.orders import MOVES, OrderState
from cryptoflow.errors import CryptoflowError, ExitCode
from cryptoflow.storage.rows.projecting import millionths
from cryptoflow.storage.tables.types import units

ENTRIES, EXIT = ("entry", "add"), "exit"


class Unlawful(CryptoflowError):
    """An order is not what its review allowed, or does not move like that: nothing of its events is there."""

    def __init__(self, order: str, what: str) -> None:
        super().__init__(
            f"order {order} {what}",
            fix="`cryptoflow journal` shows what is known of the order",
            code=ExitCode.REFUSED,
        )


def judge(events: Iterable[Event], states: Mapping[str, str]) -> None:
    """Refuse the first event that breaks the law; `states` are those of the orders that are there."""
    now = {order: OrderState(state) for order, state in states.items()}
    for event in events:
        if isinstance(event, OrderCreated):
            odd = "was meant before" if event.order in now else against(event)
            if odd is not None:
                raise Unlawful(event.order, odd)
            now[event.order] = OrderState.CREATED
        elif isinstance(event, OrderMoved) and event.order in now:
            before = now[event.order]
            if not may_move(before, event.state):
                raise Unlawful(event.order, f"does not move from {before} to {event.state}")
            now[event.order] = event.state


def may_move(before: OrderState, after: OrderState) -> bool:
    """Say whether an order may go from one state to another; staying where one is is no move.

    >>> may_move(OrderState.FILLED, OrderState.FILLED), may_move(OrderState.FILLED, OrderState.CANCELLED)
    (True, False)
    """
    return before == after or after in MOVES[before]


def against(intent: OrderCreated) -> str | None:
    """Return what of an intent its review did not allow, None where all is well.

    Amounts are compared in whole units of 1e-8 and correlations in whole millionths, as the database does.
    """
    if intent.leg not in (*ENTRIES, EXIT):
        return f"is neither entry, add nor exit, but {intent.leg!r}"
    share, limit = millionths(intent.correlation), millionths(intent.correlation_limit)
    if share is not None and limit is not None and share >= limit:
        return f"correlates by {intent.correlation} with what is held; its limit is {intent.correlation_limit}"
    if intent.leg == EXIT:
        return None
    if intent.stop is None:
        return "would enter without a stop"
    if intent.cap is None:
        return "would enter without a cap"
    if units(intent.notional) > units(intent.cap):
        return f"is worth {intent.notional}; its cap is {intent.cap}"
    return None


def judged_streams(events: Iterable[Event]) -> dict[str, str]:
    """Return the orders on which the law has a say, by their streams."""
    return {event.stream: event.order for event in events if isinstance(event, OrderCreated | OrderMoved)}
