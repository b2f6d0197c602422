"""Numbers drawn from a key and an index: the same whoever asks, how often, and in whatever order."""

from hashlib import sha256

import numpy as np
import numpy.typing as npt

Words = npt.NDArray[np.uint64]
Integers = npt.NDArray[np.int64]
Numbers = npt.NDArray[np.float64]

_ALL = 2**64 - 1
_STRIDE = 0x9E3779B97F4A7C15
_FIRST, _SECOND = 0xFF51AFD7ED558CCD, 0xC4CEB9FE1A85EC53


def key(*parts: object) -> int:
    """Return 64 bits that stand for `parts`."""
    return int.from_bytes(sha256("\x1f".join(map(str, parts)).encode()).digest()[:8], "little")


def word(stream: int, index: int) -> int:
    """Return the 64 bits of one index.

    >>> word(7, 3) == int(words(7, np.array([3]))[0])
    True
    """
    mixed = (index * _STRIDE + stream) & _ALL
    mixed = (mixed ^ mixed >> 33) * _FIRST & _ALL
    mixed = (mixed ^ mixed >> 33) * _SECOND & _ALL
    return mixed ^ mixed >> 33


def words(stream: int, index: Integers) -> Words:
    """Return 64 bits for each index, by the finalizer of MurmurHash3 over a counter."""
    mixed = index.astype(np.uint64) * np.uint64(_STRIDE) + np.uint64(stream)
    for factor in (_FIRST, _SECOND):
        mixed = (mixed ^ (mixed >> np.uint64(33))) * np.uint64(factor)
    return mixed ^ (mixed >> np.uint64(33))


def unit(stream: int, index: Integers) -> Numbers:
    """Return a number 0 ≤ x < 1 for each index."""
    return (words(stream, index) >> np.uint64(11)).astype(np.float64) * 2.0**-53


def share(stream: int, index: int) -> float:
    """Return the number 0 ≤ x < 1 of one index."""
    return (word(stream, index) >> 11) * 2.0**-53
