"""vectorbt: arrays of signals, one simulation over them, with its kernels in numba or in Rust."""

from collections.abc import Callable
from pathlib import Path

import numpy as np
import vectorbt as vbt
from vectorbt.generic.dispatch import ewm_mean

from benchmarks.peers.bars import Array, read
from benchmarks.peers.timed import End

WARMUP = 25
FEE = 0.001


def numba(folder: Path, work: str) -> Callable[[], End]:
    """Return the work with vectorbt's numba kernels."""
    return prepared(folder, work, "numba")


def rust(folder: Path, work: str) -> Callable[[], End]:
    """Return the work with vectorbt's Rust kernels; a call they cannot take is an error, not numba."""
    return prepared(folder, work, "rust")


def prepared(folder: Path, work: str, engine: str) -> Callable[[], End]:
    """Return a call that runs the work once."""
    vbt.settings["engine"] = engine
    bars = read(folder)[0]
    stops = {"sl_stop": 0.02, "tp_stop": 0.04, "stop_entry_price": "fillprice"} if work == "W4" else {}

    def run() -> End:
        entries, exits = signals(bars.close)
        portfolio = vbt.Portfolio.from_signals(
            bars.close,
            entries,
            exits,
            price=bars.open,
            open=bars.open,
            high=bars.high,
            low=bars.low,
            size=np.inf,
            fees=FEE,
            init_cash=1000.0,
            freq="1min",
            **stops,
        )
        value = portfolio.value()
        return End(int(portfolio.trades.closed.count()), float(value.iloc[-1]) / 1000.0)

    return run


def signals(close: Array) -> tuple[Array, Array]:
    """Return entries and exits on the bar at whose open they fill: the one after the cross."""
    quick, calm = (ewm_mean(close[:, None], span, minp=0, adjust=False)[:, 0] for span in (12, 26))
    above = quick > calm
    entries, exits = np.zeros_like(above), np.zeros_like(above)
    entries[WARMUP + 1 :] = above[WARMUP:-1] & ~above[WARMUP - 1 : -2]
    exits[WARMUP + 1 :] = ~above[WARMUP:-1]
    return entries, exits
