"""`db rebuild`: every table that is made of events, made again of them."""

from typing import Any, NamedTuple

from cryptoflow.pipelines.databases.leases import alone
from cryptoflow.pipelines.databases.opening import ready
from cryptoflow.pipelines.databases.targets import Target, targets
from cryptoflow.pipelines.journals.place import accounts as on_this_machine
from cryptoflow.pipelines.journals.place import unknown
from cryptoflow.storage.events.reading import accounts
from cryptoflow.storage.events.rebuilding import Difference, rebuild


class Rebuilt(NamedTuple):
    """An account whose rows were made again, and in which tables that changed something."""

    database: str
    account: str
    events: int
    differences: tuple[Difference, ...]

    def facts(self) -> dict[str, Any]:
        """Return it as plain values."""
        return {**self._asdict(), "differences": [each._asdict() for each in self.differences]}


async def made_again(account: str | None = None) -> list[Rebuilt]:
    """Make the rows of every account again, or of one, wherever this machine has its journal."""
    found = [each for target in targets() if target.exists() for each in await _made_again_in(target, account)]
    if account is not None and not found:
        raise unknown(account, on_this_machine())
    return found


async def _made_again_in(target: Target, wanted: str | None) -> list[Rebuilt]:
    """Make rows of one database again, each account in one transaction, in which nobody else can write."""
    async with ready(target) as database, database.reading() as connection:
        known = await connection.run_sync(accounts)
    found = []
    for account in known:
        if wanted not in (None, account):
            continue
        async with alone(account, "db rebuild"), ready(target) as database, database.writing() as connection:
            events, differences = await connection.run_sync(rebuild, account)
        found.append(Rebuilt(target.name, account, events, differences))
    return found
