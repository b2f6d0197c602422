"""`db rebuild`: every table that is made of events, made again of them."""

from typing import Any, NamedTuple

from cryptoflow.pipelines.databases.opening import ready
from cryptoflow.pipelines.databases.targets import Target
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


async def made_again(target: Target) -> list[Rebuilt]:
    """Make the rows of every account of a database again, each account in one transaction."""
    found = []
    async with ready(target) as database:
        async with database.reading() as connection:
            known = await connection.run_sync(accounts)
        for account in known:
            async with database.writing() as connection:
                events, differences = await connection.run_sync(rebuild, account)
            found.append(Rebuilt(target.name, account, events, differences))
    return found
