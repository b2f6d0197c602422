"""backtrader: a strategy called once per bar; its orders are placed at the open, so that all cash can be spent."""

from collections.abc import Callable
from pathlib import Path

import backtrader as bt
import pandas as pd

from benchmarks.peers.bars import read
from benchmarks.peers.timed import End

WARMUP = 25
FEE = 0.001
CASH = 1000.0
NEARLY_ALL = 1 - 1e-9
"""An order that costs one rounding error more than there is would be refused; the rest goes into the next one."""


class Cross(bt.Strategy):
    """EMA 12 over EMA 26, averaged here: the engine's own averages begin with a mean of the first bars."""

    def __init__(self) -> None:
        self.quick = self.calm = 0.0
        self.was_above = self.enter = self.leave = False
        self.trades = 0

    def next(self) -> None:
        """Decide on a closed bar."""
        close, row = self.data.close[0], len(self)
        self.quick = close if row == 1 else self.quick + (close - self.quick) * (2 / 13)
        self.calm = close if row == 1 else self.calm + (close - self.calm) * (2 / 27)
        above = self.quick > self.calm
        if row > WARMUP:
            self.enter = not self.position.size and above and not self.was_above
            self.leave = bool(self.position.size) and not above
        self.was_above = above

    def next_open(self) -> None:
        """Send what the last bar decided."""
        if self.enter:
            self.buy(size=self.broker.getcash() / (self.data.open[0] * (1 + FEE)) * NEARLY_ALL)
        elif self.leave:
            self.close()
        self.enter = self.leave = False

    def notify_trade(self, trade: bt.Trade) -> None:
        """Count closed round trips."""
        self.trades += trade.isclosed


def event(folder: Path, _work: str) -> Callable[[], End]:
    """Return a call that runs the cross once."""
    bars = read(folder)[0]
    columns = {"open": bars.open, "high": bars.high, "low": bars.low, "close": bars.close, "volume": bars.volume}
    frame = pd.DataFrame(columns, index=pd.to_datetime(bars.time, unit="ms"))

    def run() -> End:
        cerebro = bt.Cerebro(stdstats=False, cheat_on_open=True)
        cerebro.adddata(bt.feeds.PandasData(dataname=frame))
        cerebro.addstrategy(Cross)
        cerebro.broker.setcash(CASH)
        cerebro.broker.setcommission(commission=FEE)
        (strategy,) = cerebro.run()
        return End(strategy.trades, cerebro.broker.getvalue() / CASH)

    return run
