"""What a function has to keep to so that compiled and plain Python agree, in every verb of every built-in plugin."""

import ast
import math
from inspect import getsource
from textwrap import dedent
from types import FunctionType

import pytest

from cryptoflow.plugins.registry import DOORS, built_in, find

KINDS = ("indicator", "sizer", "rule", "slippage")
BUILT_IN = {"abs", "float", "int", "max", "min", "range"}
FORBIDDEN = (
    *(ast.Pow, ast.FloorDiv, ast.Mod, ast.Try, ast.While, ast.Lambda, ast.Dict, ast.Set, ast.List),
    *(ast.ListComp, ast.DictComp, ast.SetComp, ast.GeneratorExp, ast.JoinedStr, ast.With, ast.Raise, ast.Assert),
)


def verb(kind, name):
    return getattr(find(kind, name), DOORS[kind].verb)


def functions(function, seen=None):
    """A verb and every plain function it calls, each once."""
    seen = {} if seen is None else seen
    if function not in seen:
        seen[function] = True
        for name in function.__code__.co_names:
            called = function.__globals__.get(name)
            if isinstance(called, FunctionType):
                functions(called, seen)
    return list(seen)


VERBS = sorted(
    {one for kind in KINDS for name in built_in(kind) for one in functions(verb(kind, name))},
    key=lambda one: f"{one.__module__}.{one.__qualname__}",
)


def complaints(function):
    """What in a function's source compiled code would refuse, or do otherwise."""
    for node in ast.walk(ast.parse(dedent(getsource(function)))):
        if isinstance(node, FORBIDDEN):
            yield f"{type(node).__name__} in line {node.lineno}" if hasattr(node, "lineno") else type(node).__name__
        elif isinstance(node, ast.Call):
            called = node.func
            if not isinstance(called, ast.Name):
                yield f"call of {ast.unparse(called)}"
            elif called.id in function.__globals__:
                target = function.__globals__[called.id]
                known = isinstance(target, FunctionType) or hasattr(target, "_fields")
                if not known and getattr(math, called.id, None) is not target:
                    yield f"call of {called.id}"
            elif called.id not in BUILT_IN:
                yield f"call of {called.id}"


@pytest.mark.parametrize("function", VERBS, ids=lambda one: f"{one.__module__.split('.', 2)[-1]}.{one.__name__}")
def test_a_step_is_plain_arithmetic_on_single_numbers(function):
    assert list(complaints(function)) == []


def planted(x: float) -> float:
    return sum([x**2, math.floor(x)])


def test_what_compiled_code_would_do_otherwise_is_found():
    assert {told.split(" in ")[0] for told in complaints(planted)} == {
        "call of sum",
        "call of math.floor",
        "List",
        "Pow",
    }
