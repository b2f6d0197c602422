"""Bars of any length are what the ticks played so far add up to."""

from hypothesis import given, settings
from hypothesis import strategies as draw

from cryptoflow.venue.klines import Kline, earliest, klines, latest, opening
from tests.venue.markets import MINUTE, START, tape

TAPE = tape()
TOLD = [TAPE.inside(row) for row in range(len(TAPE))]
END = TAPE.ends()[1]
moments = draw.integers(START, END + 10 * MINUTE)
TIMES = settings(max_examples=40)
intervals = draw.sampled_from([MINUTE, 3 * MINUTE, 15 * MINUTE, 60 * MINUTE, 24 * 60 * MINUTE])


def folded(interval: int, now: int) -> list[Kline]:
    """Bars made tick by tick, the slow way; a bar of the tape without ticks adds only its price."""
    found: dict[int, list[tuple[int, int, int]]] = {}
    for row, ticks in enumerate(TOLD):
        at = int(TAPE.open_at[row])
        played = [(tick.number, tick.price, tick.quantity) for tick in ticks if tick.at <= now]
        if not ticks and at + MINUTE <= now:
            played = [(0, int(TAPE.open[row]), 0)]
        if played:
            found.setdefault(opening(at, interval), []).extend(played)
    bars = []
    for at, told in sorted(found.items()):
        prices = [price for _, price, _ in told]
        numbers = [number for number, _, _ in told if number]
        ends = (numbers[0], numbers[-1]) if numbers else (0, 0)
        volume = sum(quantity for _, _, quantity in told)
        prices = [prices[0], max(prices), min(prices), prices[-1]]
        bars.append(Kline(at, interval, *prices, volume, *ends, closed=at + interval <= now))
    return bars


def content(bars: list[Kline]) -> list[tuple[object, ...]]:
    """Bars without the numbers of their ticks where they have none."""
    return [bar if bar.volume else bar[:7] for bar in bars]


@TIMES
@given(interval=intervals, now=moments)
def test_bars_are_what_the_ticks_so_far_add_up_to(interval: int, now: int) -> None:
    assert content(klines(TAPE, interval, 0, now + 1, now)) == content(folded(interval, now))


@TIMES
@given(interval=intervals, now=moments, start=moments, count=draw.integers(1, 50))
def test_the_first_and_the_last_bars_are_the_ends_of_all(interval: int, now: int, start: int, count: int) -> None:
    every = klines(TAPE, interval, 0, now + 1, now)
    later = [bar for bar in every if bar.open_at >= start]
    assert earliest(TAPE, interval, start, now + 1, count, now) == later[:count]
    assert latest(TAPE, interval, now + 1, count, now) == every[-count:]


def test_where_nothing_is_known_of_a_bar_there_is_none() -> None:
    opens = [bar.open_at for bar in klines(TAPE, MINUTE, START, END, END)]
    assert START + 10 * MINUTE not in opens
    assert START + 20 * MINUTE in opens
