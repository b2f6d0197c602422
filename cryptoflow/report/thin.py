"""Fewer points that look the same: a chart has more bars than a screen has columns."""

from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np
import numpy.typing as npt

from cryptoflow.market.bars import Bars
from cryptoflow.market.shelf import Series
from cryptoflow.report.view import Prices

if TYPE_CHECKING:
    from cryptoflow.report.view import Numbers, Times

EVEN = (1, 2, 3, 4, 6, 12, 24, 30, 60, 120, 240, 360, 720, 1440, 2880, 7200, 10080)
"""How many bars make one: numbers of which minutes and hours become minutes, hours, days and a week."""

MOST_BARS = 5_000
"""Bars drawn of a symbol; all symbols together have four times as many, and each at least a tenth of it."""

MANY_BARS = 20_000
FEWEST_BARS = 500

READ = 1 << 18
"""Bars looked at together."""


class Curve(NamedTuple):
    """An equity curve of few points: each is the end of `per_point` bars, `drawdown` the deepest among them."""

    times: npt.NDArray[np.int64]
    equity: npt.NDArray[np.float64]
    drawdown: npt.NDArray[np.float64]
    per_point: int


def drawn(series: Series, symbols: int) -> Prices:
    """Return the bars of one of so many symbols as a page draws them: few, and yet with every high and low."""
    most = min(MOST_BARS, max(FEWEST_BARS, MANY_BARS // symbols))
    per = _even(-(-len(series) // most))
    step = max(READ // per, 1) * per
    parts = [_merged(series.cut(first, first + step), per) for first in range(0, len(series), step)]
    times, open_, high, low, close = (np.concatenate(column) for column in zip(*parts, strict=True))
    return Prices(series.symbol, times, open_, high, low, close, per)


def _merged(bars: Bars, per: int) -> tuple[npt.NDArray[Any], ...]:
    """Each `per` bars as one."""
    heads = np.arange(0, len(bars), per)
    tails = np.append(heads[1:], len(bars)) - 1
    high, low = np.maximum.reduceat(bars.high, heads), np.minimum.reduceat(bars.low, heads)
    return bars.open_at[heads], bars.open[heads], high, low, bars.close[tails]


def thin_curve(times: "Times", equity: "Numbers", capital: float, most: int) -> Curve:
    """Return the equity curve in at most `most` points, with the deepest drawdown of each."""
    at, worth = np.asarray(times, np.int64), np.asarray(equity, np.float64)
    if len(at) == 0:
        return Curve(at, worth, worth, 1)
    peak = np.maximum(np.maximum.accumulate(worth), capital)
    drawdown = worth / peak - 1 if capital > 0 else np.zeros_like(worth)
    per = _even(-(-len(at) // most))
    heads = np.arange(0, len(at), per)
    tails = np.append(heads[1:], len(at)) - 1
    return Curve(at[tails], worth[tails], np.minimum.reduceat(drawdown, heads), per)


def _even(fewest: int) -> int:
    """The next even number of bars to merge.

    >>> _even(0), _even(5), _even(106), _even(20_000)
    (1, 6, 120, 20000)
    """
    return next((per for per in EVEN if per >= fewest), fewest)
