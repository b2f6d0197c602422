"""What `tier show` and `tier gates` say."""

from math import isfinite
from pathlib import Path
from typing import Any, NamedTuple

from cryptoflow.clock import Clock, MachineClock
from cryptoflow.domain.codes import Cause
from cryptoflow.domain.discipline.paces import paced
from cryptoflow.domain.discipline.tiers import state_of
from cryptoflow.domain.journal.recorded import is_recorded
from cryptoflow.errors import CryptoflowError
from cryptoflow.market.times import moment
from cryptoflow.pipelines.resolve import resolve
from cryptoflow.pipelines.resolved import Resolved
from cryptoflow.pipelines.tiers.live import pipeline_of
from cryptoflow.pipelines.tiers.setup import Advice, advice
from cryptoflow.pipelines.tiers.showing import Gate, gates_before
from cryptoflow.pipelines.tiers.standing import Standing, asked_about
from cryptoflow.pipelines.tiers.table import table_beside
from cryptoflow.spec.tier_file import TierFile


class Shown(NamedTuple):
    """An account in its tier at a moment."""

    standing: Standing
    tier: TierFile
    at: int

    @property
    def account(self) -> str:
        """Whose it is."""
        return self.standing.account.name

    @property
    def state(self) -> str:
        """The state of the tier machine."""
        return state_of(self.standing.tier, self.standing.account.standing.demoted).value

    @property
    def place(self) -> str:
        """Where it stands, for people."""
        exits = ", exits only" if self.standing.account.standing.demoted else ""
        return f"tier {self.tier.tier} ({self.tier.name}){exits}"

    @property
    def size(self) -> float:
        """The share of its size that an entry keeps while a promotion is new."""
        return paced(self.standing.account.standing.promoted_at, self.at, self.tier.protection.pace())

    @property
    def killed_by(self) -> str:
        """What tripped the kill switch, nothing where it is released."""
        halt = self.standing.account.halt
        return Cause(halt.cause).name.lower() if halt.tripped else ""

    def facts(self) -> dict[str, Any]:
        """Return it as JSON values."""
        until = self.standing.waits_until(self.at)
        return {
            "account": self.account,
            "tier": self.tier.tier,
            "name": self.tier.name,
            "state": self.state,
            "size": self.size,
            "protection": [{"size": phase.size, "ends": moment(phase.ends)} for phase in self.standing.phases(self.at)],
            "promotion_from": None if until is None else moment(until),
            "killed_by": self.killed_by or None,
            "limits": None if self.tier.limits is None else self.tier.limits.model_dump(mode="json", exclude_none=True),
            "doubts": [each._asdict() for each in self.standing.doubts],
            "events": self.standing.events,
        }


class Gates(NamedTuple):
    """The gates before an account, and the set-up that is advised behind them."""

    account: str
    tier: TierFile
    upper: TierFile | None
    gates: tuple[Gate, ...]
    advice: tuple[Advice, ...]
    waits_until: int | None

    @property
    def head(self) -> str:
        """What they lead to."""
        here = f"{self.account} is in tier {self.tier.tier} ({self.tier.name})"
        if self.upper is None:
            return f"{here}: there is none above"
        met = sum(gate.met for gate in self.gates)
        return f"{here}; {met} of {len(self.gates)} gates to tier {self.upper.tier} ({self.upper.name}) are met"

    def facts(self) -> dict[str, Any]:
        """Return it as JSON values; a value that nothing shows is null, as is one without end."""
        return {
            "account": self.account,
            "tier": self.tier.tier,
            "to": None if self.upper is None else self.upper.tier,
            "promotion_from": None if self.waits_until is None else moment(self.waits_until),
            "gates": [
                {**gate._asdict(), "value": gate.value if isfinite(gate.value) else None, "available": gate.available}
                for gate in self.gates
            ],
            "setup": [each._asdict() for each in self.advice],
        }


async def shown(account: str, home: Path | None = None, clock: Clock | None = None) -> Shown:
    """Return where an account stands now."""
    found = await asked_about(account, home)
    return Shown(found, table_beside().tiers[found.tier], asked_at(found, clock))


async def gates_told(account: str, spec: Path | None, home: Path | None = None, clock: Clock | None = None) -> Gates:
    """Return the gates before an account, for the spec that is asked about."""
    found = await asked_about(account, home)
    now = asked_at(found, clock)
    resolved = resolve(spec) if spec is not None else usual()
    table = table_beside(None if spec is None else spec)
    upper = table.tiers[found.tier + 1] if found.tier < 4 else None
    gates = await gates_before(found, table, resolved, now, home)
    advised = tuple(advice(upper)) if upper is not None else ()
    return Gates(account, table.tiers[found.tier], upper, gates, advised, found.waits_until(now))


def asked_at(found: Standing, clock: Clock | None) -> int:
    """Return the moment that is asked about: now, but for a recorded run its end, after which it lived no day."""
    account = found.account
    if is_recorded(account.name) and account.at:
        return account.at
    return (clock or MachineClock()).now()


def usual() -> Resolved | None:
    """Return the spec that the file of tier 1 names, where there is one that is well."""
    try:
        return resolve(pipeline_of(table_beside(), 1))
    except CryptoflowError:
        return None
