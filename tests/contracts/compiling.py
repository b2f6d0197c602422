"""Plugins' verbs run over many cases at once, compiled as the batch driver compiles them."""

from collections.abc import Sequence
from functools import cache
from math import nan
from typing import Any

import numba
import numpy as np

from cryptoflow.domain.discipline.gates import Finding
from cryptoflow.engine.batch.cache import OPTIONS
from cryptoflow.engine.batch.compile import prepare
from cryptoflow.engine.memory import table


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


def findings(verbs: Sequence[Any], given: tuple[Any, ...], settings: Sequence[tuple[float, ...]]) -> Any:
    """What compiled code finds: for each verb and each case a value, what is needed, and whether that is met.

    All verbs share one loop, as they do in the kernel: compiled one by one they take a second each.
    """
    lines = ["def loop(evidence, days, stops, settings, out):", " for case in range(out.shape[1]):"]
    for place, own in enumerate(settings):
        asked = "".join(f", settings[{place}, {column}]" for column in range(len(own)))
        lines.append(f"  found = verb_{place}(evidence[case], days[case], stops[case]{asked})")
        lines += [f"  out[{place}, case, {column}] = found.{name}" for column, name in enumerate(Finding._fields)]
    space = {f"verb_{place}": prepare(verb) for place, verb in enumerate(verbs)}
    exec("\n".join(lines), space)
    out = np.full((len(verbs), len(given[0]), len(Finding._fields)), nan)
    numba.njit(**OPTIONS)(space["loop"])(*given, table(settings, max(map(len, settings))), out)
    return out.tolist()
