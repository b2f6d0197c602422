"""A backtest takes the filters, the fees and the universe of its own days, says which, and notes them."""

import json
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from cryptoflow.cli.app import run
from cryptoflow.clock import MachineClock
from cryptoflow.errors import CryptoflowError
from cryptoflow.market.listings.archive import day_of, days, file_of
from cryptoflow.pipelines.assemble import plan_of
from cryptoflow.pipelines.listed import as_of
from cryptoflow.pipelines.probing.worker import Request
from cryptoflow.pipelines.resolve import resolve
from cryptoflow.spec.values import Period
from tests.cli.projects import data, small
from tests.market.listings.books import recorded

Capsys = pytest.CaptureFixture[str]
UNIVERSE = "market.symbols={use: universe, top: 2, exclude: [USDC/USDT]}"
VOLUMES = {"BTC/USDT": 900.0, "USDC/USDT": 800.0, "SOL/USDT": 50.0, "ETH/USDT": 400.0, "ETH/BTC": 700.0}


@pytest.fixture
def project(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A small project with bars of three symbols, which is the current folder."""
    small(tmp_path)
    for symbol in ("ETHUSDT", "SOLUSDT"):
        data(tmp_path).with_name(f"{symbol}.csv").write_bytes(data(tmp_path).read_bytes())
    monkeypatch.chdir(tmp_path)
    return tmp_path


def ran(capsys: Capsys, *words: str) -> tuple[dict[str, Any], dict[str, Any]]:
    """Run the project's backtest; return what it prints, and what it noted."""
    assert run(["backtest", "configs/small.yaml", "--json", "--set", "capital=1900 USDT", *words]) == 0
    printed = json.loads(capsys.readouterr().out)
    return printed, json.loads(Path(printed["artifacts"]["manifest"]).read_text())


def test_the_terms_of_the_day_hold_and_changes_within_the_period_are_told(project: Path, capsys: Capsys) -> None:
    home = project / ".cryptoflow"
    day = recorded(home, "2024-01-01", VOLUMES, lot=0.001, taker=0.0004)
    recorded(home, "2024-01-05", VOLUMES, lot=0.001, taker=0.0005)
    recorded(home, "2024-02-01", VOLUMES, lot=0.1)
    printed, noted = ran(capsys)
    assert noted["listings"] == {"day": "2024-01-01", "digest": day.digest}
    assert (noted["markets"]["BTC/USDT"]["lot"], noted["markets"]["BTC/USDT"]["taker_fee"]) == (0.001, 0.0004)
    assert printed["remarks"] == [
        "The filters and fees are those of binance on 2024-01-01.",
        "2024-01-05: BTC/USDT: the taker fee went from 0.0004 to 0.0005; this run kept what held before.",
    ]


def test_a_run_without_recorded_listings_says_so(project: Path, capsys: Capsys) -> None:
    recorded(project / ".cryptoflow", "2023-12-20", VOLUMES)
    printed, noted = ran(capsys)
    assert noted["listings"] is None
    assert printed["remarks"] == [
        "The filters and fees are from the package's table: none of binance are recorded for 2024-01-03."
    ]
    fixed = ("--set", "execution.costs.fees={maker: 0.1%, taker: 0.1%}", "--set", "market.filters=none")
    assert ran(capsys, *fixed)[0]["remarks"] == []


def test_a_day_within_the_period_that_was_edited_is_refused(project: Path, capsys: Capsys) -> None:
    home = project / ".cryptoflow"
    recorded(home, "2024-01-01", VOLUMES)
    file = file_of(home, "binance", recorded(home, "2024-01-05", VOLUMES, taker=0.0005).day)
    file.write_text(file.read_text().replace("0.0005", "0.0007"))
    assert run(["backtest", "configs/small.yaml"]) == 3
    assert "2024-01-05.json was changed since it was recorded" in capsys.readouterr().err


def test_a_symbol_that_was_listed_later_is_told(project: Path, capsys: Capsys) -> None:
    home = project / ".cryptoflow"
    recorded(home, "2024-01-03", {"ETH/USDT": 1.0})
    recorded(home, "2024-01-08", {"ETH/USDT": 1.0, "BTC/USDT": 1.0})
    remarks = ran(capsys)[0]["remarks"]
    assert "BTC/USDT was not listed on binance on 2024-01-03." in remarks
    assert "2024-01-08: BTC/USDT: is listed from here on; this run kept what held before." in remarks


def test_a_universe_is_the_most_traded_on_the_day_before_and_nothing_later(project: Path, capsys: Capsys) -> None:
    home = project / ".cryptoflow"
    day = recorded(home, "2024-01-02", VOLUMES)
    recorded(home, "2024-01-03", {**VOLUMES, "SOL/USDT": 9000.0})
    printed, noted = ran(capsys, "--set", UNIVERSE)
    assert [*noted["series"]] == ["BTC/USDT", "ETH/USDT"]
    assert noted["listings"]["universe"] == {"day": "2024-01-02", "digest": day.digest}
    assert noted["spec"]["market"]["symbols"]["top"] == 2
    told = "The universe, fixed for the run, is what was traded most on 2024-01-02: BTC/USDT, ETH/USDT."
    assert printed["remarks"][0] == told
    assert [*ran(capsys, "--set", UNIVERSE, "--from", "2024-01-04")[1]["series"]] == ["SOL/USDT", "BTC/USDT"]


def test_an_exclusion_that_excludes_nothing_is_told(project: Path, capsys: Capsys) -> None:
    recorded(project / ".cryptoflow", "2024-01-02", VOLUMES)
    sets = "market.symbols={use: universe, top: 1, exclude: [USDC/USDT, BTCC/USDT]}"
    told = "BTCC/USDT, which the universe excludes, was not listed on binance that day; did you mean BTC/USDT?"
    remarks = ran(capsys, "--set", sets)[0]["remarks"]
    assert told in remarks
    assert not any("USDC/USDT" in each for each in remarks)


def test_a_universe_refuses_a_day_that_is_not_recorded_and_names_the_nearest(project: Path, capsys: Capsys) -> None:
    for day in ("2023-12-30", "2024-01-06"):
        recorded(project / ".cryptoflow", day, VOLUMES)
    assert run(["backtest", "configs/small.yaml", "--json", "--set", UNIVERSE]) == 3
    (error,) = json.loads(capsys.readouterr().out)["errors"]
    assert error["what"].endswith(
        "of 2024-01-02, the day before the run, but the nearest recorded days are 2023-12-30 and 2024-01-06"
    )
    assert error["fix"] == "begin on 2023-12-31 or 2024-01-07, or name the symbols one by one"


def test_a_universe_that_only_today_could_choose_is_not_sent_into_the_future(project: Path, capsys: Capsys) -> None:
    today = day_of(MachineClock().now())
    recorded(project / ".cryptoflow", str(today), VOLUMES)
    assert run(["backtest", "configs/small.yaml", "--json", "--set", UNIVERSE]) == 3
    (error,) = json.loads(capsys.readouterr().out)["errors"]
    assert error["what"].endswith(f"but the nearest recorded day is {today}")
    tomorrow = today + timedelta(days=1)
    assert error["fix"] == (
        f"name the symbols one by one; a universe is for runs that begin on {tomorrow} or later, once that is over"
    )


def test_validate_warns_with_its_line_of_a_universe_that_nothing_is_recorded_for(project: Path, capsys: Capsys) -> None:
    spec = project / "configs" / "small.yaml"
    spec.write_text(spec.read_text().replace("[BTC/USDT]", "{use: universe, top: 2}"))
    assert run(["validate", "configs/small.yaml"]) == 0
    told = capsys.readouterr()
    assert told.out.startswith("configs/small.yaml: ok")
    assert told.err.startswith("configs/small.yaml:3:35: warning: the universe is chosen by the listings of binance")
    assert "cannot be had in retrospect" in told.err
    assert run(["validate", "configs/small.yaml", "--json"]) == 0
    (warning,) = json.loads(capsys.readouterr().out)["files"][0]["warnings"]
    assert warning["line"] == 3
    recorded(project / ".cryptoflow", "2024-01-02", VOLUMES)
    assert run(["validate", "configs/small.yaml"]) == 0
    assert capsys.readouterr().err == ""


def test_a_universe_validates_explains_and_diffs_before_anything_is_recorded(project: Path, capsys: Capsys) -> None:
    spec = project / "configs" / "small.yaml"
    other = spec.with_name("many.yaml")
    other.write_text(spec.read_text().replace("[BTC/USDT]", "{use: universe, top: 4}"))
    more = spec.with_name("more.yaml")
    more.write_text(other.read_text().replace("top: 4", "top: 8"))
    assert run(["validate", str(other)]) == 0
    assert "4 symbols" in capsys.readouterr().out
    assert run(["explain", str(other), "market.symbols.top"]) == 0
    assert run(["explain", str(other), "size"]) == 0
    assert run(["diff", str(other), str(more)]) == 0
    assert "twice as many symbols may be traded" in capsys.readouterr().out


def test_a_strategy_may_not_look_at_a_symbol_that_the_universe_lacks(project: Path) -> None:
    recorded(project / ".cryptoflow", "2024-01-02", VOLUMES)
    cross = project / "configs" / "strategies" / "cross.yaml"
    cross.write_text(cross.read_text().replace("sma(close, 3)", 'of("SOL/USDT", sma(close, 3))'))
    spec = resolve(project / "configs" / "small.yaml", sets=[UNIVERSE])
    with pytest.raises(CryptoflowError, match="a strategy looks at SOL/USDT, which the universe of 2024-01-02"):
        as_of(spec, Period("2024-01-03..2024-01-20"))


def test_reproducing_notices_other_listings_and_refuses_edited_ones(project: Path, capsys: Capsys) -> None:
    home = project / ".cryptoflow"
    recorded(home, "2024-01-02", VOLUMES)
    run_id = ran(capsys, "--set", UNIVERSE)[1]["run_id"]
    assert run(["runs", "reproduce", run_id]) == 0
    assert capsys.readouterr().out.startswith("identical")
    (day,) = days(home, "binance")
    file = file_of(home, "binance", day)
    kept = file.read_text()
    file.write_text(kept.replace("400000000.0", "400000001.0"))
    assert run(["runs", "reproduce", run_id]) == 3
    assert "was changed since it was recorded" in capsys.readouterr().err
    file.unlink()
    recorded(home, "2024-01-02", VOLUMES, taker=0.002)
    assert run(["runs", "reproduce", run_id]) == 6
    said = capsys.readouterr().out
    assert "listings universe.digest" in said
    assert "market BTC/USDT.taker_fee: 0.001 → 0.002" in said


def test_a_probe_decides_on_the_terms_and_the_universe_of_the_run(project: Path) -> None:
    recorded(project / ".cryptoflow", "2024-01-02", VOLUMES, lot=0.001)
    spec = resolve(project / "configs" / "small.yaml", sets=[UNIVERSE])
    here = as_of(spec, Period("2024-01-03..2024-01-20"))
    asked = Request.of(here, root="", spec="", first_decisions=(0, 0), passes=1, flat=False)
    there = Request(**json.loads(json.dumps(asked._asdict()))).as_it_was(spec)
    one, other = (plan_of(each, (0, 0)) for each in (here, there))
    assert (one.symbols, one.markets) == (other.symbols, other.markets)
    assert one.markets[0].lot == 0.001
