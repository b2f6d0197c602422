"""What has been heard of each symbol so far, in the few numbers that tell whether a venue keeps up."""

from collections import deque
from typing import TYPE_CHECKING, Any, NamedTuple

from cryptoflow.domain.ticks import Closed, Cut, Filled, Heard, Joined, Missed, Moved, Silent, Sound, Tick, Top
from cryptoflow.market.streams.channels import channel
from cryptoflow.market.streams.lines.line import lost

if TYPE_CHECKING:
    from cryptoflow.market.streams.feed import Feed

SECOND = 1_000_000_000
WINDOW = 10
"""Seconds over which ticks are counted."""

LAGS = 4_096
"""Lags of which the percentiles are."""


class Row(NamedTuple):
    """A symbol: prices as heard last, ticks per second, milliseconds of lag, and what went wrong; None: not heard."""

    symbol: str
    state: str
    price: float | None
    spread: float | None
    bar_at: int | None
    close: float | None
    bars: int
    ticks: int
    rate: float
    lag_p50: float | None
    lag_p99: float | None
    gaps: int
    lost: int
    reconnects: int


class Course:
    """What one symbol has said."""

    def __init__(self, began: int) -> None:
        self.began = began
        self.price: float | None = None
        self.best: tuple[float, float] | None = None
        self.bar: Closed | None = None
        self.bars = self.ticks = self.gaps = self.lost = self.reconnects = 0
        self.seconds: deque[tuple[int, int]] = deque(maxlen=WINDOW + 1)
        self.lags: deque[int] = deque(maxlen=LAGS)
        self.silent: set[str] = set()

    def ticked(self, tick: Tick) -> None:
        """Take in what was traded."""
        self.ticks += 1
        self.price = tick.price
        self.lags.append(tick.heard_at - tick.at * 1_000_000)
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
            self.lags.append(bar.heard_at - (bar.open_at + bar.timeframe) * 1_000_000)

    def rate(self, now: int) -> float:
        """Return the ticks per second of the last seconds that are over."""
        this = now // SECOND
        spent = min(WINDOW, this - self.began // SECOND)
        return sum(count for second, count in self.seconds if this - WINDOW <= second < this) / spent if spent else 0.0

    def lag(self, share: float, ahead: float) -> float | None:
        """Return the milliseconds within which such a share of it came; the venue's clock is `ahead` of ours."""
        if not self.lags:
            return None
        ordered = sorted(self.lags)
        return round(ordered[min(len(ordered) - 1, int(share * len(ordered)))] / 1e6 + ahead, 3)


class Watched:
    """All that a feed has said, by symbol."""

    def __init__(self, feed: "Feed") -> None:
        self.feed = feed
        self.began = feed.clock.nanoseconds()
        self.courses = {stream.symbol: Course(self.began) for stream in feed.streams}
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
        now, ahead = self.feed.clock.nanoseconds(), self.feed.voice.clock.best.ahead
        cut = {symbol for connection in self.cut for symbol in self.feed.symbols_on(connection)}
        there = {symbol for connection in self.joined for symbol in self.feed.symbols_on(connection)}
        return [
            _row(symbol, _state(symbol, course, cut, there), course, now, ahead)
            for symbol, course in self.courses.items()
        ]

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


def _row(symbol: str, state: str, course: Course, now: int, ahead: float) -> Row:
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
        course.lag(0.5, ahead),
        course.lag(0.99, ahead),
        course.gaps,
        course.lost,
        course.reconnects,
    )
