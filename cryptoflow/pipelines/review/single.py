"""The values of a file that stands for itself: a strategy, a tier, or a part of specs."""

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

from pydantic import BaseModel

from cryptoflow.pipelines.explaining.fields import of_field, plain
from cryptoflow.pipelines.explaining.in_force import Offer, Value, hidden
from cryptoflow.spec.document import Opener, load
from cryptoflow.spec.pipeline import Pipeline
from cryptoflow.spec.strategy_file import StrategyFile
from cryptoflow.spec.tier_file import TierFile
from cryptoflow.spec.tree import Tree

OWN = "strategies.own."
"""What the keys of a strategy begin with that no pipeline has given an id."""


def strategy_values(file: Path, opener: Opener) -> tuple[Value, ...]:
    """What a strategy file says, under the keys it would have in a pipeline that uses it as it is."""
    values = []
    for value in _told(StrategyFile, _tree(file, opener)):
        head, _, rest = value.key.partition(".")
        key = f"with.{rest.removesuffix('.default')}" if head == "params" and rest.endswith(".default") else value.key
        values.append(value._replace(key=f"{OWN}{key}"))
    return tuple(hidden(value) for value in values)


def tier_values(file: Path, opener: Opener) -> tuple[Value, ...]:
    """What a tier file says; the number of a tier is no ceiling, and has a key of its own."""
    told = _told(TierFile, _tree(file, opener))
    return tuple(hidden(value._replace(key="number") if value.key == "tier" else value) for value in told)


def part_values(file: Path, opener: Opener) -> tuple[Value, ...]:
    """What a part of specs says, under the keys it will have in them."""
    return tuple(hidden(value) for value in _told(Pipeline, _tree(file, opener)))


def _tree(file: Path, opener: Opener) -> Tree:
    tree = load(file, read=opener).tree
    assert tree is not None
    return tree


def _told(model: type[BaseModel], tree: Tree) -> Iterator[Value]:
    """Every value that was written; a list is one value, whatever is in it."""
    for key, inside in tree.children():
        about = of_field(model.model_fields.get(str(key))).text
        yield from _inside(str(key), inside, about)


def _inside(key: str, tree: Tree, about: str) -> Iterator[Value]:
    """The values below a key: blocks by their keys, plugins by their names, any other list as one."""
    if isinstance(tree.value, dict):
        for name, inside in tree.children():
            yield from _inside(f"{key}.{name}", inside, about)
        return
    said = plain(tree.plain())
    if isinstance(said, list) and said and all(isinstance(each, dict) and "use" in each for each in said):
        for block, (_, inside) in zip(said, tree.children(), strict=True):
            own = f"{key}.{block['use']}"
            yield from _inside(own, inside.without("use") if len(block) > 1 else replace(inside, value="on"), about)
        return
    yield Value(key, said, about, (Offer(said, str(tree.place), holds=True),))
