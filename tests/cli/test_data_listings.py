"""`data listings` shows what is recorded, for people and for programs."""

import json
from datetime import date
from pathlib import Path

import pytest

from cryptoflow.cli.app import run
from cryptoflow.market.listings.archive import file_of
from tests.market.listings.books import recorded

Capsys = pytest.CaptureFixture[str]


@pytest.fixture(autouse=True)
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Two days of Binance, between which a lot changed."""
    home = tmp_path / ".cryptoflow"
    recorded(home, "2024-05-03", {"BTC/USDT": 900.0, "ETH/USDT": 400.0})
    recorded(home, "2024-05-04", {"BTC/USDT": 300.0, "ETH/USDT": 400.0}, lot=0.001)
    monkeypatch.chdir(tmp_path)
    return home


def printed(capsys: Capsys, *words: str):
    assert run(["data", "listings", *words, "--json"]) == 0
    return json.loads(capsys.readouterr().out)


def test_days_a_day_and_the_course_of_a_symbol(capsys: Capsys) -> None:
    assert printed(capsys) == [{"venue": "binance", "days": ["2024-05-03", "2024-05-04"]}]
    day = printed(capsys, "--day", "2024-05-03")
    assert [*day["symbols"]] == ["BTC/USDT", "ETH/USDT"]
    one = printed(capsys, "--day", "2024-05-03", "--symbol", "ETH/USDT")
    assert one == {**day, "symbols": {"ETH/USDT": day["symbols"]["ETH/USDT"]}}
    course = printed(capsys, "--symbol", "ETH/USDT")
    assert course["terms"]["lot"] == 0.001
    assert (course["day"], course["terms"]["volume"], course["terms"]["volume_currency"]) == ("2024-05-04", 4e8, "USDT")
    assert one["symbols"]["ETH/USDT"]["volume_currency"] == "USDT"
    assert course["changes"][0] == {"day": "2024-05-04", "what": "the lot went from 0.00001 to 0.001"}


def test_people_see_the_most_traded_first(capsys: Capsys) -> None:
    assert run(["data", "listings", "--day", "last"]) == 0
    lines = [line for line in capsys.readouterr().out.splitlines() if "/USDT" in line]
    assert [line.split()[1] for line in lines] == ["ETH/USDT", "BTC/USDT"]


def test_what_was_traded_of_a_symbol_is_shown_in_its_currency(capsys: Capsys, home: Path) -> None:
    assert run(["data", "listings", "--symbol", "BTC/USDT"]) == 0
    told = capsys.readouterr().out
    assert "300,000,000 USDT" in told
    assert "2 days of binance are recorded, 2024-05-03 to 2024-05-04" in told
    file_of(home, "binance", date(2024, 5, 4)).unlink()
    assert run(["data", "listings", "--symbol", "BTC/USDT"]) == 0
    assert "1 day of binance is recorded, 2024-05-03" in capsys.readouterr().out


@pytest.mark.parametrize(
    ("words", "code", "what"),
    [
        (["--venue", "binanse"], 2, "did you mean `binance`?"),
        (["--day", "2024-05-09"], 3, "the nearest recorded day is 2024-05-04"),
        (["--day", "may"], 2, "write it like 2024-05-01, or last"),
        (["--symbol", "BTC/USD"], 3, "did you mean BTC/USDT?"),
    ],
)
def test_what_is_not_recorded_is_told_with_what_is(capsys: Capsys, words: list[str], code: int, what: str) -> None:
    assert run(["data", "listings", *words]) == code
    assert what in capsys.readouterr().err
