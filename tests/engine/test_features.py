"""What strategies compute is the same, array by array and bar by bar, however streams are looked through."""

import numpy as np
import pytest

from cryptoflow.domain.records import Signal
from cryptoflow.engine.batch.features import Features as Arrays
from cryptoflow.engine.batch.kernel import ENTER, VALUES
from cryptoflow.engine.runtime.features import Features
from cryptoflow.engine.runtime.feed import rounds
from tests.parity.draws import series
from tests.parity.test_parity import planned

SYMBOLS = ["BTC/USDT", "ETH/USDT", "SOL/USDT"]


@pytest.mark.parametrize(
    "score",
    [
        "close + 2 * open[3] - high / low",
        'tf("5m", close + tf("15m", close))',
        'tf("15m", close[1]) - of("ETH/USDT", tf("5m", close))',
        'of("SOL/USDT", close - of("BTC/USDT", tf("3m", high)))',
        'rank(tf("5m", close)) + rank(close - of("BTC/USDT", close)) / rank(volume)',
        "if_else(rank(rank(close) * close) != 2, bars_since(close > close[1] and volume > 0), -close)",
        'bars_since(every("15m")) + bars_since(tf("5m", every("1h") or close != close[1]))',
    ],
)
def test_values_of_all_views_are_equal_in_both_drivers(score: str) -> None:
    spec = {
        "cryptoflow": 1,
        "name": "seen",
        "capital": "1000 USDT",
        "market": {"venue": "binance", "symbols": SYMBOLS, "timeframe": "1m"},
        "strategies": [{"id": "one", "file": "s0.yaml"}],
        "sizing": {"use": "all_in"},
    }
    said = {"cryptoflow": 1, "strategy": "one", "enter_long": f"({score}) > 1", "score": score, "max_bars": 3}
    plan = planned(spec, [said])
    assert plan is not None
    market = [series(place) for place in range(3)]
    flags, values, slots = Arrays(plan, 400).over(market)
    features, cursor = Features(plan), [0, 0, 0]
    signals, seen_by = [Signal() for _ in range(2 * len(SYMBOLS))], [[] for _ in range(2 * len(SYMBOLS))]
    seen = 0
    for _, bars in rounds(market):
        features.over(bars, signals, seen_by)
        for symbol, bar in enumerate(bars):
            if bar.here:
                place = cursor[symbol]
                cursor[symbol] += 1
                expected = values[slots[0, VALUES.index("score")], symbol, place]
                assert np.array_equal(signals[symbol].score, expected, equal_nan=True), (symbol, place)
                assert signals[symbol].enter == bool(flags[symbol, place] & ENTER)
                seen += not np.isnan(expected)
    assert cursor == [len(columns.open_at) for columns in market]
    assert seen > 300
