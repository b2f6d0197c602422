"""What the charts of a report draw, small enough to travel inside it."""

import json
from collections.abc import Iterator
from itertools import repeat
from typing import TYPE_CHECKING, Any

import numpy as np

from cryptoflow.report.markup import Markup
from cryptoflow.report.thin import Curve
from cryptoflow.report.view import Prices

if TYPE_CHECKING:
    from cryptoflow.report.view import Numbers, Times

Values = dict[str, Any]


def prices_payload(prices: Prices) -> Values:
    """Return one symbol's bars and the fills of its trades; times are seconds, told by their distances."""
    seconds = np.asarray(prices.times, np.int64) // 1000
    apart = np.diff(seconds)
    step = int(np.gcd.reduce(apart)) or 1
    return {
        "symbol": prices.symbol,
        "first": int(seconds[0]) if len(seconds) else 0,
        "step": step,
        "apart": (apart // step).tolist(),
        "open": _short(prices.open),
        "high": _short(prices.high),
        "low": _short(prices.low),
        "close": _short(prices.close),
        "fills": sorted([*_fills(prices, prices.bought, 1), *_fills(prices, prices.sold, -1)]),
    }


def _fills(prices: Prices, moments: "Times", side: int) -> Iterator[tuple[int, int, int]]:
    """Each bar with fills of a side, that side, and how many they are."""
    after = np.searchsorted(np.asarray(prices.times), np.asarray(moments, np.int64), side="right")
    bars, counts = np.unique(np.maximum(after - 1, 0), return_counts=True)
    return zip(bars.tolist(), repeat(side), counts.tolist())


def curve_payload(curve: Curve) -> Values:
    """Return the equity curve and its drawdown."""
    return {
        "times": (curve.times // 1000).tolist(),
        "equity": _short(curve.equity),
        "drawdown": [round(each, 5) for each in curve.drawdown.tolist()],
    }


def embedded(payload: Values) -> Markup:
    """Return JSON that can stand inside a script element: no text in it can end that element."""
    text = json.dumps(payload, separators=(",", ":"), allow_nan=False, ensure_ascii=False)
    return Markup(text.replace("&", r"\u0026").replace("<", r"\u003c").replace(">", r"\u003e"))


def _short(numbers: "Numbers") -> list[float | int]:
    """Numbers with eight significant digits, as integers where they are whole."""
    short = (float(f"{number:.8g}") for number in np.asarray(numbers).tolist())
    return [int(number) if number.is_integer() else number for number in short]
