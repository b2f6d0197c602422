"""The blocks of a spec that name a plugin, each turned into that plugin with its settings checked by itself."""

from collections.abc import Iterator, Mapping
from typing import NamedTuple

from cryptoflow.errors import CryptoflowError, Place, Problem
from cryptoflow.pipelines.resolved import HISTORY, LIVE, RULES, SIZING, SLIPPAGE
from cryptoflow.plugins import registry
from cryptoflow.plugins.registry import Plugin
from cryptoflow.plugins.steps import mistakes
from cryptoflow.spec.features import ALGOS, ROUTES
from cryptoflow.spec.money import Limit, Money
from cryptoflow.spec.nearest import suggestion
from cryptoflow.spec.shape import shaped
from cryptoflow.spec.tree import Path, Tree

ALGO, ROUTE, NOTIFY = ("execution", "algo"), ("execution", "route"), ("notify",)
DEFAULTS = {
    SIZING: ("sizer", "risk_fraction"),
    SLIPPAGE: ("slippage", "spread_impact"),
    HISTORY: ("source", "store"),
    LIVE: ("source", "stream"),
}
"""What the models of `spec` say too, where a block is left out."""

ANNOUNCED = {"algo": tuple(ALGOS), "router": ROUTES}
"""Names of plugins that specs may hold before the plugins are there; running them is refused by name."""

SHARED_KEYS = {"use", "events"}
"""Keys of a block that belong to the spec rather than to the plugin."""


class Named(NamedTuple):
    """A block of a spec with the kind of its plugin."""

    kind: str
    path: Path
    tree: Tree


def instances(tree: Tree, guests: bool, problems: list[Problem]) -> dict[Path, Plugin]:
    """The plugins of a spec by path; what is wrong with their names or settings is added to the problems."""
    found: dict[Path, Plugin] = {}
    for block in named_blocks(tree):
        plugin = instance(block, guests, problems)
        if plugin is not None:
            found[block.path] = plugin
    for path, (kind, name) in DEFAULTS.items():
        if tree.at(path) is None and not _is_off(tree, path):
            found[path] = registry.find(kind, name)()
    return found


def named_blocks(tree: Tree) -> Iterator[Named]:
    """Every block with `use:` that was written, whatever else is wrong around it."""
    sources = (("source", HISTORY), ("source", LIVE))
    for kind, path in (("sizer", SIZING), *sources, ("slippage", SLIPPAGE), ("algo", ALGO), ("router", ROUTE)):
        inside = tree.at(path)
        if inside is not None:
            yield from named(kind, path, inside)
    for kind, path in (("rule", RULES), ("notifier", NOTIFY)):
        several = tree.at(path)
        items = several.value if several and isinstance(several.value, tuple) else ()
        for position, item in enumerate(items):
            yield from named(kind, (*path, position), item)


def named(kind: str, path: Path, tree: Tree) -> Iterator[Named]:
    """The block at a path, where it names a plugin."""
    use = tree.get("use")
    if use is not None and isinstance(use.value, str):
        yield Named(kind, path, tree)


def instance(block: Named, guests: bool, problems: list[Problem]) -> Plugin | None:
    """The plugin of a block; what is wrong with its name or its settings is added to the problems."""
    use = block.tree.get("use")
    assert use is not None
    name = str(use.value)
    announced = ANNOUNCED.get(block.kind, ())
    if name not in registry.built_in(block.kind):
        if name in announced or (block.kind == "notifier" and not guests):
            return None
        if not guests and not registry.built_in(block.kind):
            what = f"there is no {block.kind} `{name}`"
            problems.append(Problem(what, use.place, suggestion(name, announced, "there are")))
            return None
    try:
        kind = registry.find(block.kind, name)
    except CryptoflowError as error:
        problems.extend(problem._replace(where=use.place) for problem in error.problems)
        return None
    problems.extend(mistakes(kind))
    manual = f"`cryptoflow plugins show {name}` lists every setting"
    return shaped(kind, block.tree.without(*SHARED_KEYS), problems, manual=manual, owner=name)


def repeated(tree: Tree) -> Iterator[Problem]:
    """What is wrong with rules that a spec lists more than once: of two answers it would not say which holds."""
    first: dict[object, Place] = {}
    for block in named_blocks(tree):
        use = block.tree.get("use")
        if block.kind == "rule" and use is not None:
            before = first.setdefault(use.value, use.place)
            if before is not use.place:
                what = f"rule `{use.value}` is listed twice, first at {before}"
                yield Problem(what, use.place, "a spec lists each rule once; write all its settings into one block")


def foreign(tree: Tree, plugins: Mapping[Path, Plugin], capital: Money | None) -> Iterator[Problem]:
    """What is wrong with amounts of rules and sizers: they are paid in the currency of the capital, and in no other."""
    for block in named_blocks(tree):
        plugin = plugins.get(block.path)
        if capital is None or plugin is None or block.kind not in ("rule", "sizer"):
            continue
        for setting in type(plugin).model_fields:
            amount, written = getattr(plugin, setting), block.tree.get(setting)
            if written is None or not isinstance(amount, Limit | Money) or amount.currency in ("", capital.currency):
                continue
            what = f"{setting} is {amount}, but the capital is {capital}"
            yield Problem(what, written.place, f"say it in {capital.currency}: amounts are never converted")


def _is_off(tree: Tree, path: Path) -> bool:
    costs = tree.at(("execution", "costs"))
    return path == SLIPPAGE and costs is not None and costs.value == "none"
