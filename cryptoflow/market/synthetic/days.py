"""The slow part of a made-up market: its trends, how wild its days are, and where each one opens."""

from collections.abc import Iterator
from math import sqrt
from typing import NamedTuple

import numpy as np

from cryptoflow.market.bars import Numbers, Times
from cryptoflow.market.times import DAY
from cryptoflow.noise import key, normal, uniform

BEGINNING = 1_262_304_000_000
"""2010-01-01: before it there are no prices."""

HOURS = 24

CYCLE = (
    *(0.85, 0.85, 0.80, 0.75, 0.70, 0.70, 0.75, 0.85, 0.95, 0.95, 0.95, 0.95),
    *(1.05, 1.20, 1.35, 1.40, 1.35, 1.20, 1.10, 1.05, 1.05, 1.00, 0.95, 0.90),
)
"""How wild each hour of a UTC day is: quiet before Europe wakes, busy while America works."""

WEEKEND = 0.75
"""How wild a Saturday or Sunday is beside a working day."""

FAT, FATTER = 0.03, 3.0
"""The share of hours that move as if they were this many times as wild."""

LARGEST = 0.3
"""The largest move of an hour, as a share."""

REACTION, MEMORY = 0.12, 0.85
"""How much of tomorrow's variance is news of today, and how much is today's (GARCH)."""

PULL = 0.004
"""The share per day by which a price far from its anchor is drawn back: half way in about six months."""

FARTHEST = 50.0
"""How many times its anchor a price may rise or fall; only wild settings get there."""

MOODS = ((1.0, 0.9), (0.0, 0.7), (-0.9, 1.3))
"""Rising, sideways, falling: the drift and the wildness of each."""


class World(NamedTuple):
    """What a made-up market is like.

    Shares are 0 to 1; `volatility`, `jumps` and `outages` are per year, `trend` per day, `turnover` is in the
    quote currency per hour; prices have so many `decimals`.
    """

    symbol: str
    seed: int
    price: float
    decimals: int
    volatility: float
    turnover: float
    trend: float
    correlation: float
    jumps: float
    outages: float

    def stream(self, *parts: object) -> int:
        """Return the key of one of this symbol's streams of random numbers."""
        return key(self.seed, self.symbol, *parts)


class Days(NamedTuple):
    """One row per day since BEGINNING; the tables have a column per day and a row per hour."""

    open: Numbers
    drift: Numbers
    deviation: Numbers
    shocks: Numbers
    wildness: Numbers
    jumps: Numbers
    growth: Numbers


def days(world: World, end: int) -> Days:
    """Return the days from BEGINNING until `end`; later days never change earlier ones."""
    count = -(-(end - BEGINNING) // DAY)
    day = np.arange(BEGINNING // DAY, BEGINNING // DAY + count)
    hour = day * HOURS + np.arange(HOURS)[:, None]
    trend, mood = _moods(world, count)
    shocks, wildness = _shocks(world, hour)
    weekend = np.where((day + 3) % 7 >= 5, WEEKEND, 1.0)
    deviation = _deviations(world, shocks) * mood * weekend
    jumps = np.clip(_jumps(world, hour) * deviation, -LARGEST, LARGEST)
    moves = np.clip(shocks * deviation, -LARGEST, LARGEST)
    growth = np.multiply.accumulate((1 + jumps) * (1 + moves), axis=0)
    # Ups and downs of equal size lose; half the variance a day makes good for it.
    trend += deviation * deviation * 0.5
    levels = np.array([*_levels(world, trend.tolist(), growth[-1].tolist())]).reshape(-1, 2)
    return Days(levels[:, 0].copy(), levels[:, 1].copy(), deviation, shocks, wildness, jumps, growth)


def _moods(world: World, count: int) -> tuple[Numbers, Numbers]:
    """The drift and the wildness of each day: spells of one to seven weeks, each in one mood."""
    spell = np.arange(count // 7 + 1)
    mood = (uniform(world.stream("mood"), spell) * len(MOODS)).astype(np.int64)
    length = 7 + (uniform(world.stream("length"), spell) * 43).astype(np.int64)
    strength = 0.5 + uniform(world.stream("strength"), spell)
    drift, wildness = np.array(MOODS).T
    trend = np.repeat(drift[mood] * strength * world.trend, length)
    return trend[:count], np.repeat(wildness[mood], length)[:count]


def _shocks(world: World, hour: Times) -> tuple[Numbers, Numbers]:
    """What happens in each hour and how much was likely to, in deviations of a day; part of it happens to all alike."""
    index = hour.ravel()
    everyone = normal(key(world.seed, "market"), index)
    alone = normal(world.stream("shock"), index)
    shock = everyone * sqrt(world.correlation) + alone * sqrt(1 - world.correlation)
    unit = sqrt(HOURS * (1 - FAT + FAT * FATTER * FATTER))
    fat = np.where(uniform(key(world.seed, "fat"), index) < FAT, FATTER / unit, 1 / unit)
    wildness = fat.reshape(hour.shape) * np.array(CYCLE)[:, None]
    return shock.reshape(hour.shape) * wildness, wildness


def _jumps(world: World, hour: Times) -> Numbers:
    """Gaps between one hour's close and the next one's open, in deviations of a day; mostly none."""
    luck = uniform(world.stream("jump"), hour.ravel())
    chance = world.jumps / (365.25 * HOURS)
    # What is left of a lucky number is even again: its lower half jumps down, its upper half up.
    side = luck / chance * 2 - 1 if chance else luck
    size = np.where(side < 0, side - 0.2, side + 0.2)
    return np.where(luck < chance, size, 0.0).reshape(hour.shape)


def _deviations(world: World, shocks: Numbers) -> Numbers:
    """Each day's deviation: variance follows what the days before were like, and returns to its mean."""
    realised = np.zeros(shocks.shape[1])
    for row in shocks:
        realised += row * row
    variance, path = 1.0, []
    for news in realised.tolist():
        path.append(variance)
        variance = min(9.0, (1 - REACTION - MEMORY) + (REACTION * news + MEMORY) * variance)
    deviation: Numbers = np.sqrt(np.array(path)) * (world.volatility / sqrt(365))
    return deviation


def _levels(world: World, trend: list[float], growth: list[float]) -> Iterator[tuple[float, float]]:
    """Each day's open and drift: the mood's trend, and the pull of the anchor."""
    price = world.price
    for today, factor in zip(trend, growth, strict=True):
        drift = today + PULL * min(world.price / price - 1, 3.0)
        yield price, drift
        price = min(max(price * factor * (1 + drift), world.price / FARTHEST), world.price * FARTHEST)
