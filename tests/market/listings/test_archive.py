"""What a venue allowed and charged, kept day by day: small, whole, and noticed when edited."""

import json
from datetime import date
from pathlib import Path

import pytest

from cryptoflow.errors import CryptoflowError
from cryptoflow.market.listings.archive import course, days, file_of, known, read, record
from cryptoflow.market.listings.changes import changes
from cryptoflow.market.listings.terms import Snapshot, Terms, snapshot_from
from tests.market.listings.books import At, market, recorded, snapshot

TWO = {"BTC/USDT": 900.0, "ETH/USDT": 400.0}
MAY = date(2024, 5, 3)


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
    counted = {**market("BTC/USDT"), "precision": {"amount": 5, "price": 2}}
    terms = snapshot_from({"BTC/USDT": counted}, {}, decimals=True).terms["BTC/USDT"]
    assert (terms.lot, terms.tick) == (1e-05, 0.01)


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
    assert json.loads(file_of(tmp_path, "binance", same.day).read_text())["terms"] == {}
    assert first.digest == same.digest


def test_the_later_snapshot_of_a_day_wins_and_one_without_volumes_keeps_those_before(tmp_path: Path) -> None:
    recorded(tmp_path, "2024-05-03", TWO)
    record(tmp_path, "binance", Snapshot(snapshot(TWO, taker=0.002).terms), At("2024-05-03 23:00"))
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


@pytest.mark.parametrize(("old", "new"), [('"lot":1e-05', '"lot":1e-06'), ("900000000.0", "900000001.0")])
def test_an_edited_day_is_refused(tmp_path: Path, old: str, new: str) -> None:
    file = file_of(tmp_path, "binance", recorded(tmp_path, "2024-05-03", TWO).day)
    file.write_text(file.read_text().replace(old, new))
    with pytest.raises(CryptoflowError, match="was changed since it was recorded"):
        read(tmp_path, "binance", MAY)


@pytest.mark.parametrize("text", ["", "[]", "{}", '{"version": 9}', "\x00"])
def test_a_file_that_is_no_day_is_refused(tmp_path: Path, text: str) -> None:
    file = file_of(tmp_path, "binance", recorded(tmp_path, "2024-05-03", TWO).day)
    file.write_text(text)
    with pytest.raises(CryptoflowError, match="cannot be read"):
        read(tmp_path, "binance", MAY)


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
