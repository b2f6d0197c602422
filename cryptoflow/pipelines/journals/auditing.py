"""`audit verify`: every journal of this machine and of the shared database, followed to its end."""

from typing import Any, NamedTuple

from cryptoflow.domain.journal.chain import Broken
from cryptoflow.errors import CryptoflowError
from cryptoflow.pipelines.databases.asking import asked
from cryptoflow.pipelines.databases.opening import ready
from cryptoflow.pipelines.databases.targets import Target, shared, targets
from cryptoflow.pipelines.journals.place import accounts as on_this_machine
from cryptoflow.pipelines.journals.place import unknown
from cryptoflow.storage.events.reading import Audit, accounts, audit
from cryptoflow.storage.shipping.comparing import beside


class Audited(NamedTuple):
    """A journal, where it was read, and what was found."""

    place: str
    found: Audit

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
        return [await compared(each, file, reachable=reachable) for each in await looked_at(file, account)]

    more, wrong = await asked(files, looked_at_file)
    found, errors = [each for look in (*looks, *more) for each in look], [*errors, *wrong]
    if account is not None and not found and not errors:
        raise unknown(account, on_this_machine())
    return found, errors


async def looked_at(target: Target, account: str | None) -> list[Audited]:
    """Return what a look at the journals of one database found."""
    async with ready(target) as database, database.reading() as connection:
        kept = await connection.run_sync(accounts)
        own = account if target.file is not None and target.file.stem == account else None  # a file that was renamed
        wanted = [name for name in kept if own is not None or account in (None, name)]
        return [Audited(target.name, await connection.run_sync(audit, name)) for name in wanted]


async def compared(found: Audited, file: Target, *, reachable: bool) -> Audited:
    """Return what was found of a journal in a file, which is never cut, and is no shorter than its copy elsewhere."""
    account, _, broken, retired = found.found
    if broken is None and retired:
        broken = Broken(account, 1, "is missing: events of a journal in a file are never taken away")
    if broken is None and reachable:
        database = shared()
        async with ready(file) as here, ready(database) as there, here.reading() as ours, there.reading() as theirs:
            broken = await beside(ours.run_sync, theirs.run_sync, account)
    return found._replace(found=found.found._replace(broken=broken))
