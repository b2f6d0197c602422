"""Plugins that read indicators: their expressions as graphs, and strategies in Python as the engine takes them."""

from collections.abc import Iterator, Sequence
from inspect import signature
from types import FunctionType
from typing import get_type_hints

from cryptoflow.domain.graph import Graph
from cryptoflow.domain.metrics import EVERY_DAY
from cryptoflow.domain.steps import Function, Script
from cryptoflow.errors import CryptoflowError, Problem
from cryptoflow.market.years import bars_per_year
from cryptoflow.plugins import registry
from cryptoflow.plugins.deciding import ASKED, why_plain
from cryptoflow.plugins.guests import MISTAKES
from cryptoflow.plugins.kinds import Reader, Strategy
from cryptoflow.plugins.places import place_of, places_of_let
from cryptoflow.spec.expression import compile_values
from cryptoflow.spec.scope import Scope
from cryptoflow.spec.syntax import Text

ORDER = "after state, bar, held, signal come the names of `let`, then the settings, in order"
WARMUP = "`warmup` returns a whole number of bars, 0 or more"


def function(name: str) -> Function | None:
    """Return an indicator by its name."""
    try:
        plugin = registry.find("indicator", name)
    except CryptoflowError:
        return None
    made: Function = plugin.function()  # type: ignore[attr-defined]  # what every indicator has
    return made


def values_of(plugin: Reader, timeframe: int, symbols: Sequence[str], days: int = EVERY_DAY) -> Graph:
    """Return the graph of what a plugin reads, one output per name of its `let`; a year has so many `days`."""
    settings = {name: getattr(plugin, name) for name in type(plugin).model_fields}
    params = {name: float(value) for name, value in settings.items() if isinstance(value, int | float)}
    params["bars_per_year"] = bars_per_year(timeframe, days) if timeframe else 1.0
    places = places_of_let(type(plugin)) if plugin.let else {}
    lets = {name: Text(text, places.get(name)) for name, text in plugin.let.items()}
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


def misfits(plugin: Strategy) -> Iterator[Problem]:
    """Yield what keeps `decide` from being asked with these settings: other arguments than there are, or no warm-up."""
    name, decide = f"strategy {plugin.plugin_name}", type(plugin).decide
    assert isinstance(decide, FunctionType)
    given = [*plugin.let, *(name for name, _ in plugin.named_numbers())]
    takes = list(signature(decide).parameters)[len(ASKED) :]
    swapped = [f"{took} for {name}" for took, name in zip(takes, given, strict=False) if is_other(took, name, given)]
    if len(takes) != len(given):
        what = f"{name}: decide takes {told(takes)} after signal, but is given {told(given)}"
        yield Problem(what, place_of(decide), ORDER)
    elif swapped:
        what = f"{name}: decide takes {told(takes)}, but is given {told(given)}: {told(swapped)}"
        yield Problem(what, place_of(decide), ORDER)
    try:
        bars = plugin.warmup()
    except MISTAKES as error:
        yield Problem(f"{name}: warmup raised {type(error).__name__}: {error}", place_of(type(plugin)), WARMUP)
        return
    if type(bars) is not int or bars < 0:
        yield Problem(f"{name}: warmup is {bars!r}", place_of(type(plugin)), WARMUP)


def is_other(took: str, name: str, given: Sequence[str]) -> bool:
    """Say whether an argument has the name of another value than the one it is given.

    >>> is_other("_fast", "fast", ["fast", "slow"]), is_other("slow", "fast", ["fast", "slow"])
    (False, True)
    """
    plain = took.lstrip("_")
    return plain != name and plain in given


def told(names: Sequence[str]) -> str:
    """Return names as a sentence has them."""
    return ", ".join(names) or "nothing"
