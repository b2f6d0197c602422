"""`db retire`: months that have grown old, taken out of the database that processes share."""

from collections.abc import Collection, Mapping, Sequence

from cryptoflow.clock import Clock
from cryptoflow.errors import CryptoflowError, ExitCode
from cryptoflow.pipelines.databases.opening import ready
from cryptoflow.pipelines.databases.targets import Target
from cryptoflow.settings import settings
from cryptoflow.spec.durations import DAY, midnight
from cryptoflow.spec.nearest import suggestion
from cryptoflow.spec.written import MisreadError
from cryptoflow.storage.events.reading import accounts
from cryptoflow.storage.rows.retiring import MINUTES, Retirement, retire


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
    """Take old months out of a database, each table in a transaction of its own; with `pretend` only say which."""
    found = []
    async with ready(target) as database:
        async with database.reading() as connection:
            known = await connection.run_sync(accounts)
        for account in finished:
            if account not in known:
                what = f"there is no account {account} in {target.place}"
                raise CryptoflowError(what, fix=suggestion(account, known, "accounts there"), code=ExitCode.INVALID)
        for table, before in wanted.items():
            async with database.writing() as connection:
                found.append(
                    await connection.run_sync(retire, table, before, finished=tuple(finished), pretend=pretend)
                )
    return found
