"""Which limits hold for a run, and where each comes from: the strictest of preset, tier and spec."""

from collections.abc import Mapping, Sequence
from types import MappingProxyType
from typing import Any, NamedTuple

from cryptoflow.plugins import registry
from cryptoflow.plugins.registry import Plugin
from cryptoflow.plugins.rules import ORDER
from cryptoflow.spec.tier_file import TierFile
from cryptoflow.spec.values import Limit, Money, Share

PRESETS: Mapping[str, Mapping[str, Mapping[str, Any]]] = {
    "tier": {},
    "strict": {"position": {"limit": Limit("2%"), "risk": Share("0.5%")}, "correlation": {"refuse": True}},
    "aggressive": {"position": {"risk": Share("2%")}},
}
"""Settings of rules that a preset changes from their defaults."""


class Bid(NamedTuple):
    """One party's value for a setting of a rule."""

    source: str
    value: Any


class Effective(NamedTuple):
    """A rule as it holds, and for each setting who bid what, the winner first."""

    plugin: Plugin
    bids: Mapping[str, tuple[Bid, ...]]


def tier_for(capital: float, tiers: Sequence[TierFile], ceiling: int | None) -> TierFile:
    """Return the tier a simulated account starts in: the highest its equity allows, sniper's at least, no higher
    than the spec's own `tier:`.
    """
    fitting = max((tier.tier for tier in tiers if capital >= tier.equity.low), default=1)
    allowed = max(1, fitting if ceiling is None else min(fitting, ceiling))
    return next(tier for tier in tiers if tier.tier == allowed)


def from_tier(tier: TierFile) -> Mapping[str, Mapping[str, Any]]:
    """Return what a tier asks of rules."""
    limits = tier.limits
    if limits is None:
        return {}
    return {
        "order": {"limit": Limit(str(limits.order))},
        "position": {"limit": Limit(str(limits.position))},
        "count": {"positions": limits.positions},
        "exposure": {"limit": Limit(f"{100 * limits.leverage}%")} if limits.leverage == 1 else {},
        "daily_loss": {"limit": Limit(str(limits.daily_loss))},
    }


def strictest(bids: Sequence[Bid], *, larger: bool = False) -> tuple[Any, tuple[Bid, ...]]:
    """Return the value that holds, and all bids with the winner first; of what is no number the last word holds.

    The smaller number is the stricter, or else the larger.

    >>> value, bids = strictest([Bid("default", 10), Bid("tier 1", 1)])
    >>> value, bids[0].source
    (1, 'tier 1')
    """
    if isinstance(bids[0].value, Limit):
        share = min(bid.value.share for bid in bids)
        amount = min(bid.value.amount for bid in bids)
        ordered = sorted(bids, key=lambda bid: (bid.value.share != share, bid.value.amount != amount))
        return joined(bids, share, amount), tuple(ordered)
    if not isinstance(bids[0].value, int | float | Money):
        return bids[-1].value, tuple(reversed(bids))
    ordered = sorted(bids, key=lambda bid: float(bid.value), reverse=larger)
    return ordered[0].value, tuple(ordered)


def joined(bids: Sequence[Bid], share: float, amount: float) -> Limit:
    """Return one limit made of the strictest share and the strictest amount that anybody bid."""
    parts: list[str] = []
    for bid in bids:
        for part in str(bid.value).split(" or "):
            limit = Limit(part)
            if limit.share == share and share <= 1 and "%" in part and not any("%" in have for have in parts):
                parts.append(part)
            if limit.amount == amount and "%" not in part and not any("%" not in have for have in parts):
                parts.append(part)
    return Limit(" or ".join(parts))


SHARED = {("correlation", "limit"): ("position", "limit")}
"""Settings that are no looser than another's, which stands before them."""


def effective_rules(
    preset: str,
    tier: TierFile,
    asked: Mapping[str, Plugin],
    places: Mapping[str, str],
    elsewhere: Mapping[str, Mapping[str, Bid]] = MappingProxyType({}),
) -> dict[str, Effective]:
    """Return every rule that holds, in the order in which rules answer; guests come after the built-in ones.

    `asked` are the spec's own rules, `elsewhere` what it says of a rule's setting in other blocks. A spec can
    tighten a default but not loosen it; looser presets exist for who needs them.
    """
    built_in = [name for name in ORDER if name in registry.built_in("rule")]
    tier_asks, preset_asks = from_tier(tier), PRESETS[preset]
    found: dict[str, Effective] = {}
    for name in [*built_in, *(name for name in asked if name not in built_in)]:
        plugin = asked[name] if name in asked else registry.find("rule", name)()
        default = type(plugin)() if name in built_in else plugin
        settings: dict[str, Any] = {}
        bids: dict[str, tuple[Bid, ...]] = {}
        for field in type(plugin).model_fields:
            offers = [Bid(f"default of {name}", getattr(default, field))]
            if field in preset_asks.get(name, {}):
                offers = [Bid(f"preset {preset}", preset_asks[name][field])]
            if field in tier_asks.get(name, {}):
                offers.append(Bid(f"tier {tier.tier} ({tier.name})", tier_asks[name][field]))
            if field in elsewhere.get(name, {}):
                offers.append(elsewhere[name][field])
            if name in asked and field in plugin.model_fields_set:
                offers.append(Bid(places.get(name, "spec"), getattr(plugin, field)))
            if (name, field) in SHARED:
                first, other = SHARED[name, field]
                offers.extend(bid for bid in found[first].bids[other] if not bid.source.startswith("default"))
            settings[field], bids[field] = strictest(offers, larger=field in getattr(plugin, "larger", ()))
        found[name] = Effective(type(plugin)(**settings), bids)
    return found
