"""A symbol's tape while it is being played: what is due on the topics that somebody listens to."""

from collections.abc import Iterable, Iterator, Mapping
from typing import NamedTuple

from cryptoflow.venue.book import DEPTH, book, change, top_after
from cryptoflow.venue.klines import kline_at, offset_of, opening
from cryptoflow.venue.market import day_of
from cryptoflow.venue.path import Tick
from cryptoflow.venue.tape import Tape
from cryptoflow.venue.topic import Channel, Event, Topic

Wanted = Mapping[Channel, list[Topic]]


class Due(NamedTuple):
    """Something to say: when, in which order at the same moment, on which topic, its number there, and what."""

    at: int
    rank: int
    topic: Topic
    number: int
    event: Event


HANDFUL = 1_024
"""Ticks taken at a time."""

CLOSES, TICKS, TOPS, REST = range(4)
"""At one moment a bar that is over comes first, then what trades, then what has changed by it."""


class Reel:
    """A place on a tape, from which it is played on."""

    def __init__(self, tape: Tape, at: int) -> None:
        self.tape, self.at = tape, at
        self._row = max(tape.row(at), 0)
        self._place = max(tape.played(at) - int(tape.first[self._row]) + 1, 0)
        """Of the next tick to load, in its bar."""
        self._ticks: list[Tick] = []
        self._next = 0

    def next_at(self) -> int | None:
        """Return the moment of the next tick, None after the last."""
        if self._next >= len(self._ticks) and not self._load():
            return None
        return self._ticks[self._next].at

    def _load(self) -> bool:
        """Take the next handful of ticks; while a bar is played, the one after it is made, so that none is late."""
        tape = self.tape
        while self._place >= tape.count[self._row]:
            if self._row + 1 >= len(tape):
                return False
            self._row, self._place = self._row + 1, 0
        self._ticks, self._next = tape.inside(self._row, self._place, self._place + HANDFUL), 0
        handfuls = int(tape.count[self._row]) // HANDFUL
        if handfuls and self._place // HANDFUL == tape.stream % handfuls and self._row + 1 < len(tape):
            tape.inside(self._row + 1, 0, 0)
        self._place += HANDFUL
        return True

    def _until(self, at: int) -> Iterator[Tick]:
        while (due := self.next_at()) is not None and due <= at:
            yield self._ticks[self._next]
            self._next += 1

    def upto(self, at: int, wanted: Wanted) -> list[Due]:
        """Play up to and with a moment, and return what is to be said of it."""
        since, self.at = self.at, at
        found: list[Due] = []
        for tick in self._until(at):
            found += [Due(tick.at, TICKS, topic, tick.number, tick) for topic in wanted.get("ticks", ())]
            found += self._seen(tick, wanted)
        for topic in (*wanted.get("bars", ()), *wanted.get("book", ()), *wanted.get("day", ())):
            if topic.every:
                for moment in beats(since, at, topic.every):
                    found += self._beat(topic, moment)
        return found

    def _seen(self, tick: Tick, wanted: Wanted) -> Iterator[Due]:
        """What a tick does to the book, for those who want to know at once."""
        if "tops" in wanted:
            best = top_after(self.tape, tick)
            for topic in wanted["tops"]:
                yield Due(tick.at, TOPS, topic, tick.number, best)
        for topic in wanted.get("book", ()):
            if not topic.every:
                yield self._turned(topic, tick.at, tick.number - 1, tick.number)

    def _turned(self, topic: Topic, at: int, before: int, after: int) -> Due:
        depth = topic.detail or DEPTH
        return Due(at, REST, topic, after, change(book(self.tape, before, depth), book(self.tape, after, depth)))

    def _beat(self, topic: Topic, at: int) -> Iterable[Due]:
        """What a topic has to say at one of its moments."""
        tape = self.tape
        if topic.channel == "bars" and (at - offset_of(topic.detail)) % topic.detail == 0:
            over = kline_at(tape, topic.detail, at - topic.detail, at)
            return [Due(at, CLOSES, topic, at, over)] if over else []
        before, after = tape.played(at - topic.every), tape.played(at)
        if before == after:
            return []
        if topic.channel == "book":
            return [self._turned(topic, at, before, after)]
        told = (
            kline_at(tape, topic.detail, opening(at, topic.detail), at) if topic.channel == "bars" else day_of(tape, at)
        )
        return [Due(at, REST, topic, at, told)] if told else []


def beats(since: int, until: int, every: int) -> range:
    """Return the multiples of `every` after `since` up to and with `until`.

    >>> list(beats(100, 300, 100))
    [200, 300]
    """
    return range((since // every + 1) * every, until + 1, every)
