"""An account's journal while this process alone may write it: read, decided on and written in one transaction."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from cryptoflow.clock import MachineClock
from cryptoflow.errors import CryptoflowError, ExitCode
from cryptoflow.pipelines.databases.leases import terms
from cryptoflow.pipelines.databases.opening import ready
from cryptoflow.pipelines.databases.targets import Target, file_url, shared
from cryptoflow.pipelines.journals.place import journal_file
from cryptoflow.storage.files import create
from cryptoflow.storage.leases.floor import floor_of
from cryptoflow.storage.leases.lease import Leases
from cryptoflow.storage.work.sql_store import SqlStore
from cryptoflow.storage.work.unit import Work

RECORDED = "backtest-"
"""What the accounts of recorded backtests begin with: their journals are evidence, and nobody adds to it."""


@asynccontextmanager
async def writing(account: str, what: str, *, makes: bool = False) -> AsyncIterator[Work]:
    """Yield a unit of work on an account's journal, under its lease, or raise where another process holds that.

    `makes` begins a journal where there is none.
    """
    if account.startswith(RECORDED):
        raise CryptoflowError(
            f"{account} is the journal of a recorded backtest: nothing is added to it",
            fix="name an account with --account",
            code=ExitCode.REFUSED,
        )
    file = journal_file(account)
    if not file.is_file():
        if not makes:
            fix = "`cryptoflow tilt ingest` begins one"
            raise CryptoflowError(f"there is no journal of {account}", fix=fix, code=ExitCode.INVALID)
        await asyncio.to_thread(lambda: create(file).dispose())
    async with (
        token(account, what) as fencing,
        ready(Target(f"journal of {account}", file_url(file))) as database,
        SqlStore(database).work(account, token=fencing) as work,
    ):
        yield work


@asynccontextmanager
async def token(account: str, what: str) -> AsyncIterator[int]:
    """Hold an account's lease and yield its fencing token; where no database is shared yet, nobody holds any."""
    if not shared().exists():
        yield 0
        return
    floor = await asyncio.to_thread(floor_of, journal_file(account), account)
    async with (
        ready(shared()) as database,
        await Leases(database, MachineClock(), terms()).take(account, what, above=floor) as lease,
    ):
        yield lease.token
