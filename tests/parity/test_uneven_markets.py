"""Symbols that are listed late or end early are the same in both drivers, however rounds are cut into blocks."""

import pytest

from cryptoflow.domain.codes import Topic
from cryptoflow.engine.batch.run import BLOCK
from cryptoflow.engine.batch.run import run as batch
from cryptoflow.engine.runtime.run import run as event
from tests.parity.draws import SYMBOLS, series
from tests.parity.test_parity import assert_same, planned

SPEC = {
    "cryptoflow": 1,
    "name": "uneven",
    "capital": "20000 USDT",
    "discipline": "off",
    "market": {"venue": "binance", "symbols": list(SYMBOLS), "timeframe": "1m", "filters": "none"},
    "strategies": [{"id": "s0", "file": "s0.yaml"}],
    "sizing": {"use": "fraction", "share": "20%"},
    "execution": {"costs": "none"},
    "risk": {"stop_loss": {"missing": "reject"}},
}
STRATEGY = {
    "cryptoflow": 1,
    "strategy": "uneven",
    "enter_long": 'ema(close, 2) > ema(close, 5) and close / ema(close, 9) != tf("5m", rma(close, 2)) / 7'
    ' or bars_since(every("30m")) < 2 and not of("ETH/USDT", crosses_below(ema(close, 3), close))',
    "exit_long": 'rank(ema(close, 2) / ema(close, 6)) > 1 or max(open, close)[3] <= tf("15m", low)',
    "score": "-ema(close, 4) + 0 * volume",
}


@pytest.mark.parametrize("block", [1, 13, 64, BLOCK])
def test_late_listings_and_early_ends_change_nothing(block: int) -> None:
    plan = planned(SPEC, [STRATEGY])
    assert plan is not None
    market = [series(1).cut(0, 90), series(2).cut(120, 250), series(3)]
    outcome = batch(plan, market, block_rounds=block)
    assert (outcome.tape["topic"] == Topic.FILL).sum() > 20
    assert_same(outcome, event(plan, market))
