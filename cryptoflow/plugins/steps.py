"""What a function has to keep to so that compiled and plain Python agree, read off its source."""

import ast
import math
import sys
from collections.abc import Iterator
from types import FunctionType
from typing import Any, NamedTuple

from cryptoflow.errors import Problem
from cryptoflow.plugins.kinds import FURTHER_VERBS
from cryptoflow.plugins.places import nodes_of, place_in
from cryptoflow.plugins.registry import DOORS, HOME, Plugin

KINDS = ("indicator", "sizer", "rule", "slippage")
"""The kinds whose verbs both drivers run, one of them compiled."""

RAISING = {
    *("sqrt", "log", "log2", "log10", "log1p", "exp", "expm1", "pow", "acos", "asin", "acosh", "atanh"),
    *("sinh", "cosh", "fmod", "gamma", "lgamma", "factorial", "comb", "perm", "ceil", "floor", "trunc"),
}
"""Functions of `math` that raise in plain Python where compiled code goes on with a number that is none."""

BUILT_IN = {"abs", "float", "int", "max", "min", "range"}
FORBIDDEN = (
    *(ast.Pow, ast.FloorDiv, ast.Mod, ast.Try, ast.While, ast.Lambda, ast.Dict, ast.Set, ast.List),
    *(ast.ListComp, ast.DictComp, ast.SetComp, ast.GeneratorExp, ast.JoinedStr, ast.With, ast.Raise, ast.Assert),
    *(ast.Import, ast.ImportFrom, ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef, ast.Yield, ast.Await),
)
PLAIN = "a step is + - * comparisons, if, for over range, and functions of `math` on single numbers"
HINTS = {
    "Pow": "multiply, as in x * x, or use sqrt from math",
    "division": "`from cryptoflow.domain.numbers import ratio`; ratio(a, b) is NaN when b is 0",
}


class Complaint(NamedTuple):
    """Something that compiled code would refuse or do otherwise, and where in its file it stands."""

    what: str
    line: int
    column: int

    @property
    def hint(self) -> str:
        """What to write instead."""
        name = self.what.removeprefix("call of math.")
        if name != self.what:
            return f"`from math import {name}` and call it by its name"
        return HINTS.get(self.what, PLAIN)


def verbs(plugin: type[Plugin]) -> dict[str, Any]:
    """What of a plugin both drivers call, by name: the verb of its kind, and further ones it has."""
    must, may = DOORS[plugin.plugin_kind].verb, FURTHER_VERBS.get(plugin.plugin_kind, ())
    return {must: getattr(plugin, must)} | {verb: getattr(plugin, verb) for verb in may if hasattr(plugin, verb)}


def functions(verb: Any, seen: dict[Any, bool] | None = None) -> list[FunctionType]:
    """A verb and every plain function it calls, each once."""
    seen = {} if seen is None else seen
    if isinstance(verb, FunctionType) and verb not in seen:
        seen[verb] = True
        for name in verb.__code__.co_names:
            functions(verb.__globals__.get(name), seen)
    return list(seen)


def complaints(function: FunctionType) -> Iterator[Complaint]:
    """What in a function's source compiled code would refuse, or do otherwise."""
    for node, at in nodes_of(function):
        inner = node.op if isinstance(node, ast.BinOp | ast.AugAssign) else node
        if isinstance(inner, FORBIDDEN):
            yield Complaint(type(inner).__name__, *at)
        elif isinstance(node, ast.Call):
            told = _call(node.func, function)
            if told:
                yield Complaint(f"call of {told}", *at)


def divisions(function: FunctionType) -> Iterator[Complaint]:
    """Divisions by what may be zero, where Python raises and compiled code gives an infinity."""
    for node, at in nodes_of(function):
        match node:
            case ast.BinOp(op=ast.Div(), right=divisor) | ast.AugAssign(op=ast.Div(), value=divisor):
                if not (isinstance(divisor, ast.Constant) and divisor.value):
                    yield Complaint("division", *at)


def raising(function: FunctionType) -> Iterator[Complaint]:
    """Calls that raise in plain Python where compiled code goes on."""
    for node, at in nodes_of(function):
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id in RAISING:
            yield Complaint(f"{node.func.id} of what it may not be defined for", *at)


def mistakes(plugin: type[Plugin]) -> Iterator[Problem]:
    """What keeps a guest's verb from doing the same in both drivers; other kinds run as plain Python only.

    Built-in steps may divide by settings that are never zero, which their contract tests hold them to.
    """
    if plugin.plugin_kind not in KINDS or ours(plugin.__module__):
        return
    name, seen = f"{plugin.plugin_kind} {plugin.plugin_name}", dict[Any, bool]()
    for verb, step in verbs(plugin).items():
        if not isinstance(step, FunctionType):
            what = f"{name}: {verb} is no plain function"
            yield Problem(what, place_in(getattr(sys.modules[plugin.__module__], "__file__", ""), 1, 0), PLAIN)
        functions(step, seen)
    for function in seen:
        if not ours(function.__module__):
            file = function.__code__.co_filename
            for found in (*complaints(function), *divisions(function)):
                what = f"{name}: {found.what} is not the same in compiled and in plain Python"
                yield Problem(what, place_in(file, found.line, found.column), found.hint)


def _call(called: ast.expr, function: FunctionType) -> str:
    """The name of what is called, when compiled code has no such function or another one."""
    if not isinstance(called, ast.Name):
        return ast.unparse(called)
    if called.id not in function.__globals__:
        return "" if called.id in BUILT_IN else called.id
    target = function.__globals__[called.id]
    known = isinstance(target, FunctionType) or hasattr(target, "_fields")
    return "" if known or getattr(math, called.id, None) is target else called.id


def ours(module: str) -> bool:
    """Whether a module came with the package."""
    return module.partition(".")[0] == HOME.partition(".")[0]
