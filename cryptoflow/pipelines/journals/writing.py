"""Writing to an account's journal from a process of one's own: under its lease, fenced, and nobody else meanwhile."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

from cryptoflow.clock import Clock
from cryptoflow.domain.journal.recorded import is_recorded
from cryptoflow.errors import CryptoflowError, ExitCode
from cryptoflow.market.store import disk
from cryptoflow.pipelines.databases.leases import terms
from cryptoflow.pipelines.databases.opening import ready
from cryptoflow.pipelines.databases.targets import Target, file_url, shared
from cryptoflow.pipelines.journals.place import accounts, journal_file, named, unknown
from cryptoflow.pipelines.journals.succeeding import Heir
from cryptoflow.storage.database import Database
from cryptoflow.storage.events.extent import extent_of
from cryptoflow.storage.events.journal import Journal
from cryptoflow.storage.files import create, existing
from cryptoflow.storage.leases.floor import floor_of
from cryptoflow.storage.leases.lease import Leases
from cryptoflow.storage.work.sql_store import SqlStore
from cryptoflow.storage.work.unit import Work


@asynccontextmanager
async def writing(
    account: str, what: str, clock: Clock, home: Path | None = None, *, makes: bool = False
) -> AsyncIterator[Work]:
    """Yield a unit of work on an account's journal while this process alone may write it, or raise `LeaseHeld`.

    `makes` begins a journal where there is none.
    """
    async with (
        holding(account, what, clock, home, makes=makes) as token,
        ready(Target(f"journal of {account}", file_url(journal_file(account, home)))) as database,
        SqlStore(database).work(account, token=token) as work,
    ):
        yield work


@asynccontextmanager
async def appending(account: str, what: str, clock: Clock, home: Path | None = None) -> AsyncIterator[Journal]:
    """Yield an account's journal to whoever writes it again and again, or raise `LeaseHeld`."""
    async with holding(account, what, clock, home) as token:
        journal = Journal(await asyncio.to_thread(existing, journal_file(account, home)), account, clock, token=token)
        try:
            yield journal
        finally:
            await journal.close()


@asynccontextmanager
async def holding(
    account: str, what: str, clock: Clock, home: Path | None = None, *, makes: bool = False
) -> AsyncIterator[int]:
    """Hold an account's lease and yield its token, to which the journal is fenced; or raise `LeaseHeld`.

    Where whoever held it before has died, the kill switch has tripped before the lease is ours.
    Leases are in the database that processes share: a file is made of it where there is none, or a second process
    would find nothing that keeps it out.
    """
    file = journal_of(account, home, makes=makes)
    place = shared(home).file
    if place is not None and (not place.is_file() or _making(place).exists()):
        await asyncio.to_thread(_made, place)
    if _making(file).exists():  # another process begins it at this moment, or died at it
        await asyncio.to_thread(_made, file)
    above = await asyncio.to_thread(floor_of, file, account)
    at_once = _is_made(file) and not shared(home).is_in(file)
    heir = Heir(file, what, terms(), clock)
    async with (
        ready(shared(home)) as database,
        await Leases(database, clock, heir.terms).take(
            account, what, above=above, succeed=heir.succeed if at_once else None
        ) as lease,
    ):
        if not at_once:
            if not _is_made(file):
                await _begun(file, account, database)
            await asyncio.to_thread(heir.succeed, lease.before, lease.grant)
        yield lease.token


def journal_of(account: str, home: Path | None = None, *, makes: bool = False) -> Path:
    """Return the file of a journal that may be written, or raise why not; with `makes` it need not be there."""
    file = journal_file(named(account), home)
    if is_recorded(account):
        raise CryptoflowError(
            f"{account} is the journal of a recorded backtest: nothing is added to it",
            fix="name an account with --account",
            code=ExitCode.REFUSED,
        )
    if not makes and not file.is_file():
        raise unknown(account, accounts(home))
    return file


async def _begun(file: Path, account: str, database: Database) -> None:
    """Begin a journal, unless it goes on somewhere else already: two of one account could never be put together."""
    async with database.reading() as connection:
        seq = (await connection.run_sync(extent_of, account)).seq
    if seq:
        raise CryptoflowError(
            f"the journal of {account} is not on this machine, and the database has {seq} events of it",
            fix=f"run this where its journal is, or restore {file} from a backup",
            code=ExitCode.REFUSED,
        )
    await asyncio.to_thread(_made, file)


def _made(file: Path) -> None:
    try:
        with disk.alone(_making(file)):  # two that begin at once would meet in the middle of the tables
            create(file).dispose()
            _making(file).unlink(missing_ok=True)
    except OSError as error:
        raise CryptoflowError(
            f"{file} cannot be made: {error.strerror or error}",
            fix="name another folder with CRYPTOFLOW_HOME",
            code=ExitCode.UNAVAILABLE,
        ) from error


def _is_made(file: Path) -> bool:
    """Say whether a file is there as a whole."""
    return file.is_file() and not _making(file).exists()


def _making(file: Path) -> Path:
    """Return the lock that is there while a file is being made, or was when whoever made it died."""
    return file.with_name(f"{file.name}.making")
