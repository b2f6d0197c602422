"""`cryptoflow data import` puts bars of files into the store, or says why not."""

import json
from pathlib import Path

import pytest

from cryptoflow.cli.app import run
from cryptoflow.clock import MachineClock
from cryptoflow.market.store.dataset import Dataset
from cryptoflow.market.store.key import Key
from cryptoflow.market.store.store import Store
from tests.market.importing.tables import HOUR, SHAPES, START, joined, lines

Capsys = pytest.CaptureFixture[str]
FILE = "BTCUSDT-1h.csv"
BINANCE = ["--venue", "binance"]


@pytest.fixture(autouse=True)
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder with a file of bars, which is the current one."""
    monkeypatch.chdir(tmp_path)
    (tmp_path / FILE).write_bytes(joined(lines()))
    return tmp_path


def stored() -> Dataset:
    return Store(Path(".cryptoflow/data"), MachineClock()).dataset(Key("binance", "BTC/USDT", HOUR))


def imported(capsys: Capsys, *arguments: str) -> list[dict[str, object]]:
    assert run(["data", "import", *arguments, *BINANCE, "--json"]) == 0, capsys.readouterr().out
    found: list[dict[str, object]] = json.loads(capsys.readouterr().out)["files"]
    return found


def refused(capsys: Capsys, *arguments: str) -> str:
    assert run(["data", "import", *arguments]) in (2, 3)
    return capsys.readouterr().err


def test_bars_are_in_the_store_with_where_they_came_from(capsys: Capsys) -> None:
    (found,) = imported(capsys, FILE)
    assert (found["added"], found["duplicates"], found["missing"]) == (24, 0, 0)
    assert (found["start"], found["end"]) == ("2024-03-01T00:00:00Z", "2024-03-02T00:00:00Z")
    manifest = stored().manifest()
    assert manifest is not None
    assert [origin.what for origin in manifest.origins] == [f"import {FILE}"]
    assert manifest.origins[0].notes == (f"{FILE}: Date read as moments",)
    assert manifest.covered == ((START, START + 24 * HOUR),)
    assert len(stored().load()) == 24


def test_the_same_bars_a_second_time_are_counted_and_change_nothing(folder: Path, capsys: Capsys) -> None:
    imported(capsys, FILE)
    before = stored().load().fingerprint()
    name, data = SHAPES["feather"]
    (folder / name).write_bytes(data)
    (again,) = imported(capsys, name)
    assert (again["added"], again["duplicates"]) == (0, 24)
    assert stored().load().fingerprint() == before


def test_other_bars_for_the_same_hours_take_their_place_only_when_they_may(folder: Path, capsys: Capsys) -> None:
    imported(capsys, FILE)
    (folder / FILE).write_bytes(joined(lines()).replace(b".75,100.125", b".75,7"))
    assert "1 bars of BTC/USDT 1h of binance are there with other numbers" in refused(capsys, FILE, *BINANCE)
    assert imported(capsys, FILE, "--replace")[0]["replaced"] == 1
    assert stored().load().volume[0] == 7


def test_a_dry_run_says_the_same_and_stores_nothing(capsys: Capsys) -> None:
    (found,) = imported(capsys, FILE, "--dry-run")
    assert (found["bars"], found["added"]) == (24, 0)
    assert stored().manifest() is None
    assert run(["data", "import", FILE, *BINANCE, "--dry-run"]) == 0
    assert capsys.readouterr().out.splitlines()[-1] == "  nothing stored: --dry-run"


def test_one_bad_row_in_one_of_many_files_keeps_all_of_them_out(folder: Path, capsys: Capsys) -> None:
    (folder / "BTCUSDT-1h-bad.csv").write_bytes(joined([*lines()[:5], lines()[5].replace(".0,", ".x,"), *lines()[6:]]))
    said = refused(capsys, FILE, "BTCUSDT-1h-bad.csv", *BINANCE)
    assert "BTCUSDT-1h-bad.csv: Low is no number: line 6 (2024-03-01 04:00 UTC, '61904.x')" in said
    assert stored().manifest() is None


def test_two_files_that_contradict_each_other_are_both_kept_out(folder: Path, capsys: Capsys) -> None:
    (folder / "BTCUSDT-1h-b.csv").write_bytes(joined(lines()[:9]).replace(b".75,101.125", b".75,7"))
    said = refused(capsys, FILE, "BTCUSDT-1h-b.csv", *BINANCE)
    assert f"{FILE} and BTCUSDT-1h-b.csv contradict each other: 1 bars" in said
    assert "2024-03-01 01:00 UTC (volume is 101.125, comes as 7.0)" in said
    assert stored().manifest() is None
    assert "contradict each other" in refused(capsys, FILE, "BTCUSDT-1h-b.csv", *BINANCE, "--replace")
    assert stored().manifest() is None


def test_a_second_file_that_contradicts_the_store_keeps_the_first_out_too(folder: Path, capsys: Capsys) -> None:
    (folder / FILE).write_bytes(joined(lines()[:9]))
    imported(capsys, FILE)
    (folder / "BTCUSDT-1h-new.csv").write_bytes(joined([lines()[0], *lines()[9:]]))
    (folder / "BTCUSDT-1h-old.csv").write_bytes(joined(lines()[:9]).replace(b".75,101.125", b".75,7"))
    said = refused(capsys, "BTCUSDT-1h-new.csv", "BTCUSDT-1h-old.csv", *BINANCE)
    assert "1 bars of BTC/USDT 1h of binance are there with other numbers" in said
    assert len(stored().load()) == 8


def test_an_import_lays_out_no_bars(folder: Path, capsys: Capsys) -> None:
    imported(capsys, FILE)
    imported(capsys, FILE)
    assert not (folder / ".cryptoflow/data/columns").exists()


def test_which_column_was_taken_for_which_is_said(folder: Path, capsys: Capsys) -> None:
    head, *rest = lines()
    (folder / FILE).write_bytes(joined([head.replace("Volume", "Amount"), *rest]))
    (found,) = imported(capsys, FILE)
    assert found["notes"] == [f"{FILE}: Date read as moments", f"{FILE}: volume from Amount"]


def test_a_row_that_is_left_out_is_declared_with_the_bars(folder: Path, capsys: Capsys) -> None:
    (folder / FILE).write_bytes(joined([*lines()[:5], lines()[5].replace(",1", ",-1"), *lines()[6:]]))
    (found,) = imported(capsys, FILE, "--drop-bad")
    said = {"row": 6, "open_at": "2024-03-01T04:00:00Z", "what": "volume is negative", "text": ""}
    assert (found["defects"], found["declared"]) == (1, [said])
    manifest = stored().manifest()
    assert manifest is not None
    assert [(each.row, each.what) for each in manifest.defects] == [
        (f"{FILE} line 6", "volume is negative (2024-03-01 04:00 UTC)")
    ]
    hole = (START + 4 * HOUR, START + 5 * HOUR)
    assert stored().gaps() == (hole,)
    # Nobody asked the venue for it: a download does.
    assert stored().uncovered(START, START + 24 * HOUR) == (hole,)


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        ([FILE], "say it: --venue binance"),
        ([FILE, *BINANCE, "--symbol", "BTCUSDT"], "say it: --symbol BTC/USDT"),
        ([FILE, "--venue", "binanse"], "did you mean `binance`? If it is a venue of its own, add --new-venue"),
        ([FILE, "--venue", "Binance"], "did you mean `binance`?"),
        ([FILE, "--venue", "my desk"], "hint: write it like binance"),
        ([FILE, *BINANCE, "--symbol", "btc-usdt"], "say it: --symbol BTC/USDT"),
        ([FILE, "--venue", "mydesk", "--symbol", "BTCUSDT"], "say it: --symbol BTC/USDT\n"),
        ([FILE, *BINANCE, "--timeframe", "60m"], "60m: a bar of that length is called 1h\nhint: write 1h"),
        ([FILE, *BINANCE, "--timeframe", "7m"], "--timeframe: 7m: venues have no bars of that length"),
        ([FILE, *BINANCE, "--timeframe", "4h"], f"{FILE} holds bars of 1h, not of 4h"),
        ([FILE, *BINANCE, "--zone", "Europe/Berlin"], "--zone: Europe/Berlin is not UTC"),
        ([FILE, *BINANCE, "--columns", "time"], "--columns: open, high, low, close, volume are not named"),
        (["none.csv", *BINANCE], "there is no file none.csv"),
        ([".", *BINANCE], ". is a folder"),
        ([f"{FILE}/x.csv", *BINANCE], f"{FILE}/x.csv cannot be read: Not a directory"),
        (["round.csv", *BINANCE], "round.csv cannot be read: Too many levels of symbolic links"),
        (["x" * 300, *BINANCE], "cannot be read: File name too long"),
        ([FILE, "--venue", "nasdaq", "--symbol", "AAPL"], "AAPL names nothing it is paid with, and the store counts"),
    ],
)
def test_what_cannot_be_done_says_what_to_do(arguments: list[str], said: str, capsys: Capsys) -> None:
    Path("round.csv").symlink_to("round.csv")
    assert said in refused(capsys, *arguments)
    assert stored().manifest() is None


def test_what_was_said_stands_above_what_the_name_says(capsys: Capsys) -> None:
    (found,) = imported(capsys, FILE, "--symbol", "ETH/EUR:EUR")
    assert (found["symbol"], found["timeframe"]) == ("ETH/EUR:EUR", "1h")


@pytest.mark.parametrize("venue", [["mydesk"], ["binanceus"], ["nasdaq"], ["kraken2", "--new-venue"]])
def test_a_venue_may_have_any_name_that_is_no_slip_of_another(venue: list[str], capsys: Capsys) -> None:
    assert run(["data", "import", FILE, "--venue", *venue]) == 0
    assert f"BTC/USDT 1h of {venue[0]}" in capsys.readouterr().out


def test_a_venue_that_is_in_the_store_is_asked_about_no_more_and_is_meant_by_names_like_it(capsys: Capsys) -> None:
    assert run(["data", "import", FILE, "--venue", "binanse", "--new-venue"]) == 0
    assert run(["data", "import", FILE, "--venue", "binanse"]) == 0
    assert run(["data", "import", FILE, "--venue", "mydesk"]) == 0
    assert "did you mean `mydesk`?" in refused(capsys, FILE, "--venue", "mydeks")


def test_what_to_do_about_bad_rows_is_said_once(folder: Path, capsys: Capsys) -> None:
    (folder / FILE).write_bytes(joined([*lines()[:5], lines()[5].replace(",1", ",-1"), *lines()[6:]]))
    said = refused(capsys, FILE, *BINANCE)
    assert [line for line in said.splitlines() if line.startswith("hint: ")] == [
        "hint: `--drop-bad` leaves them out and declares each"
    ]
