"""Random numbers, the same on every platform and in whatever order they are asked for.

Each number is a function of (key, index). Integers wrap, and floats are made by operations that IEEE 754
rounds exactly, so no mathematical library has a say in the last digit.
"""

from hashlib import sha256
from math import sqrt

import numpy as np
import numpy.typing as npt

from cryptoflow.market.bars import Numbers, Times

Words = npt.NDArray[np.uint64]

_DEVIATION = sqrt((65_536**2 - 1) / 3)
"""Of the sum of four even integers 0 … 65535."""

_GOLDEN = np.uint64(0x9E3779B97F4A7C15)
_MIX = (np.uint64(0xBF58476D1CE4E5B9), np.uint64(0x94D049BB133111EB))


def key(*parts: object) -> int:
    """Return a 64-bit key for a stream of numbers named by `parts`."""
    return int.from_bytes(sha256("/".join(map(str, parts)).encode()).digest()[:8], "little")


def words(stream: int, index: Times) -> Words:
    """Return 64 random bits for each index: the output function of SplitMix64 over a counter."""
    word = index.astype(np.uint64)
    word *= _GOLDEN
    word += np.uint64(stream)
    word ^= word >> np.uint64(30)
    word *= _MIX[0]
    word ^= word >> np.uint64(27)
    word *= _MIX[1]
    word ^= word >> np.uint64(31)
    return word


def uniform(stream: int, index: Times) -> Numbers:
    """Return numbers spread evenly over 0 ≤ x < 1."""
    return (words(stream, index) >> np.uint64(11)).astype(np.float64) * 2.0**-53


def pair(stream: int, index: Times) -> tuple[Numbers, Numbers]:
    """Return two independent numbers 0 ≤ x < 1 for each index, of 32 bits each."""
    word = words(stream, index)
    low = word & np.uint64(0xFFFFFFFF)
    return (word >> np.uint64(32)).astype(np.float64) * 2.0**-32, low.astype(np.float64) * 2.0**-32


def normal(stream: int, index: Times) -> Numbers:
    """Return numbers of mean 0 and deviation 1 whose bell ends at ±3.46: the sum of four even ones.

    Fat tails are the business of whoever mixes them.
    """
    word = words(stream, index)
    total = word & np.uint64(0xFFFF)
    for shift in (16, 32, 48):
        total += (word >> np.uint64(shift)) & np.uint64(0xFFFF)
    return (total.astype(np.float64) - 2 * 65_535.0) * (1 / _DEVIATION)
