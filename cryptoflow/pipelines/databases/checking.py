"""`db check`: how databases differ from what this version makes, and putting back what guards them."""

from collections.abc import Sequence
from typing import NamedTuple

from sqlalchemy import Connection, text
from sqlalchemy.exc import DBAPIError

from cryptoflow.errors import CryptoflowError, ExitCode
from cryptoflow.pipelines.databases.opening import reached
from cryptoflow.pipelines.databases.targets import Target
from cryptoflow.storage.away import Away, absence
from cryptoflow.storage.database import Database
from cryptoflow.storage.mending import mendable, put_back
from cryptoflow.storage.migrating import OTHER_VERSION, be_alone, is_known, newest, our_revision
from cryptoflow.storage.shapes import compared, found_and_wanted

PATIENCE = 5_000
"""Milliseconds that mending waits for a table of a server: whoever comes after it waits as long."""

NOT_IN_TIME = "55P03"
"""What PostgreSQL says of a lock that did not come in time."""


class Checked(NamedTuple):
    """What was put back in a database, how it differs then, and what to do about that."""

    name: str
    differences: Sequence[str]
    put_back: Sequence[str] = ()
    fix: str = ""
    mends: bool = False

    @property
    def error(self) -> CryptoflowError | None:
        """Return what to say of one that differs."""
        if not self.differences:
            return None
        return CryptoflowError(f"{self.name} is not as it must be", fix=self.fix, code=ExitCode.INVALID)


async def checked(target: Target) -> Checked:
    """Return how a database differs from what this version would have made; whoever writes to it does not wait."""
    async with reached(target, reads=True) as database:
        return await _looked(database, target)


async def mended(target: Target) -> Checked:
    """Put back what guards a database, where it is missing or was changed, and return how it differs then."""
    found = await checked(target)
    if not found.mends:
        return found
    async with reached(target) as database:
        try:
            async with database.writing() as connection:
                done = await connection.run_sync(_mended)
        except DBAPIError as error:
            if absence(error) is not None:
                raise
            raise _refused(target, error) from error
        return (await _looked(database, target))._replace(put_back=done)


async def _looked(database: Database, target: Target) -> Checked:
    """Look at a database in a transaction that only reads, but on a server, which builds there what it must be like."""
    async with database.reading() if database.is_sqlite else database.connected() as connection:
        return await connection.run_sync(_compared, target)


def _compared(connection: Connection, target: Target) -> Checked:
    revision = our_revision(connection)
    if revision != newest():
        what = f"its revision is {revision or 'none'}, not {newest()}"
        return Checked(target.name, [what], fix="cryptoflow db upgrade" if is_known(revision) else OTHER_VERSION)
    found, wanted = found_and_wanted(connection)
    differences = list(compared(found, wanted))
    if not differences:
        return Checked(target.name, differences)
    if mendable(found, wanted):
        fix = "`cryptoflow db check --mend` puts back triggers, indexes and functions; no row is touched"
        return Checked(target.name, differences, fix=fix, mends=True)
    fix = f"what was changed by hand is undone by hand; else {target.fix}"
    return Checked(target.name, differences, fix=fix)


def _mended(connection: Connection) -> list[str]:
    if connection.dialect.name == "postgresql":
        connection.execute(text(f"SET LOCAL lock_timeout = {PATIENCE}"))
    be_alone(connection)
    return put_back(connection) if our_revision(connection) == newest() else []


def _refused(target: Target, error: DBAPIError) -> CryptoflowError:
    if getattr(error.orig, "sqlstate", None) == NOT_IN_TIME:
        why = f"somebody held its tables for {PATIENCE / 1000:g} s, and nothing was changed"
        return Away(target.name, why, fix="cryptoflow db check --mend, when nothing long runs there")
    what = f"{target.name} could not be mended, and is as it was: {error.orig}"
    return CryptoflowError(what, fix="mend what the message names first", code=ExitCode.INVALID)
