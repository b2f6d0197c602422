"""What a unit of work stands on: rows of tables and the door into the journal, in one transaction."""

from collections.abc import Mapping, Sequence
from typing import Any, Protocol

from sqlalchemy import Table

from cryptoflow.domain.journal.recorded import Draft, Recorded
from cryptoflow.storage.work.conditions import Condition, Row


class Over(RuntimeError):
    """A unit of work was used after its commit, or one that only reads was to change something: our own mistake."""


class Transaction(Protocol):
    """Rows and events, changed all together or not at all: what is not committed has not been."""

    async def find(
        self,
        table: Table,
        *where: Condition,
        order: Sequence[str] = (),
        newest: bool = False,
        limit: int | None = None,
        claim: bool = False,
    ) -> list[Row]:
        """Return rows in the order of columns, or against it with `newest`.

        `claim` leaves out what another transaction has claimed, and keeps others from claiming what is returned.
        """

    async def joined(self, table: Table, *where: Condition) -> Row | None:
        """Return rows of a curve as one, which begins where the first does; None where there are none."""

    async def add(self, table: Table, values: Mapping[str, Any]) -> Row | None:
        """Add a row and return it with the number it was given; None where there is one of its key already."""

    async def put(self, table: Table, values: Mapping[str, Any]) -> None:
        """Add a row, or replace the one of its key."""

    async def change(self, table: Table, values: Mapping[str, Any], *where: Condition) -> int:
        """Change columns of rows, and return of how many."""

    async def remove(self, table: Table, *where: Condition) -> int:
        """Remove rows, and return how many."""

    async def append(
        self, account: str, drafts: Sequence[Draft], *, expected: Mapping[str, int] | None, token: int
    ) -> list[Recorded]:
        """Write events as the next ones of an account, with all the rows that they change."""

    async def lock(self, account: str, token: int) -> None:
        """Keep other writers of an account waiting until this is over; an older token than the newest is refused."""

    async def commit(self) -> None:
        """Make it so; nothing more can be done with this transaction."""
