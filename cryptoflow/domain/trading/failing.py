"""What follows when a venue does not do what it was asked: it refuses, nobody knows, or it does not know the order."""

from cryptoflow.domain.events.event import Event
from cryptoflow.domain.events.orders import OrderCancelled, OrderFailed, OrderRejected, OrderUnknown
from cryptoflow.domain.events.reports import OrderNotKnown
from cryptoflow.domain.orders import OrderState
from cryptoflow.domain.trading.hearing import UNSENT, back
from cryptoflow.domain.trading.lives import Life
from cryptoflow.domain.trading.reports import Refused
from cryptoflow.domain.trading.wishes import Ask, Heard, Impossible, Resend, Wait

_S = OrderState

APART = 5_000
"""Milliseconds between two answers that the venue does not know an order, of which the second is believed."""

UNANSWERED = frozenset({_S.SUBMITTED, _S.UNKNOWN})
"""States of an order of which nobody knows whether it came to the venue."""

NOT_THERE = "the venue does not know it"


def refused(life: Life, error: Refused) -> Heard:
    """Return what the venue's no means to the order that was sent, or whose cancel was.

    Where it says that the id is taken, or that there is nothing to cancel, it knows more than we do and is asked.
    """
    if life.state in UNSENT:
        return Heard((OrderFailed(life.id, str(error)),))
    if life.state in UNANSWERED:
        return unsure(life) if error.kind == "duplicate" else Heard((OrderRejected(life.id, str(error)),))
    if life.state is _S.CANCEL_REQUESTED:
        return _ask(life) if error.kind == "unknown_order" else Heard((back(life, str(error)),))
    if life.is_open:
        raise Impossible(f"order {life.id} is {life.state}, and the venue refuses it: {error}", ())
    return Heard()


def unsure(life: Life) -> Heard:
    """Return what it means that a call about an order had no answer: the venue is asked for it by its id."""
    if life.state is _S.SUBMITTED:
        return _ask(life, OrderUnknown(life.id, "no answer"))
    return _ask(life) if life.is_open and life.state not in UNSENT else Heard()


def not_known(life: Life, at: int) -> Heard:
    """Return what it means that the venue does not know an order: the first time nothing, the second time it is so.

    One that was never heard of may then be sent as its next attempt; of one that the venue once had nothing rests.
    """
    if not life.is_open or life.state in UNSENT:
        return Heard()
    if life.asked_at is None:
        return Heard((OrderNotKnown(life.id),), Wait(life.id, at + APART))
    if at < life.asked_at + APART:
        return Heard((), Wait(life.id, life.asked_at + APART))
    if life.state in UNANSWERED:
        gone = (OrderNotKnown(life.id), OrderFailed(life.id, NOT_THERE))
        return Heard(gone, Resend(life.id, life.meant.attempt + 1))
    return Heard((OrderNotKnown(life.id), OrderCancelled(life.id, NOT_THERE)))


def resumed(life: Life) -> Heard:
    """Return what a restart makes of an order: one that was not yet sent never is, and all others are asked for."""
    if life.state in UNSENT:
        return Heard((OrderFailed(life.id, "not sent before the restart"),))
    return unsure(life)


def _ask(life: Life, *events: Event) -> Heard:
    return Heard(events, Ask(life.intent.symbol, life.id))
