"""Prices made up so that they behave: wild weeks, trends that last, gaps, volume that follows.

A world is a function of its settings, the seed and the symbol; every hour of it exists whether asked for or
not. So a longer period only adds bars, a minute fits inside its hour, and an hour inside its day.
Everything after the draw is integers, or floats by operations that IEEE 754 rounds exactly: the same bytes
on every platform.
"""

from cryptoflow.market.synthetic.days import BEGINNING, World
from cryptoflow.market.synthetic.world import bars

__all__ = ["BEGINNING", "World", "bars"]
