"""The recovery plan of an account where nobody is at its venue: its journal says whether there is anything to do."""

from collections.abc import Sequence
from decimal import Decimal
from pathlib import Path

from cryptoflow.clock import Clock
from cryptoflow.domain.events.codec import decimal_text
from cryptoflow.domain.orders import OrderState
from cryptoflow.domain.ports import Answer, Holding, Journal
from cryptoflow.domain.recovery.acts import Outcome
from cryptoflow.domain.recovery.states import UNDONE
from cryptoflow.domain.recovery.switch import Switch
from cryptoflow.execution.recovering import Recovering
from cryptoflow.pipelines.journals.place import opened
from cryptoflow.storage.work.sql_store import SqlStore

BY = "recovery by the journal"
"""Who writes the events of such a plan: they say what no venue was asked."""

UNSENT = frozenset({OrderState.CREATED, OrderState.VALIDATED})
"""States of an order that is at no venue yet: it is written down as submitted before it is sent."""


class NobodyThere:
    """A desk of an account of which nothing is at the venue: what is to be taken back or closed there is no more."""

    async def entries(self) -> Sequence[str]:
        """Return no orders."""
        return ()

    async def holdings(self) -> Sequence[Holding]:
        """Return no positions."""
        return ()

    async def cancel(self, order: str, key: str) -> Answer:  # noqa: ARG002  # asked as any desk is, here and below
        """Say that it does not rest."""
        return GONE

    async def close(self, symbol: str, key: str, *, limit: bool) -> Answer:  # noqa: ARG002
        """Say that nothing of it is held."""
        return GONE

    async def closed(self, symbol: str, key: str) -> Answer:  # noqa: ARG002
        """Say that nothing of it is held."""
        return GONE

    async def protect(self, symbol: str, stop: Decimal, key: str) -> Answer:  # noqa: ARG002
        """Say that there is nothing to protect."""
        return GONE

    async def reduce(self, symbol: str, quantity: Decimal, key: str) -> Answer:  # noqa: ARG002
        """Say that nothing of it is held."""
        return GONE

    async def disable(self, strategy: str, key: str) -> Answer:  # noqa: ARG002
        """Refuse: it would enter again with the next start, so whoever releases the switch has to hear of it."""
        return Answer(Outcome.REFUSED, "no process runs it")

    async def restart(self, component: str, key: str) -> Answer:  # noqa: ARG002
        """Say that it is anew with the next start."""
        return Answer(Outcome.DONE, "no process runs it")

    async def disconnect(self, key: str) -> Answer:  # noqa: ARG002
        """Say that nobody is connected."""
        return Answer(Outcome.DONE, "nobody is connected")


GONE = Answer(Outcome.DONE, "the journal tells of none")


async def carried_out(
    account: str, switch: Switch, journal: Journal, clock: Clock, home: Path | None = None
) -> tuple[Switch, tuple[str, ...]]:
    """Carry a plan out to its operator where nothing is open; return the switch, and what else keeps it from that.

    Whoever calls holds the account, so nothing opens meanwhile.
    """
    if switch.state not in UNDONE:
        return switch, ()
    if left := await left_open(account, home):
        return switch, left
    return await Recovering(account, switch, journal, NobodyThere(), clock, at_once, BY).run(), ()


async def left_open(account: str, home: Path | None = None) -> tuple[str, ...]:
    """Return what an account has at the venue, as its journal tells: positions first, then orders."""
    async with opened(account, home) as database, SqlStore(database).view(account) as work:
        held = [f"{decimal_text(each.quantity)} of {each.symbol}" for each in await work.positions.held()]
        sent = [each for each in await work.orders.open() if each.state not in UNSENT]
        return (*held, *(f"{each.leg} order {each.id} of {each.symbol}, {each.state}" for each in sent))


async def at_once(_: float) -> None:
    """Wait for nothing: no answer of a venue's is on its way."""
