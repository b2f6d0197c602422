"""What is to be done about an order once something was heard of it."""

from decimal import Decimal
from typing import NamedTuple

from cryptoflow.domain.events.event import Event


class Ask(NamedTuple):
    """Ask the venue how an order stands: nobody knows."""

    symbol: str
    order: str


class Missing(NamedTuple):
    """Fetch the fills of a symbol from a moment on: the venue says `said`, the fills that are booked say `booked`.

    The report is then heard once more, with what was fetched as its deals.
    """

    symbol: str
    order: str
    since: int
    said: Decimal
    booked: Decimal


class Wait(NamedTuple):
    """Ask again at a moment, not before."""

    order: str
    until: int


class Resend(NamedTuple):
    """The order never came to the venue: it may be sent as its next attempt."""

    order: str
    attempt: int


class Surfaced(NamedTuple):
    """An order that was given up rests at the venue: take it back there, nobody counts on it any more."""

    symbol: str
    order: str


Wish = Ask | Missing | Wait | Resend | Surfaced


class Heard(NamedTuple):
    """What is written of what was heard, in this order, and what is to be done about it."""

    events: tuple[Event, ...] = ()
    wish: Wish | None = None


class Impossible(Exception):
    """A venue says what cannot be; `events` are the facts in it, which are written all the same."""

    def __init__(self, what: str, events: tuple[Event, ...]) -> None:
        super().__init__(what)
        self.events = events
