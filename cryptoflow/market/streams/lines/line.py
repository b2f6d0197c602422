"""One stream in order: what it has said so far, and what of it may be told. Pure; whoever holds it acts."""

from collections.abc import Iterator, Sequence
from typing import Any, Protocol

from cryptoflow.domain.ticks import Filled, Heard, Missed
from cryptoflow.market.streams.channels import Stream
from cryptoflow.market.streams.said import Page
from cryptoflow.market.streams.sequences import Hole


class Line(Protocol):
    """A stream in order: takes in what is said, hands out what may be told."""

    stream: Stream

    @property
    def duplicates(self) -> int:
        """How many came that were known."""

    @property
    def reordered(self) -> int:
        """How many had to wait for one that came later."""

    def take(self, items: Sequence[Any]) -> Sequence[Heard]:
        """Return what may be told now that something was said."""

    def wants(self) -> bool:
        """Say whether something is missing that the venue can be asked for."""

    def waits(self) -> bool:
        """Say whether something came that could not be told yet."""

    def held_back(self) -> int:
        """Return how many came that could not be told yet."""

    def hold(self) -> None:
        """Tell nothing until it is `settled`: what is missing is being asked for."""

    def leave(self) -> None:
        """Hold, because the connection is gone: whatever the venue says now is missed."""

    def miss(self) -> Hole | None:
        """Return what is missing, when that is known and has not been told; from now on it counts as told."""

    def after(self) -> int:
        """Return the number to ask from."""

    def learn(self, page: Page) -> None:
        """Take in an answer."""

    def settled(self, heard_at: int) -> Iterator[Heard]:
        """Yield all that was held back, with what has been found before it, and hold nothing any more."""


def around(
    stream: Stream, hole: Hole | None, events: Sequence[Heard], heard_at: int, told: Hole | None = None
) -> Iterator[Heard]:
    """Yield events; those found in a hole stand between the words that it was there and that it is filled."""
    if hole is None:
        yield from events
        return
    if hole != told:
        yield Missed(stream.symbol, stream.channel, *hole, heard_at)
    yield from events
    yield Filled(stream.symbol, stream.channel, *hole, len(events), heard_at)


def lost(filled: Filled, step: int) -> int:
    """Return how many are lost by what was said of a hole, in numbers that rise by `step`; 0 where they began anew.

    >>> lost(Filled("BTC/USDT", "ticks", after=10, before=15, found=3, heard_at=0), step=1)
    1
    """
    return max(0, (filled.before - filled.after) // step - 1 - filled.found)
