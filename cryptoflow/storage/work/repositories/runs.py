"""Runs and where they stand."""

from dataclasses import asdict

from cryptoflow.domain.kept.run import Run
from cryptoflow.storage.rows.projecting import table_of
from cryptoflow.storage.tables.runtime import RunRow
from cryptoflow.storage.work.conditions import Condition, equal
from cryptoflow.storage.work.repositories.collection import value_of
from cryptoflow.storage.work.transaction import Transaction

RUNS = table_of(RunRow)


class Runs:
    """The runs of all accounts, in the order in which they began."""

    def __init__(self, transaction: Transaction) -> None:
        self._transaction = transaction

    async def add(self, run: Run) -> None:
        """Keep a run. The id says what it is made of: one of the same id takes its place."""
        await self._transaction.put(RUNS, asdict(run))

    async def get(self, run: str) -> Run | None:
        """Return a run by its id, None where it is not known."""
        found = await self._find(equal("id", run))
        return found[0] if found else None

    async def of(self, account: str) -> list[Run]:
        """Return the runs of an account."""
        return await self._find(equal("account", account))

    async def all(self) -> list[Run]:
        """Return every run."""
        return await self._find()

    async def _find(self, *where: Condition) -> list[Run]:
        rows = await self._transaction.find(RUNS, *where, order=("started_at", "id"))
        return [value_of(Run, row) for row in rows]
