"""The reference series: seeded minute bars whose volatility clusters, on which engines are compared.

The numbers are those under which the results in docs/performance.md were agreed on: seed 7, prices from 100,
rounded to four digits. Change nothing here without measuring everything anew.
"""

from functools import lru_cache

import numpy as np

from cryptoflow.engine.plan import Columns

YEAR = 525_600
TWENTY = 20
FIRST_SEED = 100

BEGIN = 1_704_067_200_000
MINUTE = 60_000
CALM = 0.0008
PULL = 2e-6


def volatility(shocks: np.ndarray) -> np.ndarray:
    """Return the deviation of each minute: today's follows yesterday's and its shock."""
    settled = CALM * CALM
    out = np.empty(len(shocks))
    variance = settled
    for row, shock in enumerate(shocks.tolist()):
        deviation = variance**0.5
        out[row] = deviation
        move = deviation * shock
        variance = min(settled * (1 - 0.06 - 0.93) + 0.06 * move * move + 0.93 * variance, 100 * settled)
    return out


def reference(bars: int, seed: int = 7) -> Columns:
    """Return so many bars of the reference series."""
    rng = np.random.default_rng(seed)
    shocks = rng.standard_normal(bars)
    deviation = volatility(shocks)
    level, path = 0.0, np.empty(bars)
    for row, move in enumerate((deviation * shocks - 0.5 * deviation * deviation).tolist()):
        level += move - PULL * level
        path[row] = level
    close = 100 * np.exp(path)
    jumps = rng.standard_normal(bars) * deviation * 0.05
    open_ = np.concatenate(([100.0], close[:-1] * (1 + jumps[1:])))
    high = np.maximum(open_, close) * (1 + np.abs(rng.standard_normal(bars)) * deviation * 0.5)
    low = np.minimum(open_, close) * (1 - np.abs(rng.standard_normal(bars)) * deviation * 0.5)
    volume = np.round(np.exp(rng.standard_normal(bars) * 0.7 + 3) * (deviation / CALM), 3)
    open_, high, low, close = (np.round(column, 4) for column in (open_, high, low, close))
    high = np.maximum(high, np.maximum(open_, close))
    low = np.minimum(low, np.minimum(open_, close))
    times = BEGIN + MINUTE * np.arange(bars, dtype=np.int64)
    return Columns(times, open_, high, low, close, volume)


@lru_cache(maxsize=1)
def twenty(bars: int = YEAR) -> tuple[Columns, ...]:
    """Return twenty symbols of so many bars, each from a seed of its own."""
    return tuple(reference(bars, FIRST_SEED + number) for number in range(TWENTY))
