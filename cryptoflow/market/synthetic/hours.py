"""The hours of a made-up market: each day's moves spread over it, with volume and outages."""

from math import sqrt
from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from cryptoflow.market.bars import Numbers, Times
from cryptoflow.market.synthetic.days import BEGINNING, HOURS, Days, World
from cryptoflow.market.synthetic.path import LOTS
from cryptoflow.market.times import HOUR
from cryptoflow.noise import pair, uniform

LONGEST_OUTAGE = 4

MOST_LOTS = 1e15
"""An hour's volume in lots stays below this, so that sums over weeks are exact in a float too."""


class Hours(NamedTuple):
    """Hours by their number since the epoch: their ends and their deviation in ticks, their volume in lots."""

    number: Times
    open: Times
    close: Times
    deviation: Numbers
    volume: Times


def hours(world: World, made: Days, first: int, last: int) -> Hours:
    """Return the hours numbered `first` to `last` (exclusive), those of outages left out."""
    hour = np.arange(first, last)
    hour = hour[~_outages(world, hour)]
    day, part = np.divmod(hour - BEGINNING // HOUR, HOURS)
    open_, close = _ends(made, day, part)
    share = made.deviation[day] * made.wildness[part, day]
    ticks = float(10**world.decimals)
    return Hours(
        number=hour,
        open=_whole(open_ * ticks),
        close=_whole(close * ticks),
        deviation=share * open_ * ticks,
        volume=_volume(world, hour, share, open_, close),
    )


def _ends(made: Days, day: Times, part: Times) -> tuple[Numbers, Numbers]:
    """The first and the last price of each hour."""
    before = np.where(part == 0, 1.0, made.growth[part - 1, day])
    open_ = made.open[day] * before * (1 + made.drift[day] * (part / HOURS)) * (1 + made.jumps[part, day])
    close = made.open[day] * made.growth[part, day] * (1 + made.drift[day] * ((part + 1) / HOURS))
    return open_, close


def _whole(price: Numbers) -> Times:
    ticks: Numbers = np.maximum(np.rint(price), 1.0)
    return ticks.astype(np.int64)


def _volume(world: World, hour: Times, share: Numbers, open_: Numbers, close: Numbers) -> Times:
    """Lots traded: more in busy hours, on wild days, and when the price moves."""
    calm = world.volatility / sqrt(365 * HOURS)
    wild, moved = share / calm, np.abs(close - open_) / (open_ * calm)
    luck, more = pair(world.stream("volume"), hour)
    traded = world.turnover * (0.3 + 0.5 * wild * wild + 0.5 * moved) * (0.4 + luck) * (0.5 + more)
    lots: Numbers = np.rint(np.minimum(traded / close * LOTS, MOST_LOTS))
    return lots.astype(np.int64)


def _outages(world: World, hour: Times) -> npt.NDArray[np.bool_]:
    """Which hours the venue was down: each outage starts by chance and lasts one to four hours."""
    away = np.zeros(len(hour), np.bool_)
    chance = world.outages / (365.25 * HOURS)
    for ago in range(LONGEST_OUTAGE):
        began = uniform(world.stream("outage"), hour - ago) < chance
        lasts = 1 + (uniform(world.stream("lasts"), hour - ago) * LONGEST_OUTAGE).astype(np.int64)
        away |= began & (lasts > ago)
    return away
