"""Where an account stands, by its own journal told from its first event on."""

from collections.abc import Callable, Iterable
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple, TypeVar

from cryptoflow.domain.discipline.account import Account, Doubt
from cryptoflow.domain.discipline.folding import folding, settled
from cryptoflow.domain.journal.recorded import Recorded
from cryptoflow.errors import CryptoflowError, ExitCode
from cryptoflow.pipelines.explaining.ceilings import shipped
from cryptoflow.pipelines.journals.place import NoJournal, opened
from cryptoflow.pipelines.tiers.table import law_of

if TYPE_CHECKING:
    from sqlalchemy import Connection

T = TypeVar("T")


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

    The whole journal is told and its chain followed: a snapshot saves time, and is no evidence.
    """
    try:
        return await reading(account, home, lambda connection: told(connection, account))
    except NoJournal:
        return Standing(Account(name=account))


async def reading(account: str, home: Path | None, work: "Callable[[Connection], T]") -> T:
    """Return what some work makes of an account's journal."""
    async with opened(account, home) as database, database.reading() as connection:
        return await connection.run_sync(work)


def told(connection: "Connection", account: str) -> Standing:
    """Return what a journal tells; one that is not as it was written tells nothing."""
    from cryptoflow.storage.events.reading import Wanted, audit, events

    found = audit(connection, account)
    if found.broken is not None:
        raise CryptoflowError(
            f"the journal of {account} proves nothing: {found.broken}",
            fix=f"`cryptoflow audit verify {account}` says what brings it back",
            code=ExitCode.REFUSED,
        )
    return standing(events(connection, Wanted(account)), account)


def standing(journal: Iterable[Recorded], account: str) -> Standing:
    """Return what events tell of an account, in the order in which they happened."""
    law = law_of(shipped())
    fold_of, moves, count = folding(law), [], 0
    found = fold_of.start
    for each in journal:
        found, count = fold_of.step(found, each), each.seq
        if each.name.startswith("tier."):
            moves.append(each)
    found = settled(law, found)
    found.name = account
    return Standing(found, tuple(moves), count)
