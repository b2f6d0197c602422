"""Rounds of closed bars: who decides when, and who is too late."""

from cryptoflow.domain.codes import BUY
from cryptoflow.domain.ticks import Closed, Tick
from cryptoflow.market.live.rounds import Late, Round, Rounds, Told

MINUTE, WAIT = 60_000, 2_000
BTC, ETH = "BTC/USDT", "ETH/USDT"


def bar(symbol: str, minute: int, timeframe: int = MINUTE) -> Closed:
    """The bar of a symbol that opens at a minute."""
    return Closed(symbol, timeframe, minute * MINUTE, 1.0, 2.0, 1.0, 2.0, 9.0, heard_at=0)


def told(*heard: tuple[Closed | Tick, int]) -> list[Told]:
    """What comes of events, each heard so many milliseconds after the first minute has closed."""
    gathering = Rounds((BTC, ETH), MINUTE, WAIT)
    return [each for event, after in heard for each in gathering.take(event, MINUTE + after)]


def test_a_round_ends_when_every_bar_is_in() -> None:
    assert told((bar(BTC, 0), 100)) == []
    assert told((bar(BTC, 0), 100), (bar(ETH, 0), 900)) == [Round(0, {BTC: bar(BTC, 0), ETH: bar(ETH, 0)})]


def test_after_two_seconds_it_ends_without_those_that_are_missing_and_their_bars_are_late() -> None:
    assert told((bar(BTC, 0), 100), (bar(ETH, 0), 2_000)) == [Round(0, {BTC: bar(BTC, 0)}, (ETH,)), Late(bar(ETH, 0))]
    gathering = Rounds((BTC, ETH), MINUTE, WAIT)
    assert not [*gathering.take(bar(BTC, 0), MINUTE + 100)]
    assert gathering.deadline() == MINUTE + WAIT
    assert not [*gathering.until(MINUTE + WAIT - 1)]
    assert [*gathering.until(MINUTE + WAIT)] == [Round(0, {BTC: bar(BTC, 0)}, (ETH,))]
    assert gathering.deadline() is None


def test_whoever_has_told_a_later_bar_is_not_waited_for() -> None:
    heard = told((bar(BTC, 0), 100), (bar(ETH, 1), MINUTE + 50), (bar(BTC, 1), MINUTE + 60))
    assert heard == [Round(0, {BTC: bar(BTC, 0)}, (ETH,)), Round(MINUTE, {BTC: bar(BTC, 1), ETH: bar(ETH, 1)})]


def test_bars_of_a_second_may_wait_for_each_other_and_end_in_order() -> None:
    gathering = Rounds((BTC, ETH), 1_000, WAIT)
    second = bar(BTC, 0, 1_000)
    for number in range(2):
        assert not [*gathering.take(second._replace(open_at=number * 1_000), 1_000 * number + 1_100)]
    ended = [*gathering.take(second._replace(symbol=ETH, open_at=1_000), 2_200)]
    assert [(each.open_at, each.missing) for each in ended if isinstance(each, Round)] == [(0, (ETH,)), (1_000, ())]


def test_bars_of_the_past_are_late_all_of_them() -> None:
    assert told((bar(BTC, -5), 0), (bar(ETH, -5), 0)) == [Late(bar(BTC, -5)), Late(bar(ETH, -5))]


def test_what_was_heard_in_time_and_held_back_until_now_is_late() -> None:
    tick = Tick(ETH, 1, 0, 1.0, 1.0, BUY, heard_at=0)
    assert told((tick, 5_000), (bar(BTC, 0), 100)) == [tick, Late(bar(BTC, 0))]


def test_everything_else_passes_by_also_bars_of_another_length() -> None:
    hour = bar(BTC, 0, 60 * MINUTE)
    assert told((hour, 0)) == [hour]
