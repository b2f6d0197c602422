"""Where journals lie: one file per account in the state folder, and copies of them in the shared database."""

import re
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from pathlib import Path
from typing import TYPE_CHECKING

from cryptoflow.domain.journal.recorded import PLAYING, RECORDED
from cryptoflow.errors import CryptoflowError, ExitCode
from cryptoflow.pipelines.home import home_of
from cryptoflow.spec.names import Name
from cryptoflow.spec.nearest import nearest

if TYPE_CHECKING:
    from cryptoflow.pipelines.databases.targets import Target
    from cryptoflow.storage.database import Database

ENDING = ".db"

DIGEST = re.compile(r"-[0-9a-f]{10}")
"""What the name of a recorded run has behind that of its spec."""


def journals_folder(home: Path | None = None) -> Path:
    """Return the folder of journals."""
    return (home or home_of()) / "journal"


def journal_file(account: str, home: Path | None = None) -> Path:
    """Return the file of an account's journal."""
    return journals_folder(home) / f"{account}{ENDING}"


def named(account: str) -> str:
    """Return an account's name, which is also that of its file; raises where no spec could name it so.

    >>> named("main"), named("backtest-majors-1a2b3c4d5e"), named("paper-main")
    ('main', 'backtest-majors-1a2b3c4d5e', 'paper-main')
    >>> named("a/b")
    Traceback (most recent call last):
    cryptoflow.errors.CryptoflowError: 'a/b' is no account: its name is of letters, digits, - and _, a letter first
    hint: write it like main, in 64 of these at most
    """
    head = next((each for each in PLAYING if account.startswith(each)), "")
    own = account.removeprefix(head)
    if head == RECORDED and DIGEST.fullmatch(own[-11:]):
        own = own[:-11]
    if not any(re.fullmatch(Name.pattern, each) for each in (account, own)):
        raise CryptoflowError(
            f"{account!r} is no account: its name is of letters, digits, - and _, a letter first",
            fix="write it like main, in 64 of these at most",
            code=ExitCode.USAGE,
        )
    return account


def accounts(home: Path | None = None) -> list[str]:
    """Return the accounts that have a journal on this machine."""
    return sorted(file.stem for file in journals_folder(home).glob(f"*{ENDING}") if not file.is_dir())


def source(account: str, home: Path | None = None) -> "Target":
    """Return what an account's journal is read from: its file, or without one the shared database."""
    from cryptoflow.pipelines.databases.targets import Target, file_url, shared

    file = journal_file(account, home)
    return Target(f"journal of {account}", file_url(file)) if file.is_file() else shared(home)


@asynccontextmanager
async def opened(account: str, home: Path | None = None) -> AsyncIterator["Database"]:
    """Yield the database that an account's journal is read from."""
    from cryptoflow.pipelines.databases.opening import ready
    from cryptoflow.storage.events.reading import accounts as kept

    target = source(account, home)
    if not target.exists():
        raise unknown(account, accounts(home))
    async with ready(target, reads=True) as database:
        async with database.reading() as connection:
            there = await connection.run_sync(kept)
        is_empty = not there and target.file == journal_file(account, home)  # nothing is written yet, or left
        if account not in there and not is_empty:
            raise unknown(account, sorted({*there, *accounts(home)}))
        yield database


class NoJournal(CryptoflowError):
    """An account has no journal here: nothing ever happened to it, as far as this machine knows of it and `others`."""

    def __init__(self, account: str, others: Sequence[str], fix: str) -> None:
        super().__init__(f"there is no journal of {account}", fix=fix, code=ExitCode.INVALID)
        self.others = tuple(others)


def unknown(account: str, found: list[str]) -> NoJournal:
    """Return what to say of an account that has no journal."""
    others = [name for name in found if name != account]  # a file of its name may hold another's
    near = nearest(account, others)
    fix = f"did you mean `{near}`?" if near else known(others, account)
    return NoJournal(account, others, fix)


def known(found: list[str], account: str = "") -> str:
    """Return which journals there are, as a hint; without any, what begins that of an account, or any at all."""
    if found:
        return f"there are {', '.join(found)}"
    if not account:
        return f"{RECORDS}, {BEGINS}"
    if account.startswith(RECORDED):
        return RECORDS
    return UNWRITTEN if account.startswith(PLAYING) else BEGINS


RECORDS = "`cryptoflow backtest SPEC --record` writes that of a run"
BEGINS = "`cryptoflow probe lookahead SPEC` begins that of the account in SPEC"
UNWRITTEN = "nothing writes one yet: this version trades neither on paper nor in rehearsals"
"""What begins the journals of recorded backtests, of accounts with real money, and of others without."""
