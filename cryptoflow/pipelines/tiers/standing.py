"""Where an account stands, by its own journal told from its first event on."""

from collections.abc import Callable, Iterable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple, TypeVar

from cryptoflow.domain.discipline.account import Account, Doubt
from cryptoflow.domain.discipline.folding import folding, settled
from cryptoflow.domain.journal.fold import Folding
from cryptoflow.domain.journal.recorded import Recorded, is_recorded
from cryptoflow.errors import CryptoflowError, ExitCode
from cryptoflow.pipelines.explaining.ceilings import shipped
from cryptoflow.pipelines.journals.place import NoJournal, opened
from cryptoflow.pipelines.tiers.table import law_of

if TYPE_CHECKING:
    from sqlalchemy import Connection

    from cryptoflow.storage.database import Database

T = TypeVar("T")

TIER = "tier."
MOVES = (f"{TIER}*",)
"""What events are called that are about tiers."""

DISCIPLINE = "discipline"
"""What snapshots of an account's discipline are kept as."""


def discipline() -> Folding[Account]:
    """Return the fold of an account's discipline, under the table of tiers that ships."""
    return folding(law_of(shipped()), DISCIPLINE)


class Phase(NamedTuple):
    """A phase of protection: the share of its size that an entry keeps, and when it ends."""

    size: float
    ends: int


class Standing(NamedTuple):
    """An account by its journal: its discipline, what its moves were, and how many events say so."""

    account: Account
    moves: tuple[Recorded, ...] = ()
    events: int = 0

    @property
    def doubts(self) -> tuple[Doubt, ...]:
        """What of the journal is not believed."""
        return tuple(self.account.doubts)

    @property
    def tier(self) -> int:
        """The tier that the journal bears out."""
        return self.account.standing.tier

    def phases(self, at: int) -> tuple[Phase, ...]:
        """Return the phases of protection that are not over."""
        promoted = self.account.standing.promoted_at
        if self.tier < 2:
            return ()
        protection = shipped().tiers[self.tier].protection
        ends = (promoted + (place + 1) * int(protection.each) for place in range(len(protection.phases)))
        every = (Phase(float(size), end) for size, end in zip(protection.phases, ends, strict=True))
        return tuple(phase for phase in every if phase.ends > at)

    def waits_until(self, at: int) -> int | None:
        """Return from when on the account may come up again after a demotion, None where nothing keeps it."""
        until = self.account.standing.promotion_from
        return until if until > at else None


async def standing_of(account: str, home: Path | None = None) -> Standing:
    """Return where an account stands; one without a journal has shown nothing.

    The whole journal is told and its chain followed: a snapshot saves time, and is no evidence. Only where its oldest
    events were retired, as in no file of this machine, what they had come to then is what there is.
    """
    try:
        return await journalled(account, home)
    except NoJournal:
        return Standing(Account(name=account))


async def asked_about(account: str, home: Path | None = None) -> Standing:
    """Return where an account stands that a person names: one without a journal beside others is a slip of the pen.

    Recorded backtests are nobody's account: beside them alone a new account is what it is.
    """
    try:
        return await journalled(account, home)
    except NoJournal as missing:
        if any(is_recorded(account) or not is_recorded(each) for each in missing.others):
            raise
        return Standing(Account(name=account))


async def journalled(account: str, home: Path | None) -> Standing:
    """Return where an account stands by its journal, or raise `NoJournal`."""
    async with opened(account, home) as database:
        async with database.reading() as connection:
            retired = await connection.run_sync(proved, account)
            if not retired:
                return await connection.run_sync(told, account)
        return await since_retired(database, account)


async def since_retired(database: "Database", account: str) -> Standing:
    """Return what a journal tells that begins with what its retired events had come to."""
    from cryptoflow.storage.events.folding import folded
    from cryptoflow.storage.events.reading import Wanted
    from cryptoflow.storage.work.sql_store import SqlStore

    async with SqlStore(database).view(account) as work:
        found = await folded(work, discipline())
        moves = [each async for each in work.events.read(Wanted(account, names=MOVES))]
    return ended(found.state, account, moves, found.head.seq)


async def reading(account: str, home: Path | None, work: "Callable[[Connection], T]") -> T:
    """Return what some work makes of an account's journal."""
    async with opened(account, home) as database, database.reading() as connection:
        return await connection.run_sync(work)


def proved(connection: "Connection", account: str) -> int:
    """Return how many of a journal's events were retired; one that is not as it was written tells nothing."""
    from cryptoflow.storage.events.reading import audit

    found = audit(connection, account)
    if found.broken is not None:
        raise CryptoflowError(
            f"the journal of {account} proves nothing: {found.broken}",
            fix=f"`cryptoflow audit verify {account}` says what brings it back",
            code=ExitCode.REFUSED,
        )
    return found.retired


def told(connection: "Connection", account: str) -> Standing:
    """Return what a whole journal tells."""
    from cryptoflow.storage.events.reading import Wanted, events

    return standing(events(connection, Wanted(account)), account)


def standing(journal: Iterable[Recorded], account: str) -> Standing:
    """Return what events tell of an account, in the order in which they happened."""
    fold_of, moves, count = discipline(), list[Recorded](), 0
    found = fold_of.start
    for each in journal:
        found, count = fold_of.step(found, each), each.seq
        if each.name.startswith(TIER):
            moves.append(each)
    return ended(found, account, moves, count)


def ended(found: Account, account: str, moves: Sequence[Recorded], count: int) -> Standing:
    """Return where an account stands once its journal is told."""
    found = settled(law_of(shipped()), found)
    found.name = account
    return Standing(found, tuple(moves), count)
