"""What a feed has done so far, in numbers."""

from collections import deque
from collections.abc import Sequence
from typing import Any

from cryptoflow.domain.ticks import Closed, Filled, Heard, Missed, Tick
from cryptoflow.market.streams.channels import Stream
from cryptoflow.market.streams.lines.line import lost

KEPT = 8_192
"""Lags of which the percentiles are."""


class ChannelFigures:
    """One kind of channel, over all symbols."""

    def __init__(self) -> None:
        self.messages = self.bytes = self.events = 0
        self.gaps = self.filled = self.lost = self.silences = 0
        self.lags: deque[int] = deque(maxlen=KEPT)

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
                self.lags.append(last.heard_at - last.at * 1_000_000)
            elif type(last) is Closed:
                self.lags.append(last.heard_at - (last.open_at + last.timeframe) * 1_000_000)

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

    def lag(self, share: float, ahead: float) -> float | None:
        """Return the milliseconds in which such a share of events came, when the venue's clock is so far ahead."""
        if not self.lags:
            return None
        ordered = sorted(self.lags)
        return round(ordered[min(len(ordered) - 1, int(share * len(ordered)))] / 1e6 + ahead, 3)

    def told(self, ahead: float) -> dict[str, Any]:
        """Return the figures as plain values."""
        return {
            **{name: value for name, value in vars(self).items() if name != "lags"},
            "lag_p50_ms": self.lag(0.5, ahead),
            "lag_p99_ms": self.lag(0.99, ahead),
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
