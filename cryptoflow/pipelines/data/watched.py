"""What has been heard of each symbol so far, in the few numbers that tell whether a venue keeps up."""

from collections import deque
from typing import TYPE_CHECKING, Any, NamedTuple

from cryptoflow.domain.ticks import Closed, Cut, Filled, Heard, Joined, Missed, Moved, Silent, Sound, Tick, Top
from cryptoflow.market.streams.channels import channel
from cryptoflow.market.streams.clocks import VenueClock
from cryptoflow.market.streams.lags import Lags
from cryptoflow.market.streams.lines.line import lost
from cryptoflow.market.times import SECOND as SECOND_MS
from cryptoflow.market.times import moment

if TYPE_CHECKING:
    from cryptoflow.market.streams.feed import Feed

SECOND = 1_000_000_000
WINDOW = 10
"""Seconds over which ticks are counted."""


class Row(NamedTuple):
    """A symbol: prices as heard last, how many ticks come and how late, and what went wrong; None: not heard.

    `bar_open_at_ms` and `close` are of the last bar. Lags are None too where the venue's clock says nothing of ours.
    """

    symbol: str
    state: str
    price: float | None
    spread: float | None
    bar_open_at_ms: int | None
    close: float | None
    bars: int
    ticks: int
    ticks_per_s: float
    lag_p50_ms: float | None
    lag_p99_ms: float | None
    gaps: int
    lost: int
    reconnects: int


class Course:
    """What one symbol has said."""

    def __init__(self, began: int, clock: VenueClock) -> None:
        self.began = began
        self.price: float | None = None
        self.best: tuple[float, float] | None = None
        self.bar: Closed | None = None
        self.bars = self.ticks = self.gaps = self.lost = self.reconnects = 0
        self.seconds: deque[tuple[int, int]] = deque(maxlen=WINDOW + 1)
        self.lags = Lags(clock)
        self.silent: set[str] = set()

    def ticked(self, tick: Tick) -> None:
        """Take in what was traded."""
        self.ticks += 1
        self.price = tick.price
        self.lags.add(tick.at, tick.heard_at)
        second = tick.heard_at // SECOND
        if self.seconds and self.seconds[-1][0] == second:
            self.seconds[-1] = second, self.seconds[-1][1] + 1
        else:
            self.seconds.append((second, 1))

    def closed(self, bar: Closed) -> None:
        """Take in a bar."""
        self.bars += 1
        self.bar = bar
        if not self.ticks:
            self.price = bar.close
            self.lags.add(bar.open_at + bar.timeframe, bar.heard_at)

    def rate(self, now: int) -> float:
        """Return the ticks per second of the last seconds that are over."""
        this = now // SECOND
        spent = min(WINDOW, this - self.began // SECOND)
        return sum(count for second, count in self.seconds if this - WINDOW <= second < this) / spent if spent else 0.0


class Watched:
    """All that a feed has said, by symbol."""

    def __init__(self, feed: "Feed") -> None:
        self.feed = feed
        self.began = feed.clock.nanoseconds()
        self.courses = {stream.symbol: Course(self.began, feed.voice.clock) for stream in feed.streams}
        self.joined: set[int] = set()
        self.cut: set[int] = set()
        self.reason = ""

    def take(self, event: Heard) -> None:
        """Take in an event."""
        match event:
            case Tick():
                self.courses[event.symbol].ticked(event)
            case Top():
                self.courses[event.symbol].best = event.bid, event.ask
            case Moved():
                book = self.feed.book(event.symbol)
                self.courses[event.symbol].best = book.best() if book else None
            case Closed():
                self.courses[event.symbol].closed(event)
            case Missed():
                self.courses[event.symbol].gaps += 1
            case Filled():
                self.courses[event.symbol].lost += lost(event, channel(event.channel)[1] or 1)
            case Silent():
                self.courses[event.symbol].silent.add(event.channel)
            case Sound():
                self.courses[event.symbol].silent.discard(event.channel)
            case Cut():
                self.cut.add(event.connection)
                self.reason = event.reason
            case Joined():
                self._rejoined(event.connection)

    def is_there(self) -> bool:
        """Say whether the venue was ever there."""
        return bool(self.joined) or any(each.ticks or each.bars or each.best for each in self.courses.values())

    def rows(self) -> list[Row]:
        """Return where each symbol stands now."""
        now = self.feed.clock.nanoseconds()
        cut = {symbol for connection in self.cut for symbol in self.feed.symbols_on(connection)}
        there = {symbol for connection in self.joined for symbol in self.feed.symbols_on(connection)}
        return [
            _row(symbol, _state(symbol, course, cut, there), course, now) for symbol, course in self.courses.items()
        ]

    def remark(self) -> str | None:
        """Return why no lags are told, None where they are, or the venue has not told its time."""
        clock = self.feed.voice.clock
        if clock.is_like_ours() or not clock.kept:
            return None
        at = f"{self.feed.venue}'s clock shows {moment(self.feed.now() // SECOND_MS * SECOND_MS)}"
        pace = "" if clock.is_steady or clock.pace is None else f" and runs at {clock.pace:,.1f} x"
        return f"no lags: they mean something at real speed and at the time that it is, but {at}{pace}"

    def plain(self) -> dict[str, Any]:
        """Return all of it as programs read it."""
        spent = (self.feed.clock.nanoseconds() - self.began) / SECOND
        symbols = [row._asdict() for row in self.rows()]
        return {"seconds": round(spent, 3), "symbols": symbols, "figures": self.feed.figures()}

    def _rejoined(self, connection: int) -> None:
        self.cut.discard(connection)
        if connection in self.joined:
            for symbol in self.feed.symbols_on(connection):
                self.courses[symbol].reconnects += 1
        self.joined.add(connection)


def _state(symbol: str, course: Course, cut: set[str], there: set[str]) -> str:
    if symbol in cut:
        return "cut"
    if course.silent:
        return f"silent: {', '.join(sorted(course.silent))}"
    return "sound" if symbol in there or course.ticks or course.bars else "waiting"


def _row(symbol: str, state: str, course: Course, now: int) -> Row:
    best, bar = course.best, course.bar
    return Row(
        symbol,
        state,
        course.price if course.price is not None or best is None else (best[0] + best[1]) / 2,
        round(best[1] - best[0], 10) if best else None,
        bar.open_at if bar else None,
        bar.close if bar else None,
        course.bars,
        course.ticks,
        round(course.rate(now), 1),
        course.lags.within(0.5),
        course.lags.within(0.99),
        course.gaps,
        course.lost,
        course.reconnects,
    )
