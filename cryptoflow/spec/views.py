"""The functions that look past the bar at hand: at higher timeframes, other symbols, the calendar; never ahead."""

import ast
from collections.abc import Callable, Mapping

from cryptoflow.domain.graph import Kind, Stream
from cryptoflow.spec.definitions import OWN
from cryptoflow.spec.durations import Duration, Timeframe
from cryptoflow.spec.nearest import nearest
from cryptoflow.spec.reading import Reading, bind, kind_of
from cryptoflow.spec.scope import length_of_time
from cryptoflow.spec.written import MisreadError

Given = Mapping[str, ast.expr]
USAGE = {"tf": 'tf("1h", x)', "of": 'of("BTC/USDT", x)', "rank": "rank(x)", "every": 'every("7d")'}
"""The views as they are called."""


def read_view(reading: Reading, tree: ast.Call, name: str) -> int | None:
    """The node of a call of one of the views."""
    names, read = VIEWS[name]
    given = bind(reading, tree, names, len(names), USAGE[name])
    return read(reading, tree, given) if given else None


def _read_tf(reading: Reading, _tree: ast.Call, given: Given) -> int | None:
    """`x` of a higher timeframe, as of its last bar that has closed."""
    inner = _duration(reading, given["timeframe"], Timeframe, USAGE["tf"])
    outer = reading.stream.timeframe or reading.scope.timeframe
    stream = reading.stream if inner is None else Stream(reading.stream.symbol, inner)
    node = reading.within(stream).read(given["x"])
    if inner is None:
        return None
    if outer and (inner <= outer or inner % outer):
        return reading.complain(given["timeframe"], *_misfit(inner, outer))
    return None if node is None else reading.table.lift(node, reading.stream)


def _misfit(inner: int, outer: int) -> tuple[str, str]:
    """Why bars of `inner` ms cannot be made of bars of `outer` ms, and what to do."""
    higher, lower = length_of_time(inner), length_of_time(outer)
    if inner == outer:
        return f"{higher} is the timeframe it stands in", "leave tf() out"
    if inner < outer:
        fix = "tf() only goes up: a lower timeframe in a market of its own spec, or tf() around the whole"
        return f"{higher} is lower than {lower}, the timeframe it stands in", fix
    return f"{higher} is no multiple of {lower}", "higher bars are made of whole lower ones"


def _read_of(reading: Reading, _tree: ast.Call, given: Given) -> int | None:
    """`x` of another symbol, the last value known at the time."""
    symbol = _text(reading, given["symbol"], "a symbol", USAGE["of"])
    stream = reading.stream if symbol is None else reading.stream._replace(symbol=symbol)
    node = reading.within(stream).read(given["x"])
    symbols = reading.scope.symbols
    if symbol is not None and symbols and symbol not in symbols:
        near = nearest(symbol, symbols)
        fix = f'did you mean "{near}"?' if near else "add it to the symbols of the market"
        return reading.complain(given["symbol"], f'"{symbol}" is no symbol of this spec', fix)
    return None if node is None or symbol is None else reading.table.lift(node, reading.stream)


def _read_rank(reading: Reading, tree: ast.Call, given: Given) -> int | None:
    """The place of `x` among the symbols, which meet in the strategy's own stream only."""
    x = given["x"]
    node = reading.read(x)
    if node is None:
        return None
    if reading.stream != OWN:
        what = "rank() compares the symbols of a round, and stands outside tf() and of()"
        return reading.complain(tree, what, 'turn them round: `rank(tf("1d", x))`')
    if (kind := kind_of(reading, node)) is not Kind.SERIES:
        what = f"rank() compares a series, but `{reading.show(x)}` is a {kind}"
        return reading.complain(x, what, "like `rank(roc(close, 30))`")
    return reading.table.rank(node)


def _read_every(reading: Reading, _tree: ast.Call, given: Given) -> int | None:
    """A flag by the calendar."""
    duration = _duration(reading, given["duration"], Duration, USAGE["every"])
    bar = reading.stream.timeframe or reading.scope.timeframe
    if duration is None:
        return None
    if duration < max(bar, 1):
        what = f"{reading.show(given['duration'])} is shorter than a bar"
        return reading.complain(given["duration"], what, "it would be true on every bar")
    return reading.table.every(duration, reading.stream)


def _duration(reading: Reading, tree: ast.expr, kind: type[Duration], usage: str) -> int | None:
    text = _text(reading, tree, kind.noun, usage)
    if text is None:
        return None
    try:
        duration = int(kind(text))
    except MisreadError as refusal:
        fix = refusal.fix or f"write it like {usage}"
        return reading.complain(tree, f"{reading.show(tree)}: {refusal.law}", fix)
    return duration


def _text(reading: Reading, tree: ast.expr, noun: str, usage: str) -> str | None:
    if isinstance(tree, ast.Constant) and isinstance(tree.value, str) and tree.value:
        return tree.value
    what = f"{noun} in quotes is expected, but here is `{reading.show(tree)}`"
    reading.complain(tree, what, f"write it like {usage}")
    return None


VIEWS: dict[str, tuple[tuple[str, ...], Callable[[Reading, ast.Call, Given], int | None]]] = {
    "tf": (("timeframe", "x"), _read_tf),
    "of": (("symbol", "x"), _read_of),
    "rank": (("x",), _read_rank),
    "every": (("duration",), _read_every),
}
