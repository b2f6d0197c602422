"""Fills, as venues told them."""

from cryptoflow.domain.kept.fill import Fill
from cryptoflow.storage.rows.projecting import FILLS
from cryptoflow.storage.work.conditions import between, equal
from cryptoflow.storage.work.repositories.collection import Collection
from cryptoflow.storage.work.transaction import Transaction


class Fills:
    """An account's fills, the oldest first."""

    def __init__(self, transaction: Transaction, account: str) -> None:
        self._all = Collection(transaction, account, FILLS, Fill, "at", "venue", "trade")

    async def of(self, order: str) -> list[Fill]:
        """Return the fills of an order."""
        return await self._all.find(equal("order", order))

    async def find(
        self, *, symbol: str | None = None, since: int | None = None, until: int | None = None
    ) -> list[Fill]:
        """Return the fills of a symbol, or of all, from `since` to before `until`."""
        about = () if symbol is None else (equal("symbol", symbol),)
        return await self._all.find(*about, *between(since, until))
