"""A venue that answers well-behaved nonsense: nothing of that is kept, and what was kept wrongly can be asked again."""

from collections import Counter
from itertools import cycle

import pytest
from aiohttp import web

from cryptoflow.errors import ExitCode
from tests.market.rest.scene import BTC, NOW, TODAY, Scene, every_minute, times
from tests.market.rest.stub import DAY, MINUTE, kline

NO_BARS = ["{}", '{"code":0,"msg":"maintenance"}', "[null]", '[{"a":1}]', '[[1704000000000,"1.0"]]', "[[]]"]


@pytest.mark.parametrize("body", NO_BARS)
def test_a_success_without_a_list_of_bars_is_asked_for_again(scene: Scene, body: str) -> None:
    scene.stub.answer = times(2, lambda: web.Response(text=body, content_type="application/json"))
    found = scene.download()
    assert (found.series[0].bars, found.series[0].missing) == (1440, 0)


def test_a_venue_that_never_says_more_than_that_is_told_and_nothing_is_kept(scene: Scene) -> None:
    scene.stub.answer = times(99, lambda: web.json_response({"code": 0, "msg": "maintenance"}))
    found = scene.download()
    assert 'was answered with no bars but \'{"code": 0, "msg": "maintenance"}\'' in str(found.series[0].problem)
    scene.stub.answer = lambda _: None
    assert scene.download().series[0].added == 1440


@pytest.mark.parametrize("sick", [1, 2, 3, 4])
def test_empty_answers_of_a_while_leave_no_gap(scene: Scene, sick: int) -> None:
    scene.stub.answer = times(sick, lambda: web.json_response([]))
    first = scene.download(start=TODAY - 3 * DAY).series[0]
    assert first.missing == 0
    again = scene.download(start=TODAY - 3 * DAY).series[0]
    assert (again.bars, again.missing) == (3 * 1440, 0)


def test_a_symbol_of_which_nothing_comes_fails_and_is_asked_for_the_next_time(scene: Scene) -> None:
    def instead(request: web.Request) -> web.Response | None:
        return web.json_response([]) if request.query.get("symbol") == "ETHUSDT" else None

    scene.stub.answer = instead
    found = scene.download(BTC, ("ETH/USDT", MINUTE))
    problem = found.series[1].problem
    assert problem
    assert "binance answers without bars of ETH/USDT from 2023-12-31 00:00 UTC on: it gives none at all" in str(problem)
    assert problem.code == ExitCode.UNAVAILABLE
    assert (found.series[0].bars, found.series[1].missing) == (1440, 0)
    scene.stub.answer = lambda _: None
    assert scene.download(("ETH/USDT", MINUTE)).series[0].added == 1440


def test_a_symbol_that_is_no_longer_traded_ends_in_a_gap(scene: Scene) -> None:
    scene.stub.gaps = ((TODAY - 2 * DAY + 77 * MINUTE, NOW + DAY),)
    found = scene.download(start=TODAY - 3 * DAY).series[0]
    assert (found.bars, found.missing, found.problem) == (1440 + 77, 1440 * 2 - 77, None)


def test_gaps_are_asked_for_again_when_that_is_wanted(scene: Scene) -> None:
    scene.stub.gaps = tuple((at, at + width * MINUTE) for at, width in ((TODAY - DAY, 5), (TODAY - 999 * MINUTE, 1)))
    first = scene.download().series[0]
    assert (first.missing, first.none_before, first.begin) == (1, TODAY - DAY + 5 * MINUTE, TODAY - DAY + 5 * MINUTE)
    pages = len(scene.stub.pages())
    scene.stub.gaps = scene.stub.gaps[1:]
    assert scene.download().series[0].added == 0
    assert len(scene.stub.pages()) == pages
    again = scene.download(again=True).series[0]
    assert (again.bars, again.added, again.missing) == (1439, 5, 1)
    assert scene.opens() == [at for at in every_minute(TODAY - DAY, TODAY) if at != TODAY - 999 * MINUTE]


def test_bars_that_are_there_stay_when_the_gaps_beside_them_are_asked_for_again(scene: Scene) -> None:
    hole = TODAY - 700 * MINUTE
    scene.stub.gaps = ((hole, hole + MINUTE), (hole + 9 * MINUTE, hole + 10 * MINUTE))
    scene.download()
    scene.stub.gaps = ()
    scene.stub.row = lambda symbol, at, timeframe: [*kline(symbol, at, timeframe)[:5], "777.0", at + timeframe - 1]
    again = scene.download(again=True).series[0]
    assert (again.added, again.missing, again.problem) == (2, 0, None)
    assert Counter(scene.volumes())[777.0] == 2


def test_the_last_bar_is_taken_once_it_stands(scene: Scene) -> None:
    """This venue adds the last ticks of a bar 300 ms after it has ended."""

    def row(symbol: str, at: int, timeframe: int) -> list[object]:
        told = kline(symbol, at, timeframe)
        return told if scene.stub.now() >= at + timeframe + 300 else [*told[:5], "0.1", *told[6:]]

    scene.stub.row = row
    scene.download(start=TODAY - 10 * MINUTE, end=None, now=TODAY + 50)
    scene.download(start=TODAY - 10 * MINUTE, end=None, now=TODAY + MINUTE // 2)
    assert scene.opens() == every_minute(TODAY - 10 * MINUTE, TODAY)
    assert 0.1 not in scene.volumes()


@pytest.mark.parametrize("path", ["exchangeInfo", "time"])
def test_a_venue_that_says_nothing_about_itself_is_asked_again(scene: Scene, path: str) -> None:
    scene.stub.answer = times(2, lambda: web.json_response({}), path=path)
    assert scene.download().series[0].bars == 1440


def test_pages_that_follow_are_asked_for_at_once_and_read_in_order(scene: Scene) -> None:
    scene.stub.delay = 1.0
    wide = scene.download(start=TODAY - 30 * DAY)
    assert scene.opens() == every_minute(TODAY - 30 * DAY, TODAY)
    assert len(scene.stub.pages()) == 44  # as many as one after the other
    assert scene.took <= 12  # two questions first, then a page to learn from, then eight at a time
    assert [each.at for each in scene.told.progress[wide.series[0].name]] == [
        min(TODAY, TODAY - 30 * DAY + page * 1000 * MINUTE) for page in range(1, 45)
    ]


def test_guesses_that_are_wrong_change_nothing_about_what_comes(scene: Scene) -> None:
    start, widths = TODAY - 12 * DAY, cycle((1, 3, 1500, 2, 40))
    scene.stub.gaps = tuple((at, at + next(widths) * MINUTE) for at in range(start + DAY, TODAY, DAY * 7 // 5))
    found = scene.download(start=start)
    bars = [at for at in every_minute(start, TODAY) if not any(one <= at < end for one, end in scene.stub.gaps)]
    assert scene.opens() == bars
    assert found.series[0].missing == 12 * 1440 - len(bars)
