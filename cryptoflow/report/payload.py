"""What the charts of a report draw, small enough to travel inside it."""

import json
from bisect import bisect_right
from collections.abc import Iterable, Sequence
from itertools import pairwise
from math import gcd
from typing import Any

from cryptoflow.report.markup import Markup
from cryptoflow.report.thin import Curve
from cryptoflow.report.view import Prices, TradeRow

Values = dict[str, Any]


def prices_payload(prices: Prices, trades: Sequence[TradeRow]) -> Values:
    """Return one symbol's bars and the fills of its trades; times are seconds, told by their distances."""
    seconds = [at // 1000 for at in prices.times]
    apart = [after - before for before, after in pairwise(seconds)]
    step = gcd(*apart) or 1
    return {
        "symbol": prices.symbol,
        "first": seconds[0] if seconds else 0,
        "step": step,
        "apart": [each // step for each in apart],
        "open": _short(prices.open),
        "high": _short(prices.high),
        "low": _short(prices.low),
        "close": _short(prices.close),
        "fills": _fills(prices, trades),
    }


def _fills(prices: Prices, trades: Sequence[TradeRow]) -> list[tuple[int, int]]:
    """The bar of each fill and its side, in the order of bars."""
    ends = ((at, side) for trade in trades for at, side in _ends(trade) if trade.symbol == prices.symbol)
    return sorted((max(0, bisect_right(prices.times, at) - 1), side) for at, side in ends)


def _ends(trade: TradeRow) -> tuple[tuple[int, int], tuple[int, int]]:
    return (trade.opened_at, trade.side), (trade.closed_at, -trade.side)


def curve_payload(curve: Curve) -> Values:
    """Return the equity curve and its drawdown."""
    return {
        "times": (curve.times // 1000).tolist(),
        "equity": _short(curve.equity),
        "drawdown": [round(float(each), 5) for each in curve.drawdown],
    }


def embedded(payload: Values) -> Markup:
    """Return JSON that can stand inside a script element: no text in it can end that element."""
    text = json.dumps(payload, separators=(",", ":"), allow_nan=False, ensure_ascii=False)
    return Markup(text.replace("&", r"\u0026").replace("<", r"\u003c").replace(">", r"\u003e"))


def _short(numbers: Iterable[float]) -> list[float | int]:
    """Numbers with eight significant digits, as integers where they are whole."""
    short = (float(f"{number:.8g}") for number in numbers)
    return [int(number) if number.is_integer() else number for number in short]
