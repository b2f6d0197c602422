"""Writing to an account's journal from outside the process that trades it: under its lease, fenced, and briefly."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

from sqlalchemy import Engine

from cryptoflow.clock import Clock
from cryptoflow.domain.recovery.switch import Switch
from cryptoflow.errors import CryptoflowError, ExitCode
from cryptoflow.pipelines.databases.leases import terms
from cryptoflow.pipelines.databases.opening import ready
from cryptoflow.pipelines.databases.targets import Target, file_url, shared
from cryptoflow.pipelines.halting.standing import switch_in
from cryptoflow.pipelines.journals.place import accounts, journal_file, unknown
from cryptoflow.storage.events.appending import fence
from cryptoflow.storage.events.journal import Journal
from cryptoflow.storage.files import create, existing
from cryptoflow.storage.leases.floor import floor_of
from cryptoflow.storage.leases.lease import Leases

RECORDED = "backtest-"
"""What the accounts of recorded backtests begin with: they are of the past, and nothing is done to them."""


def file_of(account: str) -> Path:
    """Return the file of an account's journal, which is there, or raise what is odd."""
    file = journal_file(account)
    if account.startswith(RECORDED):
        raise CryptoflowError(f"{account} is the recording of a backtest", fix="name an account", code=ExitCode.USAGE)
    if not file.is_file():
        raise unknown(account, accounts())
    return file


@asynccontextmanager
async def held(account: str, what: str, clock: Clock) -> AsyncIterator[tuple[Journal, Switch]]:
    """Yield an account's journal and what it says of the switch, while this process alone may write; or `LeaseHeld`."""
    file = file_of(account)
    if not shared().exists() and (place := shared().file) is not None:
        await asyncio.to_thread(lambda: create(place).dispose())
    above = await asyncio.to_thread(floor_of, file, account)
    async with (
        ready(shared()) as database,
        await Leases(database, clock, terms()).take(account, what, above=above) as lease,
    ):
        async with ready(Target(f"journal of {account}", file_url(file)), reads=True) as own:
            switch = await switch_in(own, account)
        engine = await asyncio.to_thread(_fenced, file, account, lease.token)
        journal = Journal(engine, account, clock, token=lease.token)
        try:
            yield journal, switch
        finally:
            await journal.close()


def _fenced(file: Path, account: str, token: int) -> Engine:
    engine = existing(file)
    with engine.begin() as connection:
        fence(connection, account, token)
    return engine
