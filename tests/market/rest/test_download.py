"""Downloads from a venue that has bad days, on a clock that the tests move: what arrives, what is told and asked."""

import asyncio
from collections import Counter
from contextlib import suppress
from pathlib import Path

import pytest
from aiohttp import web

from cryptoflow.clock import MachineClock, virtual_time
from cryptoflow.errors import CryptoflowError, ExitCode
from cryptoflow.market.store.key import Key
from cryptoflow.market.store.store import Store
from cryptoflow.pipelines.data.download import downloaded
from cryptoflow.pipelines.data.wanted import Wanted
from cryptoflow.settings import settings
from tests.market.rest.scene import BTC, NOW, TODAY, Scene, Told, every_minute, times
from tests.market.rest.stub import DAY, MINUTE, kline

LATENCY = 1_000


def test_all_bars_arrive_and_none_is_fetched_twice(scene: Scene) -> None:
    found = scene.download(BTC, ("ETH/USDT", MINUTE))
    assert scene.opens() == every_minute(TODAY - DAY, TODAY)
    assert [(each.bars, each.added, each.missing) for each in found.series] == [(1440, 1440, 0)] * 2
    pages = len(scene.stub.pages())
    again = scene.download(BTC, ("ETH/USDT", MINUTE))
    assert [(each.bars, each.added) for each in again.series] == [(1440, 0)] * 2
    assert len(scene.stub.pages()) == pages == 4
    longer = scene.download(BTC, start=TODAY - 2 * DAY)
    assert (longer.series[0].bars, longer.series[0].added) == (2880, 1440)


def test_fifty_symbols_take_no_longer_than_two_latencies(scene: Scene) -> None:
    names = [f"C{number}" for number in range(50)]
    scene.stub.symbols, scene.stub.delay = tuple(names), LATENCY / 1000
    found = scene.download(*((f"{name}/USDT", MINUTE) for name in names), start=TODAY - 50 * MINUTE)
    assert sum(each.bars for each in found.series) == 50 * 50
    asked = [at for at, path in scene.stub.asked if "klines" in path]
    assert len(asked) == 50
    answered = NOW + scene.took * 1000
    assert answered - min(asked) <= 2 * LATENCY


def test_one_symbol_that_fails_is_named_and_the_others_arrive(scene: Scene) -> None:
    def instead(request: web.Request) -> web.Response | None:
        return web.Response(status=503, text="down") if request.query.get("symbol") == "ETHUSDT" else None

    scene.stub.answer = instead
    found = scene.download(BTC, ("ETH/USDT", MINUTE), ("SOL/USDT", MINUTE), ("SOLUSDT", MINUTE))
    assert [each.name for each in found.failed] == ["ETH/USDT 1m", "SOLUSDT 1m"]
    assert [each.bars for each in found.series] == [1440, 0, 1440, 0]
    with pytest.raises(CryptoflowError) as raised:
        found.raise_failures()
    said = str(raised.value)
    assert "ETH/USDT 1m failed: binance cannot be reached: GET" in said
    assert "503" in said
    assert "SOLUSDT 1m failed: binance does not list SOLUSDT\nhint: did you mean `SOL/USDT`?" in said
    assert Counter("ETHUSDT" in path for path in scene.stub.pages())[True] == 5
    assert 12 <= scene.took <= 18  # 1 + 2 + 4 + 8 seconds, each a fifth more or less


@pytest.mark.parametrize("status", [429, 418])
def test_a_venue_that_wants_to_be_asked_less_is_left_alone_for_as_long(scene: Scene, status: int) -> None:
    scene.stub.answer = times(
        2, lambda: web.json_response({"code": -1003}, status=status, headers={"Retry-After": "90"})
    )
    found = scene.download(BTC, ("ETH/USDT", MINUTE), ("SOL/USDT", MINUTE))
    assert [each.bars for each in found.series] == [1440] * 3
    assert found.refusals == 2
    asked = [at - NOW for at, path in scene.stub.asked if "klines" in path]
    assert len([at for at in asked if at < 90_000]) == 3  # those that were on their way
    assert min(at for at in asked if at > 1_000) >= 90_000
    assert any("wants no requests before 2024-01-01 00:02 UTC; waiting" in line for line in scene.told.lines)


def test_a_ban_that_names_its_end_is_waited_out(scene: Scene) -> None:
    words = {"code": -1003, "msg": f"Way too much request weight used; IP banned until {NOW + 200_000}."}
    scene.stub.answer = times(1, lambda: web.json_response(words, status=418))
    assert scene.download().refusals == 1
    assert scene.took >= 200


def test_a_bar_that_is_still_open_is_not_taken(scene: Scene) -> None:
    found = scene.download(start=TODAY - 10 * MINUTE, end=TODAY + 30 * DAY)
    assert scene.opens() == every_minute(TODAY - 10 * MINUTE, TODAY)
    assert found.series[0].end == TODAY
    ahead = scene.download(start=TODAY + DAY, end=None)
    assert "no bar of 1m has closed since 2024-01-02 00:00 UTC" in str(ahead.series[0].problem)


def test_a_clock_that_is_fast_does_not_make_bars_close_early(scene: Scene) -> None:
    scene.stub.now = lambda: MachineClock().now() - 40_000
    scene.download(start=TODAY - 10 * MINUTE, end=None)
    assert scene.opens() == every_minute(TODAY - 10 * MINUTE, TODAY - MINUTE)


@pytest.mark.parametrize("window", [False, True])
def test_a_gap_across_pages_is_counted_and_what_is_behind_it_arrives(scene: Scene, window: bool) -> None:
    first, last = TODAY - 20 * DAY + 1000 * MINUTE, TODAY - 3 * DAY
    scene.stub.gaps, scene.stub.looks_at_a_window = ((first, last),), window
    found = scene.download(start=TODAY - 20 * DAY)
    assert scene.opens() == every_minute(TODAY - 20 * DAY, first) + every_minute(last, TODAY)
    assert found.series[0].missing == (last - first) // MINUTE
    assert len(scene.stub.pages()) < 25
    assert found.series[0].hidden_before is None


def test_a_damaged_manifest_is_told_by_name_and_the_other_symbols_arrive(scene: Scene) -> None:
    damaged = Store(scene.home / "data", MachineClock()).dataset(Key("binance", "ETH/USDT", MINUTE)).folder
    damaged.mkdir(parents=True)
    (damaged / "manifest.json").write_text("{")
    found = scene.download(BTC, ("ETH/USDT", MINUTE), ("SOL/USDT", MINUTE))
    assert [(each.symbol, each.bars) for each in found.series if not each.problem] == [
        ("BTC/USDT", 1440),
        ("SOL/USDT", 1440),
    ]
    (failed,) = found.failed
    assert "ETH_USDT/1m/manifest.json is no manifest" in str(failed.problem)


def test_a_venue_that_gives_its_newest_bars_only_says_so(scene: Scene) -> None:
    scene.stub.ignores_since = scene.stub.ignores_until = True
    scene.stub.most = 720
    found = scene.download(end=None)
    assert found.series[0].hidden_before == TODAY - 719 * MINUTE
    assert (found.series[0].bars, found.series[0].missing) == (719, 0)
    assert "the venue gives none before 2023-12-31 12:01 UTC" in str(found.series[0])


def test_a_bar_that_cannot_be_true_is_left_out_and_told(scene: Scene) -> None:
    wrong = TODAY - 77 * MINUTE

    def row(symbol: str, at: int, timeframe: int) -> list[object]:
        true = kline(symbol, at, timeframe)
        return [*true[:2], "1.00", *true[3:]] if at == wrong else true

    scene.stub.row = row
    found = scene.download()
    assert found.series[0].left_out == ("2023-12-31 22:43 UTC: high is below open or close",)
    assert (found.series[0].bars, found.series[0].missing) == (1439, 1)
    assert wrong not in scene.opens()


@pytest.mark.parametrize("body", ["<html>busy</html>", '[[1704000000000,"1.0","1.', ""])
def test_an_answer_that_makes_no_sense_is_asked_for_again(scene: Scene, body: str) -> None:
    scene.stub.answer = times(2, lambda: web.Response(text=body, content_type="application/json"))
    assert scene.download().series[0].bars == 1440
    assert scene.opens() == every_minute(TODAY - DAY, TODAY)


def test_a_venue_that_stumbles_before_it_says_what_it_lists_is_asked_again(scene: Scene) -> None:
    scene.stub.answer = times(3, lambda: web.Response(status=502), path="exchangeInfo")
    assert scene.download().series[0].bars == 1440


def test_a_venue_that_is_not_there_is_told_after_a_while(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("XDG_STATE_HOME", str(tmp_path))
    monkeypatch.setenv("CRYPTOFLOW_VENUES__BINANCE__URL", "http://127.0.0.1:1")
    settings.cache_clear()
    wanted = Wanted("binance", (BTC,), TODAY - DAY, TODAY, tmp_path)
    with virtual_time(NOW) as loop, pytest.raises(CryptoflowError, match="binance cannot be reached: GET") as raised:
        loop.run_until_complete(downloaded(wanted, Told(), MachineClock()))
    assert raised.value.code == ExitCode.UNAVAILABLE


def test_a_venue_that_goes_silent_is_told_of_and_given_up(scene: Scene) -> None:
    async def never(request: web.Request) -> web.Response:
        with suppress(asyncio.CancelledError):
            await asyncio.sleep(3600)
        return web.Response(status=500)

    scene.stub.klines = never  # type: ignore[method-assign]
    found = scene.download()
    assert "binance did not answer in time" in str(found.series[0].problem)
    said = [line for line in scene.told.lines if line.startswith("nothing came")]
    assert said[:2] == [f"nothing came from binance for {seconds} s; still trying" for seconds in (15, 30)]
    assert 60 <= scene.took <= 75  # five times ten seconds, and the pauses between


def test_progress_counts_what_is_known_up_to_all_of_it(scene: Scene) -> None:
    scene.download(start=TODAY - 3 * DAY)
    told = scene.told.progress["BTC/USDT 1m"]
    assert [each.known for each in told] == [1000, 2000, 3000, 4000, 4320]
    assert {each.wanted for each in told} == {4320}
    assert told[-1].at == TODAY


def test_a_cancel_is_heard_whenever_it_comes(scene: Scene) -> None:
    """The last steps of a download tidy up; a Ctrl-C that falls into them is not to be taken for one of these."""
    swallowed = []
    for steps in range(12):
        fate = scene.cancelled_after(steps)
        if fate is not None and not fate:
            swallowed.append(steps)
    assert swallowed == []
