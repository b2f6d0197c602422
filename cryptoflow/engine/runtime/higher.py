"""Bars of higher timeframes, as they close while base bars come in."""

from cryptoflow.domain.records import Bar
from cryptoflow.domain.timeframes import Growing, belongs, is_full, take


class Higher:
    """The bars of one symbol in one higher timeframe."""

    def __init__(self, base: int, duration: int) -> None:
        self.base, self.duration = base, duration
        self.growing = Growing()

    def over(self, bar: Bar) -> list[Bar]:
        """Take a base bar in and return the higher bars that are known by its close."""
        closed, close_at = [], bar.open_at + self.base
        if self.growing.bars > 0 and not belongs(self.growing, bar.open_at, self.duration):
            closed.append(self.emit(close_at))
        take(self.growing, bar.open_at, bar.open, bar.high, bar.low, bar.close, bar.volume)
        if is_full(close_at, self.duration):
            closed.append(self.emit(close_at))
        return closed

    def emit(self, known_at: int) -> Bar:
        """Hand the grown bar over, known at `known_at`, and begin anew."""
        grown, self.growing = self.growing, Growing()
        return Bar(known_at, 1, grown.open, grown.high, grown.low, grown.close, grown.volume)
