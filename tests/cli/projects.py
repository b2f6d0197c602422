"""A project so small that a run of it takes no time: three weeks of hour bars in a CSV file."""

from datetime import UTC, datetime, timedelta
from math import sin
from pathlib import Path

SPEC = """\
cryptoflow: 1
name: small
market: {venue: binance, symbols: [BTC/USDT], timeframe: 1h}
period: 2024-01-03..2024-01-20
warmup: 20
sources: {history: {use: csv, path: "../data/{symbol}.csv"}}
strategies: [{id: cross, file: strategies/cross.yaml}]
sizing: {use: fraction, share: 4%}
"""

STRATEGY = """\
cryptoflow: 1
strategy: cross
params: {slow: {default: 8, range: 3..50}}
enter_long: crosses_above(sma(close, 3), sma(close, slow))
exit_long: crosses_below(sma(close, 3), sma(close, slow))
stop_loss: 5%
"""


def small(folder: Path) -> Path:
    """Write the project into a folder and return its spec."""
    (folder / "configs" / "strategies").mkdir(parents=True)
    (folder / "data").mkdir()
    spec = folder / "configs" / "small.yaml"
    spec.write_text(SPEC)
    (folder / "configs" / "strategies" / "cross.yaml").write_text(STRATEGY)
    data(folder).write_text("\n".join(rows()) + "\n")
    return spec


def data(folder: Path) -> Path:
    """The file the bars are in."""
    return folder / "data" / "BTCUSDT.csv"


def rows() -> list[str]:
    """A head, then twenty days of prices that go up and down."""
    start = datetime(2024, 1, 1, tzinfo=UTC)
    lines = ["time,open,high,low,close,volume"]
    for hour in range(20 * 24):
        before, now = (40_000 + 800 * sin(each / 9) + 300 * sin(each / 2.3) for each in (hour - 1, hour))
        at = (start + timedelta(hours=hour)).isoformat()
        low, high = min(before, now) - 20, max(before, now) + 20
        lines.append(f"{at},{before:.2f},{high:.2f},{low:.2f},{now:.2f},{50 + hour % 7}")
    return lines
