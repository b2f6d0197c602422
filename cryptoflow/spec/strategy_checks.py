"""What no single key of a strategy file can tell: whether its keys fit together."""

import re
from collections.abc import Iterator

from cryptoflow.errors import Problem
from cryptoflow.spec.names import Variable
from cryptoflow.spec.shape import shaped
from cryptoflow.spec.strategy_file import Param, read_number
from cryptoflow.spec.tree import Tree
from cryptoflow.spec.written import MisreadError

SHORT = ("enter_short", "exit_short")
PAIRS = (("stop_loss", "stop_at"), ("take_profit", "take_at"))
NEEDS = (("add_when", "max_adds", "max_adds: 3"), ("max_adds", "add_when", "add_when: close < low[1]"))


def outside(name: str, value: float, param: Param) -> Iterator[tuple[str, str]]:
    """What speaks against a value of a parameter."""
    whole = param.range.whole if param.range else isinstance(param.default, int)
    if whole and not isinstance(value, int):
        yield f"{name} is {value}, but a whole number is expected", "write it like " + str(param.default)
    elif param.range is not None and value not in param.range:
        yield f"{name} is {value}, but its range is {param.range}", "the range is set in the strategy's file"


def oddities(tree: Tree, max_distance: float) -> Iterator[Problem]:
    """What the keys of a strategy file say that does not fit together."""
    if not isinstance(tree.value, dict):
        return
    keys = tree.value
    if "enter_long" not in keys and "enter_short" not in keys:
        fix = "add `enter_long:` and when to buy, like crosses_above(ema(close, 12), ema(close, 26))"
        yield Problem("the strategy never enters", tree.stands, fix)
    for key in SHORT:
        if key in keys:
            what = f"{key} sells what is not held, but spot markets are the only kind there is yet"
            yield Problem(what, keys[key].key, "trade long only: enter_long and exit_long")
    for one, other in PAIRS:
        if one in keys and other in keys:
            what = f"`{one}` is a distance and `{other}` a level, but a position has one of them"
            yield Problem(what, keys[other].key, "keep one of them")
    for one, other, fix in NEEDS:
        if one in keys and other not in keys:
            yield Problem(f"`{one}` says nothing without `{other}`", keys[one].key, f"add `{fix}`")
    for name, param in keys["params"].children() if "params" in keys else ():
        yield from _default_outside(str(name), param)
    yield from _too_far(keys.get("stop_loss"), max_distance)


def _default_outside(name: str, tree: Tree) -> Iterator[Problem]:
    mistakes: list[Problem] = []
    param = shaped(Param, tree, mistakes)
    default = tree.get("default")
    if param is not None and default is not None:
        for what, _ in outside(name, param.default, param):
            yield Problem(f"the default of {what}", default.place, "change the default, or the range")


def _too_far(stop: Tree | None, max_distance: float) -> Iterator[Problem]:
    if stop is None or not is_share(stop):
        return
    try:
        share = read_number(stop.value)
    except MisreadError:
        return
    if share > max_distance:
        what = f"stop_loss is {stop.value}, but risk.stop_loss.max_distance is {max_distance * 100:g}%"
        yield Problem(what, stop.place, "bring the stop nearer, or allow more in the spec")


def is_share(tree: Tree) -> bool:
    """Whether a distance is written as a share of the price (`4%`) rather than as an expression."""
    return isinstance(tree.value, str) and tree.value.strip().endswith("%")


def is_expression(tree: Tree) -> bool:
    """Whether a value is a text or a number, and so can be read as an expression."""
    return isinstance(tree.value, str | int | float) and not isinstance(tree.value, bool)


def declared_params(tree: Tree) -> dict[Variable, Param] | None:
    """The parameters of a strategy file in which something else is wrong, None when they are wrong themselves."""
    params = tree.get("params")
    if params is None:
        return {}
    found: dict[Variable, Param] = {}
    for name, inside in params.children():
        param = shaped(Param, inside, [])
        if param is None or not re.fullmatch(Variable.pattern, str(name)):
            return None
        found[Variable(str(name))] = param
    return found
