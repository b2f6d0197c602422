"""How far apart two values of a spec are, whatever unit they are written in."""

from math import inf, isfinite
from typing import Any, NamedTuple

from cryptoflow.spec.risk import MissingStop
from cryptoflow.spec.values import Bps, Bytes, Duration, Gain, Limit, MisreadError


class Step(NamedTuple):
    """From one value to another: the direction (1 for more, -1 for less, 0 when that cannot be said), and how often."""

    direction: int
    times: float | None = None


SIDEWAYS = Step(0)
KINDS = (Limit, Gain, Bps, Duration, Bytes)


def step(before: Any, after: Any, *, absent: float | None = None, capital: float = inf) -> Step:
    """The way from one value to another; `absent` is what no value stands for.

    A limit of a share and an amount has grown when neither part has shrunk; when one grew and one shrank, what
    they come to at the starting capital decides.

    >>> step("0.5%", "1%")
    Step(direction=1, times=2.0)
    >>> step("5% or 100 USDT", "5% or 500 USDT").direction, step(4, None, absent=inf).direction
    (1, 1)
    >>> step("crosses_above(a, b)", "a > b")
    Step(direction=0, times=None)
    """
    one, other = parts(before, absent), parts(after, absent)
    if one is None or other is None or len({_currency(before), _currency(after)} - {""}) > 1:
        return SIDEWAYS
    if one == other:
        return SIDEWAYS
    more = all(new >= old for old, new in zip(one, other, strict=True))
    less = all(new <= old for old, new in zip(one, other, strict=True))
    if not more and not less:
        old, new = (min(share * capital, amount) for share, amount in (one, other))
        return Step((new > old) - (new < old), _times(old, new))
    changed = [(old, new) for old, new in zip(one, other, strict=True) if old != new]
    alone = len(changed) == 1 and sum(isfinite(old) for old in one) == 1
    return Step(1 if more else -1, _times(*changed[0]) if alone else None)


def parts(value: Any, absent: float | None = None) -> tuple[float, float] | None:
    """A value as a share (or any plain number) and an amount of money, infinite where it says nothing."""
    match value:
        case None:
            return None if absent is None else (absent, inf)
        case bool() | int() | float():
            return float(value), inf
        case "stop":
            return inf, inf
        case "reject":
            return 0.0, inf
        case str() if value.startswith("attach "):
            return MissingStop(value).share, inf
        case str():
            return _read(value)
    return None


def _read(text: str) -> tuple[float, float] | None:
    for kind in KINDS:
        try:
            read = kind(text)
        except MisreadError:
            continue
        return (read.share, read.amount) if isinstance(read, Limit) else (float(read), inf)
    return None


def _currency(value: Any) -> str:
    try:
        return Limit(value).currency if isinstance(value, str) else ""
    except MisreadError:
        return ""


def _times(old: float, new: float) -> float | None:
    return new / old if old > 0 and new > 0 and isfinite(old) and isfinite(new) else None
