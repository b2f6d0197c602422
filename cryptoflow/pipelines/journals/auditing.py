"""`audit verify`: every journal of this machine and of the shared database, followed to its end."""

from typing import Any, NamedTuple

from cryptoflow.domain.journal.chain import Broken
from cryptoflow.errors import CryptoflowError
from cryptoflow.pipelines.databases.asking import asked
from cryptoflow.pipelines.databases.opening import ready
from cryptoflow.pipelines.databases.targets import Target, targets
from cryptoflow.pipelines.journals.copies import parted
from cryptoflow.pipelines.journals.place import accounts as on_this_machine
from cryptoflow.pipelines.journals.place import unknown
from cryptoflow.storage.events.reading import Audit, accounts, audit

HERE = "in the journal's file"
"""Where a journal is, whose copy in the shared database is elsewhere."""


class Audited(NamedTuple):
    """A journal: the database in which it was read, and what was found."""

    target: Target
    found: Audit

    @property
    def place(self) -> str:
        """Return what the database is called."""
        return self.target.name

    @property
    def fix(self) -> str:
        """Return what brings it back where it is damaged."""
        return self.target.fix

    @property
    def sentence(self) -> str:
        """Return it as people read it: what the journal holds, or the first event that is not as it was written."""
        account, head, broken, retired = self.found
        where = "" if self.place == f"journal of {account}" else f"in the {self.place}"
        if broken is not None:
            return f"{where or HERE}: {broken}"
        kept = f"events {retired + 1:,} to {head.seq:,}" if retired else f"{head.seq:,} events"
        what = f"{kept}, each as it was written, to {head.hash[:12]}" if head.seq else "no events yet"
        return f"{account} {where}: {what}" if where else f"{account}: {what}"

    def facts(self) -> dict[str, Any]:
        """Return it as a program reads it."""
        account, head, broken, retired = self.found
        told = broken._asdict() if broken else None
        counted = {"events": head.seq - retired, "first": retired + 1, "last": head.seq}
        return {"account": account, "place": self.place, **counted, "hash": head.hash, "broken": told}


async def audits(account: str | None = None) -> tuple[list[Audited], list[CryptoflowError]]:
    """Return what a look at each journal found, or at one account's wherever there is one, and what was in the way."""
    database, *files = targets()
    looks, errors = await asked((database,) if database.exists() else (), lambda target: looked_at(target, account))
    reachable = bool(looks)

    async def looked_at_file(file: Target) -> list[Audited]:
        found = await looked_at(file, account)
        return [await compared(each, file, reachable=reachable) for each in found]

    more, wrong = await asked(files, looked_at_file)
    found, errors = [each for look in (*looks, *more) for each in look], [*errors, *wrong]
    if account is not None and not found and not errors:
        raise unknown(account, on_this_machine())
    return found, errors


async def looked_at(target: Target, account: str | None) -> list[Audited]:
    """Return what a look at the journals of one database found."""
    own = target.own
    async with ready(target, reads=True) as database, database.reading() as connection:
        kept = await connection.run_sync(accounts)
        if own is not None and not kept:  # nothing was ever written to a journal, or all of it was taken away
            kept = [own]
        every = account in (None, own)  # also what is in a file that was renamed
        wanted = [name for name in kept if every or name == account]
        return [Audited(target, await connection.run_sync(audit, name)) for name in wanted]


async def compared(found: Audited, file: Target, *, reachable: bool) -> Audited:
    """Return what was found of a journal in a file, which is never cut, and is no shorter than its copy elsewhere."""
    account, _, broken, retired = found.found
    if broken is None and retired:
        broken = Broken(account, 1, "is missing: events of a journal in a file are never taken away")
    if broken is None and reachable:
        broken = await parted(file, account)
    return found._replace(found=found.found._replace(broken=broken))
