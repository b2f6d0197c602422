"""What a venue's reports mean, given what is known: moves go along the table, and old news changes nothing."""

from collections.abc import Iterator, Mapping

from cryptoflow.domain.events import orders
from cryptoflow.domain.events.event import Event
from cryptoflow.domain.events.orders import OrderMoved
from cryptoflow.domain.events.reports import OrderNumbered, OrderStale, OrderTriggered
from cryptoflow.domain.orders import MOVES, OrderState, is_terminal
from cryptoflow.domain.trading.fills import new_fills
from cryptoflow.domain.trading.lives import Life, after_all
from cryptoflow.domain.trading.reports import Report
from cryptoflow.domain.trading.wishes import Heard, Impossible, Missing, Surfaced

_S = OrderState

TOLD: Mapping[OrderState, type[OrderMoved]] = {
    _S.ACKNOWLEDGED: orders.OrderAcknowledged,
    _S.PARTIALLY_FILLED: orders.OrderPartiallyFilled,
    _S.FILLED: orders.OrderFilled,
    _S.CANCELLED: orders.OrderCancelled,
    _S.REJECTED: orders.OrderRejected,
    _S.EXPIRED: orders.OrderExpired,
}
"""The states that a venue can tell of, and the events that say so."""

UNSENT = frozenset({_S.CREATED, _S.VALIDATED})
"""States in which no venue can know an order."""

EARLIER = 60_000
"""Milliseconds before an order was made from which on its fills are fetched: clocks differ."""


def heard(life: Life, report: Report) -> Heard:
    """Return what a report means: facts, then the move that follows from it, or that it is stale, and what is missing.

    An end is believed once its fills are booked; until then the order is as open as they show. While a cancel is under
    way only an end moves it: that the cancel was not taken is known by `answered` and by the refusal of the cancel.
    """
    facts = (*_noted(life, report), *new_fills(life, report.deals))
    if report.state not in TOLD or life.state in UNSENT:
        raise _impossible(life, report, facts)
    seen = after_all(life, facts, report.at)
    wish = _missing(seen, report)
    if life.state is _S.FAILED:  # that it never came to the venue was our word, not the venue's
        return Heard(facts, wish if is_terminal(report.state) else Surfaced(life.intent.symbol, life.id))
    if is_older(life, report):
        return Heard((*facts, OrderStale(life.id, report.state.value, report.filled, report.at)), wish)
    moves = _moves(seen, report, has_new_fills=seen.filled > life.filled)
    if moves is None:
        raise _impossible(life, report, facts)
    return Heard((*facts, *moves), wish)


def answered(life: Life, report: Report) -> Heard:
    """Return what a report means that was asked for after the order's last move, so that its state cannot be old.

    An order that rests though its cancel was answered goes back to where it was; one that rests though it has ended
    here has to be taken back there.
    """
    told = heard(life, report)
    if is_terminal(report.state):
        return told
    seen = after_all(life, told.events, report.at)
    if seen.state is _S.CANCEL_REQUESTED:
        return told._replace(events=(*told.events, back(seen, "the cancel was not taken")))
    return told if seen.is_open else told._replace(wish=Surfaced(life.intent.symbol, life.id))


def is_older(life: Life, report: Report) -> bool:
    """Say whether a report is older than what is known: less is filled by it, or it rests where it has ended."""
    return report.filled < life.filled or (not life.is_open and not is_terminal(report.state))


def back(life: Life, reason: str) -> OrderMoved:
    """Return the move of an order whose cancel was not taken."""
    return TOLD[_open_state(life)](life.id, reason)


def _noted(life: Life, report: Report) -> Iterator[Event]:
    """What a report says that is true whatever the order's state."""
    if report.venue_id and not life.venue_id:
        yield OrderNumbered(life.id, report.venue_id)
    if report.triggered_at is not None and life.triggered_at is None:
        yield OrderTriggered(life.id, report.triggered_at)


def _impossible(life: Life, report: Report, facts: tuple[Event, ...]) -> Impossible:
    return Impossible(f"order {life.id} is {life.state}, and the venue says {report.state}", facts)


def _missing(seen: Life, report: Report) -> Missing | None:
    if report.filled <= seen.filled:
        return None
    return Missing(seen.intent.symbol, seen.id, seen.made_at - EARLIER, report.filled, seen.filled)


def _open_state(life: Life) -> OrderState:
    return _S.PARTIALLY_FILLED if life.filled else _S.ACKNOWLEDGED


def _moves(seen: Life, report: Report, *, has_new_fills: bool) -> tuple[OrderMoved, ...] | None:
    """Return the moves to where a report says that an order stands, None where no way leads there."""
    ends = is_terminal(report.state) and report.filled == seen.filled
    state = report.state if ends else _open_state(seen)
    move = TOLD[state](seen.id, report.reason)
    if seen.state is _S.CANCEL_REQUESTED:
        if not ends:
            return ()
        if state is _S.REJECTED and not seen.filled:  # it was triggered before the cancel came
            return back(seen, "the cancel came too late"), move
    if state is seen.state:
        return (move,) if has_new_fills and seen.is_open else ()
    if not seen.is_open and not ends:
        return ()
    return (move,) if state in MOVES[seen.state] else None
