"""What one thing that happened comes to: what is written down, and what is sent once that is on the disk."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import NamedTuple

from cryptoflow.domain.journal.recorded import Draft
from cryptoflow.domain.trading.intents import Bracket, Intent


class Submit(NamedTuple):
    """Send an order."""

    intent: Intent


class SubmitBracket(NamedTuple):
    """Send a stop and a target that take each other back."""

    bracket: Bracket


class Withdraw(NamedTuple):
    """Take an order back."""

    symbol: str
    order: str


class Inquire(NamedTuple):
    """Ask how an order stands, not before a moment."""

    symbol: str
    order: str
    at: int = 0


class Collect(NamedTuple):
    """Fetch the fills of a symbol from a moment on, and hear the report of an order again with them."""

    symbol: str
    order: str
    since: int


class Expire(NamedTuple):
    """Take an order back at a moment, if it still rests then."""

    order: str
    at: int


Send = Submit | SubmitBracket | Withdraw | Inquire | Collect | Expire


@dataclass
class Turn:
    """Events in their order, and what follows from them outside."""

    drafts: list[Draft] = field(default_factory=list)
    sends: list[Send] = field(default_factory=list)

    def tell(self, drafts: Iterable[Draft]) -> None:
        """Add events."""
        self.drafts.extend(drafts)
