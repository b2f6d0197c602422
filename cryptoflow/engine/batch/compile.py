"""The one place where plain functions become compiled ones."""

import inspect
import sys
from collections.abc import Callable
from functools import cache
from typing import Any

from numba import njit
from numba.extending import register_jitable

from cryptoflow.domain import (
    advance,
    ask,
    decide,
    fills,
    language,
    leaving,
    ledger,
    lots,
    marks,
    numbers,
    propose,
    review,
    slots,
)
from cryptoflow.domain.discipline import (
    drops,
    gates,
    likeness,
    lines,
    nearing,
    paces,
    standing,
    streaks,
    together,
    trips,
    watching,
)
from cryptoflow.domain.tilt import baseline, coupling, evidence, indicators, levels, lockouts, rhythm, signs
from cryptoflow.domain.tilt import watching as tilt_watching
from cryptoflow.engine.batch.cache import OPTIONS, source_file

Plain = Callable[..., Any]
UNWRAPPED = {"no_cfunc_wrapper": True, "no_cpython_wrapper": True}
"""Only compiled code calls these; doors for anybody else take an eighth of the time of the first compile."""

OURS = ("cryptoflow.plugins.", "cryptoflow.domain.")


@cache
def callable_from_compiled(function: Plain) -> Plain:
    """Let compiled code call a plain function; the function itself stays as it is.

    What takes the whole state is laid into its caller: a call would hand over some hundred words, which takes
    longer than most of what these functions do.
    """
    takes = function.__code__.co_varnames[: function.__code__.co_argcount]
    result: Plain = register_jitable(**OPTIONS, **UNWRAPPED, forceinline="state" in takes)(function)
    return result


def prepare(function: Plain) -> Plain:
    """Make a plain function, and those it can reach in its module, callable from compiled code."""
    prepare_module(function.__module__)
    return callable_from_compiled(function)


@cache
def prepare_module(name: str) -> None:
    """Make the plain functions that a module defines or imports from ours callable from compiled code."""
    for value in list(vars(sys.modules[name]).values()):
        if not inspect.isfunction(value):
            continue
        if value.__module__ == name:
            callable_from_compiled(value)
        elif value.__module__.startswith(OURS):
            prepare(value)


def prepare_domain() -> None:
    """Make the decision's own functions callable from compiled code."""
    money = (numbers, language, lots, drops, streaks, ledger, slots, leaving, review, fills, marks)
    discipline = (trips, paces, likeness, gates, lines, nearing, together, standing, watching)
    tilt = (levels, baseline, signs, indicators, lockouts, rhythm, evidence, coupling, tilt_watching)
    for module in (*money, *tilt, *discipline, ask, propose, decide, advance):
        prepare_module(module.__name__)


def compiled(name: str, text: str, names: dict[str, Any], functions: list[Plain]) -> Plain:
    """Compile the function `name` of generated source, or find it compiled by an earlier run."""
    prepare_domain()
    path = source_file(name, functions, text)
    scope = {**names, "__name__": __name__}  # a cached function asks to import the module it was made in
    exec(compile(text, str(path), "exec"), scope)  # noqa: S102 - our own text; only files can be cached
    for value in list(scope.values()):
        if inspect.isfunction(value) and value.__code__.co_filename == str(path) and value.__name__ != name:
            callable_from_compiled(value)
    result: Plain = njit(cache=True, **OPTIONS)(scope[name])
    return result
