"""Where the outside is plugged in: what the decision's drivers ask of a venue and of a journal."""

from collections.abc import Mapping, Sequence
from decimal import Decimal
from typing import NamedTuple, Protocol

from cryptoflow.domain.journal.recorded import Draft, Recorded
from cryptoflow.domain.recovery.acts import Outcome


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
