"""What a feed has done so far, in numbers."""

from collections.abc import Sequence
from typing import Any

from cryptoflow.domain.ticks import Closed, Filled, Heard, Missed, Tick
from cryptoflow.market.streams.channels import Stream
from cryptoflow.market.streams.clocks import VenueClock
from cryptoflow.market.streams.lags import Lags
from cryptoflow.market.streams.lines.line import lost


class ChannelFigures:
    """One kind of channel, over all symbols."""

    def __init__(self, clock: VenueClock) -> None:
        self.messages = self.bytes = self.events = 0
        self.gaps = self.filled = self.lost = self.silences = 0
        self.lags = Lags(clock)

    def heard(self, size: int, events: Sequence[Heard]) -> None:
        """Count a message of so many bytes and what it let out, and how late the last of that came."""
        self.messages += 1
        self.bytes += size
        self.let_out(events)

    def let_out(self, events: Sequence[Heard]) -> None:
        """Count events, and how late the last of them came."""
        if events:
            self.events += len(events)
            last = events[-1]
            if type(last) is Tick:
                self.lags.add(last.at, last.heard_at)
            elif type(last) is Closed:
                self.lags.add(last.open_at + last.timeframe, last.heard_at)

    def mended(self, event: Heard, stream: Stream) -> int:
        """Count an event that was asked for, and return how many are lost when it says so."""
        self.events += 1
        if type(event) is Missed:
            self.gaps += 1
        elif type(event) is Filled:
            missing = lost(event, stream.timeframe or 1)
            self.filled += event.found
            self.lost += missing
            return missing
        return 0

    def told(self) -> dict[str, Any]:
        """Return the figures as plain values."""
        return {
            **{name: value for name, value in vars(self).items() if name != "lags"},
            "lag_p50_ms": self.lags.within(0.5),
            "lag_p99_ms": self.lags.within(0.99),
        }


class ConnectionFigures:
    """One connection: how often it was there, attempts that failed since, and why the last one did."""

    def __init__(self) -> None:
        self.joined = self.cut = self.malformed = self.failed = 0
        self.reason = ""
        self.away_since: int | None = None

    def told(self) -> dict[str, Any]:
        """Return the figures as plain values."""
        return {name: value for name, value in vars(self).items() if name != "away_since"}
