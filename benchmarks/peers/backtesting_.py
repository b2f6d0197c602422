"""backtesting.py: a strategy called once per bar over indicator arrays."""

from collections.abc import Callable
from pathlib import Path

import pandas as pd
from backtesting import Backtest, Strategy

from benchmarks.peers.bars import Array, read
from benchmarks.peers.timed import End

WARMUP = 25
CASH = 1e18
"""So much that whole units, which is all this engine buys, are as good as fractions when fees have eaten it."""


class Cross(Strategy):
    """EMA 12 over EMA 26, all in, at the next open."""

    def init(self) -> None:
        """Compute both averages."""
        self.quick = self.I(average, self.data.Close, 12)
        self.calm = self.I(average, self.data.Close, 26)

    def next(self) -> None:
        """Decide on a closed bar."""
        if len(self.data) <= WARMUP:
            return
        above = self.quick[-1] > self.calm[-1]
        if self.position:
            if not above:
                self.position.close()
        elif above and not self.quick[-2] > self.calm[-2]:
            self.buy()


def average(values: Array, span: int) -> Array:
    """Return the average that begins with the first value."""
    return pd.Series(values).ewm(span=span, adjust=False).mean().to_numpy()


def event(folder: Path, _work: str) -> Callable[[], End]:
    """Return a call that runs the cross once."""
    bars = read(folder)[0]
    columns = {"Open": bars.open, "High": bars.high, "Low": bars.low, "Close": bars.close, "Volume": bars.volume}
    frame = pd.DataFrame(columns, index=pd.to_datetime(bars.time, unit="ms"))

    def run() -> End:
        stats = Backtest(frame, Cross, cash=CASH, commission=0.001).run()
        return End(len(stats["_trades"]), stats["Equity Final [$]"] / CASH)

    return run
