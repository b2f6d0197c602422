"""What an account can show beside its own trades, and what the gates before it make of all that."""

from collections.abc import Iterable
from math import isnan, nan
from pathlib import Path
from typing import NamedTuple

from cryptoflow.domain.calendar import HOUR, MINUTE
from cryptoflow.domain.discipline.folding import MACHINES, shown_by
from cryptoflow.domain.discipline.gates import PROMOTION, Finding
from cryptoflow.domain.discipline.records import Evidence
from cryptoflow.domain.events.accounts import TradeClosed
from cryptoflow.domain.events.runs import RunEnded, RunStarted
from cryptoflow.domain.journal.recorded import GENESIS, PAPER, Recorded
from cryptoflow.pipelines.explaining.ceilings import Ceilings
from cryptoflow.pipelines.gates import gates_of
from cryptoflow.pipelines.journals.place import journal_file
from cryptoflow.pipelines.probing.evidence import code_of
from cryptoflow.pipelines.resolved import Resolved
from cryptoflow.pipelines.tiers.standing import Standing, reading
from cryptoflow.pipelines.tiers.table import found as finding_of
from cryptoflow.pipelines.tiers.table import law_of
from cryptoflow.spec.document import display

ON_PAPER = "paper"
"""The mode of a run on paper, and by whom it says what it tells."""

GAP = 90 * MINUTE
"""How long a run on paper may say nothing and still count as going on: it marks its equity each hour, a little late."""

PULSE = ("run.", "order.", "fill.", "position.", "trade.", "equity.", "risk.")
"""What the events begin with that a run tells by itself; those of commands say nothing of a run."""


class OnPaper(NamedTuple):
    """What a paper account has to show for a spec, by its journal up to an event."""

    trips: int = 0
    hours: float = 0.0
    seq: int = 0
    hash: str = GENESIS


class Gate(NamedTuple):
    """A gate as it stands: what there is, what is needed, whether that is met, and the command that feeds it."""

    name: str
    value: float
    needed: float
    met: bool
    feed: str = ""

    @property
    def available(self) -> bool:
        """Say whether there is any evidence at all."""
        return not isnan(self.value)


NO_PAPER = "nothing yet: this version does not trade on paper"

FEEDS = {
    "paper_trips": NO_PAPER,
    "paper_hours": NO_PAPER,
    "evidence": "cryptoflow probe lookahead {spec}; cryptoflow probe warmup {spec}",
    "equity": "deposit at the venue, which is asked before the first order",
}
"""What brings a gate nearer, where a command or a deed does; the others take trades and days."""


async def on_paper(account: str, spec_hash: str, home: Path | None = None) -> OnPaper:
    """Return what the paper account of an account has to show for a spec."""
    from cryptoflow.storage.events.reading import Wanted, audit, events

    name = f"{PAPER}{account}"
    if not journal_file(name, home).is_file():
        return OnPaper()
    return await reading(
        name,
        home,
        lambda connection: (
            OnPaper()
            if audit(connection, name).broken is not None
            else measured(events(connection, Wanted(name)), spec_hash)
        ),
    )


def measured(journal: Iterable[Recorded], spec_hash: str) -> OnPaper:
    """Return what the events of a paper account have to show: round trips of the spec, and its hours without a hand.

    Hours are those between one thing that a run tells and the next, where it was not silent for longer than `GAP`; what
    commands write meanwhile is none of it. An order by hand lets them begin again, a clock that was set back adds none.
    """
    trips, time, seq, digest = 0, 0, 0, GENESIS
    latest, last = 0, None
    for each in journal:
        seq, digest = each.seq, each.hash
        event = each.event if each.name in (RunStarted.name, RunEnded.name, TradeClosed.name) else None
        if isinstance(event, RunStarted):
            last = max(each.at, latest) if (event.spec_hash, event.mode) == (spec_hash, ON_PAPER) else None
        elif last is not None and each.by == ON_PAPER and each.name.startswith(PULSE):
            since, last = last, max(each.at, last)
            time += last - since if last - since <= GAP else 0
            trips += isinstance(event, TradeClosed)
        elif last is not None and each.name.startswith("order.") and each.by not in MACHINES:
            time, last = 0, max(each.at, last)
        if isinstance(event, RunEnded):
            last = None
        latest = max(latest, each.at)
    return OnPaper(trips, time / HOUR, seq, digest)


async def gates_before(
    standing: Standing, table: Ceilings, resolved: Resolved | None, at: int, home: Path | None = None
) -> tuple[Gate, ...]:
    """Return the gates to the next tier as they stand, the shipped ones tightened as the project has it."""
    upper = standing.tier + 1
    if upper >= len(table.trees):
        return ()
    evidence = await evidence_of(standing, table, resolved, at, home)
    account = standing.account
    spec = display(resolved.file) if resolved is not None else "SPEC"
    gates = []
    for name, asked in gates_of(table.trees[upper]).items():
        if asked.head == PROMOTION:
            finding = finding_of(asked, evidence, account.days, account.stops)
            gates.append(gate_of(name, finding, FEEDS.get(name, "").format(spec=spec)))
    return tuple(gates)


def gate_of(name: str, finding: Finding, feed: str) -> Gate:
    """Return a gate as it is shown."""
    return Gate(name, finding.value, finding.needed, bool(finding.met), "" if finding.met else feed)


async def evidence_of(
    standing: Standing, table: Ceilings, resolved: Resolved | None, at: int, home: Path | None = None
) -> Evidence:
    """Return what gates read: the record, and for a spec its time on paper and its probes."""
    account = standing.account
    spec_hash, code = (resolved.spec_hash, code_of(resolved)) if resolved is not None else ("", "")
    evidence = shown_by(law_of(table), account, at, spec_hash, code)
    if not standing.events and not account.wallet.equity:
        evidence.equity = nan
    if resolved is not None and standing.tier == 0:
        paper = await on_paper(account.name, spec_hash, home)
        evidence.paper_trips, evidence.paper_hours = float(paper.trips), paper.hours
    return evidence
