"""What a tier locks is told before a run: all of a spec refuses it, a part of one is said above the results."""

import json
from pathlib import Path

import pytest

from cryptoflow.cli.app import run
from cryptoflow.errors import ExitCode
from tests.cli.projects import small

Capsys = pytest.CaptureFixture[str]


def test_a_run_whose_every_entry_would_be_locked_is_refused_with_what_would_do(tmp_path: Path, capsys: Capsys) -> None:
    spec = small(tmp_path)
    spec.write_text(spec.read_text() + "execution: {entry: {order: limit, expires: 4h}}\n")
    assert run(["backtest", str(spec)]) == ExitCode.REFUSED
    said = capsys.readouterr().err
    assert (
        "limit orders need tier 2 (hunter), but 1000 USDT begin in tier 1 (sniper), so nothing would be entered" in said
    )
    assert "hint: write `capital: 2000 USDT`, or `discipline: off` for research" in said
    assert f"{spec.name}:" in said
    for enough in ("capital=2000 USDT", "discipline=off"):
        assert run(["backtest", str(spec), "--json", "--set", enough]) == ExitCode.OK
    assert "Locked" not in capsys.readouterr().out


def test_what_is_locked_of_a_spec_in_part_is_said_above_the_results(tmp_path: Path, capsys: Capsys) -> None:
    spec = small(tmp_path)
    data = tmp_path / "data"
    (data / "ETHUSDT.csv").write_bytes((data / "BTCUSDT.csv").read_bytes())
    sets = ("--set", "market.symbols=[BTC/USDT, ETH/USDT]")
    assert run(["backtest", str(spec), "--json", *sets]) == ExitCode.OK
    told = json.loads(capsys.readouterr().out)
    assert "Locked in tier 1 (sniper): all symbols after BTC/USDT." in told["remarks"]
    assert run(["backtest", str(spec), "--json", *sets, "--set", "capital=2000 USDT"]) == ExitCode.OK
    assert "Locked" not in capsys.readouterr().out
