"""What a dialect does for customers: it knows whose request it is, and puts orders and funds into words."""

from collections.abc import Callable, Mapping
from typing import Any, NamedTuple, Protocol

from cryptoflow.venue.dialects.dialect import Moment, Query, Refusal, Reply
from cryptoflow.venue.trading.account import Account
from cryptoflow.venue.trading.floor import Floor
from cryptoflow.venue.trading.happening import Happening
from cryptoflow.venue.trading.unacceptable import Unacceptable


class Letter(NamedTuple):
    """A customer's request as it comes: its key, all that is asked, and the text that is signed."""

    key: str
    query: Query
    text: str


class Visit(NamedTuple):
    """A customer on the floor at a moment."""

    floor: Floor
    account: Account
    moment: Moment


class Errand(NamedTuple):
    """What a signed request is answered, as the text of JSON; what it weighs, and how many orders it counts for."""

    answer: Callable[[Visit, Query], str]
    weight: Callable[[Query], int]
    orders: int = 0


class Said(NamedTuple):
    """The answer to a listener's message, and the account that it listens to from then on or no more."""

    answer: str
    join: Account | None = None
    leave: bool = False


class Teller(Protocol):
    """Whoever speaks with customers in a venue's words."""

    errands: Mapping[tuple[str, str], Errand]
    """By method and path."""
    streams: tuple[str, ...]
    """Paths of WebSockets on which an account is told of."""

    def letter(self, headers: Mapping[str, str], asked: str, body: str) -> Letter:
        """Return a request from its headers, and its query and body as they were sent."""

    def admitted(self, letter: Letter, floor: Floor, shown: int) -> Account:
        """Return whose request it is; raise a refusal where that is in doubt."""

    def done(self, text: str, used: int, placed: tuple[int, int]) -> Reply:
        """Return an answer with what is used of the limits: weight, and orders of the last seconds and of the day."""

    def refusal(self, error: Unacceptable) -> Refusal:
        """Return how it is said that something is not done."""

    def too_many(self, most: int) -> Reply:
        """Return the response to an order more than the account may place for now."""

    def asked(self, message: Any, floor: Floor, shown: int) -> Said:
        """Return what a listener's message is about."""

    def said(self, happening: Happening, floor: Floor, skew: int) -> tuple[str, ...]:
        """Return the messages that tell an account what has happened."""
