"""What the rules said."""

from cryptoflow.domain.kept.verdict import Verdict
from cryptoflow.storage.rows.projecting import VERDICTS
from cryptoflow.storage.work.conditions import between, equal
from cryptoflow.storage.work.repositories.collection import Collection
from cryptoflow.storage.work.transaction import Transaction


class Verdicts:
    """An account's verdicts, in the order of the journal."""

    def __init__(self, transaction: Transaction, account: str) -> None:
        self._all = Collection(transaction, account, VERDICTS, Verdict, "seq")

    async def of(self, order: str) -> list[Verdict]:
        """Return the verdicts on an order."""
        return await self._all.find(equal("order", order))

    async def find(
        self, *, rule: str | None = None, since: int | None = None, until: int | None = None
    ) -> list[Verdict]:
        """Return the verdicts that a rule bound, or all, from `since` to before `until`."""
        about = () if rule is None else (equal("rule", rule),)
        return await self._all.find(*about, *between(since, until))
