"""Fewer points that look the same: a chart has more bars than a screen has columns."""

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from cryptoflow.report.view import Prices

Numbers = npt.NDArray[np.float64]


EVEN = (1, 2, 3, 4, 6, 12, 24, 30, 60, 120, 240, 360, 720, 1440)
"""How many bars make one: numbers of which minutes and hours become minutes, hours and days."""


class Curve(NamedTuple):
    """An equity curve of few points: each is the end of `per_point` bars, `drawdown` the deepest among them."""

    times: npt.NDArray[np.int64]
    equity: Numbers
    drawdown: Numbers
    per_point: int


def thin_prices(prices: Prices, most: int) -> tuple[Prices, int]:
    """Return at most `most` bars, each made of so many of the given ones, and how many those are."""
    count = len(prices.times)
    per = _even(-(-count // most))
    if per == 1 or count == 0:
        return prices, 1
    heads = np.arange(0, count, per)
    tails = np.append(heads[1:], count) - 1
    thinned = Prices(
        prices.symbol,
        np.asarray(prices.times)[heads].tolist(),
        np.asarray(prices.open)[heads].tolist(),
        np.maximum.reduceat(np.asarray(prices.high), heads).tolist(),
        np.minimum.reduceat(np.asarray(prices.low), heads).tolist(),
        np.asarray(prices.close)[tails].tolist(),
    )
    return thinned, per


def thin_curve(times: Sequence[int], equity: Sequence[float], capital: float, most: int) -> Curve:
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

    >>> _even(0), _even(5), _even(106), _even(2000)
    (1, 6, 120, 2000)
    """
    return next((per for per in EVEN if per >= fewest), fewest)
