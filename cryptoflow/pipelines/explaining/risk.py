"""The limits that hold for a spec in a tier: each with its source and what it beat, in money, and what they lead to."""

from collections.abc import Iterator
from typing import Any, NamedTuple

from cryptoflow.domain.discipline.records import Tier
from cryptoflow.domain.discipline.trips import day_limit, fall_limit, fatal_day
from cryptoflow.domain.tilt.levels import SHARES
from cryptoflow.pipelines.assemble import rules_of, starting_tier, tier_of
from cryptoflow.pipelines.explaining.alike import Alike, alike
from cryptoflow.pipelines.explaining.explain import LOWEST, Explained, explain, tiers_of
from cryptoflow.pipelines.explaining.fields import plain
from cryptoflow.pipelines.explaining.in_force import rules_in_force
from cryptoflow.pipelines.gates import gates_of
from cryptoflow.pipelines.limits import PRESETS
from cryptoflow.pipelines.resolved import Resolved
from cryptoflow.pipelines.tiers.table import table_of
from cryptoflow.plugins.limits import ceiling
from cryptoflow.spec.tier_file import TierFile
from cryptoflow.spec.values import Limit


class Amount(NamedTuple):
    """A limit as money, at the equity that is spoken of."""

    what: str
    money: float


class Phase(NamedTuple):
    """A time in which entries are smaller than all limits allow: their sizes, one after the other, and for how long."""

    when: str
    sizes: tuple[float, ...]
    each: str


class Told(NamedTuple):
    """All that limits a spec in a tier. `tiers` are those that a run of it may be in, `begins` the first of them.

    `holds` says whether discipline is on at all. `trips` is what throws the kill switch; `warned` what is lost where a
    warning comes before it, at a share of `near` of the day's limit, of the fall and of what a streak may cost.
    `alike` are the symbols that share a position limit, None where there are no two; `presets` the limits that each
    other preset would change.
    """

    name: str
    tier: TierFile
    begins: int
    tiers: tuple[int, ...]
    equity: float
    currency: str
    values: Explained
    amounts: tuple[Amount, ...]
    phases: tuple[Phase, ...]
    trips: tuple[Amount, ...]
    warned: tuple[Amount, ...]
    near: float
    holds: bool
    alike: Alike | None
    presets: dict[str, dict[str, Any]]


def risk(resolved: Resolved, number: int | None = None) -> Told:
    """Return what limits a spec in the tier that a simulated run begins in, or in another that it may come to."""
    table, begins = table_of(resolved), starting_tier(resolved)
    number = begins.tier if number is None else number
    values = explain(resolved, "risk", number)
    place = next(place for place, each in enumerate(table.tiers) if each.tier == number)
    tier, capital = table.tiers[place], resolved.pipeline.capital
    equity = float(capital) if number == begins.tier else float(tier.equity.low)
    rules = rules_of(resolved, tier)
    counted = tier_of(tier, rules, gates_of(table.trees[place]), float(resolved.pipeline.risk.warn_at))
    return Told(
        name=resolved.pipeline.name,
        tier=tier,
        begins=begins.tier,
        tiers=tiers_of(resolved),
        equity=equity,
        currency=capital.currency,
        values=values,
        amounts=tuple(amounts(rules, equity)),
        phases=tuple(phases(resolved, tier, rules["daily_loss"].plugin)),
        trips=losses(counted, fatal_day(counted, equity), equity, 1.0),
        warned=losses(counted, day_limit(counted, equity), equity, counted.warn_at),
        near=counted.warn_at,
        holds=resolved.pipeline.discipline == "on",
        alike=alike(resolved, counted, rules["correlation"].plugin),
        presets={name: others(resolved, number, name) for name in PRESETS if name != resolved.pipeline.risk.preset},
    )


def losses(tier: Tier, day: float, equity: float, part: float) -> tuple[Amount, ...]:
    """Return what may be lost in a day, in a fall and in a streak, or a part of it, at an equity."""
    return (
        Amount("loss of a day", part * day),
        Amount("fall from the peak", part * fall_limit(tier, equity)),
        Amount(f"{tier.streak} losing trades in a row that cost", part * tier.streak_cost * equity),
    )


def amounts(rules: Any, equity: float) -> Iterator[Amount]:
    """Yield every limit that is a share or an amount of money as what it comes to."""
    for name, effective in rules.items():
        for setting in type(effective.plugin).model_fields:
            said = getattr(effective.plugin, setting)
            if isinstance(said, Limit) and name != "drawdown":
                yield Amount(f"{name}.{setting}", ceiling(equity, said.share, said.amount))
    yield Amount("position.risk", equity * float(rules["position"].plugin.risk))


def phases(resolved: Resolved, tier: TierFile, day: Any) -> Iterator[Phase]:
    """Yield when entries are smaller; factors do not multiply, the smallest applies."""
    protection, resume = tier.protection, resolved.pipeline.risk.resume
    if tier.tier > LOWEST:
        yield Phase("after a promotion to this tier", tuple(map(float, protection.phases)), f"{protection.each} each")
    yield Phase("after the kill switch", tuple(map(float, resume.steps)), f"{resume.each} each")
    yield Phase(f"from {day.caution} of the day's limit on", (float(day.size),), "until 00:00 UTC")
    yield Phase("restricted for tilt", (float(resolved.pipeline.risk.tilt.restricted.size),), "while it lasts")
    yield Phase("after a lock-out for tilt", SHARES[1:], "for 3, 5 and 7 winning trades, or 5 calm days each")


def others(resolved: Resolved, tier: int, preset: str) -> dict[str, Any]:
    """Return every limit that another preset would change, as it would be."""
    own, other = (rules_in_force(resolved, table_of(resolved), tier, name) for name in (None, preset))
    return {
        f"risk.rules.{name}.{setting}": plain(getattr(other[name].plugin, setting))
        for name, effective in own.items()
        for setting in effective.bids
        if getattr(effective.plugin, setting) != getattr(other[name].plugin, setting)
    }
