"""Plugins that read indicators: their expressions as graphs, and strategies in Python as the engine takes them."""

from collections.abc import Sequence
from inspect import signature
from typing import get_type_hints

from cryptoflow.domain.graph import Graph
from cryptoflow.domain.steps import Function, Script
from cryptoflow.errors import CryptoflowError, Problem
from cryptoflow.plugins import registry
from cryptoflow.plugins.kinds import Reader, Strategy
from cryptoflow.plugins.steps import why_plain
from cryptoflow.spec.expression import compile_values
from cryptoflow.spec.scope import Scope
from cryptoflow.spec.syntax import Text

YEAR = 365 * 86_400_000
ASKED = 4
"""What every `decide` is given before its values: state, bar, held, signal."""


def function(name: str) -> Function | None:
    """Return an indicator by its name."""
    try:
        plugin = registry.find("indicator", name)
    except CryptoflowError:
        return None
    made: Function = plugin.function()  # type: ignore[attr-defined]  # what every indicator has
    return made


def values_of(plugin: Reader, timeframe: int, symbols: Sequence[str]) -> Graph:
    """Return the graph of what a plugin reads, one output per name of its `let`."""
    settings = {name: getattr(plugin, name) for name in type(plugin).model_fields}
    params = {name: float(value) for name, value in settings.items() if isinstance(value, int | float)}
    params["bars_per_year"] = YEAR / timeframe if timeframe else 1.0
    lets = {name: Text(text) for name, text in plugin.let.items()}
    scope = Scope(params, function, lambda: registry.names("indicator"), timeframe, symbols)
    try:
        return compile_values(lets, scope)
    except CryptoflowError as error:
        name = f"{plugin.plugin_kind} {plugin.plugin_name}"
        raise CryptoflowError(each._replace(what=f"{name}: {each.what}") for each in error.problems) from error


def script_of(plugin: Strategy) -> Script:
    """Return a strategy in Python as the engine takes it."""
    kind = type(plugin)
    hints = get_type_hints(kind.State)
    return Script(
        name=plugin.plugin_name,
        decide=kind.decide,
        state=kind.State,
        kinds=tuple(hints[field] for field in kind.State._fields),
        whole=tuple(whole for _, whole in plugin.named_numbers()),
        reads=len(plugin.let),
        plain=why_plain(kind),
    )


def misfit(plugin: Strategy) -> Problem | None:
    """Return what keeps `decide` from being called: that it takes more or fewer numbers than there are."""
    given = [*plugin.let, *(name for name, _ in plugin.named_numbers())]
    takes = list(signature(type(plugin).decide).parameters)[ASKED:]
    if len(takes) == len(given):
        return None
    what = f"strategy {plugin.plugin_name}: decide takes {told(takes)} after signal, but is given {told(given)}"
    return Problem(what, None, "after state, bar, held, signal come the names of `let`, then the settings, in order")


def told(names: Sequence[str]) -> str:
    """Return names as a sentence has them."""
    return ", ".join(names) or "nothing"
