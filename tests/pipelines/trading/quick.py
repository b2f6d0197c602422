"""A spec that trades often: a few hours of it are a rehearsal."""

from pathlib import Path

SPEC = """\
cryptoflow: 1
name: quick
market: {venue: binance, symbols: [BTC/USDT], timeframe: 5m}
period: 2023-01-01..2023-01-20
capital: 1000 USDT
sources: {history: {use: synthetic}}
strategies: [{id: cross, file: strategies/cross.yaml}]
sizing: {use: fraction, share: 4%}
"""

STRATEGY = """\
cryptoflow: 1
strategy: cross
enter_long: crosses_above(sma(close, 2), sma(close, 5))
exit_long: crosses_below(sma(close, 2), sma(close, 5))
stop_loss: 0.25%
"""


def quick(folder: Path, stop: str = "", more: str = "") -> Path:
    """Write the project into a folder, with `stop` in its strategy and `more` in its spec, and return the spec."""
    (folder / "configs" / "strategies").mkdir(parents=True)
    spec = folder / "configs" / "quick.yaml"
    spec.write_text(SPEC + more)
    (folder / "configs" / "strategies" / "cross.yaml").write_text(STRATEGY + stop)
    return spec
