"""`tier ack`: a person takes note of a demotion."""

from pathlib import Path

from cryptoflow.clock import Clock, MachineClock
from cryptoflow.domain.discipline.folding import MACHINES
from cryptoflow.domain.events.discipline import TierAcknowledged
from cryptoflow.domain.journal.recorded import Draft, Recorded
from cryptoflow.errors import CryptoflowError, ExitCode
from cryptoflow.pipelines.tiers.standing import standing_of


async def acknowledged(account: str, operator: str, home: Path | None = None, clock: Clock | None = None) -> Recorded:
    """Tell an account's journal that a person has taken note of its demotion; once is enough."""
    from cryptoflow.pipelines.tiers.writing import written

    name = operator.strip()
    if not name or name in MACHINES:
        raise CryptoflowError(
            f"{operator!r} is nobody's name", fix="give your own: --operator ada", code=ExitCode.USAGE
        )
    found = await standing_of(account, home)
    if not found.account.standing.demoted:
        raise CryptoflowError(
            f"{account} has no demotion to acknowledge: it is in tier {found.tier}",
            fix=f"`cryptoflow tier show --account {account}` shows what keeps it from more",
            code=ExitCode.REFUSED,
        )
    draft = Draft(TierAcknowledged(found.tier), (clock or MachineClock()).now(), name)
    return (await written(account, [draft], "tier ack", home))[0]
