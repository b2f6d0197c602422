"""The law on trial counts what happened, and the tables of the manual are those that it prints."""

from pathlib import Path

import numpy as np
import pytest

from benchmarks.law.__main__ import main
from benchmarks.law.readiness import ready, ready_table
from benchmarks.law.table import cells, complaints, table
from benchmarks.law.trial import NotHere, Trial, halts, recorded, tried
from cryptoflow.domain.codes import Guard, Topic
from cryptoflow.pipelines.backtest import backtest
from cryptoflow.pipelines.resolve import resolve
from tests.real_data import FOLDER

ROOT = Path(__file__).parents[2]
PAGE = (ROOT / "docs" / "discipline.md").read_text(encoding="utf-8")
DAY = 86_400_000


def test_a_trial_counts_what_the_report_of_the_run_says(tmp_path: Path) -> None:
    spec = resolve(ROOT / "configs" / "reckless.yaml", sets=["period=2022-06-01..2022-08-31"])
    trial, run = tried(spec), backtest(spec, home=tmp_path)
    assert (trial.kills.total(), trial.demotions.total()) == (run.guards.kills, run.guards.demotions)
    assert (trial.refused.total(), trial.reduced.total()) == (run.guards.refused, run.guards.reduced)
    assert trial.days - trial.alive == pytest.approx(trial.kills.total(), abs=1), "a day for each kill"
    assert (trial.began, trial.ended) == (3, 2)
    assert [*complaints([trial])] == ["reckless: daily_loss refuses 38% of all entries"]
    assert cells(trial)[2] == "3 → 2"


def test_two_halts_at_once_are_one() -> None:
    kinds = np.dtype([("topic", "i8"), ("reason", "i8"), ("at", "i8")])
    told = ((Guard.TRIPPED, 1), (Guard.DEMOTED, 2), (Guard.RELEASED, 3), (Guard.ACKNOWLEDGED, 4), (Guard.TRIPPED, 7))
    tape = np.array([(Topic.GUARD, what, at) for what, at in told], kinds)
    assert [*halts(tape, 9)] == [(1, 4), (7, 9)]


def test_prices_that_are_not_there_are_a_reason(tmp_path: Path) -> None:
    with pytest.raises(NotHere, match=r"btc_trend: .*BTCUSDT_1h_2022-2025H1\.parquet is not here"):
        recorded(ROOT / "configs" / "btc_trend.yaml", tmp_path)


def test_where_there_are_no_prices_nothing_was_tried_and_no_table_is_empty(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr("sys.argv", ["law", str(ROOT / "configs" / "btc_trend.yaml"), "--data", str(tmp_path)])
    assert main() == 4
    out, err = capsys.readouterr()
    assert out == ""
    assert "nothing was tried: recorded bars go into ohlcv/binance_spot/" in err


def test_readiness_at_the_first_step_takes_a_sharpe_ratio_that_nobody_has() -> None:
    good = [0.02, -0.01] * 14  # every week in profit, a Sharpe ratio of 6.2
    assert (ready(good, 80, 0.5), ready(good, 80, 5.0), ready(good, 90, 5.0)) == (0.0, 1.0, 1.0)


@pytest.mark.long
def test_the_tables_of_the_manual_are_what_the_trial_says() -> None:
    trials: list[Trial] = []
    for line in PAGE.partition("\n## The law on trial\n")[2].split("\n\n| pipeline | ready")[0].splitlines():
        if line.startswith("| `"):
            file = ROOT / "configs" / f"{line.split('`')[1].replace('-', '_')}.yaml"
            try:
                trials.append(tried(recorded(file, FOLDER)))
            except NotHere as why:
                pytest.skip(str(why))
    assert len(trials) == 10
    assert "\n".join(table(trials)) in PAGE
    assert "\n".join(ready_table(trials)) in PAGE
    assert [*complaints(trials)] == []
