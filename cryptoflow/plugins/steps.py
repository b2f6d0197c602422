"""What a function has to keep to so that compiled and plain Python agree, read off its source."""

import ast
import math
import sys
from collections.abc import Iterable, Iterator
from types import FunctionType
from typing import Any, NamedTuple

from cryptoflow.errors import Problem
from cryptoflow.plugins.answers import answers, unanswered
from cryptoflow.plugins.kinds import FURTHER_VERBS
from cryptoflow.plugins.places import nodes_of, place_in
from cryptoflow.plugins.registry import DOORS, HOME, Plugin

KINDS = ("indicator", "sizer", "rule", "slippage", "gate")
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
    "Pow": "multiply, as in x * x; `root(x)` of cryptoflow.domain.numbers is the square root",
    "division": "`from cryptoflow.domain.numbers import ratio`; ratio(a, b) is NaN when b is 0",
    "None": "a number that is missing is nan: `from math import nan`",
}

TWINS = {
    "sqrt": ("root", "NaN below 0"),
    "log": ("log_of", "NaN at 0 and below"),
    "exp": ("exp_of", "infinite where a float has no room for it"),
}
"""Functions of cryptoflow.domain.numbers that do what one of `math` does, and what they say where that raises."""

UNDEFINED = " of what it may not be defined for"
WHOLE = "`int(x)` after `if isfinite(x):`; it rounds towards 0"
MADE = "root(x), log_of(x) and exp_of(x) of cryptoflow.domain.numbers never raise: make it of these"
ANSWERS = {"step": "its State", "reading": "a Reading", "finding": "a Finding"}
"""What the verbs answer that do not answer a number."""


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
        name = self.what.removesuffix(UNDEFINED)
        if name in TWINS:
            twin, where = TWINS[name]
            return f"`from cryptoflow.domain.numbers import {twin}`; {twin}(x) is {where}"
        if name != self.what:
            return WHOLE if name in ("ceil", "floor", "trunc") else MADE
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
        elif isinstance(node, ast.Constant) and node.value is None:
            yield Complaint("None", *at)


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
        match node:
            case ast.Call(func=ast.Name(id=name)) if name in RAISING:
                if function.__globals__.get(name) is getattr(math, name):
                    yield Complaint(name + UNDEFINED, *at)


def differences(function: FunctionType) -> Iterator[Complaint]:
    """All that a function would not do the same in compiled and in plain Python."""
    yield from complaints(function)
    yield from divisions(function)
    yield from raising(function)


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
    told = set()
    for verb, function in _asked(plugin, seen):
        for where in unanswered(function):
            told.add((where.file, where.line))
            fix = f"let every way through it end with `return` and {ANSWERS.get(verb, 'a number')}"
            yield Problem(f"{name}: {verb} returns nothing", where, fix)
    for function in seen:
        if not ours(function.__module__):
            file = function.__code__.co_filename
            for found in differences(function):
                where = place_in(file, found.line, found.column)
                if found.what == "None" and (where.file, where.line) in told:
                    continue
                what = f"{name}: {found.what} is not the same in compiled and in plain Python"
                yield Problem(what, where, found.hint)


def _asked(plugin: type[Plugin], seen: Iterable[FunctionType]) -> Iterator[tuple[str, FunctionType]]:
    """What has to answer: the verbs of a guest, and those of its functions that answer at all, by their names."""
    called = {step: verb for verb, step in verbs(plugin).items() if isinstance(step, FunctionType)}
    for function in seen:
        guest = not ours(function.__module__) and function.__name__ != "<lambda>"
        if guest and (function in called or answers(function)):
            yield called.get(function, function.__name__), function


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
