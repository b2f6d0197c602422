"""Bars are added as they come, and what the store says of them does not depend on how they came."""

import json
import shutil
from dataclasses import replace
from itertools import pairwise
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as draw

from cryptoflow.errors import CryptoflowError, ExitCode
from cryptoflow.market.bars import Bars
from cryptoflow.market.store import disk
from cryptoflow.market.store.key import Key
from cryptoflow.market.store.manifest import Defect
from cryptoflow.market.store.store import Store
from tests.market.store.stores import KEY, MINUTE, START, Still, files, filled, made, opened, span


def at(*rows: int) -> tuple[int, ...]:
    return tuple(START + MINUTE * row for row in rows)


def test_what_is_added_is_what_is_loaded(tmp_path: Path) -> None:
    bars = made(without=(5, 6, 2_000))
    filled(tmp_path, bars)
    again = opened(tmp_path)
    assert again.load().fingerprint() == bars.fingerprint()
    assert again.load(*at(3, 11)).open_at.tolist() == list(at(3, 4, 7, 8, 9, 10))
    assert Store(tmp_path, Still()).keys() == [KEY]


@settings(max_examples=25)
@given(
    cuts=draw.lists(draw.integers(1, 2_999), max_size=8),
    overlap=draw.integers(0, 300),
    order=draw.randoms(use_true_random=False),
)
def test_the_same_bars_make_the_same_bytes_however_they_came(
    tmp_path_factory: pytest.TempPathFactory, cuts: list[int], overlap: int, order
) -> None:
    bars = made(without=range(900, 930))
    ends = sorted({0, *(cut for cut in cuts if cut < len(bars)), len(bars)})
    pages = [bars.cut(max(0, first - overlap), last) for first, last in pairwise(ends)]
    order.shuffle(pages)
    pieced = opened(tmp_path_factory.mktemp("pieced"))
    for page in pages:
        pieced.add(page, [span(page)], "page")
    whole = filled(tmp_path_factory.mktemp("whole"), bars)
    assert files(pieced) == files(whole)
    one, other = pieced.manifest(), whole.manifest()
    assert (one.segments, one.content, one.gaps) == (other.segments, other.content, other.gaps)
    assert one.duplicates == sum(map(len, pages)) - len(bars)


def test_a_dataset_is_cut_where_the_calendar_is(tmp_path: Path) -> None:
    day = Key("binance", "BTC/USDT", 86_400_000)
    second = Key("binance", "BTC/USDT", 1_000)
    names = [
        [segment.stretch for segment in filled(tmp_path, made(400, key=key, start=start), key).manifest().segments]
        for key, start in ((day, 86_400_000 * 19_650), (KEY, START), (second, START + 7_200_000 - 200_000))
    ]
    assert names == [["2023", "2024"], ["2024-01"], ["2024-01-30", "2024-01-31"]]


def test_a_bar_that_is_there_with_other_numbers_refuses_all_of_them(tmp_path: Path) -> None:
    dataset = filled(tmp_path)
    before, bars = files(dataset), made(3_100)
    bars.close[[7, 40]] += 1
    with pytest.raises(CryptoflowError) as raised:
        dataset.add(bars, [span(bars)], "another")
    assert "2 bars of BTC/USDT 1m of binance are there with other numbers: " in str(raised.value)
    assert "2024-01-30 22:07 UTC (close is 40012.0, comes as 40013.0)" in str(raised.value)
    assert files(dataset) == before
    known = dataset.add(bars, [span(bars)], "another", replace=True)
    assert (known.origins[1].rows, known.origins[1].duplicates, known.origins[1].replaced) == (100, 2_998, 2)
    assert dataset.load().fingerprint() == bars.fingerprint()


def test_what_was_asked_for_and_did_not_come_is_a_gap_and_the_rest_is_not(tmp_path: Path) -> None:
    dataset = opened(tmp_path)
    bars = made(100, without=range(40, 45))
    dataset.add(bars, [(START - 10 * MINUTE, START + 103 * MINUTE)], "first")
    known = dataset.add(made(1, start=START + 200 * MINUTE), [at(200, 201)], "later")
    assert known.gaps == (at(40, 45), at(100, 200))
    assert known.missing == 5 + 100
    assert dataset.uncovered(*at(-20, 210)) == (at(-20, -10), at(103, 200), at(201, 210))
    assert dataset.add(Bars("BTC/USDT", MINUTE, *np.empty((6, 0))), [at(103, 150)], "nothing there").covered == (
        at(-10, 150),
        at(200, 201),
    )


def test_before_the_first_bar_there_is_no_gap_until_an_earlier_one_comes(tmp_path: Path) -> None:
    dataset, bars = opened(tmp_path), made(100)
    known = dataset.add(bars, [at(-50, 100)], "first")
    assert (known.ends, known.gaps, known.before) == (at(0, 100), (), (at(-50, 0),))
    assert dataset.uncovered(*at(-50, 100)) == ()
    known = dataset.add(made(5, start=START - 70 * MINUTE), [at(-70, -50)], "earlier")
    assert (known.gaps, known.before) == ((at(-65, 0),), ())


def test_of_several_spans_what_lies_between_them_was_not_asked_for(tmp_path: Path) -> None:
    dataset, holed = opened(tmp_path), made(100, without=range(40, 45))
    with pytest.raises(ValueError, match="lie outside of what is covered"):
        dataset.add(made(100), [at(0, 40), at(45, 100)], "a bar between the spans")
    known = dataset.add(holed, [at(0, 40), at(45, 100)], "import btc.csv")
    assert known.covered == (at(0, 40), at(45, 100))
    assert dataset.uncovered(*at(0, 100)) == (at(40, 45),)
    dataset.add(made(100).between(*at(40, 45)), [at(40, 45)], "ccxt binance")
    assert dataset.load().fingerprint() == made(100).fingerprint()


def test_a_hole_across_the_end_of_a_month_is_one_gap(tmp_path: Path) -> None:
    known = filled(tmp_path, made(without=range(1_550, 1_570))).manifest()
    assert [segment.stretch for segment in known.segments] == ["2024-01", "2024-02"]
    assert (known.gaps, known.missing) == ((at(1_550, 1_570),), 20)


def test_as_many_gaps_as_bars_make_no_large_manifest(tmp_path: Path) -> None:
    dataset = filled(tmp_path, made(40_000, without=range(1, 40_000, 2)))
    known = dataset.manifest()
    assert known.gaps[-1] == at(39_997, 39_998)
    assert known.missing == 19_999
    assert (dataset.folder / "manifest.json").stat().st_size < 5 * 19_999


def test_nothing_is_covered_before_it_has_closed(tmp_path: Path) -> None:
    dataset = Store(tmp_path, Still(START + 10 * MINUTE + 59_000)).dataset(KEY)
    dataset.add(made(10), [at(0, 50)], "asked too much")
    assert dataset.uncovered(*at(0, 20)) == (at(10, 20),)
    with pytest.raises(CryptoflowError, match=r"2024-01-30 22:10 UTC has not closed yet"):
        dataset.add(made(11), [at(0, 11)], "the bar of now")


def test_pages_from_one_place_are_one_origin(tmp_path: Path) -> None:
    dataset = opened(tmp_path)
    told = ("time read as milliseconds since 1970",)
    for first in range(0, 300, 100):
        page = replace(made(300), notes=told).cut(first, first + 100)
        dataset.add(page, [span(page)], "ccxt binance", [Defect(f"line {first}", "no number")])
    known = dataset.add(made(300), [at(0, 300)], "import btc.csv")
    assert [(origin.what, origin.rows, origin.duplicates, origin.notes) for origin in known.origins] == [
        ("ccxt binance", 300, 0, told),
        ("import btc.csv", 0, 300, ()),
    ]
    assert [defect.row for defect in known.defects] == ["line 0", "line 100", "line 200"]


def test_impossible_bars_are_refused_and_leave_nothing(tmp_path: Path) -> None:
    bars = made(10)
    bars.low[3] = bars.high[3] + 1
    dataset = opened(tmp_path)
    with pytest.raises(CryptoflowError, match=r"low is above open or close: row 4 \(2024-01-30 22:03 UTC\)"):
        dataset.add(bars, [span(bars)], "broken")
    assert dataset.manifest() is None
    assert not dataset.folder.exists()


def test_the_sign_of_no_volume_makes_no_other_bytes(tmp_path: Path) -> None:
    bars = made(10)
    bars.volume[:] = 0.0
    signed = replace(bars, volume=-bars.volume)
    assert files(filled(tmp_path / "one", bars)) == files(filled(tmp_path / "other", signed))


def test_two_stores_with_the_same_bars_have_the_same_content(tmp_path: Path) -> None:
    one, other = filled(tmp_path / "one"), filled(tmp_path / "other", key=KEY._replace(venue="bybit"))
    assert one.manifest().content == other.manifest().content
    other.add(made(1, start=START - MINUTE), [at(-1, 0)], "one more")
    assert one.manifest().content != other.manifest().content


@pytest.mark.parametrize(
    ("change", "message"),
    [
        (lambda text: text[:-9], "is no manifest of this version"),
        (lambda text: text.replace('"rows": ', '"rows": 1', 1), "does not have its own digest"),
        (lambda text: text.replace('"version": 2', '"version": 1'), "is of version 1, .*\n.*data prune BTC/USDT"),
        (lambda text: text.replace('"version": 2', '"version": 3, "new": 0'), "is of version 3, .*\nhint: use a newer"),
        (lambda text: text.replace('"BTC/USDT"', '"ETH/USDT"'), "is the manifest of ETH/USDT 1m of binance, not of"),
    ],
    ids=["cut off", "changed", "older", "newer", "of another key"],
)
def test_a_manifest_that_is_not_as_it_was_written_is_refused(tmp_path: Path, change, message: str) -> None:
    dataset = filled(tmp_path)
    file = dataset.folder / "manifest.json"
    file.write_text(change(file.read_text()))
    with pytest.raises(CryptoflowError, match=message) as raised:
        dataset.load()
    assert raised.value.code == ExitCode.INVALID


@pytest.mark.parametrize(
    "symbol", ["BTC/USDT", "BTC_USDT", "BTC/USD:BTC-240628", "../up", ".hidden", "AAPL", "1000%/ß", "a b~c"]
)
def test_every_symbol_has_a_folder_of_its_own(tmp_path: Path, symbol: str) -> None:
    key = KEY._replace(symbol=symbol)
    dataset = filled(tmp_path, made(10, key=key), key)
    assert dataset.folder.parent.parent == tmp_path / "bars" / "binance"
    assert Store(tmp_path, Still()).keys() == [key]


def test_what_becomes_of_a_page_after_it_was_added_does_not_matter(tmp_path: Path) -> None:
    dataset, bars = opened(tmp_path), made(200)
    page = made(100)
    dataset.add(page, [span(page)], "page")
    page.close[:] = page.high
    dataset.add(bars.cut(100, 200), [at(100, 200)], "page")
    assert dataset.load().fingerprint() == bars.fingerprint()


def test_somebodys_copy_of_a_dataset_is_none(tmp_path: Path) -> None:
    dataset = filled(tmp_path)
    shutil.copytree(dataset.folder, dataset.folder.with_name("1m (copy)"))
    assert Store(tmp_path, Still()).keys() == Store(tmp_path, Still()).keys_of("binance", "BTC/USDT") == [KEY]


def test_a_manifest_is_for_people_and_programs(tmp_path: Path) -> None:
    known = json.loads((filled(tmp_path, made(without=[9])).folder / "manifest.json").read_text())
    assert list(known)[:5] == ["version", "venue", "symbol", "timeframe", "content"]
    assert known["segments"][0]["gaps"] == "9+1"
    assert known["origins"][0]["what"] == "made up"


def test_a_removed_dataset_leaves_nothing_behind(tmp_path: Path) -> None:
    dataset = filled(tmp_path)
    dataset.remove()
    assert dataset.manifest() is None
    assert not any((tmp_path / "bars").iterdir())
    assert filled(tmp_path).manifest().rows == 3_000


def test_a_dataset_that_somebody_else_has_removed_is_removed(tmp_path: Path) -> None:
    one, other = filled(tmp_path), opened(tmp_path)
    one.remove()
    other.remove()
    assert not any((tmp_path / "bars").iterdir())


def test_bars_are_added_although_somebody_removes_the_folder_meanwhile(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    make = disk.make

    def made_and_removed(folder: Path) -> None:
        monkeypatch.setattr(disk, "make", make)
        make(folder)
        folder.rmdir()

    monkeypatch.setattr(disk, "make", made_and_removed)
    assert filled(tmp_path).manifest().rows == 3_000


def test_what_somebody_keeps_in_the_folder_of_a_dataset_stays_there(tmp_path: Path) -> None:
    dataset = filled(tmp_path, made(100))
    kept = {dataset.folder / "mine" / "notes.txt", dataset.folder / "2024-01-backup.parquet.bak"}
    for file in kept:
        file.parent.mkdir(exist_ok=True)
        file.write_text("mine")
    filled(tmp_path, made(200))
    assert (dataset.strays(), dataset.sweep()) == ([], [])
    dataset.remove()
    assert {file for file in dataset.folder.rglob("*") if file.is_file()} == kept
