"""Values of a spec: what they mean, how they print back, and what they refuse."""

import copy
import math
import pickle

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import BaseModel, Field, ValidationError

from cryptoflow.spec.values import (
    Band,
    Bps,
    Bytes,
    Duration,
    Gain,
    Limit,
    MisreadError,
    Money,
    Period,
    Range,
    Share,
    Symbol,
    Timeframe,
    Written,
)

WRITTEN = [
    *(Share("2%"), Share("0.50 %"), Gain("150%"), Bps("5 bps"), Duration("300s"), Timeframe("1h")),
    *(Money("1000.50 USDT"), Limit("8% or 80 USDT"), Limit("80 USDT"), Period("2023-01-01..2024-12-31")),
    *(Range("20..200 step 5"), Range("0.5%..2% step 0.5%"), Band("500..2000 USDT"), Symbol("BTC/USDT")),
    Bytes("2 GiB"),
]


@pytest.mark.parametrize("value", WRITTEN, ids=str)
def test_a_value_prints_back_as_written_and_survives_copies(value: Written) -> None:
    again = type(value)(str(value))
    assert again == value
    assert hash(again) == hash(value)
    for other in (pickle.loads(pickle.dumps(value)), copy.deepcopy(value)):
        assert (other, str(other)) == (value, str(value))


@pytest.mark.parametrize("value", WRITTEN, ids=str)
def test_a_value_cannot_be_changed(value: Written) -> None:
    with pytest.raises(AttributeError):
        value.text = "other"


@pytest.mark.parametrize(
    ("value", "number"),
    [
        (Share("2%"), 0.02),
        (Gain("150%"), 1.5),
        (Bps("5 bps"), 0.0005),
        (Duration("250ms"), 250),
        (Duration("1w"), 604_800_000),
        (Timeframe("4h"), 14_400_000),
        (Bytes("1 KiB"), 1024),
    ],
)
def test_a_number_with_a_unit_is_that_number(value: float, number: float) -> None:
    assert value == number


def test_the_absent_side_of_a_limit_is_infinite() -> None:
    assert (Limit("8%").share, Limit("8%").amount) == (0.08, math.inf)
    assert (Limit("80 USDT").share, Limit("80 USDT").amount) == (math.inf, 80.0)
    assert Limit("80 USDT or 8%") == Limit("8% or 80 USDT")


def test_the_last_day_of_a_period_counts_whole() -> None:
    period = Period("1970-01-01..1970-01-02")
    assert (period.start, period.end) == (0, 2 * 86_400_000)


def test_a_range_includes_both_ends_exactly() -> None:
    assert list(Range("2..4")) == [2, 3, 4]
    assert list(Range("0.1..0.3 step 0.1")) == [0.1, 0.2, 0.3]
    assert list(Range("1%..2% step 0.5%")) == [0.01, 0.015, 0.02]
    assert 200 in Range("2..200")


def test_a_range_of_fractions_without_a_step_only_bounds() -> None:
    assert 0.7 in Range("0.5..2.5")
    with pytest.raises(MisreadError, match="needs a step"):
        list(Range("0.5..2.5"))


def test_a_band_of_equity_excludes_its_end() -> None:
    assert 500 in Band("500..2000 USDT")
    assert 2000 not in Band("500..2000 USDT")
    assert 1e12 in Band("50000.. USDT")


@pytest.mark.parametrize(
    ("kind", "text", "fix"),
    [
        (Share, "0.02", "write 0.02% or 2%, whichever is meant"),
        (Share, "140%", ""),
        (Share, "-3%", ""),
        (Duration, "1.5h", "write a whole number and one of ms s m h d w, like 300s or 24h"),
        (Timeframe, "7m", "one of 1s 1m 3m 5m 15m 30m 1h 2h 4h 6h 8h 12h 1d 1w"),
        (Money, "1000", "name the currency: 1000 USDT"),
        (Limit, "0.08", "write 8% of equity, or 0.08 USDT"),
        (Period, "2023-01-31..2023-01-01", "write 2023-01-01..2023-01-31"),
        (Period, "2023-02-29..2023-03-01", "write year-month-day, like 2024-12-31"),
        (Range, "5..2", "write 2..5"),
        (Range, "1..2%", "write % after each part, or after none"),
        (Symbol, "btc-usdt", "write BTC/USDT"),
        (Share, "٢%", "write it like 2%"),
    ],
)
def test_a_refusal_says_what_to_write_instead(kind: type[Written], text: str, fix: str) -> None:
    with pytest.raises(MisreadError) as refusal:
        kind(text)
    assert refusal.value.fix == fix


@given(st.integers(0, 10_000))
def test_a_share_is_the_float_nearest_to_what_was_written(points: int) -> None:
    assert Share(f"{points / 100}%") == points / 10_000


@given(st.text(max_size=30))
def test_any_text_is_a_value_or_refused_in_words(text: str) -> None:
    for kind in (Share, Bps, Duration, Timeframe, Money, Limit, Period, Range, Band, Symbol, Bytes):
        try:
            assert str(kind(text)) == text.strip()
        except MisreadError as refusal:
            assert refusal.law


class Block(BaseModel, frozen=True):
    limit: Share = Field(Share("25%"), gt=0, le=0.5)


def test_models_take_values_as_text_and_give_them_back() -> None:
    block = Block.model_validate_json('{"limit": "10%"}')
    assert block.limit == 0.1
    assert block.model_dump(mode="json") == {"limit": "10%"}
    assert Block.model_json_schema()["properties"]["limit"]["type"] == "string"
    with pytest.raises(ValidationError):
        Block.model_validate_json('{"limit": 0.1}')
    with pytest.raises(ValidationError):
        Block.model_validate_json('{"limit": "60%"}')
