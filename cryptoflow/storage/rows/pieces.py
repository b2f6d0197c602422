"""What a stretch of time consists of: the longest rows that lie whole within it, shorter ones at its ragged ends."""

from collections.abc import Iterator
from typing import NamedTuple

from cryptoflow.storage.rows.projecting import MINUTE
from cryptoflow.storage.rows.rolling import DAY, HOUR

SHORTER = {DAY: HOUR, HOUR: MINUTE}


class Stretch(NamedTuple):
    """From a minute to another, which is left out, in epoch milliseconds."""

    first: int = 0
    last: int = 2**62 // DAY * DAY

    def around(self, length: int) -> "Stretch":
        """Return it from the beginning of its first piece of a length to the end of its last."""
        return Stretch(self.first // length * length, -(-self.last // length) * length)


def pieces(whole: Stretch, longest: int) -> Iterator[tuple[int, Stretch]]:
    """Yield what a stretch consists of, in order: pieces to be answered by rows of a length.

    >>> [(length // MINUTE, within) for length, within in pieces(Stretch(0, HOUR + MINUTE), DAY)]
    [(60, Stretch(first=0, last=3600000)), (1, Stretch(first=3600000, last=3660000))]
    """
    first, last = -(-whole.first // longest) * longest, whole.last // longest * longest
    if longest == MINUTE:
        if whole.first < whole.last:
            yield longest, whole
    elif first < last:
        yield from pieces(Stretch(whole.first, first), SHORTER[longest])
        yield longest, Stretch(first, last)
        yield from pieces(Stretch(last, whole.last), SHORTER[longest])
    else:
        yield from pieces(whole, SHORTER[longest])
