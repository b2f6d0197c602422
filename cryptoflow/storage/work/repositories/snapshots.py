"""What folds had come to."""

from cryptoflow.domain.journal.snapshot import Snapshot
from cryptoflow.storage.rows.projecting import table_of
from cryptoflow.storage.tables.journal import SnapshotRow
from cryptoflow.storage.work.conditions import Condition, Row, among, below, equal
from cryptoflow.storage.work.transaction import Transaction

SNAPSHOTS = table_of(SnapshotRow)

KEPT = 3
"""Snapshots of a fold that are kept: where the newest is of no use, the one before it may be."""


class Snapshots:
    """An account's snapshots."""

    def __init__(self, transaction: Transaction, account: str) -> None:
        self._transaction, self._account = transaction, account

    async def newest_first(self, fold: str) -> list[Snapshot]:
        """Return the snapshots of a fold, the newest first."""
        rows = await self._transaction.find(SNAPSHOTS, *self._of(fold), order=("seq",), newest=True)
        return [snapshot_of(row) for row in rows]

    async def add(self, snapshot: Snapshot) -> None:
        """Keep a snapshot; those of older schemas go, and of its own all but the newest few."""
        mine = self._of(snapshot.fold)
        await self._transaction.remove(SNAPSHOTS, *mine, below("schema", snapshot.schema))
        await self._transaction.put(SNAPSHOTS, snapshot._asdict())
        rows = await self._transaction.find(SNAPSHOTS, *mine, order=("seq",), newest=True)
        old = [row["seq"] for row in rows[KEPT:]]
        if old:
            await self._transaction.remove(SNAPSHOTS, *mine, among("seq", old))

    def _of(self, fold: str) -> tuple[Condition, Condition]:
        return equal("account", self._account), equal("fold", fold)


def snapshot_of(row: Row) -> Snapshot:
    """Return a row as a snapshot."""
    return Snapshot(**{name: row[name] for name in Snapshot._fields})
