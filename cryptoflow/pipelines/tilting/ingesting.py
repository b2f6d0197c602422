"""`tilt ingest`: what the operator did becomes events, and what follows from it is written with them."""

from collections.abc import Sequence
from typing import NamedTuple

from cryptoflow.clock import MachineClock
from cryptoflow.domain.events.event import Event
from cryptoflow.domain.journal.recorded import Draft
from cryptoflow.domain.tilt.conduct import CONDUCT, Conduct, after, due, passed
from cryptoflow.errors import CryptoflowError, ExitCode
from cryptoflow.pipelines.journals.writing import writing
from cryptoflow.pipelines.operators import person
from cryptoflow.pipelines.tilting.observations import Observation
from cryptoflow.spec.shipped import tiers
from cryptoflow.storage.events.folding import folded, keep

AT_ONCE = 5_000
"""Observations of one call: all of them are one transaction."""


class Ingested(NamedTuple):
    """What came of observations: how many there were, and the names of the events that followed from them."""

    account: str
    observed: int
    followed: tuple[str, ...]


def lows() -> dict[int, float]:
    """Return the equity that each tier begins with."""
    return {tier.tier: float(tier.equity.low) for tier in tiers()}


def told(conduct: Conduct, seen: Sequence[Observation], by: str) -> tuple[Conduct, list[Draft]]:
    """Return what observations make of a conduct, and every event of that in its order."""
    drafts: list[Draft] = []
    begins = lows()

    def happen(event: Event, at: int) -> None:
        nonlocal conduct
        conduct = after(conduct, event, at)
        drafts.append(Draft(event, at, by))

    for each in seen:
        for event, at in tuple(passed(conduct, each.at)):
            happen(event, at)
        happen(each.event, each.at)
        for event in due(conduct, each.at, begins):
            happen(event, each.at)
    return conduct, drafts


async def ingest(account: str, seen: Sequence[Observation], by: str) -> Ingested:
    """Write what a person has observed into the journal of an account that has one."""
    by = person(by, "--by")
    if len(seen) > AT_ONCE:
        raise CryptoflowError(
            f"{len(seen):,} observations are too many at once", fix=f"give {AT_ONCE:,} at a time", code=ExitCode.USAGE
        )
    async with writing(account, "tilt ingest", MachineClock()) as work:
        found = await folded(work, CONDUCT)
        if seen and seen[0].at < found.state.at:
            raise CryptoflowError(
                f"the first observation is before what the journal of {account} has seen already",
                fix="give only what is newer; `cryptoflow tilt history` shows what is there",
                code=ExitCode.REFUSED,
            )
        _, drafts = told(found.state, seen, by)
        if drafts:
            await work.events.append(drafts)
            await keep(work, CONDUCT, await folded(work, CONDUCT))
            await work.commit()
    observed = {each.event.name for each in seen}  # events that nothing but an operator makes
    followed = tuple(draft.event.name for draft in drafts if draft.event.name not in observed)
    return Ingested(account, len(seen), followed)
