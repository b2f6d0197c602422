"""`db ship`: what journals of this machine hold and the shared database does not, shipped once."""

from collections.abc import Callable, Sequence
from pathlib import Path
from typing import NamedTuple

from cryptoflow.clock import MachineClock
from cryptoflow.errors import CryptoflowError, ExitCode
from cryptoflow.pipelines.databases.opening import advising, ready
from cryptoflow.pipelines.databases.targets import shared
from cryptoflow.pipelines.journals.place import accounts, journal_file, known, source
from cryptoflow.storage.away import Away
from cryptoflow.storage.events.asking import asked
from cryptoflow.storage.events.reading import audit
from cryptoflow.storage.files import NoDatabase, existing
from cryptoflow.storage.shipping.comparing import Differs
from cryptoflow.storage.shipping.shipper import Shipper


class Shipped(NamedTuple):
    """What became of an account's journal: how many events were new to the database, which now has `events`."""

    account: str
    shipped: int
    events: int


class Shipment(NamedTuple):
    """What was shipped where, and why the other journals were not."""

    database: str
    shipped: Sequence[Shipped]
    refused: Sequence[CryptoflowError]


async def ship(account: str | None = None, progress: Callable[[int, int], None] | None = None) -> Shipment:
    """Ship every journal of this machine, or that of one account."""
    found = accounts()
    if account is not None and account not in found:
        raise CryptoflowError(f"there is no journal of {account}", fix=known(found, account))
    shipped: list[Shipped] = []
    refused: list[CryptoflowError] = []
    async with ready(shared()) as database:
        for name in found if account is None else [account]:
            file = journal_file(name)
            try:
                prove(file, name)
                shipped.append(await _shipped(Shipper(file, name, database, MachineClock()), progress))
            except Away:
                raise
            except Differs as error:
                refused.append(advising(error, f"`cryptoflow audit verify {name}` proves the one here; {fix_of(name)}"))
            except NoDatabase as error:
                refused.append(advising(error, source(name).fix))
            except CryptoflowError as error:
                refused.append(error)
        return Shipment(database.name, shipped, refused)


def prove(file: Path, account: str) -> None:
    """Follow a journal to its end, so that nothing of one that was altered is shipped, nor called shipped."""
    engine = existing(file)
    try:
        broken = asked(engine, account, audit, account).broken
    finally:
        engine.dispose()
    if broken is not None:
        what = f"in the journal's file: {broken}"
        raise CryptoflowError(what, fix=source(account).fix, code=ExitCode.PROOF_FAILED)


def fix_of(account: str) -> str:
    """Return what to do about a journal here that is not as it was written."""
    return f"if that is damaged, {source(account).fix}"


async def _shipped(shipper: Shipper, progress: Callable[[int, int], None] | None) -> Shipped:
    try:
        return Shipped(shipper.account, await shipper.ship(progress), shipper.there)
    finally:
        await shipper.close()
