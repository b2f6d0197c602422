"""What venues allowed and charged, day by day."""

from dataclasses import asdict

from cryptoflow.domain.kept.terms import MarketSnapshot
from cryptoflow.storage.events.appending import Conflict
from cryptoflow.storage.rows.projecting import table_of
from cryptoflow.storage.tables.runtime import MarketSnapshotRow
from cryptoflow.storage.work.conditions import Condition, at_most, equal
from cryptoflow.storage.work.repositories.collection import value_of
from cryptoflow.storage.work.transaction import Transaction

MARKETS = table_of(MarketSnapshotRow)


class MarketSnapshots:
    """The terms of all venues."""

    def __init__(self, transaction: Transaction) -> None:
        self._transaction = transaction

    async def add(self, snapshot: MarketSnapshot) -> None:
        """Keep a day's terms. A run may rely on them, so those of the day that are there are never replaced."""
        if await self._transaction.add(MARKETS, asdict(snapshot)) is not None:
            return
        known = await self.get(snapshot.venue, snapshot.symbol, snapshot.day)
        if known is None or known.digest != snapshot.digest:
            raise Conflict(f"{snapshot.venue} had other terms for {snapshot.symbol} on {snapshot.day} already")

    async def get(self, venue: str, symbol: str, day: str) -> MarketSnapshot | None:
        """Return the terms of a day, None where they are not known."""
        found = await self._find(equal("venue", venue), equal("symbol", symbol), equal("day", day))
        return found[0] if found else None

    async def newest(self, venue: str, symbol: str, at: int) -> MarketSnapshot | None:
        """Return the terms that were known last at a moment, None where none were."""
        found = await self._find(equal("venue", venue), equal("symbol", symbol), at_most("at", at))
        return found[0] if found else None

    async def _find(self, *where: Condition) -> list[MarketSnapshot]:
        rows = await self._transaction.find(MARKETS, *where, order=("at",), newest=True, limit=1)
        return [value_of(MarketSnapshot, row) for row in rows]
