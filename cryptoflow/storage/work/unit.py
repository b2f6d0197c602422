"""A unit of work: everything that belongs together is written together, or not at all.

    async with store.work("main") as work:
        await work.events.append(drafts)
        await work.outbox.add(message)
        await work.commit()

Leaving without a commit changes nothing, whatever the reason: an exception, a cancellation, a return.
"""

from contextlib import AbstractAsyncContextManager
from typing import Protocol

from cryptoflow.storage.work.repositories import curves
from cryptoflow.storage.work.repositories.commands import Commands
from cryptoflow.storage.work.repositories.events import Events
from cryptoflow.storage.work.repositories.fills import Fills
from cryptoflow.storage.work.repositories.orders import Orders
from cryptoflow.storage.work.repositories.outbox import Outbox
from cryptoflow.storage.work.repositories.positions import Positions
from cryptoflow.storage.work.repositories.runs import Runs
from cryptoflow.storage.work.repositories.snapshots import Snapshots
from cryptoflow.storage.work.repositories.terms import MarketSnapshots
from cryptoflow.storage.work.repositories.trades import Trades
from cryptoflow.storage.work.repositories.verdicts import Verdicts
from cryptoflow.storage.work.transaction import Transaction


class Shared:
    """One transaction over what belongs to no single account."""

    def __init__(self, transaction: Transaction) -> None:
        self._transaction = transaction
        self.runs = Runs(transaction)
        self.outbox = Outbox(transaction)
        self.markets = MarketSnapshots(transaction)

    async def commit(self) -> None:
        """Make everything so; the unit is over then."""
        await self._transaction.commit()


class Work(Shared):
    """One transaction over an account and what is shared."""

    def __init__(self, transaction: Transaction, account: str, token: int) -> None:
        super().__init__(transaction)
        self.account = account
        self.events = Events(transaction, account, token)
        self.snapshots = Snapshots(transaction, account)
        self.commands = Commands(transaction, account, token)
        self.orders = Orders(transaction, account)
        self.fills = Fills(transaction, account)
        self.positions = Positions(transaction, account)
        self.trades = Trades(transaction, account)
        self.verdicts = Verdicts(transaction, account)
        self.equity = curves.equity(transaction, account)
        self.risk = curves.risk(transaction, account)


class Store(Protocol):
    """Where units of work are had: a database, or the memory of this process.

    A unit that writes may keep others waiting until it is over, so nothing slow belongs into one, and none into
    another.
    """

    def work(self, account: str, *, token: int = 0) -> AbstractAsyncContextManager[Work]:
        """Open a unit of work on an account; `token` is the fencing token of the lease under which it writes."""

    def shared(self) -> AbstractAsyncContextManager[Shared]:
        """Open a unit of work on what belongs to no single account."""

    def view(self, account: str) -> AbstractAsyncContextManager[Work]:
        """Open a unit that reads and keeps nobody waiting; it changes nothing."""
