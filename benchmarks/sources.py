"""What invents a year of minutes, beside as many plain random numbers."""

from collections.abc import Iterator
from pathlib import Path

import numpy as np

from benchmarks.figures import Work, side_by_side
from benchmarks.series import BEGIN, MINUTE, YEAR
from cryptoflow.market.asked import Asked
from cryptoflow.plugins.sources.synthetic import Synthetic


def sources() -> Iterator[Work]:
    """Time the synthetic source."""
    year = (BEGIN, BEGIN + YEAR * MINUTE)
    yield side_by_side(
        f"synthetic, {YEAR:,} bars",
        lambda: Synthetic().load(Asked("BTC/USDT", MINUTE, *year, 0, Path())),
        lambda: np.random.default_rng(0).standard_normal((5, YEAR)),
        "five columns of numpy's normals",
        YEAR,
    )
