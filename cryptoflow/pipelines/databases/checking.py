"""`db check`: how databases differ from what this version makes, and putting back what guards them."""

from collections.abc import Sequence
from typing import NamedTuple

from sqlalchemy import Connection
from sqlalchemy.exc import DBAPIError

from cryptoflow.errors import CryptoflowError, ExitCode
from cryptoflow.pipelines.databases.opening import reached
from cryptoflow.pipelines.databases.targets import Target
from cryptoflow.storage.mending import mendable, put_back
from cryptoflow.storage.migrating import be_alone, newest, our_revision
from cryptoflow.storage.shapes import compared, found_and_wanted


class Checked(NamedTuple):
    """What was put back in a database, how it differs then, and what to do about that."""

    name: str
    differences: Sequence[str]
    put_back: Sequence[str] = ()
    fix: str = ""

    @property
    def error(self) -> CryptoflowError | None:
        """Return what to say of one that differs."""
        if not self.differences:
            return None
        return CryptoflowError(f"{self.name} is not as it must be", fix=self.fix, code=ExitCode.INVALID)


async def checked(target: Target) -> Checked:
    """Return how a database differs from what this version would have made."""
    async with reached(target) as database, database.connected() as connection:
        return await connection.run_sync(_compared, target)


async def mended(target: Target) -> Checked:
    """Put back what guards a database, where it is missing or was changed, and return how it differs then."""
    async with reached(target) as database, database.writing() as connection:
        await connection.run_sync(be_alone)
        if await connection.run_sync(our_revision) != newest():
            return await connection.run_sync(_compared, target)
        try:
            done = await connection.run_sync(put_back)
        except DBAPIError as error:
            what = f"{target.name} could not be mended, and is as it was: {error.orig}"
            raise CryptoflowError(what, fix="mend what the message names first", code=ExitCode.INVALID) from error
        return (await connection.run_sync(_compared, target))._replace(put_back=done)


def _compared(connection: Connection, target: Target) -> Checked:
    revision = our_revision(connection)
    if revision != newest():
        what = f"its revision is {revision or 'none'}, not {newest()}"
        return Checked(target.name, [what], fix="cryptoflow db upgrade")
    found, wanted = found_and_wanted(connection)
    differences = list(compared(found, wanted))
    if not differences:
        return Checked(target.name, differences)
    if mendable(found, wanted):
        fix = "`cryptoflow db check --mend` puts back triggers, indexes and functions; no row is touched"
    else:
        fix = "what was changed by hand is undone by hand; `cryptoflow backup restore --force` brings back a copy"
    return Checked(target.name, differences, fix=fix)
