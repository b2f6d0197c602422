"""What a venue allowed and charged, kept day by day: small, whole, and noticed when edited."""

import json
import resource
from datetime import date
from hashlib import sha256
from pathlib import Path
from threading import Thread
from typing import Any

import pytest

from cryptoflow.errors import CryptoflowError
from cryptoflow.market.listings.archive import LOCK, course, days, file_of, known, read, record
from cryptoflow.market.listings.changes import changes
from cryptoflow.market.listings.terms import Snapshot, Terms, snapshot_from
from cryptoflow.market.listings.universe import top
from cryptoflow.market.store.disk import UNFINISHED, alone
from tests.market.listings.books import at, market, recorded, snapshot

TWO = {"BTC/USDT": 900.0, "ETH/USDT": 400.0}
MAY = date(2024, 5, 3)
VOLUMES = {"BTC/USDT": 5.0, "HALTED/USDT": 99.0, "ETH/BTC": 99.0, "NEW/USDT": 0.0, "ETH/USDT": 7.0, "SOL/USDT": 6.0}


def test_ccxts_markets_become_terms_and_futures_are_left_out() -> None:
    swap = {**market("BTC/USDT"), "spot": False}
    silent = {"base": "X", "quote": "USDT", "precision": {"amount": None}, "limits": {}, "info": {}}
    made = snapshot_from({"BTC/USDT": market("BTC/USDT"), "BTC/USDT:USDT": swap, "X/USDT": silent}, {})
    assert made.terms == {
        "BTC/USDT": Terms(
            *("BTC", "USDT", True, 1e-05, 0.01, 1e-05, 5.0, 0.001, 0.001), ("limit", "limit_maker", "market")
        ),
        "X/USDT": Terms("X", "USDT"),
    }


def test_precisions_that_count_decimals_become_steps() -> None:
    counted = {**market("BTC/USDT"), "precision": {"amount": -2, "price": 2}}
    terms = snapshot_from({"BTC/USDT": counted}, {}, decimals=True).terms["BTC/USDT"]
    assert (terms.lot, terms.tick) == (100.0, 0.01)


@pytest.mark.parametrize("told", ["n/a", "", [], {}, None, True, "nan", "inf"], ids=repr)
def test_where_a_venue_is_silent_or_says_nonsense_nothing_is_known(told: object) -> None:
    silent = {**market("X/USDT"), "precision": {"amount": told}, "limits": {"cost": {"min": told}}, "taker": told}
    made = snapshot_from({"X/USDT": silent}, {"X/USDT": {"quoteVolume": told, "baseVolume": told, "last": told}})
    terms = made.terms["X/USDT"]
    assert (terms.lot, terms.min_notional, terms.taker, made.volumes) == (None, None, None, {})


def test_a_day_is_read_as_it_was_recorded(tmp_path: Path) -> None:
    for day, lot in (("2024-05-03", 1e-05), ("2024-05-04", 1e-04), ("2024-06-01", 1e-03)):
        kept = recorded(tmp_path, day, TWO, lot=lot)
        assert read(tmp_path, "binance", kept.day)[:3] == kept[:3]
        assert read(tmp_path, "binance", kept.day).snapshot.terms == kept.snapshot.terms == snapshot(TWO, lot=lot).terms
    assert [str(day) for day in days(tmp_path, "binance")] == ["2024-05-03", "2024-05-04", "2024-06-01"]


def test_a_day_without_changes_costs_its_volumes_only(tmp_path: Path) -> None:
    many = {f"C{number}/USDT": 1.0 for number in range(300)}
    first, same = (recorded(tmp_path, day, many) for day in ("2024-05-03", "2024-05-04"))
    sizes = [file_of(tmp_path, "binance", each.day).stat().st_size for each in (first, same)]
    assert sizes[1] < sizes[0] / 5
    assert json.loads(file_of(tmp_path, "binance", same.day).read_text())["content"]["terms"] == {}
    assert first.digest == same.digest


def test_the_later_snapshot_of_a_day_wins_and_one_without_volumes_keeps_those_before(tmp_path: Path) -> None:
    recorded(tmp_path, "2024-05-03", TWO)
    record(tmp_path, "binance", Snapshot(snapshot(TWO, taker=0.002).terms), at("2024-05-03 23:00"))
    (day,) = days(tmp_path, "binance")
    found = read(tmp_path, "binance", day).snapshot
    assert found.terms["BTC/USDT"].taker == 0.002
    assert found.volumes == {"BTC/USDT": 9e8, "ETH/USDT": 4e8}


def test_what_is_known_of_a_day_is_the_newest_that_is_not_too_old(tmp_path: Path) -> None:
    recorded(tmp_path, "2024-05-03", TWO)
    recorded(tmp_path, "2024-05-20", TWO)
    found = {day: known(tmp_path, "binance", date(2024, 5, day)) for day in (2, 3, 10, 11, 25)}
    assert {day: each and each.day.day for day, each in found.items()} == {2: None, 3: 3, 10: 3, 11: None, 25: 20}
    assert known(tmp_path, "binance", date(2024, 5, 11), within=8) is not None
    assert known(tmp_path, "kraken", MAY) is None


@pytest.mark.parametrize(("old", "new"), [('"USDT",true', '"USDT",false'), ("900000000", "900000001")])
def test_an_edited_day_is_refused_wherever_it_is_read(tmp_path: Path, old: str, new: str) -> None:
    file = file_of(tmp_path, "binance", recorded(tmp_path, "2024-05-03", TWO).day)
    file.write_text(file.read_text().replace(old, new))
    with pytest.raises(CryptoflowError, match="was changed since it was recorded"):
        read(tmp_path, "binance", MAY)
    with pytest.raises(CryptoflowError, match="was changed since it was recorded"):
        list(course(tmp_path, "binance", MAY, MAY, ["BTC/USDT"]))


@pytest.mark.parametrize(
    "text", ["", "[]", "{}", '{"version": 9, "seal": "", "content": 1}', "\x00", "\ud800", '{"seal":' + "[" * 9999]
)
def test_a_file_that_is_no_day_is_refused(tmp_path: Path, text: str) -> None:
    file = file_of(tmp_path, "binance", recorded(tmp_path, "2024-05-03", TWO).day)
    file.write_text(text, errors="surrogatepass")
    for reading in (lambda: read(tmp_path, "binance", MAY), lambda: [*course(tmp_path, "binance", MAY, MAY, TWO)]):
        with pytest.raises(CryptoflowError, match="cannot be read"):
            reading()


@pytest.mark.parametrize(
    "changed",
    [
        {"terms": {"BTC/USDT": ["BTC"]}},
        {"terms": {"BTC/USDT": ["BTC", "USDT", True, "x"]}},
        {"volumes": [1]},
        {"recorded_at": "x"},
        {"base": "nonsense"},
        {"day": "2024-05-04"},
        {"day": "2024-05-32"},
        {"zz": 1},
    ],
    ids=str,
)
def test_a_sealed_file_of_another_shape_is_refused(tmp_path: Path, changed: dict[str, Any]) -> None:
    file = file_of(tmp_path, "binance", recorded(tmp_path, "2024-05-03", TWO).day)
    content = json.dumps({**json.loads(file.read_text())["content"], **changed})
    file.write_text(f'{{"version": 1, "seal": "{sha256(content.encode()).hexdigest()}", "content": {content}}}')
    with pytest.raises(CryptoflowError, match=r"cannot be read|is that of 2024-05-04"):
        read(tmp_path, "binance", MAY)


def test_a_clock_that_is_set_back_over_midnight_costs_no_day(tmp_path: Path) -> None:
    for day, lot in (("2024-05-03", 1e-05), ("2024-05-04", 1e-05), ("2024-05-05", 1e-04)):
        recorded(tmp_path, day, TWO, lot=lot)
    again = recorded(tmp_path, "2024-05-03", TWO, lot=1e-06)
    lots = [read(tmp_path, "binance", day).snapshot.terms["BTC/USDT"].lot for day in days(tmp_path, "binance")]
    assert lots == [1e-05, 1e-05, 1e-04]
    assert again.snapshot.terms["BTC/USDT"].lot == 1e-05


def test_a_lost_base_is_named_and_what_is_recorded_from_then_on_stands_alone(tmp_path: Path) -> None:
    first, second, third = (recorded(tmp_path, f"2024-05-0{day}", TWO).day for day in (3, 4, 5))
    file_of(tmp_path, "binance", first).unlink()
    with pytest.raises(CryptoflowError, match=r"tells what differs from 2024-05-03, but .*03\.json") as raised:
        read(tmp_path, "binance", second)
    assert raised.value.problems[0].fix.startswith("restore the file of 2024-05-03 from a copy")
    with pytest.raises(CryptoflowError, match="tells what differs from 2024-05-03"):
        list(course(tmp_path, "binance", second, third, ["BTC/USDT"]))
    recorded(tmp_path, "2024-05-05", TWO, lot=0.5)
    recorded(tmp_path, "2024-05-06", TWO, lot=0.25)
    found = [terms["BTC/USDT"].lot for _, terms in course(tmp_path, "binance", third, date(2024, 5, 9), TWO)]
    assert found == [0.5, 0.25]


def test_a_base_is_not_to_be_removed_while_others_stand_on_it(tmp_path: Path) -> None:
    file = file_of(tmp_path, "binance", recorded(tmp_path, "2024-05-03", TWO).day)
    recorded(tmp_path, "2024-05-04", TWO)
    recorded(tmp_path, "2024-05-05", TWO)
    whole = file.read_text()
    file.write_text(whole.replace("900000000", "900000001"))
    with pytest.raises(CryptoflowError) as raised:
        read(tmp_path, "binance", MAY)
    assert raised.value.problems[0].fix.startswith("restore it from a copy: 2 other days tell what differs from it")
    other = Path(tmp_path / "other")
    file.write_text(file_of(other, "binance", recorded(other, "2024-05-03", TWO, lot=0.5).day).read_text())
    with pytest.raises(CryptoflowError, match="is another than it was then"):
        read(tmp_path, "binance", date(2024, 5, 4))


def test_a_disk_that_takes_no_more_leaves_the_day_that_was_there(tmp_path: Path) -> None:
    kept = recorded(tmp_path, "2024-05-03", TWO)
    soft, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (100, hard))
    try:
        with pytest.raises(CryptoflowError, match="the listings of binance cannot be written to"):
            recorded(tmp_path, "2024-05-03", TWO, lot=0.5)
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, (soft, hard))
    assert read(tmp_path, "binance", MAY).digest == kept.digest


def test_one_records_at_a_time_and_what_a_crash_left_is_swept(tmp_path: Path) -> None:
    folder = file_of(tmp_path, "binance", MAY).parent
    folder.mkdir(parents=True)
    (folder / f"2024-05-03.json-1-1{UNFINISHED}").write_text('{"ver')
    other = Thread(target=recorded, args=(tmp_path, "2024-05-03", TWO))
    with alone(folder / LOCK):
        other.start()
        other.join(0.2)
        assert days(tmp_path, "binance") == ()
    other.join()
    assert sorted(each.name for each in folder.iterdir()) == [LOCK, "2024-05-03.json"]


def test_a_universe_takes_what_is_traded_against_its_quote_and_nothing_else() -> None:
    made = snapshot_from(
        {
            "BTC/USDT": market("BTC/USDT"),
            "HALTED/USDT": market("HALTED/USDT", active=False),
            "ETH/BTC": market("ETH/BTC"),
            "NEW/USDT": market("NEW/USDT"),
            "ETH/USDT": market("ETH/USDT"),
            "SOL/USDT": market("SOL/USDT"),
        },
        {each: {"quoteVolume": volume} for each, volume in VOLUMES.items()},
    )
    assert top(made, 9, "USDT", exclude=["SOL/USDT"]) == ("ETH/USDT", "BTC/USDT")
    assert top(made, 1, "USDT") == ("ETH/USDT",)


def test_changes_are_told_with_their_day_and_gone_symbols_too(tmp_path: Path) -> None:
    recorded(tmp_path, "2024-05-03", {"BTC/USDT": 1.0, "LUNA/USDT": 1.0})
    recorded(tmp_path, "2024-05-04", {"BTC/USDT": 1.0, "LUNA/USDT": 1.0}, active=False)
    recorded(tmp_path, "2024-05-05", {"BTC/USDT": 1.0}, taker=0.002)
    told = changes(course(tmp_path, "binance", MAY, date(2024, 5, 9), ["BTC/USDT", "LUNA/USDT", "SUI/USDT"]))
    assert [f"{each.day.day} {each.symbol} {each.what}" for each in told] == [
        "4 BTC/USDT is traded no longer",
        "4 LUNA/USDT is traded no longer",
        "5 BTC/USDT is traded from here on",
        "5 BTC/USDT the taker fee went from 0.001 to 0.002",
        "5 LUNA/USDT is listed no longer",
    ]
