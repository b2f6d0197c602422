"""Every value that holds for a spec: what it is, who said so, and whom that overruled."""

from collections.abc import Iterable, Iterator
from typing import Any, NamedTuple

from cryptoflow.pipelines.declared import Declared
from cryptoflow.pipelines.explaining.ceilings import Ceilings
from cryptoflow.pipelines.explaining.fields import about, of_field, of_plugin, plain
from cryptoflow.pipelines.limits import Bid, Effective, effective_rules, tier_for
from cryptoflow.pipelines.resolved import RULES, Resolved
from cryptoflow.pipelines.tiers.table import table_of
from cryptoflow.spec.names import Variable
from cryptoflow.spec.secrets import REFERENCE, SECRET_KEY, looks_secret
from cryptoflow.spec.strategy_file import StrategyFile
from cryptoflow.spec.tree import Path, Tree

DEFAULT = "default"
HIDDEN = "***"
SPEC = "spec"
PRECEDENCE = (DEFAULT, "preset", SPEC, "tier")
"""Who may bid for a limit, the lowest first; the strictest bid holds, whoever made it."""

MAX_DISTANCE = ("risk", "stop_loss", "max_distance")
"""What a spec says of the rule `stop` in a block of its own."""

DEFINED_ELSEWHERE = {"cryptoflow", "params"}
"""Keys of a strategy file that say nothing about trading by themselves."""


class Offer(NamedTuple):
    """What one party says a value should be, and whether (a part of) it holds."""

    value: Any
    source: str
    holds: bool = False
    reference: Any = None
    """What is shown instead of a value from the environment."""

    @property
    def shown(self) -> Any:
        """The value as it was written."""
        return self.value if self.reference is None else self.reference


class Value(NamedTuple):
    """A value in force, and all that was offered for it in order of precedence, the lowest first."""

    key: str
    value: Any
    about: str
    offers: tuple[Offer, ...]
    reference: Any = None
    """What is shown instead of a value from the environment."""

    @property
    def shown(self) -> Any:
        """The value as it was written."""
        return self.value if self.reference is None else self.reference

    def as_written(self) -> "Value":
        """The same value with references for all that comes from the environment."""
        offers = tuple(offer._replace(value=offer.shown) for offer in self.offers)
        return self._replace(value=self.shown, offers=offers)

    @property
    def source(self) -> str:
        """Who said so: a place in a file, an option, a tier, or the default."""
        return " and ".join(offer.source for offer in self.offers if offer.holds)

    @property
    def beat(self) -> tuple[Offer, ...]:
        """The offers that were overruled, the strongest first."""
        return tuple(offer for offer in reversed(self.offers) if not offer.holds)


def in_force(resolved: Resolved, ceilings: Ceilings | None = None, tier: int | None = None) -> tuple[Value, ...]:
    """Every value of a spec by its dotted key: items of lists go by `id` or by the rule's name.

    Limits are those of the tier that a simulated run begins in, or of another.
    """
    return tuple(hidden(value) for value in _values(resolved, ceilings or table_of(resolved), tier))


def hidden(value: Value) -> Value:
    """The same value with whatever looks like a secret made unreadable."""
    name = value.key.rpartition(".")[2]
    offers = tuple(
        offer._replace(value=masked(name, offer.value), reference=masked(name, offer.reference))
        for offer in value.offers
    )
    return value._replace(value=masked(name, value.value), reference=masked(name, value.reference), offers=offers)


def masked(name: str, value: Any) -> Any:
    """A value fit to be shown under its key.

    >>> masked("url", "https://example.com"), masked("token", "hunter2"), masked("token", "${secret:hook}")
    ('https://example.com', '***', '${secret:hook}')
    """
    match value:
        case dict():
            return {key: masked(key, inside) for key, inside in value.items()}
        case list():
            return [masked(name, inside) for inside in value]
        case str() if not REFERENCE.fullmatch(value) and value and (SECRET_KEY.search(name) or looks_secret(value)):
            return HIDDEN
    return value


def _values(resolved: Resolved, ceilings: Ceilings, tier: int | None) -> Iterator[Value]:
    written = dict(_leaves(resolved.as_written()))
    for path, value in _leaves(resolved.spec()):
        if path[: len(RULES)] == RULES:
            yield from _rules(resolved, ceilings, tier)
        elif path[0] == "strategies":
            if path[2:] == ("id",):
                yield from _strategy(resolved, int(path[1]), resolved.strategies[int(path[1])])
        else:
            yield _value(resolved, path, value, written=written.get(path, value))


def _leaves(values: Any, path: Path = ()) -> Iterator[tuple[Path, Any]]:
    """Every value with its path; a list of plain values is one value, and so are a spec's rules."""
    if isinstance(values, dict) and values:
        for key, inside in values.items():
            yield from _leaves(inside, (*path, key))
    elif isinstance(values, list) and values and isinstance(values[0], dict) and path != RULES:
        for position, inside in enumerate(values):
            yield from _leaves(inside, (*path, position))
    else:
        yield path, values


def _value(resolved: Resolved, path: Path, value: Any, key: str = "", written: Any = None) -> Value:
    known = about(path, resolved.plugins)
    offers = [Offer(known.default, DEFAULT)] if known.has_default else []
    reference = written if written not in (None, value) else _reference(resolved.tree.at(path))
    settled = _settled(offers, resolved.tree, path, value, reference)
    return Value(key or ".".join(map(str, path)), value, known.text, settled, reference)


def _reference(said: Tree | None) -> Any:
    """What was written, None when nothing of it comes from the environment."""
    return said.as_written() if said is not None and said.as_written() != said.plain() else None


def _settled(defaults: list[Offer], tree: Tree, path: Path, value: Any, reference: Any = None) -> tuple[Offer, ...]:
    """All offers for a value, the one that holds marked; a default that says nothing is left out when another does."""
    said = tree.at(path)
    offers = [*_overruled(tree, path), *([_offer(said)] if said else [])]
    if said is None:
        offers += defaults or [Offer(value, DEFAULT, reference=reference)]
    else:
        offers = [*(each for each in defaults if each.value not in (None, [], {})), *offers]
    return (*offers[:-1], offers[-1]._replace(holds=True))


def _overruled(tree: Tree, path: Path) -> list[Offer]:
    """What files and options had said before the last word; also of the whole block, where that was replaced."""
    for length in range(len(path), 0, -1):
        rest, found = path[length:], tree.at(path[:length])
        if found is not None and found.beat and not any(isinstance(part, int) for part in rest):
            lost = [each.at(rest) or each for each in reversed(found.beat)]
            return [_offer(each) for each in lost]
    return []


def _offer(said: Tree) -> Offer:
    return Offer(said.plain(), placed(said), reference=_reference(said))


def placed(tree: Tree) -> str:
    """Where a value was written: its place in a file, or the option that said it."""
    return f"--set {tree.place.text}" if tree.place.file == "--set" else str(tree.place)


def _strategy(resolved: Resolved, position: int, strategy: Declared) -> Iterator[Value]:
    start: Path = ("strategies", position)
    own = f"strategies.{strategy.id}"
    elsewhere = {"id", "with_", "allocation"}
    entry = strategy.entry.model_dump(mode="json", exclude=elsewhere, exclude_none=True)
    for name, value in entry.items():
        yield _value(resolved, (*start, name), value, f"{own}.{name}")
    allocation = resolved.allocations[position]
    share = _value(resolved, (*start, "allocation"), f"{100 * allocation:.6g}%", f"{own}.allocation")
    if strategy.entry.allocation is None:
        share = share._replace(offers=(Offer(share.value, "default: what the others leave, in equal parts", True),))
    yield share
    for name, value in strategy.settings().items():
        yield _setting(resolved, start, strategy, name, value)
    yield from _definition(strategy, own)


def _setting(resolved: Resolved, start: Path, strategy: Declared, name: str, value: Any) -> Value:
    offers: list[Offer] = []
    text, path = "", (*start, "with", name)
    if strategy.definition is not None and strategy.tree is not None:
        param = strategy.definition.params[Variable(name)]
        said = strategy.tree.at(("params", name, "default"))
        offers = [Offer(plain(param.default), str(said.place) if said else DEFAULT)]
        text = f"parameter of {strategy.definition.strategy}" + (f", {param.range}" if param.range else "")
    elif strategy.plugin is not None:
        known = of_plugin(type(strategy.plugin), name)
        text, offers = known.text, [Offer(known.default, DEFAULT)] if known.has_default else []
    settled = _settled(offers, resolved.tree, path, value)
    return Value(f"strategies.{strategy.id}.with.{name}", value, text, settled, _reference(resolved.tree.at(path)))


def _definition(strategy: Declared, own: str) -> Iterator[Value]:
    """What a strategy's file says, under the strategy's own key."""
    if strategy.definition is None or strategy.tree is None:
        return
    said = strategy.definition.model_dump(mode="json", exclude=DEFINED_ELSEWHERE, exclude_none=True)
    for path, value in _leaves(said):
        at = strategy.tree.at(path)
        if at is not None:
            field = of_field(StrategyFile.model_fields[str(path[0])])
            source = Offer(value, str(at.place), holds=True)
            yield Value(f"{own}.{'.'.join(map(str, path))}", value, field.text, (source,))


def _rules(resolved: Resolved, ceilings: Ceilings, tier: int | None) -> Iterator[Value]:
    """Every rule that holds for a simulated run, its own settings and what else was asked of them."""
    references = {placed(leaf): leaf.as_written() for _, leaf in resolved.origins() if leaf.reference}
    for name, effective in rules_in_force(resolved, ceilings, tier).items():
        for setting, bids in effective.bids.items():
            value = getattr(effective.plugin, setting)
            offers = tuple(
                offer._replace(reference=references.get(offer.source))
                for offer in _bids(effective, name, setting, bids, ceilings)
            )
            holds = [offer for offer in offers if offer.holds]
            written = any(offer.reference is not None for offer in holds)
            reference = " and ".join(str(offer.shown) for offer in holds) if written else None
            text = of_plugin(type(effective.plugin), setting).text
            yield Value(f"risk.rules.{name}.{setting}", plain(value), text, offers, reference)
        if not effective.bids:
            on = (Offer("on", DEFAULT, holds=True),)
            yield Value(f"risk.rules.{name}", "on", (type(effective.plugin).__doc__ or "").split("\n")[0], on)


def rules_in_force(
    resolved: Resolved, ceilings: Ceilings, number: int | None = None, preset: str | None = None
) -> dict[str, Effective]:
    """The rules of a simulated run under a table of tiers: in its first tier and with its own preset, or in others."""
    tier = tier_for(float(resolved.pipeline.capital), ceilings.tiers, resolved.pipeline.tier)
    if number is not None:
        tier = next(each for each in ceilings.tiers if each.tier == number)
    asked = {rule.plugin_name: rule for rule in resolved.rules}
    places = {}
    for position, rule in enumerate(resolved.rules):
        for setting in type(rule).model_fields:
            at = resolved.origin((*RULES, position, setting))
            places[rule.plugin_name, setting] = placed(at) if at else ""
    distance = resolved.pipeline.risk.stop_loss.max_distance
    written = resolved.origin(MAX_DISTANCE)
    elsewhere = {"stop": {"max_distance": Bid(placed(written) if written else DEFAULT, distance)}}
    names = {name: name for name in asked}
    found = effective_rules(preset or resolved.pipeline.risk.preset, tier, asked, names, elsewhere)
    return {name: _with_places(effective, places) for name, effective in found.items()}


def _with_places(effective: Effective, places: dict[tuple[str, str], str]) -> Effective:
    bids = {
        setting: tuple(bid._replace(source=places.get((bid.source, setting), bid.source)) for bid in given)
        for setting, given in effective.bids.items()
    }
    return effective._replace(bids=bids)


def _bids(effective: Effective, rule: str, setting: str, bids: Iterable[Bid], ceilings: Ceilings) -> tuple[Offer, ...]:
    """The bids for a setting in order of precedence; of a limit, share and amount may come from different parties."""
    holds = getattr(effective.plugin, setting)
    offers = []
    for bid in sorted(bids, key=_precedence):
        source = bid.source
        if source.startswith("tier "):
            place = ceilings.place(int(source.split()[1]), rule, setting)
            source = f"{source}, {place}" if place else source
        offers.append(Offer(plain(bid.value), source, _contributes(bid.value, holds)))
    known = of_plugin(type(effective.plugin), setting)
    if known.has_default and not any(offer.source.startswith(DEFAULT) for offer in offers):
        offers.insert(0, Offer(known.default, f"default of {rule}"))
    return tuple(offers)


def _precedence(bid: Bid) -> int:
    word = bid.source.partition(" ")[0]
    return PRECEDENCE.index(word) if word in PRECEDENCE else PRECEDENCE.index(SPEC)


def _contributes(bid: Any, holds: Any) -> bool:
    if not hasattr(holds, "share") or not hasattr(holds, "amount"):
        return bool(bid == holds)
    same = [part for part in ("share", "amount") if getattr(bid, part) == getattr(holds, part) < float("inf")]
    return bool(same)
