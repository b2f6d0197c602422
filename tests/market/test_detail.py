"""Bars and the finer ones inside them: made of each other, or refused."""

from dataclasses import replace

import numpy as np
import pytest

from cryptoflow.errors import CryptoflowError
from cryptoflow.market.bars import Bars
from cryptoflow.market.detail import grown, matched

HOUR = 3_600_000


def minutes(hours: int) -> Bars:
    draw = np.random.default_rng(3)
    close = 100 * np.exp(np.cumsum(draw.standard_normal(60 * hours) * 0.001))
    opens = np.arange(60 * hours, dtype=np.int64) * 60_000
    return Bars("BTC/USDT", 60_000, opens, close, close * 1.001, close * 0.999, close, np.ones(60 * hours))


def test_an_hour_is_made_of_its_minutes():
    fine = minutes(2)
    hours = grown(fine, HOUR)
    assert hours.open_at.tolist() == [0, HOUR]
    assert hours.high[1] == fine.high[60:].max()
    assert (hours.open[1], hours.close[1], hours.volume[1]) == (fine.open[60], fine.close[119], 60)


def test_an_hour_without_minutes_stands_as_it_is_and_is_counted():
    fine = minutes(4)
    coarse = grown(fine, HOUR)
    rest = fine.between(HOUR, 4 * HOUR)
    joined = matched(coarse, rest)
    assert joined.open_at.tolist() == coarse.open_at.tolist()
    assert joined.close.tolist() == coarse.close.tolist()
    assert joined.notes == ("1 bars of BTC/USDT have no finer ones inside: orders met them whole.",)


def test_minutes_of_another_market_are_refused_with_the_first_hour_that_shows_it():
    fine = minutes(48)
    coarse = grown(fine, HOUR)
    doubled = {name: getattr(fine, name) * 2 for name in ("open", "high", "low", "close")}
    with pytest.raises(CryptoflowError, match=r"1970-01-01 00:00.* closes at .*, its finer ones at"):
        matched(coarse, replace(fine, **doubled))


def test_a_week_made_of_days_begins_on_a_monday():
    day = 86_400_000
    opens = (19_723 + np.arange(14, dtype=np.int64)) * day  # from Monday, 2024-01-01
    prices = np.full(14, 100.0)
    weeks = grown(Bars("BTC/USDT", day, opens, prices, prices, prices, prices, prices), 7 * day)
    assert weeks.open_at.tolist() == [opens[0], opens[7]]
