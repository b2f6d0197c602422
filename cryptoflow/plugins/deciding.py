"""What a strategy in Python has to keep to, read off its source before anything runs."""

import ast
from collections.abc import Iterator, Mapping
from pathlib import Path
from types import FunctionType
from typing import get_type_hints

from cryptoflow.domain.records import Bar, Held, Signal
from cryptoflow.errors import Problem
from cryptoflow.plugins.answers import unanswered
from cryptoflow.plugins.kinds import Strategy
from cryptoflow.plugins.places import nodes_of, place_in, place_of
from cryptoflow.plugins.steps import differences, functions, ours
from cryptoflow.spec.nearest import suggestion

ASKED = ("state", "bar", "held", "signal")
"""What every `decide` is given before its values."""

NUMBERS = (float, int, bool)
RECORDS = {1: Bar.__slots__, 2: Held.__slots__, 3: Signal.__slots__}
"""What the arguments of `decide` have, by their place."""


def why_plain(strategy: type[Strategy]) -> str:
    """Why a strategy runs as plain Python only, in either driver; nothing when it may be compiled.

    One that keeps to the rules of steps does the same compiled; one that does not may do anything, more slowly.
    """
    for field, kind in get_type_hints(strategy.State).items():
        if kind not in NUMBERS:
            return f"{field} of its State is no number"
    for function in functions(strategy.decide):
        if not ours(function.__module__):
            for found in differences(function):
                return f"{Path(function.__code__.co_filename).name}:{found.line}: {found.what}"
    return ""


def mistakes(strategy: type[Strategy]) -> Iterator[Problem]:
    """What keeps a strategy from being asked at all, or would be lost without a word."""
    name, here = f"strategy {strategy.plugin_name}", place_of(strategy)
    let: object = strategy.let
    state, decide = getattr(strategy, "State", None), strategy.decide
    if not (isinstance(let, Mapping) and all(isinstance(text, str) for text in (*let, *let.values()))):
        fix = '`let` names expressions, like {"calm": "ema(close, 26)"}'
        yield Problem(f"{name}: let is no mapping from names to expressions", here, fix)
    if not (isinstance(state, type) and hasattr(state, "_fields")):
        fix = "`State = State`, a NamedTuple with a default for every field, like `waited: int = 0`"
        yield Problem(f"{name} has no State", here, fix)
        state = None
    else:
        bare = [field for field in state._fields if field not in getattr(state, "_field_defaults", ())]
        if bare:
            what = f"{name}: {', '.join(bare)} of its State {'have' if bare[1:] else 'has'} no default"
            yield Problem(what, place_of(state), f"defaults are the start: `{bare[0]}: int = 0`")
    if not (isinstance(decide, FunctionType) and decide.__code__.co_argcount >= len(ASKED)):
        where = place_of(decide) if isinstance(decide, FunctionType) else here
        what = f"{name}: decide is no plain function of {', '.join(ASKED)} and what it reads"
        yield Problem(what, where, "write it as a static method of the class")
        return
    yield from _misused(name, decide, state)
    for where in unanswered(decide):
        yield Problem(f"{name}: decide returns nothing", where, "`return state` where nothing is remembered")


def _misused(name: str, decide: FunctionType, state: type | None) -> Iterator[Problem]:
    """What is written to and is not the signal, and fields that what it is given does not have."""
    file, given = decide.__code__.co_filename, decide.__code__.co_varnames[: len(ASKED)]
    fields = {given[place]: names for place, names in RECORDS.items()}
    if state is not None:
        fields[given[0]] = tuple(state._fields)  # type: ignore[attr-defined]  # what every NamedTuple has
    for node, at in nodes_of(decide):
        if not isinstance(node, ast.Attribute):
            continue
        owner = ast.unparse(node.value)
        if not isinstance(node.ctx, ast.Load) and owner != given[-1]:
            yield Problem(
                f"{name}: assignment to {owner}.{node.attr}", place_in(file, *at), "only the signal is written to"
            )
        elif owner in fields and node.attr not in fields[owner] and not node.attr.startswith("_"):
            fix = suggestion(node.attr, fields[owner], "there are")
            yield Problem(f"{name}: {owner} has no field `{node.attr}`", place_in(file, *at), fix)
