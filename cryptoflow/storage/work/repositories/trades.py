"""Closed round trips."""

from cryptoflow.domain.kept.trade import Trade
from cryptoflow.storage.rows.projecting import TRADES
from cryptoflow.storage.work.conditions import between, equal
from cryptoflow.storage.work.repositories.collection import Collection
from cryptoflow.storage.work.transaction import Transaction


class Trades:
    """An account's trades, in the order in which they were closed."""

    def __init__(self, transaction: Transaction, account: str) -> None:
        self._all = Collection(transaction, account, TRADES, Trade, "at", "id")

    async def find(
        self, *, symbol: str | None = None, since: int | None = None, until: int | None = None
    ) -> list[Trade]:
        """Return the trades of a symbol, or of all, that were closed from `since` to before `until`."""
        about = () if symbol is None else (equal("symbol", symbol),)
        return await self._all.find(*about, *between(since, until))

    async def newest(self, count: int) -> list[Trade]:
        """Return the trades that were closed last, the newest first."""
        return await self._all.find(newest=True, limit=count)
