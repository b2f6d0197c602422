"""Ticks and bars, which rise by one step: what is missing is known by its number."""

from collections.abc import Iterator, Sequence

from cryptoflow.domain.ticks import Closed, Heard, Tick
from cryptoflow.market.streams.channels import Stream
from cryptoflow.market.streams.lines.line import around
from cryptoflow.market.streams.said import Forming, Page
from cryptoflow.market.streams.sequences import Hole, Numbered


class Counted:
    """Ticks and bars that rise by one step; bars are counted by their opens."""

    def __init__(self, stream: Stream, last: int | None = None) -> None:
        self.stream = stream
        self.away = last is not None
        self.numbers: Numbered[Tick | Closed] = Numbered(stream.timeframe or 1, last)

    @property
    def duplicates(self) -> int:
        """How many came that were known."""
        return self.numbers.duplicates

    @property
    def reordered(self) -> int:
        """How many had to wait for one that came later."""
        return self.numbers.reordered

    def take(self, items: Sequence[Tick | Closed | Forming]) -> Sequence[Heard]:
        """Let out what follows; a bar under way says that the one before it exists."""
        out: list[Heard] = []
        for item in items:
            if isinstance(item, Forming):
                self.numbers.know(item.open_at)
            else:
                out += self.numbers.take(number_of(item), item)
        return out

    def wants(self) -> bool:
        """Say whether there is a hole, or the connection was away."""
        return (self.away and self.numbers.expected is not None) or self.numbers.hole() is not None

    def waits(self) -> bool:
        """Say whether there may be a hole."""
        expected = self.numbers.expected
        return bool(self.numbers.early) or (expected is not None and self.numbers.known > expected)

    def hold(self) -> None:
        """Let nothing out."""
        self.numbers.held = True

    def leave(self) -> None:
        """Let nothing out, and want all that comes meanwhile."""
        self.numbers.held = self.away = True

    def miss(self) -> Hole | None:
        """Return the hole."""
        return self.numbers.miss()

    def after(self) -> int:
        """Return the last number before the hole."""
        return self.numbers.reached() or 0

    def learn(self, page: Page) -> None:
        """Take in what was found."""
        items = [item for item in page.items if isinstance(item, (Tick, Closed))]
        self.numbers.find([(number_of(item), item) for item in items], newest=self.away)
        if page.newest:
            self.away = False

    def settled(self, heard_at: int) -> Iterator[Heard]:
        """Yield what was found between what was heard."""
        told = self.numbers.told
        for hole, events in self.numbers.settled():
            yield from around(self.stream, hole, events, heard_at, told)
        self.numbers.held = self.away = False


def number_of(item: Tick | Closed) -> int:
    """Return what an event is counted by."""
    return item.open_at if isinstance(item, Closed) else item.number
