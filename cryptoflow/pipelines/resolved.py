"""A spec with every name looked up, and the ways to show, compare and store it."""

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property
from hashlib import sha256
from os.path import relpath
from pathlib import Path
from typing import TYPE_CHECKING, Any

from cryptoflow.domain.metrics import EVERY_DAY
from cryptoflow.pipelines.declared import Declared
from cryptoflow.plugins.guests import Guest
from cryptoflow.plugins.registry import Plugin
from cryptoflow.spec import tree as trees
from cryptoflow.spec.features import Need, needs_tier
from cryptoflow.spec.pipeline import Pipeline
from cryptoflow.spec.tree import Tree
from cryptoflow.spec.writing import to_yaml

if TYPE_CHECKING:
    from cryptoflow.pipelines.listed import Listed

SIZING, HISTORY, LIVE = ("sizing",), ("sources", "history"), ("sources", "live")
SLIPPAGE = ("execution", "costs", "slippage")
RULES = ("risk", "rules")


@dataclass(frozen=True)
class Resolved:
    """A spec ready to be assembled: its model, its strategies and plugins, and where every value came from."""

    pipeline: Pipeline
    strategies: tuple[Declared, ...]
    plugins: Mapping[trees.Path, Plugin]
    """The plugin of each block with `use:` by its path; blocks of kinds not built yet have none."""
    needed: tuple[Need, ...]
    tree: Tree
    file: Path
    files: tuple[Path, ...]
    """All files that were read: the spec, what it extends, its strategies."""
    guests: tuple[Guest, ...] = ()
    chosen: tuple[str, ...] = ()
    """The symbols of its universe, once they are known."""
    listed: "Listed | None" = None
    """What its venue allowed and charged in the days it runs over, once those are known."""

    @property
    def folder(self) -> Path:
        """Where paths of the spec start."""
        return self.file.parent

    @property
    def needs_tier(self) -> int:
        """The lowest tier that has everything the spec makes use of."""
        return needs_tier(self.needed)

    @property
    def symbols(self) -> tuple[str, ...]:
        """What is traded; nothing while a universe has not chosen."""
        return self.chosen or tuple(str(symbol) for symbol in self.pipeline.market.listed)

    @property
    def sizer(self) -> Plugin:
        """How large an entry would be."""
        return self.plugins[SIZING]

    @property
    def slippage(self) -> Plugin | None:
        """What a fill loses; None at zero cost."""
        return self.plugins.get(SLIPPAGE)

    @property
    def history(self) -> Plugin:
        """Where the bars of a backtest come from."""
        return self.plugins[HISTORY]

    @property
    def live(self) -> Plugin:
        """Where the bars of paper and live trading come from."""
        return self.plugins[LIVE]

    @property
    def days(self) -> int:
        """How many days a year has on which its prices are made."""
        return days_of(self.history)

    @property
    def rules(self) -> tuple[Plugin, ...]:
        """The spec's own rules, in its order."""
        return tuple(self.plugins[*RULES, position] for position in range(len(self.pipeline.risk.rules)))

    @cached_property
    def allocations(self) -> tuple[float, ...]:
        """The share of equity of each strategy; those without one divide what the others leave."""
        given = [strategy.entry.allocation for strategy in self.strategies]
        left = 1.0 - sum(share for share in given if share is not None)
        equal = left / max(1, given.count(None))
        return tuple(equal if share is None else float(share) for share in given)

    def origin(self, path: trees.Path) -> Tree | None:
        """What was written for a value: its place, and what it beat; None for a default."""
        return self.tree.at(path)

    def origins(self) -> Iterator[tuple[trees.Path, Tree]]:
        """Every value that was written, with its path."""
        return self.tree.leaves()

    def spec(self) -> dict[str, Any]:
        """The whole spec with every default filled in, values as written; it loads again to an equal spec."""
        values = self.pipeline.model_dump(mode="json", by_alias=True)
        for path, plugin in self.plugins.items():
            block = _at(values, path)
            block.update(plugin.model_dump(mode="json", by_alias=True))
        for strategy, entry in zip(self.strategies, values["strategies"], strict=True):
            entry["with"] = strategy.settings()
            if strategy.entry.file is not None and strategy.file is not None:
                entry["file"] = Path(relpath(strategy.file, self.folder)).as_posix()
        return values

    def as_written(self) -> dict[str, Any]:
        """The whole spec as it may be shown: with references where values come from the environment.

        In the same environment it loads again to an equal spec.
        """
        values = self.spec()
        for path, leaf in self.origins():
            if leaf.reference:
                _at(values, path[:-1])[path[-1]] = self._from_here(path, leaf)
        return values

    def _from_here(self, path: trees.Path, leaf: Tree) -> Any:
        """A reference; one to a strategy's file starts at the folder of the spec, wherever it was written."""
        named_in = Path(leaf.place.file)
        if path[0] != "strategies" or path[-1] != "file" or named_in.name.startswith("-"):
            return leaf.as_written()
        return (Path(relpath(named_in.parent, self.folder)) / leaf.reference).as_posix()

    def canonical(self) -> dict[str, Any]:
        """Everything that decides what a run does: the spec, the definitions it names, and guests by digest.

        Whom to tell of a run changes nothing in it, and an address may be a secret: `notify` stays out.
        """
        values = self.spec()
        values.pop("notify", None)
        for strategy, entry in zip(self.strategies, values["strategies"], strict=True):
            if strategy.definition is not None:
                entry["definition"] = strategy.definition.model_dump(mode="json", exclude_none=True)
        values["guests"] = {Path(guest.origin).name: guest.digest for guest in self.guests}
        return values

    @cached_property
    def spec_hash(self) -> str:
        """The digest of the canonical form: the same for specs that do the same."""
        text = json.dumps(self.canonical(), sort_keys=True, separators=(",", ":"), allow_nan=False)
        return sha256(text.encode()).hexdigest()

    def to_yaml(self) -> str:
        """The whole spec as YAML, to be stored in the spec's folder, as paths start there."""
        return to_yaml(_without_none(self.as_written()))


def days_of(source: Plugin | None) -> int:
    """How many days a year has on which a source's prices are made: 365, where it does not say otherwise."""
    return int(getattr(source, "days", EVERY_DAY))


def _at(values: Any, path: trees.Path) -> Any:
    for part in path:
        values = values[part]
    return values


def _without_none(values: Any) -> Any:
    if isinstance(values, dict):
        return {key: _without_none(inside) for key, inside in values.items() if inside is not None}
    if isinstance(values, list):
        return [_without_none(inside) for inside in values]
    return values
