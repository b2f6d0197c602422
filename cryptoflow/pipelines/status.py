"""`status`: all that discipline knows of an account, in one look."""

from collections.abc import Awaitable, Iterator
from typing import Any, NamedTuple, TypeVar

from cryptoflow.clock import Clock
from cryptoflow.domain.events.orders import OrderCreated, OrderReviewed
from cryptoflow.domain.journal.recorded import Recorded
from cryptoflow.domain.kept.curve import RiskPoint
from cryptoflow.errors import CryptoflowError
from cryptoflow.market.times import moment
from cryptoflow.pipelines.halting import standing as halting
from cryptoflow.pipelines.journals.place import opened
from cryptoflow.pipelines.tiers.telling import Shown, shown
from cryptoflow.pipelines.tilting.standing import TiltStanding, conduct_of
from cryptoflow.pipelines.tilting.standing import standing as calm_of
from cryptoflow.report.tilt_tables import sentences
from cryptoflow.storage.events.reading import Wanted, newest
from cryptoflow.storage.work.sql_store import SqlStore

T = TypeVar("T")

DECISIONS = (OrderReviewed.name, OrderCreated.name)


class Decision(NamedTuple):
    """The last decision that a journal tells: what became of which intent, and the rule that refused or reduced it."""

    seq: int
    at: int
    symbol: str
    strategy: str
    leg: str
    verdict: str
    rule: str | None


class Status(NamedTuple):
    """An account at a moment; what cannot be told of it is None, and `untold` says why."""

    switch: halting.Standing
    tier: Shown | None
    tilt: TiltStanding | None
    risk: RiskPoint | None
    decision: Decision | None
    untold: dict[str, str]

    @property
    def size(self) -> float | None:
        """Return what of its size an entry keeps now, by all that makes it smaller; None where that cannot be told."""
        if self.switch.switch.bars:
            return 0.0
        if self.tier is None or self.tilt is None:
            return None
        standing = self.tier.standing
        if standing.tier == 0 or standing.account.standing.demoted:
            return 0.0
        return min(self.switch.switch.size(self.switch.at), self.tier.size, self.tilt.size)

    def facts(self) -> dict[str, Any]:
        """Return what programs read; moments are epoch milliseconds."""
        switch = self.switch.facts()
        return {
            "account": switch["account"],
            "at": self.switch.at,
            "size": self.size,
            "kill": switch["kill"],
            "tier": None if self.tier is None else tier_facts(self.tier),
            "tilt": None if self.tilt is None else without(self.tilt._asdict(), "account", "at"),
            "risk": None
            if self.risk is None
            else {"score": self.risk.score, "drawdown": self.risk.drawdown, "at": self.risk.at},
            "decision": None if self.decision is None else self.decision._asdict(),
            "lease": switch["lease"],
            "untold": self.untold,
        }

    def lines(self) -> Iterator[str]:
        """Yield what people read."""
        *about, lease = self.switch.lines()
        yield from about
        yield f"entries: {entries(self.size)}"
        if self.tier is not None:
            yield from tier_lines(self.tier)
        if self.tilt is not None:
            told = list(sentences(self.tilt._asdict()))
            yield told[0].replace(f"{self.tilt.account}: ", "tilt ", 1)
            yield from told[1:]
        if self.risk is not None:
            fallen = f"{self.risk.drawdown:.1%} below its high"
            yield f"risk score {self.risk.score:.0f} of 100, {fallen}, {moment(self.risk.at)}"
        if self.decision is not None:
            last = self.decision
            rule = f" by {last.rule}" if last.rule else ""
            what = f"{last.leg} of {last.symbol} ({last.strategy})"
            yield f"last decision {moment(last.at)}: {what}, {last.verdict}{rule}"
        for what, why in self.untold.items():
            yield f"{what} cannot be told: {why}"
        yield lease


def entries(size: float | None) -> str:
    """Say what may be entered, by all that makes entries smaller.

    >>> [entries(size) for size in (0.0, 0.25, 1.0, None)]
    ['none', '25% of normal size', 'normal size', 'unknown']
    """
    if size is None:
        return "unknown"
    if size <= 0.0:
        return "none"
    return "normal size" if size >= 1.0 else f"{size:.0%} of normal size"


def tier_facts(tier: Shown) -> dict[str, Any]:
    """Return how an account stands in its tier: what protects it, and until when it waits."""
    return {
        "tier": tier.tier.tier,
        "name": tier.tier.name,
        "state": tier.state,
        "size": tier.size,
        "protection": [phase._asdict() for phase in tier.standing.phases(tier.at)],
        "promotion_from": tier.standing.waits_until(tier.at),
        "doubts": [each._asdict() for each in tier.standing.doubts],
    }


def tier_lines(tier: Shown) -> Iterator[str]:
    """Yield how an account stands in its tier."""
    yield tier.place
    for place, phase in enumerate(tier.standing.phases(tier.at)):
        yield f"{'then' if place else 'protection:'} {phase.size:.0%} of normal size until {moment(phase.ends)}"
    until = tier.standing.waits_until(tier.at)
    if until is not None:
        yield f"no promotion before {moment(until)}"
    for doubt in tier.standing.doubts:
        yield f"event {doubt.seq} is not believed: {doubt.what}"


def without(facts: dict[str, Any], *names: str) -> dict[str, Any]:
    """Return facts but for some."""
    return {name: value for name, value in facts.items() if name not in names}


async def status(account: str, clock: Clock) -> Status:
    """Return all that is known of an account with a journal; the switch first, and it alone has to be known."""
    switch = await halting.standing(account, clock)
    untold: dict[str, str] = {}

    async def told(what: str, asked: Awaitable[T]) -> T | None:
        try:
            return await asked
        except CryptoflowError as error:
            untold[what] = error.problems[0].what
            return None

    tier = await told("tier", shown(account, clock=clock))
    conduct = await told("tilt", conduct_of(account))
    tilt = None if conduct is None else calm_of(account, conduct, switch.at)
    risk, decision = await last_of(account)
    return Status(switch, tier, tilt, risk, decision, untold)


async def last_of(account: str) -> tuple[RiskPoint | None, Decision | None]:
    """Return what was at stake when that was last measured, and the last decision."""
    async with opened(account) as database:
        async with SqlStore(database).view(account) as work:
            risk = await work.risk.last()
        async with database.reading() as connection:
            found = await connection.run_sync(newest, Wanted(account, names=DECISIONS), 1)
    return risk, decision_of(found[0]) if found else None


def decision_of(recorded: Recorded) -> Decision | None:
    """Return a decision by the event of it; an order without a review is an exit, which nothing refuses."""
    match recorded.event:
        case OrderReviewed() as event:
            verdict, rule = event.verdict, event.rule
        case OrderCreated() as event:
            verdict, rule = "ordered", ""
        case _:
            return None
    return Decision(recorded.seq, recorded.at, event.symbol, event.strategy, event.leg, verdict, rule or None)
