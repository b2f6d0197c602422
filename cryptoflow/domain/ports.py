"""Where the outside is plugged in: what the decision's drivers ask of a venue and of a journal."""

from collections.abc import AsyncIterator, Mapping, Sequence
from decimal import Decimal
from typing import NamedTuple, Protocol

from cryptoflow.domain.journal.recorded import Draft, Recorded
from cryptoflow.domain.recovery.acts import Outcome
from cryptoflow.domain.trading.intents import Bracket, Intent
from cryptoflow.domain.trading.reports import Balance, Deal, Report, Said


class Journal(Protocol):
    """Whoever writes down what happens."""

    async def append(self, drafts: Sequence[Draft], expected: Mapping[str, int] | None = None) -> Sequence[Recorded]:
        """Write events as the next ones, all or none, and return them once they are on the disk."""


class Holding(NamedTuple):
    """What is held of a symbol and can be sold; `stop` is where its stop is, or belongs, None where nobody knows."""

    symbol: str
    quantity: Decimal
    stop: Decimal | None


class Answer(NamedTuple):
    """How a desk's act ended, and what the venue said to it."""

    outcome: Outcome
    told: str = ""


class Desk(Protocol):
    """Whoever acts at the venue for a recovery plan.

    Every act has a key, which is the client order id of an order: asked again under the same key a desk does nothing
    again, and answers how it stands by now. A refusal is an answer; what is raised says that nobody knows.
    """

    async def entries(self) -> Sequence[str]:
        """Return the ids of all entry orders that rest, everywhere."""

    async def holdings(self) -> Sequence[Holding]:
        """Return all positions, without what is too little to be sold."""

    async def cancel(self, order: str, key: str) -> Answer:
        """Take an order back; one that is no more there is done."""

    async def close(self, symbol: str, key: str, *, limit: bool) -> Answer:
        """Replace what rests for a position, its stop or an earlier close, by an order that sells all that is left.

        In one step: `refused` means that what rested rests, `naked` that nothing does though the close was refused.
        A position that is no more there is done.
        """

    async def closed(self, symbol: str, key: str) -> Answer:
        """Return how a close stands by now: done, resting, refused where a stop is back, or naked."""

    async def protect(self, symbol: str, stop: Decimal, key: str) -> Answer:
        """Put the stop back, in place of whatever rests; where it is there or nothing is held, that is done."""

    async def reduce(self, symbol: str, quantity: Decimal, key: str) -> Answer:
        """Sell a part at market, and let the stop cover what is left, in one step like `close`."""

    async def disable(self, strategy: str, key: str) -> Answer:
        """Let a strategy enter nothing any more."""

    async def restart(self, component: str, key: str) -> Answer:
        """Start a component anew."""

    async def disconnect(self, key: str) -> Answer:
        """Leave the venue."""


class Broker(Protocol):
    """Whoever trades for an account at a venue. Moments are the venue's, symbols ours, quantities exact.

    A call raises `Refused` where the venue said no, and `Unsure` where nobody knows what it did; nothing is sent twice.
    """

    async def submit(self, intent: Intent) -> Report:
        """Send an order, and return how it stands: acknowledged, or filled already."""

    async def submit_bracket(self, bracket: Bracket) -> tuple[Report, Report]:
        """Send a stop and a target of which one takes the other back, and return how both stand."""

    async def cancel(self, symbol: str, order: str) -> Report:
        """Take an order back and return how it ended; one of a bracket takes the other with it."""

    async def fetch_order(self, symbol: str, order: str) -> Report | None:
        """Return how an order stands, None where the venue does not know it."""

    async def fetch_open(self) -> Sequence[Report]:
        """Return all orders that rest at the venue for this account, also those that are not ours."""

    async def fetch_deals(self, symbol: str, since: int) -> Sequence[Deal]:
        """Return all fills of a symbol from a moment on, the oldest first."""

    async def fetch_balances(self) -> Mapping[str, Balance]:
        """Return what the account has, without currencies of which it has nothing."""

    def said(self) -> AsyncIterator[Said]:
        """Yield what the account's own stream says, for ever: first `Joined`, and after each `Cut` another."""
