"""Bars of a made-up market, in any timeframe from a minute to a week."""

import numpy as np

from cryptoflow.market.bars import Bars
from cryptoflow.market.synthetic.days import World, days
from cryptoflow.market.synthetic.hours import hours
from cryptoflow.market.synthetic.path import LOTS, Path
from cryptoflow.market.synthetic.walks import hourly, minutely
from cryptoflow.market.times import HOUR, grid_offset

BLOCK = 1_024
"""Hours made at once: their tables of minutes stay in the processor's cache, and memory stays small."""


def bars(world: World, timeframe: int, start: int, end: int) -> Bars:
    """Return the world's bars that open at or after `start` and before `end`; hours of an outage have none.

    `timeframe` is a whole number of minutes; `start` is at or after BEGINNING.
    """
    first, last = (_on_grid(at, timeframe) for at in (start, end))
    made = days(world, last)
    make = minutely if timeframe % HOUR else hourly
    hour, stop = first // HOUR, -(-last // HOUR)
    blocks = (hours(world, made, each, min(each + BLOCK, stop)) for each in range(hour, max(stop, hour + 1), BLOCK))
    path = Path(*map(np.concatenate, zip(*(make(world, block) for block in blocks), strict=True)))
    path = path.between(first, last).fold(timeframe, grid_offset(timeframe))
    ticks = float(10**world.decimals)
    return Bars(
        symbol=world.symbol,
        timeframe=timeframe,
        open_at=path.open_at,
        open=path.open / ticks,
        high=path.high / ticks,
        low=path.low / ticks,
        close=path.close / ticks,
        volume=path.volume / LOTS,
    )


def _on_grid(at: int, timeframe: int) -> int:
    """The first moment at or after `at` at which a bar opens."""
    offset = grid_offset(timeframe)
    return -(-(at - offset) // timeframe) * timeframe + offset
