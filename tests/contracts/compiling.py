"""Plugins' verbs run over many cases at once, compiled as the batch driver compiles them."""

from functools import cache
from math import nan
from typing import Any

import numba
import numpy as np

from cryptoflow.engine.batch.cache import OPTIONS
from cryptoflow.engine.batch.compile import prepare


@cache
def _loop(verb: Any, given: int, settings: int) -> Any:
    arguments = [f"given[{i}][case]" for i in range(given)] + [f"settings[{i}]" for i in range(settings)]
    text = f"def loop(given, settings, out):\n for case in range(len(out)):\n  out[case] = verb({', '.join(arguments)})"
    space = {"verb": prepare(verb)}
    exec(text, space)
    return numba.njit(**OPTIONS)(space["loop"])


def answers(verb: Any, given: tuple[Any, ...], settings: tuple[float, ...]) -> list[float]:
    """What compiled code answers to each case; `given` has one column per argument."""
    out = np.full(len(given[0]), nan)
    _loop(verb, len(given), len(settings))(given, np.array([*settings, 0.0]), out)
    return out.tolist()


def same(a: float, b: float) -> bool:
    """Equal by ==, or both missing."""
    return a == b or (a != a and b != b)
