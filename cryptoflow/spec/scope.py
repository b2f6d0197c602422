"""What an expression may name: params, functions, symbols, and how long a bar is."""

from collections.abc import Callable, Mapping, Sequence
from keyword import iskeyword
from types import MappingProxyType
from typing import NamedTuple

from cryptoflow.domain.language import COLUMNS
from cryptoflow.domain.steps import Function
from cryptoflow.spec.durations import UNITS

NOTHING: Mapping[str, float] = MappingProxyType({})


def _no_function(_name: str) -> Function | None:
    return None


def _no_names() -> Sequence[str]:
    return ()


class Scope(NamedTuple):
    """What the expressions of one strategy may name.

    `functions` finds an indicator, `names` lists them. A `timeframe` (ms) of 0 and no `symbols` mean that they
    are not known yet, as in a strategy file read on its own; then what depends on them is not checked.
    """

    params: Mapping[str, float] = NOTHING
    functions: Callable[[str], Function | None] = _no_function
    names: Callable[[], Sequence[str]] = _no_names
    timeframe: int = 0
    symbols: Sequence[str] = ()


def refused_name(name: str) -> str:
    """Return why a param or a definition cannot have this name, or nothing when it can.

    >>> refused_name("fast"), refused_name("close")
    ('', '`close` is a column of every bar')
    """
    if name in COLUMNS:
        return f"`{name}` is a column of every bar"
    if iskeyword(name) or name.lower() in ("true", "false", "none", "and", "or", "not"):
        return f"`{name}` is a word of the language"
    if not (name.isascii() and name.isidentifier()):
        return f"`{name}` is no name: letters, digits and underscores, a letter first"
    return ""


def length_of_time(ms: int) -> str:
    """Return milliseconds in the largest unit that divides them.

    >>> length_of_time(14_400_000), length_of_time(90_000)
    ('4h', '90s')
    """
    unit, size = next((unit, size) for unit, size in reversed(UNITS.items()) if ms % size == 0)
    return f"{ms // size}{unit}"
