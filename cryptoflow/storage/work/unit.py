"""A unit of work: everything that belongs together is written together, or not at all.

    async with store.work("main") as work:
        await work.events.append(drafts)
        await work.outbox.add(message)
        await work.commit()

Leaving without a commit changes nothing, whatever the reason: an exception, a cancellation, a return.
"""

from abc import ABC, abstractmethod
from collections.abc import AsyncIterator
from contextlib import AbstractAsyncContextManager, asynccontextmanager

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


class Store(ABC):
    """Where units of work are had: a database, or the memory of this process.

    A unit that writes may keep others waiting until it is over, so nothing slow belongs into one, and none into
    another.
    """

    @asynccontextmanager
    async def work(self, account: str, *, token: int = 0) -> AsyncIterator[Work]:
        """Open a unit of work on an account; `token` is the fencing token of the lease under which it writes."""
        async with self.begun() as transaction:
            yield Work(transaction, account, token)

    @asynccontextmanager
    async def shared(self) -> AsyncIterator[Shared]:
        """Open a unit of work on what belongs to no single account."""
        async with self.begun() as transaction:
            yield Shared(transaction)

    @asynccontextmanager
    async def view(self, account: str) -> AsyncIterator[Work]:
        """Open a unit that reads one state and keeps nobody waiting; it changes nothing."""
        async with self.seen() as transaction:
            yield Work(transaction, account, 0)

    @abstractmethod
    def begun(self) -> AbstractAsyncContextManager[Transaction]:
        """Begin a transaction that writes; what it has not committed by its end has not been."""

    @abstractmethod
    def seen(self) -> AbstractAsyncContextManager[Transaction]:
        """Begin one that sees one state and changes nothing."""
