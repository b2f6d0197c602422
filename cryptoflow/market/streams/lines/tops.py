"""The best prices, of which only the newest count."""

from collections.abc import Iterator, Sequence

from cryptoflow.domain.ticks import Heard, Top
from cryptoflow.market.streams.channels import Stream
from cryptoflow.market.streams.said import Page
from cryptoflow.market.streams.sequences import Hole

RESTARTED = 1
"""The number with which a venue begins anew after it has restarted its books."""


class Tops:
    """The best prices: an older one after a newer says nothing, and none is missed once the next has come."""

    def __init__(self, stream: Stream) -> None:
        self.stream = stream
        self.number = 0
        self.duplicates = self.reordered = 0

    def take(self, items: Sequence[Top]) -> Sequence[Heard]:
        """Let out what is newer than all before."""
        out = []
        for top in items:
            if top.number > self.number or top.number == RESTARTED:
                self.number = top.number
                out.append(top)
            else:
                self.duplicates += 1
        return out

    def wants(self) -> bool:
        """Say that nothing is ever missing."""
        return False

    waits = wants

    def held_back(self) -> int:
        """Return that none ever waits."""
        return 0

    def hold(self) -> None:
        """Hold nothing back."""

    def leave(self) -> None:
        """Take whatever number comes next."""
        self.number = 0

    def miss(self) -> Hole | None:
        """Return nothing."""
        return None

    def settled(self, heard_at: int) -> Iterator[Heard]:  # noqa: ARG002  # a line's answer
        """Yield nothing."""
        yield from ()

    def after(self) -> int:
        """Return the last number."""
        return self.number

    def learn(self, page: Page) -> None:
        """Have nothing to learn."""
