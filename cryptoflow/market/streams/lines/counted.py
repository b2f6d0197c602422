"""Ticks and bars, which rise by one step: what is missing is known by its number."""

from collections.abc import Iterator, Sequence

from cryptoflow.domain.ticks import Closed, Filled, Heard, Missed, Tick
from cryptoflow.market.streams.channels import Stream
from cryptoflow.market.streams.lines.line import around
from cryptoflow.market.streams.said import Forming, Item, Page, Unsure
from cryptoflow.market.streams.sequences import Hole, Numbered


class Counted:
    """Ticks and bars that rise by one step; bars are counted by their opens.

    After each join, numbers below what is known leave a doubt: they come late, or the venue's begin anew. Its newest
    number settles that.
    """

    def __init__(self, stream: Stream, last: int | None = None) -> None:
        self.stream = stream
        self.away = last is not None
        self.trusted = not self.away
        self.doubt: int | None = None
        self.anew: Hole | None = None
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
            if not self.trusted:
                self._trust(number_of(item))
            if isinstance(item, Forming):
                self.numbers.know(item.open_at)
            else:
                out += self.numbers.take(number_of(item), item)
        return out

    def wants(self) -> bool:
        """Say whether there is a hole or a doubt, or the connection was away."""
        return (
            self.doubt is not None
            or (self.away and self.numbers.expected is not None)
            or self.numbers.hole() is not None
        )

    def waits(self) -> bool:
        """Say whether there may be a hole, or there is a doubt."""
        expected = self.numbers.expected
        return (
            self.doubt is not None
            or bool(self.numbers.early)
            or (expected is not None and self.numbers.known > expected)
        )

    def held_back(self) -> int:
        """Return how many wait for what is missing before them."""
        return len(self.numbers.early)

    def hold(self) -> None:
        """Let nothing out."""
        self.numbers.held = True

    def leave(self) -> None:
        """Let nothing out, and want all that comes meanwhile."""
        self.numbers.held = self.away = True
        self.trusted, self.doubt = False, None

    def miss(self) -> Hole | None:
        """Return the hole."""
        return self.numbers.miss()

    def after(self) -> int:
        """Return the last number before the hole, or before what is in doubt."""
        if self.doubt is not None:
            return self.doubt - self.numbers.step
        return self.numbers.reached() or 0

    def learn(self, page: Page) -> None:
        """Take in what was found; a bar that may be under way has closed if a later one is known of."""
        if self.doubt is not None:
            self._judge(page)
        items = [item for each in page.items if (item := self._certain(each))]
        self.numbers.find([(number_of(item), item) for item in items], newest=self.away)
        if page.newest:
            self.away = False

    def settled(self, heard_at: int) -> Iterator[Heard]:
        """Yield what was found between what was heard."""
        if self.anew is not None:
            yield Missed(self.stream.symbol, self.stream.channel, *self.anew, heard_at)
            yield Filled(self.stream.symbol, self.stream.channel, *self.anew, 0, heard_at)
        told = self.numbers.told
        for hole, events in self.numbers.settled():
            yield from around(self.stream, hole, events, heard_at, told)
        self.numbers.held = self.away = False
        self.doubt = self.anew = None

    def _trust(self, number: int) -> None:
        expected = self.numbers.expected
        self.trusted = expected is None or number >= expected
        self.doubt = None if self.trusted else number if self.doubt is None else self.doubt

    def _judge(self, page: Page) -> None:
        """Begin anew where the venue's newest number is one that we have long passed."""
        numbers, step = self.numbers, self.numbers.step
        found = [number_of(each) for each in page.items if isinstance(each, Tick | Closed | Unsure)]
        if not found or numbers.expected is None:
            return
        begins_anew = max(found) < numbers.expected - step
        if begins_anew and not page.newest:
            self.doubt = max(found) + step
            return
        self.trusted, self.doubt = True, None
        if begins_anew:
            self.anew = Hole(numbers.expected - step, min(found))
            self.numbers = Numbered(step, min(found) - step)
            self.numbers.duplicates, self.numbers.reordered = numbers.duplicates, numbers.reordered
            self.numbers.held = True
            for item in page.items:
                if isinstance(item, Tick | Closed):
                    self.numbers.take(number_of(item), item)

    def _certain(self, item: Item) -> Tick | Closed | None:
        if isinstance(item, Unsure):
            return item.bar if item.bar.open_at < self.numbers.known else None
        return item if isinstance(item, Tick | Closed) else None


def number_of(item: Tick | Closed | Forming | Unsure) -> int:
    """Return what an event is counted by."""
    if isinstance(item, Tick):
        return item.number
    return item.bar.open_at if isinstance(item, Unsure) else item.open_at
