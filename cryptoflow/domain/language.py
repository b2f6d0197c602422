"""What the words of the expression language do: the reference that every engine follows to the last bit.

`binary`, `compare`, `rank` and `period_number` say what the nodes of a graph yield, one bar at a time. `WORDS`
holds the functions built into the language: steps like those of an indicator, called by a node "call".
A missing number is NaN. A flag is a bool between nodes, and 1.0 or 0.0 on the way in and out of a step.
"""

from collections.abc import Callable, Mapping, Sequence
from math import isnan, nan
from typing import Any, NamedTuple

from cryptoflow.domain.calendar import DAY
from cryptoflow.domain.graph import Kind
from cryptoflow.domain.numbers import exp_of, log_of, ratio, root
from cryptoflow.domain.steps import Bound, Function

COLUMNS = ("open", "high", "low", "close", "volume")
"""The columns of a bar, by the names they have in an expression."""

MONDAY = 4 * DAY
"""The first Monday after the epoch, from which whole weeks count."""


class Value(NamedTuple):
    """The state of a function that remembers nothing but its last value."""

    value: float = nan


class Flag(NamedTuple):
    """The state of a function that yields a flag and remembers the two numbers it saw last."""

    value: float = 0.0
    a: float = nan
    b: float = nan


def binary(op: str, a: float, b: float) -> float:
    """Return `a op b` for add, sub, mul, div; missing in, missing out, and what is divided by 0 is missing.

    >>> binary("add", 1.0, 2.0), binary("div", 1.0, 0.0)
    (3.0, nan)
    """
    match op:
        case "add":
            return a + b
        case "sub":
            return a - b
        case "mul":
            return a * b
        case "div":
            return ratio(a, b)
    raise KeyError(op)


def compare(op: str, a: float, b: float) -> bool:
    """Return whether `a op b` for lt le gt ge eq ne. With a missing number it never is, not even for ne.

    >>> compare("lt", 1.0, 2.0), compare("lt", nan, 2.0), compare("ne", nan, 2.0)
    (True, False, False)
    """
    match op:
        case "lt":
            return a < b
        case "le":
            return a <= b
        case "gt":
            return a > b
        case "ge":
            return a >= b
        case "eq":
            return a == b
        case "ne":
            return a < b or a > b
    raise KeyError(op)


def rank(values: Sequence[float]) -> list[float]:
    """Return the place of each among all, 1 the largest; equals share one, what is missing has none.

    >>> rank([5.0, 9.0, nan, 5.0, 1.0])
    [2.0, 1.0, nan, 2.0, 4.0]
    """
    present = [value for value in values if not isnan(value)]
    return [nan if isnan(value) else 1.0 + len([x for x in present if x > value]) for value in values]


def period_number(at: int, duration: int) -> int:
    """Return which span of `duration` since the epoch `at` (both ms) lies in; weeks begin on a Monday, UTC.

    `every(d)` is true on a bar whose close has another number than the close of the bar before it (for the
    first bar of all: than its own open). A bar of a higher timeframe is made of the bars that open in one span.

    >>> period_number(2 * DAY, DAY), period_number(4 * DAY - 1, 7 * DAY), period_number(4 * DAY, 7 * DAY)
    (2, -1, 0)
    """
    return (at - MONDAY) // duration if duration % (7 * DAY) == 0 else at // duration


def crosses_above(state: Flag, a: float, b: float) -> Flag:
    """True on the bar on which `a` is above `b`, having been at or below it one bar ago.

    >>> crosses_above(crosses_above(Flag(), 1.0, 2.0), 3.0, 2.0).value
    1.0
    """
    return Flag(1.0 if state.a <= state.b and a > b else 0.0, a, b)


def crosses_below(state: Flag, a: float, b: float) -> Flag:
    """True on the bar on which `a` is below `b`, having been at or above it one bar ago.

    >>> crosses_below(crosses_below(Flag(), nan, 2.0), 1.0, 2.0).value
    0.0
    """
    return Flag(1.0 if state.a >= state.b and a < b else 0.0, a, b)


def bars_since(state: Value, flag: float) -> Value:
    """How many bars ago `flag` was last true: 0 on that bar itself, missing before it ever was.

    >>> bars_since(bars_since(Value(), 1.0), 0.0).value
    1.0
    """
    return Value(0.0 if flag != 0.0 else state.value + 1.0)


def absolute(_state: Value, x: float) -> Value:
    """The size of `x` without its sign.

    >>> absolute(Value(), -2.5).value
    2.5
    """
    return Value(abs(x))


def smaller(_state: Value, a: float, b: float) -> Value:
    """The smaller of two; missing when either is.

    >>> smaller(Value(), 1.0, 2.0).value, smaller(Value(), 1.0, nan).value
    (1.0, nan)
    """
    if isnan(a) or isnan(b):
        return Value(nan)
    return Value(a if a <= b else b)


def larger(_state: Value, a: float, b: float) -> Value:
    """The larger of two; missing when either is.

    >>> larger(Value(), 1.0, 2.0).value, larger(Value(), nan, 1.0).value
    (2.0, nan)
    """
    if isnan(a) or isnan(b):
        return Value(nan)
    return Value(a if a >= b else b)


def square_root(_state: Value, x: float) -> Value:
    """The square root; missing below 0.

    >>> square_root(Value(), 9.0).value, square_root(Value(), -1.0).value
    (3.0, nan)
    """
    return Value(root(x))


def natural_log(_state: Value, x: float) -> Value:
    """The natural logarithm; missing at 0 and below.

    >>> natural_log(Value(), 1.0).value, natural_log(Value(), 0.0).value
    (0.0, nan)
    """
    return Value(log_of(x))


def exponential(_state: Value, x: float) -> Value:
    """The number e to the power of `x`; infinite where a float has no room for it.

    >>> exponential(Value(), 0.0).value, exponential(Value(), 1000.0).value
    (1.0, inf)
    """
    return Value(exp_of(x))


def if_else(_state: Value, flag: float, a: float, b: float) -> Value:
    """`a` where the flag is true, else `b`.

    >>> if_else(Value(), 1.0, 10.0, 20.0).value, if_else(Value(), 0.0, 10.0, 20.0).value
    (10.0, 20.0)
    """
    return Value(a if flag != 0.0 else b)


class Word(NamedTuple):
    """A function of the language: its step, the kinds it takes and yields, whether it remembers bars."""

    function: Function
    takes: tuple[Kind, ...]
    yields: Kind
    remembers: bool


def _word(name: str, step: Callable[..., Any], inputs: Mapping[str, Kind], state: type[Any], warmup: int) -> Word:
    function = Function(
        name=name,
        inputs=tuple(inputs),
        columns=(),
        settings=(),
        whole=(),
        outputs=("value",),
        windowed=False,
        state=state,
        step=step,
        bind=lambda _: Bound((), warmup),
        summary=(step.__doc__ or "").partition("\n")[0],
    )
    return Word(function, tuple(inputs.values()), Kind.FLAG if state is Flag else Kind.SERIES, warmup > 0)


_ONE = {"x": Kind.SERIES}
_TWO = {"a": Kind.SERIES, "b": Kind.SERIES}

WORDS: dict[str, Word] = {
    word.function.name: word
    for word in (
        _word("crosses_above", crosses_above, _TWO, Flag, 1),
        _word("crosses_below", crosses_below, _TWO, Flag, 1),
        _word("bars_since", bars_since, {"flag": Kind.FLAG}, Value, 1),
        _word("if_else", if_else, {"flag": Kind.FLAG} | _TWO, Value, 0),
        _word("abs", absolute, _ONE, Value, 0),
        _word("min", smaller, _TWO, Value, 0),
        _word("max", larger, _TWO, Value, 0),
        _word("sqrt", square_root, _ONE, Value, 0),
        _word("log", natural_log, _ONE, Value, 0),
        _word("exp", exponential, _ONE, Value, 0),
    )
}
"""The functions built into the language, by name."""
