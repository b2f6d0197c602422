"""A book kept from its stream, with a snapshot whenever changes are missing."""

from collections.abc import Iterator, Sequence

from cryptoflow.domain.ticks import Filled, Heard, Moved
from cryptoflow.market.streams.books import Book
from cryptoflow.market.streams.channels import Stream
from cryptoflow.market.streams.said import Changes, Page, Snapshot
from cryptoflow.market.streams.sequences import Hole


class KeptBook:
    """A book that is kept; its events say that it has moved, the book itself says how."""

    def __init__(self, stream: Stream) -> None:
        self.stream = stream
        self.book = Book()
        self.early: dict[int, Changes] = {}
        self.held = True
        self.begun = False
        self.told: Hole | None = None
        self.duplicates = self.reordered = 0

    def take(self, items: Sequence[Changes | Snapshot]) -> Sequence[Heard]:
        """Bring the book up to date; changes that come early wait, a snapshot settles everything."""
        number = self.book.number
        for item in items:
            if isinstance(item, Snapshot):
                self.early.clear()
                self._begin(item)
            elif item.last <= self.book.number and self.begun:
                self.duplicates += 1
            else:
                self.early[item.last] = item
        self._catch_up()
        return () if self.held or self.book.number == number else (self._moved(items[-1].heard_at),)

    def wants(self) -> bool:
        """Say whether a snapshot is needed."""
        return not self.begun or bool(self.early)

    def waits(self) -> bool:
        """Say whether changes came that do not follow."""
        return self.wants()

    def held_back(self) -> int:
        """Return how many changes wait for a snapshot."""
        return len(self.early)

    def hold(self) -> None:
        """Say nothing of moves."""
        self.held = True

    def leave(self) -> None:
        """Say nothing of moves, and need a snapshot."""
        self.held = True
        self.begun = False
        self.early.clear()

    def miss(self) -> Hole | None:
        """Return what lies between the book and the first changes that do not follow it."""
        if self.told is not None or not self.begun or not self.early:
            return None
        self.told = Hole(self.book.number, min(changes.first for changes in self.early.values()))
        return self.told

    def after(self) -> int:
        """Return the number of the book."""
        return self.book.number

    def learn(self, page: Page) -> None:
        """Begin anew from a snapshot, unless the book has come further meanwhile."""
        for item in page.items:
            if isinstance(item, Snapshot) and (not self.begun or item.last > self.book.number):
                self._begin(item)
        self._catch_up()

    def settled(self, heard_at: int) -> Iterator[Heard]:
        """Yield that what was missing is in the book now, or, without a snapshot, that the book is lost."""
        whole = not self.wants()
        if not whole:
            self.leave()
        if self.told is not None:
            after, before = self.told
            found = before - after - 1 if whole else 0
            yield Filled(self.stream.symbol, self.stream.channel, after, before, found, heard_at)
        if whole:
            self.held = False
            yield self._moved(heard_at)
        self.told = None

    def _begin(self, snapshot: Snapshot) -> None:
        """Take a snapshot unless it is older than all changes that wait for one, and so cannot be joined to them."""
        first = min((changes.first for changes in self.early.values()), default=0)
        if first <= snapshot.last + 1:
            self.book.begin(snapshot)
            self.begun = True

    def _catch_up(self) -> None:
        """Apply the changes that follow, and forget those that the book has in it."""
        if not self.begun:
            return
        count = 0
        for last in sorted(self.early):
            changes = self.early[last]
            if last > self.book.number and not self.book.follows(changes):
                break
            if last > self.book.number:
                self.book.change(changes)
                count += 1
            del self.early[last]
        if not self.held and count > 1:
            self.reordered += count - 1

    def _moved(self, heard_at: int) -> Moved:
        return Moved(self.stream.symbol, self.book.number, self.book.at, heard_at)
