"""`db rebuild`: every table that is made of events, made again of them."""

from typing import Any, NamedTuple

from cryptoflow.errors import CryptoflowError
from cryptoflow.pipelines.databases.asking import asked
from cryptoflow.pipelines.databases.leases import alone
from cryptoflow.pipelines.databases.opening import advising, ready
from cryptoflow.pipelines.databases.targets import Target, targets
from cryptoflow.pipelines.journals.copies import parted
from cryptoflow.pipelines.journals.place import accounts as on_this_machine
from cryptoflow.pipelines.journals.place import unknown
from cryptoflow.storage.events.reading import accounts
from cryptoflow.storage.events.rebuilding import Altered, Difference, rebuild


class Rebuilt(NamedTuple):
    """An account whose rows were made again, and in which tables that changed something."""

    database: str
    account: str
    events: int
    differences: tuple[Difference, ...]

    @property
    def where(self) -> str:
        """Return which of two copies of a journal that is: the shared database's, or that of the file."""
        return "journal's file" if self.database == f"journal of {self.account}" else self.database

    def facts(self) -> dict[str, Any]:
        """Return it as plain values."""
        return {**self._asdict(), "differences": [each._asdict() for each in self.differences]}


async def made_again(account: str | None = None) -> tuple[list[Rebuilt], list[CryptoflowError]]:
    """Make the rows of every account again, or of one, wherever this machine has its journal.

    Returns what was made, and what kept the rest from being made.
    """
    there = [target for target in targets() if target.exists()]
    known, errors = await asked(there, _accounts_in)
    wanted = [(target, each) for target, found in known for each in found if account in (None, each)]
    if account is not None and not wanted and not errors:
        raise unknown(account, sorted({*on_this_machine(), *(each for _, found in known for each in found)}))
    made, refused = await asked(wanted, _made_again)
    return made, [*errors, *refused]


async def _accounts_in(target: Target) -> tuple[Target, list[str]]:
    async with ready(target) as database, database.reading() as connection:
        found = await connection.run_sync(accounts)
    return target, found or [each for each in (target.own,) if each is not None]  # which may have been emptied


async def _made_again(wanted: tuple[Target, str]) -> Rebuilt:
    """Make an account's rows again in one transaction, in which nobody else can write."""
    target, account = wanted
    async with alone(account, "db rebuild"), ready(target) as database, database.writing() as connection:
        events, differences = 0, tuple[Difference, ...]()
        if account in await connection.run_sync(accounts):
            try:
                events, differences = await connection.run_sync(rebuild, account)
            except Altered as error:
                raise altered(target, account, error.problems[0].what) from error
        if target.own is not None and (broken := await parted(target, account)):
            raise altered(target, account, str(broken))
    return Rebuilt(target.name, account, events, differences)


def altered(target: Target, account: str, what: str) -> CryptoflowError:
    """Return what to say of a journal that is not as it was written, of which nothing is made."""
    where = "in the journal's file" if target.own == account else f"in the {target.name}"
    return advising(Altered(f"{where}: {what}"), target.fix)
