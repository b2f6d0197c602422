"""`cryptoflow runs` and `cryptoflow report`, as their users meet them."""

import json
import shutil
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq
import pytest

from cryptoflow.cli.app import run
from tests.cli.projects import data, rows, small

Capsys = pytest.CaptureFixture[str]


@pytest.fixture
def project(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A small project, which is the current folder."""
    small(tmp_path)
    monkeypatch.chdir(tmp_path)
    return tmp_path


def ran(capsys: Capsys, *options: str) -> str:
    """Backtest the project and return the run's id."""
    assert run(["backtest", "configs/small.yaml", "--json", *options]) == 0
    found = json.loads(capsys.readouterr().out)
    assert found["metrics"]["trades"] > 3
    return str(found["run_id"])


def said(capsys: Capsys, *arguments: str, code: int = 0) -> Any:
    assert run([*arguments, "--json"]) == code
    return json.loads(capsys.readouterr().out)


def test_the_list_has_the_newest_run_first(project: Path, capsys: Capsys) -> None:
    first, second = ran(capsys), ran(capsys, "--set", "sizing.share=3%")
    manifest = project / ".cryptoflow" / "runs" / first / "run.json"
    manifest.write_text(manifest.read_text().replace('"created_at": "20', '"created_at": "19'))
    assert [each["run_id"] for each in said(capsys, "runs", "list")] == [second, first]
    assert run(["runs", "list", "-q"]) == 0
    assert capsys.readouterr().out.split() == [second, first]


def test_a_project_without_runs_is_told_how_to_make_one(project: Path, capsys: Capsys) -> None:
    assert run(["runs", "list"]) == 0
    told = capsys.readouterr()
    assert told.out == ""
    assert "cryptoflow backtest" in told.err


def test_a_run_is_shown_by_the_start_of_its_id(project: Path, capsys: Capsys) -> None:
    run_id = ran(capsys)
    assert said(capsys, "runs", "show", run_id[:-4])["run_id"] == run_id
    assert run(["runs", "show", run_id]) == 0
    shown = capsys.readouterr().out
    assert all(part in shown for part in (run_id, "452 bars, 0 missing", "Sharpe", "numba", "report.html"))


def test_a_comparison_names_what_went_in_differently_by_its_key(project: Path, capsys: Capsys) -> None:
    first, second = ran(capsys), ran(capsys, "--set", "strategies.cross.with.slow=12", "--engine", "event")
    found = said(capsys, "runs", "compare", first, second)
    assert [(each["what"], each["key"], each["one"], each["other"]) for each in found["inputs"]] == [
        ("spec", "strategies.cross.with.slow", "8", "12"),
        ("engine", "", "batch", "event"),
    ]
    trades = next(each for each in found["metrics"] if each["name"] == "trades")
    assert trades["difference"] == trades["other"] - trades["one"] != 0
    assert run(["runs", "compare", first, second]) == 0
    assert "strategies.cross.with.slow" in capsys.readouterr().out


def test_a_run_compared_with_itself_has_no_differences(project: Path, capsys: Capsys) -> None:
    run_id = ran(capsys)
    found = said(capsys, "runs", "compare", run_id, run_id)
    assert found["inputs"] == []
    assert all(not each["difference"] for each in (*found["metrics"], *found["guards"]))


@pytest.mark.parametrize("engine", ["batch", "event"])
def test_a_run_done_again_is_identical(project: Path, capsys: Capsys, engine: str) -> None:
    run_id = ran(capsys, "--engine", engine, "--from", "2024-01-05", "--set", "strategies.cross.with.slow=9")
    found = said(capsys, "runs", "reproduce", run_id)
    assert found == {
        "run_id": run_id,
        "verdict": "identical",
        "same": True,
        "inputs": [],
        "first_difference": None,
    }


def test_the_spec_of_today_does_not_matter(project: Path, capsys: Capsys) -> None:
    run_id = ran(capsys)
    (project / "configs" / "small.yaml").write_text("nonsense: [")
    (project / "configs" / "strategies" / "cross.yaml").unlink()
    assert said(capsys, "runs", "reproduce", run_id)["verdict"] == "identical"


def test_a_run_is_reproduced_from_another_folder_too(
    project: Path, capsys: Capsys, monkeypatch: pytest.MonkeyPatch
) -> None:
    run_id = ran(capsys)
    monkeypatch.chdir(project / "data")
    assert said(capsys, "runs", "reproduce", run_id)["verdict"] == "identical"


def test_a_run_of_a_strategy_that_ships_is_reproduced_from_what_it_noted(project: Path, capsys: Capsys) -> None:
    spec = project / "configs" / "small.yaml"
    spec.write_text(spec.read_text().replace("file: strategies/cross.yaml", "use: ma_crossover"))
    run_id = ran(capsys)
    found = said(capsys, "runs", "reproduce", run_id)
    assert (found["verdict"], found["inputs"]) == ("identical", [])


def test_changing_the_data_says_what_differs(project: Path, capsys: Capsys) -> None:
    run_id = ran(capsys)
    lines = rows()
    time, *_ = lines[200].split(",")
    lines[200] = f"{time},40100,42000,39900,41900,50"
    data(project).write_text("\n".join(lines) + "\n")
    found = said(capsys, "runs", "reproduce", run_id, code=6)
    assert (found["verdict"], found["same"]) == ("different", False)
    assert [(each["what"], each["key"]) for each in found["inputs"]] == [("data", "BTC/USDT")]
    first = found["first_difference"]
    assert first["table"] == "orders"
    assert first["then"] != first["now"]
    assert run(["runs", "reproduce", run_id]) == 6
    told = capsys.readouterr().out
    assert told.startswith(f"different: orders, row {first['row']}, {first['column']} was ")
    assert "data BTC/USDT: " in told


def test_data_that_is_gone_is_a_mistake_and_no_verdict(project: Path, capsys: Capsys) -> None:
    run_id = ran(capsys)
    data(project).unlink()
    assert run(["runs", "reproduce", run_id]) == 3
    assert "BTCUSDT.csv" in capsys.readouterr().err


def rewritten(project: Path, run_id: str, factor: float) -> None:
    """Multiply the equity that a run recorded."""
    file = project / ".cryptoflow" / "runs" / run_id / "equity.parquet"
    table = pq.read_table(file)
    column = pa.chunked_array([pc.multiply(table["equity"].combine_chunks(), factor)])
    pq.write_table(table.set_column(1, "equity", column), file)


def test_what_is_equal_to_nine_digits_counts_as_the_same_and_says_so(project: Path, capsys: Capsys) -> None:
    run_id = ran(capsys)
    rewritten(project, run_id, 1 + 1e-12)
    assert said(capsys, "runs", "reproduce", run_id)["verdict"] == "equal"
    assert run(["runs", "reproduce", run_id]) == 0
    assert "the same to 1e-09" in capsys.readouterr().out


def test_a_record_that_was_tampered_with_is_found_and_the_inputs_are_cleared(project: Path, capsys: Capsys) -> None:
    run_id = ran(capsys)
    rewritten(project, run_id, 1.5)
    assert run(["runs", "reproduce", run_id]) == 6
    told = capsys.readouterr().out
    assert told.startswith("different: equity, row 1, equity was 1500.0 and is 1000.0\n")
    assert "nothing went in differently" in told


GUEST = '''\
"""An indicator of one's own."""

from math import nan
from typing import NamedTuple

from cryptoflow.plugins.kinds import Indicator
from cryptoflow.plugins.registry import indicator


class State(NamedTuple):
    value: float = nan


@indicator("lean")
class Lean(Indicator):
    """One way or the other."""

    inputs = ("x",)
    State = State

    @staticmethod
    def step(_state: State, x: float) -> State:
        return State(x * 1.0)
'''


def test_a_plugin_file_that_was_changed_is_named(project: Path, capsys: Capsys) -> None:
    spec = project / "configs" / "small.yaml"
    strategy = project / "configs" / "strategies" / "cross.yaml"
    guest = project / "configs" / "plugins" / "mine.py"
    guest.parent.mkdir()
    guest.write_text(GUEST)
    spec.write_text(spec.read_text() + "plugins: [mine.py]\ncapital: 3000 USDT\n")
    strategy.write_text(strategy.read_text().replace("slow))\nexit", "slow)) and lean(close) > 0\nexit"))
    run_id = ran(capsys)
    assert said(capsys, "runs", "reproduce", run_id)["verdict"] == "identical"
    guest.write_text(GUEST.replace("1.0", "-1.0"))
    found = said(capsys, "runs", "reproduce", run_id, code=6)
    assert [(each["what"], each["key"]) for each in found["inputs"]] == [("plugin", "mine.py")]
    assert found["first_difference"]["table"] == "orders"


def test_the_report_is_named_by_its_path_and_no_browser_opens_without_a_terminal(
    project: Path, capsys: Capsys, monkeypatch: pytest.MonkeyPatch
) -> None:
    opened: list[str] = []
    monkeypatch.setattr("webbrowser.open", opened.append)
    run_id = ran(capsys)
    assert run(["report", run_id, "--open"]) == 0
    page = Path(capsys.readouterr().out.strip())
    assert page == project / ".cryptoflow" / "runs" / run_id / "report.html"
    assert page.is_file()
    assert opened == []
    assert said(capsys, "report", run_id)["report"] == str(page)


def test_on_a_terminal_the_report_opens(project: Path, capsys: Capsys, monkeypatch: pytest.MonkeyPatch) -> None:
    opened: list[str] = []
    monkeypatch.setattr("webbrowser.open", opened.append)
    run_id = ran(capsys)
    monkeypatch.setattr("sys.stdout.isatty", lambda: True)
    assert run(["report", run_id, "--open"]) == 0
    assert opened == [(project / ".cryptoflow" / "runs" / run_id / "report.html").as_uri()]


def test_a_run_that_cannot_be_read_does_not_hide_the_others(tmp_path, monkeypatch, capsys) -> None:
    monkeypatch.chdir(tmp_path)
    folder = tmp_path / ".cryptoflow" / "runs" / "broken-0123456789"
    folder.mkdir(parents=True)
    (folder / "run.json").write_text('{"run_id": 1')
    shutil.copytree(Path(__file__).parents[2] / "configs", tmp_path / "configs")
    assert run(["backtest", "configs/btc_trend.yaml", "--from", "2024-01-01", "--to", "2024-02-01", "-q"]) == 0
    capsys.readouterr()
    assert run(["runs", "list"]) == 0
    told = capsys.readouterr()
    assert "btc-trend-" in told.out
    assert "broken-0123456789" in told.err
    assert "remove" in told.err
