"""What goes wrong now: the script read at the clock of a venue, and what it did written down."""

from collections.abc import Iterator
from heapq import merge

from cryptoflow.clock import Clock
from cryptoflow.venue.faults.log import Injected, Log
from cryptoflow.venue.faults.script import ANSWERS, MESSAGES, Fault, Kind, Script, Span
from cryptoflow.venue.pace import Pace
from cryptoflow.venue.topic import Topic

QUIET = Script()


class Faults:
    """The trouble of a venue that opens now."""

    def __init__(self, clock: Clock, pace: Pace, script: Script = QUIET) -> None:
        self.clock, self.pace, self.script = clock, pace, script
        self.log = Log()
        self.began = clock.now()
        self._messages = script.of(*MESSAGES)
        self._slow, self._skews, self._answers = script.of("slow"), script.of("skew"), script.of(*ANSWERS)
        self.calm = not (self._messages or self._slow)
        """Nothing ever happens to a message."""

    def elapsed(self) -> int:
        """Return the milliseconds since the venue opened."""
        return self.clock.now() - self.began

    def fate(self, topic: Topic, number: int) -> Kind | None:
        """Return what happens to a message, None where it is said as it is."""
        at = self.elapsed()
        for fault in self._messages:
            if fault.touches(topic.channel, topic.symbol) and (span := self.script.span(fault, at)):
                if fault.kind == "silence":
                    self.log.once(self._entry("silence", topic.name), span.begin)
                    return "silence"
                # Of messages to be held back in a row only the first can be.
                in_a_row = fault.kind == "reorder" and self.script.meets(fault, topic.name, number - 1)
                if self.script.meets(fault, topic.name, number) and not in_a_row:
                    self.log.note(self._entry(fault.kind, f"{topic.name}#{number}"))
                    return fault.kind
        return None

    def delay(self, channel: str, symbol: str, target: str) -> float:
        """Return the seconds by which something is late."""
        span = self._current(self._slow, channel, symbol)
        if span is None:
            return 0.0
        self.log.once(self._entry("slow", target), span.begin)
        return span.fault.amount / 1_000

    def answer(self, path: str) -> Span | None:
        """Return the span of the fault that answers a request, None where the venue itself does."""
        span = self._current(self._answers, "rest", "")
        if span is not None:
            self.log.note(self._entry(span.fault.kind, path))
        return span

    def left(self, span: Span) -> int:
        """Return the whole seconds until a span is over, at least one."""
        return max(1, -(-(span.end - self.elapsed()) // 1_000))

    def skew(self) -> int:
        """Return by how many milliseconds the venue's own clock is ahead of its market."""
        span = self._current(self._skews, "", "")
        if span is None:
            return 0
        self.log.once(self._entry("skew", f"{span.fault.amount} ms"), span.begin)
        return span.fault.amount

    def now(self) -> int:
        """Return the moment of the market as the venue's own clock shows it."""
        return self.pace.now() + self.skew()

    def blows(self) -> Iterator[Span]:
        """Return the spans of what hits connections, in the order of time."""
        return merge(*(self.script.spans(fault) for fault in self.script.of("disconnect", "refused")))

    def note(self, kind: Kind, target: str) -> None:
        """Write down that a fault has met a target."""
        self.log.note(self._entry(kind, target))

    def _current(self, faults: tuple[Fault, ...], channel: str, symbol: str) -> Span | None:
        if not faults:
            return None
        at = self.elapsed()
        spans = (self.script.span(fault, at) for fault in faults if fault.touches(channel, symbol))
        return next((span for span in spans if span), None)

    def _entry(self, kind: Kind, target: str) -> Injected:
        return Injected(kind, self.clock.now(), self.pace.now(), target)
