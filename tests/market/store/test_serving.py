"""What a run gets of the store: the bars it asked for, or those made of finer ones, and what is to be said of them."""

from pathlib import Path

import numpy as np
import pytest

from cryptoflow.errors import CryptoflowError, ExitCode
from cryptoflow.market.asked import Asked
from cryptoflow.market.bars import Bars
from cryptoflow.market.detail import grown
from cryptoflow.market.store import columns
from cryptoflow.market.store.key import Key
from cryptoflow.market.store.manifest import Manifest
from cryptoflow.market.store.serving import served
from cryptoflow.market.store.store import Store
from cryptoflow.market.times import DAY, HOUR, WEEK
from tests.market.store.stores import KEY, MINUTE, START, Still, filled, made, opened, span


def asked(folder: Path, timeframe: int, start: int, end: int) -> Bars:
    question = Asked("BTC/USDT", timeframe, start, end, venue="binance")
    return served(Store(folder, Still()), question)


def test_bars_of_the_timeframe_itself_come_as_they_are(tmp_path: Path) -> None:
    filled(tmp_path)
    bars = asked(tmp_path, MINUTE, START, START + HOUR)
    assert bars.fingerprint() == made(60).fingerprint()
    assert bars.notes == ()


def test_hours_are_made_of_minutes_and_the_report_says_so(tmp_path: Path) -> None:
    minutes = made(600, without=range(100, 110))
    filled(tmp_path, minutes)
    hours = asked(tmp_path, HOUR, START, START + 10 * HOUR)
    assert hours.fingerprint() == grown(minutes, HOUR).fingerprint()
    assert hours.notes == ("bars of BTC/USDT are made of 600 stored ones of 1m, of which 10 are missing.",)


@pytest.mark.parametrize("minutes", range(541, 600, 29))
def test_a_bar_that_is_not_complete_yet_is_left_out(tmp_path: Path, minutes: int) -> None:
    filled(tmp_path, made(minutes))
    hours = asked(tmp_path, HOUR, START, START + 10 * HOUR)
    assert hours.open_at.tolist() == [START + hour * HOUR for hour in range(9)]
    assert hours.close[-1] == made(540).close[-1]
    (_, never) = hours.notes
    assert never.startswith("BTC/USDT is not stored as 1m from 2024-01-31 07:")


def test_a_first_bar_that_begins_in_the_middle_is_left_out_too(tmp_path: Path) -> None:
    filled(tmp_path, made(600).cut(30, 600))
    assert asked(tmp_path, HOUR, START, START + 10 * HOUR).open_at[0] == START + HOUR


def test_a_bar_with_a_gap_at_its_end_is_complete_where_the_venue_was_asked(tmp_path: Path) -> None:
    opened(tmp_path).add(made(590), [(START, START + 600 * MINUTE)], "asked to the end")
    assert len(asked(tmp_path, HOUR, START, START + 10 * HOUR)) == 10


def test_weeks_of_days_open_on_a_monday(tmp_path: Path) -> None:
    key = KEY._replace(timeframe=DAY)
    filled(tmp_path, made(30, key=key, start=START // DAY * DAY), key)
    weeks = asked(tmp_path, WEEK, START - WEEK, START + 5 * WEEK)
    assert len(weeks) == 3
    assert set((weeks.open_at // DAY + 3) % 7) == {0}


def test_of_several_the_one_with_most_whole_bars_is_taken_and_of_equals_the_longest(tmp_path: Path) -> None:
    quarter, hour = (KEY._replace(timeframe=length) for length in (15 * MINUTE, HOUR))
    filled(tmp_path, made(6_000))
    filled(tmp_path, made(400, key=quarter), quarter)
    filled(tmp_path, made(10, key=hour), hour)
    notes = [asked(tmp_path, HOUR, START, START + hours * HOUR).notes for hours in (10, 90, 100)]
    assert [note[0] if note else "" for note in notes] == [
        "",
        "bars of BTC/USDT are made of 360 stored ones of 15m.",
        "bars of BTC/USDT are made of 400 stored ones of 15m.",
    ]


def test_minutes_take_the_place_of_hours_only_where_they_make_more_of_them(tmp_path: Path) -> None:
    hour = KEY._replace(timeframe=HOUR)
    filled(tmp_path, made(100, key=hour), hour)
    few = made(60 * 110, without=range(60 * 100 + 30, 60 * 110))  # the venue was asked for more than it had
    opened(tmp_path).add(few, [(START, START + 110 * HOUR)], "thin")
    hours = asked(tmp_path, HOUR, START, START + 120 * HOUR)
    assert (len(hours), hours.notes[0][:36]) == (101, "bars of BTC/USDT are made of 6,030 s")
    filled(tmp_path, made(101, key=hour), hour)
    hours = asked(tmp_path, HOUR, START, START + 120 * HOUR)
    assert hours.fingerprint() == made(101, key=hour).fingerprint()
    (note,) = hours.notes
    assert note.startswith("BTC/USDT is not stored as 1h from 2024-02-04 03:00 UTC to 2024-02-04 22:00 UTC: ")


def test_a_download_at_the_same_time_brings_no_bar_that_is_half_made(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    filled(tmp_path, made(570)).load()
    mapped = columns.mapped

    def while_more_comes(file: Path, known: Manifest) -> Bars | None:
        monkeypatch.setattr(columns, "mapped", mapped)
        found = mapped(file, known)
        filled(tmp_path, made(630))
        return found

    monkeypatch.setattr(columns, "mapped", while_more_comes)
    assert asked(tmp_path, HOUR, START, START + 10 * HOUR).fingerprint() == grown(made(540), HOUR).fingerprint()


def test_who_asks_for_a_stock_is_sent_elsewhere(tmp_path: Path) -> None:
    with pytest.raises(CryptoflowError, match="the source `yahoo` reads stocks"):
        served(Store(tmp_path, Still()), Asked("AAPL", DAY, START, START + DAY, venue="nasdaq"))


def test_a_span_that_nobody_asked_for_is_said_with_the_command_that_gets_it(tmp_path: Path) -> None:
    filled(tmp_path)
    bars = asked(tmp_path, MINUTE, START - DAY, START + 10 * MINUTE)
    assert len(bars) == 10
    (note,) = bars.notes
    told, _, command = note.partition(": ")
    assert told == "BTC/USDT is not stored as 1m from 2024-01-29 22:00 UTC to 2024-01-30 22:00 UTC"
    assert command == (
        "`cryptoflow data download BTC/USDT --venue binance --timeframe 1m --since 2024-01-29` fetches it."
    )


def test_bars_that_are_not_there_are_a_problem_of_the_data(tmp_path: Path) -> None:
    with pytest.raises(CryptoflowError, match="no bars of BTC/USDT 1h of binance, nor shorter ones") as none:
        asked(tmp_path, HOUR, START, START + DAY)
    filled(
        tmp_path,
        made(4, key=KEY._replace(timeframe=4 * HOUR), start=START // DAY * DAY),
        Key("binance", "BTC/USDT", 4 * HOUR),
    )
    with pytest.raises(CryptoflowError, match="nor shorter ones to make them of"):
        asked(tmp_path, HOUR, START, START + DAY)
    filled(tmp_path)
    with pytest.raises(CryptoflowError, match="it has those of 1m from 2024-01-30 22:00 UTC to 2024-02-02 00:00 UTC"):
        asked(tmp_path, HOUR, START + 90 * DAY, START + 91 * DAY)
    assert none.value.code == ExitCode.INVALID
    assert "`cryptoflow data download BTC/USDT --venue binance --timeframe 1h --since 2024-01-30`" in str(none.value)


def test_columns_of_bars_made_of_others_are_the_callers_own(tmp_path: Path) -> None:
    filled(tmp_path)
    hours = asked(tmp_path, HOUR, START, START + 10 * HOUR)
    hours.close[:] = np.nan
    assert np.isfinite(asked(tmp_path, HOUR, START, START + 10 * HOUR).close).all()
    assert span(hours) == (START, START + 10 * HOUR)
