"""What is held."""

from cryptoflow.domain.kept.position import Position
from cryptoflow.storage.rows.projecting import POSITIONS
from cryptoflow.storage.work.conditions import equal
from cryptoflow.storage.work.repositories.collection import Collection
from cryptoflow.storage.work.transaction import Transaction


class Positions:
    """An account's positions, by symbol."""

    def __init__(self, transaction: Transaction, account: str) -> None:
        self._all = Collection(transaction, account, POSITIONS, Position, "symbol")

    async def get(self, symbol: str) -> Position | None:
        """Return the newest word on a symbol, None where it was never held."""
        return await self._all.one(equal("symbol", symbol))

    async def held(self) -> list[Position]:
        """Return the positions of which something is held."""
        return [position for position in await self._all.find() if position.quantity]
