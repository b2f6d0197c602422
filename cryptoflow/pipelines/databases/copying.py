"""`db copy`: all that this machine's databases hold, into one other database, proved to be the same there."""

from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Any, NamedTuple

from sqlalchemy import Connection
from sqlalchemy.ext.asyncio import AsyncConnection

from cryptoflow.domain.journal.recorded import Head
from cryptoflow.errors import CryptoflowError, ExitCode, Problem
from cryptoflow.pipelines.databases.opening import advising, reachable
from cryptoflow.pipelines.databases.revisions import bring_forward, status
from cryptoflow.pipelines.databases.targets import Target, targets
from cryptoflow.storage.copying.accounts import BATCH, ROWS, copy_account, count_of
from cryptoflow.storage.copying.likeness import Unlike, compared
from cryptoflow.storage.copying.shared import TABLES, copy_shared, missed
from cryptoflow.storage.database import Database, url_of
from cryptoflow.storage.events.appending import EVENTS
from cryptoflow.storage.events.extent import holds
from cryptoflow.storage.events.reading import Audit, accounts, audit, bounds
from cryptoflow.storage.migrating import Older, check

Progress = Callable[[int, int], None]
"""Whoever is told how many rows of how many are there."""


class Moved(NamedTuple):
    """An account that was copied: its events, the hash of the last one, and rows by table."""

    account: str
    source: str
    events: int
    hash: str
    rows: Mapping[str, int]


class Copied(NamedTuple):
    """What a copy brought over, proved to be in the target as it was."""

    target: str
    accounts: Sequence[Moved]
    shared: Mapping[str, int]

    def facts(self) -> dict[str, Any]:
        """Return it as plain values."""
        return {**self._asdict(), "accounts": [each._asdict() for each in self.accounts]}


class Way(NamedTuple):
    """From where to where something is copied, as people see it."""

    source: str
    target: str

    @property
    def name(self) -> str:
        """Return the two that may be the reason when it cannot go on."""
        return f"{self.source} or {self.target}"


class Owned(NamedTuple):
    """A database to copy from: the accounts that are taken from it, and where journals of them end elsewhere."""

    target: Target
    accounts: dict[str, Sequence[tuple[str, Head]]]


async def copy(
    to: str,
    source: str | None = None,
    *,
    home: Path | None = None,
    progress: Progress | None = None,
    follows: Progress | None = None,
    batch: int = BATCH,
) -> Copied:
    """Copy everything, or one database, into the database of a URL, which is brought to today's revision first.

    An interrupted copy goes on where it stopped. Whatever is not the same afterwards is told as an error. `follows` is
    told how many events of how many in a database are followed, before any of them is copied.
    """
    target = Target("target", url_of(to), option="--to")
    sources = [Target("source", url_of(source), option="--from")] if source is not None else targets(home)
    if source is not None and not sources[0].exists():
        what = f"there is no database at {sources[0].place}"
        raise CryptoflowError(what, fix="name one that is there with --from", code=ExitCode.INVALID)
    owned = await survey(target, [each for each in sources if each.exists()], follows)
    await bring_forward(target)
    database = target.open()
    moved: list[Moved] = []
    shared: dict[str, int] = {}
    try:
        for each in owned:
            found, counts = await take(each, database, progress, batch)
            moved += found
            shared = {name: shared.get(name, 0) + count for name, count in counts.items()}
    finally:
        await database.close()
    return Copied(target.place, moved, shared)


async def survey(target: Target, sources: Sequence[Target], follows: Progress | None = None) -> list[Owned]:
    """Return what is copied from which database: an account from where its journal is longest."""
    if not sources:
        fix = "`cryptoflow db upgrade` makes one; --from copies one from elsewhere"
        raise CryptoflowError("there is no database to copy", fix=fix, code=ExitCode.INVALID)
    if target.url in [each.url for each in sources] or is_file_of(target, sources):
        what = "the target is the database to copy from"
        raise CryptoflowError(what, fix="name another one with --to", code=ExitCode.USAGE)
    ends = {each: await heads(each, follows) for each in sources}
    found = [Owned(each, {}) for each in sources]
    for account in sorted({account for known in ends.values() for account in known}):
        known = [(each, ends[each.target][account]) for each in found if account in ends[each.target]]
        longest, _ = max(known, key=lambda pair: pair[1].seq)
        others = [(each.target.name, head) for each, head in known if each is not longest]
        longest.accounts[account] = others
    return found


def is_file_of(target: Target, sources: Sequence[Target]) -> bool:
    """Say whether a target is a file of one of the sources, under whatever path."""
    files = [each.file.resolve() for each in sources if each.file is not None]
    return target.file is not None and target.file.resolve() in files


async def heads(source: Target, follows: Progress | None = None) -> dict[str, Head]:
    """Return where the journals in a database end, each of which is followed there: a damaged one is not copied."""
    known = await status(source)
    try:
        check(known.place, known.found)
    except Older as error:
        if source.option:
            raise advising(error, f"CRYPTOFLOW_DATABASE_URL={source.written} cryptoflow db upgrade") from error
        raise
    database = source.open()
    try:
        async with reachable(database), database.reading() as connection:
            found = await connection.run_sync(_followed, follows)
    finally:
        await database.close()
    if broken := [each.broken for each in found if each.broken is not None]:
        problems = (Problem(f"{source.name}: {each}", fix=source.fix) for each in broken)
        raise CryptoflowError(problems, code=ExitCode.PROOF_FAILED)
    return {each.account: each.head for each in found}


def _followed(connection: Connection, follows: Progress | None) -> list[Audit]:
    known = accounts(connection)
    ends = [bounds(connection, account) for account in known]
    told = counter(follows, sum((end or start).seq - start.seq for start, end in ends))
    return [audit(connection, account, told) for account in known]


async def take(
    owned: Owned, target: Database, progress: Progress | None = None, batch: int = BATCH
) -> tuple[list[Moved], Mapping[str, int]]:
    """Copy what is owned of one state of a database, and prove that it is in the target as it was."""
    database = owned.target.open()
    try:
        async with reachable(Way(database.name, target.name)), database.reading() as source:
            told = counter(progress, await source.run_sync(rows_in, tuple(owned.accounts)))
            for account, others in owned.accounts.items():
                await check_agreement(source, account, others)
                await copy_account(source, target, account, told, batch)
            await copy_shared(source, target, told)
            async with target.reading() as copied:
                return await proved(owned, source, copied)
    finally:
        await database.close()


def counter(progress: Progress | None, total: int) -> Callable[[int], None]:
    """Return what adds up rows for whoever wants to know how far it is."""
    done = 0

    def told(more: int) -> None:
        nonlocal done
        done += more
        if progress is not None:
            progress(done, total)

    return told


def rows_in(connection: Connection, known: Sequence[str]) -> int:
    """Return how many rows there are to copy."""
    own = sum(count_of(connection, table, account) for table in (EVENTS, *ROWS) for account in known)
    return own + sum(count_of(connection, table) for table in TABLES)


async def check_agreement(source: AsyncConnection, account: str, others: Sequence[tuple[str, Head]]) -> None:
    """Refuse an account of which two databases here tell different stories."""
    for name, head in others:
        if not await source.run_sync(holds, account, head):
            raise CryptoflowError(
                f"{name} holds other events of {account} than its longest journal here",
                fix=f"cryptoflow audit verify {account}",
                code=ExitCode.PROOF_FAILED,
            )


async def proved(
    owned: Owned, source: AsyncConnection, copied: AsyncConnection
) -> tuple[list[Moved], Mapping[str, int]]:
    """Return what was copied, once all of it is the same in the target."""
    moved, unlike = [], []
    for account in owned.accounts:
        ours, wrong = await compared(source, copied, account)
        rows = {name: count for name, (count, _) in ours.tables.items()}
        moved.append(Moved(account, owned.target.name, ours.events, ours.end.hash, rows))
        unlike += wrong
    shared = await missed(source, copied)
    unlike += [Unlike(name, f"{wrong:,} rows are not in the target") for name, (_, wrong) in shared.items() if wrong]
    if unlike:
        fix = "run the same command again; `cryptoflow audit verify` says whether what stays different is damaged here"
        raise CryptoflowError((Problem(str(each), fix=fix) for each in unlike), code=ExitCode.PROOF_FAILED)
    return moved, {name: count for name, (count, _) in shared.items()}
