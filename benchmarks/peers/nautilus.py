"""NautilusTrader: events through its own venue, with exact quantities and prices."""

from collections.abc import Callable
from decimal import Decimal
from pathlib import Path

import numpy as np
import pandas as pd
from nautilus_trader.backtest.engine import BacktestEngine, BacktestEngineConfig
from nautilus_trader.config import LoggingConfig
from nautilus_trader.indicators import ExponentialMovingAverage
from nautilus_trader.model.currencies import BTC, USDT
from nautilus_trader.model.data import Bar, BarType, TradeTick
from nautilus_trader.model.enums import AccountType, AggressorSide, OmsType, OrderSide
from nautilus_trader.model.events import PositionClosed
from nautilus_trader.model.identifiers import InstrumentId, Symbol, TradeId, Venue
from nautilus_trader.model.instruments import CurrencyPair
from nautilus_trader.model.objects import Money, Price, Quantity
from nautilus_trader.persistence.wranglers import BarDataWrangler
from nautilus_trader.trading.strategy import Strategy

from benchmarks.peers.bars import Array, Bars, read
from benchmarks.peers.timed import End

WARMUP = 25
FEE = Decimal("0.001")
CASH = 1e9
VENUE = Venue("SIM")
INSTRUMENT = CurrencyPair(
    instrument_id=InstrumentId(Symbol("A/USDT"), VENUE),
    raw_symbol=Symbol("AUSDT"),
    base_currency=BTC,
    quote_currency=USDT,
    price_precision=4,
    size_precision=8,
    price_increment=Price.from_str("0.0001"),
    size_increment=Quantity.from_str("0.00000001"),
    maker_fee=FEE,
    taker_fee=FEE,
    ts_event=0,
    ts_init=0,
)
BAR_TYPE = BarType.from_str(f"{INSTRUMENT.id}-1-MINUTE-LAST-EXTERNAL")
PLENTY = 1e12
"""A volume no order exhausts: fills here do not depend on it."""


class Cross(Strategy):
    """EMA 12 over EMA 26, all in, at the price seen last when the order is sent."""

    def __init__(self, at_open: bool) -> None:
        super().__init__()
        self.at_open = at_open
        self.quick, self.calm = ExponentialMovingAverage(12), ExponentialMovingAverage(26)
        self.rows = self.trades = 0
        self.was_above = self.enter = self.leave = False
        self.held: Quantity | None = None

    def on_start(self) -> None:
        """Ask for the bars, and for the ticks at their opens."""
        self.subscribe_bars(BAR_TYPE)
        if self.at_open:
            self.subscribe_trade_ticks(INSTRUMENT.id)

    def on_bar(self, bar: Bar) -> None:
        """Decide on a closed bar."""
        close = bar.close.as_double()
        self.quick.update_raw(close)
        self.calm.update_raw(close)
        above = self.quick.value > self.calm.value
        if self.rows >= WARMUP:
            self.enter = self.held is None and above and not self.was_above
            self.leave = self.held is not None and not above
        self.was_above = above
        self.rows += 1
        if not self.at_open:
            self.send(close)

    def on_trade_tick(self, tick: TradeTick) -> None:
        """Send at the open what the last bar decided."""
        self.send(tick.price.as_double())

    def send(self, price: float) -> None:
        """Send the order that is due."""
        if self.enter:
            cash = self.portfolio.account(VENUE).balance_free(USDT).as_double()
            self.held = Quantity(np.floor(cash / (price * 1.001) * 1e8 - 1) / 1e8, 8)
            self.submit_order(self.order_factory.market(INSTRUMENT.id, OrderSide.BUY, self.held))
        elif self.leave:
            self.submit_order(self.order_factory.market(INSTRUMENT.id, OrderSide.SELL, self.held))
            self.held = None
        self.enter = self.leave = False

    def on_position_closed(self, _event: PositionClosed) -> None:
        """Count closed round trips."""
        self.trades += 1


def bars(folder: Path, _work: str) -> Callable[[], End]:
    """Return a call that runs the cross on bars alone: orders fill at the close of the bar that decided."""
    return prepared(read(folder)[0], at_open=False)


def opens(folder: Path, _work: str) -> Callable[[], End]:
    """Return a call that runs the cross on bars and a tick at each open, where orders fill."""
    return prepared(read(folder)[0], at_open=True)


def prepared(columns: Bars, at_open: bool) -> Callable[[], End]:
    """Return a call that runs the cross once."""
    closed = pd.to_datetime(columns.time + 60_000, unit="ms", utc=True)
    prices = {name: getattr(columns, name) for name in ("open", "high", "low", "close")}
    frame = pd.DataFrame({**prices, "volume": PLENTY}, index=closed)
    data = BarDataWrangler(BAR_TYPE, INSTRUMENT).process(frame)
    ticks = ticks_at(columns.time, columns.open) if at_open else []

    def run() -> End:
        engine = BacktestEngine(BacktestEngineConfig(logging=LoggingConfig(bypass_logging=True), run_analysis=False))
        engine.add_venue(VENUE, OmsType.NETTING, AccountType.CASH, [Money(CASH, USDT)])
        engine.add_instrument(INSTRUMENT)
        engine.add_data(data)
        if ticks:
            engine.add_data(ticks)
        strategy = Cross(at_open)
        engine.add_strategy(strategy)
        engine.run()
        account = engine.portfolio.account(VENUE)
        held = account.balance_total(BTC)
        worth = account.balance_total(USDT).as_double() + (held.as_double() if held else 0.0) * columns.close[-1]
        engine.dispose()
        return End(strategy.trades, float(worth) / CASH)

    return run


def ticks_at(times: Array, prices: Array) -> list[TradeTick]:
    """Return a trade a nanosecond after each open, so that it comes after the bar that closed then."""
    size, side, name = Quantity(PLENTY, 8), AggressorSide.NO_AGGRESSOR, TradeId("open")
    return [
        TradeTick(INSTRUMENT.id, Price(price, 4), size, side, name, at, at)
        for at, price in zip((times * 1_000_000 + 1).tolist(), prices.tolist(), strict=True)
    ]
