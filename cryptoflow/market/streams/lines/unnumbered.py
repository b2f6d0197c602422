"""Ticks of a venue that does not number them."""

from collections.abc import Iterator, Sequence

from cryptoflow.domain.ticks import Heard, Tick
from cryptoflow.market.streams.channels import Stream
from cryptoflow.market.streams.lines.line import around
from cryptoflow.market.streams.said import Named, Page
from cryptoflow.market.streams.sequences import Hole, Names


class Unnumbered:
    """Ticks of a venue that names them: known by name, numbered by us in the order in which they are told."""

    def __init__(self, stream: Stream) -> None:
        self.stream = stream
        self.names = Names()
        self.number = self.last_at = 0
        self.held = self.away = False
        self.heard: list[Named] = []
        self.found: list[Named] = []
        self.overlaps = True
        self.duplicates = self.reordered = 0

    def take(self, items: Sequence[Named]) -> Sequence[Heard]:
        """Number and let out what is new."""
        new = [item for item in items if self.names.add(item.name)]
        self.duplicates += len(items) - len(new)
        if self.held:
            self.heard.extend(new)
            return ()
        return self._numbered(new)

    def wants(self) -> bool:
        """Say whether the connection was away."""
        return self.away and self.number > 0

    def waits(self) -> bool:
        """Say that nothing can be seen to be missing."""
        return False

    def hold(self) -> None:
        """Let nothing out."""
        self.held = True

    def leave(self) -> None:
        """Let nothing out, and want all that comes meanwhile."""
        self.held = self.away = True
        self.overlaps = False

    def miss(self) -> Hole | None:
        """Return nothing: that something is missing shows only when it is found."""
        return None

    def after(self) -> int:
        """Return nothing to ask from: such a venue tells its last ticks."""
        return 0

    def learn(self, page: Page) -> None:
        """Take in those of the last ticks that came after all we have told; if we know none of them some are lost."""
        self.away = not page.newest
        waiting = {item.name for item in self.heard}
        ticks = [item for item in page.items if isinstance(item, Named)]
        told = [place for place, item in enumerate(ticks) if item.name in self.names and item.name not in waiting]
        self.overlaps |= bool(told)
        after = told[-1] + 1 if told else 0
        self.found += [item for item in ticks[after:] if item.tick.at >= self.last_at and self.names.add(item.name)]

    def settled(self, heard_at: int) -> Iterator[Heard]:
        """Yield what was found, then what was heard; where the found does not join the known, one more is lost."""
        lost = 0 if self.overlaps or not self.number else 1
        if self.found or lost:
            hole = Hole(self.number, self.number + lost + len(self.found) + 1)
            self.number += lost
            yield from around(self.stream, hole, self._numbered(self.found), heard_at)
        yield from self._numbered(self.heard)
        self.found, self.heard = [], []
        self.held = self.away = False
        self.overlaps = True

    def _numbered(self, items: Sequence[Named]) -> list[Tick]:
        out = []
        for item in items:
            self.number += 1
            self.last_at = item.tick.at
            out.append(item.tick._replace(number=self.number))
        return out
