"""What a probe found, told in the journal of the account that its spec trades."""

from typing import TYPE_CHECKING

from cryptoflow.clock import MachineClock
from cryptoflow.domain.events.evidence import ProbeFailed, ProbePassed
from cryptoflow.domain.journal.recorded import Draft
from cryptoflow.errors import CryptoflowError

if TYPE_CHECKING:
    from cryptoflow.pipelines.probing.evidence import Evidence, Kept
    from cryptoflow.pipelines.resolved import Resolved


async def journalled(evidence: "Evidence", kept: "Kept", resolved: "Resolved") -> CryptoflowError | None:
    """Tell the account's journal what was kept of a probe; return why that could not be, None where it was.

    It belongs there, and not only into a file: the gate to tier 1 reads what is chained, before any key is read.
    """
    from cryptoflow.pipelines.journals.writing import writing

    if kept.standing is not None:
        return None
    account, clock = str(resolved.pipeline.account), MachineClock()
    kind = ProbePassed if evidence.passed else ProbeFailed
    found = kind(
        probe=evidence.kind,
        spec=resolved.pipeline.name,
        spec_hash=evidence.spec_hash,
        code=evidence.code,
        data=evidence.data,
        draws=evidence.draws,
        asked=evidence.reach.draws,
        period=evidence.period,
        bars=evidence.bars,
        own=str(resolved.pipeline.period or ""),
    )
    try:
        async with writing(account, f"probe {evidence.kind}", clock, makes=True) as work:
            await work.events.append([Draft(found, clock.now())])
            await work.commit()
    except CryptoflowError as error:
        what = f"not in the journal of {account}, so no gate sees it: {error.problems[0].what}"
        return CryptoflowError(what, fix=error.problems[0].fix, code=error.code)
    return None
