"""Whether two places hold the same journal, and where they part."""

from collections.abc import Awaitable, Callable
from typing import Any

from cryptoflow.domain.journal.chain import Broken
from cryptoflow.errors import CryptoflowError, ExitCode
from cryptoflow.storage.events.extent import Extent, extent_of, hash_at

Ask = Callable[..., Awaitable[Any]]
"""What asks a place: it takes a function of a connection and its other arguments."""


class Differs(CryptoflowError):
    """A journal is another one elsewhere; nothing is written until somebody has decided which one holds."""

    def __init__(self, what: str) -> None:
        super().__init__(
            what,
            fix="`cryptoflow audit verify` proves the journal here; keep the other copy, it is evidence",
            code=ExitCode.PROOF_FAILED,
        )


async def agreed(here: Ask, there: Ask, account: str) -> Extent:
    """Return what `there` holds of the journal that is `here`, or raise `Differs` with the event where they part."""
    ours: Extent = await here(extent_of, account)
    theirs: Extent = await there(extent_of, account)
    oldest, newest = max(ours.first_seq, theirs.first_seq), min(ours.seq, theirs.seq)
    if newest < oldest:
        raise Differs(f"events {newest + 1} to {oldest} of {account} are kept in neither place, so nothing can follow")
    for known in (oldest, newest):
        if not await _same(here, there, account, known):
            first = known if known == oldest else await _parting(here, there, account, oldest, newest)
            raise Differs(f"event {first} of {account} is another one there than here")
    if theirs.seq > ours.seq:
        raise Differs(f"event {ours.seq + 1} of {account} is there but not here, where the journal ends before it")
    return theirs


async def beside(here: Ask, there: Ask, account: str) -> Broken | None:
    """Return the first event in which the journal `here` is not the one of which the database `there` has a copy.

    The copy is looked at first: a journal that is written and shipped meanwhile is only ever longer.
    """
    theirs: Extent = await there(extent_of, account)
    ours: Extent = await here(extent_of, account)
    if theirs.seq > ours.seq:
        what = "is in the copy that the database has, but the journal ends before it"
        return Broken(account, ours.seq + 1, f"{what}: here at {ours.seq:,}, there at {theirs.seq:,}")
    if not await _same(here, there, account, theirs.seq):
        first = await _parting(here, there, account, max(ours.first_seq, theirs.first_seq), theirs.seq)
        return Broken(account, first, "is another one in the copy that the database has")
    return None


async def _parting(here: Ask, there: Ask, account: str, same: int, other: int) -> int:
    """Return the first event that differs: each seals all before it, so halving finds it."""
    while other - same > 1:
        middle = (same + other) // 2
        if await _same(here, there, account, middle):
            same = middle
        else:
            other = middle
    return other


async def _same(here: Ask, there: Ask, account: str, seq: int) -> bool:
    return bool(await here(hash_at, account, seq) == await there(hash_at, account, seq))
