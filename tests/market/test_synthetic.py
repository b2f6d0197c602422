from pathlib import Path

import numpy as np
import pytest
from pydantic import ValidationError

from cryptoflow.errors import CryptoflowError
from cryptoflow.market.asked import Asked
from cryptoflow.market.bars import Bars
from cryptoflow.plugins.sources.synthetic import Synthetic
from cryptoflow.spec.values import Period

MINUTE, HOUR, DAY = 60_000, 3_600_000, 86_400_000

GOLDEN = {
    ("BTC/USDT", HOUR): "37da7d1fbafb3af2feb1416a59223ef7bd54919c621a6f2a6eebd54d83a5eab0",
    ("ETH/USDT", 5 * MINUTE): "3389bd6f209be94b02b3603e64fb6fc16dc241f13cdcfba4bf83c92a9bdc6d5b",
    ("DOGE/USDT", MINUTE): "05e29468aad41b43bf9a0e6824a8ab33b971bba273b44ac6f68b90e58b58d458",
}
"""Fingerprints of a week; a change here changes every result people got from the synthetic source."""


def load(symbol: str = "BTC/USDT", timeframe: int = HOUR, days: str = "2024-03-01..2024-04-30", seed: int = 7) -> Bars:
    period = Period(days)
    return Synthetic().load(Asked(symbol, timeframe, period.start, period.end, seed, Path()))


@pytest.mark.parametrize(("symbol", "timeframe"), GOLDEN)
def test_the_bytes_are_the_same_on_every_platform(symbol: str, timeframe: int) -> None:
    week = load(symbol, timeframe, "2024-05-06..2024-05-12", seed=1)
    assert week.fingerprint() == GOLDEN[symbol, timeframe]


def test_a_longer_period_only_adds_bars() -> None:
    long = load(days="2024-01-01..2024-12-31")
    short = load(days="2024-03-01..2024-04-30")
    assert long.between(int(short.open_at[0]), int(short.open_at[-1]) + 1).fingerprint() == short.fingerprint()


@pytest.mark.parametrize("timeframe", [5 * MINUTE, HOUR, 4 * HOUR, DAY])
def test_minutes_add_up_to_every_longer_bar_exactly(timeframe: int) -> None:
    minutes, longer = load(timeframe=MINUTE), load(timeframe=timeframe)
    heads = np.flatnonzero(np.diff(minutes.open_at // timeframe, prepend=-1))
    tails = np.append(heads[1:], len(minutes)) - 1
    assert (minutes.open_at[heads] // timeframe == longer.open_at // timeframe).all()
    assert (minutes.open[heads] == longer.open).all()
    assert (np.maximum.reduceat(minutes.high, heads) == longer.high).all()
    assert (np.minimum.reduceat(minutes.low, heads) == longer.low).all()
    assert (minutes.close[tails] == longer.close).all()
    np.testing.assert_allclose(np.add.reduceat(minutes.volume, heads), longer.volume, rtol=1e-12)


def test_seed_and_symbol_make_a_market_of_their_own() -> None:
    prints = {load(symbol, seed=seed).fingerprint() for symbol in ("BTC/USDT", "XRP/USDT") for seed in (1, 2)}
    assert len(prints) == 4


def test_prices_behave_like_a_market() -> None:
    years = load(days="2015-01-01..2024-12-31")
    returns = np.diff(np.log(years.close))
    size = np.abs(returns)
    assert 0.5 < returns.std() * np.sqrt(24 * 365) < 0.7, "a volatility of about 60% per year"
    assert ((returns / returns.std()) ** 4).mean() > 6, "fat tails"
    assert np.corrcoef(size[:-24], size[24:])[0, 1] > 0.08, "a wild day follows a wild day"
    assert abs(np.corrcoef(returns[:-1], returns[1:])[0, 1]) < 0.03, "and yet no next hour is foretold"
    assert np.corrcoef(size, years.volume[1:])[0, 1] > 0.3, "volume comes with moves"
    assert 3 <= np.count_nonzero(np.diff(years.open_at) > HOUR) <= 40, "two outages a year"
    assert years.low.min() > 2_000
    assert years.high.max() < 2_000_000


def test_minutes_wander_as_far_as_their_hours() -> None:
    minutes = np.diff(np.log(load(timeframe=MINUTE, days="2024-01-01..2024-12-31").close))
    hours = np.add.reduceat(minutes, np.arange(0, len(minutes) - 60, 60))
    assert 0.85 < hours.var() / (60 * minutes.var()) < 1.15


def test_gaps_can_be_turned_off() -> None:
    period = Period("2015-01-01..2024-12-31")
    calm = Synthetic(jumps=0, outages=0).load(Asked("BTC/USDT", HOUR, period.start, period.end, 7, Path()))
    assert calm.gaps() == 0
    assert (calm.open[1:] == calm.close[:-1]).all()


def test_the_wildest_settings_still_give_bars_that_can_be_true() -> None:
    wild = Synthetic(volatility="300%", trend="5%", jumps=1000, outages=1000, price=0.0001)
    for timeframe in (MINUTE, HOUR, 7 * DAY):
        assert len(
            wild.load(Asked("X/Y", timeframe, Period("2023-01-01..2023-03-31").start, 1_682_000_000_000, 3, Path()))
        )


@pytest.mark.parametrize(
    ("timeframe", "days", "said"),
    [
        (1_000, "2024-01-01..2024-01-02", "no bars shorter than a minute"),
        (HOUR, "2009-12-31..2024-01-02", "begin on 2010-01-01"),
        (7 * DAY, "2024-01-02..2024-01-03", "has no bars"),
    ],
)
def test_what_was_never_made_up_is_refused(timeframe: int, days: str, said: str) -> None:
    with pytest.raises(CryptoflowError, match=said):
        load(timeframe=timeframe, days=days)


@pytest.mark.parametrize("setting", [{"volatility": "0%"}, {"volatility": "301%"}, {"trend": "6%"}, {"price": 0}])
def test_settings_out_of_their_bounds_are_refused(setting: dict[str, object]) -> None:
    with pytest.raises(ValidationError):
        Synthetic(**setting)
