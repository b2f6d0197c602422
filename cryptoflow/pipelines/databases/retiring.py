"""`db retire`: months that have grown old, taken out of the database that processes share."""

from collections.abc import Collection, Mapping, Sequence

from sqlalchemy.ext.asyncio import AsyncConnection

from cryptoflow.clock import Clock
from cryptoflow.domain.recovery.switch import SWITCH
from cryptoflow.domain.tilt.conduct import CONDUCT
from cryptoflow.errors import CryptoflowError, ExitCode
from cryptoflow.pipelines.databases.opening import ready
from cryptoflow.pipelines.databases.targets import Target
from cryptoflow.pipelines.tiers.standing import DISCIPLINE, discipline
from cryptoflow.settings import settings
from cryptoflow.spec.durations import DAY, midnight
from cryptoflow.spec.nearest import suggestion
from cryptoflow.spec.written import MisreadError
from cryptoflow.storage.events.folding import folded, keep
from cryptoflow.storage.events.reading import accounts, audit
from cryptoflow.storage.rows.retiring import MINUTES, Retirement, old_months, retire
from cryptoflow.storage.work.sql_store import SqlTransaction
from cryptoflow.storage.work.unit import Work

EVENTS = "events"

NEEDED = (SWITCH.name, CONDUCT.name, DISCIPLINE)
"""Folds that an account cannot do without: its kill switch, its tilt, its tier with all that goes with it."""


def wanted(day: str | None, tables: Sequence[str], clock: Clock) -> Mapping[str, int]:
    """Return the moment before which rows of each table may go: as a command says, or else as the settings do.

    A day without tables is about the minutes of curves, whose hours and days stay.
    """
    if day is not None:
        try:
            return dict.fromkeys(tables or MINUTES, midnight(day))
        except MisreadError as error:
            raise CryptoflowError(f"--before: {error}", fix=error.fix, code=ExitCode.USAGE) from error
    kept = {table: clock.now() - days * DAY for table, days in settings().retention.items()}
    return {table: before for table, before in kept.items() if not tables or table in tables}


async def taken_away(
    target: Target, wanted: Mapping[str, int], *, finished: Collection[str] = (), pretend: bool = False
) -> list[Retirement]:
    """Take old months out of a database, each table in a transaction of its own; with `pretend` only say which.

    Before events go, what the discipline of each account has come to is kept: it could not be told without them.
    """
    found = []
    async with ready(target) as database:
        async with database.reading() as connection:
            known = await connection.run_sync(accounts)
        for account in finished:
            if account not in known:
                what = f"there is no account {account} in {target.place}"
                raise CryptoflowError(what, fix=suggestion(account, known, "accounts there"), code=ExitCode.INVALID)
        for table, before in wanted.items():
            async with database.connected() as connection:
                await connection.begin()
                untold: dict[str, str] = {}
                old = [] if table != EVENTS else await connection.run_sync(old_months, table, before)
                if old and not database.is_sqlite:
                    untold = {name: why for name in known if (why := await kept(connection, name)) is not None}
                found.append(
                    await connection.run_sync(
                        retire, table, before, finished=tuple(finished), folds=NEEDED, untold=untold, pretend=pretend
                    )
                )
                if not pretend:
                    await connection.commit()
    return found


async def kept(connection: AsyncConnection, account: str) -> str | None:
    """Keep what an account's journal has come to, for every fold of its discipline; return why that cannot be."""
    proof = await connection.run_sync(audit, account)
    if proof.broken is not None:
        return f"the journal of {account} proves nothing: {proof.broken}"
    work = Work(SqlTransaction(connection), account, 0)
    try:
        await keep(work, SWITCH, await folded(work, SWITCH))
        await keep(work, CONDUCT, await folded(work, CONDUCT))
        await keep(work, discipline(), await folded(work, discipline()))
    except CryptoflowError as error:
        return error.problems[0].what
    return None
