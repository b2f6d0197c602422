"""Ticks of a venue that does not number them."""

from collections.abc import Iterator, Sequence
from itertools import groupby
from typing import NamedTuple

from cryptoflow.domain.ticks import Heard, Tick
from cryptoflow.market.streams.channels import Stream
from cryptoflow.market.streams.lines.line import around
from cryptoflow.market.streams.said import Named, Page
from cryptoflow.market.streams.sequences import Hole, Names


class Placed(NamedTuple):
    """A tick in its place, and whether it was heard or had to be asked for."""

    item: Named
    heard: bool


class Unnumbered:
    """Ticks of a venue that names them: known by name, numbered by us in the order in which they are told."""

    def __init__(self, stream: Stream) -> None:
        self.stream = stream
        self.names = Names()
        self.number = self.last_at = 0
        self.held = self.away = False
        self.heard: list[Named] = []
        self.answer: dict[str, Named] = {}
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

    def held_back(self) -> int:
        """Return how many wait for what is asked for."""
        return len(self.heard)

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
        """Take in the last ticks; an answer older than all that was heard since says too little of what lies between.

        If none of them has been told before, some are lost.
        """
        ticks = {item.name: item for item in page.items if isinstance(item, Named)}
        waiting = {item.name for item in self.heard}
        self.overlaps |= any(name in self.names and name not in waiting for name in ticks)
        self.answer |= {name: item for name, item in ticks.items() if name not in self.answer}
        self.away = not page.newest or (bool(waiting) and waiting.isdisjoint(self.answer))

    def settled(self, heard_at: int) -> Iterator[Heard]:
        """Yield what was found between what was heard; where nothing joins it to the known, one more is lost."""
        lost = 0 if self.overlaps or not self.number else 1
        placed = merged(self._new(), self.heard)
        if lost and (not placed or placed[0].heard):
            yield from around(self.stream, Hole(self.number, self.number + 2), (), heard_at)
            self.number, lost = self.number + 1, 0
        for heard, run in groupby(placed, lambda each: each.heard):
            items = [each.item for each in run]
            if heard:
                yield from self._numbered(items)
                continue
            hole = Hole(self.number, self.number + lost + len(items) + 1)
            self.number, lost = self.number + lost, 0
            for item in items:
                self.names.add(item.name)
            yield from around(self.stream, hole, self._numbered(items), heard_at)
        self.answer, self.heard = {}, []
        self.held = self.away = False
        self.overlaps = True

    def _new(self) -> list[Named]:
        """What the venue has answered, from after all that was told."""
        waiting = {item.name for item in self.heard}
        ticks = list(self.answer.values())
        told = [place for place, item in enumerate(ticks) if item.name in self.names and item.name not in waiting]
        after = told[-1] + 1 if told else 0
        return [item for item in ticks[after:] if item.tick.at >= self.last_at]

    def _numbered(self, items: Sequence[Named]) -> list[Tick]:
        out = []
        for item in items:
            self.number += 1
            self.last_at = item.tick.at
            out.append(item.tick._replace(number=self.number))
        return out


def merged(answer: Sequence[Named], heard: Sequence[Named]) -> list[Placed]:
    """Return what was answered and heard in one order, that of the answer where both have something to say.

    What the answer has after all that was heard is on its way, and left to come by itself.

    >>> from cryptoflow.market.streams.said import Named
    >>> one = lambda name: Named(name, None)
    >>> both = merged([one("3"), one("4"), one("5"), one("6")], [one("4"), one("5")])
    >>> [(each.item.name, each.heard) for each in both]
    [('3', False), ('4', True), ('5', True)]
    """
    places = {item.name: place for place, item in enumerate(answer)}
    known = {item.name for item in heard}
    out: list[Placed] = []
    begin = 0
    for item in heard:
        place = places.get(item.name, -1)
        if place >= begin:
            out += [Placed(each, heard=False) for each in answer[begin:place] if each.name not in known]
            begin = place + 1
        out.append(Placed(item, heard=True))
    if not begin:
        out = [*(Placed(each, heard=False) for each in answer), *out]
    return out
