"""The journal of an account: appended to and read, never changed."""

from collections.abc import AsyncIterator, Mapping, Sequence

from cryptoflow.domain.journal.recorded import Draft, Head, Recorded
from cryptoflow.storage.events.appending import EVENTS, HEADS
from cryptoflow.storage.events.reading import PAGE, Wanted, conditions
from cryptoflow.storage.work.conditions import Row, equal
from cryptoflow.storage.work.transaction import Transaction


class Events:
    """An account's events; `token` is the fencing token of the lease under which they are written."""

    def __init__(self, transaction: Transaction, account: str, token: int) -> None:
        self._transaction, self._account, self._token = transaction, account, token

    async def append(self, drafts: Sequence[Draft], *, expected: Mapping[str, int] | None = None) -> list[Recorded]:
        """Write events as the next ones, all or none, with the orders, fills, positions … that they change.

        `expected` says of a stream how many events its writer knows; where there are others the append is refused.
        """
        return await self._transaction.append(self._account, drafts, expected=expected, token=self._token)

    async def read(self, wanted: Wanted | None = None) -> AsyncIterator[Recorded]:
        """Yield events in the order of the journal, a page at a time."""
        wanted = (wanted or Wanted(self._account))._replace(account=self._account)
        while True:
            rows = await self._transaction.find(EVENTS, *conditions(wanted), order=("seq",), limit=PAGE)
            for row in rows:
                yield recorded_of(row)
            if len(rows) < PAGE:
                return
            wanted = wanted._replace(after=rows[-1]["seq"])

    async def head(self) -> Head:
        """Return the end of the journal."""
        rows = await self._heads()
        return Head(rows[0]["seq"], rows[0]["hash"]) if rows else Head()

    async def beginning(self) -> Head:
        """Return what the oldest event that is kept is chained to: the end of those that were retired."""
        rows = await self._heads()
        return Head(rows[0]["first_seq"], rows[0]["first_hash"]) if rows else Head()

    async def hash_at(self, seq: int) -> str | None:
        """Return the hash of an event, None where there is none; that of the last retired one is still known."""
        beginning = await self.beginning()
        if seq == beginning.seq:
            return beginning.hash
        rows = await self._transaction.find(EVENTS, equal("account", self._account), equal("seq", seq))
        return rows[0]["hash"] if rows else None

    async def _heads(self) -> list[Row]:
        return await self._transaction.find(HEADS, equal("account", self._account))


def recorded_of(row: Row) -> Recorded:
    """Return a row as an event in the journal."""
    return Recorded(**{name: row[name] for name in Recorded._fields})
