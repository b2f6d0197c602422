"""What happens inside made-up hours: a random walk of sixty minutes that ends where the hour ends.

Hourly bars take their highs and lows from these walks and minute bars are these walks, so the two agree to the tick.
Tables have a row per minute and a column per hour, so that one step serves all hours.
"""

from math import sqrt

import numpy as np

from cryptoflow.market.bars import Numbers, Times
from cryptoflow.market.synthetic.days import World
from cryptoflow.market.synthetic.hours import Hours
from cryptoflow.market.synthetic.path import Path
from cryptoflow.market.times import HOUR, MINUTE
from cryptoflow.noise import normal, pair

MINUTES = 60

WICK = 0.6
"""How far a minute goes beyond its ends at most, in its deviations; half of that on average."""


def hourly(world: World, hours: Hours) -> Path:
    """Return the bars of hours, which reach as far as their minutes do and a wick more."""
    close = _walk(world, hours)
    top = np.maximum(close.max(axis=0), hours.open)
    bottom = np.minimum(close.min(axis=0), hours.open)
    up, down = _wicks(world, hours)
    low = np.maximum(bottom - down, np.minimum(bottom, 1))
    return Path(hours.number * HOUR, hours.open, top + up, low, hours.close, hours.volume)


def minutely(world: World, hours: Hours) -> Path:
    """Return the bars of all minutes of hours."""
    whole = hourly(world, hours)
    close = _walk(world, hours)
    minute = _minutes(hours)
    open_ = np.vstack((hours.open, close[:-1]))
    top, bottom = np.maximum(open_, close), np.minimum(open_, close)
    step = hours.deviation * (1 / sqrt(MINUTES))
    up, down = (luck.reshape(minute.shape) for luck in pair(world.stream("minute", "wick"), minute.ravel()))
    high = np.minimum(top + (up * (step * WICK)).astype(np.int64), whole.high)
    low = np.maximum(bottom - (down * (step * WICK)).astype(np.int64), whole.low)
    every = np.arange(len(hours.number))
    high[top.argmax(axis=0), every] = whole.high
    low[bottom.argmin(axis=0), every] = whole.low
    volume = _volume(world, hours, (top - bottom) / step)
    return Path(*(column.T.ravel() for column in (minute * MINUTE, open_, high, low, close, volume)))


def _minutes(hours: Hours) -> Times:
    return hours.number * MINUTES + np.arange(MINUTES)[:, None]


def _walk(world: World, hours: Hours) -> Times:
    """The last price of each minute."""
    minute = _minutes(hours)
    steps = normal(world.stream("minute"), minute.ravel()).reshape(minute.shape)
    walk = np.add.accumulate(steps, axis=0)
    done = np.arange(1, MINUTES + 1)[:, None] / MINUTES
    stray = (walk - walk[-1] * done) * (hours.deviation * (1 / sqrt(MINUTES)))
    price = hours.open + (hours.close - hours.open) * done + stray
    ticks: Times = np.maximum(np.rint(price), 1.0).astype(np.int64)
    ticks[-1] = hours.close
    return ticks


def _wicks(world: World, hours: Hours) -> tuple[Times, Times]:
    """How far each hour goes beyond the ends of its minutes, in ticks."""
    longest = hours.deviation * (WICK / sqrt(MINUTES))
    up, down = pair(world.stream("wick"), hours.number)
    return (up * longest).astype(np.int64), (down * longest).astype(np.int64)


def _volume(world: World, hours: Hours, moved: Numbers) -> Times:
    """Each minute's part of the hour's lots; the last takes what rounding left over."""
    luck, more = pair(world.stream("minute", "volume"), _minutes(hours).ravel())
    weight = (0.3 + moved) * ((0.2 + luck) * (0.2 + more)).reshape(moved.shape)
    total = np.zeros(moved.shape[1])
    for row in weight:
        total += row
    lots = np.floor(weight * (hours.volume / total)).astype(np.int64)
    lots[-1] += hours.volume - lots.sum(axis=0)
    return lots
