"""Bars built from ticks."""

from cryptoflow.domain.codes import BUY
from cryptoflow.domain.ticks import Closed, Filled, Missed, Tick
from cryptoflow.market.streams.building import Builder

MINUTE = 60_000


def tick(at: float, price: float = 10.0, quantity: float = 0.1) -> Tick:
    """Return a tick of the second `at`."""
    return Tick("BTC/USDT", 0, int(at * 1000), price, quantity, BUY, int(at))


def told(builder: Builder, *ticks: Tick) -> list[int]:
    """Return the minutes whose bars some ticks close."""
    return [bar.open_at // MINUTE for each in ticks for bar in builder.take(each) if isinstance(bar, Closed)]


def test_a_bar_is_told_when_a_later_tick_comes_and_its_volume_is_exact() -> None:
    builder = Builder("BTC/USDT", MINUTE)
    assert told(builder, tick(30), tick(61, 11), tick(70, 14), tick(80, 9), tick(119, 10)) == []
    assert list(builder.take(tick(120))) == [Closed("BTC/USDT", MINUTE, MINUTE, 11, 14, 9, 10, 0.4, 120)]


def test_a_bar_closes_on_time_when_no_tick_comes_and_once_only() -> None:
    builder = Builder("BTC/USDT", MINUTE)
    told(builder, tick(30), tick(61))
    assert list(builder.until(119_999, 1)) == []
    assert [bar.open_at for bar in builder.until(120_000, 1)] == [MINUTE]
    assert list(builder.until(120_000, 1)) == []
    assert told(builder, tick(119), tick(185)) == []
    assert builder.late == 1


def test_a_bar_that_was_told_and_then_gets_a_tick_is_declared_lost_once() -> None:
    builder = Builder("BTC/USDT", MINUTE)
    told(builder, tick(30), tick(61))
    assert [bar.open_at for bar in builder.until(120_000, 1)] == [MINUTE]
    hole = ("BTC/USDT", "built 1m", 0, 2 * MINUTE)
    assert list(builder.take(tick(119))) == [Missed(*hole, 119), Filled(*hole, 0, 119)]
    assert list(builder.take(tick(119.5))) == []
    assert told(builder, tick(130), tick(181)) == [2]


def test_a_minute_without_ticks_has_no_bar() -> None:
    builder = Builder("BTC/USDT", MINUTE)
    assert told(builder, tick(30), tick(61), tick(190), tick(250)) == [1, 3]


def test_bars_on_both_sides_of_lost_ticks_are_not_told() -> None:
    builder = Builder("BTC/USDT", MINUTE)
    assert told(builder, tick(30), tick(61)) == []
    builder.lose()
    assert told(builder, tick(190), tick(250), tick(310)) == [4]
    builder.lose()
    assert told(builder, tick(320), tick(370), tick(430)) == [6]
