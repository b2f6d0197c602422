"""`db leases` and `db lease`: who holds which account, and holding one while something runs."""

import asyncio
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager

from cryptoflow.clock import MachineClock
from cryptoflow.errors import CryptoflowError, ExitCode
from cryptoflow.pipelines.databases.opening import ready
from cryptoflow.pipelines.databases.targets import shared
from cryptoflow.pipelines.journals.place import journal_file
from cryptoflow.pipelines.journals.succeeding import Heir
from cryptoflow.settings import settings
from cryptoflow.storage.leases.floor import floor_of
from cryptoflow.storage.leases.grants import Grant
from cryptoflow.storage.leases.lease import Leases, Standing, Succeed, Terms

GRACE = 10.0
"""Seconds that a command has to end after it was told to."""


def terms() -> Terms:
    """Return how long leases are on this machine."""
    asked = settings()
    return Terms(asked.lease_heartbeat, asked.lease_silence, asked.lease_expiry)


async def held() -> list[tuple[Grant, int]]:
    """Return the leases that somebody holds, each with the milliseconds left of it."""
    async with ready(shared(), reads=True) as database:
        return list(await Leases(database, MachineClock(), terms()).held())


@asynccontextmanager
async def alone(account: str, what: str) -> AsyncIterator[None]:
    """Hold an account's lease meanwhile, or raise `LeaseHeld`; where no database is shared yet, nobody holds any.

    For what writes no events: a journal here that cannot be read is no reason not to, for no token has to fit it.
    """
    if not shared().exists():
        yield
        return
    try:
        above, succeed = await _floor(account), _succeeding(account, what)
    except CryptoflowError:
        above, succeed = 0, None
    async with (
        ready(shared()) as database,
        await Leases(database, MachineClock(), terms()).take(account, what, above=above, fences=False, succeed=succeed),
    ):
        yield


async def holding(account: str, command: Sequence[str], seconds: float) -> int:
    """Run a command while this process holds an account's lease, and return its exit code.

    Waits up to `seconds` for the lease. A command that outlives its lease is ended.
    """
    lost = asyncio.Event()

    def heard(standing: Standing) -> None:
        if standing is Standing.LOST:
            lost.set()

    async with ready(shared()) as database:
        leases = Leases(database, MachineClock(), terms())
        what, above = " ".join(command), await _floor(account)
        succeed = _succeeding(account, what)
        async with await leases.wait_for(
            account, what, above=above, seconds=seconds, fences=False, tell=heard, succeed=succeed
        ) as lease:
            try:
                process = await asyncio.create_subprocess_exec(*command)
            except FileNotFoundError as error:
                raise CryptoflowError(f"there is no program {command[0]}", code=ExitCode.USAGE) from error
            except OSError as error:
                what = f"{command[0]} cannot be run: {error.strerror}"
                raise CryptoflowError(what, code=ExitCode.USAGE) from error
            ended, taken = asyncio.create_task(process.wait()), asyncio.create_task(lost.wait())
            try:
                await asyncio.wait((ended, taken), return_when=asyncio.FIRST_COMPLETED)
            finally:
                taken.cancel()
                if not ended.done():
                    await _end(process, ended)
            if lost.is_set() and lease.trouble is not None:
                raise lease.trouble
            return ended.result()


def _succeeding(account: str, what: str) -> Succeed | None:
    """Return what writes down that whoever held the account before died, where its journal is here by then."""
    file = journal_file(account)
    return None if shared().is_in(file) else Heir(file, what, terms(), MachineClock(), fences=False).succeed


async def _floor(account: str) -> int:
    """Return the token that a lease of an account must rise above, by its journal on this machine."""
    return await asyncio.to_thread(floor_of, journal_file(account), account)


async def _end(process: asyncio.subprocess.Process, ended: "asyncio.Task[int]") -> None:
    process.terminate()
    await asyncio.wait([ended], timeout=GRACE)
    if not ended.done():
        process.kill()
        await ended
