"""`tier ack`: a person takes note of a demotion."""

from pathlib import Path

from cryptoflow.clock import Clock, MachineClock
from cryptoflow.domain.events.discipline import TierAcknowledged
from cryptoflow.domain.journal.recorded import Draft, Recorded
from cryptoflow.errors import CryptoflowError, ExitCode
from cryptoflow.pipelines.operators import person
from cryptoflow.pipelines.tiers.standing import standing_of


async def acknowledged(account: str, operator: str, home: Path | None = None, clock: Clock | None = None) -> Recorded:
    """Tell an account's journal that a person has taken note of its demotion; once is enough."""
    from cryptoflow.pipelines.journals.writing import writing

    name = person(operator)
    clock = clock or MachineClock()
    async with writing(account, "tier ack", clock, home) as work:
        found = await standing_of(account, home)
        if not found.account.standing.demoted:
            raise CryptoflowError(
                f"{account} has no demotion to acknowledge: it is in tier {found.tier}",
                fix=f"`cryptoflow tier show --account {account}` shows what keeps it from more",
                code=ExitCode.REFUSED,
            )
        (recorded,) = await work.events.append([Draft(TierAcknowledged(found.tier), clock.now(), name)])
        await work.commit()
    return recorded
