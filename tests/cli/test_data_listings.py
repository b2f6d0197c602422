"""`data listings` shows what is recorded, for people and for programs."""

import json
from pathlib import Path

import pytest

from cryptoflow.cli.app import run
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
    assert course["changes"][0] == {"day": "2024-05-04", "what": "the lot went from 0.00001 to 0.001"}


def test_people_see_the_most_traded_first(capsys: Capsys) -> None:
    assert run(["data", "listings", "--day", "last"]) == 0
    lines = [line for line in capsys.readouterr().out.splitlines() if "/USDT" in line]
    assert [line.split()[1] for line in lines] == ["ETH/USDT", "BTC/USDT"]


@pytest.mark.parametrize(
    ("words", "code", "what"),
    [
        (["--venue", "binanse"], 2, "did you mean `binance`?"),
        (["--day", "2024-05-09"], 3, "the nearest recorded are 2024-05-04"),
        (["--day", "may"], 2, "write it like 2024-05-01, or last"),
        (["--symbol", "BTC/USD"], 3, "did you mean BTC/USDT?"),
    ],
)
def test_what_is_not_recorded_is_told_with_what_is(capsys: Capsys, words: list[str], code: int, what: str) -> None:
    assert run(["data", "listings", *words]) == code
    assert what in capsys.readouterr().err
