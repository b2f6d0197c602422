"""Random numbers, the same on every platform and in whatever order they are asked for.

Each number is a function of (key, index). Integers wrap, and floats are made by operations that IEEE 754
rounds exactly, so no mathematical library has a say in the last digit.
"""

from hashlib import sha256
from math import sqrt

import numpy as np
import numpy.typing as npt

Words = npt.NDArray[np.uint64]
Integers = npt.NDArray[np.int64]
Numbers = npt.NDArray[np.float64]

_DEVIATION = sqrt((65_536**2 - 1) / 3)
"""Of the sum of four even integers 0 … 65535."""

_ALL = 2**64 - 1
_GOLDEN = 0x9E3779B97F4A7C15
_MIX = (0xBF58476D1CE4E5B9, 0x94D049BB133111EB)


def key(*parts: object) -> int:
    """Return a 64-bit key for a stream of numbers named by `parts`."""
    return int.from_bytes(sha256("/".join(map(str, parts)).encode()).digest()[:8], "little")


def words(stream: int, index: Integers) -> Words:
    """Return 64 random bits for each index: the output function of SplitMix64 over a counter."""
    bits = index.astype(np.uint64)
    bits *= np.uint64(_GOLDEN)
    bits += np.uint64(stream)
    bits ^= bits >> np.uint64(30)
    bits *= np.uint64(_MIX[0])
    bits ^= bits >> np.uint64(27)
    bits *= np.uint64(_MIX[1])
    bits ^= bits >> np.uint64(31)
    return bits


def word(stream: int, index: int) -> int:
    """Return the 64 random bits of one index.

    >>> word(7, 3) == int(words(7, np.array([3]))[0])
    True
    """
    bits = (index * _GOLDEN + stream) & _ALL
    bits = (bits ^ bits >> 30) * _MIX[0] & _ALL
    bits = (bits ^ bits >> 27) * _MIX[1] & _ALL
    return bits ^ bits >> 31


def share(stream: int, index: int) -> float:
    """Return the number 0 ≤ x < 1 of one index, which is that of `uniform`."""
    return (word(stream, index) >> 11) * 2.0**-53


def uniform(stream: int, index: Integers) -> Numbers:
    """Return numbers spread evenly over 0 ≤ x < 1."""
    return (words(stream, index) >> np.uint64(11)).astype(np.float64) * 2.0**-53


def pair(stream: int, index: Integers) -> tuple[Numbers, Numbers]:
    """Return two independent numbers 0 ≤ x < 1 for each index, of 32 bits each."""
    bits = words(stream, index)
    low = bits & np.uint64(0xFFFFFFFF)
    return (bits >> np.uint64(32)).astype(np.float64) * 2.0**-32, low.astype(np.float64) * 2.0**-32


def normal(stream: int, index: Integers) -> Numbers:
    """Return numbers of mean 0 and deviation 1 whose bell ends at ±3.46: the sum of four even ones.

    Fat tails are the business of whoever mixes them.
    """
    bits = words(stream, index)
    total = bits & np.uint64(0xFFFF)
    for shift in (16, 32, 48):
        total += (bits >> np.uint64(shift)) & np.uint64(0xFFFF)
    return (total.astype(np.float64) - 2 * 65_535.0) * (1 / _DEVIATION)
