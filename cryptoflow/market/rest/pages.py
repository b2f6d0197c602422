"""Which page of bars to ask for next, and what an answer means: pure decisions, whatever a venue's manners.

A venue may begin at the bar asked for or at the next it has, look only at a window behind it, give fewer bars than
asked for, or give its newest bars whatever was asked. Each is told from the others by what it answers.

An answer without bars is what a venue gives that has none, and what a sick one gives. It counts only where the same
question has it again, after the venue has shown bars of the symbol in between.
"""

from collections.abc import Sequence
from enum import Enum
from typing import NamedTuple

from cryptoflow.market.times import DAY

CAUTIOUS = 100
"""Bars that an empty answer is taken to speak for until the venue has shown that its pages are longer."""

RECENT = 1_000
"""How many bars before now the newest bar of a symbol opens at most, while there is a market."""

Span = tuple[int, int]


class Refused(Enum):
    """Why answers without bars are not believed."""

    NOTHING = "it gives none at all"
    CONTRADICTION = "though it has some"


class Ask(NamedTuple):
    """A page to ask for: bars of `timeframe` that open at or after `since`, and before `until` where that is given.

    Without `since` the newest ones, as many as a page has.
    """

    timeframe: int
    since: int | None
    until: int | None = None


class Walk(NamedTuple):
    """How far the download of a span of closed bars is, from `at` until before `end`; `newest` has closed last.

    `seen` is the longest page so far. `leaps` says whether the venue has bars of a day, `leaping` that the next day
    with bars is looked for. After an empty answer the venue is `proving` that it has bars of the symbol at all; once
    it has, the question is asked `again`. `there` is the first bar that it showed meanwhile, from `at` on.

    `doubt` is a span in which the venue may have bars that it did not give, `unproven` one of which it does not tell;
    a venue that gave nothing in doubt is `trusted` from then on. `refused` is what ended the walk before its time.
    """

    timeframe: int
    at: int
    end: int
    newest: int
    seen: int = 0
    leaps: bool = True
    leaping: bool = False
    proving: bool = False
    again: bool = False
    there: int | None = None
    trusted: bool = False
    doubt: Span | None = None
    unproven: Span | None = None
    refused: Refused | None = None

    @property
    def window(self) -> int:
        """The milliseconds that an empty answer speaks for."""
        return max(CAUTIOUS, self.seen) * self.timeframe

    @property
    def straight(self) -> bool:
        """Whether it goes on from page to page, so that those that follow can be told."""
        return bool(self.seen) and not (self.leaping or self.proving or self.again or self.doubt)


class Page(NamedTuple):
    """What an answer means: which of its rows to keep, and the span of which everything is known by now."""

    first: int
    last: int
    covered: Span | None


NOTHING = Page(0, 0, None)


def next_ask(walk: Walk) -> Ask | None:
    """Return the page to ask for, None when there is nothing left to ask."""
    if walk.refused:
        return None
    if walk.doubt:
        return Ask(walk.timeframe, *walk.doubt)
    if walk.at >= walk.end:
        return None
    if walk.proving:
        return Ask(walk.timeframe, None)
    return Ask(DAY, walk.at // DAY * DAY) if walk.leaping else Ask(walk.timeframe, walk.at)


def read(walk: Walk, opens: Sequence[int]) -> tuple[Walk, Page]:
    """Return where a walk stands once the page it asked for came: rows that open at `opens`, in that order.

    >>> walk = Walk(timeframe=60_000, at=0, end=600_000, newest=10**12)
    >>> walk, page = read(walk, [60_000, 120_000])
    >>> walk.at, page
    (180000, Page(first=0, last=2, covered=(0, 180000)))
    """
    if walk.doubt:
        return _doubted(walk, opens)
    if walk.proving:
        return _proven(walk, opens), NOTHING
    if walk.leaping:
        return _leapt(walk, opens)
    return _forward(walk, opens)


def _forward(walk: Walk, opens: Sequence[int]) -> tuple[Walk, Page]:
    first, last = _within(opens, walk.at, walk.end)
    rest = [open_at for open_at in opens if open_at >= walk.at]
    if not rest:
        step = min(walk.at + walk.window, walk.end)
        if walk.leaps and not walk.again and walk.timeframe < DAY and step < walk.end:
            return walk._replace(leaping=True), NOTHING
        return _empty(walk, step)
    walk = walk._replace(seen=max(walk.seen, len(opens)), again=False, there=None)
    done = min(rest[-1] + walk.timeframe, walk.end)
    if not walk.trusted and _may_be_the_newest(walk, rest):
        begin = min(rest[0], walk.end)
        covered = (begin, done) if begin < done else None
        return walk._replace(at=done, doubt=(walk.at, begin)), Page(first, last, covered)
    return walk._replace(at=done), Page(first, last, (walk.at, done))


def _leapt(walk: Walk, days: Sequence[int]) -> tuple[Walk, Page]:
    """No day with bars, no bars: the next day that has some says how far there are none.

    Days that open at another hour than 00:00 UTC say nothing about ours, but that the venue has bars; nor do days
    that leave out a bar that was seen. A venue that gives its newest bars whatever it is asked gives no empty page.
    """
    today = walk.at // DAY * DAY
    ahead = [day for day in days if day >= today]
    step = min(today + CAUTIOUS * DAY, walk.end)
    if not ahead and walk.there is not None and walk.there < step:
        return walk._replace(leaping=False), NOTHING
    if not ahead:
        return _empty(walk, step)
    if ahead[0] <= walk.at or ahead[0] % DAY:
        return walk._replace(leaping=False, again=True, there=None), NOTHING
    at = min(ahead[0], walk.end)
    return walk._replace(at=at, leaping=False, again=False, there=None), Page(0, 0, (walk.at, at))


def _empty(walk: Walk, step: int) -> tuple[Walk, Page]:
    """An answer without bars up to `step`: the second time it is believed up to the bar that was seen meanwhile."""
    if not walk.again:
        return walk._replace(proving=True), NOTHING
    step = step if walk.there is None else min(step, walk.there)
    if step <= walk.at:
        return walk._replace(refused=Refused.CONTRADICTION), NOTHING
    return walk._replace(at=step, again=False, there=None), Page(0, 0, (walk.at, step))


def _proven(walk: Walk, opens: Sequence[int]) -> Walk:
    """The newest bars of a symbol show that the venue gives any."""
    if not len(opens):
        return walk._replace(refused=Refused.NOTHING)
    there = next((open_at for open_at in opens if open_at >= walk.at), None)
    return walk._replace(proving=False, again=True, there=there)


def _doubted(walk: Walk, opens: Sequence[int]) -> tuple[Walk, Page]:
    """Bars before those that came although older ones were asked for: none, some, or the venue does not listen."""
    assert walk.doubt is not None
    start, end = walk.doubt
    first, last = _within(opens, start, end)
    if first < last:
        begin = opens[first]
        return walk._replace(doubt=(start, begin) if start < begin else None), Page(first, last, (begin, end))
    if len(opens):
        return walk._replace(doubt=None, unproven=walk.doubt), NOTHING
    return walk._replace(doubt=None, trusted=True), Page(0, 0, walk.doubt)


def _may_be_the_newest(walk: Walk, opens: Sequence[int]) -> bool:
    """A page that begins late and ends about now may be all that a venue gives, whatever it was asked."""
    return opens[0] > walk.at and opens[-1] + RECENT * walk.timeframe >= walk.newest


def _within(opens: Sequence[int], start: int, end: int) -> Span:
    inside = [row for row, open_at in enumerate(opens) if start <= open_at < end]
    return (inside[0], inside[-1] + 1) if inside else (0, 0)
