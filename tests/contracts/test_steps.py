"""What a function has to keep to so that compiled and plain Python agree, in every verb of every built-in plugin."""

import math

import pytest

from cryptoflow.plugins.registry import built_in, find
from cryptoflow.plugins.steps import KINDS, complaints, divisions, functions, verbs

VERBS = sorted(
    {
        one
        for kind in KINDS
        for name in built_in(kind)
        for verb in verbs(find(kind, name)).values()
        for one in functions(verb)
    },
    key=lambda one: f"{one.__module__}.{one.__qualname__}",
)


@pytest.mark.parametrize("function", VERBS, ids=lambda one: f"{one.__module__.split('.', 2)[-1]}.{one.__name__}")
def test_a_step_is_plain_arithmetic_on_single_numbers(function):
    assert list(complaints(function)) == []


def planted(x: float, y: float) -> float:
    y /= x
    return sum([x**2, math.floor(x)]) / y / 2.0


def test_what_compiled_code_would_do_otherwise_is_found_in_its_line():
    first = planted.__code__.co_firstlineno
    told = {(found.what, found.line - first) for found in (*complaints(planted), *divisions(planted))}
    calls = {("call of sum", 2), ("call of math.floor", 2), ("List", 2), ("Pow", 2)}
    assert told == {*calls, ("division", 1), ("division", 2)}
    assert len(list(divisions(planted))) == 2
