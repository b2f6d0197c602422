"""The ticks of a bar add up to it, wherever one starts to listen and whoever asks."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as draw

from cryptoflow.venue.path import Bar, Tick, path, turns
from cryptoflow.venue.tape import Tape
from tests.venue.markets import MINUTE, START, TERMS, minutes, tape


@draw.composite
def bars(make: draw.DrawFn) -> Bar:
    low, high = sorted((make(draw.integers(1, 10**9)), make(draw.integers(1, 10**9))))
    prices = draw.integers(low, high)
    first, last = make(prices), make(prices)
    return Bar(START, MINUTE, first, high, low, last, make(draw.integers(4, 2**52)))


def added_up(ticks: list[Tick]) -> tuple[int, int, int, int, int]:
    """Open, high, low, close and volume of ticks."""
    prices = [tick.price for tick in ticks]
    return prices[0], max(prices), min(prices), prices[-1], sum(tick.quantity for tick in ticks)


@given(bar=bars(), count=draw.integers(4, 200), stream=draw.integers(0, 2**64 - 1))
def test_the_ticks_of_a_bar_are_its_prices_and_its_volume_to_the_last_digit(bar: Bar, count: int, stream: int) -> None:
    count = min(count, bar.volume)
    ticks = path(bar, count, stream).ticks(1, 0, count)
    assert added_up(ticks) == (bar.open, bar.high, bar.low, bar.close, bar.volume)
    assert all(tick.quantity > 0 and bar.open_at <= tick.at < bar.open_at + bar.length for tick in ticks)
    assert [tick.at for tick in ticks] == sorted(tick.at for tick in ticks)


@given(bar=bars(), up_first=draw.booleans(), stream=draw.integers(0, 2**64 - 1))
def test_as_few_ticks_as_a_bar_has_turns_are_enough(bar: Bar, up_first: bool, stream: int) -> None:
    own = turns(bar, up_first=up_first)
    assert {bar.high, bar.low} <= set(own)
    drawn = max(len(turns(bar, up_first=side)) for side in (True, False))
    assert added_up(path(bar, drawn, stream).ticks(1, 0, drawn))[:4] == (bar.open, bar.high, bar.low, bar.close)


def test_every_bar_of_a_tape_is_what_was_given() -> None:
    given_bars, made = minutes(), tape()
    for row in range(len(made)):
        ticks = made.inside(row)
        if not ticks:
            assert given_bars.volume[row] == 0
            continue
        *prices, volume = added_up(ticks)
        asked = (given_bars.open[row], given_bars.high[row], given_bars.low[row], given_bars.close[row])
        assert tuple(price / 100 for price in prices) == asked
        assert volume / 100_000 == max(given_bars.volume[row], len(ticks) / 100_000)


def test_numbers_of_ticks_are_contiguous_and_any_of_them_can_be_told_again() -> None:
    made, again = tape(), tape()
    told = [tick for row in range(len(made)) for tick in made.inside(row)]
    assert [tick.number for tick in told] == list(range(1, len(told) + 1))
    assert again.ticks(1_000, 1_300) == told[999:1_300]
    assert again.tick(2_000) == told[1_999]
    for tick in told[::97]:
        assert told[again.played(tick.at) - 1].at == tick.at
        assert again.played(tick.at - 1) < tick.number


def test_another_seed_takes_another_way_to_the_same_bars() -> None:
    one, other = tape(seed=1), tape(seed=2)
    assert one.inside(30) != other.inside(30)
    assert added_up(one.inside(30)) == added_up(other.inside(30))


def test_a_flood_has_its_ticks_also_where_little_was_traded() -> None:
    made = Tape(minutes(), TERMS, seed=1, ticks=5_000, insist=True)
    traded = made.count[made.count > 0]
    assert (traded == 5_000).all()
    assert len(traded) == len(made) - 1
    assert (made.volume >= made.count).all()


@pytest.mark.parametrize("volume", [0.1, 123_456_789_012.0, 1e15])
def test_volumes_of_any_size_are_kept_as_finely_as_numbers_can(volume: float) -> None:
    bars = minutes()
    scaled = bars.volume * volume
    object.__setattr__(bars, "volume", scaled)
    kept = Tape(bars, TERMS, seed=1, ticks=60)
    told = kept.volume / 10.0**kept.listing.quantity_decimals
    enough = scaled * 10.0**kept.listing.quantity_decimals >= 60
    assert np.allclose(told[enough], scaled[enough], rtol=1e-6)
