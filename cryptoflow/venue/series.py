"""What a market is made of: bars as columns, and the terms of its venue."""

from decimal import Decimal
from typing import NamedTuple, Protocol

import numpy as np

from cryptoflow.noise import Integers, Numbers

EXACT = 2**53
"""Whole numbers up to here are floats without loss."""

DIGITS = 8
"""Decimals that venues print at most."""


class Series(Protocol):
    """Bars as columns: `open_at` in epoch milliseconds, prices and volumes as floats."""

    @property
    def symbol(self) -> str:
        """What is traded."""

    @property
    def timeframe(self) -> int:
        """The length of a bar in milliseconds."""

    @property
    def open_at(self) -> Integers:
        """When each bar opens."""

    @property
    def open(self) -> Numbers:
        """First prices."""

    @property
    def high(self) -> Numbers:
        """Highest prices."""

    @property
    def low(self) -> Numbers:
        """Lowest prices."""

    @property
    def close(self) -> Numbers:
        """Last prices."""

    @property
    def volume(self) -> Numbers:
        """How much of the base currency was traded."""


class Terms(NamedTuple):
    """What orders in a market have to keep to, and what they cost."""

    tick: float
    lot: float
    least: float
    maker: float
    taker: float


def decimals_of(column: Numbers, step: float) -> int:
    """Return how many decimals a column needs: those of `step` at least, eight at most.

    >>> decimals_of(np.array([40_000.12, 3.5]), 1.0), decimals_of(np.array([1e12, 0.1]), 1e-8)
    (2, 3)
    """
    fewest = max(0, -int(Decimal(str(step)).normalize().as_tuple().exponent))
    highest = float(np.max(column, initial=0.0))
    exact = [decimals for decimals in range(DIGITS + 1) if highest * 10.0**decimals < EXACT] or [0]
    for decimals in exact[fewest:]:
        steps = 10.0**decimals
        if np.array_equal(np.rint(column * steps) / steps, column):
            return decimals
    return exact[-1]
