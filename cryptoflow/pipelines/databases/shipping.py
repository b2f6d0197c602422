"""`db ship`: what journals of this machine hold and the shared database does not, shipped once."""

from collections.abc import Callable, Sequence
from typing import NamedTuple

from cryptoflow.clock import MachineClock
from cryptoflow.errors import CryptoflowError, ExitCode, Problem
from cryptoflow.pipelines.databases.opening import ready
from cryptoflow.pipelines.databases.targets import shared
from cryptoflow.pipelines.journals.place import accounts, journal_file, known
from cryptoflow.storage.files import existing
from cryptoflow.storage.shipping.comparing import Differs
from cryptoflow.storage.shipping.shipper import Shipper


class Shipped(NamedTuple):
    """What became of an account's journal: how many events were new to the database, which now has `events`."""

    account: str
    shipped: int
    events: int


class Shipment(NamedTuple):
    """What was shipped where, and what could not be because the database holds another journal."""

    database: str
    shipped: Sequence[Shipped]
    refused: Sequence[Problem]

    def check(self) -> None:
        """Raise what was refused."""
        if self.refused:
            raise CryptoflowError(self.refused, code=ExitCode.PROOF_FAILED)


async def ship(account: str | None = None, progress: Callable[[int, int], None] | None = None) -> Shipment:
    """Ship every journal of this machine, or that of one account."""
    found = accounts()
    if account is not None and account not in found:
        raise CryptoflowError(f"there is no journal of {account}", fix=known(found))
    shipped: list[Shipped] = []
    refused: list[Problem] = []
    async with ready(shared()) as database:
        for name in found if account is None else [account]:
            file = journal_file(name)
            existing(file).dispose()  # whose revision it must be
            shipper = Shipper(file, name, database, MachineClock())
            try:
                new = await shipper.ship(progress)
                shipped.append(Shipped(name, new, shipper.there))
            except Differs as differs:
                refused += differs.problems
            finally:
                await shipper.close()
        return Shipment(database.name, shipped, refused)
