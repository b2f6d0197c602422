"""`status`: how an account stands, as its journal and its lease tell it."""

from dataclasses import dataclass
from pathlib import Path
from typing import Any

from cryptoflow.clock import Clock
from cryptoflow.domain.journal.recorded import is_recorded
from cryptoflow.domain.recovery.asking import phrase_of
from cryptoflow.domain.recovery.states import KillState
from cryptoflow.domain.recovery.switch import SWITCH, Switch, after
from cryptoflow.pipelines.databases.leases import terms
from cryptoflow.pipelines.databases.opening import ready
from cryptoflow.pipelines.databases.targets import shared
from cryptoflow.pipelines.journals.place import opened
from cryptoflow.pipelines.journals.succeeding import TOLD
from cryptoflow.storage.database import Database
from cryptoflow.storage.events.folding import folded
from cryptoflow.storage.events.reading import Wanted
from cryptoflow.storage.leases.grants import Grant, moment
from cryptoflow.storage.leases.lease import Leases
from cryptoflow.storage.work.sql_store import SqlStore


@dataclass(frozen=True, slots=True)
class Standing:
    """An account at a moment: its switch, and who holds its lease."""

    account: str
    switch: Switch
    grant: Grant
    at: int

    @property
    def phrase(self) -> str | None:
        """Return what releases the switch, None where there is nothing to release, or nobody who could."""
        return phrase_of(self.account, self.switch) if self.switch.bars and not is_recorded(self.account) else None

    def facts(self) -> dict[str, Any]:
        """Return what programs read."""
        switch, held = self.switch, self.grant.left(self.at) > 0
        kill: dict[str, Any] = {"state": switch.standing(self.at).value, "size": switch.size(self.at)}
        if switch.bars:
            kill |= {
                "cause": switch.cause,
                "value": switch.value,
                "limit": switch.limit,
                "reason": switch.reason,
                "by": switch.tripped_by,
                "at": switch.tripped_at,
                "plan": switch.progress.plan or None,
                "step": str(switch.progress.now) if switch.progress.now else None,
                "kept": list(switch.progress.kept),
                "phrase": self.phrase,
            }
        lease = {"holder": self.grant.holder, "token": self.grant.token, "expires_at": self.grant.expires_at}
        return {"account": self.account, "kill": kill, "lease": lease if held else None}

    def lines(self) -> list[str]:
        """Return what people read."""
        switch, state = self.switch, self.switch.standing(self.at)
        lines = [f"{self.account}: kill switch {state.value}{_meaning(state, switch.size(self.at))}"]
        if switch.bars:
            by = f" by {switch.tripped_by}" if switch.reason else ""
            lines.append(f"tripped {moment(switch.tripped_at)}{by}: {cause_of(switch)}")
            if switch.reason:
                lines.append(f"reason: {switch.reason}")
            step = switch.progress.now
            if switch.progress.plan:
                where = f"at {step}" if state is KillState.RECOVERING else "finished"
                lines.append(f"plan {switch.progress.plan}: {where}")
            if switch.progress.kept:
                lines.append(f"could not be done: {', '.join(switch.progress.kept)}; look at it at the venue")
            if self.phrase is not None:
                lines.append(f"release: --phrase {chr(34)}{self.phrase}{chr(34)}")
        held = self.grant.left(self.at) > 0
        lines.append(f"held by {self.grant.holder}" if held else "held by nobody")
        return lines


def _meaning(state: KillState, size: float) -> str:
    return {
        KillState.ARMED: "",
        KillState.TRIPPED: ": nothing is entered; nobody has begun the recovery plan",
        KillState.RECOVERING: ": nothing is entered; the recovery plan is under way",
        KillState.WAITING: ": nothing is entered until an operator releases it",
        KillState.RESUMING: f": entries at {size:.0%} of their size",
    }[state]


def cause_of(switch: Switch) -> str:
    """Return a trip in words.

    >>> cause_of(Switch(cause="day_loss", value=0.04, limit=0.03)), cause_of(Switch(cause="manual", value=1.0))
    ('day loss 0.04, limit 0.03', 'manual')
    """
    words = switch.cause.replace("_", " ")
    return words if switch.cause == "manual" else f"{words} {switch.value:.6g}, limit {switch.limit:.6g}"


async def standing(account: str, clock: Clock) -> Standing:
    """Return how an account with a journal stands."""
    switch = await switch_of(account)
    grant, at = await lease_of(account, clock)
    return Standing(account, switch, grant, at)


async def switch_of(account: str, home: Path | None = None) -> Switch:
    """Return the switch of an account with a journal."""
    async with opened(account, home) as database:
        return await switch_in(database, account)


async def lease_of(account: str, clock: Clock) -> tuple[Grant, int]:
    """Return an account's lease as it was last given, and what time it is for it."""
    if not shared().exists():
        return Grant(account), clock.now()
    async with ready(shared(), reads=True) as database:
        return await Leases(database, clock, terms()).last(account)


async def switch_in(database: Database, account: str) -> Switch:
    """Return the switch that a journal tells; of one whose oldest events were retired, by its snapshot."""
    async with SqlStore(database).view(account) as work:
        if (await work.events.beginning()).seq:
            return (await folded(work, SWITCH)).state
        switch = Switch()
        async for each in work.events.read(Wanted(account, names=TOLD)):
            switch = after(switch, each)
        return switch
