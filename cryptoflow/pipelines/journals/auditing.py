"""`audit verify`: every journal of this machine and of the shared database, followed to its end."""

from typing import Any, NamedTuple

from cryptoflow.pipelines.databases.opening import ready
from cryptoflow.pipelines.databases.targets import Target, targets
from cryptoflow.pipelines.journals.place import accounts as on_this_machine
from cryptoflow.pipelines.journals.place import unknown
from cryptoflow.storage.events.reading import Audit, accounts, audit


class Audited(NamedTuple):
    """A journal, where it was read, and what was found."""

    place: str
    found: Audit

    def facts(self) -> dict[str, Any]:
        """Return it as a program reads it."""
        account, head, broken = self.found
        told = broken._asdict() if broken else None
        return {"account": account, "place": self.place, "events": head.seq, "hash": head.hash, "broken": told}


async def audits(account: str | None = None) -> list[Audited]:
    """Return what a look at each journal found, or at one account's wherever there is one."""
    found = [each for target in targets() if target.exists() for each in await looked_at(target, account)]
    if account is not None and not found:
        raise unknown(account, on_this_machine())
    return found


async def looked_at(target: Target, account: str | None) -> list[Audited]:
    """Return what a look at the journals of one database found."""
    async with ready(target) as database, database.reading() as connection:
        kept = await connection.run_sync(accounts)
        own = account if target.file is not None and target.file.stem == account else None  # a file that was renamed
        wanted = [name for name in kept if own is not None or account in (None, name)]
        return [Audited(target.name, await connection.run_sync(audit, name)) for name in wanted]
