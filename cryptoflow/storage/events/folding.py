"""Folds of an account's journal that begin where they stopped."""

from dataclasses import dataclass
from typing import Generic

from cryptoflow.domain.journal.fold import Folding, S
from cryptoflow.domain.journal.recorded import Head
from cryptoflow.domain.journal.snapshot import Snapshot, doubt, state_of, taken
from cryptoflow.errors import CryptoflowError
from cryptoflow.storage.events.reading import Wanted
from cryptoflow.storage.work.unit import Work


@dataclass(frozen=True, slots=True)
class Folded(Generic[S]):
    """What a fold has come to at `head`, beginning after event `since`; `ignored` tells of snapshots of no use."""

    state: S
    head: Head
    since: int
    ignored: tuple[str, ...] = ()


async def folded(work: Work, folding: Folding[S]) -> Folded[S]:
    """Return what the journal makes of a fold, from its newest snapshot that fits the journal, or from the start."""
    snapshot, ignored = await _usable(work, folding)
    if snapshot is None:
        beginning = await work.events.beginning()
        if beginning.seq:
            raise CryptoflowError(
                f"{folding.name} of {work.account} cannot be told: events up to {beginning.seq} were retired "
                "and no snapshot is of use" + "".join(f"; {each}" for each in ignored),
                fix="restore a backup of the time before they were retired",
            )
        state, head = folding.start, beginning
    else:
        state, head = state_of(snapshot, folding), Head(snapshot.seq, snapshot.event_hash)
    since = head.seq
    async for each in work.events.read(Wanted(work.account, after=since)):
        state, head = folding.step(state, each), Head(each.seq, each.hash)
    return Folded(state, head, since, ignored)


async def keep(work: Work, folding: Folding[S], found: Folded[S]) -> Snapshot:
    """Keep what a fold has come to, so that the next one begins there."""
    snapshot = taken(folding, work.account, found.head, found.state)
    await work.snapshots.add(snapshot)
    return snapshot


async def _usable(work: Work, folding: Folding[S]) -> tuple[Snapshot | None, tuple[str, ...]]:
    ignored: list[str] = []
    for snapshot in await work.snapshots.newest_first(folding.name):
        odd = doubt(snapshot, folding, await work.events.hash_at(snapshot.seq))
        if odd is None:
            return snapshot, tuple(ignored)
        ignored.append(f"the snapshot of {folding.name} at event {snapshot.seq} of {work.account} {odd}")
    return None, tuple(ignored)
