"""Which connection listens to which stream."""

from collections.abc import Sequence

from cryptoflow.market.streams.channels import Stream


def dealt(streams: Sequence[Stream], most: int) -> list[tuple[Stream, ...]]:
    """Return the streams of each connection: dealt in turn to as few as take at most so many each.

    >>> from cryptoflow.market.streams.channels import streams_of
    >>> [len(part) for part in dealt(streams_of("ABCDEFG", ["ticks"]), most=3)]
    [3, 2, 2]
    """
    hands = -(-len(streams) // most)
    return [tuple(streams[hand::hands]) for hand in range(hands)]
