"""A run that never was, for pages and tables to show."""

import numpy as np

from cryptoflow.domain.metrics import measure
from cryptoflow.market.bars import Bars
from cryptoflow.report.thin import drawn
from cryptoflow.report.view import MOST_TRADES, CostRow, DataFacts, Prices, RunView, TradeRow

HOUR = 3_600_000
START = 1_672_531_200_000


def trade(row: int = 0, symbol: str = "BTC/USDT", profit: float = 12.5) -> TradeRow:
    """A long round trip that begins with bar `row` and lasts three."""
    at = START + row * HOUR
    return TradeRow(
        symbol, "trend", 1, at, at + 3 * HOUR, 0.05, 16_500.5, 16_750.25, profit, profit / 825, 1.65, 3, "take_profit"
    )


def prices(times: list[int], closes: list[float]) -> Prices:
    """Hours that open where they close, as a page draws them."""
    close = np.array(closes)
    made = Bars("BTC/USDT", HOUR, np.array(times, np.int64), close, close + 20.5, close - 18.75, close, close)
    return drawn(made, symbols=1) if times else Prices("BTC/USDT", times, *[closes] * 4)


def view(bars: int = 2_000, trips: int = 3, **changed: object) -> RunView:
    """A run of so many hours with a zigzag of an equity; `changed` replaces fields."""
    times = [START + row * HOUR for row in range(bars)]
    equity = [1_000.0 + row % 97 + row / 10 for row in range(bars)]
    close = [16_500 + (row % 53) * 7.25 for row in range(bars)]
    done = [trade(4 * row, profit=12.5 if row % 3 else -8.0) for row in range(trips)]
    metrics = measure(
        capital=1_000.0,
        times=times,
        equity=equity,
        profits=[each.profit for each in done],
        fees=4.5,
        slippage=1.25,
        notional=9_000.0,
        exposure=0.4,
    )
    return RunView(
        title="btc-trend",
        spec="configs/btc_trend.yaml",
        symbols=("BTC/USDT",),
        timeframe=HOUR,
        currency="USDT",
        capital=1_000.0,
        times=times,
        equity=equity,
        metrics=metrics,
        data=DataFacts("ab" * 32, bars, START, START + bars * HOUR, 3),
        prices=(
            prices(times, close)._replace(
                bought=[each.opened_at for each in done], sold=[each.closed_at for each in done]
            ),
        ),
        trades=done[:MOST_TRADES],
        costs=tuple(CostRow(factor, 1_200 - 50 * factor, 0.2 - factor / 20, 1.0, -0.09, trips) for factor in (0, 1, 2)),
        run_id="20240101-000000-abcd",
        spec_hash="cd" * 32,
        seed=7,
        versions={"cryptoflow": "0.1.0"},
        reproduce="cryptoflow runs reproduce 20240101-000000-abcd",
    )._replace(**changed)
